package reference

import (
	"math"
	"math/rand/v2"
	"slices"

	"relucount/pkg/affine"
	"relucount/pkg/highs"
)

// ending is what a walk from the root along a prefix comes to.
type ending int

const (
	dead    ending = iota // no region, or an end of the context
	arrived               // a region
	forked
)

// fork walks from the root along the guide's prefix, and on while there is only one
// way. Where there are two it returns the children and the states before. A
// state that no point was found for, but in doubt, counts as a way.
func (w *walk) fork() (children []frame, states []affine.State, end ending) {
	root, ok := w.root()
	at, basis := root.at, root.basis
	for k := 0; ok && k < len(w.state); k++ {
		if w.halt() {
			return nil, nil, dead
		}
		doubts := w.Doubtful + w.Unclear
		children = w.children(k, at, basis)
		unsure := w.Doubtful+w.Unclear > doubts && w.allow(k)&w.m.net.Units[k].Only == affine.Both
		switch {
		case len(children) == 2 || unsure:
			return children, slices.Clone(w.state[:k]), forked
		case len(children) == 0:
			return nil, nil, dead
		}
		at, basis, ok = w.enter(children[0])
	}
	if !ok || w.m.integer && !w.integral() {
		return nil, nil, dead
	}
	return nil, nil, arrived
}

// children returns the feasible children of the current node, at which unit k
// is to be decided.
func (w *walk) children(k int, at []float64, basis *highs.Basis) []frame {
	w.compose(k)
	w.frames = w.frames[:0]
	p, b, ok := w.step(k, at, basis)
	if !ok {
		return nil
	}
	d := w.state[k]
	return append(slices.Clone(w.frames), frame{unit: k, on: d.On, tested: true, cuts: d.Cuts, at: p, basis: b})
}

// plunge follows random children from the current node, at which unit k is to
// be decided, down to a region, and returns the log2 of the product of their
// numbers. It returns false at a dead end, of which there is none but for
// doubts and rows of the user's.
func (w *walk) plunge(rng *rand.Rand, k int, at []float64, basis *highs.Basis) (bits float64, ok bool) {
	for ; k < len(w.state) && !w.halt(); k++ {
		children := w.children(k, at, basis)
		if len(children) == 0 {
			return bits, false
		}
		bits += math.Log2(float64(len(children)))
		if at, basis, ok = w.enter(children[rng.IntN(len(children))]); !ok {
			return bits, false
		}
	}
	return bits, !w.m.integer || w.integral()
}

// probe is plunge where a dead end is a doubt, and the last of its cells a region.
func (w *walk) probe(rng *rand.Rand, k int, at []float64, basis *highs.Basis) float64 {
	bits, ok := w.plunge(rng, k, at, basis)
	if !ok {
		w.Doubtful++
	}
	return bits
}
