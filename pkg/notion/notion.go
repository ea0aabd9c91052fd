// Package notion counts what else is called a linear region than the cells with an
// interior that package search finds. docs/definitions.md has the definitions; they
// are those that Stargalla, Hertrich and Reichman tell apart ("The Computational
// Complexity of Counting Linear Regions in ReLU Neural Networks", NeurIPS 2025).
//
// A Tally is told of each region, once, and counts what they make up: regions that
// have the same affine function, or those of them that hang together. Patterns walks
// over all patterns, also those of cells without an interior.
package notion

import (
	"crypto/sha256"
	"fmt"

	"relucount/pkg/affine"
	"relucount/pkg/cell"
)

// The notions, by the names that they have on the command line.
const (
	Patterns = "patterns"      // patterns that occur at some input
	Regions  = "regions"       // those of cells with an interior
	Convex   = "convex"        // the fewest convex pieces on which the outputs are affine
	Pieces   = "pieces"        // maximal connected open sets on which they are
	Closed   = "closed-pieces" // maximal connected unions of closed regions on which they are
	Affine   = "affine"        // different affine functions
	Decision = "decision"      // maximal connected open sets of one class
)

// MostEntries is how many regions, functions or corners a Tally takes, each of which
// needs some 60 bytes of memory.
const MostEntries = 1 << 23

// Tally counts what regions make up. It is for one goroutine.
type Tally interface {
	// Add takes note of a region.
	Add(v *cell.View) error
	// Count is the number that all regions so far come to.
	Count() int64
	// Monotone reports whether more regions never come to less.
	Monotone() bool
}

// NewTally returns the tally of a notion that has one. Of Decision it wants the network of
// a program that decides: see milp.Problem.Deciding.
func NewTally(name string, n *affine.Network) (Tally, error) {
	if len(n.Outputs) == 0 && name != Decision {
		return nil, fmt.Errorf("the milp has no outputs, which -define %s asks about: encode the network again", name)
	}
	switch name {
	case Affine:
		return functions{}, nil
	case Pieces:
		return &pieces{joins: func(_ *cell.View, x *affine.Crossing) bool { return !x.Bends() }}, nil
	case Closed:
		if n.Root.Parent != nil || n.Dim() > cell.MostCoordinates {
			return nil, fmt.Errorf("closed pieces can be had in up to %d coordinates: the domain has %d that vary", cell.MostCoordinates, n.Dim())
		}
		return &closed{}, nil
	case Decision:
		d := &decision{first: len(n.Units) - n.Layers[len(n.Layers)-1].Units()}
		d.pieces.joins = d.joins
		return d, nil
	}
	return nil, fmt.Errorf("the fewest convex pieces are not counted: which unions of regions are convex, and how few cover all, is a search of its own")
}

// digest stands for what identifies something: itself where it is short, else half of
// its SHA-256.
type digest [16]byte

func digestOf(b []byte) (d digest) {
	sum := sha256.Sum256(b)
	copy(d[:], sum[:])
	return d
}

// patternDigest is that of a pattern.
func patternDigest(states []affine.State, flips []int) (d digest) {
	bits := make([]byte, max(len(d), (len(states)+7)/8))
	for k, s := range states {
		if s.On {
			bits[k/8] |= 1 << (k % 8)
		}
	}
	for _, k := range flips {
		bits[k/8] ^= 1 << (k % 8)
	}
	if len(bits) > len(d) {
		return digestOf(bits)
	}
	copy(d[:], bits)
	return d
}

func full() error {
	return fmt.Errorf("more than %d regions, functions or corners: there is no memory for them", MostEntries)
}

// functions counts different affine functions.
type functions map[digest]struct{}

func (f functions) Add(v *cell.View) error {
	f[digestOf(v.AppendOutputs(nil))] = struct{}{}
	if len(f) > MostEntries {
		return full()
	}
	return nil
}

func (f functions) Count() int64 { return int64(len(f)) }

func (f functions) Monotone() bool { return true }

// union joins what has digests (union-find, with path halving).
type union struct {
	place map[digest]uint32
	up    []uint32
	sets  int64
}

// at returns the place of a digest, which may be new.
func (u *union) at(d digest) uint32 {
	i, ok := u.place[d]
	if !ok {
		if u.place == nil {
			u.place = map[digest]uint32{}
		}
		i = uint32(len(u.up))
		u.place[d] = i
		u.up = append(u.up, i)
		u.sets++
	}
	return i
}

func (u *union) root(i uint32) uint32 {
	for u.up[i] != i {
		u.up[i] = u.up[u.up[i]]
		i = u.up[i]
	}
	return i
}

func (u *union) join(i, j uint32) {
	if i, j = u.root(i), u.root(j); i != j {
		u.up[max(i, j)] = min(i, j)
		u.sets--
	}
}

// pieces counts sets of regions that hang together by facets which join. An open
// connected set is still connected without what has two dimensions less, so it goes
// from region to region through facets.
type pieces struct {
	union
	joins func(v *cell.View, x *affine.Crossing) bool
}

func (p *pieces) Add(v *cell.View) error {
	states := v.States()
	me := p.at(patternDigest(states, nil))
	for _, s := range v.Sides() {
		if _, ok := s.Unit(); !ok {
			continue
		}
		x := v.Cross(s)
		if flips := x.Flips(); states[flips[0]].On && p.joins(v, x) { // from one side of each facet
			p.join(me, p.at(patternDigest(states, flips)))
		}
	}
	if len(p.up) > MostEntries {
		return full()
	}
	return nil
}

func (p *pieces) Count() int64 { return p.sets }

func (p *pieces) Monotone() bool { return false }

// closed counts sets of closed regions with the same function that hang together by
// any point. Closed regions meet in faces of both, so in a vertex.
type closed struct{ union }

func (c *closed) Add(v *cell.View) error {
	f := digestOf(v.AppendOutputs(nil))
	first := uint32(0)
	for i, corner := range v.ExactCorners() {
		text := f[:]
		for j := range corner.Num {
			text = fmt.Appendf(text, " %v", &corner.Num[j])
		}
		k := c.at(digestOf(fmt.Appendf(text, "/%v", &corner.Den)))
		if i == 0 {
			first = k
		}
		c.join(first, k)
	}
	if len(c.up) > MostEntries {
		return full()
	}
	return nil
}

func (c *closed) Count() int64 { return c.sets }

func (c *closed) Monotone() bool { return false }

// decision counts pieces of one class, and the facets where the class changes.
type decision struct {
	pieces
	first  int // of the units that compare outputs
	border int64
	other  []affine.State
}

func (d *decision) joins(v *cell.View, x *affine.Crossing) bool {
	d.other = append(d.other[:0], v.States()...)
	for _, k := range x.Flips() {
		d.other[k].On = !d.other[k].On
	}
	if d.class(v.States()) == d.class(d.other) {
		return true
	}
	d.border++
	return false
}

// class is the least output that no other is greater than.
func (d *decision) class(states []affine.State) int {
	best := 0
	for j, k := 1, d.first; k < len(states); j++ {
		// the units of output j: whether it is greater than each one before
		if states[k+best].On {
			best = j
		}
		k += j
	}
	return best
}

// Border is the number of facets where the class changes.
func (d *decision) Border() int64 { return d.border }
