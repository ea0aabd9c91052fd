package polytope

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/property"
)

// enumerate finds the vertices of { y : rows . (y, 1) >= 0, = 0 for the last
// equal of them }: the points where d rows are 0 and none is negative.
func enumerate(d int, rows [][]float64, equal int) (out [][]float64) {
	n := len(rows)
	for set := range uint64(1) << n {
		if bits.OnesCount64(set) != d || equal > 0 && set>>(n-equal) != 1<<equal-1 {
			continue
		}
		a, b := mat.NewDense(d, d, nil), mat.NewVecDense(d, nil)
		k := 0
		for i, r := range rows {
			if set>>i&1 == 1 {
				a.SetRow(k, r[:d])
				b.SetVec(k, -r[d])
				k++
			}
		}
		var y mat.VecDense
		if err := y.SolveVec(a, b); err != nil {
			continue
		}
		at := y.RawVector().Data
		in := true
		for _, r := range rows {
			in = in && eval(r, at) > -1e-9
		}
		for _, other := range out {
			in = in && distance(at, other) > 1e-7
		}
		if in {
			out = append(out, at)
		}
	}
	return out
}

func distance(x, y []float64) (far float64) {
	for j := range y {
		far = max(far, math.Abs(x[j]-y[j]))
	}
	return far
}

// boxRows are the rows of [-1, 1]^d.
func boxRows(d int) (rows [][]float64) {
	for j := range d {
		for _, s := range [2]float64{1, -1} {
			row := make([]float64, d+1)
			row[j], row[d] = s, 1
			rows = append(rows, row)
		}
	}
	return rows
}

// same compares a polytope by its vertices with its rows.
func same(t *testing.T, what string, seed uint64, d int, p *Vertices, fns, rows [][]float64, equal int) {
	t.Helper()
	want := enumerate(d, rows, equal)
	if p.Len() != len(want) || p.Dim != d-equal {
		t.Errorf("seed %d: %s: %d vertices in %d dimensions, the rows have %d in %d", seed, what, p.Len(), p.Dim, len(want), d-equal)
		return
	}
	for v := range p.Len() {
		at := p.At(v)
		found := false
		for _, y := range want {
			found = found || distance(at[:d], y) < 1e-7
		}
		if !found {
			t.Errorf("seed %d: %s: %v is no vertex of the rows", seed, what, at[:d])
		}
		for k, f := range fns {
			if math.Abs(at[d+k]-eval(f, at[:d])) > 1e-9 {
				t.Errorf("seed %d: %s: column %d is %g, the function %g", seed, what, k, at[d+k], eval(f, at[:d]))
			}
		}
		if bits.OnesCount64(p.On[v]) < p.Dim {
			t.Errorf("seed %d: %s: a vertex on the facets %b", seed, what, p.On[v])
		}
	}
	for f := range 64 { // a facet holds all vertices on one row, other than that of a section
		var on []int
		for v := range p.Len() {
			if p.On[v]>>f&1 == 1 {
				on = append(on, v)
			}
		}
		held := len(on) == 0
		for _, r := range rows[:len(rows)-equal] {
			all := true
			for _, v := range on {
				all = all && math.Abs(eval(r, p.At(v)[:d])) < 1e-7
			}
			held = held || all
		}
		if !held {
			t.Errorf("seed %d: %s: facet %d lies on no row", seed, what, f)
		}
	}
}

// TestSplit goes down a random path of cuts and compares both parts and the
// section with what the rows say.
func TestSplit(t *testing.T) {
	t.Parallel()
	sections := 0
	for seed := range property.Seeds(t, 250, 50) {
		rng := rand.New(rand.NewPCG(37, seed))
		d := 1 + rng.IntN(4)
		fns := hyperplanes(rng, d, 5, seed%2 == 0)
		if seed%6 == 0 { // through a corner, exactly
			for _, f := range fns {
				f[d] = 0
				for _, c := range f[:d] {
					f[d] += c
				}
			}
		}
		rows := boxRows(d)
		first, cols := boxWith(d, fns)
		p := &first
		all, order := numbers(p.Cols), numbers(len(fns))
		s := Splitter{Oracle: planes(fns)}
		for k, f := range fns {
			lo, hi := p.Range(cols[k])
			if lo > -1e-3 || hi < 1e-3 {
				continue
			}
			if d > 1 {
				s.sort(p, cols[k], k, order)
				s.cuts = append(s.cuts[:0], k)
				q := s.section(p, all, append(numbers(d), order...))
				s.cuts = s.cuts[:0]
				same(t, "section", seed, d, q, fns, append(append([][]float64{}, rows...), f), 1)
				s.Put(q)
				sections++
			}
			below, above, ok := s.Split(p, cols[k], all, append([]int{k}, order...))
			if !ok {
				t.Fatalf("seed %d: no split", seed)
			}
			under := append(append([][]float64{}, rows...), negative(f, make([]float64, d+1)))
			over := append(append([][]float64{}, rows...), f)
			same(t, "below", seed, d, below, fns, under, 0)
			same(t, "above", seed, d, above, fns, over, 0)
			if p, rows = above, over; rng.IntN(2) == 0 {
				p, rows = below, under
			}
		}
	}
	if sections == 0 {
		t.Error("no sections")
	}
}

// TestSplitColumns: the parts have the columns that were asked for.
func TestSplitColumns(t *testing.T) {
	t.Parallel()
	fns := [][]float64{{1, 2, 0}, {3, 0, 1}, {0, 1, 5}, {1, 0, 0}}
	p, _ := boxWith(2, fns)
	s := Splitter{Oracle: planes(fns)}
	below, above, ok := s.Split(&p, 5, []int{0, 1, 4}, []int{3, 2})
	if !ok {
		t.Fatal("no split")
	}
	for _, q := range []*Vertices{below, above} {
		if q.Cols != 3 || q.Len() != 4 {
			t.Errorf("%d columns of %d vertices", q.Cols, q.Len())
		}
		for v := range q.Len() {
			if at := q.At(v); at[2] != at[1]+5 {
				t.Errorf("columns %v", at)
			}
		}
	}
	c := s.Clone(below)
	s.Put(below)
	if s.New() != below || c.Len() != 4 || c.At(0)[2] != c.At(0)[1]+5 {
		t.Error("a clone shares what was given back")
	}
}
