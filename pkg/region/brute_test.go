package region

import (
	"math"
	"math/big"
	"strings"

	"relucount/pkg/domain"
	"relucount/pkg/milp"
	"relucount/pkg/relu"
)

// This file counts regions a second time, exactly and without linear programs:
// numbers are rationals, and a cell is the list of its corners. A unit can be
// active on a cell when it is positive at a corner, inactive when it is
// negative at one, and is zero on it when it is zero at all. Cutting keeps the
// corners of one side and adds a corner on each edge that crosses (the double
// description method of Motzkin and others, 1953).

// exactModel is a network over a box, with whatever a milp adds to it.
type exactModel struct {
	lo, hi  []*big.Rat // of the variables: inputs, then the user's columns
	inputs  int
	integer []int // variables
	units   []exactUnit
	rows    [][]exactRow  // rows[k] join the cell once the units before k are decided
	ranges  [][2]*big.Rat // of the pre-activations, over the cells that have been visited
}

type exactUnit struct {
	layer int
	g     []*big.Rat    // over the variables, then the constant
	from  []int         // earlier units that enter
	w     [2][]*big.Rat // weights of their pre-activations: inactive, active
	never [2]bool       // states that the unit may not have: [inactive, active]
}

// take adds w times the output of a unit with two slopes.
func (u *exactUnit) take(unit int, inactive, active float64, w *big.Rat) {
	u.from = append(u.from, unit)
	for state, slope := range [2]float64{inactive, active} {
		u.w[state] = append(u.w[state], new(big.Rat).Mul(rat(slope), w))
	}
}

// exactRow is lo <= g x + sum of h, hbar and z terms <= hi; nil is infinite.
type exactRow struct {
	lo, hi *big.Rat
	g      []*big.Rat
	terms  []exactTerm
}

type exactTerm struct {
	unit int
	kind string
	val  *big.Rat
}

// exactRegion is one pattern found.
type exactRegion struct {
	zero   []bool // units that are identically zero on the cell
	inside []*big.Rat
}

func rat(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }

func finite(v, wide float64) float64 {
	if math.IsInf(v, 0) {
		return math.Copysign(wide, v)
	}
	return v
}

func zeros(n int) []*big.Rat {
	out := make([]*big.Rat, n)
	for i := range out {
		out[i] = new(big.Rat)
	}
	return out
}

// exactNetwork is a network over a box.
func exactNetwork(n *relu.Chain, d *domain.Domain) *exactModel {
	m := &exactModel{inputs: n.Inputs}
	for j := range n.Inputs {
		m.lo, m.hi = append(m.lo, rat(d.Lower[j])), append(m.hi, rat(d.Upper[j]))
	}
	before := 0 // index of the first unit of the layer before
	var slopes []relu.Slopes
	for l := range n.Layers {
		lay := &n.Layers[l]
		if lay.Linear() {
			continue
		}
		first := len(m.units)
		for i := range lay.Units() {
			u := exactUnit{layer: l + 1, g: zeros(n.Inputs + 1)}
			u.g[n.Inputs] = rat(lay.B[i])
			for j, w := range lay.W.RawRowView(i) {
				switch {
				case l == 0:
					u.g[j] = rat(w)
				case w != 0:
					u.take(before+j, slopes[j].Inactive, slopes[j].Active, rat(w))
				}
			}
			m.units = append(m.units, u)
		}
		before, slopes = first, lay.Slopes
	}
	m.rows = make([][]exactRow, len(m.units)+1)
	return m
}

