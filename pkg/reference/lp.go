package reference

import (
	"context"
	"math"
	"math/rand/v2"
	"sync/atomic"

	"relucount/pkg/affine"
	"relucount/pkg/search"
)

// LP is the engine that lets HiGHS decide all, a linear program for each
// decision.
type LP struct {
	*Model
	Margin float64
}

// Search finds the regions that a guide wants.
func (e LP) Search(ctx context.Context, g search.Guide, b *search.Bounds, o search.Options) (total search.Effort, done bool) {
	var stop atomic.Bool
	halt := func() bool { return ctx.Err() != nil || stop.Load() }
	p := search.NewPool[frame]()
	workers := make([]*walk, max(1, o.Workers))
	for i := range workers {
		w := newWalk(e.Model, g, e.Margin)
		w.attend(ctx, halt)
		w.lazy = o.Few
		if len(workers) > 1 {
			w.share = func(w *walk) {
				if len(w.frames) > 1 && p.Wanted() {
					p.Put(w.give(), 0)
				}
			}
		}
		workers[i] = w
	}
	defer func() {
		for _, w := range workers {
			w.close()
		}
	}()
	root, ok := workers[0].root()
	if !ok {
		return workers[0].effort(), true
	}
	p.Put(root, 0)
	left, done := p.Work(len(workers), halt, func(i int, fr frame) bool {
		w := workers[i]
		if w.run(fr) {
			return true
		}
		stop.Store(true)
		w.abandon(b)
		return false
	})
	for _, fr := range left {
		fr.enter(b, fr.prefix)
	}
	for _, w := range workers {
		total.Add(w.effort())
		b.AddFound(w.leaves)
	}
	return total, done
}

// abandon enters into the bounds what a walk that was ended early leaves.
func (w *walk) abandon(b *search.Bounds) {
	for _, fr := range w.frames {
		fr.enter(b, w.state)
	}
	if w.halted >= 0 {
		b.AddOpen(w.state[:w.halted])
	}
}

// enter enters a child that nobody will visit, given the states before it.
func (fr *frame) enter(b *search.Bounds, before []affine.State) {
	if fr.unit < 0 {
		b.AddOpen(nil)
		return
	}
	b.AddOpen(append(append([]affine.State{}, before[:fr.unit]...), affine.State{On: fr.on}))
}

// prober makes descents.
type prober struct {
	LP
	prefix []bool
}

// NewProber returns a prober whose method is "uniform": it takes the units in
// order, decides all by HiGHS and counts nothing at once.
func (e LP) NewProber(prefix []bool, _ int) search.Prober { return &prober{e, prefix} }

func (p *prober) Method() string { return "uniform" }

// Pilot has nothing to learn.
func (p *prober) Pilot(context.Context, func(int) *rand.Rand, int) (t search.Tuning, e search.Effort, whole bool) {
	return t, e, true
}

func (p *prober) Use(search.Tuning) {}

func (p *prober) Probe(ctx context.Context, rng *rand.Rand, _ func(search.Region)) search.Probe {
	w := newWalk(p.Model, search.Below(p.prefix), p.Margin)
	defer w.close()
	w.attend(ctx, nil)
	var d search.Probe
	if root, ok := w.root(); ok {
		d.Log2 = w.probe(rng, 0, root.at, root.basis)
	}
	d.Effort, d.Complete = w.effort(), !w.halt()
	return d
}

// Sample looks below a prefix by descents that choose among the feasible
// children of each node alike (Knuth, "Estimating the Efficiency of Backtrack
// Programs", 1975).
func (e LP) Sample(ctx context.Context, prefix []bool, rng *rand.Rand, descents int) search.Sample {
	w := newWalk(e.Model, search.Below(prefix), e.Margin)
	defer w.close()
	w.attend(ctx, nil)
	p := search.Sample{Path: prefix}
	children, states, end := w.fork()
	switch end {
	case dead:
		p.Empty = w.Doubtful+w.Unclear == 0
	case arrived:
		p.Regions = 1
	case forked:
		for range descents {
			w.replay(states, len(states))
			bits := math.Log2(float64(len(children)))
			at, basis, ok := w.enter(children[rng.IntN(len(children))])
			if ok {
				var rest float64
				rest, ok = w.plunge(rng, len(states)+1, at, basis)
				bits += rest
			}
			if ok {
				p.Regions += math.Exp2(bits) / float64(descents)
			}
		}
		p.Split, p.Path = true, affine.States(states)
	}
	p.Effort = w.effort()
	return p
}
