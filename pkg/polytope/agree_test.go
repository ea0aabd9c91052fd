package polytope

import (
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

// reach compares what the two forms say of every function, and returns one
// that cuts, or -1.
func (x pair) reach(t *testing.T, seed uint64, b *Workspace) (cut int) {
	t.Helper()
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
				t.Errorf("seed %d: side %d up to %g; the vertices say %d up to %g", seed, side.got, side.seen, want, side.far)
			}
		}
		if below == Yes && above == Yes && min(-lo, hi) > 1e-3 {
			cut = k
		}
	}
	return cut
}

// parts compares into how many parts the functions cut, and reports whether
// both forms were sure.
func (x pair) parts(t *testing.T, seed uint64, s *Splitter, b *Workspace, limits []Tolerances) bool {
	t.Helper()
	all := make([]int, len(x.fns))
	for k := range all {
		all[k] = k
	}
	n, sure := s.Parts(x.v, x.cols, limits[:len(all)], 0)
	m, also := x.c.Clone(b).Parts(b, all, limits[:len(all)], 0)
	if sure && also && n != m {
		t.Errorf("seed %d: %d parts by vertices, %d by rows and points, %d functions", seed, n, m, len(all))
	}
	return sure && also
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
		limits := make([]Tolerances, len(fns))
		for k := range x.fns {
			x.fns[k], limits[k] = k, strict
		}
		x.c.SetFunctions(&b, fns)
		for {
			cut := x.reach(t, seed, &b)
			if x.parts(t, seed, &s, &b, limits) {
				counted++
			}
			if cut < 0 {
				break
			}
			var keep, rest []int
			for k, f := range x.fns {
				if k != cut {
					keep, rest = append(keep, k), append(rest, f)
				}
			}
			columns := make([]int, d, d+len(keep)) // the coordinates stay in front
			for j := range columns {
				columns[j] = j
			}
			for _, k := range keep {
				columns = append(columns, x.cols[k])
			}
			under, upper, ok := s.Split(x.v, x.cols[cut], strict.Zero, columns)
			below, above, also := x.c.Split(&b, cut, strict, keep)
			if !ok || !also {
				t.Fatalf("seed %d: split by vertices: %v, by rows and points: %v", seed, ok, also)
			}
			x = pair{upper, nil, above, rest}
			if rng.IntN(2) == 0 {
				x = pair{under, nil, below, rest}
			}
			for k := range rest {
				x.cols = append(x.cols, d+k)
			}
		}
	}
	t.Logf("%d counts compared", counted)
	if counted < 50 {
		t.Errorf("only %d counts were sure", counted)
	}
}
