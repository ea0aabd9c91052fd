package onnx_test

import (
	"fmt"
	"os"

	"relucount/pkg/onnx"
)

func Example() {
	data, err := os.ReadFile("../netfile/testdata/spiral-2-16-16-2-s1.onnx")
	if err != nil {
		panic(err)
	}
	g, err := onnx.Read(data, nil)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s of shape %v:", g.Inputs[0].Name, g.Inputs[0].Dims)
	for _, n := range g.Nodes {
		fmt.Print(" ", n.Op)
	}
	fmt.Println()
	// Output:
	// x of shape [1 2]: Gemm Relu Gemm Relu Gemm
}
