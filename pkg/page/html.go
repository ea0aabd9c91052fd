package page

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"regexp"
	"strings"

	"relucount/pkg/exhibit"
	"relucount/pkg/figure"
	"relucount/pkg/phrase"
)

// HTMLOptions say what a page shows.
type HTMLOptions struct {
	Version    string
	Confidence float64
	Map        figure.MapOptions
	Points     *exhibit.Points
}

// Limits of a page: so many maps, and so many regions as shapes in all of them
// together. A page of that size still opens on a phone.
const (
	mostMaps   = 24
	mostShapes = 12000
)

//go:embed html/page.tmpl
var pageTemplate string

//go:embed html/page.css
var pageStyle string

//go:embed html/page.js
var pageScript string

var pages = template.Must(template.New("page").Funcs(template.FuncMap{"powers": powers}).Parse(pageTemplate))

var power = regexp.MustCompile(`2\^([0-9.]+)`)

// powers sets powers of two as such.
func powers(text string) template.HTML {
	return template.HTML(power.ReplaceAllString(template.HTMLEscapeString(text), "2<sup>$1</sup>"))
}

// document is what the template shows.
type document struct {
	Title      string
	Style      template.CSS
	Script     template.JS
	Overview   *overview
	Sequences  []section
	Networks   []network
	Version    string
	Confidence string
}

type overview struct {
	Figure *picture
	Table  grid
}

// section is a figure with the table behind it.
type section struct {
	ID, Name string
	Figure   picture
	Table    grid
}

type network struct {
	ID, Name, About   string
	Value, Unit, Sure string
	Contradictions    []string
	Warnings          []string
	Map               *picture
	NoMap             string
	Figures           []picture
	Tables            []grid
	Runs              []string
	Again, Missing    string
	Milp, Cost        string
}

// picture is a figure as a page has it.
type picture struct {
	SVG     template.HTML
	Keys    []key
	Caption string
	Data    pointed
}

// pointed is what a script tells of the place under the pointer.
type pointed struct {
	Frame    [4]float64 `json:"frame"`
	Span     [4]float64 `json:"span"`
	Axes     []string   `json:"axes"`
	Patterns []string   `json:"patterns"`
}

type key struct {
	Title   string
	Entries []keyEntry
	Scale   *keyScale
}

type keyEntry struct {
	Label, Width string
	Color        template.CSS
	Line         bool
}

type keyScale struct {
	From, To string
	Gradient template.CSS
}

// WriteHTML writes a page that stands by itself: nothing in it is fetched from
// anywhere. Text from records is escaped, and the drawings are our own.
func WriteHTML(w io.Writer, x *exhibit.Exhibit, o HTMLOptions) error {
	d := document{
		Title: title(x), Script: template.JS(pageScript), Version: o.Version,
		Style: template.CSS(strings.NewReplacer("LIGHT", figure.Properties(false), "DARK", figure.Properties(true)).Replace(pageStyle)),
	}
	if o.Confidence > 0 {
		d.Confidence = "Bounds from random questions hold with " + phrase.Percent(o.Confidence) + " confidence each."
	}
	if len(x.Networks) > 1 {
		d.Overview = &overview{Table: summaryTable(x)}
		if f := x.Overview(); f != nil {
			p := show(f, "all-figure")
			d.Overview.Figure = &p
		}
	}
	for i, s := range x.Sequences {
		id := fmt.Sprintf("s%d", i+1)
		d.Sequences = append(d.Sequences, section{ID: id, Name: phrase.Plain(s.Name), Figure: show(exhibit.Sequence(s), id+"-figure"), Table: sequenceTable(s)})
	}
	for i, s := range x.Points {
		id := fmt.Sprintf("p%d", i+1)
		d.Sequences = append(d.Sequences, section{ID: id, Name: phrase.Plain(s.Name), Figure: show(exhibit.Around(s), id+"-figure"), Table: sequenceTable(s)})
	}
	maps := newRation(x)
	for i := range x.Networks {
		n, err := present(&x.Networks[i], fmt.Sprintf("n%d", i+1), o, maps)
		if err != nil {
			return err
		}
		d.Networks = append(d.Networks, n)
	}
	var out bytes.Buffer
	if err := pages.Execute(&out, d); err != nil {
		return err
	}
	return put(w, out.Bytes())
}

func title(x *exhibit.Exhibit) string {
	if len(x.Networks) == 1 {
		return "Linear regions of " + x.Networks[0].Label()
	}
	return fmt.Sprintf("Linear regions of %s", phrase.Several(len(x.Networks), "network"))
}

// ration divides what a page has room for among maps.
type ration struct{ left, shapes int }

func newRation(x *exhibit.Exhibit) *ration {
	n := 0
	for i := range x.Networks {
		if x.Networks[i].Sheet != nil {
			n++
		}
	}
	return &ration{left: mostMaps, shapes: mostShapes / max(1, min(n, mostMaps))}
}

