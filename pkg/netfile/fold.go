package netfile

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

type (
	evalFunc func(e *evaluator, n *node, in []*tensor) (*tensor, error)
	foldFunc func(f *folder, a *step) error
)

// operator is what is known of one kind of node.
type operator struct {
	min, max   int // inputs; max may be anyNumber
	attributes []string
	eval       evalFunc
	fold       foldFunc // what it does to the chain
	either     bool     // whether the second input may be the computed one too
}

const anyNumber = -1

var operators = map[string]operator{
	"Abs":                twoSlopes(1, nil, elementwise(math.Abs)),
	"Add":                {2, 2, []string{"broadcast"}, pairwise(func(a, b float64) float64 { return a + b }), foldAdd, true},
	"BatchNormalization": {5, 5, []string{"epsilon", "momentum", "spatial", "training_mode", "is_test"}, evalBatchNorm, foldBatchNorm, false},
	"Cast":               {1, 1, []string{"to"}, evalCast, foldCast, false},
	"Concat":             {1, anyNumber, []string{"axis"}, evalConcat, foldNever, false},
	"Constant":           {0, 0, []string{"value", "value_float", "value_floats", "value_int", "value_ints"}, evalConstant, foldNever, false},
	"Div":                {2, 2, []string{"broadcast"}, pairwise(func(a, b float64) float64 { return a / b }), foldDiv, true},
	"Dropout":            {1, 3, []string{"ratio", "seed", "is_test"}, evalDropout, foldNothing, false},
	"Flatten":            {1, 1, []string{"axis"}, evalFlatten, foldNothing, false},
	"Gather":             {2, 2, []string{"axis"}, evalGather, foldNever, false},
	"Gemm":               {2, 3, []string{"alpha", "beta", "transA", "transB", "broadcast"}, evalGemm, foldGemm, true},
	"Identity":           {1, 1, nil, evalIdentity, foldNothing, false},
	"LeakyRelu":          twoSlopes(1, []string{"alpha"}, evalLeakyRelu),
	"MatMul":             {2, 2, nil, evalMatMul, foldMatMul, true},
	"Mul":                {2, 2, []string{"broadcast"}, pairwise(func(a, b float64) float64 { return a * b }), foldMul, true},
	"Neg":                {1, 1, nil, elementwise(func(v float64) float64 { return -v }), foldNeg, false},
	"PRelu":              twoSlopes(2, nil, evalPRelu),
	"Relu":               twoSlopes(1, nil, elementwise(func(v float64) float64 { return max(0, v) })),
	"Reshape":            {1, 2, []string{"shape", "allowzero"}, evalReshape, foldNothing, false},
	"Shape":              {1, 1, nil, evalShape, foldNever, false},
	"Squeeze":            {1, 2, []string{"axes"}, evalSqueeze, foldNothing, false},
	"Sub":                {2, 2, []string{"broadcast"}, pairwise(func(a, b float64) float64 { return a - b }), foldSub, true},
	"Transpose":          {1, 1, []string{"perm"}, evalTranspose, foldTranspose, false},
	"Unsqueeze":          {1, 2, []string{"axes"}, evalUnsqueeze, foldNothing, false},
}

// folder walks the nodes and puts the chain together.
type folder struct {
	*chain
	p        *program
	matrices int // so far
}

// step is a node with one computed input.
type step struct {
	*node
	in  []*tensor
	pos int // which input is computed
	out *tensor
}

// fold computes what is constant and makes a chain of the rest.
func (p *program) fold() (*chain, error) {
	inputs, _ := count(p.shape)
	f := &folder{chain: newChain(inputs, 1, newBudget(p.fileBytes)), p: p}
	e := newEvaluator(p.fileBytes)
	// One pass at x = 0 finds every shape.
	computed := map[string]*tensor{p.input: {dims: p.shape, data: make([]float64, inputs)}}
	usedBy := map[string]*node{}
	for _, n := range p.nodes {
		if err := f.node(n, e, computed, usedBy); err != nil {
			return nil, fmt.Errorf("%s: %w", n.at(), err)
		}
	}
	if computed[p.output] == nil {
		return nil, fmt.Errorf("graph output %q does not depend on the input", p.output)
	}
	if f.open() || f.scale != nil || len(f.layers) == 0 {
		p.before = append(p.before, p.output)
	}
	return f.chain, nil
}

