package symbolic

import (
	"fmt"
	"math"
	"math/rand/v2"

	"relucount/pkg/evaluation"
	. "relucount/pkg/onnx/onnxtest"
)

// drawer draws a graph. All its tensors have the shape [1, channels, length], and
// all numbers are multiples of powers of two, so that the plain evaluation is
// exact.
type drawer struct {
	rng     *rand.Rand
	m       Model
	tensors []drawn
	nodes   int
	units   int                                    // that may have been made
	signs   []func(p *evaluation.Pass) [][]float64 // of a pass, what units are bent by
	used    map[string]bool                        // tensors that some node takes
	ops     map[string]int
}

type drawn struct {
	name string
	c, l int
}

const (
	mostNumbers = 6  // of a tensor
	mostUnits   = 18 // of a graph, about
)

// draw draws a graph of one or two inputs.
func draw(rng *rand.Rand) *drawer {
	d := &drawer{rng: rng, used: map[string]bool{}, ops: map[string]int{}}
	n := 1 + rng.IntN(2)
	d.m.Shape = Dims(1, 1, int64(n))
	d.tensors = []drawn{{"x", 1, n}}
	for want := 10 + rng.IntN(21); d.nodes < want; {
		makers[rng.IntN(len(makers))](d)
	}
	// whatever nobody takes is an output
	flat := []string{}
	for _, t := range d.tensors {
		if !d.used[t.name] {
			name := "flat_" + t.name
			d.m.Parts = append(d.m.Parts, Op("Flatten", In(t.name), name))
			flat = append(flat, name)
		}
	}
	d.m.Parts = append(d.m.Parts, Op("Concat", flat, "y", AttrI("axis", 1)))
	return d
}

// any picks a tensor, later ones more often.
func (d *drawer) any() drawn {
	k := max(d.rng.IntN(len(d.tensors)), d.rng.IntN(len(d.tensors)))
	return d.tensors[k]
}

func (d *drawer) num() float64 { return float64(1+d.rng.IntN(6)) / 2 * float64(1-2*d.rng.IntN(2)) }

func (d *drawer) nums(n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = d.num()
	}
	return v
}

func (d *drawer) constant(dims []int64, v ...float64) string {
	name := fmt.Sprintf("c%d", len(d.m.Parts))
	d.m.Parts = append(d.m.Parts, Raw64(name, dims, v...))
	return name
}

func (d *drawer) ints(v ...int64) string {
	name := fmt.Sprintf("i%d", len(d.m.Parts))
	d.m.Parts = append(d.m.Parts, Ints(name, Dims(int64(len(v))), v...))
	return name
}

// node adds a node whose result has the shape [1, c, l].
func (d *drawer) node(op string, in []string, c, l int, attributes ...[]byte) drawn {
	for _, name := range in {
		d.used[name] = true
	}
	t := drawn{fmt.Sprintf("t%d", len(d.m.Parts)), c, l}
	d.m.Parts = append(d.m.Parts, Op(op, in, t.name, attributes...))
	d.tensors = append(d.tensors, t)
	d.nodes++
	d.ops[op]++
	return t
}

// bent notes what decides about units: numbers of a pass.
func (d *drawer) bent(units int, f func(p *evaluation.Pass) []float64) {
	d.units += units
	d.signs = append(d.signs, func(p *evaluation.Pass) [][]float64 { return [][]float64{f(p)} })
}

func data(p *evaluation.Pass, name string) []float64 { return p.Value(name).Data }

// makers are the ways to add nodes.
var makers = []func(d *drawer){
	matrices, matrices, convolve, transposeConvolve, rectify, rectify, slopes, clipped, extremesOf, pooled, gated, gated,
	joined, joined, scaled, normalised, moved1, moved1, moved2, averaged, resized, cut,
}

func matrices(d *drawer) {
	t := d.any()
	k := 1 + d.rng.IntN(3)
	if t.c*k > mostNumbers {
		return
	}
	w := d.constant(Dims(int64(t.l), int64(k)), d.nums(t.l*k)...)
	if t.c == 1 && d.rng.IntN(2) == 0 {
		// a Gemm wants two dimensions
		s := d.node("Squeeze", In(t.name, d.ints(1)), t.c, t.l)
		d.tensors = d.tensors[:len(d.tensors)-1]
		g := d.node("Gemm", In(s.name, w, d.constant(Dims(int64(k)), d.nums(k)...)), 1, k, AttrF("alpha", 0.5))
		d.tensors = d.tensors[:len(d.tensors)-1]
		d.node("Unsqueeze", In(g.name, d.ints(1)), 1, k)
		return
	}
	p := d.node("MatMul", In(t.name, w), t.c, k)
	if d.rng.IntN(2) == 0 {
		d.node("Add", In(p.name, d.constant(Dims(int64(k)), d.nums(k)...)), t.c, k)
	}
}

