package search_test

import (
	"fmt"

	"relucount/pkg/affine"
	"relucount/pkg/search"
)

// A pool does the heaviest first; what nobody has begun when it is to halt is
// left over.
func ExamplePool() {
	p := search.NewPool[string]()
	p.Put("small", 1)
	p.Put("large", 9)
	p.Put("middle", 4)
	begun := 0
	left, done := p.Work(1, func() bool { return begun == 2 }, func(_ int, v string) bool {
		fmt.Println(v)
		begun++
		return true
	})
	fmt.Println("left:", left, done)
	// Output:
	// large
	// middle
	// left: [small] false
}

// A prefix leaves one state to the units that it has.
func ExampleAllowed() {
	prefix := []bool{true, false}
	for k := range 3 {
		fmt.Println(k, search.Allowed(prefix, k).Has(true), search.Allowed(prefix, k) == affine.Both)
	}
	// Output:
	// 0 true false
	// 1 false false
	// 2 true true
}
