// Package ieee widens stored floating-point numbers to float64, which holds all
// of them exactly.
package ieee

import (
	"encoding/binary"
	"math"
)

// Kind is an encoding of numbers.
type Kind int

// The encodings: IEEE 754 binary16, the upper half of a binary32, binary32 and
// binary64.
const (
	Half Kind = iota + 1
	Bfloat
	Single
	Double
)

// Bytes is the width of a number.
func (k Kind) Bytes() int {
	switch k {
	case Double:
		return 8
	case Single:
		return 4
	}
	return 2
}

// Widen returns the numbers that b holds one after the other.
func (k Kind) Widen(b []byte, order binary.ByteOrder) []float64 {
	width := k.Bytes()
	out := make([]float64, len(b)/width)
	for i := range out {
		at := b[i*width:]
		switch k {
		case Half:
			out[i] = FromHalf(order.Uint16(at))
		case Bfloat:
			out[i] = FromBfloat(order.Uint16(at))
		case Single:
			out[i] = float64(math.Float32frombits(order.Uint32(at)))
		default:
			out[i] = math.Float64frombits(order.Uint64(at))
		}
	}
	return out
}

// FromHalf widens an IEEE 754 binary16 number.
func FromHalf(b uint16) float64 {
	exp, frac := int(b>>10&31), float64(b&1023)
	v := math.Ldexp(1024+frac, exp-25)
	switch {
	case exp == 0:
		v = math.Ldexp(frac, -24)
	case exp == 31 && frac == 0:
		v = math.Inf(1)
	case exp == 31:
		v = math.NaN()
	}
	if b>>15 != 0 {
		v = -v
	}
	return v
}

// FromBfloat widens a bfloat16, the upper half of a binary32.
func FromBfloat(b uint16) float64 { return float64(math.Float32frombits(uint32(b) << 16)) }
