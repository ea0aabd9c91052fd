package ledger

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"relucount/pkg/confidence"
	"relucount/pkg/record"
)

// cellKey tells the cells of a network apart.
type cellKey struct {
	hash trialKey // a trial of the same key has the same rows
	rows int
}

func (a cellKey) compare(b cellKey) int {
	return cmp.Or(compareSizes(a.hash.size, b.hash.size), cmp.Compare(a.rows, b.rows), a.hash.compare(b.hash))
}

func (a cellKey) String() string {
	return fmt.Sprintf("cell %d of %s (size %v, seed %s)", a.hash.trial, several(a.rows, "row"), a.hash.size, plain(a.hash.seed))
}

// probeKey tells the probes of a network apart.
type probeKey struct {
	method, seed string
	probe        int
}

func (a probeKey) compare(b probeKey) int {
	return cmp.Or(cmp.Compare(a.method, b.method), cmp.Compare(a.seed, b.seed), cmp.Compare(a.probe, b.probe))
}

// probe is all that was said about one probe.
type probe struct {
	best      descent
	low, high float64 // the least and the largest weight of a complete one
	cut       float64 // the largest of one that was cut short, or None
	of        int     // probes asked for, the most that was said
}

// descent is one answer to a probe.
type descent struct {
	log2     float64
	complete bool
	doubtful int
	stats    record.Stats
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

func newProbe() *probe {
	return &probe{best: descent{log2: confidence.None}, low: math.Inf(1), high: confidence.None, cut: confidence.None}
}

func (p *probe) add(d descent, of int) {
	if p.of == 0 || d.compare(p.best) < 0 {
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

func (p *probe) contradictions(k probeKey) []string {
	var out []string
	name := fmt.Sprintf("probe %d (%s, seed %s)", k.probe, plain(k.method), plain(k.seed))
	if p.high > p.low+apart {
		out = append(out, fmt.Sprintf("%s has the weight 2^%s and the weight 2^%s", name, float(p.low), float(p.high)))
	}
	if p.cut > p.low+apart {
		out = append(out, fmt.Sprintf("%s has the weight 2^%s, but 2^%s when it was cut short", name, float(p.low), float(p.cut)))
	}
	return out
}

func (l *Ledger) addCell(line *record.Line) error {
	var c record.Cell
	if err := line.Decode(&c); err != nil {
		return err
	}
	if c.Rows < 0 {
		return fmt.Errorf("rows: %d", c.Rows)
	}
	if c.Trial < 0 || c.Trial >= mostNumbers {
		return fmt.Errorf("trial: %d is not from 0 to %d", c.Trial, mostNumbers-1)
	}
	if c.Doubtful < 0 {
		return fmt.Errorf("doubtful: %d", c.Doubtful)
	}
	fact, err := newCount(&record.Count{Regions: c.Regions, Exact: c.Exact, Doubtful: c.Doubtful, Why: c.Why, Stats: c.Stats})
	if err != nil {
		return err
	}
	e, err := l.at(c.Milp, c.Content, c.Edited)
	if err != nil {
		return err
	}
	if c.Rows == 0 { // everything satisfies no rows
		put(e.counts, whole, fact)
	} else {
		put(e.cells, cellKey{trialKey{c.Size, c.Seed, c.Trial}, c.Rows}, fact)
	}
	return nil
}

func (l *Ledger) addProbe(line *record.Line) error {
	var p record.Probe
	if err := line.Decode(&p); err != nil {
		return err
	}
	switch {
	case p.Method == "":
		return errors.New("method is missing")
	case p.Of < 1 || p.Of > mostNumbers:
		return fmt.Errorf("of: %d is not from 1 to %d", p.Of, mostNumbers)
	case p.Probe < 0 || p.Probe >= p.Of:
		return fmt.Errorf("probe: %d out of range (%d probes)", p.Probe, p.Of)
	case math.Abs(p.Log2) > mostBits:
		return fmt.Errorf("log2: %v is not from -%d to %d", p.Log2, mostBits, mostBits)
	case p.Doubtful < 0:
		return fmt.Errorf("doubtful: %d", p.Doubtful)
	}
	e, err := l.at(p.Milp, p.Content, p.Edited)
	if err != nil {
		return err
	}
	k := probeKey{p.Method, p.Seed, p.Probe}
	if e.probes[k] == nil {
		e.probes[k] = newProbe()
	}
	e.probes[k].add(descent{p.Log2, p.Complete, p.Doubtful, cost(p.Stats)}, p.Of)
	return nil
}

// mostNumbers limits the numbers of trials, cells and probes, which are kept in order
// with room for those that are missing.
const mostNumbers = 1 << 20

// mostBits limits the weights of probes, which become integers.
const mostBits = 1 << 20

// gathered is the answers to random questions, in groups that one rule is
// applied to.
type gathered struct {
	trials []*trialGroup
	cells  []*cellGroup
	probes []*probeGroup
}

// trialGroup is the trials of one size.
type trialGroup struct {
	record.TrialGroup
	rows  []int            // survived
	upper []int            // the same, endless where a trial is open
	seeds map[string][]int // in the order of the numbers; none survived a trial that is missing
	gaps  map[string][]int // numbers that are missing before others
}

// cellGroup is the cells of one size, number of rows and seed.
type cellGroup struct {
	record.CellGroup
	cells  []confidence.Bucket // in the order of their numbers; one that is missing is empty and not exact
	counts []float64         // of those that are there, in bits
}

// probeGroup is the probes of one method and seed.
type probeGroup struct {
	record.ProbeGroup
	weights []float64 // in the order of their numbers, None where one is missing before others
	there   []float64
}

func (e *entry) gather() *gathered {
	return &gathered{e.trialGroups(), e.cellGroups(), e.probeGroups()}
}

func (e *entry) trialGroups() []*trialGroup {
	var out []*trialGroup
	var g *trialGroup
	for _, k := range slices.SortedFunc(maps.Keys(e.trials), trialKey.compare) {
		t := e.trials[k]
		if g == nil || g.Size != k.size {
			g = &trialGroup{TrialGroup: record.TrialGroup{Size: k.size}, seeds: map[string][]int{}, gaps: map[string][]int{}}
			out = append(out, g)
		}
		g.rows = append(g.rows, t.best.rows)
		g.Trials++
		if t.best.closed {
			g.Closed++
			g.upper = append(g.upper, t.best.rows)
		} else {
			g.Open++
			g.upper = append(g.upper, confidence.Endless)
		}
		g.Doubtful += t.best.doubtful
		g.MeanRows += float64(t.best.rows) // a sum of whole numbers: exact
		for len(g.seeds[k.seed]) < k.trial {
			g.gaps[k.seed] = append(g.gaps[k.seed], len(g.seeds[k.seed]))
			g.seeds[k.seed] = append(g.seeds[k.seed], 0)
		}
		g.seeds[k.seed] = append(g.seeds[k.seed], t.best.rows)
	}
	for _, g := range out {
		g.MeanRows /= float64(g.Trials)
	}
	return out
}

func (e *entry) cellGroups() []*cellGroup {
	var out []*cellGroup
	var g *cellGroup
	for _, k := range slices.SortedFunc(maps.Keys(e.cells), cellKey.compare) {
		c := e.cells[k].best
		if h := k.hash; g == nil || g.Size != h.size || g.Rows != k.rows || g.Seed != h.seed {
			g = &cellGroup{CellGroup: record.CellGroup{Size: h.size, Rows: k.rows, Seed: h.seed}}
			out = append(out, g)
		}
		for len(g.cells) < k.hash.trial {
			g.Missing = append(g.Missing, len(g.cells))
			g.cells = append(g.cells, confidence.Bucket{Log2: confidence.None})
		}
		bits := confidence.None
		if c.regions.Sign() > 0 {
			bits = record.Log2(c.regions)
		}
		g.cells = append(g.cells, confidence.Bucket{Log2: bits, Exact: c.exact})
		g.counts = append(g.counts, bits)
		g.Cells++
		if c.exact {
			g.Exact++
		}
		g.Doubtful += c.doubtful
	}
	for _, g := range out {
		g.Mean = estimate(g.counts, g.Rows)
	}
	return out
}

func (e *entry) probeGroups() []*probeGroup {
	var out []*probeGroup
	var g *probeGroup
	for _, k := range slices.SortedFunc(maps.Keys(e.probes), probeKey.compare) {
		p := e.probes[k]
		if g == nil || g.Method != k.method || g.Seed != k.seed {
			g = &probeGroup{ProbeGroup: record.ProbeGroup{Method: k.method, Seed: k.seed}}
			out = append(out, g)
		}
		for len(g.weights) < k.probe {
			g.Missing = append(g.Missing, len(g.weights))
			g.weights = append(g.weights, confidence.None)
		}
		g.weights = append(g.weights, p.best.log2)
		g.there = append(g.there, p.best.log2)
		g.Probes++
		g.Of = max(g.Of, p.of)
		if p.best.complete {
			g.Complete++
		}
		g.Doubtful += p.best.doubtful
	}
	for _, g := range out {
		for i := len(g.weights); i < g.Of; i++ {
			g.Missing = append(g.Missing, i)
		}
		g.Mean = estimate(g.there, 0)
	}
	return out
}

// estimate is the mean of weights times 2^rows.
func estimate(weights []float64, rows int) record.Estimate {
	mean, err := confidence.Average(weights)
	out := record.Estimate{Number: rounded(mean + float64(rows))}
	if math.IsNaN(err) {
		return out
	}
	n := rounded(err + float64(rows))
	out.Error = &n
	if mean > confidence.None {
		out.Bits = math.Exp2(err-mean) / math.Ln2
	}
	return out
}

// rounded is a number of regions from its logarithm, which it keeps.
func rounded(bits float64) record.Number {
	n := number(confidence.Regions(bits))
	if bits > confidence.None {
		n.Log2 = bits
	}
	return n
}

// gaps says which numbers are missing.
func (g *gathered) gaps() []string {
	var out []string
	for _, t := range g.trials {
		for _, seed := range slices.Sorted(maps.Keys(t.gaps)) {
			out = append(out, fmt.Sprintf("trials of size %v, seed %s: no answer to %s", t.Size, plain(seed), ranges(t.gaps[seed])))
		}
	}
	for _, c := range g.cells {
		if len(c.Missing) > 0 {
			out = append(out, fmt.Sprintf("cells of size %v, %s, seed %s: no count of %s",
				c.Size, several(c.Rows, "row"), plain(c.Seed), ranges(c.Missing)))
		}
	}
	for _, p := range g.probes {
		if len(p.Missing) > 0 {
			out = append(out, fmt.Sprintf("probes by %s, seed %s: no %s of %d", plain(p.Method), plain(p.Seed), ranges(p.Missing), p.Of))
		}
	}
	return out
}
