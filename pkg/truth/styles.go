package truth

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/domain"
	"relucount/pkg/relu"
)

// Style draws the weights of a network that is difficult to count with doubles.
type Style struct {
	Name string
	draw func(rng *rand.Rand) float64
}

// Styles are whole weights, and multiples of a half: hyperplanes meet in common
// points again and again. Weights of all scales. Units that are the same, or
// the opposite of one another, in general position. Weights that are next to
// nothing beside others. Units that are nearly the same: hyperplanes some 1e-13
// apart. And units without constants: all cells are cones.
var Styles = []Style{
	{"integer", func(rng *rand.Rand) float64 { return float64(rng.IntN(5) - 2) }},
	{"half", func(rng *rand.Rand) float64 { return float64(rng.IntN(9)-4) / 2 }},
	{"scale", func(rng *rand.Rand) float64 { return rng.NormFloat64() * math.Pow10(rng.IntN(13)-6) }},
	{"twins", (*rand.Rand).NormFloat64},
	{"tiny", func(rng *rand.Rand) float64 { return []float64{0, 1, -1, 1e-12, -1e-12, 1e-7}[rng.IntN(6)] }},
	{"near", func(rng *rand.Rand) float64 {
		return float64(1-2*rng.IntN(2)) * (1 + []float64{0, 1e-11, -1e-11, 1e-13}[rng.IntN(4)])
	}},
	{"cone", (*rand.Rand).NormFloat64},
}

// Styled draws a network in one of the styles over the box [-1, 1]^inputs.
func Styled(rng *rand.Rand, s Style, inputs, layers, widest int) Drawn {
	n := &relu.Chain{Name: s.Name, Inputs: inputs}
	in := inputs
	for range layers {
		size := 1 + rng.IntN(widest)
		lay := relu.Dense{W: mat.NewDense(size, in, nil), B: make([]float64, size), Slopes: relu.ReLU(size)}
		for i := range size {
			for j := range in {
				lay.W.Set(i, j, s.draw(rng))
			}
			lay.B[i] = s.draw(rng) * []float64{0, 1, 0.5}[rng.IntN(3)]
		}
		if s.Name == "cone" {
			clear(lay.B)
		}
		if s.Name == "twins" && size > 1 {
			lay.W.SetRow(1, lay.W.RawRowView(0))
			lay.B[1] = lay.B[0]
		}
		if s.Name == "twins" && size > 3 {
			for j, w := range lay.W.RawRowView(2) {
				lay.W.Set(3, j, -w)
			}
			lay.B[3] = -lay.B[2]
		}
		n.Layers = append(n.Layers, lay)
		in = size
	}
	return In(n, -1, 1, "interval")
}

// Times is a network with all weights and constants multiplied by a number,
// rounded.
func (d Drawn) Times(by float64) Drawn {
	n := &relu.Chain{Name: fmt.Sprintf("%s times %g", d.Net.Name, by), Inputs: d.Net.Inputs}
	for _, lay := range d.Net.Layers {
		next := relu.Dense{W: mat.DenseCopyOf(lay.W), B: make([]float64, lay.Units()), Slopes: lay.Slopes}
		next.W.Scale(by, next.W)
		for i, b := range lay.B {
			next.B[i] = by * b
		}
		n.Layers = append(n.Layers, next)
	}
	return Drawn{n, d.Domain, d.Method}
}

// An Embedding puts a network over the box [-1, 1]^k into more inputs, without
// rounding: it has the same patterns there.
type Embedding struct {
	Name string
	Of   func(rng *rand.Rand, d Drawn, inputs int) Drawn
}

// Embeddings are all there are.
var Embeddings = []Embedding{{"fixed inputs", fixedInputs}, {"equations", equations}, {"sums", sums}, {"idle inputs", idle}}

