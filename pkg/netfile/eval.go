package netfile

import (
	"fmt"
	"math"
	"slices"
)

// evaluator computes operators on tensors as the ONNX specification has them,
// in float64. It knows nothing of the chain of layers, which is checked
// against it.
type evaluator struct {
	left budget
	// constant says that no input comes from the network's input, so that
	// the type of a Cast counts. What is computed from the input is treated
	// as real numbers.
	constant bool
}

func newEvaluator(fileBytes int) *evaluator { return &evaluator{left: 4 * newBudget(fileBytes)} }

// alloc makes a tensor, charged at 4 a number: a budget is of multiplications
// first, and this much less in memory.
func (e *evaluator) alloc(dims []int, integer bool) (*tensor, error) {
	n, ok := count(dims)
	if !ok || len(dims) > maxRank {
		return nil, fmt.Errorf("its result would have the shape %v", dims[:min(len(dims), maxRank)])
	}
	if err := e.left.spend(4 * n); err != nil {
		return nil, err
	}
	return &tensor{dims: dims, data: make([]float64, n), integer: integer}, nil
}

// view is the same data in another shape.
func view(t *tensor, dims []int) (*tensor, error) {
	if n, ok := count(dims); !ok || n != len(t.data) || len(dims) > maxRank {
		return nil, fmt.Errorf("shape %v does not go into %v", t.dims, dims)
	}
	return &tensor{dims: dims, data: t.data, integer: t.integer}, nil
}

// pairwise is an elementwise operator of two tensors.
func pairwise(f func(a, b float64) float64) evalFunc {
	return func(e *evaluator, n *node, in []*tensor) (*tensor, error) {
		a, b := in[0], in[1]
		dims, ok := broadcast(a.dims, b.dims)
		if !ok {
			return nil, fmt.Errorf("%s of %v and %v: the shapes do not fit", n.op, a.dims, b.dims)
		}
		out, err := e.alloc(dims, a.integer && b.integer)
		if err != nil {
			return nil, err
		}
		x, y := a.expand(dims), b.expand(dims)
		for i := range out.data {
			out.data[i] = f(x[i], y[i])
			if out.integer {
				out.data[i] = math.Trunc(out.data[i])
			}
		}
		return out, nil
	}
}

// elementwise is an operator of one tensor, number by number.
func elementwise(f func(v float64) float64) evalFunc {
	return func(e *evaluator, _ *node, in []*tensor) (*tensor, error) {
		out, err := e.alloc(in[0].dims, in[0].integer)
		if err != nil {
			return nil, err
		}
		for i, v := range in[0].data {
			out.data[i] = f(v)
		}
		return out, nil
	}
}

// evalGemm is alpha A' B' + beta C.
func evalGemm(e *evaluator, n *node, in []*tensor) (*tensor, error) {
	g, err := n.gemm()
	if err != nil {
		return nil, err
	}
	a, b, c := in[0], in[1], in[2]
	if len(a.dims) != 2 || len(b.dims) != 2 {
		return nil, fmt.Errorf("%s of %v and %v: two matrices are needed", n.op, a.dims, b.dims)
	}
	rows, inner, stepA, stepAk := a.dims[0], a.dims[1], a.dims[1], 1
	if g.transA {
		rows, inner, stepA, stepAk = inner, rows, 1, a.dims[1]
	}
	innerB, cols, stepBk, stepB := b.dims[0], b.dims[1], b.dims[1], 1
	if g.transB {
		innerB, cols, stepBk, stepB = cols, innerB, 1, b.dims[1]
	}
	if inner != innerB {
		return nil, fmt.Errorf("%s of %v (transA %t) and %v (transB %t): %d columns against %d rows", n.op, a.dims, g.transA, b.dims, g.transB, inner, innerB)
	}
	out, err := e.product(rows, inner, cols)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		for j := range cols {
			s := 0.0
			for k := range inner {
				s += a.data[i*stepA+k*stepAk] * b.data[k*stepBk+j*stepB]
			}
			out.data[i*cols+j] = g.alpha * s
		}
	}
	if c == nil {
		return out, nil
	}
	if dims, ok := broadcast(c.dims, out.dims); !ok || !slices.Equal(dims, out.dims) {
		return nil, fmt.Errorf("%s: C of shape %v does not fit the product of shape %v", n.op, c.dims, out.dims)
	}
	for i, v := range c.expand(out.dims) {
		out.data[i] += g.beta * v
	}
	return out, nil
}

// product makes room for a matrix product.
func (e *evaluator) product(rows, inner, cols int) (*tensor, error) {
	out, err := e.alloc([]int{rows, cols}, false)
	if err != nil {
		return nil, err
	}
	if inner > 0 && len(out.data) > math.MaxInt/inner {
		return nil, fmt.Errorf("product of %d x %d and %d x %d matrices: too large", rows, inner, inner, cols)
	}
	return out, e.left.spend(len(out.data) * inner)
}

