package evaluation

import (
	"fmt"
	"math"

	"relucount/pkg/onnx"
	"relucount/pkg/stencil"
)

// evalMany combines any number of tensors.
func evalMany(f func(a, b float64) float64, mean bool) evalFunc {
	combine := pairwise(f)
	return func(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
		out := in[0]
		for k, t := range in[1:] {
			if t == nil {
				return nil, fmt.Errorf("%s has no input %d", n.Op, k+1)
			}
			var err error
			if out, err = combine(e, n, []*onnx.Tensor{out, t}); err != nil {
				return nil, err
			}
		}
		if !mean {
			return out, nil
		}
		return elementwise(func(v float64) float64 { return v / float64(len(in)) })(e, n, []*onnx.Tensor{out})
	}
}

func evalClip(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	low, high, err := n.Limits(in)
	if err != nil {
		return nil, err
	}
	return elementwise(func(v float64) float64 { return min(max(v, low), high) })(e, n, in)
}

func evalHardSigmoid(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	alpha, beta, err := n.HardSigmoid()
	if err != nil {
		return nil, err
	}
	return elementwise(func(v float64) float64 { return max(0, min(1, alpha*v+beta)) })(e, n, in)
}

func evalShrink(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	bias, lambda, err := n.Shrink()
	if err != nil {
		return nil, err
	}
	return elementwise(func(v float64) float64 {
		switch {
		case v < -lambda:
			return v + bias
		case v > lambda:
			return v - bias
		}
		return 0
	})(e, n, in)
}

func evalThresholdedRelu(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	alpha, err := n.Threshold()
	if err != nil {
		return nil, err
	}
	return elementwise(func(v float64) float64 { return truth(v > alpha) * v })(e, n, in)
}

func evalReduce(start float64, add func(sum, v float64) float64, end func(v float64, n int) float64) evalFunc {
	return func(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
		r, err := stencil.ReductionOf(n, in)
		if err != nil {
			return nil, err
		}
		out, err := e.alloc(r.Dims, in[0].Integer)
		if err != nil {
			return nil, err
		}
		for i := range out.Data {
			out.Data[i] = start
		}
		for i, v := range in[0].Data {
			k := r.To(i)
			out.Data[k] = add(out.Data[k], v)
		}
		for i := range out.Data {
			out.Data[i] = end(out.Data[i], r.Count)
		}
		return out, nil
	}
}

func evalRange(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	for _, t := range in {
		if len(t.Data) != 1 {
			return nil, fmt.Errorf("%s of a tensor of shape %v: single numbers are needed", n.Op, t.Dims)
		}
	}
	start, limit, step := in[0].Data[0], in[1].Data[0], in[2].Data[0]
	count := math.Ceil((limit - start) / step)
	if !(count >= 0 && count <= onnx.MaxInputs) {
		return nil, fmt.Errorf("%s from %g to %g by %g", n.Op, start, limit, step)
	}
	out, err := e.alloc([]int{int(count)}, in[0].Integer)
	if err != nil {
		return nil, err
	}
	for i := range out.Data {
		out.Data[i] = start + float64(i)*step
	}
	return out, nil
}

func evalCastLike(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	out := *in[0]
	if in[1].Integer && !in[0].Integer {
		if !e.constant {
			return nil, fmt.Errorf("%s to integers is not supported", n.Op)
		}
		return elementwise(math.Trunc)(e, n, in[:1])
	}
	out.Integer = in[1].Integer
	return &out, nil
}

func evalConstantOfShape(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	dims, err := in[0].Scalars()
	if err != nil {
		return nil, err
	}
	fill := &onnx.Tensor{Data: []float64{0}}
	a, err := n.Attribute("value", onnx.KindTensor)
	if err != nil {
		return nil, err
	}
	if a != nil {
		value, err := a.Tensor()
		if err != nil {
			return nil, err
		}
		if value != nil {
			fill = value
		}
	}
	if len(fill.Data) != 1 {
		return nil, fmt.Errorf("%s with a value of shape %v: one number is needed", n.Op, fill.Dims)
	}
	out, err := e.alloc(dims, fill.Integer)
	if err != nil {
		return nil, err
	}
	for i := range out.Data {
		out.Data[i] = fill.Data[0]
	}
	return out, nil
}

func evalSize(_ *evaluator, _ *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	return &onnx.Tensor{Data: []float64{float64(len(in[0].Data))}, Integer: true}, nil
}

// evalDequantize is (x - zero) * scale, with one scale and zero for all or for
// each place along an axis.
func evalDequantize(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	if blocks, err := n.Int("block_size", 0); err != nil || blocks != 0 {
		return nil, fmt.Errorf("%s by blocks is not supported", n.Op)
	}
	x, scale := in[0], in[1]
	out, err := e.alloc(x.Dims, false)
	if err != nil {
		return nil, err
	}
	inner := max(1, len(x.Data))
	if len(scale.Data) != 1 {
		a, err := n.Int("axis", 1)
		if err != nil {
			return nil, err
		}
		if a, err = onnx.Axis(a, len(x.Dims)); err != nil {
			return nil, err
		}
		if len(scale.Data) != x.Dims[a] {
			return nil, fmt.Errorf("%s of %v along axis %d with %d scales", n.Op, x.Dims, a, len(scale.Data))
		}
		inner, _ = onnx.Count(x.Dims[a+1:])
	}
	if in[2] != nil && len(in[2].Data) != len(scale.Data) {
		return nil, fmt.Errorf("%s with %d scales and %d zero points", n.Op, len(scale.Data), len(in[2].Data))
	}
	for i, v := range x.Data {
		k := i / inner % len(scale.Data)
		if in[2] != nil {
			v -= in[2].Data[k]
		}
		out.Data[i] = v * scale.Data[k]
	}
	return out, nil
}

func evalScaler(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	x := in[0]
	if len(x.Dims) == 0 || x.Dims[len(x.Dims)-1] == 0 {
		return nil, fmt.Errorf("%s of shape %v", n.Op, x.Dims)
	}
	features := x.Dims[len(x.Dims)-1]
	offset, scale, err := n.Scaler(features)
	if err != nil {
		return nil, err
	}
	out, err := e.alloc(x.Dims, false)
	if err != nil {
		return nil, err
	}
	for i, v := range x.Data {
		out.Data[i] = (v - offset[i%features]) * scale[i%features]
	}
	return out, nil
}

func evalLinearRegressor(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	x := in[0]
	if len(x.Dims) != 2 {
		return nil, fmt.Errorf("%s of shape %v: rows of features are needed", n.Op, x.Dims)
	}
	c, b, targets, err := n.Regressor(x.Dims[1])
	if err != nil {
		return nil, err
	}
	out, err := e.product(x.Dims[0], x.Dims[1], targets)
	if err != nil {
		return nil, err
	}
	for i := range out.Data {
		row, t := i/targets, i%targets
		out.Data[i] = b[t]
		for j := range x.Dims[1] {
			out.Data[i] += x.Data[row*x.Dims[1]+j] * c[t*x.Dims[1]+j]
		}
	}
	return out, nil
}
