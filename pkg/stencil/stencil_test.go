package stencil

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"relucount/pkg/onnx"
	"relucount/pkg/property"
)

// A transposed convolution goes back the ways of the convolution: from the shape of
// its result to the shape of its tensor, by the same places of the kernel.
func TestTransposed(t *testing.T) {
	t.Parallel()
	several := 0
	for seed := range property.Seeds(t, 500, 150) {
		rng := rand.New(rand.NewPCG(17, seed))
		rank := 1 + rng.IntN(3)
		var size, kernel, strides, dilations, before, beyond, extra []int
		for range rank {
			k, s, d, p, q := 1+rng.IntN(3), 1+rng.IntN(3), 1+rng.IntN(2), rng.IntN(2), rng.IntN(2)
			reach := (k-1)*d + 1
			n := max(1, reach-p-q) + rng.IntN(5)
			size, kernel, strides, dilations = append(size, n), append(kernel, k), append(strides, s), append(dilations, d)
			before, beyond = append(before, p), append(beyond, q)
			extra = append(extra, (n+p+q-reach)%s)
		}
		attributes := []onnx.Attribute{onnx.IntsAttribute("strides", strides...), onnx.IntsAttribute("dilations", dilations...),
			onnx.IntsAttribute("pads", slices.Concat(before, beyond)...)}
		weights := slices.Concat([]int{3, 2}, kernel)
		there, err := ConvolutionOf(&onnx.Node{Op: "Conv", Attributes: attributes}, slices.Concat([]int{1, 2}, size), weights)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		back, err := ConvolutionOf(&onnx.Node{Op: "ConvTranspose", Attributes: append(attributes, onnx.IntsAttribute("output_padding", extra...))}, there.Dims(), weights)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if want := slices.Concat([]int{1, 2}, size); !slices.Equal(back.Dims(), want) {
			t.Fatalf("seed %d: back to the shape %v, want %v", seed, back.Dims(), want)
		}
		ways := func(c *Convolution) (all [][3]int) {
			n, _ := onnx.Count(c.Out)
			for o := range n {
				c.Taps(o, func(k, i int) { all = append(all, [3]int{o, c.Weight(0, 0, 0, k), i}) })
			}
			return all
		}
		if a, b := ways(there), ways(back); !slices.Equal(a, b) {
			t.Errorf("seed %d: ways %v there and %v back", seed, a, b)
		} else if len(a) > 1 {
			several++
		}
	}
	if several < 100 {
		t.Errorf("only %d cases with more than one way", several)
	}
}

// Each number of a resized tensor is a mean of numbers of the tensor.
func TestResizingIsMean(t *testing.T) {
	t.Parallel()
	hows := []string{"asymmetric", "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "tf_half_pixel_for_nn", "align_corners"}
	for seed := range property.Seeds(t, 500, 150) {
		rng := rand.New(rand.NewPCG(18, seed))
		from := []int{1, 1 + rng.IntN(2), 1 + rng.IntN(5), 1 + rng.IntN(5)}
		sizes := &onnx.Tensor{Dims: []int{4}, Data: []float64{1, float64(from[1]), float64(1 + rng.IntN(8)), float64(1 + rng.IntN(8))}, Integer: true}
		text := func(name, v string) onnx.Attribute { return onnx.Attribute{Name: name, Kind: onnx.KindString, Text: v} }
		n := &onnx.Node{Op: "Resize", Attributes: []onnx.Attribute{text("mode", []string{"nearest", "linear"}[seed%2]),
			text("coordinate_transformation_mode", hows[rng.IntN(len(hows))])}}
		size, _ := onnx.Count(from)
		r, err := ResizingOf(n, []*onnx.Tensor{{Dims: from, Data: make([]float64, size)}, nil, nil, sizes})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		all, _ := onnx.Count(r.Dims)
		terms := 0
		for o := range all {
			sum := 0.0
			r.Of(from, o, func(i int, w float64) {
				if sum += w; i < 0 || i >= size || w < 0 {
					t.Errorf("seed %d: place %d of %v with the weight %g", seed, i, from, w)
				}
				terms++
			})
			if math.Abs(sum-1) > 1e-12 {
				t.Errorf("seed %d: weights add up to %g", seed, sum)
			}
		}
		if terms != r.Work() {
			t.Errorf("seed %d: %d terms, Work says %d", seed, terms, r.Work())
		}
	}
}

// A reduction takes the same count of numbers for each of its result.
func TestReductionCounts(t *testing.T) {
	t.Parallel()
	for seed := range property.Seeds(t, 300, 100) {
		rng := rand.New(rand.NewPCG(19, seed))
		dims := make([]int, 1+rng.IntN(4))
		axes := []int{}
		for a := range dims {
			if dims[a] = 1 + rng.IntN(4); rng.IntN(2) == 0 {
				axes = append(axes, a-len(dims)*rng.IntN(2))
			}
		}
		n := &onnx.Node{Op: "ReduceSum", Attributes: []onnx.Attribute{onnx.IntsAttribute("axes", axes...), onnx.IntAttribute("keepdims", rng.IntN(2))}}
		r, err := ReductionOf(n, []*onnx.Tensor{{Dims: dims}, nil})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		from, _ := onnx.Count(dims)
		to, _ := onnx.Count(r.Dims)
		seen := make([]int, to)
		for i := range from {
			seen[r.To(i)]++
		}
		if slices.Min(seen) != r.Count || slices.Max(seen) != r.Count {
			t.Errorf("seed %d: %v along %v: %v numbers for each, Count says %d", seed, dims, axes, seen, r.Count)
		}
	}
}
