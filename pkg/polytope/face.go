package polytope

import (
	"math"
	"slices"
)

// Face says whether a cell in the box has a facet in the face of the box where a
// coordinate is 1, or where it is -1. It has one when all rows are positive at some point
// of the face. The cell must be no section.
func (c *Implicit) Face(b *Workspace, coordinate int, up bool) Verdict {
	side := -1.0
	if up {
		side = 1
	}
	s := &c.out
	b.support = b.support[:0]
	if c.zono != nil {
		return Unsure
	}
	from := c.farthest(coordinate, side)
	y := make([]float64, s.d)
	for _, share := range closeness {
		for j, w := range c.Witness() {
			y[j] = from[j] + share*(w-from[j])
		}
		if y[coordinate] = side; inBox(y) && c.inside(y, -1) {
			return Yes
		}
	}
	b.LPs++
	pivots := s.Pivots
	defer func() { b.Pivots += s.Pivots - pivots }()
	row := make([]float64, s.d+1) // how far beyond the face
	row[coordinate], row[s.d] = side, -1
	if !s.Fresh() {
		return Unsure
	}
	s.Aim(row)
	if s.Primal(math.Inf(1)) != Best {
		return Unsure
	}
	if u, err := s.Multipliers(row, 0); BoxMax(u)+err+float64(s.d+8)*ulp*magnitude(u) < 0 {
		b.support = s.proof(b.support)
		return No
	}
	if i := slices.Index(s.tail, coordinate); i < 0 || s.upper[i] != up {
		return Unsure
	}
	s.held = coordinate + 1
	defer func() { s.held = 0 }()
	if c.spread(y) {
		y[coordinate] = side
		if c.inside(y, -1) {
			return Yes
		}
	}
	return Unsure
}

// spread writes a point at which all rows are positive, if there is one where the
// coordinate that is held is as it is: the mean of points that are beyond each.
func (c *Implicit) spread(y []float64) bool {
	s := &c.out
	sum, at, n := make([]float64, s.d), make([]float64, s.d), 1.0
	s.Point(sum)
	for i, r := range s.Rows {
		for j, x := range sum {
			y[j] = x / n
		}
		if r == nil || eval(r, y) > deepEnough/float64(len(s.Rows)) {
			continue
		}
		s.Aim(r)
		if s.Primal(deepEnough) == Lost || s.Value <= c.out.errs[i] {
			return false
		}
		s.Point(at)
		for j, x := range at {
			sum[j] += x
		}
		n++
	}
	for j, x := range sum {
		y[j] = max(-1, min(1, x/n))
	}
	return true
}
