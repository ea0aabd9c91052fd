package figure

import (
	"cmp"
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"relucount/pkg/atlas"
	"relucount/pkg/phrase"
)

// MapOptions say how regions are drawn.
type MapOptions struct {
	Title   string
	Map     bool // the coordinates are those of a map, t, and not inputs, x
	Points  []Dot
	Side    float64 // the longer side of the map; 0: 520
	Shapes  int     // at most so many regions are drawn as shapes; 0: 20000
	Density float64 // pixels of what is merged for one of the drawing; 0: 1
}

// Dot is a point of data, with a class or -1.
type Dot struct {
	At    atlas.Point
	Class int
}

// leastShape is the area of the smallest region that is drawn as a shape.
const leastShape = 1.5

// mostPatterns is how many bytes of patterns a page gets for one map.
const mostPatterns = 1 << 20

// Tint is the colour of a category of a shade, for package atlas.
func Tint(s *atlas.Shade) func(int) [3]float32 {
	return func(category int) [3]float32 { return Linear(tint(s, category, 0)) }
}

// whites are shares of white in the tones of a hue.
var whites = [atlas.Tones]float64{0.8, 0.42, 0.68, 0.3}

func tint(s *atlas.Shade, category, layers int) color.NRGBA {
	switch s.Name {
	case "pattern":
		hue := Category(category / atlas.Tones)
		return blend(hue, Paper, whites[category%atlas.Tones])
	case "layer":
		return blend(Number(1-float64(category)/8), Paper, 0.25)
	}
	return blend(Category(category), Paper, 0.3)
}

// drawing is a map in the making.
type drawing struct {
	*atlas.Sheet
	MapOptions
	px     float64 // pixels for a unit of the coordinates
	shapes []int   // cells that are drawn as shapes, the largest first
	edges  []atlas.Edge
	merged *image.NRGBA
	rect   [4]float64 // of merged, in coordinates
	small  int        // regions that are merged
	lo, hi float64    // of a shade of numbers
	width  float64    // of lines
}

// Map draws the regions of a domain of two dimensions.
func Map(s *atlas.Sheet, o MapOptions) *Figure {
	d := &drawing{Sheet: s, MapOptions: o}
	d.Side, d.Density = cmp.Or(d.Side, 520), cmp.Or(d.Density, 1)
	if d.Shapes == 0 {
		d.Shapes = 20000
	}
	w, h := s.Box.Size()
	wide, high := d.Side, d.Side
	if ratio := h / w; ratio > 1 { // a unit is as long upwards, unless that makes a ribbon
		wide = max(d.Side/ratio, d.Side/4)
	} else {
		high = max(d.Side*ratio, d.Side/4)
	}
	d.px = math.Sqrt(wide / w * high / h)
	d.choose()
	d.scale()
	d.merge(wide/w, high/h)
	d.measure()

	p := newPlot()
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = s.Box.Min.X, s.Box.Max.X, s.Box.Min.Y, s.Box.Max.Y
	p.X.Label.Text, p.Y.Label.Text = d.axis(0), d.axis(1)
	p.Add(d)
	f := &Figure{Title: o.Title, Keys: d.keys(), Notes: d.notes(), Patterns: d.patterns()}
	f.Draw = p.Draw
	f.fit(p, wide, high)
	f.Span = [4]float64{s.Box.Min.X, s.Box.Max.Y, s.Box.Max.X, s.Box.Min.Y}
	f.Axes = []string{d.axis(0), d.axis(1)}
	f.Alt = fmt.Sprintf("Map of %s over %s from %s to %s and %s from %s to %s, coloured by %s.", phrase.Several(s.Regions, "region"),
		d.axis(0), short(s.Box.Min.X), short(s.Box.Max.X), d.axis(1), short(s.Box.Min.Y), short(s.Box.Max.Y), s.Shade.Name)
	return f
}

// fit gives a figure the size with which its data have the size given.
func (f *Figure) fit(p *plot.Plot, wide, high float64) {
	f.Width, f.Height = vg.Length(wide)+80, vg.Length(high)+60
	for range 3 {
		r := p.DataCanvas(draw.NewCanvas(newSVG(f.Width, f.Height, false), f.Width, f.Height)).Rectangle
		f.Width += vg.Length(wide) - (r.Max.X - r.Min.X)
		f.Height += vg.Length(high) - (r.Max.Y - r.Min.Y)
	}
	r := p.DataCanvas(draw.NewCanvas(newSVG(f.Width, f.Height, false), f.Width, f.Height)).Rectangle
	f.Frame = [4]float64{float64(r.Min.X), float64(f.Height - r.Max.Y), float64(r.Max.X), float64(f.Height - r.Min.Y)}
}

