package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"relucount/pkg/cli"
	"relucount/pkg/phrase"
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
	n := newNetwork(p, space)
	_, err = s.writeCubes(n, p.Digest(), cubes, nil)
	return err
}

// giveBack writes what a count below a prefix has left, before the count itself:
// what nobody has asked for does no harm.
func (s *solver) giveBack(n *network, prefix []bool, rest []region.Cube) (*record.Left, error) {
	if len(rest) == 0 {
		return nil, nil
	}
	content := n.content
	if content == "" {
		content = n.id
	}
	return s.writeCubes(n, content, rest, &prefix)
}

// writeCubes writes cubes that share out the whole, or what a count below a
// prefix has left.
func (s *solver) writeCubes(n *network, content string, cubes []region.Cube, below *[]bool) (*record.Left, error) {
	margin := n.space.Resolution(s.o.Options)
	r := record.Cube{
		Head: head(record.KindCube), Milp: n.id, Content: n.content, Of: len(cubes),
		Partition: partition(n.space, content, margin, cubes, below), Rest: below != nil, Margin: margin, Prov: s.prov,
	}
	n.ceiling.Whole() // from now on bounds are as good as can be
	on, open := make([]bool, n.space.Units()), make([]bool, n.space.Units())
	for i, c := range cubes {
		for k := range open {
			open[k] = k >= len(c.Known)
			on[k] = !open[k] && c.Known[k]
		}
		r.Cube, r.Prefix, r.Estimate = i, n.space.FormatPrefix(c.Prefix), c.Estimate
		r.Upper = n.ceiling.Within(on, open).String()
		if err := s.e.Out.Write(r); err != nil {
			return nil, err
		}
	}
	return &record.Left{Of: r.Of, Partition: r.Partition}, nil
}

// partition is a digest of all cubes and of what they are cubes of.
func partition(space *region.Space, content string, margin float64, cubes []region.Cube, below *[]bool) string {
	prefixes := make([][]string, len(cubes))
	for i, c := range cubes {
		prefixes[i] = space.FormatPrefix(c.Prefix)
	}
	key := []any{content, margin, prefixes}
	if below != nil {
		key = append(key, space.FormatPrefix(*below))
	}
	text, err := json.Marshal(key)
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
	case c.Prov != nil && c.Prov.Version != s.prov.Version:
		return fmt.Errorf("the cube was made by version %s, and this is %s: counts of different versions do not add up, so use one version on all machines, or make the cubes anew", phrase.Plain(c.Prov.Version), s.prov.Version)
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
