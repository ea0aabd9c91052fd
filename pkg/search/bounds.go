package search

import (
	"math/big"
	"sync"
	"sync/atomic"

	"relucount/pkg/affine"
	"relucount/pkg/cell"
	"relucount/pkg/record"
)

// Bounds keeps what is known of the number of regions while a count goes on:
// the bounds of the open cells that an ended search leaves, and the regions
// that it found, bound the whole. All methods may be called on nil, which knows
// nothing.
type Bounds struct {
	root   cellBound // of the whole
	prefix []bool
	units  int
	bound  Most // nil: nothing is bounded
	mu     sync.Mutex
	on, op []bool // arguments of bound
}

// Most returns the largest number of regions of a cell: on and open have an entry for
// each unit, whether it may still be active and inactive, as far as is known, and, if
// not, whether it is active. Where it is known which of the open units of the cell's
// layer meet in it, all of which cut it, meets says so: see cell.Cell.Meets.
type Most func(on, open []bool, meets [][]bool) *big.Int

// NewBounds returns the bounds of a count below a prefix of the units. Nil bounds
// nothing.
func NewBounds(units int, prefix []bool, bound Most) *Bounds {
	return &Bounds{prefix: prefix, units: units, bound: bound, on: make([]bool, units), op: make([]bool, units)}
}

// cellBound has what a search knows of a cell. A cell that was divided keeps
// its own bound, too, as those of its parts may add up to more.
type cellBound struct {
	most  *big.Int     // the largest number of regions; nil: not known
	found atomic.Int64 // regions that are in none of the parts
	parts []*cellBound
	least int64 // the number of regions that are certain
	open  bool  // whether there may be regions in none of the parts that have not been found
}

// add enters regions. There may be no bound.
func (c *cellBound) add(n int64) {
	if c != nil {
		c.found.Add(n)
	}
}

// weight orders cells by their bounds.
func (c *cellBound) weight() float64 {
	if c.most == nil {
		return 0
	}
	return record.Log2(c.most)
}

// bounds returns how many regions the cell has at least and at most.
func (c *cellBound) bounds() (lower, upper *big.Int) {
	lower, upper = big.NewInt(c.found.Load()), big.NewInt(c.found.Load())
	for _, p := range c.parts {
		lo, up := p.bounds()
		lower.Add(lower, lo)
		upper.Add(upper, up)
	}
	if c.open || c.most != nil && c.most.Cmp(upper) < 0 {
		upper = c.most
	}
	if least := big.NewInt(c.least); lower.Cmp(least) < 0 {
		lower = least
	}
	return lower, upper
}

// Active reports whether anything is bounded.
func (b *Bounds) Active() bool { return b != nil && b.bound != nil }

// cell bounds the regions of a cell by the states of the units that are not
// undecided; those of the prefix are never.
func (b *Bounds) cell(states []affine.State, meets [][]bool, undecided func(k int) bool) *big.Int {
	b.mu.Lock()
	defer b.mu.Unlock()
	for k := range b.on {
		switch open := undecided(k); {
		case open && k < len(b.prefix):
			b.on[k], b.op[k] = b.prefix[k], false
		case open:
			b.on[k], b.op[k] = false, true
		default:
			b.on[k], b.op[k] = states[k].On, false
		}
	}
	return b.bound(b.on, b.op, meets)
}

// of bounds the regions of a cell of the search.
func (b *Bounds) of(c *cell.Cell, meets [][]bool) *big.Int {
	return b.cell(c.States, meets, func(k int) bool {
		f := c.Functions
		return f == nil || k >= f.Layer.End || k >= f.Layer.First && c.Undecided(k)
	})
}

// most bounds the regions for which those of a node stand. With a workspace it looks
// which hyperplanes meet in it, if that may be of use.
func (b *Bounds) most(nd *node, ws *cell.Workspace) *big.Int {
	var meets [][]bool
	if ws != nil && nd.pairs(len(b.prefix)) {
		meets = nd.Meets(ws)
	}
	n := b.of(nd.Cell, meets)
	if nd.twice {
		n = new(big.Int).Lsh(n, 1)
	}
	return n
}

// track gives a node a bound of its own.
func (b *Bounds) track(nd *node) {
	c := &cellBound{most: b.most(nd, nil)}
	nd.bound.parts = append(nd.bound.parts, c)
	nd.bound = c
}

// addOpen enters a node that nobody will finish.
func (b *Bounds) addOpen(nd *node) {
	if b.Active() {
		nd.bound.parts = append(nd.bound.parts, &cellBound{most: b.most(nd, nil), least: b.least(nd), open: true})
	}
}

// least returns how many regions a node certainly has.
func (b *Bounds) least(nd *node) int64 {
	switch {
	case !b.sure(nd):
		return 0
	case nd.ripe:
		return nd.times(2)
	}
	return nd.times(1)
}

// sure reports whether a node certainly has a region that the prefix wants.
func (b *Bounds) sure(nd *node) bool {
	if nd.Functions == nil {
		return false
	}
	if len(b.prefix) == 0 {
		return true
	}
	if !nd.ripe || nd.Functions.Layer.End < len(b.prefix) {
		return false
	}
	for _, u := range nd.Open {
		if u.Unit < len(b.prefix) {
			return false
		}
	}
	return true
}

// AddOpen enters the regions whose leading units have the given states, which
// nobody will look for.
func (b *Bounds) AddOpen(states []affine.State) {
	if !b.Active() {
		return
	}
	c := &cellBound{open: true, most: b.cell(states, nil, func(k int) bool { return k >= len(states) })}
	b.mu.Lock()
	b.root.parts = append(b.root.parts, c)
	b.mu.Unlock()
}

// AddFound enters regions that are in no cell that was entered.
func (b *Bounds) AddFound(n int64) {
	if b != nil {
		b.root.add(n)
	}
}

// AllOpen says that regions may be anywhere.
func (b *Bounds) AllOpen() {
	if b != nil {
		b.root.open = true
	}
}

// whole bounds all regions below the prefix.
func (b *Bounds) whole() *big.Int { return b.cell(nil, nil, func(int) bool { return true }) }

// Close returns the bounds of the whole from what is known when a count ends;
// found is the number of regions that it found. Where HiGHS has failed the whole
// counts as open.
func (b *Bounds) Close(found int64, done bool, e Effort) (lower, upper *big.Int) {
	if !b.Active() {
		return nil, nil
	}
	if done && e.Unclear == 0 {
		return big.NewInt(found), big.NewInt(found)
	}
	b.root.most = b.whole()
	b.root.open = b.root.open || e.Unclear > 0
	lower, upper = b.root.bounds()
	if n := big.NewInt(found); lower.Cmp(n) < 0 {
		lower = n
	}
	return lower, upper
}
