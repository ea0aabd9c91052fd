package search

import (
	"context"
	"math"
	"sync/atomic"

	"relucount/pkg/affine"
	"relucount/pkg/cell"
	"relucount/pkg/proof"
)

// A unit that does not cut a cell cuts no part of it, so children look at the
// units only that cut their parent.

// partsAtOnce is the largest number of parts that may be counted without a
// look at the clock, at other workers that wait, or at the progress.
const partsAtOnce = 1 << 22

// worker is the search of one goroutine.
type worker struct {
	*Tree
	guide   Guide
	ws      *cell.Workspace
	regions Look // once it has been needed
	close   func() Effort
	ctx     context.Context
	stop    *atomic.Bool
	divided *atomic.Bool // is set when a cell has been divided; nil: nobody asks
	halt    func() bool
	share   func(w *worker)
	pause   func(w *worker) bool // whether to stop for now; nil: never
	sparing bool                 // whether a descent looks at no more units than must be divided, but for the last layer
	plain   bool                 // whether cells may be counted at once
	prover  *proof.Prover        // nil: nothing is proved
	parity  bool                 // whether there are parity rows, or may be
	stack   []*node
	nodes   []*node // to be used again
	at      []float64
	tuning  Tuning // of descents
	trail   *trail // of the descent; nil: nobody asks
	leaf    leaf
	Effort
}

// worker returns a worker; stop tells it, and others, that the search is over.
// Few is as in Options.
func (t *Tree) worker(ctx context.Context, g Guide, few bool, stop *atomic.Bool) *worker {
	w := &worker{Tree: t, guide: g, stop: stop, ws: t.workspace(), tuning: untuned, at: make([]float64, t.net.Root.Dim)}
	w.attend(ctx)
	w.plain = !g.Each()
	w.parity = few || len(g.Rows()) > 0
	w.leaf.w = w
	return w
}

// attend makes the search stop when ctx ends.
func (w *worker) attend(ctx context.Context) {
	w.ctx, w.halt = ctx, func() bool { return ctx.Err() != nil || w.stop.Load() }
}

// run visits everything below the node. It returns false when the guide, halt
// or pause ended it; the stack has what is left then.
func (w *worker) run(nd *node) bool {
	w.stack = append(w.stack[:0], nd)
	for len(w.stack) > 0 {
		if w.halt() || w.pause != nil && w.pause(w) {
			return false
		}
		if w.share != nil {
			w.share(w)
		}
		nd := w.pop()
		open, ok := w.ripen(nd)
		if !ok {
			return false
		}
		if open {
			w.split(nd)
		}
	}
	return true
}

func (w *worker) pop() *node {
	top := len(w.stack) - 1
	nd := w.stack[top]
	w.stack = w.stack[:top]
	return nd
}

// ripen counts the regions of a cell that need not be divided; open tells that
// it has to be. It returns false to end the search.
func (w *worker) ripen(nd *node) (open, ok bool) {
	if nd.ripe {
		return true, true
	}
	if !w.catchUp(nd) {
		w.free(nd)
		return false, true
	}
	switch w.advance(nd) {
	case astray:
		if nd.proof != nil {
			w.prover.Drop(nd.proof)
		}
		w.free(nd)
		return false, true
	case complete:
		return false, w.found(nd)
	}
	bound := nd.bound
	if n, ok := w.parts(nd, partsAtOnce); ok {
		bound.add(n)
		return false, w.more(w.guide.Counted(n))
	}
	nd.ripe = true
	return true, true
}

// split leaves the children of a cell that has to be divided on the stack.
func (w *worker) split(nd *node) {
	kids := w.divide(nd)
	if w.divided != nil && kids[0] != nil && kids[1] != nil {
		w.divided.Store(true)
	}
	for _, c := range kids {
		if c != nil {
			c.ripe = false
			w.stack = append(w.stack, c)
		}
	}
}

// status is what advance comes to.
type status uint8

const (
	undecided status = iota // the first open unit may take both states
	astray                  // a unit has another state than the prefix wants
	complete                // all units have their states
)

// advance decides units until one is open.
func (w *worker) advance(nd *node) status {
	w.Nodes++
	if nd.Functions == nil && !w.enter(nd) {
		return complete
	}
	for {
		if nd.Empty {
			return astray
		}
		w.look(nd)
		if nd.Blurred { // it stands for one region
			return complete
		}
		if w.astray(nd) {
			return astray
		}
		if len(nd.Open) > 0 {
			return undecided
		}
		if !w.enter(nd) {
			return complete
		}
	}
}

// enter takes the node to the next layer; false when there is none.
func (w *worker) enter(nd *node) bool {
	ok := nd.Enter(w.ws)
	w.note(nd)
	return ok
}

// look finds out how far the cell reaches in the open units, and decides those
// that do not cut it.
func (w *worker) look(nd *node) {
	if nd.rest != nil {
		w.lookHashed(nd)
		return
	}
	if w.sparing && !nd.Last() {
		w.lookForOne(nd)
		return
	}
	for i := range nd.Open {
		nd.Look(w.ws, i)
		if nd.Blurred {
			return
		}
	}
	w.settle(nd)
}

// lookForOne looks until units are known to cut the cell: below the prefix those that its
// points show to, which may be more after each look; else the first one that does.
func (w *worker) lookForOne(nd *node) {
	for w.settle(nd); len(nd.Open) > 0; w.settle(nd) {
		if nd.Open[0].Unit >= len(w.guide.Prefix()) {
			shown := false
			for i := range nd.Open {
				shown = nd.Glance(i) || shown
			}
			if shown {
				return
			}
		}
		nd.Look(w.ws, 0)
		if nd.Blurred || nd.Open[0].Reach.Cuts() && nd.Open[0].Unit < len(w.guide.Prefix()) {
			return
		}
	}
}

