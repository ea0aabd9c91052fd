// Package cell has the convex cells of a network: the sets of inputs on which
// the leading units have given states.
//
// A cell has a frame, which is its coordinates; the functions that the units of
// the present layer are on it; the open units, which are those of the layer
// that may cut it; and a shape, which says how far the cell reaches beyond a
// hyperplane. A cell is entered into one layer after the other, looked at, and
// split along the hyperplane of an open unit. What is close is said to be
// unsure: others may know more (see Learn, Decide).
//
// The package knows nothing of what cells are wanted for.
package cell

import (
	"slices"

	"relucount/pkg/affine"
	"relucount/pkg/polytope"
)

const (
	// Thick is the radius of a cell that makes it safe from rounding; below it
	// the radius is measured at the centre.
	Thick = 1e-5
	// thinnest is the number of margins below which a cell is thin.
	thinnest = 10
)

// Cell is a convex cell of a network. It belongs to whoever has it: methods
// that say so use it up.
type Cell struct {
	// Functions are those of the present layer; nil before the first.
	Functions *affine.Functions
	// States has the states of the units of earlier layers and those known of
	// this one.
	States []affine.State
	// Open has the units of this layer that may cut the cell, in order.
	Open []Open
	// Facets are the hyperplanes that bound the cell beside the limits of the
	// coordinates, and perhaps others that do not cut it.
	Facets *Facet
	// Radius is that of a ball in the cell, or less.
	Radius float64

	// Empty tells that no input of the cell keeps the limits of units that
	// restrict the domain, and Close that it is close whether some do, or
	// which: then the cell says nothing of its layer.
	Empty, Close bool

	sums  []float64 // of the next layer's units, over the units known so far, unless these are late
	shape shape
	fresh bool // whether no other cell has the functions
}

// Open is a unit that may cut a cell.
type Open struct {
	Unit  int
	Reach Reach
	Known bool // whether Reach is that of the cell, and not of one that it is a part of
	col   int  // its function's place in the shape
}

// Facet is a hyperplane that bounds a cell, and the others.
type Facet struct {
	Unit int       // -1: a row that cuts the domain
	Row  []float64 // over the frame's coordinates, and a constant
	On   bool      // whether the cell lies where Row is positive
	Rest *Facet
}

// Reach says to which sides of a hyperplane a cell reaches, and how far it has
// been shown to.
type Reach struct {
	Below, Above polytope.Verdict
	Lo, Hi       float64
}

// Cuts reports whether it is sure that the hyperplane cuts the cell.
func (r Reach) Cuts() bool { return r.Below == polytope.Yes && r.Above == polytope.Yes }

// Open reports whether the unit's state is still to be decided: it cuts, or it
// is not sure where it does not.
func (r Reach) Open() bool {
	return r.Cuts() || r.Below == polytope.Unsure || r.Above == polytope.Unsure
}

// Undecided reports whether a unit is open.
func (c *Cell) Undecided(k int) bool {
	return slices.ContainsFunc(c.Open, func(u Open) bool { return u.Unit == k })
}

// Sure reports whether all open units certainly cut the cell.
func (c *Cell) Sure() bool {
	for i := range c.Open {
		if !c.Open[i].Reach.Cuts() {
			return false
		}
	}
	return true
}

// Last reports whether the cell has come to the last layer.
func (c *Cell) Last() bool { return c.Functions != nil && c.Functions.Layer.End == len(c.States) }

// Whole reports whether no hyperplane bounds the cell.
func (c *Cell) Whole() bool { return c.Facets == nil }

// Thin reports whether the cell is so thin that every decision from here on
// would be close.
func (c *Cell) Thin(ws *Workspace) bool { return c.Radius < thinnest*ws.margin }

