package page

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"relucount/pkg/phrase"
	"relucount/pkg/record"
	"relucount/pkg/sequence"
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
	for _, q := range sequence.Find(summaries) {
		steps(&out, q)
	}
	return put(w, out.Bytes())
}

// steps writes the networks of a sequence in order, with the differences.
func steps(out *bytes.Buffer, q sequence.Sequence) {
	fmt.Fprintf(out, "\n%s  %d networks in order\n", phrase.Plain(q.Name), len(q.Steps))
	var rows bytes.Buffer
	tw := tabwriter.NewWriter(&rows, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "  #\tregions\tchange\tbits\t")
	for _, t := range q.Steps {
		fmt.Fprintf(tw, "  %s\t%s\t%s\t%s\t\n", t.Label, stepRegions(t), stepChange(t), stepBits(t))
	}
	tw.Flush()
	trimmed(out, &rows)
}

// trimmed writes lines without the spaces that empty last cells leave.
func trimmed(out, rows *bytes.Buffer) {
	for line := range strings.Lines(rows.String()) {
		fmt.Fprintln(out, strings.TrimRight(line, " \n"))
	}
}

// table collects the rows of one network's table.
type table struct{ tw *tabwriter.Writer }

// row writes a row: label, power of two, decimal, remark.
func (t *table) row(cells ...string) {
	fmt.Fprintln(t.tw, "  "+strings.Join(cells, "\t"))
}

// number writes a row about a number of regions.
func (t *table) number(label string, n record.Number, remarks ...string) {
	t.row(label, phrase.Power(n), phrase.Decimal(n), phrase.Join(remarks...))
}

func text(out *bytes.Buffer, s *record.Summary) {
	fmt.Fprintln(out, heading(s))
	for _, c := range s.Contradictions {
		fmt.Fprintln(out, "  CONTRADICTION:", c)
	}
	var rows bytes.Buffer
	t := &table{tabwriter.NewWriter(&rows, 0, 0, 2, ' ', 0)}
	t.results(s)
	t.trials(s)
	t.cells(s)
	t.probes(s)
	t.bounds(s)
	t.counts(s)
	t.defined(s)
	t.origin(s)
	t.tw.Flush()
	trimmed(out, &rows)
	for _, m := range s.Warnings {
		fmt.Fprintln(out, "  warning:", m)
	}
}

func heading(s *record.Summary) string {
	h := Label(s)
	if n := s.Network; n != nil {
		on := known(s.Domain, func(d *record.Domain) string { return " on " + phrase.Domain(d) })
		h += fmt.Sprintf("  %s%s, %d ReLU units: %d active, %d inactive, %d unstable", layers(s), on, n.Units, n.Active, n.Inactive, n.Unstable)
	}
	return h
}

func (t *table) results(s *record.Summary) {
	if e := s.Exact; e != nil {
		t.row("exact", phrase.Power(e.Number), e.Regions, phrase.Join(certified(e), phrase.Doubts(e.Doubtful)))
	}
	if l := s.Lower; l != nil {
		t.number("lower", l.Number, lowerRemark(l))
	}
	if i := s.Interval; i != nil {
		t.row("interval", phrase.Round(i.Bits)+" bits", "", intervalRemark(i))
	}
	if u := s.Upper; u != nil {
		t.number("upper", u.Best.Number, phrase.Plain(u.Best.Method), upperRemark(&u.Best))
	}
	if s.Gap != nil {
		from := "lower"
		if s.Exact != nil {
			from = "exact"
		}
		t.row("gap", phrase.Round(*s.Gap)+" bits", "", "from "+from+" to upper")
	}
	t.narrower(s)
	if x := s.Proxy; x != nil {
		t.number("proxy", x.Average, "average of lower and upper")
		t.number("", x.Geometric, "geometric mean of lower and upper")
	}
}

// narrower says what would narrow the gap.
func (t *table) narrower(s *record.Summary) {
	label := "narrower by"
	for i := range s.Narrower {
		n := &s.Narrower[i]
		kind := "probe"
		switch {
		case n.Size != nil && n.Rows != nil:
			kind = "cell"
		case n.Size != nil:
			kind = "trial"
		}
		gain := ""
		if n.Lower > 0 {
			gain = "the lower bound would rise by about " + phrase.Round(n.Lower) + " bits"
		}
		shrink := ""
		if n.Interval > 0 {
			shrink = "the interval would shrink by about " + phrase.Round(n.Interval) + " bits"
		}
		t.row(label, phrase.Several(n.More, kind)+" more", "", phrase.Join(gain, shrink, phrase.Several(int(n.LPs), "LP")))
		label = ""
	}
	if s.Exact == nil && s.Gap != nil && len(s.From.Counts) == 0 {
		t.row(label, "solve -count", "", "the upper bound falls while it counts, also where -time-limit ends it")
	}
}

// trials tells of the trials, with the bounds that they give.
func (t *table) trials(s *record.Summary) {
	for _, g := range s.From.Trials {
		t.row("trials", "size "+g.Size.String(), "", phrase.Join(
			fmt.Sprintf("%s: %d closed, %d open", phrase.Several(g.Trials, "trial"), g.Closed, g.Open),
			"mean "+phrase.Round(g.MeanRows)+" rows", phrase.Doubts(g.Doubtful)))
		t.rules(s, func(of record.Group) bool { return of.Size != nil && *of.Size == g.Size && of.Rows == nil })
	}
}

