package region

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"time"

	"relucount/pkg/proof"
	"relucount/pkg/search"
)

// CountResult is the answer of Count. When it is not Complete, Regions were
// found and there may be more: at least Lower and at most Upper in all, which
// are nil without Options.Bound or under parity rows.
type CountResult struct {
	Regions      int64
	Complete     bool
	Lower, Upper *big.Int
	// Rest shares out the regions that were not found, with the largest estimate
	// first. There is none unless Options.Rest asked for it, and none when nothing
	// was found out.
	Rest []Cube
	Effort
}

// Count enumerates the regions. It ends early, without an error, when ctx
// ends.
func (s *Space) Count(ctx context.Context, o Options) (CountResult, error) {
	if err := s.check(o.Prefix, o.Rows); err != nil {
		return CountResult{}, err
	}
	engine := s.engine(o)
	_, tree := engine.(*search.Tree)
	o.Rest = o.Rest && tree && o.Proof == nil && len(o.Rows) == 0 && o.Ball == 0
	most := o.Max
	if o.Rest {
		most = 0
	}
	g := search.NewCount(o.Prefix, o.Rows, most, o.Each, o.Progress)
	g.Overlap = o.Overlap
	bound := o.Bound
	if len(o.Rows) > 0 {
		bound = nil
	}
	guide, thick, err := s.thick(g, o)
	if err != nil {
		return CountResult{}, err
	}
	if thick != nil {
		bound = nil
	}
	so := search.Options{Workers: o.Workers, Quick: o.quick, Leaves: o.leaves}
	if _, limited := ctx.Deadline(); o.Each != nil && !limited && so.Quick == 0 {
		so.Quick = math.MaxInt64 // what comes of each region takes longer than to know soon how many there are
	}
	if o.Proof != nil {
		if !tree || len(o.Rows) > 0 || thick != nil {
			return CountResult{}, errors.New("no proof: only the tree search on a network and a domain with an interior can prove its counts, of all regions")
		}
		if so.Proof, err = proof.NewBuilder(s.net, o.Proof); err != nil {
			return CountResult{}, fmt.Errorf("no proof: %w", err)
		}
	}
	if o.Rest {
		so.Rest, bound = &search.Rest{}, nil
		if o.Max > 0 {
			so.Rest.Enough = func() bool { return g.Seen() >= o.Max }
		}
	}
	b := search.NewBounds(s.Units(), o.Prefix, bound)
	e, done := engine.Search(ctx, guide, b, so)
	lower, upper := b.Close(g.Seen(), done, e)
	if thick != nil {
		e.Doubtful += thick.Doubtful()
		lower, upper = big.NewInt(g.Seen()), big.NewInt(g.Seen())
		if !(done && e.Unclear == 0) && o.Bound != nil {
			upper = s.below(o, nil)
		}
	}
	r := CountResult{Regions: g.Regions(), Complete: done && e.Unclear == 0, Lower: lower, Upper: upper, Effort: e}
	if err := g.Err(); err != nil {
		return r, err
	}
	if so.Proof != nil && so.Proof.Err() != nil {
		return r, so.Proof.Err()
	}
	if o.Rest && e.Err == nil && e.Unclear == 0 {
		s.giveBack(ctx, o, so.Rest.Prefixes, &r)
	}
	return r, e.Err
}

// giveBack makes cubes of what a count leaves, and bounds it.
func (s *Space) giveBack(ctx context.Context, o Options, prefixes [][]bool, r *CountResult) {
	r.Lower, r.Upper = big.NewInt(r.Regions), big.NewInt(r.Regions)
	var all *big.Int // regions below the prefix, at most
	if o.Bound != nil {
		all = s.below(o, o.Prefix)
	}
	if len(prefixes) == 1 && len(prefixes[0]) == len(o.Prefix) { // nothing was found out
		r.Upper = all
		return
	}
	interrupted := errors.Is(ctx.Err(), context.Canceled)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), estimating)
	defer cancel()
	for _, p := range prefixes {
		c := Cube{Prefix: p, Known: p}
		if !interrupted {
			below := s.engine(o).Sample(ctx, p, s.random(p), descentsOfRest)
			c.Known, c.Estimate = below.Path, below.Regions
			r.Effort.Add(below.Effort)
		}
		r.Rest = append(r.Rest, c)
		if o.Bound != nil {
			r.Upper.Add(r.Upper, s.below(o, c.Known))
		}
	}
	if all == nil || all.Cmp(r.Upper) < 0 {
		r.Upper = all
	}
	slices.SortStableFunc(r.Rest, func(a, b Cube) int { return cmp.Compare(b.Estimate, a.Estimate) })
}

// descentsOfRest is how many descents estimate each cube of a rest: enough to put
// the large ones first.
const descentsOfRest = 3

// estimating is the time after which a count that has ended early gives up
// estimating what it leaves.
const estimating = 5 * time.Second

// below bounds the regions whose leading units have given states.
func (s *Space) below(o Options, prefix []bool) *big.Int {
	on, open := make([]bool, s.Units()), slices.Repeat([]bool{true}, s.Units())
	copy(on, prefix)
	clear(open[:len(prefix)])
	return o.Bound(on, open, nil)
}

// thick returns a guide that takes only the regions of g that hold the ball that
// is asked for, if one is.
func (s *Space) thick(g search.Guide, o Options) (search.Guide, *search.Thick, error) {
	if o.Ball <= 0 {
		return g, nil, nil
	}
	if s.net.Sliced() {
		return nil, nil, errors.New("no region holds a ball: equations restrict the domain")
	}
	t := &search.Thick{Guide: g, Radius: o.Ball}
	return t, t, nil
}
