package page

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"relucount/pkg/phrase"
	"relucount/pkg/record"
)

// WriteMarkdown writes a table with a row a network, below it one with what probes have
// measured, where they have, and a list of the contradictions and warnings. Without
// summaries it writes nothing.
func WriteMarkdown(w io.Writer, summaries []*record.Summary) error {
	if len(summaries) == 0 {
		return nil
	}
	var out bytes.Buffer
	fmt.Fprintln(&out, "| network | layers | domain | unstable units | exact | lower | interval | upper | gap (bits) | average | geometric mean | trials closed | LPs | seconds |")
	fmt.Fprintln(&out, "|---|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
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
	measuredMarkdown(&out, summaries)
	if len(notes) > 0 {
		fmt.Fprintf(&out, "\n%s\n", strings.Join(notes, "\n"))
	}
	return put(w, out.Bytes())
}

func markdownCells(s *record.Summary) []string {
	t := total(s)
	trials := ""
	if t.Trials > 0 {
		trials = phrase.Join(fmt.Sprintf("%d of %d", t.Closed, t.Trials), phrase.Doubts(t.Doubtful))
	}
	return []string{
		layers(s),
		known(s.Domain, func(d *record.Domain) string { return escape(phrase.Domain(d)) }),
		known(s.Network, func(n *record.NetworkSize) string { return strconv.Itoa(n.Unstable) }),
		known(s.Exact, func(e *record.ExactCount) string {
			return phrase.Join(e.Regions+" ("+phrase.Power(e.Number)+")", certified(e), phrase.Doubts(e.Doubtful))
		}),
		known(s.Lower, func(l *record.LowerBound) string { return phrase.Join(phrase.Both(l.Number), lowerRemark(l)) }),
		known(s.Interval, func(i *record.Interval) string { return phrase.Join(phrase.Round(i.Bits)+" bits", intervalRemark(i)) }),
		known(s.Upper, func(u *record.UpperBounds) string {
			return phrase.Join(phrase.Both(u.Best.Number), cell(u.Best.Method), escape(upperRemark(&u.Best)))
		}),
		known(s.Gap, func(v *float64) string { return phrase.Round(*v) }),
		known(s.Proxy, func(p *record.Proxy) string { return phrase.Both(p.Average) }),
		known(s.Proxy, func(p *record.Proxy) string { return phrase.Both(p.Geometric) }),
		trials,
		strconv.FormatInt(s.Stats.LPs, 10),
		phrase.Round(s.Stats.Seconds),
	}
}

var escapes = strings.NewReplacer(`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;", "[", `\[`)

// escape escapes text for Markdown, and cell text from a record.
func escape(s string) string { return escapes.Replace(s) }

func cell(s string) string { return escape(phrase.Plain(s)) }
