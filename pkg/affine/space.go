// Package affine has the affine functions that the units of a network are on
// the cells of its domain, and the coordinates over which they are written.
//
// The inputs of a milp are written over coordinates t (see Space), and these,
// where the first layer is narrower than the input, over its pre-activations
// (see Frame). On a cell of the layers before, every unit of a layer is an
// affine function of the frame's coordinates (see Functions): the composition
// of the rows of the milp with the states of the units before.
package affine

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/exact"
	"relucount/pkg/milp"
)

// Space writes the inputs of a milp over coordinates t, one for each input
// that may vary: x = A t + b. Coordinates of bounded inputs range over
// [-1, 1]. An equation over inputs takes one coordinate away, so that a slice
// of the box has as many coordinates as dimensions, as long as equations alone
// make it one.
type Space struct {
	Lo, Hi []float64 // limits of the coordinates
	// Rows are what cuts the box of the coordinates: rows of the milp over
	// inputs alone, and the limits of inputs that an equation has made
	// functions of others.
	Rows []Row
	Void bool // whether it is known that no input is left

	p      *milp.Problem
	inputs []input
	at     map[int]int // column of the milp -> place in inputs
	den    exact.Dyadic
}

// Row is Lo <= Coef . t <= Hi.
type Row struct {
	Lo, Hi float64
	Coef   []float64
	Const  float64 // of the value, that has been taken off the limits
	size   float64 // of what was added up to it
	Number int     // of the milp's row; of the input column, -1-j, whose limits these are
}

// input is an input column: x = mid + half * t[at], or mid + coef . t when an
// equation has made it dependent, or the constant mid when at < 0. Each number
// is the nearest to the exact one, or the next.
type input struct {
	col       int
	at        int
	mid, half float64
	coef      []float64
	free      *form // the exact function, when an equation has made it dependent
}

// NewSpace returns the space of a milp's inputs. Columns of the user's own are
// not in it, and neither are rows that mention them or units.
func NewSpace(p *milp.Problem) (*Space, error) {
	s := &Space{p: p, at: map[int]int{}, den: exact.DyadicOf(1)}
	for j, c := range p.Cols {
		if c.Kind != milp.Input {
			continue
		}
		if c.Integer {
			return nil, fmt.Errorf("cols[%d]: an input that is integer has no regions", j)
		}
		lo, hi := float64(c.Lo), float64(c.Hi)
		s.Void = s.Void || lo > hi
		in := input{col: j, at: -1, mid: lo}
		if lo < hi {
			in.at, in.mid, in.half = len(s.Lo), 0, 1
			if !math.IsInf(lo, 0) && !math.IsInf(hi, 0) {
				in.mid, in.half = lo+(hi-lo)/2, (hi-lo)/2
				lo, hi = -1, 1
			}
			s.Lo, s.Hi = append(s.Lo, lo), append(s.Hi, hi)
		}
		s.at[j] = len(s.inputs)
		s.inputs = append(s.inputs, in)
	}
	s.restrict()
	return s, nil
}

// Dim is the number of coordinates.
func (s *Space) Dim() int { return len(s.Lo) }

// Bounded reports whether all coordinates range over [-1, 1].
func (s *Space) Bounded() bool {
	for j := range s.Lo {
		if s.Lo[j] != -1 || s.Hi[j] != 1 {
			return false
		}
	}
	return true
}

// Has reports whether a column of the milp is an input.
func (s *Space) Has(col int) bool { _, ok := s.at[col]; return ok }

// Within reports whether a row is over inputs alone, as those that Rows has.
func (s *Space) Within(r *milp.Row) bool {
	for _, j := range r.Idx {
		if !s.Has(j) {
			return false
		}
	}
	return true
}

// Over adds the part of a row that the inputs make to the coefficients of the
// coordinates, and returns its constant.
func (s *Space) Over(r *milp.Row, coef []float64) (constant float64) {
	for e, j := range r.Idx {
		i, ok := s.at[j]
		if !ok {
			continue
		}
		in := &s.inputs[i]
		constant += r.Val[e] * in.mid
		switch {
		case in.coef != nil:
			for k, v := range in.coef {
				coef[k] += r.Val[e] * v
			}
		case in.at >= 0:
			coef[in.at] += r.Val[e] * in.half
		}
	}
	return constant
}

