// Package cell has the convex cells of a network: the sets of inputs on which
// the leading units have given states.
//
// A cell has a frame, which is its coordinates; the functions that the units of
// the present layer are on it; the open units, which are those of the layer
// that may cut it; and a shape, which says how far the cell reaches beyond a
// hyperplane. A cell is entered into one layer after the other, looked at, and
// split along the hyperplane of an open unit. What a shape is not sure of is
// decided exactly, so that what a cell says of itself is true.
//
// The package knows nothing of what cells are wanted for.
package cell

import (
	"slices"
	"sync/atomic"

	"relucount/pkg/affine"
	"relucount/pkg/polytope"
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
	// Empty tells that the inputs of the cell that keep the limits of units that
	// restrict the domain have no interior: then the cell says nothing of its
	// layer.
	Empty bool
	// Blurred tells that the cell, which has an interior, is so thin that nothing more is
	// said of it: see Workspace.Thrifty.
	Blurred bool

	sums  []float64 // of the next layer's units, over the units known so far, unless these are late
	shape shape
}

// Open is a unit that may cut a cell.
type Open struct {
	Unit  int
	Reach Reach
	Known bool    // whether Reach is that of the cell, and not of one that it is a part of
	col   int     // its function's place in the shape
	num   int     // of its plane: the unit
	why   [2]*Why // what shows that the cell is not below, above; only where Workspace.Prove asks for it
}

// Facet is a hyperplane that bounds a cell, and the others.
type Facet struct {
	Plane int       // of which a unit's is the unit: see affine.Network.Plane
	Row   []float64 // over the frame's coordinates, and a constant
	Err   float64   // of Row
	On    bool      // whether the cell lies where Row is positive
	Rest  *Facet

	idle atomic.Pointer[idle]
}

// idle is a plane that holds no facet of any cell that has a facet and its rest.
type idle struct {
	plane int
	rest  *idle
}

// Reach says to which sides of a hyperplane a cell reaches, and how far it has
// been shown to.
type Reach struct {
	Below, Above polytope.Verdict
	Lo, Hi       float64
}

// Cuts reports whether it is sure that the hyperplane cuts the cell.
func (r Reach) Cuts() bool { return r.Below == polytope.Yes && r.Above == polytope.Yes }

// Undecided reports whether a unit is open.
func (c *Cell) Undecided(k int) bool {
	return slices.ContainsFunc(c.Open, func(u Open) bool { return u.Unit == k })
}

// Last reports whether the cell has come to the last layer.
func (c *Cell) Last() bool { return c.Functions != nil && c.Functions.Layer.End == len(c.States) }

// Enter takes the cell to the next layer; false when there is none. Units whose
// state is known without a look at the cell get it. The cell may turn out to be
// Empty.
func (c *Cell) Enter(ws *Workspace) bool {
	n := ws.net
	next := 0
	if c.Functions != nil {
		next = c.Functions.At + 1
	}
	if next == len(n.Layers) {
		return false
	}
	f := ws.functions()
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
	n.Enter(f, frame, c.Functions, next, sums, c.States)
	c.Functions = f
	if c.summing(ws) {
		c.sums = n.Begin(f, c.States, c.sums)
	}
	c.Open = c.Open[:0]
	if len(f.Layer.Guards) > 0 && !c.guard(ws) {
		return true
	}
	passes := f.Screen(c.shape.box(ws))
	for i, v := range passes {
		k := f.Layer.First + i
		u := &n.Units[k]
		if !ws.Prove && !u.Loose {
			if v != 0 {
				c.set(ws, k, affine.State{On: v > 0})
				continue
			}
			f.Near(k)
			if f.Constant(k) {
				c.set(ws, k, affine.State{On: f.On(k)})
				continue
			}
			if u.Only != affine.Both {
				c.set(ws, k, affine.State{On: u.Only == affine.Active})
				continue
			}
		}
		if ws.Prove || u.Loose {
			f.Near(k)
		}
		f.Ready(k)
		switch {
		case f.Constant(k):
			on := f.On(k)
			c.Empty = c.Empty || u.Loose && !u.Only.Has(on)
			c.set(ws, k, affine.State{On: on})
			ws.claim(&Open{Unit: k, Reach: Reach{Above: polytope.VerdictOf(on)}})
		case u.Only != affine.Both && !ws.Prove:
			c.set(ws, k, affine.State{On: u.Only == affine.Active})
		default:
			c.Open = append(c.Open, Open{Unit: k, num: k})
		}
	}
	c.fill(ws)
	return true
}

