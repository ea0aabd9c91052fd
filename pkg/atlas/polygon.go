package atlas

import (
	"cmp"
	"math"
	"slices"
)

// turn is twice the area of a triangle, positive when it is counterclockwise.
func turn(a, b, c Point) float64 { return (b.X-a.X)*(c.Y-a.Y) - (b.Y-a.Y)*(c.X-a.X) }

// area is that of a polygon, whichever way it goes round.
func area(p []Point) float64 {
	var s float64
	for i := 2; i < len(p); i++ {
		s += turn(p[0], p[i-1], p[i])
	}
	return math.Abs(s) / 2
}

// centre is the mean of the corners.
func centre(p []Point) (c Point) {
	for _, q := range p {
		c.X += q.X / float64(len(p))
		c.Y += q.Y / float64(len(p))
	}
	return c
}

// arrange puts the corners of a convex polygon in counterclockwise order.
func arrange(p []Point) {
	ordered := true
	for i := range p {
		if turn(p[i], p[(i+1)%len(p)], p[(i+2)%len(p)]) < 0 || i > 1 && turn(p[0], p[i-1], p[i]) < 0 {
			ordered = false // the second is so where it goes round twice
		}
	}
	if ordered {
		return
	}
	c := centre(p)
	slices.SortFunc(p, func(a, b Point) int {
		return cmp.Compare(math.Atan2(a.Y-c.Y, a.X-c.X), math.Atan2(b.Y-c.Y, b.X-c.X))
	})
}

// within returns the part of a convex polygon that is within a square.
func within(p []Point, x, y, size float64) []Point {
	at := make([]float64, 0, len(p)+4)
	for _, side := range [...]func(Point) float64{
		func(q Point) float64 { return q.X - x }, func(q Point) float64 { return x + size - q.X },
		func(q Point) float64 { return q.Y - y }, func(q Point) float64 { return y + size - q.Y },
	} {
		at = at[:0]
		for _, q := range p {
			at = append(at, side(q))
		}
		if slices.Min(at) >= 0 {
			continue
		}
		if p = clip(p, at); p == nil {
			return nil
		}
	}
	return p
}

// clip returns the part of a convex polygon where a function that is affine on
// it, given at the corners, is not negative.
func clip(p []Point, at []float64) []Point {
	var out []Point
	for i := range p {
		j := (i + 1) % len(p)
		if at[i] >= 0 {
			out = append(out, p[i])
		}
		if at[i] > 0 && at[j] < 0 || at[i] < 0 && at[j] > 0 {
			t := at[i] / (at[i] - at[j])
			out = append(out, Point{p[i].X + t*(p[j].X-p[i].X), p[i].Y + t*(p[j].Y-p[i].Y)})
		}
	}
	if len(out) < 3 {
		return nil
	}
	return out
}
