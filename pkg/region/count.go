package region

import (
	"context"
	"fmt"
	"math"
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
	// Witness asks Trial for a point of the last region it found.
	Witness bool
	// Each, if set, receives every region that Count finds. Calls do not
	// overlap. An error ends the count and is returned.
	Each func(record.Witness) error
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
// and there may be more.
type Counted struct {
	Regions  int64
	Complete bool
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
	var e Effort
	var done bool
	if o.Oracle != "highs" && s.filterable() {
		e, done = s.countFiltered(ctx, o, t, halt)
	} else {
		e, done = s.countWalk(ctx, o, t, halt)
	}
	n := t.n.Load()
	if o.Max > 0 {
		n = min(n, o.Max)
	}
	return Counted{Regions: n, Complete: done && e.Unclear == 0, Effort: e}, t.err
}

func (s *Space) countWalk(ctx context.Context, o Options, t *tally, halt func() bool) (Effort, bool) {
	p := newPool[frame]()
	fresh := func() *walk {
		w := newWalk(ctx, s, s.everything(t, o), o.Margin)
		w.halt = halt
		if o.Workers > 1 {
			w.share = func(w *walk) {
				if len(w.frames) > 1 && p.wanted() {
					p.put(w.give())
				}
			}
		}
		return w
	}
	first := fresh()
	root, ok := first.root()
	if !ok {
		return first.effort(), true
	}
	p.put(root)
	return p.work(o.Workers, halt, func(i int) (func(frame) bool, func() Effort) {
		w := first
		if i > 0 {
			w = fresh()
		}
		return w.run, w.effort
	})
}

func (s *Space) countFiltered(ctx context.Context, o Options, t *tally, halt func() bool) (Effort, bool) {
	p := newPool[*node]()
	fresh := func() *filtered {
		f := s.newFiltered(ctx, t, o)
		f.halt = halt
		if o.Workers > 1 {
			f.share = func(f *filtered) {
				if len(f.stack) > 1 && p.wanted() {
					p.put(f.stack[0])
					f.stack = append(f.stack[:0], f.stack[1:]...)
				}
			}
		}
		return f
	}
	first := fresh()
	p.put(first.top())
	return p.work(o.Workers, halt, func(i int) (func(*node) bool, func() Effort) {
		f := first
		if i > 0 {
			f = fresh()
		}
		return f.run, f.effort
	})
}