// guard cuts off where units would pass their limits. It returns false when
// the cell is Empty; then all units of the layer are open.
func (c *Cell) guard(ws *Workspace) bool {
	f := c.Functions
	for i := range f.Layer.Guards {
		g := &f.Layer.Guards[i]
		f.Ready(g.Unit)
		row, err, ok := g.Row(f)
		switch {
		case !ok:
			c.Empty = c.Empty || g.Fails(f)
		case !f.Frame.Above(row, err):
			c.clip(ws, &Facet{Plane: ws.net.GuardPlane(g), Row: row, Err: err, On: true, Rest: c.Facets})
		}
		if c.Empty {
			f.AllReady()
			for k := f.Layer.First; k < f.Layer.End; k++ {
				c.Open = append(c.Open, Open{Unit: k, num: k})
			}
			return false
		}
	}
	return true
}

// clip cuts off what of the cell lies beyond a facet; it may be Empty then.
func (c *Cell) clip(ws *Workspace, e *Facet) {
	ws.attend(c)
	open := ws.hand(c.shape, e.Plane, e.Row, e.Err)
	r := c.look(ws, open)
	switch {
	case r.Above == polytope.No:
		c.Empty = true
		return
	case r.Below == polytope.No:
		return
	}
	below, above, ok := c.shape.split(ws, open)
	if below != nil {
		below.drop(ws)
	}
	if !ok {
		above = ws.recast(c.shape, e)
	} else if above == nil {
		above = &exactShape{}
	}
	ws.drop(c.shape)
	ws.replace(c, above, e)
}

// drop drops a shape that may have been used up.
func (ws *Workspace) drop(s shape) {
	if x, ok := s.(*implicitShape); !ok || x.p != nil {
		s.drop(ws)
	}
}

// replace gives the cell a shape that a facet more bounds.
func (ws *Workspace) replace(c *Cell, s shape, e *Facet) {
	c.shape, c.Facets = s, e
	if x, ok := s.(*exactShape); ok {
		x.facets = e
	}
}

// look returns the reach in the one function that the shape has.
func (c *Cell) look(ws *Workspace, open []Open) Reach {
	thrifty := ws.Thrifty
	ws.Thrifty = false // what is left of the domain must be known
	if u := &open[0]; !u.Known {
		c.reach(ws, u)
	}
	ws.Thrifty = thrifty
	return open[0].Reach
}

// reach finds out how far the cell reaches in an open unit.
func (c *Cell) reach(ws *Workspace, u *Open) {
	u.Reach = c.shape.reach(ws, u)
	if ws.Prove {
		u.why = ws.why(u.Reach)
	}
	if u.Reach.Below == polytope.Unsure || u.Reach.Above == polytope.Unsure {
		switch {
		case ws.Guess:
			return
		case ws.Thrifty && !ws.affordable(c.Facets):
			if !ws.skip(u) {
				c.Blurred = true
				return
			}
		default:
			ws.settle(c.Facets, u, c.shape.learn)
		}
	}
	u.Known = true
}

