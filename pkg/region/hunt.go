package region

import (
	"context"
	"math/big"
	"sync"
	"sync/atomic"
	"time"
)

// hunt is a count by the filtered search.
type hunt struct {
	*books
	s       *Space
	o       *Options
	halt    func() bool
	workers []*filtered
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
// It returns false when it was ended early; the books have what was open then.
func (h *hunt) count(ctx context.Context, top *node) bool {
	start := time.Now()
	deadline, limited := ctx.Deadline()
	half := start.Add(deadline.Sub(start) / 2)
	quick, soon := h.o.quick, time.Time{}
	if quick == 0 {
		quick, soon = quickNodes, start.Add(quickTime)
		if limited && half.Before(soon) {
			soon = half
		}
	}
	top.acct = &h.root
	h.left = []*node{top}
	done := h.bound != nil && h.depthFirst(func(f *filtered) bool { return f.Nodes >= quick && time.Now().After(soon) })
	if h.bound != nil && !done && !h.halt() {
		done = h.bestFirst()
		if limited && !done && !h.halt() {
			done = h.depthFirst(func(*filtered) bool { return time.Now().After(half) })
			if !done && !h.halt() {
				h.survey()
			}
		}
	}
	if !done && !h.halt() {
		done = h.depthFirst(nil)
	}
	for _, nd := range h.left {
		h.leave(nd)
	}
	return done
}

// leftover notes what a worker that was ended early leaves.
func (h *hunt) leftover(f *filtered) {
	h.mu.Lock()
	h.left = append(h.left, f.stack...)
	h.mu.Unlock()
	f.stack = f.stack[:0]
}

// depthFirst visits what is below the nodes that are left, until a worker
// finds that it is time to pause. It returns false when it was ended early.
func (h *hunt) depthFirst(pause func(f *filtered) bool) bool {
	p := newPool[*node]()
	var paused atomic.Bool
	for _, f := range h.workers {
		f.pause = nil
		if pause != nil {
			f.pause = func(f *filtered) bool {
				if pause(f) {
					paused.Store(true)
				}
				return paused.Load()
			}
		}
		if len(h.workers) > 1 {
			f.share = func(f *filtered) {
				if len(f.stack) > 1 && p.wanted() {
					p.put(f.stack[0], 0)
					f.stack = append(f.stack[:0], f.stack[1:]...)
				}
			}
		}
	}
	return h.work(p, func() bool { return h.halt() || paused.Load() }, func(f *filtered, nd *node) bool { return f.run(nd) })
}

// bestFirst divides the nodes that are left, until there are too many. It
// returns false when it was ended early or there are.
func (h *hunt) bestFirst() bool {
	p := newPool[*node]()
	most := h.o.leaves
	if most == 0 {
		most = h.s.leaves(h.workers[0].layers)
	}
	return h.work(p, func() bool { return h.halt() || p.ready.Load() >= most }, func(f *filtered, nd *node) bool {
		f.stack = append(f.stack[:0], nd)
		if nd.ripe {
			f.pop()
			if !f.split(nd) {
				return false
			}
		}
		for len(f.stack) > 0 {
			c := f.pop()
			open, ok := f.ripen(c)
			if !ok {
				return false
			}
			if open {
				h.seat(c)
				p.put(c, c.acct.weight())
			}
		}
		return true
	})
}

// survey divides copies of the cells that are left down to the last layer, and
// bounds what it comes to by the units that cut it there. That takes much less
// time than to count it, and as cells have fewer regions the more layers there
// are to come, much of what is too large in a bound is gone.
func (h *hunt) survey() {
	for _, nd := range h.left {
		h.seat(nd)
	}
	p := newPool[*node]()
	h.work(p, h.halt, func(f *filtered, nd *node) bool {
		if most, least, ok := h.surveyed(f, nd); ok {
			nd.acct.most, nd.acct.least = most, least
		}
		h.mu.Lock()
		h.left = append(h.left, nd)
		h.mu.Unlock()
		return true
	})
}

// surveyed bounds the regions of a node by those of its cells at the last
// layer; false when that is no better than what is known, or has ended early.
// Doubts are left to the count.
func (h *hunt) surveyed(f *filtered, nd *node) (most *big.Int, least int64, ok bool) {
	judge := f.referee()
	was, wasJudge := f.Effort, judge.Effort
	defer func() {
		for _, c := range f.stack {
			f.free(c)
		}
		f.stack = f.stack[:0]
		ok = ok && f.Unclear == was.Unclear && judge.Unclear == wasJudge.Unclear
		f.Doubtful, f.Unclear = was.Doubtful, was.Unclear
		judge.Doubtful, judge.Unclear = wasJudge.Doubtful, wasJudge.Unclear
	}()
	most = new(big.Int)
	f.stack = append(f.stack[:0], f.clone(nd))
	for len(f.stack) > 0 {
		if h.halt() || most.Cmp(nd.acct.most) >= 0 {
			return nil, 0, false
		}
		c := f.pop()
		if c.facets == nil || !f.thin(c) {
			switch f.advance(c) {
			case astray:
				f.free(c)
				continue
			case undecided:
				c.ripe = true
			}
			if c.st.end < len(c.state) {
				kids, end := f.divide(c)
				if end == stopped {
					return nil, 0, false
				}
				for _, kid := range kids {
					if kid != nil {
						kid.ripe = false
						f.stack = append(f.stack, kid)
					}
				}
				if end != stuck {
					continue
				}
			}
		}
		most.Add(most, h.node(c))
		least += h.least(c)
		if c.st.end == len(c.state) {
			f.release(c)
		} else {
			f.free(c)
		}
	}
	return most, least, true
}

// work lets the workers do what is left, the nodes with the largest bounds
// first.
func (h *hunt) work(p *pool[*node], halt func() bool, do func(f *filtered, nd *node) bool) bool {
	for _, nd := range h.left {
		p.put(nd, nd.acct.weight())
	}
	h.left = nil
	left, done := p.work(len(h.workers), halt, func(i int, nd *node) bool {
		f := h.workers[i]
		if !do(f, nd) {
			h.leftover(f)
			return false
		}
		return true
	})
	h.left = append(h.left, left...)
	return done
}

const (
	// quickNodes is how many nodes a worker visits before anything is bounded,
	// and quickTime for how long it does: many counts have ended by then, and
	// bounds for the whole may take as long.
	quickNodes = 1 << 12
	quickTime  = time.Second / 4
	// mostLeaves and leafBytes limit what best first leaves open.
	mostLeaves = 1 << 12
	leafBytes  = 64 << 20
)

// leaves is how many open cells best first may have: a cell keeps the
// functions of its layer's units, and about as many rows and points again.
func (s *Space) leaves(layers []layer) int32 {
	widest := 0
	for _, l := range layers {
		widest = max(widest, l.end-l.first)
	}
	bytes := 8 * (s.dim + 3) * (3*widest + len(s.units) + 2*s.dim)
	return int32(max(16, min(mostLeaves, leafBytes/bytes)))
}
