package polytope

import "math"

// sortPoints sorts the points by the side of function f on which they certainly
// are. Points that may be on either are left out.
func (c *Implicit) sortPoints(b *Workspace, f int) {
	col := c.out.d + f
	b.below, b.above = b.below[:0], b.above[:0]
	for v, e := range c.pts.Err {
		switch x := c.pts.At(v)[col]; {
		case x > e+c.errs[f]:
			b.above = append(b.above, v)
		case x < -e-c.errs[f]:
			b.below = append(b.below, v)
		}
	}
	b.ts = b.ts[:0]
	for _, u := range b.below {
		x := -c.pts.At(u)[col]
		for _, v := range b.above {
			b.ts = append(b.ts, x/(x+c.pts.At(v)[col]))
		}
	}
	b.col = col
}

// bestCrossing finds the pair of points whose line meets the hyperplane where
// sign times column is largest.
func (c *Implicit) bestCrossing(b *Workspace, col int, sign float64) (u, v int, t, best float64) {
	best = math.Inf(-1)
	i := 0
	for _, p := range b.below {
		x := sign * c.pts.At(p)[col]
		for _, q := range b.above {
			z := x + b.ts[i]*(sign*c.pts.At(q)[col]-x)
			if z > best {
				best, u, v, t = z, p, q, b.ts[i]
			}
			i++
		}
	}
	return u, v, t, best
}

// rounding bounds what the rounding of points that are made of a number of
// others adds to their distance from the body.
func (c *Implicit) rounding(points int) float64 {
	return float64(points+8) * ulp * math.Sqrt(float64(c.out.d))
}

// inherit makes q a copy of c without rows and points, with the functions keep of c.
func (c *Implicit) inherit(q *Implicit, keep []int) {
	q.out.d = c.out.d
	q.whole, q.made, q.ball.radius, q.ball.tried = nil, false, -1, false
	// vertices of the rows are made of a point for each row, means of some of
	// these, crossings of two
	q.zono, q.body, q.Radius, q.apart = c.zono, c.body+c.rounding(64+4*len(c.out.Rows)), c.Radius, c.apart
	q.fns, q.errs, q.nums = q.fns[:0], q.errs[:0], q.nums[:0]
	for _, f := range keep {
		q.fns, q.errs, q.nums = append(q.fns, c.fns[f]), append(q.errs, c.errs[f]), append(q.nums, c.nums[f])
	}
	q.pts.Reset(c.out.d, c.out.d+len(keep))
}

// take appends point v of c, of which q has the functions keep.
func (c *Implicit) take(q *Implicit, v int, keep []int) {
	if c.pts.Err[v] > blurred {
		return
	}
	p := c.pts.At(v)
	q.pts.Val = append(q.pts.Val, p[:c.out.d]...)
	for _, f := range keep {
		q.pts.Val = append(q.pts.Val, p[c.out.d+f])
	}
	q.pts.On, q.pts.Err = append(q.pts.On, 0), append(q.pts.Err, c.pts.Err[v])
}

// takeCrossing appends the point on the line between two points of c. Of a
// section it bounds the error.
func (c *Implicit) takeCrossing(q *Implicit, u, v int, t float64, keep []int) {
	x, y := c.pts.At(u), c.pts.At(v)
	for j := range c.out.d {
		q.pts.Val = append(q.pts.Val, x[j]+t*(y[j]-x[j]))
	}
	for _, f := range keep {
		j := c.out.d + f
		q.pts.Val = append(q.pts.Val, x[j]+t*(y[j]-x[j]))
	}
	err := q.body
	if q.whole != nil {
		err = q.within(q.pts.Val[len(q.pts.Val)-q.pts.Cols:][:q.out.d], q.body)
	}
	q.pts.On, q.pts.Err = append(q.pts.On, 0), append(q.pts.Err, err)
}

