package dense

import "math"

// mostQuick is the number of coordinates of points up to which the vector unit is used.
const mostQuick = 2 * group

// lanes8 has a one for each lane of a register, and then zeros: the last n ones, and what
// comes after, are a mask of n lanes.
var lanes8 = func() (m [2 * mostQuick]uint64) {
	for i := range mostQuick {
		m[i] = ^uint64(0)
	}
	return m
}()

// ends is the least and the largest number of four, before there are any.
var ends = func() (e [2 * group]float64) {
	for i := range group {
		e[i], e[group+i] = math.Inf(1), math.Inf(-1)
	}
	return e
}()

// Products writes row . (y, 1) of points y, which begin every stride numbers of at, to
// out, one for each of its numbers, and returns the least and the largest.
func Products(row, at []float64, stride int, out []float64) (lo, hi float64) {
	d, done := len(row)-1, 0
	lo, hi = math.Inf(1), math.Inf(-1)
	if quick := len(out) / group; fast && quick > 0 && 0 < d && d <= mostQuick {
		_ = at[(quick*group-1)*stride+d-1]
		var coef [mostQuick]float64
		copy(coef[:], row[:d])
		e := ends
		products(&coef[0], row[d], (d+group-1)/group, &lanes8[mostQuick-d], &at[0], 8*stride, quick, &out[0], &e[0])
		lo, hi = min(e[0], e[1], e[2], e[3]), max(e[4], e[5], e[6], e[7])
		done = quick * group
	}
	for v := done; v < len(out); v++ {
		y := row[d]
		for j, x := range at[v*stride:][:d] {
			y += row[j] * x
		}
		out[v] = y
		lo, hi = min(lo, y), max(hi, y)
	}
	return lo, hi
}

// Extremes writes the least and the largest numbers of columns, as many as lo and hi have
// numbers, of rows that begin every stride numbers of at, to lo and hi.
func Extremes(at []float64, stride int, lo, hi []float64) {
	if len(lo) == 0 {
		return
	}
	n := (len(at) + stride - 1) / stride // the last may be short of what comes after the columns
	if fast && n*len(lo) > 12 {          // less is not worth a call
		_ = at[(n-1)*stride+len(lo)-1]
		for j := 0; j < len(lo); j += group {
			e, cols := ends, min(group, len(lo)-j)
			extremes(&at[j], 8*stride, n, &lanes8[mostQuick-cols], &e[0])
			copy(lo[j:j+cols], e[:])
			copy(hi[j:j+cols], e[group:])
		}
		return
	}
	plainExtremes(at, stride, lo, hi)
}

// plainExtremes is Extremes without the vector unit.
func plainExtremes(at []float64, stride int, lo, hi []float64) {
	for j := range lo {
		lo[j], hi[j] = math.Inf(1), math.Inf(-1)
		for i := j; i < len(at); i += stride {
			lo[j], hi[j] = min(lo[j], at[i]), max(hi[j], at[i])
		}
	}
}
