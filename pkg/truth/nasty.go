package truth

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/domain"
	"relucount/pkg/relu"
)

// Disguise returns a network with the same regions up to the order of its
// units: each unit scaled by a positive factor that the next layer takes back,
// inputs moved and stretched, units of a layer permuted. Where the original
// cancels exactly this one cancels up to rounding.
func Disguise(rng *rand.Rand, d Drawn, spread float64) Drawn {
	factor := func() float64 { return math.Exp(spread * (2*rng.Float64() - 1)) }
	out := Drawn{Net: &relu.Chain{Inputs: d.Net.Inputs}, Domain: domain.Box(d.Net.Inputs, 0, 0), Method: d.Method}
	in := d.Net.Inputs
	scale, shift, from := make([]float64, in), make([]float64, in), make([]int, in)
	for j := range in { // x = scale x' + shift
		scale[j], shift[j], from[j] = factor(), rng.NormFloat64(), j
		out.Domain.Lower[j] = (d.Domain.Lower[j] - shift[j]) / scale[j]
		out.Domain.Upper[j] = (d.Domain.Upper[j] - shift[j]) / scale[j]
	}
	for l := range d.Net.Layers {
		lay := &d.Net.Layers[l]
		n := lay.Units()
		next := relu.Dense{W: mat.NewDense(n, in, nil), B: make([]float64, n), Slopes: relu.ReLU(n)}
		perm := rng.Perm(n)
		size := make([]float64, n)
		for i := range n {
			f := factor()
			size[i] = 1 / f
			next.B[i] = f * lay.B[perm[i]]
			for j := range in {
				w := f * lay.W.At(perm[i], from[j])
				next.W.Set(i, j, w*scale[j])
				next.B[i] += w * shift[j]
			}
		}
		out.Net.Layers = append(out.Net.Layers, next)
		in, scale, shift, from = n, size, make([]float64, n), perm
	}
	return out
}

// Degenerate draws a network with small whole weights only.
func Degenerate(rng *rand.Rand, inputs, layers int) Drawn {
	d := Drawn{Net: &relu.Chain{Inputs: inputs}, Domain: domain.Box(inputs, -2, 2), Method: "interval"}
	in := inputs
	for range layers {
		n := 1 + rng.IntN(4)
		lay := relu.Dense{W: mat.NewDense(n, in, nil), B: make([]float64, n), Slopes: relu.ReLU(n)}
		for i := range n {
			for j := range in {
				lay.W.Set(i, j, float64(rng.IntN(5)-2))
			}
			lay.B[i] = float64(rng.IntN(3) - 1)
		}
		d.Net.Layers = append(d.Net.Layers, lay)
		in = n
	}
	return d
}

// ScaledUnits draws a network each of whose units has a magnitude of its own,
// within 10^-spread and 10^spread, which the next layer takes back.
func ScaledUnits(rng *rand.Rand, inputs, layers int, spread float64) Drawn {
	d := Drawn{Net: &relu.Chain{Inputs: inputs}, Domain: domain.Box(inputs, -1, 1), Method: "interval"}
	in, size := inputs, Ones(inputs)
	for range layers {
		n := 1 + rng.IntN(4)
		lay := relu.Dense{W: mat.NewDense(n, in, nil), B: make([]float64, n), Slopes: relu.ReLU(n)}
		next := make([]float64, n)
		for k := range n {
			next[k] = math.Pow(10, spread*(2*rng.Float64()-1))
			for j := range in {
				lay.W.Set(k, j, next[k]*rng.NormFloat64()/size[j])
			}
			lay.B[k] = next[k] * rng.NormFloat64() / 2
		}
		d.Net.Layers = append(d.Net.Layers, lay)
		in, size = n, next
	}
	return d
}
