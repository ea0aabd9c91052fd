package ledger

import (
	"cmp"
	"errors"
	"fmt"
	"math"

	"relucount/pkg/confidence"
	"relucount/pkg/phrase"
	"relucount/pkg/record"
)

// probes is the probes of a network.
type probes struct{ answers[probeKey, probe] }

func keepProbes() shelf { return probes{newAnswers[probeKey, probe]()} }

// probeKey tells probes apart.
type probeKey struct {
	method, seed string
	probe        int
}

func (a probeKey) compare(b probeKey) int {
	return cmp.Or(cmp.Compare(a.method, b.method), cmp.Compare(a.seed, b.seed), cmp.Compare(a.probe, b.probe))
}

// probe is all that was said about one probe.
type probe struct {
	of        int // probes asked for, the most that was said; 0 before anything was
	best      descent
	measures  map[string]*measures // of its region, by what they depend on: the digest of the outputs, or ""
	known     bool                 // whether a record knows its region
	low, high float64              // the least and the largest weight of a complete one
	cut       float64              // the largest of one that was cut short, or None
}

// descent is one answer to a probe.
type descent struct {
	log2     float64
	complete bool
	doubtful int
	stats    record.Stats
}

func readProbe(line *record.Line) (program, fact, error) {
	var p record.Probe
	if err := line.Decode(&p); err != nil {
		return program{}, nil, err
	}
	var err error
	switch {
	case p.Method == "":
		err = errors.New("method is missing")
	case p.Of < 1 || p.Of > mostNumbers:
		err = fmt.Errorf("of: %d is not from 1 to %d", p.Of, mostNumbers)
	case p.Probe < 0 || p.Probe >= p.Of:
		err = fmt.Errorf("probe: %d out of range (%d probes)", p.Probe, p.Of)
	case math.Abs(p.Log2) > mostBits:
		err = fmt.Errorf("log2: %v is not from -%d to %d", p.Log2, mostBits, mostBits)
	case p.Doubtful < 0:
		err = fmt.Errorf("doubtful: %d", p.Doubtful)
	default:
		err = checkMeasures(p.Measures)
	}
	return program{p.Milp, p.Content, p.Edited}, func(e *entry) {
		one := on[probes](e).at(probeKey{p.Method, p.Seed, p.Probe})
		one.add(descent{p.Log2, p.Complete, p.Doubtful, cost(p.Stats)}, p.Of)
		one.measure(p.Measures)
	}, err
}

// compare prefers complete to cut short, more weight of those cut short, and of
// complete ones, which should agree, less: the rules then understate.
func (a descent) compare(b descent) int {
	weight := cmp.Compare(a.log2, b.log2)
	if !a.complete {
		weight = -weight
	}
	return cmp.Or(compareBools(b.complete, a.complete), weight, cmp.Compare(a.doubtful, b.doubtful), compareStats(a.stats, b.stats))
}

func (p *probe) add(d descent, of int) {
	if p.of == 0 {
		*p = probe{best: d, low: math.Inf(1), high: confidence.None, cut: confidence.None}
	} else if d.compare(p.best) < 0 {
		p.best = d
	}
	p.of = max(p.of, of)
	if d.complete {
		p.low, p.high = min(p.low, d.log2), max(p.high, d.log2)
	} else {
		p.cut = max(p.cut, d.log2)
	}
}

// apart is how far two weights of one probe, in bits, may be apart: products
// of the same numbers in another order.
const apart = 1e-6

func (s probes) contradictions(*entry) []string {
	var out []string
	for _, k := range s.keys(probeKey.compare) {
		p := s.by[k]
		name := fmt.Sprintf("probe %d (%s, seed %s)", k.probe, phrase.Plain(k.method), phrase.Plain(k.seed))
		if p.high > p.low+apart {
			out = append(out, fmt.Sprintf("%s has the weight 2^%s and the weight 2^%s", name, phrase.Exactly(p.low), phrase.Exactly(p.high)))
		}
		if p.cut > p.low+apart {
			out = append(out, fmt.Sprintf("%s has the weight 2^%s, but 2^%s when it was cut short", name, phrase.Exactly(p.low), phrase.Exactly(p.cut)))
		}
		for _, what := range p.disputed() {
			out = append(out, fmt.Sprintf("%s has ended in regions of different %s", name, what))
		}
	}
	return out
}

// groups puts probes of one method and seed together.
func (s probes) groups() []group {
	var out []group
	alike := func(a, b probeKey) bool { return a.method == b.method && a.seed == b.seed }
	for _, keys := range runs(s.keys(probeKey.compare), alike) {
		sources := record.ProbeGroup{Method: keys[0].method, Seed: keys[0].seed}
		var weights, there []float64
		lps := int64(0)
		for _, k := range keys {
			p := s.by[k]
			for ; len(weights) < k.probe; weights = append(weights, confidence.None) {
				sources.Missing = append(sources.Missing, len(weights))
			}
			weights, there = append(weights, p.best.log2), append(there, p.best.log2)
			sources.Probes++
			sources.Of = max(sources.Of, p.of)
			if p.best.complete {
				sources.Complete++
			}
			sources.Doubtful += p.best.doubtful
			lps += p.best.stats.LPs
		}
		for i := len(weights); i < sources.Of; i++ {
			sources.Missing = append(sources.Missing, i)
		}
		sources.Mean = estimate(there, 0)
		one := group{
			Group: record.Group{Descent: sources.Method, Seed: sources.Seed}, sample: confidence.Weights{Log2: weights, Asked: sources.Of},
			stream: fmt.Sprintf("probes %s %s", sources.Method, sources.Seed),
			describe: func(from *record.Sources, level float64) {
				sources.Measured = s.measured(keys, level)
				from.Probes = append(from.Probes, sources)
			},
			figures: sources.Probes, lps: lps,
		}
		if len(sources.Missing) > 0 {
			one.gaps = []string{fmt.Sprintf("probes by %s, seed %s: no %s of %d",
				phrase.Plain(sources.Method), phrase.Plain(sources.Seed), phrase.Ranges(sources.Missing), sources.Of)}
		}
		out = append(out, one)
	}
	return out
}

func (s probes) costs() []record.Stats {
	var out []record.Stats
	for _, p := range s.by {
		out = append(out, p.best.stats)
	}
	return out
}

// fewWeights is the effective number of weights below which a mean is likely to be too low,
// where most weights are far below it.
const fewWeights = 10

// carried warns of probes of which so few carry the mean that it is likely to be too low,
// which its standard error does not show.
func carried(s *record.Summary) []string {
	if s.Exact != nil {
		return nil
	}
	var out []string
	for _, g := range s.From.Probes {
		n, r := float64(g.Probes), g.Mean.Bits*math.Ln2
		if worth := n / (1 + (n-1)*r*r); worth < min(fewWeights, n/3) {
			out = append(out, fmt.Sprintf("probes by %s, seed %s: their weights are worth %s of equal weight, so that the mean is likely to be too low; a larger -population of solve makes them differ less",
				phrase.Plain(g.Method), phrase.Plain(g.Seed), phrase.Short(worth)))
		}
	}
	return out
}