// evalMatMul is numpy's matmul, where at most one operand is a batch of
// matrices.
func evalMatMul(e *evaluator, n *node, in []*tensor) (*tensor, error) {
	a, b := in[0], in[1]
	if len(a.dims) == 0 || len(b.dims) == 0 {
		return nil, fmt.Errorf("%s of %v and %v: a scalar cannot be an operand", n.op, a.dims, b.dims)
	}
	// A vector on the left is a row, on the right a column.
	da, db := a.dims, b.dims
	if len(da) == 1 {
		da = []int{1, da[0]}
	}
	if len(db) == 1 {
		db = []int{db[0], 1}
	}
	batchA, batchB := da[:len(da)-2], db[:len(db)-2]
	na, _ := count(batchA)
	nb, _ := count(batchB)
	rows, inner := da[len(da)-2], da[len(da)-1]
	cols := db[len(db)-1]
	if inner != db[len(db)-2] {
		return nil, fmt.Errorf("%s of %v and %v: %d columns against %d rows", n.op, a.dims, b.dims, inner, db[len(db)-2])
	}
	batch, ok := broadcast(batchA, batchB)
	if !ok || na != 1 && nb != 1 {
		return nil, fmt.Errorf("%s of %v and %v: two batches of matrices are not supported", n.op, a.dims, b.dims)
	}
	out, err := e.product(na*nb*rows, inner, cols)
	if err != nil {
		return nil, err
	}
	for m := range na * nb {
		x, y := a.data, b.data
		if na > 1 {
			x = x[m*rows*inner:]
		}
		if nb > 1 {
			y = y[m*inner*cols:]
		}
		for i := range rows {
			to := out.data[(m*rows+i)*cols:][:cols]
			for k := range inner {
				v := x[i*inner+k]
				for j := range to {
					to[j] += v * y[k*cols+j]
				}
			}
		}
	}
	dims := slices.Clone(batch)
	if len(a.dims) > 1 {
		dims = append(dims, rows)
	}
	if len(b.dims) > 1 {
		dims = append(dims, cols)
	}
	return view(out, dims)
}

func evalBatchNorm(e *evaluator, n *node, in []*tensor) (*tensor, error) {
	eps, err := n.batchNorm()
	if err != nil {
		return nil, err
	}
	x := in[0]
	if len(x.dims) < 2 {
		return nil, fmt.Errorf("%s of shape %v: a batch and channels are needed", n.op, x.dims)
	}
	channels := x.dims[1]
	for k, what := range []string{"scale", "B", "mean", "var"} {
		if !slices.Equal(in[k+1].dims, []int{channels}) {
			return nil, fmt.Errorf("%s of shape %v: %s has the shape %v, [%d] expected", n.op, x.dims, what, in[k+1].dims, channels)
		}
	}
	out, err := e.alloc(x.dims, false)
	if err != nil {
		return nil, err
	}
	inner, _ := count(x.dims[2:])
	for i, v := range x.data {
		c := i / inner % channels
		out.data[i] = (v-in[3].data[c])/math.Sqrt(in[4].data[c]+eps)*in[1].data[c] + in[2].data[c]
	}
	return out, nil
}

// batchNorm returns epsilon and refuses what is not inference.
func (n *node) batchNorm() (eps float64, err error) {
	training, err := n.int("training_mode", 0)
	if err == nil && training != 0 {
		err = fmt.Errorf("%s in training mode: export the network for inference", n.op)
	}
	if err != nil {
		return 0, err
	}
	spatial, err := n.int("spatial", 1)
	if err == nil && spatial != 1 {
		err = fmt.Errorf("%s with spatial = %d is not supported", n.op, spatial)
	}
	if err != nil {
		return 0, err
	}
	return n.float("epsilon", float64(float32(1e-5)))
}

func evalIdentity(_ *evaluator, _ *node, in []*tensor) (*tensor, error) { return in[0], nil }

func evalDropout(_ *evaluator, n *node, in []*tensor) (*tensor, error) {
	if t := in[2]; t != nil && slices.ContainsFunc(t.data, func(v float64) bool { return v != 0 }) {
		return nil, fmt.Errorf("%s in training mode: export the network for inference", n.op)
	}
	return in[0], nil
}

func evalCast(e *evaluator, n *node, in []*tensor) (*tensor, error) {
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
	case typeDouble:
	case typeInt32, typeInt64:
		f, integer = math.Trunc, true
	default:
		return nil, fmt.Errorf("%s to %s is not supported", n.op, typeName(uint64(to)))
	}
	out, err := elementwise(f)(e, n, in)
	if err != nil {
		return nil, err
	}
	out.integer = integer
	return out, nil
}

func evalConstant(_ *evaluator, n *node, _ []*tensor) (*tensor, error) {
	if len(n.attributes) != 1 {
		return nil, fmt.Errorf("%s has %d attributes, 1 expected", n.op, len(n.attributes))
	}
	a := n.attributes[0]
	switch a.name {
	case "value":
		t, err := n.attribute("value", kindTensor)
		if err != nil {
			return nil, err
		}
		if t.t == nil {
			return nil, fmt.Errorf("%s has no tensor in its value", n.op)
		}
		return t.t.decode()
	case "value_float":
		_, err := n.attribute(a.name, kindFloat)
		return &tensor{data: []float64{a.f}}, err
	case "value_int":
		v, err := n.int(a.name, 0)
		return &tensor{data: []float64{float64(v)}, integer: true}, err
	case "value_floats":
		_, err := n.attribute(a.name, kindFloats)
		return &tensor{dims: []int{len(a.floats)}, data: a.floats}, err
	default:
		v, _, err := n.ints(a.name)
		t := &tensor{dims: []int{len(v)}, data: make([]float64, len(v)), integer: true}
		for i := range v {
			t.data[i] = float64(v[i])
		}
		return t, err
	}
}
