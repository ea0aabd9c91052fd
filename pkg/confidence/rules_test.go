package confidence

import (
	"slices"
	"strings"
	"testing"
)

func names(rules []Rule) string {
	var out []string
	for _, r := range rules {
		out = append(out, r.Name())
	}
	return strings.Join(out, " ")
}

// Which rules a sample has, the default first, depends on what was asked and
// not on the answers.
func TestRules(t *testing.T) {
	ofRestarts := "excess clopper-pearson sequential gamma binomial chernoff"
	for _, c := range []struct {
		name            string
		samples         []Sample
		lower, interval string
	}{
		{"dense restarts", []Sample{
			Restarts{Dense: true}, Restarts{Dense: true, Rows: []int{3}, Closed: []bool{false}},
		}, ofRestarts, "excess"},
		{"sparse restarts", []Sample{Restarts{}, Restarts{Rows: []int{3}, Closed: []bool{true}}}, ofRestarts, ""},
		{"dense buckets", []Sample{
			Buckets{Dense: true}, Buckets{Dense: true, Rows: 2, Counts: []Bucket{{Log2: 3}}},
		}, "cells cells-median", "cells cells-median"},
		{"sparse buckets", []Sample{Buckets{}, Buckets{Rows: 2, Counts: []Bucket{{3, true}}}}, "cells", ""},
		{"weights", []Sample{Weights{}, Weights{[]float64{3}, 5}}, "probes probes-gamma", ""},
	} {
		for _, s := range c.samples {
			lower, interval := Rules(s)
			if names(lower) != c.lower || names(interval) != c.interval {
				t.Errorf("%s: %q and %q, want %q and %q", c.name, names(lower), names(interval), c.lower, c.interval)
			}
		}
	}
	seen := map[string]bool{}
	for _, r := range ruleList {
		if seen[r.Name()] {
			t.Errorf("two rules are called %s", r.Name())
		}
		seen[r.Name()] = true
	}
}

// bounds applies a rule to a sample.
func bounds(t *testing.T, name string, s Sample, delta float64) (lower, from, to Bound, ok bool) {
	t.Helper()
	below, both := Rules(s)
	called := func(r Rule) bool { return r.Name() == name }
	if i := slices.IndexFunc(below, called); i >= 0 {
		lower = below[i].Lower(s, delta)
	}
	if i := slices.IndexFunc(both, called); i >= 0 {
		from, to, ok = both[i].Interval(s, delta)
	}
	return lower, from, to, ok
}

func same(a, b Bound) bool { return a.Log2 == b.Log2 && a.Regions.Cmp(b.Regions) == 0 }

// A rule hands its function what the sample says.
func TestRuleArguments(t *testing.T) {
	const delta = 0.05
	rows := []int{9, 7, 12, 10, 9, 11}
	open := []int{9, 7, Endless, 10, 9, 11}
	trials := Restarts{Dense: true, Rows: rows, Closed: []bool{true, true, false, true, true, true}, Sequences: [][]int{{9, 0, 7, 12}, {10, 9, 11}}}
	_, from, to, ok := bounds(t, "excess", trials, delta)
	if top, _ := ExcessUpper(open, delta/2); !ok || !same(from, Excess(rows, delta/2)) || !same(to, top) {
		t.Errorf("excess: from %v to %v, %v", from, to, ok)
	}
	best := max(Sequential([]int{9, 0, 7, 12}, delta/2).Log2, Sequential([]int{10, 9, 11}, delta/2).Log2)
	if b, _, _, _ := bounds(t, "sequential", trials, delta); b.Log2 != best {
		t.Errorf("sequential: %v, want %v", b.Log2, best)
	}
	if !slices.Equal(rows, trials.Rows) {
		t.Errorf("the rows became %v", trials.Rows)
	}

	counts := []Bucket{{6, true}, {6.5, true}, {6.2, true}, {6.1, true}, {None, false}, {6.3, true}}
	share := delta * RowsShare(4)
	sparse, _, _, _ := bounds(t, "cells", Buckets{Rows: 4, Counts: counts}, delta)
	if want := Mean([]float64{6, 6.5, 6.2, 6.1, None, 6.3}, 4, share); !same(sparse, want) {
		t.Errorf("cells of sparse rows: %v, want %v", sparse, want)
	}
	dense, from, to, ok := bounds(t, "cells", Buckets{Dense: true, Rows: 4, Counts: counts}, delta)
	low, top, _ := BucketsInterval(counts, 4, share)
	if !ok || !same(dense, BucketsLower(counts, 4, share)) || !same(from, low) || !same(to, top) {
		t.Errorf("cells of dense rows: %v, from %v to %v", dense, from, to)
	}
	median, from, _, _ := bounds(t, "cells-median", Buckets{Dense: true, Rows: 4, Counts: counts}, delta)
	low, _, _ = Median(counts, 4, share)
	if side, _, _ := Median(counts, 4, 2*share); !same(median, side) || !same(from, low) {
		t.Errorf("cells-median: %v, from %v", median, from)
	}

	b, _, _, _ := bounds(t, "probes-gamma", Weights{[]float64{5, 6}, 3}, delta)
	if want := MeanGamma([]float64{5, 6, None}, delta); !same(b, want) {
		t.Errorf("probes-gamma: %v, want %v", b, want)
	}
}
