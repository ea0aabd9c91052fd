package polytope

// section is the intersection with the hyperplane of function f. There the
// other functions are the same as without what they have of f's direction. The
// rows are made when they are needed, until then c must stay as it is.
func (c *Implicit) section(b *Workspace, f int, l Tolerances, keep []int) *Implicit {
	d := c.out.d
	q := b.get()
	c.inherit(q, keep)
	q.Radius = 0
	q.fixed++
	q.whole, q.by = c, f
	b.Sections++
	c.sortPoints(b, d+f)
	c.crossings(b, q, keep, l.Yes)
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
		if dot(row[:d], row[:d]) < parallel*parallel {
			clear(row[:d])
		}
		q.fns[i] = row
	}
	return q
}

// parallel is the norm that functions of norm 1 may have left of them where
// others are 0 and still count as constant there.
const parallel = 1e-12

func dot(a, b []float64) float64 {
	s := 0.0
	for i, x := range a {
		s += x * b[i]
	}
	return s
}

// enclose makes the rows of a section.
func (c *Implicit) enclose(b *Workspace) bool {
	if c.whole == nil {
		return true
	}
	from, f := c.whole, c.by
	if !from.enclose(b) {
		return false
	}
	c.whole = nil
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
	c.out.Add(row)
	b.LPs++
	pivots := c.out.Pivots
	ok := c.out.Fix()
	if !ok && c.zono != nil { // its hull has lost what the points show
		c.out.AddPoint(from.farthest(from.out.d+f, side), row)
		ok = c.out.Fix()
	}
	b.Pivots += c.out.Pivots - pivots
	return ok
}

// Parts counts the parts into which the hyperplanes of the functions fns cut
// the interior of the cell, as Splitter.Parts does; limits has those of each.
func (c *Implicit) Parts(b *Workspace, fns []int, limits []Tolerances, share float64) (int64, bool) {
	b.share = share
	ids := make([]int, len(fns))
	for i := range ids {
		ids[i] = i
	}
	return c.parts(b, fns, ids, limits)
}

func (c *Implicit) parts(b *Workspace, fns, ids []int, limits []Tolerances) (int64, bool) {
	if c.fixed > 0 {
		var rest, restIDs []int
		for i, f := range fns {
			row := c.fns[f]
			if !constant(row) {
				rest, restIDs = append(rest, f), append(restIDs, ids[i])
				continue
			}
			l := limits[ids[i]]
			below, above := l.Verdict(-row[c.out.d]), l.Verdict(row[c.out.d])
			switch {
			case below == Unsure || above == Unsure:
				return 0, false
			case below == above:
				return 0, true // the hyperplane holds the cell: it has been cut along it
			}
		}
		if fns, ids = rest, restIDs; len(fns) > 1 && c.alike(fns) {
			return c.line(b, fns, ids, limits)
		}
	}
	var cut, sub []int
	var depth []float64
	for i, f := range fns {
		below, above, lo, hi := c.Reach(b, f, limits[ids[i]])
		switch {
		case below == Unsure || above == Unsure:
			return 0, false
		case below == No && above == No:
			return 0, true // as above
		case below == Yes && above == Yes && min(-lo, hi) < b.share*(hi-lo):
			return 0, false
		case below == Yes && above == Yes:
			nearer(&b.Closest, min(-lo, hi))
			cut, sub, depth = append(cut, f), append(sub, ids[i]), append(depth, min(-lo, hi)/(hi-lo))
		}
	}
	n := len(cut)
	switch {
	case n < 2:
		return int64(1 + n), true
	case c.out.d-c.fixed == 1 || c.alike(cut):
		return c.points(b, cut, sub, limits)
	}
	// shallow cuts first: what they leave is more likely to have all parts
	for i := range cut {
		for j := i; j > 0 && depth[j-1] < depth[j]; j-- {
			cut[j-1], cut[j] = cut[j], cut[j-1]
			sub[j-1], sub[j] = sub[j], sub[j-1]
			depth[j-1], depth[j] = depth[j], depth[j-1]
		}
	}
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return restrict(n, func(k int) (int64, bool) {
		q := c.section(b, cut[k], limits[sub[k]], cut[:k])
		defer b.Put(q)
		return q.parts(b, all[:k], sub[:k], limits)
	})
}

// alike reports whether the functions are functions of one of them.
func (c *Implicit) alike(fns []int) bool {
	d := c.out.d
	a := c.fns[fns[0]][:d]
	size := dot(a, a)
	for _, f := range fns[1:] {
		g := c.fns[f][:d]
		t := dot(a, g) / size
		rest := 0.0
		for j, v := range g {
			rest += (v - t*a[j]) * (v - t*a[j])
		}
		if rest > parallel*parallel {
			return false
		}
	}
	return true
}

// points counts the parts of a segment, or of a cell on which the functions
// are functions of one of them, of which the points show all that the
// hyperplanes cut.
func (c *Implicit) points(b *Workspace, cut, ids []int, limits []Tolerances) (int64, bool) {
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
	p := Vertices{Dim: 1, Cols: c.pts.Cols, Val: append(append([]float64{}, c.pts.At(u)...), c.pts.At(v)...), On: []uint64{0, 0}}
	cols := make([]int, len(cut))
	for i, f := range cut {
		cols[i] = c.out.d + f
	}
	return points(&p, cols, ids, limits, &b.Closest)
}
