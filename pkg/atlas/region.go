package atlas

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"relucount/pkg/record"
)

// region is what pictures need of a region record.
type region struct {
	record.Head
	Milp     string         `json:"milp"`
	Content  string         `json:"content"`
	Pattern  []string       `json:"pattern"`
	X        []float64      `json:"x"`
	Facets   []facet        `json:"facets"`
	Vertices [][]float64    `json:"vertices"`
	Volume   *float64       `json:"volume"`
	Affine   *record.Affine `json:"affine"`
}

type facet struct {
	Unit *int `json:"unit"`
}

// read decodes a region and checks it by itself.
func read(line *record.Line) (*region, error) {
	r := &region{}
	if err := line.Decode(r); err != nil {
		return nil, err
	}
	switch {
	case r.Milp == "":
		return nil, errors.New("milp is missing")
	case len(r.Pattern) == 0:
		return nil, errors.New("pattern is missing")
	case len(r.X) == 0:
		return nil, errors.New("x is missing")
	}
	for i, p := range r.Pattern {
		if strings.Trim(p, "01") != "" {
			return nil, fmt.Errorf("pattern[%d]: %.40q has other digits than 0 and 1", i, p)
		}
	}
	units := r.units()
	for i, f := range r.Facets {
		if f.Unit != nil && (*f.Unit < 0 || *f.Unit >= units) {
			return nil, fmt.Errorf("facets[%d].unit: %d out of range (%d units)", i, *f.Unit, units)
		}
	}
	for i, v := range r.Vertices {
		if len(v) != len(r.X) {
			return nil, fmt.Errorf("vertices[%d] has %d numbers, x has %d", i, len(v), len(r.X))
		}
	}
	return r, r.checkAffine()
}

func (r *region) checkAffine() error {
	if r.Affine == nil {
		return nil
	}
	a, b := r.Affine.A, r.Affine.B
	if len(b) == 0 || len(a) != len(b) {
		return fmt.Errorf("affine: %d rows and %d constants", len(a), len(b))
	}
	for i, row := range a {
		if len(row) != len(r.X) {
			return fmt.Errorf("affine.a[%d] has %d numbers, x has %d", i, len(row), len(r.X))
		}
	}
	return nil
}

func (r *region) units() (n int) {
	for _, p := range r.Pattern {
		n += len(p)
	}
	return n
}

// layer returns the layer of a unit, from 1.
func (r *region) layer(unit int) int {
	for i, p := range r.Pattern {
		if unit < len(p) {
			return i + 1
		}
		unit -= len(p)
	}
	return 0
}

// output returns the value of an output at a point of the domain.
func (r *region) output(i int, at []float64) float64 {
	v := r.Affine.B[i]
	for j, c := range r.Affine.A[i] {
		v += c * at[j]
	}
	return v
}

// gradient returns the norm of the gradient of an output.
func (r *region) gradient(i int) float64 {
	var s float64
	for _, c := range r.Affine.A[i] {
		s += c * c
	}
	return math.Sqrt(s)
}

// varying returns the coordinates in which the vertices differ.
func (r *region) varying() []int {
	var out []int
	for j := range r.X {
		if slices.ContainsFunc(r.Vertices, func(v []float64) bool { return v[j] != r.Vertices[0][j] }) {
			out = append(out, j)
		}
	}
	return out
}

// flat returns two coordinates that tell the points of a region apart which
// lies in a plane of more coordinates than two, or nil if it does not.
func (r *region) flat(varying []int) []int {
	if len(varying) < 3 {
		return nil
	}
	origin := r.Vertices[0]
	var basis [][]float64
	var size float64
	for _, v := range r.Vertices[1:] {
		d := make([]float64, len(varying))
		for k, j := range varying {
			d[k] = v[j] - origin[j]
		}
		full := norm(d)
		size = max(size, full)
		for _, b := range basis {
			along := dot(d, b)
			for k := range d {
				d[k] -= along * b[k]
			}
		}
		rest := norm(d)
		if rest <= 1e-9*size {
			continue
		}
		if len(basis) == 2 {
			return nil
		}
		for k := range d {
			d[k] /= rest
		}
		basis = append(basis, d)
	}
	if len(basis) < 2 {
		return nil
	}
	var axes []int
	var best float64
	for i := range varying {
		for j := range i {
			if det := math.Abs(basis[0][i]*basis[1][j] - basis[0][j]*basis[1][i]); det > best*(1+1e-9) {
				best, axes = det, []int{varying[j], varying[i]}
			}
		}
	}
	return axes
}

func dot(a, b []float64) (s float64) {
	for i := range a {
		s += a[i] * b[i]
	}
	return s
}

func norm(a []float64) float64 { return math.Sqrt(dot(a, a)) }