// widened is a network with inputs more, of which the first layer has no
// weights yet.
func widened(d Drawn, inputs int) Drawn {
	k := d.Net.Inputs
	first := d.Net.Layers[0]
	w := mat.NewDense(first.Units(), inputs, nil)
	for i := range first.Units() {
		for j := range k {
			w.Set(i, j, first.W.At(i, j))
		}
	}
	n := &relu.Chain{Name: d.Net.Name, Inputs: inputs, Layers: []relu.Dense{{W: w, B: first.B, Slopes: first.Slopes}}}
	n.Layers = append(n.Layers, d.Net.Layers[1:]...)
	return Drawn{n, domain.Box(inputs, -1, 1), d.Method}
}

// idle has inputs that do not matter.
func idle(_ *rand.Rand, d Drawn, inputs int) Drawn { return widened(d, inputs) }

// fixedInputs has pairs of inputs that are fixed at opposite numbers and have
// the same weights; one that is over is 0.
func fixedInputs(rng *rand.Rand, d Drawn, inputs int) Drawn {
	e := widened(d, inputs)
	w := e.Net.Layers[0].W
	for j := d.Net.Inputs; j < inputs; j++ {
		at := 0.0
		if j+1 < inputs {
			at = rng.NormFloat64()
		}
		e.Domain.Lower[j], e.Domain.Upper[j] = at, at
		for i := range e.Net.Layers[0].Units() {
			w.Set(i, j, rng.NormFloat64())
		}
		if j+1 < inputs {
			j++
			e.Domain.Lower[j], e.Domain.Upper[j] = -at, -at
			for i := range e.Net.Layers[0].Units() {
				w.Set(i, j, w.At(i, j-1))
			}
		}
	}
	return e
}

// equations has inputs that are equal to whole combinations of the first ones,
// twice with opposite weights; or equal to one of the first, of which they take
// a part of the weight; or three that are equal to a third of one.
func equations(rng *rand.Rand, d Drawn, inputs int) Drawn {
	e := widened(d, inputs)
	k := d.Net.Inputs
	w := e.Net.Layers[0].W
	units := e.Net.Layers[0].Units()
	equal := func(j int, coef []float64, divisor float64) { // divisor times input j is the combination
		r := domain.Row{A: make([]float64, inputs)}
		copy(r.A, coef)
		scale := float64(1 + rng.IntN(3))
		for i := range r.A {
			r.A[i] *= scale
		}
		r.A[j] = -scale * divisor
		e.Domain.Rows = append(e.Domain.Rows, r)
		e.Domain.Lower[j], e.Domain.Upper[j] = -16, 16 // more than there can be
	}
	for j := k; j < inputs; {
		coef, c := make([]float64, k), rng.IntN(k)
		switch left := inputs - j; {
		case left == 1 || rng.IntN(3) == 0:
			coef[c] = 1
			equal(j, coef, 1)
			for i := range units {
				part := float64(float32(w.At(i, c)))
				w.Set(i, c, w.At(i, c)-part)
				w.Set(i, j, part)
			}
			j++
		case left == 2 || rng.IntN(2) == 0:
			for i := range coef {
				coef[i] = float64(rng.IntN(7) - 3)
			}
			equal(j, coef, 1)
			equal(j+1, coef, 1)
			for i := range units {
				w.Set(i, j, rng.NormFloat64())
				w.Set(i, j+1, -w.At(i, j))
			}
			j += 2
		default:
			coef[c] = 1
			for range 3 {
				equal(j, coef, 3)
				for i := range units {
					w.Set(i, j, w.At(i, c))
				}
				j++
			}
			for i := range units {
				w.Set(i, c, 0)
			}
		}
	}
	return e
}

// sums has a sum of inputs in place of each: of as many as can be, a power of 2,
// so that their limits are exact. Inputs that are over do not matter.
func sums(_ *rand.Rand, d Drawn, inputs int) Drawn {
	e := widened(d, inputs)
	k := d.Net.Inputs
	each := 1
	for 2*each*k <= inputs {
		each *= 2
	}
	w := e.Net.Layers[0].W
	for i := range e.Net.Layers[0].Units() {
		row := append([]float64{}, d.Net.Layers[0].W.RawRowView(i)...)
		for j := range k * each {
			w.Set(i, j, row[j/each])
		}
	}
	for j := range k * each {
		e.Domain.Lower[j], e.Domain.Upper[j] = -1/float64(each), 1/float64(each)
	}
	return e
}
