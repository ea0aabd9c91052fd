package netfile

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// A writer of ONNX models, as small as the tests allow.

func str(num protowire.Number, s string) []byte { return sub(num, []byte(s)) }

func sub(num protowire.Number, parts ...[]byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(nil, num, protowire.BytesType), bytes.Join(parts, nil))
}

func num(n protowire.Number, v int64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(nil, n, protowire.VarintType), uint64(v))
}

func f32(n protowire.Number, v float64) []byte {
	return protowire.AppendFixed32(protowire.AppendTag(nil, n, protowire.Fixed32Type), math.Float32bits(float32(v)))
}

func f64(n protowire.Number, v float64) []byte {
	return protowire.AppendFixed64(protowire.AppendTag(nil, n, protowire.Fixed64Type), math.Float64bits(v))
}

func packedInts(n protowire.Number, v []int64) []byte {
	var b []byte
	for _, x := range v {
		b = protowire.AppendVarint(b, uint64(x))
	}
	return sub(n, b)
}

// tensor messages: everything but the field number that holds them.

func header(name string, typ int64, dims []int64) []byte {
	return bytes.Join([][]byte{str(8, name), num(2, typ), packedInts(1, dims)}, nil)
}

func dims(d ...int64) []int64 { return d }

// raw32 is a float tensor in raw_data.
func raw32(name string, dims []int64, v ...float64) []byte {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(x)))
	}
	return append(header(name, typeFloat, dims), sub(9, b)...)
}

// raw64 is a double tensor in raw_data.
func raw64(name string, dims []int64, v ...float64) []byte {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	return append(header(name, typeDouble, dims), sub(9, b)...)
}

// list32 is a float tensor in a packed float_data.
func list32(name string, dims []int64, v ...float64) []byte {
	var b []byte
	for _, x := range v {
		b = protowire.AppendFixed32(b, math.Float32bits(float32(x)))
	}
	return append(header(name, typeFloat, dims), sub(4, b)...)
}

// loose32 is a float tensor in a float_data that is not packed.
func loose32(name string, dims []int64, v ...float64) []byte {
	b := header(name, typeFloat, dims)
	for _, x := range v {
		b = append(b, f32(4, x)...)
	}
	return b
}

// list64 is a double tensor in a packed double_data.
func list64(name string, dims []int64, v ...float64) []byte {
	var b []byte
	for _, x := range v {
		b = protowire.AppendFixed64(b, math.Float64bits(x))
	}
	return append(header(name, typeDouble, dims), sub(10, b)...)
}

// loose64 is a double tensor in a double_data that is not packed.
func loose64(name string, dims []int64, v ...float64) []byte {
	b := header(name, typeDouble, dims)
	for _, x := range v {
		b = append(b, f64(10, x)...)
	}
	return b
}

// ints is an int64 tensor in int64_data; rawInts has it in raw_data.
func ints(name string, dims []int64, v ...int64) []byte {
	return append(header(name, typeInt64, dims), packedInts(7, v)...)
}

func rawInts(name string, dims []int64, v ...int64) []byte {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint64(b, uint64(x))
	}
	return append(header(name, typeInt64, dims), sub(9, b)...)
}

// attributes

func attrI(name string, v int64) []byte {
	return sub(5, str(1, name), num(3, v), num(20, kindInt))
}

func attrF(name string, v float64) []byte {
	return sub(5, str(1, name), f32(2, v), num(20, kindFloat))
}

func attrInts(name string, v ...int64) []byte {
	return sub(5, str(1, name), packedInts(8, v), num(20, kindInts))
}

func attrFloats(name string, v ...float64) []byte {
	b := str(1, name)
	for _, x := range v {
		b = append(b, f32(7, x)...)
	}
	return sub(5, b, num(20, kindFloats))
}

func attrT(name string, tensor []byte) []byte {
	return sub(5, str(1, name), sub(5, tensor), num(20, kindTensor))
}

// op is an unnamed node.
func op(typ string, inputs []string, output string, attributes ...[]byte) []byte {
	return named("", typ, inputs, []string{output}, attributes...)
}

func named(name, typ string, inputs, outputs []string, attributes ...[]byte) []byte {
	var b []byte
	for _, s := range inputs {
		b = append(b, str(1, s)...)
	}
	for _, s := range outputs {
		b = append(b, str(2, s)...)
	}
	if name != "" {
		b = append(b, str(3, name)...)
	}
	b = append(b, str(4, typ)...)
	return sub(1, append([][]byte{b}, attributes...)...)
}

func in(names ...string) []string { return names }

// value is a graph input or output of floats; a dimension of -1 is a named
// one.
func value(name string, dims ...int64) []byte {
	var shape []byte
	for _, d := range dims {
		if d < 0 {
			shape = append(shape, sub(1, str(2, "batch"))...)
		} else {
			shape = append(shape, sub(1, num(1, d))...)
		}
	}
	return bytes.Join([][]byte{str(1, name), sub(2, sub(1, num(1, typeFloat), sub(2, shape)))}, nil)
}

// testModel is a model from x, of the given shape, to y.
type testModel struct {
	name    string
	shape   []int64
	nodes   [][]byte
	tensors [][]byte // initialisers
	inputs  [][]byte // besides x
	outputs [][]byte // besides y
}

func (m testModel) bytes() []byte {
	g := str(2, m.name)
	g = append(g, bytes.Join(m.nodes, nil)...)
	for _, t := range m.tensors {
		g = append(g, sub(5, t)...)
	}
	for _, v := range append([][]byte{value("x", m.shape...)}, m.inputs...) {
		g = append(g, sub(11, v)...)
	}
	for _, v := range append([][]byte{value("y")}, m.outputs...) {
		g = append(g, sub(12, v)...)
	}
	return model8(g)
}

// model8 wraps a graph into a model as PyTorch orders it.
func model8(graph []byte) []byte {
	return bytes.Join([][]byte{num(1, 7), str(2, "test"), sub(7, graph), sub(8, str(1, ""), num(2, 13))}, nil)
}

func read(t *testing.T, data []byte) *File {
	t.Helper()
	f, err := Read(bytes.NewReader(data), "dir/test.onnx")
	if err != nil {
		t.Fatal(err)
	}
	return f
}
