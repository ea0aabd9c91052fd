package stage

import (
	"relucount/pkg/affine"
	"relucount/pkg/cell"
)

// walker goes through the cells of a network, layer by layer.
type walker struct {
	net *affine.Network
	ws  *cell.Workspace
}

func newWalker(n *affine.Network) *walker {
	return &walker{net: n, ws: cell.NewWorkspace(n, cell.DefaultShapes)}
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

// extra is what a cell with open units counts for, beside a node: units, times coordinates,
// take time.
func (w *walker) extra(c *cell.Cell) int { return len(c.Open) * w.net.Root.Dim / 256 }

// advance decides units, layer by layer, until some cut the cell. It reports false when
// all units are decided, or the cell has no inputs.
func (w *walker) advance(c *cell.Cell) bool {
	for w.settle(c); len(c.Open) == 0; w.settle(c) {
		if !c.Enter(w.ws) || c.Empty {
			return false
		}
	}
	return true
}

// split divides a cell along its first open unit.
func (w *walker) split(c *cell.Cell) [2]*cell.Cell {
	kids, ok := c.Split(w.ws, affine.Both)
	for !ok { // exact shapes can always be split
		c.Recast(w.ws)
		kids, ok = c.Split(w.ws, affine.Both)
	}
	w.ws.Decided = w.ws.Decided[:0]
	return kids
}
