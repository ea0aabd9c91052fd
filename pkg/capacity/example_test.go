package capacity_test

import (
	"fmt"

	"relucount/pkg/capacity"
)

// Networks of 784 inputs and layers of 4, 18 and 10 units have at most this
// number of regions, whatever their weights (Serra, Tjandraatmadja and Ramalingam, 2018).
func Example() {
	sizes := []int{4, 18, 10}
	fmt.Println(capacity.Montufar(784, sizes), capacity.Serra(784, sizes), capacity.Unstable(32))
	// Output: 25000448 2316709 4294967296
}

// Four lines in general position cut the plane into eleven parts, and space of
// four dimensions or more into all sixteen.
func ExampleZaslavsky() {
	fmt.Println(capacity.Zaslavsky(4, 2), capacity.Zaslavsky(4, 4), capacity.Zaslavsky(4, 9))
	// Output: 11 16 16
}
