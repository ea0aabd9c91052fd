package polytope

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// Zonotope is { centre + gen t : t in [-1, 1]^n }, in d dimensions, within the
// box [-1, 1]^d.
type Zonotope struct {
	centre []float64   // d
	gen    [][]float64 // d rows of n
}

// NewZonotope returns the zonotope; gen has a row for each coordinate.
func NewZonotope(centre []float64, gen [][]float64) *Zonotope {
	return &Zonotope{centre: centre, gen: gen}
}

// Max is the largest value of row . (y, 1) on the zonotope. work receives
// where it is, for At.
func (z *Zonotope) Max(row []float64, work *[]float64) float64 {
	d, n := len(z.gen), len(z.gen[0])
	if len(*work) != n {
		*work = make([]float64, n)
	}
	t := *work
	clear(t)
	for i, g := range z.gen {
		if row[i] != 0 {
			floats.AddScaled(t, row[i], g)
		}
	}
	v := row[d]
	for i, c := range z.centre {
		v += row[i] * c
	}
	for _, s := range t {
		v += math.Abs(s)
	}
	return v
}

// At writes a point that has the value that Max found.
func (z *Zonotope) At(work, y []float64) {
	for j, s := range work {
		switch {
		case s > 0:
			work[j] = 1
		case s < 0:
			work[j] = -1
		}
	}
	for i, g := range z.gen {
		y[i] = z.centre[i] + floats.Dot(g, work)
	}
}

// extremes calls add with points of the zonotope that lie far out: along the
// coordinates and along its principal axes, in both directions.
func (z *Zonotope) extremes(add func([]float64)) {
	d := len(z.gen)
	gram := mat.NewSymDense(d, nil)
	for i := range d {
		for j := i; j < d; j++ {
			gram.SetSym(i, j, floats.Dot(z.gen[i], z.gen[j]))
		}
	}
	axes := mat.NewDense(d, 2*d, nil)
	for i := range d {
		axes.Set(i, i, 1)
	}
	var eig mat.EigenSym
	if eig.Factorize(gram, true) {
		eig.VectorsTo(axes.Slice(0, d, d, 2*d).(*mat.Dense))
	}
	row, y := make([]float64, d+1), make([]float64, d)
	var work []float64
	for k := range 2 * d {
		for _, s := range [2]float64{-1, 1} {
			for i := range d {
				row[i] = s * axes.At(i, k)
			}
			z.Max(row, &work)
			z.At(work, y)
			add(y)
		}
	}
}
