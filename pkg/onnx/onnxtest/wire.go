package onnxtest

import (
	"bytes"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// Message is a field that holds a message of these fields, or any bytes.
func Message(num protowire.Number, fields ...[]byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(nil, num, protowire.BytesType), bytes.Join(fields, nil))
}

// String is a field that holds a string.
func String(num protowire.Number, s string) []byte { return Message(num, []byte(s)) }

// Varint is a field that holds an integer.
func Varint(num protowire.Number, v int64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(nil, num, protowire.VarintType), uint64(v))
}

// Varints is a field that holds a packed list of integers.
func Varints(num protowire.Number, v []int64) []byte {
	var b []byte
	for _, x := range v {
		b = protowire.AppendVarint(b, uint64(x))
	}
	return Message(num, b)
}

// Float32 is a field that holds a number in single precision.
func Float32(num protowire.Number, v float64) []byte {
	return append32(protowire.AppendTag(nil, num, protowire.Fixed32Type), v)
}

// Float64 is a field that holds a number in double precision.
func Float64(num protowire.Number, v float64) []byte {
	return append64(protowire.AppendTag(nil, num, protowire.Fixed64Type), v)
}

func append32(b []byte, v float64) []byte {
	return protowire.AppendFixed32(b, math.Float32bits(float32(v)))
}

func append64(b []byte, v float64) []byte {
	return protowire.AppendFixed64(b, math.Float64bits(v))
}

// packed is a field that holds a packed list of numbers.
func packed(num protowire.Number, v []float64, add func([]byte, float64) []byte) []byte {
	var b []byte
	for _, x := range v {
		b = add(b, x)
	}
	return Message(num, b)
}

// loose holds a list of numbers in a field each.
func loose(num protowire.Number, v []float64, field func(protowire.Number, float64) []byte) []byte {
	var b []byte
	for _, x := range v {
		b = append(b, field(num, x)...)
	}
	return b
}
