package evaluation_test

import (
	"fmt"
	"os"

	"relucount/pkg/evaluation"
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
	if g, err = g.With([][]int{{1, 2}}); err != nil {
		panic(err)
	}
	pass, err := evaluation.New(g).Eval([]float64{0.5, -0.5}, nil)
	if err != nil {
		panic(err)
	}
	out, err := pass.Output()
	fmt.Printf("%.3f %v\n", out, err)
	// Output:
	// [-1.549 0.162] <nil>
}
