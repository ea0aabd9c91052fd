package search

import (
	"math"
	"math/rand/v2"

	"relucount/pkg/affine"
	"relucount/pkg/cell"
)

// descent is what a random walk down the tree has found.
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
// are taken by their promise, or where that takes too long with even chances. Measured:
// docs/counting.md.
//
// End, if not nil, gets the region in which it ends. Of a cell whose regions are counted
// at once that is one of them, each with the same probability: so the weight is one over
// the probability to end in that region. It gets nothing when the descent does not come to
// its end, or ends in a cell of which no more is known.
func (w *worker) descend(rng *rand.Rand, end func(Region)) (d descent) {
	nd := w.top()
	for nd != nil {
		if w.halt() {
			w.free(nd)
			return d
		}
		if s := w.advance(nd); s != undecided {
			w.arrive(nd, s, &d, end)
			return d
		}
		d.fork(w, nd, nd.Open[0].Unit)
		if n, whole, ok := w.atOnce(nd, end != nil); ok {
			d.bits += math.Log2(float64(n))
			d.whole = true
			if w.trail != nil {
				w.trail.end = math.Log(float64(n))
			}
			if whole != nil {
				w.pick(whole, n, rng, end)
			}
			return d
		}
		if d.split { // the prefix is behind us
			nd.halving()
		}
		u := nd.Open[0]
		if nd = w.choice(w.divide(nd), u, rng, &d); nd == nil {
			break
		}
	}
	return descent{lost: true, whole: true} // the prefix has left no child
}

// atOnce counts the regions of a cell of the last layer at once, if it can; the node is used
// up then. Whole is a copy of it, where one is asked for.
func (w *worker) atOnce(nd *node, copied bool) (n int64, whole *node, ok bool) {
	if copied && nd.Last() {
		whole = w.clone(nd)
	}
	if n, ok = w.parts(nd, partsOfProbe); !ok && whole != nil {
		w.free(whole)
	}
	return n, whole, ok
}

// fork notes that unit k takes both states.
func (d *descent) fork(w *worker, nd *node, k int) {
	if k >= len(w.guide.Prefix()) && !d.split {
		d.split, d.path = true, affine.States(nd.States[:k])
	}
}

// arrive ends a descent at a node, which is used up.
func (w *worker) arrive(nd *node, s status, d *descent, end func(Region)) {
	switch {
	case s == complete:
		if !d.split {
			d.path = affine.States(nd.States)
		}
		d.whole = true
		w.tell(nd, end)
	case d.split: // astray: a dead end, of which there is none without guards
		d.bits, d.whole = math.Inf(-1), true
	default:
		*d = descent{lost: true, whole: true}
	}
	w.free(nd)
}

// tell tells of the region that a node is, if one is known.
func (w *worker) tell(nd *node, end func(Region)) {
	if end != nil && !nd.Blurred {
		w.leaf.nd, w.leaf.look = nd, nil
		end(&w.leaf)
	}
}

// pick takes one of the n regions of a cell that has come to the last layer, each with the
// same probability: of the parts into which it is divided one after the other, each with
// a probability in proportion to its regions. The node is used up.
func (w *worker) pick(nd *node, n int64, rng *rand.Rand, end func(Region)) {
	for at := rng.Int64N(n); w.advance(nd) == undecided; {
		kids := w.divide(nd)
		switch {
		case kids[0] == nil:
			nd = kids[1]
			continue
		case kids[1] == nil:
			nd = kids[0]
			continue
		}
		i := 0
		if first := w.regionsOf(kids[0]); at >= first {
			i, at = 1, at-first
		}
		w.free(kids[1-i])
		nd = kids[i]
	}
	w.tell(nd, end)
	w.free(nd)
}

// regionsOf is the number of regions of a cell that has come to the last layer.
func (w *worker) regionsOf(nd *node) int64 {
	if w.advance(nd) != undecided {
		return 1
	}
	c := w.clone(nd)
	if n, ok := w.parts(c, math.Inf(1)); ok {
		return n
	}
	n := int64(0)
	for _, k := range w.divide(c) {
		if k != nil {
			n += w.regionsOf(k)
			w.free(k)
		}
	}
	return n
}

// choice takes one of the children, between which u divides, by chance; nil
// when there is none.
func (w *worker) choice(kids [2]*node, u cell.Open, rng *rand.Rand, d *descent) *node {
	switch {
	case kids[0] == nil:
		return kids[1]
	case kids[1] == nil:
		return kids[0]
	}
	d.fork(w, kids[0], u.Unit)
	i, p, of := 0, 0.5, division{}
	if !w.sparing {
		of = w.promise(kids, u.Reach)
		p = of.chance(w.tuning.Capacity)
	}
	if rng.Float64() >= p {
		i, p = 1, 1-p
	}
	if w.trail != nil {
		of.second = i == 1
		w.trail.divisions = append(w.trail.divisions, of)
	}
	d.bits -= math.Log2(p)
	w.free(kids[1-i])
	return kids[i]
}

// partsOfProbe is the largest number of parts that a descent may count.
const partsOfProbe = 1 << 14

// promise tells what two children promise: how many regions they may hold, by the
// number of units that still cut them, and their width in the direction of the cut,
// which counts where there are few dimensions.
func (w *worker) promise(kids [2]*node, r cell.Reach) (d division) {
	// a child may be a sliver, which is hard to decide on and hardly ever taken
	w.ws.Guess = true
	defer func() { w.ws.Guess = false }()
	for i, c := range kids {
		if w.advance(c) == undecided {
			d.capacity += float64(1-2*i) * w.capacity(c)
		}
	}
	if r.Lo < 0 && r.Hi > 0 {
		d.width = math.Log(r.Hi/-r.Lo) / float64(w.net.Root.Dim)
	}
	return d
}

// leastChance is the least probability with which a child is taken.
const leastChance = 0.01

// capacity is the logarithm of a guess at how many regions a cell may hold:
// Zaslavsky's number for each layer, in as many dimensions as units were
// active before, when half of those that are still open are.
func (w *worker) capacity(nd *node) float64 {
	d := w.net.Root.Dim
	if at := nd.Functions.At; at > 0 {
		d = min(d, activeIn(nd.States[w.net.Layers[at-1].First:nd.Functions.Layer.First]))
	}
	cut, on := len(nd.Open), -len(nd.Open)/2
	for k := nd.Functions.Layer.First; k < nd.Functions.Layer.End; k++ {
		if nd.States[k].On || nd.Undecided(k) {
			on++
		}
	}
	v := 0.0
	for _, l := range w.net.Layers[nd.Functions.At+1:] {
		v += logParts(cut, d)
		d, cut = min(d, on), l.Units()
		on = cut / 2
	}
	return v + logParts(cut, d)
}

func activeIn(states []affine.State) (active int) {
	for _, s := range states {
		if s.On {
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
