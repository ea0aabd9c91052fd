package capacity

import (
	"fmt"
	"math/big"
)

// Cells bounds the regions within cells of a network in the way of Tight. It
// remembers what it has worked out, and is for one goroutine.
type Cells struct {
	n0    int
	r     *recursion
	roles [][]role
}

// NewCells returns the bounds of the cells of a network, given the tables of
// Activation, and what it found out about its layers.
func NewCells(n *Layered, tables []Table, most Limits) (*Cells, []Profile, error) {
	if err := check(tables); err != nil {
		return nil, nil, err
	}
	if err := n.OnlyReLU(); err != nil {
		return nil, nil, err
	}
	if len(tables) != len(n.Sizes) {
		return nil, nil, fmt.Errorf("%d tables for %d layers", len(tables), len(n.Sizes))
	}
	r := newRecursion(byLevel)
	var profiles []Profile
	roles := make([][]role, len(n.Sizes))
	for l := range n.Sizes {
		for i := range n.Lower[l] {
			roles[l] = append(roles[l], roleOf(n.Lower[l][i], n.Upper[l][i]))
		}
		p := Profile{Layer: l + 1, Units: n.Sizes[l], Active: count(roles[l], on), Inactive: count(roles[l], off)}
		p.Cut = rank(n.part(l, roles, role.unstable))
		p.Image = rank(n.part(l, roles, func(u role) bool { return u != off }))
		lay := layer{always: p.Active, cut: p.Cut, image: p.Image}
		if l == 0 {
			o := option{p.Units - p.Active - p.Inactive, count(roles[0], free)}
			lay.options = []option{o}
			p.Pairs, p.Exact = [][][2]int{{{o.active, o.cut}}}, true
		} else {
			before := &r.layers[l-1]
			w := n.Net.Layers[l].W
			reach := newReach(w.RawRowView, n.Net.Layers[l].B, roles[l], roles[l-1], n.Lower[l-1], n.Upper[l-1])
			if k := len(reach.up); k <= min(most.SetUnits, maxSetUnits) && p.Units<<k <= most.Work {
				before.sets = newSets(reach)
				p.Pairs, p.Exact = before.sets.pairs(), true
			} else {
				lay.options = reach.options(before.always, p.Active, &tables[l])
				for _, o := range lay.options {
					p.Pairs = append(p.Pairs, o.pairs())
				}
			}
		}
		r.layers = append(r.layers, lay)
		profiles = append(profiles, p)
	}
	r.first = everything(roles[0])
	dims := 1 // values of d that the sets of the layer before may meet
	for l := range r.layers {
		s := r.layers[l].sets
		if s != nil {
			s.sums = l == 0 || r.layers[l-1].sets != nil && r.layers[l-1].sets.within(most.Sets/dims)
			profiles[l].Sums = s.sums
		}
		if l > 0 {
			dims = min(n.N0, profiles[0].Image) + 1
		}
	}
	profiles[len(profiles)-1].Sums = true // nothing follows
	return &Cells{n.N0, r, roles}, profiles, nil
}

// All bounds the regions of the domain: it is Tight.
func (c *Cells) All() *big.Int { return c.r.regions(c.n0) }

// mostOpen is the largest number of open units of which each set is looked at.
const mostOpen = 12

// place is a cell, in the eyes of the recursion.
type place struct {
	layer  int      // the first that has an open unit, from 0; that of no more: all are decided
	d      int      // bounds the dimension of what comes into the layer
	active uint32   // the layer's unstable units that can be active
	both   uint32   // those of them that may cut the cell
	count  option   // how many these are
	bits   []uint32 // of its open units that are unstable, in order
	last   uint32   // the active unstable units of the layer before
}

// Within bounds the regions within a cell. Both slices have an entry for each
// unit, in order: whether it may be active and inactive in the cell, as far
// as is known, and, if not, whether it is active. Only the first layer that
// has an open unit and those before it matter.
//
// It is one step of Tight's recursion, at this layer with the units that are
// open in the place of those that can cut, and in no more dimensions than the
// layers before leave.
func (c *Cells) Within(on, open []bool) *big.Int {
	return c.Meeting(on, open, nil)
}

// Meeting is Within, given which of the open units of the first layer that has some may
// meet in the cell, in their order. These must all cut it. Without m it is Within.
func (c *Cells) Meeting(on, open []bool, m Meets) *big.Int {
	at, some := c.place(on, open)
	if !some {
		return big.NewInt(1)
	}
	v := c.at(at)
	if m != nil {
		if few := c.meeting(at, m); few != nil {
			v = smaller(v, few)
		}
	}
	return v
}

func (c *Cells) at(at place) *big.Int {
	v := c.known(at)
	if few := c.cap(at); few != nil {
		v = smaller(v, few)
	}
	return v
}

func (c *Cells) known(at place) *big.Int {
	if c.r.layers[at.layer].sets != nil && at.count.cut <= mostOpen {
		return c.r.sum(at.layer, fact{at.active, at.both}, at.d)
	}
	return c.r.cells(at.layer, at.count, at.d)
}

// place finds the place of a cell; false when all units are decided.
func (c *Cells) place(on, open []bool) (place, bool) {
	at := place{d: c.n0}
	k := 0        // units of the layers before
	may := fact{} // of this layer's unstable units, by those that are active before
	sure := false // whether that is known
	for l, roles := range c.roles {
		lay := &c.r.layers[l]
		at = place{layer: l, d: at.d, last: at.last}
		active, some, bit, decided := 0, false, uint32(1), uint32(0)
		for i, u := range roles {
			some = some || open[k+i]
			if !on[k+i] && !open[k+i] {
				if u.unstable() {
					bit <<= 1
				}
				continue
			}
			active++
			if !u.unstable() {
				continue
			}
			if !sure || may.active&bit != 0 {
				at.count.active++
				at.active |= bit
			}
			if open[k+i] {
				at.bits = append(at.bits, bit)
			} else {
				decided |= bit
			}
			if open[k+i] && u == free && (!sure || may.both&bit != 0) {
				at.count.cut++
				at.both |= bit
			}
			bit <<= 1
		}
		k += len(roles)
		if some {
			return at, true
		}
		at.d = min(at.d, active, lay.image)
		at.last = decided
		sure = lay.sets != nil && lay.sets.masks && lay.sets.facts[at.active] != impossible
		if sure {
			may = lay.sets.facts[at.active]
		}
	}
	return at, false
}