// Enter takes the cell to the next layer; false when there is none. Units whose
// state is known without a look at the cell get it. The cell may turn out to be
// Empty or Close.
func (c *Cell) Enter(ws *Workspace) bool {
	n := ws.net
	next := 0
	if c.Functions != nil {
		next = c.Functions.At + 1
	}
	if next == len(n.Layers) {
		return false
	}
	f := ws.functions(next)
	frame, sums := n.Root, c.sums
	switch {
	case next == 0:
		sums = n.First(frame)
	case n.Layers[next].Late:
		frame = c.Functions.Frame
		ws.late = n.Sums(c.Functions, c.States, ws.late)
		sums = ws.late
	default:
		frame = c.Functions.Frame
	}
	n.Enter(f, frame, c.Functions, next, sums, ws.margin)
	ws.Doubtful += f.Zeroes
	c.Functions, c.fresh = f, true
	if c.summing(ws) {
		c.sums = n.Begin(f, c.States, c.sums)
	}
	c.Open = c.Open[:0]
	if len(f.Layer.Guards) > 0 && !c.guard(ws) {
		return true
	}
	for k := f.Layer.First; k < f.Layer.End; k++ {
		switch only := n.Units[k].Only; {
		case f.Norm(k) == 0:
			on := f.Value(k) > 0
			c.Empty = c.Empty || n.Units[k].Loose && !only.Has(on)
			c.set(ws, k, affine.State{On: on})
		case only != affine.Both:
			c.set(ws, k, affine.State{On: only == affine.Active})
		default:
			c.Open = append(c.Open, Open{Unit: k})
		}
	}
	c.fill(ws)
	return true
}

// guard cuts off where units would pass their limits. It returns false when
// the cell is Empty or Close; then all units of the layer are open.
func (c *Cell) guard(ws *Workspace) bool {
	f := c.Functions
	for i := range f.Layer.Guards {
		g := &f.Layer.Guards[i]
		row, ok := g.Row(f)
		if !ok {
			c.Empty = c.Empty || g.Value(f) < 0
			continue
		}
		if f.Frame.Above(row) {
			continue
		}
		e := &Facet{-1, row, true, c.Facets}
		s, kept, whole := ws.clip(c.shape, e)
		c.shape = s
		switch {
		case kept == polytope.Yes && !whole:
			c.Facets = e
			c.Radius = 0 // of what is left, not known yet
			c.Radius = c.shape.radius(ws, c)
		case kept == polytope.No:
			c.Empty = true
		case kept == polytope.Unsure:
			c.Close = true
		}
		if c.Empty || c.Close || c.Thin(ws) {
			break
		}
	}
	c.Close = c.Close || c.Thin(ws)
	if c.Empty || c.Close {
		for k := f.Layer.First; k < f.Layer.End; k++ {
			c.Open = append(c.Open, Open{Unit: k})
		}
		return false
	}
	return true
}

// fill gives the shape the functions of the open units.
func (c *Cell) fill(ws *Workspace) {
	ws.fns, ws.tol = ws.fns[:0], ws.tol[:0]
	for i := range c.Open {
		k := c.Open[i].Unit
		ws.fns = append(ws.fns, c.Functions.Row(k))
		ws.tol = append(ws.tol, c.Functions.Tolerances(k))
	}
	c.shape.enter(ws, ws.fns, ws.tol, c.Open)
	c.Settle(ws) // what the shape knows already
}

// summing reports whether the cell adds up the next layer's sums as it goes.
func (c *Cell) summing(ws *Workspace) bool {
	next := c.Functions.At + 1
	return next < len(ws.net.Layers) && !ws.net.Layers[next].Late
}

// set gives unit k its state.
func (c *Cell) set(ws *Workspace, k int, s affine.State) {
	c.States[k] = s
	ws.Decided = append(ws.Decided, k)
	if c.summing(ws) {
		c.Functions.Add(c.sums, k, s.On)
	}
}

// Decide gives an open unit the state that others know it has.
func (c *Cell) Decide(ws *Workspace, k int, on bool) {
	c.set(ws, k, affine.State{On: on})
	c.Open = slices.DeleteFunc(c.Open, func(u Open) bool { return u.Unit == k })
}

// Look finds out how far the cell reaches in its i-th open unit.
func (c *Cell) Look(ws *Workspace, i int) {
	if u := &c.Open[i]; !u.Known {
		u.Reach = c.shape.reach(ws, u, c.Functions.Tolerances(u.Unit))
		u.Known = true
	}
}

