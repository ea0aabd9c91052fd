package onnx

import (
	"fmt"
	"math"
	"slices"

	"relucount/pkg/budget"
)

// evaluator computes operators on tensors as the ONNX specification has them,
// in float64.
type evaluator struct {
	left budget.Budget
	// constant says that no input comes from the network's input, so that
	// the type of a Cast counts. What is computed from the input is treated
	// as real numbers.
	constant bool
	output   int // which output of the node is wanted
}

func newEvaluator(fileBytes int) *evaluator { return &evaluator{left: 4 * budget.Of(fileBytes)} }

// alloc makes a tensor, charged at 4 a number: a budget is of multiplications
// first, and this much less in memory.
func (e *evaluator) alloc(dims []int, integer bool) (*Tensor, error) {
	n, ok := Count(dims)
	if !ok || len(dims) > maxRank {
		return nil, fmt.Errorf("its result would have the shape %v", dims[:min(len(dims), maxRank)])
	}
	if err := e.left.Spend(4 * n); err != nil {
		return nil, err
	}
	return &Tensor{Dims: dims, Data: make([]float64, n), Integer: integer}, nil
}

// view is the same data in another shape.
func view(t *Tensor, dims []int) (*Tensor, error) {
	if n, ok := Count(dims); !ok || n != len(t.Data) || len(dims) > maxRank {
		return nil, fmt.Errorf("shape %v does not go into %v", t.Dims, dims)
	}
	return &Tensor{Dims: dims, Data: t.Data, Integer: t.Integer}, nil
}

// pairwise is an elementwise operator of two tensors.
func pairwise(f func(a, b float64) float64) evalFunc {
	return func(e *evaluator, n *Node, in []*Tensor) (*Tensor, error) {
		a, b := in[0], in[1]
		if along, _ := n.attribute("axis", kindInt); along != nil && len(b.Dims) < len(a.Dims) {
			// operator set 6: b is laid along the axes of a from this one on
			if more := len(a.Dims) - int(min(maxRank, max(0, along.i))) - len(b.Dims); more > 0 {
				b = &Tensor{Dims: slices.Concat(b.Dims, slices.Repeat([]int{1}, more)), Data: b.Data, Integer: b.Integer}
			}
		}
		dims, ok := broadcast(a.Dims, b.Dims)
		if !ok {
			return nil, fmt.Errorf("%s of %v and %v: the shapes do not fit", n.Op, a.Dims, b.Dims)
		}
		out, err := e.alloc(dims, a.Integer && b.Integer)
		if err != nil {
			return nil, err
		}
		x, y := a.Expand(dims), b.Expand(dims)
		for i := range out.Data {
			out.Data[i] = f(x[i], y[i])
			if out.Integer {
				out.Data[i] = math.Trunc(out.Data[i])
			}
		}
		return out, nil
	}
}

// elementwise is an operator of one tensor, number by number.
func elementwise(f func(v float64) float64) evalFunc {
	return func(e *evaluator, _ *Node, in []*Tensor) (*Tensor, error) {
		out, err := e.alloc(in[0].Dims, in[0].Integer)
		if err != nil {
			return nil, err
		}
		for i, v := range in[0].Data {
			out.Data[i] = f(v)
		}
		return out, nil
	}
}

func evalLeakyRelu(e *evaluator, n *Node, in []*Tensor) (*Tensor, error) {
	alpha, err := n.float("alpha", float64(float32(0.01)))
	if err != nil {
		return nil, err
	}
	return elementwise(func(v float64) float64 { return leaky(alpha, v) })(e, n, in)
}

func evalPRelu(e *evaluator, n *Node, in []*Tensor) (*Tensor, error) {
	if dims, ok := broadcast(in[0].Dims, in[1].Dims); !ok || !slices.Equal(dims, in[0].Dims) {
		return nil, fmt.Errorf("%s: slopes of shape %v do not fit %v", n.Op, in[1].Dims, in[0].Dims)
	}
	return pairwise(func(v, slope float64) float64 { return leaky(slope, v) })(e, n, in)
}

func leaky(slope, v float64) float64 {
	if v < 0 {
		return slope * v
	}
	return v
}

// Gemm has the attributes of the operator Gemm: alpha A' B' + beta C, where ' is
// a transposition or nothing.
type Gemm struct {
	Alpha, Beta    float64
	TransA, TransB bool
}

// Gemm returns the attributes of a node Gemm.
func (n *Node) Gemm() (g Gemm, err error) {
	if g.Alpha, err = n.float("alpha", 1); err != nil {
		return g, err
	}
	if g.Beta, err = n.float("beta", 1); err != nil {
		return g, err
	}
	a, err := n.int("transA", 0)
	if err != nil {
		return g, err
	}
	b, err := n.int("transB", 0)
	g.TransA, g.TransB = a != 0, b != 0
	return g, err
}

