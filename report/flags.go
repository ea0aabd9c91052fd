package main

import (
	"math"

	"relucount/pkg/atlas"
	"relucount/pkg/cli"
	"relucount/pkg/exhibit"
	"relucount/pkg/page"
)

// Formats that show more than summaries.
const (
	formatHTML = "html"
	formatSVG  = "svg"
	formatPNG  = "png"
)

type options struct {
	format     string
	confidence float64
	verify     bool
	checked    bool
	left       bool
	workers    int
	picture    string
	color      string
	output     int
	points     string
}

// draws reports whether the format has figures.
func (o *options) draws() bool {
	return o.format == formatHTML || o.format == formatSVG || o.format == formatPNG
}

func (o *options) flags() []cli.Group {
	var formats []cli.Choice
	for _, f := range page.Formats {
		formats = append(formats, cli.Choice{Name: f.Name, Help: f.Help})
	}
	formats = append(formats,
		cli.Choice{Name: formatHTML, Help: "a page with plots, tables and maps of regions: one file, without links to others"},
		cli.Choice{Name: formatSVG, Help: "a drawing: see -picture"},
		cli.Choice{Name: formatPNG, Help: "the same as a picture"})
	return []cli.Group{{Title: "Pictures", Flags: o.pictureFlags()}, {Title: "Flags", Flags: []cli.Flag{
		{Name: "format", Arg: "F", Value: cli.Word(&o.format, "text", formats...), Silent: true, Help: "what is written"},
		{Name: "confidence", Arg: "C", Value: cli.Number(&o.confidence, 0.95, cli.Below(0.5, 1)),
			Help: "confidence of each bound from random questions, 0.5 <= C < 1"},
		{Name: "verify", Value: cli.Switch(&o.verify),
			Help: "check the proof records, and fail unless they prove the number of regions of each network"},
		{Name: "checked", Value: cli.Switch(&o.checked),
			Help: "with -verify: write no summary, but a network record for each milp and a checked record for each proof record, and pass everything else on"},
		{Name: "left", Value: cli.Switch(&o.left),
			Help: "write no summary, but each milp with cubes that have no exact count yet, and these cube records"},
		cli.WorkersFlag(&o.workers, "they check proofs; the result does not depend on it"),
	}}}
}

func (o *options) pictureFlags() []cli.Flag {
	pictures := []cli.Choice{{Name: exhibit.Auto, Help: "the first of these that the stream has anything for, but for trials"}}
	for _, c := range exhibit.Choices {
		pictures = append(pictures, cli.Choice{Name: c.Name, Help: c.Help})
	}
	var colors []cli.Choice
	for _, s := range atlas.Shades {
		colors = append(colors, cli.Choice{Name: s.Name, Help: s.Help})
	}
	return []cli.Flag{
		{Name: "picture", Arg: "P", Value: cli.Word(&o.picture, exhibit.Auto, pictures...), Silent: true, Help: "what -format svg and png show"},
		{Name: "color", Arg: "C", Value: cli.Word(&o.color, atlas.Shades[0].Name, colors...), Silent: true, Help: "what the colours of regions stand for"},
		{Name: "output", Arg: "I", Value: cli.Int(&o.output, 0, cli.Within(0, math.MaxInt32)), Silent: true, Help: "of -color slope: which output, counted from 0"},
		{Name: "points", Arg: "FILE", Value: cli.Path(&o.points), Silent: true,
			Help: "points that are drawn on the regions: the rows of an NPY, CSV or JSON file, in the coordinates of the domain or only in those that are drawn. One more column is the class"},
	}
}

// check looks at what the flags say together.
func (o *options) check(e *cli.Env) error {
	switch {
	case o.left && (o.verify || o.checked || e.Given("format") || e.Given("confidence")):
		return cli.Usagef("-left writes no summary and checks no proofs: no -format, -confidence, -verify or -checked")
	case o.checked && !o.verify:
		return cli.Usagef("-checked needs -verify")
	case o.checked && (e.Given("format") || e.Given("confidence")):
		return cli.Usagef("-checked writes no summary: no -format and no -confidence")
	case e.Given("picture") && o.format != formatSVG && o.format != formatPNG:
		return cli.Usagef("-picture is for -format svg and png")
	case !o.draws() && (e.Given("color") || e.Given("points")):
		return cli.Usagef("-color and -points are for -format svg, png and html")
	case e.Given("output") && (!o.draws() || o.color != "slope"):
		return cli.Usagef("-output is for -color slope")
	case e.Given("color") && o.picture != exhibit.Auto && o.picture != "regions":
		return cli.Usagef("-color is for -picture regions")
	}
	return nil
}

func tool() *cli.Tool {
	o := &options{}
	return &cli.Tool{
		Name: "report", About: about, Flags: o.flags(), Notes: notes,
		Examples:         []string{"encode net.onnx | bound | hashgen -trials 28 | solve | report -confidence 0.99"},
		Run:              o.run,
		DrainOnInterrupt: true,
	}
}
