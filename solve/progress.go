package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"relucount/pkg/cli"
	"relucount/pkg/phrase"
	"relucount/pkg/region"
)

const (
	tick        = time.Second / 2
	estimating  = tick / 40 // of every tick, on estimates of the whole
	fewestSeen  = 16        // descents before an estimate is shown
	clearLine   = "\r\x1b[K"
	maxProgress = 120 // columns
)

// watch shows on the terminal how a count gets on. It returns what takes the
// regions so far, and what ends it.
func (s *solver) watch(ctx context.Context, n *network, name string, o region.Options) (progress func(int64), done func()) {
	var regions atomic.Int64
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		e := &estimate{}
		from := s.estimator(n, name, o)
		rng := rand.New(rand.NewPCG(1, 2))
		start := time.Now()
		for {
			select {
			case <-stop:
				fmt.Fprint(s.e.Err, clearLine)
				return
			case <-time.After(tick):
			}
			if err := cli.Try(name, func() error {
				for begin := time.Now(); from != nil && time.Since(begin) < estimating && ctx.Err() == nil; {
					e.add(math.Exp2(from.Probe(ctx, rng).Log2))
				}
				return nil
			}); err != nil { // of no concern to the count
				s.e.Warnf("%v: no more estimates are shown", err)
				from = nil
			}
			fmt.Fprint(s.e.Err, clearLine+line(name, regions.Load(), time.Since(start), e))
		}
	})
	return regions.Store, func() { close(stop); wg.Wait() }
}

// estimator returns what makes the descents for the estimate, or nil, with the
// reason on stderr, where none can be had.
func (s *solver) estimator(n *network, name string, o region.Options) *region.Prober {
	o.Copies = 1
	from, err := n.space.NewProber(o)
	if err != nil {
		s.e.Logf("%s: no estimate is shown: %v", name, err)
		return nil
	}
	return from
}

// line is what the terminal shows.
func line(name string, regions int64, spent time.Duration, e *estimate) string {
	out := fmt.Sprintf("solve: %s: %s, %.0f a second", name, phrase.Several(int(regions), "region"), float64(regions)/spent.Seconds())
	if all := e.mean; e.n >= fewestSeen && all > float64(regions) {
		out += fmt.Sprintf(", of about %.3g (standard error %.0f %%)", all, 100*e.error()/all)
	}
	return out[:min(len(out), maxProgress)]
}

// estimate is the mean of samples.
type estimate struct {
	n            int
	mean, square float64 // of the samples; the sum of squares about the mean
}

func (e *estimate) add(v float64) {
	e.n++
	d := v - e.mean
	e.mean += d / float64(e.n)
	e.square += d * (v - e.mean)
}

// error is the standard error of the mean.
func (e *estimate) error() float64 {
	return math.Sqrt(e.square / float64(e.n) / float64(max(1, e.n-1)))
}
