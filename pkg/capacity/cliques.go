package capacity

import (
	"math/big"
	mathbits "math/bits"
)

// Meets says of each pair of units that cut a cell whether their hyperplanes may meet
// inside it. Entry [i][j], j < i, is of the i-th and the j-th of them; false is
// certain.
type Meets [][]bool

const (
	// mostMeeting is the most units of which pairs are of use.
	mostMeeting = 63
	// mostCliques is the number of cliques from which on they are not gone through.
	mostCliques = 1 << 18
)

// meeting is a graph: for each unit, by bits, those before it that it may meet.
//
// A cell that units cut has at most as many parts as the graph has cliques of at most
// d units, where h runs through d dimensions. Take away the last unit, u: a part of the
// others that u does not cut keeps its clique, and of the two parts that u makes of
// another one that with u active keeps it. The one with u inactive is given u and the
// clique of the part of u's hyperplane that is between the two, which has d-1
// dimensions, and in which there are units only that meet u. So different parts have
// different cliques, and the units of a part's clique are inactive on it.
type meeting []uint64

func newMeeting(m Meets) meeting {
	out := make(meeting, len(m))
	for i := range m {
		for j, may := range m[i] {
			if may {
				out[i] |= 1 << j
			}
		}
	}
	return out
}

// extend goes on from a clique of which may are the units that each may be added next.
// It reports false, early, when there are more cliques than left.
func (g meeting) extend(clique, may uint64, d int, left *int, visit func(clique uint64)) bool {
	if *left--; *left < 0 {
		return false
	}
	visit(clique)
	if d == 0 {
		return true
	}
	for m := may; m != 0; m &= m - 1 {
		i := mathbits.TrailingZeros64(m)
		if !g.extend(clique|1<<i, may&g[i], d-1, left, visit) {
			return false
		}
	}
	return true
}

// each visits the cliques of at most d units; false when there are too many.
func (g meeting) each(d int, visit func(clique uint64)) bool {
	left := mostCliques
	return g.extend(0, 1<<len(g)-1, d, &left, visit)
}

// sizes counts the cliques of at most d units by their size; false when there are too
// many.
func (g meeting) sizes(d int) ([]int64, bool) {
	out := make([]int64, min(d, len(g))+1)
	if d == 0 {
		out[0] = 1
		return out, true
	}
	left := mostCliques
	var count func(may uint64, size int) bool
	count = func(may uint64, size int) bool {
		if left--; left < 0 {
			return false
		}
		out[size]++
		if may == 0 {
			return true
		}
		if size == d-1 {
			out[d] += int64(mathbits.OnesCount64(may))
			return true
		}
		for m := may; m != 0; m &= m - 1 {
			i := mathbits.TrailingZeros64(m)
			if !count(may&g[i], size+1) {
				return false
			}
		}
		return true
	}
	return out, count(1<<len(g)-1, 0)
}

// Parts bounds the parts into which the hyperplanes cut a cell of d dimensions.
func (m Meets) Parts(d int) *big.Int {
	all := Zaslavsky(len(m), min(d, len(m)))
	if len(m) > mostMeeting {
		return all
	}
	sizes, ok := newMeeting(m).sizes(d)
	if !ok {
		return all
	}
	n := int64(0)
	for _, k := range sizes {
		n += k
	}
	return smaller(all, big.NewInt(n))
}

// meeting bounds the regions within a cell by the cliques of the units that cut it;
// nil when that is too much work.
func (c *Cells) meeting(at place, m Meets) *big.Int {
	if len(m) != len(at.bits) || len(m) > mostMeeting {
		return nil
	}
	r, out := c.r, new(big.Int)
	g, e := newMeeting(m), min(at.d, r.layers[at.layer].cut)
	last := at.layer == len(r.layers)-1
	if r.summed(at.layer) && !last {
		ok := g.each(e, func(clique uint64) {
			left := at.active
			for ; clique != 0; clique &= clique - 1 {
				left &^= at.bits[mathbits.TrailingZeros64(clique)]
			}
			out.Add(out, r.of(at.layer, left, at.d))
		})
		if !ok {
			return nil
		}
		return out
	}
	sizes, ok := g.sizes(e)
	if !ok {
		return nil
	}
	var term big.Int
	for j, n := range sizes {
		switch {
		case last:
			out.Add(out, term.SetInt64(n))
		case n > 0 && j <= at.count.active:
			out.Add(out, term.Mul(big.NewInt(n), r.below(at.layer, at.count.active-j, at.d)))
		}
	}
	return out
}
