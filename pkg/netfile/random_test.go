package netfile

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"relucount/pkg/property"
)

// grower makes a random chain of operators and, along with it, the function
// that the chain is meant to be.
type grower struct {
	rng  *rand.Rand
	m    testModel
	last string // the computed tensor so far
	dims []int64
	f    func(x []float64) []float64
}

func (g *grower) size() int {
	n := 1
	for _, d := range g.dims {
		n *= int(d)
	}
	return n
}

// constant stores random numbers, no smaller than 1/8 and exact in any
// precision, in a random form.
func (g *grower) constant(d []int64) (string, []float64) {
	n := 1
	for _, k := range d {
		n *= int(k)
	}
	v := make([]float64, n)
	for i := range v {
		v[i] = float64(1+g.rng.IntN(16)) / 8 * float64(1-2*g.rng.IntN(2))
	}
	name := fmt.Sprintf("c%d", len(g.m.tensors)+len(g.m.nodes))
	forms := []func(string, []int64, ...float64) []byte{raw32, raw64, list32, list64, loose32, loose64}
	t := forms[g.rng.IntN(len(forms))](name, d, v...)
	if g.rng.IntN(3) == 0 {
		g.m.nodes = append(g.m.nodes, op("Constant", nil, name, attrT("value", t)))
	} else {
		g.m.tensors = append(g.m.tensors, t)
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
	out := fmt.Sprintf("t%d", len(g.m.nodes))
	g.m.nodes = append(g.m.nodes, op(typ, inputs, out, attributes...))
	g.last = out
}

// then appends to the function.
func (g *grower) then(f func(h []float64) []float64) {
	before := g.f
	g.f = func(x []float64) []float64 { return f(before(x)) }
}

func (g *grower) each(f func(i int, v float64) float64) {
	g.then(func(h []float64) []float64 {
		out := make([]float64, len(h))
		for i, v := range h {
			out[i] = f(i, v)
		}
		return out
	})
}

func (g *grower) grow() {
	n := g.size()
	switch k := g.rng.IntN(11); k {
	case 0, 1: // a matrix, with n made a row first
		g.node("Flatten", in(""), attrI("axis", 0))
		m := 1 + g.rng.IntN(5)
		transposed := g.rng.IntN(2)
		d := dims(int64(n), int64(m))
		if transposed == 1 {
			d = dims(int64(m), int64(n))
		}
		w, v := g.constant(d)
		at := func(i, j int) float64 { return v[j*m+i] }
		if transposed == 1 {
			at = func(i, j int) float64 { return v[i*n+j] }
		}
		bias := make([]float64, m)
		switch {
		case k == 0 || transposed == 1:
			b, c := g.constant(dims(int64(m)))
			g.node("Gemm", in("", w, b), attrI("transB", int64(transposed)), attrF("beta", 0.5))
			for i := range bias {
				bias[i] = c[i] / 2
			}
		default:
			g.node("MatMul", in("", w))
		}
		g.then(func(h []float64) []float64 {
			out := make([]float64, m)
			for i := range out {
				for j := range h {
					out[i] += at(i, j) * h[j]
				}
				out[i] += bias[i]
			}
			return out
		})
		g.dims = dims(1, int64(m))
	case 2, 3:
		g.node("Relu", in(""))
		g.each(func(_ int, v float64) float64 { return max(0, v) })
	case 4: // elementwise with a constant of a shape that is repeated
		typ := []string{"Add", "Sub", "Mul", "Div"}[g.rng.IntN(4)]
		d := make([]int64, len(g.dims))
		for i := range d {
			d[i] = []int64{1, g.dims[i]}[g.rng.IntN(2)]
		}
		name, c := g.constant(d[g.rng.IntN(len(d)+1):])
		if len(c) != 1 && len(c) != n {
			return // the node would need index arithmetic of its own here
		}
		operands := in("", name)
		swapped := typ != "Div" && g.rng.IntN(2) == 0
		if swapped {
			operands = in(name, "")
		}
		g.node(typ, operands)
		g.each(func(i int, v float64) float64 {
			a, b := v, c[i%len(c)]
			if swapped {
				a, b = b, a
			}
			switch typ {
			case "Add":
				return a + b
			case "Sub":
				return a - b
			case "Mul":
				return a * b
			}
			return a / b
		})
	case 5:
		g.node("Neg", in(""))
		g.each(func(_ int, v float64) float64 { return -v })
	case 6:
		g.node([]string{"Identity", "Dropout"}[g.rng.IntN(2)], in(""))
	case 7:
		s := fmt.Sprintf("s%d", len(g.m.nodes))
		g.dims = dims(1, int64(n), 1)
		g.m.tensors = append(g.m.tensors, ints(s, dims(3), 1, -1, 1))
		g.node("Reshape", in("", s))
	case 9:
		name, c := g.constant([][]int64{{1}, {g.dims[len(g.dims)-1]}}[g.rng.IntN(2)])
		g.node("PRelu", in("", name))
		g.each(func(i int, v float64) float64 {
			if v < 0 {
				return c[i%len(c)] * v
			}
			return v
		})
	case 10:
		if g.rng.IntN(2) == 0 {
			g.node("Abs", in(""))
			g.each(func(_ int, v float64) float64 { return max(v, -v) })
			return
		}
		g.node("LeakyRelu", in(""), attrF("alpha", 0.125))
		g.each(func(_ int, v float64) float64 { return max(v, 0.125*v) })
	case 8:
		channels := g.dims[1]
		var names []string
		var v [4][]float64
		for k := range v {
			name, c := g.constant(dims(channels))
			names, v[k] = append(names, name), c
		}
		// A variance is positive: the square of its own root.
		square := fmt.Sprintf("q%d", len(g.m.nodes))
		g.m.nodes = append(g.m.nodes, op("Mul", in(names[3], names[3]), square))
		g.node("BatchNormalization", in("", names[0], names[1], names[2], square), attrF("epsilon", 0))
		inner := n / int(channels)
		g.each(func(i int, h float64) float64 {
			c := i / inner % int(channels)
			sd := max(v[3][c], -v[3][c])
			return (h-v[2][c])/sd*v[0][c] + v[1][c]
		})
	}
}

// newGrower returns one that is grown to up to 14 operators.
func newGrower(rng *rand.Rand) *grower {
	g := &grower{rng: rng, last: "x", dims: dims(1, int64(1+rng.IntN(3)), int64(1+rng.IntN(3))),
		f: func(x []float64) []float64 { return x }}
	g.m.shape = g.dims
	for range 1 + rng.IntN(14) {
		g.grow()
	}
	g.m.nodes = append(g.m.nodes, op("Identity", in(g.last), "y"))
	return g
}

func TestRandomGraphs(t *testing.T) {
	t.Parallel()
	for seed := range property.Seeds(t, 500, 150) {
		rng := rand.New(rand.NewPCG(1, seed))
		g := newGrower(rng)
		file := read(t, g.m.bytes())
		x := make([]float64, file.Net.Inputs)
		for l, lay := range file.Net.Layers {
			if lay.Linear() && l < len(file.Net.Layers)-1 {
				t.Errorf("seed %d: layer %d of %d is linear", seed, l+1, len(file.Net.Layers))
			}
		}
		for range 4 {
			for i := range x {
				x[i] = 4*rng.Float64() - 2
			}
			if got, want := file.Net.Output(x), g.f(x); !agree(got, want) {
				t.Fatalf("seed %d: output %v, want %v at %v", seed, got, want, x)
			}
		}
	}
}

// A damaged model is an error or another network: never a panic, never one
// that the plain pass disagrees with.
func TestDamaged(t *testing.T) {
	t.Parallel()
	read := 0
	for seed := range property.Seeds(t, 200, 40) {
		rng := rand.New(rand.NewPCG(2, seed))
		g := newGrower(rng)
		whole := g.m.bytes()
		for range 50 {
			data := bytes.Clone(whole)
			for range 1 + rng.IntN(3) {
				i := rng.IntN(len(data))
				switch rng.IntN(3) {
				case 0:
					data[i] ^= 1 << rng.IntN(8)
				case 1:
					data[i] = data[rng.IntN(len(data))]
				case 2:
					data[i] = []byte{0, 1, 2, 0x7f, 0x80, 0xff}[rng.IntN(6)]
				}
			}
			f, err := Read(bytes.NewReader(data), "damaged")
			if err != nil && strings.Contains(err.Error(), "internal check") {
				t.Errorf("seed %d: %v", seed, err)
			}
			if err == nil {
				read++
				if err := f.Net.Check(); err != nil {
					t.Errorf("seed %d: %v", seed, err)
				}
			}
		}
	}
	if read == 0 {
		t.Errorf("no damaged model could be read: the test has no teeth")
	}
}
