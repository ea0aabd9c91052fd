package region

import (
	"math"
	"slices"

	"relucount/pkg/polytope"
	"relucount/pkg/record"
)

// The filtered search under parity rows: each node knows what they still ask
// of the units that are open or to come (parity.Residual), and is dropped as
// soon as that cannot be had.

// rows returns the parity rows in force.
func (f *filtered) rows() []record.ParityRow {
	if f.hash != nil {
		return f.hash.inForce()
	}
	return f.o.Rows
}

// catchUp tells the node of rows that have come into force since it was made.
// It reports whether it is still of use.
func (f *filtered) catchUp(nd *node) bool {
	if nd.rest == nil {
		return true
	}
	rows := f.rows()
	for ; nd.seen < len(rows) && !nd.rest.Dead(); nd.seen++ {
		nd.rest.Add(rows[nd.seen])
	}
	return !nd.rest.Dead()
}

// allowed returns the states that the prefix and parity leave to a unit.
func (f *filtered) allowed(nd *node, k int) side {
	s := allowed(f.o.Prefix, k)
	if nd.rest != nil {
		if on, implied := nd.rest.Implied(k); implied {
			s &= sideOf(on)
		}
	}
	return s
}

// lookHashed is look under parity rows. It first looks at the units of which
// parity implies the state, for they may show that the cell is of no use, and
// goes no further while one of them cuts the cell. Units that are decided may
// imply others. The unit to be divided next comes to the front.
func (f *filtered) lookHashed(nd *node) {
	implied := func(u openUnit) bool { _, ok := nd.rest.Implied(u.unit); return ok }
	for !nd.rest.Dead() {
		i := slices.IndexFunc(nd.open, func(u openUnit) bool { return !u.known && implied(u) })
		if i < 0 {
			if slices.ContainsFunc(nd.open, implied) {
				f.choose(nd)
				return
			}
			i = slices.IndexFunc(nd.open, func(u openUnit) bool { return !u.known })
		}
		if i < 0 {
			f.choose(nd)
			return
		}
		f.see(nd, i)
		switch u := &nd.open[i]; {
		case !u.r.open():
			f.classify(nd)
		case u.r.below == polytope.No && f.allowed(nd, u.unit) == inactive, u.r.above == polytope.No && f.allowed(nd, u.unit) == active:
			f.set(nd, u.unit, decision{on: u.r.below == polytope.No}) // parity has no use for it
		}
	}
}

// choose moves the unit to the front that is to be divided next: one that is
// implied, so that there is one child only; else one of the shortest row, so
// that rows soon imply something. Of those the one that cuts off least,
// because it leaves the other units as they are, and if what it cuts off is
// wanted it has little to search. Compared by the nodes and programs of trials
// on MNIST networks (docs/benchmarks.md).
func (f *filtered) choose(nd *node) {
	at, top := 0, math.Inf(-1)
	for i, u := range nd.open {
		width := u.r.hi - u.r.lo
		v := -float64(nd.rest.Shortest(u.unit)) - min(-u.r.lo, u.r.hi)/width
		switch f.allowed(nd, u.unit) {
		case active:
			v = u.r.hi / width
		case inactive:
			v = -u.r.lo / width
		}
		if v > top {
			at, top = i, v
		}
	}
	if len(nd.open) > 0 {
		nd.open[0], nd.open[at] = nd.open[at], nd.open[0]
	}
}
