package main

import (
	"relucount/pkg/cli"
	"relucount/pkg/page"
)

type options struct {
	format     string
	confidence float64
	verify     bool
	checked    bool
	left       bool
	workers    int
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
		{Name: "verify", Value: cli.Switch(&o.verify),
			Help: "check the proof records, and fail unless they prove the number of regions of each network"},
		{Name: "checked", Value: cli.Switch(&o.checked),
			Help: "with -verify: write no summary, but a network record for each milp and a checked record for each proof record, and pass everything else on"},
		{Name: "left", Value: cli.Switch(&o.left),
			Help: "write no summary, but each milp with cubes that have no exact count yet, and these cube records"},
		cli.WorkersFlag(&o.workers, "they check proofs; the result does not depend on it"),
	}}}
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
