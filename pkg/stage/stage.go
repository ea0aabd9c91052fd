// Package stage bounds the number of regions by the geometry of a network, one or two
// layers at a time.
package stage

import (
	"context"
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

// Ceiling returns the ceiling of a checked milp record, whose cells have their caps.
func Ceiling(p *milp.Problem, edited bool, sets capacity.Limits, tail int) *capacity.Ceiling {
	c := capacity.NewCeiling(p, edited, sets)
	c.Refine = func(n *capacity.Layered, cells *capacity.Cells) error {
		return Cap(context.Background(), cells, n, tail)
	}
	return c
}

// Bound bounds the regions of a milp, given the bounds of its cells, and reports whether
// all cells of the first layers were divided. An edited milp has its bounds by the
// tails alone.
func Bound(ctx context.Context, p *milp.Problem, edited bool, n *capacity.Layered, c *capacity.Cells, most Limits) (v *big.Int, whole bool, err error) {
	if err := Cap(ctx, c, n, most.Tail); err != nil {
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
	h := &head{walker: newWalker(ctx, net), c: c, on: make([]bool, len(net.Units)), open: make([]bool, len(net.Units))}
	return h.rounds(all, most.Head)
}

// head is the whole network, whose cells are divided as far as their bounds are large.
type head struct {
	*walker
	c        *capacity.Cells
	enough   *big.Int // a bound that need not be better
	nodes    int      // that may still be visited
	whole    bool     // whether no cell was left because its bound is small
	on, open []bool
}

// rounds divides cells in rounds, down to smaller and smaller bounds, until the next
// round may take too many nodes. The last round that came to its end counts.
func (h *head) rounds(all *big.Int, nodes int) (most *big.Int, whole bool, err error) {
	most = all
	h.enough = new(big.Int).Set(all)
	for last := 1; last*growth < nodes; {
		h.enough.Rsh(h.enough, finer)
		root, ok := h.root()
		if !ok {
			return all, false, nil
		}
		h.nodes, h.whole = nodes, true
		v := h.bound(root)
		if err := h.ctx.Err(); err != nil {
			return nil, false, err
		}
		if h.nodes < 0 {
			break
		}
		if v.Cmp(most) < 0 {
			most = v
		}
		if h.whole {
			return most, true, nil
		}
		last = nodes - h.nodes
		nodes = h.nodes
	}
	return most, false, nil
}

const (
	// finer is by how many bits the bounds of a round are smaller than those before, and
	// growth how many times the nodes it is expected to take.
	finer  = 2
	growth = 2
)

// bound bounds the regions of a cell, which it uses up. What it returns is of no use when
// there are no nodes left.
func (h *head) bound(c *cell.Cell) *big.Int {
	if h.nodes--; h.nodes < 0 || h.ctx.Err() != nil {
		c.Free(h.ws)
		return new(big.Int)
	}
	for h.settle(c); len(c.Open) == 0; h.settle(c) {
		if !c.Enter(h.ws) {
			c.Free(h.ws)
			return big.NewInt(1)
		}
		if c.Empty {
			c.Free(h.ws)
			return new(big.Int)
		}
		if len(c.Open) > 0 { // not looked at yet
			if own := h.within(c); own.Cmp(h.enough) <= 0 {
				h.whole = false
				c.Free(h.ws)
				return own
			}
		}
	}
	h.nodes -= h.extra(c)
	own := h.within(c)
	if small := own.Cmp(h.enough) <= 0; small || c.Last() {
		h.whole = h.whole && !small
		if c.PairsPay() {
			h.nodes -= len(c.Open) / 2
			own = h.c.Meeting(h.on, h.open, c.Meets(h.ws))
		}
		c.Free(h.ws)
		return own
	}
	kids := h.split(c, affine.Both)
	sum := new(big.Int).Add(h.bound(kids[0]), h.bound(kids[1]))
	if own.Cmp(sum) < 0 {
		sum = own
	}
	return sum
}

// within bounds the regions of a cell by what is known of its units.
func (h *head) within(c *cell.Cell) *big.Int {
	h.states(c)
	return h.c.Within(h.on, h.open)
}

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
