package polytope

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"relucount/pkg/dense"
)

// What a longStep knows of the values of its rows at x, and what it makes of them.

// transpose writes the rows column by column, and their values.
func (s *longStep) transpose(n int) {
	m := len(s.a)
	s.across = slices.Grow(s.across[:0], m*(n+1))[:m*(n+1)]
	for i, a := range s.a {
		for j, v := range a[:n+1] {
			s.across[j*m+i] = v
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
func (s *longStep) down(j int) []float64 { m := len(s.a); return s.across[j*m : (j+1)*m] }

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
	g := s.c[n]
	for j, x := range s.x {
		x = max(-1, min(1, x))
		g += x * s.c[j]
		if s.inBasis[j] {
			s.sum.Add(s.slack, x, s.down(j))
		}
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
	k := len(s.rows)
	s.turns.Flush(s.rest)
	s.v = s.v[:0]
	for _, i := range s.rows {
		s.v = append(s.v, -s.rest[i])
	}
	row, col = -1, -1
	best := 0.0
	copy(s.slack, s.rest)
	for b, c := range s.cols {
		x := floats.Dot(s.inv[b][:k], s.v)
		s.x[c] = x
		s.sum.Add(s.slack, x, s.down(c))
		if over := math.Abs(x) - 1; over > edgeTol {
			w := floats.Dot(s.inv[b][:k], s.inv[b][:k])
			if over*over > best*w {
				best, col = over*over/w, b
			}
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
