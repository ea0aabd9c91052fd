package main

import (
	"fmt"
	"slices"

	"relucount/pkg/cli"
	"relucount/pkg/ledger"
	"relucount/pkg/milp"
	"relucount/pkg/phrase"
	"relucount/pkg/record"
)

// leftover keeps the milps and the cube records of a stream, of which those are
// written in the end that are left to count.
type leftover struct {
	facts *ledger.Ledger
	seen  milp.Seen
	milps []*subjectOf
	cubes map[string][]asked // by milp and content
	known map[ledger.Question]bool
}

// subjectOf is a milp that came.
type subjectOf struct {
	key  string
	line *record.Line
}

// asked is a cube record that came.
type asked struct {
	ledger.Question
	line *record.Line
}

func newLeftover(facts *ledger.Ledger) *leftover {
	return &leftover{facts: facts, cubes: map[string][]asked{}, known: map[ledger.Question]bool{}}
}

func subjectKey(id, content string) string { return fmt.Sprintf("%q %q", id, content) }

// add enters a record, and keeps what may be written.
func (o *leftover) add(line *record.Line) error {
	if err := o.facts.Add(line); err != nil {
		return err
	}
	switch line.Type {
	case record.KindMilp:
		p, fresh, err := o.seen.Decode(line)
		if err != nil || !fresh {
			return err
		}
		content := p.Digest()
		if content == p.ID {
			content = ""
		}
		o.milps = append(o.milps, &subjectOf{subjectKey(p.ID, content), clone(line)})
	case record.KindCube:
		var c record.Cube
		if err := line.Decode(&c); err != nil {
			return err
		}
		q := ledger.Question{Milp: c.Milp, Content: c.Content, Cube: c.Cube, Of: c.Of, Partition: c.Partition, Rest: c.Rest}
		if c.Prov != nil {
			q.Version = c.Prov.Version
		}
		if !o.known[q] {
			o.known[q] = true
			key := subjectKey(c.Milp, c.Content)
			o.cubes[key] = append(o.cubes[key], asked{q, clone(line)})
		}
	}
	return nil
}

// clone copies a record, whose bytes may be used again.
func clone(line *record.Line) *record.Line {
	out := *line
	out.Raw = slices.Clone(line.Raw)
	return &out
}

// write writes each milp with cubes that are left to count, and these after it.
func (o *leftover) write(e *cli.Env) error {
	wanted, unknown := o.facts.Left()
	total := len(wanted)
	for _, m := range o.milps {
		var left []asked
		for _, c := range o.cubes[m.key] {
			if wanted[c.Question] {
				left = append(left, c)
				delete(wanted, c.Question)
			}
		}
		if len(left) == 0 {
			continue
		}
		if err := e.Out.Pass(m.line); err != nil {
			return err
		}
		for _, c := range left {
			if err := e.Out.Pass(c.line); err != nil {
				return err
			}
		}
	}
	e.Logf("%s left to count", phrase.Several(total, "cube"))
	if unknown > 0 {
		e.Warnf("no record of %s that no exact count is known of: give report the cube records, too", phrase.Several(unknown, "cube"))
	}
	if n := len(wanted); n > 0 {
		return fmt.Errorf("%s left to count, but the milp is missing: give report the stream of solve -cubes, too", phrase.Several(n, "cube"))
	}
	return nil
}
