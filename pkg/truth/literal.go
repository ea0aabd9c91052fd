package truth

import (
	"math"
	"math/big"

	"relucount/pkg/milp"
)

// reader reads a milp into a model.
type reader struct {
	*Model
	p     *milp.Problem
	roles map[int]role // of the columns of units
	pre   map[int]bool // rows
	at    map[int]int  // columns of variables
}

type role struct {
	unit int
	kind string
}

// OfProblem is a milp taken literally: every column limit and every row that
// defines no unit is a constraint. Infinite limits of the user's columns are
// replaced by +-wide, which must be wide enough for the program at hand.
func OfProblem(p *milp.Problem, wide float64) *Model {
	r := &reader{Model: &Model{rows: make([][]row, len(p.Units)+1)}, p: p, roles: map[int]role{}, pre: map[int]bool{}, at: map[int]int{}}
	for k := range p.Units {
		u := &p.Units[k]
		r.roles[u.H], r.roles[u.Hbar] = role{k, milp.H}, role{k, milp.Hbar}
		if u.Z != nil {
			r.roles[*u.Z] = role{k, milp.Z}
		}
		r.pre[u.Pre] = true
	}
	r.columns(true, wide)
	r.columns(false, wide)
	for k := range p.Units {
		r.unit(k)
	}
	for i := range p.Rows {
		if !r.pre[i] {
			r.row(&p.Rows[i])
		}
	}
	return r.Model
}

// columns makes variables of the inputs, or of the user's columns.
func (r *reader) columns(inputs bool, wide float64) {
	finite := func(v float64) *big.Rat {
		if math.IsInf(v, 0) {
			v = math.Copysign(wide, v)
		}
		return Rat(v)
	}
	for j, c := range r.p.Cols {
		if _, ok := r.roles[j]; ok || inputs != (c.Kind == milp.Input) {
			continue
		}
		r.at[j] = len(r.lo)
		if c.Integer {
			r.integer = append(r.integer, len(r.lo))
		}
		r.lo, r.hi = append(r.lo, finite(float64(c.Lo))), append(r.hi, finite(float64(c.Hi)))
	}
}

// unit reads unit k, and the limits of its columns.
func (r *reader) unit(k int) {
	pu, nv := &r.p.Units[k], len(r.lo)
	pre := &r.p.Rows[pu.Pre]
	u := unit{layer: pu.Layer, g: zeros(nv + 1)}
	u.g[nv].Neg(Rat(float64(pre.Lo)))
	for e, j := range pre.Idx {
		ro, ok := r.roles[j]
		switch {
		case j == pu.H || j == pu.Hbar:
		case !ok:
			u.g[r.at[j]].Add(u.g[r.at[j]], Rat(pre.Val[e]))
		case ro.kind == milp.H:
			u.take(ro.unit, 0, 1, Rat(pre.Val[e]))
		case ro.kind == milp.Hbar:
			u.take(ro.unit, -1, 0, Rat(pre.Val[e]))
		default:
			panic("a pre row with a z")
		}
	}
	if pu.Z != nil {
		c := r.p.Cols[*pu.Z]
		u.never = [2]bool{c.Lo > 0 || c.Hi < 0, c.Hi < 1 || c.Lo > 1}
	}
	r.units = append(r.units, u)
	for _, j := range []int{pu.H, pu.Hbar} {
		c := r.p.Cols[j]
		r.row(&milp.Row{Lo: c.Lo, Hi: c.Hi, Idx: []int{j}, Val: []float64{1}})
	}
}

// row reads a row that is a constraint.
func (r *reader) row(from *milp.Row) {
	out := row{lo: limit(float64(from.Lo)), hi: limit(float64(from.Hi)), g: zeros(len(r.lo) + 1)}
	last := -1
	for e, j := range from.Idx {
		if ro, ok := r.roles[j]; ok {
			out.terms = append(out.terms, term{ro.unit, ro.kind, Rat(from.Val[e])})
			last = max(last, ro.unit)
		} else {
			out.g[r.at[j]].Add(out.g[r.at[j]], Rat(from.Val[e]))
		}
	}
	r.rows[last+1] = append(r.rows[last+1], out)
}
