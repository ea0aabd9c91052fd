package tighten

import (
	"math"

	"relucount/pkg/accumulator"
	"relucount/pkg/milp"
)

// proof turns multipliers of the rows of a program into bounds that hold.
//
// For any y,
//
//	k x = sum_i y_i (a_i x) + sum_j (k_j - sum_i y_i a_ij) x_j
//
// so k x is at least the sum of the least values that each y_i (a_i x) has within
// the limits of row i, and each last term within those of column j (Neumaier and
// Shcherbina, "Safe bounds in linear and mixed-integer linear programming", 2004).
// Whatever a solver got wrong costs a worse bound, never a false one. The sums are
// exact; only the factor of each x_j is rounded, down or up as is on the safe side.
type proof struct {
	lo, hi       []float64 // limits of the columns
	rowLo, rowHi []float64
	start        []int // entries by column: those of j are start[j] to start[j+1]
	row          []int
	val          []float64

	factor, total accumulator.Sum
}

func newProof(p *milp.Problem) *proof {
	f := &proof{start: make([]int, len(p.Cols)+1)}
	for _, c := range p.Cols {
		f.lo, f.hi = append(f.lo, float64(c.Lo)), append(f.hi, float64(c.Hi))
	}
	for _, r := range p.Rows {
		f.rowLo, f.rowHi = append(f.rowLo, float64(r.Lo)), append(f.rowHi, float64(r.Hi))
		for _, j := range r.Idx {
			f.start[j+1]++
		}
	}
	for j := range p.Cols {
		f.start[j+1] += f.start[j]
	}
	n := f.start[len(p.Cols)]
	f.row, f.val = make([]int, n), make([]float64, n)
	next := append([]int{}, f.start...)
	for i, r := range p.Rows {
		for e, j := range r.Idx {
			f.row[next[j]], f.val[next[j]] = i, r.Val[e]
			next[j]++
		}
	}
	return f
}

// least returns a lower bound of k x + constant over the columns and rows. Where k is
// nil it is 0. It may be -Inf.
func (f *proof) least(k []float64, constant float64, y []float64) float64 {
	t := &f.total
	t.Reset()
	t.Add(constant)
	for i, v := range y {
		limit := f.rowLo[i]
		if v < 0 {
			limit = f.rowHi[i]
		}
		if math.IsInf(limit, 0) {
			y[i] = 0 // the row says nothing on that side
			continue
		}
		t.AddProduct(v, limit)
	}
	s := &f.factor
	for j := range f.lo {
		if f.lo[j] == 0 && f.hi[j] == 0 {
			continue
		}
		s.Reset()
		if k != nil {
			s.Add(k[j])
		}
		for e := f.start[j]; e < f.start[j+1]; e++ {
			if v := y[f.row[e]]; v != 0 {
				s.AddProduct(-v, f.val[e])
			}
		}
		down, up := s.Bounds()
		at := f.lo[j] // where the term is least
		if up <= 0 {
			at = f.hi[j]
		}
		if at < 0 {
			down = up
		}
		t.AddProduct(down, at)
	}
	if v := t.Down(); !math.IsNaN(v) {
		return v
	}
	return math.Inf(-1)
}

// impossible reports whether multipliers, of either sign, prove that no values of
// the columns satisfy all rows.
func (f *proof) impossible(y []float64) bool {
	for range 2 {
		if f.least(nil, 0, append([]float64{}, y...)) > 0 {
			return true
		}
		for i := range y {
			y[i] = -y[i]
		}
	}
	return false
}

// digits are the bits of coarse multipliers, and of bounds.
const digits = 24

// coarse rounds multipliers to multiples of a small part of the largest one. Where
// weights are short numbers so are the best multipliers, which noise alone hides.
func coarse(y []float64) []float64 {
	top := 0.0
	for _, v := range y {
		top = max(top, math.Abs(v))
	}
	_, e := math.Frexp(top)
	out := make([]float64, len(y))
	for i, v := range y {
		out[i] = math.Ldexp(math.RoundToEven(math.Ldexp(v, digits-e)), e-digits)
	}
	return out
}

// outward rounds a bound to a few digits, so that noise in the last bits does not
// show: up to a larger number, else to a smaller one.
func outward(v float64, up bool) float64 {
	f, e := math.Frexp(v)
	f = math.Ldexp(f, digits)
	if up {
		f = math.Ceil(f)
	} else {
		f = math.Floor(f)
	}
	if r := math.Ldexp(f, e-digits); up && r >= v || !up && r <= v {
		return r
	}
	return v // below all normal numbers
}
