package polytope

import "math"

// Simplex walks over the vertices of
//
//	{ y in [-1, 1]^d : rows[i] . (y, 1) >= 0, and = 0 for those that are fixed }
//
// in dictionary form: the basic variables, as many as rows, are affine
// functions of the d nonbasic ones, which are at one of their bounds. Variable
// j < d is the coordinate y_j, variable d+i the slack of row i. The present
// vertex satisfies all rows, so that programs with ever new objectives start
// where the last one ended (bounded-variable primal simplex: Dantzig, Linear
// Programming and Extensions, 1963, chapter 18).
//
// What it says is checked against the rows, not against the dictionary: see
// Bound and Slack.
type Simplex struct {
	d     int
	Rows  [][]float64 // d coefficients and a constant; not changed
	fixed []bool      // of each row, whether it is 0
	head  []int       // basic variables
	tail  []int       // nonbasic variables
	upper []bool      // of each nonbasic variable, whether it is at its upper bound
	tab   []float64   // derivative of each basic variable by each nonbasic one
	val   []float64   // values of the basic variables
	stale int         // pivots since the dictionary was made from the rows

	Obj    []float64 // derivative of the objective by each nonbasic variable
	Value  float64   // of the objective
	Pivots int64
	sum    []float64
}

const (
	pivotTol = 1e-9  // smaller entries are no pivots
	costTol  = 1e-12 // smaller reduced costs do not improve
	feasTol  = 1e-10
	maxStale = 60
)

// NewBox is the box without rows, at its lowest vertex.
func NewBox(d int) *Simplex {
	s := &Simplex{d: d, tail: make([]int, d), upper: make([]bool, d), Obj: make([]float64, d), sum: make([]float64, d+1)}
	for j := range s.tail {
		s.tail[j] = j
	}
	return s
}

// Copy makes s a copy of o.
func (s *Simplex) Copy(o *Simplex) {
	s.d = o.d
	s.Rows = append(s.Rows[:0], o.Rows...)
	s.fixed = append(s.fixed[:0], o.fixed...)
	s.head = append(s.head[:0], o.head...)
	s.tail = append(s.tail[:0], o.tail...)
	s.upper = append(s.upper[:0], o.upper...)
	s.tab = append(s.tab[:0], o.tab...)
	s.val = append(s.val[:0], o.val...)
	s.stale = o.stale
	if len(s.Obj) != s.d {
		s.Obj, s.sum = make([]float64, s.d), make([]float64, s.d+1)
	}
}

// Point writes the present vertex.
func (s *Simplex) Point(y []float64) {
	for j, v := range s.tail {
		if v < s.d {
			y[v] = -1
			if s.upper[j] {
				y[v] = 1
			}
		}
	}
	for i, v := range s.head {
		if v < s.d {
			y[v] = s.val[i]
		}
	}
}

// express writes the derivatives of row . (y, 1) by the nonbasic variables
// and returns its value at the present vertex.
func (s *Simplex) express(row, to []float64) float64 {
	clear(to)
	value := row[s.d]
	for j, v := range s.tail {
		if v < s.d {
			to[j] += row[v]
			if s.upper[j] {
				value += row[v]
			} else {
				value -= row[v]
			}
		}
	}
	for i, v := range s.head {
		if v < s.d && row[v] != 0 {
			c := row[v]
			value += c * s.val[i]
			for j, t := range s.tab[i*s.d : (i+1)*s.d] {
				to[j] += c * t
			}
		}
	}
	return value
}

// Add adds a row, which the present vertex satisfies unless a call of Dual
// follows.
func (s *Simplex) Add(row []float64) {
	n := len(s.tab)
	s.tab = append(s.tab, s.Obj...)
	s.head = append(s.head, s.d+len(s.Rows))
	s.val = append(s.val, s.express(row, s.tab[n:]))
	s.Rows = append(s.Rows, row)
	s.fixed = append(s.fixed, false)
}

// Aim sets the objective, row . (y, 1), which is to be maximised.
func (s *Simplex) Aim(row []float64) { s.Value = s.express(row, s.Obj) }

// bounds of a variable.
func (s *Simplex) bounds(v int) (lo, hi float64) {
	if v < s.d {
		return -1, 1
	}
	return 0, math.Inf(1)
}

// Outcome of Primal and Dual.
type Outcome uint8

const (
	Best    Outcome = iota // no better vertex
	Reached                // the objective has reached the goal
	Lost                   // given up
)

