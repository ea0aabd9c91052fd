package reference_test

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/affine"
	"relucount/pkg/domain"
	"relucount/pkg/reference"
	"relucount/pkg/relu"
	"relucount/pkg/search"
	"relucount/pkg/tighten"
)

// Two lines that cross cut the square into four regions, by linear programs
// and by branch and bound.
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
	lp := reference.LP{Model: reference.NewModel(p, n, affine.Hold, false), Margin: 1e-9}
	for _, e := range []search.Engine{lp, reference.MIP{LP: lp}} {
		g := search.NewCount(nil, nil, 0, nil, nil)
		_, done := e.Search(context.Background(), g, nil, search.Options{Workers: 1})
		fmt.Println(g.Regions(), done)
	}
	// Output:
	// 4 true
	// 4 true
}
