// Package stage bounds the number of regions by the geometry of a network, one or two
// layers at a time.
package stage

import (
	"math/big"

	"relucount/pkg/affine"
	"relucount/pkg/capacity"
	"relucount/pkg/cell"
	"relucount/pkg/milp"
)

// Limits says how much work may be done.
type Limits struct {
	Tail int // nodes of each tail
	Head int // nodes of the whole network
}

// Bound bounds the regions of a milp, given the bounds of its cells, and reports whether
// all cells of the first layers were divided. An edited milp has its bounds by the
// tails alone.
func Bound(p *milp.Problem, edited bool, n *capacity.Layered, c *capacity.Cells, most Limits) (v *big.Int, whole bool, err error) {
	if err := Cap(c, n, most.Tail); err != nil {
		return nil, false, err
	}
	all := c.All()
	if edited {
		return all, false, nil
	}
	net, err := affine.NewNetwork(p, affine.Hold)
	if err != nil {
		return nil, false, err
	}
	h := &head{walker: newWalker(net), c: c, whole: true, on: make([]bool, len(net.Units)), open: make([]bool, len(net.Units))}
	root, ok := h.root()
	if !ok {
		return all, false, nil
	}
	v, _ = h.bound(root, most.Head)
	if all.Cmp(v) < 0 {
		v = all
	}
	return v, h.whole, nil
}

// head is the whole network, of which cells are divided as long as there are nodes.
type head struct {
	*walker
	c        *capacity.Cells
	whole    bool // whether there were enough nodes
	on, open []bool
}

// bound bounds the regions of a cell, which it uses up. It may visit a number of nodes,
// and returns how many it has not visited.
func (h *head) bound(c *cell.Cell, nodes int) (most *big.Int, left int) {
	nodes--
	if !h.advance(c) {
		defer c.Free(h.ws)
		if c.Empty {
			return new(big.Int), nodes
		}
		return big.NewInt(1), nodes
	}
	if c.Last() || nodes <= 0 {
		defer c.Free(h.ws)
		if nodes <= 0 {
			h.whole = false
		}
		if at := c.Functions.At; (at > 0 || len(c.Open) > h.net.Root.Dim) && len(c.Open) <= capacity.MostMeeting {
			nodes -= len(c.Open)
			h.states(c)
			return h.c.Meeting(h.on, h.open, c.Meets(h.ws)), nodes
		}
		h.states(c)
		return h.c.Within(h.on, h.open), nodes
	}
	var own *big.Int
	if nodes >= worthOwn {
		h.states(c)
		own = h.c.Within(h.on, h.open)
	}
	kids := h.split(c)
	above, left := h.bound(kids[0], nodes/2)
	below, left := h.bound(kids[1], nodes-nodes/2+left)
	sum := new(big.Int).Add(above, below)
	if own != nil && own.Cmp(sum) < 0 {
		sum = own
	}
	return sum, left
}

// worthOwn is the number of nodes from which on a cell that is divided has a bound of its
// own, too: those of its parts may add up to more.
const worthOwn = 64

// states notes what is known of the units on a cell.
func (h *head) states(c *cell.Cell) {
	for k := range h.on {
		h.on[k], h.open[k] = c.States[k].On, k >= c.Functions.Layer.End
		if h.open[k] {
			h.on[k] = false
		}
	}
	for _, u := range c.Open {
		h.on[u.Unit], h.open[u.Unit] = false, true
	}
}
