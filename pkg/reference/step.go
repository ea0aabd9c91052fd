package reference

import (
	"math"

	"relucount/pkg/affine"
	"relucount/pkg/highs"
)

// choice is the decision of a unit at a node: what is known of its two sides.
type choice struct {
	w     *walk
	k     int
	known affine.StateSet // the side on which the point at is, strictly
	ruled affine.StateSet // sides shown not to be feasible
	at    []float64
	basis *highs.Basis

	// the side that an LP has found a point of, beside the known one
	found      affine.StateSet
	foundAt    []float64
	foundBasis *highs.Basis
}

// try looks for a point on one side.
func (c *choice) try(side affine.StateSet) {
	if (c.known|c.ruled|c.found)&side != 0 {
		return
	}
	at, basis, ok := c.w.test(c.k, side == affine.Active, c.basis)
	if !ok {
		c.ruled |= side
		return
	}
	c.w.lp.PopRows(1)
	c.found, c.foundAt, c.foundBasis = side, at, basis
}

// either looks for a point on any side, and makes it the one that is known. It
// returns false when there is none and it is sure that there is none: the unit
// is zero here.
func (c *choice) either() bool {
	boxed := c.ruled
	both := func() {
		c.try(affine.Active)
		if c.found == 0 {
			c.try(affine.Inactive)
		}
	}
	both()
	if c.found == 0 && c.basis != nil { // a basis may lead HiGHS astray where cells are thin
		was := c.basis
		c.basis, c.ruled = nil, boxed
		both()
		if c.found == 0 {
			c.basis = was
		}
	}
	if c.found == 0 && c.ruled == affine.Both {
		return false
	}
	c.known, c.at, c.basis = c.found, c.foundAt, c.foundBasis
	c.found, c.foundAt, c.foundBasis = 0, nil, nil
	return true
}

// step decides unit k at a node with the given point.
func (w *walk) step(k int, at []float64, basis *highs.Basis) ([]float64, *highs.Basis, bool) {
	u := &w.m.net.Units[k]
	constant := w.norm(k) == 0
	only := u.Only
	if constant && !u.Loose {
		only = affine.Both // the bounds of a unit that is zero may be off by their rounding
	}
	mask := w.allow(k) & only
	switch {
	case mask == 0:
		return nil, nil, false
	case constant:
		on := w.of(k).On(k)
		if !mask.Has(on) {
			return nil, nil, false
		}
		w.decide(k, on, false)
		return at, basis, true
	case u.Only != affine.Both && !u.Loose:
		w.decide(k, u.Only == affine.Active, false) // proved when the milp was made
		return at, basis, true
	}
	c := &choice{w: w, k: k, at: at, basis: basis}
	v := w.at(k, at)
	if v > w.strict(k) {
		c.known = affine.Active
	} else if v < -w.strict(k) {
		c.known = affine.Inactive
	}
	lo, hi := w.box(k)
	if hi <= w.margin {
		c.ruled |= affine.Active
	}
	if lo >= -w.margin {
		c.ruled |= affine.Inactive
	}
	if c.known == 0 && !c.either() {
		if !mask.Has(false) {
			return nil, nil, false
		}
		w.decide(k, false, false)
		return at, basis, true
	}
	return w.take(c, mask, v, lo, hi)
}

// take goes on to one side of a choice that may have both, of those in mask,
// and leaves a frame for the other.
func (w *walk) take(c *choice, mask affine.StateSet, v, lo, hi float64) ([]float64, *highs.Basis, bool) {
	other := c.known.Other()
	if mask == affine.Both && w.lazy && c.ruled&other == 0 {
		w.frames = append(w.frames, frame{unit: c.k, on: other == affine.Active, cuts: true, at: c.at, basis: c.basis})
		w.decide(c.k, c.known == affine.Active, true)
		return c.at, c.basis, true
	}
	if mask&other != 0 {
		c.try(other)
	}
	if c.found != 0 {
		w.Near(math.Abs(v))
	}
	switch {
	case c.found != 0 && mask&c.known != 0:
		// the LP's side first, as its basis is the latest
		w.frames = append(w.frames, frame{unit: c.k, on: c.known == affine.Active, tested: true, cuts: true, at: c.at, basis: c.basis})
		w.decide(c.k, c.found == affine.Active, true)
		return c.foundAt, c.foundBasis, true
	case c.found != 0:
		w.decide(c.k, c.found == affine.Active, true)
		return c.foundAt, c.foundBasis, true
	case mask&c.known != 0:
		touches := c.known == affine.Active && lo <= w.strict(c.k) || c.known == affine.Inactive && hi >= -w.strict(c.k)
		w.decide(c.k, c.known == affine.Active, c.ruled&other == 0 || w.m.later && touches)
		return c.at, c.basis, true
	}
	return nil, nil, false
}
