package symbolic

import (
	"fmt"
	"math"

	"relucount/pkg/onnx"
	"relucount/pkg/relu"
)

// rule says what an operator does to forms.
type rule struct {
	data   []int // the inputs that may depend on the network's input
	apply  func(w *walk, s *step) error
	steps  bool // whether they may be comparisons
	matrix bool // whether it is counted as a layer's matrix in messages
}

const anyInput = -1

var (
	first  = []int{0}
	both   = []int{0, 1}
	every  = []int{anyInput}
	moved  = func(data ...int) rule { return rule{data, move, true, false} }
	linear = func(apply func(w *walk, s *step) error, data ...int) rule { return rule{data, apply, false, false} }
	matrix = func(apply func(w *walk, s *step) error, data ...int) rule { return rule{data, apply, false, true} }
)

// rules are of the operators that may depend on the network's input.
var rules map[string]rule

func init() {
	rules = map[string]rule{
		"DepthToSpace":                     moved(0),
		"Dropout":                          moved(0),
		"Expand":                           moved(0),
		"Flatten":                          moved(0),
		"Gather":                           moved(0),
		"Identity":                         moved(0),
		"Pad":                              moved(0, 2),
		"Reshape":                          moved(0),
		"Slice":                            moved(0),
		"SpaceToDepth":                     moved(0),
		"Split":                            moved(0),
		"Squeeze":                          moved(0),
		"Tile":                             moved(0),
		"Transpose":                        moved(0),
		"Unsqueeze":                        moved(0),
		"Cast":                             {first, cast, true, false},
		"CastLike":                         {first, cast, true, false},
		"Concat":                           {every, move, false, false},
		"ai.onnx.ml:ArrayFeatureExtractor": moved(0),
		"ai.onnx.ml:FeatureVectorizer":     {every, move, false, false},

		"Add":                        linear(addition, 0, 1),
		"Sub":                        linear(subtraction, 0, 1),
		"Sum":                        linear(sum, anyInput),
		"Mean":                       linear(mean, anyInput),
		"Mul":                        {both, multiplication, true, false},
		"Div":                        linear(division, 0),
		"Neg":                        linear(negation, 0),
		"MatMul":                     matrix(matMul, 0, 1),
		"Gemm":                       matrix(gemm, 0, 1, 2),
		"Conv":                       matrix(convolution, 0, 2),
		"ConvTranspose":              matrix(convolution, 0, 2),
		"BatchNormalization":         linear(batchNorm, 0),
		"AveragePool":                linear(averagePool, 0),
		"GlobalAveragePool":          linear(globalAverage, 0),
		"ReduceMean":                 linear(reduceMean, 0),
		"ReduceSum":                  linear(reduceSum, 0),
		"Resize":                     linear(resize, 0),
		"Upsample":                   linear(resize, 0),
		"ai.onnx.ml:LinearRegressor": matrix(regressor, 0),
		"ai.onnx.ml:Scaler":          linear(scaler, 0),

		"Abs":             linear(twoSlopes, 0),
		"LeakyRelu":       linear(twoSlopes, 0),
		"PRelu":           linear(twoSlopes, 0),
		"Relu":            linear(twoSlopes, 0),
		"Clip":            linear(clip, 0),
		"HardSigmoid":     linear(hardSigmoid, 0),
		"Shrink":          linear(shrink, 0),
		"ThresholdedRelu": linear(thresholded, 0),
		"Max":             linear(extremes((*network).larger), anyInput),
		"Min":             linear(extremes((*network).smaller), anyInput),
		"MaxPool":         linear(maxPool, 0),
		"GlobalMaxPool":   linear(globalMax, 0),
		"ReduceMax":       linear(reduceExtreme((*network).larger), 0),
		"ReduceMin":       linear(reduceExtreme((*network).smaller), 0),
		"Greater":         linear(comparison(1), 0, 1),
		"GreaterOrEqual":  linear(comparison(1), 0, 1),
		"Less":            linear(comparison(-1), 0, 1),
		"LessOrEqual":     linear(comparison(-1), 0, 1),
		"Not":             {first, complement, true, false},
		"Where":           {every, where, true, false},
	}
}

