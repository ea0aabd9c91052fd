package search

import (
	"context"
	"math/big"
	"sync"
	"sync/atomic"
	"time"
)

// countSearch is a search for all regions by a number of workers.
type countSearch struct {
	*Bounds
	t       *Tree
	o       Options
	halt    func() bool
	workers []*worker
	mu      sync.Mutex
	left    []*node // that are open
}

// count visits everything below the node: first depth first, for a while. What
// is left then is divided best first, the cell with the largest bound before
// all others, as long as there is room for more open cells, so that the sum of
// the bounds falls soon. Then the cells are counted one after the other, the
// largest first, each depth first. If there is a deadline and half of the time
// has gone, it does not look as if the count would come to its end: then the
// cells that are left are surveyed, before more of them are counted.
//
// It returns false when it was ended early; the bounds have what was open then.
func (s *countSearch) count(ctx context.Context, top *node) bool {
	start := time.Now()
	deadline, limited := ctx.Deadline()
	half := start.Add(deadline.Sub(start) / 2)
	quick, soon := s.o.Quick, time.Time{}
	if quick == 0 {
		quick, soon = quickNodes, start.Add(quickTime)
		if limited && half.Before(soon) {
			soon = half
		}
	}
	top.bound = &s.root
	s.left = []*node{top}
	done := s.Active() && s.depthFirst(func(w *worker) bool { return w.Nodes >= quick && time.Now().After(soon) })
	if s.Active() && !done && !s.halt() {
		done = s.bestFirst()
		if limited && !done && !s.halt() {
			done = s.depthFirst(func(*worker) bool { return time.Now().After(half) })
			if !done && !s.halt() {
				s.survey()
			}
		}
	}
	if !done && !s.halt() {
		done = s.depthFirst(nil)
	}
	for _, nd := range s.left {
		s.addOpen(nd)
	}
	return done
}

// leftover notes what a worker that was ended early leaves.
func (s *countSearch) leftover(w *worker) {
	s.mu.Lock()
	s.left = append(s.left, w.stack...)
	s.mu.Unlock()
	w.stack = w.stack[:0]
}

// depthFirst visits what is below the nodes that are left, until a worker
// finds that it is time to pause. It returns false when it was ended early.
func (s *countSearch) depthFirst(pause func(w *worker) bool) bool {
	p := NewPool[*node]()
	var paused atomic.Bool
	for _, w := range s.workers {
		w.pause = nil
		if pause != nil {
			w.pause = func(w *worker) bool {
				if pause(w) {
					paused.Store(true)
				}
				return paused.Load()
			}
		}
		if len(s.workers) > 1 {
			w.share = func(w *worker) {
				if len(w.stack) > 1 && p.Wanted() {
					p.Put(w.stack[0], 0)
					w.stack = append(w.stack[:0], w.stack[1:]...)
				}
			}
		}
	}
	return s.work(p, func() bool { return s.halt() || paused.Load() }, func(w *worker, nd *node) bool { return w.run(nd) })
}

// bestFirst divides the nodes that are left, until there are too many. It
// returns false when it was ended early or there are.
func (s *countSearch) bestFirst() bool {
	p := NewPool[*node]()
	most := s.o.Leaves
	if most == 0 {
		most = s.t.leaves()
	}
	var bytes atomic.Int64 // of the open cells
	for _, nd := range s.left {
		bytes.Add(int64(nd.Bytes()))
	}
	return s.work(p, func() bool { return s.halt() || p.ready.Load() >= most || bytes.Load() > leafBytes }, func(w *worker, nd *node) bool {
		bytes.Add(-int64(nd.Bytes()))
		w.stack = append(w.stack[:0], nd)
		if nd.ripe {
			w.pop()
			w.split(nd)
		}
		for len(w.stack) > 0 {
			c := w.pop()
			open, ok := w.ripen(c)
			if !ok {
				return false
			}
			if open {
				s.track(c)
				bytes.Add(int64(c.Bytes()))
				p.Put(c, c.bound.weight())
			}
		}
		return true
	})
}

// survey divides copies of the cells that are left down to the last layer, and
// bounds what it comes to by the units that cut it there. That takes much less
// time than to count it, and as cells have fewer regions the more layers there
// are to come, much of what is too large in a bound is gone.
func (s *countSearch) survey() {
	s.whole() // from now on bounds are as good as can be
	for _, nd := range s.left {
		s.track(nd)
	}
	p := NewPool[*node]()
	s.work(p, s.halt, func(w *worker, nd *node) bool {
		if most := s.most(nd, w.ws); most.Cmp(nd.bound.most) < 0 {
			nd.bound.most = most
		}
		if most, least, ok := s.surveyed(w, nd); ok {
			nd.bound.most, nd.bound.least = most, least
		}
		s.mu.Lock()
		s.left = append(s.left, nd)
		s.mu.Unlock()
		return true
	})
}

// surveyed bounds the regions of a node by those of its cells at the last
// layer; false when that is no better than what is known, or has ended early.
func (s *countSearch) surveyed(w *worker, nd *node) (most *big.Int, least int64, ok bool) {
	defer func() {
		for _, c := range w.stack {
			w.free(c)
		}
		w.stack = w.stack[:0]
	}()
	most = new(big.Int)
	w.stack = append(w.stack[:0], w.clone(nd))
	for len(w.stack) > 0 {
		if s.halt() || most.Cmp(nd.bound.most) >= 0 {
			return nil, 0, false
		}
		c := w.pop()
		switch w.advance(c) {
		case astray:
			w.free(c)
			continue
		case undecided:
			c.ripe = true
			if !c.Last() {
				w.split(c)
				continue
			}
		}
		most.Add(most, s.most(c, nil)) // to look at pairs would take as long as half the count
		least += s.least(c)
		w.free(c)
	}
	return most, least, true
}

// work lets the workers do what is left, the nodes with the largest bounds
// first.
func (s *countSearch) work(p *Pool[*node], halt func() bool, do func(w *worker, nd *node) bool) bool {
	for _, nd := range s.left {
		p.Put(nd, nd.bound.weight())
	}
	s.left = nil
	left, done := p.Work(len(s.workers), halt, func(i int, nd *node) bool {
		w := s.workers[i]
		if !do(w, nd) {
			s.leftover(w)
			return false
		}
		return true
	})
	s.left = append(s.left, left...)
	return done
}

const (
	// quickNodes is how many nodes a worker visits before anything is bounded,
	// and quickTime for how long it does: many counts have ended by then, and
	// bounds for the whole may take as long.
	quickNodes = 1 << 12
	quickTime  = time.Second / 4
	// mostLeaves and leafBytes limit what best first leaves open: the cells, and,
	// apart from these, the functions that they have.
	mostLeaves = 1 << 12
	leafBytes  = 32 << 20
)

// leaves is how many open cells best first may have: a cell keeps the functions of
// the units of its layer and of those before.
func (t *Tree) leaves() int32 {
	bytes := 16 * (t.net.Root.Dim + 8) * len(t.net.Units)
	return int32(max(16, min(mostLeaves, leafBytes/bytes)))
}
