package main

import (
	"fmt"

	"relucount/pkg/cli"
	"relucount/pkg/milp"
	"relucount/pkg/parity"
	"relucount/pkg/record"
)

func (o *options) run(e *cli.Env, inputs []string) error {
	if e.Given("rows") {
		o.ask = record.AskCount
	}
	prov := e.Prov("")
	err := e.Each(inputs, milp.Filter(e.Out, func(p *milp.Problem) error { return draw(e, *o, p, prov) }))
	if err == nil {
		e.Lacks(record.KindMilp, milp.Dropped)
	}
	return err
}

// mostEntries is how many units all rows of a hash may have, some gigabytes in memory
// and half a gigabyte in the record. A network of 16000 unstable units has that many.
const mostEntries = 1 << 27

func draw(e *cli.Env, o options, p *milp.Problem, prov *record.Prov) error {
	units := p.Unstable()
	rows := o.rows
	if o.ask == "" {
		rows = len(units) + spare
	}
	each := float64(o.size)
	if o.size == record.Half {
		each = float64(len(units)) / 2
	}
	if float64(rows)*each > mostEntries {
		return fmt.Errorf("%s: a hash of %d rows of about %.0f units each does not fit into memory: -size 8 makes short rows, -rows few", p.Name, rows, each)
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
