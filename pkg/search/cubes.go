package search

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"

	"golang.org/x/sync/errgroup"
)

// Cube is a share of the regions: those whose pattern starts with Prefix.
type Cube struct {
	Prefix   []bool  // states of the leading units, in unit order
	Known    []bool  // the prefix, and states of the next units that follow from it
	Estimate float64 // of the number of its regions; no bound
}

// Cubes splits the regions below a prefix into about n shares of roughly even
// work: every region is in exactly one of them. There are fewer when the tree
// has no more branches, or when ctx ends early.
//
// It starts with one cube and splits the one with the largest estimate at the
// first unit that takes both states in it. A state is left out only when no
// doubt remains that no region has it; a cube is certain to have a region
// unless such a doubt is why it is there. The cubes do not depend on
// the number of workers. They come with the largest estimate first,
// so that the long ones start early.
//
// What is found below a prefix depends on the prefix and the generator that
// rng gives for it.
func Cubes(ctx context.Context, engine Engine, prefix []bool, n, workers int, rng func(prefix []bool) *rand.Rand) ([]Cube, Effort) {
	s := &sampler{ctx: ctx, engine: engine, workers: max(1, workers), rng: rng}
	first := &share{Cube: Cube{Prefix: prefix}}
	s.sample([]*share{first})
	var open, done []*share // those that can be split, by estimate, and the others
	add := func(c *share) {
		if !c.Split {
			done = append(done, c)
			return
		}
		i, _ := slices.BinarySearchFunc(open, c, (*share).compare)
		open = slices.Insert(open, i, c)
	}
	add(first)
	for len(open) > 0 && len(open)+len(done) < n {
		top := open[len(open)-1]
		if top.parts == nil {
			// The next ones are likely to be split, too. What a probe finds
			// depends on its prefix alone, so looking ahead changes nothing.
			ahead := min(len(open), n-len(open)-len(done), (s.workers+1)/2)
			s.halve(open[len(open)-max(1, ahead):])
		}
		if ctx.Err() != nil {
			break
		}
		open = open[:len(open)-1]
		parts := slices.DeleteFunc(top.parts, func(c *share) bool { return c.Empty })
		if len(parts) == 0 { // its region was too close to call: leave that to the count
			done = append(done, top)
		}
		for _, c := range parts {
			add(c)
		}
	}
	all := append(open, done...)
	slices.SortFunc(all, func(a, b *share) int { return b.compare(a) })
	cubes := make([]Cube, len(all))
	for i, c := range all {
		cubes[i] = c.Cube
		cubes[i].Known, cubes[i].Estimate = c.Path, c.Regions
	}
	return cubes, s.Effort
}

// share is a cube on its way.
type share struct {
	Cube
	Sample
	parts []*share // its halves, once they are known
}

// compare orders by estimate.
func (c *share) compare(d *share) int {
	return cmp.Or(cmp.Compare(c.Regions, d.Regions), slices.CompareFunc(d.Prefix, c.Prefix, compareStates))
}

// compareStates orders inactive before active.
func compareStates(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// sampler looks below prefixes.
type sampler struct {
	ctx     context.Context
	engine  Engine
	workers int
	rng     func(prefix []bool) *rand.Rand
	Effort
}

// halve gives the shares that have none their halves.
func (s *sampler) halve(shares []*share) {
	var fresh []*share
	for _, c := range shares {
		if c.parts != nil {
			continue
		}
		for _, on := range []bool{false, true} {
			c.parts = append(c.parts, &share{Cube: Cube{Prefix: append(slices.Clone(c.Path), on)}})
		}
		fresh = append(fresh, c.parts...)
	}
	s.sample(fresh)
}

// descents is how many random descents make an estimate.
const descents = 12

// sample looks below shares, as many at the same time as there are workers.
func (s *sampler) sample(shares []*share) {
	var g errgroup.Group
	g.SetLimit(s.workers)
	for _, c := range shares {
		g.Go(func() error {
			c.Sample = s.look(c.Prefix)
			return nil
		})
	}
	_ = g.Wait() // there are no errors
	for _, c := range shares {
		s.Add(c.Effort)
	}
}

// look looks below a prefix.
func (s *sampler) look(prefix []bool) Sample {
	p := s.engine.Sample(s.ctx, prefix, s.rng(prefix), descents)
	if !p.Split || p.Regions > 0 || s.ctx.Err() != nil {
		return p
	}
	// rows and limits of units have made all descents end badly
	one := NewCount(prefix, nil, 1, nil, nil)
	cost, done := s.engine.Search(s.ctx, one, nil, Options{Workers: 1})
	p.Effort.Add(cost)
	n := one.Regions()
	p.Regions = float64(n)
	p.Empty = done && cost.Unclear == 0 && n == 0 && p.Doubtful == 0
	p.Split = n > 0
	return p
}
