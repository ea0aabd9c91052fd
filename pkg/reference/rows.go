package reference

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"relucount/pkg/domain"
	"relucount/pkg/highs"
	"relucount/pkg/milp"
	"relucount/pkg/tighten"
)

// affine writes the unit terms of a user's row as an affine function of the LP
// columns on the current cell: coef receives the coefficients and the constant
// is returned. Every unit of the row must be decided.
func (w *walk) affine(r *userRow, coef []float64) (constant float64) {
	clear(coef)
	for e, j := range r.idx {
		coef[j] += r.val[e]
	}
	base := coef[w.m.base : w.m.base+w.dim]
	for _, t := range r.units {
		on := w.state[t.unit].On
		scale := t.val
		switch {
		case t.kind == milp.Z:
			if on {
				constant += t.val
			}
			continue
		case t.kind == milp.H && !on, t.kind == milp.Hbar && on:
			continue
		case t.kind == milp.Hbar:
			scale = -scale
		}
		if w.norm(t.unit) == 0 {
			constant += scale * w.of(t.unit).Value(t.unit)
			continue
		}
		scale *= w.norm(t.unit)
		floats.AddScaled(base, scale, w.of(t.unit).Row(t.unit)[:w.dim])
		constant += scale * w.of(t.unit).Row(t.unit)[w.dim]
	}
	return constant
}

// cellRow is a user's row on the current cell, scaled to norm 1. It is void
// when it holds on the whole box, and dead when it holds nowhere in it.
func (w *walk) cellRow(r *userRow) (row lpRow, void, dead bool) {
	coef := make([]float64, w.f)
	c := w.affine(r, coef)
	lo, hi := domain.Range(coef, 0, w.m.lo, w.m.hi)
	for j, v := range coef {
		if v != 0 {
			row.idx, row.val = append(row.idx, j), append(row.val, v)
		}
	}
	norm := floats.Norm(coef, 2)
	if norm == 0 {
		norm = 1
	}
	row.lo, row.hi = (r.lo-c)/norm, (r.hi-c)/norm
	floats.Scale(1/norm, row.val)
	lo, hi = lo/norm, hi/norm
	tol := highs.Tolerance * (1 + math.Abs(c)/norm)
	void = lo >= row.lo-tol && hi <= row.hi+tol
	dead = hi < row.lo-tol || lo > row.hi+tol
	return row, void, dead
}

// userRows adds the user's rows whose last unit is k to the cell. It returns a
// point that satisfies them, or false when there is none.
func (w *walk) userRows(k int, at []float64, basis *highs.Basis) ([]float64, *highs.Basis, bool) {
	holds := true
	for _, r := range w.m.rowsAt[k+1] {
		row, void, dead := w.cellRow(&w.m.rows[r])
		if dead {
			return nil, nil, false
		}
		if void {
			continue
		}
		v := 0.0
		for e, j := range row.idx {
			v += row.val[e] * at[j]
		}
		holds = holds && v >= row.lo && v <= row.hi
		w.lp.AddRow(row.lo, row.hi, row.idx, row.val)
	}
	w.rowsAt[k+1] = w.lp.Rows()
	if !holds {
		var ok bool
		if at, basis, ok = w.solve(k, w.state[k].On, basis); !ok {
			return nil, nil, false
		}
	}
	return at, basis, w.possible(k)
}

// pushUserRows is userRows without the test, for a node known to be feasible.
func (w *walk) pushUserRows(k int) {
	for _, r := range w.m.rowsAt[k+1] {
		if row, void, _ := w.cellRow(&w.m.rows[r]); !void {
			w.lp.AddRow(row.lo, row.hi, row.idx, row.val)
		}
	}
	w.rowsAt[k+1] = w.lp.Rows()
}

// possible tests by intervals the user's rows that mention unit k and later
// ones, so that a row such as "at most three active units" cuts early.
func (w *walk) possible(k int) bool {
	for i := range w.m.rows {
		r := &w.m.rows[i]
		mentioned, open := false, false
		for _, t := range r.units {
			mentioned = mentioned || t.unit == k
			open = open || t.unit > k
		}
		if !mentioned || !open {
			continue
		}
		lo, hi := 0.0, 0.0
		add := func(v, least, most float64) {
			p, q := v*least, v*most
			lo += math.Min(p, q)
			hi += math.Max(p, q)
		}
		for e, j := range r.idx {
			add(r.val[e], w.m.lo[j], w.m.hi[j])
		}
		for _, t := range r.units {
			least, most := w.termRange(t, k)
			add(t.val, least, most)
		}
		tol := highs.Tolerance * (1 + math.Abs(lo) + math.Abs(hi))
		if hi < r.lo-tol || lo > r.hi+tol {
			return false
		}
	}
	return true
}

// termRange bounds a column of a unit when the units up to k are decided.
func (w *walk) termRange(t unitTerm, k int) (lo, hi float64) {
	known := t.unit <= k
	on := known && w.state[t.unit].On
	switch {
	case t.kind == milp.Z && known && on:
		return 1, 1
	case t.kind == milp.Z && known:
		return 0, 0
	case t.kind == milp.Z:
		return 0, 1
	case known && (t.kind == milp.H) != on:
		return 0, 0
	}
	return 0, math.Inf(1)
}

// integral decides whether the user's integer columns have integer values
// somewhere in the current leaf, with HiGHS's MIP.
func (w *walk) integral() bool {
	p := w.m.p
	prog := tighten.Program(p)
	f := prog.AddColumn(math.Inf(-1), 1, 0, false)
	for k := range p.Units {
		u := &p.Units[k]
		on, off := &prog.ColHi[u.H], &prog.ColHi[u.Hbar]
		h := u.H
		if w.state[k].On {
			*off = 0
		} else {
			*on, h = 0, u.Hbar
		}
		if u.Z != nil {
			z := 0.0
			if w.state[k].On {
				z = 1
			}
			prog.ColLo[*u.Z], prog.ColHi[*u.Z] = math.Max(z, prog.ColLo[*u.Z]), math.Min(z, prog.ColHi[*u.Z])
		}
		if w.state[k].Cuts {
			prog.AddRow(0, math.Inf(1), []int{h, f}, []float64{1 / w.norm(k), -1})
		}
	}
	prog.Maximize = true
	prog.Cost = make([]float64, len(prog.ColLo))
	prog.Cost[f] = 1
	w.MIPs++
	r := prog.Solve(w.ctx, highs.Options{})
	w.Pivots += r.Pivots
	if w.Err == nil {
		w.Err = r.Err
	}
	if r.Status != highs.Optimal && r.Status != highs.Infeasible && !w.halt() {
		w.Unclear++
	}
	return r.X != nil && r.Objective > w.margin
}
