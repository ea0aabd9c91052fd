package capacity

import (
	"math"
	"math/big"
	mathbits "math/bits"
	"slices"
)

// maxSetUnits is limited by the 32 bits of a fact, and 2^21 facts are 16 MB.
const maxSetUnits = 21

// sets says of every set S of unstable units of a layer what the units of the
// next layer can do where just S, and those active for ever, are active.
type sets struct {
	facts []fact // by S, a bit for each unstable unit
	// masks tells that facts are sets of unstable units of the next layer;
	// else they are the sizes of these.
	masks bool
	// sums tells that the layer's sets may be summed up within a cell of the
	// layer before, rather than their worst be taken for each size.
	sums bool
	// most[d][k] is the largest bound of the sets of at most k units.
	most   map[int][]*big.Int
	differ []kind // the kinds of sets, once they are asked for
}

// fact has the units that can be active, and those of them that can also be
// inactive, on a cell. Both grow with S.
type fact struct{ active, both uint32 }

// impossible is the fact of a set that is active nowhere, since a unit of the
// next layer that is active (or inactive) for ever could not be. What is
// within such a set is impossible, too.
var impossible = fact{active: 0, both: math.MaxUint32}

// reach is how far the pre-activations of a layer go, by the active units of
// the layer before: g_i lies within least[i] plus the sum of down[j][i], and
// most[i] plus the sum of up[j][i], over the unstable j that are active.
type reach struct {
	least, most []float64
	down, up    [][]float64
	unit        []role // of the layer
}

// role is what the bounds over the domain leave a unit.
type role uint8

const (
	off    role = iota // never active
	on                 // always active
	steady             // sometimes active, nowhere negative: cuts nothing
	free               // can cut
)

func roleOf(lower, upper float64) role {
	switch {
	case upper <= 0:
		return off
	case lower > 0:
		return on
	case lower == 0:
		return steady
	}
	return free
}

func (r role) unstable() bool { return r >= steady }

// roundUp and roundDown round outward: the exact value is on the near side.
func roundUp(v float64) float64   { return math.Nextafter(v, math.Inf(1)) }
func roundDown(v float64) float64 { return math.Nextafter(v, math.Inf(-1)) }

// newReach reads off layer w, b how far it goes given the layer before, whose
// pre-activations lie within lower and upper. An unstable unit that is active
// has h_j in (0, upper_j], one that is active for ever has [lower_j, upper_j].
func newReach(w func(i int) []float64, b []float64, unit, before []role, lower, upper []float64) *reach {
	r := &reach{least: slices.Clone(b), most: slices.Clone(b), unit: unit}
	for j := range before {
		if before[j].unstable() {
			r.down, r.up = append(r.down, make([]float64, len(b))), append(r.up, make([]float64, len(b)))
		}
	}
	for i := range b {
		at := 0
		for j, v := range w(i) {
			switch {
			case before[j] == on && v != 0:
				p, q := v*lower[j], v*upper[j]
				r.least[i] = roundDown(r.least[i] + roundDown(min(p, q)))
				r.most[i] = roundUp(r.most[i] + roundUp(max(p, q)))
			case before[j].unstable():
				if v > 0 {
					r.up[at][i] = roundUp(v * upper[j])
				} else if v < 0 {
					r.down[at][i] = roundDown(v * upper[j])
				}
				at++
			}
		}
	}
	return r
}

// state says whether unit i can be active, and whether it can cut, when its
// pre-activation goes from below least to above most, ends excluded: where an
// affine function has one sign on a cell and is zero somewhere inside, it is
// zero on the whole cell.
func (r *reach) state(i int, least, most float64) (active, both, possible bool) {
	switch r.unit[i] {
	case off:
		return false, false, least <= 0
	case on:
		return true, false, most > 0
	}
	active = most > 0
	return active, active && least < 0 && r.unit[i] == free, true
}

// newSets finds the facts of all sets, adding one unit after the other.
func newSets(r *reach) *sets {
	unstable := 0
	for _, u := range r.unit {
		if u.unstable() {
			unstable++
		}
	}
	n := len(r.up)
	s := &sets{facts: make([]fact, 1<<n), masks: unstable <= maxSetUnits, most: map[int][]*big.Int{}}
	least, most := make([][]float64, n+1), make([][]float64, n+1)
	for j := range least {
		least[j], most[j] = slices.Clone(r.least), slices.Clone(r.most)
	}
	var visit func(j int, set uint32)
	visit = func(j int, set uint32) {
		if j == n {
			s.facts[set] = r.fact(least[n], most[n], s.masks)
			return
		}
		copy(least[j+1], least[j])
		copy(most[j+1], most[j])
		visit(j+1, set)
		for i := range least[j] {
			if v := r.down[j][i]; v != 0 {
				least[j+1][i] = roundDown(least[j][i] + v)
			} else {
				least[j+1][i] = least[j][i]
			}
			if v := r.up[j][i]; v != 0 {
				most[j+1][i] = roundUp(most[j][i] + v)
			} else {
				most[j+1][i] = most[j][i]
			}
		}
		visit(j+1, set|1<<j)
	}
	visit(0, 0)
	return s
}

func (r *reach) fact(least, most []float64, masks bool) fact {
	var f fact
	bit := uint32(1)
	for i, u := range r.unit {
		active, both, possible := r.state(i, least[i], most[i])
		if !possible {
			return impossible
		}
		if !u.unstable() {
			continue
		}
		if active {
			f.active += bit
		}
		if both {
			f.both += bit
		}
		if masks {
			bit <<= 1
		}
	}
	return f
}