func (d *drawing) axis(i int) string {
	name := "x"
	if d.Map {
		name = "t"
	}
	return fmt.Sprintf("%s_%d", name, d.Axes[i])
}

// choose decides which cells are shapes, and finds their lines.
func (d *drawing) choose() {
	waits := func(c *atlas.Cell) bool { return math.IsNaN(c.Value) }
	if i := slices.IndexFunc(d.Cells, func(c atlas.Cell) bool { return waits(&c) }); i >= 0 {
		all := make([]int, len(d.Cells))
		for i := range all {
			all[i] = i
		}
		d.Edges(all)
	}
	for i := range d.Cells {
		if d.Cells[i].Area*d.px*d.px >= leastShape {
			d.shapes = append(d.shapes, i)
		}
	}
	slices.SortStableFunc(d.shapes, func(a, b int) int { return cmp.Compare(d.Cells[b].Area, d.Cells[a].Area) })
	d.shapes = d.shapes[:min(len(d.shapes), d.Shapes)]
	d.edges = d.Sheet.Edges(d.shapes)
}

// scale finds the range of numbers.
func (d *drawing) scale() {
	if !d.Shade.Numbers {
		return
	}
	d.lo, d.hi = math.Inf(1), math.Inf(-1)
	take := func(v float64) { d.lo, d.hi = min(d.lo, v), max(d.hi, v) }
	for i := range d.Cells {
		take(d.Cells[i].Value)
	}
	if d.Raster != nil {
		for i := range d.Raster.Sum {
			if s := d.Raster.Sum[i]; s[3] > 0 {
				take(float64(s[0] / s[3]))
			}
		}
	}
}

func (d *drawing) number(v float64) color.NRGBA {
	share := 0.5
	if d.hi > d.lo {
		share = (v - d.lo) / (d.hi - d.lo)
	}
	return blend(Number(share), Paper, 0.22)
}

func (d *drawing) color(v float64) color.NRGBA {
	if d.Shade.Numbers {
		return d.number(v)
	}
	return tint(d.Shade, int(v), len(d.Layers))
}

// merge paints what is too small for a shape.
func (d *drawing) merge(px, py float64) {
	large := make([]bool, len(d.Cells))
	for _, i := range d.shapes {
		large[i] = true
	}
	if len(d.shapes) == len(d.Cells) && d.Raster == nil {
		return
	}
	w, h := d.Box.Size()
	n := int(math.Ceil(max(w*px, h*py) * d.Density))
	pixel := max(w, h) / float64(n) * (1 + 1e-9)
	r := atlas.NewRaster(d.Box.Min, pixel, n)
	if d.Raster != nil {
		d.Raster.Onto(r)
	}
	d.small = d.Folded
	for i := range d.Cells {
		if c := &d.Cells[i]; !large[i] {
			r.Fill(c.Points, d.mix(c.Value))
			if !c.Rest {
				d.small++
			}
		}
	}
	nx, ny := min(n, int(math.Ceil(w/pixel))), min(n, int(math.Ceil(h/pixel)))
	d.merged = d.picture(r, nx, ny)
	d.rect = [4]float64{d.Box.Min.X, d.Box.Min.Y, d.Box.Min.X + float64(nx)*pixel, d.Box.Min.Y + float64(ny)*pixel}
}

// picture makes a picture of a raster. Pixels that are covered in part are painted
// in full, as the shapes on top hide what is too much.
func (d *drawing) picture(r *atlas.Raster, nx, ny int) *image.NRGBA {
	out := image.NewNRGBA(image.Rect(0, 0, nx, ny))
	for y := range ny {
		for x := range nx {
			mix, weight := r.At(x, y)
			if weight == 0 {
				continue
			}
			c := fromLinear(mix)
			if d.Shade.Numbers {
				c = d.number(float64(mix[0]))
			}
			out.SetNRGBA(x, ny-1-y, c)
		}
	}
	return out
}

// mix is what the raster has the mean of.
func (d *drawing) mix(v float64) [3]float32 {
	if d.Shade.Numbers {
		return [3]float32{float32(v)}
	}
	return Linear(d.color(v))
}

