package affine

import (
	"math"
	"math/big"
	"slices"

	"relucount/pkg/exact"
)

// Central reports whether the hyperplanes of all units certainly pass through the
// middle of the domain, and nothing else bounds or bends them: then the domain and
// its cells are symmetric about the middle.
func (n *Network) Central() bool {
	if len(n.Layers) != 1 || n.Root.Parent != nil || len(n.Root.Cuts) > 0 || n.Guarded() || !n.Bounded() || !n.Homogeneous {
		return false
	}
	return !slices.ContainsFunc(n.Units, func(u Unit) bool { return u.Only != Both })
}

// homogeneous finds out whether no unit has a constant.
func (n *Network) homogeneous(top *Frame) bool {
	for k := range n.Units {
		if sum := top.sum(k); math.Abs(sum[coefAt+top.Dim]) > sum[errAt] {
			return false
		}
	}
	for k := range n.Units {
		if v := top.exactly(n, k); v.C[len(v.C)-1].Sign() != 0 {
			return false
		}
	}
	return true
}

// Guarded reports whether limits of units restrict the domain.
func (n *Network) Guarded() bool { return len(n.guards) > 0 }

// Sliced reports whether equations restrict the domain.
func (s *Space) Sliced() bool {
	for i := range s.inputs {
		if s.inputs[i].free != nil {
			return true
		}
	}
	return false
}

// Constant reports whether it is known that unit k, of this layer or one before, is
// constant on the cell.
func (f *Functions) Constant(k int) bool {
	f = f.of(k)
	u := &f.units[k-f.Layer.First]
	return u.ready && u.norm == 0
}

// Size is the factor by which the true function of a plane is larger than the
// normalised one.
func (n *Network) Size(f *Functions, number int) float64 {
	if number >= 0 {
		return f.of(number).Norm(number)
	}
	return n.cut(number).size
}

// cut is the cut of a plane's number.
func (n *Network) cut(number int) *Cut { return &n.Root.Cuts[-1-number-2*n.Dim()] }

// MilpRow is the row of the milp that a cut's plane is a limit of, and which
// limit.
func (n *Network) MilpRow(number int) (row int, upper bool) {
	c := n.cut(number)
	return c.Number, c.Upper
}

// Round writes an exact function over the frame's coordinates, normalised, and
// returns a bound of its error.
func (f *Frame) Round(x *exact.Vec, row []float64) (err float64) {
	_, total := f.round(x, row)
	return float64(f.Dim+8) * ulp * (total + math.Abs(row[f.Dim]))
}

// Locate returns the coordinates of a point given by the values of the input
// columns, bounds how far off they are, and reports whether it is strictly
// between all limits that differ.
func (s *Space) Locate(x []float64) (t []float64, err float64, inside bool) {
	t = make([]float64, s.Dim())
	for i := range s.inputs {
		in := &s.inputs[i]
		c := s.p.Cols[in.col]
		if in.at < 0 {
			x[i] = in.mid
			continue
		}
		if !(x[i] > float64(c.Lo) && x[i] < float64(c.Hi)) {
			return nil, 0, false
		}
		t[in.at] = (x[i] - in.mid) / in.half
		off := 4 * ulp * (1 + math.Abs(in.mid)/in.half)
		err += off * off
	}
	return t, 2 * math.Sqrt(err), true
}

// Exactly returns the values of the input columns at the point num/den of the
// space.
func (s *Space) Exactly(num []big.Int, den *big.Int) []*big.Rat {
	x := make([]*big.Rat, len(s.inputs))
	for i := range s.inputs {
		in := &s.inputs[i]
		mid, half := s.middle(in)
		x[i] = mid.Rat()
		if in.at >= 0 {
			t := new(big.Rat).SetFrac(&num[in.at], den)
			x[i].Add(x[i], t.Mul(t, half.Rat()))
		}
	}
	return x
}

// CornerOf writes a corner of the space, a bit for each coordinate, over the input
// columns: 1 at an upper limit, and 0 at a lower one.
func (s *Space) CornerOf(bits []uint64) string {
	out := make([]byte, len(s.inputs))
	for i := range s.inputs {
		out[i] = '0'
		if at := s.inputs[i].at; at >= 0 && bits[at/64]>>(at%64)&1 != 0 {
			out[i] = '1'
		}
	}
	return string(out)
}
