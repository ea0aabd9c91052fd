// Package onnxtest writes ONNX models for tests, as small as the tests allow, and
// has models whose functions are known.
//
// Its names are the words of a small language, so tests import it with a dot:
//
//	From(Dims(-1, 3), Op("MatMul", In("x", "w"), "y"), Raw32("w", Dims(3, 1), 1, -2, 3))
//
// is a model from the input x, of shape [batch, 3], to the output y. The numbers
// of fields and types are those of onnx.proto and not taken from package onnx,
// which is tested against them.
package onnxtest

import (
	"bytes"
	"encoding/binary"
)

// Data types, by their numbers.
const (
	TypeFloat    = 1
	TypeInt64    = 7
	TypeBool     = 9
	TypeFloat16  = 10
	TypeDouble   = 11
	TypeBfloat16 = 16
)

// Model is a model from x, of the given shape, to y.
type Model struct {
	Name  string
	Shape []int64 // -1 for a named dimension
	Parts []Part
}

// Part is a part of a graph: a node, an initialiser, another input or output.
type Part interface {
	field() []byte // of the graph
}

// From is a model without a name.
func From(shape []int64, parts ...Part) Model { return Model{"", shape, parts} }

// Bytes is the file.
func (m Model) Bytes() []byte {
	g := String(2, m.Name)
	for _, p := range append([]Part{Input("x", m.Shape...), Output("y")}, m.Parts...) {
		g = append(g, p.field()...)
	}
	return Wrap(g)
}

// Wrap wraps a graph into a model as PyTorch orders it.
func Wrap(graph []byte) []byte {
	return bytes.Join([][]byte{Varint(1, 7), String(2, "test"), Message(7, graph), Message(8, String(1, ""), Varint(2, 13))}, nil)
}

// Operation is a node, without the number of its field.
type Operation []byte

func (o Operation) field() []byte { return Message(1, o) }

// Op is an unnamed node.
func Op(typ string, inputs []string, output string, attributes ...[]byte) Operation {
	return Named("", typ, inputs, In(output), attributes...)
}

// Of is a node of an operator of another domain.
func Of(domain, typ string, inputs []string, output string, attributes ...[]byte) Operation {
	return append(Op(typ, inputs, output, attributes...), String(7, domain)...)
}

// Named is a node.
func Named(name, typ string, inputs, outputs []string, attributes ...[]byte) Operation {
	var b []byte
	for _, s := range inputs {
		b = append(b, String(1, s)...)
	}
	for _, s := range outputs {
		b = append(b, String(2, s)...)
	}
	if name != "" {
		b = append(b, String(3, name)...)
	}
	b = append(b, String(4, typ)...)
	return append(b, bytes.Join(attributes, nil)...)
}

// In lists names.
func In(names ...string) []string { return names }

// AttrI is an attribute that holds an integer.
func AttrI(name string, v int64) []byte { return attribute(name, 2, Varint(3, v)) }

// AttrF is an attribute that holds a number.
func AttrF(name string, v float64) []byte { return attribute(name, 1, Float32(2, v)) }

// AttrS is an attribute that is a text.
func AttrS(name, v string) []byte { return attribute(name, 3, String(4, v)) }

// AttrInts is an attribute that holds integers.
func AttrInts(name string, v ...int64) []byte { return attribute(name, 7, Varints(8, v)) }

// AttrFloats is an attribute that holds numbers.
func AttrFloats(name string, v ...float64) []byte { return attribute(name, 6, loose(7, v, Float32)) }

// AttrT is an attribute that holds a tensor.
func AttrT(name string, t Initializer) []byte { return attribute(name, 4, Message(5, t)) }

func attribute(name string, kind int64, value []byte) []byte {
	return Message(5, String(1, name), value, Varint(20, kind))
}

// Initializer is a tensor that is stored in the file, without the number of its
// field.
type Initializer []byte

func (t Initializer) field() []byte { return Message(5, t) }

// Store is a tensor with its data in the given fields.
func Store(name string, typ int64, dims []int64, data ...[]byte) Initializer {
	return append(bytes.Join([][]byte{String(8, name), Varint(2, typ), Varints(1, dims)}, nil), bytes.Join(data, nil)...)
}

// Dims lists dimensions.
func Dims(d ...int64) []int64 { return d }

// Raw32 is a tensor of floats in raw_data.
func Raw32(name string, dims []int64, v ...float64) Initializer {
	return Store(name, TypeFloat, dims, packed(9, v, append32))
}

// Raw64 is a tensor of doubles in raw_data.
func Raw64(name string, dims []int64, v ...float64) Initializer {
	return Store(name, TypeDouble, dims, packed(9, v, append64))
}

// List32 is a tensor of floats in a packed float_data.
func List32(name string, dims []int64, v ...float64) Initializer {
	return Store(name, TypeFloat, dims, packed(4, v, append32))
}

// List64 is a tensor of doubles in a packed double_data.
func List64(name string, dims []int64, v ...float64) Initializer {
	return Store(name, TypeDouble, dims, packed(10, v, append64))
}

// Loose32 is a tensor of floats in a float_data that is not packed.
func Loose32(name string, dims []int64, v ...float64) Initializer {
	return Store(name, TypeFloat, dims, loose(4, v, Float32))
}

// Loose64 is a tensor of doubles in a double_data that is not packed.
func Loose64(name string, dims []int64, v ...float64) Initializer {
	return Store(name, TypeDouble, dims, loose(10, v, Float64))
}

// Ints is a tensor of int64 in int64_data.
func Ints(name string, dims []int64, v ...int64) Initializer {
	return Store(name, TypeInt64, dims, Varints(7, v))
}

// RawInts is a tensor of int64 in raw_data.
func RawInts(name string, dims []int64, v ...int64) Initializer {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint64(b, uint64(x))
	}
	return Store(name, TypeInt64, dims, Message(9, b))
}

// value is a graph input or output, with the number of its field.
type value []byte

func (v value) field() []byte { return v }

// Input is a graph input of floats; a dimension of -1 is a named one.
func Input(name string, dims ...int64) Part { return value(Message(11, valueInfo(name, dims))) }

// Output is a graph output of floats.
func Output(name string, dims ...int64) Part { return value(Message(12, valueInfo(name, dims))) }

func valueInfo(name string, dims []int64) []byte {
	var shape []byte
	for _, d := range dims {
		if d < 0 {
			shape = append(shape, Message(1, String(2, "batch"))...)
		} else {
			shape = append(shape, Message(1, Varint(1, d))...)
		}
	}
	return append(String(1, name), Message(2, Message(1, Varint(1, TypeFloat), Message(2, shape)))...)
}
