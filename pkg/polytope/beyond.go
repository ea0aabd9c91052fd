package polytope

import (
	"math"
	"slices"
)

// Beyond says whether the cell would reach beyond the hyperplane of one of its rows, by
// the number of its plane, if that row were not there: then the hyperplane holds a
// facet. Where it says Yes, at is a point beyond it, of the cell without the row. It says
// No when there is no such row. The cell must be no section, and when the answer is Unsure
// it may be of no further use. Workspace.Support says
// from what a No follows.
func (c *Implicit) Beyond(b *Workspace, plane int) (v Verdict, at []float64) {
	b.support = b.support[:0]
	i := c.out.rowOf(plane)
	if i < 0 {
		return No, nil
	}
	b.fit(c.out.d)
	if c.steps(b, i) {
		return Yes, slices.Clone(b.y)
	}
	row, points := c.out.Rows[i], c.pts.Len()
	shift := BoxMax(negative(row, b.neg)) + 1
	pivots := c.out.Pivots
	defer func() { b.Pivots += c.out.Pivots - pivots }()
	if !c.out.Fresh() || !c.out.leave(row, i, 0) || !c.out.shift(i, shift) {
		return Unsure, nil
	}
	v = c.search(b, negative(row, b.neg), c.out.errs[i], plane)
	switch v {
	case Yes:
		at = slices.Clone(b.y)
	case No:
		c.follows(b)
	}
	c.pts.Val, c.pts.On, c.pts.Err = c.pts.Val[:points*c.pts.Cols], c.pts.On[:points], c.pts.Err[:points]
	if !c.out.leave(row, i, shift) || !c.out.shift(i, -shift) {
		c.out.Rows[i] = row
		return Unsure, nil
	}
	c.out.Rows[i] = row
	return v, at
}

// closeness has the points from which a hyperplane is tried: that of the cell's points which is
// nearest to it, and others on the way from there to the witness.
var closeness = [...]float64{0.05, 0.3, 1}

// steps reports whether a step across the hyperplane of a row, straight from a point near
// it, comes to where all other rows hold; the point is b.y then.
func (c *Implicit) steps(b *Workspace, i int) bool {
	if c.zono != nil { // it takes more to know what is in it
		return false
	}
	d, row := c.out.d, c.out.Rows[i]
	from, least := c.Witness(), math.Inf(1)
	for v := range c.pts.Len() {
		if p := c.pts.At(v)[:d]; eval(row, p) < least {
			from, least = p, eval(row, p)
		}
	}
	for _, share := range closeness {
		for j, w := range c.Witness() {
			b.y[j] = from[j] + share*(w-from[j])
		}
		far := 4*c.out.errs[i] + eval(row, b.y)
		for j, r := range row[:d] {
			b.y[j] -= far * r
		}
		if inBox(b.y) && eval(row, b.y) < -c.out.errs[i] && c.inside(b.y, i) {
			return true
		}
	}
	return false
}

func inBox(y []float64) bool {
	return !slices.ContainsFunc(y, func(x float64) bool { return !(math.Abs(x) <= 1) })
}

// inside reports whether a point of the box certainly keeps all rows but one, and is on
// none.
func (c *Implicit) inside(y []float64, but int) bool {
	for i, r := range c.out.Rows {
		if r != nil && i != but && eval(r, y) <= c.out.errs[i] {
			return false
		}
	}
	return true
}

// follows notes from which rows the No follows that the present dictionary shows. In many
// coordinates the dual may have shown it.
func (c *Implicit) follows(b *Workspace) {
	if c.out.d <= manyDim {
		b.support = c.out.proof(b.support[:0])
	}
}

// Support returns the multipliers of the rows from which the No follows that Beyond or Face
// has just said: it is the answer for all polytopes that have these rows. There are none
// when that is not known, or when it follows from no row.
func (b *Workspace) Support() []Multiplier { return b.support }

// rowOf finds the row of a plane; -1 for none.
func (s *Simplex) rowOf(plane int) int {
	for i, r := range s.Rows {
		if r != nil && s.nums[i] == plane {
			return i
		}
	}
	return -1
}

// leave moves the present vertex to where row i, which is given as it is meant and has been
// shifted by a number, is positive, so that its slack is basic.
func (s *Simplex) leave(row []float64, i int, shift float64) bool {
	if at := slices.Index(s.head, ^i); at >= 0 && s.val[at]-shift > feasTol { // it is there
		return true
	}
	s.Aim(row)
	return s.Primal(feasTol) != Lost && s.Value > 0 && slices.Contains(s.head, ^i)
}

// shift adds a number to the constant of a row of which the slack is basic. What adds up
// to 1 is held at that by a slack of its own, which never enters.
func (s *Simplex) shift(i int, by float64) bool {
	at := slices.Index(s.head, ^i)
	if at < 0 {
		return false
	}
	row := slices.Clone(s.Rows[i])
	row[s.d] += by
	s.Rows[i] = row
	s.val[at] += by
	for j, v := range s.tail {
		if v < 0 && s.Rows[^v] == nil {
			s.tab[at*s.n+j] -= by
		}
	}
	return true
}
