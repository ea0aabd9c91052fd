package ledger

import (
	"cmp"
	"math/big"
	"slices"

	"relucount/pkg/record"
)

// The compare methods are total orders, the fact to use first: ties go on to
// the statistics, so that what is kept never depends on the order of arrival.

// trialKey tells the trials of a network apart.
type trialKey struct {
	size  record.Size
	seed  string
	trial int
}

func (a trialKey) compare(b trialKey) int {
	return cmp.Or(compareSizes(a.size, b.size), cmp.Compare(a.seed, b.seed), cmp.Compare(a.trial, b.trial))
}

// compareSizes puts numbers in their order and half, the densest, last.
func compareSizes(a, b record.Size) int {
	return cmp.Or(compareBools(a == record.Half, b == record.Half), cmp.Compare(a, b))
}

// trial is all that was said about one trial.
type trial struct {
	best   outcome
	closed []int // the different rows at which it was said to be closed, ascending
	open   int   // the most rows that an open one is said to have survived, or -1
}

// outcome is one answer to a trial.
type outcome struct {
	rows     int
	closed   bool
	doubtful int
	stats    record.Stats
}

func newTrial() *trial { return &trial{open: -1} }

func (t *trial) add(o outcome) {
	if t.open < 0 && t.closed == nil || o.compare(t.best) < 0 {
		t.best = o
	}
	if !o.closed {
		t.open = max(t.open, o.rows)
	} else if i, ok := slices.BinarySearch(t.closed, o.rows); !ok {
		t.closed = slices.Insert(t.closed, i, o.rows)
	}
}

// compare prefers closed to open, more rows of open ones, and of closed ones,
// which should agree, fewer: the rules then understate.
func (a outcome) compare(b outcome) int {
	rows := cmp.Compare(a.rows, b.rows)
	if !a.closed {
		rows = -rows
	}
	return cmp.Or(compareBools(b.closed, a.closed), rows, cmp.Compare(a.doubtful, b.doubtful), compareStats(a.stats, b.stats))
}

// bound is an upper bound by one method.
type bound struct {
	regions *big.Int
	relaxed bool
	from    string // which unit bounds it was made from
	stats   record.Stats
}

func (a bound) compare(b bound) int {
	return cmp.Or(a.regions.Cmp(b.regions), compareBools(a.relaxed, b.relaxed), cmp.Compare(a.from, b.from), compareStats(a.stats, b.stats))
}

// tally is all that was said about the number of regions of one scope.
type tally struct {
	best  count
	exact map[string]count // by number: more than one is a contradiction
	found *count           // the inexact one with the largest lower bound
	tight *count           // the inexact one with the smallest upper bound, or nil
}

// count is one count of a scope. Of an exact one lower and upper are regions.
type count struct {
	regions  *big.Int // found
	lower    *big.Int // at least so many: those found or more
	upper    *big.Int // at most so many, or nil
	exact    bool
	doubtful int
	why      string
	stats    record.Stats
}

func (t *tally) add(c count) {
	if t.best.regions == nil || c.compare(t.best) < 0 {
		t.best = c
	}
	if !c.exact {
		if t.found == nil || c.compare(*t.found) < 0 {
			t.found = &c
		}
		if c.upper != nil && (t.tight == nil || cmp.Or(c.upper.Cmp(t.tight.upper), c.compare(*t.tight)) < 0) {
			t.tight = &c
		}
		return
	}
	n := c.regions.String()
	if old, ok := t.exact[n]; !ok || c.compare(old) < 0 {
		t.exact[n] = c
	}
}

// compare prefers exact to inexact, a larger lower bound and then more regions
// of inexact ones, and of exact ones, which should agree, those with fewer
// doubts.
func (a count) compare(b count) int {
	doubt, more := cmp.Compare(a.doubtful, b.doubtful), b.regions.Cmp(a.regions)
	kind := []int{b.lower.Cmp(a.lower), more, doubt}
	if a.exact {
		kind = []int{doubt, -more}
	}
	return cmp.Or(compareBools(b.exact, a.exact), cmp.Or(kind...), compareUppers(a.upper, b.upper),
		cmp.Compare(a.why, b.why), compareStats(a.stats, b.stats))
}

// compareUppers puts small upper bounds first and nil, which is none, last.
func compareUppers(a, b *big.Int) int {
	if a == nil || b == nil {
		return compareBools(a == nil, b == nil)
	}
	return a.Cmp(b)
}

// tightest returns the count whose upper bound is to be used, or nil: the exact
// one, or else the one with the smallest.
func (t *tally) tightest() *count {
	if t.best.exact {
		return &t.best
	}
	return t.tight
}

// costs returns what the counts used have cost: the best one and, when that is
// another, the one that has the upper bound.
func (t *tally) costs() []record.Stats {
	out := []record.Stats{t.best.stats}
	if c := t.tightest(); c != nil && c.compare(t.best) != 0 {
		out = append(out, c.stats)
	}
	return out
}

// exacts returns the exact counts, ascending.
func (t *tally) exacts() []count {
	var out []count
	for _, c := range t.exact {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b count) int { return a.regions.Cmp(b.regions) })
	return out
}

func compareStats(a, b record.Stats) int {
	return cmp.Or(a.Work.Compare(b.Work), cmp.Compare(a.Seconds, b.Seconds))
}

// compareBools puts false before true.
func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// sum adds up costs. Floating-point sums depend on the order, so it is fixed.
func sum(costs []record.Stats) record.Stats {
	var s record.Stats
	seconds := make([]float64, 0, len(costs))
	for _, c := range costs {
		s.Work.Add(c.Work)
		seconds = append(seconds, c.Seconds)
	}
	slices.Sort(seconds)
	for _, v := range seconds {
		s.Seconds += v
	}
	return s
}
