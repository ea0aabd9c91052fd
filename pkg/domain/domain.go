// Package domain has the set of inputs that regions are counted over:
//
//	x = A t + b,  lower <= t <= upper,  lo_k <= a_k . t <= hi_k for each row k.
//
// Without a map A, b it is x = t. So a box has limits only; a polytope has rows;
// a line or a plane through a box has a map from one or two coordinates t, and
// the limits of x as rows; and a zonotope, as a ball of norm infinity in other
// coordinates, has a map alone.
package domain

import (
	"fmt"
	"math"

	"relucount/pkg/record"
)

// Domain is a bounded set of inputs. It may be empty only by its rows.
type Domain struct {
	Lower, Upper []float64 // limits of t
	Map          *Map      // nil: x = t
	Rows         []Row
}

// Map is x = Matrix t + Offset.
type Map struct {
	Matrix []record.Numbers `json:"matrix"` // one row an input x
	Offset record.Numbers   `json:"offset"`
}

// Row is lo <= a . t <= hi; a limit may be infinite.
type Row struct {
	A      []float64
	Lo, Hi float64
}

// Box returns the domain [lo, hi]^n.
func Box(n int, lo, hi float64) *Domain {
	d := &Domain{Lower: make([]float64, n), Upper: make([]float64, n)}
	for i := range d.Lower {
		d.Lower[i], d.Upper[i] = lo, hi
	}
	return d
}

// Inputs is the number of inputs x.
func (d *Domain) Inputs() int {
	if d.Map != nil {
		return len(d.Map.Offset)
	}
	return len(d.Lower)
}

// Check reports the first thing about the domain that does not fit a network
// of n inputs: lengths, numbers that are not finite, an empty interval.
func (d *Domain) Check(n int) error {
	k, what, whose := n, "input", "the network has %d inputs"
	if d.Map != nil {
		k = len(d.Lower)
		what, whose = "coordinate", "there are %d coordinates"
		if err := d.Map.Check(n, k); err != nil {
			return fmt.Errorf("domain.%w", err)
		}
	}
	if len(d.Lower) != k || len(d.Upper) != k {
		return fmt.Errorf("domain has %d lower and %d upper limits, "+whose, len(d.Lower), len(d.Upper), k)
	}
	for i := range d.Lower {
		if !finite(d.Lower[i]) || !finite(d.Upper[i]) {
			return fmt.Errorf("domain of %s %d is [%g, %g]: it must be bounded", what, i, d.Lower[i], d.Upper[i])
		}
		if d.Lower[i] > d.Upper[i] {
			return fmt.Errorf("domain of %s %d is [%g, %g]: it is empty", what, i, d.Lower[i], d.Upper[i])
		}
	}
	for i, r := range d.Rows {
		if len(r.A) != k {
			return fmt.Errorf("domain.rows[%d].a: %d numbers, %d expected", i, len(r.A), k)
		}
		for j, v := range r.A {
			if !finite(v) {
				return fmt.Errorf("domain.rows[%d].a[%d] is %g", i, j, v)
			}
		}
		if !(r.Lo <= r.Hi) || math.IsInf(r.Lo, 1) || math.IsInf(r.Hi, -1) {
			return fmt.Errorf("domain.rows[%d]: no value is from %g to %g", i, r.Lo, r.Hi)
		}
	}
	return nil
}

// Check reports the first thing about the map that does not fit n inputs and
// k coordinates.
func (m *Map) Check(n, k int) error {
	if len(m.Matrix) != n {
		return fmt.Errorf("matrix: %d rows, %d inputs expected", len(m.Matrix), n)
	}
	if len(m.Offset) != n {
		return fmt.Errorf("offset: %d numbers, %d inputs expected", len(m.Offset), n)
	}
	if k == 0 {
		return fmt.Errorf("matrix: no columns")
	}
	for i, row := range m.Matrix {
		if len(row) != k {
			return fmt.Errorf("matrix[%d]: %d numbers, %d coordinates expected", i, len(row), k)
		}
		for j, v := range row {
			if !finite(v) {
				return fmt.Errorf("matrix[%d][%d] is %g", i, j, v)
			}
		}
		if !finite(m.Offset[i]) {
			return fmt.Errorf("offset[%d] is %g", i, m.Offset[i])
		}
	}
	return nil
}

// Point returns the inputs x that the coordinates t stand for; without a map
// they are t itself.
func (d *Domain) Point(t []float64) []float64 { return d.Map.Point(t) }

// Point returns Matrix t + Offset, or t itself when m is nil.
func (m *Map) Point(t []float64) []float64 {
	if m == nil {
		return t
	}
	x := make([]float64, len(m.Offset))
	for i, row := range m.Matrix {
		x[i] = m.Offset[i]
		for j, v := range row {
			x[i] += v * t[j]
		}
	}
	return x
}

// Hull returns the limits of each input over the box of coordinates, by
// floating point. Rows do not enter.
func (d *Domain) Hull() (lower, upper []float64) {
	if d.Map == nil {
		return d.Lower, d.Upper
	}
	for i, row := range d.Map.Matrix {
		lo, hi := Range(row, d.Map.Offset[i], d.Lower, d.Upper)
		lower, upper = append(lower, lo), append(upper, hi)
	}
	return lower, upper
}

// Farthest is the largest absolute value of an input over the box of
// coordinates, at least 1; 1 without a domain.
func (d *Domain) Farthest() float64 {
	size := 1.0
	if d == nil {
		return size
	}
	lower, upper := d.Hull()
	for i := range lower {
		size = max(size, math.Abs(lower[i]), math.Abs(upper[i]))
	}
	return size
}

// Range returns the range of coef . t + c for t in the box [lower, upper], by
// floating point. Limits may be infinite where coef is 0.
func Range(coef []float64, c float64, lower, upper []float64) (lo, hi float64) {
	lo, hi = c, c
	for j, v := range coef {
		if v != 0 {
			p, q := v*lower[j], v*upper[j]
			lo += math.Min(p, q)
			hi += math.Max(p, q)
		}
	}
	return lo, hi
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
