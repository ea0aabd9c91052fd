package cell

import (
	"math/big"

	"relucount/pkg/exact"
)

// sides appends the facets of a cell of many coordinates that are on hyperplanes of
// units: those beyond which it would reach if they were not there.
func (ws *Workspace) sides(c *Cell, out []Side) []Side {
	var facets []*Facet
	for e := c.Facets; e != nil; e = e.Rest {
		facets = append(facets, e)
	}
	centre := make([]float64, len(ws.at))
	c.Centre(ws, centre)
	for i, e := range facets {
		if e.Plane < 0 {
			continue
		}
		var rows [][]big.Int
		for j, o := range facets {
			if j != i {
				rows = append(rows, ws.side(o.Plane, o.On))
			}
		}
		ws.Exact++
		m := exact.Maximum(rows, ws.side(e.Plane, !e.On))
		ws.Pivots += m.Pivots
		if !m.Positive {
			continue
		}
		out = grow(out)
		at, off := ws.point(&m)
		out[len(out)-1] = Side{e.Plane, ws.between(e, centre, at), off + e.Err}
	}
	return out
}

// between is the point where a line meets the hyperplane of a facet.
func (ws *Workspace) between(e *Facet, a, b []float64) []float64 {
	d := len(a)
	x, y := e.Row[d], e.Row[d]
	for j := range d {
		x += e.Row[j] * a[j]
		y += e.Row[j] * b[j]
	}
	t := x / (x - y)
	at := make([]float64, d)
	for j := range at {
		at[j] = a[j] + t*(b[j]-a[j])
	}
	return at
}
