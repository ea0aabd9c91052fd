package region_test

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/domain"
	"relucount/pkg/region"
	"relucount/pkg/relu"
	"relucount/pkg/tighten"
)

// crossing is the space of two lines that cross in the square, x = 0 and y = 0.
func crossing() (*region.Space, error) {
	n := &relu.Chain{Inputs: 2, Layers: []relu.Dense{
		{W: mat.NewDense(2, 2, []float64{1, 0, 0, 1}), B: []float64{0, 0}, Slopes: relu.ReLU(2)},
	}}
	p, _, err := tighten.Encode(context.Background(), n.Network(), domain.Box(2, -1, 1), tighten.Options{Method: "interval", Workers: 1})
	if err != nil {
		return nil, err
	}
	return region.NewSpace(p)
}

func ExampleSpace_Count() {
	s, err := crossing()
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := s.Count(context.Background(), region.Options{Margin: region.DefaultMargin, Workers: 1})
	fmt.Println(c.Regions, c.Complete, err)
	// Output: 4 true <nil>
}

// A count hands out its regions. What is not asked of them costs nothing.
func ExampleRegion() {
	s, err := crossing()
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = s.Count(context.Background(), region.Options{Margin: region.DefaultMargin, Workers: 1, Each: func(r region.Region) error {
		fmt.Printf("%v at %.2f, maps %v\n", r.Pattern(), r.Point(), r.Map(0))
		for _, f := range r.Facets() {
			fmt.Printf("  facet of unit %d: %+.0f x %+.0f y %+.0f > 0\n", f.Unit, f.Row[0]+0, f.Row[1]+0, f.Row[2]+0)
		}
		return nil
	}})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// [00] at [-0.91 -0.91], maps [[1 0 0] [0 1 0]]
	//   facet of unit 0: -1 x +0 y +0 > 0
	//   facet of unit 1: +0 x -1 y +0 > 0
	// [01] at [-0.91 0.91], maps [[1 0 0] [0 1 0]]
	//   facet of unit 0: -1 x +0 y +0 > 0
	//   facet of unit 1: +0 x +1 y +0 > 0
	// [10] at [0.91 -0.91], maps [[1 0 0] [0 1 0]]
	//   facet of unit 0: +1 x +0 y +0 > 0
	//   facet of unit 1: +0 x -1 y +0 > 0
	// [11] at [0.91 0.91], maps [[1 0 0] [0 1 0]]
	//   facet of unit 0: +1 x +0 y +0 > 0
	//   facet of unit 1: +0 x +1 y +0 > 0
}
