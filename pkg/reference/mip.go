package reference

import (
	"context"
	"maps"
	"math"
	"slices"

	"relucount/pkg/affine"
	"relucount/pkg/highs"
	"relucount/pkg/milp"
	"relucount/pkg/record"
	"relucount/pkg/search"
	"relucount/pkg/tighten"
)

// MIPMargin is the least margin that branch and bound can tell from its
// tolerance: regions thinner than that are out of its reach.
const MIPMargin = 10 * highs.MIPTolerance

// MIP is the engine that leaves the search to HiGHS's branch and bound on the
// rows of the milp. It has one worker. Descents are those of LP.
//
// Strictness is a row for each unstable unit, h >= m z, so that an active unit
// is positive by m. In the first layer of an unedited milp over a box
// hbar >= m (1 - z) is added, as a unit that varies is zero on no cell there.
// Other units may be zero on a cell, so patterns that the program offers can
// have cells without interior; each is verified with a walk down its own
// pattern.
type MIP struct{ LP }

// Search finds the regions that a guide wants.
func (e MIP) Search(ctx context.Context, g search.Guide, b *search.Bounds, _ search.Options) (search.Effort, bool) {
	b.AllOpen()
	m := e.program(ctx)
	defer m.check.close()
	if !m.fix(g.Prefix()) {
		return search.Effort{}, true
	}
	rows := 0
	add := func() (more bool) {
		for ; rows < len(g.Rows()); rows++ {
			m.parityRow(g.Rows()[rows])
			more = true
		}
		return more
	}
	add()
	for {
		switch m.next() {
		case highs.Infeasible:
			return m.effort(), true
		case highs.Optimal:
		default:
			return m.effort(), false
		}
		var goOn bool
		if g.Each() {
			goOn = g.Found(m.follow.leaf)
		} else {
			goOn = g.Counted(1)
		}
		if !goOn {
			return m.effort(), false
		}
		if !add() && !m.exclude() { // new rows exclude the pattern, too
			return m.effort(), true
		}
	}
}

// mipSearch is a search by branch and bound.
type mipSearch struct {
	m      *Model
	ctx    context.Context
	prog   *highs.Program
	check  *walk
	follow *follow
	search.Effort
}

// follow is the guide to one pattern.
type follow struct {
	search.Below             // the pattern
	leaf         search.Leaf // its region, if there is one
}

func (f *follow) Each() bool { return true }

func (f *follow) Found(l search.Leaf) bool {
	f.leaf = l
	return false
}

func (e MIP) program(ctx context.Context) *mipSearch {
	f := &follow{Below: make([]bool, len(e.p.Units))}
	m := &mipSearch{m: e.Model, ctx: ctx, prog: tighten.Program(e.p), follow: f, check: newWalk(e.Model, f, e.Margin)}
	m.check.attend(ctx, nil)
	for k := range e.p.Units {
		u := &e.p.Units[k]
		if u.Z == nil {
			continue
		}
		strict := math.Max(e.Margin, MIPMargin) * (u.Upper - u.Lower) / 2
		m.prog.AddRow(0, math.Inf(1), []int{u.H, *u.Z}, []float64{1, -strict})
		if e.varies(u) {
			m.prog.AddRow(strict, math.Inf(1), []int{u.Hbar, *u.Z}, []float64{1, strict})
		}
	}
	return m
}

// varies reports whether a unit is certainly zero on no cell: it is of the
// first layer, and the domain is a box in which some input varies that it takes.
func (m *Model) varies(u *milp.Unit) bool {
	if u.Layer > 1 || m.edited || len(m.net.Rows) > 0 {
		return false
	}
	r := &m.p.Rows[u.Pre]
	for e, j := range r.Idx {
		if c := m.p.Cols[j]; c.Kind == milp.Input && r.Val[e] != 0 && float64(c.Lo) < float64(c.Hi) {
			return true
		}
	}
	return false
}

