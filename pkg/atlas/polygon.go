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
		if turn(p[i], p[(i+1)%len(p)], p[(i+2)%len(p)]) < 0 {
			ordered = false
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

// clip returns the part of a convex polygon where a function that is affine on
// it, given at the corners, is not negative, and the values of others there.
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
