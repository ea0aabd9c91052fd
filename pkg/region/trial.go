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
	Witness *record.Witness // a region that satisfies the rows; nil when the domain is empty
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
	for i, r := range rows {
		for _, u := range r.Units {
			if u < 0 || u >= n {
				return Tried{}, fmt.Errorf("rows[%d].units: %d out of range (%d units)", i, u, n)
			}
		}
	}
	if o.Engine == "mip" {
		return s.trialMIP(ctx, rows, o)
	}
	h := &hash{rows: rows, sys: parity.NewSystem(n), pat: parity.NewPattern(n)}
	w := newWalk(ctx, s, h, o.Margin)
	w.lazy = true
	done := true
	if root, ok := w.root(); ok {
		done = w.run(root)
	}
	t := Tried{Rows: h.r}
	if h.last != nil {
		w.replay(h.last, -1)
		t.Witness = &record.Witness{Pattern: w.pattern(), X: w.centre(h.at)}
	}
	t.Effort = w.effort()
	t.Closed = h.r < len(rows) && (done || h.dead) && t.Unclear == 0
	return t, nil
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

func (h *hash) allow(k int) side {
	if on, implied := h.sys.Implied(k, h.pat); implied {
		return sideOf(on)
	}
	return both
}

func (h *hash) set(k int, on bool) { h.pat.Set(k, on) }

func (h *hash) leaf(w *walk, v []float64) int {
	if h.pending {
		h.r++
		h.pending = false
	}
	for h.r < len(h.rows) {
		row := h.rows[h.r]
		effect, _ := h.sys.Add(row) // the units' range has been checked
		if !parity.Satisfies(row, func(u int) bool { return w.state[u].on }) {
			h.keep(w, v)
			if effect == parity.Inconsistent {
				h.dead = true
				return -1
			}
			h.pending = true
			return h.sys.FirstViolated(h.pat)
		}
		h.r++
	}
	h.keep(w, v)
	return -1
}

func (h *hash) keep(w *walk, v []float64) {
	h.last, h.at = append(h.last[:0], w.state...), append(h.at[:0], v...) // there is a unit, if no coordinate
}