// Primal maximises the objective until its value is goal or more.
func (s *Simplex) Primal(goal float64) Outcome {
	d := s.d
	for iter := 0; s.Value < goal; iter++ {
		if iter > 50+10*(d+len(s.Rows)) {
			return Lost
		}
		enter, best := -1, costTol
		for j, z := range s.Obj {
			if s.upper[j] {
				z = -z
			}
			if z > best && !s.isFixed(s.tail[j]) {
				enter, best = j, z
				if iter > 20+2*(d+len(s.Rows)) { // first improving: out of a cycle
					break
				}
			}
		}
		if enter < 0 {
			return Best
		}
		dir := 1.0
		if s.upper[enter] {
			dir = -1
		}
		step, leave, size := math.Inf(1), -1, 0.0
		if s.tail[enter] < d {
			step = 2
		}
		for i, k := 0, enter; i < len(s.head); i, k = i+1, k+d {
			a := s.tab[k] * dir
			var room float64
			if a < -pivotTol {
				a = -a
				room = s.val[i]
				if s.head[i] < d {
					room++
				}
			} else if a > pivotTol && s.head[i] < d {
				room = 1 - s.val[i]
			} else {
				continue
			}
			t := max(room, 0) / a
			if t < step-1e-12 || (t < step+1e-12 && leave >= 0 && a > size) {
				step, leave, size = t, i, a
			}
		}
		if math.IsInf(step, 1) {
			return Lost
		}
		s.Value += step * dir * s.Obj[enter]
		for i, k := 0, enter; i < len(s.head); i, k = i+1, k+d {
			s.val[i] += step * dir * s.tab[k]
		}
		if leave < 0 {
			s.upper[enter] = !s.upper[enter]
			continue
		}
		low := s.tab[leave*d+enter]*dir < 0
		s.pivot(leave, enter, step*dir, low)
	}
	return Reached
}

func (s *Simplex) isFixed(v int) bool { return v >= s.d && s.fixed[v-s.d] }

// pivot exchanges a basic variable, whose value has become that of its lower
// or upper bound, and a nonbasic one, which has moved by step.
func (s *Simplex) pivot(leave, enter int, step float64, low bool) {
	d := s.d
	row := s.tab[leave*d : (leave+1)*d]
	inv := 1 / row[enter]
	in, out := s.tail[enter], s.head[leave]
	start, _ := s.bounds(in)
	if s.upper[enter] {
		_, start = s.bounds(in)
	}
	for j := range row {
		row[j] *= -inv
	}
	row[enter] = inv
	for i := range s.head {
		if i == leave {
			continue
		}
		r := s.tab[i*d : (i+1)*d]
		c := r[enter]
		if c == 0 {
			continue
		}
		r[enter] = 0
		for j, t := range row {
			r[j] += c * t
		}
	}
	if c := s.Obj[enter]; c != 0 {
		s.Obj[enter] = 0
		for j, t := range row {
			s.Obj[j] += c * t
		}
	}
	s.head[leave], s.tail[enter] = in, out
	s.val[leave] = start + step
	s.upper[enter] = !low
	s.Pivots++
	s.stale++
}

// Dual makes the present vertex, at which no nonbasic variable improves the
// objective, satisfy all rows again, after rows have been added.
func (s *Simplex) Dual() Outcome {
	d := s.d
	for iter := 0; ; iter++ {
		if iter > 50+10*(d+len(s.Rows)) {
			return Lost
		}
		leave, worst := -1, feasTol
		low := false
		for i, v := range s.head {
			if x := s.val[i]; v < d {
				if -1-x > worst {
					leave, worst, low = i, -1-x, true
				} else if x-1 > worst {
					leave, worst, low = i, x-1, false
				}
			} else if -x > worst {
				leave, worst, low = i, -x, true
			}
		}
		if leave < 0 {
			return Best
		}
		sign := 1.0
		if !low {
			sign = -1
		}
		enter, ratio, size := -1, math.Inf(1), 0.0
		for j, t := range s.tab[leave*d : (leave+1)*d] {
			a := t * sign
			z := s.Obj[j]
			if s.upper[j] {
				a, z = -a, -z
			}
			if a <= pivotTol || s.isFixed(s.tail[j]) {
				continue
			}
			r := max(-z, 0) / a
			if r < ratio-1e-12 || (r < ratio+1e-12 && a > size) {
				enter, ratio, size = j, r, a
			}
		}
		if enter < 0 {
			return Lost
		}
		step := sign * worst / s.tab[leave*d+enter]
		s.Value += step * s.Obj[enter]
		for i, k := 0, enter; i < len(s.head); i, k = i+1, k+d {
			s.val[i] += step * s.tab[k]
		}
		s.pivot(leave, enter, step, low)
	}
}

// Fix moves the present vertex onto the hyperplane of the last row, which
// takes both signs on the polytope, and keeps it there.
func (s *Simplex) Fix() bool {
	last := s.d + len(s.Rows) - 1
	at := -1
	for i, v := range s.head {
		if v == last {
			at = i
		}
	}
	if at >= 0 {
		copy(s.Obj, s.tab[at*s.d:(at+1)*s.d])
		for j := range s.Obj {
			s.Obj[j] = -s.Obj[j]
		}
		s.Value = -s.val[at]
		for {
			out := s.Primal(s.Value + 1e-13)
			for j, v := range s.tail {
				if v == last {
					s.fixed[last-s.d] = true
					s.upper[j] = false
					return true
				}
			}
			if out != Reached {
				return s.force(last)
			}
		}
	}
	return false
}

