package region

import (
	"context"
	"fmt"

	"relucount/pkg/parity"
	"relucount/pkg/record"
)

// Tried is the answer of Trial: the number of leading parity rows proved
// jointly feasible, and whether the next row is proved to leave nothing.
type Tried struct {
	Rows    int
	Closed  bool
	Witness *record.Witness // a region that satisfies the rows; nil when the domain is empty, or it is not wanted
	Effort
}

// Trial finds the largest feasible prefix of parity rows (MIPBound's inner
// loop: Serra and Ramalingam, AAAI 2020, Algorithm 1). A row that the last
// region found satisfies needs no search. It ends early, without an error,
// when ctx ends.
//
// The tree engine does all of it in one depth-first walk: what the walk has
// excluded under some rows stays excluded under more, so after each row it
// goes on from where it is.
func (s *Space) Trial(ctx context.Context, rows []record.ParityRow, o Options) (Tried, error) {
	n := len(s.units)
	if err := s.checkRows(rows); err != nil {
		return Tried{}, err
	}
	if o.Engine == "mip" {
		return s.trialMIP(ctx, rows, o)
	}
	h := &hash{rows: rows, sys: parity.NewSystem(n), pat: parity.NewPattern(n)}
	var t Tried
	var done bool
	if o.Oracle != "highs" && s.filterable() {
		f := s.newFiltered(ctx, &tally{}, o)
		f.hash, f.plain = h, false
		done = f.run(f.top())
		if h.last != nil && o.Witness {
			w, at := f.locate(h.last, h.at)
			t.Witness = &record.Witness{Pattern: w.pattern(), X: w.centre(at)}
		}
		t.Effort = f.effort()
	} else {
		w := newWalk(ctx, s, h, o.Margin)
		w.lazy = true
		root, ok := w.root()
		done = !ok || w.run(root)
		if h.last != nil && o.Witness {
			w.replay(h.last, -1, nil)
			t.Witness = &record.Witness{Pattern: w.pattern(), X: w.centre(h.at)}
		}
		t.Effort = w.effort()
	}
	t.Rows = h.r
	t.Closed = h.r < len(rows) && (done || h.dead) && t.Unclear == 0
	return t, nil
}

// checkRows reports units that there are not.
func (s *Space) checkRows(rows []record.ParityRow) error {
	for i, r := range rows {
		for _, u := range r.Units {
			if u < 0 || u >= len(s.units) {
				return fmt.Errorf("rows[%d].units: %d out of range (%d units)", i, u, len(s.units))
			}
		}
	}
	return nil
}

// hash is the guide of a trial: states that the parity rows in force allow,
// and one more row in force whenever a leaf has been found.
type hash struct {
	rows    []record.ParityRow
	r       int // rows that the last leaf satisfies
	sys     *parity.System
	pat     *parity.Pattern
	pending bool       // whether row r is in force
	dead    bool       // whether the rows in force contradict each other
	last    []decision // states at the last leaf
	at      []float64  // its point
}

// inForce returns the rows that a region must satisfy to be of use.
func (h *hash) inForce() []record.ParityRow {
	if h.pending {
		return h.rows[:h.r+1]
	}
	return h.rows[:h.r]
}

func (h *hash) allow(k int) side { return implied(h.sys, h.pat, k) }

func (h *hash) set(k int, on bool) { h.pat.Set(k, on) }

func (h *hash) leaf(w *walk, v []float64) int {
	if !h.found(w.state, v) {
		return -1
	}
	return h.sys.FirstViolated(h.pat)
}

// found takes note of a region that satisfies the rows in force, and puts the
// next one in force that it does not satisfy. It returns false when there is
// none, or the rows contradict each other.
func (h *hash) found(states []decision, at []float64) bool {
	if h.pending {
		h.r++
		h.pending = false
	}
	for h.r < len(h.rows) {
		row := h.rows[h.r]
		effect, _ := h.sys.Add(row) // the units' range has been checked
		if !parity.Satisfies(row, func(u int) bool { return states[u].on }) {
			h.pending = effect != parity.Inconsistent
			h.dead = !h.pending
			break
		}
		h.r++
	}
	h.last, h.at = append(h.last[:0], states...), append(h.at[:0], at...) // there is a unit, if no coordinate
	return h.pending
}