// Point returns the network's own inputs at t; of t only the coordinates count.
// Limits of the input columns hold exactly.
func (s *Space) Point(t []float64) []float64 { return s.p.Point(s.Columns(t)) }

// Columns returns the values of the input columns at t, within their limits.
func (s *Space) Columns(t []float64) []float64 {
	x := make([]float64, len(s.inputs))
	for i, in := range s.inputs {
		x[i] = in.mid
		switch {
		case in.coef != nil:
			for k, v := range in.coef {
				x[i] += v * t[k]
			}
		case in.at >= 0:
			x[i] += in.half * t[in.at]
		}
		c := s.p.Cols[in.col]
		x[i] = math.Max(float64(c.Lo), math.Min(float64(c.Hi), x[i]))
	}
	return x
}

// Scale is the volume that a cell of the input columns has for each unit of its volume
// in the coordinates; of a slice it is that in the slice.
func (s *Space) Scale() float64 {
	d := s.Dim()
	if d == 0 {
		return 1
	}
	gram, scale := mat.NewSymDense(d, nil), 1.0
	for i := range s.inputs {
		switch in := &s.inputs[i]; {
		case in.coef != nil:
			gram.SymRankOne(gram, 1, mat.NewVecDense(d, in.coef))
		case in.at >= 0:
			gram.SetSym(in.at, in.at, gram.At(in.at, in.at)+in.half*in.half)
			scale *= in.half
		}
	}
	if !s.Sliced() {
		return scale
	}
	return math.Sqrt(mat.Det(gram))
}

// Coordinates writes the coordinates of a point that is given by a value for
// each column of the milp.
func (s *Space) Coordinates(x, t []float64) {
	for _, in := range s.inputs {
		if in.at >= 0 && in.coef == nil {
			t[in.at] = (x[in.col] - in.mid) / in.half
		}
	}
}

// restrict takes the rows over inputs alone into the space: first the
// equations, then the others over the coordinates that are left.
func (s *Space) restrict() {
	own := s.p.UnitRows()
	var equations, others []int
	for i := range s.p.Rows {
		switch r := &s.p.Rows[i]; {
		case own[i] >= 0 || !s.Within(r):
		case float64(r.Lo) == float64(r.Hi):
			equations = append(equations, i)
		default:
			others = append(others, i)
		}
	}
	if len(equations) > 0 {
		s.solve(equations)
	}
	for _, i := range others {
		r := &s.p.Rows[i]
		row := Row{Coef: make([]float64, len(s.Lo)), Number: i}
		c := s.Over(r, row.Coef)
		row.Lo, row.Hi, row.Const, row.size = float64(r.Lo)-c, float64(r.Hi)-c, c, s.overErr(r)/ulp
		s.Rows = append(s.Rows, row)
	}
	for i := range s.inputs {
		if in := &s.inputs[i]; in.coef != nil {
			c := s.p.Cols[in.col]
			s.Rows = append(s.Rows, Row{float64(c.Lo) - in.mid, float64(c.Hi) - in.mid, in.coef, in.mid, math.Abs(in.mid), -1 - in.col})
		}
	}
}

// OverInputs writes row . (y, 1), y the coordinates of the frame, over the
// input columns of the milp: a coefficient for each and a constant. Inputs that are
// fixed, or that an equation has made functions of others, get 0, as the row
// is told by the rest.
func (s *Space) OverInputs(f *Frame, row []float64) []float64 {
	t := append([]float64{}, row...)
	if f.Parent != nil {
		t = make([]float64, f.Parent.Dim+1)
		t[f.Parent.Dim] = row[f.Dim]
		for i, form := range f.Forms {
			for j, v := range form {
				t[j] += row[i] * v
			}
			t[f.Parent.Dim] += row[i] * f.Offset[i]
		}
	}
	out := make([]float64, len(s.inputs)+1)
	out[len(s.inputs)] = t[len(t)-1]
	for i, in := range s.inputs {
		if in.at >= 0 && in.coef == nil {
			out[i] = t[in.at] / in.half
			out[len(s.inputs)] -= out[i] * in.mid
		}
	}
	return out
}
