package polytope

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/floats"

	"relucount/pkg/property"
)

// corners calls see with the images of all corners of [-1, 1]^n.
func corners(z *Zonotope, see func(y []float64)) {
	n := z.gen.Cols
	for mask := range 1 << n {
		y := append([]float64{}, z.centre...)
		for i := range y {
			for j, g := range z.gen.Row(i) {
				y[i] += g * float64(2*(mask>>j&1)-1)
			}
		}
		see(y)
	}
}

// TestZonotope compares Max, Farthest and Below with all corners, also of zonotopes
// that are flat or have generators that are 0, or one point.
func TestZonotope(t *testing.T) {
	t.Parallel()
	for seed := range property.Seeds(t, 300, 60) {
		rng := rand.New(rand.NewPCG(36, seed))
		d, n := 1+rng.IntN(5), 1+rng.IntN(8)
		z := domain(rng, d, n)
		for i := range z.centre { // domain leaves no room for another centre
			z.centre[i] = rng.Float64() / 2
		}
		gen := make([][]float64, d)
		for i := range gen {
			gen[i] = slices.Clone(z.gen.Row(i))
			floats.Scale(0.5, gen[i])
			if seed%5 == 0 && i > 0 {
				copy(gen[i], gen[0]) // flat
			}
			if seed%7 == 0 {
				clear(gen[i])
			}
		}
		z = NewZonotope(z.centre, gen, 1e-14)
		var work []float64
		inside := func(y []float64) bool {
			for range 5 {
				row := hyperplanes(rng, d, 1, false)[0]
				if eval(row, y) > z.Max(row, &work)+1e-12 {
					return false
				}
			}
			return true
		}
		for range 10 {
			row := hyperplanes(rng, d, 1, rng.IntN(2) == 0)[0]
			want := math.Inf(-1)
			corners(z, func(y []float64) { want = max(want, eval(row, y)) })
			got, y := z.Max(row, &work), make([]float64, d)
			if math.Abs(got-want) > 1e-12 {
				t.Errorf("seed %d: maximum %g, the corners' is %g", seed, got, want)
			}
			if top := z.Farthest(row, &work, y); math.Abs(top-got) > 1e-12 {
				t.Errorf("seed %d: maximum %g, and %g at a point", seed, got, top)
			}
			if v := eval(row, y); math.Abs(v-want) > 1e-12 || !inside(y) {
				t.Errorf("seed %d: the value at %v is %g, the maximum %g", seed, y, v, want)
			}
			if b := z.Below(row); b < want-1e-9 || b > BoxMax(row)+1e-12 {
				t.Errorf("seed %d: bound %g, the maximum is %g, the box's %g", seed, b, want, BoxMax(row))
			}
		}
		points := 0
		z.extremes(func(y []float64, _ Corner) {
			points++
			if !inside(y) {
				t.Errorf("seed %d: %v is not in the zonotope", seed, y)
			}
		})
		if points != 2*(d+len(z.axes)) || len(z.axes) != d {
			t.Errorf("seed %d: %d points along %d axes in %d dimensions", seed, points, len(z.axes), d)
		}
	}
}

// TestBelow: along the principal axes the bound is the maximum itself, and a
// rotated box has nothing to lose at all.
func TestBelow(t *testing.T) {
	t.Parallel()
	s, c := math.Sincos(0.3)
	z := NewZonotope([]float64{0.1, -0.1}, [][]float64{{0.6 * c, -0.2 * s}, {0.6 * s, 0.2 * c}}, 1e-14)
	var work []float64
	for k := range 40 {
		y, x := math.Sincos(float64(k) / 40 * 2 * math.Pi)
		row := []float64{x, y, 0.05}
		if got, want := z.Below(row), z.Max(row, &work); math.Abs(got-want) > 1e-12 {
			t.Errorf("%v: bound %g, maximum %g", row, got, want)
		}
	}
}
