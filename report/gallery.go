package main

import (
	"io"
	"os"

	"relucount/pkg/atlas"
	"relucount/pkg/cli"
	"relucount/pkg/exhibit"
	"relucount/pkg/figure"
	"relucount/pkg/inputs"
	"relucount/pkg/ledger"
	"relucount/pkg/page"
	"relucount/pkg/record"
)

// gallery collects regions, and writes figures.
type gallery struct {
	*atlas.Atlas
	*options
	e      *cli.Env
	points *exhibit.Points
}

// gallery returns nil for a format without figures.
func (o *options) gallery(e *cli.Env) (*gallery, error) {
	if !o.draws() || o.checked {
		return nil, nil
	}
	shade := atlas.ShadeNamed(o.color)
	g := &gallery{options: o, e: e, Atlas: atlas.New(atlas.Options{Shade: shade, Output: o.output, Tint: figure.Tint(shade)})}
	if o.points != "" {
		data, err := os.ReadFile(o.points)
		if err != nil {
			return nil, err
		}
		g.points = &exhibit.Points{File: inputs.File{Name: o.points, Data: data}}
	}
	return g, nil
}

func (g *gallery) write(reports []ledger.Report) error {
	x := exhibit.New(reports, g.Sheets())
	if g.format == formatHTML {
		return page.WriteHTML(g.e.Stdout, x, page.HTMLOptions{Version: cli.Version, Confidence: g.confidence, Points: g.points})
	}
	write, with := figure.WriteSVG, figure.MapOptions{}
	if g.format == formatPNG {
		write, with.Density = figure.WritePNG, figure.Density
	}
	figures, err := x.Figures(g.picture, with, g.points)
	if err != nil {
		return err
	}
	return write(output{g.e.Stdout}, figures)
}

// output says of an error that no record is to blame.
type output struct{ io.Writer }

func (o output) Write(b []byte) (int, error) {
	n, err := o.Writer.Write(b)
	if err != nil {
		err = &record.WriteError{Err: err}
	}
	return n, err
}
