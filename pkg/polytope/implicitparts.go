package polytope

import "math"

// section is the intersection with the hyperplane of function f. There the other
// functions are the same as without what they have of f's direction. The rows
// are made when they are needed, until then c must stay as it is.
func (c *Implicit) section(b *Workspace, f int, keep []int) *Implicit {
	d := c.out.d
	q := b.get()
	c.inherit(q, keep)
	q.Radius = 0
	q.whole, q.by, q.made = c, f, false
	b.Sections++
	c.sortPoints(b, f)
	c.pass(b, q)
	if q.ball.radius > 0 { // its centre is well within
		q.pts.Val = append(q.pts.Val, q.ball.centre...)
		q.pts.Val = append(q.pts.Val, make([]float64, len(keep))...)
		q.pts.On, q.pts.Err = append(q.pts.On, 0), append(q.pts.Err, q.within(q.ball.centre, q.body))
		for i, g := range keep {
			q.pts.Val[d+i] = eval(c.fns[g], q.ball.centre)
		}
	}
	c.crossings(b, q, keep)
	cut := c.fns[f]
	size := dot(cut[:d], cut[:d])
	if n := len(keep) * (d + 1); cap(q.own) < n {
		q.own = make([]float64, n)
	}
	for i, g := range keep {
		row := q.own[i*(d+1) : (i+1)*(d+1)]
		t := -dot(c.fns[g][:d], cut[:d]) / size
		for j, v := range c.fns[g] {
			row[j] = v + t*cut[j]
		}
		q.fns[i] = row
		// the error of a row includes a rounding of each of its terms, d+8 times
		q.errs[i] = (c.errs[g] + math.Abs(t)*c.errs[f]) * (1 + 4/float64(d+8))
		for v, k := 0, d+i; v < len(q.pts.Err); v, k = v+1, k+q.pts.Cols {
			q.pts.Val[k] = eval(row, q.pts.At(v)[:d])
		}
	}
	return q
}

func dot(a, b []float64) float64 {
	s := 0.0
	for i, x := range a {
		s += x * b[i]
	}
	return s
}

// enclose makes the rows of a section.
func (c *Implicit) enclose(b *Workspace) bool {
	if c.whole == nil || c.made {
		return true
	}
	from, f := c.whole, c.by
	if !from.enclose(b) {
		return false
	}
	c.made = true
	if c.lean(b) {
		c.out.TakeRows(&from.out)
		c.out.AddRow(from.fns[f], from.errs[f], from.nums[f], true)
		return true
	}
	c.out.Copy(&from.out)
	c.out.Forget(maxHull + c.out.d)
	if !c.out.Fresh() {
		return false
	}
	row := from.fns[f]
	c.out.Aim(row)
	side := -1.0
	if c.out.Value < 0 {
		row, side = negative(row, make([]float64, len(row))), 1
	}
	c.out.Add(row, from.errs[f], from.nums[f])
	b.LPs++
	pivots := c.out.Pivots
	ok := c.out.Fix()
	if !ok && c.zono != nil { // its hull has lost what the points show
		c.out.AddPoint(from.farthest(from.out.d+f, side), row, nil)
		ok = c.out.Fix()
	}
	b.Pivots += c.out.Pivots - pivots
	return ok
}

// Parts counts the parts into which the hyperplanes of the functions fns cut
// the interior of the cell, as Splitter.Parts does; false when it is not sure.
func (c *Implicit) Parts(b *Workspace, fns []int) (int64, bool) {
	n, ok := c.parts(b, fns, nil)
	for !ok && c.better(b) {
		n, ok = c.parts(b, fns, nil)
	}
	return n, ok
}