// Matrix returns the tensor as a Gemm takes it, or nil: a matrix. MATLAB writes
// arrays of more dimensions, such as [1, n, 1, 1] for a row, [m, n, 1, 1] or
// [1, 1, m, n] for weights.
func (t *Tensor) Matrix() *Tensor {
	d := t.Dims
	if len(d) < 2 {
		return nil
	}
	for ones := d[0] == 1 && d[1] == 1; ones && len(d) > 2 && d[0] == 1; {
		d = d[1:]
	}
	rest, _ := Count(d[1:])
	return &Tensor{Dims: []int{d[0], rest}, Data: t.Data, Integer: t.Integer}
}

func evalGemm(e *evaluator, n *Node, in []*Tensor) (*Tensor, error) {
	g, err := n.Gemm()
	if err != nil {
		return nil, err
	}
	a, b, c := in[0].Matrix(), in[1].Matrix(), in[2]
	if a == nil || b == nil {
		return nil, fmt.Errorf("%s of %v and %v: two matrices are needed", n.Op, in[0].Dims, in[1].Dims)
	}
	rows, inner, stepA, stepAk := a.Dims[0], a.Dims[1], a.Dims[1], 1
	if g.TransA {
		rows, inner, stepA, stepAk = inner, rows, 1, a.Dims[1]
	}
	innerB, cols, stepBk, stepB := b.Dims[0], b.Dims[1], b.Dims[1], 1
	if g.TransB {
		innerB, cols, stepBk, stepB = cols, innerB, 1, b.Dims[1]
	}
	if inner != innerB {
		return nil, fmt.Errorf("%s of %v (transA %t) and %v (transB %t): %d columns against %d rows", n.Op, a.Dims, g.TransA, b.Dims, g.TransB, inner, innerB)
	}
	out, err := e.product(rows, inner, cols)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		for j := range cols {
			s := 0.0
			for k := range inner {
				s += a.Data[i*stepA+k*stepAk] * b.Data[k*stepBk+j*stepB]
			}
			out.Data[i*cols+j] = g.Alpha * s
		}
	}
	if c == nil {
		return out, nil
	}
	if len(c.Dims) > 2 { // as MATLAB writes it
		c = c.Matrix()
	}
	if dims, ok := broadcast(c.Dims, out.Dims); !ok || !slices.Equal(dims, out.Dims) {
		return nil, fmt.Errorf("%s: C of shape %v does not fit the product of shape %v", n.Op, c.Dims, out.Dims)
	}
	for i, v := range c.Expand(out.Dims) {
		out.Data[i] += g.Beta * v
	}
	return out, nil
}

// product makes room for a matrix product.
func (e *evaluator) product(rows, inner, cols int) (*Tensor, error) {
	out, err := e.alloc([]int{rows, cols}, false)
	if err != nil {
		return nil, err
	}
	if inner > 0 && len(out.Data) > math.MaxInt/inner {
		return nil, fmt.Errorf("product of %d x %d and %d x %d matrices: too large", rows, inner, inner, cols)
	}
	return out, e.left.Spend(len(out.Data) * inner)
}

// evalMatMul is numpy's matmul, where at most one operand is a batch of
// matrices.
func evalMatMul(e *evaluator, n *Node, in []*Tensor) (*Tensor, error) {
	a, b := in[0], in[1]
	if len(a.Dims) == 0 || len(b.Dims) == 0 {
		return nil, fmt.Errorf("%s of %v and %v: a scalar cannot be an operand", n.Op, a.Dims, b.Dims)
	}
	// A vector on the left is a row, on the right a column.
	da, db := a.Dims, b.Dims
	if len(da) == 1 {
		da = []int{1, da[0]}
	}
	if len(db) == 1 {
		db = []int{db[0], 1}
	}
	batchA, batchB := da[:len(da)-2], db[:len(db)-2]
	na, _ := Count(batchA)
	nb, _ := Count(batchB)
	rows, inner := da[len(da)-2], da[len(da)-1]
	cols := db[len(db)-1]
	if inner != db[len(db)-2] {
		return nil, fmt.Errorf("%s of %v and %v: %d columns against %d rows", n.Op, a.Dims, b.Dims, inner, db[len(db)-2])
	}
	batch, ok := broadcast(batchA, batchB)
	if !ok || na != 1 && nb != 1 {
		return nil, fmt.Errorf("%s of %v and %v: two batches of matrices are not supported", n.Op, a.Dims, b.Dims)
	}
	out, err := e.product(na*nb*rows, inner, cols)
	if err != nil {
		return nil, err
	}
	for m := range na * nb {
		x, y := a.Data, b.Data
		if na > 1 {
			x = x[m*rows*inner:]
		}
		if nb > 1 {
			y = y[m*inner*cols:]
		}
		for i := range rows {
			to := out.Data[(m*rows+i)*cols:][:cols]
			for k := range inner {
				v := x[i*inner+k]
				for j := range to {
					to[j] += v * y[k*cols+j]
				}
			}
		}
	}
	dims := slices.Clone(batch)
	if len(a.Dims) > 1 {
		dims = append(dims, rows)
	}
	if len(b.Dims) > 1 {
		dims = append(dims, cols)
	}
	return view(out, dims)
}