// force makes a basic slack whose value is 0 nonbasic.
func (s *Simplex) force(v int) bool {
	for i, b := range s.head {
		if b != v || math.Abs(s.val[i]) > 1e-9 {
			continue
		}
		enter, size := -1, 1e-7
		for j, t := range s.tab[i*s.d : (i+1)*s.d] {
			if math.Abs(t) > size && !s.isFixed(s.tail[j]) {
				enter, size = j, math.Abs(t)
			}
		}
		if enter < 0 {
			return false
		}
		s.pivot(i, enter, 0, true)
		s.upper[enter] = false
		s.fixed[v-s.d] = true
		return true
	}
	return false
}

// Multipliers adds to row the rows of the present dictionary, times the
// multipliers that prove how large the objective can become: what it returns
// is nowhere less than row on the polytope, and at the best vertex its maximum
// over the box is that of row over the polytope. Rows in skip are left out. The
// result is valid until the next call.
func (s *Simplex) Multipliers(row []float64, skip []bool) []float64 {
	copy(s.sum, row)
	for j, v := range s.tail {
		if v < s.d {
			continue
		}
		l := -s.Obj[j]
		if l == 0 || (l < 0 && !s.fixed[v-s.d]) || (skip != nil && skip[v-s.d]) {
			continue
		}
		for i, c := range s.Rows[v-s.d] {
			s.sum[i] += l * c
		}
	}
	return s.sum
}

// BoxMax is the maximum of row . (y, 1) over the box.
func BoxMax(row []float64) float64 {
	d := len(row) - 1
	m := row[d]
	for _, c := range row[:d] {
		m += math.Abs(c)
	}
	return m
}

// Slack is how far the point y violates the rows, at most.
func (s *Simplex) Slack(y []float64) (worst float64) {
	for i, r := range s.Rows {
		v := r[s.d]
		for j, x := range y {
			v += r[j] * x
		}
		if s.fixed[i] {
			v = -math.Abs(v)
		}
		worst = max(worst, -v)
	}
	return worst
}

// Fresh makes the dictionary anew from the rows when it has gone through many
// pivots. It reports whether the present vertex still satisfies the rows.
func (s *Simplex) Fresh() bool {
	if s.stale < maxStale {
		return true
	}
	d := s.d
	at := make([]bool, d+len(s.Rows)) // nonbasic variables at their upper bound
	non := make([]bool, d+len(s.Rows))
	for j, v := range s.tail {
		non[v], at[v] = true, s.upper[j]
	}
	var y = make([]float64, d)
	s.Point(y)
	// all slacks basic, then the nonbasic slacks out, each for the coordinate
	// with the largest pivot
	s.tab = s.tab[:0]
	s.head = s.head[:0]
	for j := range d {
		s.tail[j], s.upper[j] = j, at[j]
	}
	for i, r := range s.Rows {
		s.tab = append(s.tab, r[:d]...)
		s.head = append(s.head, d+i)
	}
	clear(s.Obj)
	for i := range s.Rows {
		if !non[d+i] {
			continue
		}
		enter, size := -1, 1e-9
		for j, t := range s.tab[i*d : (i+1)*d] {
			if v := s.tail[j]; v < d && !non[v] && math.Abs(t) > size {
				enter, size = j, math.Abs(t)
			}
		}
		if enter < 0 {
			return false
		}
		s.pivot(i, enter, 0, true)
		s.upper[enter] = false
	}
	s.stale = 0
	return s.settle()
}

// settle computes the values of the basic variables from the nonbasic ones.
func (s *Simplex) settle() bool {
	d := s.d
	// coordinates: solve  rows of the nonbasic slacks = 0  by the dictionary:
	// with all nonbasic variables moved from 0 to their values, each basic
	// variable is its value at the origin of the dictionary plus tab . values.
	// The origin is found by one step of refinement from any point.
	y := make([]float64, d)
	s.Point(y)
	for range 2 {
		for j, v := range s.tail {
			if v < d {
				continue
			}
			r := s.Rows[v-d]
			e := r[d]
			for i, x := range y {
				e += r[i] * x
			}
			for i, b := range s.head { // move the slack by -e
				if b < d {
					y[b] -= e * s.tab[i*d+j]
				}
			}
		}
	}
	ok := true
	for i, v := range s.head {
		if v < d {
			s.val[i] = y[v]
			ok = ok && math.Abs(y[v]) <= 1+1e-9
			continue
		}
		r := s.Rows[v-d]
		e := r[d]
		for j, x := range y {
			e += r[j] * x
		}
		s.val[i] = e
		ok = ok && e >= -1e-9
	}
	return ok
}