// parts counts the parts of a section, which lies in the hyperplanes of the
// functions numbered by cuts.
func (c *Implicit) parts(b *Workspace, fns, cuts []int) (int64, bool) {
	var cut []int
	var share []float64
	for _, f := range fns {
		if c.whole != nil && norm(c.fns[f][:c.out.d]) <= 2*c.errs[f] { // perhaps it is constant there
			sign, constant := b.Oracle.Depends(cuts, c.nums[f])
			if constant && sign == 0 {
				return 0, true // the hyperplane holds the cell: it has been cut along it
			}
			if constant {
				continue
			}
			return 0, false
		}
		below, above, lo, hi := c.Reach(b, f)
		switch {
		case below == Unsure || above == Unsure:
			return 0, false
		case below == No && above == No:
			return 0, true // as above
		case below == Yes && above == Yes:
			cut, share = append(cut, f), append(share, min(-lo, hi)/(hi-lo))
		}
	}
	n := len(cut)
	switch {
	case n < 2:
		return int64(1 + n), true
	case c.out.d-len(cuts) == 1:
		return c.points(b, cut, cuts, make([]float64, n))
	}
	if sway, ok := c.alike(cut); ok {
		return c.points(b, cut, cuts, sway)
	}
	// shallow cuts first: what they leave is more likely to have all parts
	for i := range cut {
		for j := i; j > 0 && share[j-1] < share[j]; j-- {
			cut[j-1], cut[j] = cut[j], cut[j-1]
			share[j-1], share[j] = share[j], share[j-1]
		}
	}
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return restrict(n, func(k int) (int64, bool) {
		q := c.section(b, cut[k], cut[:k])
		defer b.Put(q)
		return q.parts(b, all[:k], append(cuts[:len(cuts):len(cuts)], c.nums[cut[k]]))
	})
}

// alike reports whether the functions may be functions of the first one, and
// bounds how much each varies in the box where that one does not. Then their
// hyperplanes are parallel, or nearly so.
func (c *Implicit) alike(fns []int) (sway []float64, ok bool) {
	d := c.out.d
	a := c.fns[fns[0]][:d]
	size := dot(a, a)
	for _, f := range fns {
		g := c.fns[f][:d]
		t := dot(a, g) / size
		rest := 0.0
		for j, v := range g {
			rest += (v - t*a[j]) * (v - t*a[j])
		}
		rest = math.Sqrt(rest)
		err := c.errs[f] + math.Abs(t)*c.errs[fns[0]]
		if rest > 2*err {
			return nil, false
		}
		sway = append(sway, (rest+err)*2*math.Sqrt(float64(d)))
	}
	return sway, true
}

// points counts the parts of a segment, or of a cell in which functions vary by
// no more than their sway where the first of them does not: there too, what is
// certainly apart on a line is apart everywhere.
func (c *Implicit) points(b *Workspace, cut, cuts []int, sway []float64) (int64, bool) {
	col := c.out.d + cut[0]
	u, v := 0, 0
	for i := range c.pts.Len() {
		if c.pts.At(i)[col] < c.pts.At(u)[col] {
			u = i
		}
		if c.pts.At(i)[col] > c.pts.At(v)[col] {
			v = i
		}
	}
	x, y := c.pts.At(u), c.pts.At(v)
	off := max(c.pts.Err[u], c.pts.Err[v])
	zeros := make([]zero, len(cut))
	for i, f := range cut {
		err, width := off+c.errs[f]+sway[i], math.Abs(x[c.out.d+f]-y[c.out.d+f])
		if !(width > 8*err) {
			return 0, false
		}
		t := x[c.out.d+f] / (x[c.out.d+f] - y[c.out.d+f])
		// it may lie outside of the two points
		zeros[i] = zero{t, (1+2*math.Abs(t))*err/(width-2*err) + 16*ulp*(1+math.Abs(t)), width, f}
	}
	n := int64(1)
	for i, z := range zeros {
		alone := true
		for _, w := range zeros[:i] {
			if !alone || math.Abs(z.t-w.t) > z.err+w.err {
				continue
			}
			sign, constant := b.Oracle.Depends(append(cuts[:len(cuts):len(cuts)], c.nums[w.id]), c.nums[z.id])
			if !constant {
				return 0, false
			}
			alone = sign != 0
		}
		if alone {
			n++
		}
	}
	return n, true
}
