package highs_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"relucount/pkg/highs"
)

// split is a market split problem (Cornuéjols and Dawande, 1998), of which
// branch and bound has no end in sight.
func split() *highs.Program {
	rng := rand.New(rand.NewPCG(41, 1))
	p := &highs.Program{}
	var idx []int
	for range 40 {
		idx = append(idx, p.AddColumn(0, 1, 0, true))
	}
	for range 5 {
		sum := 0.0
		val := make([]float64, len(idx), len(idx)+2)
		for j := range val {
			val[j] = float64(rng.IntN(100))
			sum += val[j]
		}
		over, under := p.AddColumn(0, inf, 1, false), p.AddColumn(0, inf, 1, false)
		half := float64(int(sum / 2))
		p.AddRow(half, half, append(append([]int{}, idx...), over, under), append(val, 1, -1))
	}
	return p
}

// large is an LP of n rows that takes seconds.
func large(n int) *highs.LP {
	rng := rand.New(rand.NewPCG(41, 2))
	lo, hi, cost, idx := make([]float64, n), make([]float64, n), make([]float64, n), make([]int, n)
	for j := range n {
		hi[j], cost[j], idx[j] = inf, -1-rng.Float64(), j
	}
	lp := highs.NewLP(lo, hi, cost)
	val := make([]float64, n)
	for range n {
		for j := range val {
			val[j] = rng.Float64()
		}
		lp.AddRow(-inf, float64(n)*(1+rng.Float64()), idx, val)
	}
	return lp
}

// patience is how late a solve may notice that its context has ended.
const patience = 20 * time.Second

// TestContextEndsProgram: a solve ends when its context does, whichever way
// that comes.
func TestContextEndsProgram(t *testing.T) {
	t.Parallel()
	cancelled, cancel := context.WithCancel(context.Background())
	time.AfterFunc(200*time.Millisecond, cancel)
	late, done := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer done()
	before, end := context.WithCancel(context.Background())
	end()
	for what, ctx := range map[string]context.Context{"cancelled": cancelled, "out of time": late, "ended before": before} {
		start := time.Now()
		r := split().Solve(ctx, highs.Options{})
		if took := time.Since(start); took > patience || r.Status != highs.Limit || r.Err != nil || r.Bound > 0.5 {
			t.Errorf("%s: %+v after %v", what, r, took)
		}
	}
}

// TestContextEndsLP: an LP ends, too, and can be solved to its end afterwards,
// also with another context.
func TestContextEndsLP(t *testing.T) {
	t.Parallel()
	n := 1000
	lp := large(n)
	start := time.Now()
	st, want := lp.Solve()
	whole, pivots := time.Since(start), lp.Pivots
	if st != highs.Optimal || pivots < 100 {
		t.Fatalf("status %v, %d pivots in %v", st, pivots, whole)
	}
	lp = large(n)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	lp.Until(ctx)
	if st, _ := lp.Solve(); st != highs.Limit || lp.Pivots > pivots/2 {
		t.Errorf("ended before: status %v, %d of %d pivots", st, lp.Pivots, pivots)
	}
	lp.Until(context.Background())
	if st, obj := lp.Solve(); st != highs.Optimal || !near(obj, want) {
		t.Errorf("no context: status %v, %v; %v expected", st, obj, want)
	}
	lp = large(n)
	ctx, cancel = context.WithCancel(context.Background())
	defer cancel()
	lp.Until(ctx)
	time.AfterFunc(whole/8, cancel)
	start = time.Now()
	st, _ = lp.Solve()
	if took := time.Since(start); st != highs.Limit && took > whole/4 || took > patience {
		t.Errorf("cancelled after %v of %v: status %v after %v", whole/8, whole, st, took)
	}
}

// TestManyContexts has many solves and ends of contexts at the same time, for
// the race detector. None may answer with what is not so.
func TestManyContexts(t *testing.T) {
	t.Parallel()
	want := knapsack().Solve(context.Background(), highs.Options{}).Objective
	rounds := 30
	if testing.Short() {
		rounds = 5
	}
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(41, uint64(worker)))
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			lp := large(40)
			for range rounds {
				sub, stop := context.WithCancel(ctx)
				time.AfterFunc(time.Duration(rng.IntN(20))*time.Millisecond, stop)
				r := knapsack().Solve(sub, highs.Options{})
				if r.Err != nil || r.Status == highs.Optimal && !near(r.Objective, want) || r.Bound < want-1e-6 {
					t.Errorf("%+v; the optimum is %v", r, want)
				}
				lp.Until(sub)
				lp.Scratch()
				if st, _ := lp.Solve(); st != highs.Optimal && st != highs.Limit {
					t.Errorf("LP: status %v, error %v", st, lp.Err())
				}
				stop()
			}
		})
	}
	wg.Wait()
}
