package confidence_test

import (
	"fmt"

	"relucount/pkg/confidence"
)

// 28 restarts that survived ten rows each show with 95 % confidence that the
// set has at least 344 elements.
func ExampleExcess() {
	rows := make([]int, 28)
	for i := range rows {
		rows[i] = 10
	}
	fmt.Println(confidence.Excess(rows, 0.05).Regions)
	// Output: 344
}

// Every rule that fits a sample can be asked for its bound.
func ExampleRules() {
	sample := confidence.Buckets{Dense: true, Rows: 10}
	for range 20 {
		sample.Counts = append(sample.Counts, confidence.Bucket{Log2: 6, Exact: true})
	}
	lower, interval := confidence.Rules(sample)
	for _, r := range lower {
		fmt.Printf("%s: at least %v\n", r.Name(), r.Lower(sample, 0.05).Regions)
	}
	for _, r := range interval {
		if from, to, ok := r.Interval(sample, 0.05); ok {
			fmt.Printf("%s: from %v to %v\n", r.Name(), from.Regions, to.Regions)
		}
	}
	// Output:
	// cells: at least 57965
	// cells-median: at least 49144
	// cells: from 57716 to 73963
	// cells-median: from 48451 to 88645
}
