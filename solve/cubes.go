package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"relucount/pkg/capacity"
	"relucount/pkg/cli"
	"relucount/pkg/record"
	"relucount/pkg/region"
)

// cube is a cube record as a question.
type cube struct {
	record.Cube
	states []bool // what its prefix says
}

// split passes a milp on and writes cubes after it.
func (s *solver) split(l *record.Line) error {
	p, fresh, err := s.seen.Decode(l)
	if err != nil {
		return err
	}
	if !fresh {
		return s.e.Out.Pass(l)
	}
	space, err := region.NewSpace(p)
	if err != nil {
		return err
	}
	if err := s.e.Out.Pass(l); err != nil {
		return err
	}
	ctx := s.e.Context()
	if s.o.timeLimit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.o.timeLimit)
		defer cancel()
	}
	cubes, effort, err := space.Cubes(ctx, s.o.Options, s.o.cubes)
	if err != nil {
		return err
	}
	if s.e.Context().Err() != nil {
		return cli.ErrInterrupted
	}
	s.e.Logf("%s: %d cubes, %d LPs", p.Name, len(cubes), effort.LPs)
	content, margin := p.Digest(), space.Resolution(s.o.Options)
	r := record.Cube{
		Head: head(record.KindCube), Milp: p.ID, Of: len(cubes),
		Partition: partition(space, content, margin, cubes), Margin: margin, Prov: s.prov,
	}
	if space.Edited() {
		r.Content = content
	}
	ceiling := capacity.NewCeiling(p, space.Edited(), ceilingWork)
	on, open := make([]bool, len(p.Units)), make([]bool, len(p.Units))
	for i, c := range cubes {
		for k := range open {
			open[k] = k >= len(c.Known)
			on[k] = !open[k] && c.Known[k]
		}
		r.Cube, r.Prefix, r.Estimate = i, space.FormatPrefix(c.Prefix), c.Estimate
		r.Upper = ceiling.Within(on, open).String()
		if err := s.e.Out.Write(r); err != nil {
			return err
		}
	}
	return nil
}

// partition is a digest of all cubes and of what they are cubes of.
func partition(space *region.Space, content string, margin float64, cubes []region.Cube) string {
	prefixes := make([][]string, len(cubes))
	for i, c := range cubes {
		prefixes[i] = space.FormatPrefix(c.Prefix)
	}
	text, err := json.Marshal([]any{content, margin, prefixes})
	if err != nil {
		panic(err) // there are strings in it and a number in range
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:6])
}

// cube asks for the regions of a cube.
func (s *solver) cube(l *record.Line) error {
	var c cube
	if err := l.Decode(&c.Cube); err != nil {
		return err
	}
	n, ok := s.networks[c.Milp]
	switch {
	case !ok:
		return fmt.Errorf("cube record of milp %q, which has not come before it", c.Milp)
	case c.Content != n.content:
		return fmt.Errorf("cube record of the content %q of milp %q: that which came before has %q", c.Content, c.Milp, n.content)
	case c.Prefix == nil:
		return errors.New("prefix is missing")
	case s.o.other():
		return fmt.Errorf("-define %s cannot be counted cube by cube: what hangs together may be in several", s.o.define)
	case c.Margin > n.space.Resolution(s.o.Options):
		return fmt.Errorf("the cubes were made with a margin of %g: there may be regions in none of them", c.Margin)
	}
	err := record.CheckCube(c.Cube.Cube, c.Of, c.Partition)
	if err == nil {
		c.states, err = n.space.ParsePrefix(c.Prefix)
	}
	if err != nil {
		return err
	}
	if err := s.pass(l); err != nil {
		return err
	}
	if s.o.regions && !s.o.count { // those of the whole would come twice
		s.pending = nil
	}
	// One cube after the other on all workers: then an interruption leaves one
	// cube half done, and the last one keeps no worker waiting.
	s.queue.add(question{s.workers(), len(l.Raw), s.guard(l.Place(), func(ctx context.Context) error { return s.count(ctx, n, &c) })})
	return nil
}
