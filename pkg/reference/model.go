// Package reference has the engines that search with HiGHS alone, to hold the
// tree search against: one solves a linear program for every decision (LP),
// the other leaves the search to HiGHS's branch and bound on the rows of the
// milp (MIP). LP also is the referee of the tree search.
//
// Both take a milp literally. Rows that a user has added over columns of his
// own restrict the domain. Rows over the columns of units then choose among
// the regions of that domain: a region counts when one of the points in its
// (relative) interior satisfies them.
package reference

import (
	"relucount/pkg/affine"
	"relucount/pkg/milp"
)

// Model is what searches over one milp share. It does not change.
//
// Its linear programs have columns for the coordinates of the space, the
// user's own columns, and, where the frame has coordinates of its own, those.
type Model struct {
	net    *affine.Network
	p      *milp.Problem
	bounds affine.Bounds
	edited bool  // whether the milp is another than encode wrote
	layer  []int // of each unit

	lo, hi []float64
	extra  map[int]int // user's column of the milp -> LP column
	base   int         // first LP column of the frame's coordinates
	ties   []lpRow     // tie them to those of the space

	rows    []userRow
	rowsAt  [][]int // rows by the last unit that they mention, +1
	integer bool    // whether the user added integer columns
	foreign int     // rows that are neither of the space nor of units
	// later tells that rows over units, or integer columns, choose among the
	// points of a cell, so that every unit's row must be kept in the LPs, also
	// of those that cannot cut the cell
	later bool
}

// lpRow is lo <= sum val * LP column idx <= hi.
type lpRow struct {
	lo, hi float64
	idx    []int
	val    []float64
}

// userRow is a row of the milp that belongs to no unit.
type userRow struct {
	lpRow            // over LP columns
	units []unitTerm // over h, hbar and z of units
}

type unitTerm struct {
	unit int
	kind string
	val  float64
}

// NewModel returns the model of a checked milp and its network, which has been
// told the same of the bounds of units; they hold in a milp that is not edited.
func NewModel(p *milp.Problem, n *affine.Network, bounds affine.Bounds, edited bool) *Model {
	m := &Model{net: n, p: p, bounds: bounds, edited: edited, extra: map[int]int{}}
	m.lo, m.hi = append(m.lo, n.Lo...), append(m.hi, n.Hi...)
	for l := range n.Layers {
		for range n.Layers[l].Units() {
			m.layer = append(m.layer, l)
		}
	}
	m.ownColumns()
	m.frame()
	m.userRows()
	m.later = m.integer
	for _, rows := range m.rowsAt[1:] {
		m.later = m.later || len(rows) > 0
	}
	return m
}

// Plain reports whether nothing restricts the regions but the domain and the
// guards of the network: no column of the user's and no row over units.
func (m *Model) Plain() bool {
	if m.bounds == affine.Unknown || m.integer || len(m.extra) > 0 || m.foreign > 0 {
		return false
	}
	return m.bounds == affine.Restrict || !m.Chooses()
}

// Chooses reports whether rows or limits over units choose among the regions
// of the domain, so that cells may have none.
func (m *Model) Chooses() bool {
	if len(m.rows) > len(m.rowsAt[0]) || m.integer {
		return true
	}
	for k := range m.net.Units {
		if m.net.Units[k].Loose {
			return true
		}
	}
	return false
}

// ownColumns makes LP columns of the columns that are the user's.
func (m *Model) ownColumns() {
	owner := map[int]bool{}
	for k := range m.p.Units {
		u := &m.p.Units[k]
		owner[u.H], owner[u.Hbar] = true, true
		if u.Z != nil {
			owner[*u.Z] = true
		}
	}
	for j, c := range m.p.Cols {
		if owner[j] || c.Kind == milp.Input {
			continue
		}
		m.extra[j] = len(m.lo)
		m.lo, m.hi = append(m.lo, float64(c.Lo)), append(m.hi, float64(c.Hi))
		m.integer = m.integer || c.Integer
	}
}

// frame makes LP columns of the frame's coordinates.
func (m *Model) frame() {
	f := m.net.Root
	if f.Parent == nil {
		return
	}
	m.base = len(m.lo)
	for i, form := range f.Forms {
		// form . t + offset - y = 0, scaled to a largest entry of 1
		tie := lpRow{lo: -f.Offset[i]}
		top := 0.0
		for j, v := range form {
			if v != 0 {
				tie.idx, tie.val = append(tie.idx, j), append(tie.val, v)
				top = max(top, v, -v)
			}
		}
		if top == 0 {
			top = 1
		}
		tie.idx, tie.val = append(tie.idx, m.base+i), append(tie.val, -1)
		for e := range tie.val {
			tie.val[e] /= top
		}
		tie.lo /= top
		tie.hi = tie.lo
		m.ties = append(m.ties, tie)
		m.lo, m.hi = append(m.lo, -1), append(m.hi, 1)
	}
}

// userRows collects the rows that belong to no unit. Where the bounds of units
// need not hold, the rows and column limits of units may cut too, so they
// count as the user's.
func (m *Model) userRows() {
	type place struct {
		unit int
		kind string
	}
	at := map[int]place{}
	pre := map[int]bool{}
	for k := range m.p.Units {
		u := &m.p.Units[k]
		at[u.H], at[u.Hbar] = place{k, milp.H}, place{k, milp.Hbar}
		if u.Z != nil {
			at[*u.Z] = place{k, milp.Z}
		}
		pre[u.Pre] = true
	}
	m.rowsAt = make([][]int, len(m.p.Units)+1)
	add := func(r *milp.Row) {
		coef := make([]float64, len(m.lo))
		c := m.net.Over(r, coef[:m.net.Dim()])
		last := -1
		var ur userRow
		for e, j := range r.Idx {
			if pl, ok := at[j]; ok {
				ur.units = append(ur.units, unitTerm{pl.unit, pl.kind, r.Val[e]})
				last = max(last, pl.unit)
			} else if !m.net.Has(j) {
				coef[m.extra[j]] += r.Val[e]
			}
		}
		ur.lpRow = sparse(float64(r.Lo)-c, float64(r.Hi)-c, coef)
		m.rowsAt[last+1] = append(m.rowsAt[last+1], len(m.rows))
		m.rows = append(m.rows, ur)
	}
	for _, r := range m.net.Rows {
		m.rowsAt[0] = append(m.rowsAt[0], len(m.rows))
		m.rows = append(m.rows, userRow{lpRow: sparse(r.Lo, r.Hi, r.Coef)})
	}
	own := m.p.UnitRows()
	for i := range m.p.Rows {
		r := &m.p.Rows[i]
		switch {
		case pre[i] || own[i] < 0 && m.net.Within(r):
		case own[i] < 0:
			m.foreign++
			add(r)
		case m.bounds != affine.Hold:
			add(r)
		}
	}
	if m.bounds == affine.Hold {
		return
	}
	for k := range m.p.Units {
		for _, j := range []int{m.p.Units[k].H, m.p.Units[k].Hbar} {
			c := m.p.Cols[j]
			add(&milp.Row{Lo: c.Lo, Hi: c.Hi, Idx: []int{j}, Val: []float64{1}})
		}
	}
}

// sparse is lo <= coef . (LP columns) <= hi.
func sparse(lo, hi float64, coef []float64) lpRow {
	r := lpRow{lo: lo, hi: hi}
	for j, v := range coef {
		if v != 0 {
			r.idx, r.val = append(r.idx, j), append(r.val, v)
		}
	}
	return r
}
