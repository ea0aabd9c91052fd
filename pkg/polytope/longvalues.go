package polytope

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"relucount/pkg/dense"
)

// What a longStep knows of the values of its rows at x, and what it makes of them.

// transpose writes the rows column by column, and their values. What it has of rows that
// were there last time, it keeps.
func (s *longStep) transpose(n int) {
	m := len(s.a)
	if m > s.wide || n+1 != s.tall {
		s.wide, s.tall = (m+m/2+7)/8*8, n+1
		s.across, s.from = make([]float64, s.wide*s.tall), make([]*float64, s.wide)
	}
	for i, a := range s.a {
		if s.from[i] == &a[0] {
			continue
		}
		s.from[i] = &a[0]
		for j, v := range a[:n+1] {
			s.across[j*s.wide+i] = v
		}
	}
	s.slack = slices.Grow(s.slack[:0], m)[:m]
	s.evaluate()
}

// evaluate makes rest anew.
func (s *longStep) evaluate() {
	n := len(s.x)
	s.turns = dense.Rows{} // of an earlier question
	s.rest = append(s.rest[:0], s.down(n)...)
	for j, v := range s.x {
		if !s.inBasis[j] {
			s.turns.Add(s.rest, v, s.down(j))
		}
	}
	s.turns.Flush(s.rest)
}

// down is what the rows have of a generator.
func (s *longStep) down(j int) []float64 { return s.across[j*s.wide:][:len(s.a)] }

// turn gives a generator that is not of the basis another sign.
func (s *longStep) turn(j int, x float64) {
	s.turns.Add(s.rest, x-s.x[j], s.down(j))
	s.x[j] = x
}

// take takes a generator into the basis.
func (s *longStep) take(q int) {
	s.turns.Add(s.rest, -s.x[q], s.down(q))
	s.inBasis[q], s.r[q] = true, 0
}

// release takes a generator out of the basis.
func (s *longStep) release(c int, x float64) {
	s.turns.Add(s.rest, x, s.down(c))
	s.inBasis[c], s.x[c] = false, x
}

// rooms notes the values of the rows and of the objective at a point that keeps the
// rows.
func (s *longStep) rooms(rows [][]float64, w, row []float64) {
	s.room = s.room[:0]
	for _, r := range rows {
		if r != nil {
			s.room = append(s.room, eval(r, w))
		}
	}
	s.room = append(s.room, eval(row, w))
}

// promising tells whether the objective is above 0 on the way from x, within its
// limits, to that point, where all rows are kept.
func (s *longStep) promising() bool {
	n, m := len(s.x), len(s.a)
	if len(s.room) == 0 {
		return false
	}
	s.turns.Flush(s.rest)
	copy(s.slack, s.rest)
	g := s.c[n] + floats.Dot(s.c[:n], s.x)
	for _, j := range s.cols {
		x := max(-1, min(1, s.x[j]))
		g += (x - s.x[j]) * s.c[j]
		s.sum.Add(s.slack, x, s.down(j))
	}
	s.sum.Flush(s.slack)
	if g <= hopeful {
		return false
	}
	t := 0.0
	for i, v := range s.slack {
		switch {
		case s.free[i]:
			return false
		case v < 0:
			t = max(t, -v/(s.room[i]-v))
		}
	}
	return g+t*(s.room[m]-g) > hopeful
}

// worst is a row that x does not keep, or of the basis a generator that is beyond
// its limits, whichever is more so, by the length of its edge; -1 for none.
func (s *longStep) worst() (row, col int) {
	s.turns.Flush(s.rest)
	s.w = s.w[:0]
	for _, i := range s.rows {
		s.w = append(s.w, -s.rest[i])
	}
	s.v = slices.Grow(s.v[:0], len(s.cols))[:len(s.cols)]
	s.inv.Mul(s.w, s.v)
	row, col = -1, -1
	best := 0.0
	copy(s.slack, s.rest)
	for b, c := range s.cols {
		x := s.v[b]
		s.x[c] = x
		s.sum.Add(s.slack, x, s.down(c))
		if over := math.Abs(x) - 1; over > edgeTol && over*over > best*s.norm[b] {
			best, col = over*over/s.norm[b], b
		}
	}
	s.sum.Flush(s.slack)
	for i, v := range s.slack {
		if v*v > best*s.edge[i] && (v < -edgeTol || v > edgeTol && s.free[i]) && !s.held[i] {
			best, row, col = v*v/s.edge[i], i, -1
		}
	}
	return row, col
}
