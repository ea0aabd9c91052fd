package stencil_test

import (
	"fmt"

	"relucount/pkg/onnx"
	"relucount/pkg/stencil"
)

// A pooling of windows of two over five numbers, one padded before them.
func Example() {
	b := onnx.NewBuilder("", 1, 5)
	out := b.Node("pool", "MaxPool", []string{b.Input()}, onnx.IntsAttribute("kernel_shape", 2),
		onnx.IntsAttribute("strides", 2), onnx.IntsAttribute("pads", 1, 0))
	g, err := b.Graph(out, 1000)
	if err != nil {
		panic(err)
	}
	p, err := stencil.PoolingOf(g.Nodes[0], g.Inputs[0].Dims)
	if err != nil {
		panic(err)
	}
	fmt.Println("result of shape", p.Dims())
	for o := range p.Out[0] {
		fmt.Printf("%d:", o)
		p.Taps(o, func(_, i int) { fmt.Print(" ", i) })
		fmt.Println()
	}
	// Output:
	// result of shape [1 1 3]
	// 0: 0
	// 1: 1 2
	// 2: 3 4
}
