package polytope

import (
	"math"
	"slices"

	"relucount/pkg/dense"
)

// Outcome of Primal.
type Outcome uint8

const (
	Best    Outcome = iota // no better vertex
	Reached                // the objective has reached the goal
	Lost                   // given up
)

// Primal maximises the objective until its value is goal or more.
func (s *Simplex) Primal(goal float64) Outcome {
	if s.Value >= goal {
		return Reached
	}
	low, high := s.low(), s.high()
	s.ends()
	for iter := 0; s.Value < goal; iter++ {
		if iter > 50+10*(s.n+len(s.Rows)) {
			return Lost
		}
		enter, best := dense.Most(s.Obj, s.dirs)
		if best <= costTol {
			return Best
		}
		if iter > 20+2*(s.n+len(s.Rows)) { // first improving: out of a cycle
			enter = 0
			for s.Obj[enter]*s.dirs[enter] <= costTol {
				enter++
			}
		}
		dir := s.dirs[enter]
		step, leave, size := math.Inf(1), -1, 0.0
		if s.tail[enter] >= 0 {
			step = high - low
		}
		col := s.column(enter)
		if t := dense.Steps(col, s.val, s.lows, s.highs, dir, pivotTol, s.steps); t < step-1e-12 {
			for i, o := range s.steps {
				if a := math.Abs(col[i]); o <= t+1e-12 && a > size {
					step, leave, size = o, i, a
				}
			}
		}
		if math.IsInf(step, 1) {
			return Lost
		}
		s.Value += step * dir * s.Obj[enter]
		move := step * dir
		for i, a := range col {
			s.val[i] += move * a
		}
		if leave < 0 {
			s.upper[enter] = !s.upper[enter]
			s.dirs[enter] = -dir
			continue
		}
		s.pivot(leave, enter, move, col[leave]*dir < 0)
		s.dirs[enter] = s.direction(enter)
		s.lows[leave], s.highs[leave] = s.between(s.head[leave])
	}
	return Reached
}

// sized is work space of n numbers, in place of x.
func sized(x []float64, n int) []float64 { return slices.Grow(x[:0], n)[:n] }

// ends notes which way nonbasic variables can go, and between what the basic ones are.
func (s *Simplex) ends() {
	m := len(s.head)
	s.dirs, s.lows, s.highs, s.steps = sized(s.dirs, s.n), sized(s.lows, m), sized(s.highs, m), sized(s.steps, m)
	for j := range s.dirs {
		s.dirs[j] = s.direction(j)
	}
	for i, v := range s.head {
		s.lows[i], s.highs[i] = s.between(v)
	}
}

// direction is 1 for a nonbasic variable that can grow, -1 for one that can shrink, and 0
// for one that stays as it is.
func (s *Simplex) direction(j int) float64 {
	switch {
	case s.isFixed(s.tail[j]):
		return 0
	case s.upper[j]:
		return -1
	}
	return 1
}

// between returns the bounds of a variable.
func (s *Simplex) between(v int) (low, high float64) {
	if v < 0 {
		return 0, math.Inf(1)
	}
	return s.low(), s.high()
}

// column returns a column of the dictionary; it is valid until the next call.
func (s *Simplex) column(j int) []float64 {
	s.col = sized(s.col, len(s.head))
	for i := range s.col {
		s.col[i] = s.tab[j]
		j += s.width
	}
	return s.col
}

func (s *Simplex) isFixed(v int) bool { return v < 0 && s.fixed[^v] || v+1 == s.held && v >= 0 }

// pivot exchanges a basic variable, whose value has become that of its lower
// or upper bound, and a nonbasic one, which has moved by step.
func (s *Simplex) pivot(leave, enter int, step float64, low bool) {
	row := s.entries(leave)
	inv := 1 / row[enter]
	in, out := s.tail[enter], s.head[leave]
	start := 0.0
	switch {
	case s.upper[enter]:
		start = s.high()
	case in >= 0:
		start = s.low()
	}
	for j := range row {
		row[j] *= -inv
	}
	row[enter] = inv
	s.col = sized(s.col, len(s.head))
	dense.Eliminate(s.tab, s.width, leave, enter, s.col)
	if c := s.Obj[enter]; c != 0 {
		s.Obj[enter] = 0
		addScaled(s.Obj, c, row)
	}
	s.head[leave], s.tail[enter] = in, out
	s.val[leave] = start + step
	s.upper[enter] = !low
	s.Pivots++
	s.stale++
}

// Fix moves the present vertex onto the hyperplane of the last row, which
// takes both signs on the polytope, and keeps it there.
func (s *Simplex) Fix() bool {
	last := ^(len(s.Rows) - 1)
	at := -1
	for i, v := range s.head {
		if v == last {
			at = i
		}
	}
	if at < 0 {
		return false
	}
	for j, t := range s.entries(at) {
		s.Obj[j] = -t
	}
	s.Value = -s.val[at]
	for {
		out := s.Primal(s.Value + 1e-13)
		for j, v := range s.tail {
			if v == last {
				s.fixed[^last] = true
				s.upper[j] = false
				return true
			}
		}
		if out != Reached {
			return s.force(last)
		}
	}
}

// force makes a basic slack whose value is 0 nonbasic.
func (s *Simplex) force(v int) bool {
	for i, b := range s.head {
		if b != v || math.Abs(s.val[i]) > 1e-9 {
			continue
		}
		enter, size := -1, 1e-7
		for j, t := range s.entries(i) {
			if math.Abs(t) > size && !s.isFixed(s.tail[j]) {
				enter, size = j, math.Abs(t)
			}
		}
		if enter < 0 {
			return false
		}
		s.pivot(i, enter, 0, true)
		s.fixed[^v] = true
		return true
	}
	return false
}
