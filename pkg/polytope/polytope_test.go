package polytope

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"relucount/pkg/highs"
	"relucount/pkg/property"
)

// hyperplanes draws n rows, of norm 1 at most. Whole ones meet in common points.
func hyperplanes(rng *rand.Rand, d, n int, whole bool) (rows [][]float64) {
	for len(rows) < n {
		row := make([]float64, d+1)
		for j := range row {
			if whole {
				row[j] = float64(rng.IntN(5) - 2)
			} else {
				row[j] = rng.NormFloat64()
			}
		}
		row[d] /= 2
		if size := norm(row[:d]); size > 0 {
			if whole {
				size = 8 // that keeps what meets
			}
			for j := range row {
				row[j] /= size
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// maximum asks HiGHS for the largest value of row on the part of the domain,
// the box or a zonotope, where all of rows are at least f.
func maximum(d int, z *Zonotope, rows [][]float64, row []float64) (float64, bool) {
	n := d
	if z != nil {
		n = z.gen.Cols
	}
	over := func(r []float64) (c []float64, k float64) {
		if z == nil {
			return r[:d], r[d]
		}
		c, k = make([]float64, n), r[d]
		for i := range z.gen.Rows {
			k += r[i] * z.centre[i]
			for j, x := range z.gen.Row(i) {
				c[j] += r[i] * x
			}
		}
		return c, k
	}
	lo, hi, cost, idx := make([]float64, n), make([]float64, n), make([]float64, n), make([]int, n)
	for j := range n {
		lo[j], hi[j], idx[j] = -1, 1, j
	}
	c, k := over(row)
	for j, x := range c {
		cost[j] = -x
	}
	lp := highs.NewLP(lo, hi, cost)
	for _, r := range rows {
		c, k := over(r)
		lp.AddRow(-k, math.Inf(1), idx, c)
	}
	st, obj := lp.Solve()
	return k - obj, st == highs.Optimal
}

// domains are the box and a zonotope of n generators in it.
func domain(rng *rand.Rand, d, n int) *Zonotope {
	if n == 0 {
		return nil
	}
	var gen [][]float64
	for range d {
		g := make([]float64, n)
		size := 0.0
		for j := range g {
			g[j] = rng.NormFloat64()
			if rng.IntN(4) == 0 {
				g[j] = 0
			}
			size += math.Abs(g[j])
		}
		for j := range g {
			g[j] /= size + 1e-300
		}
		gen = append(gen, g)
	}
	return NewZonotope(make([]float64, d), gen, 1e-14)
}

// TestReach compares what cells say of their sides with HiGHS, on the way down
// a random path of splits.
func TestReach(t *testing.T) {
	t.Parallel()
	for i := range property.Seeds(t, 300, 40) {
		rng := rand.New(rand.NewPCG(31, i))
		d := 1 + rng.IntN(7)
		n := 0
		if rng.IntN(2) == 0 {
			n = d + 1 + rng.IntN(12)
		}
		z := domain(rng, d, n)
		if z != nil {
			z.many = rng.IntN(2) == 0
		}
		fns := hyperplanes(rng, d, 10, rng.IntN(2) == 0)
		c := NewImplicit(d, z)
		b := with(c, fns, fns)
		var rows [][]float64
		left := make([]int, len(fns))
		for k := range left {
			left[k] = k
		}
		for len(left) > 0 {
			cut := -1
			for col, k := range left {
				below, above, lo, hi := c.Reach(b, col)
				neg := make([]float64, d+1)
				for j, v := range fns[k] {
					neg[j] = -v
				}
				for s, row := range [][]float64{neg, fns[k]} {
					got, far := [...]Verdict{below, above}[s], [...]float64{-lo, hi}[s]
					top, ok := maximum(d, z, rows, row)
					if !ok {
						t.Fatalf("%d: HiGHS has no answer", i)
					}
					if got == No && top > 1e-7 || got == Yes && top < -1e-7 || got == Unsure && math.Abs(top) > 1e-7 || far > top+1e-7 {
						t.Errorf("%d: %d dimensions, %d generators, %d rows: side %d is %d up to %g; HiGHS has %g", i, d, n, len(rows), s, got, far, top)
					}
				}
				if below == Yes && above == Yes && min(-lo, hi) > 1e-6 {
					cut = col
				}
			}
			if cut < 0 {
				break
			}
			var keep []int
			var rest []int
			for col, k := range left {
				if col != cut {
					keep, rest = append(keep, col), append(rest, k)
				}
			}
			row := fns[left[cut]]
			below, above, ok := c.Split(b, cut, keep)
			if !ok {
				t.Fatalf("%d: no split", i)
			}
			left = rest
			if c = above; rng.IntN(2) == 0 {
				c = below
				neg := make([]float64, d+1)
				for j, v := range row {
					neg[j] = -v
				}
				row = neg
			}
			rows = append(rows, row)
			least := 1.0
			for _, r := range rows {
				least = min(least, eval(r, c.Witness()))
			}
			if math.Abs(least-c.Radius) > 1e-9 {
				t.Errorf("%d: the witness is %g from the hyperplanes, the radius %g", i, least, c.Radius)
			}
		}
	}
}

// boxWith is the box with functions as columns d, d+1, ...
func boxWith(d int, fns [][]float64) (p Vertices, cols []int) {
	var box Vertices
	box.Box(d, face)
	p = box
	p.Cols, p.Val, p.Row = d+len(fns), nil, off
	for v := range box.Len() {
		p.Val = append(p.Val, box.At(v)...)
		for _, f := range fns {
			p.Val = append(p.Val, eval(f, box.At(v)))
		}
	}
	for k := range fns {
		cols = append(cols, d+k)
	}
	return p, cols
}

// byVertices counts the parts by splitting.
func byVertices(s *Splitter, p *Vertices, cols []int) int64 {
	for i, c := range cols {
		d := p.Dim
		lo, hi := p.Range(c)
		if below, above := s.Sides(p, p.Val[c:], p.Cols, c-d, numbers(p.Cols-d), lo, hi); !below || !above {
			continue
		}
		a, b, ok := s.Split(p, c, numbers(p.Cols), append([]int{c - d}, numbers(p.Cols-d)...))
		if !ok {
			return -1
		}
		return byVertices(s, a, cols[i+1:]) + byVertices(s, b, cols[i+1:])
	}
	return 1
}

// TestParts counts the parts of boxes and zonotopes in three ways.
func TestParts(t *testing.T) {
	t.Parallel()
	sure := 0
	defer func() {
		if sure == 0 {
			t.Error("rows and points were never sure")
		}
	}()
	for i := range property.Seeds(t, 400, 100) {
		rng := rand.New(rand.NewPCG(32, i))
		d := 1 + rng.IntN(5)
		fns := hyperplanes(rng, d, 1+rng.IntN(8), i%2 == 0)
		order := numbers(len(fns))
		s := Splitter{Oracle: planes(fns)}
		p, cols := boxWith(d, fns)
		want := byVertices(&s, &p, cols)
		if n := s.Parts(&p, cols, order); n != want {
			t.Errorf("%d: %d functions in %d dimensions: %d parts; %d by splitting", i, len(fns), d, n, want)
		}
		// the box, and the same as a zonotope of its own edges
		gen := make([][]float64, d)
		for j := range d {
			gen[j] = make([]float64, d+1)
			gen[j][j] = 1
		}
		z := NewZonotope(make([]float64, d), gen, 1e-14)
		for _, c := range []*Implicit{NewImplicit(d, nil), NewImplicit(d, z)} {
			b := with(c, fns, fns)
			n, ok := c.Parts(b, order)
			if ok {
				sure++
			}
			if ok && n != want || !ok && i%2 == 1 && c.zono == nil {
				t.Errorf("%d: %d functions in %d dimensions, rows and points (zonotope: %v): %d parts, %v; %d by splitting",
					i, len(fns), d, c.zono != nil, n, ok, want)
			}
		}
	}
}

// TestAllSigns: as many hyperplanes as dimensions, through one inner point.
func TestAllSigns(t *testing.T) {
	t.Parallel()
	for d := 2; d <= 24; d += 2 {
		rng := rand.New(rand.NewPCG(33, uint64(d)))
		fns := hyperplanes(rng, d, d, false)
		for _, f := range fns {
			f[d] = 0
		}
		c := NewImplicit(d, nil)
		b := with(c, fns, fns)
		if n, ok := c.Parts(b, numbers(d)); ok && n != 1<<d || !ok && d <= 6 {
			t.Errorf("%d: %d parts, %v", d, n, ok)
		}
	}
}

// TestClose: what is close is exact by vertices, and by rows and points sure only
// where it is right.
func TestClose(t *testing.T) {
	t.Parallel()
	for _, far := range []float64{0, 1e-300, 1e-15, 1e-12, 1e-8, 1e-3} {
		for _, fns := range [][][]float64{
			{{1, 0, math.Nextafter(-1, 0)}, {1, 0, -1}}, // the first cuts off a strip
			{{1, 0, 0}, {0, 1, 0}, {.5, .75, far}},      // nearly through the same point
		} {
			full := map[int]int64{2: 2, 3: 7}[len(fns)]
			if far == 0 && len(fns) == 3 {
				full--
			}
			s := Splitter{Oracle: planes(fns)}
			p, cols := boxWith(2, fns)
			c := NewImplicit(2, nil)
			b := with(c, fns, fns)
			if n := s.Parts(&p, cols, numbers(len(fns))); n != full {
				t.Errorf("%g, %v: %d parts by vertices, %d expected", far, fns, n, full)
			}
			if m, ok := c.Parts(b, numbers(len(fns))); ok && m != full || !ok && far >= 1e-8 && len(fns) == 3 {
				t.Errorf("%g, %v: %d parts by rows and points, %v; %d expected", far, fns, m, ok, full)
			}
		}
	}
}

// TestManyFacets: a polygon with more sides than bits.
func TestManyFacets(t *testing.T) {
	t.Parallel()
	var fns [][]float64
	for k := range 80 {
		s, c := math.Sincos(2 * math.Pi * float64(k) / 80)
		fns = append(fns, []float64{-c, -s, 0.9})
	}
	s := Splitter{Oracle: planes(fns)}
	p, cols := boxWith(2, fns)
	in := &p
	for k := range fns {
		_, above, ok := s.Split(in, cols[k], numbers(in.Cols), append([]int{k}, numbers(len(fns))...))
		if !ok {
			if in.Len() < MaxFacets-1 {
				t.Errorf("no split of %d sides", in.Len())
			}
			return
		}
		in = above
		if in.Len() > MaxFacets {
			t.Fatal(fmt.Sprint(in.Len(), " sides"))
		}
	}
	t.Error("a polygon of 80 sides")
}
