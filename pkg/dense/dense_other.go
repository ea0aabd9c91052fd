//go:build !amd64

package dense

var fast bool

func combine(blocks, by, to, at *float64, rows, n int) float64 { panic("dense: no vector unit") }

func dots(rows *float64, stride int, x *float64, n int, to *float64) {
	panic("dense: no vector unit")
}

func addRows(to, w, row *float64, rows, width int) { panic("dense: no vector unit") }

func addFour(to *float64, rows **float64, by *float64, n int) { panic("dense: no vector unit") }

func heads(rows *float64, n, quads int, last *uint64, by *float64) bool {
	panic("dense: no vector unit")
}

func screen(rows *float64, n, quads int, box, out *float64) { panic("dense: no vector unit") }

func products(coef *float64, c float64, quads int, mask *uint64, at *float64, stride, n int, out, ends *float64) {
	panic("dense: no vector unit")
}

func extremes(at *float64, stride, n int, mask *uint64, ends *float64) {
	panic("dense: no vector unit")
}

func addOuter(to, by, row *float64, rows, stride, n int) { panic("dense: no vector unit") }

func crossing(r, rho, x *float64, end, least float64, marks *uint8, n int) {
	panic("dense: no vector unit")
}

func steps(col, val, lo, hi *float64, dir, least float64, n int, out *float64) float64 {
	panic("dense: no vector unit")
}

func most(x, by *float64, n int) float64 { panic("dense: no vector unit") }
