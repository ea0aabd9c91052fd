package region

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"

	"relucount/pkg/highs"
)

// descent is what a random walk down the filtered search's tree has found.
type descent struct {
	bits  float64 // log2 of an estimate of the number of regions below the prefix
	path  []bool  // states up to the first unit that takes both below the prefix
	split bool    // whether there is such a unit
	lost  bool    // whether the prefix has led to no cell
	whole bool    // whether it has come to its end
}

// descend goes down from the root, along the prefix and then to a random child
// of each node. The weight of the descent, one over the product of the
// probabilities of the children taken, times the number of regions of the cell
// where they are counted at once, is on average the number of regions (Knuth,
// "Estimating the Efficiency of Backtrack Programs", 1975).
//
// The average is that whatever the order of the units and the probabilities,
// as long as they depend on what lies above only. Units that halve the cell
// come first, as what a thin slice holds is hard to guess, and the children
// are taken by their promise. Measured: docs/counting.md.
func (f *filtered) descend(rng *rand.Rand) (d descent) {
	nd := f.top()
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
			return descent{lost: true, whole: true}
		case complete:
			if !d.split {
				d.path = onOff(nd.state)
			}
			f.free(nd)
			d.whole = true
			return d
		}
		if sure(nd.open[:1]) {
			fork(nd, nd.open[0].unit)
		}
		if !many(len(nd.open), f.s.dim, partsOfProbe) {
			if n, ok := f.parts(nd); ok {
				d.bits += math.Log2(float64(n))
				d.whole = true
				return d
			}
		}
		if d.split && !f.lazy { // the prefix is behind us
			f.halving(nd)
		}
		k, r, doubts := nd.open[0].unit, nd.open[0].r, f.doubts()
		kids, end := f.divide(nd)
		if end != undecided {
			if end == stuck && f.recast(nd) {
				continue
			}
			if end == stuck {
				d.bits, d.whole = d.bits+f.plunge(nd, rng), !f.halt()
			}
			f.free(nd)
			return d
		}
		i := 0
		switch {
		case kids[0] != nil && kids[1] != nil:
			fork(kids[0], k)
			p := 0.5
			if !f.lazy {
				p = f.promise(kids, r)
			}
			if rng.Float64() >= p {
				i, p = 1, 1-p
			}
			d.bits -= math.Log2(p)
			f.free(kids[1-i])
		case kids[0] == nil:
			i = 1
		}
		nd = kids[i]
		if nd == nil {
			return descent{lost: true, whole: true}
		}
		if f.doubts() > doubts { // the other state may be one, too
			fork(nd, k)
		}
		if f.thin(nd) {
			d.bits, d.whole = d.bits+f.plunge(nd, rng), !f.halt()
			f.free(nd)
			return d
		}
	}
}

// partsOfProbe is the largest number of parts that a descent may count.
const partsOfProbe = 1 << 14

// halving moves the unit to the front that divides the cell most evenly.
func (f *filtered) halving(nd *node) {
	at, top := 0, 0.0
	for i, u := range nd.open {
		if v := min(-u.r.lo, u.r.hi) / (u.r.hi - u.r.lo); v > top {
			at, top = i, v
		}
	}
	nd.open[0], nd.open[at] = nd.open[at], nd.open[0]
}

// promise returns the probability with which to take the first of two children:
// in proportion to the root of what they may hold, by the number of units that
// still cut them, and to their width in the direction of the cut, which counts
// where there are few dimensions.
func (f *filtered) promise(kids [2]*node, r reach) float64 {
	lean := 0.0
	for i, c := range kids {
		if f.advance(c) == undecided {
			lean += float64(1-2*i) * f.capacity(c)
		}
	}
	lean /= 2
	if r.lo < 0 && r.hi > 0 {
		lean += math.Log(r.hi/-r.lo) / float64(f.s.dim)
	}
	return max(leastChance, min(1-leastChance, 1/(1+math.Exp(-lean))))
}

// leastChance is the least probability with which a child is taken.
const leastChance = 0.01

