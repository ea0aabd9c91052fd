package figure

import (
	"bytes"
	"fmt"
	"image/color"
	"io"
	"math"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

const (
	margin    vg.Length = 14
	keyWidth  vg.Length = 132
	lineSpace vg.Length = 15
)

// sheet is a figure with its title, keys and notes, laid out.
type sheet struct {
	*Figure
	w, h  vg.Length
	title []string
	notes []string
}

func layOut(f *Figure) sheet {
	s := sheet{Figure: f, w: f.Width + 2*margin}
	if len(f.Keys) > 0 {
		s.w += keyWidth + margin
	}
	s.title = wrap(f.Title, bold(style(14, Ink)), s.w-2*margin)
	for _, n := range f.Notes {
		s.notes = append(s.notes, wrap(n, style(small, Muted), s.w-2*margin)...)
	}
	s.h = max(f.Height, keysHeight(f.Keys)) + 2*margin + vg.Length(len(s.title))*19 + vg.Length(len(s.notes))*lineSpace + 6
	return s
}

// wrap breaks text into lines of a width.
func wrap(text string, sty draw.TextStyle, width vg.Length) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		longer := strings.TrimSpace(line + " " + word)
		if line != "" && sty.Width(longer) > width {
			lines = append(lines, line)
			longer = word
		}
		line = longer
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// draw draws the sheet with its top left corner at the top left of a canvas.
func (s sheet) draw(c draw.Canvas) {
	y := c.Max.Y - margin
	for _, line := range s.title {
		y -= 14
		c.FillText(bold(style(14, Ink)), vg.Point{X: c.Min.X + margin, Y: y}, line)
		y -= 5
	}
	y -= 6
	at := vg.Point{X: c.Min.X + margin, Y: y - s.Height}
	s.Draw(draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{Min: at, Max: vg.Point{X: at.X + s.Width, Y: y}}})
	drawKeys(c, s.Keys, vg.Point{X: at.X + s.Width + margin, Y: y - 4})
	y -= max(s.Height, keysHeight(s.Keys))
	for _, line := range s.notes {
		y -= lineSpace
		c.FillText(style(small, Muted), vg.Point{X: c.Min.X + margin, Y: y}, line)
	}
}

func keysHeight(keys []Key) (h vg.Length) {
	for _, k := range keys {
		h += 20 + vg.Length(len(k.Entries))*lineSpace + 8
		if k.Scale != nil {
			h += 110
		}
	}
	return h
}

func drawKeys(c draw.Canvas, keys []Key, at vg.Point) {
	for _, k := range keys {
		at.Y -= 12
		c.FillText(bold(style(small, Ink)), at, shorten(k.Title, bold(style(small, Ink)), keyWidth))
		at.Y -= 6
		for _, e := range k.Entries {
			at.Y -= lineSpace - 2
			middle := at.Y + 4
			switch {
			case e.Dot:
				c.DrawGlyphNoClip(draw.GlyphStyle{Color: e.Color, Radius: 3.5, Shape: draw.CircleGlyph{}}, vg.Point{X: at.X + 8, Y: middle})
			case e.Width > 0:
				c.StrokeLine2(draw.LineStyle{Color: e.Color, Width: vg.Length(e.Width)}, at.X, middle, at.X+16, middle)
			default:
				box(c, e.Color, at.X+1, at.Y-1, 14, 10)
			}
			label := style(small, Ink)
			c.FillText(label, vg.Point{X: at.X + 22, Y: at.Y}, shorten(e.Label, label, keyWidth-22))
			at.Y -= 2
		}
		if k.Scale != nil {
			k.Scale.draw(c, vg.Point{X: at.X, Y: at.Y - 106})
			at.Y -= 110
		}
		at.Y -= 8
	}
}

