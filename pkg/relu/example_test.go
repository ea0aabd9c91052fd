package relu_test

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/relu"
)

// A tent: 2 relu(x) - 4 relu(x - 1/2) rises from 0 to 1 and falls again.
func ExampleNetwork_Forward() {
	tent := &relu.Chain{Inputs: 1, Layers: []relu.Dense{
		{W: mat.NewDense(2, 1, []float64{1, 1}), B: []float64{0, -0.5}, Slopes: relu.ReLU(2)},
		{W: mat.NewDense(1, 2, []float64{2, -4}), B: []float64{0}},
	}}
	for _, x := range []float64{0, 0.25, 0.5, 0.75, 1} {
		fmt.Println(x, tent.Forward([]float64{x}))
	}
	// Output:
	// 0 [[0 -0.5] [0]]
	// 0.25 [[0.25 -0.25] [0.5]]
	// 0.5 [[0.5 0] [1]]
	// 0.75 [[0.75 0.25] [0.5]]
	// 1 [[1 0.5] [0]]
}
