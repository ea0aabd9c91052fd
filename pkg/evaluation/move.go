package evaluation

import (
	"fmt"
	"math"
	"slices"

	"relucount/pkg/onnx"
)

// Operators that take numbers from places of their inputs.

// pick makes a tensor whose element at a place is that of t at the place that
// from says, along each axis; -1 says that it is fill.
func (e *evaluator) pick(t *onnx.Tensor, dims []int, from func(axis, place int) int, fill float64) (*onnx.Tensor, error) {
	out, err := e.alloc(dims, t.Integer)
	if err != nil {
		return nil, err
	}
	// the places along each axis, times the step of the axis
	steps := make([][]int, len(dims))
	step := 1
	for a := len(dims) - 1; a >= 0; a-- {
		for p := range dims[a] {
			k := from(a, p)
			if k >= t.Dims[a] {
				return nil, fmt.Errorf("place %d of %d along axis %d", k, t.Dims[a], a)
			}
			steps[a] = append(steps[a], max(-1, k)*step)
			if k < 0 {
				steps[a][p] = math.MinInt32
			}
		}
		step *= max(1, t.Dims[a])
	}
	at := make([]int, len(dims))
	for i := range out.Data {
		src := 0
		for a, p := range at {
			if src += steps[a][p]; steps[a][p] == math.MinInt32 {
				src = math.MinInt32
				break
			}
		}
		if out.Data[i] = fill; src >= 0 {
			out.Data[i] = t.Data[src]
		}
		for a := len(dims) - 1; a >= 0; a-- {
			if at[a]++; at[a] < dims[a] {
				break
			}
			at[a] = 0
		}
	}
	return out, nil
}

func evalSlice(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	from := in[0].Dims
	var lists [4][]int
	for k, name := range []string{"starts", "ends", "axes", "steps"} {
		var given bool
		var err error
		if k == 3 && in[4] == nil {
			break
		}
		if lists[k], given, err = n.List(in[k+1], name); err != nil {
			return nil, err
		}
		if !given && k < 2 {
			return nil, fmt.Errorf("%s has no %s", n.Op, name)
		}
		if k > 0 && lists[k] != nil && len(lists[k]) != len(lists[0]) {
			return nil, fmt.Errorf("%s has %d starts and %d %s", n.Op, len(lists[0]), len(lists[k]), name)
		}
	}
	dims := slices.Clone(from)
	first, steps := make([]int, len(from)), slices.Repeat([]int{1}, len(from))
	for i, start := range lists[0] {
		a, end, step := i, lists[1][i], 1
		if lists[2] != nil {
			a = lists[2][i]
		}
		a, err := onnx.Axis(a, len(from))
		if err != nil {
			return nil, err
		}
		if lists[3] != nil {
			step = lists[3][i]
		}
		d := from[a]
		low, high := 0, d
		if step < 0 {
			low, high = -1, d-1
		}
		place := func(v int) int {
			if v < 0 {
				v += d
			}
			return max(low, min(v, high))
		}
		start, end = place(start), place(end)
		if lists[1][i] < -d && step < 0 {
			end = -1
		}
		switch {
		case step > 0:
			dims[a] = max(0, (end-start+step-1)/step)
		case step < 0:
			dims[a] = max(0, (start-end-step-1)/-step)
		default:
			return nil, fmt.Errorf("%s has a step of 0", n.Op)
		}
		first[a], steps[a] = start, step
	}
	return e.pick(in[0], dims, func(a, p int) int { return first[a] + p*steps[a] }, 0)
}

