package cell

import (
	"math/big"
	"slices"

	"relucount/pkg/affine"
	"relucount/pkg/polytope"
)

// Workspace has what the cells of a network share on one goroutine: memory to
// be used again, and counters.
type Workspace struct {
	// Decided has the units that got a state since the caller last emptied it.
	Decided []int
	// Prove makes cells look at each unit, also if its state is known, and fill
	// Claims until the caller empties it: see Prover.
	Prove  bool
	Claims []Claim
	// Guess leaves what a shape is not sure of undecided, until the unit is looked at
	// again.
	Guess bool
	// Thrifty takes a side of a hyperplane on which a shape is not sure that the cell
	// has a part, and where an exact program would take long, for one on which it has
	// none. A cell of which it is sure of neither side is Blurred. Skipped counts both:
	// so what is left out is known to be little, and what is found is there.
	Thrifty bool
	Skipped int64
	// Exact counts the questions that were answered by exact arithmetic, and
	// Pivots those of its linear programs.
	Exact, Pivots int64

	net  *affine.Network
	kind Shapes
	root *Cell             // the whole domain, once it is known
	f    *affine.Functions // of the cell that is attended to
	// looking is the cell of whose open units the numbers are at hand
	looking *Cell

	cutter  polytope.Splitter
	bench   polytope.Workspace
	fns     functions
	numbers []int // of the open units' planes
	nums    []int
	cols    []int
	val     []float64
	late    []float64 // sums of a layer that a cell comes to
	at      []float64
	mid     []float64 // of the whole box
	half    []float64
	rows    [][]big.Int
	cells   []*Cell             // to be used again
	shapes  []*vertexShape      // likewise
	stages  []*affine.Functions // likewise
	view    *View
	guest   guest
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

// Cost counts operations, and how decisions were made that doubles alone left
// open.
type Cost struct {
	LPs, Pivots, Sections int64
	Zeros                 int64 // values that are 0, as no other can be so small
	Exact                 int64 // decisions by exact arithmetic
	Skipped               int64 // see Workspace
}

// NewWorkspace is for cells of the network.
func NewWorkspace(n *affine.Network, kind Shapes) *Workspace {
	d := n.Root.Dim
	ws := &Workspace{net: n, kind: kind, at: make([]float64, d), mid: make([]float64, d), half: slices.Repeat([]float64{1}, d)}
	ws.cutter.Oracle, ws.bench.Oracle = oracle{ws}, oracle{ws}
	return ws
}

// whole is the box of all coordinates, in which all cells are exactly.
func (ws *Workspace) whole() (mid, half []float64, off float64) { return ws.mid, ws.half, 0 }

// Cost returns what all cells have cost so far.
func (ws *Workspace) Cost() Cost {
	return Cost{ws.bench.LPs, ws.bench.Pivots + ws.Pivots, ws.cutter.Sections + ws.bench.Sections,
		ws.cutter.Zeros + ws.bench.Zeros, ws.Exact, ws.Skipped}
}

// Root returns the cell of the whole domain; false when that has no interior. What is
// found below it does not depend on what the workspace was used for before.
func (ws *Workspace) Root() (*Cell, bool) {
	ws.bench.Forget()
	if len(ws.net.Root.Cuts) == 0 { // quickly made
		return ws.makeRoot(), true
	}
	if ws.root == nil {
		ws.root = ws.makeRoot()
	}
	if ws.root.Empty {
		return nil, false
	}
	return ws.root.Clone(ws), true
}

func (ws *Workspace) makeRoot() *Cell {
	frame := ws.net.Root
	c := &Cell{States: make([]affine.State, len(ws.net.Units))}
	if d := frame.Dim; frame.Body() == nil && (d <= ws.kind.Vertices || d <= ws.kind.VerticesOneLayer && len(ws.net.Layers) == 1) {
		c.shape = newVertexShape(d, affine.FacePlane)
	} else {
		c.shape = &implicitShape{polytope.NewImplicit(d, frame.Body())}
	}
	for i := range frame.Cuts {
		if cut := &frame.Cuts[i]; !c.Empty {
			c.clip(ws, &Facet{Plane: ws.net.CutPlane(i), Row: cut.Row, Err: cut.Err, On: true, Rest: c.Facets})
		}
	}
	return c
}

// hand gives a shape one function, of a plane, in place of those that it had.
func (ws *Workspace) hand(s shape, plane int, row []float64, err float64) []Open {
	open := []Open{{num: plane}}
	ws.fns.reset()
	ws.fns.add(row, err, plane)
	ws.numbers = append(ws.numbers[:0], plane)
	s.enter(ws, ws.fns, open)
	return open
}

// cut returns what of a shape lies beyond a facet of a cell, or nil when it
// cannot be had.
func (ws *Workspace) cut(s shape, e *Facet) shape {
	open := ws.hand(s, e.Plane, e.Row, e.Err)
	r := s.reach(ws, &open[0])
	mine, other := r.Above, r.Below
	if !e.On {
		mine, other = other, mine
	}
	if other == polytope.No {
		return s
	}
	if mine != polytope.Yes {
		return nil
	}
	below, above, ok := s.split(ws, open)
	if !ok {
		return nil
	}
	if e.On {
		below, above = above, below
	}
	if above != nil {
		above.drop(ws)
	}
	return below
}

// kept is how many cells and functions are kept to be used again.
const kept = 64

// functions returns functions to be made those of a layer.
func (ws *Workspace) functions() *affine.Functions {
	if n := len(ws.stages); n > 0 {
		f := ws.stages[n-1]
		ws.stages = ws.stages[:n-1]
		return f
	}
	return new(affine.Functions)
}

// recycle keeps functions that nobody uses any more.
func (ws *Workspace) recycle(f *affine.Functions) {
	if len(ws.stages) < kept && !ws.Prove {
		ws.stages = append(ws.stages, f)
	}
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
	if c.Functions != nil {
		c.Functions.Share()
	}
	*k = Cell{Functions: c.Functions, States: states, Open: open, sums: sums}
	return k
}

// Clone returns a copy of a cell.
func (c *Cell) Clone(ws *Workspace) *Cell {
	k := ws.copy(c)
	k.shape, k.Facets = c.shape.clone(ws), c.Facets
	return k
}

// Free gives a cell back; nobody may use it any more.
func (c *Cell) Free(ws *Workspace) {
	if c.shape != nil {
		c.shape.drop(ws)
		c.shape = nil
	}
	if c.Functions != nil {
		c.Functions.Leave(ws.recycle)
	}
	c.Functions, c.Facets = nil, nil
	if ws.looking == c { // another cell may take its place
		ws.looking = nil
	}
	if len(ws.cells) < kept {
		ws.cells = append(ws.cells, c)
	}
}
