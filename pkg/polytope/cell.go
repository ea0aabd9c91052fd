package polytope

import "math"

// Cell is a polytope given by rows, from outside, and by some of its points,
// from inside. Both together decide whether a hyperplane cuts it: two points
// show that it does, and multipliers of the rows prove that it does not.
//
// The polytope lies in the box [-1, 1]^d, or in a zonotope in that box.
type Cell struct {
	out  Simplex
	pts  Vertices    // columns: d coordinates, then the functions; the first point is the witness
	fns  [][]float64 // the functions: d coefficients and a constant
	zono *Zonotope   // nil: the box
	// Radius is the distance of the witness from the hyperplanes of the rows.
	Radius float64
	fixed  int // hyperplanes in which the cell lies
}

const (
	deepEnough = 1e-2 // a program that has come so far may stop
	maxPoints  = 40
	maxHull    = 20  // points of a zonotope that are kept, beside three for each dimension
	maxColumns = 200 // points of a zonotope that one question may ask for
)

// Bench has the work space and counters of cells. It is for one goroutine.
type Bench struct {
	free         []*Cell
	below, above []int
	ts           []float64 // of the pairs of points below and above
	y, neg, sum  []float64
	LPs, Pivots  int64
	Supports     int64 // support functions computed
	Sections     int64
}

// fit sizes the work space for d coordinates.
func (b *Bench) fit(d int) {
	if len(b.y) != d {
		b.y = make([]float64, d)
		b.neg = make([]float64, d+1)
	}
}

func (b *Bench) get() *Cell {
	if n := len(b.free); n > 0 {
		c := b.free[n-1]
		b.free = b.free[:n-1]
		return c
	}
	return new(Cell)
}

// Put gives a cell back; nobody may use it any more.
func (b *Bench) Put(c *Cell) { b.free = append(b.free, c) }

// NewCell is the box [-1, 1]^d, or the zonotope in it.
func NewCell(d int, z *Zonotope) *Cell {
	c := &Cell{zono: z, Radius: 1}
	c.pts.reset(d, d)
	if z != nil {
		c.out = *NewHull(z.centre)
		c.addPoint(z.centre)
		z.extremes(func(y []float64) {
			c.addPoint(y)
			c.out.AddPoint(y, make([]float64, d+1))
		})
		return c
	}
	c.out = *NewBox(d)
	y := make([]float64, d)
	c.addPoint(y)
	for j := range y {
		for _, s := range [2]float64{-1, 1} {
			y[j] = s
			c.addPoint(y)
		}
		y[j] = 0
	}
	return c
}

// addPoint adds a point of the cell.
func (c *Cell) addPoint(y []float64) {
	c.pts.Val = append(c.pts.Val, y...)
	for _, f := range c.fns {
		c.pts.Val = append(c.pts.Val, eval(f, y))
	}
	c.pts.On = append(c.pts.On, 0)
}

func eval(row, y []float64) float64 {
	v := row[len(y)]
	for j, x := range y {
		v += row[j] * x
	}
	return v
}

// SetFunctions replaces the functions, of which At gives the columns.
func (c *Cell) SetFunctions(b *Bench, fns [][]float64) {
	d := c.out.d
	n := c.pts.Len()
	b.ts = append(b.ts[:0], c.pts.Val...)
	was := c.pts.Cols
	c.fns = append(c.fns[:0], fns...)
	c.pts.reset(d, d+len(fns))
	c.pts.On = c.pts.On[:0]
	for v := range n {
		c.addPoint(b.ts[v*was : v*was+d])
	}
}

// Witness is a point well within the cell.
func (c *Cell) Witness() []float64 { return c.pts.At(0)[:c.out.d] }

// AddPoint adds a point of the cell that is not of its own making.
func (c *Cell) AddPoint(y []float64) {
	c.addPoint(y)
	c.elect(y)
}

// elect makes the last point, y, the witness when it is the better one.
func (c *Cell) elect(y []float64) bool {
	r := c.clearance(y)
	if r <= c.Radius {
		return false
	}
	c.Radius = r
	a, z := c.pts.At(0), c.pts.At(c.pts.Len()-1)
	for j := range a {
		a[j], z[j] = z[j], a[j]
	}
	return true
}

// Recentre moves the witness away from the hyperplanes of the rows. In each
// round it is pulled towards points that are as far as possible from those
// hyperplanes that it is near.
func (c *Cell) Recentre(b *Bench) {
	d := c.out.d
	b.fit(d)
	sum := make([]float64, d)
	for range 4 {
		copy(sum, c.Witness())
		n := 1.0
		near := 8 * c.Radius
		for i, r := range c.out.Rows {
			if r == nil || c.out.fixed[i] || eval(r, c.Witness()) > near {
				continue
			}
			b.LPs++
			pivots := c.out.Pivots
			c.out.Aim(r)
			out := c.out.Primal(math.Inf(1))
			b.Pivots += c.out.Pivots - pivots
			if out != Best {
				return
			}
			c.out.Point(b.y)
			n++
			for j, x := range b.y {
				sum[j] += x
			}
		}
		for j := range sum {
			sum[j] /= n
		}
		c.addPoint(sum)
		if was := c.Radius; !c.elect(sum) || c.Radius < 2*was {
			return
		}
	}
}

// Side is what is known of one side of a hyperplane.
type Side uint8

const (
	Unsure Side = iota
	No
	Yes
)

// Reach says whether the cell reaches below and above 0 in function f, and how
// far it has been shown to.
func (c *Cell) Reach(b *Bench, f int, l Limits) (below, above Side, lo, hi float64) {
	col := c.out.d + f
	lo, hi = c.pts.Range(col)
	below, above = Yes, Yes
	if lo > -l.Yes {
		b.fit(c.out.d)
		for j, v := range c.fns[f] {
			b.neg[j] = -v
		}
		below = c.search(b, b.neg, l)
	}
	if hi < l.Yes {
		above = c.search(b, c.fns[f], l)
	}
	lo, hi = c.pts.Range(col)
	return below, above, lo, hi
}

