package polytope

import (
	"math"
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
	return NewZonotope(make([]float64, d), gen, 1e-14), over
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
		below, above, least, most := x.c.Reach(b, k)
		for _, side := range []struct {
			got  Verdict
			far  float64
			seen float64
		}{{below, -lo, -least}, {above, hi, most}} {
			if want := VerdictOf(side.far > 0); math.Abs(side.far) > 1e-9 && side.got != want && side.got != Unsure || side.got == Unsure && math.Abs(side.far) > 1e-9 || side.seen > side.far+1e-9 {
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
// rows and points were sure.
func (x pair) parts(t *testing.T, seed uint64, s *Splitter, b *Workspace) bool {
	t.Helper()
	all := make([]int, len(x.fns))
	for k := range all {
		all[k] = k
	}
	n := s.Parts(x.v, x.cols, x.fns)
	m, sure := x.c.Clone(b).Parts(b, all)
	if sure && n != m {
		t.Errorf("seed %d: %d parts by vertices, %d by rows and points, %d functions", seed, n, m, len(all))
	}
	return sure
}

// TestFormsAgree cuts boxes and slanted boxes in both forms and compares, at
// each step, what they say of every function, into how many parts the functions cut,
// and which hyperplanes hold a facet.
func TestFormsAgree(t *testing.T) {
	t.Parallel()
	counted, facets := 0, 0
	for seed := range property.Seeds(t, 300, 50) {
		rng := rand.New(rand.NewPCG(38, seed))
		d := 1 + rng.IntN(5)
		fns := hyperplanes(rng, d, 8, seed%4 == 0)
		over, z := fns, (*Zonotope)(nil)
		if seed%2 == 1 {
			z, over = slanted(rng, d, fns)
		}
		s := Splitter{Oracle: planes(over)}
		p, cols := boxWith(d, over)
		x := pair{&p, cols, NewImplicit(d, z), numbers(len(fns))}
		b := with(x.c, fns, fns)
		for {
			facets += x.facets(t, seed, b)
			cut := x.reach(t, seed, b)
			if x.parts(t, seed, &s, b) {
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
			under, upper, ok := s.Split(x.v, x.cols[cut], columns, append([]int{x.fns[cut]}, rest...))
			below, above, also := x.c.Split(b, cut, keep)
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
	t.Logf("%d counts, %d facets compared", counted, facets)
	if counted < 50 || facets < 500 {
		t.Errorf("only %d counts and %d facets were sure", counted, facets)
	}
}
