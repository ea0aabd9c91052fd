package region

import (
	"math"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"

	"relucount/pkg/highs"
)

// zeroNorm is the norm, relative to the terms that cancelled, below which a
// composed row counts as zero; up to zeroDoubt the decision is doubtful.
const (
	zeroNorm  = 1e-12
	zeroDoubt = 1e-11
)

// doubt is the factor around the margin within which an LP is not believed
// unless evaluating the rows at its point confirms it.
const doubt = 10

// roundoff bounds the relative error of a composed row's entries, before what
// cancellation adds.
const roundoff = 1e-15

// compose computes the affine function of unit k on the current cell.
func (w *walk) compose(k int) {
	u := &w.s.units[k]
	a := w.comp[k]
	n := w.s.dim
	clear(a)
	copy(a, u.coef)
	a[n] = u.bias
	mag, mag0 := u.mag, math.Abs(u.bias)
	for e, j := range u.from {
		if w.state[j].on {
			c := u.w[e] * w.norm[j]
			if w.norm[j] == 0 {
				a[n] += u.w[e] * w.value[j]
			} else {
				floats.AddScaled(a, c, w.comp[j])
			}
			mag += math.Abs(c)
			mag0 += math.Abs(u.w[e] * w.value[j])
		}
	}
	norm := floats.Norm(a[:n], 2)
	w.value[k] = a[n]
	if norm <= zeroDoubt*mag {
		if norm > zeroNorm*mag {
			w.Doubtful++
		}
		if norm <= zeroNorm*mag {
			norm = 0
			if math.Abs(a[n]) <= zeroNorm*mag0 {
				w.value[k] = 0
			}
		}
	}
	w.norm[k] = norm
	w.strict[k] = w.margin
	if norm > 0 {
		floats.Scale(1/norm, a)
		w.strict[k] = math.Max(w.margin, roundoff*(mag+mag0)/norm)
	}
}

// at evaluates the normalised function of unit k.
func (w *walk) at(k int, v []float64) float64 {
	n := w.s.dim
	return floats.Dot(w.comp[k][:n], v[w.s.base:w.s.base+n]) + w.comp[k][n]
}

// box returns the range of unit k's normalised function over the box of the
// base coordinates, and over that of the inputs where it says more.
func (w *walk) box(k int) (lo, hi float64) {
	s := w.s
	a := w.comp[k]
	spread := func(coef []float64, from int, c float64) (lo, hi float64) {
		lo, hi = c, c
		for j, v := range coef {
			if v != 0 {
				p, q := v*s.lo[from+j], v*s.hi[from+j]
				lo += math.Min(p, q)
				hi += math.Max(p, q)
			}
		}
		return lo, hi
	}
	lo, hi = spread(a[:s.dim], s.base, a[s.dim])
	if s.reach == nil || hi <= w.margin || lo >= -w.margin {
		return lo, hi
	}
	coef := make([]float64, s.base)
	c := a[s.dim]
	for i, r := range s.reach {
		if a[i] != 0 {
			blas64.Axpy(a[i], blas64.Vector{N: s.base, Data: r, Inc: 1}, blas64.Vector{N: s.base, Data: coef, Inc: 1})
			c += a[i] * s.reach0[i]
		}
	}
	l, h := spread(coef, 0, c)
	return math.Max(lo, l), math.Min(hi, h)
}

// push adds the row  +-(a y + b) >= f  of unit k, normalised.
func (w *walk) push(k int, on bool) {
	a := w.comp[k]
	sign := 1.0
	if !on {
		sign = -1
	}
	for j := range w.s.dim {
		w.row[j] = sign * a[j]
	}
	w.row[w.s.dim] = -1
	w.lp.AddRow(-sign*a[w.s.dim], math.Inf(1), w.idx, w.row)
}

