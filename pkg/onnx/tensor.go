package onnx

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"relucount/pkg/ieee"
)

// Tensor is an array in row-major order. Integers are held as float64 too:
// decode refuses those that do not fit.
type Tensor struct {
	Dims    []int
	Data    []float64
	Integer bool
}

// Data types of ONNX, by their numbers.
const (
	typeFloat    = 1
	typeUint8    = 2
	typeInt8     = 3
	typeUint16   = 4
	typeInt16    = 5
	typeInt32    = 6
	typeInt64    = 7
	typeString   = 8
	typeBool     = 9
	typeFloat16  = 10
	typeDouble   = 11
	typeUint32   = 12
	typeUint64   = 13
	typeBfloat16 = 16
)

var typeNames = []string{"UNDEFINED", "FLOAT", "UINT8", "INT8", "UINT16", "INT16", "INT32", "INT64", "STRING",
	"BOOL", "FLOAT16", "DOUBLE", "UINT32", "UINT64", "COMPLEX64", "COMPLEX128", "BFLOAT16"}

func typeName(t uint64) string {
	if t < uint64(len(typeNames)) {
		return typeNames[t]
	}
	return fmt.Sprintf("number %d", t)
}

// Count is the number of elements of a tensor with the dimensions, and false
// when that is not a sensible number.
func Count(dims []int) (int, bool) {
	n := 1
	for _, d := range dims {
		if d < 0 || d > 0 && n > math.MaxInt32/d {
			return 0, false
		}
		n = max(n, 1) * d
		if d == 0 {
			return none(dims)
		}
	}
	return n, true
}

// none is Count where there is a 0 among the dimensions.
func none(dims []int) (int, bool) { return 0, slices.Min(dims) >= 0 }

// maxRank is far above what a network has; numpy's limit is 64.
const maxRank = 64

// decode returns the tensor with its values widened to float64, which is
// exact for all the types there are.
func (t *tensorProto) decode() (*Tensor, error) {
	if len(t.dims) > maxRank {
		return nil, fmt.Errorf("it has %d dimensions: at most %d are supported", len(t.dims), maxRank)
	}
	dims := make([]int, len(t.dims))
	for i, d := range t.dims {
		dims[i] = int(max(-1, min(d, math.MaxInt32)))
	}
	size, ok := Count(dims)
	if !ok {
		return nil, fmt.Errorf("its shape cannot be: %v", t.dims)
	}
	out := &Tensor{Dims: dims}
	var field string // where the values are when not in raw_data
	var width int    // bytes of a value in raw_data
	var bits func(b []byte) float64
	ints := t.int32s
	switch t.typ {
	case typeFloat:
		field, width = "float_data", 4
		out.Data = t.floats
		bits = func(b []byte) float64 { return float(fixed32, uint64(binary.LittleEndian.Uint32(b))) }
	case typeDouble:
		field, width = "double_data", 8
		out.Data = t.doubles
		bits = func(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }
	case typeFloat16:
		field, width = "int32_data", 2
		bits = func(b []byte) float64 { return ieee.FromHalf(binary.LittleEndian.Uint16(b)) }
		out.Data = widen(ints, func(v int64) float64 { return ieee.FromHalf(uint16(v)) })
	case typeBfloat16:
		field, width = "int32_data", 2
		bits = func(b []byte) float64 { return ieee.FromBfloat(binary.LittleEndian.Uint16(b)) }
		out.Data = widen(ints, func(v int64) float64 { return ieee.FromBfloat(uint16(v)) })
	case typeInt64, typeInt32, typeBool, typeUint8, typeInt8, typeUint16, typeInt16:
		out.Integer = true
		field, width = "int32_data", 4
		bits = func(b []byte) float64 { return float64(int32(binary.LittleEndian.Uint32(b))) }
		switch t.typ {
		case typeUint8:
			width, bits = 1, func(b []byte) float64 { return float64(b[0]) }
		case typeInt8:
			width, bits = 1, func(b []byte) float64 { return float64(int8(b[0])) }
		case typeUint16:
			width, bits = 2, func(b []byte) float64 { return float64(binary.LittleEndian.Uint16(b)) }
		case typeInt16:
			width, bits = 2, func(b []byte) float64 { return float64(int16(binary.LittleEndian.Uint16(b))) }
		case typeInt64:
			field, width, ints = "int64_data", 8, t.int64s
			bits = func(b []byte) float64 { return float64(int64(binary.LittleEndian.Uint64(b))) }
		case typeBool:
			width = 1
			bits = func(b []byte) float64 { return float64(b[0]) }
		}
		out.Data = widen(ints, func(v int64) float64 { return float64(v) })
	default:
		return nil, fmt.Errorf("its data type %s is not supported", typeName(t.typ))
	}
	if len(t.raw) > 0 {
		if len(out.Data) > 0 {
			return nil, fmt.Errorf("it has values in raw_data and in %s", field)
		}
		field = "raw_data"
		if len(t.raw)%width != 0 {
			return nil, fmt.Errorf("%d bytes in raw_data are no whole number of %s values", len(t.raw), typeName(t.typ))
		}
		out.Data = make([]float64, len(t.raw)/width)
		for i := range out.Data {
			out.Data[i] = bits(t.raw[i*width:])
		}
	}
	if len(out.Data) != size {
		return nil, fmt.Errorf("its shape is %v, but %s has %d values", dims, field, len(out.Data))
	}
	return out, nil
}

