package polytope

import "math"

// Implicit is a polytope given by rows, from outside, and by some of its points,
// from inside. Both together decide whether a hyperplane cuts it: two points
// show that it does, and multipliers of the rows prove that it does not.
//
// The polytope lies in the box [-1, 1]^d, or in a zonotope in that box.
type Implicit struct {
	out  Simplex
	pts  Vertices    // columns: d coordinates, then the functions; the first point is the witness
	fns  [][]float64 // the functions: d coefficients and a constant
	zono *Zonotope   // nil: the box
	// Radius is the distance of the witness from the hyperplanes of the rows.
	Radius float64
	fixed  int // hyperplanes in which the cell lies
	// of a section that has no rows yet, what it is a section of, and by which
	// function
	whole *Implicit
	by    int
	own   []float64 // the functions of a section
}

const (
	deepEnough = 1e-2 // a program that has come this far may stop
	maxPoints  = 40
	maxApart   = 64  // points that a part of a cell has at least, if there are that many coordinates
	maxHull    = 5   // points of a zonotope that are kept, beside one for each dimension
	maxColumns = 200 // points of a zonotope that one question may ask for
)

// Workspace has the work space and counters of cells. It is for one goroutine.
type Workspace struct {
	free         []*Implicit
	below, above []int
	ts           []float64 // of the pairs of points below and above
	y, neg, sum  []float64
	share        float64 // of Parts
	LPs, Pivots  int64
	Sections     int64
	// Closest is the least distance that Parts has taken for a side reached,
	// as far as it has looked; 0 when there was none.
	Closest float64
}

// fit sizes the work space for d coordinates.
func (b *Workspace) fit(d int) {
	if len(b.y) != d {
		b.y = make([]float64, d)
		b.neg = make([]float64, d+1)
	}
}

func (b *Workspace) get() *Implicit {
	if n := len(b.free); n > 0 {
		c := b.free[n-1]
		b.free = b.free[:n-1]
		return c
	}
	return new(Implicit)
}

// Put gives a cell back; nobody may use it any more.
func (b *Workspace) Put(c *Implicit) {
	if len(b.free) < kept {
		b.free = append(b.free, c)
	}
}

// NewImplicit is the box [-1, 1]^d, or the zonotope in it.
func NewImplicit(d int, z *Zonotope) *Implicit {
	c := &Implicit{zono: z, Radius: 1}
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
func (c *Implicit) addPoint(y []float64) {
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
func (c *Implicit) SetFunctions(b *Workspace, fns [][]float64) {
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
func (c *Implicit) Witness() []float64 { return c.pts.At(0)[:c.out.d] }

// AddPoint adds a point of the cell that is not of its own making.
func (c *Implicit) AddPoint(y []float64) {
	c.addPoint(y)
	c.elect(y)
}

// Offer adds a point that is farther within the rows than the witness, if it is.
func (c *Implicit) Offer(y []float64) {
	if c.clearance(y) > c.Radius {
		c.AddPoint(y)
	}
}

// elect makes the last point, y, the witness when it is the better one.
func (c *Implicit) elect(y []float64) bool {
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
func (c *Implicit) Recentre(b *Workspace) {
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

// Reach says whether the cell reaches below and above 0 in function f, and how
// far it has been shown to.
func (c *Implicit) Reach(b *Workspace, f int, l Tolerances) (below, above Verdict, lo, hi float64) {
	col := c.out.d + f
	lo, hi = c.pts.Range(col)
	below, above = Yes, Yes
	if lo > -l.Yes {
		b.fit(c.out.d)
		below = c.search(b, negative(c.fns[f], b.neg), l)
	}
	if hi < l.Yes {
		above = c.search(b, c.fns[f], l)
	}
	lo, hi = c.pts.Range(col)
	return below, above, lo, hi
}

// negative writes the row with all signs changed, and returns it.
func negative(row, to []float64) []float64 {
	for j, v := range row {
		to[j] = -v
	}
	return to
}

// constant reports whether a row has no coefficients.
func constant(row []float64) bool {
	for _, v := range row[:len(row)-1] {
		if v != 0 {
			return false
		}
	}
	return true
}

// search looks for a point at which row is positive.
func (c *Implicit) search(b *Workspace, row []float64, l Tolerances) Verdict {
	if !c.enclose(b) {
		return Unsure
	}
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
		if c.zono.Below(u) <= l.No {
			return No
		}
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
func (c *Implicit) clearance(y []float64) float64 {
	least := 1.0
	for i, r := range c.out.Rows {
		if r != nil && !c.out.fixed[i] {
			least = min(least, eval(r, y))
		}
	}
	return least
}
