package cell

import (
	"math/big"
	"slices"

	"relucount/pkg/affine"
	"relucount/pkg/exact"
	"relucount/pkg/polytope"
)

// screen finds the facets of a cell of many coordinates: the hyperplanes beyond which
// it would reach if they were not there.
//
// That a hyperplane holds none follows from few others. It is so in all cells that these
// bound, so it is noted at the last of them, for others that come by.
type screen struct {
	ws     *Workspace
	c      *Cell
	centre []float64
	idle   []int              // planes that hold no facet
	p      *polytope.Implicit // a copy of the cell that may be changed, if one has been made
	out    []Side
	spots  []spot
	unsure bool // whether a hyperplane was left out that may hold one: see Workspace.Thrifty
}

func (ws *Workspace) newScreen(c *Cell, out []Side) *screen {
	s := &screen{ws: ws, c: c, centre: make([]float64, len(ws.at)), out: out}
	c.Centre(ws, s.centre)
	for e := c.Facets; e != nil; e = e.Rest {
		for k := e.idle.Load(); k != nil; k = k.rest {
			s.idle = append(s.idle, k.plane)
		}
	}
	return s
}

// neighbours is the number of facets of a cell of many coordinates that are on hyperplanes
// of units, and whether it is sure of that.
func (ws *Workspace) neighbours(c *Cell) (n int, sure bool) {
	s := ws.newScreen(c, nil)
	s.planes(false)
	s.drop()
	return len(s.out), !s.unsure
}

// sides appends the facets of a cell of many coordinates, and returns a point on each
// that is on the hyperplane of a unit. Where the coordinates are not those of the space,
// it leaves out those at the border of the domain.
func (ws *Workspace) sides(c *Cell, out []Side) ([]Side, []spot) {
	s := ws.newScreen(c, out)
	border := ws.net.Root.Parent == nil
	s.planes(border)
	if border {
		for j := range ws.net.Root.Dim {
			for _, up := range [2]bool{false, true} {
				if !slices.Contains(s.idle, affine.FacePlane(j, up)) {
					s.face(j, up)
				}
			}
		}
	}
	s.drop()
	return s.out, s.spots
}

// planes looks at the hyperplanes of units and, if need be, at rows that cut the domain.
func (s *screen) planes(border bool) {
	for e := s.c.Facets; e != nil; e = e.Rest {
		if (e.Plane >= 0 || border) && !slices.Contains(s.idle, e.Plane) {
			s.screen(e)
		}
	}
}

// polytope is a copy of the cell, or nil where it has none of rows and points.
func (s *screen) polytope() *polytope.Implicit {
	if x, ok := s.c.shape.(*implicitShape); ok && s.p == nil {
		s.p = x.p.Clone(&s.ws.bench)
	}
	return s.p
}

// drop gives the copy back, of which nothing more is to be had.
func (s *screen) drop() {
	if s.p != nil {
		s.ws.bench.Put(s.p)
		s.p = nil
	}
}

// screen finds out whether a hyperplane holds a facet.
func (s *screen) screen(e *Facet) {
	if p := s.polytope(); p != nil {
		switch verdict, beyond := p.Beyond(&s.ws.bench, e.Plane); verdict {
		case polytope.No:
			s.none(e.Plane)
			return
		case polytope.Yes:
			s.add(e, beyond)
			return
		}
		s.drop()
	}
	if s.ws.Thrifty && !s.ws.affordable(s.c.Facets) {
		s.unsure = true
		return
	}
	s.test(e)
}

// face finds out whether the cell has a facet where a coordinate is greatest, or least.
func (s *screen) face(j int, up bool) {
	verdict := polytope.Unsure
	if p := s.polytope(); p != nil {
		switch verdict = p.Face(&s.ws.bench, j, up); verdict {
		case polytope.No:
			s.none(affine.FacePlane(j, up))
		case polytope.Unsure:
			s.drop()
		}
	}
	if verdict == polytope.Yes || verdict == polytope.Unsure && s.testFace(j, up) {
		s.out = append(s.out, Side{affine.FacePlane(j, up), -1})
	}
}

// none notes that a plane holds no facet, as polytopes have just found out.
func (s *screen) none(plane int) {
	s.idle = append(s.idle, plane)
	from := s.ws.bench.Support()
	if len(from) == 0 {
		return
	}
	e := s.c.Facets
	for e.Plane != plane && !slices.ContainsFunc(from, func(m polytope.Multiplier) bool { return m.Plane == e.Plane }) {
		e = e.Rest
	}
	for k := new(idle); ; {
		k.plane, k.rest = plane, e.idle.Load()
		if e.idle.CompareAndSwap(k.rest, k) {
			return
		}
	}
}

// testFace finds out exactly whether all hyperplanes leave a point of the face on the
// cell's side.
func (s *screen) testFace(j int, up bool) bool {
	ws := s.ws
	d := ws.net.Dim()
	var rows [][]big.Int
	for e := s.c.Facets; e != nil; e = e.Rest {
		row, side := make([]big.Int, d+1), ws.side(e.Plane, e.On)
		for i := range side {
			row[i].Set(&side[i])
		}
		if up {
			row[d].Add(&row[d], &row[j])
		} else {
			row[d].Sub(&row[d], &row[j])
		}
		row[j].SetInt64(0)
		rows = append(rows, row)
	}
	for _, row := range rows {
		ws.Exact++
		m := exact.Maximum(rows, row)
		ws.Pivots += m.Pivots
		if !m.Positive {
			return false
		}
	}
	return true
}

// test finds out exactly whether a hyperplane holds a facet.
func (s *screen) test(e *Facet) {
	ws := s.ws
	var rows [][]big.Int
	for o := s.c.Facets; o != nil; o = o.Rest {
		if o != e && !slices.Contains(s.idle, o.Plane) {
			rows = append(rows, ws.side(o.Plane, o.On))
		}
	}
	ws.Exact++
	m := exact.Maximum(rows, ws.side(e.Plane, !e.On))
	ws.Pivots += m.Pivots
	if m.Positive {
		at, _ := ws.point(&m)
		s.add(e, at)
	} else {
		s.idle = append(s.idle, e.Plane)
	}
}

// add adds a facet beyond which a point is.
func (s *screen) add(e *Facet, beyond []float64) {
	s.out = append(s.out, Side{e.Plane, len(s.spots)})
	s.spots = append(s.spots, spot{between(e.Row, s.centre, beyond), e.Err + float64(len(beyond)+8)*8*roundoff})
}

// between is the point where the line through two points meets a hyperplane.
func between(row, a, b []float64) []float64 {
	d := len(a)
	x, y := row[d], row[d]
	for j := range d {
		x += row[j] * a[j]
		y += row[j] * b[j]
	}
	t := x / (x - y)
	at := make([]float64, d)
	for j := range at {
		at[j] = a[j] + t*(b[j]-a[j])
	}
	return at
}
