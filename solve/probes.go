package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
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
	n.probers = make(chan *region.Prober, s.o.Workers)
	n.probers <- first
	for i := range s.o.part.Of(s.o.probes) {
		s.queue.add(question{1, probeSize, s.guard(place, func(ctx context.Context) error { return s.probe(ctx, n, i) })})
	}
	return nil
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
	key := sha256.Sum256(fmt.Appendf(nil, "relucount probe 1\n%q %q %d", s.o.seed, n.id, i))
	d := p.Probe(ctx, rand.New(rand.NewChaCha8(key)))
	if d.Err != nil {
		return d.Err
	}
	n.probers <- p // after a panic it would not be fit for another probe
	r := record.Probe{
		Head: head(record.KindProbe), Milp: n.id, Probe: i, Of: s.o.probes, Seed: s.o.seed, Log2: d.Log2, Method: p.Method(),
		Doubtful: int(d.Doubtful), Margin: n.space.Resolution(s.o.Options), Complete: d.Complete,
		Edited: n.content != "", Content: n.content, Stats: s.stats(start, d.Effort), Prov: s.prov,
	}
	s.e.Logf("%s: probe %d: 2^%.2f, %d LPs, %.1f s", n.name, i, d.Log2, d.LPs, r.Stats.Seconds)
	return s.e.Out.Write(r)
}
