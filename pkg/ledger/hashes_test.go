package ledger_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"relucount/pkg/ledger"
	"relucount/pkg/record"
)

func cellOf(size string, number, rows int, regions string, exact bool) string {
	return fmt.Sprintf(`{"type":"cell","milp":"m","size":%s,"seed":"1","trial":%d,"rows":%d,"regions":%q,"log2":0,"exact":%v,"doubtful":0,"stats":{"seconds":1,"lps":2}}`,
		size, number, rows, regions, exact)
}

func probeOf(method string, number, of int, log2 float64, complete bool) string {
	return fmt.Sprintf(`{"type":"probe","milp":"m","method":%q,"seed":"1","probe":%d,"of":%d,"log2":%v,"complete":%v,"doubtful":0,"stats":{"seconds":1,"lps":2}}`,
		method, number, of, log2, complete)
}

func cells(size string, rows int, regions ...int) []string {
	var out []string
	for i, n := range regions {
		out = append(out, cellOf(size, i, rows, fmt.Sprint(n), true))
	}
	return out
}

func TestCells(t *testing.T) {
	s := only(t, cells("\"half\"", 10, 90, 80, 100, 95, 85, 92, 88, 91)...)
	if len(s.From.Cells) != 1 {
		t.Fatalf("%+v", s.From.Cells)
	}
	g := s.From.Cells[0]
	if g.Cells != 8 || g.Exact != 8 || g.Rows != 10 || g.Mean.Regions != "92288" || g.Mean.Error == nil || g.Missing != nil {
		t.Errorf("%+v", g)
	}
	if want := math.Log2(90.125) + 10; math.Abs(g.Mean.Log2-want) > 1e-12 {
		t.Errorf("mean 2^%v, want 2^%v", g.Mean.Log2, want)
	}
	if s.NextRows == nil || *s.NextRows != 10 {
		t.Errorf("next rows %v", s.NextRows)
	}
	i := s.Interval
	if i == nil || i.Method != "cells" || *i.Rows != 10 || i.Seed != "1" || i.Groups != 1 || i.Bits > 2 || len(i.Rules) != 2 || !i.Rules[0].Default || i.Rules[1].Default {
		t.Fatalf("%+v", i)
	}
	if i.Lower.Log2 > g.Mean.Log2 || i.Upper.Log2 < g.Mean.Log2 {
		t.Errorf("from 2^%v to 2^%v", i.Lower.Log2, i.Upper.Log2)
	}
	if s.Lower.Method != "cells" || s.Lower.Log2 < i.Lower.Log2 || s.Lower.Log2 > g.Mean.Log2 || s.Stats.LPs != 16 {
		t.Errorf("%+v, %d LPs", s.Lower, s.Stats.LPs)
	}
}

