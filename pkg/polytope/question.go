package polytope

import (
	"math"
	"slices"
)

// search looks for a point at which row, of which off bounds the error and which is
// function num or its negative, is positive.
func (c *Implicit) search(b *Workspace, row []float64, off float64, num int) Verdict {
	if !c.enclose(b) {
		return Unsure
	}
	b.LPs++
	if !c.lean(b) {
		if v := c.ask(b, row, off, num); v != Unsure || c.zono == nil || b.Trace {
			return v
		} // the dictionary may have become blunt
	}
	return c.walk(b, row, off, num)
}

// lean tells whether the cell has rows and points only, and no dictionary: where the
// zonotope has many coordinates, points that programs ask for tell little. Mixtures
// need them all the same.
func (c *Implicit) lean(b *Workspace) bool { return c.zono != nil && c.zono.many && !b.Trace }

// ask is search by points of the body, in the dictionary.
func (c *Implicit) ask(b *Workspace, row []float64, off float64, num int) Verdict {
	pivots := c.out.Pivots
	defer func() { b.Pivots += c.out.Pivots - pivots }()
	c.out.Aim(row)
	b.fit(c.out.d)
	last := math.Inf(1)
	for range maxColumns {
		out := c.out.Primal(deepEnough)
		if out == Lost {
			return Unsure
		}
		if c.out.Value > off {
			c.out.Point(b.y)
			if c.reaches(b, row, off) {
				return Yes
			}
			if c.roomier(b) {
				c.out.Aim(row)
				continue
			}
			if out == Reached {
				return Unsure
			}
		}
		u, err := c.out.Multipliers(row, off)
		err += float64(c.out.d+8) * ulp * magnitude(u)
		if c.zono == nil {
			top := BoxMax(u) + err
			if top > 0 && top < 1e-3 && top < c.least(b) {
				b.Zeros++
				top = 0
			}
			if top <= 0 || c.out.Value < 1e-9 && c.apex(b, row, off, num) {
				return No
			}
			return Unsure
		}
		err += c.zono.looseness(u)
		if c.zono.Below(u)+err <= 0 {
			return No
		}
		top := c.zono.Farthest(u, &b.sum, b.far)
		if top+err <= 0 {
			return No
		}
		if c.out.Value > -err && top-c.out.Value <= 1e-13 || top >= last && top-c.out.Value <= 1e-9 {
			return Unsure // the best point is at hand, and it is close
		}
		last = top
		c.column(b, row)
	}
	return Unsure
}

// walk answers as search does, by the dual.
func (c *Implicit) walk(b *Workspace, row []float64, off float64, num int) Verdict {
	name := 2 * num
	if &row[0] == &b.neg[0] {
		name++
	}
	b.fit(c.out.d)
	s := b.walker()
	s.start(c.zono, c.out.Rows, c.out.fixed, row)
	if c.pts.Len() > 0 {
		s.rooms(c.out.Rows, c.Witness(), row)
	}
	try := func() bool { s.point(b.y); return c.reaches(b, row, off) }
	if s.promising() && try() { // where the zonotope reaches farthest
		return Yes
	}
	if c.lean(b) { // else the work would depend on what the workspace was used for before
		s.resume(name)
	}
	end := s.walk(try)
	b.Pivots += s.steps
	if end == Lost {
		return Unsure
	}
	if c.lean(b) {
		s.leave(name)
	}
	if end == Reached {
		return Yes
	}
	u, err := s.bound(c.out.Rows, c.out.errs, row, off, b.bound)
	b.bound = u
	err += float64(c.out.d+8)*ulp*magnitude(u) + c.zono.looseness(u)
	if c.zono.Max(u, &b.sum)+err <= 0 {
		return No
	}
	s.point(b.y)
	if c.reaches(b, row, off) || c.deep(b, row) && c.reaches(b, row, off) {
		return Yes
	}
	return Unsure
}

// deep finds the point of the part where row is positive that is farthest from all
// hyperplanes, row's among them: where a cell is thin, what leads from a vertex to the
// witness leaves that part too soon.
func (c *Implicit) deep(b *Workspace, row []float64) bool {
	s := b.walker()
	s.start(c.zono, append(slices.Clone(c.out.Rows), row), append(slices.Clone(c.out.fixed), false), nil)
	end := s.walk(nil)
	b.LPs++
	b.Pivots += s.steps
	if end != Best {
		return false
	}
	s.point(b.y)
	return true
}

// Forget forgets the bases of earlier questions, from which later ones would start.
func (b *Workspace) Forget() { b.steps = nil }

// walker is for one question at a time.
func (b *Workspace) walker() *longStep {
	if b.steps == nil {
		b.steps = new(longStep)
	}
	return b.steps
}

// reaches adds the point b.y, a little further inward, if it is certain that row is
// positive there.
func (c *Implicit) reaches(b *Workspace, row []float64, off float64) bool {
	for j, x := range b.y {
		b.y[j] = max(-1, min(1, x))
	}
	c.inward(b, b.y)
	err := c.within(b.y, c.body)
	if !(eval(row, b.y) > err+off) {
		return false
	}
	c.addPoint(b.y, err)
	for w := c.whole; w != nil; w = w.whole {
		if w.pts.Len() < maxPoints {
			w.addPoint(b.y, w.within(b.y, c.body))
		}
	}
	return true
}
