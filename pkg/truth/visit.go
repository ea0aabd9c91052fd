package truth

import (
	"math"
	"math/big"
	"strings"

	"relucount/pkg/milp"
)

// state is a node of the search.
type state struct {
	on, zero []bool
	g        [][]*big.Rat // affine function of each unit decided
}

// regions returns the regions by pattern, layers separated by a slash.
func (m *Model) Regions() map[string]Region {
	found := map[string]Region{}
	s := &state{}
	if p, ok := m.join(0, m.box(), s); ok {
		m.visit(p, s, found)
	}
	return found
}

func (m *Model) visit(p hull, s *state, found map[string]Region) {
	k := len(s.on)
	if k == len(m.units) {
		if m.integral(p, s, 0) {
			found[m.pattern(s.on)] = Region{append([]bool{}, s.zero...), p.middle(), p, append([]bool{}, s.on...), append([][]*big.Rat{}, s.g...)}
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
		if m.units[k].never[index(on)] {
			return
		}
		t := &state{append(s.on[:k:k], on), append(s.zero[:k:k], zero), append(s.g[:k:k], g)}
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

func (m *Model) compose(u *unit, s *state) []*big.Rat {
	g := zeros(len(u.g))
	var t big.Rat
	for j := range g {
		g[j].Set(u.g[j])
		for e, f := range u.from {
			g[j].Add(g[j], t.Mul(u.w[index(s.on[f])][e], s.g[f][j]))
		}
	}
	return g
}

// join adds the rows that can be told once the units before k are decided. It
// fails when nothing is left in which these units are strictly on their side.
func (m *Model) join(k int, p hull, s *state) (hull, bool) {
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
func (m *Model) strict(p hull, s *state) bool {
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
func (m *Model) integral(p hull, s *state, n int) bool {
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
		q := p.limit(g, Rat(v), 1)
		q = q.limit(g, Rat(v), -1)
		if m.integral(q, s, n+1) {
			return true
		}
	}
	return false
}

func (m *Model) pattern(on []bool) string {
	var b strings.Builder
	for k, v := range on {
		if k > 0 && m.units[k].layer != m.units[k-1].layer {
			b.WriteByte('/')
		}
		b.WriteByte(map[bool]byte{false: '0', true: '1'}[v])
	}
	return b.String()
}
