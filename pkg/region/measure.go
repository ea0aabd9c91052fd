package region

import (
	"context"
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"relucount/pkg/cell"
	"relucount/pkg/polytope"
	"relucount/pkg/record"
)

// Measures says what is to be measured of a region.
type Measures struct {
	Class, Facets, Radius, Slope, Volume bool
}

// outputs reports whether what is measured depends on the network's outputs.
func (m Measures) outputs() bool { return m.Class || m.Slope }

// Measurer measures the regions in which probes end. It does not change, and may be used
// by many at once, each for regions of its own.
type Measurer struct {
	Measures
	*Describer        // of the space that the probes are of
	wide       *Space // where cells have corners, if that is another space; nil: no other is needed
	corners    *Describer
	digest     string // of the outputs
}

// NewMeasurer is for the regions of the space itself, which need not be Wide. It is an
// error when what is asked for cannot be measured.
func (s *Space) NewMeasurer(m Measures) (*Measurer, error) {
	if o := s.net.Outputs; m.outputs() && len(o) == 0 {
		return nil, errors.New("classes and slopes cannot be measured: the milp has no outputs: encode the network again")
	}
	if m.Class && !s.net.Scored() {
		return nil, errors.New("classes cannot be measured: an output takes inputs past a first layer with fewer units than there are inputs")
	}
	d, err := s.NewDescriber(Aspects{Radius: m.Radius})
	if err != nil {
		return nil, fmt.Errorf("-measure: %w", err)
	}
	out := &Measurer{Measures: m, Describer: d, corners: d}
	if m.outputs() {
		out.digest = s.p.OutputsDigest()
	}
	if !m.Volume {
		return out, nil
	}
	if n := s.net.Dim(); n > cell.MostCoordinates {
		return nil, fmt.Errorf("volumes can be measured in up to %d coordinates: the domain has %d that vary", cell.MostCoordinates, n)
	}
	if s.net.Root.Parent != nil {
		if out.wide, err = s.Wide(); err != nil {
			return nil, err
		}
		if out.corners, err = out.wide.NewDescriber(Aspects{}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Able are those of the measures asked for that can be had.
func (s *Space) Able(m Measures) Measures {
	for _, one := range []struct {
		of  *bool
		try Measures
	}{
		{&m.Class, Measures{Class: true}}, {&m.Radius, Measures{Radius: true}},
		{&m.Slope, Measures{Slope: true}}, {&m.Volume, Measures{Volume: true}},
	} {
		if *one.of {
			_, err := s.NewMeasurer(one.try)
			*one.of = err == nil
		}
	}
	return m
}

// measure measures a region of the space.
func (m *Measurer) measure(r Region) (*record.Measures, error) {
	v := r.View()
	out := &record.Measures{Pattern: r.Pattern(), Outputs: m.digest}
	if m.Class {
		class, constant := v.Class()
		out.Class = &class
		if constant != polytope.Unsure {
			all := constant == polytope.Yes
			out.Constant = &all
		}
	}
	if m.Facets {
		n := 0
		for _, s := range v.Sides() {
			if _, ok := s.Unit(); ok {
				n++
			}
		}
		out.Facets = &n
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
		volume, err := m.volume(r, v)
		if err != nil {
			return nil, err
		}
		out.Volume = &volume
	}
	return out, nil
}

// volume looks for the region again where its cell has no corners.
func (m *Measurer) volume(r Region, v *cell.View) (volume float64, err error) {
	if m.wide == nil {
		return v.Volume() * m.scale, nil
	}
	prefix := make([]bool, 0, m.wide.Units())
	for _, s := range v.States() {
		prefix = append(prefix, s.On)
	}
	volume = math.NaN()
	_, err = m.wide.Count(context.Background(), Options{Workers: 1, Prefix: prefix, Each: func(r Region) error {
		volume = r.View().Volume() * m.corners.scale
		return nil
	}})
	if err == nil && math.IsNaN(volume) {
		err = errors.New("a probe has found a region that is none")
	}
	return volume, err
}
