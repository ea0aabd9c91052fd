package figure

import (
	"fmt"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"relucount/pkg/phrase"
)

// Stop is what a count was sure of when it stopped, in bits; an exact one has
// the same number twice.
type Stop struct {
	Seconds float64
	Lo      float64
	Hi      *float64 // nil: no upper bound
}

// Falling draws how the bounds of a count close in.
func Falling(title string, stops []Stop) *Figure {
	p := newPlot()
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, decades{}
	p.X.Label.Text, p.Y.Label.Text = "seconds", "number of regions"
	p.Y.Tick.Marker = powers{}
	var lower, upper plotter.XYs
	for _, s := range stops {
		t := max(s.Seconds, 1e-6)
		lower = append(lower, plotter.XY{X: t, Y: s.Lo})
		if s.Hi != nil {
			upper = append(upper, plotter.XY{X: t, Y: *s.Hi})
		}
	}
	p.Add(grid{})
	if len(upper) == len(lower) {
		p.Add(band{lower, upper})
	}
	f := &Figure{Title: title, Width: 390, Height: 280, Draw: p.Draw, Keys: []Key{{Title: "Bounds"}}}
	add := func(points plotter.XYs, label string, k int) {
		if len(points) == 0 {
			return
		}
		addLine(p, points, k)
		f.Keys[0].Entries = append(f.Keys[0].Entries, Entry{Label: label, Color: []Color{Blue, Orange}[k], Width: 2})
	}
	add(upper, "at most", 1)
	add(lower, "at least", 0)
	first, last := stops[0], stops[len(stops)-1]
	p.X.Min, p.X.Max = max(first.Seconds, 1e-6)*0.9, max(last.Seconds, 1e-6)*1.1
	pad(p)
	f.Alt = fmt.Sprintf("Curves of the bounds of %s, from %s to %s seconds.", phrase.Several(len(stops), "stopped count"), short(first.Seconds), short(last.Seconds))
	return f
}

// pad leaves room above and below.
func pad(p *plot.Plot) {
	by := max(0.08*(p.Y.Max-p.Y.Min), 0.25)
	p.Y.Min, p.Y.Max = p.Y.Min-by, p.Y.Max+by
}

// addLine adds a line with dots.
func addLine(p *plot.Plot, points plotter.XYs, k int) {
	col := []Color{Blue, Orange}[k]
	line, dots, err := plotter.NewLinePoints(points)
	if err != nil { // a number that is none, which summaries have not
		return
	}
	line.LineStyle = draw.LineStyle{Color: col, Width: 2}
	dots.GlyphStyle = draw.GlyphStyle{Color: col, Radius: 3, Shape: draw.CircleGlyph{}}
	p.Add(line, dots)
}

// decades are ticks of a logarithmic axis, few enough to be read.
type decades struct{}

func (decades) Ticks(lo, hi float64) []plot.Tick {
	var out []plot.Tick
	steps := []float64{1, 2, 5}
	if hi/lo > 200 {
		steps = []float64{1}
	}
	for e := math.Floor(math.Log10(lo)); e <= math.Ceil(math.Log10(hi)); e++ {
		for _, s := range steps {
			if v := s * math.Pow(10, e); v >= lo && v <= hi {
				out = append(out, plot.Tick{Value: v, Label: strconv.FormatFloat(v, 'g', 3, 64)})
			}
		}
	}
	return out
}

// band fills what is between two curves.
type band struct{ lower, upper plotter.XYs }

func (b band) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	var points []vg.Point
	for _, q := range b.lower {
		points = append(points, vg.Point{X: x(q.X), Y: y(q.Y)})
	}
	for i := range b.upper {
		q := b.upper[len(b.upper)-1-i]
		points = append(points, vg.Point{X: x(q.X), Y: y(q.Y)})
	}
	c.FillPolygon(Pale, points)
}

// Trials draws how many trials survived how many rows.
func Trials(title string, closed, open map[int]int) *Figure {
	lo, hi, n := math.MaxInt, 0, 0
	for _, m := range []map[int]int{closed, open} {
		for rows, k := range m {
			lo, hi, n = min(lo, rows), max(hi, rows), n+k
		}
	}
	bars := func(m map[int]int) plotter.Values {
		v := make(plotter.Values, hi-lo+1)
		for rows, k := range m {
			v[rows-lo] = float64(k)
		}
		return v
	}
	p := newPlot()
	p.X.Label.Text, p.Y.Label.Text = "rows that a trial survived", "trials"
	p.X.Tick.Marker, p.Y.Tick.Marker = wholes{}, wholes{}
	width := vg.Length(min(24, 270/(hi-lo+1)))
	f := &Figure{Title: title, Width: 390, Height: 220, Draw: p.Draw}
	p.Add(grid{})
	var below *plotter.BarChart
	for i, m := range []map[int]int{closed, open} {
		if len(m) == 0 {
			continue
		}
		b, err := plotter.NewBarChart(bars(m), width)
		if err != nil {
			continue
		}
		b.Color, b.LineStyle.Width, b.XMin = []Color{Blue, Orange}[i], 0, float64(lo)
		if below != nil {
			b.StackOn(below)
		}
		below = b
		p.Add(b)
		f.Keys = append(f.Keys, Key{Entries: []Entry{{Label: []string{"closed", "open"}[i], Color: []Color{Blue, Orange}[i]}}})
	}
	if len(open) == 0 {
		f.Keys = nil
	}
	p.Y.Min, p.Y.Max = 0, p.Y.Max*1.08
	p.X.Min, p.X.Max = float64(lo)-0.8, float64(hi)+0.8
	f.Alt = fmt.Sprintf("Bars of how many of %s survived how many rows, from %d to %d.", phrase.Several(n, "trial"), lo, hi)
	return f
}

