package stencil

import (
	"fmt"
	"math"
	"slices"

	"relucount/pkg/onnx"
)

// Tap is a place along an axis with a weight.
type Tap struct {
	At     int
	Weight float64
}

// Resizing is what a Resize or Upsample does: each axis by itself takes, for each
// place of the result, a few weighted places of the tensor.
type Resizing struct {
	Dims []int
	Axes [][][]Tap
}

// ResizingOf returns that of a node, given its inputs.
func ResizingOf(n *onnx.Node, in []*onnx.Tensor) (*Resizing, error) {
	from := in[0].Dims
	var scales []float64
	var sizes []int
	switch {
	case n.Op == "Upsample":
		s, err := upsample(n, in[1], len(from))
		if err != nil {
			return nil, err
		}
		scales = s
	case in[3] != nil && len(in[3].Data) > 0:
		s, err := in[3].Scalars()
		if err != nil {
			return nil, err
		}
		sizes = s
	case in[2] != nil && len(in[2].Data) > 0:
		scales = in[2].Data
	case in[1] != nil && in[2] == nil: // operator set 10
		scales = in[1].Data
	}
	given, ok, err := n.Ints("axes")
	if err != nil {
		return nil, err
	}
	axes := make([]int, 0, len(from))
	for a := range from {
		axes = append(axes, a)
	}
	if ok {
		axes = given
	}
	if len(scales)+len(sizes) != len(axes) {
		return nil, fmt.Errorf("%s of %v: %d scales and %d sizes for %d axes", n.Op, from, len(scales), len(sizes), len(axes))
	}
	r := &Resizing{Dims: slices.Clone(from), Axes: make([][][]Tap, len(from))}
	factor := slices.Repeat([]float64{1}, len(from))
	for i, a := range axes {
		if a, err = onnx.Axis(a, len(from)); err != nil {
			return nil, err
		}
		if scales != nil {
			factor[a] = scales[i]
			r.Dims[a] = int(math.Floor(float64(from[a]) * scales[i]))
		} else {
			r.Dims[a] = sizes[i]
			factor[a] = float64(sizes[i]) / float64(from[a])
		}
		if !(factor[a] > 0) || r.Dims[a] < 1 || r.Dims[a] > onnx.MaxInputs {
			return nil, fmt.Errorf("%s of %v along axis %d by %g", n.Op, from, a, factor[a])
		}
	}
	if size, ok := onnx.Count(r.Dims); !ok || size > maxResized {
		return nil, fmt.Errorf("%s of %v to %v: too large", n.Op, from, r.Dims)
	}
	for a := range from {
		if r.Axes[a], err = taps(n, from[a], r.Dims[a], factor[a]); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// maxResized is the most numbers that a result may have.
const maxResized = 1 << 22

// Work is the number of terms of all elements.
func (r *Resizing) Work() int {
	all := 1.0
	for _, places := range r.Axes {
		n := 0
		for _, taps := range places {
			n += len(taps)
		}
		all *= float64(n)
	}
	return int(min(all, math.MaxInt32*1024))
}

// upsample returns the scales, which have been an attribute, two, and an input.
func upsample(n *onnx.Node, input *onnx.Tensor, rank int) ([]float64, error) {
	if input != nil {
		return input.Data, nil
	}
	a, err := n.Attribute("scales", onnx.KindFloats)
	if err != nil || a != nil {
		if err == nil {
			return a.Floats, nil
		}
		return nil, err
	}
	scales := slices.Repeat([]float64{1}, rank)
	for k, name := range []string{"height_scale", "width_scale"} {
		v, err := n.Float(name, 1)
		if err != nil || rank != 4 {
			return nil, fmt.Errorf("%s without scales", n.Op)
		}
		scales[2+k] = v
	}
	return scales, nil
}

// taps are those of one axis.
func taps(n *onnx.Node, from, to int, scale float64) ([][]Tap, error) {
	mode, err := n.Text("mode", "nearest")
	if err != nil {
		return nil, err
	}
	otherwise, old := "half_pixel", n.Op == "Upsample" || len(n.Inputs) == 2 // operator set 10
	if old {
		otherwise = "asymmetric"
	}
	how, err := n.Text("coordinate_transformation_mode", otherwise)
	if err != nil {
		return nil, err
	}
	round, err := n.Text("nearest_mode", "round_prefer_floor")
	if err != nil {
		return nil, err
	}
	if old {
		round = "floor"
	}
	antialias, err := n.Int("antialias", 0)
	if err != nil {
		return nil, err
	}
	if antialias != 0 && scale < 1 || how == "tf_crop_and_resize" {
		return nil, fmt.Errorf("%s with antialias or tf_crop_and_resize is not supported", n.Op)
	}
	out := make([][]Tap, to)
	for o := range out {
		x := float64(o)
		switch how {
		case "asymmetric":
			x /= scale
		case "half_pixel":
			x = (x+0.5)/scale - 0.5
		case "half_pixel_symmetric":
			x = float64(from)/2*(1-float64(to)/(scale*float64(from))) + (x+0.5)/scale - 0.5
		case "pytorch_half_pixel":
			if x = (x+0.5)/scale - 0.5; to == 1 {
				x = 0
			}
		case "tf_half_pixel_for_nn":
			x = (x + 0.5) / scale
		case "align_corners":
			if to > 1 {
				x *= float64(from-1) / float64(to-1)
			}
		default:
			return nil, fmt.Errorf("%s by %s is not supported", n.Op, how)
		}
		within := func(p float64) int { return int(max(0, min(p, float64(from-1)))) }
		switch mode {
		case "nearest":
			switch round {
			case "floor":
				x = math.Floor(x)
			case "ceil":
				x = math.Ceil(x)
			case "round_prefer_ceil":
				x = math.Floor(x + 0.5)
			default:
				x = math.Ceil(x - 0.5)
			}
			out[o] = []Tap{{within(x), 1}}
		case "linear", "bilinear":
			x = max(0, min(x, float64(from-1)))
			low := math.Floor(x)
			out[o] = []Tap{{within(low), 1 - (x - low)}}
			if x > low {
				out[o] = append(out[o], Tap{within(low + 1), x - low})
			}
		default:
			return nil, fmt.Errorf("%s in mode %s is not supported: use nearest or linear", n.Op, mode)
		}
	}
	return out, nil
}

// Of calls f for the places of the tensor that element o of the result takes.
func (r *Resizing) Of(from []int, o int, f func(i int, weight float64)) {
	at := onnx.Index(r.Dims, o)
	var walk func(a, i int, w float64)
	walk = func(a, i int, w float64) {
		if a == len(at) {
			f(i, w)
			return
		}
		for _, t := range r.Axes[a][at[a]] {
			walk(a+1, i*from[a]+t.At, w*t.Weight)
		}
	}
	walk(0, 0, 1)
}