// exactProblem is a milp taken literally: every column limit and every row
// that defines no unit is a constraint. Infinite limits of the user's columns
// are replaced by +-wide, which must be wide enough for the program at hand.
func exactProblem(p *milp.Problem, wide float64) *exactModel {
	type role struct {
		unit int
		kind string
	}
	m := &exactModel{rows: make([][]exactRow, len(p.Units)+1)}
	roles := map[int]role{}
	pre := map[int]bool{}
	for k := range p.Units {
		u := &p.Units[k]
		roles[u.H], roles[u.Hbar] = role{k, milp.H}, role{k, milp.Hbar}
		if u.Z != nil {
			roles[*u.Z] = role{k, milp.Z}
		}
		pre[u.Pre] = true
	}
	at := map[int]int{}
	place := func(inputs bool) {
		for j, c := range p.Cols {
			if _, ok := roles[j]; ok || inputs != (c.Kind == milp.Input) {
				continue
			}
			at[j] = len(m.lo)
			if c.Integer {
				m.integer = append(m.integer, len(m.lo))
			}
			m.lo = append(m.lo, rat(finite(float64(c.Lo), wide)))
			m.hi = append(m.hi, rat(finite(float64(c.Hi), wide)))
		}
	}
	place(true)
	m.inputs = len(m.lo)
	place(false)
	nv := len(m.lo)
	bound := func(v float64) *big.Rat {
		if math.IsInf(v, 0) {
			return nil
		}
		return rat(v)
	}
	add := func(lo, hi float64, idx []int, val []float64) {
		r := exactRow{lo: bound(lo), hi: bound(hi), g: zeros(nv + 1)}
		last := -1
		for e, j := range idx {
			if ro, ok := roles[j]; ok {
				r.terms = append(r.terms, exactTerm{ro.unit, ro.kind, rat(val[e])})
				last = max(last, ro.unit)
			} else {
				r.g[at[j]].Add(r.g[at[j]], rat(val[e]))
			}
		}
		m.rows[last+1] = append(m.rows[last+1], r)
	}
	for k := range p.Units {
		pu := &p.Units[k]
		r := &p.Rows[pu.Pre]
		u := exactUnit{layer: pu.Layer, g: zeros(nv + 1)}
		u.g[nv].Neg(rat(float64(r.Lo)))
		for e, j := range r.Idx {
			ro, ok := roles[j]
			switch {
			case j == pu.H || j == pu.Hbar:
			case !ok:
				u.g[at[j]].Add(u.g[at[j]], rat(r.Val[e]))
			case ro.kind == milp.H:
				u.take(ro.unit, 0, 1, rat(r.Val[e]))
			case ro.kind == milp.Hbar:
				u.take(ro.unit, -1, 0, rat(r.Val[e]))
			default:
				panic("a pre row with a z")
			}
		}
		m.units = append(m.units, u)
		for _, j := range []int{pu.H, pu.Hbar} {
			add(float64(p.Cols[j].Lo), float64(p.Cols[j].Hi), []int{j}, []float64{1})
		}
		if pu.Z != nil {
			c := p.Cols[*pu.Z]
			m.units[k].never = [2]bool{c.Lo > 0 || c.Hi < 0, c.Hi < 1 || c.Lo > 1}
		}
	}
	for i := range p.Rows {
		if !pre[i] {
			r := &p.Rows[i]
			add(float64(r.Lo), float64(r.Hi), r.Idx, r.Val)
		}
	}
	return m
}

// exactState is a node of the search.
type exactState struct {
	on, zero []bool
	g        [][]*big.Rat // affine function of each unit decided
}

// regions returns the regions by pattern, layers separated by a slash.
func (m *exactModel) regions() map[string]exactRegion {
	found := map[string]exactRegion{}
	s := &exactState{}
	if p, ok := m.join(0, m.box(), s); ok {
		m.visit(p, s, found)
	}
	return found
}

