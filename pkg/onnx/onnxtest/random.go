package onnxtest

import (
	"fmt"
	"math/rand/v2"
)

// Random returns a random chain of up to 14 operators and the function that it is
// meant to be.
func Random(rng *rand.Rand) (m Model, f func(x []float64) []float64) {
	g := &grower{rng: rng, last: "x", dims: Dims(1, int64(1+rng.IntN(3)), int64(1+rng.IntN(3))),
		f: func(x []float64) []float64 { return x }}
	g.m.Shape = g.dims
	for range 1 + rng.IntN(14) {
		growths[rng.IntN(len(growths))](g)
	}
	g.add(Op("Identity", In(g.last), "y"))
	return g.m, g.f
}

// grower makes the chain and, along with it, the function.
type grower struct {
	rng  *rand.Rand
	m    Model
	last string // the computed tensor so far
	dims []int64
	f    func(x []float64) []float64
}

// growths are the ways to grow by an operator; those that are there twice come
// more often.
var growths = []func(*grower){
	(*grower).gemm, (*grower).matrix, (*grower).relu, (*grower).relu, (*grower).arithmetic, (*grower).neg,
	(*grower).nothing, (*grower).reshape, (*grower).batchNorm, (*grower).prelu, (*grower).absOrLeaky,
}

// size is the number of elements of a tensor.
func size(dims []int64) int {
	n := 1
	for _, d := range dims {
		n *= int(d)
	}
	return n
}

func (g *grower) add(p Part) { g.m.Parts = append(g.m.Parts, p) }

// constant stores random numbers, no smaller than 1/8 and exact in any
// precision, in a random form.
func (g *grower) constant(d []int64) (string, []float64) {
	v := make([]float64, size(d))
	for i := range v {
		v[i] = float64(1+g.rng.IntN(16)) / 8 * float64(1-2*g.rng.IntN(2))
	}
	name := fmt.Sprintf("c%d", len(g.m.Parts))
	forms := []func(string, []int64, ...float64) Initializer{Raw32, Raw64, List32, List64, Loose32, Loose64}
	t := forms[g.rng.IntN(len(forms))](name, d, v...)
	if g.rng.IntN(3) == 0 {
		g.add(Op("Constant", nil, name, AttrT("value", t)))
	} else {
		g.add(t)
	}
	return name, v
}

// node appends a node that takes the last tensor where inputs has "".
func (g *grower) node(typ string, inputs []string, attributes ...[]byte) {
	for i := range inputs {
		if inputs[i] == "" {
			inputs[i] = g.last
		}
	}
	g.last = fmt.Sprintf("t%d", len(g.m.Parts))
	g.add(Op(typ, inputs, g.last, attributes...))
}

// then appends to the function.
func (g *grower) then(f func(h []float64) []float64) {
	before := g.f
	g.f = func(x []float64) []float64 { return f(before(x)) }
}

// each appends a function of every component by itself.
func (g *grower) each(f func(i int, v float64) float64) {
	g.then(func(h []float64) []float64 {
		out := make([]float64, len(h))
		for i, v := range h {
			out[i] = f(i, v)
		}
		return out
	})
}

// affine appends m affine functions to the function.
func (g *grower) affine(m int, weight func(i, j int) float64, bias func(i int) float64) {
	g.then(func(h []float64) []float64 {
		out := make([]float64, m)
		for i := range out {
			for j := range h {
				out[i] += weight(i, j) * h[j]
			}
			out[i] += bias(i)
		}
		return out
	})
	g.dims = Dims(1, int64(m))
}

// units makes what there is a row of n numbers and draws the number of units.
func (g *grower) units() (n, m int) {
	g.node("Flatten", In(""), AttrI("axis", 0))
	return size(g.dims), 1 + g.rng.IntN(5)
}

