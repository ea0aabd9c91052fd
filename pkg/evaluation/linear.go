package evaluation

import (
	"fmt"
	"math"
	"slices"

	"relucount/pkg/onnx"
)

// The operators that multiply by weights, without windows.

func evalGemm(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
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
	for i, v := range Expand(c, out.Dims) {
		out.Data[i] += g.Beta * v
	}
	return out, nil
}

// product makes room for a matrix product.
func (e *evaluator) product(rows, inner, cols int) (*onnx.Tensor, error) {
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
func evalMatMul(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
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
	na, _ := onnx.Count(batchA)
	nb, _ := onnx.Count(batchB)
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

func evalBatchNorm(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
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
	inner, _ := onnx.Count(x.Dims[2:])
	for i, v := range x.Data {
		c := i / inner % channels
		out.Data[i] = (v-in[3].Data[c])/math.Sqrt(in[4].Data[c]+eps)*in[1].Data[c] + in[2].Data[c]
	}
	return out, nil
}
