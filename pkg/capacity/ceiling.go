package capacity

import (
	"math/big"
	"slices"
	"sync"

	"relucount/pkg/milp"
	"relucount/pkg/relu"
)

// Ceiling bounds the regions within cells of a milp by all that holds for it:
// Unstable, and Cells where the milp is a layered network of ReLU units, else
// widths. It is made when it is first asked. It is safe for use
// by several goroutines.
type Ceiling struct {
	// Refine, if it is set, makes the bounds of cells better. It is called once, when the
	// ceiling is first asked about the whole: that takes a while, which many counts never
	// need.
	Refine func(*Layered, *Cells) error

	p      *milp.Problem
	edited bool
	most   Limits
	once   sync.Once
	mu     sync.Mutex // of cells
	cells  within     // nil: there are no layers to go by
	whole  *big.Int   // for all regions
	n      *Layered   // of the cells that can still be refined
	binary []int      // units that are not known to be stable
}

// within bounds the regions within a cell, given which units are active and
// which are open, as Cells.Within does.
type within interface {
	Within(on, open []bool) *big.Int
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
	if err != nil || n.OnlyReLU() != nil {
		net, err := c.p.ReLUNetwork()
		if err != nil {
			return // an edited milp: no layers
		}
		w := newWidths(net, c.p)
		all := slices.Repeat([]bool{true}, len(c.p.Units))
		c.cells, c.whole = w, smaller(c.whole, w.Within(nil, all))
		return
	}
	tables, err := Tables(n, nil)
	if err != nil {
		return
	}
	if cells, _, err := NewCells(n, tables, c.most); err == nil {
		c.cells, c.n, c.whole = cells, n, smaller(c.whole, cells.All())
	}
}

// refine makes the bounds of cells better, once.
func (c *Ceiling) refine() {
	cells, ok := c.cells.(*Cells)
	if !ok || c.n == nil || c.Refine == nil {
		return
	}
	if c.Refine(c.n, cells) == nil {
		c.whole = smaller(c.whole, cells.All())
	}
	c.n = nil
}

// Within bounds the regions within a cell, as Cells.Within does.
func (c *Ceiling) Within(on, open []bool) *big.Int { return c.Most(on, open, nil) }

// Whole bounds all regions.
func (c *Ceiling) Whole() *big.Int {
	return c.Most(make([]bool, len(c.p.Units)), slices.Repeat([]bool{true}, len(c.p.Units)), nil)
}

// Most bounds the regions within a cell, as Cells.Meeting does; without m it is Within.
func (c *Ceiling) Most(on, open []bool, m [][]bool) *big.Int {
	c.once.Do(c.make)
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Contains(open, false) {
		c.refine()
	}
	units := 0
	for _, k := range c.binary {
		if open[k] {
			units++
		}
	}
	most := smaller(c.whole, Unstable(units))
	switch cells := c.cells.(type) {
	case nil:
	case *Cells:
		most = smaller(most, cells.Meeting(on, open, m))
	default:
		most = smaller(most, cells.Within(on, open))
	}
	return most
}

// widths is Montufar's bound of a cell, of units with any two slopes and any
// connections: by fact (a) of the package comment, applied to each layer, the
// cell has at most
//
//	prod_l sum_{j<=d_l} C(m_l,j),  d_l = min(n_0, w_1, ..., w_l)
//
// regions, with m_l open units of layer l that have a binary. The others have
// one state on all of the cell that counts. The width w_l is the number of
// sources before layer l, inputs and units, that layer l or a later one takes:
// n_{l-1} where no connection skips a layer. On a region of the layers before l
// these are affine functions of those that counted for w_{l-1}, so they run
// through a space of dimension at most d_{l-1}, and of their number.
type widths struct {
	n0     int
	widths []int   // w_1, ..., w_L
	binary [][]int // units that have a binary, by layer
	known  map[[2]int]*big.Int
}

func newWidths(net *relu.Network, p *milp.Problem) *widths {
	w := &widths{n0: p.FreeInputs(), widths: make([]int, len(net.Layers)), known: map[[2]int]*big.Int{}}
	last := make([]int, net.Sources(len(net.Layers))) // the last layer that takes a source
	for l := range net.Layers {
		for i := range net.Layers[l].Forms {
			for _, s := range net.Layers[l].Forms[i].Src {
				last[s] = l + 1
			}
		}
	}
	for l := range w.widths {
		for s := range net.Sources(l) {
			if last[s] > l {
				w.widths[l]++
			}
		}
	}
	w.binary = make([][]int, len(net.Layers))
	for k := range p.Units {
		if u := &p.Units[k]; u.Z != nil {
			w.binary[u.Layer-1] = append(w.binary[u.Layer-1], k)
		}
	}
	return w
}

// Within implements within.
func (w *widths) Within(_, open []bool) *big.Int {
	out, d := big.NewInt(1), w.n0
	for l, units := range w.binary {
		d = min(d, w.widths[l])
		m := 0
		for _, k := range units {
			if open[k] {
				m++
			}
		}
		parts := w.known[[2]int{m, d}]
		if parts == nil {
			parts = Zaslavsky(m, d)
			w.known[[2]int{m, d}] = parts
		}
		out.Mul(out, parts)
	}
	return out
}

func smaller(a, b *big.Int) *big.Int {
	if a.Cmp(b) <= 0 {
		return a
	}
	return b
}
