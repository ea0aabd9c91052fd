package search_test

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"relucount/pkg/search"
)

func never() bool { return false }

// TestPoolOrder: one worker does the heaviest first, and of those as heavy the
// oldest, also of what comes while it works.
func TestPoolOrder(t *testing.T) {
	t.Parallel()
	p := search.NewPool[string]()
	for _, w := range []struct {
		v      string
		weight float64
	}{{"c", 1}, {"a", 5}, {"d", 1}, {"e", 0}, {"b", 3}} {
		p.Put(w.v, w.weight)
	}
	var got []string
	left, done := p.Work(1, never, func(_ int, v string) bool {
		got = append(got, v)
		if v == "a" {
			p.Put("a2", 4)
			p.Put("f", 0)
		}
		return true
	})
	if want := []string{"a", "a2", "b", "c", "d", "e", "f"}; !slices.Equal(got, want) || !done || len(left) > 0 {
		t.Errorf("%v, done %v, left %v; %v expected", got, done, left, want)
	}
}

// TestPoolHalt: what nobody has begun is left over, and what was ended early is
// not done.
func TestPoolHalt(t *testing.T) {
	t.Parallel()
	for workers := 1; workers <= 4; workers++ {
		p := search.NewPool[int]()
		for v := range 20 {
			p.Put(v, 0)
		}
		var begun atomic.Int64
		left, done := p.Work(workers, func() bool { return begun.Load() >= 5 }, func(int, int) bool {
			begun.Add(1)
			return true
		})
		if n := int(begun.Load()); done || len(left)+n != 20 || n < 5 || n > 5+workers {
			t.Errorf("%d workers: %d begun, %d left, done %v", workers, n, len(left), done)
		}
		left, done = p.Work(workers, never, func(int, int) bool { return true })
		if len(left) > 0 || !done {
			t.Errorf("an empty pool: %v, done %v", left, done)
		}
		p.Put(1, 0)
		if left, done = p.Work(workers, never, func(int, int) bool { return false }); len(left) > 0 || done {
			t.Errorf("work ended early: %v, done %v", left, done)
		}
	}
}

// TestPoolHandsOn: workers that have none get work from one that has, each
// piece is done once, and all have ended when Work returns.
func TestPoolHandsOn(t *testing.T) {
	t.Parallel()
	const pieces = 2000
	for _, workers := range []int{1, 2, 5} {
		p := search.NewPool[[]int]()
		all := make([]int, pieces)
		for i := range all {
			all[i] = i
		}
		p.Put(all, 0)
		var mu sync.Mutex
		times, helped := make([]int, pieces), map[int]bool{}
		var busy atomic.Int64
		left, done := p.Work(workers, never, func(i int, mine []int) bool {
			busy.Add(1)
			defer busy.Add(-1)
			mu.Lock()
			first := len(helped) == 0
			helped[i] = true
			mu.Unlock()
			for first && workers > 1 && !p.Wanted() { // another worker will come
				runtime.Gosched()
			}
			for len(mine) > 0 {
				if len(mine) > 1 && p.Wanted() {
					half := len(mine) / 2
					p.Put(mine[half:], 0)
					mine = mine[:half]
				}
				mu.Lock()
				times[mine[0]]++
				mu.Unlock()
				mine = mine[1:]
			}
			for alone := first && workers > 1; alone; runtime.Gosched() { // until the other has come
				mu.Lock()
				alone = len(helped) < 2
				mu.Unlock()
			}
			return true
		})
		if !done || len(left) > 0 || busy.Load() != 0 {
			t.Errorf("%d workers: done %v, left %v, %d at work", workers, done, left, busy.Load())
		}
		for v, n := range times {
			if n != 1 {
				t.Fatalf("%d workers: piece %d was done %d times", workers, v, n)
			}
		}
		if len(helped) < min(workers, 2) {
			t.Errorf("%d of %d workers got work", len(helped), workers)
		}
	}
	if p := search.NewPool[int](); p.Wanted() {
		t.Error("nobody waits for work")
	}
}