// size returns the fact's numbers of units.
func (s *sets) size(f fact) option {
	switch {
	case f == impossible:
		return option{active: -1}
	case s.masks:
		return option{mathbits.OnesCount32(f.active), mathbits.OnesCount32(f.both)}
	}
	return option{int(f.active), int(f.both)}
}

// kind is the number of units of a set, and its fact.
type kind struct {
	units int
	fact
}

// kinds lists those that differ; unless facts is set, differ in numbers.
func (s *sets) kinds(facts bool) []kind {
	type numbers struct {
		units int
		option
	}
	seen, seenNumbers := map[kind]bool{}, map[numbers]bool{}
	var out []kind
	for set, f := range s.facts {
		k := kind{mathbits.OnesCount(uint(set)), f}
		n := numbers{k.units, s.size(f)}
		if facts && seen[k] || !facts && seenNumbers[n] {
			continue
		}
		if facts {
			seen[k] = true
		} else {
			seenNumbers[n] = true
		}
		out = append(out, k)
	}
	return out
}

// value bounds the regions within a cell on which the unstable units active
// in layer l are within a set of this kind, and h^l has dimension at most d.
func (r *recursion) value(l int, k kind, d int) *big.Int {
	lay := &r.layers[l]
	d = min(d, k.units+lay.always, lay.image)
	if r.summed(l+1) && k.fact != impossible {
		return r.sum(l+1, k.fact, d)
	}
	return r.cells(l+1, lay.sets.size(k.fact), d)
}

// summed reports whether the cells of layer l are taken by their sets.
func (r *recursion) summed(l int) bool {
	s := r.layers[l].sets
	return s != nil && s.sums
}

// worst returns the largest value of the sets of at most k units.
func (r *recursion) worst(l, k, d int) *big.Int {
	lay := &r.layers[l]
	s := lay.sets
	units := mathbits.Len(uint(len(s.facts))) - 1
	d = min(d, units+lay.always, lay.image)
	most := s.most[d]
	if most == nil {
		if s.differ == nil {
			s.differ = s.kinds(r.summed(l + 1))
		}
		most = make([]*big.Int, units+1)
		for i := range most {
			most[i] = new(big.Int)
		}
		for _, k := range s.differ {
			if v := r.value(l, k, d); v.Cmp(most[k.units]) > 0 {
				most[k.units] = v
			}
		}
		for i := 1; i < len(most); i++ {
			if most[i-1].Cmp(most[i]) > 0 {
				most[i] = most[i-1]
			}
		}
		s.most[d] = most
	}
	return most[min(k, units)]
}

// setMemo has what sum found.
type setMemo map[setQuestion]*big.Int

type setQuestion struct {
	layer int
	fact
	d int
}

// sum is cells with sets in the place of numbers: parts have different sets T
// of inactive units among those that can be both, so the sum of the values of
// active \ T over all parts is at most what the best choice of sets T gives of
// which no more have at most J elements than the spread allows, for each J.
// These limits are nested, so taking the largest value that is still allowed,
// time and again, makes the best choice.
func (r *recursion) sum(l int, f fact, d int) *big.Int {
	if l == len(r.layers)-1 {
		n := option{mathbits.OnesCount32(f.active), mathbits.OnesCount32(f.both)}
		return r.cells(l, n, d)
	}
	q := setQuestion{l, f, d}
	if v := r.bySets[q]; v != nil {
		return v
	}
	c := mathbits.OnesCount32(f.both)
	// how many T of each size have which value; sums are shared, so equal
	// values mostly are one number
	numbers := map[*big.Int][]int64{}
	for t := f.both; ; t = (t - 1) & f.both {
		left := f.active &^ t
		v := r.of(l, left, d)
		if numbers[v] == nil {
			numbers[v] = make([]int64, c+1)
		}
		numbers[v][mathbits.OnesCount32(t)]++
		if t == 0 {
			break
		}
	}
	values := make([]*big.Int, 0, len(numbers))
	for v := range numbers {
		values = append(values, v)
	}
	slices.SortFunc(values, func(a, b *big.Int) int { return b.Cmp(a) })
	room := make([]int64, c+1) // for sets of at most J elements
	for j, n := range r.spread(r.row(c), min(d, r.layers[l].cut)) {
		room[j] = n.Int64()
	}
	for j := 1; j <= c; j++ {
		room[j] += room[j-1]
	}
	out, taken := new(big.Int), new(big.Int)
	for _, v := range values {
		count := int64(0)
		for j, n := range numbers[v] {
			n = min(n, slices.Min(room[j:]))
			for i := j; i <= c; i++ {
				room[i] -= n
			}
			count += n
		}
		out.Add(out, taken.Mul(v, taken.SetInt64(count)))
	}
	r.bySets[q] = out
	return out
}

// within reports whether sums over the sets of the next layer, for each fact of
// this one, have no more than limit terms.
func (s *sets) within(limit int) bool {
	seen := map[fact]bool{}
	n := 0
	for _, f := range s.facts {
		if f != impossible && !seen[f] {
			seen[f] = true
			n += 1 << mathbits.OnesCount32(f.both)
		}
		if n > limit {
			return false
		}
	}
	return true
}
