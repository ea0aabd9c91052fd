package region

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"relucount/pkg/affine"
	"relucount/pkg/cell"
	"relucount/pkg/record"
	"relucount/pkg/reference"
)

// Aspects says what is to be told of regions, beside the pattern and a point.
type Aspects struct {
	Facets, Radius, Vertices, Volume, Affine bool
}

// Describer writes region records. It does not change, and may be used by many at
// once, each for regions of its own.
type Describer struct {
	Aspects
	s     *Space
	scale float64
}

// Wide returns the space with its own coordinates for those of cells, where these are
// few enough for cells to have corners, also if the first layer has fewer.
func (s *Space) Wide() (*Space, error) {
	w := *s
	var err error
	if w.net, err = affine.NewWide(s.p, s.bounds, cell.MostCoordinates); err != nil {
		return nil, err
	}
	w.model = reference.NewModel(w.p, w.net, w.bounds, w.edited)
	w.ask()
	return &w, nil
}

// NewDescriber is for the regions of a space that is Wide. It is an error when what is
// asked for cannot be told.
func (s *Space) NewDescriber(a Aspects) (*Describer, error) {
	switch d := s.net.Dim(); {
	case s.net.Void:
	case !s.net.Bounded():
		return nil, errors.New("no regions can be written: an input has no limits")
	case !s.model.Plain():
		return nil, errors.New("no regions can be written: the milp has rows, columns or limits of units that encode did not write")
	case !s.able():
		return nil, errors.New("no regions can be written: the domain has no interior, though no equation restricts it")
	case (a.Vertices || a.Volume) && d > cell.MostCoordinates:
		return nil, fmt.Errorf("vertices and volumes can be had in up to %d coordinates: the domain has %d that vary", cell.MostCoordinates, d)
	case a.Affine && len(s.net.Outputs) == 0:
		return nil, errors.New("the milp has no outputs: encode the network again")
	case a.Radius && s.net.Sliced():
		return nil, errors.New("no region holds a ball: equations restrict the domain")
	}
	return &Describer{a, s, s.net.Scale()}, nil
}

// Describe returns the record of a region, but for its head and what identifies the
// milp.
func (d *Describer) Describe(r Region) record.Region {
	v, n := r.View(), d.s.net
	out := record.Region{Pattern: r.Pattern(), X: d.point(r, v)}
	if d.Radius {
		radius := r.Radius()
		out.Radius = &radius
	}
	if d.Facets {
		out.Facets = d.facets(v)
	}
	if d.Vertices {
		for _, t := range v.Corners() {
			x := n.Columns(t)
			out.Vertices = append(out.Vertices, x)
			if d.s.p.Domain.Map != nil {
				out.Inputs = append(out.Inputs, d.s.p.Point(x))
			}
		}
	}
	if d.Volume {
		volume := v.Volume() * d.scale
		out.Volume = &volume
	}
	if d.Affine {
		out.Affine = &record.Affine{}
		for i := range n.Outputs {
			row := v.Output(i)
			out.Affine.A, out.Affine.B = append(out.Affine.A, row[:len(row)-1]), append(out.Affine.B, row[len(row)-1])
		}
	}
	return out
}

// point is one over the input columns.
func (d *Describer) point(r Region, v *cell.View) []float64 {
	n := d.s.net
	at := make([]float64, n.Root.Dim)
	v.Central(at)
	if n.Root.Parent != nil {
		t, ok := n.Root.Preimage(at)
		if !ok {
			return r.Columns()
		}
		at = t
	}
	return n.Columns(at)
}

// facets are those of the units in ascending order, then those of the border.
func (d *Describer) facets(v *cell.View) []record.Facet {
	out, border := []record.Facet{}, 0
	for _, s := range v.Sides() {
		if _, ok := s.Unit(); !ok {
			border++
			continue
		}
		flips := v.Cross(&s).Flips()
		unit := flips[0]
		out = append(out, record.Facet{Unit: &unit, Neighbour: v.Across(flips)})
	}
	slices.SortFunc(out, func(a, b record.Facet) int { return cmp.Compare(*a.Unit, *b.Unit) })
	for range border {
		out = append(out, record.Facet{})
	}
	return out
}
