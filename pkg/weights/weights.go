// Package weights reads files of named arrays: the weights of a network without
// its structure.
//
// The formats are PyTorch's state dicts, of torch.save in its new and its old
// form, safetensors, and NumPy's archives of arrays (.npz). Layers makes layers of
// the arrays, by their names, their order and their shapes.
package weights

import (
	"fmt"
	"math"

	"relucount/pkg/budget"
)

// Array is an array in row-major order.
type Array struct {
	Name string
	Dims []int
	Type string    // of its numbers, as the format names it
	Data []float64 // nil when the numbers are not floating point
}

const (
	maxArrays = 1 << 16
	maxRank   = 16
)

// count is the number of elements of an array of the shape. It may be 0.
func count(dims []int) (int, error) {
	if len(dims) > maxRank {
		return 0, fmt.Errorf("%d dimensions: at most %d are supported", len(dims), maxRank)
	}
	n := 1
	for _, d := range dims {
		if d < 0 {
			return 0, fmt.Errorf("its shape cannot be: %v", dims)
		}
		if d > 0 && n > math.MaxInt32/d {
			return 0, fmt.Errorf("its shape is too large: %v", dims)
		}
		n *= d
	}
	return n, nil
}

// limits are for all arrays of a file.
type limits struct {
	arrays int
	left   budget.Budget
}

func newLimits(fileBytes int) *limits { return &limits{maxArrays, budget.Of(fileBytes)} }

// add takes one more array, of n numbers.
func (l *limits) add(n int) error {
	if l.arrays--; l.arrays < 0 {
		return fmt.Errorf("more than %d arrays", maxArrays)
	}
	return l.left.Spend(n)
}

// strided gathers an array of the shape, which moves by steps[k] in data for index
// k. The caller makes sure that all of it is there.
func strided(data []float64, at int, dims, steps []int) []float64 {
	n, _ := count(dims)
	out := make([]float64, n)
	index := make([]int, len(dims))
	for i := range out {
		out[i] = data[at]
		for k := len(dims) - 1; k >= 0; k-- {
			index[k]++
			at += steps[k]
			if index[k] < dims[k] {
				break
			}
			at -= index[k] * steps[k]
			index[k] = 0
		}
	}
	return out
}
