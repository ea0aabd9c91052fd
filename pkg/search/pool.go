package search

import (
	"container/heap"
	"sync"
	"sync/atomic"
)

// Pool hands work from workers that have some to workers that have none.
type Pool[T any] struct {
	mu     sync.Mutex
	cond   *sync.Cond
	queue  queue[T]
	busy   int
	hungry atomic.Int32
	ready  atomic.Int32 // length of the queue
}

// queue is a heap by weight, the heaviest first and of those the oldest.
type queue[T any] struct {
	items []queued[T]
	put   int // how many came until now
}

type queued[T any] struct {
	v      T
	weight float64
	number int
}

func (q *queue[T]) Len() int { return len(q.items) }

func (q *queue[T]) Less(i, j int) bool {
	a, b := &q.items[i], &q.items[j]
	return a.weight > b.weight || a.weight == b.weight && a.number < b.number
}

func (q *queue[T]) Swap(i, j int) { q.items[i], q.items[j] = q.items[j], q.items[i] }

func (q *queue[T]) Push(v any) { q.items = append(q.items, v.(queued[T])) }

func (q *queue[T]) Pop() any {
	n := len(q.items) - 1
	v := q.items[n]
	q.items[n] = queued[T]{}
	q.items = q.items[:n]
	return v
}

// NewPool returns an empty pool.
func NewPool[T any]() *Pool[T] {
	p := &Pool[T]{}
	p.cond = sync.NewCond(&p.mu)
	return p
}

// Wanted reports whether somebody waits for work.
func (p *Pool[T]) Wanted() bool { return p.hungry.Load() > p.ready.Load() }

// Put offers work. What weighs most is done first.
func (p *Pool[T]) Put(v T, weight float64) {
	p.mu.Lock()
	heap.Push(&p.queue, queued[T]{v, weight, p.queue.put})
	p.queue.put++
	p.ready.Add(1)
	p.cond.Signal()
	p.mu.Unlock()
}

// next returns some work, or false when all is done. The caller counts as busy
// from then on, until its next call.
func (p *Pool[T]) next(first bool) (v T, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !first {
		p.busy--
	}
	p.hungry.Add(1)
	defer p.hungry.Add(-1)
	for p.queue.Len() == 0 {
		if p.busy == 0 {
			p.cond.Broadcast()
			return v, false
		}
		p.cond.Wait()
	}
	v = heap.Pop(&p.queue).(queued[T]).v
	p.ready.Add(-1)
	p.busy++
	return v, true
}

// Work lets n workers empty the pool; run(i, v) is worker i doing a piece of
// work, false when it was ended early. What nobody has begun when halt says so
// is left over. done tells that nothing was ended early or left.
func (p *Pool[T]) Work(n int, halt func() bool, run func(i int, v T) bool) (left []T, done bool) {
	var cut atomic.Bool
	var wg sync.WaitGroup
	var mu sync.Mutex // of left
	for i := range n {
		wg.Go(func() {
			for v, ok := p.next(true); ok; v, ok = p.next(false) {
				if halt() {
					mu.Lock()
					left = append(left, v)
					mu.Unlock()
				} else if !run(i, v) {
					cut.Store(true)
				}
			}
		})
	}
	wg.Wait()
	return left, len(left) == 0 && !cut.Load()
}
