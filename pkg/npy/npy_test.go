package npy

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"relucount/pkg/ieee"
	"slices"
	"strings"
	"testing"
)

// file is an NPY file of version 1, padded as NumPy does.
func file(header string, numbers any) []byte {
	order := binary.ByteOrder(binary.LittleEndian)
	if strings.Contains(header, "'>") {
		order = binary.BigEndian
	}
	header += strings.Repeat(" ", 63-(len(Magic)+4+len(header))%64) + "\n"
	var b bytes.Buffer
	b.WriteString(Magic + "\x01\x00")
	_ = binary.Write(&b, binary.LittleEndian, uint16(len(header)))
	b.WriteString(header)
	_ = binary.Write(&b, order, numbers)
	return b.Bytes()
}

func head(descr, shape string) string {
	return fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': %s, }", descr, shape)
}

func TestRead(t *testing.T) {
	for _, c := range []struct {
		name  string
		data  []byte
		shape []int
		want  []float64
	}{
		{"f8", file(head("<f8", "(2, 2)"), []float64{0.5, -1, 1e300, 0}), []int{2, 2}, []float64{0.5, -1, 1e300, 0}},
		{"f4", file(head("<f4", "(3,)"), []float32{0.5, -1, 0.25}), []int{3}, []float64{0.5, -1, 0.25}},
		{"big endian", file(head(">f4", "(2,)"), []float32{0.5, -1}), []int{2}, []float64{0.5, -1}},
		{"f2", file(head("<f2", "(5,)"), []uint16{0x3c00, 0xc000, 0x3555, 1, 0x7bff}), []int{5},
			[]float64{1, -2, 1365.0 / 4096, math.Ldexp(1, -24), 65504}},
		{"i8", file(head("<i8", "(2,)"), []int64{-3, 1 << 40}), []int{2}, []float64{-3, 1 << 40}},
		{"i4", file(head(">i4", "(2,)"), []int32{-3, 7}), []int{2}, []float64{-3, 7}},
		{"i2", file(head("<i2", "(1,)"), []int16{-300}), []int{1}, []float64{-300}},
		{"i1", file(head("|i1", "(1,)"), []int8{-3}), []int{1}, []float64{-3}},
		{"u1", file(head("|u1", "(2,)"), []uint8{0, 255}), []int{2}, []float64{0, 255}},
		{"u8", file(head("<u8", "(1,)"), []uint64{1 << 63}), []int{1}, []float64{1 << 63}},
		{"b1", file(head("|b1", "(2,)"), []uint8{0, 1}), []int{2}, []float64{0, 1}},
		{"a number", file(head("<f8", "()"), []float64{7}), nil, []float64{7}},
		{"nothing", file(head("<f8", "(0, 3)"), []float64{}), []int{0, 3}, []float64{}},
		{"Fortran order", file("{'descr': '<i4', 'fortran_order': True, 'shape': (2, 3, 2), }",
			[]int32{0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11}), []int{2, 3, 2}, []float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}},
	} {
		a, err := Read(c.data)
		if err != nil || !slices.Equal(a.Shape, c.shape) || !slices.Equal(a.Values, c.want) {
			t.Errorf("%s: %+v, %v", c.name, a, err)
		}
	}
	for v, want := range map[uint16]float64{0x7c00: math.Inf(1), 0xfc00: math.Inf(-1), 0x8000: 0} {
		if got := ieee.FromHalf(v); got != want {
			t.Errorf("half %x: %g", v, got)
		}
	}
	if got := ieee.FromHalf(0x7e00); !math.IsNaN(got) {
		t.Errorf("half NaN: %g", got)
	}
	v2 := file(head("<f4", "(1,)"), []float32{3})
	size := v2[len(Magic)+2 : len(Magic)+4]
	v2 = slices.Concat([]byte(Magic+"\x02\x00"), size, []byte{0, 0}, v2[len(Magic)+4:])
	if a, err := Read(v2); err != nil || !slices.Equal(a.Values, []float64{3}) {
		t.Errorf("version 2: %+v, %v", a, err)
	}
}

func TestErrors(t *testing.T) {
	good := file(head("<f4", "(2,)"), []float32{1, 2})
	for _, c := range []struct {
		data []byte
		want string
	}{
		{[]byte("PK"), "this is no NPY file"},
		{good[:7], "cut short"},
		{good[:50], "cut short"},
		{good[:len(good)-1], "7 bytes of numbers, the shape [2] asks for 8"},
		{append(slices.Clone(good), 0), "9 bytes of numbers"},
		{[]byte(Magic + "\x09\x00\x00\x00"), "NPY version 9.0 is not known"},
		{[]byte(Magic + "\x02\x00\x00\x00"), "cut short"},
		{file(head("|O", "(1,)"), []byte{0}), `numbers of type "|O" are not taken`},
		{file(head("<c8", "(1,)"), []byte{0}), `numbers of type "<c8" are not taken`},
		{file(head("<f9", "(1,)"), []byte{0}), `numbers of type "<f9" are not taken`},
		{file(head("!f4", "(1,)"), []byte{0}), `numbers of type "!f4" are not taken`},
		{file("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (1,), }", []byte{0}), "the header lacks descr"},
		{file(head("<f4", "(99999999999, 99999999999)"), []byte{0}), "is none, or too large"},
		{file(head("<f4", "(99999999999999999999)"), []byte{0}), "is none, or too large"},
	} {
		if _, err := Read(c.data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v; %q expected", err, c.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(file(head("<f8", "(2, 2)"), []float64{0.5, -1, 1e300, 0}))
	f.Add(file("{'descr': '>f2', 'fortran_order': True, 'shape': (2, 1, 2), }", []uint16{1, 2, 3, 4}))
	f.Add(file(head("|b1", "(0, 3)"), []byte{}))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := Read(data)
		if err != nil {
			return
		}
		n := 1
		for _, v := range a.Shape {
			n *= v
		}
		if n != len(a.Values) || n > len(data) {
			t.Errorf("shape %v, %d numbers of %d bytes", a.Shape, len(a.Values), len(data))
		}
	})
}
