package reference

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"relucount/pkg/highs"
)

// doubt is the factor around the margin within which no answer of HiGHS is
// believed that rests on less than an evaluation of the rows.
const doubt = 10

// at evaluates the normalised function of unit k.
func (w *walk) at(k int, v []float64) float64 {
	row := w.of(k).Row(k)
	return floats.Dot(row[:w.dim], v[w.m.base:w.m.base+w.dim]) + row[w.dim]
}

// box returns the range of unit k's normalised function over the box of the
// frame's coordinates, and over that of the inputs where it says more.
func (w *walk) box(k int) (lo, hi float64) {
	return w.m.net.Root.Range(w.of(k).Row(k), w.margin)
}

// push adds the row  +-(a y + b) >= f  of unit k, normalised.
func (w *walk) push(k int, on bool) {
	sign := 1.0
	if !on {
		sign = -1
	}
	w.pushRow(w.of(k).Row(k), sign)
}

// pushRow adds  sign (a y + b) >= f.
func (w *walk) pushRow(a []float64, sign float64) {
	for j := range w.dim {
		w.row[j] = sign * a[j]
	}
	w.row[w.dim] = -1
	w.lp.AddRow(-sign*a[w.dim], math.Inf(1), w.idx, w.row)
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
	if f < w.margin*doubt || f < w.strict(k)*doubt {
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
	w.Near(reached)
	basis := new(highs.Basis)
	w.lp.SaveBasis(basis)
	return at, basis, true
}

// repair moves a point of the LP, which keeps rows to a tolerance only, to an
// input of the box with its exact coordinates in the frame.
func (w *walk) repair(at []float64) {
	for i := range w.m.net.Dim() {
		at[i] = math.Max(w.m.lo[i], math.Min(w.m.hi[i], at[i]))
	}
	if w.m.base > 0 {
		w.m.net.Root.Of(at, at[w.m.base:])
	}
}

// clearance is the least distance of a point from the hyperplanes of units
// 0..k that bound the cell, and whether it is larger than rounding can make it.
func (w *walk) clearance(k int, on bool, at []float64) (least float64, sure bool) {
	least, sure = math.Inf(1), true
	for j := 0; j <= k; j++ {
		side := w.state[j].On
		if j == k {
			side = on
		} else if !w.state[j].Cuts {
			continue
		}
		if w.norm(j) == 0 {
			continue
		}
		v := w.at(j, at)
		if !side {
			v = -v
		}
		least = math.Min(least, v)
		sure = sure && v > w.strict(j)
	}
	return least, sure
}

// centre returns a point of the current leaf that is as far from all
// hyperplanes as the frame's coordinates allow: also from those that only
// touch the cell, on the boundary of the domain, and from the rows that cut
// the domain. It depends on the rows of the leaf alone, not on how the walk
// came to it.
func (w *walk) centre(at []float64) []float64 {
	rows := w.lp.Rows()
	for k, d := range w.state {
		if d.Cuts || w.norm(k) == 0 {
			continue
		}
		lo, hi := w.box(k)
		if d.On && lo <= w.margin || !d.On && hi >= -w.margin {
			w.push(k, d.On)
		}
	}
	for _, cut := range w.m.net.Root.Cuts {
		w.pushRow(cut.Row, 1)
	}
	w.lp.Scratch()
	if st, obj := w.lp.Solve(); st == highs.Optimal && -obj > w.margin {
		at = append([]float64{}, w.lp.Primal()[:w.f]...)
		if len(w.m.rows) == 0 {
			// towards the centre of the box, by less than costs half of the
			// distance from any hyperplane, so as to leave the box's faces
			step := -obj / (8 * math.Sqrt(float64(w.dim)))
			for i := range w.m.net.Dim() {
				if w.m.lo[i] == -1 && w.m.hi[i] == 1 {
					at[i] -= step * at[i]
				}
			}
		}
		w.repair(at)
	}
	w.lp.PopRows(w.lp.Rows() - rows)
	return at
}