// fill gives the shape the functions of the open units.
func (c *Cell) fill(ws *Workspace) {
	ws.attend(c)
	ws.fns.reset()
	for i := range c.Open {
		k := c.Open[i].Unit
		ws.fns.add(c.Functions.Row(k), c.Functions.Err(k), k)
	}
	c.shape.enter(ws, ws.fns, c.Open)
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

// Look finds out how far the cell reaches in its i-th open unit.
func (c *Cell) Look(ws *Workspace, i int) {
	if u := &c.Open[i]; !u.Known {
		if ws.looking != c || len(ws.numbers) != len(c.Open) {
			ws.number(c)
			ws.looking = c
		}
		c.reach(ws, u)
	}
}

// Settle decides the open units that are known not to cut the cell.
func (c *Cell) Settle(ws *Workspace) {
	keep := c.Open[:0]
	for i := range c.Open {
		u := &c.Open[i]
		if u.Known && !u.Reach.Cuts() {
			c.set(ws, u.Unit, affine.State{On: u.Reach.Above == polytope.Yes})
			ws.claim(u)
			continue
		}
		keep = append(keep, *u)
	}
	c.Open = keep
}

// First moves the i-th open unit to the front, from where Split takes it.
func (c *Cell) First(i int) { c.Open[0], c.Open[i] = c.Open[i], c.Open[0] }

// Split divides the cell along the hyperplane of its first open unit, which must
// cut it. It returns the parts above and below; a part whose state is not in
// keep is nil. It fails when the shape cannot be split, and leaves the cell as
// it is then; else the cell is used up.
func (c *Cell) Split(ws *Workspace, keep affine.StateSet) (kids [2]*Cell, ok bool) {
	ws.number(c)
	u := c.Open[0]
	below, above, ok := c.shape.split(ws, c.Open)
	if !ok {
		return kids, false
	}
	row, err := c.Functions.Row(u.Unit), c.Functions.Err(u.Unit)
	ws.drop(c.shape)
	c.Open = append(c.Open[:0], c.Open[1:]...)
	for i := range c.Open {
		c.Open[i].Known = false
	}
	second := ws.copy(c)
	facets := c.Facets
	for i, k := range [2]*Cell{second, c} {
		on, s := k == second, below
		if on {
			s = above
		}
		if s == nil {
			s = &exactShape{}
		}
		k.shape = s
		if !keep.Has(on) {
			k.Free(ws)
			continue
		}
		ws.replace(k, s, &Facet{Plane: u.Unit, Row: row, Err: err, On: on, Rest: facets})
		k.set(ws, u.Unit, affine.State{On: on, Cuts: true})
		kids[i] = k
	}
	return kids, true
}

// Parts counts the regions of a cell that has come to the last layer without
// looking at each of them, if it can; the cell is used up then.
func (c *Cell) Parts(ws *Workspace) (int64, bool) {
	ws.number(c)
	n, ok := c.shape.parts(ws, c.Open)
	if ok {
		c.Free(ws)
	}
	return n, ok
}

// number makes the workspace attend to the cell, and notes the numbers of its
// open units.
func (ws *Workspace) number(c *Cell) {
	ws.attend(c)
	ws.numbers = ws.numbers[:0]
	for i := range c.Open {
		ws.numbers = append(ws.numbers, c.Open[i].num)
	}
}

// places returns the places of the open units' functions, and their numbers.
func (ws *Workspace) places(open []Open) (cols, nums []int) {
	ws.cols, ws.nums = ws.cols[:0], ws.nums[:0]
	for _, u := range open {
		ws.cols, ws.nums = append(ws.cols, u.col), append(ws.nums, u.num)
	}
	return ws.cols, ws.nums
}

// Bytes is about how much memory the cell takes that it does not share.
func (c *Cell) Bytes() int {
	return 8*(len(c.States)+8*len(c.Open)+len(c.sums)) + c.shape.bytes()
}

// Centre writes a point well within the cell, over the frame's coordinates.
func (c *Cell) Centre(ws *Workspace, at []float64) {
	ws.attend(c)
	c.shape.centre(ws, at)
}
