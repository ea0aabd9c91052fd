package ledger

import (
	"fmt"
	"math"
	"math/big"

	"relucount/pkg/confidence"
	"relucount/pkg/record"
)

// Names of the methods of bounds. The first of each three is the default rule
// for trials, cells and probes.
const (
	excess         = "excess"
	clopperPearson = "clopper-pearson"
	sequential     = "sequential"
	gamma          = "gamma"
	binomial       = "binomial"
	chernoff       = "chernoff"
	ofCells        = "cells"
	cellsMedian    = "cells-median"
	ofProbes       = "probes"
	probesGamma    = "probes-gamma"

	counted = "count"
	part    = "part"
	inCubes = "cubes"
	inCell  = "cell"
)

// rule is a lower bound from a group; the first rule of a group is its default.
type rule struct {
	name  string
	bound func(delta float64) confidence.Bound
}

// twoSided is an interval from a group.
type twoSided struct {
	name  string
	bound func(delta float64) (lower, upper confidence.Bound, ok bool)
}

// ruled is a group with the rules that apply to it.
type ruled struct {
	record.Group
	stream string // groups of one stream share one part of the error among them
	lower  []rule
	both   []twoSided
}

// rules returns the groups with their rules.
func (g *gathered) rules() []ruled {
	var out []ruled
	for _, t := range g.trials {
		of := func(bound func([]int, float64) confidence.Bound) func(float64) confidence.Bound {
			return func(delta float64) confidence.Bound { return bound(t.rows, delta) }
		}
		r := ruled{Group: record.Group{Size: &t.Size}, stream: fmt.Sprintf("trials %v", t.Size), lower: []rule{
			{excess, of(confidence.Excess)}, {clopperPearson, of(confidence.ClopperPearson)}, {sequential, t.sequential},
			{gamma, of(confidence.Gamma)}, {binomial, of(confidence.Binomial)}, {chernoff, of(confidence.Chernoff)},
		}}
		if t.Size == record.Half {
			r.both = []twoSided{{excess, t.interval}}
		}
		out = append(out, r)
	}
	for _, c := range g.cells {
		// Cells of different numbers of rows may be of the same hashes, and one
		// number chosen by what another has shown.
		share := confidence.RowsShare(c.Rows)
		r := ruled{Group: record.Group{Size: &c.Size, Rows: &c.Rows, Seed: c.Seed}, stream: fmt.Sprintf("cells %v %s", c.Size, c.Seed)}
		if c.Size != record.Half {
			r.lower = []rule{{ofCells, func(delta float64) confidence.Bound { return confidence.Mean(c.bits(), c.Rows, delta*share) }}}
			out = append(out, r)
			continue
		}
		median := func(delta float64) (lower, upper confidence.Bound, ok bool) {
			return confidence.Median(c.cells, c.Rows, delta*share)
		}
		r.lower = []rule{
			{ofCells, func(delta float64) confidence.Bound { return confidence.BucketsLower(c.cells, c.Rows, delta*share) }},
			{cellsMedian, func(delta float64) confidence.Bound { // half the error is on either side
				lower, _, _ := median(min(2*delta, 0.999))
				return lower
			}},
		}
		r.both = []twoSided{
			{ofCells, func(delta float64) (lower, upper confidence.Bound, ok bool) {
				return confidence.BucketsInterval(c.cells, c.Rows, delta*share)
			}},
			{cellsMedian, median},
		}
		out = append(out, r)
	}
	for _, p := range g.probes {
		out = append(out, ruled{
			Group: record.Group{Descent: p.Method, Seed: p.Seed}, stream: fmt.Sprintf("probes %s %s", p.Method, p.Seed),
			lower: []rule{
				{ofProbes, func(delta float64) confidence.Bound { return confidence.Mean(p.weights, 0, delta) }},
				{probesGamma, func(delta float64) confidence.Bound { return confidence.MeanGamma(p.all(), delta) }},
			},
		})
	}
	return out
}