// shorten cuts text that is too wide.
func shorten(text string, sty draw.TextStyle, width vg.Length) string {
	if sty.Width(text) <= width {
		return text
	}
	runes := []rune(text)
	for len(runes) > 1 && sty.Width(string(runes)+"…") > width {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

func box(c draw.Canvas, col color.Color, x, y, w, h vg.Length) {
	c.FillPolygon(col, []vg.Point{{X: x, Y: y}, {X: x + w, Y: y}, {X: x + w, Y: y + h}, {X: x, Y: y + h}})
}

func (s *Scale) draw(c draw.Canvas, at vg.Point) {
	const w, h = 14, 96
	n := vg.Length(len(s.Colors))
	for i, col := range s.Colors {
		box(c, col, at.X+1, at.Y+vg.Length(i)*h/n, w, h/n+0.3)
	}
	for i, t := range s.Ticks {
		y := at.Y + h*vg.Length(i)/vg.Length(len(s.Ticks)-1)
		sty := style(small, Ink)
		sty.YAlign = draw.YCenter
		c.FillText(sty, vg.Point{X: at.X + w + 8, Y: y}, t)
	}
}

// page is several sheets side by side and below each other.
type page struct {
	sheets  []sheet
	columns int
	w, h    vg.Length
}

func arrange(figures []*Figure) page {
	p := page{columns: int(math.Ceil(math.Sqrt(float64(len(figures)))))}
	for _, f := range figures {
		p.sheets = append(p.sheets, layOut(f))
	}
	for i := 0; i < len(p.sheets); i += p.columns {
		w, h := p.row(i)
		p.w, p.h = max(p.w, w), p.h+h
	}
	return p
}

// row is the size of the row that begins with a sheet.
func (p page) row(i int) (w, h vg.Length) {
	for _, s := range p.sheets[i:min(i+p.columns, len(p.sheets))] {
		w, h = w+s.w, max(h, s.h)
	}
	return w, h
}

func (p page) draw(c vg.CanvasSizer) {
	all := draw.New(c)
	box(all, Paper, 0, 0, p.w, p.h)
	y := p.h
	for i := 0; i < len(p.sheets); i += p.columns {
		_, h := p.row(i)
		var x vg.Length
		for _, s := range p.sheets[i:min(i+p.columns, len(p.sheets))] {
			s.draw(draw.Canvas{Canvas: c, Rectangle: vg.Rectangle{Min: vg.Point{X: x, Y: y - s.h}, Max: vg.Point{X: x + s.w, Y: y}}})
			x += s.w
		}
		y -= h
	}
}

// WriteSVG writes figures as a drawing.
func WriteSVG(w io.Writer, figures []*Figure) error {
	p := arrange(figures)
	c := newSVG(p.w, p.h, false)
	p.draw(c)
	var titles, alts []string
	for _, f := range figures {
		titles, alts = append(titles, f.Title), append(alts, f.Alt)
	}
	_, err := w.Write(c.document("figure", strings.Join(titles, "; "), strings.Join(alts, " ")))
	return err
}

// Density is how many pixels of a picture are one of a drawing.
const Density = 2

// WritePNG writes figures as a picture.
func WritePNG(w io.Writer, figures []*Figure) error {
	p := arrange(figures)
	if area := float64(p.w*p.h) * Density * Density; area > 2e8 {
		return fmt.Errorf("a picture of %d figures would have %.0f pixels: -format svg or html, or fewer", len(figures), area)
	}
	c := vgimg.NewWith(vgimg.UseWH(p.w, p.h), vgimg.UseDPI(72*Density))
	p.draw(c)
	var out bytes.Buffer
	if _, err := (vgimg.PngCanvas{Canvas: c}).WriteTo(&out); err != nil {
		return err
	}
	_, err := w.Write(out.Bytes())
	return err
}

// Inline returns a figure, without its title, keys and notes, for a page, which
// gives the colours of Properties.
func (f *Figure) Inline(id string) string {
	c := newSVG(f.Width, f.Height, true)
	f.Draw(draw.New(c))
	return string(c.document(id, f.Title, f.Alt))
}