func TestCellFacts(t *testing.T) {
	half := slices.Clip(cells("\"half\"", 10, 90, 80, 100, 95))
	for _, c := range []struct {
		name                     string
		lines                    []string
		exact, lower, method     string
		warnings, contradictions []string
		interval                 bool
		next                     int
	}{
		{name: "of no rows", lines: []string{cellOf("3", 0, 0, "12", true)}, exact: "12", next: -1},
		{name: "of no rows, cut short", lines: []string{cellOf("3", 0, 0, "12", false)}, lower: "12", method: "count", next: -1},
		{name: "one", lines: cells("3", 4, 50), lower: "50", method: "cell", next: -1},
		{name: "sparse", lines: cells("3", 4, 50, 60, 55, 45, 65, 50), lower: "237", method: "cells", next: -1},
		{name: "empty", lines: cells("\"half\"", 9, 0, 0, 0, 0, 0, 0, 0, 0), lower: "1", method: "cells", interval: true, next: 2},
		{name: "one is missing", lines: slices.Delete(slices.Clone(half), 1, 2), interval: true, next: 10,
			warnings: []string{"cells of size half, 10 rows, seed 1: no count of 1"}},
		{name: "the first is missing", lines: half[1:], next: 10,
			warnings: []string{"cells of size half, 10 rows, seed 1: no count of 0"}},
		{name: "the first was cut short", lines: append(half[1:], cellOf("\"half\"", 0, 10, "70", false)), next: 10},
		{name: "the first was cut short, then not", lines: append(half, cellOf("\"half\"", 0, 10, "70", false)), interval: true, next: 10},
		{name: "two answers", lines: append(half, cellOf("\"half\"", 0, 10, "91", true)), interval: true, next: 10,
			contradictions: []string{"the exact count 91 of cell 0 of 10 rows (size half, seed 1) is above the exact count 90 of cell 0 of 10 rows (size half, seed 1)"}},
		{name: "more than there are", lines: append(half, boundOf("a", "99")), interval: true, next: 10, lower: "-", method: "-",
			contradictions: []string{"the exact count 100 of cell 2 of 10 rows (size half, seed 1) is above the upper bound 99 (a)"}},
		{name: "a trial that did not survive", lines: append(cells("3", 4, 50), trialOf(3, 0, 3, true)), lower: "50", method: "cell", next: 0,
			contradictions: []string{"trial 0 (size 3, seed 1) is closed after 3 rows, but cell 0 of 4 rows (size 3, seed 1) has 50 regions"}},
		{name: "a trial that survived", lines: append(cells("3", 4, 0), trialOf(3, 0, 5, false)), lower: "1", method: "excess", next: 0,
			contradictions: []string{"trial 0 (size 3, seed 1) survived 5 rows, but cell 0 of 4 rows (size 3, seed 1) has no regions"}},
		{name: "a trial that agrees", lines: append(cells("3", 4, 7), trialOf(3, 0, 5, true)), lower: "7", method: "cell", next: 0},
	} {
		for range 2 {
			s := only(t, c.lines...)
			exact := ""
			if s.Exact != nil {
				exact = s.Exact.Regions
			}
			next := -1
			if s.NextRows != nil {
				next = *s.NextRows
			}
			if exact != c.exact || next != c.next || c.interval != (s.Interval != nil && s.Interval.Bits > 0) {
				t.Errorf("%s: exact %q, next %d, interval %+v", c.name, exact, next, s.Interval)
			}
			if c.method != "" && c.method != "-" && (s.Lower == nil || s.Lower.Method != c.method || s.Lower.Regions != c.lower) {
				t.Errorf("%s: lower %+v", c.name, s.Lower)
			}
			warnings := slices.DeleteFunc(slices.Clone(s.Warnings), func(w string) bool { return strings.HasPrefix(w, "a miss") })
			if !slices.Equal(warnings, c.warnings) && len(warnings)+len(c.warnings) > 0 {
				t.Errorf("%s: warnings %q", c.name, s.Warnings)
			}
			if !slices.Equal(s.Contradictions, c.contradictions) && len(s.Contradictions)+len(c.contradictions) > 0 {
				t.Errorf("%s: contradictions %q", c.name, s.Contradictions)
			}
			c.lines = slices.Clone(c.lines)
			slices.Reverse(c.lines)
		}
	}
}

func TestProbes(t *testing.T) {
	var all []string
	for i := range 20 {
		all = append(all, probeOf("uniform", i, 20, 400+float64(i%2), true))
	}
	all = slices.Clip(all)
	for _, c := range []struct {
		name                     string
		lines                    []string
		low                      float64 // the lower bound is at most 3 bits more
		complete                 int
		warnings, contradictions []string
	}{
		{name: "all", lines: all, low: 399, complete: 20},
		{name: "some twice", lines: append(all, all[:4]...), low: 399, complete: 20},
		{name: "one was cut short before", lines: append(all, probeOf("uniform", 3, 20, 100, false)), low: 399, complete: 20},
		{name: "one is cut short", lines: append(all[:19:19], probeOf("uniform", 19, 20, 100, false)), low: 399, complete: 19},
		{name: "more were asked for", lines: append(all[:19:19], probeOf("uniform", 19, 30, 400, true)), low: 399, complete: 20,
			warnings: []string{"probes by uniform, seed 1: no 20-29 of 30"}},
		{name: "some are missing", lines: all[5:], low: 398, complete: 15, warnings: []string{"probes by uniform, seed 1: no 0-4 of 20"}},
		{name: "two weights", lines: append(all, probeOf("uniform", 2, 20, 401, true)), low: 399, complete: 20,
			contradictions: []string{"probe 2 (uniform, seed 1) has the weight 2^400 and the weight 2^401"}},
		{name: "two that are the same but for rounding", lines: append(all, probeOf("uniform", 2, 20, 400.0000000001, true)), low: 399, complete: 20},
		{name: "cut short beyond the end", lines: append(all, probeOf("uniform", 2, 20, 402, false)), low: 399, complete: 20,
			contradictions: []string{"probe 2 (uniform, seed 1) has the weight 2^400, but 2^402 when it was cut short"}},
	} {
		for range 2 {
			s := only(t, c.lines...)
			g := s.From.Probes
			if len(g) != 1 || g[0].Complete != c.complete || g[0].Mean.Log2 < 400 || g[0].Mean.Log2 > 401 {
				t.Errorf("%s: %+v", c.name, g)
			}
			if s.Lower == nil || s.Lower.Method != "probes" || s.Lower.Descent != "uniform" || s.Lower.Log2 < c.low || s.Lower.Log2 > c.low+3 {
				t.Errorf("%s: %+v", c.name, s.Lower)
			}
			if !slices.Equal(s.Warnings, c.warnings) && len(s.Warnings)+len(c.warnings) > 0 {
				t.Errorf("%s: warnings %q", c.name, s.Warnings)
			}
			if !slices.Equal(s.Contradictions, c.contradictions) && len(s.Contradictions)+len(c.contradictions) > 0 {
				t.Errorf("%s: contradictions %q", c.name, s.Contradictions)
			}
			c.lines = slices.Clone(c.lines)
			slices.Reverse(c.lines)
		}
	}
	// Methods and seeds are kept apart, and share the error.
	s := only(t, append(all, probeOf("other", 0, 1, 300, true), strings.Replace(all[0], `"seed":"1"`, `"seed":"2"`, 1))...)
	if len(s.From.Probes) != 3 || s.Lower.Groups != 3 || s.Lower.Descent != "uniform" {
		t.Errorf("%+v", s.Lower)
	}
}

