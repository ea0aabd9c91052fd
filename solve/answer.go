package main

import (
	"context"
	"math/big"
	"time"

	"relucount/pkg/notion"
	"relucount/pkg/record"
	"relucount/pkg/region"
)

// trial answers a parity record.
func (s *solver) trial(ctx context.Context, n *network, p *record.Parity) error {
	start := time.Now()
	t, err := n.space.Trial(ctx, p.Rows, s.o.Options)
	if err != nil {
		return err
	}
	r := record.Trial{
		Head: head(record.KindTrial), Milp: p.Milp, Trial: p.Trial, Size: p.Size, Seed: p.Seed,
		Rows: t.Rows, Of: len(p.Rows), Closed: t.Closed, Doubtful: int(t.Doubtful), Margin: n.space.Resolution(s.o.Options),
		Witness: t.Witness, Edited: n.content != "", Content: n.content,
		Stats: s.stats(start, t.Effort), Prov: s.prov,
	}
	if !t.Closed {
		r.Why = s.why(ctx, t.Effort)
		if t.Rows == len(p.Rows) {
			r.Why = "the record has no more rows"
		}
	}
	s.e.Logf("%s: trial %d of size %s: %d rows%s, %d LPs, %.1f s", n.name, p.Trial, p.Size, t.Rows,
		map[bool]string{true: ", closed", false: " (" + r.Why + ")"}[t.Closed], t.LPs, r.Stats.Seconds)
	return s.e.Out.Write(r)
}

// cell answers a parity record that asks for a count. It takes one worker, so
// that the answer has cost the same however many there are.
func (s *solver) cell(ctx context.Context, n *network, p *record.Parity) error {
	start := time.Now()
	o := s.o.Options
	o.Rows, o.Workers = p.Rows, 1
	found, err := n.space.Count(ctx, o)
	if err != nil {
		return err
	}
	regions := big.NewInt(found.Regions)
	r := record.Cell{
		Head: head(record.KindCell), Milp: p.Milp, Trial: p.Trial, Size: p.Size, Seed: p.Seed, Rows: len(p.Rows),
		Regions: regions.String(), Log2: record.Log2(regions), Exact: found.Complete,
		Doubtful: int(found.Doubtful), Margin: n.space.Resolution(s.o.Options), Why: s.whyNot(ctx, found),
		Edited: n.content != "", Content: n.content,
		Stats: s.stats(start, found.Effort), Prov: s.prov,
	}
	s.e.Logf("%s: cell %d of %d rows of size %s: %s regions%s, %d LPs, %.1f s", n.name, p.Trial, r.Rows, p.Size,
		r.Regions, orMore(r.Exact, r.Why), r.Stats.LPs, r.Stats.Seconds)
	return s.e.Out.Write(r)
}

// whyNot says why a count is not exact.
func (s *solver) whyNot(ctx context.Context, c region.CountResult) string {
	switch {
	case c.Complete:
		return ""
	case s.o.Max > 0 && c.Regions >= s.o.Max:
		return "max"
	}
	return s.why(ctx, c.Effort)
}

func orMore(exact bool, why string) string {
	if exact {
		return ""
	}
	return " or more (" + why + ")"
}

// count answers a milp, or one of its cubes.
func (s *solver) count(ctx context.Context, n *network, c *cube) error {
	start := time.Now()
	o := s.o.Options
	o.Bound, o.Rest = n.ceiling.Most, s.o.cubesLeft
	r := record.Count{
		Head: head(record.KindCount), Milp: n.id, Scope: record.Whole, Margin: n.space.Resolution(s.o.Options),
		Edited: n.content != "", Content: n.content, Prov: s.prov,
	}
	name := n.name
	if c != nil {
		o.Prefix = c.states
		r.Scope = record.CubeScope(c.Cube.Cube, c.Of, c.Partition)
		r.Cube, r.Of, r.Partition, r.Rest, r.Prefix = &c.Cube.Cube, c.Of, c.Partition, c.Rest, c.Prefix
		name += ": " + r.Scope
	}
	if s.o.patterns {
		o.Overlap = true
		o.Each = func(r region.Region) error {
			w := record.Witness{Pattern: r.Pattern(), X: r.Point()}
			return s.e.Out.Write(record.PatternOf{Head: head(record.KindPattern), Milp: n.id, Content: n.content, Witness: w})
		}
	}
	regions := regionWriter{n: n, out: s.e.Out}
	if n.regions != nil {
		o.Each, o.Overlap = regions.write, true
	}
	if s.o.proof {
		o.Proof = func(p *record.Proof) error {
			p.Head, p.Milp, p.Edited, p.Content, p.Prov = head(record.KindProof), n.id, n.content != "", n.content, s.prov
			return s.e.Out.Write(p)
		}
	}
	done := func() {}
	if s.e.ErrTTY {
		o.Progress, done = s.watch(ctx, n, name, o)
	}
	found, err := n.space.Count(ctx, o)
	done()
	if written := regions.flush(); err == nil {
		err = written
	}
	if err != nil {
		return err
	}
	number := big.NewInt(found.Regions)
	r.Regions, r.Log2 = number.String(), record.Log2(number)
	r.Lower, r.Upper = found.Lower.String(), found.Upper.String()
	r.Exact, r.Doubtful, r.Closest, r.Stats = found.Complete, int(found.Doubtful), found.Closest, s.stats(start, found.Effort)
	r.Why = s.whyNot(ctx, found)
	if r.Left, err = s.giveBack(n, o.Prefix, found.Rest); err != nil {
		return err
	}
	s.e.Logf("%s: %s regions%s, %d doubtful, %d LPs, %.1f s", name, r.Regions,
		orMore(r.Exact, r.Why), r.Doubtful, r.Stats.LPs, r.Stats.Seconds)
	return s.e.Out.Write(r)
}

// define counts what else is called a region.
func (s *solver) define(ctx context.Context, n *network, _ *cube) error {
	start := time.Now()
	found, err := n.space.Define(ctx, s.o.define, s.o.Options)
	if err != nil {
		return err
	}
	regions := big.NewInt(found.Regions)
	r := record.Count{
		Head: head(record.KindCount), Milp: n.id, Scope: record.Whole, Define: s.o.define, Outputs: found.Outputs,
		Regions: regions.String(), Log2: record.Log2(regions), Exact: found.Complete,
		Edited: n.content != "", Content: n.content, Stats: s.stats(start, found.Effort), Prov: s.prov,
	}
	if s.o.define == notion.Decision && found.Complete {
		r.Boundary = big.NewInt(found.Border).String()
	}
	if !r.Exact {
		r.Why = s.why(ctx, found.Effort)
	}
	s.e.Logf("%s: %s %s%s, %.1f s", n.name, r.Regions, s.o.define, orMore(r.Exact, r.Why), r.Stats.Seconds)
	return s.e.Out.Write(r)
}
