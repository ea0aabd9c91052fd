package main

import (
	"errors"
	"math"
	"strings"
	"time"

	"relucount/pkg/cli"
	"relucount/pkg/milp"
	"relucount/pkg/netfile"
	"relucount/pkg/tighten"
)

type options struct {
	domain given
	around string
	line   string
	plane  string
	points []int
	radius float64
	norm   string
	fix    []fixed
	rows   string
	bounds tighten.Options
	name   string
	format string
	except string
	strict string
	read   netfile.Options
}

func (o *options) flags() []cli.Group {
	methods := []cli.Choice{
		{Name: auto, Help: "lp where it takes about half a second at most, by the numbers of weights and units; else backward where it takes about two; else interval"},
		{Name: "interval", Help: "interval arithmetic: quick, but loose"},
		{Name: "backward", Help: "linear relaxations from each unit back to the inputs"},
		{Name: "lp", Help: "two linear programs a unit"},
		{Name: "milp", Help: "two mixed-integer programs a unit, the paper's choice"},
	}
	formats := []cli.Choice{
		{Name: "records", Help: "a milp record for each network"},
		{Name: "lp", Help: "a text file for other solvers, of one network"},
		{Name: "mps", Help: "the same in another format"},
	}
	sides := []cli.Choice{
		{Name: milp.StrictActive, Help: "active units are positive: if the optimum is 0, or nothing is feasible, there is no other region"},
		{Name: milp.StrictBoth, Help: "inactive units are negative, too: if the optimum is not 0, there is another region"},
	}
	return []cli.Group{{Title: "Which inputs", Flags: o.domainFlags()}, {Title: "Flags", Flags: []cli.Flag{
		{Name: "tighten", Arg: "M", Value: cli.Word(&o.bounds.Method, auto, methods...),
			Help: "how pre-activations are bounded, layer by layer. Tighter bounds leave fewer units that need a binary"},
		cli.TimeLimitFlag(&o.bounds.TimeLimit, 10*time.Second,
			"for each bound by milp, as 500ms or 10s. A bound that runs out of time is looser but valid"),
		{Name: "activation", Arg: "A,...", Value: cli.Parsed(&o.read.Activations, "", parseActivations), Default: "relu",
			Help: "for files of weights without a structure: relu, leaky:0.01, abs or linear after each layer but the last; or one for each layer, with commas between"},
		{Name: "layers", Arg: "S,...", Value: cli.Parsed(&o.read.Layers, "", parseNames), Default: "all, in order",
			Help: "for files of weights without a structure: which layers, by their names"},
		{Name: "output", Arg: "S", Value: cli.Text(&o.read.Output, ""), Default: "all of them", Help: "of an ONNX model with several outputs, the one whose units count"},
		{Name: "name", Arg: "S", Value: cli.Text(&o.name, ""), Default: "the file's own", Help: "the network's name"},
		{Name: "format", Arg: "F", Value: cli.Word(&o.format, "records", formats...), Help: "what is written"},
		{Name: "except", Arg: "FILE", Value: cli.Path(&o.except),
			Help: "with -format lp or mps: the program asks an exact solver for a region besides those of the pattern records in a file. All numbers have all their decimals"},
		{Name: "strict", Arg: "S", Value: cli.Word(&o.strict, milp.StrictActive, sides...), Help: "of -except, which units must be strictly on their side of zero"},
		cli.WorkersFlag(&o.bounds.Workers, "the result does not depend on it"),
	}}}
}

func (o *options) domainFlags() []cli.Flag {
	norms := []cli.Choice{
		{Name: normInf, Help: "each input differs by R at most: a box"},
		{Name: norm1, Help: "the differences of all inputs add up to R at most"},
	}
	positive := func(r float64) error {
		if r > 0 && r <= math.MaxFloat64 {
			return nil
		}
		return errors.New("a number above 0")
	}
	return []cli.Flag{
		{Name: "domain", Arg: "D", Value: cli.Parsed(&o.domain, "", parseDomain), Default: "the network's own, else 0,1", File: true,
			Help: "LO,HI for inputs that range over [LO, HI] each; or a file: limits of each input as JSON, CSV or NPY, or VNN-LIB, of which each box is a domain"},
		{Name: "around", Arg: "FILE", Value: cli.Path(&o.around),
			Help: "balls around the points of a file, clipped to the domain. The points are the rows of an NPY, CSV or JSON file, and each makes a milp, NAME@0, NAME@1, ..."},
		{Name: "radius", Arg: "R", Value: cli.Number(&o.radius, 0, positive), Help: "of -around: how far the balls reach"},
		{Name: "norm", Arg: "P", Value: cli.Word(&o.norm, normInf, norms...), Help: "of -around: how distances are measured"},
		{Name: "line", Arg: "FILE", Value: cli.Path(&o.line), Help: "the line through two points of a file, within the domain"},
		{Name: "plane", Arg: "FILE", Value: cli.Path(&o.plane), Help: "the plane through three points of a file, within the domain"},
		{Name: "points", Arg: "I,J", Value: cli.List(&o.points, parsePoint), Default: "the first ones, all for -around",
			Help: "which points of the file, counted from 0"},
		{Name: "fix", Arg: "I=V", Value: cli.List(&o.fix, parseFixed), Help: "input I, counted from 0, is V; a list with commas, or the flag again, fixes several"},
		{Name: "rows", Arg: "FILE", Value: cli.Path(&o.rows), Help: `linear constraints on the inputs: a JSON list of {"a": [1, 1], "lo": 0, "hi": 1}`},
	}
}

// check looks at what the flags and inputs say together.
func (o *options) check(e *cli.Env, inputs []string) error {
	if err := o.checkDomain(e); err != nil {
		return err
	}
	if o.format != "records" && len(inputs) > 1 {
		return cli.Usagef("-format %s takes one network, %d files are named", o.format, len(inputs))
	}
	if o.except != "" && o.format == "records" {
		return cli.Usagef("-except is for -format lp and mps")
	}
	if o.except == "" && e.Given("strict") {
		return cli.Usagef("-strict is for -except")
	}
	return nil
}

func parseActivations(s string) ([]netfile.Activation, error) {
	if s == "" {
		return nil, nil
	}
	return netfile.ParseActivations(s)
}

func parseNames(s string) ([]string, error) {
	if s == "" {
		return nil, nil
	}
	names := strings.Split(s, ",")
	for i := range names {
		if names[i] = strings.TrimSpace(names[i]); names[i] == "" {
			return nil, errors.New("a name is empty")
		}
	}
	return names, nil
}
