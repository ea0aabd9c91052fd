package ledger

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"relucount/pkg/record"
)

// WriteText writes the summaries for a reader: for each network an aligned
// table, with what is known first and how it is known below.
func WriteText(w io.Writer, summaries []*record.Summary) error {
	var out bytes.Buffer
	for i, s := range summaries {
		if i > 0 {
			out.WriteByte('\n')
		}
		text(&out, s)
	}
	_, err := w.Write(out.Bytes())
	return err
}

// page collects the rows of one network's table.
type page struct{ tw *tabwriter.Writer }

// row writes a row: label, power of two, decimal, remark.
func (p *page) row(cells ...string) {
	fmt.Fprintln(p.tw, "  "+strings.Join(cells, "\t"))
}

// number writes a row about a number of regions.
func (p *page) number(label string, n record.Number, remarks ...string) {
	p.row(label, power(n), decimal(n), remark(remarks...))
}

func text(out *bytes.Buffer, s *record.Summary) {
	fmt.Fprintln(out, heading(s))
	for _, c := range s.Contradictions {
		fmt.Fprintln(out, "  CONTRADICTION:", c)
	}
	var table bytes.Buffer
	p := &page{tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)}
	p.results(s)
	p.details(s)
	p.tw.Flush()
	for line := range strings.Lines(table.String()) { // empty last cells leave spaces
		fmt.Fprintln(out, strings.TrimRight(line, " \n"))
	}
	for _, m := range s.Warnings {
		fmt.Fprintln(out, "  warning:", m)
	}
}

// Label names a network for a reader.
func Label(s *record.Summary) string {
	if s.Edited {
		return plain(s.Name) + " (edited)"
	}
	return plain(s.Name)
}

func heading(s *record.Summary) string {
	h := Label(s)
	if n := s.Network; n != nil {
		h += fmt.Sprintf("  %s, %d ReLU units: %d active, %d inactive, %d unstable", layers(s), n.Units, n.Active, n.Inactive, n.Unstable)
	}
	return h
}

func (p *page) results(s *record.Summary) {
	if e := s.Exact; e != nil {
		p.row("exact", power(e.Number), e.Regions, doubts(e.Doubtful))
	}
	if l := s.Lower; l != nil {
		p.number("lower", l.Number, lowerRemark(l))
	}
	if u := s.Upper; u != nil {
		p.number("upper", u.Best.Number, plain(u.Best.Method), relaxed(&u.Best))
	}
	if s.Gap != nil {
		from := "lower"
		if s.Exact != nil {
			from = "exact"
		}
		p.row("gap", round(*s.Gap)+" bits", "", "from "+from+" to upper")
	}
	if x := s.Proxy; x != nil {
		p.number("proxy", x.Average, "average of lower and upper")
		p.number("", x.Geometric, "geometric mean of lower and upper")
	}
}

// details says where the results come from.
func (p *page) details(s *record.Summary) {
	for _, g := range s.From.Trials {
		p.row("trials", "size "+g.Size.String(), "", remark(
			fmt.Sprintf("%s: %d closed, %d open", several(g.Trials, "trial"), g.Closed, g.Open),
			"mean "+round(g.MeanRows)+" rows", doubts(g.Doubtful)))
		if s.Lower == nil {
			continue
		}
		for _, r := range s.Lower.Rules {
			if r.Size == g.Size {
				p.number("  "+r.Method, r.Number, percent(r.Confidence)+" confidence", verdict(r.Holds))
			}
		}
	}
	if s.Upper != nil && len(s.Upper.Methods) > 1 {
		p.row("bounds", "", "", "")
		for i := range s.Upper.Methods {
			b := &s.Upper.Methods[i]
			p.number("  "+plain(b.Method), b.Number, relaxed(b))
		}
	}
	if parts := s.From.Counts; slices.ContainsFunc(parts, func(c record.CountOf) bool { return c.Scope != whole || !c.Exact }) {
		p.row("counts", "", "", "")
		for _, c := range parts {
			kind := "exact"
			if !c.Exact {
				kind = "at least"
			}
			p.number("  "+plain(c.Scope), c.Number, kind, doubts(c.Doubtful), plain(c.Why))
		}
	}
	p.row("milp", "", "", plain(s.Milp))
	if s.Edited {
		p.row("content", "", "", plain(s.Content))
	}
	p.row("cost", round(s.Stats.Seconds)+" s", "", fmt.Sprintf("%d LPs, %d pivots", s.Stats.LPs, s.Stats.Pivots))
}
