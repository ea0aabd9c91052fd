package polytope

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"relucount/pkg/property"
)

// slanted is the image of the box under a matrix, within the box, as a
// zonotope, and the functions of its points as functions of those of the box.
func slanted(rng *rand.Rand, d int, fns [][]float64) (z *Zonotope, over [][]float64) {
	gen := make([][]float64, d)
	for i := range gen {
		gen[i] = make([]float64, d)
		for j := range d {
			gen[i][j] = (rng.Float64() - 0.5) / float64(d)
		}
		gen[i][i] += 0.5
	}
	for _, f := range fns {
		g := make([]float64, d+1)
		g[d] = f[d]
		for i, v := range f[:d] {
			for j := range d {
				g[j] += v * gen[i][j]
			}
		}
		over = append(over, g)
	}
	return NewZonotope(make([]float64, d), gen), over
}

// pair is one polytope in both forms.
type pair struct {
	v    *Vertices
	cols []int // of the functions that are left
	c    *Implicit
	fns  []int
}

// ranges compares how far each function reaches, and returns one that cuts well,
// or -1.
func (x *pair) ranges(b *Workspace) (cut int, wrong []string) {
	cut = -1
	for k := range x.fns {
		lo, hi := x.v.Range(x.cols[k])
		below, above, least, most := x.c.Reach(b, k, strict)
		for _, side := range []struct {
			got  Verdict
			far  float64
			seen float64
		}{{below, -lo, -least}, {above, hi, most}} {
			if want := strict.Verdict(side.far); side.got != want && side.got != Unsure || side.got == Unsure && (side.far > 1e-5 || side.far < -1e-5) || side.seen > side.far+1e-9 {
				wrong = append(wrong, fmt.Sprintf("side %d up to %g; the vertices say %d up to %g", side.got, side.seen, want, side.far))
			}
		}
		if below == Yes && above == Yes && min(-lo, hi) > 1e-3 {
			cut = k
		}
	}
	return cut, wrong
}

// parts compares into how many parts the functions cut, where both are sure.
func (x *pair) parts(b *Workspace, s *Splitter) (sure bool, wrong []string) {
	left := make([]int, len(x.fns))
	limits := make([]Tolerances, len(x.fns))
	for k := range left {
		left[k], limits[k] = k, strict
	}
	n, sure := s.Parts(x.v, x.cols, limits, 0)
	m, also := x.c.Clone(b).Parts(b, left, limits, 0)
	if sure && also && n != m {
		wrong = append(wrong, fmt.Sprintf("%d parts by vertices, %d by rows and points, %d functions", n, m, len(left)))
	}
	return sure && also, wrong
}

// split cuts with a function and returns both sides, without it.
func (x *pair) split(b *Workspace, s *Splitter, cut, d int) (under, upper pair, ok bool) {
	columns := make([]int, d) // the coordinates stay in front
	for j := range columns {
		columns[j] = j
	}
	var keep, rest, cols []int
	for k, f := range x.fns {
		if k != cut {
			keep, rest, cols = append(keep, k), append(rest, f), append(cols, len(columns))
			columns = append(columns, x.cols[k])
		}
	}
	v1, v2, ok := s.Split(x.v, x.cols[cut], strict.Zero, columns)
	c1, c2, also := x.c.Split(b, cut, strict, keep)
	return pair{v1, cols, c1, rest}, pair{v2, cols, c2, rest}, ok && also
}

// TestFormsAgree cuts boxes and slanted boxes in both forms and compares, at
// each step, what they say of every function and into how many parts the
// functions cut.
func TestFormsAgree(t *testing.T) {
	t.Parallel()
	counted := 0
	for seed := range property.Seeds(t, 300, 50) {
		rng := rand.New(rand.NewPCG(38, seed))
		d := 1 + rng.IntN(5)
		fns := hyperplanes(rng, d, 8, seed%4 == 0)
		over, z := fns, (*Zonotope)(nil)
		if seed%2 == 1 {
			z, over = slanted(rng, d, fns)
		}
		var s Splitter
		var b Workspace
		p, cols := boxWith(d, over)
		x := pair{&p, cols, NewImplicit(d, z), make([]int, len(fns))}
		for k := range x.fns {
			x.fns[k] = k
		}
		x.c.SetFunctions(&b, fns)
		for {
			cut, wrong := x.ranges(&b)
			sure, also := x.parts(&b, &s)
			for _, w := range append(wrong, also...) {
				t.Errorf("seed %d: %s in %d dimensions", seed, w, d)
			}
			if sure {
				counted++
			}
			if cut < 0 {
				break
			}
			under, upper, ok := x.split(&b, &s, cut, d)
			if !ok {
				t.Fatalf("seed %d: a split is not sure", seed)
			}
			if x = upper; rng.IntN(2) == 0 {
				x = under
			}
		}
	}
	t.Logf("%d counts compared", counted)
	if counted < 50 {
		t.Errorf("only %d counts were sure", counted)
	}
}
