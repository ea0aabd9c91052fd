package domain

import (
	"fmt"
	"math"
	"slices"

	"relucount/pkg/record"
)

// And returns the part of the domain where lo <= a . x <= hi, x its inputs.
func (d *Domain) And(r Row) *Domain {
	out := *d
	if d.Map != nil {
		r = d.Map.row(r)
	}
	out.Rows = append(slices.Clip(slices.Clone(d.Rows)), r)
	return &out
}

// row writes a row over x as one over t.
func (m *Map) row(r Row) Row {
	out := Row{A: make([]float64, len(m.Matrix[0])), Lo: r.Lo, Hi: r.Hi}
	for i, v := range r.A {
		if v == 0 {
			continue
		}
		for j, w := range m.Matrix[i] {
			out.A[j] += v * w
		}
		out.Lo -= v * m.Offset[i]
		out.Hi -= v * m.Offset[i]
	}
	return out
}

// Fix returns the part of the domain where input i is v.
func (d *Domain) Fix(i int, v float64) (*Domain, error) {
	if i < 0 || i >= d.Inputs() {
		return nil, fmt.Errorf("there is no input %d: the network has %d", i, d.Inputs())
	}
	lower, upper := d.Hull()
	if !(v >= lower[i] && v <= upper[i]) {
		return nil, fmt.Errorf("input %d ranges over [%g, %g], which %g is outside of", i, lower[i], upper[i], v)
	}
	if d.Map != nil {
		a := make([]float64, d.Inputs())
		a[i] = 1
		return d.And(Row{a, v, v}), nil
	}
	out := *d
	out.Lower, out.Upper = slices.Clone(d.Lower), slices.Clone(d.Upper)
	out.Lower[i], out.Upper[i] = v, v
	return &out, nil
}

// plain reports whether operations can take the limits for those of inputs.
func (d *Domain) plain(point []float64) error {
	switch {
	case d.Map != nil:
		return fmt.Errorf("the domain has a map: it cannot be restricted to points around others")
	case len(point) != d.Inputs():
		return fmt.Errorf("the point has %d numbers, the network %d inputs", len(point), d.Inputs())
	}
	for i, v := range point {
		if !finite(v) {
			return fmt.Errorf("number %d of the point is %g", i, v)
		}
	}
	return nil
}

// Ball returns the part of the domain, which must have no map, whose inputs
// differ from those of the center by at most the radius each: the ball of norm
// infinity.
func (d *Domain) Ball(center []float64, radius float64) (*Domain, error) {
	if err := d.plain(center); err != nil {
		return nil, err
	}
	out := &Domain{Rows: d.Rows}
	for i, c := range center {
		lo, hi := max(d.Lower[i], c-radius), min(d.Upper[i], c+radius)
		if lo > hi {
			return nil, fmt.Errorf("no input of the domain is so near: input %d is %g, and ranges over [%g, %g]", i, c, d.Lower[i], d.Upper[i])
		}
		out.Lower, out.Upper = append(out.Lower, lo), append(out.Upper, hi)
	}
	return out, nil
}

// fewSides is up to how many inputs that may go either way a ball of norm 1 is
// written by its facets, 2^k of them, over the inputs themselves.
const fewSides = 5

// Ball1 returns the part of the domain, which must have no map, whose distance
// from the center is at most the radius in norm 1, that is the sum of the
// distances of the inputs.
//
// It is x = c + p - q with p, q >= 0 and sum(p) + sum(q) <= radius: a map, where
// an input that can go one way only has one coordinate. The map takes the ball's
// preimage, which has an interior, onto the ball, so regions have an interior
// on one side if and only if they have one on the other. Where few inputs can
// go either way, the facets of the ball are rows over the inputs instead.
func (d *Domain) Ball1(center []float64, radius float64) (*Domain, error) {
	if err := d.plain(center); err != nil {
		return nil, err
	}
	n := len(center)
	// from the nearest point of the box the rest of the way is the same for all
	c, rest := make([]float64, n), radius
	for i, v := range center {
		c[i] = max(d.Lower[i], min(d.Upper[i], v))
		rest -= math.Abs(v - c[i])
	}
	if !(rest > 0) {
		return nil, fmt.Errorf("no input of the domain is so near: the nearest one is at the distance %g", radius-rest)
	}
	out := &Domain{Rows: d.Rows}
	var both []int             // inputs that can go either way
	side := make([]float64, n) // 1 up, -1 down, 0 not at all, of the others
	reach := [2]float64{}      // how far the box lets them go in all, down and up
	for i, v := range c {
		lo, hi := max(d.Lower[i], v-rest), min(d.Upper[i], v+rest)
		out.Lower, out.Upper = append(out.Lower, lo), append(out.Upper, hi)
		reach[0], reach[1] = reach[0]+v-lo, reach[1]+hi-v
		switch {
		case lo < v && v < hi:
			both = append(both, i)
		case v < hi:
			side[i] = 1
		case lo < v:
			side[i] = -1
		}
	}
	switch {
	case reach[0]+reach[1] <= rest:
		return out, nil
	case len(both) == 0 || len(both) <= fewSides && out.free() <= fewSides:
		out.Rows = slices.Clip(out.Rows)
		for signs := range 1 << len(both) {
			for k, i := range both {
				side[i] = 1 - 2*float64(signs>>k&1)
			}
			r := Row{slices.Clone(side), math.Inf(-1), rest}
			for i, s := range side {
				r.Hi += s * c[i]
			}
			out.Rows = append(out.Rows, r)
		}
		return out, nil
	}
	return out.apart(c, rest), nil
}

// free is the number of inputs that are not fixed.
func (d *Domain) free() (n int) {
	for i := range d.Lower {
		if d.Lower[i] < d.Upper[i] {
			n++
		}
	}
	return n
}

// apart writes the points of a box as c + p - q, p and q not negative and
// together at most radius.
func (d *Domain) apart(c []float64, radius float64) *Domain {
	type way struct {
		input int
		sign  float64
	}
	out := &Domain{Map: &Map{Offset: slices.Clone(c)}}
	var ways []way
	for i, v := range c {
		for _, w := range []struct{ sign, most float64 }{{1, d.Upper[i] - v}, {-1, v - d.Lower[i]}} {
			if w.most > 0 {
				ways = append(ways, way{i, w.sign})
				out.Lower, out.Upper = append(out.Lower, 0), append(out.Upper, w.most)
			}
		}
	}
	out.Map.Matrix = make([]record.Numbers, len(c))
	for i := range c {
		out.Map.Matrix[i] = make(record.Numbers, len(ways))
	}
	all := Row{A: make([]float64, len(ways)), Lo: math.Inf(-1), Hi: radius}
	for j, w := range ways {
		out.Map.Matrix[w.input][j] = w.sign
		all.A[j] = 1
	}
	out.Rows = append(out.Rows, all)
	for _, r := range d.Rows {
		out = out.And(r)
	}
	return out
}
