// Package exhibit says which figures a stream of records gives: maps and graphs
// of its regions, and plots of what its facts amount to.
package exhibit

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"relucount/pkg/atlas"
	"relucount/pkg/figure"
	"relucount/pkg/ledger"
	"relucount/pkg/phrase"
	"relucount/pkg/record"
	"relucount/pkg/sequence"
)

// Exhibit is all that a stream has to show.
type Exhibit struct {
	Networks  []Network
	Sequences []sequence.Sequence
	Points    []sequence.Sequence // around those of a file
}

// Network is what there is about one network: a report, regions, or both.
type Network struct {
	ledger.Report
	Sheet *atlas.Sheet // nil without regions
}

// New puts together what is about the same networks.
func New(reports []ledger.Report, sheets []*atlas.Sheet) *Exhibit {
	x := &Exhibit{}
	left := slices.Clone(sheets)
	var summaries []*record.Summary
	for _, r := range reports {
		n := Network{Report: r}
		about := func(s *atlas.Sheet) bool {
			return s.Milp == r.Milp && (s.Content == r.Content || !r.Edited && s.Content == s.Milp)
		}
		if i := slices.IndexFunc(left, about); i >= 0 {
			n.Sheet = left[i]
			left = slices.Delete(left, i, i+1)
		}
		x.Networks = append(x.Networks, n)
		summaries = append(summaries, r.Summary)
	}
	for _, s := range left { // regions of a network of which nothing else is known
		x.Networks = append(x.Networks, Network{Sheet: s, Report: ledger.Report{Summary: &record.Summary{
			Milp: s.Milp, Name: s.Milp, Edited: s.Content != "" && s.Content != s.Milp, Content: s.Content,
		}}})
	}
	x.Sequences, x.Points = sequence.Find(summaries), sequence.Points(summaries)
	return x
}

// Label names a network for a reader.
func (n *Network) Label() string {
	name := phrase.Plain(n.Name)
	if n.Edited {
		return name + " (edited)"
	}
	return name
}

// Regions draws the regions of a network. It reports why it cannot.
func (n *Network) Regions(o figure.MapOptions, points *Points) (*figure.Figure, error) {
	s := n.Sheet
	if s.Unfit != nil {
		return nil, fmt.Errorf("%s: %w", n.Label(), s.Unfit)
	}
	o.Title = n.Label()
	o.Map = n.Domain != nil && n.Domain.Map
	var outside int
	if points != nil {
		var err error
		if o.Points, outside, err = points.on(s); err != nil {
			return nil, err
		}
	}
	var f *figure.Figure
	if s.Dimension == 1 {
		output := -1
		if s.Shade.Name == "slope" {
			output = s.Output
		}
		f = figure.Graph(s, o, output)
	} else {
		f = figure.Map(s, o)
	}
	if e := n.Exact; e != nil && e.Regions != strconv.Itoa(s.Regions) {
		f.Notes = append(f.Notes, "The network has "+e.Regions+" regions in all.")
	}
	if outside > 0 {
		f.Notes = append(f.Notes, phrase.Several(outside, "point")+" outside of the domain.")
	}
	return f, nil
}

// Ranges draws all that bounds the number of regions of a network, or returns
// nil when nothing does.
func (n *Network) Ranges() *figure.Figure {
	rows := n.rows()
	if len(rows) == 0 {
		return nil
	}
	return figure.Ranges(n.Label()+": what is known of the number of regions", "What is known of the number of regions of "+n.Label()+", as powers of two.", rows)
}

// Statements is how many rows Ranges draws.
func (n *Network) Statements() int { return len(n.rows()) }

func (n *Network) rows() []figure.Row {
	var rows []figure.Row
	if e := n.Exact; e != nil {
		rows = append(rows, figure.Row{Label: "exact", Mark: figure.Exactly, Lo: e.Log2, Value: value(e.Number)})
	}
	if l := n.Lower; l != nil {
		rows = append(rows, figure.Row{Label: sure("at least", l.Confidence), Mark: figure.AtLeast, Lo: l.Log2, Value: value(l.Number)})
	}
	if i := n.Interval; i != nil {
		rows = append(rows, figure.Row{Label: sure("interval", i.Confidence), Mark: figure.Between, Lo: i.Lower.Log2, Hi: i.Upper.Log2, Value: phrase.Round(i.Bits) + " bits"})
	}
	for i := range n.From.Cells {
		rows = append(rows, estimate("cells, mean", n.From.Cells[i].Mean))
	}
	for i := range n.From.Probes {
		rows = append(rows, estimate("probes, mean", n.From.Probes[i].Mean))
	}
	if n.Upper != nil {
		for _, b := range n.Upper.Methods {
			rows = append(rows, figure.Row{Label: "at most, " + phrase.Plain(b.Method), Mark: figure.AtMost, Hi: b.Log2, Value: value(b.Number)})
		}
	}
	return rows
}

