package polytope

import "math"

// Verdict is what is known of one side of a hyperplane.
type Verdict uint8

const (
	Unsure Verdict = iota
	No
	Yes
)

// VerdictOf is what is known when something is certain.
func VerdictOf(yes bool) Verdict {
	if yes {
		return Yes
	}
	return No
}

// Parts counts the parts into which the hyperplanes of the given columns of p,
// the functions numbered by fns, cut the interior of p.
//
// The number of parts of an arrangement is that without one of the
// hyperplanes, and that of the others' arrangement on the hyperplane
// (deletion and restriction: Zaslavsky, Facing up to arrangements, 1975), here
// within a convex body. When the restriction has 2^(n-1) parts, all n
// hyperplanes meet in one point of the interior and there are 2^n parts.
func (s *Splitter) Parts(p *Vertices, cols, fns []int) int64 {
	s.fns, s.parting, s.cuts = fns, p, s.cuts[:0]
	for len(s.order) < len(cols) {
		s.order = append(s.order, len(s.order))
	}
	n := s.parts(p, cols, s.order[:len(cols)])
	s.parting = nil
	return n
}

// parts does the work of Parts; column cols[i] of p is function ids[i]. It
// returns 0 when one of the functions is zero on all of p.
func (s *Splitter) parts(p *Vertices, cols, ids []int) int64 {
	if p.Dim == 2 {
		if n, ok := s.polygon(p, cols, ids); ok {
			return n
		}
	}
	from := len(s.heap) // the columns that cut, then their ids
	for i, c := range cols {
		lo, hi := p.Range(c)
		below, above := s.Sides(p, p.Val[c:], p.Cols, s.fns[ids[i]], s.fns, lo, hi)
		if !below && !above {
			s.heap = s.heap[:from]
			return 0 // the hyperplane holds p: it has been cut along it
		}
		if below && above {
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
		return int64(1 + n)
	case p.Dim == 1:
		return s.points(p, cut, sub)
	}
	total, _ := restrict(n, func(k int) (int64, bool) {
		fn := s.fns[sub[k]]
		s.sort(p, cut[k], fn, s.fns)
		s.cuts = append(s.cuts, fn)
		q := s.section(p, cut[:k], s.named(sub[:k]))
		m := s.parts(q, s.order[:k], sub[:k])
		s.cuts = s.cuts[:len(s.cuts)-1]
		s.Put(q)
		return m, true
	})
	return total
}

// named returns the numbers of functions.
func (s *Splitter) named(ids []int) []int {
	s.names = s.names[:0]
	for _, i := range ids {
		s.names = append(s.names, s.fns[i])
	}
	return s.names
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

// zero is where a function is 0 on a segment.
type zero struct {
	t, err float64
	width  float64 // of the function's range on the segment
	id     int
}

// points counts the parts of a segment.
func (s *Splitter) points(p *Vertices, cut, ids []int) int64 {
	a, b := p.At(0), p.At(1)
	worst := p.Worst()
	var buf [32]zero
	zeros := buf[:0]
	for j, c := range cut {
		zeros = within(zeros, a[c], b[c], worst, ids[j])
	}
	return 1 + s.distinct(p, p.On[0]&p.On[1], zeros)
}

// within adds where a function is 0 that has values a and b, of different signs and off
// by up to worst, at the ends of a segment. The zeros are in order.
func within(zeros []zero, a, b, worst float64, id int) []zero {
	width := math.Abs(b - a)
	z := zero{a / (a - b), worst/(width-2*worst) + 8*ulp, width + 2*worst, id}
	if !(width > 4*worst) {
		z.t, z.err = 0.5, 1
	}
	i := len(zeros)
	zeros = append(zeros, z)
	for ; i > 0 && zeros[i-1].t > z.t; i-- {
		zeros[i] = zeros[i-1]
	}
	zeros[i] = z
	return zeros
}

// distinct is the number of different points in which functions are 0 on a segment that
// is on the given facets of p.
func (s *Splitter) distinct(p *Vertices, on uint64, zeros []zero) int64 {
	n, most := int64(0), 0.0
	for i := range zeros {
		z := &zeros[i]
		most = max(most, z.err)
		alone := true
		for j := i - 1; j >= 0 && alone && z.t-zeros[j].t <= z.err+most; j-- {
			alone = !s.coincide(p, on, z, &zeros[j])
		}
		if alone {
			n++
		}
	}
	return n
}

// coincide reports whether two functions are 0 at the same point of a segment.
func (s *Splitter) coincide(p *Vertices, on uint64, y, z *zero) bool {
	far := math.Abs(y.t-z.t) - y.err - z.err
	if far > 0 {
		return false
	}
	if (far+2*(y.err+z.err))*z.width < s.apart(p, s.fns) { // a value of z where y is 0
		s.Zeros++
		return true
	}
	s.cuts = append(s.cuts, s.fns[y.id])
	sign, _ := s.Oracle.Sign(s.at(p, on), s.fns[z.id])
	s.cuts = s.cuts[:len(s.cuts)-1]
	return sign == 0
}