// search looks for a point at which row is positive.
func (c *Cell) search(b *Bench, row []float64, l Limits) Side {
	b.LPs++
	pivots := c.out.Pivots
	defer func() { b.Pivots += c.out.Pivots - pivots }()
	c.out.Aim(row)
	b.fit(c.out.d)
	goal := max(deepEnough, 2*l.Yes)
	for range maxColumns {
		out := c.out.Primal(goal)
		if out == Lost {
			return Unsure
		}
		if c.out.Value >= l.Yes {
			c.out.Point(b.y)
			if c.out.Slack(b.y) > feasTol || eval(row, b.y) < l.Yes {
				return Unsure
			}
			c.addPoint(b.y)
			return Yes
		}
		u := c.out.Multipliers(row)
		if c.zono == nil {
			if BoxMax(u) <= l.No {
				return No
			}
			return Unsure
		}
		b.Supports++
		top := c.zono.Max(u, &b.sum)
		if top <= l.No {
			return No
		}
		if top-c.out.Value <= 1e-9*norm(u[:c.out.d]) {
			return Unsure // the best point is at hand, and it is close
		}
		c.zono.At(b.sum, b.y)
		c.out.AddPoint(b.y, row)
	}
	return Unsure
}

func norm(v []float64) float64 {
	s := 0.0
	for _, x := range v {
		s += x * x
	}
	return math.Sqrt(s)
}

// clearance is the distance of y from the hyperplanes of the rows.
func (c *Cell) clearance(y []float64) float64 {
	least := 1.0
	for i, r := range c.out.Rows {
		if r != nil && !c.out.fixed[i] {
			least = min(least, eval(r, y))
		}
	}
	return least
}

// sortPoints sorts the points by the side on which they are.
func (c *Cell) sortPoints(b *Bench, col int) {
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
func (c *Cell) bestCrossing(b *Bench, col int, sign float64) (u, v int, t, best float64) {
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

// inherit makes q a copy of c without points, with the functions keep of c.
func (c *Cell) inherit(q *Cell, keep []int) {
	q.out.Copy(&c.out)
	q.out.Forget(maxHull + 3*c.out.d)
	q.zono, q.fixed, q.Radius = c.zono, c.fixed, c.Radius
	q.fns = q.fns[:0]
	for _, f := range keep {
		q.fns = append(q.fns, c.fns[f])
	}
	q.pts.reset(c.out.d, c.out.d+len(keep))
}

// take appends point v of c, of which q has the functions keep.
func (c *Cell) take(q *Cell, v int, keep []int) {
	p := c.pts.At(v)
	q.pts.Val = append(q.pts.Val, p[:c.out.d]...)
	for _, f := range keep {
		q.pts.Val = append(q.pts.Val, p[c.out.d+f])
	}
	q.pts.On = append(q.pts.On, 0)
}

// takeCrossing appends the point on the line between two points of c.
func (c *Cell) takeCrossing(q *Cell, u, v int, t float64, keep []int) {
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
func (c *Cell) crossings(b *Bench, q *Cell, keep []int, yes float64) {
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

// Split cuts the cell by the hyperplane of function f, which its points show
// on both sides, and keeps the functions keep. The cell itself is used up.
func (c *Cell) Split(b *Bench, f int, l Limits, keep []int) (below, above *Cell, ok bool) {
	row := c.fns[f]
	d := c.out.d
	neg := make([]float64, d+1)
	for j, v := range row {
		neg[j] = -v
	}
	if !c.out.Fresh() {
		return nil, nil, false
	}
	half := [2]*Cell{b.get(), b.get()}
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
		q.out.Add(rows[side])
	}
	for side, q := range half {
		c.halve(b, q, side == 1, d+f, l, keep)
	}
	b.Put(c)
	return half[0], half[1], true
}

// farthest is the point at which sign times a column is largest.
func (c *Cell) farthest(col int, sign float64) []float64 {
	far, top := 0, math.Inf(-1)
	for v := range c.pts.Len() {
		if x := sign * c.pts.At(v)[col]; x > top {
			far, top = v, x
		}
	}
	return c.pts.At(far)[:c.out.d]
}

// halve gives q, the part of c on one side of a column, its points.
func (c *Cell) halve(b *Bench, q *Cell, above bool, col int, l Limits, keep []int) {
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
	if n := q.pts.Len(); n < d+1 { // a few more that lie apart
		for i := 0; i < len(b.ts) && q.pts.Len() < d+1; i += 1 + len(b.ts)/(d+1) {
			c.takeCrossing(q, b.below[i/len(b.above)], b.above[i%len(b.above)], b.ts[i], keep)
		}
	}
}

// average adds the mean of the points, if it makes a better witness.
func (c *Cell) average(b *Bench) {
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
	for i, f := range fns {
		below, above, _, _ := c.Reach(b, f, limits[ids[i]])
		switch {
		case below == No && above == No:
			return 0, true // the hyperplane holds the cell: it has been cut along it
		case below == Yes && above == Yes:
			cut, sub = append(cut, f), append(sub, ids[i])
		case below != No && above != No:
			return 0, false
		}
	}
	n := len(cut)
	switch {
	case n < 2:
		return int64(1 + n), true
	case c.out.d-c.fixed == 1:
		return c.points(cut, sub, limits)
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
func (c *Cell) points(cut, ids []int, limits []Limits) (int64, bool) {
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
	return points(&p, cols, ids, limits)
}
