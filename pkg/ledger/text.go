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
	if i := s.Interval; i != nil {
		p.row("interval", round(i.Bits)+" bits", "", intervalRemark(i))
	}
	if u := s.Upper; u != nil {
		p.number("upper", u.Best.Number, plain(u.Best.Method), upperRemark(&u.Best))
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
		p.rules(s, func(of record.Group) bool { return of.Size != nil && *of.Size == g.Size && of.Rows == nil })
	}
	for i := range s.From.Cells {
		g := &s.From.Cells[i]
		seed := "" // said where groups differ in nothing else
		if slices.ContainsFunc(s.From.Cells, func(h record.CellGroup) bool { return h.Seed != g.Seed }) {
			seed = "seed " + plain(g.Seed)
		}
		p.row("cells", "size "+g.Size.String(), "", remark(
			fmt.Sprintf("%s of %s: %d exact, %d not", several(g.Cells, "cell"), several(g.Rows, "row"), g.Exact, g.Cells-g.Exact), seed, doubts(g.Doubtful)))
		p.number("  mean", g.Mean.Number, deviation(g.Mean))
		p.rules(s, func(of record.Group) bool {
			return of.Size != nil && *of.Size == g.Size && of.Rows != nil && *of.Rows == g.Rows && of.Seed == g.Seed
		})
	}
	for i := range s.From.Probes {
		g := &s.From.Probes[i]
		seed := ""
		if slices.ContainsFunc(s.From.Probes, func(h record.ProbeGroup) bool { return h.Seed != g.Seed }) {
			seed = "seed " + plain(g.Seed)
		}
		p.row("probes", plain(g.Method), "", remark(
			fmt.Sprintf("%d of %s: %d complete, %d not", g.Probes, several(g.Of, "probe"), g.Complete, g.Probes-g.Complete), seed, doubts(g.Doubtful)))
		p.number("  mean", g.Mean.Number, deviation(g.Mean))
		p.rules(s, func(of record.Group) bool { return of.Size == nil && of.Descent == g.Method && of.Seed == g.Seed })
	}
	if s.NextRows != nil && len(s.From.Cells)+len(s.From.Probes) > 0 {
		p.row("next", several(*s.NextRows, "row"), "", "hashes of so many leave cells that are best to count")
	}
	if s.Upper != nil && len(s.Upper.Methods) > 1 {
		p.row("bounds", "", "", "")
		for i := range s.Upper.Methods {
			b := &s.Upper.Methods[i]
			p.number("  "+plain(b.Method), b.Number, upperRemark(b))
		}
	}
	if parts := s.From.Counts; slices.ContainsFunc(parts, func(c record.CountOf) bool { return c.Scope != whole || !c.Exact }) {
		p.row("counts", "", "", "")
		for i := range parts {
			c := &parts[i]
			p.number("  "+plain(c.Scope), c.Number, countRemark(c), doubts(c.Doubtful), plain(c.Why))
		}
	}
	p.row("milp", "", "", plain(s.Milp))
	if s.Edited {
		p.row("content", "", "", plain(s.Content))
	}
	p.row("cost", round(s.Stats.Seconds)+" s", "", fmt.Sprintf("%d LPs, %d pivots", s.Stats.LPs, s.Stats.Pivots))
}

// rules writes the bounds from one group.
func (p *page) rules(s *record.Summary, of func(record.Group) bool) {
	standard := func(is bool) string {
		if is {
			return "default"
		}
		return ""
	}
	if s.Lower != nil {
		for _, r := range s.Lower.Rules {
			if of(r.Group) {
				p.number("  "+r.Method, r.Number, percent(r.Confidence)+" confidence", standard(r.Default), verdict(r.Holds))
			}
		}
	}
	if s.Interval != nil {
		for i := range s.Interval.Rules {
			if r := &s.Interval.Rules[i]; of(r.Group) {
				p.row("  interval", round(r.Bits)+" bits", "",
					remark(span(r), r.Method, percent(r.Confidence)+" confidence", standard(r.Default), verdict(r.Holds)))
			}
		}
	}
}
