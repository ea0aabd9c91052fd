package polytope

// section is the intersection with the hyperplane of function f.
func (c *Cell) section(b *Bench, f int, l Limits, keep []int) (*Cell, bool) {
	d := c.out.d
	q := b.get()
	c.inherit(q, keep)
	if !q.out.Fresh() {
		return q, false
	}
	q.Radius = 0
	q.fixed++
	row := c.fns[f]
	q.out.Aim(row)
	if q.out.Value < 0 {
		neg := make([]float64, d+1)
		for j, v := range row {
			neg[j] = -v
		}
		row = neg
	}
	q.out.Add(row)
	b.LPs++
	pivots := q.out.Pivots
	ok := q.out.Fix()
	if !ok && c.zono != nil {
		side := 1.0
		if &row[0] == &c.fns[f][0] {
			side = -1
		}
		q.out.AddPoint(c.farthest(d+f, side), row)
		ok = q.out.Fix()
	}
	b.Pivots += q.out.Pivots - pivots
	b.Sections++
	c.sortPoints(b, d+f)
	c.crossings(b, q, keep, l.Yes)
	return q, ok
}

// Parts counts the parts into which the hyperplanes of the functions fns cut
// the interior of the cell, as Splitter.Parts does; limits has those of each.
func (c *Cell) Parts(b *Bench, fns []int, limits []Limits) (int64, bool) {
	ids := make([]int, len(fns))
	for i := range ids {
		ids[i] = i
	}
	return c.parts(b, fns, ids, limits)
}

func (c *Cell) parts(b *Bench, fns, ids []int, limits []Limits) (int64, bool) {
	var cut, sub []int
	var depth []float64
	for i, f := range fns {
		below, above, lo, hi := c.Reach(b, f, limits[ids[i]])
		switch {
		case below == Unsure || above == Unsure:
			return 0, false
		case below == No && above == No:
			return 0, true // the hyperplane holds the cell: it has been cut along it
		case below == Yes && above == Yes:
			nearer(&b.Closest, min(-lo, hi))
			cut, sub, depth = append(cut, f), append(sub, ids[i]), append(depth, min(-lo, hi)/(hi-lo))
		}
	}
	n := len(cut)
	switch {
	case n < 2:
		return int64(1 + n), true
	case c.out.d-c.fixed == 1:
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
	var total int64
	for k := n - 1; k >= 0; k-- {
		q, ok := c.section(b, cut[k], limits[sub[k]], cut[:k])
		if !ok {
			return 0, false
		}
		all := make([]int, k)
		for i := range all {
			all[i] = i
		}
		m, ok := q.parts(b, all, sub[:k], limits)
		b.Put(q)
		if !ok {
			return 0, false
		}
		if k < 62 && m == 1<<k {
			return total + 2*m, true
		}
		total += m
	}
	return total + 1, true
}

// points counts the parts of a segment, of which the points show all that the
// hyperplanes cut.
func (c *Cell) points(b *Bench, cut, ids []int, limits []Limits) (int64, bool) {
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