// cells tells of the cells, with their mean and the bounds that they give.
func (t *table) cells(s *record.Summary) {
	for i := range s.From.Cells {
		g := &s.From.Cells[i]
		seed := "" // said where groups differ in nothing else
		if slices.ContainsFunc(s.From.Cells, func(h record.CellGroup) bool { return h.Seed != g.Seed }) {
			seed = "seed " + phrase.Plain(g.Seed)
		}
		t.row("cells", "size "+g.Size.String(), "", phrase.Join(
			fmt.Sprintf("%s of %s: %d exact, %d not", phrase.Several(g.Cells, "cell"), phrase.Several(g.Rows, "row"), g.Exact, g.Cells-g.Exact), seed, phrase.Doubts(g.Doubtful)))
		t.number("  mean", g.Mean.Number, deviation(g.Mean))
		t.rules(s, func(of record.Group) bool {
			return of.Size != nil && *of.Size == g.Size && of.Rows != nil && *of.Rows == g.Rows && of.Seed == g.Seed
		})
	}
}

// probes tells of the probes, with their mean and the bounds that they give, and
// what to ask next.
func (t *table) probes(s *record.Summary) {
	for i := range s.From.Probes {
		g := &s.From.Probes[i]
		t.row("probes", phrase.Plain(g.Method), "", phrase.Join(
			fmt.Sprintf("%d of %s: %d complete, %d not", g.Probes, phrase.Several(g.Of, "probe"), g.Complete, g.Probes-g.Complete), seedOf(s, g), phrase.Doubts(g.Doubtful)))
		t.number("  mean", g.Mean.Number, deviation(g.Mean))
		t.rules(s, func(of record.Group) bool { return of.Size == nil && of.Descent == g.Method && of.Seed == g.Seed })
		t.measured(g.Measured)
	}
	if s.NextRows != nil && len(s.From.Cells)+len(s.From.Probes) > 0 {
		t.row("next", phrase.Several(*s.NextRows, "row"), "", "hashes with this many rows leave cells that are best to count")
	}
}

// bounds lists the upper bounds.
func (t *table) bounds(s *record.Summary) {
	if s.Upper != nil && len(s.Upper.Methods) > 1 {
		t.row("bounds", "", "", "")
		for i := range s.Upper.Methods {
			b := &s.Upper.Methods[i]
			t.number("  "+phrase.Plain(b.Method), b.Number, upperRemark(b))
		}
	}
}

// counts lists the counts that are not simply all regions.
func (t *table) counts(s *record.Summary) {
	if parts := s.From.Counts; slices.ContainsFunc(parts, func(c record.CountOf) bool { return c.Scope != record.Whole || !c.Exact }) {
		t.row("counts", "", "", "")
		for i := range parts {
			c := &parts[i]
			t.number("  "+phrase.Plain(c.Scope), c.Number, countRemark(c), phrase.Doubts(c.Doubtful), phrase.Plain(c.Why))
		}
	}
}

// defined lists the counts by other definitions of regions.
func (t *table) defined(s *record.Summary) {
	if len(s.From.Defined) == 0 {
		return
	}
	t.row("definitions", "", "", "")
	for i := range s.From.Defined {
		d := &s.From.Defined[i]
		remark, facets := definedRemarks(d)
		t.number("  "+phrase.Plain(d.Define), d.Number, remark, facets, phrase.Plain(d.Why))
	}
}

// definedRemarks says what there is to know of a count beside its number.
func definedRemarks(d *record.DefinedOf) (remark, facets string) {
	if !d.Exact {
		remark = "not all visited, no bound"
	}
	if d.Boundary != "" {
		facets = phrase.Plain(d.Boundary) + " facets between classes"
	}
	return remark, facets
}

// origin says what the table is about and what it has cost.
func (t *table) origin(s *record.Summary) {
	t.row("milp", "", "", phrase.Plain(s.Milp))
	if s.Edited {
		t.row("content", "", "", phrase.Plain(s.Content))
	}
	t.row("cost", phrase.Round(s.Stats.Seconds)+" s", "", fmt.Sprintf("%d LPs, %d pivots", s.Stats.LPs, s.Stats.Pivots))
}

// rules writes the bounds from one group.
func (t *table) rules(s *record.Summary, of func(record.Group) bool) {
	standard := func(is bool) string {
		if is {
			return "default"
		}
		return ""
	}
	if s.Lower != nil {
		for _, r := range s.Lower.Rules {
			if of(r.Group) {
				t.number("  "+r.Method, r.Number, phrase.Percent(r.Confidence)+" confidence", standard(r.Default), verdict(r.Holds))
			}
		}
	}
	if s.Interval != nil {
		for i := range s.Interval.Rules {
			if r := &s.Interval.Rules[i]; of(r.Group) {
				t.row("  interval", phrase.Round(r.Bits)+" bits", "",
					phrase.Join(span(r), r.Method, phrase.Percent(r.Confidence)+" confidence", standard(r.Default), verdict(r.Holds)))
			}
		}
	}
}