// sequential divides the error among the seeds, as each is a sequence of its
// own.
func (t *trialGroup) sequential(delta float64) confidence.Bound {
	best := confidence.Bound{Regions: big.NewInt(1)}
	for _, rows := range t.seeds {
		if b := confidence.Sequential(rows, delta/float64(len(t.seeds))); b.Regions.Cmp(best.Regions) > 0 {
			best = b
		}
	}
	return best
}

func (t *trialGroup) interval(delta float64) (lower, upper confidence.Bound, ok bool) {
	upper, ok = confidence.ExcessUpper(t.upper, delta/2)
	return confidence.Excess(t.rows, delta/2), upper, ok
}

func (c *cellGroup) bits() []float64 {
	out := make([]float64, len(c.cells))
	for i, cell := range c.cells {
		out[i] = cell.Log2
	}
	return out
}

// all has a weight for each probe that was asked for: the number of them was
// fixed by that.
func (p *probeGroup) all() []float64 {
	out := append([]float64{}, p.weights...)
	for len(out) < p.Of {
		out = append(out, confidence.None)
	}
	return out
}

// facts is what is certain about the number of regions; each may be nil.
type facts struct{ exact, found, upper *big.Int }

// holds says whether a claim of at least, or at most, so many regions is true,
// where that is known; either may be nil.
func (k facts) holds(atLeast, atMost *big.Int) *bool {
	yes := true
	if k.exact != nil {
		yes = (atLeast == nil || atLeast.Cmp(k.exact) <= 0) && (atMost == nil || atMost.Cmp(k.exact) >= 0)
		return &yes
	}
	if atLeast != nil && k.upper != nil && atLeast.Cmp(k.upper) > 0 || atMost != nil && k.found != nil && atMost.Cmp(k.found) < 0 {
		yes = false
		return &yes
	}
	return nil
}

// streams returns the number of different streams among groups.
func streams(groups []ruled) int {
	names := map[string]bool{}
	for _, g := range groups {
		names[g.stream] = true
	}
	return len(names)
}

// lower returns the headline lower bound, also as a number. It is the best that
// a default rule gives, the error being divided evenly among the streams, for
// each of them may be wrong. A number of regions that is certain replaces it
// when that is not smaller, unless the exact count is known, when it shows how
// good the rule was.
func (e *entry) lower(sources *gathered, level float64, k facts) (*record.LowerBound, *big.Int) {
	groups := sources.rules()
	n := streams(groups)
	list := []record.LowerRule{}
	var best *record.LowerBound
	var most *big.Int
	for _, g := range groups {
		for i, r := range g.lower {
			b := r.bound(1 - level).Regions
			list = append(list, record.LowerRule{
				Group: g.Group, Method: r.name, Number: number(b), Confidence: level, Default: i == 0, Holds: k.holds(b, nil),
			})
		}
		b := g.lower[0].bound((1 - level) / float64(n)).Regions
		if best == nil || b.Cmp(most) > 0 {
			best, most = &record.LowerBound{Confidence: level, Method: g.lower[0].name, Group: g.Group, Groups: n}, b
		}
	}
	if best == nil || k.exact == nil {
		n, method := e.certain()
		if n != nil && (most == nil || n.Cmp(most) >= 0) {
			best, most = &record.LowerBound{Confidence: 1, Method: method}, n
		}
	}
	if best == nil {
		return nil, nil
	}
	best.Number, best.Holds, best.Rules = number(most), k.holds(most, nil), list
	return best, most
}

