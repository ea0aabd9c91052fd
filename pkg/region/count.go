package region

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"sync"
	"sync/atomic"

	"relucount/pkg/parity"
	"relucount/pkg/record"
)

// DefaultMargin is the margin of strictness in scaled base coordinates.
const DefaultMargin = 1e-9

// Options of a question.
type Options struct {
	Engine  string  // "tree" or "mip"
	Oracle  string  // of the tree: "filtered", or "highs" for all decisions by HiGHS
	Margin  float64 // a region must have a point this far from its hyperplanes
	Workers int     // for Count with the tree engine; at least 1
	Max     int64   // for Count: stop after so many regions; 0: never
	// Prefix has the states of the leading units: Count takes only regions
	// whose pattern starts so. Empty: all regions.
	Prefix []bool
	// Rows are parity rows: Count takes only regions whose pattern satisfies
	// all of them.
	Rows []record.ParityRow
	// Bound, if set, bounds the regions of a cell from above. Both slices have
	// an entry for each unit: whether it may still be active and inactive, as
	// far as is known, and, if not, whether it is active. Calls do not overlap.
	Bound func(on, open []bool) *big.Int
	// Witness asks Trial for a point of the last region it found.
	Witness bool
	// Each, if set, receives every region that Count finds. Calls do not
	// overlap. An error ends the count and is returned.
	Each   func(record.Witness) error
	quick  int64 // nodes before anything is bounded; 0: quickNodes
	leaves int32 // open cells of best first; 0: as many as there is room for
	// Progress, if set, is called with the regions so far, often.
	Progress func(regions int64)
}

// Reach is the margin that the engine can keep: regions that reach less far
// beyond one of their hyperplanes are not seen.
func (o Options) Reach() float64 {
	if o.Engine == "mip" {
		return math.Max(o.Margin, mipMargin)
	}
	return o.Margin
}

// Counted is the answer of Count. When it is not Complete, Regions were found
// and there may be more: at least Lower and at most Upper in all, which are nil
// without Options.Bound or under parity rows.
type Counted struct {
	Regions      int64
	Complete     bool
	Lower, Upper *big.Int
	Effort
}

// Count enumerates the regions. It ends early, without an error, when ctx
// ends.
func (s *Space) Count(ctx context.Context, o Options) (Counted, error) {
	if len(o.Prefix) > len(s.units) {
		return Counted{}, fmt.Errorf("the prefix has %d states for %d units", len(o.Prefix), len(s.units))
	}
	if err := s.checkRows(o.Rows); err != nil {
		return Counted{}, err
	}
	if o.Engine == "mip" {
		return s.countMIP(ctx, o)
	}
	t := &tally{max: o.Max, each: o.Each, progress: o.Progress}
	return s.countTree(ctx, o, t)
}

// tally collects the regions that the workers find.
type tally struct {
	n        atomic.Int64
	max      int64
	each     func(record.Witness) error
	progress func(int64)
	mu       sync.Mutex
	err      error
	full     atomic.Bool // max reached, or err set
}

// found notes a region and reports whether to go on.
func (t *tally) found(w *walk, v []float64) bool {
	n := t.n.Add(1)
	if t.max > 0 && n > t.max {
		t.n.Add(-1)
		return false
	}
	if t.each != nil {
		wit := record.Witness{Pattern: w.pattern(), X: w.centre(v)}
		t.mu.Lock()
		if t.err == nil {
			t.err = t.each(wit)
		}
		if t.err != nil {
			t.full.Store(true)
		}
		t.mu.Unlock()
	}
	if t.progress != nil {
		t.progress(n)
	}
	if t.max > 0 && n >= t.max {
		t.full.Store(true)
	}
	return !t.full.Load()
}

// everything is the guide of a count: all states, all leaves below a prefix
// that satisfy the parity rows.
type everything struct {
	t      *tally
	prefix []bool
	sys    *parity.System
	pat    *parity.Pattern
}

func (s *Space) everything(t *tally, o Options) *everything {
	e := &everything{t, o.Prefix, parity.NewSystem(len(s.units)), parity.NewPattern(len(s.units))}
	for _, r := range o.Rows {
		e.sys.Add(r) // the units' range has been checked
	}
	return e
}

func (e *everything) allow(k int) side {
	if !e.sys.Consistent() {
		return 0
	}
	return allowed(e.prefix, k) & implied(e.sys, e.pat, k)
}

// implied returns the states that parity leaves to unit k, given those before it.
func implied(sys *parity.System, pat *parity.Pattern, k int) side {
	if on, ok := sys.Implied(k, pat); ok {
		return sideOf(on)
	}
	return both
}

func (e *everything) set(k int, on bool) { e.pat.Set(k, on) }

func (e *everything) leaf(w *walk, v []float64) int {
	if !e.t.found(w, v) {
		return -1
	}
	return len(w.state)
}

// add notes n regions, of which nothing else is known, and reports whether to
// go on. It may note more than the maximum.
func (t *tally) add(n int64) bool {
	n = t.n.Add(n)
	if t.max > 0 && n >= t.max {
		t.full.Store(true)
		n = t.max
	}
	if t.progress != nil {
		t.progress(n)
	}
	return !t.full.Load()
}

func (s *Space) countTree(ctx context.Context, o Options, t *tally) (Counted, error) {
	halt := func() bool { return ctx.Err() != nil || t.full.Load() }
	b := s.books(o)
	var e Effort
	var done bool
	if o.Oracle != "highs" && s.filterable() {
		e, done = s.countFiltered(ctx, o, t, b, halt)
	} else {
		e, done = s.countWalk(ctx, o, t, b, halt)
	}
	n := t.n.Load()
	lower, upper := b.close(n, done, e)
	if o.Max > 0 {
		n = min(n, o.Max)
	}
	return Counted{n, done && e.Unclear == 0, lower, upper, e}, t.err
}

func (s *Space) countFiltered(ctx context.Context, o Options, t *tally, b *books, halt func() bool) (Effort, bool) {
	h := &hunt{books: b, s: s, o: &o, halt: halt}
	for range o.Workers {
		f := s.newFiltered(ctx, t, o)
		f.halt = halt
		h.workers = append(h.workers, f)
	}
	done := h.count(ctx, h.workers[0].top())
	var e Effort
	for _, f := range h.workers {
		e.add(f.effort())
	}
	return e, done
}

func (s *Space) countWalk(ctx context.Context, o Options, t *tally, b *books, halt func() bool) (e Effort, done bool) {
	p := newPool[frame]()
	workers := make([]*walk, o.Workers)
	for i := range workers {
		w := newWalk(ctx, s, s.everything(t, o), o.Margin)
		w.halt = halt
		if o.Workers > 1 {
			w.share = func(w *walk) {
				if len(w.frames) > 1 && p.wanted() {
					p.put(w.give(), 0)
				}
			}
		}
		workers[i] = w
	}
	root, ok := workers[0].root()
	if !ok {
		return workers[0].effort(), true
	}
	p.put(root, 0)
	left, done := p.work(o.Workers, halt, func(i int, fr frame) bool {
		w := workers[i]
		if w.run(fr) {
			return true
		}
		b.abandon(w)
		return false
	})
	for _, fr := range left {
		b.frame(fr, fr.prefix)
	}
	for _, w := range workers {
		e.add(w.effort())
		b.root.add(w.leaves)
	}
	return e, done
}
