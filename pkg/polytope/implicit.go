package polytope

import (
	"math"
	"slices"
)

// Implicit is a polytope given by rows, from outside, and by some of its points,
// from inside. Both together decide whether a hyperplane cuts it: two points
// show that it does, and multipliers of the rows prove that it does not.
//
// The polytope lies in the box [-1, 1]^d, or in a zonotope in that box. Rows
// and functions have errors that are bounded. A point's Err bounds its distance
// from some point that is exactly in the closed polytope: so it shows a side
// when its value is larger than that and the error of the function.
type Implicit struct {
	out  Simplex
	pts  Vertices    // columns: d coordinates, then the functions; the first point is the witness
	fns  [][]float64 // the functions: d coefficients and a constant
	errs []float64   // bounds of their errors
	nums []int       // their numbers
	zono *Zonotope   // nil: the box
	body float64     // bounds the distance of all points, and of the hull's, from the box or zonotope
	// Radius is the distance of the witness from the hyperplanes of the rows.
	Radius float64
	// of a section: what it is a section of, by which function, and whether its
	// rows have been made
	whole *Implicit
	by    int
	made  bool
	own   []float64 // the functions of a section
	apart float64   // as Vertices.Apart
	ball  ball
}

const (
	deepEnough = 1e-2 // a program that has come this far may stop
	maxPoints  = 40
	maxApart   = 64   // points that a part of a cell has at least, if there are that many coordinates
	maxHull    = 5    // points of a zonotope that are kept, beside one for each dimension
	maxColumns = 5000 // points of a zonotope that one question may ask for
	mostKept   = 200  // of these that are kept, beside some for each dimension
	manyDim    = 48   // coordinates of a zonotope from which on the points that programs ask for are too many
	shallow    = 1e-5 // the distance of a witness from the hyperplanes below which a better one is worth a search
	roomy      = 1e-3 // the one above which it is good
	thin       = 1e-11
	blurred    = 1e-8 // the Err of points that are not worth keeping
)

// Workspace has the work space and counters of cells. It is for one goroutine.
type Workspace struct {
	Oracle Oracle
	// Trace keeps what proves that a side is not reached, and of what the points
	// of the hull are the images.
	Trace        bool
	Below, Above []Multiplier // the proof of the last Reach, where it says No
	LPs, Pivots  int64
	Sections     int64
	Zeros        int64 // as in Splitter

	free         []*Implicit
	below, above []int
	ts           []float64 // of the pairs of points below and above
	y, neg, sum  []float64
	far          []float64 // the point of a zonotope that has been found last
	bound        []float64
	steps        *longStep // where many coordinates need it
	square       []float64 // two matrices and a vector
	support      []Multiplier
	away         []float64 // a row that is out of the way
	col          int       // by which points were sorted
}

// Multiplier is that of the row of a plane.
type Multiplier struct {
	Plane int
	By    float64
}

