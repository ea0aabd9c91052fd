package main

import (
	"slices"
	"time"

	"relucount/pkg/cli"
)

// methods has the bounds in the order in which they are written.
var methods = []cli.Choice{
	{Name: "pairs", Help: "from the geometry, too: which cells the first layers have, which hyperplanes meet in a cell, and what two layers " +
		"can do by themselves; never above tight. It may take some ten seconds, so it is made only when it is named"},
	{Name: "tight", Help: "from the trained weights, biases and the milp's bounds of units: which units can be active, " +
		"and which cut, given which of the layer before are active; never above those that follow"},
	{Name: "activation", Help: "from which units can be active or inactive given how many of the layer before are active, " +
		"by the signs of the trained weights (Serra and Ramalingam 2020, theorem 2)"},
	{Name: "hinz2019", Help: "from the shape (framework of Hinz and van de Geer 2019, with sharper numbers than serra2018)"},
	{Name: "serra2018", Help: "from the shape (Serra, Tjandraatmadja and Ramalingam 2018, theorem 1)"},
	{Name: "montufar2017", Help: "from the shape (Montufar 2017); holds for units of any two slopes"},
	{Name: "zaslavsky", Help: "from the shape, networks of one layer; holds for units of any two slopes"},
	{Name: "unstable", Help: "2 to the number of unstable units; holds for units of any two slopes"},
}

// anySlopes are the methods that hold for other units than ReLU.
var anySlopes = []string{"montufar2017", "zaslavsky", "unstable"}

type options struct {
	methods   []string // none: all that apply and take no more than a moment
	timeLimit time.Duration
}

func (o *options) flags() []cli.Group {
	return []cli.Group{{Title: "Flags", Flags: []cli.Flag{
		{Name: "method", Arg: "LIST", Value: cli.Words(&o.methods, methods...), Default: "all that apply but pairs",
			Help: "the bounds, separated by commas"},
		cli.TimeLimitFlag(&o.timeLimit, 10*time.Second, "for each table entry of activation, and twice that for all of a milp. "+
			"Past it a valid relaxation stands in, and the record says so"),
	}}}
}

// slow are the methods that have to be named.
var slow = []string{"pairs"}

// list returns the methods to try.
func (o *options) list() []string {
	if len(o.methods) > 0 {
		return o.methods
	}
	var all []string
	for _, m := range methods {
		if !slices.Contains(slow, m.Name) {
			all = append(all, m.Name)
		}
	}
	return all
}
