package capacity

import (
	"fmt"
	"slices"
)

// Coverer solves maximum coverage: of the given sets of elements
// 0..universe-1, which k together have the most elements?
//
// MaxCover returns that number of elements with exact = true, or an upper
// bound of it with exact = false. It must not change sets. Tables calls it
// with 2 <= k < len(sets), sets none of which has all elements of another, and
// a universe each of whose elements is in some set.
type Coverer interface {
	MaxCover(sets [][]int, universe, k int) (value int, exact bool, err error)
}

// coverage returns f(k), the largest number of elements in the union of k of
// the sets, for k = 0..len(sets), or an upper bound where exact is false.
//
// It keeps lower <= f <= upper and asks the coverer where they differ.
func coverage(sets []bits, c Coverer) (f []int, exact bool, err error) {
	most := len(sets) // the largest k
	sets = maximal(sets)
	p := &profile{lower: make([]int, most+1), upper: make([]int, most+1)}
	if len(sets) == 0 {
		return p.upper, true, nil
	}
	p.greedy(sets)
	p.sharpen()
	if c == nil {
		return p.upper, slices.Equal(p.lower, p.upper), nil
	}
	lists := renumber(sets)
	for k := range p.upper {
		if p.lower[k] == p.upper[k] {
			continue
		}
		v, sure, err := c.MaxCover(lists, p.all, k)
		if err != nil {
			return nil, false, fmt.Errorf("coverage by %d of %d sets: %w", k, len(sets), err)
		}
		if v < p.lower[k] || sure && v > p.upper[k] {
			return nil, false, fmt.Errorf("coverage by %d of %d sets: the answer %d is not within %d to %d", k, len(sets), v, p.lower[k], p.upper[k])
		}
		p.upper[k] = min(p.upper[k], v)
		if sure {
			p.lower[k] = v
		}
		p.sharpen()
	}
	return p.upper, slices.Equal(p.lower, p.upper), nil
}

// profile encloses f, for k = 0..len(lower)-1.
type profile struct {
	all          int // elements in any set
	lower, upper []int
}

// greedy sets the limits from the sets C_t that t greedy choices cover. C_t is
// a union of t sets, so f(t) >= |C_t|. An optimal union of k sets lies in the
// union of C_t and of the k sets' elements outside C_t, so f(k) <= |C_t| + the
// sum of the k largest |S_j \ C_t|, for every t.
func (p *profile) greedy(sets []bits) {
	covered := newBits(64 * len(sets[0]))
	for k := range p.upper {
		p.upper[k] = 64 * len(covered)
	}
	gain := make([]int, len(sets))
	for t := range p.lower {
		have := covered.count()
		best := 0
		for j, s := range sets {
			gain[j] = s.countWithout(covered)
			if gain[j] > gain[best] {
				best = j
			}
		}
		choice := sets[best]
		more := gain[best] > 0
		slices.SortFunc(gain, func(a, b int) int { return b - a })
		sum := have
		for k := range p.upper {
			p.upper[k] = min(p.upper[k], sum)
			if k < len(gain) {
				sum += gain[k]
			}
		}
		p.lower[t] = have
		p.all = have
		if !more {
			break
		}
		covered.add(choice)
	}
}

// sharpen carries limits from one k to the next, by three facts.
//
// f(k+1) >= f(k), and more than f(k) unless f(k) is everything, since some set
// has an element that the best k sets leave out.
//
// f(k) >= f(k+1) k/(k+1): the elements that are in just one of the best k+1
// sets are counted once over these sets, so one of the sets owns at most
// f(k+1)/(k+1) of them; without it the rest is still covered.
func (p *profile) sharpen() {
	last := len(p.lower) - 1
	for k := 0; k < last; k++ {
		p.lower[k+1] = max(p.lower[k+1], min(p.all, p.lower[k]+1))
		if k > 0 {
			p.upper[k+1] = min(p.upper[k+1], p.upper[k]*(k+1)/k)
		}
	}
	for k := last - 1; k > 0; k-- {
		p.lower[k] = max(p.lower[k], (p.lower[k+1]*k+k)/(k+1)) // rounded up
		if p.upper[k+1] < p.all {
			p.upper[k] = min(p.upper[k], p.upper[k+1]-1)
		}
	}
}

// maximal returns the sets that are neither empty nor within another one; of
// equal sets, the first. The best union of k sets can be had from these.
func maximal(sets []bits) []bits {
	var out []bits
	for j, s := range sets {
		redundant := s.count() == 0
		for o := range sets {
			if redundant {
				break
			}
			if o != j && s.countWithout(sets[o]) == 0 {
				redundant = o < j || sets[o].countWithout(s) > 0
			}
		}
		if !redundant {
			out = append(out, s)
		}
	}
	return out
}

// renumber lists the elements of each set, numbered 0, 1, ... over those that
// occur in any set.
func renumber(sets []bits) [][]int {
	union := newBits(64 * len(sets[0]))
	for _, s := range sets {
		union.add(s)
	}
	number := map[int]int{}
	for _, e := range union.elements() {
		number[e] = len(number)
	}
	out := make([][]int, len(sets))
	for j, s := range sets {
		for _, e := range s.elements() {
			out[j] = append(out[j], number[e])
		}
	}
	return out
}
