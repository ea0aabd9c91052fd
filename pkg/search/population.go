package search

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
)

// population is cells that go down the tree together. None is a part of another. Each
// stands for a number of copies with the same weight. Copies whose weight has fallen behind
// give way to copies of others. So the cells are where the regions are, which a single
// descent seldom finds in a large network.
//
// The regions below the cells, times the weights of their copies, and those found so far,
// times theirs, are on average the number of all regions, after each step:
//
//   - A cell that a unit divides hands its copies on to the children, half of them to
//     each, and one that is left over to either with probability 1/2. Their weight doubles.
//   - In a sample of copies each copy is expected as often as its weight is of the weight
//     that all get then, which is the mean.
//
// Both depend only on what lies above. The sum of all weights never falls. (Aldous and
// Vazirani, "Go with the winners" algorithms, 1994; Del Moral, Feynman-Kac formulae, 2004.)
type population struct {
	w     *worker
	size  int // of copies
	rng   *rand.Rand
	live  []member
	next  []member // those that have come to the level
	found float64  // logarithm of the regions found times their weights
	pick  *rand.Rand
	held  member // of what has been found, each with a probability in proportion to regions times weight
}

// member is a cell of a population, as a number of copies.
type member struct {
	nd      *node
	copies  int
	log     float64 // of the weight of each copy
	regions int64   // of a cell that is held
}

// weight is the logarithm of that of all copies.
func (m *member) weight() float64 { return m.log + math.Log(float64(m.copies)) }

// leastEven is how many of the copies must count, as a share, by the square of the sum of
// the weights over the sum of their squares (Kong, Liu and Wong, 1994): else a sample is taken.
const leastEven = 0.5

// breed is what descend is to one descent to a population of size copies. All members come to as
// many decided units before any goes on, so that weights can be compared.
func (w *worker) breed(size int, rng *rand.Rand, end func(Region)) (bits float64, whole bool) {
	p := &population{w: w, size: size, rng: rng, found: math.Inf(-1)}
	pick := rand.New(rand.NewPCG(rng.Uint64(), rng.Uint64())) // whoever asks for the end or not
	if end != nil {
		p.pick = pick
	}
	p.live = append(p.live, member{nd: w.top(), copies: size, log: -math.Log(float64(size))})
	for level := 1; len(p.live) > 0; level++ {
		p.next = p.next[:0]
		for i := range p.live {
			if w.halt() {
				p.leave(append(p.next, p.live[i:]...))
				return max(0, p.found/math.Ln2), false
			}
			p.divide(p.live[i], level)
		}
		p.live, p.next = p.next, p.live
		p.sample()
	}
	if p.held.nd != nil {
		w.pick(p.held.nd, p.held.regions, pick, end)
	}
	return max(0, p.found/math.Ln2), true
}

// leave takes note of cells that are not followed any more: each has a region.
func (p *population) leave(all []member) {
	for _, m := range all {
		p.add(m, 1)
		p.w.free(m.nd)
	}
	p.drop()
}

// drop lets go of what is held.
func (p *population) drop() {
	if p.held.nd != nil {
		p.w.free(p.held.nd)
		p.held.nd = nil
	}
}

// add takes note of regions that have been found in a cell.
func (p *population) add(m member, regions int64) (share float64) {
	v := m.weight() + math.Log(float64(regions))
	p.found = floats.LogSumExp([]float64{p.found, v})
	return math.Exp(v - p.found)
}

// settle takes note of the regions of a cell that has come to its end. Whole is the cell,
// or nil if nobody asks for it.
func (p *population) settle(m member, regions int64, whole *node) {
	share := p.add(m, regions)
	if whole == nil {
		return
	}
	if p.pick.Float64() >= share {
		p.w.free(whole)
		return
	}
	p.drop()
	p.held = member{nd: whole, regions: regions}
}

// settled is the number of units whose states are known.
func (nd *node) settled() int {
	if nd.Functions == nil {
		return 0
	}
	return nd.Functions.Layer.End - len(nd.Open)
}

// divide divides a member until all of it has come to the level, or to its end.
func (p *population) divide(m member, level int) {
	w, nd := p.w, m.nd
	if nd.settled() < level {
		switch w.advance(nd) {
		case astray:
			w.free(nd)
			return
		case complete:
			if p.pick == nil {
				w.free(nd)
				nd = nil
			}
			p.settle(m, 1, nd)
			return
		}
	}
	if nd.settled() >= level {
		p.next = append(p.next, m)
		return
	}
	if n, whole, ok := w.atOnce(nd, p.pick != nil); ok {
		p.settle(m, n, whole)
		return
	}
	if nd.Open[0].Unit >= len(w.guide.Prefix()) {
		nd.halving()
	}
	kids := w.divide(nd)
	half := [2]int{m.copies, m.copies}
	if kids[0] != nil && kids[1] != nil {
		half = [2]int{m.copies / 2, m.copies / 2}
		if m.copies%2 != 0 {
			half[p.rng.IntN(2)]++
		}
		m.log += math.Ln2
	}
	for i, k := range kids {
		switch {
		case k == nil:
		case half[i] == 0:
			w.free(k)
		default:
			p.divide(member{nd: k, copies: half[i], log: m.log}, level)
		}
	}
}

// sample takes as many copies as there may be, with the same weight, where the weights have
// become uneven. Copies are taken at even distances on a line on which each has the length
// of its weight.
func (p *population) sample() {
	top := math.Inf(-1)
	for i := range p.live {
		top = max(top, p.live[i].log)
	}
	sum, squares := 0.0, 0.0
	for i := range p.live {
		m := &p.live[i]
		v := math.Exp(m.log - top)
		sum += float64(m.copies) * v
		squares += float64(m.copies) * v * v
	}
	if sum*sum >= leastEven*float64(p.size)*squares {
		return
	}
	each := sum / float64(p.size)
	at, before := -p.rng.Float64(), 0.0
	kept := p.next[:0]
	for _, m := range p.live {
		at += float64(m.copies) * math.Exp(m.log-top) / each
		upTo := math.Ceil(at)
		m.copies, m.log, before = int(upTo-before), top+math.Log(each), upTo
		if m.copies > 0 {
			kept = append(kept, m)
		} else {
			p.w.free(m.nd)
		}
	}
	p.live, p.next = kept, p.live
}
