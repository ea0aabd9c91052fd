package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"relucount/pkg/record"
	"relucount/pkg/region"
)

// probes asks for the probes of a milp.
func (s *solver) probes(n *network, place string) error {
	if s.o.probes == 0 {
		return nil
	}
	first, err := n.space.NewProber(s.o.Options)
	if err != nil {
		return err
	}
	if len(s.o.measure) > 0 {
		if n.measurer, err = s.o.measurer(n.space); err != nil {
			return err
		}
	}
	n.probers = make(chan *region.Prober, s.o.Workers)
	n.probers <- first
	for i := range s.o.part.Of(s.o.probes) {
		s.queue.add(question{1, probeSize, s.guard(place, func(ctx context.Context) error { return s.probe(ctx, n, i) })})
	}
	return nil
}

// measureAll asks for all measures that can be had.
const measureAll = "all"

// measurer returns what measures the regions in which probes end.
func (o *options) measurer(space *region.Space) (*region.Measurer, error) {
	if slices.Contains(o.measure, measureAll) {
		return space.NewMeasurer(space.Able(region.NewMeasures(record.MeasureNames)))
	}
	return space.NewMeasurer(region.NewMeasures(o.measure))
}

// random makes the choices of a descent: what it finds depends on the milp, the seed
// and the number alone.
func (s *solver) random(what, id string, i int) *rand.Rand {
	return rand.New(rand.NewChaCha8(sha256.Sum256(fmt.Appendf(nil, "relucount %s 1\n%q %q %d", what, s.o.seed, id, i))))
}

// pilot is the tuning of a network's probes, once it is known.
type pilot struct {
	lock   sync.Mutex
	tuning region.Tuning
	known  bool
}

// tune tunes a prober, by pilots that are made when the first one asks. Where they are
// cut short, so is the probe, and the next one tries again.
func (t *pilot) tune(ctx context.Context, s *solver, n *network, p *region.Prober) {
	t.lock.Lock()
	defer t.lock.Unlock()
	if !t.known {
		start := time.Now()
		tuning, effort, whole := p.Pilot(ctx, func(i int) *rand.Rand { return s.random("pilot", n.id, i) }, s.o.pilot)
		if !whole {
			return
		}
		t.tuning, t.known = tuning, true
		s.e.Logf("%s: %d pilots: capacity to the power %g, %d LPs, %.1f s", n.name, s.o.pilot, tuning.Capacity, effort.LPs, time.Since(start).Seconds())
	}
	p.Use(t.tuning)
}

// probeSize is about what a probe that waits takes.
const probeSize = 256

// probe makes probe number i. What it finds depends on the milp, the seed and
// the number alone.
func (s *solver) probe(ctx context.Context, n *network, i int) error {
	start := time.Now()
	var p *region.Prober
	select {
	case p = <-n.probers:
	default: // there is at most one for each worker
		var err error
		if p, err = n.space.NewProber(s.o.Options); err != nil {
			return err
		}
	}
	if s.o.pilot > 0 {
		n.pilot.tune(ctx, s, n, p)
	}
	d, of, err := p.Measure(ctx, s.random("probe", n.id, i), n.measurer)
	if err = cmp.Or(err, d.Err); err != nil {
		return err
	}
	method := p.Method()
	n.probers <- p // after a panic it would not be fit for another probe
	if n.measurer != nil && of == nil {
		why := "the descent ended in a cell that is too thin to tell"
		if !d.Complete {
			why = s.why(ctx, d.Effort)
		}
		of = n.measurer.Unknown(why)
	}
	r := record.Probe{
		Head: head(record.KindProbe), Milp: n.id, Probe: i, Of: s.o.probes, Seed: s.o.seed, Log2: d.Log2, Method: method,
		Doubtful: int(d.Doubtful), Margin: n.space.Resolution(s.o.Options), Complete: d.Complete, Measures: of,
		Edited: n.content != "", Content: n.content, Stats: s.stats(start, d.Effort), Prov: s.prov,
	}
	s.e.Logf("%s: probe %d: 2^%.2f, %d LPs, %.1f s", n.name, i, d.Log2, d.LPs, r.Stats.Seconds)
	return s.e.Out.Write(r)
}