func convolve(d *drawer) {
	t := d.any()
	kernel, pad, stride := 1+d.rng.IntN(2), d.rng.IntN(2), 1+d.rng.IntN(2)
	group, out := 1, 1+d.rng.IntN(2)
	if t.c == 2 && d.rng.IntN(2) == 0 {
		group, out = 2, 2
	}
	room := t.l + 2*pad - kernel
	if room < 0 || out*(room/stride+1) > mostNumbers {
		return
	}
	w := d.constant(Dims(int64(out), int64(t.c/group), int64(kernel)), d.nums(out*t.c/group*kernel)...)
	d.node("Conv", In(t.name, w, d.constant(Dims(int64(out)), d.nums(out)...)), out, room/stride+1,
		AttrInts("pads", int64(pad), int64(pad)), AttrInts("strides", int64(stride)), AttrI("group", int64(group)))
}

func transposeConvolve(d *drawer) {
	t := d.any()
	if 2*t.l > mostNumbers {
		return
	}
	d.node("ConvTranspose", In(t.name, d.constant(Dims(int64(t.c), 1, 2), d.nums(2*t.c)...)), 1, 2*t.l, AttrInts("strides", 2))
}

// room tells whether so many units may be made.
func (d *drawer) room(units int) bool { return d.units+units <= mostUnits }

func rectify(d *drawer) {
	t := d.any()
	if !d.room(t.c * t.l) {
		return
	}
	d.node("Relu", In(t.name), t.c, t.l)
	d.bent(t.c*t.l, func(p *evaluation.Pass) []float64 { return data(p, t.name) })
}

func slopes(d *drawer) {
	t := d.any()
	if !d.room(t.c * t.l) {
		return
	}
	switch d.rng.IntN(3) {
	case 0:
		d.node("Abs", In(t.name), t.c, t.l)
	case 1:
		d.node("LeakyRelu", In(t.name), t.c, t.l, AttrF("alpha", 0.25))
	default:
		s := []float64{-0.5, 0.25, 0.5}[d.rng.IntN(3)]
		d.node("PRelu", In(t.name, d.constant(Dims(1), s)), t.c, t.l)
	}
	d.bent(t.c*t.l, func(p *evaluation.Pass) []float64 { return data(p, t.name) })
}

func shifted(v []float64, by ...float64) (out []float64) {
	for _, b := range by {
		for _, x := range v {
			out = append(out, x-b)
		}
	}
	return out
}

func clipped(d *drawer) {
	t := d.any()
	n := t.c * t.l
	if !d.room(2 * n) {
		return
	}
	low, high := d.constant(nil, -0.5), d.constant(nil, 1)
	switch d.rng.IntN(4) {
	case 0:
		d.node("Clip", In(t.name, low, high), t.c, t.l)
		d.bent(2*n, func(p *evaluation.Pass) []float64 { return shifted(data(p, t.name), -0.5, 1) })
	case 1:
		d.node("Clip", In(t.name, "", high), t.c, t.l)
		d.bent(n, func(p *evaluation.Pass) []float64 { return shifted(data(p, t.name), 1) })
	case 2:
		d.node("HardSigmoid", In(t.name), t.c, t.l, AttrF("alpha", 0.25), AttrF("beta", 0.5))
		d.bent(2*n, func(p *evaluation.Pass) []float64 { return shifted(data(p, t.name), -2, 2) })
	default:
		d.node("Shrink", In(t.name), t.c, t.l, AttrF("bias", 0.5), AttrF("lambd", 0.5))
		d.bent(2*n, func(p *evaluation.Pass) []float64 { return shifted(data(p, t.name), -0.5, 0.5) })
	}
}

// same returns another tensor of the shape of t, perhaps t.
func (d *drawer) same(t drawn) drawn {
	for range 8 {
		if o := d.any(); o.c == t.c && o.l == t.l && o.name != t.name {
			return o
		}
	}
	return t
}

