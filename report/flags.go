package main

import (
	"relucount/pkg/cli"
	"relucount/pkg/page"
)

type options struct {
	format     string
	confidence float64
}

func (o *options) flags() []cli.Group {
	var formats []cli.Choice
	for _, f := range page.Formats {
		formats = append(formats, cli.Choice{Name: f.Name, Help: f.Help})
	}
	return []cli.Group{{Title: "Flags", Flags: []cli.Flag{
		{Name: "format", Arg: "F", Value: cli.Word(&o.format, "text", formats...), Silent: true, Help: "what is written"},
		{Name: "confidence", Arg: "C", Value: cli.Number(&o.confidence, 0.95, cli.Below(0.5, 1)),
			Help: "confidence of each bound from random questions, 0.5 <= C < 1"},
	}}}
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