// capacity is the logarithm of a guess at how many regions a cell may hold:
// Zaslavsky's number for each layer, in as many dimensions as units were
// active before, when half of those that are still open are.
func (f *filtered) capacity(nd *node) float64 {
	d := f.s.dim
	if at := nd.st.at; at > 0 {
		d = min(d, activeIn(nd.state[f.layers[at-1].first:nd.st.first]))
	}
	cut, on := len(nd.open), -len(nd.open)/2
	for k := nd.st.first; k < nd.st.end; k++ {
		if nd.state[k].on || nd.undecided(k) {
			on++
		}
	}
	v := 0.0
	for _, l := range f.layers[nd.st.at+1:] {
		v += logParts(cut, d)
		d, cut = min(d, on), l.end-l.first
		on = cut / 2
	}
	return v + logParts(cut, d)
}

func activeIn(states []decision) (active int) {
	for _, s := range states {
		if s.on {
			active++
		}
	}
	return active
}

// logParts is the logarithm of the number of parts into which n hyperplanes
// cut d dimensions.
func logParts(n, d int) float64 {
	if n <= d {
		return float64(n) * math.Ln2
	}
	parts, c := 1.0, 1.0
	for j := 1; j <= d; j++ {
		c *= float64(n-j+1) / float64(j)
		parts += c
	}
	return math.Log(parts)
}

// plunge goes on from a node by HiGHS, with even chances, and returns the log2
// of the weight. Where HiGHS finds no cell there is a doubt, and one region.
func (f *filtered) plunge(nd *node, rng *rand.Rand) float64 {
	w, start, ok := f.handOver(nd)
	if ok {
		w.replay(start.prefix, start.unit, nil)
		if at, basis, ok := w.enter(start); ok {
			return w.probe(rng, start.unit+1, at, basis)
		}
	}
	f.Doubtful++
	return 0
}

// probe is plunge where a dead end is a doubt, and the last of its cells a region.
func (w *walk) probe(rng *rand.Rand, k int, at []float64, basis *highs.Basis) float64 {
	bits, ok := w.plunge(rng, k, at, basis)
	if !ok {
		w.Doubtful++
	}
	return bits
}

// doubts counts the decisions so far that were close to call.
func (f *filtered) doubts() int64 {
	n := f.Doubtful + f.Unclear
	if f.judge != nil {
		n += f.judge.Doubtful + f.judge.Unclear
	}
	return n
}

// Prober estimates the number of regions by random descents. It is for one
// goroutine.
//
// The methods are "look-ahead" (see descend); "even", which takes the units in
// order and either child with the same probability, and counts the parts of
// the last layer at once, as look-ahead does; and "uniform", which decides all
// by HiGHS and counts nothing at once.
type Prober struct {
	Method string // how children are chosen
	s      *Space
	o      Options
	f      *filtered // nil: the walk
}

// Probed is the weight of one descent, of which the mean over all descents is
// the number of regions: at least 1. When it is not Complete it was cut short
// by the context, and would have been more.
type Probed struct {
	Log2     float64
	Complete bool
	Effort
}

// NewProber returns a prober of the regions below o.Prefix. It is an error
// when cells may be empty of regions because of what a user has asked of
// units: descents would end in nothing.
func (s *Space) NewProber(o Options) (*Prober, error) {
	if len(s.rows) > len(s.rowsAt[0]) || s.integer || slices.ContainsFunc(s.units, func(u unit) bool { return u.loose }) {
		return nil, errors.New("probes cannot be had of a milp with rows or limits of its own over units")
	}
	o.Each, o.Max = nil, 0
	p := &Prober{"uniform", s, o, nil}
	if o.Oracle != "highs" && s.filterable() {
		p.f = s.newFiltered(context.Background(), &tally{}, o)
		p.f.lazy = s.dim > lookAheadDim
		p.Method = "look-ahead"
		if p.f.lazy {
			p.Method = "even"
		}
	}
	return p, nil
}

// lookAheadDim is the largest number of base coordinates in which all open
// units of both children are looked at before one is taken: that takes so many
// programs for each unit as there are units.
const lookAheadDim = 128

// Probe makes one descent, with the choices that rng makes.
func (p *Prober) Probe(ctx context.Context, rng *rand.Rand) Probed {
	if p.f == nil {
		w := newWalk(ctx, p.s, p.s.everything(nil, p.o), p.o.Margin)
		d := Probed{}
		if root, ok := w.root(); ok {
			d.Log2 = w.probe(rng, 0, root.at, root.basis)
		}
		d.Effort, d.Complete = w.effort(), !w.halt()
		return d
	}
	p.f.attend(ctx)
	before := p.f.effort()
	d := p.f.descend(rng)
	return Probed{d.bits, d.whole, p.f.effort().since(before)}
}
