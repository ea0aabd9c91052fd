package atlas

import (
	"fmt"
	"math"
	"slices"
)

// Shade is what the colour of a region stands for: a category, or a number.
type Shade struct {
	Name    string
	Help    string
	Numbers bool // else categories
	Log     bool // its numbers are logarithms to the base 10

	value func(s *Sheet, r *region, points []Point) (float64, error)
}

// Categories of the shade "pattern" are this many: a hue for what the first
// layer does, and a tone for the layers after it.
const (
	Hues  = 8
	Tones = 4
)

// Shades are the shades that there are, the usual one first.
var Shades = []*Shade{
	{Name: "pattern", Help: "regions alike in the first layer have one hue; neighbours differ in tone", value: shadePattern},
	{Name: "layer", Help: "the deepest layer that bounds the region", value: shadeLayer},
	{Name: "class", Help: "which output is largest; of a single output, whether it is above 0. Needs affine maps", value: shadeClass},
	{Name: "slope", Numbers: true, Help: "the norm of the gradient of an output. Needs affine maps", value: shadeSlope},
	{Name: "volume", Numbers: true, Log: true, Help: "the area of the region", value: shadeVolume},
}

// ShadeNamed returns the shade of a name, or nil.
func ShadeNamed(name string) *Shade {
	i := slices.IndexFunc(Shades, func(s *Shade) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return Shades[i]
}

// shadePattern: a facet flips one unit, so the parity of the active units tells
// almost all neighbours apart.
func shadePattern(_ *Sheet, r *region, _ []Point) (float64, error) {
	var active int
	var h uint64
	for i, p := range r.Pattern {
		for j := range len(p) {
			active += int(p[j] - '0')
		}
		if i > 0 {
			h = 31*h + hash(p)
		}
	}
	hue := int(hash(r.Pattern[0]) % Hues)
	tone := active%2 + 2*int(h>>7%2)
	return float64(hue*Tones + tone), nil
}

func shadeLayer(_ *Sheet, r *region, _ []Point) (float64, error) {
	if r.Facets == nil {
		return math.NaN(), nil // its neighbours tell
	}
	deepest := 0
	for _, f := range r.Facets {
		if f.Unit != nil {
			deepest = max(deepest, r.layer(*f.Unit))
		}
	}
	return float64(deepest), nil
}

// needAffine reports a region without affine maps.
func needAffine(s *Sheet, r *region) error {
	switch {
	case r.Affine == nil:
		return fmt.Errorf("colours by %s need affine maps: solve -regions -affine writes them", s.Shade.Name)
	case s.Output >= len(r.Affine.B):
		return fmt.Errorf("output %d: the network has %d", s.Output, len(r.Affine.B))
	}
	return nil
}

func shadeClass(s *Sheet, r *region, _ []Point) (float64, error) {
	if err := needAffine(s, r); err != nil {
		return 0, err
	}
	f := r.classes()
	best := 0
	for k := range f {
		if f[k](r.X) > f[best](r.X) {
			best = k
		}
	}
	return float64(best), nil
}

// classes returns functions of which the largest tells the class.
func (r *region) classes() []func(at []float64) float64 {
	var f []func([]float64) float64
	if len(r.Affine.B) == 1 { // the sign
		f = append(f, func([]float64) float64 { return 0 })
	}
	for k := range r.Affine.B {
		f = append(f, func(at []float64) float64 { return r.output(k, at) })
	}
	return f
}

// slope returns the norm of the gradient of the output over the coordinates.
func shadeSlope(s *Sheet, r *region, _ []Point) (float64, error) {
	if err := needAffine(s, r); err != nil {
		return 0, err
	}
	return r.gradient(s.Output), nil
}

func shadeVolume(_ *Sheet, r *region, points []Point) (float64, error) {
	v := area(points)
	if r.Volume != nil {
		v = *r.Volume
	}
	if v < 0 {
		return 0, fmt.Errorf("volume: %g", v)
	}
	return math.Log10(max(v, math.SmallestNonzeroFloat64)), nil
}

// cells returns the polygon of a region with its shade. With the shade of
// classes it is cut where the class changes.
func (t *Shade) cells(s *Sheet, r *region, points []Point) ([]Cell, error) {
	v, err := t.value(s, r, points)
	if err != nil {
		return nil, err
	}
	one := []Cell{{Points: points, Value: v, Area: area(points)}}
	if t.Name != "class" {
		return one, nil
	}
	return split(one[0], r, s.Axes), nil
}

// split cuts the polygon of a region into those of its classes. The outputs are
// affine over the coordinates that are drawn; the others are functions of these,
// so their values at the vertices are all that is needed.
func split(c Cell, r *region, axes []int) []Cell {
	f := r.classes()
	plane := planes(f, r, axes)
	if plane == nil {
		return []Cell{c}
	}
	var out []Cell
	for k := range f {
		rest := c.Points
		for j := 0; j < len(f) && rest != nil; j++ {
			if j != k {
				at := make([]float64, len(rest))
				for i, p := range rest {
					at[i] = plane[k].at(p) - plane[j].at(p)
				}
				if slices.Min(at) < 0 {
					rest = clip(rest, at)
				}
			}
		}
		if a := area(rest); rest != nil && a > 0 {
			if len(out) == 0 && a >= c.Area*(1-1e-12) {
				c.Value = float64(k)
				return []Cell{c}
			}
			out = append(out, Cell{Points: rest, Value: float64(k), Area: a})
		}
	}
	if len(out) == 0 {
		return []Cell{c}
	}
	return out
}