func evalBatchNorm(e *evaluator, n *Node, in []*Tensor) (*Tensor, error) {
	eps, err := n.BatchNorm()
	if err != nil {
		return nil, err
	}
	x := in[0]
	if len(x.Dims) < 2 {
		return nil, fmt.Errorf("%s of shape %v: a batch and channels are needed", n.Op, x.Dims)
	}
	channels := x.Dims[1]
	for k, what := range []string{"scale", "B", "mean", "var"} {
		if !slices.Equal(in[k+1].Dims, []int{channels}) {
			return nil, fmt.Errorf("%s of shape %v: %s has the shape %v, [%d] expected", n.Op, x.Dims, what, in[k+1].Dims, channels)
		}
	}
	out, err := e.alloc(x.Dims, false)
	if err != nil {
		return nil, err
	}
	inner, _ := Count(x.Dims[2:])
	for i, v := range x.Data {
		c := i / inner % channels
		out.Data[i] = (v-in[3].Data[c])/math.Sqrt(in[4].Data[c]+eps)*in[1].Data[c] + in[2].Data[c]
	}
	return out, nil
}

// BatchNorm returns the epsilon of a BatchNormalization and refuses what is not
// inference.
func (n *Node) BatchNorm() (eps float64, err error) {
	training, err := n.int("training_mode", 0)
	if err == nil && training != 0 {
		err = fmt.Errorf("%s in training mode: export the network for inference", n.Op)
	}
	if err != nil {
		return 0, err
	}
	spatial, err := n.int("spatial", 1)
	if err == nil && spatial != 1 {
		err = fmt.Errorf("%s with spatial = %d is not supported", n.Op, spatial)
	}
	if err != nil {
		return 0, err
	}
	return n.float("epsilon", float64(float32(1e-5)))
}

func evalIdentity(_ *evaluator, _ *Node, in []*Tensor) (*Tensor, error) { return in[0], nil }

func evalDropout(_ *evaluator, n *Node, in []*Tensor) (*Tensor, error) {
	if t := in[2]; t != nil && slices.ContainsFunc(t.Data, func(v float64) bool { return v != 0 }) {
		return nil, fmt.Errorf("%s in training mode: export the network for inference", n.Op)
	}
	return in[0], nil
}

func evalCast(e *evaluator, n *Node, in []*Tensor) (*Tensor, error) {
	to, err := n.int("to", 0)
	if err != nil {
		return nil, err
	}
	f := func(v float64) float64 { return v }
	integer := false
	switch to {
	case typeFloat:
		if e.constant {
			f = func(v float64) float64 { return float64(float32(v)) }
		}
	case typeFloat16, typeBfloat16:
		if e.constant {
			f = func(v float64) float64 { return narrow(v, uint64(to)) }
		}
	case typeDouble:
	case typeBool:
		f, integer = func(v float64) float64 { return truth(v != 0) }, true
	case typeUint8, typeInt8, typeUint16, typeInt16, typeInt32, typeInt64, typeUint32, typeUint64:
		f, integer = math.Trunc, true
	default:
		return nil, fmt.Errorf("%s to %s is not supported", n.Op, typeName(uint64(to)))
	}
	out, err := elementwise(f)(e, n, in)
	if err != nil {
		return nil, err
	}
	out.Integer = integer
	return out, nil
}

func evalConstant(_ *evaluator, n *Node, _ []*Tensor) (*Tensor, error) {
	if len(n.attributes) != 1 {
		return nil, fmt.Errorf("%s has %d attributes, 1 expected", n.Op, len(n.attributes))
	}
	a := n.attributes[0]
	switch a.name {
	case "value":
		t, err := n.attribute("value", kindTensor)
		if err != nil {
			return nil, err
		}
		if t.t == nil {
			return nil, fmt.Errorf("%s has no tensor in its value", n.Op)
		}
		return t.t.decode()
	case "value_float":
		_, err := n.attribute(a.name, kindFloat)
		return &Tensor{Data: []float64{a.f}}, err
	case "value_int":
		v, err := n.int(a.name, 0)
		return &Tensor{Data: []float64{float64(v)}, Integer: true}, err
	case "value_floats":
		_, err := n.attribute(a.name, kindFloats)
		return &Tensor{Dims: []int{len(a.floats)}, Data: a.floats}, err
	default:
		v, _, err := n.ints(a.name)
		t := &Tensor{Dims: []int{len(v)}, Data: make([]float64, len(v)), Integer: true}
		for i := range v {
			t.Data[i] = float64(v[i])
		}
		return t, err
	}
}