func (w *worker) settle(nd *node) {
	nd.Settle(w.ws)
	w.note(nd)
}

// parts counts the regions for which those of a cell of the last layer stand,
// without looking at each of them, if it can and they are not more than most; the node is used up then.
func (w *worker) parts(nd *node, most float64) (int64, bool) {
	if nd.half || nd.rest != nil && nd.rest.Rank() > 0 {
		return 0, false
	}
	if !nd.Last() || nd.Open[0].Unit < len(w.guide.Prefix()) || !w.plain || many(len(nd.Open), w.net.Root.Dim, most) {
		return 0, false
	}
	n, ok := nd.Parts(w.ws)
	if ok {
		n = nd.times(n)
		w.spare(nd)
	}
	return n, ok
}

// many reports whether n hyperplanes may cut d dimensions into more than most
// parts.
func many(n, d int, most float64) bool { return logParts(n, d) > math.Log(most) }

// astray reports whether a unit of this layer has another state than the
// prefix wants, or no pattern can have the parities.
func (w *worker) astray(nd *node) bool {
	if nd.rest != nil && nd.rest.Dead() {
		return true
	}
	open, prefix, l := nd.Open, w.guide.Prefix(), nd.Functions.Layer
	for k := l.First; k < min(l.End, len(prefix)); k++ {
		if len(open) > 0 && open[0].Unit == k {
			open = open[1:]
		} else if nd.States[k].On != prefix[k] {
			return true
		}
	}
	return false
}

// allowed returns the states that the prefix and parity leave to a unit.
func (w *worker) allowed(nd *node, k int) affine.StateSet {
	s := Allowed(w.guide.Prefix(), k)
	if nd.rest != nil {
		if on, implied := nd.rest.Implied(k); implied {
			s &= affine.StateOf(on)
		}
	}
	return s
}

// divide splits the cell along its first open unit. The prefix may leave it
// with one child.
func (w *worker) divide(nd *node) (kids [2]*node) {
	u := nd.Open[0]
	keep := w.allowed(nd, u.Unit)
	if nd.half {
		keep, nd.half, nd.twice = affine.Active, false, true
	}
	parts, ok := nd.Split(w.ws, keep)
	for !ok { // exact shapes can always be split
		nd.Recast(w.ws)
		w.note(nd)
		parts, ok = nd.Split(w.ws, keep)
	}
	w.ws.Decided = w.ws.Decided[:0]
	for i, c := range parts {
		if c == nil {
			continue
		}
		k := nd
		if i == 0 && parts[1] != nil {
			k = w.with(c, nd)
		}
		k.Cell = c
		kids[i] = k
	}
	if nd.proof != nil {
		branches := nd.proof.Split(u.Unit, [2]bool{kids[1] != nil, kids[0] != nil})
		for i, k := range kids {
			if k != nil {
				k.proof = branches[1-i]
			}
		}
	}
	if parts[0] == nil && parts[1] == nil {
		w.spare(nd)
	}
	for i, k := range kids {
		if k != nil && k.rest != nil {
			k.rest.Set(u.Unit, i == 0)
		}
	}
	return kids
}

// leaf is the region that a node is. What HiGHS tells of it is asked of the referee,
// when it is needed.
type leaf struct {
	w    *worker
	nd   *node
	look Region
}

func (l *leaf) States() []affine.State { return l.nd.States }

func (l *leaf) Region() Region { return l }

func (l *leaf) referee() Region {
	w := l.w
	if l.look == nil {
		if w.regions == nil {
			w.regions, w.close = w.newLook()
		}
		l.nd.Centre(w.ws, w.at)
		l.look = w.regions(l.nd.States, w.at)
	}
	return l.look
}

func (l *leaf) Pattern() []string         { return l.w.net.Pattern(l.nd.States) }
func (l *leaf) Point() []float64          { return l.referee().Point() }
func (l *leaf) Columns() []float64        { return l.referee().Columns() }
func (l *leaf) Map(layer int) [][]float64 { return l.referee().Map(layer) }
func (l *leaf) Facets() []Facet           { return l.referee().Facets() }
func (l *leaf) Radius() float64           { return l.referee().Radius() }
func (l *leaf) View() *cell.View          { return l.nd.View(l.w.ws) }

// found notes the region that the node is.
func (w *worker) found(nd *node) bool {
	defer w.free(nd)
	nd.bound.add(nd.times(1))
	if nd.proof != nil {
		w.prover.Leaf(nd.proof, nd.Cell)
		if w.prover.Err() != nil {
			return w.more(false)
		}
	}
	if !w.guide.Each() {
		return w.more(w.guide.Counted(nd.times(1)))
	}
	w.leaf.nd, w.leaf.look = nd, nil
	return w.more(w.guide.Found(&w.leaf))
}

// more ends the search of all workers when the guide has enough.
func (w *worker) more(ok bool) bool {
	if !ok {
		w.stop.Store(true)
	}
	return ok
}

// effort returns what the search has cost so far.
func (w *worker) effort() Effort {
	e, c := w.Effort, w.ws.Cost()
	if w.close != nil {
		e.Add(w.close())
	}
	e.Nodes += c.Sections
	e.LPs += c.LPs
	e.Pivots += c.Pivots
	e.Zeros += c.Zeros
	e.Exact += c.Exact
	e.Doubtful += c.Skipped
	return e
}
