// Package proof writes down why a count is right, as records that can be checked
// without a search and without linear programs.
//
// The proof is the tree that the search has gone through (docs/exactness.md). An
// inner node splits on a unit. A node claims of units that they do not cut its
// cell, and has multipliers of what is positive in the cell that show it. A leaf
// has a point strictly inside of its region. Each record has a subtree of bounded
// size, with all claims above it, so that it can be checked by itself.
package proof

import (
	"errors"
	"strconv"
	"sync"

	"relucount/pkg/affine"
	"relucount/pkg/polytope"
	"relucount/pkg/record"
)

// Builder puts the records together. It may be used by many workers at once.
type Builder struct {
	net  *affine.Network
	emit func(*record.Proof) error
	most int // nodes of a record

	mu  sync.Mutex
	err error
}

// nodes is how many nodes a record has at most, unless one is asked for.
const nodes = 2000

// NewBuilder returns a builder of the proof of a count of a network's regions,
// which gives its records to emit, one after the other. It is an error when the
// domain has what proofs cannot have.
func NewBuilder(n *affine.Network, emit func(*record.Proof) error) (*Builder, error) {
	switch {
	case n.Guarded():
		return nil, errors.New("the limits of units restrict the domain, as those of inputs have been widened")
	case n.Sliced():
		return nil, errors.New("equations restrict the domain")
	}
	return &Builder{net: n, emit: emit, most: nodes}, nil
}

// Err is the first error of emit.
func (b *Builder) Err() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

// Branch is a node of the proof's tree.
type Branch struct {
	up      *Branch
	state   record.Split // of the unit that up splits on
	claims  []record.Claim
	split   int
	kids    [2]*Branch // off, on
	leaf    *leaf
	pending int  // kids that are not done
	nodes   int  // of the subtree, once it is done
	leaves  int  // likewise
	apart   bool // whether the subtree is not all in one record
}

// leaf is the point of a region: inputs, or shares of corners.
type leaf struct {
	x   []record.Rational
	mix []polytope.Part
}

// Root returns the root of a tree.
func (b *Builder) Root() *Branch { return &Branch{} }

// Split divides a node on a unit. Kept tells which children will be visited, off
// and on; the others are to be proved elsewhere.
func (t *Branch) Split(unit int, kept [2]bool) (kids [2]*Branch) {
	t.split = unit
	for on := range kids {
		if kept[on] {
			kids[on] = &Branch{up: t, state: record.Split{unit, on}}
			t.pending++
		} else {
			t.apart = true
		}
	}
	t.kids = kids
	return kids
}

// Drop says that nothing is to be proved below a node.
func (b *Builder) Drop(t *Branch) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t.apart = true
	b.done(t)
}

// Leaf ends a branch at a region.
func (b *Builder) finish(t *Branch, l *leaf) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t.leaf, t.nodes, t.leaves = l, 1, 1
	b.done(t)
}

// done goes up from a subtree that is done, as long as it is the last of its
// parent's. What does not fit into one record is written in parts.
func (b *Builder) done(t *Branch) {
	for up := t.up; up != nil; t, up = up, up.up {
		if up.pending--; up.pending > 0 {
			return
		}
		up.nodes, up.leaves = 1, 0
		for _, kid := range up.kids {
			if kid == nil || kid.apart {
				up.apart = true
				continue
			}
			up.nodes += kid.nodes
			up.leaves += kid.leaves
		}
		if up.nodes > b.most {
			up.apart = true
		}
		if !up.apart {
			continue
		}
		for i, kid := range up.kids {
			if kid != nil && !kid.apart {
				b.write(kid)
			}
			up.kids[i] = nil
		}
	}
	if !t.apart {
		b.write(t)
	}
}

// write emits the record of a subtree.
func (b *Builder) write(t *Branch) {
	if b.err != nil {
		return
	}
	r := &record.Proof{Coordinates: record.OverInputs, Path: record.Path{}, Regions: strconv.Itoa(t.leaves)}
	if b.net.Root.Parent != nil {
		r.Coordinates = record.OverFirst
	}
	var above []record.Claim
	var chain []*Branch
	for u := t; u != nil; u = u.up {
		chain = append(chain, u)
	}
	for i := len(chain) - 1; i >= 0; i-- {
		if chain[i].up != nil {
			r.Path = append(r.Path, chain[i].state)
		}
		if i > 0 {
			above = append(above, chain[i].claims...)
		}
	}
	m := mixer{net: b.net, record: r, at: map[*uint64]int{}}
	m.add(t)
	r.Nodes[0].Claims = append(above, r.Nodes[0].Claims...)
	b.err = b.emit(r)
}

// mixer writes nodes, and the points that leaves mix.
type mixer struct {
	net    *affine.Network
	record *record.Proof
	at     map[*uint64]int // places of corners
}

// add adds a subtree in pre-order.
func (m *mixer) add(t *Branch) {
	n := record.ProofNode{Claims: t.claims}
	if t.leaf == nil {
		n.Split = &t.split
		m.record.Nodes = append(m.record.Nodes, n)
		m.add(t.kids[0])
		m.add(t.kids[1])
		return
	}
	n.X = t.leaf.x
	for _, p := range t.leaf.mix {
		n.Mix = append(n.Mix, record.Term{Index: m.place(p.Of), Times: record.Rational{Double: p.Weight}})
	}
	m.record.Nodes = append(m.record.Nodes, n)
}

// place is the place of a corner, or of the middle, among the record's points.
func (m *mixer) place(of polytope.Corner) int {
	if len(m.record.Points) == 0 {
		m.record.Points = []record.Point{{X: doubles(m.net.Columns(make([]float64, m.net.Dim())))}}
	}
	if of == nil {
		return 0
	}
	i, ok := m.at[&of[0]]
	if !ok {
		i = len(m.record.Points)
		m.at[&of[0]] = i
		m.record.Points = append(m.record.Points, record.Point{Corner: m.net.CornerOf(of)})
	}
	return i
}

func doubles(x []float64) []record.Rational {
	out := make([]record.Rational, len(x))
	for j, v := range x {
		out[j].Double = v
	}
	return out
}
