package cell

import (
	"relucount/pkg/affine"
	"relucount/pkg/polytope"
)

// Workspace has what the cells of a network share on one goroutine: memory to
// be used again, and counters.
type Workspace struct {
	// Decided has the units that got a state since the caller last emptied it.
	Decided []int
	// Doubtful counts units of which it is doubtful whether they are zero.
	Doubtful int64

	net    *affine.Network
	margin float64
	kind   Shapes
	root   *Cell // the whole domain, once it is known
	sound  bool  // whether root is one that can be split

	cutter  polytope.Splitter
	bench   polytope.Workspace
	fns     [][]float64
	tol     []polytope.Tolerances
	cols    []int
	val     []float64
	late    []float64 // sums of a layer that a cell comes to
	at      []float64
	mid     []float64 // of a box
	half    []float64
	cells   []*Cell             // to be used again
	stages  []*affine.Functions // likewise
	closest float64
}

// Shapes says which shape cells have: by vertices up to a number of
// coordinates, and by rows and points in more. The number of vertices grows
// exponentially, but sections of few dimensions have few, and a network of one
// layer needs sections of the domain only.
type Shapes struct {
	Vertices         int // coordinates
	VerticesOneLayer int // the same for a network of one layer
}

// DefaultShapes are those that are fastest on most networks.
var DefaultShapes = Shapes{6, 9}

// Cost counts operations.
type Cost struct {
	LPs, Pivots, Sections int64
	// Closest is the least distance by which a side of a hyperplane was taken
	// to be reached; 0 when there was none.
	Closest float64
}

// NewWorkspace is for cells of the network in which a region must have a point
// as far as margin from its hyperplanes.
func NewWorkspace(n *affine.Network, margin float64, kind Shapes) *Workspace {
	return &Workspace{net: n, margin: margin, kind: kind, at: make([]float64, n.Root.Dim)}
}

// Cost returns what all cells have cost so far.
func (ws *Workspace) Cost() Cost {
	c := Cost{ws.bench.LPs, ws.bench.Pivots, ws.cutter.Sections + ws.bench.Sections, ws.closest}
	for _, v := range [2]float64{ws.cutter.Closest, ws.bench.Closest} {
		if v > 0 && (c.Closest == 0 || v < c.Closest) {
			c.Closest = v
		}
	}
	return c
}

// near notes the distance of a decision.
func (ws *Workspace) near(v float64) {
	if v > 0 && (ws.closest == 0 || v < ws.closest) {
		ws.closest = v
	}
}

// Root returns the cell of the whole domain; false when it is too thin, or too
// nearly so, to be split safely.
func (ws *Workspace) Root() (*Cell, bool) {
	if len(ws.net.Root.Cuts) == 0 { // quickly made, and always sound
		return ws.makeRoot()
	}
	if ws.root == nil {
		ws.root, ws.sound = ws.makeRoot()
	}
	if !ws.sound {
		return nil, false
	}
	return ws.root.Clone(ws), true
}

func (ws *Workspace) makeRoot() (*Cell, bool) {
	frame := ws.net.Root
	c := &Cell{States: make([]affine.State, len(ws.net.Units)), Radius: 1}
	if d := frame.Dim; frame.Body() == nil && (d <= ws.kind.Vertices || d <= ws.kind.VerticesOneLayer && len(ws.net.Layers) == 1) {
		c.shape = newVertexShape(d)
	} else {
		c.shape = &implicitShape{polytope.NewImplicit(d, frame.Body())}
	}
	for _, row := range frame.Cuts {
		e := &Facet{-1, row, true, c.Facets}
		s, kept, whole := ws.clip(c.shape, e)
		c.shape = s
		if kept != polytope.Yes {
			return c, false
		}
		if !whole {
			c.Facets, c.Radius = e, 0
			c.Radius = c.shape.radius(ws, c)
		}
	}
	return c, c.Radius >= Thick
}

// clip cuts off what of a shape lies beyond a facet. It says whether something
// is left: No only if that is not close; and whether all of it is, which the
// shape is as it was then.
func (ws *Workspace) clip(s shape, e *Facet) (left shape, kept polytope.Verdict, whole bool) {
	tol := affine.TolerancesOf(ws.margin, affine.Rounding)
	open := ws.reach(s, e.Row, tol)
	r := open[0].Reach
	if !e.On {
		r = Reach{r.Above, r.Below, -r.Hi, -r.Lo}
	}
	switch {
	case r.Cuts():
	case r.Above == polytope.Yes && r.Below == polytope.No:
		return s, polytope.Yes, true
	case r.Above == polytope.No:
		sign := 1.0
		if !e.On {
			sign = -1
		}
		near := append([]float64{}, e.Row...)
		near[len(near)-1] += sign * 2 * tol.Yes
		if far := ws.reach(s, near, tol)[0].Reach; e.On && far.Above == polytope.No || !e.On && far.Below == polytope.No {
			return s, polytope.No, false
		}
		return s, polytope.Unsure, false
	default:
		return s, polytope.Unsure, false
	}
	below, above, ok := s.split(ws, open, tol)
	if !ok {
		return s, polytope.Unsure, false
	}
	s.drop(ws)
	if e.On {
		below, above = above, below
	}
	above.drop(ws)
	return below, polytope.Yes, false
}

// reach gives the shape one function, and says how far it reaches in it.
func (ws *Workspace) reach(s shape, row []float64, tol polytope.Tolerances) []Open {
	open := []Open{{}}
	s.enter(ws, [][]float64{row}, []polytope.Tolerances{tol}, open)
	if !open[0].Known {
		open[0].Reach = s.reach(ws, &open[0], tol)
	}
	return open
}

// kept is how many cells and functions are kept to be used again.
const kept = 64

// functions returns functions to be made those of a layer.
func (ws *Workspace) functions(at int) *affine.Functions {
	if n := len(ws.stages); n > 0 && at == len(ws.net.Layers)-1 {
		f := ws.stages[n-1]
		ws.stages = ws.stages[:n-1]
		return f
	}
	return new(affine.Functions)
}

// copy returns a copy of a cell without its shape.
func (ws *Workspace) copy(c *Cell) *Cell {
	var k *Cell
	if n := len(ws.cells); n > 0 {
		k = ws.cells[n-1]
		ws.cells = ws.cells[:n-1]
	} else {
		k = new(Cell)
	}
	states, open, sums := append(k.States[:0], c.States...), append(k.Open[:0], c.Open...), k.sums[:0]
	if c.Functions != nil && c.summing(ws) {
		sums = append(sums, c.sums...)
	}
	*k = Cell{Functions: c.Functions, States: states, Open: open, sums: sums, fresh: c.fresh}
	return k
}

// Clone returns a copy of a cell.
func (c *Cell) Clone(ws *Workspace) *Cell {
	k := ws.copy(c)
	k.shape, k.Facets, k.Radius, k.fresh = c.shape.clone(ws), c.Facets, c.Radius, false
	return k
}

// Free gives a cell back; nobody may use it any more.
func (c *Cell) Free(ws *Workspace) {
	if c.shape != nil {
		c.shape.drop(ws)
		c.shape = nil
	}
	c.Functions, c.Facets = nil, nil
	if len(ws.cells) < kept {
		ws.cells = append(ws.cells, c)
	}
}

// Release gives a cell back that has not been split in the last layer: with
// its functions, when no other cell has them.
func (c *Cell) Release(ws *Workspace) {
	if c.fresh && len(ws.stages) < kept {
		ws.stages = append(ws.stages, c.Functions)
	}
	c.Free(ws)
}
