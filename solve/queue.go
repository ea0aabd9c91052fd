package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"relucount/pkg/record"
)

// question is what a record asks, for a number of workers at once.
type question struct {
	workers int
	size    int // bytes that it holds while it waits, about
	answer  func(context.Context) error
}

// mostWaiting is how many bytes of questions may wait; then adding waits, too.
const mostWaiting = 64 << 20

// queue answers questions in the background, in order, so that reading does
// not wait for answers: what passes through is passed on at once.
type queue struct {
	ctx     context.Context
	cancel  context.CancelFunc
	workers int
	limit   time.Duration // for each question; 0: none

	mu      sync.Mutex
	cond    *sync.Cond
	waiting []question
	bytes   int
	free    int // workers
	closed  bool
	err     error // the first failure
	wg      sync.WaitGroup
}

func newQueue(ctx context.Context, workers int, limit time.Duration) *queue {
	q := &queue{workers: workers, free: workers, limit: limit}
	q.ctx, q.cancel = context.WithCancel(ctx)
	q.cond = sync.NewCond(&q.mu)
	context.AfterFunc(q.ctx, func() {
		q.mu.Lock() // so that nobody is between looking and waiting
		q.cond.Broadcast()
		q.mu.Unlock()
	})
	q.wg.Add(1)
	go q.serve()
	return q
}

// add appends a question.
func (q *queue) add(a question) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.bytes > 0 && q.bytes+a.size > mostWaiting && !q.stopped() {
		q.cond.Wait()
	}
	q.waiting = append(q.waiting, a)
	q.bytes += a.size
	q.cond.Broadcast()
}

// stopped reports whether no more questions are to be started.
func (q *queue) stopped() bool { return q.err != nil || q.ctx.Err() != nil }

// serve starts the questions as workers become free. Once the context has
// ended, or a question has failed, those that wait are dropped: nothing is known
// about them.
func (q *queue) serve() {
	defer q.wg.Done()
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		for !q.stopped() && (len(q.waiting) == 0 && !q.closed || len(q.waiting) > 0 && q.free < q.waiting[0].workers) {
			q.cond.Wait()
		}
		if q.stopped() || len(q.waiting) == 0 {
			return
		}
		a := q.waiting[0]
		q.waiting = q.waiting[1:]
		q.bytes -= a.size
		q.free -= a.workers
		q.cond.Broadcast()
		q.wg.Add(1)
		go q.run(a)
	}
}

func (q *queue) run(a question) {
	defer q.wg.Done()
	ctx := q.ctx
	if q.limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, q.limit)
		defer cancel()
	}
	if err := a.answer(ctx); err != nil {
		q.fail(err)
	}
	q.mu.Lock()
	q.free += a.workers
	q.cond.Broadcast()
	q.mu.Unlock()
}

// fail lets no further question start. Those that are being answered go on to
// their end, unless their answers cannot be written any more.
func (q *queue) fail(err error) {
	q.mu.Lock()
	if q.err == nil {
		q.err = err
	}
	q.cond.Broadcast()
	q.mu.Unlock()
	var write *record.WriteError
	if errors.As(err, &write) {
		q.cancel()
	}
}

// failed returns the first failure of an answer.
func (q *queue) failed() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.err
}

// close waits for all answers and returns the first failure.
func (q *queue) close() error {
	q.mu.Lock()
	q.closed = true
	q.cond.Broadcast()
	q.mu.Unlock()
	q.wg.Wait()
	q.cancel()
	return q.failed()
}
