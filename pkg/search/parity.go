package search

import (
	"math"
	"slices"

	"relucount/pkg/affine"
	"relucount/pkg/cell"
)

// Under parity rows each node knows what they still ask of the units that are
// open or to come (parity.Residual), and is dropped as soon as that cannot be
// had.

// lookHashed is look under parity rows. It first looks at the units of which
// parity implies the state, for they may show that the cell is of no use, and
// goes no further while one of them cuts the cell. Units that are decided may
// imply others. The unit to be divided next comes to the front.
func (w *worker) lookHashed(nd *node) {
	implied := func(u cell.Open) bool { _, ok := nd.rest.Implied(u.Unit); return ok }
	for !nd.rest.Dead() {
		i := slices.IndexFunc(nd.Open, func(u cell.Open) bool { return !u.Known && implied(u) })
		if i < 0 {
			if slices.ContainsFunc(nd.Open, implied) {
				w.choose(nd)
				return
			}
			i = slices.IndexFunc(nd.Open, func(u cell.Open) bool { return !u.Known })
		}
		if i < 0 {
			w.choose(nd)
			return
		}
		nd.Look(w.ws, i)
		if !nd.Open[i].Reach.Cuts() {
			w.settle(nd)
		}
	}
}

// choose moves the unit to the front that is to be divided next: one that is
// implied, so that there is one child only; else one of the shortest row, so
// that rows soon imply something. Of those the one that cuts off least,
// because it leaves the other units as they are, and if what it cuts off is
// wanted it has little to search. Compared by the nodes and programs of trials
// on MNIST networks (docs/benchmarks.md).
func (w *worker) choose(nd *node) {
	at, top := 0, math.Inf(-1)
	for i, u := range nd.Open {
		width := u.Reach.Hi - u.Reach.Lo
		v := -float64(nd.rest.Shortest(u.Unit)) - min(-u.Reach.Lo, u.Reach.Hi)/width
		switch w.allowed(nd, u.Unit) {
		case affine.Active:
			v = u.Reach.Hi / width
		case affine.Inactive:
			v = -u.Reach.Lo / width
		}
		if v > top {
			at, top = i, v
		}
	}
	if len(nd.Open) > 0 {
		nd.First(at)
	}
}

// halving moves the unit to the front that divides the cell most evenly, of those that are
// known to divide it.
func (nd *node) halving() {
	at, top := 0, 0.0
	for i, u := range nd.Open {
		if v := min(-u.Reach.Lo, u.Reach.Hi) / (u.Reach.Hi - u.Reach.Lo); u.Known && v > top {
			at, top = i, v
		}
	}
	nd.First(at)
}
