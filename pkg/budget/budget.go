// Package budget limits the arithmetic that a file may ask for.
//
// A file of a few bytes can ask for matrices without end: an outer sum of two
// vectors, a weight used again and again. So what it may ask for grows with its
// size.
package budget

import "fmt"

// Budget is what is left of an allowance of numbers.
type Budget int

// Of allows for every number in a file of so many bytes several times over, and
// for small files that spread out.
func Of(fileBytes int) Budget { return Budget(1<<24 + 8*fileBytes) }

// Spend takes n numbers, or returns an error when so many are not left.
func (b *Budget) Spend(n int) error {
	if n < 0 || Budget(n) > *b {
		return fmt.Errorf("too large: the arithmetic asks for far more numbers than the file holds")
	}
	*b -= Budget(n)
	return nil
}
