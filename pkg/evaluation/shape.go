package evaluation

import (
	"fmt"
	"slices"

	"relucount/pkg/onnx"
)

// The operators that move numbers about and change none.

func evalFlatten(_ *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	a, err := n.Int("axis", 1)
	if err != nil {
		return nil, err
	}
	dims := in[0].Dims
	if a != len(dims) { // the one axis that is allowed to lie behind the last
		if a, err = onnx.Axis(a, len(dims)); err != nil {
			return nil, err
		}
	}
	rows, _ := onnx.Count(dims[:a])
	cols, _ := onnx.Count(dims[a:])
	return view(in[0], []int{rows, cols})
}

func evalReshape(_ *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	want, given, err := n.List(in[1], "shape")
	if err == nil && !given {
		err = fmt.Errorf("%s has no shape", n.Op)
	}
	if err != nil {
		return nil, err
	}
	literal, err := n.Int("allowzero", 0)
	if err != nil {
		return nil, err
	}
	from := in[0].Dims
	dims := slices.Clone(want)
	open := -1
	for i, d := range dims {
		switch {
		case d == -1 && open < 0:
			open = i
			dims[i] = 1
		case d == 0 && literal == 0 && i < len(from):
			dims[i] = from[i]
		case d < 0 || d == 0 && literal == 0:
			return nil, fmt.Errorf("%s of %v to %v: %d at place %d has no meaning there", n.Op, from, want, d, i)
		}
	}
	if open >= 0 {
		if n, ok := onnx.Count(dims); ok && n > 0 {
			dims[open] = len(in[0].Data) / n
		}
	}
	out, err := view(in[0], dims)
	if err != nil {
		return nil, fmt.Errorf("%s of %v to %v: %d numbers do not fit", n.Op, from, want, len(in[0].Data))
	}
	return out, nil
}

func evalSqueeze(_ *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	from := in[0].Dims
	axes, given, err := n.List(in[1], "axes")
	if err != nil {
		return nil, err
	}
	drop := make([]bool, len(from))
	for i, d := range from {
		drop[i] = !given && d == 1
	}
	for _, a := range axes {
		if a, err = onnx.Axis(a, len(from)); err != nil {
			return nil, err
		}
		if from[a] != 1 {
			return nil, fmt.Errorf("%s of axis %d of %v: it is not 1", n.Op, a, from)
		}
		drop[a] = true
	}
	dims := []int{}
	for i, d := range from {
		if !drop[i] {
			dims = append(dims, d)
		}
	}
	return view(in[0], dims)
}

func evalUnsqueeze(_ *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	axes, given, err := n.List(in[1], "axes")
	if err == nil && !given {
		err = fmt.Errorf("%s has no axes", n.Op)
	}
	if err != nil {
		return nil, err
	}
	rank := len(in[0].Dims) + len(axes)
	if rank > onnx.MaxRank {
		return nil, fmt.Errorf("%s to %d dimensions: at most %d are supported", n.Op, rank, onnx.MaxRank)
	}
	dims := make([]int, rank) // 0 where a dimension of the input goes
	for _, a := range axes {
		if a, err = onnx.Axis(a, rank); err != nil {
			return nil, err
		}
		if dims[a] == 1 {
			return nil, fmt.Errorf("%s has axis %d twice", n.Op, a)
		}
		dims[a] = 1
	}
	k := 0
	for i := range dims {
		if dims[i] == 0 {
			dims[i] = in[0].Dims[k]
			k++
		}
	}
	return view(in[0], dims)
}

// perm returns the permutation of a Transpose, by default the reversal.
func perm(n *onnx.Node, rank int) ([]int, error) {
	p, given, err := n.Ints("perm")
	if err != nil {
		return nil, err
	}
	if !given {
		for i := range rank {
			p = append(p, rank-1-i)
		}
	}
	sorted := slices.Sorted(slices.Values(p))
	for i, v := range sorted {
		if i != v {
			return nil, fmt.Errorf("%s: perm %v is no permutation", n.Op, p)
		}
	}
	if len(p) != rank {
		return nil, fmt.Errorf("%s: perm %v for %d dimensions", n.Op, p, rank)
	}
	return p, nil
}