// test solves for a point of the current cell that has unit k on the given
// side by more than the margin. When there is one the unit's row stays in the
// LP; the point and the basis are returned.
func (w *walk) test(k int, on bool, from *highs.Basis) ([]float64, *highs.Basis, bool) {
	w.push(k, on)
	at, basis, ok := w.solve(k, on, from)
	if !ok {
		w.lp.PopRows(1)
	}
	return at, basis, ok
}

// solve maximises the margin over the current cell, of which units 0..k are
// part; the last of them may be a candidate that is on the given side.
func (w *walk) solve(k int, on bool, from *highs.Basis) ([]float64, *highs.Basis, bool) {
	if from == nil {
		w.lp.Scratch()
	} else {
		w.lp.LoadBasis(from)
	}
	st, obj := w.lp.Solve()
	switch st {
	case highs.Optimal:
	case highs.Cutoff, highs.Infeasible:
		return nil, nil, false
	default:
		w.Unclear++
		return nil, nil, false
	}
	f := -obj
	reached := f
	at := append([]float64{}, w.lp.Primal()[:w.f]...)
	w.repair(at)
	if f < w.margin*doubt || f < w.strict[k]*doubt {
		// too close to believe the LP: the point itself decides
		clear, sure := w.clearance(k, on, at)
		reached = clear
		if clear <= w.margin {
			if f > w.margin/doubt {
				w.Doubtful++
			}
			return nil, nil, false
		}
		if !sure {
			w.Doubtful++
		}
	}
	w.near(reached)
	basis := new(highs.Basis)
	w.lp.SaveBasis(basis)
	return at, basis, true
}

// repair moves a point of the LP, which keeps rows to a tolerance only, to an
// input of the box with its exact pre-activations.
func (w *walk) repair(at []float64) {
	s := w.s
	for j := range s.inputs {
		if i := s.inputs[j].at; i >= 0 {
			at[i] = math.Max(s.lo[i], math.Min(s.hi[i], at[i]))
		}
	}
	for i, r := range s.reach {
		at[s.base+i] = s.reach0[i] + floats.Dot(r, at[:s.base])
	}
}

// clearance is the least distance of a point from the hyperplanes of units
// 0..k that bound the cell, and whether it is larger than rounding can make it.
func (w *walk) clearance(k int, on bool, at []float64) (least float64, sure bool) {
	least, sure = math.Inf(1), true
	for j := 0; j <= k; j++ {
		side := w.state[j].on
		if j == k {
			side = on
		} else if !w.state[j].cuts {
			continue
		}
		if w.norm[j] == 0 {
			continue
		}
		v := w.at(j, at)
		if !side {
			v = -v
		}
		least = math.Min(least, v)
		sure = sure && v > w.strict[j]
	}
	return least, sure
}

// centre returns the inputs of a point of the current leaf that is as far from
// all hyperplanes as the base coordinates allow: also from those that only
// touch the cell, on the boundary of the domain. It depends on the rows of the
// leaf alone, not on how the walk came to it.
func (w *walk) centre(at []float64) []float64 {
	s := w.s
	rows := w.lp.Rows()
	for k, d := range w.state {
		if d.cuts || w.norm[k] == 0 {
			continue
		}
		lo, hi := w.box(k)
		if d.on && lo <= w.margin || !d.on && hi >= -w.margin {
			w.push(k, d.on)
		}
	}
	w.lp.Scratch()
	if st, obj := w.lp.Solve(); st == highs.Optimal && -obj > w.margin {
		at = append([]float64{}, w.lp.Primal()[:w.f]...)
		if len(s.rows) == 0 {
			// towards the centre of the box, by less than costs half of the
			// distance from any hyperplane, so as to leave the box's faces
			step := -obj / (8 * math.Sqrt(float64(s.dim)))
			for j := range s.inputs {
				if i := s.inputs[j].at; i >= 0 && s.lo[i] == -1 && s.hi[i] == 1 {
					at[i] -= step * at[i]
				}
			}
		}
		w.repair(at)
	}
	w.lp.PopRows(w.lp.Rows() - rows)
	return s.point(at)
}
