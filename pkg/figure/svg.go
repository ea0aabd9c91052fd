package figure

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// svg is a canvas that writes SVG: compact paths, and colours that a page can
// change. Its unit is a pixel of CSS.
type svg struct {
	w, h  vg.Length
	inner bytes.Buffer
	live  bool // colours are the page's

	state
	stack []state

	style string // of the path that is open
	path  strings.Builder
	mark  string // an attribute of the next path
}

type state struct {
	m      [6]float64 // x' = m0 x + m2 y + m4, y' = m1 x + m3 y + m5, before y is turned over
	width  vg.Length
	dash   []vg.Length
	offset vg.Length
	color  color.NRGBA
}

func newSVG(w, h vg.Length, live bool) *svg {
	s := &svg{w: w, h: h, live: live}
	s.m = [6]float64{1, 0, 0, 1, 0, 0}
	vg.Initialize(s)
	return s
}

func (s *svg) Size() (x, y vg.Length)                 { return s.w, s.h }
func (s *svg) SetLineWidth(w vg.Length)               { s.width = w }
func (s *svg) SetLineDash(d []vg.Length, o vg.Length) { s.dash, s.offset = d, o }

func (s *svg) SetColor(c color.Color) {
	if c == nil {
		c = color.Black
	}
	s.color = color.NRGBAModel.Convert(c).(color.NRGBA)
}

func (s *svg) Push() { s.stack = append(s.stack, s.state) }

func (s *svg) Pop() {
	s.state = s.stack[len(s.stack)-1]
	s.stack = s.stack[:len(s.stack)-1]
}

func (s *svg) apply(n [6]float64) {
	m := s.m
	s.m = [6]float64{
		m[0]*n[0] + m[2]*n[1], m[1]*n[0] + m[3]*n[1], m[0]*n[2] + m[2]*n[3], m[1]*n[2] + m[3]*n[3],
		m[0]*n[4] + m[2]*n[5] + m[4], m[1]*n[4] + m[3]*n[5] + m[5],
	}
}

func (s *svg) Rotate(a float64) {
	s.apply([6]float64{math.Cos(a), math.Sin(a), -math.Sin(a), math.Cos(a), 0, 0})
}
func (s *svg) Translate(p vg.Point) { s.apply([6]float64{1, 0, 0, 1, float64(p.X), float64(p.Y)}) }
func (s *svg) Scale(x, y float64)   { s.apply([6]float64{x, 0, 0, y, 0, 0}) }

// onSVG returns the canvas that others are parts of, or nil if it is no SVG.
func onSVG(c vg.Canvas) *svg {
	for {
		switch in := c.(type) {
		case *svg:
			return in
		case draw.Canvas:
			c = in.Canvas
		case *draw.Canvas:
			c = in.Canvas
		default:
			return nil
		}
	}
}

// at returns where a point is on the page, y downwards.
func (s *svg) at(p vg.Point) (x, y float64) {
	a, b := float64(p.X), float64(p.Y)
	return s.m[0]*a + s.m[2]*b + s.m[4], float64(s.h) - (s.m[1]*a + s.m[3]*b + s.m[5])
}

// paint writes a colour, of which a page may have its own.
func (s *svg) paint(property string) string {
	c := s.color
	out := Hex(c)
	if s.live {
		out = CSS(c)
	}
	out = property + `="` + out + `"`
	if c.A < 255 {
		out += fmt.Sprintf(` %s-opacity="%.3g"`, property, float64(c.A)/255)
	}
	return out
}

// decimal writes hundredths of a unit.
func decimal(v int) string {
	sign := ""
	if v < 0 {
		sign, v = "-", -v
	}
	whole, part := strconv.Itoa(v/100), v%100
	if whole == "0" && part > 0 {
		whole = ""
	}
	switch {
	case part == 0:
		return sign + whole
	case part%10 == 0:
		return sign + whole + "." + strconv.Itoa(part/10)
	}
	return sign + whole + "." + fmt.Sprintf("%02d", part)
}

// pair writes two numbers with as little between them as will do.
func pair(x, y int) string {
	b := decimal(y)
	if b[0] != '-' {
		b = " " + b
	}
	return decimal(x) + b
}

