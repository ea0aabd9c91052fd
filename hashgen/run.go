package main

import (
	"flag"
	"fmt"

	"relucount/pkg/cli"
	"relucount/pkg/milp"
	"relucount/pkg/parity"
	"relucount/pkg/record"
)

// mostRows is more than any network has units.
const mostRows = 1e6

// spare is by how many rows a record exceeds the unstable units, so that
// rows run out before a trial closes with probability below 2^-spare.
const spare = 16

type options struct {
	trials int
	size   record.Size
	rows   int
	ask    string // what is asked of a hash: as record.Parity
	seed   string
	part   *cli.Part
}

func parse(e *cli.Env, args []string) (o options, inputs []string, err error) {
	f := e.Flags
	f.IntVar(&o.trials, "trials", 28, "")
	size := f.String("size", "half", "")
	f.IntVar(&o.rows, "rows", -1, "")
	f.StringVar(&o.seed, "seed", "1", "")
	o.part = e.PartFlag()
	if inputs, err = e.Parse(args); err != nil {
		return o, nil, err
	}
	if o.trials < 1 {
		return o, nil, cli.Usagef("-trials %d: at least 1", o.trials)
	}
	if o.size, err = record.ParseSize(*size); err != nil {
		return o, nil, cli.Usagef("-size: %v", err)
	}
	f.Visit(func(g *flag.Flag) {
		if g.Name == "rows" {
			o.ask = record.AskCount
		}
	})
	if o.ask == record.AskCount && (o.rows < 0 || o.rows > mostRows) {
		return o, nil, cli.Usagef("-rows %d: 0 to %d", o.rows, int(mostRows))
	}
	return o, inputs, nil
}

func run(e *cli.Env, args []string) error {
	o, inputs, err := parse(e, args)
	if err != nil {
		return err
	}
	prov := e.Prov("")
	return milp.Filter(e, inputs, func(p *milp.Problem) error { return draw(e, o, p, prov) })
}

func draw(e *cli.Env, o options, p *milp.Problem, prov *record.Prov) error {
	units := p.Unstable()
	rows := o.rows
	if o.ask == "" {
		rows = len(units) + spare
	}
	if int(o.size) > len(units) {
		e.Warnf("%s has %d unstable units: rows of size %d have them all", p.Name, len(units), o.size)
	}
	n := 0
	for t := range o.part.Of(o.trials) {
		select {
		case <-e.Context().Done():
			return cli.ErrInterrupted
		default:
		}
		if err := e.Out.Write(record.Parity{
			Head: record.Head{Type: record.KindParity, Schema: record.Schema},
			Milp: p.ID, Trial: t, Size: o.size, Seed: o.seed, Ask: o.ask,
			Rows: parity.Draw(units, rows, o.size, o.seed, p.ID, t),
			Prov: prov,
		}); err != nil {
			return fmt.Errorf("trial %d: %w", t, err)
		}
		n++
	}
	e.Logf("%s: %d hashes of %d rows of size %s over %d unstable units", p.Name, n, rows, o.size, len(units))
	return nil
}
