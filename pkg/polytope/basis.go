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
	rows := s.rows[:0]
	for i, a := range s.a {
		if slices.Contains(old.rows, &a[0]) {
			rows = append(rows, i)
		}
	}
	s.invert(rows, old.cols, independent)
	s.l = slices.Grow(s.l[:0], len(s.rows))[:len(s.rows)]
	for _, i := range s.rows {
		s.held[i] = true
	}
	for _, c := range s.cols {
		s.take(c)
	}
	s.keep()
	s.lengths()
}

// invert makes those of the rows and generators the basis that are independent, but for
// least. It reports whether these are all rows.
func (s *longStep) invert(rows, cols []int, least float64) bool {
	k := max(len(rows), len(cols))
	s.part.Clear(k)
	for a, i := range rows {
		to := s.part.Row(a)
		for b, c := range cols {
			to[b] = s.a[i][c]
		}
	}
	var from, to []int // the basis's places in part
	for a, b := range s.part.Exchange(least) {
		if b >= 0 {
			from, to = append(from, a), append(to, b)
		}
	}
	was, were := slices.Clone(rows), slices.Clone(cols)
	s.rows, s.cols, s.norm = s.rows[:0], s.cols[:0], s.norm[:0]
	s.inv.Clear(len(from))
	for b := range from {
		s.rows, s.cols = append(s.rows, was[from[b]]), append(s.cols, were[to[b]])
		all, row := s.part.Row(from[b]), s.inv.Row(b)
		for a, c := range to {
			row[a] = all[c]
		}
		s.norm = append(s.norm, floats.Dot(row, row))
	}
	return len(from) == len(was)
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
			if math.Abs(s.inv.Row(b)[worst]) > math.Abs(s.inv.Row(p)[worst]) {
				p = b
			}
		}
		s.release(s.cols[p], 1) // residues knows better
		s.shrink(worst, p)
		dropped = true
	}
	s.nonNegative()
	s.residues()
	if dropped {
		s.lengths()
	}
}

// lengths makes the lengths of edges anew.
func (s *longStep) lengths() {
	for i := range s.edge {
		s.edge[i] = s.length(i)
	}
}

// length is the square of the length of the edge on which a row gets a multiplier.
func (s *longStep) length(i int) float64 {
	k := len(s.rows)
	s.delta = slices.Grow(s.delta[:0], k+1)[:k]
	s.along(s.a[i], s.delta)
	return 1 + floats.Dot(s.delta, s.delta)
}

// along writes how multipliers change along the edge of a row.
func (s *longStep) along(row, to []float64) {
	s.w = s.w[:0]
	for _, c := range s.cols {
		s.w = append(s.w, -row[c])
	}
	s.inv.Combine(s.w, to)
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
			s.u = append(s.u, -s.inv.Row(p)[a])
		}
	}
	w := floats.Dot(s.u, s.u)
	s.alpha, s.tau = slices.Grow(s.alpha, k)[:k], slices.Grow(s.tau, k)[:k]
	if q >= 0 {
		s.column(q, s.alpha)
	} else {
		for b := range k {
			s.alpha[b] = -s.inv.Row(b)[out]
		}
	}
	s.change, s.turned = slices.Grow(s.change[:0], m)[:m], slices.Grow(s.turned[:0], m)[:m]
	clear(s.change)
	clear(s.turned)
	s.inv.Mul(s.u, s.tau)
	floats.Scale(-1, s.tau)
	for b, c := range s.cols {
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
	for b, e := range s.norm {
		t := s.alpha[b] / pivot
		n := e - 2*t*s.tau[b] + t*t*w
		if n < rough*e { // little of it is left
			n = -1
		}
		s.norm[b] = n
	}
	switch {
	case q < 0:
		s.edge[s.rows[out]] = max(1, w/(pivot*pivot))
	case p >= 0:
		s.norm[p] = w / (pivot * pivot)
	default:
		s.norm = append(s.norm, w/(pivot*pivot))
	}
}

// mend makes norms anew that were not to be relied on.
func (s *longStep) mend() {
	for b, n := range s.norm {
		if n < 0 {
			row := s.inv.Row(b)
			s.norm[b] = floats.Dot(row, row)
		}
	}
}

// multiply finds the multipliers of an objective.
func (s *longStep) multiply(of []float64) { s.along(of, s.l) }

// column writes inv times the entries of generator q.
func (s *longStep) column(q int, to []float64) {
	s.w = s.w[:0]
	col := s.down(q)
	for _, i := range s.rows {
		s.w = append(s.w, col[i])
	}
	s.inv.Mul(s.w, to)
}

// grow takes row i, with its multiplier, and generator q into the basis. V is the column of
// q, and w what the row is by the rows of the basis.
func (s *longStep) grow(i, q int, l float64, v, w []float64) {
	k := len(s.rows)
	pivot := s.a[i][q]
	for b, c := range s.cols {
		pivot -= s.a[i][c] * v[b]
	}
	floats.Scale(1/pivot, v)
	s.inv.Add(v, w)
	s.inv.Grow()
	for b, x := range v {
		s.inv.Row(b)[k] = -x
	}
	last := s.inv.Row(k)
	floats.ScaleTo(last[:k], -1/pivot, w)
	last[k] = 1 / pivot
	s.rows, s.cols, s.l = append(s.rows, i), append(s.cols, q), append(s.l, l)
	s.take(q)
	s.mend()
}

// replaceCol puts generator q, of which v is the column, in the place of the p-th of the
// basis.
func (s *longStep) replaceCol(p, q int, v []float64) {
	row := s.inv.Row(p)
	floats.Scale(1/v[p], row)
	v[p] = 0
	floats.Scale(-1, v)
	s.inv.Add(v, row)
	s.cols[p] = q
	s.take(q)
	s.mend()
}

// replaceRow puts row i, which is w by the rows of the basis, in the place of the a-th of
// the basis.
func (s *longStep) replaceRow(a, i int, l float64, w []float64) {
	inv := 1 / w[a]
	s.u = s.u[:0]
	for b := range s.cols {
		s.u = append(s.u, -s.inv.Row(b)[a]*inv)
	}
	s.inv.Add(s.u, w)
	for b, t := range s.u {
		s.inv.Row(b)[a] = -t
	}
	s.held[s.rows[a]] = false
	s.rows[a], s.l[a] = i, l
	s.mend()
}

// shrink takes the a-th row and the p-th generator out of the basis.
func (s *longStep) shrink(a, p int) {
	k := len(s.rows) - 1
	row := s.inv.Row(p)
	inv := 1 / row[a]
	s.u = s.u[:0]
	for b := range s.cols {
		s.u = append(s.u, -s.inv.Row(b)[a]*inv)
	}
	s.u[p] = 0
	s.inv.Add(s.u, row)
	s.inv.Shrink(p, a)
	s.held[s.rows[a]] = false
	s.rows[a], s.l[a] = s.rows[k], s.l[k]
	s.cols[p], s.norm[p] = s.cols[k], s.norm[k]
	s.rows, s.cols, s.l, s.norm = s.rows[:k], s.cols[:k], s.l[:k], s.norm[:k]
	s.mend()
}
