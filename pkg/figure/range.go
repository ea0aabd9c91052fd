package figure

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Mark is what a row of a plot of ranges says.
type Mark int

// Marks.
const (
	Exactly Mark = iota // the number is Lo
	AtLeast             // it is Lo or more
	AtMost              // it is Hi or less
	Between             // it is from Lo to Hi
	About               // Lo is an estimate
)

// Row is a statement about a number of regions, in bits.
type Row struct {
	Label  string
	Mark   Mark
	Lo, Hi float64
	Value  string // written beside the mark
}

const rowHeight = 24

// Ranges draws what is known of numbers of regions, a row for each statement, the
// first one on top.
func Ranges(title, alt string, rows []Row) *Figure {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, r := range rows {
		if r.Mark != AtMost {
			lo, hi = min(lo, r.Lo), max(hi, r.Lo)
		}
		if r.Mark == AtMost || r.Mark == Between {
			lo, hi = min(lo, r.Hi), max(hi, r.Hi)
		}
	}
	span := max(hi-lo, 1)
	p := newPlot()
	p.X.Min, p.X.Max = max(0, lo-0.12*span), hi+0.34*span
	p.X.Tick.Marker = powers{}
	p.X.Label.Text = "number of regions"
	p.Y.Min, p.Y.Max = -0.6, float64(len(rows))-0.4
	var ticks []plot.Tick
	label := style(small, Ink)
	for i, r := range rows {
		ticks = append(ticks, plot.Tick{Value: float64(len(rows) - 1 - i), Label: shorten(r.Label, label, 130)})
	}
	p.Y.Tick.Marker = plot.ConstantTicks(ticks)
	p.Y.Tick.Length, p.Y.Width = 0, 0
	p.Y.Tick.Label.Color = Ink
	p.Y.Tick.Label.XAlign = draw.XRight
	p.Add(grid{onlyX: true}, ranges(rows))
	return &Figure{Title: title, Alt: alt, Width: 390, Height: vg.Length(52 + rowHeight*len(rows)), Draw: p.Draw}
}

// powers are ticks at powers of two.
type powers struct{}

func (powers) Ticks(lo, hi float64) []plot.Tick {
	step := 1.0
	for _, s := range []float64{0.05, 0.1, 0.25, 0.5, 1, 2, 4, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 1e4} {
		if step = s; (hi-lo)/s <= 6 {
			break
		}
	}
	var out []plot.Tick
	for v := math.Ceil(lo/step) * step; v <= hi; v += step {
		out = append(out, plot.Tick{Value: v, Label: "2^" + strconv.FormatFloat(v, 'g', 4, 64)})
	}
	return out
}

type ranges []Row

func (rows ranges) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for i, r := range rows {
		h := y(float64(len(rows) - 1 - i))
		lo, hi := x(r.Lo), x(r.Hi)
		end := lo
		c.SetLineStyle(draw.LineStyle{Color: Blue, Width: 2})
		line := func(x0, y0, x1, y1 vg.Length) {
			c.Stroke(vg.Path{{Type: vg.MoveComp, Pos: vg.Point{X: x0, Y: y0}}, {Type: vg.LineComp, Pos: vg.Point{X: x1, Y: y1}}})
		}
		switch r.Mark {
		case Exactly:
			c.DrawGlyphNoClip(draw.GlyphStyle{Color: Ink, Radius: 5, Shape: draw.CircleGlyph{}}, vg.Point{X: lo, Y: h})
		case About:
			c.DrawGlyphNoClip(draw.GlyphStyle{Color: Orange, Radius: 4.5, Shape: draw.RingGlyph{}}, vg.Point{X: lo, Y: h})
		case Between:
			line(lo, h, hi, h)
			line(lo, h-5, lo, h+5)
			line(hi, h-5, hi, h+5)
			end = hi
		case AtLeast:
			line(lo, h-5, lo, h+5)
			arrow(c, lo, h, 16)
			end = lo + 16
		case AtMost:
			line(hi, h-5, hi, h+5)
			arrow(c, hi, h, -16)
			end = hi
		}
		sty := style(small, Ink)
		sty.YAlign = draw.YCenter
		c.FillText(sty, vg.Point{X: end + 9, Y: h}, r.Value)
	}
}

// arrow draws a line that goes on.
func arrow(c draw.Canvas, x, y, length vg.Length) {
	tip := x + length
	back := tip - 5
	if length < 0 {
		back = tip + 5
	}
	c.Stroke(vg.Path{{Type: vg.MoveComp, Pos: vg.Point{X: x, Y: y}}, {Type: vg.LineComp, Pos: vg.Point{X: tip, Y: y}}})
	c.FillPolygon(Blue, []vg.Point{{X: tip, Y: y}, {X: back, Y: y + 4}, {X: back, Y: y - 4}})
}
