package search

import (
	"slices"

	"relucount/pkg/cell"
	"relucount/pkg/parity"
	"relucount/pkg/proof"
)

// node is a cell that the search has still to visit, with what is asked of it.
type node struct {
	*cell.Cell
	rest  *parity.Residual // what parity asks of the units that are not decided; nil: nothing
	seen  int              // rows that rest has
	ripe  bool             // whether it is known that the cell has to be divided
	bound *cellBound       // that the cell's regions go to; nil: none
	proof *proof.Branch    // the node of the proof that it is; nil: nothing is proved
	half  bool             // whether it is enough to look at one side of the first hyperplane
	twice bool             // whether each region stands for two
}

// times is the number of regions for which n of the node stand.
func (nd *node) times(n int64) int64 {
	if nd.twice {
		return 2 * n
	}
	return n
}

// top is the node of the whole tree.
func (w *worker) top() *node {
	c, ok := w.ws.Root()
	if !ok {
		panic("search: the domain is too thin for this search") // see Tree.Able
	}
	nd := &node{Cell: c}
	if w.prover != nil {
		nd.proof = w.prover.Root()
	}
	if w.parity {
		nd.rest = parity.NewResidual(len(c.States))
	}
	return nd
}

// with returns a node that is as nd, but with another cell.
func (w *worker) with(c *cell.Cell, nd *node) *node {
	var k *node
	if n := len(w.nodes); n > 0 {
		k = w.nodes[n-1]
		w.nodes = w.nodes[:n-1]
	} else {
		k = new(node)
	}
	rest := k.rest
	if nd.rest != nil {
		if rest == nil {
			rest = parity.NewResidual(len(c.States))
		}
		rest.Copy(nd.rest)
	}
	*k = node{Cell: c, rest: rest, seen: nd.seen, bound: nd.bound, twice: nd.twice}
	return k
}

// pairs reports whether it may be of use to know which hyperplanes meet in the cell: all
// open units have to be looked at, to cut it, and to be none of a prefix of so many.
func (nd *node) pairs(prefix int) bool {
	if !nd.ripe || !nd.PairsPay() || nd.Open[0].Unit < prefix {
		return false
	}
	return !slices.ContainsFunc(nd.Open, func(u cell.Open) bool { return !u.Known || !u.Reach.Cuts() })
}

// clone returns a copy of a node with a copy of its cell.
func (w *worker) clone(nd *node) *node { return w.with(nd.Clone(w.ws), nd) }

// free gives a node back.
func (w *worker) free(nd *node) {
	nd.Free(w.ws)
	w.spare(nd)
}

// spare keeps a node to be used again: each descent leaves one that nobody
// takes.
func (w *worker) spare(nd *node) {
	nd.Cell = nil
	if len(w.nodes) < keptNodes {
		w.nodes = append(w.nodes, nd)
	}
}

const keptNodes = 64

// note tells parity of the units that have been decided, and the proof.
func (w *worker) note(nd *node) {
	if nd.proof != nil {
		w.prover.Claims(nd.proof, nd.Cell)
	}
	w.ws.Claims = w.ws.Claims[:0] // copies prove nothing
	if nd.rest != nil {
		for _, k := range w.ws.Decided {
			nd.rest.Set(k, nd.States[k].On)
		}
	}
	w.ws.Decided = w.ws.Decided[:0]
}

// catchUp tells the node of rows that have come into force since it was made.
// It reports whether it is still of use.
func (w *worker) catchUp(nd *node) bool {
	if nd.rest == nil {
		return true
	}
	rows := w.guide.Rows()
	for ; nd.seen < len(rows) && !nd.rest.Dead(); nd.seen++ {
		nd.rest.Add(rows[nd.seen])
	}
	return !nd.rest.Dead()
}
