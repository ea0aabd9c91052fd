package dense

import "math"

// Square is a square matrix whose size changes. Its rows lie one after the other, filled
// up with zeros, as do rows of zeros behind the last one.
type Square struct {
	n, stride int
	at        []float64
	by, to    []float64 // likewise filled up
}

// step is what the length of a row is a multiple of.
const step = 8

// Size is the number of rows.
func (s *Square) Size() int { return s.n }

// Row is row i.
func (s *Square) Row(i int) []float64 { return s.at[i*s.stride:][:s.n:s.n] }

// Clear makes it a matrix of n rows of zeros.
func (s *Square) Clear(n int) {
	s.n = 0
	s.room(n)
	s.n = n
	clear(s.at)
}

// room makes room for n rows.
func (s *Square) room(n int) {
	if n <= s.stride {
		return
	}
	wide := (n + n/2 + step - 1) / step * step
	at := make([]float64, wide*wide)
	for i := range s.n {
		copy(at[i*wide:], s.Row(i))
	}
	s.stride, s.at = wide, at
	s.by, s.to = make([]float64, wide), make([]float64, wide)
}

// Grow adds a row and a column of zeros.
func (s *Square) Grow() {
	s.room(s.n + 1)
	s.n++
}

// Shrink takes row i and column j away. The last ones come to their places.
func (s *Square) Shrink(i, j int) {
	k := s.n - 1
	copy(s.Row(i), s.Row(k))
	clear(s.Row(k))
	for b := range k {
		row := s.Row(b)
		row[j], row[k] = row[k], 0
	}
	s.n = k
}

// width is the number of numbers of a row with those that fill it up.
func (s *Square) width() int { return (s.n + step - 1) / step * step }

// fill writes x, filled up.
func (s *Square) fill(x []float64) []float64 {
	clear(s.by[copy(s.by, x[:s.n]):])
	return s.by
}

// Mul writes the product of the matrix and a vector.
func (s *Square) Mul(x, to []float64) {
	if s.n == 0 {
		return
	}
	w, by := s.width(), s.fill(x)
	for i := 0; i < s.n; i += group {
		if fast {
			dots(&s.at[i*s.stride], s.stride*8, &by[0], w/8, &s.to[i])
		} else {
			for k := range group {
				s.to[i+k] = plainDot(s.at[(i+k)*s.stride:][:w], by)
			}
		}
	}
	copy(to[:s.n], s.to)
}

// Combine writes the sum of the rows, each times a number of by.
func (s *Square) Combine(by, to []float64) {
	if s.n == 0 {
		return
	}
	w, all := s.width(), s.fill(by)
	sum := s.to[:w]
	clear(sum)
	for i := 0; i < s.n; i += group {
		r := Rows{n: group}
		for k := range r.rows {
			r.rows[k], r.by[k] = s.at[(i+k)*s.stride:][:w], all[i+k]
		}
		r.four(sum)
	}
	copy(to[:s.n], sum)
}

// Add adds to each row a number of by times row.
func (s *Square) Add(by, row []float64) {
	if s.n == 0 {
		return
	}
	outer(s.at, s.stride, by[:s.n], s.fill(row)[:s.width()])
}

// Exchange exchanges as many rows and columns as it can: with y for the rows and x for the
// columns of y = M x, each row in turn changes its place with the column in which it has
// its largest number, unless that is no larger than least. It returns the column for each
// row, -1 for none. Of these rows and columns the matrix is the inverse then, where each
// row has the place of its column.
func (s *Square) Exchange(least float64) (cols []int) {
	n := s.n
	cols = make([]int, n)
	taken := make([]bool, n)
	by := make([]float64, n)
	for i := range n {
		row := s.Row(i)
		c, most := -1, least
		for j, v := range row {
			if v = math.Abs(v); v > most && !taken[j] {
				c, most = j, v
			}
		}
		cols[i] = c
		if c < 0 {
			continue
		}
		taken[c] = true
		inv := 1 / row[c]
		for j := range row {
			row[j] *= -inv
		}
		row[c] = inv
		eliminate(s.at, s.stride, s.width(), i, c, by)
	}
	return cols
}

// Crossing marks where r + t times rho, at a t from 0 to end, no longer has the sign x:
// bit j%8 of marks[j/8]. It leaves out what changes by no more than least for each t.
func Crossing(r, rho, x []float64, end, least float64, marks []uint8) {
	n := len(r)
	rho, x, marks = rho[:n], x[:n], marks[:(n+7)/8]
	at := 0
	if fast && n >= 8 {
		at = n &^ 7
		crossing(&r[0], &rho[0], &x[0], end, least, &marks[0], at/8)
	}
	plainCrossing(r[at:], rho[at:], x[at:], end, least, marks[at/8:])
}

// plainCrossing is Crossing without the vector unit.
func plainCrossing(r, rho, x []float64, end, least float64, marks []uint8) {
	clear(marks)
	for j, t := range rho {
		// of two conditions the second one implies the first, nearly always: that goes faster
		if v := -t * x[j]; r[j]*x[j] < end*v && v > least {
			marks[j/8] |= 1 << (j % 8)
		}
	}
}
