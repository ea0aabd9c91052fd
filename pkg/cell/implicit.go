package cell

import "relucount/pkg/polytope"

// implicitShape is given by rows from outside and points from inside. The
// place of an open unit is that of its function.
type implicitShape struct{ p *polytope.Implicit }

func (s *implicitShape) clone(ws *Workspace) shape { return &implicitShape{s.p.Clone(&ws.bench)} }

func (s *implicitShape) drop(ws *Workspace) {
	if s.p != nil {
		ws.bench.Put(s.p)
		s.p = nil
	}
}

func (s *implicitShape) enter(ws *Workspace, fns functions, open []Open) {
	for i := range open {
		open[i].col = i
	}
	s.p.SetFunctions(&ws.bench, fns.rows, fns.errs, fns.nums)
}

func (s *implicitShape) box(ws *Workspace) (mid, half []float64, off float64) { return ws.whole() }

func (s *implicitShape) reach(ws *Workspace, u *Open) Reach {
	below, above, lo, hi := s.p.Reach(&ws.bench, u.col)
	return Reach{below, above, lo, hi}
}

// Glance finds out how far the points of the cell, if it is kept by such, reach in its i-th
// open unit: that takes no program. It reports whether the unit is Known then.
func (c *Cell) Glance(i int) bool {
	u := &c.Open[i]
	s, ok := c.shape.(*implicitShape)
	if u.Known || !ok {
		return u.Known
	}
	below, above, lo, hi := s.p.Seen(u.col)
	u.Reach = Reach{Lo: lo, Hi: hi}
	if below {
		u.Reach.Below = polytope.Yes
	}
	if above {
		u.Reach.Above = polytope.Yes
	}
	u.Known = below && above
	return u.Known
}

func (s *implicitShape) split(ws *Workspace, open []Open) (below, above shape, ok bool) {
	ws.cols = ws.cols[:0]
	for _, u := range open[1:] {
		ws.cols = append(ws.cols, u.col)
	}
	p, q, ok := s.p.Split(&ws.bench, open[0].col, ws.cols)
	if !ok {
		return nil, nil, false
	}
	s.p = nil
	for i := range open[1:] {
		open[1+i].col = i
	}
	if p != nil {
		below = &implicitShape{p}
	}
	if q != nil {
		above = &implicitShape{q}
	}
	return below, above, true
}

func (s *implicitShape) parts(ws *Workspace, open []Open) (int64, bool) {
	cols, _ := ws.places(open)
	return s.p.Parts(&ws.bench, cols)
}

func (s *implicitShape) centre(ws *Workspace, at []float64) {
	copy(at, s.p.Witness())
}

func (s *implicitShape) bytes() int { return s.p.Bytes() }

func (s *implicitShape) learn(at []float64, err float64) { s.p.AddPoint(at, err) }

// Recast gives a cell that its shape cannot split another one: of rows and
// points, or of rows that are exact.
func (c *Cell) Recast(ws *Workspace) {
	ws.attend(c)
	s := ws.recast(c.shape, c.Facets)
	c.shape.drop(ws)
	c.shape = s
	for i := range c.Open {
		c.Open[i].Known = false
	}
	c.fill(ws)
}

// recast makes a shape with the given facets of another kind than s.
func (ws *Workspace) recast(s shape, facets *Facet) shape {
	if _, ok := s.(*vertexShape); ok {
		var to shape = &implicitShape{polytope.NewImplicit(len(ws.at), ws.net.Root.Body())}
		for e := facets; e != nil && to != nil; e = e.Rest {
			to = ws.cut(to, e)
		}
		if to != nil {
			return to
		}
	}
	return &exactShape{facets}
}