// interval returns the headline interval: the narrowest that a default rule
// gives, the error being divided evenly among the streams that have any.
func interval(sources *gathered, level float64, k facts) *record.Interval {
	var groups []ruled
	for _, g := range sources.rules() {
		if len(g.both) > 0 {
			groups = append(groups, g)
		}
	}
	n := streams(groups)
	list := []record.IntervalRule{}
	var best *record.Interval
	for _, g := range groups {
		for i, r := range g.both {
			apply := func(delta float64) (record.IntervalRule, bool) {
				lower, upper, ok := r.bound(delta)
				if !ok {
					return record.IntervalRule{}, false
				}
				return record.IntervalRule{
					Group: g.Group, Method: r.name, Lower: number(lower.Regions), Upper: number(upper.Regions),
					Bits: upper.Log2 - lower.Log2, Confidence: level, Default: i == 0, Holds: k.holds(lower.Regions, upper.Regions),
				}, true
			}
			one, ok := apply(1 - level)
			if !ok {
				continue
			}
			list = append(list, one)
			if i > 0 {
				continue
			}
			if one, ok := apply((1 - level) / float64(n)); ok && (best == nil || one.Bits < best.Bits) {
				best = &record.Interval{IntervalRule: one, Groups: n}
			}
		}
	}
	if best != nil {
		best.Rules = list
	}
	return best
}

// nextRows returns the rows of the hashes whose cells should be counted next:
// as many as leave cells of about the size that is best, by the cells of dense
// rows that have most regions in them, or else by the densest trials or by the
// first probes.
func nextRows(g *gathered) *int {
	next := func(bits float64) *int {
		n := confidence.NextRows(bits)
		return &n
	}
	var best *cellGroup
	most := confidence.None
	for _, c := range g.cells {
		mean, _ := confidence.Average(c.counts)
		if all := mean + math.Log2(float64(len(c.counts))); c.Size == record.Half && (best == nil || all > most) {
			best, most = c, all
		}
	}
	switch {
	case best != nil && most > confidence.None:
		return next(best.Mean.Log2)
	case best != nil: // all are empty: as if half an element were in each
		return next(float64(best.Rows) - 1)
	case len(g.trials) > 0: // dense rows survive a third of a bit beyond log2 N on average
		return next(g.trials[len(g.trials)-1].MeanRows)
	case len(g.probes) > 0:
		return next(g.probes[0].Mean.Log2)
	}
	return nil
}

// misses says which headlines turned out to be wrong, as with their confidence
// they may be.
func misses(s *record.Summary) []string {
	var out []string
	if l := s.Lower; l != nil && l.Confidence < 1 && l.Holds != nil && !*l.Holds {
		over := "the best upper bound"
		if s.Exact != nil {
			over = "the exact count"
		}
		out = append(out, fmt.Sprintf("a miss: the lower bound %s (%s, %s confidence) is above %s",
			both(l.Number), l.Method, percent(l.Confidence), over))
	}
	if i := s.Interval; i != nil && i.Holds != nil && !*i.Holds {
		what := "is at odds with certain bounds"
		if s.Exact != nil {
			what = "does not hold the exact count"
		}
		out = append(out, fmt.Sprintf("a miss: the interval from %s to %s (%s, %s confidence) %s",
			both(i.Lower), both(i.Upper), i.Method, percent(i.Confidence), what))
	}
	return out
}

// certain returns the largest number of regions that are certain without being
// all, or nil: by an inexact count of the whole, any count of a part or a cell,
// whose regions are regions of the whole, or counts of some cubes.
func (e *entry) certain() (n *big.Int, method string) {
	if t := e.counts[whole]; t != nil && t.found != nil && t.found.lower.Sign() > 0 {
		n, method = t.found.lower, counted
	}
	more := func(m *big.Int, by string) {
		if m.Sign() > 0 && (n == nil || m.Cmp(n) > 0) {
			n, method = m, by
		}
	}
	for scope, t := range e.counts {
		if scope != whole {
			more(t.best.lower, part)
		}
	}
	for k := range e.cubes {
		if c := e.join(k); !c.exact {
			more(c.lower, inCubes)
		}
	}
	for _, t := range e.cells {
		more(t.best.lower, inCell)
	}
	return n, method
}
