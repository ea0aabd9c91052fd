package region

import (
	"slices"

	"relucount/pkg/parity"
	"relucount/pkg/polytope"
)

// node is a cell that the filtered search has still to visit.
type node struct {
	st     *stage
	state  []decision // of the units of earlier layers and those known of this
	sums   []float64  // of the next layer's units, over the units known so far, unless these are late
	open   []openUnit // units of this layer that may cut the cell, in order
	body   body
	facets *facet
	rho    float64          // radius of a ball in the cell, or less
	fresh  bool             // whether no other node has the stage
	rest   *parity.Residual // what parity asks of the units that are not decided; nil: nothing
	seen   int              // rows that rest has
	ripe   bool             // whether it is known that the cell has to be divided
	acct   *account         // that the cell's regions go to; nil: none
}

// openUnit is a unit that may cut a cell.
type openUnit struct {
	unit  int
	col   int // its function's place in the body
	r     reach
	known bool // whether r is that of the cell, and not of one that it is a part of
}

// facet is a hyperplane that bounds a cell, and the others.
type facet struct {
	row  []float64
	on   bool
	rest *facet
}

// reach says to which sides of a hyperplane a cell reaches, and how far it has
// been shown to.
type reach struct {
	below, above polytope.Verdict
	lo, hi       float64
}

func (r reach) cuts() bool { return r.below == polytope.Yes && r.above == polytope.Yes }

// open reports whether the unit's state is still to be decided: it cuts, or it
// is not sure where it does not.
func (r reach) open() bool {
	return r.cuts() || r.below == polytope.Unsure || r.above == polytope.Unsure
}

// body is the geometry of a cell.
type body interface {
	// enter gives the body the functions of a stage in place of those that it
	// had. It may say how far it reaches in them.
	enter(f *filtered, st *stage, units []openUnit)
	// reach says how far it reaches in a function that it has.
	reach(f *filtered, u *openUnit, l polytope.Tolerances) reach
	// split cuts along the function of the first of the units and keeps those
	// of the others, of which it may change the places.
	split(f *filtered, nd *node) (below, above body, ok bool)
	// parts counts the cells into which the units cut the body, if it can.
	parts(f *filtered, nd *node) (int64, bool)
	// centre writes a point well within the body.
	centre(at []float64)
	// radius is that of a ball in the body around a point of it; what is
	// known of the ball already is at most that.
	radius(f *filtered, nd *node, known float64) float64
	// learn tells of a point of the body.
	learn(at []float64)
	// offer tells of a point that may be one, and returns the radius.
	offer(at []float64, known float64) float64
	// clone returns a copy.
	clone(f *filtered) body
	// drop says that nobody needs the body any more.
	drop(f *filtered)
}

// undecided reports whether a unit is open.
func (nd *node) undecided(k int) bool {
	return slices.ContainsFunc(nd.open, func(u openUnit) bool { return u.unit == k })
}

// copy returns a copy of a node without its body.
func (f *filtered) copy(nd *node) *node {
	c := new(node)
	if n := len(f.nodes); n > 0 {
		c = f.nodes[n-1]
		f.nodes = f.nodes[:n-1]
	}
	state, open, sums := append(c.state[:0], nd.state...), append(c.open[:0], nd.open...), c.sums[:0]
	if f.sums(nd) {
		sums = append(sums, nd.sums...)
	}
	rest := c.rest
	if nd.rest != nil {
		if rest == nil {
			rest = parity.NewResidual(len(nd.state))
		}
		rest.Copy(nd.rest)
	}
	*c = node{st: nd.st, state: state, open: open, sums: sums, fresh: nd.fresh, rest: rest, seen: nd.seen, acct: nd.acct}
	return c
}

// clone returns a copy of a node with a copy of its body.
func (f *filtered) clone(nd *node) *node {
	c := f.copy(nd)
	c.body, c.facets, c.rho, c.fresh = nd.body.clone(f), nd.facets, nd.rho, false
	return c
}

// free gives a node back.
func (f *filtered) free(nd *node) {
	if nd.body != nil {
		nd.body.drop(f)
		nd.body = nil
	}
	nd.st, nd.facets = nil, nil
	if len(f.nodes) < keptNodes {
		f.nodes = append(f.nodes, nd)
	}
}

// release gives a node of the last layer back, and its stage when no other
// node has it.
func (f *filtered) release(nd *node) {
	if nd.fresh && len(f.stages) < keptNodes {
		f.stages = append(f.stages, nd.st)
	}
	f.free(nd)
}

// keptNodes is how many nodes are kept to be used again: each descent of a
// probe leaves one that nobody takes.
const keptNodes = 64

func sure(open []openUnit) bool {
	for i := range open {
		if !open[i].r.cuts() {
			return false
		}
	}
	return true
}