// measure finds the width of lines: thinner where the shapes are small.
func (d *drawing) measure() {
	d.width = 1
	if n := len(d.shapes); n > 0 {
		middle := math.Sqrt(d.Cells[d.shapes[n/2]].Area) * d.px
		d.width = min(max(0.07*middle, 0.16), 1.1)
	}
}

// Plot draws the map on the canvas of the data.
func (d *drawing) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	at := func(q atlas.Point) vg.Point { return vg.Point{X: x(q.X), Y: y(q.Y)} }
	page := onSVG(c.Canvas)
	if page != nil {
		page.clip(c.Rectangle)
		page.open(`stroke-linejoin="round"`)
	}
	if d.merged != nil {
		c.DrawImage(vg.Rectangle{Min: at(atlas.Point{X: d.rect[0], Y: d.rect[1]}), Max: at(atlas.Point{X: d.rect[2], Y: d.rect[3]})}, d.merged)
	}
	d.drawShapes(c, at, page)
	d.drawEdges(c, at)
	if page != nil {
		page.end()
		page.unclip()
	}
	for _, dot := range d.Points {
		drawDot(c, at(dot.At), dot.Class)
	}
}

func path(points []atlas.Point, at func(atlas.Point) vg.Point) vg.Path {
	var out vg.Path
	for i, q := range points {
		if i == 0 {
			out.Move(at(q))
		} else {
			out.Line(at(q))
		}
	}
	out.Close()
	return out
}

// drawShapes fills the shapes, and goes round them in the same colour, that
// nothing shines through between them. For a page each is marked; else those of
// one colour are one path.
func (d *drawing) drawShapes(c draw.Canvas, at func(atlas.Point) vg.Point, page *svg) {
	order := make([]int, len(d.shapes))
	for i := range order {
		order[i] = i
	}
	live := page != nil && page.live
	if !live {
		slices.SortStableFunc(order, func(a, b int) int {
			return strings.Compare(Hex(d.color(d.Cells[d.shapes[a]].Value)), Hex(d.color(d.Cells[d.shapes[b]].Value)))
		})
	}
	known := 0
	if live {
		known = len(d.patterns())
	}
	for _, i := range order {
		cell := &d.Cells[d.shapes[i]]
		col, way := d.color(cell.Value), path(cell.Points, at)
		c.SetColor(col)
		if page != nil {
			if live && i < known {
				page.mark = fmt.Sprintf(`data-i="%d"`, i)
			}
			page.draw(fmt.Sprintf(`fill="%s" stroke="%[1]s" stroke-width=".4"`, Hex(col)), way)
			continue
		}
		c.Fill(way)
		c.SetLineWidth(0.3)
		c.Stroke(way)
	}
}

// drawEdges draws the lines, the deepest layers first.
func (d *drawing) drawEdges(c draw.Canvas, at func(atlas.Point) vg.Point) {
	by := map[int]*vg.Path{}
	for _, e := range d.edges {
		if by[e.Layer] == nil {
			by[e.Layer] = &vg.Path{}
		}
		by[e.Layer].Move(at(e.A))
		by[e.Layer].Line(at(e.B))
	}
	for l := len(d.Layers); l >= atlas.Decision; l-- {
		if by[l] == nil {
			continue
		}
		sty := draw.LineStyle{Color: color.NRGBA{0x11, 0x11, 0x11, 0xff}, Width: vg.Length(0.7 * d.width)}
		switch {
		case l == atlas.Decision:
			sty.Width = vg.Length(max(2*d.width, 0.8))
		case l > 0:
			sty.Color, sty.Width = Line(l), vg.Length(d.lineWidth(l))
		}
		c.SetLineStyle(sty)
		c.Stroke(*by[l])
	}
}

func (d *drawing) lineWidth(layer int) float64 { return d.width * max(0.6, 1.5-0.3*float64(layer)) }

func drawDot(c draw.Canvas, p vg.Point, class int) {
	col := color.NRGBA{0x11, 0x11, 0x11, 0xff}
	if class >= 0 {
		col = Category(class)
	}
	for _, g := range []draw.GlyphStyle{
		{Color: color.White, Radius: 4, Shape: draw.CircleGlyph{}}, {Color: color.NRGBA{0x11, 0x11, 0x11, 0xff}, Radius: 3.3, Shape: draw.CircleGlyph{}},
		{Color: col, Radius: 2.6, Shape: draw.CircleGlyph{}},
	} {
		c.DrawGlyph(g, p)
	}
}
