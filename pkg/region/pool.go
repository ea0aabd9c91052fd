package region

import (
	"sync"
	"sync/atomic"
)

// pool hands work from workers that have some to workers that have none.
type pool[T any] struct {
	mu     sync.Mutex
	cond   *sync.Cond
	queue  []T
	busy   int
	hungry atomic.Int32
	ready  atomic.Int32 // length of the queue
}

func newPool[T any]() *pool[T] {
	p := &pool[T]{}
	p.cond = sync.NewCond(&p.mu)
	return p
}

// wanted reports whether somebody waits for work.
func (p *pool[T]) wanted() bool { return p.hungry.Load() > p.ready.Load() }

// put offers work.
func (p *pool[T]) put(v T) {
	p.mu.Lock()
	p.queue = append(p.queue, v)
	p.ready.Add(1)
	p.cond.Signal()
	p.mu.Unlock()
}

// next returns some work, or false when all is done. The caller counts as busy
// from then on, until its next call.
func (p *pool[T]) next(first bool) (v T, ok bool) {
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
			return v, false
		}
		p.cond.Wait()
	}
	v = p.queue[0]
	p.queue = p.queue[1:]
	p.ready.Add(-1)
	p.busy++
	return v, true
}

// work lets n workers empty the pool. Each is made by fresh: what does a piece
// of work, false when it was ended early, and what tells the effort. It
// returns the sum of the efforts and whether nothing was ended early.
func (p *pool[T]) work(n int, halt func() bool, fresh func(i int) (run func(T) bool, effort func() Effort)) (Effort, bool) {
	var cut atomic.Bool
	efforts := make([]Effort, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			run, effort := fresh(i)
			for v, ok := p.next(true); ok; v, ok = p.next(false) {
				if halt() || !run(v) {
					cut.Store(true)
				}
			}
			efforts[i] = effort()
		})
	}
	wg.Wait()
	var sum Effort
	for _, e := range efforts {
		sum.add(e)
	}
	return sum, !cut.Load()
}
