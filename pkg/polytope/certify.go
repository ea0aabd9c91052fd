package polytope

import "math"

// certify bounds the distance of a point from the one in which planes meet, of
// whose functions the Oracle has the rows: by the inverse of the matrix of d of
// these, which is computed in doubles, and checked. It is infinite where that
// fails.
//
// With A the matrix, B about its inverse, and y the point, y - A^-1 r is the
// other one, r being the residuals; and the norm of A^-1 is at most |B| / (1 -
// |BA - I|).
func (s *Splitter) certify(planes []int, y []float64) float64 {
	d := len(y)
	if n := 3 * d * d; len(s.work) < n {
		s.work = make([]float64, n)
	}
	a, b, c := s.work[:d*d], s.work[d*d:2*d*d], s.work[2*d*d:3*d*d]
	// if there are more, choose rows that are far from depending on those before:
	// c has them orthonormal
	residual, rank := 0.0, 0
	for _, k := range planes {
		if rank == d {
			break
		}
		row, err := s.Oracle.Row(k)
		if len(planes) > d && !orthogonal(c[:rank*d], row[:d], c[rank*d:(rank+1)*d]) {
			continue
		}
		copy(a[rank*d:], row[:d])
		r := math.Abs(eval(row, y)) + err
		residual += r * r
		rank++
	}
	if rank < d {
		return math.Inf(1)
	}
	return 1.001 * inverseNorm(a, b, c, d) * math.Sqrt(residual)
}

// inverseNorm bounds the norm of the inverse of the matrix a of d rows; it is infinite
// where that fails. It writes about the inverse to b, and uses c up.
func inverseNorm(a, b, c []float64, d int) float64 {
	copy(c, a)
	if !invert(c, b, d) {
		return math.Inf(1)
	}
	off, size := 0.0, 0.0
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
		}
	}
	size = math.Sqrt(size)
	off = math.Sqrt(off) + float64(d*d+8)*ulp*(size*norm(a)+1)
	if !(off < 0.5) {
		return math.Inf(1)
	}
	return size / (1 - off)
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

// invert writes the inverse of a, which it uses up, by Gauss and Jordan.
func invert(a, b []float64, d int) bool {
	clear(b)
	for i := range d {
		b[i*d+i] = 1
	}
	for k := range d {
		at := k
		for i := k + 1; i < d; i++ {
			if math.Abs(a[i*d+k]) > math.Abs(a[at*d+k]) {
				at = i
			}
		}
		p := a[at*d+k]
		if p == 0 {
			return false
		}
		for _, m := range [2][]float64{a, b} {
			row, other := m[k*d:(k+1)*d], m[at*d:(at+1)*d]
			for j := range row {
				row[j], other[j] = other[j], row[j]
				row[j] /= p
			}
		}
		for i := range d {
			t := a[i*d+k]
			if i == k || t == 0 {
				continue
			}
			for j := range d {
				a[i*d+j] -= t * a[k*d+j]
				b[i*d+j] -= t * b[k*d+j]
			}
		}
	}
	return true
}
