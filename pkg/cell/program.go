package cell

import (
	"math/big"

	"relucount/pkg/exact"
	"relucount/pkg/polytope"
)

// screen finds the facets of a cell of many coordinates: the hyperplanes beyond which
// it would reach if they were not there. So each is held against the polytope of all
// others. Halves of the list share what they leave out (divide and conquer), so that n
// hyperplanes need n log n cuts and not n^2.
type screen struct {
	ws     *Workspace
	c      *Cell
	centre []float64
	facets []*Facet
	idle   map[*Facet]bool // those that hold no facet
	out    []Side
	spots  []spot
}

// sides appends the facets of a cell of many coordinates that are on hyperplanes of
// units.
func (ws *Workspace) sides(c *Cell, out []Side) ([]Side, []spot) {
	s := &screen{ws: ws, c: c, centre: make([]float64, len(ws.at)), idle: map[*Facet]bool{}, out: out}
	c.Centre(ws, s.centre)
	var base shape = &implicitShape{polytope.NewImplicit(len(ws.at), ws.net.Root.Body())}
	var units []*Facet
	for e := c.Facets; e != nil; e = e.Rest {
		s.facets = append(s.facets, e)
		if e.Plane >= 0 {
			units = append(units, e)
		} else if base != nil {
			base = ws.cut(base, e)
		}
	}
	s.visit(units, base)
	return s.out, s.spots
}

// visit looks at hyperplanes, where the shape is that of all others; nil where it
// could not be had.
func (s *screen) visit(list []*Facet, base shape) {
	switch len(list) {
	case 0:
	case 1:
		s.test(list[0], base)
	default:
		half := len(list) / 2
		var other shape
		if base != nil {
			other = base.clone(s.ws)
		}
		s.visit(list[:half], s.cut(base, list[half:]))
		s.visit(list[half:], s.cut(other, list[:half]))
		return
	}
	if base != nil {
		s.ws.drop(base)
	}
}

// cut cuts a shape, which it uses up. What does not cut it, though it has less to
// bound it than the cell, holds no facet.
func (s *screen) cut(base shape, list []*Facet) shape {
	for _, e := range list {
		if base == nil || s.idle[e] {
			continue
		}
		next := s.ws.cut(base, e)
		if next == base {
			s.idle[e] = true
		}
		if next == nil {
			s.ws.drop(base)
		}
		base = next
	}
	return base
}

// test finds out whether a hyperplane holds a facet.
func (s *screen) test(e *Facet, base shape) {
	if s.idle[e] {
		return
	}
	ws := s.ws
	if x, ok := base.(*implicitShape); ok {
		open := []Open{{num: e.Plane}}
		ws.fns.reset()
		ws.fns.add(e.Row, e.Err, e.Plane)
		ws.numbers = append(ws.numbers[:0], e.Plane)
		x.enter(ws, ws.fns, open)
		r := x.reach(ws, &open[0])
		beyond, sign := r.Below, -1.0
		if !e.On {
			beyond, sign = r.Above, 1
		}
		switch beyond {
		case polytope.No:
			return
		case polytope.Yes:
			s.add(e, x.p.Farthest(0, sign))
			return
		}
	}
	var rows [][]big.Int
	for _, o := range s.facets {
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
