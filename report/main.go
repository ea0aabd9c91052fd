// Report says what the records of a pipe amount to: for each network the
// number of its linear regions, or bounds on it, and how sure they are.
//
// It is the end of the pipe: it reads every kind of record and writes, at the
// end of the input, a summary of each network. The records are a set of facts,
// so neither their order nor duplicates matter, and a stream that was split
// and worked on in parallel gives the same summaries, seconds excepted.
//
// report -h prints the manual. Package ledger states how facts are combined,
// package confidence the rules for bounds, and package page writes the
// summaries. docs/inference.md has the proofs of the rules, and docs/records.md
// the summary records of -format json.
package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"relucount/pkg/cli"
	"relucount/pkg/ledger"
	"relucount/pkg/page"
	"relucount/pkg/record"
)

func main() { cli.Main(tool()) }

func (o *options) run(e *cli.Env, inputs []string) error {
	if err := o.check(e); err != nil {
		return err
	}
	out, _ := page.Named(o.format) // the flag's check has seen to it
	if !out.Records && !o.checked && !o.left {
		e.Out = record.NewWriter(io.Discard) // error records of -k have no place in a table
	}
	facts := ledger.New()
	if o.left {
		return askAgain(e, inputs, newLeftover(facts))
	}
	gallery, err := o.gallery(e)
	if err != nil {
		return err
	}
	if o.format == formatHTML {
		facts.KeepRuns()
	}
	failed := o.read(e, inputs, facts, gallery)
	if failed != nil && (!e.Keep || unfinished(failed)) || o.checked {
		return failed
	}
	mention(e, facts, o.verify, gallery != nil)

	reports := facts.Reports(o.confidence)
	summaries := make([]*record.Summary, len(reports))
	for i, r := range reports {
		r.Prov = e.Prov("")
		summaries[i] = r.Summary
	}
	if len(summaries) == 0 && !out.Records && (gallery == nil || o.format == formatHTML && len(gallery.Sheets()) == 0) {
		e.Warnf("no facts")
	}
	for _, s := range summaries {
		if gallery == nil && nothingKnown(s) {
			e.Warnf("%s: no facts about its regions: solve -count counts them, bound and hashgen | solve bound them", page.Label(s))
		}
	}
	if gallery != nil {
		err = gallery.write(reports)
	} else {
		err = out.Write(e.Stdout, summaries)
	}
	if err != nil {
		return join(err, failed)
	}
	if o.verify {
		failed = join(facts.Uncertified(), failed)
	}
	return conclude(e, summaries, failed)
}

// nothingKnown reports whether a network is there and no more, and nothing says why.
func nothingKnown(s *record.Summary) bool {
	f := s.From
	facts := len(f.Trials) + len(f.Cells) + len(f.Probes) + len(f.Counts) + len(f.Defined)
	return s.Exact == nil && s.Lower == nil && s.Upper == nil && facts+len(s.Warnings) == 0
}

// read enters the records, or what becomes of them when proofs are checked.
func (o *options) read(e *cli.Env, inputs []string, facts *ledger.Ledger, g *gallery) error {
	handle, drain := facts.Add, func(failed error) error { return failed }
	if o.verify {
		v := o.verifier(e, facts)
		handle, drain = v.handle, v.drain
	}
	failed := e.Each(inputs, func(line *record.Line) error {
		if g != nil {
			if err := g.Add(line); err != nil {
				return err
			}
		}
		return handle(line)
	})
	if failed != nil && unfinished(failed) {
		return failed
	}
	return drain(failed)
}

// askAgain reads the records and writes the questions that are left.
func askAgain(e *cli.Env, inputs []string, left *leftover) error {
	out := e.Out
	e.Out = record.NewWriter(io.Discard) // error records of -k would come before the milp
	failed := e.Each(inputs, left.add)
	e.Out = out
	if failed != nil && (!e.Keep || unfinished(failed)) {
		return failed
	}
	mention(e, left.facts, false, false)
	return join(left.write(e), failed)
}

// join is two failures in one line; either may be nil.
func join(a, b error) error {
	if a == nil || b == nil {
		return errors.Join(a, b)
	}
	return fmt.Errorf("%w; %w", a, b)
}

// unfinished reports whether an error of Each means that not all was read.
func unfinished(err error) bool {
	var write *record.WriteError
	return errors.Is(err, cli.ErrInterrupted) || errors.As(err, &write)
}

// mention says on stderr what was read.
func mention(e *cli.Env, facts *ledger.Ledger, verified, drawn bool) {
	kinds := facts.Kinds()
	var read []string
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		note := ""
		if !facts.Reads(kind) && !(verified && kind == record.KindProof) && !(drawn && kind == record.KindRegion) {
			note = " (ignored)"
		}
		read = append(read, fmt.Sprintf("%d %q%s", kinds[kind], kind, note))
	}
	if len(read) == 0 {
		read = []string{"nothing"}
	}
	e.Logf("records read: %s", strings.Join(read, ", "))
	switch n, example := facts.Failures(); n {
	case 0:
	case 1:
		e.Warnf("1 error upstream: %s", example)
	default:
		e.Warnf("%d errors upstream, one of them: %s", n, example)
	}
}

// conclude repeats contradictions on stderr and says whether the run failed.
func conclude(e *cli.Env, summaries []*record.Summary, failed error) error {
	n := 0
	for _, s := range summaries {
		for _, c := range s.Contradictions {
			e.Warnf("CONTRADICTION in %s: %s", page.Label(s), c)
			n++
		}
	}
	var contradicted error
	switch n {
	case 0:
		return failed
	case 1:
		contradicted = errors.New("1 contradiction between certain facts")
	default:
		contradicted = fmt.Errorf("%d contradictions between certain facts", n)
	}
	return join(contradicted, failed)
}