func widen(from []int64, f func(int64) float64) []float64 {
	to := make([]float64, len(from))
	for i, v := range from {
		to[i] = f(v)
	}
	return to
}

// narrow rounds to the nearest number of half precision or bfloat16.
func narrow(v float64, typ uint64) float64 {
	digits, least := 11, -24 // of the significand, and the least exponent
	if typ == typeBfloat16 {
		digits, least = 8, -133
	}
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return v
	}
	_, exp := math.Frexp(v)
	unit := max(exp-digits, least)
	v = math.Ldexp(math.RoundToEven(math.Ldexp(v, -unit)), unit)
	if typ == typeFloat16 && math.Abs(v) > 65504 {
		return math.Inf(int(math.Copysign(1, v)))
	}
	return v
}

// clamped returns the tensor with numbers of at most 31 bits.
func (t *Tensor) clamped() *Tensor {
	out := &Tensor{Dims: t.Dims, Data: slices.Clone(t.Data), Integer: t.Integer}
	for i, v := range out.Data {
		out.Data[i] = max(-math.MaxInt32, min(v, math.MaxInt32))
	}
	return out
}

// scalars returns the values of a tensor of integers.
func (t *Tensor) scalars() ([]int, error) {
	out := make([]int, len(t.Data))
	for i, v := range t.Data {
		if !t.Integer || v != math.Trunc(v) || math.Abs(v) > math.MaxInt32 {
			return nil, fmt.Errorf("%g is not an integer as is needed here", v)
		}
		out[i] = int(v)
	}
	return out, nil
}

// Index is the place of element i in the shape.
func Index(dims []int, i int) []int {
	at := make([]int, len(dims))
	for k := len(dims) - 1; k >= 0; k-- {
		at[k] = i % dims[k]
		i /= dims[k]
	}
	return at
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

// Expand is the tensor's data repeated to fill a shape it broadcasts to.
func (t *Tensor) Expand(dims []int) []float64 {
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
	n, _ := Count(dims)
	return t.gather(dims, steps, n)
}

// gather reads n = Count(dims) elements, moving by steps[k] for dimension k.
func (t *Tensor) gather(dims, steps []int, n int) []float64 {
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

// axis resolves an axis that counts from the end when negative; it must be
// below limit.
func axis(a, limit int) (int, error) {
	if a < -limit || a >= limit {
		return 0, fmt.Errorf("axis %d is out of range for %d dimensions", a, limit)
	}
	if a < 0 {
		a += limit
	}
	return a, nil
}
