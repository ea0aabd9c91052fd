package polytope_test

import (
	"fmt"
	"math"

	"relucount/pkg/polytope"
)

// errs bounds the errors of the lines' values, and nums are their numbers.
var errs, nums = []float64{1e-15, 1e-15, 1e-15}, []int{0, 1, 2}

// Three lines in general position cut the square into seven parts.
func Example() {
	lines := [][]float64{{1, 0, 0.1}, {0, 1, 0.2}, {0.6, -0.8, 0}} // a x + b y + c
	var w polytope.Workspace
	square := polytope.NewImplicit(2, nil)
	square.SetFunctions(&w, lines, errs, nums)
	parts, sure := square.Parts(&w, []int{0, 1, 2})
	fmt.Println(parts, sure)
	// Output: 7 true
}

// A line cuts the square into two trapezia, one of which another line misses.
func ExampleImplicit_Split() {
	lines := [][]float64{{1, 0, 0.5}, {1, 0, -0.5}}
	var w polytope.Workspace
	square := polytope.NewImplicit(2, nil)
	square.SetFunctions(&w, lines, errs[:2], nums[:2])
	left, right, ok := square.Split(&w, 0, []int{1})
	fmt.Println(ok)
	for _, half := range []*polytope.Implicit{left, right} {
		below, above, _, _ := half.Reach(&w, 0)
		fmt.Println(below == polytope.Yes, above == polytope.Yes)
	}
	// Output:
	// true
	// true false
	// true true
}

// Columns of vertices are affine functions of the point: here the two
// coordinates, and a function, by which the square is cut.
func ExampleSplitter_Split() {
	var square, sum polytope.Vertices
	square.Box(2, func(j int, up bool) int { return -1 - 2*j })
	sum.Points(&square, 3)
	for v := range square.Len() {
		y := square.At(v)
		sum.Val = append(sum.Val, y[0], y[1], y[0]+y[1]+0.5)
	}
	var s polytope.Splitter
	below, above, ok := s.Split(&sum, 2, []int{0, 1, 2}, []int{0, 0})
	fmt.Println(ok, below.Len(), above.Len())
	fmt.Println(above.Range(2))
	// Output:
	// true 3 5
	// 0 2.5
}

// The largest value of 2 x + y on the square where x + y <= 1.
func ExampleSimplex() {
	s := polytope.NewBox(2)
	s.Add([]float64{-1, -1, 1}, 0, 0)
	s.Aim([]float64{2, 1, 0})
	fmt.Println(s.Primal(math.Inf(1)) == polytope.Best, s.Value)
	y := make([]float64, 2)
	s.Point(y)
	fmt.Println(y)
	// Output:
	// true 2
	// [1 0]
}

func ExampleZonotope_Farthest() {
	z := polytope.NewZonotope([]float64{0.5, 0}, [][]float64{{0.25, 0.25}, {0.5, -0.5}}, 0)
	var work []float64
	y := make([]float64, 2)
	fmt.Println(z.Farthest([]float64{1, 1, 0}, &work, y))
	fmt.Println(y)
	// Output:
	// 1.5
	// [0.5 1]
}
