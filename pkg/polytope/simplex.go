package polytope

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"relucount/pkg/dense"
)

// Simplex walks over the vertices of a polytope of points y in R^d:
//
//	{ y in D : rows[i] . (y, 1) >= 0, and = 0 for those that are fixed }
//
// where D is the box [-1, 1]^d, of which the coordinates of y are the
// variables, or the hull of a number of points, of which the weights are the
// variables. It is in dictionary form: the basic variables, one for each row,
// are affine functions of the nonbasic ones, which are at one of their bounds.
// The present vertex satisfies all rows, so that programs with ever new
// objectives start where the last one ended (bounded-variable primal simplex:
// Dantzig, Linear Programming and Extensions, 1963, chapter 18; with points
// that are made when they are needed it is the decomposition of Dantzig and
// Wolfe, 1960).
//
// What it says is to be checked against the rows, not against the dictionary:
// see Multipliers and Slack.
type Simplex struct {
	d       int
	n       int         // variables: d coordinates or the weights of n points
	points  []float64   // n points, with zeros between them: see point; nil for the box
	corners []Corner    // of these
	Rows    [][]float64 // d coefficients and a constant; nil: the weights add up to 1
	errs    []float64   // of each row, a bound of its error
	nums    []int       // of each row, the number of its plane
	fixed   []bool      // of each row, whether it is 0
	head    []int       // basic variables: v, or ^i for the slack of row i
	tail    []int       // nonbasic variables
	upper   []bool      // of each nonbasic variable, whether it is at its upper bound
	tab     []float64   // derivatives of each basic variable by the nonbasic ones: see entries
	width   int         // of a row of tab, which has n numbers and zeros
	val     []float64   // values of the basic variables
	stale   int         // pivots since the dictionary was made from the rows
	held    int         // 1 more than a variable that stays as it is; 0: none does

	Obj    []float64 // derivative of the objective by each nonbasic variable
	Value  float64   // of the objective
	Pivots int64
	raw    []float64
	sum    []float64
	col    []float64
	row    []float64 // with zeros behind it
	dirs   []float64 // of each nonbasic variable: see direction
	lows   []float64 // of each basic variable
	highs  []float64
	steps  []float64 // that it allows
}

const (
	pivotTol = 1e-9  // smaller entries are no pivots
	costTol  = 1e-12 // smaller reduced costs do not improve
	feasTol  = 1e-10
	maxStale = 400
)

// NewBox is the box without rows, at its lowest vertex.
func NewBox(d int) *Simplex {
	s := &Simplex{d: d, n: d, width: dense.Width(d), tail: make([]int, d), upper: make([]bool, d)}
	for j := range s.tail {
		s.tail[j] = j
	}
	s.fit()
	return s
}

// entries are those of a row of the dictionary.
func (s *Simplex) entries(i int) []float64 { return s.tab[i*s.width : i*s.width+s.n] }

func (s *Simplex) fit() {
	for len(s.Obj) < s.n {
		s.Obj = append(s.Obj, 0)
	}
	s.Obj = s.Obj[:s.n]
	if len(s.sum) != s.d+1 {
		s.sum = make([]float64, s.d+1)
	}
}

// Copy makes s a copy of o.
func (s *Simplex) Copy(o *Simplex) {
	s.d, s.n, s.width = o.d, o.n, o.width
	s.points, s.corners = append(s.points[:0], o.points...), append(s.corners[:0], o.corners...)
	if o.points == nil {
		s.points = nil
	}
	s.Rows = append(s.Rows[:0], o.Rows...)
	s.errs = append(s.errs[:0], o.errs...)
	s.nums = append(s.nums[:0], o.nums...)
	s.fixed = append(s.fixed[:0], o.fixed...)
	s.head = append(s.head[:0], o.head...)
	s.tail = append(s.tail[:0], o.tail...)
	s.upper = append(s.upper[:0], o.upper...)
	s.tab = append(s.tab[:0], o.tab...)
	s.val = append(s.val[:0], o.val...)
	s.stale = o.stale
	s.fit()
}

// low is the lower bound of the variables, high the upper one.
func (s *Simplex) low() float64 {
	if s.points == nil {
		return -1
	}
	return 0
}

func (s *Simplex) high() float64 {
	if s.points == nil {
		return 1
	}
	return math.Inf(1)
}

// Point writes the present vertex.
func (s *Simplex) Point(y []float64) {
	if s.points == nil {
		for j, v := range s.tail {
			if v >= 0 {
				y[v] = -1
				if s.upper[j] {
					y[v] = 1
				}
			}
		}
		for i, v := range s.head {
			if v >= 0 {
				y[v] = s.val[i]
			}
		}
		return
	}
	clear(y)
	total := 0.0
	for i, v := range s.head {
		if v >= 0 {
			w := max(s.val[i], 0)
			total += w
			for j, x := range s.point(v) {
				y[j] += w * x
			}
		}
	}
	for j := range y {
		y[j] /= total
	}
}

