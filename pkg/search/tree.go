package search

import (
	"context"
	"math"
	"math/rand/v2"
	"sync/atomic"

	"relucount/pkg/affine"
	"relucount/pkg/cell"
)

// Tree is the engine that decides by the geometry of cells. Its answers are
// exact.
type Tree struct {
	net     *affine.Network
	shapes  cell.Shapes
	newLook func() (look Look, close func() Effort)
	// Sparing makes probes halve cells in any number of coordinates; for tests.
	Sparing bool
}

// NewTree returns the engine for a network. NewLook returns what looks at the
// regions that a guide asks about, and what is to be called after that.
func NewTree(n *affine.Network, shapes cell.Shapes, newLook func() (Look, func() Effort)) *Tree {
	return &Tree{net: n, shapes: shapes, newLook: newLook}
}

func (t *Tree) workspace() *cell.Workspace { return cell.NewWorkspace(t.net, t.shapes) }

// Able reports whether the engine can take the network: not when an input has
// no limits, and not when the domain has no interior among
// the inputs that keep its equations.
func (t *Tree) Able() bool {
	if t.net.Void || !t.net.Bounded() {
		return false
	}
	if len(t.net.Root.Cuts) == 0 {
		return true
	}
	_, ok := t.workspace().Root()
	return ok
}

// Search finds the regions that a guide wants.
func (t *Tree) Search(ctx context.Context, g Guide, b *Bounds, o Options) (Effort, bool) {
	stop := new(atomic.Bool)
	c := &countSearch{Bounds: b, t: t, o: o}
	for range max(1, o.Workers) {
		w := t.worker(ctx, g, o.Few, stop)
		if o.Proof != nil {
			w.prover, w.plain = o.Proof.NewProver(w.ws), false
		}
		c.workers = append(c.workers, w)
	}
	if o.Rest != nil {
		for _, w := range c.workers {
			w.halt, w.divided = o.Rest.halt(ctx, stop), &o.Rest.divided
		}
		b = nil
	}
	c.halt = c.workers[0].halt
	if b == nil {
		c.Bounds = &Bounds{}
	}
	top, first := c.workers[0].top(), c.workers[0]
	// the mirror image of a region is another one, on the other side of each
	// hyperplane
	top.half = first.plain && !first.parity && len(g.Prefix()) == 0 && t.net.Central() && o.Rest == nil
	done := c.count(ctx, top)
	if o.Rest != nil {
		o.Rest.take(c.left, g.Prefix())
	}
	var e Effort
	for _, w := range c.workers {
		e.Add(w.effort())
	}
	return e, done
}

// lookAheadDim is the largest number of coordinates in which all open units of
// both children are looked at before one is taken: that takes as many programs
// for each unit as there are units.
const lookAheadDim = 128

// lookAtAllDim is the largest number of coordinates in which all open units of a cell of a
// population are looked at before it is divided: then the cells are compared by what still
// cuts them.
const lookAtAllDim = 48

// prober makes descents.
type prober struct {
	w      *worker
	copies int
}

// NewProber returns a prober. Its methods are "look-ahead" (see descend), or "pilot-N"
// where N pilots have tuned it, and "halving", which takes the unit that halves the cell most
// evenly, among those that the cell's points show to cut it, and either child with the same
// probability, and counts the parts of the last layer at once, as look-ahead does. A
// population of N copies goes by halves, too (see population): "population-N".
func (t *Tree) NewProber(prefix []bool, copies int) Prober {
	p := &prober{t.worker(context.Background(), Below(prefix), false, new(atomic.Bool)), max(1, copies)}
	most := lookAheadDim
	if copies > 1 {
		most = lookAtAllDim
	}
	p.w.sparing = t.Sparing || t.net.Root.Dim > most
	p.w.ws.Thrifty = true
	return p
}

func (p *prober) Probe(ctx context.Context, rng *rand.Rand, end func(Region)) Probe {
	p.w.attend(ctx)
	before := p.w.effort()
	var d descent
	if p.copies > 1 {
		d.bits, d.whole = p.w.breed(p.copies, rng, end)
	} else {
		d = p.w.descend(rng, end)
	}
	return Probe{d.bits, d.whole, p.w.effort().Since(before)}
}

// Sample looks below a prefix by descents with look-ahead.
func (t *Tree) Sample(ctx context.Context, prefix []bool, rng *rand.Rand, descents int) Sample {
	w := t.worker(ctx, Below(prefix), false, new(atomic.Bool))
	d := w.descend(rng, nil)
	p := Sample{Path: d.path, Split: d.split}
	if !d.lost {
		p.Regions = math.Exp2(d.bits)
	}
	if !d.split {
		p.Path = prefix
	}
	for i := 1; d.split && i < descents && !w.halt(); i++ {
		p.Regions += (math.Exp2(w.descend(rng, nil).bits) - p.Regions) / float64(i+1)
	}
	p.Effort = w.effort()
	p.Empty = d.lost
	return p
}
