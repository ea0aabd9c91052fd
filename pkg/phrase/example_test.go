package phrase_test

import (
	"fmt"

	"relucount/pkg/phrase"
	"relucount/pkg/record"
)

func Example() {
	n := record.Number{Regions: "2493", Log2: 11.2836}
	fmt.Println(phrase.Both(n))
	fmt.Println(phrase.Join(phrase.Several(28, "trial"), phrase.Doubts(0), phrase.Percent(0.95)+" confidence"))
	fmt.Println("no count of", phrase.Ranges([]int{3, 7, 8, 9}))
	fmt.Println(phrase.Plain("a\x1b[2Jb"))
	// Output:
	// 2493 (2^11.28)
	// 28 trials, 95 % confidence
	// no count of 3, 7-9
	// "a\x1b[2Jb"
}
