package evaluation

import (
	"fmt"
	"math"
	"slices"

	"relucount/pkg/budget"
	"relucount/pkg/onnx"
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
func (e *evaluator) alloc(dims []int, integer bool) (*onnx.Tensor, error) {
	n, ok := onnx.Count(dims)
	if !ok || len(dims) > onnx.MaxRank {
		return nil, fmt.Errorf("its result would have the shape %v", dims[:min(len(dims), onnx.MaxRank)])
	}
	if err := e.left.Spend(4 * n); err != nil {
		return nil, err
	}
	return &onnx.Tensor{Dims: dims, Data: make([]float64, n), Integer: integer}, nil
}

// view is the same data in another shape.
func view(t *onnx.Tensor, dims []int) (*onnx.Tensor, error) {
	if n, ok := onnx.Count(dims); !ok || n != len(t.Data) || len(dims) > onnx.MaxRank {
		return nil, fmt.Errorf("shape %v does not go into %v", t.Dims, dims)
	}
	return &onnx.Tensor{Dims: dims, Data: t.Data, Integer: t.Integer}, nil
}

// pairwise is an elementwise operator of two tensors.
func pairwise(f func(a, b float64) float64) evalFunc {
	return func(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
		a, b := in[0], in[1]
		if along, _ := n.Attribute("axis", onnx.KindInt); along != nil && len(b.Dims) < len(a.Dims) {
			// operator set 6: b is laid along the axes of a from this one on
			if more := len(a.Dims) - int(min(onnx.MaxRank, max(0, along.Int))) - len(b.Dims); more > 0 {
				b = &onnx.Tensor{Dims: slices.Concat(b.Dims, slices.Repeat([]int{1}, more)), Data: b.Data, Integer: b.Integer}
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
		x, y := Expand(a, dims), Expand(b, dims)
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
	return func(e *evaluator, _ *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
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

func evalLeakyRelu(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	alpha, err := n.Float("alpha", float64(float32(0.01)))
	if err != nil {
		return nil, err
	}
	return elementwise(func(v float64) float64 { return leaky(alpha, v) })(e, n, in)
}

func evalPRelu(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
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

func evalIdentity(_ *evaluator, _ *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	return in[0], nil
}

func evalDropout(_ *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	if t := in[2]; t != nil && slices.ContainsFunc(t.Data, func(v float64) bool { return v != 0 }) {
		return nil, fmt.Errorf("%s in training mode: export the network for inference", n.Op)
	}
	return in[0], nil
}

func evalCast(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	to, err := n.Int("to", 0)
	if err != nil {
		return nil, err
	}
	f := func(v float64) float64 { return v }
	integer := false
	switch to := onnx.DataType(to); to {
	case onnx.FloatType:
		if e.constant {
			f = func(v float64) float64 { return float64(float32(v)) }
		}
	case onnx.Float16Type, onnx.Bfloat16Type:
		if e.constant {
			f = func(v float64) float64 { return narrow(v, to) }
		}
	case onnx.DoubleType:
	case onnx.BoolType:
		f, integer = func(v float64) float64 { return truth(v != 0) }, true
	case onnx.Uint8Type, onnx.Int8Type, onnx.Uint16Type, onnx.Int16Type, onnx.Int32Type, onnx.Int64Type, onnx.Uint32Type, onnx.Uint64Type:
		f, integer = math.Trunc, true
	default:
		return nil, fmt.Errorf("%s to %s is not supported", n.Op, to)
	}
	out, err := elementwise(f)(e, n, in)
	if err != nil {
		return nil, err
	}
	out.Integer = integer
	return out, nil
}

func evalConstant(_ *evaluator, n *onnx.Node, _ []*onnx.Tensor) (*onnx.Tensor, error) {
	if len(n.Attributes) != 1 {
		return nil, fmt.Errorf("%s has %d attributes, 1 expected", n.Op, len(n.Attributes))
	}
	a := &n.Attributes[0]
	switch a.Name {
	case "value":
		value, err := n.Attribute("value", onnx.KindTensor)
		if err != nil {
			return nil, err
		}
		t, err := value.Tensor()
		if t == nil && err == nil {
			err = fmt.Errorf("%s has no tensor in its value", n.Op)
		}
		return t, err
	case "value_float":
		_, err := n.Attribute(a.Name, onnx.KindFloat)
		return &onnx.Tensor{Data: []float64{a.Float}}, err
	case "value_int":
		v, err := n.Int(a.Name, 0)
		return &onnx.Tensor{Data: []float64{float64(v)}, Integer: true}, err
	case "value_floats":
		_, err := n.Attribute(a.Name, onnx.KindFloats)
		return &onnx.Tensor{Dims: []int{len(a.Floats)}, Data: a.Floats}, err
	default:
		v, _, err := n.Ints(a.Name)
		t := &onnx.Tensor{Dims: []int{len(v)}, Data: make([]float64, len(v)), Integer: true}
		for i := range v {
			t.Data[i] = float64(v[i])
		}
		return t, err
	}
}
