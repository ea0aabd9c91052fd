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

// DataType is a type of numbers of ONNX, by its number.
type DataType uint64

// The types that are known here.
const (
	FloatType    DataType = 1
	Uint8Type    DataType = 2
	Int8Type     DataType = 3
	Uint16Type   DataType = 4
	Int16Type    DataType = 5
	Int32Type    DataType = 6
	Int64Type    DataType = 7
	StringType   DataType = 8
	BoolType     DataType = 9
	Float16Type  DataType = 10
	DoubleType   DataType = 11
	Uint32Type   DataType = 12
	Uint64Type   DataType = 13
	Bfloat16Type DataType = 16
)

var typeNames = []string{"UNDEFINED", "FLOAT", "UINT8", "INT8", "UINT16", "INT16", "INT32", "INT64", "STRING",
	"BOOL", "FLOAT16", "DOUBLE", "UINT32", "UINT64", "COMPLEX64", "COMPLEX128", "BFLOAT16"}

func (t DataType) String() string {
	if t < DataType(len(typeNames)) {
		return typeNames[t]
	}
	return fmt.Sprintf("number %d", uint64(t))
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

// MaxRank is the most dimensions of a tensor. It is far above what a network has; numpy's limit is 64.
const MaxRank = 64

// decode returns the tensor with its values widened to float64, which is
// exact for all the types there are.
func (t *tensorProto) decode() (*Tensor, error) {
	if len(t.dims) > MaxRank {
		return nil, fmt.Errorf("it has %d dimensions: at most %d are supported", len(t.dims), MaxRank)
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
	case FloatType:
		field, width = "float_data", 4
		out.Data = t.floats
		bits = func(b []byte) float64 { return float(fixed32, uint64(binary.LittleEndian.Uint32(b))) }
	case DoubleType:
		field, width = "double_data", 8
		out.Data = t.doubles
		bits = func(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }
	case Float16Type:
		field, width = "int32_data", 2
		bits = func(b []byte) float64 { return ieee.FromHalf(binary.LittleEndian.Uint16(b)) }
		out.Data = widen(ints, func(v int64) float64 { return ieee.FromHalf(uint16(v)) })
	case Bfloat16Type:
		field, width = "int32_data", 2
		bits = func(b []byte) float64 { return ieee.FromBfloat(binary.LittleEndian.Uint16(b)) }
		out.Data = widen(ints, func(v int64) float64 { return ieee.FromBfloat(uint16(v)) })
	case Int64Type, Int32Type, BoolType, Uint8Type, Int8Type, Uint16Type, Int16Type:
		out.Integer = true
		field, width = "int32_data", 4
		bits = func(b []byte) float64 { return float64(int32(binary.LittleEndian.Uint32(b))) }
		switch t.typ {
		case Uint8Type:
			width, bits = 1, func(b []byte) float64 { return float64(b[0]) }
		case Int8Type:
			width, bits = 1, func(b []byte) float64 { return float64(int8(b[0])) }
		case Uint16Type:
			width, bits = 2, func(b []byte) float64 { return float64(binary.LittleEndian.Uint16(b)) }
		case Int16Type:
			width, bits = 2, func(b []byte) float64 { return float64(int16(binary.LittleEndian.Uint16(b))) }
		case Int64Type:
			field, width, ints = "int64_data", 8, t.int64s
			bits = func(b []byte) float64 { return float64(int64(binary.LittleEndian.Uint64(b))) }
		case BoolType:
			width = 1
			bits = func(b []byte) float64 { return float64(b[0]) }
		}
		out.Data = widen(ints, func(v int64) float64 { return float64(v) })
	default:
		return nil, fmt.Errorf("its data type %s is not supported", t.typ)
	}
	if len(t.raw) > 0 {
		if len(out.Data) > 0 {
			return nil, fmt.Errorf("it has values in raw_data and in %s", field)
		}
		field = "raw_data"
		if len(t.raw)%width != 0 {
			return nil, fmt.Errorf("%d bytes in raw_data are no whole number of %s values", len(t.raw), t.typ)
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

// clamped returns the tensor with numbers of at most 31 bits.
func (t *Tensor) clamped() *Tensor {
	out := &Tensor{Dims: t.Dims, Data: slices.Clone(t.Data), Integer: t.Integer}
	for i, v := range out.Data {
		out.Data[i] = max(-math.MaxInt32, min(v, math.MaxInt32))
	}
	return out
}

// Scalars returns the values of a tensor of integers.
func (t *Tensor) Scalars() ([]int, error) {
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

// Axis resolves an axis that counts from the end when negative; it must be
// below limit.
func Axis(a, limit int) (int, error) {
	if a < -limit || a >= limit {
		return 0, fmt.Errorf("axis %d is out of range for %d dimensions", a, limit)
	}
	if a < 0 {
		a += limit
	}
	return a, nil
}