// headsOf has the operators that are left out after the last unit, and why they
// cannot come before it.
var headsOf = map[string]string{}

func init() {
	for why, ops := range map[string][]string{
		"smooth": {"Softmax", "LogSoftmax", "Sigmoid", "Tanh", "Softplus", "Softsign", "Exp", "Log", "Sqrt", "Erf", "Gelu", "Mish", "Swish", "Celu",
			"LpNormalization", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "Reciprocal", "Sin", "Cos", "Atan", "Sinh", "Cosh", "Asinh",
			"ai.onnx.ml:Normalizer", "ai.onnx.ml:LinearClassifier"},
		"discrete": {"ArgMax", "ArgMin", "TopK", "Hardmax", "Sign", "Round", "Floor", "Ceil", "Equal", "And", "Or", "Xor", "Multinomial", "OneHot",
			"ai.onnx.ml:ZipMap", "ai.onnx.ml:Binarizer", "ai.onnx.ml:LabelEncoder"},
	} {
		for _, op := range ops {
			headsOf[op] = why
		}
	}
}

// between are operators that must not take what is left out: matrices, and units.
var between = []string{"MatMul", "Gemm", "Conv", "ConvTranspose", "Einsum", "Relu", "LeakyRelu", "PRelu", "MaxPool", "RNN", "LSTM", "GRU",
	"ai.onnx.ml:LinearRegressor", "ai.onnx.ml:LinearClassifier"}

// refused has operators that are refused with what is known of them.
var refused = map[string]string{
	"Pow":             "a power, not piecewise linear",
	"ReduceSumSquare": "a square, not piecewise linear",
	"ReduceProd":      "a product, not piecewise linear",
	"ReduceL1":        "a sum of absolute values: write it with Abs and ReduceSum",
}

// places is a tensor of the numbers from first on, with which operators that
// move numbers are applied.
func places(dims []int, first int) *onnx.Tensor {
	n, _ := onnx.Count(dims)
	t := &onnx.Tensor{Dims: dims, Data: make([]float64, n)}
	for i := range t.Data {
		t.Data[i] = float64(first + i)
	}
	return t
}

// move applies an operator that moves numbers: to their places.
func move(w *walk, s *step) error {
	does := rules[s.Key()]
	all := []element{constant(0)} // the place 0 is what fills a Pad
	if s.Op == "Pad" && s.In[2] == nil {
		fill, err := s.Float("value", 0)
		if err != nil {
			return err
		}
		all[0] = constant(fill)
	}
	in := make([]*onnx.Tensor, len(s.In))
	copy(in, s.In)
	stepped := false
	for k := range s.In {
		if s.In[k] == nil || !contains(does.data, k) {
			continue
		}
		t, err := w.arg(s, k)
		if err != nil {
			return err
		}
		stepped = stepped || t.step
		in[k] = places(t.dims, len(all))
		all = append(all, t.elems...)
	}
	if s.Op == "Pad" && in[2] == nil {
		in[2] = &onnx.Tensor{Data: []float64{0}}
	}
	for o := range s.Outs {
		at, err := w.graph.Apply(s.Node, o, in)
		if err != nil {
			return err
		}
		t := &tensor{dims: at.Dims, elems: make([]element, len(at.Data)), step: stepped}
		w.spend(4 * len(t.elems))
		for i, p := range at.Data {
			t.elems[i] = all[int(p)]
		}
		if err := w.set(s, o, t); err != nil {
			return err
		}
	}
	return nil
}

func contains(data []int, k int) bool {
	for _, d := range data {
		if d == k || d == anyInput {
			return true
		}
	}
	return false
}

// cast passes on real numbers: what is computed from the inputs is not rounded. To
// integers it is a step, and left out as other heads are.
func cast(w *walk, s *step) error {
	if s.Out().Integer && !s.args[0].step {
		w.leave(s.Node, &head{op: s.Op, at: s.At(), inputs: s.Inputs, why: "discrete"})
		return nil
	}
	return w.set(s, 0, &tensor{dims: s.args[0].dims, elems: s.args[0].elems, step: s.args[0].step})
}

