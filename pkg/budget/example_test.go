package budget_test

import (
	"fmt"

	"relucount/pkg/budget"
)

// A file of 1000 bytes may spread out to a matrix of 4000 x 4000 numbers, once.
func ExampleBudget() {
	left := budget.Of(1000)
	fmt.Println(left.Spend(4000 * 4000))
	fmt.Println(left.Spend(4000 * 4000))
	// Output:
	// <nil>
	// too large: the arithmetic asks for far more numbers than the file holds
}