func hundredths(v float64) int { return int(math.Round(100 * v)) }

// data writes a path, relative but for its beginnings.
func (s *svg) data(p vg.Path) string {
	var out strings.Builder
	var x, y, x0, y0 int
	var last byte
	line := func(px, py int, always bool) {
		if px == x && py == y && !always {
			return
		}
		text := pair(px-x, py-y)
		if last != 'l' {
			out.WriteByte('l')
		} else if text[0] != '-' {
			out.WriteByte(' ')
		}
		out.WriteString(text)
		last, x, y = 'l', px, py
	}
	for i, c := range p {
		fx, fy := s.at(c.Pos)
		px, py := hundredths(fx), hundredths(fy)
		switch c.Type {
		case vg.MoveComp:
			if i+1 < len(p) && p[i+1].Type == vg.ArcComp { // which has a beginning of its own
				continue
			}
			out.WriteString("M" + pair(px, py))
			last, x, y, x0, y0 = 'M', px, py, px, py
		case vg.LineComp:
			line(px, py, last == 'M' && i+1 == len(p))
		case vg.ArcComp:
			s.arc(&out, c)
			last = 'a'
		case vg.CurveComp:
			out.WriteString([]string{"Q", "C"}[len(c.Control)-1])
			for _, q := range append(append([]vg.Point(nil), c.Control...), c.Pos) {
				qx, qy := s.at(q)
				out.WriteString(pair(hundredths(qx), hundredths(qy)) + " ")
			}
			last, x, y = 'C', px, py
		case vg.CloseComp:
			out.WriteByte('z')
			last, x, y = 'z', x0, y0
		}
	}
	return out.String()
}

// arc writes a circle, or the part of one as a chain of chords.
func (s *svg) arc(out *strings.Builder, c vg.PathComp) {
	if math.Abs(c.Angle) >= 2*math.Pi-1e-9 {
		x, y := s.at(c.Pos)
		r := hundredths(float64(c.Radius))
		fmt.Fprintf(out, "M%sa%s 0 1 0 %s 0a%s 0 1 0 %s 0", pair(hundredths(x)-r, hundredths(y)), pair(r, r), decimal(2*r), pair(r, r), decimal(-2*r))
		return
	}
	const n = 16
	for i := range n + 1 {
		a := c.Start + c.Angle*float64(i)/n
		x, y := s.at(vg.Point{X: c.Pos.X + c.Radius*vg.Length(math.Cos(a)), Y: c.Pos.Y + c.Radius*vg.Length(math.Sin(a))})
		out.WriteString(map[bool]string{true: "M", false: "L"}[i == 0] + pair(hundredths(x), hundredths(y)))
	}
}

func (s *svg) Stroke(p vg.Path) {
	if s.width <= 0 {
		return
	}
	style := `fill="none" ` + s.paint("stroke") + fmt.Sprintf(` stroke-width="%s"`, decimal(hundredths(float64(s.width))))
	if len(s.dash) > 0 {
		var d []string
		for _, l := range s.dash {
			d = append(d, decimal(hundredths(float64(l))))
		}
		style += ` stroke-dasharray="` + strings.Join(d, " ") + `"`
	}
	s.draw(style, p)
}

func (s *svg) Fill(p vg.Path) { s.draw(s.paint("fill"), p) }

// longestPath is about how many bytes a path has at most: browsers draw longer
// ones slowly, and not always well.
const longestPath = 6000

// draw adds to the path that is open if it is in the same style.
func (s *svg) draw(style string, p vg.Path) {
	if s.mark != "" {
		style += " " + s.mark
		s.mark = ""
	}
	if style != s.style || s.path.Len() > longestPath {
		s.flush()
		s.style = style
	}
	s.path.WriteString(s.data(p))
}

func (s *svg) flush() {
	if s.path.Len() > 0 {
		fmt.Fprintf(&s.inner, "<path %s d=\"%s\"/>\n", s.style, s.path.String())
	}
	s.path.Reset()
	s.style = ""
}