// numberwise sets the result of an operator of one tensor, number by number.
func (w *walk) numberwise(s *step, f func(i int, e element) element) error {
	t := &tensor{dims: s.args[0].dims, elems: make([]element, len(s.args[0].elems))}
	for i, e := range s.args[0].elems {
		t.elems[i] = f(i, e)
		if w.err != nil {
			return w.err
		}
	}
	return w.set(s, 0, t)
}

// probe notes that an input goes into units.
func (w *walk) probe(s *step, k int) {
	if s.args[k] != nil && !s.args[k].step {
		w.probes = append(w.probes, s.Inputs[k])
	}
}

// twoSlopes applies an operator that has one slope on each side of 0, and whose
// inputs but the first are constants. Its own values at 1 and -1 say which slopes.
func twoSlopes(w *walk, s *step) error {
	for k := 1; k < len(s.In); k++ {
		if err := w.finite(s, k); err != nil {
			return err
		}
	}
	w.probe(s, 0)
	at := func(v float64) ([]float64, error) {
		in := append([]*onnx.Tensor{{Dims: s.In[0].Dims, Data: make([]float64, len(s.In[0].Data))}}, s.In[1:]...)
		for i := range in[0].Data {
			in[0].Data[i] = v
		}
		out, err := w.graph.Apply(s.Node, 0, in)
		if err != nil {
			return nil, err
		}
		return out.Data, nil
	}
	above, err := at(1)
	if err != nil {
		return err
	}
	below, err := at(-1)
	if err != nil {
		return err
	}
	return w.numberwise(s, func(i int, e element) element {
		return w.apply(relu.Slopes{Inactive: 0 - below[i], Active: above[i]}, e)
	})
}

// clamp returns min(max(e, low), high).
func (w *walk) clamp(e element, low, high float64) element {
	l, h := constant(low), constant(high)
	switch {
	case low >= high:
		return h
	case math.IsInf(low, -1) && math.IsInf(high, 1):
		return e
	case math.IsInf(high, 1):
		return w.larger(e, l)
	case math.IsInf(low, -1):
		return w.smaller(e, h)
	case e.fixed():
		return of(min(max(e.B, low), high), &e, &l, &h)
	}
	// low + max(0, e - low) - max(0, e - high)
	a := w.larger(e, l)
	d := w.combine(term{1, &e}, term{-1, &h})
	return w.hinge(a, -1, d)
}

func clip(w *walk, s *step) error {
	low, high, err := s.Limits(s.In)
	if err != nil {
		return err
	}
	w.probe(s, 0)
	return w.numberwise(s, func(_ int, e element) element { return w.clamp(e, low, high) })
}

func hardSigmoid(w *walk, s *step) error {
	alpha, beta, err := s.HardSigmoid()
	if err != nil {
		return err
	}
	w.probe(s, 0)
	return w.numberwise(s, func(_ int, e element) element {
		one := constant(1)
		return w.clamp(w.combine(term{alpha, &e}, term{beta, &one}), 0, 1)
	})
}

// shrink is x + lambda - max(0, x + lambda) + max(0, x - lambda) where it does not
// jump.
func shrink(w *walk, s *step) error {
	bias, lambda, err := s.Shrink()
	if err != nil {
		return err
	}
	if bias != lambda || lambda < 0 {
		return fmt.Errorf("%s with the bias %g and lambd %g jumps: they must be the same", s.Op, bias, lambda)
	}
	w.probe(s, 0)
	return w.numberwise(s, func(_ int, e element) element {
		l := constant(lambda)
		low, high := w.combine(term{1, &e}, term{1, &l}), w.combine(term{1, &e}, term{-1, &l})
		return w.hinge(w.hinge(low, -1, low), 1, high)
	})
}

