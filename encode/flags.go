package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"relucount/pkg/cli"
	"relucount/pkg/domain"
	"relucount/pkg/netfile"
	"relucount/pkg/tighten"
)

// auto tightens with lp where that takes a few seconds at most, which the
// number of weights tells, and with interval elsewhere.
const (
	auto       = "auto"
	lpPaysUpTo = 20000 // weights
)

type options struct {
	domain *[2]float64 // nil: as the file says
	bounds tighten.Options
	name   string
	format string
	read   netfile.Options
}

func (o *options) flags() []cli.Group {
	methods := []cli.Choice{
		{Name: auto, Help: fmt.Sprintf("lp for networks of up to %d weights, else interval", lpPaysUpTo)},
		{Name: "interval", Help: "interval arithmetic: quick, but loose"},
		{Name: "lp", Help: "two linear programs a unit"},
		{Name: "milp", Help: "two mixed-integer programs a unit, the paper's choice"},
	}
	formats := []cli.Choice{
		{Name: "records", Help: "a milp record for each network"},
		{Name: "lp", Help: "a text file for other solvers, of one network"},
		{Name: "mps", Help: "the same in another format"},
	}
	return []cli.Group{{Title: "Flags", Flags: []cli.Flag{
		{Name: "domain", Arg: "LO,HI", Value: cli.Parsed(&o.domain, "", parseDomain), Default: "the file's domain, which may have a map and rows, else 0,1",
			Help: "the inputs range over [LO, HI] each"},
		{Name: "tighten", Arg: "M", Value: cli.Word(&o.bounds.Method, auto, methods...),
			Help: "how pre-activations are bounded, layer by layer. Tighter bounds leave fewer units that need a binary"},
		cli.TimeLimitFlag(&o.bounds.TimeLimit, 10*time.Second,
			"for each bound by milp, as 500ms or 10s. A bound that runs out of time is looser but valid"),
		{Name: "activation", Arg: "A,...", Value: cli.Parsed(&o.read.Activations, "", parseActivations), Default: "relu",
			Help: "for files of weights without a structure: relu, leaky:0.01, abs or linear after each layer but the last; or one for each layer, with commas between"},
		{Name: "layers", Arg: "S,...", Value: cli.Parsed(&o.read.Layers, "", parseNames), Default: "all, in order",
			Help: "for files of weights without a structure: which layers, by their names"},
		{Name: "name", Arg: "S", Value: cli.Text(&o.name, ""), Default: "the file's own", Help: "the network's name"},
		{Name: "format", Arg: "F", Value: cli.Word(&o.format, "records", formats...), Help: "what is written"},
		cli.WorkersFlag(&o.bounds.Workers, "the result does not depend on it"),
	}}}
}

// check looks at what the flags and inputs say together.
func (o *options) check(inputs []string) error {
	if o.format != "records" && len(inputs) > 1 {
		return cli.Usagef("-format %s takes one network, %d files are named", o.format, len(inputs))
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

func parseDomain(s string) (*[2]float64, error) {
	if s == "" {
		return nil, nil
	}
	lo, hi, ok := strings.Cut(s, ",")
	a, err1 := strconv.ParseFloat(strings.TrimSpace(lo), 64)
	b, err2 := strconv.ParseFloat(strings.TrimSpace(hi), 64)
	if !ok || err1 != nil || err2 != nil {
		return nil, errors.New("two numbers LO,HI belong here")
	}
	if err := domain.Box(1, a, b).Check(1); err != nil {
		return nil, fmt.Errorf("[%g, %g] is no bounded interval", a, b)
	}
	return &[2]float64{a, b}, nil
}
