package netfile

import (
	"fmt"
	"slices"
)

// The operators that move numbers about and change none.

func evalFlatten(_ *evaluator, n *node, in []*tensor) (*tensor, error) {
	a, err := n.int("axis", 1)
	if err != nil {
		return nil, err
	}
	dims := in[0].dims
	if a != len(dims) { // the one axis that is allowed to lie behind the last
		if a, err = axis(a, len(dims)); err != nil {
			return nil, err
		}
	}
	rows, _ := count(dims[:a])
	cols, _ := count(dims[a:])
	return view(in[0], []int{rows, cols})
}

func evalReshape(_ *evaluator, n *node, in []*tensor) (*tensor, error) {
	want, given, err := n.list(in[1], "shape")
	if err == nil && !given {
		err = fmt.Errorf("%s has no shape", n.op)
	}
	if err != nil {
		return nil, err
	}
	literal, err := n.int("allowzero", 0)
	if err != nil {
		return nil, err
	}
	from := in[0].dims
	dims := slices.Clone(want)
	open := -1
	for i, d := range dims {
		switch {
		case d == -1 && open < 0:
			open = i
			dims[i] = 1
		case d == 0 && literal == 0 && i < len(from):
			dims[i] = from[i]
		case d <= 0:
			return nil, fmt.Errorf("%s of %v to %v: %d at place %d has no meaning there", n.op, from, want, d, i)
		}
	}
	if open >= 0 {
		if n, ok := count(dims); ok && n > 0 {
			dims[open] = len(in[0].data) / n
		}
	}
	out, err := view(in[0], dims)
	if err != nil {
		return nil, fmt.Errorf("%s of %v to %v: %d numbers do not fit", n.op, from, want, len(in[0].data))
	}
	return out, nil
}

func evalSqueeze(_ *evaluator, n *node, in []*tensor) (*tensor, error) {
	from := in[0].dims
	axes, given, err := n.list(in[1], "axes")
	if err != nil {
		return nil, err
	}
	drop := make([]bool, len(from))
	for i, d := range from {
		drop[i] = !given && d == 1
	}
	for _, a := range axes {
		if a, err = axis(a, len(from)); err != nil {
			return nil, err
		}
		if from[a] != 1 {
			return nil, fmt.Errorf("%s of axis %d of %v: it is not 1", n.op, a, from)
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

func evalUnsqueeze(_ *evaluator, n *node, in []*tensor) (*tensor, error) {
	axes, given, err := n.list(in[1], "axes")
	if err == nil && !given {
		err = fmt.Errorf("%s has no axes", n.op)
	}
	if err != nil {
		return nil, err
	}
	rank := len(in[0].dims) + len(axes)
	if rank > maxRank {
		return nil, fmt.Errorf("%s to %d dimensions: at most %d are supported", n.op, rank, maxRank)
	}
	dims := make([]int, rank) // 0 where a dimension of the input goes
	for _, a := range axes {
		if a, err = axis(a, rank); err != nil {
			return nil, err
		}
		if dims[a] == 1 {
			return nil, fmt.Errorf("%s has axis %d twice", n.op, a)
		}
		dims[a] = 1
	}
	k := 0
	for i := range dims {
		if dims[i] == 0 {
			dims[i] = in[0].dims[k]
			k++
		}
	}
	return view(in[0], dims)
}

// perm returns the permutation of a Transpose, by default the reversal.
func (n *node) perm(rank int) ([]int, error) {
	p, given, err := n.ints("perm")
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
			return nil, fmt.Errorf("%s: perm %v is no permutation", n.op, p)
		}
	}
	if len(p) != rank {
		return nil, fmt.Errorf("%s: perm %v for %d dimensions", n.op, p, rank)
	}
	return p, nil
}

func evalTranspose(e *evaluator, n *node, in []*tensor) (*tensor, error) {
	from := in[0].dims
	p, err := n.perm(len(from))
	if err != nil {
		return nil, err
	}
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
	if err := e.left.spend(4 * len(in[0].data)); err != nil {
		return nil, err
	}
	return &tensor{dims: dims, data: in[0].gather(dims, steps, len(in[0].data)), integer: in[0].integer}, nil
}

func evalShape(_ *evaluator, _ *node, in []*tensor) (*tensor, error) {
	out := &tensor{dims: []int{len(in[0].dims)}, integer: true}
	for _, d := range in[0].dims {
		out.data = append(out.data, float64(d))
	}
	return out, nil
}

func evalGather(e *evaluator, n *node, in []*tensor) (*tensor, error) {
	data, indices := in[0], in[1]
	a, err := n.int("axis", 0)
	if err != nil {
		return nil, err
	}
	if a, err = axis(a, len(data.dims)); err != nil {
		return nil, err
	}
	at, err := indices.scalars()
	if err != nil {
		return nil, err
	}
	for i := range at {
		if at[i] < -data.dims[a] || at[i] >= data.dims[a] {
			return nil, fmt.Errorf("%s: index %d is out of range for %v along axis %d", n.op, at[i], data.dims, a)
		}
		if at[i] < 0 {
			at[i] += data.dims[a]
		}
	}
	out, err := e.alloc(slices.Concat(data.dims[:a], indices.dims, data.dims[a+1:]), data.integer)
	if err != nil {
		return nil, err
	}
	outer, _ := count(data.dims[:a])
	inner, _ := count(data.dims[a+1:])
	to := out.data
	for o := range outer {
		for _, i := range at {
			to = to[copy(to, data.data[(o*data.dims[a]+i)*inner:][:inner]):]
		}
	}
	return out, nil
}

func evalConcat(e *evaluator, n *node, in []*tensor) (*tensor, error) {
	a, err := n.int("axis", 1)
	if err != nil {
		return nil, err
	}
	first := in[0]
	if a, err = axis(a, len(first.dims)); err != nil {
		return nil, err
	}
	dims := slices.Clone(first.dims)
	dims[a] = 0
	for _, t := range in {
		if t == nil {
			return nil, fmt.Errorf("%s has an input without a name", n.op)
		}
		same := len(t.dims) == len(dims)
		for k := range dims {
			same = same && (k == a || t.dims[k] == dims[k])
		}
		if !same {
			return nil, fmt.Errorf("%s of %v and %v along axis %d: the shapes do not fit", n.op, first.dims, t.dims, a)
		}
		dims[a] += t.dims[a]
	}
	out, err := e.alloc(dims, first.integer)
	if err != nil {
		return nil, err
	}
	outer, _ := count(dims[:a])
	inner, _ := count(dims[a+1:])
	to := out.data
	for o := range outer {
		for _, t := range in {
			size := t.dims[a] * inner
			to = to[copy(to, t.data[o*size:][:size]):]
		}
	}
	return out, nil
}
