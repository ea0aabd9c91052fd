package polytope

import "math"

// sortPoints sorts the points by the side on which they are.
func (c *Implicit) sortPoints(b *Workspace, col int) {
	b.below, b.above = b.below[:0], b.above[:0]
	for v := range c.pts.Len() {
		if c.pts.At(v)[col] > 0 {
			b.above = append(b.above, v)
		} else {
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

// inherit makes q a copy of c without rows and points, with the functions keep of c.
func (c *Implicit) inherit(q *Implicit, keep []int) {
	q.out.d = c.out.d
	q.whole = nil
	q.zono, q.fixed, q.Radius = c.zono, c.fixed, c.Radius
	q.fns = q.fns[:0]
	for _, f := range keep {
		q.fns = append(q.fns, c.fns[f])
	}
	q.pts.reset(c.out.d, c.out.d+len(keep))
}

// take appends point v of c, of which q has the functions keep.
func (c *Implicit) take(q *Implicit, v int, keep []int) {
	p := c.pts.At(v)
	q.pts.Val = append(q.pts.Val, p[:c.out.d]...)
	for _, f := range keep {
		q.pts.Val = append(q.pts.Val, p[c.out.d+f])
	}
	q.pts.On = append(q.pts.On, 0)
}

// takeCrossing appends the point on the line between two points of c.
func (c *Implicit) takeCrossing(q *Implicit, u, v int, t float64, keep []int) {
	x, y := c.pts.At(u), c.pts.At(v)
	for j := range c.out.d {
		q.pts.Val = append(q.pts.Val, x[j]+t*(y[j]-x[j]))
	}
	for _, f := range keep {
		j := c.out.d + f
		q.pts.Val = append(q.pts.Val, x[j]+t*(y[j]-x[j]))
	}
	q.pts.On = append(q.pts.On, 0)
}

// crossings gives q the points on the hyperplane that show on which sides of
// the functions q reaches, as far as its points do not show it yet.
func (c *Implicit) crossings(b *Workspace, q *Implicit, keep []int, yes float64) {
	for i, f := range keep {
		for _, sign := range [2]float64{-1, 1} {
			seen := math.Inf(-1)
			for k := q.out.d + i; k < len(q.pts.Val); k += q.pts.Cols {
				seen = max(seen, sign*q.pts.Val[k])
			}
			if seen >= yes {
				continue
			}
			if u, v, t, best := c.bestCrossing(b, c.out.d+f, sign); best >= yes || q.pts.Len() == 0 {
				c.takeCrossing(q, u, v, t, keep)
			}
		}
	}
}

// Clone returns a copy of a cell that is no section.
func (c *Implicit) Clone(b *Workspace) *Implicit {
	q := b.get()
	c.inherit(q, nil)
	q.fns = append(q.fns, c.fns...)
	q.out.Copy(&c.out)
	q.pts.copy(&c.pts)
	return q
}

// Split cuts the cell by the hyperplane of function f, which its points show
// on both sides, and keeps the functions keep. The cell itself is used up.
func (c *Implicit) Split(b *Workspace, f int, l Tolerances, keep []int) (below, above *Implicit, ok bool) {
	row := c.fns[f]
	d := c.out.d
	neg := negative(row, make([]float64, d+1))
	if !c.out.Fresh() {
		return nil, nil, false
	}
	half := [2]*Implicit{b.get(), b.get()}
	rows := [2][]float64{neg, row}
	c.sortPoints(b, d+f)
	c.out.Aim(row)
	first := 0
	if c.out.Value > 0 {
		first = 1
	}
	for i := range 2 {
		side := first ^ i
		if i == 1 {
			b.LPs++
			pivots := c.out.Pivots
			c.out.Aim(rows[side])
			out := c.out.Primal(l.Yes / 2)
			if out == Best && c.zono != nil { // its hull has lost what the points show
				c.out.AddPoint(c.farthest(d+f, float64(2*side-1)), rows[side])
				out = c.out.Primal(l.Yes / 2)
			}
			b.Pivots += c.out.Pivots - pivots
			if out != Reached {
				return nil, nil, false
			}
		}
		q := half[side]
		c.inherit(q, keep)
		q.out.Copy(&c.out)
		q.out.Forget(maxHull + c.out.d)
		q.out.Add(rows[side])
	}
	for side, q := range half {
		c.halve(b, q, side == 1, d+f, l, keep)
	}
	b.Put(c)
	return half[0], half[1], true
}

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

// halve gives q, the part of c on one side of a column, its points.
func (c *Implicit) halve(b *Workspace, q *Implicit, above bool, col int, l Tolerances, keep []int) {
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
	q.pts.reset(d, d+len(keep))
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
	if n := len(mine); n > maxPoints {
		mine = mine[n-maxPoints:]
	}
	for _, v := range mine {
		c.take(q, v, keep)
	}
	c.crossings(b, q, keep, l.Yes)
	defer q.average(b)
	most := min(d+1, maxApart)
	if n := q.pts.Len(); n < most { // a few more that lie apart
		for i := 0; i < len(b.ts) && q.pts.Len() < most; i += 1 + len(b.ts)/most {
			c.takeCrossing(q, b.below[i/len(b.above)], b.above[i%len(b.above)], b.ts[i], keep)
		}
	}
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
		c.AddPoint(b.y)
	}
}