// crossings gives q the points on the hyperplane that show on which sides of
// the functions q reaches, as far as its points do not show it yet.
func (c *Implicit) crossings(b *Workspace, q *Implicit, keep []int) {
	for i, f := range keep {
		for _, sign := range [2]float64{-1, 1} {
			seen := math.Inf(-1)
			for v, k := 0, q.out.d+i; k < len(q.pts.Val); v, k = v+1, k+q.pts.Cols {
				seen = max(seen, sign*q.pts.Val[k]-q.pts.Err[v])
			}
			if seen > q.errs[i] {
				continue
			}
			if u, v, t, best := c.bestCrossing(b, c.out.d+f, sign); best > q.errs[i] || q.pts.Len() == 0 {
				c.takeCrossing(q, u, v, t, keep)
			}
		}
	}
}

// Clone returns a copy of a cell that is no section.
func (c *Implicit) Clone(b *Workspace) *Implicit {
	q := b.get()
	c.inherit(q, nil)
	q.fns, q.errs, q.nums = append(q.fns, c.fns...), append(q.errs, c.errs...), append(q.nums, c.nums...)
	q.out.Copy(&c.out)
	q.pts.Copy(&c.pts)
	return q
}

// Split cuts the cell by the hyperplane of function f and keeps the functions
// keep. A part is nil when the points do not show it, or when it is so thin
// that nothing could be said of it. The cell itself is used up, unless Split
// fails.
func (c *Implicit) Split(b *Workspace, f int, keep []int) (below, above *Implicit, ok bool) {
	row := c.fns[f]
	d, lean := c.out.d, c.lean(b)
	if !lean && !c.out.Fresh() {
		return nil, nil, false
	}
	c.sortPoints(b, f)
	rows := [2][]float64{negative(row, make([]float64, d+1)), row}
	shown := [2]bool{len(b.below) > 0, len(b.above) > 0}
	if !shown[0] && !shown[1] {
		return nil, nil, false
	}
	first := 0
	if !lean {
		c.out.Aim(row)
		if c.out.Value > 0 {
			first = 1
		}
	}
	var half [2]*Implicit
	for i := range 2 {
		side := first ^ i
		if i == 1 && !lean {
			b.LPs++
			pivots := c.out.Pivots
			c.out.Aim(rows[side])
			goal := c.errs[f]
			out := c.out.Primal(goal)
			if out == Best && c.zono != nil && shown[side] { // its hull has lost what the points show
				out = c.regain(b, f, side, rows[side], goal)
			}
			b.Pivots += c.out.Pivots - pivots
			if out != Reached {
				if shown[side] {
					return nil, nil, false
				}
				continue
			}
		}
		if !shown[side] {
			continue
		}
		q := b.get()
		c.inherit(q, keep)
		if lean {
			q.out.TakeRows(&c.out)
			q.out.AddRow(rows[side], c.errs[f], c.nums[f], false)
		} else {
			q.out.Copy(&c.out)
			q.out.Forget(maxHull + c.out.d)
			q.out.Add(rows[side], c.errs[f], c.nums[f])
		}
		half[side] = q
	}
	for side, q := range half {
		if q != nil && !c.halve(b, q, side == 1, d+f, keep) {
			b.Put(q)
			half[side] = nil
		}
	}
	b.Put(c)
	return half[0], half[1], true
}

// regain gives the hull points until the row reaches the goal: one that shows it,
// or, where mixtures of corners are asked for, corners.
func (c *Implicit) regain(b *Workspace, f, side int, row []float64, goal float64) Outcome {
	if !b.Trace {
		c.out.AddPoint(c.farthest(c.out.d+f, float64(2*side-1)), row, nil)
		return c.out.Primal(goal)
	}
	out := Best
	b.fit(c.out.d)
	for i := 0; i < maxColumns && out == Best; i++ {
		u, _ := c.out.Multipliers(row, 0)
		c.zono.Farthest(u, &b.sum, b.far)
		c.column(b, row)
		out = c.out.Primal(goal)
	}
	return out
}

