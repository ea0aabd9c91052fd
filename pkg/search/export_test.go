package search

import (
	"context"
	"math/big"
	"sync/atomic"
)

// Surveyed divides best first until a number of leaves are open, surveys them,
// and goes on with the count. It returns, of the bounds: how many the survey made
// better; the least that is certain, and the sum of what cells that share
// nothing may have, after the survey; and after all the number of regions and
// the bound of the whole. Ok is false when there was nothing to survey.
func (t *Tree) Surveyed(bound Most, workers int, leaves int32) (better int, lower, sum *big.Int, regions int64, upper *big.Int, ok bool) {
	g := NewCount(nil, nil, 0, nil, nil)
	s := &countSearch{Bounds: NewBounds(len(t.net.Units), nil, bound), t: t, o: Options{Workers: workers, Leaves: leaves}, halt: func() bool { return false }}
	stop := new(atomic.Bool)
	for range workers {
		s.workers = append(s.workers, t.worker(context.Background(), g, false, stop))
	}
	top := s.workers[0].top()
	top.bound = &s.root
	s.left = []*node{top}
	if s.bestFirst() {
		return 0, nil, nil, 0, nil, false
	}
	before := map[*node]*big.Int{}
	for _, nd := range s.left {
		before[nd] = nd.bound.most
	}
	s.survey()
	if len(s.left) != len(before) {
		panic("cells have come or gone")
	}
	for _, nd := range s.left {
		if nd.bound.most.Cmp(before[nd]) < 0 {
			better++
		}
	}
	s.root.most = new(big.Int).Lsh(big.NewInt(1), 60)
	lower, _ = s.root.bounds()
	sum = big.NewInt(s.root.inner())
	for _, nd := range s.left {
		sum.Add(sum, nd.bound.most)
	}
	if !s.depthFirst(nil) {
		panic("the count was ended early")
	}
	_, upper = s.root.bounds()
	return better, lower, sum, g.Regions(), upper, true
}

// inner is what has been found in a cell before its last parts.
func (c *cellBound) inner() int64 {
	n := c.found.Load()
	for _, p := range c.parts {
		n += p.inner()
	}
	return n
}

// Tells reports whether a descent that ends in the cell of the whole domain tells of a region,
// where nothing more is said of it.
func (t *Tree) Tells(blurred bool) (told bool) {
	w := t.worker(context.Background(), Below(nil), false, new(atomic.Bool))
	nd := w.top()
	nd.Blurred = blurred
	w.tell(nd, func(Region) { told = true })
	return told
}
