package domain_test

import (
	"fmt"

	"relucount/pkg/domain"
	"relucount/pkg/record"
)

// A line through three inputs: x = t (1, 1, -1) + (0, 1, 2), t from 0 to 1.
func ExampleMap() {
	line := &domain.Domain{
		Lower: []float64{0}, Upper: []float64{1},
		Map: &domain.Map{Matrix: []record.Numbers{{1}, {1}, {-1}}, Offset: record.Numbers{0, 1, 2}},
	}
	fmt.Println(line.Inputs(), line.Check(3))
	fmt.Println(line.Point([]float64{0.5}))
	fmt.Println(line.Hull())
	// Output:
	// 3 <nil>
	// [0.5 1.5 1.5]
	// [0 1 1] [1 2 2]
}
