package affine

import (
	"maps"
	"math"
	"math/big"
	"slices"

	"relucount/pkg/exact"
	"relucount/pkg/milp"
)

// All exact functions of a space are den times the true ones, so that an input
// that an equation has made a function of others is dyadic, too.

// form is an exact function of coordinates.
type form struct {
	coef map[int]*big.Rat // none is 0
	c    *big.Rat
}

// add adds v times another form.
func (f *form) add(v *big.Rat, g *form) {
	for j, x := range g.coef {
		y := new(big.Rat).Mul(v, x)
		if old, ok := f.coef[j]; ok {
			y.Add(y, old)
		}
		if y.Sign() == 0 {
			delete(f.coef, j)
		} else {
			f.coef[j] = y
		}
	}
	f.c = new(big.Rat).Add(f.c, new(big.Rat).Mul(v, g.c))
}

// middle returns the exact middle and half width of an input that varies.
func (s *Space) middle(in *input) (mid, half exact.Dyadic) {
	c := s.p.Cols[in.col]
	lo, hi := float64(c.Lo), float64(c.Hi)
	switch {
	case in.at < 0:
		return exact.DyadicOf(lo), exact.Dyadic{}
	case math.IsInf(lo, 0) || math.IsInf(hi, 0):
		return exact.Dyadic{}, exact.DyadicOf(1)
	}
	l, h := exact.DyadicOf(lo), exact.DyadicOf(hi)
	return l.Add(h).Half(), h.Add(l.Neg()).Half()
}

// form is the exact function of an input.
func (s *Space) form(in *input) *form {
	if in.free != nil {
		return in.free
	}
	mid, half := s.middle(in)
	f := &form{coef: map[int]*big.Rat{}, c: mid.Rat()}
	if in.at >= 0 {
		f.coef[in.at] = half.Rat()
	}
	return f
}

// solve makes a coordinate a function of the others by each of the equations,
// unless it says nothing that those before it do not say, and forgets these
// coordinates.
func (s *Space) solve(equations []int) {
	taken := make([]bool, len(s.Lo))
	for _, i := range equations {
		r := &s.p.Rows[i]
		lo := exact.DyadicOf(float64(r.Lo))
		eq := &form{coef: map[int]*big.Rat{}, c: lo.Neg().Rat()}
		for e, j := range r.Idx {
			v := exact.DyadicOf(r.Val[e])
			eq.add(v.Rat(), s.form(&s.inputs[s.at[j]]))
		}
		pivot := -1
		for _, j := range slices.Sorted(maps.Keys(eq.coef)) {
			if pivot < 0 || new(big.Rat).Abs(eq.coef[j]).Cmp(new(big.Rat).Abs(eq.coef[pivot])) > 0 {
				pivot = j
			}
		}
		if pivot < 0 {
			s.Void = s.Void || eq.c.Sign() != 0
			continue
		}
		taken[pivot] = true
		// t[pivot] = -(the rest) / its coefficient
		by := new(big.Rat).Inv(eq.coef[pivot])
		delete(eq.coef, pivot)
		for i := range s.inputs {
			in := &s.inputs[i]
			if in.free == nil && in.at != pivot {
				continue
			}
			f := s.form(in)
			v, ok := f.coef[pivot]
			if !ok {
				continue
			}
			delete(f.coef, pivot)
			f.add(new(big.Rat).Neg(new(big.Rat).Mul(v, by)), eq)
			in.free = f
		}
	}
	s.drop(taken)
}

// drop forgets the coordinates that are taken.
func (s *Space) drop(taken []bool) {
	place, n := make([]int, len(taken)), 0
	for j, gone := range taken {
		place[j] = n
		if !gone {
			s.Lo[n], s.Hi[n] = s.Lo[j], s.Hi[j]
			n++
		}
	}
	s.Lo, s.Hi = s.Lo[:n], s.Hi[:n]
	den := big.NewInt(1)
	lcm := func(x *big.Int) {
		g := new(big.Int).GCD(nil, nil, den, x)
		den.Mul(den, g.Quo(x, g))
	}
	for i := range s.inputs {
		in := &s.inputs[i]
		if in.free == nil {
			if in.at >= 0 {
				in.at = place[in.at]
			}
			continue
		}
		f := &form{coef: map[int]*big.Rat{}, c: in.free.c}
		in.coef = make([]float64, n)
		for j, v := range in.free.coef {
			f.coef[place[j]] = v
			in.coef[place[j]], _ = v.Float64()
			lcm(v.Denom())
		}
		lcm(f.c.Denom())
		in.free = f
		in.mid, _ = f.c.Float64()
	}
	s.den = exact.DyadicOfInt(den)
}

// exactly adds v times the input to an exact function of the coordinates, of
// which the constant is the last coefficient.
func (s *Space) exactly(in *input, v exact.Dyadic, to []exact.Dyadic) {
	last := len(to) - 1
	v = v.Mul(s.den)
	if in.free == nil {
		mid, half := s.middle(in)
		to[last] = to[last].Add(v.Mul(mid))
		if in.at >= 0 {
			to[in.at] = to[in.at].Add(v.Mul(half))
		}
		return
	}
	for j, x := range in.free.coef {
		to[j] = to[j].Add(exact.DyadicOfRat(x, v))
	}
	to[last] = to[last].Add(exact.DyadicOfRat(in.free.c, v))
}

// direct is what the inputs and the constant make of a row, less its lower
// limit, exactly.
func (s *Space) direct(r *milp.Row, limit float64) *exact.Vec {
	to := make([]exact.Dyadic, s.Dim()+1)
	for e, j := range r.Idx {
		if i, ok := s.at[j]; ok {
			s.exactly(&s.inputs[i], exact.DyadicOf(r.Val[e]), to)
		}
	}
	lo := exact.DyadicOf(limit)
	to[s.Dim()] = to[s.Dim()].Add(lo.Mul(s.den).Neg())
	return exact.FromDyadic(to)
}

// milpRow is the row of the milp that a row of the space is, without limits,
// and its limits.
func (s *Space) milpRow(r *Row) (row *milp.Row, lo, hi float64) {
	if r.Number >= 0 {
		row = &s.p.Rows[r.Number]
		return row, float64(row.Lo), float64(row.Hi)
	}
	c := s.p.Cols[-1-r.Number]
	return &milp.Row{Idx: []int{-1 - r.Number}, Val: []float64{1}}, float64(c.Lo), float64(c.Hi)
}

// side is the exact function that is not negative where a row of the space has
// at least its lower limit, or at most its upper one; coordinates are those of
// the space.
func (s *Space) side(r *Row, upper bool) *exact.Vec {
	row, lo, hi := s.milpRow(r)
	if upper {
		return s.direct(row, hi).Negative()
	}
	return s.direct(row, lo)
}

// value is the exact value of a row.
func (s *Space) value(r *Row) *exact.Vec {
	row, _, _ := s.milpRow(r)
	return s.direct(row, 0)
}
