package region

import (
	"context"
	"errors"
	"fmt"

	"gonum.org/v1/gonum/floats"

	"relucount/pkg/affine"
	"relucount/pkg/cell"
	"relucount/pkg/polytope"
	"relucount/pkg/record"
)

// Measures says what is to be measured of a region.
type Measures struct {
	Class, Facets, Radius, Slope, Volume bool
}

// named returns where it says whether what has a name is measured; nil for no such name.
func (m *Measures) named(name string) *bool {
	return map[string]*bool{
		record.MeasureClass: &m.Class, record.MeasureFacets: &m.Facets, record.MeasureRadius: &m.Radius,
		record.MeasureSlope: &m.Slope, record.MeasureVolume: &m.Volume,
	}[name]
}

// NewMeasures are those with the given names.
func NewMeasures(names []string) (m Measures) {
	for _, name := range names {
		*m.named(name) = true
	}
	return m
}

// Names are those of what is measured.
func (m Measures) Names() []string {
	out := []string{}
	for _, name := range record.MeasureNames {
		if *m.named(name) {
			out = append(out, name)
		}
	}
	return out
}

// outputs reports whether what is measured depends on the network's outputs.
func (m Measures) outputs() bool { return m.Class || m.Slope }

// Measurer measures the regions in which probes end. It does not change, and may be used
// by many at once, each for regions of its own.
type Measurer struct {
	Measures
	s      *Space // in which regions are looked at
	again  bool   // whether that is another space than that of the probes
	scale  float64
	digest string // of the outputs
}

// NewMeasurer is for the regions that probers of the space find. It is an error when what
// is asked for cannot be measured. Regions are looked at in the space that is Wide, as
// region records are, so that the two say the same.
func (s *Space) NewMeasurer(m Measures) (*Measurer, error) {
	out := &Measurer{Measures: m, s: s}
	if s.net.Root.Parent != nil && s.net.Dim() <= cell.MostCoordinates {
		var err error
		if out.s, err = s.Wide(); err != nil {
			return nil, err
		}
		out.again = true
	}
	n := out.s.net
	switch {
	case m.outputs() && len(n.Outputs) == 0:
		return nil, errors.New("classes and slopes cannot be measured: the milp has no outputs: encode the network again")
	case m.Class && !n.Scored():
		return nil, errors.New("classes cannot be measured: an output takes inputs past a first layer with fewer units than there are inputs")
	case m.Volume && n.Dim() > cell.MostCoordinates:
		return nil, fmt.Errorf("volumes can be measured in up to %d coordinates: the domain has %d that vary", cell.MostCoordinates, n.Dim())
	}
	if _, err := out.s.NewDescriber(Aspects{Radius: m.Radius}); err != nil {
		return nil, fmt.Errorf("-measure: %w", err)
	}
	out.scale = n.Scale()
	if m.outputs() {
		out.digest = s.p.OutputsDigest()
	}
	return out, nil
}

// Able are those of the measures asked for that can be had.
func (s *Space) Able(m Measures) Measures {
	for _, name := range m.Names() {
		_, err := s.NewMeasurer(NewMeasures([]string{name}))
		*m.named(name) = err == nil
	}
	return m
}

// Unknown is what is said where no region is known, and why.
func (m *Measurer) Unknown(why string) *record.Measures {
	return &record.Measures{Of: m.Names(), Outputs: m.digest, Why: why}
}

// measure measures a region that a prober has found.
func (m *Measurer) measure(r Region) (out *record.Measures, err error) {
	if !m.again {
		return m.of(r), nil
	}
	states := r.View().States()
	_, err = m.s.Count(context.Background(), Options{Workers: 1, Prefix: affine.States(states), Each: func(r Region) error {
		out = m.of(r)
		return nil
	}})
	if err == nil && out == nil {
		err = errors.New("a probe has found a region that is none")
	}
	return out, err
}

// of measures a region of the space in which it is looked at.
func (m *Measurer) of(r Region) *record.Measures {
	v := r.View()
	out := &record.Measures{Of: m.Names(), Pattern: r.Pattern(), Outputs: m.digest}
	if m.Class {
		class, constant := v.Class()
		out.Class = &class
		if constant != polytope.Unsure {
			all := constant == polytope.Yes
			out.Constant = &all
		}
	}
	if m.Facets {
		if n, sure := v.Neighbours(); sure {
			out.Facets = &n
		}
	}
	if m.Slope {
		for i := range m.s.net.Outputs {
			row := v.Output(i)
			out.Slopes = append(out.Slopes, floats.Norm(row[:len(row)-1], 2))
		}
	}
	if m.Radius {
		radius := r.Radius()
		out.Radius = &radius
	}
	if m.Volume {
		volume := v.Volume() * m.scale
		out.Volume = &volume
	}
	return out
}
