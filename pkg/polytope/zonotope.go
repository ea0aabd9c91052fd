package polytope

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// Zonotope is { centre + gen t : t in [-1, 1]^n }, in d dimensions, within the
// box [-1, 1]^d.
type Zonotope struct {
	centre []float64      // d
	gen    blas64.General // d rows of n
	axes   [][]float64    // principal axes, orthonormal
	reach  []float64      // how far it reaches from the centre along each
	skew   float64        // how far these are from being orthonormal
	inner  float64        // radius of a ball round the centre that is in it
	loose  float64        // bounds how far its points, as computed, are from those meant
}

// NewZonotope returns the zonotope; gen has a row for each coordinate. Loose
// bounds how far centre + gen t, as computed, is from the point that is meant.
func NewZonotope(centre []float64, gen [][]float64, loose float64) *Zonotope {
	d, n := len(gen), len(gen[0])
	z := &Zonotope{centre: centre, gen: blas64.General{Rows: d, Cols: n, Stride: n, Data: slices.Concat(gen...)}, loose: loose}
	z.align()
	return z
}

// Max is the largest value of row . (y, 1) on the zonotope. work receives
// where it is, for At.
func (z *Zonotope) Max(row []float64, work *[]float64) float64 {
	d, n := z.gen.Rows, z.gen.Cols
	if len(*work) != n {
		*work = make([]float64, n)
	}
	t := *work
	clear(t)
	for i, v := range row[:d] {
		if v != 0 {
			floats.AddScaled(t, v, z.gen.Data[i*n:(i+1)*n])
		}
	}
	v := row[d] + dot(z.centre, row)
	for size := (n + blocks - 1) / blocks; len(t) > 0; t = t[min(size, len(t)):] {
		v += floats.Norm(t[:min(size, len(t))], 1)
	}
	return v
}

func vector(v []float64) blas64.Vector { return blas64.Vector{N: len(v), Data: v, Inc: 1} }

// blocks is in how many sums many terms are added up first, which makes the bound
// of their error that much smaller.
const blocks = 8

// Depth is the number of roundings that go into a sum of n terms.
func Depth(n int) int { return (n+blocks-1)/blocks + blocks }

// At writes a point that has the value that Max found; sum has room for another.
func (z *Zonotope) At(work, y, sum []float64) {
	for j, s := range work { // the signs, without a branch that nobody can predict
		work[j] = math.Float64frombits(math.Float64bits(s)&(1<<63) | math.Float64bits(1))
	}
	n := len(work)
	size := (n + blocks - 1) / blocks
	copy(y, z.centre)
	for from := 0; from < n; from += size {
		g := z.gen
		g.Cols = min(size, n-from)
		g.Data = g.Data[from:]
		blas64.Gemv(blas.NoTrans, 1, g, vector(work[from:from+g.Cols]), 0, vector(sum))
		floats.Add(y, sum)
	}
}

// align finds the principal axes.
func (z *Zonotope) align() {
	d := z.gen.Rows
	var gram mat.SymDense
	gram.SymOuterK(1, mat.NewDense(d, z.gen.Cols, z.gen.Data))
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
			s += z.gen.Data[i*n+k] * z.gen.Data[i*n+k]
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

// corner is that of which Max has found the image, before At.
func corner(work []float64) Corner {
	c := make(Corner, (len(work)+63)/64)
	for j, s := range work {
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
	row, y, sum := make([]float64, d+1), make([]float64, d), make([]float64, d)
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
			z.Max(row, &work)
			of := corner(work)
			z.At(work, y, sum)
			add(y, of)
		}
	}
}

// AtMost bounds row . (y, 1) on the zonotope that is meant, but for the error of
// the row.
func (z *Zonotope) AtMost(row []float64, work *[]float64) float64 {
	return z.Max(row, work) + z.looseness(row)
}
