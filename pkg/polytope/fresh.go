package polytope

import "math"

// Fresh makes the dictionary anew from the rows when it has gone through many
// pivots. It reports whether the present vertex still satisfies the rows.
func (s *Simplex) Fresh() bool {
	if s.stale < maxStale {
		return true
	}
	n := s.n
	top := make([]bool, n)             // variables at their upper bound
	out := make([]bool, n)             // nonbasic variables
	slack := make([]bool, len(s.Rows)) // nonbasic slacks
	for j, v := range s.tail {
		if v < 0 {
			slack[^v] = true
		} else {
			out[v], top[v] = true, s.upper[j]
		}
	}
	// all slacks basic, then the nonbasic ones out, each for the variable with
	// the largest pivot
	for j := range n {
		s.tail[j], s.upper[j] = j, top[j]
	}
	s.head = s.head[:0]
	for i, r := range s.Rows {
		s.coef(r, s.entries(i))
		s.head = append(s.head, ^i)
	}
	clear(s.Obj)
	for i := range s.Rows {
		if !slack[i] {
			continue
		}
		enter, size := -1, 1e-9
		for j, t := range s.entries(i) {
			if v := s.tail[j]; v >= 0 && !out[v] && math.Abs(t) > size {
				enter, size = j, math.Abs(t)
			}
		}
		if enter < 0 {
			return false
		}
		s.pivot(i, enter, 0, true)
	}
	s.stale = 0
	return s.settle()
}

// settle computes the values of the basic variables from those of the nonbasic
// ones, starting from the present values.
func (s *Simplex) settle() bool {
	n := s.n
	x := make([]float64, n)
	low, high := s.low(), s.high()
	for j, v := range s.tail {
		if v >= 0 {
			x[v] = low
			if s.upper[j] {
				x[v] = high
			}
		}
	}
	raw := make([]float64, n)
	value := func(i int) float64 {
		e := s.coef(s.Rows[i], raw)
		for j, v := range x {
			e += raw[j] * v
		}
		return e
	}
	for range 2 { // the second time refines
		for j, v := range s.tail {
			if v >= 0 {
				continue
			}
			e := value(^v) // to be 0: move the slack by -e
			for i, b := range s.head {
				if b >= 0 {
					x[b] -= e * s.tab[i*s.width+j]
				}
			}
		}
	}
	ok := true
	for i, v := range s.head {
		if v >= 0 {
			s.val[i] = x[v]
			ok = ok && x[v] >= low-1e-9 && x[v] <= high+1e-9
		} else {
			s.val[i] = value(^v)
			ok = ok && s.val[i] >= -1e-9
		}
	}
	return ok
}
