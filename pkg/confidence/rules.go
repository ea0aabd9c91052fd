package confidence

import (
	"math/big"
	"slices"
)

// Rule is a rule of inference: it has a name, says what it needs, and draws
// bounds from a sample.
type Rule interface {
	// Name is what records call the rule.
	Name() string
	// Fits says what the rule can give for a sample. That depends on what was
	// asked, and never on the answers.
	Fits(s Sample) (lower, interval bool)
	// Lower returns a lower bound that holds with confidence 1-delta. The rule
	// must fit.
	Lower(s Sample, delta float64) Bound
	// Interval returns bounds that hold together with confidence 1-delta, and
	// whether the answers give an upper one. The rule must fit.
	Interval(s Sample, delta float64) (lower, upper Bound, ok bool)
}

// ruleList has the rules of inference. Of those that give the same for a sample
// the first is the default.
var ruleList = []Rule{
	rule[Restarts]{name: "excess", lower: byRows(Excess), interval: Restarts.excess},
	rule[Restarts]{name: "clopper-pearson", lower: byRows(ClopperPearson)},
	rule[Restarts]{name: "sequential", lower: Restarts.sequential},
	rule[Restarts]{name: "gamma", lower: byRows(Gamma)},
	rule[Restarts]{name: "binomial", lower: byRows(Binomial)},
	rule[Restarts]{name: "chernoff", lower: byRows(Chernoff)},
	rule[Buckets]{name: "cells", lower: Buckets.mean, interval: Buckets.meanInterval},
	rule[Buckets]{name: "cells-median", dense: true, lower: Buckets.medianLower, interval: Buckets.median},
	rule[Weights]{name: "probes", lower: Weights.mean},
	rule[Weights]{name: "probes-gamma", lower: Weights.gamma},
}

// Rules returns the rules that give lower bounds for a sample, and those that
// give intervals, the default first.
func Rules(s Sample) (lower, interval []Rule) {
	for _, r := range ruleList {
		below, both := r.Fits(s)
		if below {
			lower = append(lower, r)
		}
		if both {
			interval = append(interval, r)
		}
	}
	return lower, interval
}

// rule is a rule for one type of sample. A function that is nil gives nothing.
// Every interval needs dense rows.
type rule[S Sample] struct {
	name     string
	dense    bool // whether the lower bound needs dense rows, too
	lower    func(s S, delta float64) Bound
	interval func(s S, delta float64) (lower, upper Bound, ok bool)
}

func (r rule[S]) Name() string { return r.name }

func (r rule[S]) Fits(s Sample) (lower, interval bool) {
	if _, ok := s.(S); !ok {
		return false, false
	}
	return r.lower != nil && (s.dense() || !r.dense), r.interval != nil && s.dense()
}

func (r rule[S]) Lower(s Sample, delta float64) Bound { return r.lower(s.(S), delta) }

func (r rule[S]) Interval(s Sample, delta float64) (lower, upper Bound, ok bool) {
	return r.interval(s.(S), delta)
}

// Sample is what random questions of one kind have shown: [Restarts],
// [Buckets] or [Weights].
type Sample interface {
	dense() bool             // whether the questions were hashes of dense rows
	repeat(times int) Sample // of as many times the same figures
}

// Repeat is a sample that has all figures a number of times.
func Repeat(s Sample, times int) Sample { return s.repeat(times) }

// Restarts is what restarts with rows of one size have shown.
type Restarts struct {
	Dense     bool
	Rows      []int   // that each survived
	Closed    []bool  // whether it is known to have survived no more
	Sequences [][]int // the same rows by seed, in the order of the numbers; 0 for one that is missing
}

func (s Restarts) dense() bool { return s.Dense }

func (s Restarts) repeat(times int) Sample {
	s.Rows, s.Closed = slices.Repeat(s.Rows, times), slices.Repeat(s.Closed, times)
	sequences := make([][]int, len(s.Sequences))
	for i, rows := range s.Sequences {
		sequences[i] = slices.Repeat(rows, times)
	}
	s.Sequences = sequences
	return s
}

// byRows makes a rule's lower bound of one that is made from the rows alone.
func byRows(bound func(rows []int, delta float64) Bound) func(Restarts, float64) Bound {
	return func(s Restarts, delta float64) Bound { return bound(s.Rows, delta) }
}

// sequential divides the error among the seeds, as each is a sequence of its
// own.
func (s Restarts) sequential(delta float64) Bound {
	best := Bound{Regions: big.NewInt(1)}
	for _, rows := range s.Sequences {
		if b := Sequential(rows, delta/float64(len(s.Sequences))); b.Regions.Cmp(best.Regions) > 0 {
			best = b
		}
	}
	return best
}

func (s Restarts) excess(delta float64) (lower, upper Bound, ok bool) {
	most := slices.Clone(s.Rows)
	for i, closed := range s.Closed {
		if !closed {
			most[i] = Endless
		}
	}
	upper, ok = ExcessUpper(most, delta/2)
	return Excess(s.Rows, delta/2), upper, ok
}

// Buckets is what the buckets of hashes of one size and number of rows have
// shown, in the order of their numbers. One that is missing before others is
// empty and not exact.
//
// Its rules use the share [RowsShare] of the error, for buckets of other
// numbers of rows may be of the same hashes, and the number of rows may have
// been chosen by what those have shown.
type Buckets struct {
	Dense  bool
	Rows   int // of each hash
	Counts []Bucket
}

func (s Buckets) dense() bool { return s.Dense }

func (s Buckets) repeat(times int) Sample {
	s.Counts = slices.Repeat(s.Counts, times)
	return s
}

// mean is by [Mean], or with dense rows by [BucketsLower].
func (s Buckets) mean(delta float64) Bound {
	delta *= RowsShare(s.Rows)
	if s.Dense {
		return BucketsLower(s.Counts, s.Rows, delta)
	}
	return Mean(logarithms(s.Counts), s.Rows, delta)
}

func (s Buckets) meanInterval(delta float64) (lower, upper Bound, ok bool) {
	return BucketsInterval(s.Counts, s.Rows, delta*RowsShare(s.Rows))
}

// medianLower is one side of the interval, which has half the error on either.
func (s Buckets) medianLower(delta float64) Bound {
	lower, _, _ := s.median(min(2*delta, 0.999))
	return lower
}

func (s Buckets) median(delta float64) (lower, upper Bound, ok bool) {
	return Median(s.Counts, s.Rows, delta*RowsShare(s.Rows))
}

// Weights is what the probes of one method and seed have shown.
type Weights struct {
	Log2  []float64 // in the order of their numbers; None for one that is missing before others
	Asked int       // probes that were asked for, a number fixed beforehand
}

func (s Weights) dense() bool { return false }

func (s Weights) repeat(times int) Sample {
	s.Log2, s.Asked = slices.Repeat(s.Log2, times), s.Asked*times
	return s
}

func (s Weights) mean(delta float64) Bound { return Mean(s.Log2, 0, delta) }

// gamma has a weight for each probe that was asked for.
func (s Weights) gamma(delta float64) Bound {
	all := slices.Clone(s.Log2)
	for len(all) < s.Asked {
		all = append(all, None)
	}
	return MeanGamma(all, delta)
}