func extremesOf(d *drawer) {
	a := d.any()
	n := a.c * a.l
	b := d.same(a)
	if !d.room(n) || a.name == b.name {
		return
	}
	op := []string{"Max", "Min"}[d.rng.IntN(2)]
	if d.rng.IntN(2) == 0 {
		v := d.num()
		d.node(op, In(d.constant(nil, v), a.name), a.c, a.l)
		d.bent(n, func(p *evaluation.Pass) []float64 { return shifted(data(p, a.name), v) })
		return
	}
	d.node(op, In(a.name, b.name), a.c, a.l)
	d.bent(n, func(p *evaluation.Pass) []float64 {
		out := append([]float64{}, data(p, a.name)...)
		for i, v := range data(p, b.name) {
			out[i] -= v
		}
		return out
	})
}

func pooled(d *drawer) {
	t := d.any()
	if t.l < 2 || !d.room(t.c*(t.l-1)) {
		return
	}
	d.node("MaxPool", In(t.name), t.c, t.l-1, AttrInts("kernel_shape", 2))
	d.bent(t.c*(t.l-1), func(p *evaluation.Pass) (out []float64) {
		v := data(p, t.name)
		for i := range v {
			if i%t.l > 0 {
				out = append(out, v[i-1]-v[i])
			}
		}
		return out
	})
}

func gated(d *drawer) {
	t := d.any()
	n := t.c * t.l
	if !d.room(n) {
		return
	}
	zero := d.constant(nil, 0)
	hide := func() { d.tensors = d.tensors[:len(d.tensors)-1] }
	switch d.rng.IntN(3) {
	case 0:
		p := d.node("Greater", In(t.name, zero), t.c, t.l)
		hide()
		d.node("Where", In(p.name, t.name, zero), t.c, t.l)
	case 1:
		p := d.node("Less", In(zero, t.name), t.c, t.l)
		hide()
		q := d.node("Cast", In(p.name), t.c, t.l, AttrI("to", TypeFloat))
		hide()
		d.node("Mul", In(t.name, q.name), t.c, t.l)
	default:
		half := d.node("Mul", In(t.name, d.constant(nil, 0.5)), t.c, t.l)
		p := d.node("LessOrEqual", In(t.name, zero), t.c, t.l)
		hide()
		q := d.node("Not", In(p.name), t.c, t.l)
		hide()
		d.node("Where", In(q.name, t.name, half.name), t.c, t.l)
	}
	d.bent(n, func(p *evaluation.Pass) []float64 { return data(p, t.name) })
}

func joined(d *drawer) {
	a := d.any()
	b := d.same(a)
	if a.name == b.name {
		return
	}
	switch d.rng.IntN(5) {
	case 0:
		d.node("Sub", In(a.name, b.name), a.c, a.l)
	case 1:
		d.node("Sum", In(a.name, b.name, d.any1(a).name), a.c, a.l)
	case 2:
		d.node("Mean", In(a.name, b.name), a.c, a.l)
	case 3:
		if 2*a.c*a.l <= mostNumbers {
			d.node("Concat", In(a.name, b.name), 2*a.c, a.l, AttrI("axis", 1))
		}
	default:
		d.node("Add", In(a.name, b.name), a.c, a.l)
	}
}

// any1 returns a tensor that broadcasts to the shape of t.
func (d *drawer) any1(t drawn) drawn {
	for range 8 {
		if o := d.any(); (o.c == 1 || o.c == t.c) && (o.l == 1 || o.l == t.l) {
			return o
		}
	}
	return t
}

func scaled(d *drawer) {
	t := d.any()
	switch d.rng.IntN(4) {
	case 0:
		d.node("Mul", In(t.name, d.constant(Dims(int64(t.l)), d.nums(t.l)...)), t.c, t.l)
	case 1:
		d.node("Div", In(t.name, d.constant(nil, 2)), t.c, t.l)
	case 2:
		d.node("Neg", In(t.name), t.c, t.l)
	default:
		d.node("Sub", In(d.constant(Dims(int64(t.c), 1), d.nums(t.c)...), t.name), t.c, t.l)
	}
}

func normalised(d *drawer) {
	t := d.any()
	n := Dims(int64(t.c))
	four := d.constant(n, func() (v []float64) {
		for range t.c {
			v = append(v, 4)
		}
		return v
	}()...)
	d.node("BatchNormalization", In(t.name, d.constant(n, d.nums(t.c)...), d.constant(n, d.nums(t.c)...), d.constant(n, d.nums(t.c)...), four), t.c, t.l, AttrF("epsilon", 0))
}