func (g *grower) gemm() {
	n, m := g.units()
	transposed := g.rng.IntN(2)
	d := Dims(int64(n), int64(m))
	if transposed == 1 {
		d = Dims(int64(m), int64(n))
	}
	w, v := g.constant(d)
	b, c := g.constant(Dims(int64(m)))
	g.node("Gemm", In("", w, b), AttrI("transB", int64(transposed)), AttrF("beta", 0.5))
	g.affine(m, func(i, j int) float64 {
		if transposed == 1 {
			return v[i*n+j]
		}
		return v[j*m+i]
	}, func(i int) float64 { return c[i] / 2 })
}

func (g *grower) matrix() {
	n, m := g.units()
	w, v := g.constant(Dims(int64(n), int64(m)))
	g.node("MatMul", In("", w))
	g.affine(m, func(i, j int) float64 { return v[j*m+i] }, func(int) float64 { return 0 })
}

func (g *grower) relu() {
	g.node("Relu", In(""))
	g.each(func(_ int, v float64) float64 { return max(0, v) })
}

// arithmetic combines with a constant of a shape that is repeated.
func (g *grower) arithmetic() {
	ops := []struct {
		typ string
		f   func(a, b float64) float64
	}{
		{"Add", func(a, b float64) float64 { return a + b }},
		{"Sub", func(a, b float64) float64 { return a - b }},
		{"Mul", func(a, b float64) float64 { return a * b }},
		{"Div", func(a, b float64) float64 { return a / b }},
	}
	op := ops[g.rng.IntN(len(ops))]
	d := make([]int64, len(g.dims))
	for i := range d {
		d[i] = []int64{1, g.dims[i]}[g.rng.IntN(2)]
	}
	name, c := g.constant(d[g.rng.IntN(len(d)+1):])
	if len(c) != 1 && len(c) != size(g.dims) {
		return // the node would need index arithmetic of its own here
	}
	if op.typ != "Div" && g.rng.IntN(2) == 0 {
		g.node(op.typ, In(name, ""))
		g.each(func(i int, v float64) float64 { return op.f(c[i%len(c)], v) })
		return
	}
	g.node(op.typ, In("", name))
	g.each(func(i int, v float64) float64 { return op.f(v, c[i%len(c)]) })
}

func (g *grower) neg() {
	g.node("Neg", In(""))
	g.each(func(_ int, v float64) float64 { return -v })
}

func (g *grower) nothing() {
	g.node([]string{"Identity", "Dropout"}[g.rng.IntN(2)], In(""))
}

func (g *grower) reshape() {
	s := fmt.Sprintf("s%d", len(g.m.Parts))
	g.dims = Dims(1, int64(size(g.dims)), 1)
	g.add(Ints(s, Dims(3), 1, -1, 1))
	g.node("Reshape", In("", s))
}

func (g *grower) batchNorm() {
	channels := int(g.dims[1])
	inner := size(g.dims) / channels
	var names [4]string
	var v [4][]float64
	for k := range v {
		names[k], v[k] = g.constant(Dims(int64(channels)))
	}
	// A variance is positive: the square of its own root.
	square := fmt.Sprintf("q%d", len(g.m.Parts))
	g.add(Op("Mul", In(names[3], names[3]), square))
	g.node("BatchNormalization", In("", names[0], names[1], names[2], square), AttrF("epsilon", 0))
	g.each(func(i int, h float64) float64 {
		c := i / inner % channels
		sd := max(v[3][c], -v[3][c])
		return (h-v[2][c])/sd*v[0][c] + v[1][c]
	})
}

func (g *grower) prelu() {
	name, c := g.constant([][]int64{{1}, {g.dims[len(g.dims)-1]}}[g.rng.IntN(2)])
	g.node("PRelu", In("", name))
	g.each(func(i int, v float64) float64 {
		if v < 0 {
			return c[i%len(c)] * v
		}
		return v
	})
}

func (g *grower) absOrLeaky() {
	if g.rng.IntN(2) == 0 {
		g.node("Abs", In(""))
		g.each(func(_ int, v float64) float64 { return max(v, -v) })
		return
	}
	g.node("LeakyRelu", In(""), AttrF("alpha", 0.125))
	g.each(func(_ int, v float64) float64 { return max(v, 0.125*v) })
}
