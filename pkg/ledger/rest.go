package ledger

import (
	"cmp"
	"math/big"
	"slices"

	"relucount/pkg/record"
)

// A count that ended early may have given back what it left, as a partition of
// that rest. What it found and the counts of these cubes are then together a
// count of what it was asked for; these counts may have given something back in
// turn. Each such count stands for itself: the cubes of one rest are never added
// to what another count has found.

// handback is a count of a version that has given back a rest.
type handback struct {
	count
	version string
	left    partition
}

// readLeft returns the partition that a count has given back, or nil.
func readLeft(c *record.Count) (*partition, error) {
	if c.Left == nil {
		return nil, nil
	}
	err := record.CheckCube(0, c.Left.Of, c.Left.Partition)
	return &partition{c.Left.Partition, c.Left.Of, true}, err
}

// compare orders by what was left, and then as counts.
func (a handback) compare(b handback) int {
	return cmp.Or(cmp.Compare(a.left.digest, b.left.digest), cmp.Compare(a.left.of, b.left.of),
		cmp.Compare(a.version, b.version), a.count.compare(b.count))
}

// giveBack notes a handback.
func (t *counting) giveBack(h handback) {
	if i, ok := slices.BinarySearchFunc(t.back, h, handback.compare); !ok {
		t.back = slices.Insert(t.back, i, h)
	}
}

// rests sums the cubes of rests up.
type rests struct {
	cubes
	parts map[partition][]cubeKey
	sums  map[versioned]*joined
	begun map[versioned]bool // whose sum is on its way
}

// versioned is a partition as one version has counted it.
type versioned struct {
	partition
	version string
}

// settle turns handbacks into counts, from the innermost rests outward.
func (e *entry) settle() {
	r := rests{on[cubes](e), map[partition][]cubeKey{}, map[versioned]*joined{}, map[versioned]bool{}}
	keys := r.keys(cubeKey.compare)
	for _, k := range keys {
		r.parts[k.partition] = append(r.parts[k.partition], k)
	}
	for _, k := range keys {
		for _, v := range r.by[k].versions() {
			r.settle(r.by[k].counts[v])
		}
	}
	for _, scope := range on[counts](e).scopes() {
		r.settle(on[counts](e).by[scope])
	}
}

// settle enters what the handbacks of a count come to.
func (r *rests) settle(t *counting) {
	for _, h := range t.back {
		if j := r.sum(versioned{h.left, h.version}); j != nil {
			t.add(h.with(j))
		}
	}
}

// sum adds the cubes of a rest up; nil when nothing is known of it. A rest that
// is part of itself, which no tool writes, is nothing.
func (r *rests) sum(v versioned) *joined {
	if r.begun[v] || len(r.parts[v.partition]) == 0 {
		return nil
	}
	if r.sums[v] == nil {
		r.begun[v] = true
		for _, k := range r.parts[v.partition] {
			if t := r.by[k].counts[v.version]; t != nil {
				r.settle(t)
			}
		}
		delete(r.begun, v)
		j := r.join(v, r.parts[v.partition])
		r.sums[v] = &j
	}
	return r.sums[v]
}

// with is what a handback and the sum of its rest come to.
func (h handback) with(j *joined) count {
	out := count{
		regions: new(big.Int).Add(h.regions, j.regions), lower: new(big.Int).Add(h.regions, j.lower), upper: h.upper,
		exact: j.exact, doubtful: h.doubtful + j.doubtful, stats: sum(append(j.costs, h.stats)),
	}
	if j.upper != nil {
		if n := new(big.Int).Add(h.regions, j.upper); compareUppers(n, out.upper) < 0 {
			out.upper = n
		}
	}
	switch {
	case j.exact:
		out.lower, out.upper = out.regions, out.regions
	case out.lower.Cmp(h.lower) < 0:
		out.lower = h.lower
	}
	if !j.exact {
		out.why = "of its rest, " + j.why
		if h.upper != nil && out.upper.Cmp(out.lower) < 0 {
			out.upper = out.lower // what is wrong shows elsewhere
		}
	}
	return out
}

// Question names a cube.
type Question struct {
	Milp, Content string
	Cube, Of      int
	Partition     string
	Rest          bool
	Version       string // of the tool that made the record
}

// Left returns the cubes whose exact counts are wanted before those of all
// partitions of a network are known, as far as cube records ask for them, and
// how many others there are. There are none of a network whose exact count is
// known. Of a cube that was given back its rest is wanted, if the records of the
// rest are all there, and else the cube itself.
func (l *Ledger) Left() (wanted map[Question]bool, unknown int) {
	wanted = map[Question]bool{}
	for p, e := range l.entries {
		e.settle()
		if e.exact() != nil {
			continue
		}
		w := wants{cubes: on[cubes](e), program: p, seen: map[versioned]bool{}, wanted: wanted}
		for _, k := range w.keys(cubeKey.compare) {
			for v := range w.by[k].asked {
				if !k.rest {
					w.of(versioned{k.partition, v})
				}
			}
		}
		if t := on[counts](e).by[record.Whole]; t != nil {
			w.handed(t.back)
		}
		unknown += w.unknown
	}
	return wanted, unknown
}

// wants collects what is wanted of a network.
type wants struct {
	cubes
	program
	seen    map[versioned]bool
	wanted  map[Question]bool
	unknown int // cubes without a record
}

// of collects the cubes of a partition that are left for a version.
func (w *wants) of(v versioned) {
	if w.seen[v] {
		return
	}
	w.seen[v] = true
	for i := range v.partition.of {
		c := w.by[cubeKey{v.partition, i}]
		switch {
		case c == nil:
			w.unknown++
		case c.done(v.version), w.handed(c.handbacks(v.version)):
		case c.asked[v.version]:
			w.wanted[Question{w.milp, w.content, i, v.partition.of, v.digest, v.rest, v.version}] = true
		default:
			w.unknown++
		}
	}
}

// handed collects what is left of the best of some handbacks whose rests are
// all there. It returns false when there is none.
func (w *wants) handed(back []handback) bool {
	var best *handback
	for i, h := range back {
		if w.whole(versioned{h.left, h.version}) && (best == nil || best.found(w.cubes).Cmp(h.found(w.cubes)) < 0) {
			best = &back[i]
		}
	}
	if best != nil {
		w.of(versioned{best.left, best.version})
	}
	return best != nil
}

// whole reports whether there is a record by a version of each cube of a
// partition.
func (s cubes) whole(v versioned) bool {
	for i := range v.of {
		if c := s.by[cubeKey{v.partition, i}]; c == nil || !c.asked[v.version] {
			return false
		}
	}
	return true
}

// found is how many regions a handback and its rest have.
func (h handback) found(s cubes) *big.Int {
	n := new(big.Int).Set(h.regions)
	for i := range h.left.of {
		if c := s.by[cubeKey{h.left, i}]; c != nil && c.counts[h.version] != nil {
			n.Add(n, c.counts[h.version].best.regions)
		}
	}
	return n
}
