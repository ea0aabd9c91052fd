package cell

import (
	"math/big"

	"relucount/pkg/exact"
	"relucount/pkg/polytope"
)

// screen finds the facets of a cell of many coordinates: the hyperplanes beyond which
// it would reach if they were not there.
type screen struct {
	ws     *Workspace
	c      *Cell
	centre []float64
	idle   map[*Facet]bool // those that hold no facet
	out    []Side
	spots  []spot
}

// sides appends the facets of a cell of many coordinates that are on hyperplanes of
// units, and returns a point on each.
func (ws *Workspace) sides(c *Cell, out []Side) ([]Side, []spot) {
	s := &screen{ws: ws, c: c, centre: make([]float64, len(ws.at)), idle: map[*Facet]bool{}, out: out}
	c.Centre(ws, s.centre)
	var p *polytope.Implicit
	for e := c.Facets; e != nil; e = e.Rest {
		if e.Plane < 0 {
			continue
		}
		if x, ok := c.shape.(*implicitShape); ok && p == nil {
			p = x.p.Clone(&ws.bench)
		}
		if p != nil {
			verdict, beyond := p.Beyond(&ws.bench, e.Plane)
			switch verdict {
			case polytope.No:
				s.idle[e] = true
				continue
			case polytope.Yes:
				s.add(e, beyond)
				continue
			}
			ws.bench.Put(p)
			p = nil
		}
		s.test(e)
	}
	if p != nil {
		ws.bench.Put(p)
	}
	return s.out, s.spots
}

// test finds out exactly whether a hyperplane holds a facet.
func (s *screen) test(e *Facet) {
	ws := s.ws
	var rows [][]big.Int
	for o := s.c.Facets; o != nil; o = o.Rest {
		if o != e && !s.idle[o] {
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
		s.idle[e] = true
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