func evalSplit(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	from := in[0].Dims
	a, err := n.Int("axis", 0)
	if err != nil {
		return nil, err
	}
	if a, err = onnx.Axis(a, len(from)); err != nil {
		return nil, err
	}
	sizes, given, err := n.List(in[1], "split")
	if err != nil {
		return nil, err
	}
	if !given {
		parts := len(n.Outputs)
		size := (from[a] + parts - 1) / parts
		for k := range parts {
			sizes = append(sizes, min(size, from[a]-size*k))
		}
	}
	start, all := 0, 0
	for k, s := range sizes {
		if s < 0 {
			return nil, fmt.Errorf("%s of %d numbers into %v", n.Op, from[a], sizes)
		}
		if k < e.output {
			start += s
		}
		all += s
	}
	if all != from[a] || e.output >= len(sizes) {
		return nil, fmt.Errorf("%s of %d numbers into %v, for %d outputs", n.Op, from[a], sizes, len(n.Outputs))
	}
	dims := slices.Clone(from)
	dims[a] = sizes[e.output]
	return e.pick(in[0], dims, func(b, p int) int {
		if b == a {
			return start + p
		}
		return p
	}, 0)
}

func evalExpand(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	shape, err := in[1].Scalars()
	if err != nil {
		return nil, err
	}
	dims, ok := broadcast(in[0].Dims, shape)
	if size, fits := onnx.Count(dims); !ok || !fits {
		return nil, fmt.Errorf("%s of %v to %v: the shapes do not fit", n.Op, in[0].Dims, shape)
	} else if err := e.left.Spend(4 * size); err != nil {
		return nil, err
	}
	return &onnx.Tensor{Dims: dims, Data: Expand(in[0], dims), Integer: in[0].Integer}, nil
}

func evalTile(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	if in[2] != nil {
		return nil, fmt.Errorf("%s in the form of operator set 5 is not supported", n.Op)
	}
	repeats, err := in[1].Scalars()
	if err != nil {
		return nil, err
	}
	from := in[0].Dims
	if len(repeats) != len(from) {
		return nil, fmt.Errorf("%s of %v by %v: the shapes do not fit", n.Op, from, repeats)
	}
	dims := make([]int, len(from))
	for a := range dims {
		if repeats[a] < 0 || from[a] > 0 && repeats[a] > math.MaxInt32/from[a] {
			return nil, fmt.Errorf("%s of %v by %v", n.Op, from, repeats)
		}
		dims[a] = from[a] * repeats[a]
	}
	return e.pick(in[0], dims, func(a, p int) int { return p % from[a] }, 0)
}

func evalPad(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	from := in[0].Dims
	name := "pads"
	if a, _ := n.Attribute("paddings", onnx.KindInts); a != nil {
		name = "paddings"
	}
	pads, _, err := n.List(in[1], name)
	if err != nil {
		return nil, err
	}
	mode, err := n.Text("mode", "constant")
	if err != nil {
		return nil, err
	}
	fill, err := n.Float("value", 0)
	if err != nil {
		return nil, err
	}
	if v := in[2]; v != nil {
		if len(v.Data) != 1 {
			return nil, fmt.Errorf("%s with a value of shape %v", n.Op, v.Dims)
		}
		fill = v.Data[0]
	}
	axes := make([]int, len(from))
	for a := range axes {
		axes[a] = a
	}
	if in[3] != nil {
		if axes, err = in[3].Scalars(); err != nil {
			return nil, err
		}
	}
	if len(pads) != 2*len(axes) {
		return nil, fmt.Errorf("%s of %v by %v: the lengths do not fit", n.Op, from, pads)
	}
	before, dims := make([]int, len(from)), slices.Clone(from)
	for i, a := range axes {
		if a, err = onnx.Axis(a, len(from)); err != nil {
			return nil, err
		}
		before[a] = pads[i]
		if dims[a] += pads[i] + pads[len(axes)+i]; dims[a] < 0 {
			return nil, fmt.Errorf("%s of %v by %v: less than nothing is left", n.Op, from, pads)
		}
	}
	place := func(a, p int) int {
		p -= before[a]
		d := from[a]
		if p >= 0 && p < d {
			return p
		}
		switch mode {
		case "edge":
			return max(0, min(p, d-1))
		case "wrap":
			return ((p % d) + d) % d
		case "reflect":
			if d == 1 {
				return 0
			}
			p = ((p % (2 * (d - 1))) + 2*(d-1)) % (2 * (d - 1))
			return min(p, 2*(d-1)-p)
		}
		return -1
	}
	if !slices.Contains([]string{"constant", "edge", "reflect", "wrap"}, mode) || mode != "constant" && slices.Contains(from, 0) {
		return nil, fmt.Errorf("%s in mode %q is not supported", n.Op, mode)
	}
	return e.pick(in[0], dims, place, fill)
}