func moved1(d *drawer) {
	t := d.any()
	switch d.rng.IntN(6) {
	case 0:
		d.node("Transpose", In(t.name), t.l, t.c, AttrInts("perm", 0, 2, 1))
	case 1:
		d.node("Reshape", In(t.name, d.ints(1, 1, -1)), 1, t.c*t.l)
	case 2:
		d.node("Gather", In(t.name, d.ints(int64(d.rng.IntN(t.l)), -1)), t.c, 2, AttrI("axis", 2))
	case 3:
		if t.l > 1 {
			d.node("Slice", In(t.name, d.ints(int64(t.l-1)), d.ints(-100), d.ints(2), d.ints(-1)), t.c, t.l)
		}
	case 4:
		d.node("Identity", In(t.name), t.c, t.l)
	default:
		d.node("Dropout", In(t.name), t.c, t.l)
	}
}

func moved2(d *drawer) {
	t := d.any()
	switch d.rng.IntN(4) {
	case 0:
		if t.c*(t.l+1) <= mostNumbers {
			d.node("Pad", In(t.name, d.ints(0, 0, 1, 0, 0, 0), d.constant(nil, d.num())), t.c, t.l+1)
		}
	case 1:
		if 2*t.c*t.l <= mostNumbers {
			d.node("Tile", In(t.name, d.ints(1, 2, 1)), 2*t.c, t.l)
		}
	case 2:
		if t.c == 1 && 2*t.l <= mostNumbers {
			d.node("Expand", In(t.name, d.ints(1, 2, 1)), 2, t.l)
		}
	default:
		if t.c*(t.l+1) <= mostNumbers {
			d.node("Concat", In(t.name, d.constant(Dims(1, int64(t.c), 1), d.nums(t.c)...)), t.c, t.l+1, AttrI("axis", 2))
		}
	}
}

func averaged(d *drawer) {
	t := d.any()
	switch d.rng.IntN(4) {
	case 0:
		if t.l > 1 {
			d.node("AveragePool", In(t.name), t.c, t.l-1, AttrInts("kernel_shape", 2))
		}
	case 1:
		if t.l&(t.l-1) == 0 {
			d.node("GlobalAveragePool", In(t.name), t.c, 1)
		}
	case 2:
		if t.l&(t.l-1) == 0 {
			d.node("ReduceMean", In(t.name), t.c, 1, AttrInts("axes", 2))
		}
	default:
		d.node("ReduceSum", In(t.name, d.ints(1)), 1, t.l)
	}
}

func resized(d *drawer) {
	t := d.any()
	if 2*t.c*t.l > mostNumbers {
		return
	}
	scales := d.constant(Dims(3), 1, 1, 2)
	switch d.rng.IntN(3) {
	case 0:
		d.node("Upsample", In(t.name, scales), t.c, 2*t.l)
	case 1:
		d.node("Resize", In(t.name, "", scales), t.c, 2*t.l, AttrS("mode", "nearest"))
	default:
		d.node("Resize", In(t.name, "", scales), t.c, 2*t.l, AttrS("mode", "linear"))
	}
}

func cut(d *drawer) {
	t := d.any()
	if t.l < 2 {
		return
	}
	a, b := fmt.Sprintf("a%d", len(d.m.Parts)), fmt.Sprintf("b%d", len(d.m.Parts))
	d.used[t.name] = true
	d.m.Parts = append(d.m.Parts, Named("", "Split", In(t.name, d.ints(1, int64(t.l-1))), In(a, b), AttrI("axis", 2)))
	d.tensors = append(d.tensors, drawn{a, t.c, 1}, drawn{b, t.c, t.l - 1})
	d.nodes++
	d.ops["Split"]++
}

// pattern returns the signs of what bends the graph at x, by its plain evaluation,
// and how close the closest is to 0 without being 0.
func (d *drawer) pattern(g *evaluation.Graph, x []float64) (string, float64, error) {
	p, err := g.Eval(x, nil)
	if err != nil {
		return "", 0, err
	}
	out, closest := []byte{}, math.Inf(1)
	for _, f := range d.signs {
		for _, vs := range f(p) {
			for _, v := range vs {
				if a := math.Abs(v); a != 0 {
					closest = min(closest, a)
				}
				if v > 0 {
					out = append(out, '1')
				} else {
					out = append(out, '0')
				}
			}
		}
	}
	return string(out), closest, nil
}
