package polytope

import "math"

// ball is one that lies in a cell. Of a section it lies in the cell that the
// section is of, at last, and its centre lies nearly in the section: so near that
// the section goes through it.
type ball struct {
	centre []float64
	radius float64 // 0: none is known; less than 0: nobody has asked
	// of a section: the norm of the function by which it is cut out, without what
	// that has of the directions of those before; and how far the centre may be
	// from the flat of the section
	size  float64
	drift float64
	tried bool // whether a larger one has been looked for
}

// hold finds a ball in a cell that is no section: on the way from the witness to
// the middle of the body, round which that has a ball itself.
//
// The point at a share s of the way from a point of a convex body to the centre
// of a ball of radius r in it is the centre of one of radius s r.
func (c *Implicit) hold() {
	if c.ball.radius >= 0 {
		return
	}
	d := c.out.d
	c.ball.radius = 0
	c.ball.centre = append(c.ball.centre[:0], c.Witness()...)
	w, y := c.Witness(), make([]float64, d)
	r := 1.0
	var mid []float64
	if c.zono != nil {
		r, mid = c.zono.inner, c.zono.centre
	}
	for s := 0.5; s > 1e-9; s /= 4 {
		for j, x := range w {
			m := 0.0
			if mid != nil {
				m = mid[j]
			}
			y[j] = x + s*(m-x)
		}
		room := s*r - 4*c.body - c.rounding(2)
		for i, row := range c.out.Rows {
			if row != nil && room > c.ball.radius {
				room = min(room, eval(row, y)-c.out.errs[i])
			}
		}
		if room *= 1 - 1e-9; room > c.ball.radius { // rows have norm 1, up to rounding
			c.ball.radius = room
			copy(c.ball.centre, y)
		}
	}
}

// pass gives a section its ball: the whole's, moved onto the hyperplane towards
// the point that reaches farthest beyond it. Points have been sorted.
func (c *Implicit) pass(b *Workspace, q *Implicit) {
	if c.whole == nil {
		c.hold()
	}
	d, f := c.out.d, q.by
	row := c.fns[f]
	q.ball.radius = 0
	q.ball.centre = append(q.ball.centre[:0], c.ball.centre...)
	q.ball.size = norm(row[:d])
	if c.ball.radius == 0 || c.errs[f] > 1e-6*q.ball.size {
		return
	}
	x := eval(row, c.ball.centre)
	others, sign := b.below, -1.0
	if x < 0 {
		others, sign = b.above, 1
	}
	far, top := -1, 0.0
	for _, v := range others {
		if y := sign * c.pts.At(v)[b.col]; y > top {
			far, top = v, y
		}
	}
	if far < 0 {
		return
	}
	t := math.Abs(x) / (math.Abs(x) + top)
	p := c.pts.At(far)
	for j, z := range q.ball.centre {
		q.ball.centre[j] = z + t*(p[j]-z)
	}
	q.ball.radius = max(0, (1-t)*c.ball.radius*(1-1e-9)-t*c.root().base(p[:d], c.body)-c.rounding(2))
	q.ball.drift = q.away(q.ball.centre, 0)
}

// away bounds the distance of a point, which is off by err, from the flat of a
// section. The functions by which it is cut out are orthogonal to each other, but
// for errors that are small: see section.
func (c *Implicit) away(y []float64, err float64) float64 {
	sum := 0.0
	for q := c; q.whole != nil; q = q.whole {
		w, f := q.whole, q.by
		v := (math.Abs(eval(w.fns[f], y)) + w.errs[f] + err) / q.ball.size
		sum += v * v
	}
	return 1.01 * math.Sqrt(sum)
}

// root is the cell that a section is of, at last.
func (c *Implicit) root() *Implicit {
	for c.whole != nil {
		c = c.whole
	}
	return c
}

// within bounds the distance of y, which is that far from the body, from the
// nearest point that is in the cell exactly, also where that is a section.
//
// The hull of a point of the cell and the ball has, at a share s of the way to
// the ball's centre, a ball of s times its radius. As soon as that is larger than
// the distance from there to the flat, there is a point of the section in it.
func (c *Implicit) within(y []float64, body float64) float64 {
	root := c.root()
	err := root.base(y, body)
	if root == c {
		return err
	}
	room := c.ball.radius - 2*c.ball.drift
	off := c.away(y, err)
	if !(off < room) {
		return math.Inf(1)
	}
	s, far := off/room, 0.0
	for j, x := range c.ball.centre {
		far += (x - y[j]) * (x - y[j])
	}
	return err + s*(math.Sqrt(far)+2*err+c.ball.radius)*(1+8*ulp)
}

