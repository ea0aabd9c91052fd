package page

import (
	"bytes"
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"

	"relucount/pkg/phrase"
	"relucount/pkg/record"
)

// column is a column of the CSV table. A value that is not known is empty.
type column struct {
	name  string
	value func(s *record.Summary) string
}

var columns = []column{
	{"name", func(s *record.Summary) string { return s.Name }},
	{"milp", func(s *record.Summary) string { return s.Milp }},
	{"content", func(s *record.Summary) string { return s.Content }},
	{"edited", func(s *record.Summary) string { return strconv.FormatBool(s.Edited) }},
	{"layers", layers},
	{"units", func(s *record.Summary) string {
		return known(s.Network, func(n *record.NetworkSize) string { return strconv.Itoa(n.Units) })
	}},
	{"unstable", func(s *record.Summary) string {
		return known(s.Network, func(n *record.NetworkSize) string { return strconv.Itoa(n.Unstable) })
	}},
	{"exact", func(s *record.Summary) string {
		return known(s.Exact, func(e *record.ExactCount) string { return e.Regions })
	}},
	{"exact_log2", func(s *record.Summary) string {
		return known(s.Exact, func(e *record.ExactCount) string { return phrase.Exactly(e.Log2) })
	}},
	{"exact_doubtful", func(s *record.Summary) string {
		return known(s.Exact, func(e *record.ExactCount) string { return strconv.Itoa(e.Doubtful) })
	}},
	{"lower", func(s *record.Summary) string {
		return known(s.Lower, func(l *record.LowerBound) string { return l.Regions })
	}},
	{"lower_log2", func(s *record.Summary) string {
		return known(s.Lower, func(l *record.LowerBound) string { return phrase.Exactly(l.Log2) })
	}},
	{"lower_confidence", func(s *record.Summary) string {
		return known(s.Lower, func(l *record.LowerBound) string { return phrase.Exactly(l.Confidence) })
	}},
	{"lower_method", func(s *record.Summary) string {
		return known(s.Lower, func(l *record.LowerBound) string { return l.Method })
	}},
	{"lower_holds", func(s *record.Summary) string {
		return known(s.Lower, func(l *record.LowerBound) string {
			return known(l.Holds, func(b *bool) string { return strconv.FormatBool(*b) })
		})
	}},
	{"upper", func(s *record.Summary) string {
		return known(s.Upper, func(u *record.UpperBounds) string { return u.Best.Regions })
	}},
	{"upper_log2", func(s *record.Summary) string {
		return known(s.Upper, func(u *record.UpperBounds) string { return phrase.Exactly(u.Best.Log2) })
	}},
	{"upper_method", func(s *record.Summary) string {
		return known(s.Upper, func(u *record.UpperBounds) string { return u.Best.Method })
	}},
	{"gap", func(s *record.Summary) string {
		return known(s.Gap, func(v *float64) string { return phrase.Exactly(*v) })
	}},
	{"average", func(s *record.Summary) string {
		return known(s.Proxy, func(p *record.Proxy) string { return p.Average.Regions })
	}},
	{"average_log2", func(s *record.Summary) string {
		return known(s.Proxy, func(p *record.Proxy) string { return phrase.Exactly(p.Average.Log2) })
	}},
	{"geometric", func(s *record.Summary) string {
		return known(s.Proxy, func(p *record.Proxy) string { return p.Geometric.Regions })
	}},
	{"geometric_log2", func(s *record.Summary) string {
		return known(s.Proxy, func(p *record.Proxy) string { return phrase.Exactly(p.Geometric.Log2) })
	}},
	{"trials", func(s *record.Summary) string { return strconv.Itoa(total(s).Trials) }},
	{"closed", func(s *record.Summary) string { return strconv.Itoa(total(s).Closed) }},
	{"trials_doubtful", func(s *record.Summary) string { return strconv.Itoa(total(s).Doubtful) }},
	{"contradictions", func(s *record.Summary) string { return strings.Join(s.Contradictions, "; ") }},
	{"warnings", func(s *record.Summary) string { return strings.Join(s.Warnings, "; ") }},
	{"seconds", func(s *record.Summary) string { return phrase.Exactly(s.Stats.Seconds) }},
	{"lps", func(s *record.Summary) string { return strconv.FormatInt(s.Stats.LPs, 10) }},
	{"pivots", func(s *record.Summary) string { return strconv.FormatInt(s.Stats.Pivots, 10) }},
	{"interval_lower", func(s *record.Summary) string {
		return known(s.Interval, func(i *record.Interval) string { return i.Lower.Regions })
	}},
	{"interval_upper", func(s *record.Summary) string {
		return known(s.Interval, func(i *record.Interval) string { return i.Upper.Regions })
	}},
	{"interval_bits", func(s *record.Summary) string {
		return known(s.Interval, func(i *record.Interval) string { return phrase.Exactly(i.Bits) })
	}},
	{"interval_confidence", func(s *record.Summary) string {
		return known(s.Interval, func(i *record.Interval) string { return phrase.Exactly(i.Confidence) })
	}},
	{"interval_method", func(s *record.Summary) string {
		return known(s.Interval, func(i *record.Interval) string { return i.Method })
	}},
	{"interval_holds", func(s *record.Summary) string {
		return known(s.Interval, func(i *record.Interval) string {
			return known(i.Holds, func(b *bool) string { return strconv.FormatBool(*b) })
		})
	}},
	{"cells", func(s *record.Summary) string { cells, _ := answers(s); return strconv.Itoa(cells) }},
	{"probes", func(s *record.Summary) string { _, probes := answers(s); return strconv.Itoa(probes) }},
	{"next_rows", func(s *record.Summary) string {
		return known(s.NextRows, func(n *int) string { return strconv.Itoa(*n) })
	}},
	{"exact_certified", func(s *record.Summary) string {
		return known(s.Exact, func(e *record.ExactCount) string { return strconv.FormatBool(e.Certified) })
	}},
	{"domain", func(s *record.Summary) string { return known(s.Domain, phrase.Domain) }},
}

// known returns f(v), or nothing when v is nil.
func known[T any](v *T, f func(*T) string) string {
	if v == nil {
		return ""
	}
	return f(v)
}

// total sums the trials of all sizes.
func total(s *record.Summary) record.TrialGroup {
	var t record.TrialGroup
	for _, g := range s.From.Trials {
		t.Trials += g.Trials
		t.Closed += g.Closed
		t.Open += g.Open
		t.Doubtful += g.Doubtful
	}
	return t
}

// answers counts the cells and the probes.
func answers(s *record.Summary) (cells, probes int) {
	for _, g := range s.From.Cells {
		cells += g.Cells
	}
	for _, g := range s.From.Probes {
		probes += g.Probes
	}
	return cells, probes
}

// WriteCSV writes a header and one row a network. The header is always the same, but for
// columns at its end for what probes have measured, where they have.
func WriteCSV(w io.Writer, summaries []*record.Summary) error {
	var out bytes.Buffer
	c := csv.NewWriter(&out)
	columns := slices.Concat(columns, measuredColumns(summaries))
	row := make([]string, len(columns))
	for i, col := range columns {
		row[i] = col.name
	}
	rows := [][]string{row}
	for _, s := range summaries {
		row := make([]string, len(columns))
		for i, col := range columns {
			row[i] = col.value(s)
		}
		rows = append(rows, row)
	}
	if err := c.WriteAll(rows); err != nil {
		return err
	}
	return put(w, out.Bytes())
}
