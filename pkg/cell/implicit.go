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

func (s *implicitShape) enter(ws *Workspace, rows [][]float64, _ []polytope.Tolerances, open []Open) {
	for i := range open {
		open[i].col = i
	}
	s.p.SetFunctions(&ws.bench, rows)
}

func (s *implicitShape) reach(ws *Workspace, u *Open, l polytope.Tolerances) Reach {
	below, above, lo, hi := s.p.Reach(&ws.bench, u.col, l)
	return Reach{below, above, lo, hi}
}

func (s *implicitShape) split(ws *Workspace, open []Open, l polytope.Tolerances) (below, above shape, ok bool) {
	ws.cols = ws.cols[:0]
	for _, u := range open[1:] {
		ws.cols = append(ws.cols, u.col)
	}
	p, q, ok := s.p.Split(&ws.bench, open[0].col, l, ws.cols)
	if !ok {
		return nil, nil, false
	}
	s.p = nil
	for i := range open[1:] {
		open[1+i].col = i
	}
	return &implicitShape{p}, &implicitShape{q}, true
}

func (s *implicitShape) parts(ws *Workspace, c *Cell) (int64, bool) {
	cols, tol := c.places(ws)
	return s.p.Parts(&ws.bench, cols, tol, c.least(ws, s.p.Radius))
}

func (s *implicitShape) centre(at []float64) { copy(at, s.p.Witness()) }

func (s *implicitShape) radius(ws *Workspace, _ *Cell) float64 {
	if s.p.Radius < Thick {
		s.p.Recentre(&ws.bench)
	}
	return s.p.Radius
}

func (s *implicitShape) learn(at []float64) { s.p.AddPoint(at) }

func (s *implicitShape) offer(at []float64, _ float64) float64 {
	s.p.Offer(at)
	return s.p.Radius
}

// Recast gives a cell that has too many facets for its vertices a shape of
// rows and points. It reports whether that was possible.
func (c *Cell) Recast(ws *Workspace) bool {
	if _, ok := c.shape.(*vertexShape); !ok {
		return false
	}
	var s shape = &implicitShape{polytope.NewImplicit(len(ws.at), nil)}
	for e := c.Facets; e != nil; e = e.Rest {
		var kept polytope.Verdict
		if s, kept, _ = ws.clip(s, e); kept != polytope.Yes {
			return false
		}
	}
	c.shape.drop(ws)
	c.shape = s
	c.shape.radius(ws, c)
	for i := range c.Open {
		c.Open[i].Known = false
	}
	c.fill(ws)
	return true
}
