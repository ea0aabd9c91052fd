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
			s.sum.Add(s.delta, -a[c], s.inv[b])
		}
		s.sum.Flush(s.delta)
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
	s.keep()
	for i := range s.edge {
		s.edge[i] = s.length(i)
	}
}

// keep takes rows whose multipliers are negative out of the basis, and makes the
// residuals anew.
func (s *longStep) keep() {
	dropped := false
	for {
		s.multiply(s.p)
		worst := -1
		for a, l := range s.l {
			if l < -edgeTol && !s.free[s.rows[a]] && (worst < 0 || l < s.l[worst]) {
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
		s.release(s.cols[p], 1) // residues knows better
		s.shrink(worst, p)
		dropped = true
	}
	for a, i := range s.rows {
		if !s.free[i] {
			s.l[a] = max(s.l[a], 0)
		}
	}
	s.residues()
	if dropped {
		for i := range s.edge {
			s.edge[i] = s.length(i)
		}
	}
}

// length is the square of the length of the edge on which a row gets a multiplier.
func (s *longStep) length(i int) float64 {
	k := len(s.rows)
	s.delta = slices.Grow(s.delta[:0], k+1)[:k]
	clear(s.delta)
	for b, c := range s.cols {
		s.sum.Add(s.delta, -s.a[i][c], s.inv[b])
	}
	s.sum.Flush(s.delta)
	return 1 + floats.Dot(s.delta, s.delta)
}

// follow keeps the lengths of edges what they are after a step (Forrest and Goldfarb,
// "Steepest-edge simplex algorithms for linear programming", 1992, for the dual). Row i
// gets a multiplier, or the p-th generator of the basis leaves it; and generator q
// enters, or the multiplier of the out-th row of the basis becomes 0.
//
// With the values of rows as variables, s = a x + const, those of rows without a
// multiplier are basic, as are the generators of the basis. U is what the row of the
// inverse that belongs to the one that leaves has of the rows of the basis, tau the
// inverse times that, and alpha the inverse times the column that enters.
func (s *longStep) follow(i, p, q, out int, sign float64) {
	k, m := len(s.rows), len(s.a)
	s.u, s.tau, s.alpha = s.u[:0], s.tau[:0], s.alpha[:0]
	for a := range k {
		if i >= 0 {
			s.u = append(s.u, sign*s.delta[a])
		} else {
			s.u = append(s.u, -s.inv[p][a])
		}
	}
	w := floats.Dot(s.u, s.u)
	if q >= 0 {
		s.alpha = append(s.alpha, s.column(q)...)
	} else {
		for b := range k {
			s.alpha = append(s.alpha, -s.inv[b][out])
		}
	}
	s.change, s.turned = slices.Grow(s.change[:0], m)[:m], slices.Grow(s.turned[:0], m)[:m]
	clear(s.change)
	clear(s.turned)
	for b, c := range s.cols {
		s.tau = append(s.tau, -floats.Dot(s.inv[b][:k], s.u))
		s.sum.Add(s.change, s.alpha[b], s.down(c))
	}
	if q >= 0 {
		s.sum.Add(s.change, -1, s.down(q))
	}
	s.sum.Flush(s.change)
	for b, c := range s.cols {
		s.sum.Add(s.turned, s.tau[b], s.down(c))
	}
	s.sum.Flush(s.turned)
	var pivot float64
	if i >= 0 {
		w++
		s.turned[i]++
		pivot = s.change[i]
	} else {
		pivot = s.alpha[p]
	}
	for j, e := range s.edge {
		t := s.change[j] / pivot
		s.edge[j] = max(1, e-2*t*s.turned[j]+t*t*w)
	}
	if q < 0 {
		s.edge[s.rows[out]] = max(1, w/(pivot*pivot))
	}
}

// multiply finds the multipliers of an objective.
func (s *longStep) multiply(of []float64) {
	clear(s.l)
	for b, c := range s.cols {
		s.sum.Add(s.l, -of[c], s.inv[b])
	}
	s.sum.Flush(s.l)
}

// column writes inv times the entries of generator q.
func (s *longStep) column(q int) []float64 {
	k := len(s.rows)
	s.w = s.w[:0]
	col := s.down(q)
	for _, i := range s.rows {
		s.w = append(s.w, col[i])
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
		s.sum.Add(w, s.a[i][c], s.inv[b])
	}
	s.sum.Flush(w)
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
	s.take(q)
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
	s.take(q)
}

// replaceRow puts row i in the place of the a-th of the basis.
func (s *longStep) replaceRow(a, i int, l float64) {
	k := len(s.rows)
	w := slices.Grow(s.w[:0], k)[:k]
	clear(w)
	for b, c := range s.cols {
		s.sum.Add(w, s.a[i][c], s.inv[b])
	}
	s.sum.Flush(w)
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