func thresholded(w *walk, s *step) error {
	alpha, err := s.Threshold()
	if err != nil {
		return err
	}
	if alpha != 0 {
		return fmt.Errorf("%s with alpha = %g jumps from 0 to %g, so it is no continuous piecewise-linear function", s.Op, alpha, alpha)
	}
	w.probe(s, 0)
	return w.numberwise(s, func(_ int, e element) element { return w.apply(relu.Slopes{Inactive: 0, Active: 1}, e) })
}

func maxPool(w *walk, s *step) error {
	p, err := s.Pooling(s.args[0].dims)
	if err != nil {
		return err
	}
	w.probe(s, 0)
	inner, _ := onnx.Count(p.In)
	outer, _ := onnx.Count(p.Out)
	t := &tensor{dims: p.Dims(), elems: make([]element, p.Channels*outer)}
	for o := range t.elems {
		var window []element
		p.Taps(o%outer, func(_, i int) { window = append(window, s.args[0].elems[o/outer*inner+i]) })
		if len(window) == 0 {
			return fmt.Errorf("%s has a window that lies in the padding alone", s.Op)
		}
		t.elems[o] = w.extreme(window, w.larger)
		if w.err != nil {
			return w.err
		}
	}
	return w.set(s, 0, t)
}

func globalMax(w *walk, s *step) error {
	inner, _ := onnx.Count(s.args[0].dims[2:])
	return w.reduced(s, s.Out().Dims, func(i int) int { return i / inner }, (*network).larger)
}

func reduceExtreme(pick func(n *network, a, b element) element) func(w *walk, s *step) error {
	return func(w *walk, s *step) error {
		r, err := s.Reduction(s.In)
		if err != nil {
			return err
		}
		return w.reduced(s, r.Dims, r.To, pick)
	}
}

// reduced takes the extreme of the elements that go to one place.
func (w *walk) reduced(s *step, dims []int, to func(i int) int, pick func(n *network, a, b element) element) error {
	w.probe(s, 0)
	n, _ := onnx.Count(dims)
	sets := make([][]element, n)
	for i, e := range s.args[0].elems {
		sets[to(i)] = append(sets[to(i)], e)
	}
	t := &tensor{dims: dims, elems: make([]element, n)}
	for o := range t.elems {
		t.elems[o] = w.extreme(sets[o], func(a, b element) element { return pick(&w.network, a, b) })
		if w.err != nil {
			return w.err
		}
	}
	return w.set(s, 0, t)
}

func extremes(pick func(n *network, a, b element) element) func(w *walk, s *step) error {
	return func(w *walk, s *step) error {
		t, err := w.arg(s, 0)
		if err != nil {
			return err
		}
		for k := 1; k < len(s.In); k++ {
			other, err := w.arg(s, k)
			if err != nil {
				return err
			}
			if t, err = w.pairs(s, t, other, func(a, b element) element { return pick(&w.network, a, b) }); err != nil {
				return err
			}
		}
		for k := range s.args {
			w.probe(s, k)
		}
		return w.set(s, 0, t)
	}
}

// pairs combines two tensors number by number.
func (w *walk) pairs(s *step, a, b *tensor, f func(a, b element) element) (*tensor, error) {
	at, of, err := w.broadcast(s, a.dims, b.dims)
	if err != nil {
		return nil, err
	}
	t := &tensor{dims: at.Dims, elems: make([]element, len(at.Data))}
	for i := range t.elems {
		t.elems[i] = f(a.elems[int(at.Data[i])], b.elems[int(of.Data[i])])
		if w.err != nil {
			return nil, w.err
		}
	}
	return t, nil
}

// broadcast returns the places in two tensors of each number of their combination.
func (w *walk) broadcast(s *step, a, b []int) (at, of *onnx.Tensor, err error) {
	zeros := func(dims []int) *onnx.Tensor {
		n, _ := onnx.Count(dims)
		return &onnx.Tensor{Dims: dims, Data: make([]float64, n)}
	}
	add := s.As("Add")
	if at, err = w.graph.Apply(add, 0, []*onnx.Tensor{places(a, 0), zeros(b)}); err != nil {
		return nil, nil, err
	}
	w.spend(4 * len(at.Data))
	of, err = w.graph.Apply(add, 0, []*onnx.Tensor{zeros(a), places(b, 0)})
	return at, of, err
}