func (f *folder) node(n *node, e *evaluator, computed map[string]*tensor, usedBy map[string]*node) error {
	op := operators[n.op]
	in, err := f.p.arguments(n, computed)
	if err != nil {
		return err
	}
	if len(n.outputs) == 0 || n.outputs[0] == "" {
		return fmt.Errorf("%s has no first output, and only that is supported", n.op)
	}
	var from []int // computed inputs
	for k, name := range n.inputs {
		if computed[name] != nil && n.op != "Shape" { // shapes are known
			from = append(from, k)
		}
	}
	e.constant = len(from) == 0
	out, err := op.eval(e, n, in)
	if err != nil {
		return err
	}
	if size, ok := count(out.dims); !ok || size != len(out.data) {
		return fmt.Errorf("%s gives a tensor of shape %v, which is empty", n.op, out.dims)
	}
	if e.constant {
		f.p.constants[n.outputs[0]] = out
		return nil
	}
	computed[n.outputs[0]] = out
	f.p.computed = append(f.p.computed, n)
	if len(from) > 1 {
		return fmt.Errorf("inputs %q and %q of %s both depend on the network's input (a skip connection?): only a chain of layers is supported", n.inputs[from[0]], n.inputs[from[1]], n.op)
	}
	pos := from[0]
	name := n.inputs[pos]
	if other := usedBy[name]; other != nil {
		return fmt.Errorf("%q is used by %s too: networks that branch are not supported", name, other.at())
	}
	usedBy[name] = n
	if pos > 1 || pos == 1 && !op.either {
		return fmt.Errorf("input %d of %s depends on the network's input: only a constant is supported there", pos, n.op)
	}
	return op.fold(f, &step{node: n, in: in, pos: pos, out: out})
}

// constant returns an input with finite values; unit, when it is given, says
// which unit an element belongs to.
func (f *folder) constant(a *step, k int, unit func(at []int) int) (*tensor, error) {
	t := a.in[k]
	for i, v := range t.data {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			continue
		}
		what, at := "constant", index(t.dims, i)
		if f.p.stored[a.inputs[k]] != nil {
			what = "initializer"
		}
		place := ""
		if unit != nil {
			place = fmt.Sprintf(" (layer %d, unit %d)", f.matrices+1, unit(at))
		}
		return nil, fmt.Errorf("%s %q%v is %g%s", what, a.inputs[k], at, v, place)
	}
	return t, nil
}

func foldNothing(*folder, *step) error { return nil }

func foldNever(_ *folder, a *step) error {
	return fmt.Errorf("%s of what depends on the network's input is not supported, only of constants", a.op)
}

func foldCast(_ *folder, a *step) error {
	if a.out.integer {
		return fmt.Errorf("%s of what depends on the network's input to integers is not affine", a.op)
	}
	return nil
}

// foldTranspose lets pass what leaves the numbers in their order.
func foldTranspose(_ *folder, a *step) error {
	dims := a.in[0].dims
	p, err := a.perm(len(dims))
	last := -1
	for _, k := range p {
		if dims[k] == 1 {
			continue
		}
		if k < last {
			return fmt.Errorf("%s of %v by perm %v reorders what depends on the network's input: not supported", a.op, dims, p)
		}
		last = k
	}
	return err
}

// matrix appends rows x cols weights and biases. The computed operand must be
// one vector of cols numbers.
func (f *folder) matrix(a *step, rows, cols int, weight func(i, j int) float64, bias []float64) error {
	if n := len(a.in[a.pos].data); n != cols || len(a.out.data) != rows {
		return fmt.Errorf("%s of %v and %v: the computed operand is no single vector; only batch size 1 is supported", a.op, a.in[0].dims, a.in[1].dims)
	}
	f.matrices++
	w := mat.NewDense(rows, cols, nil)
	for i := range rows {
		row := w.RawRowView(i)
		for j := range row {
			row[j] = weight(i, j)
		}
	}
	return f.affine(w, bias)
}

func foldMatMul(f *folder, a *step) error {
	// Unit i has column i of a matrix on the right, or row i of one on the
	// left. Vectors on either side are matrices of one unit.
	k := 1 - a.pos
	dims := a.in[k].dims
	rank := len(dims)
	along := rank - 1 // the axis of the units
	if a.pos == 1 {
		along = rank - 2
	}
	t, err := f.constant(a, k, func(at []int) int {
		if rank == 1 {
			return 0
		}
		return at[along]
	})
	if err != nil {
		return err
	}
	switch {
	case rank == 1:
		return f.matrix(a, 1, dims[0], func(_, j int) float64 { return t.data[j] }, make([]float64, 1))
	case a.pos == 0:
		rows, cols := dims[rank-1], dims[rank-2]
		return f.matrix(a, rows, cols, func(i, j int) float64 { return t.data[j*rows+i] }, make([]float64, rows))
	default:
		rows, cols := dims[rank-2], dims[rank-1]
		return f.matrix(a, rows, cols, func(i, j int) float64 { return t.data[i*cols+j] }, make([]float64, rows))
	}
}

