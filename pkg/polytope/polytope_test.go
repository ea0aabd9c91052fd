package polytope

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"relucount/pkg/highs"
	"relucount/pkg/property"
)

var strict = Tolerances{Zero: 1e-13, No: 1e-10, Yes: 1e-7}

// hyperplanes draws n rows, normalised. Whole ones meet in common points.
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
			for j, x := range z.gen.Data[i*n : (i+1)*n] {
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
	return NewZonotope(make([]float64, d), gen)
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
		fns := hyperplanes(rng, d, 10, rng.IntN(2) == 0)
		var b Workspace
		c := NewImplicit(d, z)
		c.SetFunctions(&b, fns)
		var rows [][]float64
		left := make([]int, len(fns))
		for k := range left {
			left[k] = k
		}
		for len(left) > 0 {
			cut := -1
			for col, k := range left {
				below, above, lo, hi := c.Reach(&b, col, strict)
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
					if got == No && top > 1e-6 || got == Yes && top < 1e-8 || got == Unsure && (top > 1e-5 || top < -1e-8) || far > top+1e-8 {
						t.Errorf("%d: %d dimensions, %d generators, %d rows: side %d is %d up to %g; HiGHS has %g", i, d, n, len(rows), s, got, far, top)
					}
				}
				if below == Yes && above == Yes {
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
			below, above, ok := c.Split(&b, cut, strict, keep)
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
	box.Box(d)
	p = Vertices{Dim: d, Cols: d + len(fns), On: box.On}
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
		lo, hi := p.Range(c)
		if lo > -strict.Yes || hi < strict.Yes {
			continue
		}
		all := make([]int, p.Cols)
		for j := range all {
			all[j] = j
		}
		a, b, ok := s.Split(p, c, strict.Zero, all)
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
	for i := range property.Seeds(t, 400, 100) {
		rng := rand.New(rand.NewPCG(32, i))
		d := 1 + rng.IntN(5)
		fns := hyperplanes(rng, d, 1+rng.IntN(8), i%2 == 0)
		limits := make([]Tolerances, len(fns))
		order := make([]int, len(fns))
		for k := range limits {
			limits[k], order[k] = strict, k
		}
		var s Splitter
		var b Workspace
		p, cols := boxWith(d, fns)
		want := byVertices(&s, &p, cols)
		if n, ok := s.Parts(&p, cols, limits, 0); !ok || n != want {
			t.Errorf("%d: %d functions in %d dimensions: %d parts, %v; %d by splitting", i, len(fns), d, n, ok, want)
		}
		// the box, and the same as a zonotope of its own edges
		gen := make([][]float64, d)
		for j := range d {
			gen[j] = make([]float64, d+1)
			gen[j][j] = 1
		}
		z := NewZonotope(make([]float64, d), gen)
		for _, c := range []*Implicit{NewImplicit(d, nil), NewImplicit(d, z)} {
			c.SetFunctions(&b, fns)
			if n, ok := c.Parts(&b, order, limits, 0); !ok || n != want {
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
		limits := make([]Tolerances, d)
		order := make([]int, d)
		for k, f := range fns {
			f[d] = 0
			limits[k], order[k] = strict, k
		}
		var b Workspace
		c := NewImplicit(d, nil)
		c.SetFunctions(&b, fns)
		if n, ok := c.Parts(&b, order, limits, 0); !ok || n != 1<<d {
			t.Errorf("%d: %d parts, %v", d, n, ok)
		}
	}
}

// TestClose: what lies between the limits is not decided.
func TestClose(t *testing.T) {
	t.Parallel()
	for _, far := range []float64{1e-12, 1e-8, 1e-3} {
		for _, fns := range [][][]float64{
			{{1, 0, -1 + far}},                         // cuts off a strip
			{{1, 0, 0}, {0, 1, 0}, {.6, .8, .8 * far}}, // nearly through the same point
		} {
			limits := []Tolerances{strict, strict, strict}[:len(fns)]
			order := []int{0, 1, 2}[:len(fns)]
			full := map[int]int64{1: 2, 3: 7}[len(fns)]
			if far < strict.No {
				full--
			}
			var s Splitter
			var b Workspace
			p, cols := boxWith(2, fns)
			c := NewImplicit(2, nil)
			c.SetFunctions(&b, fns)
			n, ok := s.Parts(&p, cols, limits, 0)
			m, also := c.Parts(&b, order, limits, 0)
			if sure := far != 1e-8; ok != sure || also != sure || sure && (n != full || m != full) {
				t.Errorf("%g, %v: %d, %v by vertices; %d, %v by rows and points", far, fns, n, ok, m, also)
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
	var s Splitter
	p, cols := boxWith(2, fns)
	in := &p
	for k := range fns {
		all := make([]int, in.Cols)
		for j := range all {
			all[j] = j
		}
		_, above, ok := s.Split(in, cols[k], strict.Zero, all)
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
