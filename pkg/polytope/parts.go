package polytope

import "math"

// Tolerances say how a value is believed. A function that rises to No or less is
// not positive, one that rises to Yes or more is; what lies between must be
// decided with more care than this package takes.
type Tolerances struct {
	Zero float64 // values this small are 0 but for rounding
	No   float64
	Yes  float64
}

// Verdict is what is known of one side of a hyperplane.
type Verdict uint8

const (
	Unsure Verdict = iota
	No
	Yes
)

// Verdict says whether a function that rises to v is positive.
func (l Tolerances) Verdict(v float64) Verdict {
	switch {
	case v <= l.No:
		return No
	case v >= l.Yes:
		return Yes
	}
	return Unsure
}

// sides says on which sides of 0 the range reaches.
func (l Tolerances) sides(lo, hi float64) (below, above, sure bool) {
	below, above = lo <= -l.Yes, hi >= l.Yes
	sure = (below || lo >= -l.No) && (above || hi <= l.No)
	return below, above, sure
}

// nearer notes a distance.
func nearer(closest *float64, v float64) {
	if *closest == 0 || v < *closest {
		*closest = v
	}
}

// Parts counts the parts into which the hyperplanes of the given columns of p,
// with their limits, cut the interior of p. It returns false when some value
// is between the limits, or when a hyperplane cuts p or a section of it so that
// one side has less than the given share of the width: what is cut off at a
// sharp edge of p is much thinner than the values of the function there.
//
// The number of parts of an arrangement is that without one of the
// hyperplanes, and that of the others' arrangement on the hyperplane
// (deletion and restriction: Zaslavsky, Facing up to arrangements, 1975), here
// within a convex body. When the restriction has 2^(n-1) parts, all n
// hyperplanes meet in one point of the interior and there are 2^n parts.
func (s *Splitter) Parts(p *Vertices, cols []int, limits []Tolerances, share float64) (int64, bool) {
	s.share = share
	for len(s.order) < len(cols) {
		s.order = append(s.order, len(s.order))
	}
	return s.parts(p, cols, s.order[:len(cols)], limits)
}

// parts does the work of Parts; column cols[i] of p is function ids[i]. It
// returns 0 when one of the functions is zero on all of p.
func (s *Splitter) parts(p *Vertices, cols, ids []int, limits []Tolerances) (int64, bool) {
	from := len(s.heap) // the columns that cut, then their ids
	for i, c := range cols {
		lo, hi := p.Range(c)
		l := &limits[ids[i]]
		if max(-lo, hi) <= l.No {
			s.heap = s.heap[:from]
			return 0, true // the hyperplane holds p: it has been cut along it
		}
		below, above, sure := l.sides(lo, hi)
		if !sure || below && above && min(-lo, hi) < s.share*(hi-lo) {
			s.heap = s.heap[:from]
			return 0, false
		}
		if below && above {
			nearer(&s.Closest, min(-lo, hi))
			s.heap = append(s.heap, c)
		}
	}
	n := len(s.heap) - from
	for i, j := 0, from; j < from+n; i++ {
		if cols[i] == s.heap[j] {
			s.heap = append(s.heap, ids[i])
			j++
		}
	}
	// a stack, of which deeper calls may move the top but not these
	cut, sub := s.heap[from:from+n:from+n], s.heap[from+n:from+2*n:from+2*n]
	defer func() { s.heap = s.heap[:from] }()
	switch {
	case n < 2:
		return int64(1 + n), true
	case p.Dim == 1:
		return points(p, cut, sub, limits, &s.Closest)
	}
	return restrict(n, func(k int) (int64, bool) {
		s.sort(p, cut[k], limits[sub[k]].Zero)
		q := s.section(p, cut[:k])
		defer s.Put(q)
		return s.parts(q, s.order[:k], sub[:k], limits)
	})
}

// restrict adds up the parts of n hyperplanes, each with those before it, when
// on says into how many parts they cut hyperplane k.
func restrict(n int, on func(k int) (int64, bool)) (int64, bool) {
	var total int64
	for k := n - 1; k >= 0; k-- {
		m, ok := on(k)
		if !ok {
			return 0, false
		}
		if k < 62 && m == 1<<k {
			return total + 2*m, true
		}
		total += m
	}
	return total + 1, true
}

// points counts the parts of a segment.
func points(p *Vertices, cut, ids []int, limits []Tolerances, closest *float64) (int64, bool) {
	if p.Len() != 2 {
		return 0, false
	}
	type zero struct {
		t, slope float64
		l        *Tolerances
	}
	a, b := p.At(0), p.At(1)
	var buf [32]zero
	zeros := buf[:0]
	for j, c := range cut {
		z := zero{a[c] / (a[c] - b[c]), math.Abs(b[c] - a[c]), &limits[ids[j]]}
		i := len(zeros)
		zeros = append(zeros, z)
		for ; i > 0 && zeros[i-1].t > z.t; i-- {
			zeros[i] = zeros[i-1]
		}
		zeros[i] = z
	}
	n := int64(2)
	for i := 1; i < len(zeros); i++ {
		u, v := zeros[i-1], zeros[i]
		// how far each function is from 0 where the other is 0
		du, dv := (v.t-u.t)*u.slope, (v.t-u.t)*v.slope
		switch {
		case du >= u.l.Yes && dv >= v.l.Yes:
			n++
			nearer(closest, min(du, dv))
		case du > u.l.No || dv > v.l.No:
			return 0, false
		}
	}
	return n, true
}
