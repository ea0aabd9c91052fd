package dense

import "math"

// Steps writes to out how far each value can go at dir times the speed that col says
// before it comes to the end of lo to hi, and returns the least of these steps. A step is
// not less than 0, and infinite where the speed is not above least. All slices must be as
// long as col.
func Steps(col, val, lo, hi []float64, dir, least float64, out []float64) float64 {
	n, done, top := len(col), 0, math.Inf(1)
	val, lo, hi, out = val[:n], lo[:n], hi[:n], out[:n]
	if quads := n / group; fast && quads > 0 {
		top = steps(&col[0], &val[0], &lo[0], &hi[0], dir, least, quads, &out[0])
		done = quads * group
	}
	for i := done; i < n; i++ {
		a := col[i] * dir
		room := hi[i] - val[i]
		if a < 0 {
			room = val[i] - lo[i]
		}
		t := math.Inf(1)
		if a = math.Abs(a); a > least {
			t = max(room, 0) / a
		}
		out[i] = t
		top = min(top, t)
	}
	return top
}

// Most returns the largest product of a number of x and that of by, and where it is.
// There must be one.
func Most(x, by []float64) (at int, top float64) {
	n, done := len(x), 0
	by = by[:n]
	top = math.Inf(-1)
	if quads := n / group; fast && quads > 0 {
		done = quads * group
		v := most(&x[0], &by[0], quads)
		for j := range done {
			if x[j]*by[j] == v {
				at, top = j, v
				break
			}
		}
	}
	for j := done; j < n; j++ {
		if v := x[j] * by[j]; v > top {
			at, top = j, v
		}
	}
	return at, top
}
