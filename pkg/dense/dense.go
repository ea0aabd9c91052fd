// Package dense has products of matrices and vectors, by the vector unit where there
// is one. The order in which terms are added up may differ from machine to
// machine, but not how many roundings go into a sum: see Depth.
package dense

import "math"

// lanes is the number of columns that are taken at once, and group that of rows.
// Matrices are filled up with zeros to multiples of these.
const (
	lanes = 16
	group = 4
)

// Matrix is a matrix of doubles.
type Matrix struct {
	Rows, Cols int

	width  int       // columns with those that fill up
	byRow  []float64 // row by row
	blocks []float64 // lanes columns at a time: of these, row by row
}

// New returns a matrix with the given rows.
func New(rows [][]float64) *Matrix {
	m := &Matrix{Rows: len(rows), Cols: len(rows[0])}
	m.width = (m.Cols + lanes - 1) / lanes * lanes
	high := (m.Rows + group - 1) / group * group
	m.byRow = make([]float64, high*m.width)
	m.blocks = make([]float64, m.Rows*m.width)
	for i, r := range rows {
		copy(m.byRow[i*m.width:], r)
		for j, v := range r {
			m.blocks[(j/lanes*m.Rows+i)*lanes+j%lanes] = v
		}
	}
	return m
}

// Row is row i of the matrix.
func (m *Matrix) Row(i int) []float64 { return m.byRow[i*m.width : i*m.width+m.Cols] }

// Width is the length of vectors with a number for each column, and some more.
func (m *Matrix) Width() int { return m.width }

// Depth bounds how many roundings go into an entry of a product with a vector that
// has a number for each of n columns, or into the sum of their magnitudes.
func Depth(n int) int { return (n+7)/8 + 8 }

// Combine writes the sum of the rows, each times a number of by, to to, which has
// Width numbers, and returns the sum of their magnitudes.
func (m *Matrix) Combine(by, to []float64) float64 {
	by, to = by[:m.Rows], to[:m.width]
	if fast {
		return combine(&m.blocks[0], &by[0], &to[0], nil, m.Rows, m.width/lanes)
	}
	return m.combine(by, to)
}

// Extreme is Combine, and writes to at the products of the rows and the signs of what it
// writes to to. At has four numbers for each row, the first ones of which are the products.
func (m *Matrix) Extreme(by, to, at []float64) float64 {
	by, to, at = by[:m.Rows], to[:m.width], at[:group*m.Rows]
	if !fast {
		return m.extreme(by, to, at)
	}
	clear(at)
	sum := combine(&m.blocks[0], &by[0], &to[0], &at[0], m.Rows, m.width/lanes)
	for i := range by {
		four := at[group*i:][:group]
		at[i] = (four[0] + four[1]) + (four[2] + four[3])
	}
	return sum
}

// extreme is Extreme without the vector unit.
func (m *Matrix) extreme(by, to, at []float64) float64 {
	sum := m.combine(by, to)
	signs := make([]float64, len(to))
	for j, t := range to {
		signs[j] = math.Copysign(1, t)
	}
	m.mul(signs, at[:m.Rows])
	return sum
}

// Mul writes the product of the matrix and a vector of Width numbers.
func (m *Matrix) Mul(x, to []float64) {
	x, to = x[:m.width], to[:m.Rows]
	if !fast {
		m.mul(x, to)
		return
	}
	var four [group]float64
	for i := 0; i < m.Rows; i += group {
		dots(&m.byRow[i*m.width], m.width*8, &x[0], m.width/8, &four[0])
		copy(to[i:], four[:])
	}
}

// Head is how many numbers at the head of a row AddRows adds up as magnitudes.
const Head = 4

// AddRows adds to each of the rows of to, as many as there are weights, a weight times
// row; the first Head numbers with the weight's magnitude. The length of row must be
// more than that, and a multiple of it. A weight of 0 times what is not finite is
// not a number.
func AddRows(to, weights, row []float64) {
	n := len(row)
	to = to[:n*len(weights)]
	if len(weights) == 0 || n <= Head || n%Head != 0 {
		panic("dense: rows of a wrong length")
	}
	if fast {
		addRows(&to[0], &weights[0], &row[0], len(weights), n)
		return
	}
	plainRows(to, weights, row)
}

// plainRows is AddRows without the vector unit.
func plainRows(to, weights, row []float64) {
	for _, w := range weights {
		sum, m := to[:len(row):len(row)], math.Abs(w)
		for j, v := range row[:Head] {
			sum[j] += m * v
		}
		for j := Head; j < len(row); j++ {
			sum[j] += w * row[j]
		}
		to = to[len(row):]
	}
}

// combine is Combine without the vector unit.
func (m *Matrix) combine(by, to []float64) float64 {
	var sums [4]float64
	at := m.blocks
	for ; len(to) > 0; to = to[lanes:] {
		for q := 0; q < lanes; q += 4 {
			var a, b, c, d float64
			for i, v := range by {
				r := at[i*lanes+q:][:4:4]
				a += v * r[0]
				b += v * r[1]
				c += v * r[2]
				d += v * r[3]
			}
			to[q], to[q+1], to[q+2], to[q+3] = a, b, c, d
			sums[q/4] += math.Abs(a) + math.Abs(b) + (math.Abs(c) + math.Abs(d))
		}
		at = at[len(by)*lanes:]
	}
	return sums[0] + sums[1] + (sums[2] + sums[3])
}

// mul is Mul without the vector unit.
func (m *Matrix) mul(x, to []float64) {
	for i := range to {
		to[i] = plainDot(m.byRow[i*m.width:(i+1)*m.width], x)
	}
}

// plainDot is the product of two vectors of a multiple of eight numbers.
func plainDot(row, x []float64) float64 {
	var a, b, c, d, e, f, g, h float64
	for k := 0; k < len(row); k += 8 {
		r, v := row[k:k+8:k+8], x[k:k+8:k+8]
		a += r[0] * v[0]
		b += r[1] * v[1]
		c += r[2] * v[2]
		d += r[3] * v[3]
		e += r[4] * v[4]
		f += r[5] * v[5]
		g += r[6] * v[6]
		h += r[7] * v[7]
	}
	return a + b + (c + d) + (e + f + (g + h))
}

// Rows has rows that are about to be added up.
type Rows struct {
	rows [group][]float64
	by   [group]float64
	n    int
}

// Add adds by times row to to, when Flush says so at the latest: four rows at once.
// To must be the same until then, and row at least as long.
func (r *Rows) Add(to []float64, by float64, row []float64) {
	r.rows[r.n], r.by[r.n] = row[:len(to)], by
	if r.n++; r.n == group {
		r.four(to)
	}
}

// Flush adds what has not been added yet.
func (r *Rows) Flush(to []float64) {
	if r.n == 0 {
		return
	}
	for i := r.n; i < group; i++ {
		r.rows[i], r.by[i] = r.rows[0], 0
	}
	r.four(to)
}

// four adds all four rows.
func (r *Rows) four(to []float64) {
	r.n = 0
	at := 0
	if fast && len(to) >= 4 {
		at = len(to) &^ 3
		p := [group]*float64{&r.rows[0][0], &r.rows[1][0], &r.rows[2][0], &r.rows[3][0]}
		addFour(&to[0], &p[0], &r.by[0], at/4)
	}
	a, b, c, d := r.rows[0][:len(to)], r.rows[1][:len(to)], r.rows[2][:len(to)], r.rows[3][:len(to)]
	for j := at; j < len(to); j++ {
		to[j] += (r.by[0]*a[j] + r.by[2]*c[j]) + (r.by[1]*b[j] + r.by[3]*d[j])
	}
}