// open begins a group, which end ends.
func (s *svg) open(attributes string) {
	s.flush()
	fmt.Fprintf(&s.inner, "<g %s>\n", attributes)
}

func (s *svg) end() {
	s.flush()
	s.inner.WriteString("</g>\n")
}

// clip limits what is drawn in the group that it begins to a rectangle.
func (s *svg) clip(r vg.Rectangle) {
	s.flush()
	x0, y1 := s.at(r.Min)
	x1, y0 := s.at(r.Max)
	fmt.Fprintf(&s.inner, "<svg x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" viewBox=\"%[1]s %[2]s %[3]s %[4]s\">\n",
		decimal(hundredths(x0)), decimal(hundredths(y0)), decimal(hundredths(x1-x0)), decimal(hundredths(y1-y0)))
}

func (s *svg) unclip() {
	s.flush()
	s.inner.WriteString("</svg>\n")
}

// FillString gives the text the width that it was laid out for, whichever font
// there is.
func (s *svg) FillString(f font.Face, pt vg.Point, text string) {
	if f.Font.Size == 0 || strings.TrimSpace(text) == "" {
		return
	}
	s.flush()
	x, y := s.at(pt)
	turn := ""
	if s.m[1] != 0 {
		turn = fmt.Sprintf(` transform="rotate(%s %s)"`, decimal(hundredths(-math.Atan2(s.m[1], s.m[0])*180/math.Pi)), pair(hundredths(x), hundredths(y)))
	}
	if f.Font.Weight > 0 {
		turn += ` font-weight="bold"`
	}
	if len([]rune(text)) > 2 {
		turn += fmt.Sprintf(` textLength="%s" lengthAdjust="spacingAndGlyphs"`, decimal(hundredths(float64(f.Width(text)))))
	}
	fmt.Fprintf(&s.inner, "<text x=\"%s\" y=\"%s\" font-size=\"%s\" %s%s>%s</text>\n", decimal(hundredths(x)), decimal(hundredths(y)),
		decimal(hundredths(float64(f.Font.Size))), s.paint("fill"), turn, escaped(text))
}

// escaped is text within XML. What XML cannot have becomes a sign for that.
func escaped(text string) string {
	var out bytes.Buffer
	_ = xml.EscapeText(&out, []byte(text)) // a buffer takes everything
	return out.String()
}

// DrawImage embeds a picture.
func (s *svg) DrawImage(r vg.Rectangle, img image.Image) {
	s.flush()
	x0, y1 := s.at(r.Min)
	x1, y0 := s.at(r.Max)
	var data bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	if err := enc.Encode(&data, img); err != nil {
		panic(err) // the picture is our own, and a buffer takes everything
	}
	fmt.Fprintf(&s.inner, "<image x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" preserveAspectRatio=\"none\" href=\"data:image/png;base64,%s\"/>\n",
		decimal(hundredths(x0)), decimal(hundredths(y0)), decimal(hundredths(x1-x0)), decimal(hundredths(y1-y0)),
		base64.StdEncoding.EncodeToString(data.Bytes()))
}

// fonts are families whose letters are as wide as those of the layout.
const fonts = "Liberation Sans,Arial,Helvetica,sans-serif"

// document returns the whole: title and description are for those who do not
// see it.
func (s *svg) document(id, title, alt string) []byte {
	s.flush()
	var out bytes.Buffer
	size := fmt.Sprintf(` width="%s" height="%s"`, decimal(hundredths(float64(s.w))), decimal(hundredths(float64(s.h))))
	fmt.Fprintf(&out, "<svg xmlns=\"http://www.w3.org/2000/svg\"%s viewBox=\"0 0 %s\" font-family=\"%s\" role=\"img\" aria-labelledby=\"%s-t %[4]s-d\">\n<title id=\"%[4]s-t\">%[5]s</title>\n<desc id=\"%[4]s-d\">%[6]s</desc>\n",
		size, pair(hundredths(float64(s.w)), hundredths(float64(s.h))), fonts, id, escaped(title), escaped(alt))
	out.Write(s.inner.Bytes())
	out.WriteString("</svg>\n")
	return out.Bytes()
}
