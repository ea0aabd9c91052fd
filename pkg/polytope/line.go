package polytope

import (
	"math"
	"slices"
)

// mark is a function that is slope times (the first one, less at).
type mark struct {
	f, id     int
	at, slope float64
}

// line counts the parts where all functions are functions of the first: their
// hyperplanes are parallel, so a bound on one bounds those beyond it.
func (c *Implicit) line(b *Workspace, fns, ids []int, limits []Tolerances) (int64, bool) {
	d := c.out.d
	a := c.fns[fns[0]]
	size := dot(a[:d], a[:d])
	marks := make([]mark, len(fns))
	for i, f := range fns {
		g := c.fns[f]
		t := dot(a[:d], g[:d]) / size
		marks[i] = mark{f, ids[i], a[d] - g[d]/t, t}
	}
	above, ok := c.passed(b, marks, limits, fns[0], 1)
	if !ok {
		return 0, false
	}
	below, ok := c.passed(b, marks, limits, fns[0], -1)
	if !ok {
		return 0, false
	}
	var cut, sub []int
	for _, m := range marks {
		hi, lo := above[m.f], below[m.f]
		switch {
		case hi == 0 && lo == 0:
			return 0, true // the hyperplane holds the cell: it has been cut along it
		case hi > 0 && lo > 0 && min(lo, hi) < b.share*(lo+hi):
			return 0, false
		case hi > 0 && lo > 0:
			nearer(&b.Closest, min(lo, hi))
			cut, sub = append(cut, m.f), append(sub, m.id)
		}
	}
	if len(cut) < 2 {
		return int64(1 + len(cut)), true
	}
	return c.points(b, cut, sub, limits)
}

// passed tells of each function how far the cell reaches beyond its
// hyperplane in the direction in which sign times the first one grows; 0 where
// it does not.
func (c *Implicit) passed(b *Workspace, marks []mark, limits []Tolerances, first int, sign float64) (map[int]float64, bool) {
	d := c.out.d
	slices.SortFunc(marks, func(x, y mark) int {
		if sign*x.at < sign*y.at {
			return -1
		}
		return 1
	})
	top := math.Inf(1) // of sign times the first function, once it is known
	far := func() float64 {
		lo, hi := c.pts.Range(d + first)
		if sign < 0 {
			return -lo
		}
		return hi
	}
	seen := far()
	out := make(map[int]float64, len(marks))
	row := make([]float64, d+1)
	for _, m := range marks {
		l, slope, at := limits[m.id], math.Abs(m.slope), sign*m.at
		if v := slope * (seen - at); v >= l.Yes {
			out[m.f] = v
			continue
		}
		if slope*(top-at) <= l.No {
			continue
		}
		t := math.Copysign(1, sign*m.slope)
		for j, v := range c.fns[m.f] {
			row[j] = t * v
		}
		switch c.search(b, row, l) {
		case Unsure:
			return nil, false
		case No:
			top = min(top, at+l.No/slope)
		case Yes:
			seen = far()
			out[m.f] = max(slope*(seen-at), l.Yes)
		}
	}
	return out, true
}
