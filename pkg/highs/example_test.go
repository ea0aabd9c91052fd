package highs_test

import (
	"context"
	"errors"
	"fmt"
	"math"

	"relucount/pkg/highs"
)

// The largest x + y on the unit square, and then below a line: the second
// solve starts from where the first one ended.
func ExampleLP() {
	lp := highs.NewLP([]float64{0, 0}, []float64{1, 1}, []float64{-1, -1})
	st, least := lp.Solve()
	fmt.Println(st == highs.Optimal, -least)
	lp.AddRow(math.Inf(-1), 1.5, []int{0, 1}, []float64{1, 1})
	st, least = lp.Solve()
	fmt.Println(st == highs.Optimal, -least)
	// Output:
	// true 2
	// true 1.5
}

// What HiGHS does not take ends no program: the LP has no answer any more.
func ExampleLP_Err() {
	lp := highs.NewLP([]float64{0}, []float64{1}, nil)
	lp.AddRow(0, 1, []int{0}, []float64{math.Inf(1)})
	st, _ := lp.Solve()
	var refused *highs.Refused
	fmt.Println(st == highs.Unknown, errors.As(lp.Err(), &refused), lp.Err())
	// Output: true true HiGHS refuses Highs_addRow
}

// Three things of weights 3, 4 and 5 and values 4, 5 and 6, of which a sack
// holds a weight of 8.
func ExampleProgram() {
	p := highs.Program{Maximize: true}
	var things []int
	for _, value := range []float64{4, 5, 6} {
		things = append(things, p.AddColumn(0, 1, value, true))
	}
	p.AddRow(math.Inf(-1), 8, things, []float64{3, 4, 5})
	r := p.Solve(context.Background(), highs.Options{})
	fmt.Printf("%v %.0f %.0f\n", r.Status == highs.Optimal, r.Objective, r.X)
	// Output: true 10 [1 0 1]
}
