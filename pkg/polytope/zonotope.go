package polytope

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"relucount/pkg/dense"
)

// Zonotope is { centre + gen t : t in [-1, 1]^n }, in d dimensions, within the
// box [-1, 1]^d.
type Zonotope struct {
	centre []float64     // d
	gen    *dense.Matrix // a row for each dimension
	axes   [][]float64   // principal axes, orthonormal
	reach  []float64     // how far it reaches from the centre along each
	skew   float64       // how far these are from being orthonormal
	inner  float64       // radius of a ball round the centre that is in it
	loose  float64       // bounds how far its points, as computed, are from those meant
	many   bool          // whether it has many coordinates: see Implicit.lean
}

// NewZonotope returns the zonotope; gen has a row for each coordinate. Loose
// bounds how far centre + gen t, as computed, is from the point that is meant.
func NewZonotope(centre []float64, gen [][]float64, loose float64) *Zonotope {
	z := &Zonotope{centre: centre, gen: dense.New(gen), loose: loose, many: len(centre) > manyDim}
	z.align(gen)
	return z
}

// Max is the largest value of row . (y, 1) on the zonotope.
func (z *Zonotope) Max(row []float64, work *[]float64) float64 {
	d := z.gen.Rows
	return row[d] + dot(z.centre, row) + z.gen.Combine(row, z.room(work))
}

// Farthest is Max, and writes a point that has that value to y.
func (z *Zonotope) Farthest(row []float64, work *[]float64, y []float64) float64 {
	d := z.gen.Rows
	to := z.room(work)
	at := to[z.gen.Width():]
	top := row[d] + dot(z.centre, row) + z.gen.Extreme(row, to, at)
	for j, c := range z.centre {
		y[j] = at[j] + c
	}
	return top
}

// room is work space for the images of generators and four numbers for each dimension.
func (z *Zonotope) room(work *[]float64) []float64 {
	if n := z.gen.Width() + 4*z.gen.Rows; len(*work) != n {
		*work = make([]float64, n)
	}
	return *work
}

// align finds the principal axes.
func (z *Zonotope) align(gen [][]float64) {
	d := len(gen)
	var gram mat.SymDense
	gram.SymOuterK(1, mat.NewDense(d, z.gen.Cols, slices.Concat(gen...)))
	var eig mat.EigenSym
	if !eig.Factorize(&gram, true) {
		return
	}
	z.inner = z.inradius(eig.Values(nil))
	var axes mat.Dense
	eig.VectorsTo(&axes)
	var work []float64
	row := make([]float64, d+1)
	for k := range d {
		mat.Col(row[:d], k, &axes)
		z.axes = append(z.axes, append([]float64{}, row[:d]...))
		z.reach = append(z.reach, z.Max(row, &work)-floats.Dot(row[:d], z.centre)+2*z.looseness(row))
	}
	for k, e := range z.axes {
		for l, f := range z.axes {
			v := dot(e, f)
			if k == l {
				v--
			}
			z.skew += v * v
		}
	}
	z.skew = 2*math.Sqrt(z.skew) + float64(d*d)*ulp
}

// inradius bounds from below the radius of the largest ball round the centre, by
// the eigenvalues of gen gen^T. It is the least value, over all directions u, of
// the sum of |gen[k] . u|: at least the square root of the least eigenvalue, and
// that eigenvalue divided by the longest generator.
func (z *Zonotope) inradius(eigen []float64) float64 {
	d, n := z.gen.Rows, z.gen.Cols
	longest := 0.0
	for k := range n {
		s := 0.0
		for i := range d {
			v := z.gen.Row(i)[k]
			s += v * v
		}
		longest = max(longest, s)
	}
	least := slices.Min(eigen) - 1e-9*slices.Max(eigen)
	if !(least > 0) {
		return 0
	}
	return 0.99 * max(math.Sqrt(least), least/math.Sqrt(longest))
}

// Below is an upper bound of row . (y, 1) on the zonotope that takes little to
// compute: the maximum over boxes in which it lies.
func (z *Zonotope) Below(row []float64) float64 {
	d := len(z.centre)
	top := BoxMax(row)
	if z.axes == nil {
		return top
	}
	v := row[d] + dot(row[:d], z.centre)
	for k, e := range z.axes {
		v += math.Abs(dot(row[:d], e)) * z.reach[k]
	}
	return min(top, v+z.skew*norm(row[:d])*2*math.Sqrt(float64(d)))
}

// looseness bounds the error of Max and Below. What it takes to add up the
// generators is not more than loose, but for the sums over the coordinates.
func (z *Zonotope) looseness(row []float64) float64 {
	d := len(z.centre)
	return 4*z.loose*norm(row[:d]) + 2*float64(d+8)*ulp*magnitude(row)
}

// corner is that of which Farthest has found the image.
func (z *Zonotope) corner(work []float64) Corner {
	n := z.gen.Cols
	c := make(Corner, (n+63)/64)
	for j, s := range work[:n] {
		if !math.Signbit(s) {
			c[j/64] |= 1 << (j % 64)
		}
	}
	return c
}

// extremes calls add with points of the zonotope that lie far out: along the
// coordinates and along its principal axes, in both directions.
func (z *Zonotope) extremes(add func([]float64, Corner)) {
	d := z.gen.Rows
	row, y := make([]float64, d+1), make([]float64, d)
	var work []float64
	for k := range d + len(z.axes) {
		for _, s := range [2]float64{-1, 1} {
			clear(row)
			if k < d {
				row[k] = s
			} else {
				for i, v := range z.axes[k-d] {
					row[i] = s * v
				}
			}
			z.Farthest(row, &work, y)
			add(y, z.corner(work))
		}
	}
}

// AtMost bounds row . (y, 1) on the zonotope that is meant, but for the error of
// the row.
func (z *Zonotope) AtMost(row []float64, work *[]float64) float64 {
	return z.Max(row, work) + z.looseness(row)
}
