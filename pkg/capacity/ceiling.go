package capacity

import (
	"math/big"
	"sync"

	"relucount/pkg/milp"
)

// Ceiling bounds the regions within cells of a milp by all that holds for it:
// Cells where the milp is a layered network, and Unstable. It is made when it
// is first asked. It is safe for use by several goroutines.
type Ceiling struct {
	p      *milp.Problem
	edited bool
	most   Limits
	once   sync.Once
	mu     sync.Mutex // of cells
	cells  *Cells     // nil: there are no layers to go by
	whole  *big.Int   // for all regions
	binary []int      // units that are not known to be stable
}

// NewCeiling returns the ceiling of a checked milp record. Limits of units are
// not taken at their word when it is edited.
func NewCeiling(p *milp.Problem, edited bool, most Limits) *Ceiling {
	return &Ceiling{p: p, edited: edited, most: most}
}

func (c *Ceiling) make() {
	c.binary = c.p.Unstable()
	c.whole = Unstable(len(c.binary))
	n, err := FromProblem(c.p, c.edited)
	if err != nil {
		return // an edited milp: no layers
	}
	tables, err := Tables(n, nil)
	if err != nil {
		return
	}
	if cells, _, err := NewCells(n, tables, c.most); err == nil {
		c.cells, c.whole = cells, smaller(c.whole, cells.All())
	}
}

// Within bounds the regions within a cell, as Cells.Within does.
func (c *Ceiling) Within(on, open []bool) *big.Int {
	c.once.Do(c.make)
	c.mu.Lock()
	defer c.mu.Unlock()
	units := 0
	for _, k := range c.binary {
		if open[k] {
			units++
		}
	}
	most := smaller(c.whole, Unstable(units))
	if c.cells != nil {
		most = smaller(most, c.cells.Within(on, open))
	}
	return most
}

func smaller(a, b *big.Int) *big.Int {
	if a.Cmp(b) <= 0 {
		return a
	}
	return b
}
