package polytope

import (
	"math"
	"slices"
	"strconv"
)

// Part is a corner's share of a mixture.
type Part struct {
	Of     Corner
	Weight float64
}

// Mixture returns a point of the cell that certainly keeps each row, as a mixture
// of corners and of the middle of the box, which has a share; or false when it
// finds none. It is the mean of vertices that are each beyond rows on which those
// before are. At gets the point, which is off by err.
func (c *Implicit) Mixture(b *Workspace, at []float64) (parts []Part, err float64, ok bool) {
	d, slack := c.out.d, c.body
	shares := make([]float64, c.out.n)
	points := 0.0
	clear(at)
	take := func() {
		total := 0.0
		for i, v := range c.out.head {
			if v >= 0 {
				total += max(c.out.val[i], 0)
			}
		}
		points++
		for i, v := range c.out.head {
			if w := c.out.val[i] / total; v >= 0 && w > 0 {
				shares[v] += w
				for j, x := range c.out.point(v) {
					at[j] += w * x
				}
			}
		}
	}
	take()
	mean := func(r []float64) float64 { return dot(r[:d], at)/points + r[d] }
	for i, r := range c.out.Rows {
		if r == nil || mean(r) > 16*(c.out.errs[i]+slack) && mean(r) > shallow {
			continue
		}
		b.LPs++
		pivots := c.out.Pivots
		c.out.Aim(r)
		if out := c.out.Primal(deepEnough); out == Lost {
			return nil, 0, false
		}
		b.Pivots += c.out.Pivots - pivots
		take()
	}
	least := 1.0
	for i, r := range c.out.Rows {
		if r != nil {
			least = min(least, mean(r)-4*(c.out.errs[i]+slack))
		}
	}
	if least <= 0 {
		return nil, 0, false
	}
	// the middle may be far beyond a row, but by no more than the row's size
	size := 0.0
	for _, r := range c.out.Rows {
		if r != nil {
			size = max(size, norm(r[:d])*2*math.Sqrt(float64(d)))
		}
	}
	parts = []Part{{nil, least / (4*size + least)}}
	total := parts[0].Weight
	for v, w := range shares {
		if w = w / points; w > total/1e3 {
			of := c.out.corners[v]
			switch {
			case of != nil:
				parts = append(parts, Part{of, w})
			case slices.Equal(c.out.point(v), c.zono.centre):
				parts[0].Weight += w
			default:
				return nil, 0, false // a point that is no corner's
			}
		}
	}
	for _, digits := range [...]int{4, 8, 17} {
		if short, ok := c.blend(parts, digits, at); ok {
			return short, slack, true
		}
	}
	return nil, 0, false
}

// blend computes the point of a mixture, with weights rounded to so many digits,
// and checks it.
func (c *Implicit) blend(whole []Part, digits int, at []float64) ([]Part, bool) {
	d := c.out.d
	parts := slices.Clone(whole)
	for i := range parts {
		parts[i].Weight = Short(parts[i].Weight, digits)
	}
	clear(at)
	total := 0.0
	for i := range parts {
		p := &parts[i]
		total += p.Weight
		y := c.zono.centre
		if p.Of != nil {
			y = c.pointOf(p.Of)
		}
		for j, x := range y {
			at[j] += p.Weight * x
		}
	}
	for j := range at {
		at[j] /= total
	}
	for i, r := range c.out.Rows {
		if r != nil && dot(r[:d], at)+r[d] <= c.out.errs[i]+c.body {
			return nil, false
		}
	}
	return parts, true
}

// pointOf is the point of the hull that has a corner.
func (c *Implicit) pointOf(of Corner) []float64 {
	for v, o := range c.out.corners {
		if len(o) > 0 && &o[0] == &of[0] {
			return c.out.point(v)
		}
	}
	return c.zono.centre
}

// Short is x to a number of significant digits.
func Short(x float64, digits int) float64 {
	v, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', digits, 64), 64)
	return v
}
