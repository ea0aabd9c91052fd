package parity_test

import (
	"fmt"

	"relucount/pkg/parity"
	"relucount/pkg/record"
)

// The rows of a trial depend on nothing but the arguments.
func ExampleDraw() {
	for _, r := range parity.Draw([]int{2, 3, 5, 8}, 3, 2, "1", "m", 0) {
		fmt.Println(len(r.Units))
	}
	// Output:
	// 2
	// 2
	// 2
}

// Units 0 and 1 differ, and so do 1 and 2: then 0 and 2 are alike.
func ExampleSystem() {
	s := parity.NewSystem(3)
	for _, r := range []record.ParityRow{
		{Units: []int{0, 1}, Odd: true}, {Units: []int{1, 2}, Odd: true}, {Units: []int{0, 2}, Odd: false}, {Units: []int{0, 2}, Odd: true},
	} {
		effect, err := s.Add(r)
		fmt.Println(effect == parity.Cut, effect == parity.Redundant, effect == parity.Inconsistent, err)
	}
	// Output:
	// true false false <nil>
	// true false false <nil>
	// false true false <nil>
	// false false true <nil>
}

// Once one of the units has a state the others follow.
func ExampleResidual() {
	r := parity.NewResidual(3)
	r.Add(record.ParityRow{Units: []int{0, 1}, Odd: true})
	r.Add(record.ParityRow{Units: []int{1, 2}, Odd: true})
	_, implied := r.Implied(1)
	fmt.Println(implied)
	r.Set(2, true)
	fmt.Println(r.Implied(1))
	fmt.Println(r.Implied(0))
	r.Set(0, false)
	fmt.Println(r.Dead())
	// Output:
	// false
	// false true
	// true true
	// true
}
