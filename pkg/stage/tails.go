package stage

import (
	"context"
	"math"
	"math/big"
	"slices"

	"relucount/pkg/affine"
	"relucount/pkg/capacity"
	"relucount/pkg/cell"
	"relucount/pkg/domain"
	"relucount/pkg/milp"
	"relucount/pkg/relu"
)

// Cap gives the bounds of cells their caps, layer by layer, where no more than so many
// nodes of a tail have to be visited.
func Cap(ctx context.Context, c *capacity.Cells, n *capacity.Layered, nodes int) error {
	for l := len(n.Sizes) - 2; l > 0; l-- {
		if !c.Capped(l) {
			continue
		}
		t, err := newTail(ctx, c, n, l, nodes)
		if err != nil {
			return err
		}
		if t != nil && t.walk() {
			c.Cap(l, t.found, t.most())
		}
	}
	return ctx.Err()
}

// tail is layers l and l+1 as a network of its own, over the part of the box of what
// comes into layer l on which the stable units of that have their states. Of layer l+1 it
// has the unstable units only.
type tail struct {
	*walker
	c       *capacity.Cells
	l       int                 // from 0
	left    int                 // nodes that may still be visited
	found   map[uint32]*big.Int // regions, at most, by the active unstable units of layer l
	keep    []affine.StateSet   // the states of the units of layer l
	matters []bool              // which units of layer l+1 are unstable
}

// newTail returns nil when there are no limits to what comes into layer l.
func newTail(ctx context.Context, c *capacity.Cells, n *capacity.Layered, l, nodes int) (*tail, error) {
	box := domain.Box(n.Sizes[l-1], 0, 0)
	for j := range box.Lower {
		box.Lower[j], box.Upper[j] = max(0, n.Lower[l-1][j]), max(0, n.Upper[l-1][j])
	}
	if !finite(box.Upper) {
		return nil, nil
	}
	alone := relu.Chain{Inputs: n.Sizes[l-1], Layers: n.Net.Layers[l : l+2]}
	b := milp.NewBuilder(alone.Network(), box, "interval")
	for f := b.Next(); f != nil; f = b.Next() {
		lower, upper := f.Interval()
		if !finite(lower) || !finite(upper) {
			return nil, nil
		}
		b.Add(f, lower, upper)
	}
	net, err := affine.NewNetwork(b.Finish(), affine.Hold)
	if err != nil {
		return nil, err
	}
	t := &tail{walker: newWalker(ctx, net), c: c, l: l, left: nodes, found: map[uint32]*big.Int{}}
	unstable, always := c.Unstable(l)
	for i := range unstable {
		t.keep = append(t.keep, affine.Both)
		if !unstable[i] {
			t.keep[i] = affine.StateOf(always[i])
		}
	}
	t.matters, _ = c.Unstable(l + 1)
	return t, nil
}

func finite(values []float64) bool {
	return !slices.ContainsFunc(values, func(v float64) bool { return math.IsInf(v, 0) || math.IsNaN(v) })
}

// walk fills in what is found; false when there are too many nodes, or no cells.
func (t *tail) walk() bool {
	root, ok := t.root()
	return ok && t.visit(root) && len(t.found) > 0
}

func (t *tail) visit(c *cell.Cell) bool {
	if t.left--; t.left < 0 || t.ctx.Err() != nil {
		return false
	}
	for t.settle(c); len(c.Open) == 0; t.settle(c) {
		if c.Functions != nil && !t.possible(c) {
			c.Free(t.ws)
			return true
		}
		if !c.Enter(t.ws) {
			t.add(t.set(t.l, c), t.c.Of(t.l+1, t.set(t.l+1, c)))
			c.Free(t.ws)
			return true
		}
		if c.Last() {
			first := t.net.Layers[1].First
			c.Open = slices.DeleteFunc(c.Open, func(u cell.Open) bool { return !t.matters[u.Unit-first] })
		}
	}
	t.left -= t.extra(c)
	if c.Last() {
		if t.l+2 == t.c.Layers() {
			return t.parts(c)
		}
		return t.split(c, affine.Both)
	}
	if !t.possible(c) {
		c.Free(t.ws)
		return true
	}
	// stable units first: they leave one part
	i := max(0, slices.IndexFunc(c.Open, func(u cell.Open) bool { return t.keep[u.Unit] != affine.Both }))
	c.First(i)
	return t.split(c, t.keep[c.Open[0].Unit])
}

func (t *tail) split(c *cell.Cell, keep affine.StateSet) bool {
	for _, k := range t.walker.split(c, keep) {
		if k != nil && !t.visit(k) {
			return false
		}
	}
	return true
}

// possible reports whether the stable units of layer l have their states, as far as these
// are known on a cell.
func (t *tail) possible(c *cell.Cell) bool {
	for k, keep := range t.keep {
		if keep != affine.Both && !keep.Has(c.States[k].On) && !c.Undecided(k) {
			return false
		}
	}
	return true
}

// parts enters the parts of a cell of the last layer.
func (t *tail) parts(c *cell.Cell) bool {
	set := t.set(t.l, c)
	if len(c.Open) <= mostParted {
		if n, ok := c.Parts(t.ws); ok {
			t.left -= int(n) * t.net.Root.Dim / 64
			t.add(set, big.NewInt(n))
			return t.left >= 0
		}
		return t.split(c, affine.Both)
	}
	t.left -= len(c.Open) * t.extra(c)
	t.add(set, capacity.Meets(c.Meets(t.ws)).Parts(t.net.Root.Dim))
	c.Free(t.ws)
	return t.left >= 0
}

// mostParted is the most hyperplanes whose parts of a cell are counted; of more the pairs
// are looked at.
const mostParted = 12

// add enters regions of cells on which these units of layer l are active.
func (t *tail) add(set uint32, n *big.Int) {
	if t.found[set] == nil {
		t.found[set] = new(big.Int)
	}
	t.found[set].Add(t.found[set], n)
}

// set returns the unstable units of a layer that are active, by bits.
func (t *tail) set(l int, c *cell.Cell) (set uint32) {
	first := t.net.Layers[l-t.l].First
	unstable, _ := t.c.Unstable(l)
	bit := uint32(1)
	for i, some := range unstable {
		if some {
			if c.States[first+i].On {
				set |= bit
			}
			bit <<= 1
		}
	}
	return set
}

// most is the largest number that was found. A cell on which units vanish may have a set
// that none of the tail has, and is next to one that has it and these units, too.
func (t *tail) most() *big.Int {
	most := new(big.Int)
	for _, n := range t.found {
		if most.Cmp(n) < 0 {
			most = n
		}
	}
	return most
}
