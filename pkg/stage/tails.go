package stage

import (
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
func Cap(c *capacity.Cells, n *capacity.Layered, nodes int) error {
	for l := len(n.Sizes) - 2; l > 0; l-- {
		if !c.Capped(l) {
			continue
		}
		t, err := newTail(c, n, l, nodes)
		if err != nil {
			return err
		}
		if t != nil && t.walk() {
			found, rest := t.bySet()
			c.Cap(l, found, rest)
		}
	}
	return nil
}

// tail is layers l and l+1 as a network of its own, over the box of what comes into
// layer l.
type tail struct {
	*walker
	c       *capacity.Cells
	l       int                 // from 0
	left    int                 // nodes that may still be visited
	regions map[string]*big.Int // by the states of layer l, at most, in the true cells that have them
}

// newTail returns nil when there are no limits to what comes into layer l.
func newTail(c *capacity.Cells, n *capacity.Layered, l, nodes int) (*tail, error) {
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
	return &tail{newWalker(net), c, l, nodes, map[string]*big.Int{}}, nil
}

func finite(values []float64) bool {
	return !slices.ContainsFunc(values, func(v float64) bool { return math.IsInf(v, 0) || math.IsNaN(v) })
}

// walk fills in regions; false when there are too many nodes.
func (t *tail) walk() bool {
	root, ok := t.root()
	return ok && t.visit(root)
}

func (t *tail) visit(c *cell.Cell) bool {
	if t.left--; t.left < 0 {
		return false
	}
	first, last := t.net.Layers[0], t.net.Layers[1]
	if !t.advance(c) {
		key := pattern(c.States[first.First:first.End])
		if set, ok := t.set(t.l+1, pattern(c.States[last.First:last.End])); ok {
			t.add(key, t.c.Of(t.l+1, set))
		}
		c.Free(t.ws)
		return true
	}
	t.left -= t.extra(c)
	if c.Last() && t.l+2 == t.c.Layers() {
		key := pattern(c.States[first.First:first.End])
		if n, ok := c.Parts(t.ws); ok {
			t.add(key, big.NewInt(n))
			return true
		}
	}
	kids := t.split(c)
	return t.visit(kids[0]) && t.visit(kids[1])
}

// add enters regions of cells on which layer l has given states.
func (t *tail) add(states string, n *big.Int) {
	if t.regions[states] == nil {
		t.regions[states] = new(big.Int)
	}
	t.regions[states].Add(t.regions[states], n)
}

// set returns the unstable units of a layer that are active, by bits; false when one is
// not that always is.
func (t *tail) set(l int, states string) (set uint32, ok bool) {
	unstable, always := t.c.Unstable(l)
	bit := uint32(1)
	for i := range states {
		on := states[i] == '1'
		if always[i] && !on {
			return 0, false
		}
		if unstable[i] {
			if on {
				set |= bit
			}
			bit <<= 1
		}
	}
	return set, true
}

// bySet returns the regions by the set of layer l, and the most of any states. A cell
// whose states no cell of the tail has, as units vanish on all of it, is next to one
// of the tail.
func (t *tail) bySet() (found map[uint32]*big.Int, most *big.Int) {
	found, most = map[uint32]*big.Int{}, new(big.Int)
	unstable, always := t.c.Unstable(t.l)
	for states, n := range t.regions {
		set, ok := t.set(t.l, states)
		if !ok {
			continue
		}
		if most.Cmp(n) < 0 {
			most = n
		}
		never := false
		for i := range states {
			never = never || states[i] == '1' && !unstable[i] && !always[i]
		}
		if !never {
			found[set] = n
		}
	}
	return found, most
}

func pattern(states []affine.State) string { return string(affine.AppendStates(nil, states)) }