// coef writes the coefficients of a row by the variables and returns its
// constant.
func (s *Simplex) coef(row, to []float64) float64 {
	switch {
	case row == nil:
		for j := range to {
			to[j] = -1
		}
		return 1
	case s.points == nil:
		copy(to, row[:s.d])
		return row[s.d]
	}
	w := dense.Width(s.d)
	if len(s.row) != w {
		s.row = make([]float64, w)
	}
	copy(s.row, row[:s.d])
	dense.Times(s.points, w, s.row, to)
	for j := range to {
		to[j] += row[s.d]
	}
	return 0
}

// express writes the derivatives of row . (y, 1) by the nonbasic variables
// and returns its value at the present vertex.
func (s *Simplex) express(row, to []float64) float64 {
	if len(s.raw) < s.n {
		s.raw = make([]float64, 2*s.n)
	}
	raw := s.raw[:s.n]
	value := s.coef(row, raw)
	clear(to)
	low, high := s.low(), s.high()
	for j, v := range s.tail {
		if v >= 0 {
			to[j] = raw[v]
			if s.upper[j] {
				value += raw[v] * high
			} else {
				value += raw[v] * low
			}
		}
	}
	for i, v := range s.head {
		if v < 0 || raw[v] == 0 {
			continue
		}
		c := raw[v]
		value += c * s.val[i]
		addScaled(to, c, s.entries(i))
	}
	return value
}

// addScaled adds c times row to to. Short rows are not worth a call.
func addScaled(to []float64, c float64, row []float64) {
	if len(row) > 16 {
		floats.AddScaled(to, c, row)
		return
	}
	to = to[:len(row)]
	for j, t := range row {
		to[j] += c * t
	}
}

// Add adds a row, of which err bounds the error and num is the plane's number,
// and which the present vertex satisfies.
func (s *Simplex) Add(row []float64, err float64, num int) {
	at := len(s.tab)
	s.tab = slices.Grow(s.tab, s.width)[:at+s.width]
	clear(s.tab[at+s.n:])
	s.val = append(s.val, s.express(row, s.tab[at:at+s.n]))
	s.head = append(s.head, ^len(s.Rows))
	s.Rows, s.errs, s.nums = append(s.Rows, row), append(s.errs, err), append(s.nums, num)
	s.fixed = append(s.fixed, false)
}

// TakeRows makes s the rows of o, without a dictionary: only AddRow and what asks for
// rows alone may be called then.
func (s *Simplex) TakeRows(o *Simplex) {
	s.d, s.n, s.width, s.points, s.corners = o.d, 0, 0, nil, nil
	s.Rows, s.errs = append(s.Rows[:0], o.Rows...), append(s.errs[:0], o.errs...)
	s.nums, s.fixed = append(s.nums[:0], o.nums...), append(s.fixed[:0], o.fixed...)
	s.head, s.tail, s.upper, s.tab, s.val = s.head[:0], s.tail[:0], s.upper[:0], s.tab[:0], s.val[:0]
}

// AddRow adds a row to rows without a dictionary.
func (s *Simplex) AddRow(row []float64, err float64, num int, fixed bool) {
	s.Rows, s.errs, s.nums, s.fixed = append(s.Rows, row), append(s.errs, err), append(s.nums, num), append(s.fixed, fixed)
}

// Aim sets the objective, row . (y, 1), which is to be maximised.
func (s *Simplex) Aim(row []float64) { s.Value = s.express(row, s.Obj) }

// Multipliers adds to row, of which err bounds the error, the rows of the
// present dictionary, times the multipliers that prove how large the objective
// can become: what it returns is nowhere less than row on the polytope, but for
// the error that it returns, and at the best vertex its maximum over the box is
// that of row over the polytope. The result is valid until the next call.
func (s *Simplex) Multipliers(row []float64, err float64) ([]float64, float64) {
	copy(s.sum, row)
	terms := 2.0
	for j, v := range s.tail {
		if v >= 0 || s.Rows[^v] == nil {
			continue
		}
		l := -s.Obj[j]
		if l == 0 || (l < 0 && !s.fixed[^v]) {
			continue
		}
		for i, c := range s.Rows[^v] {
			s.sum[i] += l * c
		}
		err += math.Abs(l) * s.errs[^v]
		terms++
	}
	// the error of a row includes a rounding of each of its terms, d+8 times
	return s.sum, err * (1 + terms/float64(s.d+8))
}

// proof appends the multipliers that Multipliers uses.
func (s *Simplex) proof(to []Multiplier) []Multiplier {
	for j, v := range s.tail {
		if v < 0 && s.Rows[^v] != nil && s.Obj[j] < 0 {
			to = append(to, Multiplier{s.nums[^v], -s.Obj[j]})
		}
	}
	return to
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
