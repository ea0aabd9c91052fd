package polytope

import "math"

// certify bounds the distance of a point from the one in which planes meet, of
// whose functions the Oracle has the rows: by the inverse of the matrix of d of
// these, which is computed in doubles, and checked. It is infinite where that
// fails.
//
// With A the matrix, B about its inverse, and y the point, y - A^-1 r is the
// other one, r being the residuals; and the norm of A^-1 is at most |B| / (1 -
// |BA - I|). Inverse is that bound, for the rows as they are exactly, where there are
// d planes; else it is infinite.
func (s *Splitter) certify(planes []int, y []float64) (err, inverse float64) {
	d := len(y)
	if n := 3 * d * d; len(s.work) < n {
		s.work = make([]float64, n)
	}
	a, b, c := s.work[:d*d], s.work[d*d:2*d*d], s.work[2*d*d:3*d*d]
	// if there are more, choose rows that are far from depending on those before:
	// c has them orthonormal
	residual, errs, rank := 0.0, 0.0, 0
	for _, k := range planes {
		if rank == d {
			break
		}
		row, off := s.Oracle.Row(k)
		if len(planes) > d && !orthogonal(c[:rank*d], row[:d], c[rank*d:(rank+1)*d]) {
			continue
		}
		copy(a[rank*d:], row[:d])
		r := math.Abs(eval(row, y)) + off
		residual += r * r
		errs += off * off
		rank++
	}
	if rank < d {
		return math.Inf(1), math.Inf(1)
	}
	inverse = inverseNorm(a, b, d)
	err = 1.001 * inverse * math.Sqrt(residual)
	if errs = math.Sqrt(errs) * inverse; len(planes) > d || errs > 0.5 {
		return err, math.Inf(1)
	}
	return err, inverse / (1 - errs) // of the rows as they are exactly
}

// inverseNorm bounds the norm of the inverse of the matrix a of d rows, which it uses
// up; it is infinite where that fails. It writes about the inverse to b, but for the
// order of its columns.
func inverseNorm(a, b []float64, d int) float64 {
	var off, size, all float64
	if d <= narrow {
		var x, y [narrow]short
		for i := range d {
			copy(x[i][:], a[i*d:(i+1)*d])
		}
		y = x
		if !invertShort(&x, &y, d) {
			return math.Inf(1)
		}
		for i := range d {
			v := y[i].times(&x)
			v[i]--
			off += v.square()
			size += y[i].square()
			all += x[i].square()
			copy(b[i*d:(i+1)*d], y[i][:])
		}
	} else {
		copy(b, a)
		if !invert(a, b, d) {
			return math.Inf(1)
		}
		for i := range d {
			for j := range d {
				v := 0.0
				for k := range d {
					v += b[i*d+k] * a[k*d+j]
				}
				if i == j {
					v--
				}
				off += v * v
				size += b[i*d+j] * b[i*d+j]
				all += a[i*d+j] * a[i*d+j]
			}
		}
	}
	size = math.Sqrt(size)
	off = math.Sqrt(off) + float64(d*d+8)*ulp*(size*math.Sqrt(all)+1)
	if !(off < 0.5) {
		return math.Inf(1)
	}
	return size / (1 - off)
}

// narrow is the number of dimensions up to which rows of a matrix are short: with zeros at
// their ends, and worked on without a loop.
const narrow = 6

type short [narrow]float64

// times is the product of a row and a matrix.
func (r *short) times(m *[narrow]short) (p short) {
	var a, b, c, d, e, f float64
	for i, x := range r {
		o := &m[i]
		a += x * o[0]
		b += x * o[1]
		c += x * o[2]
		d += x * o[3]
		e += x * o[4]
		f += x * o[5]
	}
	return short{a, b, c, d, e, f}
}

// subtract takes t times another row away.
func (r *short) subtract(t float64, o *short) {
	r[0] -= t * o[0]
	r[1] -= t * o[1]
	r[2] -= t * o[2]
	r[3] -= t * o[3]
	r[4] -= t * o[4]
	r[5] -= t * o[5]
}

func (r *short) square() float64 {
	return r[0]*r[0] + r[1]*r[1] + r[2]*r[2] + (r[3]*r[3] + r[4]*r[4] + r[5]*r[5])
}

// invertShort is invert of short rows.
func invertShort(a, b *[narrow]short, d int) bool {
	for k := range d {
		at := k
		for i := k + 1; i < d; i++ {
			if math.Abs(b[i][k]) > math.Abs(b[at][k]) {
				at = i
			}
		}
		a[k], a[at] = a[at], a[k]
		b[k], b[at] = b[at], b[k]
		row := &b[k]
		p := row[k]
		if p == 0 {
			return false
		}
		row[k] = 1
		inv := 1 / p
		for j := range row {
			row[j] *= inv
		}
		for i := range d {
			if i == k {
				continue
			}
			t := b[i][k]
			b[i][k] = 0
			b[i].subtract(t, row)
		}
	}
	return true
}

// orthogonal writes what a row has that rows before, which are orthonormal, have
// not, normalised. It fails when that is little.
func orthogonal(before, row, to []float64) bool {
	d := len(row)
	copy(to, row)
	for ; len(before) > 0; before = before[d:] {
		t := dot(before[:d], to)
		for j := range to {
			to[j] -= t * before[j]
		}
	}
	size := norm(to)
	if size < 1e-5 {
		return false
	}
	for j := range to {
		to[j] /= size
	}
	return true
}

// invert replaces b, a copy of a, by the inverse of a, whose rows it puts in the order in
// which they were pivots (Gauss and Jordan).
func invert(a, b []float64, d int) bool {
	for k := range d {
		at := k
		for i := k + 1; i < d; i++ {
			if math.Abs(b[i*d+k]) > math.Abs(b[at*d+k]) {
				at = i
			}
		}
		for _, m := range [2][]float64{a, b} {
			for j, x := range m[k*d : (k+1)*d] {
				m[k*d+j], m[at*d+j] = m[at*d+j], x
			}
		}
		row := b[k*d : (k+1)*d]
		p := row[k]
		if p == 0 {
			return false
		}
		row[k] = 1
		for j := range row {
			row[j] /= p
		}
		for i := range d {
			if i == k {
				continue
			}
			other := b[i*d : (i+1)*d]
			t := other[k]
			other[k] = 0
			for j, x := range row {
				other[j] -= t * x
			}
		}
	}
	return true
}