// Farthest returns the point at which sign times function f is largest.
func (c *Implicit) Farthest(f int, sign float64) []float64 { return c.farthest(c.out.d+f, sign) }

// farthest is the point at which sign times a column is largest.
func (c *Implicit) farthest(col int, sign float64) []float64 {
	far, top := 0, math.Inf(-1)
	for v := range c.pts.Len() {
		if x := sign * c.pts.At(v)[col]; x > top {
			far, top = v, x
		}
	}
	return c.pts.At(far)[:c.out.d]
}

// halve gives q, the part of c on one side of a column, its points. It returns
// false when the part is too thin.
func (c *Implicit) halve(b *Workspace, q *Implicit, above bool, col int, keep []int) bool {
	d := c.out.d
	mine := b.below
	sign := -1.0
	if above {
		mine, sign = b.above, 1
	}
	// the witness: between the old one and the point that reaches farthest
	far, top := 0, math.Inf(-1)
	for _, v := range mine {
		if x := sign * c.pts.At(v)[col]; x > top {
			far, top = v, x
		}
	}
	w, p := c.pts.At(0), c.pts.At(far)
	x := sign * w[col]
	best, bestT := math.Inf(-1), 0.0
	q.pts.Reset(d, d+len(keep))
	reach := 1.0 // how far towards the old witness the point is on this side
	if x < 0 {
		reach = top / (top - x)
	}
	b.fit(d)
	for _, share := range [...]float64{1, 0.75, 0.5, 0.25} {
		t := share * reach
		for j := range d {
			b.y[j] = p[j] + t*(w[j]-p[j])
		}
		if r := min(q.clearance(b.y), 1); r > best {
			best, bestT = r, t
		}
	}
	q.Radius = best
	c.takeCrossing(q, far, 0, bestT, keep)
	if q.Radius < shallow {
		q.Recentre(b)
		q.pts.Err[0] = q.body
	}
	if q.Radius <= thin || !q.keeps(q.Witness()) {
		return false
	}
	for v := 1; v < q.pts.Len(); v++ {
		q.pts.Err[v] = q.base(q.pts.At(v)[:d], q.body)
	}
	if n := len(mine); n > maxPoints {
		mine = mine[n-maxPoints:]
	}
	for _, v := range mine {
		c.take(q, v, keep)
	}
	if len(b.below) == 0 || len(b.above) == 0 { // nothing crosses
		return true
	}
	from := q.pts.Len()
	c.crossings(b, q, keep)
	most := min(d+1, maxApart)
	if n := q.pts.Len(); n < most { // a few more that lie apart
		for i := 0; i < len(b.ts) && q.pts.Len() < most; i += 1 + len(b.ts)/most {
			u, v := b.below[i/len(b.above)], b.above[i%len(b.above)]
			c.takeCrossing(q, u, v, b.ts[i], keep)
		}
	}
	for v := from; v < q.pts.Len(); v++ {
		q.pts.Err[v] = q.base(q.pts.At(v)[:d], q.body)
	}
	q.average(b)
	return true
}

// keeps reports whether a point as far from the body as others certainly keeps
// the rows of the cell.
func (c *Implicit) keeps(y []float64) bool {
	for i, r := range c.out.Rows {
		if r != nil && eval(r, y) <= c.out.errs[i]+c.body {
			return false
		}
	}
	return true
}

// average adds the mean of the points, if it makes a better witness.
func (c *Implicit) average(b *Workspace) {
	d := c.out.d
	clear(b.y)
	n := c.pts.Len()
	for v := range n {
		for j, x := range c.pts.At(v)[:d] {
			b.y[j] += x
		}
	}
	for j := range b.y {
		b.y[j] /= float64(n)
	}
	if c.clearance(b.y) > c.Radius {
		c.body += c.rounding(n)
		c.addPoint(b.y, c.base(b.y, c.body))
		c.elect(b.y)
	}
}
