package polytope

import (
	"math"
	"slices"
)

// Beyond says whether the cell would reach beyond the hyperplane of one of its rows, by
// the number of its plane, if that row were not there: then the hyperplane holds a
// facet. Where it says Yes, at is a point beyond it, of the cell without the row. It says
// No when there is no such row. The cell must be no section, and when the answer is Unsure
// it may be of no further use. Workspace.Support says from what a No follows.
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
	b.LPs++
	if !c.lean(b) && !c.moved(b, row, i, 0, shift) {
		return Unsure, nil
	}
	b.away = append(b.away[:0], row...)
	b.away[c.out.d] += shift
	c.out.Rows[i] = b.away
	v = c.without(b, negative(row, b.neg), c.out.errs[i], plane)
	if v == Yes {
		at = slices.Clone(b.y)
	}
	c.pts.Val, c.pts.On, c.pts.Err = c.pts.Val[:points*c.pts.Cols], c.pts.On[:points], c.pts.Err[:points]
	c.out.Rows[i] = row
	if !c.lean(b) && !c.moved(b, row, i, shift, -shift) {
		return Unsure, nil
	}
	return v, at
}

// without is search where a row has been moved out of the way: row, of which off bounds the
// error, is the negative of what it was.
func (c *Implicit) without(b *Workspace, row []float64, off float64, plane int) Verdict {
	if !c.lean(b) {
		v := c.ask(b, row, off, plane)
		if v == No {
			b.support = c.out.proof(b.support[:0])
		}
		if v != Unsure || c.zono == nil || b.Trace {
			return v
		}
	}
	return c.walk(b, row, off, -1-plane) // it is another question than that about the unit
}

// moved moves a row of the dictionary, which has been shifted by a number, by another one.
func (c *Implicit) moved(b *Workspace, row []float64, i int, shift, by float64) bool {
	pivots := c.out.Pivots
	ok := (shift != 0 || c.out.Fresh()) && c.out.leave(row, i, shift) && c.out.shift(i, by)
	b.Pivots += c.out.Pivots - pivots
	return ok
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

// shift adds a number to the slack of a row, which must be basic. What adds up to 1 is held
// at that by a slack of its own, which never enters.
func (s *Simplex) shift(i int, by float64) bool {
	at := slices.Index(s.head, ^i)
	if at < 0 {
		return false
	}
	s.val[at] += by
	for j, v := range s.tail {
		if v < 0 && s.Rows[^v] == nil {
			s.tab[at*s.width+j] -= by
		}
	}
	return true
}
