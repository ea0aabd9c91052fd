package affine_test

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/affine"
	"relucount/pkg/domain"
	"relucount/pkg/relu"
	"relucount/pkg/tighten"
)

// Where x is at most 1/2 the second unit of the tent is inactive, and the next
// layer's unit is 2x - 1/4; beyond, it is 7/4 - 2x.
func ExampleFunctions() {
	tent := &relu.Chain{Inputs: 1, Layers: []relu.Dense{
		{W: mat.NewDense(2, 1, []float64{1, 1}), B: []float64{0, -0.5}, Slopes: relu.ReLU(2)},
		{W: mat.NewDense(1, 2, []float64{2, -4}), B: []float64{-0.25}, Slopes: relu.ReLU(1)},
	}}
	p, _, err := tighten.Encode(context.Background(), tent.Network(), domain.Box(1, 0, 1), tighten.Options{Method: "interval", Workers: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	n, err := affine.NewNetwork(p, affine.Hold)
	if err != nil {
		fmt.Println(err)
		return
	}
	var first, second affine.Functions
	n.Enter(&first, n.Root, nil, 0, n.First(n.Root), nil)
	first.AllReady()
	for _, on := range []bool{false, true} {
		states := []affine.State{{On: true}, {On: on}, {}}
		n.Enter(&second, n.Root, &first, 1, n.Sums(&first, states, nil), states)
		second.AllReady()
		row := n.OverInputs(n.Root, second.Row(2)) // of norm 1 over the frame
		fmt.Printf("%g x %+g\n", second.Norm(2)*row[0], second.Norm(2)*row[1])
	}
	// Output:
	// 2 x -0.25
	// -2 x +1.75
}
