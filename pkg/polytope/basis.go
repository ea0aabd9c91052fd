package polytope

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// basis is what a walk ended with: rows, by their images, and generators.
type basis struct {
	rows []*float64
	cols []int
}

// leave keeps the basis for the next question of that name.
func (s *longStep) leave(name int) {
	if len(s.bases) >= mostImages {
		clear(s.bases)
	}
	b := s.bases[name]
	b.rows, b.cols = b.rows[:0], append(b.cols[:0], s.cols...)
	for _, i := range s.rows {
		b.rows = append(b.rows, &s.a[i][0])
	}
	s.bases[name] = b
}

// resume takes as much of the basis that the last question of a name ended with as
// there is, and has multipliers that are not negative.
func (s *longStep) resume(name int) {
	old, ok := s.bases[name]
	if !ok || len(old.rows) == 0 {
		return
	}
	left := slices.Clone(old.cols)
	for i, a := range s.a {
		if len(left) == 0 || !slices.Contains(old.rows, &a[0]) {
			continue
		}
		// the edge of the row, over the generators that are left
		s.delta = slices.Grow(s.delta[:0], len(s.rows)+1)[:len(s.rows)]
		clear(s.delta)
		for b, c := range s.cols {
			floats.AddScaled(s.delta, -a[c], s.inv[b])
		}
		best, size := -1, 1e-6
		for at, q := range left {
			v := a[q]
			for r, t := range s.delta {
				v += t * s.a[s.rows[r]][q]
			}
			if math.Abs(v) > size {
				best, size = at, math.Abs(v)
			}
		}
		if best < 0 {
			continue
		}
		s.held[i] = true
		s.grow(i, left[best], 0)
		left = slices.Delete(left, best, best+1)
	}
	for {
		s.multiply(s.p)
		worst := -1
		for a, l := range s.l {
			if l < 0 && !s.free[s.rows[a]] && (worst < 0 || l < s.l[worst]) {
				worst = a
			}
		}
		if worst < 0 {
			break
		}
		p := 0
		for b := range s.cols {
			if math.Abs(s.inv[b][worst]) > math.Abs(s.inv[p][worst]) {
				p = b
			}
		}
		s.inBasis[s.cols[p]] = false
		s.shrink(worst, p)
	}
	s.residues()
}

// multiply finds the multipliers of an objective.
func (s *longStep) multiply(of []float64) {
	clear(s.l)
	for b, c := range s.cols {
		floats.AddScaled(s.l, -of[c], s.inv[b])
	}
}

// column writes inv times the entries of generator q.
func (s *longStep) column(q int) []float64 {
	k := len(s.rows)
	s.w = s.w[:0]
	for _, i := range s.rows {
		s.w = append(s.w, s.a[i][q])
	}
	s.v = s.v[:0]
	for b := range s.cols {
		s.v = append(s.v, floats.Dot(s.inv[b][:k], s.w))
	}
	return s.v
}

// grow takes row i, with its multiplier, and generator q into the basis.
func (s *longStep) grow(i, q int, l float64) {
	k := len(s.rows)
	v := s.column(q)
	w := slices.Grow(s.w[:0], k+1)[:k]
	clear(w)
	for b, c := range s.cols {
		floats.AddScaled(w, s.a[i][c], s.inv[b][:k])
	}
	pivot := s.a[i][q]
	for b, c := range s.cols {
		pivot -= s.a[i][c] * v[b]
	}
	for b := range s.cols {
		floats.AddScaled(s.inv[b][:k], v[b]/pivot, w)
		s.inv[b] = append(s.inv[b][:k], -v[b]/pivot)
	}
	if len(s.inv) < cap(s.inv) {
		s.inv = s.inv[:k+1]
	} else {
		s.inv = append(s.inv, nil)
	}
	s.inv[k] = append(s.inv[k][:0], w...)
	floats.Scale(-1/pivot, s.inv[k])
	s.inv[k] = append(s.inv[k], 1/pivot)
	s.rows, s.cols, s.l = append(s.rows, i), append(s.cols, q), append(s.l, l)
	s.inBasis[q], s.r[q] = true, 0
	s.w = w
}

// replaceCol puts generator q in the place of the p-th of the basis.
func (s *longStep) replaceCol(p, q int) {
	v := s.column(q)
	floats.Scale(1/v[p], s.inv[p])
	for b := range s.cols {
		if b != p {
			floats.AddScaled(s.inv[b], -v[b], s.inv[p])
		}
	}
	s.cols[p] = q
	s.inBasis[q], s.r[q] = true, 0
}

// replaceRow puts row i in the place of the a-th of the basis.
func (s *longStep) replaceRow(a, i int, l float64) {
	k := len(s.rows)
	w := slices.Grow(s.w[:0], k)[:k]
	clear(w)
	for b, c := range s.cols {
		floats.AddScaled(w, s.a[i][c], s.inv[b])
	}
	inv := 1 / w[a]
	for b := range s.cols {
		t := s.inv[b][a] * inv
		floats.AddScaled(s.inv[b], -t, w)
		s.inv[b][a] = t
	}
	s.held[s.rows[a]] = false
	s.rows[a], s.l[a] = i, l
	s.w = w
}

// shrink takes the a-th row and the p-th generator out of the basis.
func (s *longStep) shrink(a, p int) {
	k := len(s.rows) - 1
	for b := range s.cols {
		if b != p {
			floats.AddScaled(s.inv[b], -s.inv[b][a]/s.inv[p][a], s.inv[p])
			s.inv[b][a] = s.inv[b][k]
			s.inv[b] = s.inv[b][:k]
		}
	}
	s.held[s.rows[a]] = false
	s.rows[a], s.l[a] = s.rows[k], s.l[k]
	s.cols[p], s.inv[p], s.inv[k] = s.cols[k], s.inv[k], s.inv[p]
	s.rows, s.cols, s.l, s.inv = s.rows[:k], s.cols[:k], s.l[:k], s.inv[:k]
}
