package region

import (
	"context"
	"math/rand/v2"
)

// descent is what a random walk down the filtered search's tree has found.
type descent struct {
	weight float64 // estimate of the number of regions below the prefix
	path   []bool  // states up to the first unit that takes both below the prefix
	split  bool    // whether there is such a unit
	lost   bool    // whether the prefix has led to no cell
}

// descend goes down from the root, along the prefix and then to a random child
// of each node. The product of the numbers of children, times the number of
// regions of the cell where they are counted at once, is on average the number
// of regions (Knuth, "Estimating the Efficiency of Backtrack Programs", 1975);
// a cell that would be left to HiGHS counts as one.
func (f *filtered) descend(rng *rand.Rand) (d descent) {
	nd := f.top()
	d.weight = 1
	fork := func(nd *node, k int) { // unit k takes both states
		if k >= len(f.o.Prefix) && !d.split {
			d.split, d.path = true, onOff(nd.state[:k])
		}
	}
	for {
		if f.halt() {
			f.free(nd)
			return d
		}
		switch f.advance(nd) {
		case astray:
			f.free(nd)
			return descent{lost: true}
		case complete:
			if !d.split {
				d.path = onOff(nd.state)
			}
			f.free(nd)
			return d
		}
		if sure(nd.open[:1]) {
			fork(nd, nd.open[0].unit)
		}
		if n, ok := f.parts(nd); ok {
			d.weight *= float64(n)
			return d
		}
		k, doubts := nd.open[0].unit, f.doubts()
		kids, end := f.divide(nd)
		if end != undecided {
			f.free(nd)
			return d
		}
		i := 0
		switch {
		case kids[0] != nil && kids[1] != nil:
			fork(kids[0], k)
			d.weight *= 2
			i = rng.IntN(2)
			f.free(kids[1-i])
		case kids[0] == nil:
			i = 1
		}
		nd = kids[i]
		if nd == nil {
			return descent{lost: true}
		}
		if f.doubts() > doubts { // the other state may be one, too
			fork(nd, k)
		}
		if f.thin(nd) {
			f.free(nd)
			return d
		}
	}
}

// doubts counts the decisions so far that were close to call.
func (f *filtered) doubts() int64 {
	n := f.Doubtful + f.Unclear
	if f.judge != nil {
		n += f.judge.Doubtful + f.judge.Unclear
	}
	return n
}

// Estimator estimates numbers of regions. It is for one goroutine.
type Estimator struct {
	f   *filtered
	rng *rand.Rand
}

// NewEstimator returns an estimator of the regions below o.Prefix, or nil when
// the space is one for the walk only.
func (s *Space) NewEstimator(ctx context.Context, o Options, rng *rand.Rand) *Estimator {
	if o.Engine == "mip" || o.Oracle == "highs" || !s.filterable() {
		return nil
	}
	o.Each, o.Max = nil, 0
	return &Estimator{s.newFiltered(ctx, &tally{}, o), rng}
}

// Sample is one estimate. Its mean is the number of regions, its spread is
// large.
func (e *Estimator) Sample() float64 { return e.f.descend(e.rng).weight }
