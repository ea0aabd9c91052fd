package main

import (
	"math/big"
	"sync"

	"relucount/pkg/capacity"
	"relucount/pkg/milp"
)

// ceiling bounds the regions of cells of one milp from above. It is made when
// it is first asked, as most counts end without.
type ceiling struct {
	p      *milp.Problem
	edited bool
	once   sync.Once
	mu     sync.Mutex      // of cells
	cells  *capacity.Cells // nil: there are no layers to go by
	whole  *big.Int        // for all regions
}

// ceilingWork limits what is spent on single sets of active units: a second or
// two, at most.
var ceilingWork = capacity.Limits{SetUnits: 21, Work: 1 << 23, Sets: 1 << 21}

func (c *ceiling) make() {
	c.whole = capacity.Unstable(len(c.p.Unstable()))
	n, err := capacity.FromProblem(c.p, c.edited)
	if err != nil {
		return // an edited milp
	}
	tables, err := capacity.Tables(n, nil)
	if err != nil {
		return
	}
	if c.cells, _, err = capacity.NewCells(n, tables, ceilingWork); err != nil {
		c.cells = nil
		return
	}
	c.whole = least(c.whole, c.cells.All())
}

// bound is region.Options.Bound.
func (c *ceiling) bound(on, open []bool) *big.Int {
	c.once.Do(c.make)
	c.mu.Lock()
	defer c.mu.Unlock()
	units := 0
	for _, k := range c.p.Unstable() {
		if open[k] {
			units++
		}
	}
	most := least(c.whole, capacity.Unstable(units))
	if c.cells != nil {
		most = least(most, c.cells.Within(on, open))
	}
	return most
}

func least(a, b *big.Int) *big.Int {
	if a.Cmp(b) <= 0 {
		return a
	}
	return b
}
