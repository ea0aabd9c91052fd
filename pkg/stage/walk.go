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

// advance finds out which open units cut the cell and decides the others, and goes to the
// next layer when none does. It reports false when there is none, and all units are
// decided, or when the cell has no inputs.
func (w *walker) advance(c *cell.Cell) bool {
	for {
		if c.Functions != nil {
			for i := range c.Open {
				c.Look(w.ws, i)
			}
			c.Settle(w.ws)
			if len(c.Open) > 0 {
				return true
			}
		}
		if !c.Enter(w.ws) || c.Empty {
			return false
		}
	}
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
