package domain

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"relucount/pkg/record"
)

// contains tells whether x is within eps of the domain, by its coordinates, and
// whether those could be found: not for a map with more coordinates than inputs.
func (d *Domain) contains(t []float64, eps float64) bool {
	for j, v := range t {
		if v < d.Lower[j]-eps || v > d.Upper[j]+eps {
			return false
		}
	}
	for _, r := range d.Rows {
		v := 0.0
		for j, a := range r.A {
			v += a * t[j]
		}
		if v < r.Lo-eps || v > r.Hi+eps {
			return false
		}
	}
	return true
}

func sample(rng *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = 3*rng.Float64() - 1
	}
	return x
}

// box is a random box, some inputs of which are fixed, with a row or without.
func box(rng *rand.Rand, n int) *Domain {
	d := &Domain{}
	for range n {
		lo := float64(rng.IntN(3)) / 4
		d.Lower, d.Upper = append(d.Lower, lo), append(d.Upper, lo+float64(rng.IntN(5))/4)
	}
	if rng.IntN(3) == 0 {
		r := Row{make([]float64, n), math.Inf(-1), 1}
		for i := range r.A {
			r.A[i] = float64(rng.IntN(3) - 1)
		}
		d.Rows = append(d.Rows, r)
	}
	return d
}

func distance(x, c []float64) (most, sum float64) {
	for i, v := range x {
		most, sum = max(most, math.Abs(v-c[i])), sum+math.Abs(v-c[i])
	}
	return most, sum
}

// A ball has the points of the domain that are near enough, written in any way.
func TestBalls(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	maps, facets, one, in := 0, 0, 0, 0
	for range 3000 {
		n := 1 + rng.IntN(9)
		d := box(rng, n)
		c, radius := sample(rng, n), 0.1+rng.Float64()*float64(n)/2
		for i := range c {
			if rng.IntN(3) == 0 { // on the boundary
				c[i] = []float64{d.Lower[i], d.Upper[i]}[rng.IntN(2)]
			}
		}
		inf, errInf := d.Ball(c, radius)
		sum, err1 := d.Ball1(c, radius)
		for _, b := range []*Domain{inf, sum} {
			if b != nil {
				if err := b.Check(n); err != nil {
					t.Fatal(err)
				}
			}
		}
		switch {
		case sum == nil:
		case sum.Map != nil:
			maps++
		case len(sum.Rows) > len(d.Rows)+1:
			facets++
		case len(sum.Rows) > len(d.Rows):
			one++
		}
		for range 20 {
			x := sample(rng, n)
			for i := range x {
				x[i] = max(d.Lower[i], min(d.Upper[i], x[i]))
			}
			if rng.IntN(2) == 0 { // nearer to the center
				for i := range x {
					x[i] += 0.7 * (max(d.Lower[i], min(d.Upper[i], c[i])) - x[i])
				}
			}
			within := d.contains(x, 1e-12)
			most, total := distance(x, c)
			if math.Abs(most-radius) > 1e-9 {
				if got := errInf == nil && inf.contains(x, 1e-12); got != (within && most < radius) {
					t.Fatalf("%v around %v in %+v, radius %g: %v in the box", x, c, d, radius, got)
				}
			}
			if math.Abs(total-radius) > 1e-9 {
				if got := err1 == nil && sum.contains(split(sum, x), 1e-9); got != (within && total < radius) {
					t.Fatalf("%v around %v in %+v, radius %g: %v in %+v", x, c, d, radius, got, sum)
				}
				if within && total < radius {
					in++
				}
			}
		}
	}
	if maps < 100 || facets < 300 || one < 50 || in < 3000 {
		t.Errorf("%d maps, %d with facets, %d with a facet, %d points within", maps, facets, one, in)
	}
}

// split returns coordinates of x: of a map c + p - q those with p or q 0.
func split(d *Domain, x []float64) []float64 {
	if d.Map == nil {
		return x
	}
	t := make([]float64, len(d.Lower))
	for i, row := range d.Map.Matrix {
		for j, sign := range row {
			if v := sign * (x[i] - d.Map.Offset[i]); v > 0 {
				t[j] = v
			}
		}
	}
	if y := d.Point(t); slices.ContainsFunc(y, func(v float64) bool { return math.IsNaN(v) }) {
		panic("no point")
	} else if most, _ := distance(x, y); most > 1e-9 {
		t[0] = math.Inf(1) // x is not in the image
	}
	return t
}

