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
	NoInputs                                 bool // whether vertices of a slice are told in its coordinates alone
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

// Description is the record of a region, with memory that the next one uses again.
type Description struct {
	record.Region
	text  []byte   // the pattern and those across facets
	names []string // of these, a string for each layer
	units []int
	y     []float64 // the point, over the frame
}

// Describe makes it the record of a region, but for its head and what identifies the
// milp.
func (d *Describer) Describe(r Region, to *Description) {
	v, n := r.View(), d.s.net
	to.Region = record.Region{X: d.point(r, v, to), Facets: to.Facets[:0]}
	d.patterns(v, to)
	if d.Radius {
		radius := r.Radius()
		to.Radius = &radius
	}
	if d.Vertices {
		for _, t := range v.Corners() {
			x := n.Columns(t)
			to.Vertices = append(to.Vertices, x)
			if d.s.p.Domain.Map != nil && !d.NoInputs {
				to.Inputs = append(to.Inputs, d.s.p.Point(x))
			}
		}
	}
	if d.Volume {
		volume := v.Volume() * d.scale
		to.Volume = &volume
	}
	if d.Affine {
		to.Affine = &record.Affine{}
		for i := range n.Outputs {
			row := v.Output(i)
			to.Affine.A, to.Affine.B = append(to.Affine.A, row[:len(row)-1]), append(to.Affine.B, row[len(row)-1])
		}
	}
}

// point is one over the input columns.
func (d *Describer) point(r Region, v *cell.View, to *Description) []float64 {
	n := d.s.net
	to.y = slices.Grow(to.y[:0], n.Root.Dim)[:n.Root.Dim]
	v.Central(to.y)
	if n.Root.Parent == nil {
		return n.Columns(to.y)
	}
	t, ok := n.Root.Preimage(to.y)
	if !ok {
		return r.Columns()
	}
	return n.Columns(t)
}

// patterns writes the pattern, and facets: those of the units in ascending order, each
// with the pattern across, then those of the border. All are parts of one string.
func (d *Describer) patterns(v *cell.View, to *Description) {
	n, states := d.s.net, v.States()
	size := len(states)
	to.text, to.units = affine.AppendStates(to.text[:0], states), to.units[:0]
	border := 0
	if d.Facets {
		for _, s := range v.Sides() {
			if _, ok := s.Unit(); !ok {
				border++
				continue
			}
			flips := v.Cross(s).Flips()
			to.units = append(to.units, flips[0])
			from := len(to.text)
			to.text = append(to.text, to.text[:size]...)
			for _, k := range flips {
				to.text[from+k] ^= 1 // '0' and '1'
			}
		}
	}
	text := string(to.text)
	to.names = to.names[:0]
	for at := 0; at <= len(to.units); at++ {
		to.names = n.AppendCut(to.names, text[at*size:(at+1)*size])
	}
	layers := len(n.Layers)
	to.Pattern = to.names[:layers:layers]
	for i := range to.units {
		from := (i + 1) * layers
		to.Facets = append(to.Facets, record.Facet{Unit: &to.units[i], Neighbour: to.names[from : from+layers : from+layers]})
	}
	if !slices.IsSorted(to.units) { // a unit before that of the side may change, too
		slices.SortFunc(to.Facets, func(a, b record.Facet) int { return cmp.Compare(*a.Unit, *b.Unit) })
	}
	for range border {
		to.Facets = append(to.Facets, record.Facet{})
	}
}
