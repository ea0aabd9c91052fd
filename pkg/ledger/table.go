package ledger

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

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
		return known(s.Exact, func(e *record.ExactCount) string { return float(e.Log2) })
	}},
	{"exact_doubtful", func(s *record.Summary) string {
		return known(s.Exact, func(e *record.ExactCount) string { return strconv.Itoa(e.Doubtful) })
	}},
	{"lower", func(s *record.Summary) string {
		return known(s.Lower, func(l *record.LowerBound) string { return l.Regions })
	}},
	{"lower_log2", func(s *record.Summary) string {
		return known(s.Lower, func(l *record.LowerBound) string { return float(l.Log2) })
	}},
	{"lower_confidence", func(s *record.Summary) string {
		return known(s.Lower, func(l *record.LowerBound) string { return float(l.Confidence) })
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
		return known(s.Upper, func(u *record.UpperBounds) string { return float(u.Best.Log2) })
	}},
	{"upper_method", func(s *record.Summary) string {
		return known(s.Upper, func(u *record.UpperBounds) string { return u.Best.Method })
	}},
	{"gap", func(s *record.Summary) string {
		return known(s.Gap, func(v *float64) string { return float(*v) })
	}},
	{"average", func(s *record.Summary) string {
		return known(s.Proxy, func(p *record.Proxy) string { return p.Average.Regions })
	}},
	{"average_log2", func(s *record.Summary) string {
		return known(s.Proxy, func(p *record.Proxy) string { return float(p.Average.Log2) })
	}},
	{"geometric", func(s *record.Summary) string {
		return known(s.Proxy, func(p *record.Proxy) string { return p.Geometric.Regions })
	}},
	{"geometric_log2", func(s *record.Summary) string {
		return known(s.Proxy, func(p *record.Proxy) string { return float(p.Geometric.Log2) })
	}},
	{"trials", func(s *record.Summary) string { return strconv.Itoa(total(s).Trials) }},
	{"closed", func(s *record.Summary) string { return strconv.Itoa(total(s).Closed) }},
	{"trials_doubtful", func(s *record.Summary) string { return strconv.Itoa(total(s).Doubtful) }},
	{"contradictions", func(s *record.Summary) string { return strings.Join(s.Contradictions, "; ") }},
	{"warnings", func(s *record.Summary) string { return strings.Join(s.Warnings, "; ") }},
	{"seconds", func(s *record.Summary) string { return float(s.Stats.Seconds) }},
	{"lps", func(s *record.Summary) string { return strconv.FormatInt(s.Stats.LPs, 10) }},
	{"pivots", func(s *record.Summary) string { return strconv.FormatInt(s.Stats.Pivots, 10) }},
	{"interval_lower", func(s *record.Summary) string {
		return known(s.Interval, func(i *record.Interval) string { return i.Lower.Regions })
	}},
	{"interval_upper", func(s *record.Summary) string {
		return known(s.Interval, func(i *record.Interval) string { return i.Upper.Regions })
	}},
	{"interval_bits", func(s *record.Summary) string {
		return known(s.Interval, func(i *record.Interval) string { return float(i.Bits) })
	}},
	{"interval_confidence", func(s *record.Summary) string {
		return known(s.Interval, func(i *record.Interval) string { return float(i.Confidence) })
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
}

// known returns f(v), or nothing when v is nil.
func known[T any](v *T, f func(*T) string) string {
	if v == nil {
		return ""
	}
	return f(v)
}

func float(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

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

// WriteCSV writes a header, always the same, and one row a network.
func WriteCSV(w io.Writer, summaries []*record.Summary) error {
	var out bytes.Buffer
	c := csv.NewWriter(&out)
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
	_, err := w.Write(out.Bytes())
	return err
}

// WriteMarkdown writes a table with a row a network, and below it a list of
// the contradictions and warnings. Without summaries it writes nothing.
func WriteMarkdown(w io.Writer, summaries []*record.Summary) error {
	if len(summaries) == 0 {
		return nil
	}
	var out bytes.Buffer
	fmt.Fprintln(&out, "| network | layers | unstable units | exact | lower | interval | upper | gap (bits) | average | geometric mean | trials closed | LPs | seconds |")
	fmt.Fprintln(&out, "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
	var notes []string
	for _, s := range summaries {
		name := cell(s.Name)
		if s.Edited {
			name += " (edited)"
		}
		for _, c := range s.Contradictions {
			notes = append(notes, fmt.Sprintf("- **contradiction** in %s: %s", name, escape(c)))
		}
		for _, m := range s.Warnings {
			notes = append(notes, fmt.Sprintf("- %s: %s", name, escape(m)))
		}
		row := append([]string{name}, markdownCells(s)...)
		fmt.Fprintf(&out, "| %s |\n", strings.Join(row, " | "))
	}
	if len(notes) > 0 {
		fmt.Fprintf(&out, "\n%s\n", strings.Join(notes, "\n"))
	}
	_, err := w.Write(out.Bytes())
	return err
}

func markdownCells(s *record.Summary) []string {
	t := total(s)
	trials := ""
	if t.Trials > 0 {
		trials = remark(fmt.Sprintf("%d of %d", t.Closed, t.Trials), doubts(t.Doubtful))
	}
	return []string{
		layers(s),
		known(s.Network, func(n *record.NetworkSize) string { return strconv.Itoa(n.Unstable) }),
		known(s.Exact, func(e *record.ExactCount) string {
			return remark(e.Regions+" ("+power(e.Number)+")", doubts(e.Doubtful))
		}),
		known(s.Lower, func(l *record.LowerBound) string { return remark(both(l.Number), lowerRemark(l)) }),
		known(s.Interval, func(i *record.Interval) string { return remark(round(i.Bits)+" bits", intervalRemark(i)) }),
		known(s.Upper, func(u *record.UpperBounds) string {
			return remark(both(u.Best.Number), cell(u.Best.Method), escape(upperRemark(&u.Best)))
		}),
		known(s.Gap, func(v *float64) string { return round(*v) }),
		known(s.Proxy, func(p *record.Proxy) string { return both(p.Average) }),
		known(s.Proxy, func(p *record.Proxy) string { return both(p.Geometric) }),
		trials,
		strconv.FormatInt(s.Stats.LPs, 10),
		round(s.Stats.Seconds),
	}
}

var escapes = strings.NewReplacer(`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;", "[", `\[`)

// escape escapes text for Markdown, and cell text from a record.
func escape(s string) string { return escapes.Replace(s) }

func cell(s string) string { return escape(plain(s)) }
