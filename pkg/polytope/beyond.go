package polytope

import "slices"

// Beyond says whether the cell would reach beyond the hyperplane of one of its rows, by
// the number of its plane, if that row were not there: then the hyperplane holds a
// facet. Where it says Yes, at is a point beyond it, of the cell without the row. It says
// No when there is no such row. The cell must be no section, and when the answer is Unsure
// it may be of no further use.
func (c *Implicit) Beyond(b *Workspace, plane int) (v Verdict, at []float64) {
	i := c.out.rowOf(plane)
	if i < 0 {
		return No, nil
	}
	b.fit(c.out.d)
	row, points := c.out.Rows[i], c.pts.Len()
	shift := BoxMax(negative(row, b.neg)) + 1
	pivots := c.out.Pivots
	defer func() { b.Pivots += c.out.Pivots - pivots }()
	if !c.out.Fresh() || !c.out.leave(row, i) || !c.out.shift(i, shift) {
		return Unsure, nil
	}
	v = c.search(b, negative(row, b.neg), c.out.errs[i], plane)
	if v == Yes {
		at = slices.Clone(b.y)
	}
	c.pts.Val, c.pts.On, c.pts.Err = c.pts.Val[:points*c.pts.Cols], c.pts.On[:points], c.pts.Err[:points]
	if !c.out.leave(row, i) || !c.out.shift(i, -shift) {
		c.out.Rows[i] = row
		return Unsure, nil
	}
	c.out.Rows[i] = row
	return v, at
}

// rowOf finds the row of a plane; -1 for none.
func (s *Simplex) rowOf(plane int) int {
	for i, r := range s.Rows {
		if r != nil && s.nums[i] == plane {
			return i
		}
	}
	return -1
}

// leave moves the present vertex to where row i, which is given as it is meant, is
// positive, so that its slack is basic.
func (s *Simplex) leave(row []float64, i int) bool {
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
