package page

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"relucount/pkg/exhibit"
	"relucount/pkg/ledger"
	"relucount/pkg/phrase"
	"relucount/pkg/record"
	"relucount/pkg/sequence"
)

// grid is a table of a page: the first cell of each row is its heading.
type grid struct {
	Title   string
	Head    []string
	Rows    [][]string
	numbers []int // columns that are aligned to the right
}

// Number reports whether a column has numbers.
func (g grid) Number(i int) bool { return slices.Contains(g.numbers, i) }

// summaryTable has a row for each network.
func summaryTable(x *exhibit.Exhibit) grid {
	g := grid{Title: "All networks", Head: []string{"network", "layers", "exact", "at least", "interval", "at most", "gap, bits"}, numbers: []int{2, 6}}
	for i := range x.Networks {
		n := &x.Networks[i]
		s := n.Summary
		g.Rows = append(g.Rows, []string{
			n.Label(), layers(s),
			known(s.Exact, func(e *record.ExactCount) string { return phrase.Join(e.Regions, certified(e)) }),
			known(s.Lower, func(l *record.LowerBound) string { return phrase.Both(l.Number) }),
			known(s.Interval, func(i *record.Interval) string { return span(&i.IntervalRule) }),
			known(s.Upper, func(u *record.UpperBounds) string { return phrase.Both(u.Best.Number) }),
			known(s.Gap, func(v *float64) string { return phrase.Round(*v) }),
		})
	}
	return g
}

// sequenceTable has the differences of a sequence.
func sequenceTable(s sequence.Sequence) grid {
	g := grid{Title: phrase.Plain(s.Name) + ": numbers of regions and differences", Head: []string{"#", "network", "regions", "change", "change, bits"}, numbers: []int{2, 3, 4}}
	for _, t := range s.Steps {
		g.Rows = append(g.Rows, []string{t.Label, Label(t.Summary), stepRegions(t), stepChange(t), stepBits(t)})
	}
	return g
}

// stepRegions says what is known of a step.
func stepRegions(t sequence.Step) string {
	s := t.Summary
	switch {
	case s.Exact != nil:
		return s.Exact.Regions
	case s.Lower != nil && s.Upper != nil:
		return phrase.Power(s.Lower.Number) + " to " + phrase.Power(s.Upper.Best.Number)
	case s.Lower != nil:
		return "at least " + phrase.Power(s.Lower.Number)
	case s.Upper != nil:
		return "at most " + phrase.Power(s.Upper.Best.Number)
	}
	return "not known"
}

func stepChange(t sequence.Step) string {
	if t.Change == nil {
		return ""
	}
	if t.Change.Sign() > 0 {
		return "+" + t.Change.String()
	}
	return t.Change.String()
}

func stepBits(t sequence.Step) string {
	if t.Change == nil {
		return ""
	}
	if b := phrase.Round(t.Bits); t.Bits > 0 && b != "0" {
		return "+" + b
	}
	return phrase.Round(t.Bits)
}

// tables are those behind the figures of a network.
func tables(n *exhibit.Network) []grid {
	s := n.Summary
	var out []grid
	add := func(g grid) {
		if len(g.Rows) > 0 {
			g.Title = n.Label() + ": " + g.Title
			out = append(out, g)
		}
	}
	add(boundsTable(s))
	add(rulesTable(s))
	add(countsTable(s))
	add(definedTable(s))
	for i := range s.From.Probes {
		add(measuredTable(s, &s.From.Probes[i]))
	}
	add(stopsTable(n.Detail.Stops))
	for _, t := range n.Detail.Trials {
		add(trialsTable(t))
	}
	return out
}

func boundsTable(s *record.Summary) grid {
	g := grid{Title: "upper bounds", Head: []string{"method", "regions", "log2", "remark"}, numbers: []int{1, 2}}
	if s.Upper != nil {
		for i := range s.Upper.Methods {
			b := &s.Upper.Methods[i]
			g.Rows = append(g.Rows, []string{phrase.Plain(b.Method), phrase.Decimal(b.Number), phrase.Round(b.Log2), upperRemark(b)})
		}
	}
	return g
}

// rulesTable has the bounds by all rules from random questions.
func rulesTable(s *record.Summary) grid {
	g := grid{Title: "bounds from random questions", Head: []string{"rule", "from", "at least", "at most", "confidence", "remark"}, numbers: []int{2, 3}}
	standard := func(is bool, holds *bool) string {
		if is {
			return phrase.Join("default", verdict(holds))
		}
		return verdict(holds)
	}
	if s.Lower != nil {
		for _, r := range s.Lower.Rules {
			g.Rows = append(g.Rows, []string{r.Method, origin(r.Group), phrase.Both(r.Number), "", phrase.Percent(r.Confidence), standard(r.Default, r.Holds)})
		}
	}
	if s.Interval != nil {
		for _, r := range s.Interval.Rules {
			g.Rows = append(g.Rows, []string{r.Method, origin(r.Group), phrase.Both(r.Lower), phrase.Both(r.Upper), phrase.Percent(r.Confidence), standard(r.Default, r.Holds)})
		}
	}
	return g
}

// origin says from which questions a bound comes.
func origin(g record.Group) string {
	switch {
	case g.Size == nil:
		return "probes by " + phrase.Plain(g.Descent)
	case g.Rows != nil:
		return fmt.Sprintf("cells of %s, size %v", phrase.Several(*g.Rows, "row"), *g.Size)
	}
	return fmt.Sprintf("trials of size %v", *g.Size)
}

func countsTable(s *record.Summary) grid {
	g := grid{Title: "counts", Head: []string{"scope", "regions found", "remark"}, numbers: []int{1}}
	for i := range s.From.Counts {
		c := &s.From.Counts[i]
		g.Rows = append(g.Rows, []string{phrase.Plain(c.Scope), c.Regions, phrase.Join(countRemark(c), phrase.Doubts(c.Doubtful), phrase.Plain(c.Why))})
	}
	return g
}

func definedTable(s *record.Summary) grid {
	g := grid{Title: "counts by other definitions of regions", Head: []string{"definition", "count", "remark"}, numbers: []int{1}}
	for i := range s.From.Defined {
		d := &s.From.Defined[i]
		remark, facets := definedRemarks(d)
		g.Rows = append(g.Rows, []string{phrase.Plain(d.Define), phrase.Decimal(d.Number), phrase.Join(remark, facets, phrase.Plain(d.Why))})
	}
	return g
}

func stopsTable(stops []ledger.Stop) grid {
	g := grid{Title: "how the bounds of a count close in", Head: []string{"seconds", "found", "at least, log2", "at most, log2"}, numbers: []int{1, 2, 3}}
	if len(stops) < 2 {
		return g
	}
	for _, t := range stops {
		g.Rows = append(g.Rows, []string{phrase.Round(t.Seconds), t.Found.Regions, phrase.Round(t.Lower.Log2),
			known(t.Upper, func(n *record.Number) string { return phrase.Round(n.Log2) })})
	}
	return g
}

func trialsTable(t ledger.Survival) grid {
	g := grid{Title: fmt.Sprintf("trials with rows of size %v", t.Size), Head: []string{"rows survived", "closed", "open"}, numbers: []int{1, 2}}
	rows := map[int]bool{}
	for _, m := range []map[int]int{t.Closed, t.Open} {
		for k := range m {
			rows[k] = true
		}
	}
	for _, k := range slices.Sorted(maps.Keys(rows)) {
		g.Rows = append(g.Rows, []string{strconv.Itoa(k), strconv.Itoa(t.Closed[k]), strconv.Itoa(t.Open[k])})
	}
	return g
}
