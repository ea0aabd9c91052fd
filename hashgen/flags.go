package main

import (
	"fmt"

	"relucount/pkg/cli"
	"relucount/pkg/record"
)

const (
	// mostRows is more than any network has units.
	mostRows = 1e6

	// spare is by how many rows a record exceeds the unstable units, so that
	// rows run out before a trial closes with probability below 2^-spare.
	spare = 16
)

type options struct {
	trials int
	size   record.Size
	rows   int    // of a cell
	ask    string // what is asked of a hash: as record.Parity
	seed   string
	part   cli.Part
}

func (o *options) flags() []cli.Group {
	return []cli.Group{{Title: "Flags", Flags: []cli.Flag{
		{Name: "trials", Arg: "T", Value: cli.Int(&o.trials, 28, cli.AtLeast(1)), Default: "28, the paper's number",
			Help: "trials for each milp"},
		{Name: "size", Arg: "K", Value: cli.Parsed(&o.size, "half", record.ParseSize),
			Help: `units in a parity row, or "half": each unstable unit with probability 1/2`},
		{Name: "rows", Arg: "R", Value: cli.Int(&o.rows, 0, cli.Within(0, int(mostRows))),
			Help: fmt.Sprintf("ask for the number of regions that satisfy all of R rows, a cell. Without it a record asks for a trial: "+
				"how many rows of a long list some region satisfies. The list has %d rows more than there are unstable units, "+
				"so a trial runs out of rows with probability below 2^-%[1]d", spare)},
		cli.SeedFlag(&o.seed, "hashes"),
		cli.PartFlag(&o.part, "trials", "T"),
	}}}
}
