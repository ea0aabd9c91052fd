package stencil

import (
	"slices"

	"relucount/pkg/onnx"
)

// Reduction says which numbers of a tensor go into one of the result.
type Reduction struct {
	Dims  []int
	Count int   // of the numbers that go into one
	to    []int // the step in the result, along each axis of the tensor
	from  []int
}

// ReductionOf returns that of a node, given its inputs.
func ReductionOf(n *onnx.Node, in []*onnx.Tensor) (*Reduction, error) {
	from := in[0].Dims
	axes, given, err := n.List(in[1], "axes")
	if err != nil {
		return nil, err
	}
	keep, err := n.Int("keepdims", 1)
	if err != nil {
		return nil, err
	}
	noop, err := n.Int("noop_with_empty_axes", 0)
	if err != nil {
		return nil, err
	}
	gone := slices.Repeat([]bool{(!given || len(axes) == 0) && noop == 0}, len(from))
	for _, a := range axes {
		if a, err = onnx.Axis(a, len(from)); err != nil {
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
