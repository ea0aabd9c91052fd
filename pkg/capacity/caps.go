package capacity

import (
	"math/big"
	mathbits "math/bits"
)

// caps has bounds of the regions within a cell, by its active unstable units of a
// layer.
type caps struct {
	exact []*big.Int // where just these are active
	below []*big.Int // where these or some of them are
}

// maxCapUnits is the most unstable units of a layer that may have caps.
const maxCapUnits = 20

// mostCapTerms is the most terms that sums for the caps of a layer may have.
const mostCapTerms = 1 << 16

// Layers is the number of layers.
func (c *Cells) Layers() int { return len(c.r.layers) }

// Capped reports whether layer l, from 0, may have caps: its sets are known, and those of
// the next layer, unless that is the last.
func (c *Cells) Capped(l int) bool {
	s, last := c.r.layers[l].sets, len(c.r.layers)-1
	return s != nil && len(s.facts) <= 1<<maxCapUnits && (l+1 == last || c.r.layers[l+1].sets != nil && s.masks && s.within(mostCapTerms))
}

// Cap bounds the regions within cells by their active unstable units of layer l,
// given by bits: found has bounds for some sets, and rest is one for all others. It
// is for one layer after the other, the last one first.
func (c *Cells) Cap(l int, found map[uint32]*big.Int, rest *big.Int) {
	r := c.r
	n := len(r.layers[l].sets.facts)
	k := &caps{make([]*big.Int, n), make([]*big.Int, n)}
	for set := range n {
		v := found[uint32(set)]
		if v == nil {
			v = rest
		}
		k.exact[set] = v
		v = smaller(v, r.of(l, uint32(set), c.n0))
		for m := uint32(set); m != 0; m &= m - 1 {
			if w := k.below[set&^(1<<mathbits.TrailingZeros32(m))]; w.Cmp(v) > 0 {
				v = w
			}
		}
		k.below[set] = v
	}
	r.layers[l].caps = k
	r.bySets = setMemo{}
}

// Of bounds the regions within cells on which the active unstable units of layer l are
// these, given by bits, or some of them.
func (c *Cells) Of(l int, set uint32) *big.Int {
	if l == len(c.r.layers)-1 {
		return big.NewInt(1)
	}
	return c.r.of(l, set, c.n0)
}

// Unstable returns which units of layer l are unstable, and which are always active.
func (c *Cells) Unstable(l int) (unstable, always []bool) {
	for _, u := range c.roles[l] {
		unstable, always = append(unstable, u.unstable()), append(always, u == on)
	}
	return unstable, always
}

// of is value for a set of active unstable units, with its cap. It does not fall when
// the set grows.
func (r *recursion) of(l int, set uint32, d int) *big.Int {
	lay := &r.layers[l]
	v := r.value(l, kind{mathbits.OnesCount32(set), lay.sets.facts[set]}, d)
	if lay.caps != nil {
		v = smaller(v, lay.caps.below[set])
	}
	return v
}

// cap returns what the set of the layer before says of a cell; nil for nothing.
func (c *Cells) cap(at place) *big.Int {
	if at.layer == 0 || c.r.layers[at.layer-1].caps == nil {
		return nil
	}
	return c.r.layers[at.layer-1].caps.exact[at.last]
}
