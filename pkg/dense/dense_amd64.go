package dense

// fast tells whether the processor has AVX2 and FMA, and the system keeps the wide
// registers.
var fast = avx2()

// avx2 asks the processor.
func avx2() bool

// combine is Combine of a matrix in blocks, and Extreme where at is not nil: then it has
// four sums for each row.
//
//go:noescape
func combine(blocks, by, to, at *float64, rows, n int) float64

// dots writes the products of four rows, which are stride bytes apart, and a vector
// of 8 n numbers.
//
//go:noescape
func dots(rows *float64, stride int, x *float64, n int, to *float64)

// addRows is AddRows of a number of rows of the given width.
//
//go:noescape
func addRows(to, w, row *float64, rows, width int)

// addFour adds four rows of 4 n numbers, n at least 1, each times a number of by, to
// to.
//
//go:noescape
func addFour(to *float64, rows **float64, by *float64, n int)

// heads is Heads of 4 n rows of the given number of quads after the head. Last has the
// bits of the lanes of the last quad that are coefficients, by has steps and the limits.
//
//go:noescape
func heads(rows *float64, n, quads int, last *uint64, by *float64) bool

// screen is Screen of 4 n rows of the given number of quads after the head.
//
//go:noescape
func screen(rows *float64, n, quads int, box, out *float64)

// products writes the product of coef and each of 4 n points that are stride bytes apart,
// plus c, to out. Of the one or two quads of coef, mask has the lanes that points have.
// Ends has four numbers of which none is larger than those written, and four of which
// none is less, or becomes that.
//
//go:noescape
func products(coef *float64, c float64, quads int, mask *uint64, at *float64, stride, n int, out, ends *float64)

// extremes takes n rows of up to four numbers, of which mask has the lanes, that are
// stride bytes apart, and sees to it that the first four numbers of ends are at most those
// and the other four at least.
//
//go:noescape
func extremes(at *float64, stride, n int, mask *uint64, ends *float64)

// addOuter adds to each of the rows, which are stride bytes apart, a number of by times
// row, which has 8 n numbers.
//
//go:noescape
func addOuter(to, by, row *float64, rows, stride, n int)

// crossing is Crossing of 8 n numbers.
//
//go:noescape
func crossing(r, rho, x *float64, end, least float64, marks *uint8, n int)

// steps is Steps of 4 n values.
//
//go:noescape
func steps(col, val, lo, hi *float64, dir, least float64, n int, out *float64) float64

// most is the largest of the products of 4 n numbers and others.
//
//go:noescape
func most(x, by *float64, n int) float64
