package cell_test

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/affine"
	"relucount/pkg/cell"
	"relucount/pkg/domain"
	"relucount/pkg/relu"
	"relucount/pkg/tighten"
)

// Two lines that cross cut the square into four parts. Splitting by the first
// one leaves two cells, each of which the second one cuts.
func Example() {
	cross := &relu.Chain{Inputs: 2, Layers: []relu.Dense{
		{W: mat.NewDense(2, 2, []float64{1, 0, 0, 1}), B: []float64{0, 0}, Slopes: relu.ReLU(2)},
	}}
	p, _, err := tighten.Encode(context.Background(), cross.Network(), domain.Box(2, -1, 1), tighten.Options{Method: "interval", Workers: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	n, err := affine.NewNetwork(p, affine.Hold)
	if err != nil {
		fmt.Println(err)
		return
	}
	ws := cell.NewWorkspace(n, cell.DefaultShapes)
	square, _ := ws.Root()
	square.Enter(ws)
	for i := range square.Open {
		square.Look(ws, i)
	}
	parts, _ := square.Split(ws, affine.Both)
	for _, c := range parts {
		at := make([]float64, 2)
		c.Centre(ws, at)
		u := c.Open[0].Unit
		c.Look(ws, 0)
		regions, _ := c.Parts(ws)
		fmt.Println("centre", at, "unit", u, "cuts it into", regions)
	}
	// Output:
	// centre [0.5 0] unit 1 cuts it into 2
	// centre [-0.5 0] unit 1 cuts it into 2
}