// fit sizes the work space for d coordinates.
func (b *Workspace) fit(d int) {
	if len(b.y) != d {
		b.y, b.far = make([]float64, d), make([]float64, d)
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
	c.whole = nil
	if len(b.free) < kept {
		b.free = append(b.free, c)
	}
}

// NewImplicit is the box [-1, 1]^d, or the zonotope in it.
func NewImplicit(d int, z *Zonotope) *Implicit {
	c := &Implicit{zono: z, Radius: 1, apart: -1, ball: ball{radius: -1}}
	c.pts.Reset(d, d)
	if z != nil {
		c.body = z.loose
		c.out = *NewHull(z.centre)
		c.addPoint(z.centre, z.loose)
		z.extremes(func(y []float64, of Corner) {
			c.addPoint(y, z.loose)
			c.out.AddPoint(y, make([]float64, d+1), of)
		})
		return c
	}
	c.out = *NewBox(d)
	y := make([]float64, d)
	c.addPoint(y, 0)
	for j := range y {
		for _, s := range [2]float64{-1, 1} {
			y[j] = s
			c.addPoint(y, 0)
		}
		y[j] = 0
	}
	return c
}

// Bytes is about how much memory the cell takes.
func (c *Implicit) Bytes() int {
	return c.pts.Bytes() + 8*(cap(c.out.tab)+cap(c.out.points)+8*len(c.out.Rows)+cap(c.own))
}

// addPoint adds a point that is within err of one of the cell.
func (c *Implicit) addPoint(y []float64, err float64) {
	c.pts.Val = append(c.pts.Val, y...)
	for _, f := range c.fns {
		c.pts.Val = append(c.pts.Val, eval(f, y))
	}
	c.pts.On, c.pts.Err = append(c.pts.On, 0), append(c.pts.Err, err)
}

func eval(row, y []float64) float64 {
	v := row[len(y)]
	for j, x := range y {
		v += row[j] * x
	}
	return v
}

// SetFunctions replaces the functions, of which errs bounds the errors, and nums
// are the numbers. At gives their columns.
func (c *Implicit) SetFunctions(b *Workspace, fns [][]float64, errs []float64, nums []int) {
	d := c.out.d
	b.ts = append(b.ts[:0], c.pts.Val...)
	was, err := c.pts.Cols, append([]float64{}, c.pts.Err...)
	c.fns, c.errs, c.nums = append(c.fns[:0], fns...), append(c.errs[:0], errs...), append(c.nums[:0], nums...)
	c.apart = -1
	c.pts.Reset(d, d+len(fns))
	for v, e := range err {
		c.addPoint(b.ts[v*was:v*was+d], e)
	}
}

// Witness is a point well within the cell.
func (c *Implicit) Witness() []float64 { return c.pts.At(0)[:c.out.d] }

// AddPoint adds a point that is within err of one of the cell, and is not of its
// own making.
func (c *Implicit) AddPoint(y []float64, err float64) {
	c.body = max(c.body, err)
	c.addPoint(y, err)
	c.elect(y)
}

// elect makes the last point, y, the witness when it is the better one.
func (c *Implicit) elect(y []float64) bool {
	r := c.clearance(y)
	if r <= c.Radius {
		return false
	}
	c.Radius = r
	last := c.pts.Len() - 1
	a, z := c.pts.At(0), c.pts.At(last)
	for j := range a {
		a[j], z[j] = z[j], a[j]
	}
	c.pts.Err[0], c.pts.Err[last] = c.pts.Err[last], c.pts.Err[0]
	return true
}

// Recentre moves the witness away from the hyperplanes of the rows: with many
// coordinates as far as can be, else in rounds. In each
// round it is pulled towards points that are as far as possible from those
// hyperplanes that it is near.
func (c *Implicit) Recentre(b *Workspace) {
	d := c.out.d
	b.fit(d)
	if c.lean(b) {
		s := b.walker()
		s.start(c.zono, c.out.Rows, c.out.fixed, nil)
		b.LPs++
		end := s.walk(nil)
		b.Pivots += s.steps
		if end == Best {
			s.point(b.y)
			c.addPoint(b.y, c.base(b.y, c.body))
			c.elect(b.y)
		}
		return
	}
	pivots := c.out.Pivots
	defer func() { b.Pivots += c.out.Pivots - pivots }()
	for range 4 {
		w := c.Witness()
		m := meanOf{c: c, b: b, goal: math.Inf(1), sum: slices.Clone(w), at: slices.Clone(w), n: 1, middle: -1}
		if !m.away(w, 8*c.Radius) {
			return
		}
		for j, x := range m.at {
			m.at[j] = max(-1, min(1, x))
		}
		if c.clearance(m.at) <= c.Radius {
			return
		}
		was := c.Radius
		c.addPoint(m.at, c.base(m.at, c.body))
		if !c.elect(m.at) || c.Radius < 2*was {
			return
		}
	}
}

// Seen says whether the points show that the cell reaches below and above 0 in
// function f, and how far they reach.
func (c *Implicit) Seen(f int) (below, above bool, lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	most, least := 0.0, 0.0 // beyond the point's Err
	for v, k := 0, c.out.d+f; v < len(c.pts.Err); v, k = v+1, k+c.pts.Cols {
		x, e := c.pts.Val[k], c.pts.Err[v]
		lo, hi = min(lo, x), max(hi, x)
		most, least = max(most, x-e), min(least, x+e)
	}
	return -least > c.errs[f], most > c.errs[f], lo, hi
}

// Reach says whether the cell reaches below and above 0 in function f, and how
// far it has been shown to.
func (c *Implicit) Reach(b *Workspace, f int) (below, above Verdict, lo, hi float64) {
	under, over, lo, hi := c.Seen(f)
	below, above = Yes, Yes
	b.fit(c.out.d)
	if !under {
		below = c.insist(b, func() Verdict { return c.search(b, negative(c.fns[f], b.neg), c.errs[f], c.nums[f]) })
		if b.Trace {
			b.Below = c.out.proof(b.Below[:0])
		}
	}
	if !over {
		above = c.insist(b, func() Verdict { return c.search(b, c.fns[f], c.errs[f], c.nums[f]) })
		if b.Trace {
			b.Above = c.out.proof(b.Above[:0])
		}
	}
	if !under || !over {
		_, _, lo, hi = c.Seen(f)
	}
	return below, above, lo, hi
}

// insist asks again, with a better witness, when the cell is not sure.
func (c *Implicit) insist(b *Workspace, ask func() Verdict) Verdict {
	v := ask()
	for v == Unsure && c.better(b) {
		v = ask()
	}
	return v
}

// better moves the witness of a cell that is no section and reports whether that was
// of use: points are as certain as the witness is far from hyperplanes.
func (c *Implicit) better(b *Workspace) bool {
	was := c.Radius
	if c.whole != nil || was > roomy {
		return false
	}
	c.Recentre(b)
	c.ball.radius = -1
	return c.Radius > 1.5*was
}

// negative writes the row with all signs changed, and returns it.
func negative(row, to []float64) []float64 {
	for j, v := range row {
		to[j] = -v
	}
	return to
}

// base bounds the distance of y, which is that far from the body, from the
// nearest point of the body that keeps the rows of the cell, too; infinite when
// it cannot be told. The cell is no section.
func (c *Implicit) base(y []float64, body float64) float64 {
	off := 0.0
	w, err := c.Witness(), body+c.pts.Err[0]
	for i, r := range c.out.Rows {
		if r != nil {
			off = max(off, c.out.errs[i]+err-eval(r, y))
		}
	}
	if off <= 0 {
		return body
	}
	room := math.Inf(1)
	for i, r := range c.out.Rows {
		if r != nil {
			room = min(room, eval(r, w)-c.out.errs[i]-err)
		}
	}
	if room <= 0 {
		return math.Inf(1)
	}
	// some way towards the witness all rows hold
	s, far := off/(room+off), 0.0
	for j, x := range w {
		far += (x - y[j]) * (x - y[j])
	}
	return err + s*(math.Sqrt(far)+2*err)*(1+8*ulp)
}

// inward moves y, a vertex of the rows, a little into the cell, so that it
// certainly keeps the rows: towards the first point.
func (c *Implicit) inward(b *Workspace, y []float64) {
	if c.pts.Len() == 0 {
		return
	}
	t, w := 0.0, c.Witness()
	for i, r := range c.out.Rows {
		if r == nil || c.out.fixed[i] {
			continue
		}
		least, v := 4*(c.out.errs[i]+2*c.body), eval(r, y)
		if v >= least {
			continue
		}
		at := eval(r, w)
		if at <= least {
			return
		}
		t = max(t, (least-v)/(at-v))
	}
	if t > 0 {
		for j, x := range w {
			y[j] += t * (x - y[j])
		}
	}
}

// column adds the point that Farthest has just found to the hull.
func (c *Implicit) column(b *Workspace, row []float64) {
	var of Corner
	if b.Trace {
		of = c.zono.corner(b.sum)
	}
	if d := c.out.d; c.out.n > 2*mostKept+4*d {
		c.out.Forget(mostKept + 2*d)
		c.out.Aim(row)
	}
	c.out.AddPoint(b.far, row, of)
}

// least is the least that a function can be where it is greatest, but 0.
func (c *Implicit) least(b *Workspace) float64 {
	switch {
	case c.zono != nil:
		return 0
	case c.whole != nil:
		return c.whole.least(b)
	case c.apart < 0:
		c.apart = b.Oracle.Apart(c.out.d, c.out.nums, c.nums)
	}
	return c.apart
}

// magnitude is the sum of the magnitudes of a row's numbers.
func magnitude(row []float64) float64 {
	sum := 0.0
	for _, x := range row {
		sum += math.Abs(x)
	}
	return sum
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