// roomier looks, once, for a larger ball of a section, and reports whether there is one:
// points of a section are as certain as its ball is large. The centre is the mean of the
// vertex in which the middle of the body has a share, and of vertices that are far from
// hyperplanes that those before are near.
func (c *Implicit) roomier(b *Workspace) bool {
	if c.whole == nil || c.ball.tried || c.lean(b) {
		return false
	}
	c.ball.tried = true
	pivots := c.out.Pivots
	defer func() { b.Pivots += c.out.Pivots - pivots }()
	d, was := c.out.d, c.ball.radius
	m := meanOf{c: c, b: b, goal: roomy, sum: make([]float64, d), at: make([]float64, d), middle: -1}
	if c.zono != nil {
		m.middle = c.out.number(c.zono.centre)
		c.out.aimAt(m.middle)
	} else {
		clear(c.out.Obj) // any vertex will do
	}
	ok := m.take()
	for round := 0; ok && round < roundsOfRoom && c.ball.radius < max(wide, wider*was); round++ {
		radius := c.room(m.at, m.share/m.n)
		if radius > c.ball.radius {
			c.ball.radius = radius
			c.ball.centre = append(c.ball.centre[:0], m.at...)
		}
		n, near := m.n, max(8*radius, shallow)
		if ok = m.away(m.at, near) && m.inside(near); m.n == n {
			break
		}
	}
	if c.ball.radius == was {
		return false
	}
	c.ball.drift = c.away(c.ball.centre, 0)
	for v := range c.pts.Len() {
		c.pts.Err[v] = min(c.pts.Err[v], c.within(c.pts.At(v)[:d], c.body))
	}
	return true
}

const (
	roundsOfRoom = 3    // how often a larger ball is looked for near the last one
	wide         = 1e-6 // the radius of a ball that is large enough for most points
	wider        = 100  // how many times the old one's it is, where that is more
)

// meanOf is the mean of some vertices of a cell.
type meanOf struct {
	c       *Implicit
	b       *Workspace
	goal    float64 // of the objective, with which a vertex is good enough
	sum, at []float64
	n       float64
	middle  int     // the number of the middle of a zonotope among the hull's points
	share   float64 // the sum of its shares in the vertices
}

// take takes a vertex that is good for the objective. It fails when there is none.
func (m *meanOf) take() bool {
	m.b.LPs++
	if m.c.out.Primal(m.goal) == Lost {
		return false
	}
	m.c.out.Point(m.b.y)
	m.n++
	for j, y := range m.b.y {
		m.sum[j] += y
		m.at[j] = m.sum[j] / m.n
	}
	if m.middle >= 0 {
		m.share += m.c.out.weight(m.middle)
	}
	return true
}

// away takes vertices that are far from the hyperplanes that a point is near.
func (m *meanOf) away(from []float64, near float64) bool {
	c := m.c
	for i, r := range c.out.Rows {
		if r == nil || c.out.fixed[i] || eval(r, from) > near {
			continue
		}
		if c.out.Aim(r); !m.take() {
			return false
		}
	}
	return true
}

// inside takes vertices that are far from the limits of the box that the mean is near.
func (m *meanOf) inside(near float64) bool {
	c := m.c
	if c.zono != nil {
		return true
	}
	row := make([]float64, len(m.at)+1)
	for j, x := range m.at {
		if 1-math.Abs(x) >= near {
			continue
		}
		clear(row)
		row[j] = -math.Copysign(1, x)
		if c.out.Aim(row); !m.take() {
			return false
		}
	}
	return true
}

// room is the radius of a ball round y that is in the cell of which c is a section. In a
// zonotope, y is a mixture in which the middle has the given share.
func (c *Implicit) room(y []float64, share float64) float64 {
	r := 1.0
	if c.zono != nil {
		r = share * c.zono.inner
	} else {
		for _, x := range y {
			r = min(r, 1-math.Abs(x))
		}
	}
	r -= 4*c.body + c.rounding(64+len(c.out.Rows)*len(c.out.Rows))
	for i, row := range c.out.Rows {
		if row != nil && !c.out.fixed[i] {
			r = min(r, eval(row, y)-c.out.errs[i])
		}
	}
	return r * (1 - 1e-9) // rows have norm 1, up to rounding
}