// show puts a figure on the page.
func show(f *figure.Figure, id string) picture {
	p := picture{SVG: template.HTML(f.Inline(id)), Caption: strings.Join(append([]string{f.Title + "."}, f.Notes...), " ")}
	for _, k := range f.Keys {
		to := key{Title: k.Title}
		for _, e := range k.Entries {
			width := fmt.Sprintf("%.3g", max(1.5, 1.4*e.Width))
			to.Entries = append(to.Entries, keyEntry{Label: e.Label, Line: e.Width > 0, Width: width, Color: template.CSS(figure.CSS(e.Color))})
		}
		if s := k.Scale; s != nil {
			var colors []string
			for _, c := range s.Colors {
				colors = append(colors, figure.Hex(c))
			}
			to.Scale = &keyScale{s.Ticks[0], s.Ticks[len(s.Ticks)-1], template.CSS("linear-gradient(90deg," + strings.Join(colors, ",") + ")")}
		}
		p.Keys = append(p.Keys, to)
	}
	p.Data = pointed{Frame: f.Frame, Span: f.Span, Axes: f.Axes, Patterns: f.Patterns}
	return p
}

// present says all about a network.
func present(n *exhibit.Network, id string, o HTMLOptions, maps *ration) (network, error) {
	out := network{ID: id, Name: n.Label(), Milp: phrase.Plain(n.Milp), Contradictions: n.Contradictions, Warnings: n.Warnings}
	if n.Network != nil {
		out.About = strings.TrimPrefix(strings.TrimPrefix(heading(n.Summary), Label(n.Summary)), "  ") + "."
	}
	out.Value, out.Unit, out.Sure = answer(n)
	switch {
	case n.Sheet == nil:
	case n.Sheet.Unfit != nil:
		out.NoMap = n.Sheet.Unfit.Error() + "."
	case maps.left == 0:
		out.NoMap = fmt.Sprintf("a page has at most %d maps.", mostMaps)
	default:
		maps.left--
		with := o.Map
		with.Shapes, with.Side = maps.shapes, 400
		f, err := n.Regions(with, o.Points)
		if err != nil {
			return out, err
		}
		p := show(f, id+"-map")
		out.Map = &p
	}
	figures := append([]*figure.Figure{n.Ranges(), n.Falling()}, n.Trials()...)
	if n.Statements() < 2 { // the answer says it
		figures[0] = nil
	}
	for i, f := range figures {
		if f != nil {
			out.Figures = append(out.Figures, show(f, fmt.Sprintf("%s-%d", id, i)))
		}
	}
	out.Tables = tables(n)
	out.Runs, out.Again, out.Missing = calls(n)
	if s := n.Stats; s.Seconds >= 0.005 || s.LPs > 0 {
		out.Cost = fmt.Sprintf("The facts took %s s and %d linear programs.", phrase.Round(s.Seconds), s.LPs)
	}
	return out, nil
}

// answer says what is known in one line, and how sure it is.
func answer(n *exhibit.Network) (value, unit, sure string) {
	both := func(p string) string { return p + "." }
	switch {
	case n.Exact != nil:
		value, unit = grouped(n.Exact.Regions), "linear regions, exactly"
		if n.Exact.Regions == "1" {
			unit = "linear region, exactly"
		}
		sure = "The count was completed: these are all."
		if n.Exact.Certified {
			sure = "Proofs that were checked prove this number."
		}
		if n.Exact.Doubtful > 0 {
			sure = "The count was completed, with " + phrase.Doubts(n.Exact.Doubtful) + "."
		}
	case n.Interval != nil:
		i := n.Interval
		value = phrase.Power(i.Lower) + " to " + phrase.Power(i.Upper)
		unit = "linear regions, with " + phrase.Percent(i.Confidence) + " confidence"
		sure = both("The interval is " + intervalRemark(i))
	case n.Lower != nil && n.Upper != nil:
		value, unit = phrase.Power(n.Lower.Number)+" to "+phrase.Power(n.Upper.Best.Number), "linear regions"
	case n.Lower != nil:
		value, unit = "at least "+phrase.Power(n.Lower.Number), "linear regions"
	case n.Upper != nil:
		value, unit = "at most "+phrase.Power(n.Upper.Best.Number), "linear regions"
	case n.Sheet != nil:
		return grouped(fmt.Sprint(n.Sheet.Regions)), "regions in this stream", "Nothing in the stream says whether these are all."
	default:
		return "not known", "", "No fact in the stream bounds the number of linear regions."
	}
	if n.Lower != nil && n.Exact == nil {
		sure = strings.TrimSpace(sure + " From below: at least " + phrase.Both(n.Lower.Number) + ", " + lowerRemark(n.Lower) + ".")
	}
	if n.Upper != nil && n.Exact == nil {
		sure += " From above: at most " + phrase.Both(n.Upper.Best.Number) + ", certain, by the bound " + phrase.Plain(n.Upper.Best.Method) + "."
	}
	return value, unit, strings.TrimSpace(sure)
}

// grouped puts narrow spaces between groups of three digits.
func grouped(digits string) string {
	if len(digits) > 24 {
		return digits
	}
	var out strings.Builder
	for i, r := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out.WriteRune('\u202f')
		}
		out.WriteRune(r)
	}
	return out.String()
}