// Settle decides the open units that are known not to cut the cell.
func (c *Cell) Settle(ws *Workspace) {
	keep := c.Open[:0]
	for i := range c.Open {
		u := &c.Open[i]
		if u.Known && !u.Reach.Open() {
			c.set(ws, u.Unit, affine.State{On: u.Reach.Above == polytope.Yes})
			continue
		}
		keep = append(keep, *u)
	}
	c.Open = keep
}

// First moves the i-th open unit to the front, from where Split takes it.
func (c *Cell) First(i int) { c.Open[0], c.Open[i] = c.Open[i], c.Open[0] }

// Split divides the cell along the hyperplane of its first open unit. It
// returns the parts above and below; a part whose state is not in keep is nil.
// It fails when the shape cannot be split, and leaves the cell as it is then;
// else the cell is used up.
func (c *Cell) Split(ws *Workspace, keep affine.StateSet) (kids [2]*Cell, ok bool) {
	u := c.Open[0]
	below, above, ok := c.shape.split(ws, c.Open, c.Functions.Tolerances(u.Unit))
	if !ok {
		return kids, false
	}
	row := c.Functions.Row(u.Unit)
	lo, hi := max(-u.Reach.Lo, 0), max(u.Reach.Hi, 0)
	ws.near(min(lo, hi))
	c.shape.drop(ws)
	c.Open = append(c.Open[:0], c.Open[1:]...)
	for i := range c.Open {
		c.Open[i].Known = false
	}
	c.fresh = false
	second := ws.copy(c)
	second.shape, second.Facets, second.Radius = above, &Facet{u.Unit, row, true, c.Facets}, c.Radius*hi/(lo+hi)
	c.shape, c.Facets, c.Radius = below, &Facet{u.Unit, row, false, c.Facets}, c.Radius*lo/(lo+hi)
	for i, k := range [2]*Cell{second, c} {
		on := k == second
		if !keep.Has(on) {
			k.Free(ws)
			continue
		}
		k.set(ws, u.Unit, affine.State{On: on, Cuts: true})
		k.Radius = k.shape.radius(ws, k)
		kids[i] = k
	}
	return kids, true
}

// Parts counts the regions of a cell that has come to the last layer without
// looking at each of them, if it can; the cell is used up then. All its open
// units must be sure to cut it.
func (c *Cell) Parts(ws *Workspace) (int64, bool) {
	if c.Radius < Thick {
		return 0, false
	}
	n, ok := c.shape.parts(ws, c)
	if ok {
		c.Release(ws)
	}
	return n, ok
}

// places returns the places of the open units' functions, and their tolerances.
func (c *Cell) places(ws *Workspace) ([]int, []polytope.Tolerances) {
	ws.cols, ws.tol = ws.cols[:0], ws.tol[:0]
	for _, u := range c.Open {
		ws.cols = append(ws.cols, u.col)
		ws.tol = append(ws.tol, c.Functions.Tolerances(u.Unit))
	}
	return ws.cols, ws.tol
}

// least is the share of the cell, of the given radius, that may be cut off
// unseen: what is left of the radius then is enough for a region. The box has
// no hyperplanes.
func (c *Cell) least(ws *Workspace, radius float64) float64 {
	if c.Facets == nil {
		return 0
	}
	return thinnest * ws.margin / radius
}

// Centre writes a point well within the cell, over the frame's coordinates.
func (c *Cell) Centre(at []float64) { c.shape.centre(at) }

// Learn tells of a point of the cell.
func (c *Cell) Learn(at []float64) { c.shape.learn(at) }

// Offer tells of a point that may be one, as far as possible from the facets.
func (c *Cell) Offer(at []float64) { c.Radius = c.shape.offer(at, c.Radius) }

// clearance is the distance of the cell's centre from its facets.
func (c *Cell) clearance(ws *Workspace) float64 {
	n := len(ws.at)
	c.shape.centre(ws.at)
	least := 1.0
	for e := c.Facets; e != nil; e = e.Rest {
		v := e.Row[n]
		for j, x := range ws.at {
			v += e.Row[j] * x
		}
		if !e.On {
			v = -v
		}
		least = min(least, v)
	}
	return least
}