func evalDepthToSpace(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	b, err := n.Int("blocksize", 0)
	if err != nil {
		return nil, err
	}
	mode, err := n.Text("mode", "DCR")
	if err != nil {
		return nil, err
	}
	d := in[0].Dims
	if len(d) != 4 || b < 1 || d[1]%(b*b) != 0 || mode != "DCR" && mode != "CRD" {
		return nil, fmt.Errorf("%s of shape %v with blocks of %d in mode %q", n.Op, d, b, mode)
	}
	c := d[1] / (b * b)
	dims := []int{d[0], b, b, c, d[2], d[3]}
	order := []int{0, 3, 4, 1, 5, 2}
	if mode == "CRD" {
		dims, order = []int{d[0], c, b, b, d[2], d[3]}, []int{0, 1, 4, 2, 5, 3}
	}
	return e.shuffle(in[0], dims, order, []int{d[0], c, d[2] * b, d[3] * b})
}

func evalSpaceToDepth(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	b, err := n.Int("blocksize", 0)
	if err != nil {
		return nil, err
	}
	d := in[0].Dims
	if len(d) != 4 || b < 1 || d[2]%b != 0 || d[3]%b != 0 {
		return nil, fmt.Errorf("%s of shape %v with blocks of %d", n.Op, d, b)
	}
	return e.shuffle(in[0], []int{d[0], d[1], d[2] / b, b, d[3] / b, b}, []int{0, 3, 5, 1, 2, 4}, []int{d[0], d[1] * b * b, d[2] / b, d[3] / b})
}

// shuffle is a reshape, a transposition and a reshape.
func (e *evaluator) shuffle(t *onnx.Tensor, dims, order, to []int) (*onnx.Tensor, error) {
	v, err := view(t, dims)
	if err != nil {
		return nil, err
	}
	if v, err = e.transpose(v, order); err != nil {
		return nil, err
	}
	return view(v, to)
}

func evalWhere(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	dims, ok := broadcast(in[0].Dims, in[1].Dims)
	if ok {
		dims, ok = broadcast(dims, in[2].Dims)
	}
	if !ok {
		return nil, fmt.Errorf("%s of %v, %v and %v: the shapes do not fit", n.Op, in[0].Dims, in[1].Dims, in[2].Dims)
	}
	out, err := e.alloc(dims, in[1].Integer && in[2].Integer)
	if err != nil {
		return nil, err
	}
	c, x, y := Expand(in[0], dims), Expand(in[1], dims), Expand(in[2], dims)
	for i := range out.Data {
		if out.Data[i] = y[i]; c[i] != 0 {
			out.Data[i] = x[i]
		}
	}
	return out, nil
}

func evalArrayFeatures(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	at, err := in[1].Scalars()
	if err != nil {
		return nil, err
	}
	dims := slices.Clone(in[0].Dims)
	if len(dims) == 0 {
		return nil, fmt.Errorf("%s of a scalar", n.Op)
	}
	last := len(dims) - 1
	for _, k := range at {
		if k < 0 || k >= dims[last] {
			return nil, fmt.Errorf("%s: index %d is out of range for %v", n.Op, k, dims)
		}
	}
	dims[last] = len(at)
	return e.pick(in[0], dims, func(a, p int) int {
		if a == last {
			return at[p]
		}
		return p
	}, 0)
}