// The interval from trials, the gaps between them, and where it misses.
func TestTrialInterval(t *testing.T) {
	tens := trials("half", 28, 10)
	s := only(t, tens...)
	i := s.Interval
	if i == nil || i.Method != "excess" || *i.Size != record.Half || i.Bits > 5 || i.Holds != nil || *s.NextRows != 4 {
		t.Fatalf("%+v", i)
	}
	if s := only(t, trials(3, 28, 10)...); s.Interval != nil {
		t.Errorf("sparse rows bound nothing from above: %+v", s.Interval)
	}
	if s := only(t, append(trials("half", 27, 10), trialOf("half", 27, 10, false))...); s.Interval == nil || s.Interval.Upper.Log2 < i.Upper.Log2 {
		t.Errorf("with an open trial: %+v", s.Interval)
	}
	for lines, want := range map[string]string{
		countOf("whole", "1000", true): "true", countOf("whole", "100", true): "false", countOf("whole", "99999", true): "false",
		boundOf("a", "100"): "false", countOf("whole", "99999", false): "false", boundOf("a", "5000"): "null",
	} {
		s := only(t, append(slices.Clone(tens), lines)...)
		got := "null"
		if h := s.Interval.Holds; h != nil {
			got = fmt.Sprint(*h)
		}
		missed := slices.ContainsFunc(s.Warnings, func(w string) bool { return strings.HasPrefix(w, "a miss: the interval") })
		if got != want || missed != (got == "false") {
			t.Errorf("%s: holds %s, warnings %q", lines, got, s.Warnings)
		}
	}
	s = only(t, append(tens[:3:3], tens[5:]...)...)
	if !slices.Equal(s.Warnings, []string{"trials of size half, seed 1: no answer to 3-4"}) {
		t.Errorf("%q", s.Warnings)
	}
	two := only(t, append(slices.Clone(tens), cells("\"half\"", 4, 60, 62, 64, 66, 65, 63)...)...)
	if two.Interval.Method != "cells" || two.Interval.Groups != 2 || len(two.Interval.Rules) != 3 {
		t.Errorf("%+v", two.Interval)
	}
}

func TestBadAnswers(t *testing.T) {
	for line, want := range map[string]string{
		cellOf("3", 0, -1, "5", true):                                      "rows: -1",
		cellOf("3", -1, 1, "5", true):                                      "trial: -1 is not",
		cellOf("3", 1<<20, 1, "5", true):                                   "trial: 1048576 is not",
		cellOf("3", 0, 1, "x", true):                                       "not a natural number",
		strings.Replace(trialOf(3, 0, 1, true), `l":0`, `l":2000000`, 1):   "trial: 2000000 is not",
		probeOf("", 0, 3, 5, true):                                         "method is missing",
		probeOf("p", 3, 3, 5, true):                                        "probe: 3 out of range (3 probes)",
		probeOf("p", -1, 3, 5, true):                                       "probe: -1 out of range",
		probeOf("p", 0, 1, 1e300, true):                                    "log2: 1e+300 is not from",
		probeOf("p", 0, 0, 5, true):                                        "of: 0 is not from 1 to",
		strings.Replace(probeOf("p", 0, 3, 5, true), `ul":0`, `ul":-1`, 1): "doubtful: -1",
	} {
		l := ledger.New()
		if err := enter(l, line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", line, err, want)
		}
		if s := l.Summaries(0.95); len(s) > 0 {
			t.Errorf("%s: left %+v behind", line, s[0])
		}
	}
}