func evalTranspose(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	from := in[0].Dims
	p, err := perm(n, len(from))
	if err != nil {
		return nil, err
	}
	return e.transpose(in[0], p)
}

// transpose puts axis p[i] in place i.
func (e *evaluator) transpose(t *onnx.Tensor, p []int) (*onnx.Tensor, error) {
	from := t.Dims
	stride := make([]int, len(from))
	step := 1
	for k := len(from) - 1; k >= 0; k-- {
		stride[k] = step
		step *= from[k]
	}
	dims, steps := make([]int, len(p)), make([]int, len(p))
	for i, a := range p {
		dims[i], steps[i] = from[a], stride[a]
	}
	if err := e.left.Spend(4 * len(t.Data)); err != nil {
		return nil, err
	}
	return &onnx.Tensor{Dims: dims, Data: gather(t, dims, steps, len(t.Data)), Integer: t.Integer}, nil
}

func evalShape(_ *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	dims := in[0].Dims
	start, err := n.Int("start", 0)
	if err != nil {
		return nil, err
	}
	end, err := n.Int("end", len(dims))
	if err != nil {
		return nil, err
	}
	place := func(v int) int {
		if v < 0 {
			v += len(dims)
		}
		return max(0, min(v, len(dims)))
	}
	dims = dims[place(start):max(place(start), place(end))]
	out := &onnx.Tensor{Dims: []int{len(dims)}, Data: []float64{}, Integer: true}
	for _, d := range dims {
		out.Data = append(out.Data, float64(d))
	}
	return out, nil
}

func evalGather(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	data, indices := in[0], in[1]
	a, err := n.Int("axis", 0)
	if err != nil {
		return nil, err
	}
	if a, err = onnx.Axis(a, len(data.Dims)); err != nil {
		return nil, err
	}
	at, err := indices.Scalars()
	if err != nil {
		return nil, err
	}
	for i := range at {
		if at[i] < -data.Dims[a] || at[i] >= data.Dims[a] {
			return nil, fmt.Errorf("%s: index %d is out of range for %v along axis %d", n.Op, at[i], data.Dims, a)
		}
		if at[i] < 0 {
			at[i] += data.Dims[a]
		}
	}
	out, err := e.alloc(slices.Concat(data.Dims[:a], indices.Dims, data.Dims[a+1:]), data.Integer)
	if err != nil {
		return nil, err
	}
	outer, _ := onnx.Count(data.Dims[:a])
	inner, _ := onnx.Count(data.Dims[a+1:])
	to := out.Data
	for o := range outer {
		for _, i := range at {
			to = to[copy(to, data.Data[(o*data.Dims[a]+i)*inner:][:inner]):]
		}
	}
	return out, nil
}

func evalConcat(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	a, err := n.Int("axis", 1)
	if err != nil {
		return nil, err
	}
	first := in[0]
	if a, err = onnx.Axis(a, len(first.Dims)); err != nil {
		return nil, err
	}
	dims := slices.Clone(first.Dims)
	dims[a] = 0
	for _, t := range in {
		if t == nil {
			return nil, fmt.Errorf("%s has an input without a name", n.Op)
		}
		same := len(t.Dims) == len(dims)
		for k := range dims {
			same = same && (k == a || t.Dims[k] == dims[k])
		}
		if !same {
			return nil, fmt.Errorf("%s of %v and %v along axis %d: the shapes do not fit", n.Op, first.Dims, t.Dims, a)
		}
		dims[a] += t.Dims[a]
	}
	out, err := e.alloc(dims, first.Integer)
	if err != nil {
		return nil, err
	}
	outer, _ := onnx.Count(dims[:a])
	inner, _ := onnx.Count(dims[a+1:])
	to := out.Data
	for o := range outer {
		for _, t := range in {
			size := t.Dims[a] * inner
			to = to[copy(to, t.Data[o*size:][:size]):]
		}
	}
	return out, nil
}
