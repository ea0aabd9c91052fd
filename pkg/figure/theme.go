package figure

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"golang.org/x/image/font"
	"gonum.org/v1/plot"
	face "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// ink is a colour that a page may show otherwise, as when it is dark.
type ink struct {
	name        string
	light, dark color.NRGBA
}

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255}
}

// Colours of text, rules and series.
var (
	Ink    = rgb(0x1f2430)
	Muted  = rgb(0x57606a)
	Rule   = rgb(0xd5dae1)
	Paper  = rgb(0xffffff)
	Blue   = rgb(0x0072b2)
	Orange = rgb(0xc24e00)
	Green  = rgb(0x007a5a)
	Pale   = rgb(0xcfe3f1)
)

var inks = []ink{
	{"ink", Ink, rgb(0xe6e9ee)},
	{"muted", Muted, rgb(0xa3acb8)},
	{"rule", Rule, rgb(0x3a4150)},
	{"paper", Paper, rgb(0x14171d)},
	{"blue", Blue, rgb(0x5ab4ee)},
	{"orange", Orange, rgb(0xff9a4d)},
	{"green", Green, rgb(0x3fc79a)},
	{"pale", Pale, rgb(0x1d3c55)},
}

// Properties writes the colours as custom properties of CSS.
func Properties(dark bool) string {
	var out strings.Builder
	for _, k := range inks {
		c := k.light
		if dark {
			c = k.dark
		}
		fmt.Fprintf(&out, "--%s:%s;", k.name, Hex(c))
	}
	return out.String()
}

// Hex writes a colour as #rrggbb.
func Hex(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// CSS writes a colour for a page that has Properties.
func CSS(c color.NRGBA) string {
	for _, k := range inks {
		if k.light == c {
			return "var(--" + k.name + ")"
		}
	}
	return Hex(c)
}

// qualitative has the colours of categories, of Okabe and Ito, and two more.
var qualitative = []color.NRGBA{
	rgb(0x56b4e9), rgb(0xe69f00), rgb(0x009e73), rgb(0xf0e442), rgb(0x0072b2),
	rgb(0xd55e00), rgb(0xcc79a7), rgb(0x999999), rgb(0x882255), rgb(0xddddbb),
}

// Category is the colour of a category.
func Category(i int) color.NRGBA { return qualitative[i%len(qualitative)] }

// lineColors are those of layers, for lines on light areas.
var lineColors = []color.NRGBA{
	rgb(0x111111), rgb(0x0a4f8a), rgb(0xb03a00), rgb(0x00694d), rgb(0x8a2d68), rgb(0x6b5b00), rgb(0x4b3fa0), rgb(0x7a7a7a),
}

// Line is the colour of the lines of a layer, from 1.
func Line(layer int) color.NRGBA { return lineColors[(layer-1)%len(lineColors)] }

// viridis is Matplotlib's map of colours for numbers, at eight of its points.
var viridis = []color.NRGBA{
	rgb(0x440154), rgb(0x46327e), rgb(0x365c8d), rgb(0x277f8e), rgb(0x1fa187), rgb(0x4ac16d), rgb(0xa0da39), rgb(0xfde725),
}

// Number is the colour of a share from 0 to 1.
func Number(v float64) color.NRGBA {
	v = min(max(v, 0), 1) * float64(len(viridis)-1)
	i := min(int(v), len(viridis)-2)
	return blend(viridis[i], viridis[i+1], v-float64(i))
}

// blend mixes two colours.
func blend(a, b color.NRGBA, share float64) color.NRGBA {
	mix := func(x, y uint8) uint8 { return uint8(math.Round(float64(x) + share*(float64(y)-float64(x)))) }
	return color.NRGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 255}
}

// Linear is a colour in linear light, where means are those of what one sees from
// afar.
func Linear(c color.NRGBA) [3]float32 {
	f := func(v uint8) float32 { return float32(math.Pow(float64(v)/255, 2.2)) }
	return [3]float32{f(c.R), f(c.G), f(c.B)}
}

// fromLinear undoes Linear.
func fromLinear(v [3]float32) color.NRGBA {
	f := func(v float32) uint8 { return uint8(math.Round(255 * math.Pow(float64(min(max(v, 0), 1)), 1/2.2))) }
	return color.NRGBA{f(v[0]), f(v[1]), f(v[2]), 255}
}

// style is how text is written.
func style(size vg.Length, c color.Color) draw.TextStyle {
	return draw.TextStyle{
		Color: c, Font: face.From(face.Font{Typeface: "Liberation", Variant: "Sans"}, size),
		Handler: plot.DefaultTextHandler,
	}
}

func bold(s draw.TextStyle) draw.TextStyle {
	s.Font.Weight = font.WeightBold
	return s
}

const (
	small  vg.Length = 11
	normal vg.Length = 12
)

// newPlot returns an empty plot in the project's style.
func newPlot() *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Color, a.Width, a.Padding = Muted, 0.75, 0
		a.Tick.Color, a.Tick.Width, a.Tick.Length = Muted, 0.75, 4
		rotation := a.Label.TextStyle.Rotation
		alignX, alignY := a.Tick.Label.XAlign, a.Tick.Label.YAlign
		a.Tick.Label = style(small, Muted)
		a.Tick.Label.XAlign, a.Tick.Label.YAlign = alignX, alignY
		labelX, labelY := a.Label.TextStyle.XAlign, a.Label.TextStyle.YAlign
		a.Label.TextStyle = style(normal, Ink)
		a.Label.TextStyle.Rotation, a.Label.TextStyle.XAlign, a.Label.TextStyle.YAlign = rotation, labelX, labelY
		a.Label.Padding = 4
	}
	return p
}

// Color is a colour of the palettes.
type Color = color.NRGBA
