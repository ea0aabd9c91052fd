package stage

import (
	"context"

	"relucount/pkg/affine"
	"relucount/pkg/cell"
)

// walker goes through the cells of a network, layer by layer.
type walker struct {
	ctx context.Context
	net *affine.Network
	ws  *cell.Workspace
}

func newWalker(ctx context.Context, n *affine.Network) *walker {
	return &walker{ctx: ctx, net: n, ws: cell.NewWorkspace(n, cell.DefaultShapes)}
}

// root returns the cell of the whole domain; false when there is none to work with.
func (w *walker) root() (*cell.Cell, bool) {
	if w.net.Void || !w.net.Bounded() {
		return nil, false
	}
	return w.ws.Root()
}

// settle finds out which open units cut the cell, and decides the others.
func (w *walker) settle(c *cell.Cell) {
	for i := range c.Open {
		c.Look(w.ws, i)
	}
	c.Settle(w.ws)
	w.ws.Decided = w.ws.Decided[:0]
}

// extra is what a cell with open units counts for, beside a node: to look at a unit takes a
// program, whose pivots take the square of the number of coordinates.
func (w *walker) extra(c *cell.Cell) int {
	d := w.net.Root.Dim
	return len(c.Open) * d * d / 4096
}

// split divides a cell along its first open unit, into the parts with the states to keep.
func (w *walker) split(c *cell.Cell, keep affine.StateSet) [2]*cell.Cell {
	kids, ok := c.Split(w.ws, keep)
	for !ok { // exact shapes can always be split
		c.Recast(w.ws)
		kids, ok = c.Split(w.ws, keep)
	}
	w.ws.Decided = w.ws.Decided[:0]
	return kids
}