// A line and a plane have the points that are in the domain.
func TestThrough(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	lines, planes, in := 0, 0, 0
	for range 3000 {
		n := 2 + rng.IntN(5)
		d := box(rng, n)
		p := [][]float64{sample(rng, n), sample(rng, n), sample(rng, n)}
		for i := range n {
			if d.Lower[i] == d.Upper[i] { // else all misses
				p[0][i], p[1][i], p[2][i] = d.Lower[i], d.Lower[i], d.Lower[i]
			}
		}
		line, errL := d.Line(p[0], p[1])
		plane, errP := d.Plane(p[0], p[1], p[2])
		for _, b := range []*Domain{line, plane} {
			if b != nil {
				if err := b.Check(n); err != nil {
					t.Fatal(err)
				}
			}
		}
		if errL == nil {
			lines++
		}
		if errP != nil && strings.HasPrefix(errP.Error(), "the points are") { // apart from inputs that are fixed
			continue
		}
		if errP == nil {
			planes++
			if len(plane.Rows) > 2*n+2 {
				t.Errorf("%d rows of a polygon in %d inputs", len(plane.Rows), n)
			}
		}
		for range 20 {
			s, u := 3*rng.Float64()-1, 3*rng.Float64()-1
			x, y := make([]float64, n), make([]float64, n)
			for i := range x {
				x[i] = p[0][i] + s*(p[1][i]-p[0][i])
				y[i] = x[i] + u*(p[2][i]-p[0][i])
			}
			if got := errL == nil && line.contains([]float64{s}, 0); got != d.contains(x, 0) && d.contains(x, 1e-9) == d.contains(x, -1e-9) {
				t.Fatalf("%v: %v on the line in %+v, %v", x, got, d, errL)
			}
			// a fixed input makes x lie on the boundary of the box
			if got := errP == nil && plane.contains([]float64{s, u}, 1e-12); got != d.contains(y, 1e-12) && d.contains(y, 1e-9) == d.contains(y, 1e-12) {
				t.Fatalf("%v: %v in the plane %+v in %+v, %v", y, got, plane, d, errP)
			} else if got {
				in++
			}
		}
	}
	if lines < 500 || planes < 500 || in < 400 {
		t.Errorf("%d lines, %d planes, %d points in planes", lines, planes, in)
	}
}

func TestFix(t *testing.T) {
	d, err := Box(3, 0, 1).Fix(1, 0.5)
	if err != nil || !slices.Equal(d.Lower, []float64{0, 0.5, 0}) || !slices.Equal(d.Upper, []float64{1, 0.5, 1}) {
		t.Errorf("%+v, %v", d, err)
	}
	d, err = diagonal().Fix(2, 1.75)
	if err != nil || len(d.Rows) != 2 || !slices.Equal(d.Rows[1].A, []float64{-1}) || d.Rows[1].Lo != -0.25 || d.Rows[1].Hi != -0.25 {
		t.Errorf("%+v, %v", d, err)
	}
	if len(diagonal().And(Row{[]float64{1, 1, 2}, 0, 1}).Rows) != 2 {
		t.Error("no row")
	}
}

func TestRefused(t *testing.T) {
	in, out := []float64{0.5, 0.5}, []float64{2, 0.5}
	unit := Box(2, 0, 1)
	cut := unit.And(Row{[]float64{1, 0}, math.Inf(-1), 0.25})
	mapped := &Domain{Lower: []float64{0}, Upper: []float64{1}, Map: &Map{Matrix: []record.Numbers{{1}, {1}}, Offset: record.Numbers{0, 0}}}
	two := func(_ *Domain, err error) error { return err }
	for _, c := range []struct {
		err  error
		want string
	}{
		{two(unit.Ball(out, 0.5)), "no input of the domain is so near: input 0 is 2, and ranges over [0, 1]"},
		{two(unit.Ball1(out, 1)), "the nearest one is at the distance 1"},
		{two(unit.Ball1(in[:1], 1)), "the point has 1 numbers, the network 2 inputs"},
		{two(unit.Ball([]float64{0, math.NaN()}, 1)), "number 1 of the point is NaN"},
		{two(mapped.Ball(in, 1)), "the domain has a map"},
		{two(mapped.Line(in, out)), "the domain has a map"},
		{two(unit.Line(in, in)), "the points are the same"},
		{two(unit.Line(out, []float64{2, 0})), "input 0 is 2 at all points, and ranges over [0, 1]"},
		{two(unit.Line(out, []float64{3, 1.5})), "the line misses the domain"},
		{two(cut.Line(in, []float64{0.5, 0})), "all points are beyond a row of the domain"},
		{two(unit.Plane(in, []float64{0.6, 0.6}, []float64{0.7, 0.7})), "the points are on one line"},
		{two(Box(3, 0, 1).Plane([]float64{2, 2, 2}, []float64{2, 3, 2.1}, []float64{2.5, 2, 2})), "the plane misses the domain"},
		{two(unit.Fix(2, 0)), "there is no input 2: the network has 2"},
		{two(unit.Fix(1, 2)), "input 1 ranges over [0, 1], which 2 is outside of"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("%v; %q expected", c.err, c.want)
		}
	}
}
