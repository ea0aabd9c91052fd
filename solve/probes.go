package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"slices"
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
	asked := func(name string) bool { return slices.Contains(o.measure, name) }
	m := region.Measures{
		Class: asked(record.MeasureClass), Facets: asked(record.MeasureFacets), Radius: asked(record.MeasureRadius),
		Slope: asked(record.MeasureSlope), Volume: asked(record.MeasureVolume),
	}
	if asked(measureAll) {
		m = space.Able(region.Measures{Class: true, Facets: true, Radius: true, Slope: true, Volume: true})
	}
	return space.NewMeasurer(m)
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
	d, of, err := p.Measure(ctx, rand.New(rand.NewChaCha8(key)), n.measurer)
	if err = cmp.Or(err, d.Err); err != nil {
		return err
	}
	if n.measurer != nil && of == nil {
		why := "the descent ended in a cell that is too thin to tell"
		if !d.Complete {
			why = s.why(ctx, d.Effort)
		}
		of = n.measurer.Unknown(why)
	}
	r := record.Probe{
		Head: head(record.KindProbe), Milp: n.id, Probe: i, Of: s.o.probes, Seed: s.o.seed, Log2: d.Log2, Method: p.Method(),
		Doubtful: int(d.Doubtful), Margin: n.space.Resolution(s.o.Options), Complete: d.Complete, Measures: of,
		Edited: n.content != "", Content: n.content, Stats: s.stats(start, d.Effort), Prov: s.prov,
	}
	s.e.Logf("%s: probe %d: 2^%.2f, %d LPs, %.1f s", n.name, i, d.Log2, d.LPs, r.Stats.Seconds)
	return s.e.Out.Write(r)
}
