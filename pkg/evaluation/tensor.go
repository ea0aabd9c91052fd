package evaluation

import (
	"math"
	"slices"

	"relucount/pkg/onnx"
)

// narrow rounds to the nearest number of half precision or bfloat16.
func narrow(v float64, typ onnx.DataType) float64 {
	digits, least := 11, -24 // of the significand, and the least exponent
	if typ == onnx.Bfloat16Type {
		digits, least = 8, -133
	}
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return v
	}
	_, exp := math.Frexp(v)
	unit := max(exp-digits, least)
	v = math.Ldexp(math.RoundToEven(math.Ldexp(v, -unit)), unit)
	if typ == onnx.Float16Type && math.Abs(v) > 65504 {
		return math.Inf(int(math.Copysign(1, v)))
	}
	return v
}

// broadcast is the shape of two tensors combined elementwise by numpy's rules.
func broadcast(a, b []int) ([]int, bool) {
	if len(a) < len(b) {
		a, b = b, a
	}
	out := slices.Clone(a)
	for i, d := range b {
		k := len(a) - len(b) + i
		switch {
		case out[k] == 1:
			out[k] = d
		case d != 1 && d != out[k]:
			return nil, false
		}
	}
	return out, true
}

// Expand is a tensor's data repeated to fill a shape it broadcasts to.
func Expand(t *onnx.Tensor, dims []int) []float64 {
	if slices.Equal(t.Dims, dims) {
		return t.Data
	}
	// The step in t of each dimension of the shape: 0 where t is repeated.
	steps := make([]int, len(dims))
	step := 1
	for k := len(t.Dims) - 1; k >= 0; k-- {
		if t.Dims[k] != 1 {
			steps[len(dims)-len(t.Dims)+k] = step
		}
		step *= t.Dims[k]
	}
	n, _ := onnx.Count(dims)
	return gather(t, dims, steps, n)
}

// gather reads n = onnx.Count(dims) elements, moving by steps[k] for dimension k.
func gather(t *onnx.Tensor, dims, steps []int, n int) []float64 {
	out := make([]float64, n)
	at := make([]int, len(dims))
	src := 0
	for i := range out {
		out[i] = t.Data[src]
		for k := len(dims) - 1; k >= 0; k-- {
			at[k]++
			src += steps[k]
			if at[k] < dims[k] {
				break
			}
			src -= at[k] * steps[k]
			at[k] = 0
		}
	}
	return out
}
