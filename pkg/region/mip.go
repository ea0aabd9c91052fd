package region

import (
	"context"
	"maps"
	"math"
	"slices"

	"relucount/pkg/highs"
	"relucount/pkg/parity"
	"relucount/pkg/record"
	"relucount/pkg/tighten"
)

// mipMargin is the least margin that branch and bound can tell from its
// tolerance: regions thinner than that are out of its reach.
const mipMargin = 10 * highs.MIPTolerance

// mip finds regions with HiGHS's branch and bound on the rows of the milp.
//
// Strictness is a row for each unstable unit, h >= m z, so that an active unit
// is positive by m. In the first layer of an unedited milp hbar >= m (1 - z)
// is added, as a unit with weights is zero on no cell there. Deeper units may
// be zero on a cell, so patterns that the program offers can have cells
// without interior; each is verified with a walk down its own pattern.
type mip struct {
	s     *Space
	prog  *highs.Program
	check *walk
	want  []bool // the pattern that check follows
	ok    bool   // whether check has reached its leaf
	at    []float64
	Effort
}

func (s *Space) newMIP(margin float64) *mip {
	m := &mip{s: s, prog: tighten.Program(s.p), want: make([]bool, len(s.units))}
	m.check = newWalk(context.Background(), s, m, margin)
	for k := range s.p.Units {
		u := &s.p.Units[k]
		if u.Z == nil {
			continue
		}
		strict := math.Max(margin, mipMargin) * (u.Upper - u.Lower) / 2
		m.prog.AddRow(0, math.Inf(1), []int{u.H, *u.Z}, []float64{1, -strict})
		if u.Layer == 1 && !s.edited && len(s.p.Rows[u.Pre].Idx) > 2 {
			m.prog.AddRow(strict, math.Inf(1), []int{u.Hbar, *u.Z}, []float64{1, strict})
		}
	}
	return m
}

func (m *mip) allow(k int) side { return sideOf(m.want[k]) }
func (m *mip) set(int, bool)    {}
func (m *mip) leaf(w *walk, v []float64) int {
	m.ok, m.at = true, v
	return -1
}

// parityRow adds a parity constraint as  sum z - 2y = odd  with y integer.
func (m *mip) parityRow(r record.ParityRow) {
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
		switch pu := &m.s.p.Units[u]; {
		case pu.Z != nil:
			idx, val = append(idx, *pu.Z), append(val, 1)
		case m.s.units[u].only == active:
			odd = 1 - odd
		}
	}
	y := m.prog.AddColumn(0, math.Floor(float64(len(idx)+1)/2), 0, true)
	m.prog.AddRow(odd, odd, append(idx, y), append(val, -2))
}

// exclude adds a row that the pattern found last violates. It returns false
// when there is no other pattern.
func (m *mip) exclude() bool {
	var idx []int
	var val []float64
	ones := 0.0
	for k := range m.s.p.Units {
		if z := m.s.p.Units[k].Z; z != nil {
			v := 1.0
			if m.want[k] {
				v = -1
				ones++
			}
			idx, val = append(idx, *z), append(val, v)
		}
	}
	m.prog.AddRow(1-ones, math.Inf(1), idx, val)
	return len(idx) > 0
}

// next finds a region of the program. The states are Optimal (found; the
// pattern is in want and its point in at), Infeasible (there is none) and
// Limit or Unknown.
func (m *mip) next(ctx context.Context) highs.Status {
	for {
		if ctx.Err() != nil {
			return highs.Limit
		}
		r := m.solve(ctx, highs.Options{FirstSolution: true})
		if r.X == nil && r.Status != highs.Limit && ctx.Err() == nil {
			// presolve's "infeasible" is believed when there is no other
			// opinion, "unknown" never
			if second := m.solve(ctx, highs.Options{FirstSolution: true, NoPresolve: true}); second.Status != highs.Unknown {
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
		for k := range m.want {
			u := &m.s.p.Units[k]
			m.want[k] = m.s.units[k].only == active
			if u.Z != nil {
				m.want[k] = r.X[*u.Z] > 0.5
			}
		}
		if m.verify(r.X) {
			return highs.Optimal
		}
		if !m.exclude() {
			return highs.Infeasible
		}
	}
}

func (m *mip) solve(ctx context.Context, o highs.Options) highs.Result {
	r := m.prog.Solve(ctx, o)
	m.MIPs++
	m.Nodes += r.Nodes
	m.Pivots += r.Pivots
	return r
}

// verify decides whether the pattern in want is that of a region, starting
// from the point that the program gave.
func (m *mip) verify(x []float64) bool {
	root, ok := m.check.root()
	if !ok {
		return false
	}
	s := m.s
	for i := range s.inputs {
		if in := &s.inputs[i]; in.at >= 0 {
			root.at[in.at] = (x[in.col] - in.mid) / in.half
		}
	}
	for j, at := range s.extra {
		root.at[at] = x[j]
	}
	for i, r := range s.reach {
		v := s.reach0[i]
		for j, c := range r {
			v += c * root.at[j]
		}
		root.at[s.base+i] = v
	}
	m.ok = false
	m.check.run(root)
	return m.ok
}

func (m *mip) effort() Effort {
	e := m.Effort
	e.add(m.check.effort())
	return e
}

// fix gives the leading units their states. It returns false when a unit
// cannot take its state whatever the input.
func (m *mip) fix(prefix []bool) bool {
	for k, on := range prefix {
		if m.s.units[k].only&sideOf(on) == 0 {
			return false
		}
		if z := m.s.p.Units[k].Z; z != nil {
			v := 0.0
			if on {
				v = 1
			}
			m.prog.ColLo[*z], m.prog.ColHi[*z] = v, v
		}
	}
	return true
}

func (s *Space) countMIP(ctx context.Context, o Options) (Counted, error) {
	m := s.newMIP(o.Margin)
	b := s.books(o)
	b.root.open = true
	if !m.fix(o.Prefix) {
		lower, upper := b.close(0, true, Effort{})
		return Counted{Complete: true, Lower: lower, Upper: upper}, nil
	}
	for _, r := range o.Rows {
		m.parityRow(r)
	}
	t := &tally{max: o.Max, each: o.Each, progress: o.Progress}
	complete := false
	for {
		st := m.next(ctx)
		if st == highs.Infeasible {
			complete = true
		}
		if st != highs.Optimal || !t.found(m.check, m.at) {
			break
		}
		if !m.exclude() {
			complete = true
			break
		}
	}
	e := m.effort()
	n := t.n.Load()
	lower, upper := b.close(n, complete, e)
	return Counted{n, complete && e.Unclear == 0, lower, upper, e}, t.err
}

func (s *Space) trialMIP(ctx context.Context, rows []record.ParityRow, o Options) (Tried, error) {
	var t Tried
	m := s.newMIP(o.Margin)
	for pending := false; ; pending = true {
		st := m.next(ctx)
		if st != highs.Optimal {
			e := m.effort()
			t.Closed, t.Effort = st == highs.Infeasible && t.Rows < len(rows) && e.Unclear == 0, e
			return t, nil
		}
		if o.Witness {
			t.Witness = &record.Witness{Pattern: m.check.pattern(), X: m.check.centre(m.at)}
		}
		on := func(u int) bool { return m.want[u] }
		if pending {
			t.Rows++ // the row added last
		}
		for t.Rows < len(rows) && parity.Satisfies(rows[t.Rows], on) {
			m.parityRow(rows[t.Rows])
			t.Rows++
		}
		if t.Rows == len(rows) {
			t.Effort = m.effort()
			return t, nil
		}
		m.parityRow(rows[t.Rows])
	}
}