func foldGemm(f *folder, a *step) error {
	g, err := a.gemm()
	if err != nil {
		return err
	}
	// B' holds a unit in each column, A' in each row.
	k := 1 - a.pos
	unitsFirst := g.transB
	if a.pos == 1 {
		unitsFirst = !g.transA
	}
	along := 1
	if unitsFirst {
		along = 0
	}
	t, err := f.constant(a, k, func(at []int) int { return at[along] })
	if err != nil {
		return err
	}
	rows, cols := t.dims[along], t.dims[1-along]
	weight := func(i, j int) float64 { return g.alpha * t.data[j*rows+i] }
	if unitsFirst {
		weight = func(i, j int) float64 { return g.alpha * t.data[i*cols+j] }
	}
	bias := make([]float64, rows)
	if a.in[2] != nil && len(a.out.data) == rows {
		c, err := f.constant(a, 2, nil)
		if err != nil {
			return err
		}
		for i, v := range c.expand(a.out.dims) {
			bias[i] = g.beta * v
		}
	}
	return f.matrix(a, rows, cols, weight, bias)
}

// operand is the constant operand of an elementwise operator, one number for
// each component of the computed one.
func (f *folder) operand(a *step) ([]float64, error) {
	if have := len(a.in[a.pos].data); len(a.out.data) != have {
		return nil, fmt.Errorf("%s of %v and %v repeats what depends on the network's input (%d numbers become %d): not supported", a.op, a.in[0].dims, a.in[1].dims, have, len(a.out.data))
	}
	t, err := f.constant(a, 1-a.pos, nil)
	if err != nil {
		return nil, err
	}
	return t.expand(a.out.dims), nil
}

func opposite(_ int, v float64) float64 { return -v }

func foldAdd(f *folder, a *step) error {
	c, err := f.operand(a)
	if err != nil {
		return err
	}
	return f.each(nil, func(i int, v float64) float64 { return v + c[i] })
}

func foldSub(f *folder, a *step) error {
	c, err := f.operand(a)
	if err != nil {
		return err
	}
	if a.pos == 0 {
		return f.each(nil, func(i int, v float64) float64 { return v - c[i] })
	}
	return f.each(opposite, func(i int, v float64) float64 { return c[i] - v })
}

func foldMul(f *folder, a *step) error {
	c, err := f.operand(a)
	if err != nil {
		return err
	}
	times := func(i int, v float64) float64 { return v * c[i] }
	return f.each(times, times)
}

func foldDiv(f *folder, a *step) error {
	if a.pos == 1 {
		return fmt.Errorf("%s by what depends on the network's input is not affine", a.op)
	}
	c, err := f.operand(a)
	if err != nil {
		return err
	}
	for i, v := range c {
		if v == 0 {
			return fmt.Errorf("%s by %q: it is 0 at component %d", a.op, a.inputs[1], i)
		}
	}
	by := func(i int, v float64) float64 { return v / c[i] }
	return f.each(by, by)
}

func foldNeg(f *folder, _ *step) error {
	return f.each(opposite, opposite)
}

func foldBatchNorm(f *folder, a *step) error {
	eps, err := a.batchNorm()
	if err != nil {
		return err
	}
	for k := 1; k <= 4; k++ {
		if _, err := f.constant(a, k, nil); err != nil {
			return err
		}
	}
	gain, shift, mean, variance := a.in[1].data, a.in[2].data, a.in[3].data, a.in[4].data
	factor := make([]float64, len(gain))
	for c := range factor {
		if !(variance[c]+eps > 0) {
			return fmt.Errorf("%s: var %g and epsilon %g of channel %d do not add up to more than 0", a.op, variance[c], eps, c)
		}
		factor[c] = gain[c] / math.Sqrt(variance[c]+eps)
	}
	// The components of a channel follow each other.
	size := len(a.out.data) / (a.out.dims[0] * len(gain))
	channel := func(i int) int { return i / size % len(gain) }
	minus := func(i int, v float64) float64 { return v - mean[channel(i)] }
	times := func(i int, v float64) float64 { return v * factor[channel(i)] }
	plus := func(i int, v float64) float64 { return v + shift[channel(i)] }
	return errors.Join(f.each(nil, minus), f.each(times, times), f.each(nil, plus))
}
