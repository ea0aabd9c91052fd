package capacity

import (
	"fmt"
	"slices"
)

// Search is a Coverer by branch and bound, exact as long as Nodes nodes are
// enough. When they are not it returns the largest bound of the nodes left
// open. Coverage of some tens of sets, or by few sets, is in its reach.
//
// A node is a choice of sets; those still allowed are ordered by the number of
// elements that they would add, and branch i takes the i-th and leaves the
// ones before it. Its bound is what is covered plus what the i-th and the
// following sets, one for each choice left, would each add.
type Search struct {
	Nodes int
}

// MaxCover implements Coverer. It fails when an element is not in
// 0..universe-1, or when universe or k is negative.
func (s Search) MaxCover(sets [][]int, universe, k int) (value int, exact bool, err error) {
	if universe < 0 || k < 0 {
		return 0, false, fmt.Errorf("universe of %d elements, %d sets to choose", universe, k)
	}
	t := &tree{nodes: s.Nodes, all: universe}
	var open []candidate
	for j, set := range sets {
		b := newBits(universe)
		for _, e := range set {
			if e < 0 || e >= universe {
				return 0, false, fmt.Errorf("sets[%d]: element %d, the universe has %d", j, e, universe)
			}
			b.set(e)
		}
		open = append(open, candidate{set: b})
	}
	value = t.limit(newBits(universe), 0, open, k)
	return value, value == t.best, nil
}

type candidate struct {
	set  bits
	gain int // elements that it would add
}

type tree struct {
	nodes int // that may still be opened
	all   int
	best  int // largest union found
}

// limit returns an upper bound on the union of the set covered, which has n
// elements, and k of the open sets: best if it searched all that matters.
func (t *tree) limit(covered bits, n int, open []candidate, k int) int {
	t.best = max(t.best, n)
	if k == 0 {
		return t.best
	}
	useful := make([]candidate, 0, len(open))
	for _, c := range open {
		if g := c.set.countWithout(covered); g > 0 {
			useful = append(useful, candidate{c.set, g})
		}
	}
	slices.SortStableFunc(useful, func(a, b candidate) int { return b.gain - a.gain })
	out := 0
	for i, c := range useful {
		reach := n
		for _, o := range useful[i:min(i+k, len(useful))] {
			reach += o.gain
		}
		reach = min(reach, t.all)
		if reach <= t.best {
			break
		}
		if t.nodes <= 0 {
			out = max(out, reach)
			break
		}
		t.nodes--
		with := slices.Clone(covered)
		with.add(c.set)
		out = max(out, t.limit(with, n+c.gain, useful[i+1:], k-1))
	}
	return max(out, t.best)
}
