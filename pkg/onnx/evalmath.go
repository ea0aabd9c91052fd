package onnx

import (
	"fmt"
	"math"
	"slices"
)

// evalMany combines any number of tensors.
func evalMany(f func(a, b float64) float64, mean bool) evalFunc {
	combine := pairwise(f)
	return func(e *evaluator, n *Node, in []*Tensor) (*Tensor, error) {
		out := in[0]
		for k, t := range in[1:] {
			if t == nil {
				return nil, fmt.Errorf("%s has no input %d", n.Op, k+1)
			}
			var err error
			if out, err = combine(e, n, []*Tensor{out, t}); err != nil {
				return nil, err
			}
		}
		if !mean {
			return out, nil
		}
		return elementwise(func(v float64) float64 { return v / float64(len(in)) })(e, n, []*Tensor{out})
	}
}

// Limits returns the limits of a Clip, which are inputs or attributes.
func (n *Node) Limits(in []*Tensor) (low, high float64, err error) {
	if low, err = n.float("min", math.Inf(-1)); err != nil {
		return 0, 0, err
	}
	if high, err = n.float("max", math.Inf(1)); err != nil {
		return 0, 0, err
	}
	for k, v := range []*float64{&low, &high} {
		t := in[k+1]
		if t == nil {
			continue
		}
		if len(t.Data) != 1 || math.IsNaN(t.Data[0]) {
			return 0, 0, fmt.Errorf("%s with a limit of shape %v: one number is needed", n.Op, t.Dims)
		}
		*v = t.Data[0]
	}
	// the default of the attributes, and what converters write for no limit
	if low <= -math.MaxFloat32 {
		low = math.Inf(-1)
	}
	if high >= math.MaxFloat32 {
		high = math.Inf(1)
	}
	return low, high, nil
}

func evalClip(e *evaluator, n *Node, in []*Tensor) (*Tensor, error) {
	low, high, err := n.Limits(in)
	if err != nil {
		return nil, err
	}
	return elementwise(func(v float64) float64 { return min(max(v, low), high) })(e, n, in)
}

// HardSigmoid returns the slope and the shift of a HardSigmoid.
func (n *Node) HardSigmoid() (alpha, beta float64, err error) {
	if alpha, err = n.float("alpha", float64(float32(0.2))); err != nil {
		return 0, 0, err
	}
	beta, err = n.float("beta", 0.5)
	return alpha, beta, err
}

func evalHardSigmoid(e *evaluator, n *Node, in []*Tensor) (*Tensor, error) {
	alpha, beta, err := n.HardSigmoid()
	if err != nil {
		return nil, err
	}
	return elementwise(func(v float64) float64 { return max(0, min(1, alpha*v+beta)) })(e, n, in)
}

// Shrink returns the attributes of a Shrink.
func (n *Node) Shrink() (bias, lambda float64, err error) {
	if bias, err = n.float("bias", 0); err != nil {
		return 0, 0, err
	}
	lambda, err = n.float("lambd", 0.5)
	return bias, lambda, err
}