// wholes are ticks at whole numbers.
type wholes struct{}

func (wholes) Ticks(lo, hi float64) []plot.Tick {
	step := 1.0
	for i := 0; (hi-lo)/step > 9; i++ {
		step *= []float64{2, 2.5, 2}[i%3]
	}
	var out []plot.Tick
	for v := math.Ceil(lo/step) * step; v <= hi; v += step {
		out = append(out, plot.Tick{Value: v, Label: strconv.FormatFloat(v, 'f', -1, 64)})
	}
	return out
}

// Step is a network of a sequence: its number of regions in bits, or what is
// known of it.
type Step struct {
	Label  string
	Lo, Hi *float64 // the same for an exact number; nil: not known
}

// Sequence draws the numbers of regions of networks in their order.
func Sequence(title string, steps []Step) *Figure {
	p := newPlot()
	p.Y.Label.Text = "number of regions"
	p.Y.Tick.Marker = powers{}
	p.Add(grid{})
	var exact plotter.XYs
	var spans between
	p.Y.Min, p.Y.Max = math.Inf(1), math.Inf(-1)
	for i, s := range steps {
		for _, v := range []*float64{s.Lo, s.Hi} {
			if v != nil {
				p.Y.Min, p.Y.Max = min(p.Y.Min, *v), max(p.Y.Max, *v)
			}
		}
		switch {
		case s.Lo != nil && s.Hi != nil && *s.Lo == *s.Hi:
			exact = append(exact, plotter.XY{X: float64(i), Y: *s.Lo})
		case s.Lo != nil || s.Hi != nil:
			spans = append(spans, span{float64(i), s.Lo, s.Hi})
		}
	}
	if math.IsInf(p.Y.Min, 0) {
		p.Y.Min, p.Y.Max = 0, 1
	}
	if len(exact) > 0 {
		addLine(p, exact, 0)
	}
	p.Add(spans)
	pad(p)
	p.X.Min, p.X.Max = -0.4, float64(len(steps))-0.6
	p.X.Tick.Marker = named(steps)
	f := &Figure{Title: title, Width: 390, Height: 280, Draw: p.Draw}
	f.Alt = fmt.Sprintf("Curve of the numbers of regions of %s in order, from %s to %s.", phrase.Several(len(steps), "network"), steps[0].Label, steps[len(steps)-1].Label)
	return f
}

// named are ticks with the names of steps, not so many that they overlap.
type named []Step

func (n named) Ticks(lo, hi float64) []plot.Tick {
	longest := 1
	for _, s := range n {
		longest = max(longest, len([]rune(s.Label)))
	}
	every := max(1, int(math.Ceil(float64(len(n)*(longest+1))/44)))
	var out []plot.Tick
	for i := 0; i < len(n); i += every {
		out = append(out, plot.Tick{Value: float64(i), Label: shorten(n[i].Label, style(small, Ink), 90)})
	}
	return out
}

type span struct {
	x      float64
	lo, hi *float64
}

// between draws what lies between bounds, as bars.
type between []span

func (b between) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	c.SetLineStyle(draw.LineStyle{Color: Orange, Width: 2})
	for _, s := range b {
		from, to := c.Min.Y, c.Max.Y
		if s.lo != nil {
			from = y(*s.lo)
		}
		if s.hi != nil {
			to = y(*s.hi)
		}
		at := x(s.x)
		c.Stroke(vg.Path{{Type: vg.MoveComp, Pos: vg.Point{X: at, Y: from}}, {Type: vg.LineComp, Pos: vg.Point{X: at, Y: to}}})
		for _, end := range []struct {
			v *float64
			y vg.Length
		}{{s.lo, from}, {s.hi, to}} {
			if end.v != nil {
				c.Stroke(vg.Path{{Type: vg.MoveComp, Pos: vg.Point{X: at - 4, Y: end.y}}, {Type: vg.LineComp, Pos: vg.Point{X: at + 4, Y: end.y}}})
			}
		}
	}
}