// comparison makes a step of a - b, or of b - a.
func comparison(sign float64) func(w *walk, s *step) error {
	return func(w *walk, s *step) error {
		a, err := w.arg(s, 0)
		if err != nil {
			return err
		}
		b, err := w.arg(s, 1)
		if err != nil {
			return err
		}
		t, err := w.pairs(s, a, b, func(a, b element) element { return w.combine(term{sign, &a}, term{-sign, &b}) })
		if err != nil {
			return err
		}
		t.step = true
		return w.set(s, 0, t)
	}
}

func complement(w *walk, s *step) error {
	if !s.args[0].step {
		w.leave(s.Node, &head{op: s.Op, at: s.At(), inputs: s.Inputs, why: "discrete"})
		return nil
	}
	t := &tensor{dims: s.args[0].dims, elems: make([]element, len(s.args[0].elems)), step: true}
	for i, e := range s.args[0].elems {
		t.elems[i] = w.combine(term{-1, &e})
	}
	return w.set(s, 0, t)
}

// chosen returns p where f is above 0 and q elsewhere, which must not jump.
func (w *walk) chosen(s *step, f, p, q element) (element, error) {
	if f.fixed() {
		if f.B > 0 {
			return p, nil
		}
		return q, nil
	}
	above, how := multiple(&p, &f)
	if below, also := multiple(&q, &f); how == exact && also == exact {
		return w.apply(relu.Slopes{Inactive: below, Active: above}, f), nil
	}
	d := w.combine(term{1, &p}, term{-1, &q})
	c, how := multiple(&d, &f)
	if how == no {
		return q, fmt.Errorf("%s jumps where its condition changes: it is no continuous piecewise-linear function", s.Op)
	}
	return w.hinge(q, c, f), nil
}

func where(w *walk, s *step) error {
	if s.args[0] == nil {
		return whereConstant(w, s)
	}
	if !s.args[0].step || s.args[1] != nil && s.args[1].step || s.args[2] != nil && s.args[2].step {
		return fmt.Errorf("%s by a condition that is no comparison of what depends on the network's input: only forms of ReLU are supported", s.Op)
	}
	t := &tensor{dims: s.Out().Dims, elems: make([]element, len(s.Out().Data))}
	var all [3]*tensor
	var at [3][]float64
	for k := range all {
		var err error
		if all[k], err = w.arg(s, k); err != nil {
			return err
		}
		at[k] = places(all[k].dims, 0).Expand(t.dims)
		w.spend(4 * len(t.elems))
		w.probe(s, k)
	}
	for i := range t.elems {
		var err error
		if t.elems[i], err = w.chosen(s, all[0].elems[int(at[0][i])], all[1].elems[int(at[1][i])], all[2].elems[int(at[2][i])]); err != nil {
			return err
		}
		if w.err != nil {
			return w.err
		}
	}
	return w.set(s, 0, t)
}

// whereConstant only moves numbers.
func whereConstant(w *walk, s *step) error {
	p, err := w.arg(s, 1)
	if err != nil {
		return err
	}
	q, err := w.arg(s, 2)
	if err != nil {
		return err
	}
	if p.step || q.step {
		return fmt.Errorf("%s of comparisons is not supported", s.Op)
	}
	at, err := w.graph.Apply(s.Node, 0, []*onnx.Tensor{s.In[0], places(p.dims, 0), places(q.dims, len(p.elems))})
	if err != nil {
		return err
	}
	t := &tensor{dims: at.Dims, elems: make([]element, len(at.Data))}
	w.spend(4 * len(t.elems))
	for i, v := range at.Data {
		if k := int(v); k < len(p.elems) {
			t.elems[i] = p.elems[k]
		} else {
			t.elems[i] = q.elems[k-len(p.elems)]
		}
	}
	return w.set(s, 0, t)
}
