package region

import (
	"context"
	"math"
	"sync"
	"sync/atomic"

	"relucount/pkg/record"
)

// DefaultMargin is the margin of strictness in scaled base coordinates.
const DefaultMargin = 1e-9

// Options of a question.
type Options struct {
	Engine  string  // "tree" or "mip"
	Margin  float64 // a region must have a point this far from its hyperplanes
	Workers int     // for Count with the tree engine; at least 1
	Max     int64   // for Count: stop after so many regions; 0: never
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

// everything is the guide of a count: all states, all leaves.
type everything struct{ t *tally }

func (everything) allow(int) side { return both }
func (everything) set(int, bool)  {}
func (e everything) leaf(w *walk, v []float64) int {
	if !e.t.found(w, v) {
		return -1
	}
	return len(w.state)
}

// pool hands frames from walks that have some to walks that have none.
type pool struct {
	mu     sync.Mutex
	cond   *sync.Cond
	queue  []frame
	busy   int
	hungry atomic.Int32
}

// next returns a frame to visit, or false when all work is done. The caller
// counts as busy from then on, until its next call.
func (p *pool) next(first bool) (frame, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !first {
		p.busy--
	}
	p.hungry.Add(1)
	defer p.hungry.Add(-1)
	for len(p.queue) == 0 {
		if p.busy == 0 {
			p.cond.Broadcast()
			return frame{}, false
		}
		p.cond.Wait()
	}
	fr := p.queue[0]
	p.queue = p.queue[1:]
	p.busy++
	return fr, true
}

func (p *pool) share(w *walk) {
	if p.hungry.Load() == 0 || len(w.frames) < 2 {
		return
	}
	p.mu.Lock()
	if len(p.queue) < int(p.hungry.Load()) {
		p.queue = append(p.queue, w.give())
		p.cond.Signal()
	}
	p.mu.Unlock()
}

func (s *Space) countTree(ctx context.Context, o Options, t *tally) (Counted, error) {
	p := &pool{}
	p.cond = sync.NewCond(&p.mu)
	halt := func() bool { return ctx.Err() != nil || t.full.Load() }
	fresh := func() *walk {
		w := newWalk(ctx, s, everything{t}, o.Margin)
		w.halt = halt
		return w
	}
	first := fresh()
	root, ok := first.root()
	if !ok {
		e := first.effort()
		return Counted{Complete: e.Unclear == 0, Effort: e}, nil
	}
	p.queue = []frame{root}
	var cut atomic.Bool
	efforts := make([]Effort, o.Workers)
	var wg sync.WaitGroup
	for i := range o.Workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			w := first
			if i > 0 {
				w = fresh()
			}
			if o.Workers > 1 {
				w.share = p.share
			}
			for fr, ok := p.next(true); ok; fr, ok = p.next(false) {
				if halt() || !w.run(fr) {
					cut.Store(true)
				}
			}
			efforts[i] = w.effort()
		}()
	}
	wg.Wait()
	c := Counted{Regions: t.n.Load(), Complete: !cut.Load()}
	for _, e := range efforts {
		c.add(e)
	}
	c.Complete = c.Complete && c.Unclear == 0
	return c, t.err
}
