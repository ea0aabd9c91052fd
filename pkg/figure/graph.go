package figure

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"relucount/pkg/atlas"
	"relucount/pkg/phrase"
)

// mostKinks is how many kinks are marked.
const mostKinks = 250

// Graph draws the outputs over a domain of one dimension, or one of them if
// output is not negative.
func Graph(s *atlas.Sheet, o MapOptions, output int) *Figure {
	pieces := s.Graph()
	outputs := len(pieces[0].Start)
	curves := make([]int, 0, outputs)
	for k := range outputs {
		if output < 0 || k == output {
			curves = append(curves, k)
		}
	}
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, q := range pieces {
		for _, k := range curves {
			lo, hi = min(lo, q.Start[k], q.Stop[k]), max(hi, q.Start[k], q.Stop[k])
		}
	}
	if pad := 0.05 * (hi - lo); pad > 0 {
		lo, hi = lo-pad, hi+pad
	}
	d := &drawing{Sheet: s, MapOptions: o}
	p := newPlot()
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = s.Box.Min.X, s.Box.Max.X, lo, hi
	p.X.Label.Text, p.Y.Label.Text = d.axis(0), "output"
	p.Add(grid{})
	p.Add(curvesOf{pieces, curves, o.Points, s.Regions})
	f := &Figure{Title: o.Title, Draw: p.Draw}
	f.fit(p, 520, 300)
	f.Span, f.Axes = [4]float64{s.Box.Min.X, hi, s.Box.Max.X, lo}, []string{d.axis(0), "output"}
	k := Key{Title: "Outputs"}
	for _, i := range curves {
		k.Entries = append(k.Entries, Entry{Label: fmt.Sprintf("output %d", i), Color: series(i), Width: 2})
	}
	f.Keys = []Key{k}
	if dots := dotKey(o.Points); len(dots.Entries) > 0 {
		f.Keys = append(f.Keys, dots)
	}
	note := phrase.Several(s.Regions, "region") + "."
	if s.Regions > 1 && s.Regions <= mostKinks {
		note += " A tick at the bottom is where one ends and the next begins."
	}
	if s.Thinned > 0 {
		note += fmt.Sprintf(" %s too short to be drawn one by one: the curves there go through the least and the largest values.", plural(s.Thinned, "is", "are"))
	}
	f.Notes = []string{note}
	f.Alt = fmt.Sprintf("Graph of %s over %s from %s to %s, with %s.", phrase.Several(len(curves), "output"), d.axis(0), short(s.Box.Min.X), short(s.Box.Max.X), phrase.Several(s.Regions, "linear piece"))
	return f
}

// seriesColors are dark enough for thin lines on white.
var seriesColors = []color.NRGBA{
	rgb(0x0072b2), rgb(0xd55e00), rgb(0x007a5a), rgb(0xa8478a), rgb(0x9a6a00), rgb(0x2b8cbe), rgb(0x555555), rgb(0x882255), rgb(0x5b4fb0), rgb(0x6b7a00),
}

func series(i int) color.NRGBA { return seriesColors[i%len(seriesColors)] }

// curvesOf are the graphs of some outputs.
type curvesOf struct {
	pieces []atlas.Piece
	which  []int
	dots   []Dot
	count  int // of regions
}

func (g curvesOf) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	if g.count <= mostKinks {
		c.SetLineStyle(draw.LineStyle{Color: Muted, Width: 0.75})
		var ticks vg.Path
		for _, q := range g.pieces[1:] {
			ticks.Move(vg.Point{X: x(q.From), Y: c.Min.Y})
			ticks.Line(vg.Point{X: x(q.From), Y: c.Min.Y + 6})
		}
		c.Stroke(ticks)
	}
	for _, k := range g.which {
		var way vg.Path
		for i, q := range g.pieces {
			from := vg.Point{X: x(q.From), Y: y(q.Start[k])}
			if i == 0 || math.Abs(float64(g.pieces[i-1].To-q.From)) > 1e-9*(1+math.Abs(q.From)) {
				way.Move(from)
			} else {
				way.Line(from)
			}
			way.Line(vg.Point{X: x(q.To), Y: y(q.Stop[k])})
		}
		c.SetLineStyle(draw.LineStyle{Color: series(k), Width: 1.6})
		c.Stroke(way)
	}
	for _, d := range g.dots {
		drawDot(c, vg.Point{X: x(d.At.X), Y: c.Min.Y}, d.Class)
	}
}

// grid draws pale lines at the labelled ticks.
type grid struct{ onlyX bool }

func (g grid) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	c.SetLineStyle(draw.LineStyle{Color: Rule, Width: 0.75})
	for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
		if !t.IsMinor() && t.Value >= p.X.Min && t.Value <= p.X.Max {
			c.Stroke(vg.Path{{Type: vg.MoveComp, Pos: vg.Point{X: x(t.Value), Y: c.Min.Y}}, {Type: vg.LineComp, Pos: vg.Point{X: x(t.Value), Y: c.Max.Y}}})
		}
	}
	if g.onlyX {
		return
	}
	for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
		if !t.IsMinor() && t.Value >= p.Y.Min && t.Value <= p.Y.Max {
			c.Stroke(vg.Path{{Type: vg.MoveComp, Pos: vg.Point{X: c.Min.X, Y: y(t.Value)}}, {Type: vg.LineComp, Pos: vg.Point{X: c.Max.X, Y: y(t.Value)}}})
		}
	}
}