func (m *exactModel) visit(p hull, s *exactState, found map[string]exactRegion) {
	k := len(s.on)
	if k == len(m.units) {
		if m.integral(p, s, 0) {
			found[m.pattern(s.on)] = exactRegion{append([]bool{}, s.zero...), p.middle()}
		}
		return
	}
	g := m.compose(&m.units[k], s)
	vals := p.values(g)
	for len(m.ranges) <= k {
		m.ranges = append(m.ranges, [2]*big.Rat{vals[0], vals[0]})
	}
	var has [2]bool
	for _, v := range vals {
		if r := &m.ranges[k]; v.Cmp(r[0]) < 0 {
			r[0] = v
		} else if v.Cmp(r[1]) > 0 {
			r[1] = v
		}
		if v.Sign() != 0 {
			has[(v.Sign()+1)/2] = true
		}
	}
	try := func(q hull, on, zero bool) {
		if m.units[k].never[map[bool]int{false: 0, true: 1}[on]] {
			return
		}
		t := &exactState{append(s.on[:k:k], on), append(s.zero[:k:k], zero), append(s.g[:k:k], g)}
		if q, ok := m.join(k+1, q, t); ok {
			m.visit(q, t, found)
		}
	}
	switch {
	case has[0] && has[1]:
		try(p.cut(vals, -1), false, false)
		try(p.cut(vals, 1), true, false)
	case has[1]:
		try(p, true, false)
	default:
		try(p, false, !has[0])
	}
}

func (m *exactModel) compose(u *exactUnit, s *exactState) []*big.Rat {
	g := zeros(len(u.g))
	var t big.Rat
	for j := range g {
		g[j].Set(u.g[j])
		for e, f := range u.from {
			g[j].Add(g[j], t.Mul(u.w[map[bool]int{false: 0, true: 1}[s.on[f]]][e], s.g[f][j]))
		}
	}
	return g
}

// join adds the rows that can be told once the units before k are decided. It
// fails when nothing is left in which these units are strictly on their side.
func (m *exactModel) join(k int, p hull, s *exactState) (hull, bool) {
	for i := range m.rows[k] {
		r := &m.rows[k][i]
		g := zeros(len(m.lo) + 1)
		for j := range g {
			g[j].Set(r.g[j])
		}
		var t big.Rat
		for _, term := range r.terms {
			on := s.on[term.unit]
			switch {
			case term.kind == milp.Z && on:
				g[len(g)-1].Add(g[len(g)-1], term.val)
			case term.kind == milp.H && on:
				for j := range g {
					g[j].Add(g[j], t.Mul(term.val, s.g[term.unit][j]))
				}
			case term.kind == milp.Hbar && !on:
				for j := range g {
					g[j].Sub(g[j], t.Mul(term.val, s.g[term.unit][j]))
				}
			}
		}
		p = p.limit(g, r.lo, 1)
		p = p.limit(g, r.hi, -1)
	}
	return p, len(p.corners) > 0 && m.strict(p, s)
}

// strict reports whether some point of p has every unit decided strictly on
// its side, but for those that were zero when they were decided.
func (m *exactModel) strict(p hull, s *exactState) bool {
	for k := range s.on {
		sign, ok := -1, s.zero[k]
		if s.on[k] {
			sign = 1
		}
		if ok {
			continue
		}
		for _, v := range p.values(s.g[k]) {
			ok = ok || v.Sign() == sign
		}
		if !ok {
			return false
		}
	}
	return true
}

// integral reports whether the cell has such a point with the integer
// variables from number n on at integer values.
func (m *exactModel) integral(p hull, s *exactState, n int) bool {
	if len(p.corners) == 0 || !m.strict(p, s) {
		return false
	}
	if n == len(m.integer) {
		return true
	}
	j := m.integer[n]
	lo, _ := m.lo[j].Float64()
	hi, _ := m.hi[j].Float64()
	for v := math.Ceil(lo); v <= hi; v++ {
		g := zeros(len(m.lo) + 1)
		g[j].SetInt64(1)
		q := p.limit(g, rat(v), 1)
		q = q.limit(g, rat(v), -1)
		if m.integral(q, s, n+1) {
			return true
		}
	}
	return false
}

func (m *exactModel) pattern(on []bool) string {
	var b strings.Builder
	for k, v := range on {
		if k > 0 && m.units[k].layer != m.units[k-1].layer {
			b.WriteByte('/')
		}
		b.WriteByte(map[bool]byte{false: '0', true: '1'}[v])
	}
	return b.String()
}