func evalShrink(e *evaluator, n *Node, in []*Tensor) (*Tensor, error) {
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

// Threshold returns that of a ThresholdedRelu.
func (n *Node) Threshold() (float64, error) { return n.float("alpha", 1) }

func evalThresholdedRelu(e *evaluator, n *Node, in []*Tensor) (*Tensor, error) {
	alpha, err := n.Threshold()
	if err != nil {
		return nil, err
	}
	return elementwise(func(v float64) float64 { return truth(v > alpha) * v })(e, n, in)
}

// Reduction says which numbers of a tensor go into one of the result.
type Reduction struct {
	Dims  []int
	Count int   // of the numbers that go into one
	to    []int // the step in the result, along each axis of the tensor
	from  []int
}

// Reduction returns that of a node, given its inputs.
func (n *Node) Reduction(in []*Tensor) (*Reduction, error) {
	from := in[0].Dims
	axes, given, err := n.list(in[1], "axes")
	if err != nil {
		return nil, err
	}
	keep, err := n.int("keepdims", 1)
	if err != nil {
		return nil, err
	}
	noop, err := n.int("noop_with_empty_axes", 0)
	if err != nil {
		return nil, err
	}
	gone := slices.Repeat([]bool{(!given || len(axes) == 0) && noop == 0}, len(from))
	for _, a := range axes {
		if a, err = axis(a, len(from)); err != nil {
			return nil, err
		}
		gone[a] = true
	}
	r := &Reduction{Count: 1, to: make([]int, len(from)), from: from, Dims: []int{}}
	step := 1
	for a := len(from) - 1; a >= 0; a-- {
		switch {
		case !gone[a]:
			r.to[a] = step
			step *= from[a]
			r.Dims = append(r.Dims, from[a])
		case keep != 0:
			r.Dims = append(r.Dims, 1)
		}
		if gone[a] {
			r.Count *= from[a]
		}
	}
	slices.Reverse(r.Dims)
	return r, nil
}

// To is the place in the result of element i of the tensor.
func (r *Reduction) To(i int) int {
	o := 0
	for a := len(r.from) - 1; a >= 0; a-- {
		o += i % r.from[a] * r.to[a]
		i /= r.from[a]
	}
	return o
}

func evalReduce(start float64, add func(sum, v float64) float64, end func(v float64, n int) float64) evalFunc {
	return func(e *evaluator, n *Node, in []*Tensor) (*Tensor, error) {
		r, err := n.Reduction(in)
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

func evalRange(e *evaluator, n *Node, in []*Tensor) (*Tensor, error) {
	for _, t := range in {
		if len(t.Data) != 1 {
			return nil, fmt.Errorf("%s of a tensor of shape %v: single numbers are needed", n.Op, t.Dims)
		}
	}
	start, limit, step := in[0].Data[0], in[1].Data[0], in[2].Data[0]
	count := math.Ceil((limit - start) / step)
	if !(count >= 0 && count <= maxInputs) {
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

func evalCastLike(e *evaluator, n *Node, in []*Tensor) (*Tensor, error) {
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

func evalConstantOfShape(e *evaluator, n *Node, in []*Tensor) (*Tensor, error) {
	dims, err := in[0].scalars()
	if err != nil {
		return nil, err
	}
	fill := &Tensor{Data: []float64{0}}
	a, err := n.attribute("value", kindTensor)
	if err != nil {
		return nil, err
	}
	if a != nil && a.t != nil {
		if fill, err = a.t.decode(); err != nil {
			return nil, err
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

func evalSize(_ *evaluator, _ *Node, in []*Tensor) (*Tensor, error) {
	return &Tensor{Data: []float64{float64(len(in[0].Data))}, Integer: true}, nil
}

// evalDequantize is (x - zero) * scale, with one scale and zero for all or for
// each place along an axis.
func evalDequantize(e *evaluator, n *Node, in []*Tensor) (*Tensor, error) {
	if blocks, err := n.int("block_size", 0); err != nil || blocks != 0 {
		return nil, fmt.Errorf("%s by blocks is not supported", n.Op)
	}
	x, scale := in[0], in[1]
	out, err := e.alloc(x.Dims, false)
	if err != nil {
		return nil, err
	}
	inner := max(1, len(x.Data))
	if len(scale.Data) != 1 {
		a, err := n.int("axis", 1)
		if err != nil {
			return nil, err
		}
		if a, err = axis(a, len(x.Dims)); err != nil {
			return nil, err
		}
		if len(scale.Data) != x.Dims[a] {
			return nil, fmt.Errorf("%s of %v along axis %d with %d scales", n.Op, x.Dims, a, len(scale.Data))
		}
		inner, _ = Count(x.Dims[a+1:])
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

// Scaler returns the offsets and scales of a Scaler for so many features.
func (n *Node) Scaler(features int) (offset, scale []float64, err error) {
	for _, v := range []struct {
		to        *[]float64
		name      string
		otherwise float64
	}{{&offset, "offset", 0}, {&scale, "scale", 1}} {
		a, err := n.attribute(v.name, kindFloats)
		if err != nil {
			return nil, nil, err
		}
		list := []float64{v.otherwise}
		if a != nil && len(a.floats) > 0 {
			list = a.floats
		}
		if len(list) == 1 {
			list = slices.Repeat(list, features)
		}
		if len(list) != features {
			return nil, nil, fmt.Errorf("%s has %d of %s for %d features", n.Op, len(list), v.name, features)
		}
		*v.to = list
	}
	return offset, scale, nil
}

func evalScaler(e *evaluator, n *Node, in []*Tensor) (*Tensor, error) {
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

// Regressor returns the matrix of a LinearRegressor, one row a target, and the
// intercepts.
func (n *Node) Regressor(features int) (coefficients, intercepts []float64, targets int, err error) {
	if targets, err = n.int("targets", 1); err != nil {
		return nil, nil, 0, err
	}
	post, err := n.text("post_transform", "NONE")
	if err == nil && post != "NONE" {
		err = fmt.Errorf("%s with post_transform %s is not supported", n.Op, post)
	}
	if err != nil {
		return nil, nil, 0, err
	}
	c, err := n.attribute("coefficients", kindFloats)
	if err != nil {
		return nil, nil, 0, err
	}
	b, err := n.attribute("intercepts", kindFloats)
	if err != nil {
		return nil, nil, 0, err
	}
	if c == nil || targets < 1 || len(c.floats)%targets != 0 || len(c.floats)/targets != features {
		return nil, nil, 0, fmt.Errorf("%s of %d features has not as many coefficients for each of %d targets", n.Op, features, targets)
	}
	intercepts = make([]float64, targets)
	if b != nil && len(b.floats) > 0 {
		if intercepts = b.floats; len(intercepts) != targets {
			return nil, nil, 0, fmt.Errorf("%s has %d intercepts for %d targets", n.Op, len(intercepts), targets)
		}
	}
	return c.floats, intercepts, targets, nil
}

func evalLinearRegressor(e *evaluator, n *Node, in []*Tensor) (*Tensor, error) {
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