func estimate(label string, e record.Estimate) figure.Row {
	return figure.Row{Label: label, Mark: figure.About, Lo: e.Log2, Value: value(e.Number)}
}

// sure adds how sure a statement is.
func sure(what string, confidence float64) string {
	if confidence >= 1 {
		return what
	}
	return what + ", " + phrase.Percent(confidence)
}

// value writes a number in full where that is short.
func value(n record.Number) string {
	if d := phrase.Decimal(n); d != "" && len(d) <= 9 {
		return d
	}
	return phrase.Power(n)
}

// Overview draws the networks in one plot, a row for each, or returns nil for
// fewer than two or very many.
func (x *Exhibit) Overview() *figure.Figure {
	rows := x.overview()
	if len(rows) < 2 || len(rows) > mostRows {
		return nil
	}
	return figure.Ranges("What is known of the number of regions of each network", "What is known of the number of regions of each network, as powers of two.", rows)
}

// overview has a row for each network of which anything is known.
func (x *Exhibit) overview() (rows []figure.Row) {
	for i := range x.Networks {
		n := &x.Networks[i]
		row := figure.Row{Label: n.Label()}
		switch lo, hi := known(n.Summary); {
		case lo == nil && hi == nil:
			continue
		case hi == nil:
			row.Mark, row.Lo, row.Value = figure.AtLeast, lo.Log2, value(*lo)
		case lo == nil:
			row.Mark, row.Hi, row.Value = figure.AtMost, hi.Log2, value(*hi)
		case n.Exact != nil:
			row.Mark, row.Lo, row.Value = figure.Exactly, lo.Log2, value(*lo)
		default:
			row.Mark, row.Lo, row.Hi = figure.Between, lo.Log2, hi.Log2
		}
		rows = append(rows, row)
	}
	return rows
}

// mostRows is how many networks an overview shows.
const mostRows = 60

// known returns the least and the most that a number of regions can be.
func known(s *record.Summary) (lo, hi *record.Number) {
	if s.Exact != nil {
		return &s.Exact.Number, &s.Exact.Number
	}
	if s.Lower != nil {
		lo = &s.Lower.Number
	}
	if s.Upper != nil {
		hi = &s.Upper.Best.Number
	}
	return lo, hi
}

// Trials draws the trials of a network, a figure for each size of rows.
func (n *Network) Trials() []*figure.Figure {
	var out []*figure.Figure
	for _, t := range n.Detail.Trials {
		out = append(out, figure.Trials(fmt.Sprintf("%s: trials with rows of size %v", n.Label(), t.Size), t.Closed, t.Open))
	}
	return out
}

// Falling draws how the bounds of counts close in, or returns nil for fewer than
// two counts of different lengths.
func (n *Network) Falling() *figure.Figure {
	stops := n.Detail.Stops
	if len(stops) < 2 || stops[0].Seconds == stops[len(stops)-1].Seconds || math.IsNaN(stops[0].Seconds) {
		return nil
	}
	var out []figure.Stop
	for _, s := range stops {
		to := figure.Stop{Seconds: s.Seconds, Lo: s.Lower.Log2}
		if s.Upper != nil {
			to.Hi = &s.Upper.Log2
		}
		out = append(out, to)
	}
	return figure.Falling(n.Label()+": how the bounds of a count close in", out)
}

// Sequence draws a sequence.
func Sequence(s sequence.Sequence) *figure.Figure { return inOrder(s, ": networks in order") }

// Around draws a network around points.
func Around(s sequence.Sequence) *figure.Figure {
	return inOrder(s, ": around points, in their order")
}

func inOrder(s sequence.Sequence, title string) *figure.Figure {
	var steps []figure.Step
	for _, t := range s.Steps {
		step := figure.Step{Label: t.Label}
		lo, hi := known(t.Summary)
		if lo != nil {
			step.Lo = &lo.Log2
		}
		if hi != nil {
			step.Hi = &hi.Log2
		}
		steps = append(steps, step)
	}
	return figure.Sequence(phrase.Plain(s.Name)+title, steps)
}

var errNothing = errors.New("there is nothing to draw: no regions, and no facts about numbers of regions")
