package ledger_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"relucount/pkg/record"
)

// probeThat is a probe record that measures.
func probeThat(i int, log2 float64, measures string) string {
	return fmt.Sprintf(`{"type":"probe","milp":"m","method":"p","seed":"1","probe":%d,"of":4,"log2":%v,"complete":true,"measures":{%s}}`, i, log2, measures)
}

// statisticsOf returns the statistics of one group of probes, with the warnings and
// contradictions of the summary.
func statisticsOf(t *testing.T, lines ...string) (m *record.Measured, s *record.Summary) {
	t.Helper()
	s = feed(t, lines...).Summaries(0.95)[0]
	if len(s.From.Probes) != 1 || s.From.Probes[0].Measured == nil {
		t.Fatalf("%+v", s.From.Probes)
	}
	return s.From.Probes[0].Measured, s
}

// named writes a statistic, without its intervals.
func named(s *record.Statistic) string {
	var b strings.Builder
	b.WriteString(s.Of)
	if s.Class != nil {
		fmt.Fprintf(&b, " %d", *s.Class)
	}
	if s.Constant != nil {
		fmt.Fprintf(&b, " constant")
	}
	if s.Output != nil {
		fmt.Fprintf(&b, " of %d", *s.Output)
	}
	fmt.Fprintf(&b, " %s", s.Figure)
	if s.Level != nil {
		fmt.Fprintf(&b, " %v", *s.Level)
	}
	fmt.Fprintf(&b, ": %v", math.Round(s.Value*1e6)/1e6)
	if s.Regions != nil {
		fmt.Fprintf(&b, ", %s regions", s.Regions.Regions)
	}
	if s.Unknown > 0 {
		fmt.Fprintf(&b, ", %v unknown", math.Round(s.Unknown*1e6)/1e6)
	}
	return b.String()
}

// Four probes of the weights 8, 4, 4, 4: regions count by their weights.
func TestMeasured(t *testing.T) {
	m, s := statisticsOf(t,
		probeThat(0, 3, `"of":["class","facets","slope"],"class":1,"constant":true,"facets":5,"slopes":[2,3],"outputs":"o"`),
		probeThat(1, 2, `"of":["class","facets","slope"],"class":0,"constant":true,"facets":3,"slopes":[1,7],"outputs":"o"`),
		probeThat(2, 2, `"of":["class","facets","slope"],"class":1,"constant":false,"facets":4,"slopes":[0,1],"outputs":"o"`),
		probeThat(3, 2, `"of":["class","facets","slope"],"outputs":"o","why":"too thin"`))
	var got []string
	for i := range m.Statistics {
		got = append(got, named(&m.Statistics[i]))
	}
	want := []string{
		"class 0 share: 0.25, 1 regions, 0.2 unknown",
		"class 1 share: 0.75, 3 regions, 0.2 unknown",
		"class constant share: 0.75, 3 regions, 0.2 unknown",
		"facets mean: 4.25, 0.2 unknown",
		"facets quantile 0.1: 3, 0.2 unknown", "facets quantile 0.5: 4, 0.2 unknown", "facets quantile 0.9: 5, 0.2 unknown",
		"slope of 0 mean: 1.25, 0.2 unknown",
		"slope of 0 quantile 0.1: 0, 0.2 unknown", "slope of 0 quantile 0.5: 1, 0.2 unknown", "slope of 0 quantile 0.9: 2, 0.2 unknown",
		"slope of 1 mean: 3.5, 0.2 unknown",
		"slope of 1 quantile 0.1: 1, 0.2 unknown", "slope of 1 quantile 0.5: 3, 0.2 unknown", "slope of 1 quantile 0.9: 7, 0.2 unknown",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if m.Probes != 4 || m.Known != 3 || math.Abs(m.Effective-400.0/112) > 1e-9 {
		t.Errorf("%+v", m)
	}
	warning := "probes by p, seed 1: of 20 % of the regions the class is not known, and they may differ from the others"
	if !slices.Contains(s.Warnings, warning) {
		t.Errorf("%q, want %q", s.Warnings, warning)
	}
	for _, one := range m.Statistics {
		for _, i := range one.Intervals {
			if i.Lower != nil && *i.Lower > one.Value+1e-12 && one.Figure != record.FigureMean || i.Upper != nil && *i.Upper < one.Value-1e-12 && one.Figure != record.FigureMean {
				t.Errorf("%s: %v to %v", named(&one), *i.Lower, *i.Upper)
			}
		}
	}
}

// What was not asked for is not unknown, and what is about other outputs is apart.
func TestMeasuredApart(t *testing.T) {
	m, s := statisticsOf(t,
		probeThat(0, 0, `"of":["facets"],"facets":5`),
		probeThat(1, 0, `"of":["class"],"class":0,"outputs":"o"`),
		probeThat(1, 0, `"of":["class"],"class":1,"outputs":"other"`),
		`{"type":"probe","milp":"m","method":"p","seed":"1","probe":2,"of":4,"log2":9,"complete":true}`)
	for _, one := range m.Statistics {
		if one.Unknown != 0 || one.Figure == record.FigureShare && (one.Value != 1 || (*one.Class == 0) != (one.Outputs == "o")) {
			t.Errorf("%+v", one)
		}
	}
	if m.Probes != 2 || m.Known != 2 || len(m.Statistics) != 6 {
		t.Errorf("%+v", m)
	}
	if slices.ContainsFunc(s.Warnings, func(w string) bool { return strings.Contains(w, "not known") }) || len(s.Contradictions) > 0 {
		t.Errorf("%q, %q", s.Warnings, s.Contradictions)
	}
}

// A probe ends in one region.
func TestMeasuredDisputed(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{`"of":["facets"],"facets":5`, `"of":["facets"],"facets":6`, "numbers of facets"},
		{`"of":["class"],"class":1,"constant":true`, `"of":["class"],"class":1,"constant":false`, "classes"},
		{`"of":["class"],"class":1,"constant":true`, `"of":["class"],"class":2,"constant":true`, "classes"},
		{`"of":["class"],"class":1,"constant":false`, `"of":["class"],"class":2,"constant":false`, ""},
		{`"of":["radius"],"radius":1`, `"of":["radius"],"radius":2`, ""},
		{`"of":["facets"],"facets":5`, `"of":["facets"],"why":"time limit"`, ""},
	} {
		_, s := statisticsOf(t, probeThat(0, 0, c.a), probeThat(0, 0, c.b))
		var want []string
		if c.want != "" {
			want = []string{"probe 0 (p, seed 1) has ended in regions of different " + c.want}
		}
		if !slices.Equal(s.Contradictions, want) && len(s.Contradictions)+len(want) > 0 {
			t.Errorf("%s, %s: %q, want %q", c.a, c.b, s.Contradictions, want)
		}
	}
}