// parityRow adds a parity constraint as  sum z - 2y = odd  with y integer.
func (m *mipSearch) parityRow(r record.ParityRow) {
	odd := 0.0
	if r.Odd {
		odd = 1
	}
	var idx []int
	var val []float64
	odds := map[int]bool{} // a unit named twice cancels
	for _, u := range r.Units {
		odds[u] = !odds[u]
	}
	for _, u := range slices.Sorted(maps.Keys(odds)) {
		if !odds[u] {
			continue
		}
		switch pu := &m.m.p.Units[u]; {
		case pu.Z != nil:
			idx, val = append(idx, *pu.Z), append(val, 1)
		case m.m.net.Units[u].Only == affine.Active:
			odd = 1 - odd
		}
	}
	y := m.prog.AddColumn(0, math.Floor(float64(len(idx)+1)/2), 0, true)
	m.prog.AddRow(odd, odd, append(idx, y), append(val, -2))
}

// exclude adds a row that the pattern found last violates. It returns false
// when there is no other pattern.
func (m *mipSearch) exclude() bool {
	var idx []int
	var val []float64
	ones := 0.0
	for k, on := range m.follow.Below {
		if z := m.m.p.Units[k].Z; z != nil {
			v := 1.0
			if on {
				v = -1
				ones++
			}
			idx, val = append(idx, *z), append(val, v)
		}
	}
	m.prog.AddRow(1-ones, math.Inf(1), idx, val)
	return len(idx) > 0
}

// next finds a region of the program. The states are Optimal (found: follow
// has its pattern and leaf), Infeasible (there is none) and Limit or Unknown.
func (m *mipSearch) next() highs.Status {
	for {
		if m.ctx.Err() != nil {
			return highs.Limit
		}
		r := m.solve(highs.Options{FirstSolution: true})
		if r.Err != nil {
			m.Err = r.Err
			return highs.Unknown
		}
		if r.X == nil && r.Status != highs.Limit && m.ctx.Err() == nil {
			// presolve's "infeasible" is believed when there is no other
			// opinion, "unknown" never
			if second := m.solve(highs.Options{FirstSolution: true, NoPresolve: true}); second.Status != highs.Unknown {
				r = second
			}
		}
		if r.X == nil {
			if r.Status != highs.Infeasible && r.Status != highs.Limit {
				m.Unclear++
				return highs.Unknown
			}
			return r.Status
		}
		for k := range m.follow.Below {
			u := &m.m.p.Units[k]
			m.follow.Below[k] = m.m.net.Units[k].Only == affine.Active
			if u.Z != nil {
				m.follow.Below[k] = r.X[*u.Z] > 0.5
			}
		}
		if m.verify(r.X) {
			return highs.Optimal
		}
		if m.ctx.Err() != nil { // the walk may have been ended by that
			return highs.Limit
		}
		if !m.exclude() {
			return highs.Infeasible
		}
	}
}

func (m *mipSearch) solve(o highs.Options) highs.Result {
	r := m.prog.Solve(m.ctx, o)
	m.MIPs++
	m.Nodes += r.Nodes
	m.Pivots += r.Pivots
	return r
}

// verify decides whether the pattern that is followed is that of a region,
// starting from the point that the program gave.
func (m *mipSearch) verify(x []float64) bool {
	root, ok := m.check.root()
	if !ok {
		return false
	}
	n := m.m.net
	n.Coordinates(x, root.at)
	for j, at := range m.m.extra {
		root.at[at] = x[j]
	}
	if m.m.base > 0 {
		n.Root.Of(root.at, root.at[m.m.base:])
	}
	m.follow.leaf = nil
	m.check.run(root)
	return m.follow.leaf != nil
}

func (m *mipSearch) effort() search.Effort {
	e := m.Effort
	e.Add(m.check.effort())
	return e
}

// fix gives the leading units their states. It returns false when a unit
// cannot take its state whatever the input.
func (m *mipSearch) fix(prefix []bool) bool {
	for k, on := range prefix {
		if !m.m.net.Units[k].Only.Has(on) {
			return false
		}
		if z := m.m.p.Units[k].Z; z != nil {
			v := 0.0
			if on {
				v = 1
			}
			m.prog.ColLo[*z], m.prog.ColHi[*z] = v, v
		}
	}
	return true
}
