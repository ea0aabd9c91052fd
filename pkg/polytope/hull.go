package polytope

import (
	"slices"

	"relucount/pkg/dense"
)

// Corner is the corner of the box of which a point of a zonotope is the image: a
// bit for each coordinate, set where it is 1. Nil stands for the middle of the
// box.
type Corner []uint64

// NewHull is the hull of one point, the middle of a zonotope.
func NewHull(y []float64) *Simplex {
	s := &Simplex{
		d: len(y), n: 1, points: padded(nil, y), corners: []Corner{nil}, Rows: [][]float64{nil}, errs: []float64{0}, nums: []int{0}, fixed: []bool{true},
		head: []int{0}, tail: []int{^0}, upper: []bool{false}, val: []float64{1},
	}
	s.width = dense.Width(1)
	s.tab = make([]float64, s.width)
	s.tab[0] = -1
	s.fit()
	return s
}

// padded appends y and zeros, as many numbers as a row of a table has.
func padded(to, y []float64) []float64 {
	return append(append(to, y...), make([]float64, dense.Width(len(y))-len(y))...)
}

// point is the v-th point of the hull. Points are as far apart as rows of a table are.
func (s *Simplex) point(v int) []float64 { return s.points[v*dense.Width(s.d):][:s.d:s.d] }

// AddPoint adds a point to the hull, with weight 0; of may be nil when nobody asks
// for mixtures.
func (s *Simplex) AddPoint(y []float64, obj []float64, of Corner) {
	if s.n == s.width {
		s.widen()
	}
	n, w := s.n, s.width
	s.points, s.corners = padded(s.points, y), append(s.corners, of)
	// what the slacks gain directly, less what the nonbasic ones must be held
	// back by
	col := s.column(n)
	gain := func(v int) float64 {
		if row := s.Rows[^v]; row != nil {
			return eval(row, y)
		}
		return -1
	}
	for i, v := range s.head {
		if v < 0 {
			col[i] = gain(v)
		} else {
			col[i] = 0
		}
	}
	if len(s.raw) < w {
		s.raw = make([]float64, 2*w)
	}
	held := s.raw[:w]
	clear(held[n:])
	for j, v := range s.tail {
		held[j] = 0
		if v < 0 {
			held[j] = gain(v)
		}
	}
	s.steps = sized(s.steps, len(s.head))
	back := s.steps
	dense.Times(s.tab, w, held, back)
	for i, v := range col {
		s.tab[i*w+n] = v - back[i]
	}
	z := eval(obj, y) - dot(held[:n], s.Obj)
	s.tail = append(s.tail, n)
	s.upper = append(s.upper, false)
	s.n++
	s.Obj = append(s.Obj, z)
}

// number returns the number of a point, which it adds to the hull if it is not there.
func (s *Simplex) number(y []float64) int {
	for v := range s.n {
		if slices.Equal(s.point(v), y) {
			return v
		}
	}
	s.AddPoint(y, make([]float64, s.d+1), nil)
	return s.n - 1
}

// aimAt makes the weight of a point the objective.
func (s *Simplex) aimAt(v int) {
	clear(s.Obj)
	s.Value = 0
	if j := slices.Index(s.tail, v); j >= 0 {
		s.Obj[j] = 1
		return
	}
	i := slices.Index(s.head, v)
	copy(s.Obj, s.entries(i))
	s.Value = s.val[i]
}

// weight is that of a point at the present vertex.
func (s *Simplex) weight(v int) float64 {
	w, total := 0.0, 0.0
	for i, o := range s.head {
		if o >= 0 {
			x := max(s.val[i], 0)
			total += x
			if o == v {
				w = x
			}
		}
	}
	return w / total
}

// widen makes room for more columns in the rows of the dictionary.
func (s *Simplex) widen() {
	was, m := s.width, len(s.head)
	s.width = dense.Width(was + was/2 + 1)
	s.tab = slices.Grow(s.tab, m*s.width-len(s.tab))[:m*s.width]
	for i := m - 1; i >= 0; i-- {
		copy(s.tab[i*s.width:], s.tab[i*was:(i+1)*was])
		clear(s.tab[i*s.width+was : (i+1)*s.width])
	}
}

// Forget drops points that have no weight, the oldest first, so that at most
// keep are left if possible.
func (s *Simplex) Forget(keep int) {
	if s.points == nil || s.n <= keep {
		return
	}
	drop := s.n - keep
	basic := make([]bool, s.n)
	for _, v := range s.head {
		if v >= 0 {
			basic[v] = true
		}
	}
	at := make([]int, s.n) // new numbers
	n := 0
	for v := range s.n {
		if !basic[v] && drop > 0 {
			at[v] = -1
			drop--
			continue
		}
		copy(s.point(n), s.point(v))
		s.corners[n] = s.corners[v]
		at[v] = n
		n++
	}
	s.points, s.corners = s.points[:n*dense.Width(s.d)], s.corners[:n]
	cols := make([]int, 0, n)
	for j, v := range s.tail {
		if v < 0 || at[v] >= 0 {
			cols = append(cols, j)
		}
	}
	was := s.width
	s.width = dense.Width(n)
	for i := range s.head {
		row := s.tab[i*s.width : (i+1)*s.width]
		for k, j := range cols {
			row[k] = s.tab[i*was+j]
		}
		clear(row[n:])
	}
	s.tab = s.tab[:len(s.head)*s.width]
	for k, j := range cols {
		v := s.tail[j]
		if v >= 0 {
			v = at[v]
		}
		s.tail[k], s.upper[k] = v, s.upper[j]
	}
	s.tail, s.upper = s.tail[:n], s.upper[:n]
	for i, v := range s.head {
		if v >= 0 {
			s.head[i] = at[v]
		}
	}
	s.n = n
	s.fit()
}
