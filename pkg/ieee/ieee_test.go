package ieee

import (
	"encoding/binary"
	"math"
	"testing"
)

func TestWiden(t *testing.T) {
	for _, c := range []struct {
		kind  Kind
		order binary.ByteOrder
		data  string
		want  []float64
	}{
		{Half, binary.LittleEndian, "\x00\x3c\x00\xc0\xff\x7b\x01\x00\x00\x04\x00\x7c\x00\xfc\x00\x80", []float64{1, -2, 65504, math.Ldexp(1, -24), math.Ldexp(1, -14), math.Inf(1), math.Inf(-1), math.Copysign(0, -1)}},
		{Half, binary.BigEndian, "\x3c\x00\x35\x55", []float64{1, 0.333251953125}},
		{Bfloat, binary.LittleEndian, "\x80\x3f\x00\xc0\x80\x7f", []float64{1, -2, math.Inf(1)}},
		{Single, binary.LittleEndian, "\x00\x00\x80\x3f\xcd\xcc\xcc\x3d", []float64{1, float64(float32(0.1))}},
		{Single, binary.BigEndian, "\x3f\x80\x00\x00", []float64{1}},
		{Double, binary.LittleEndian, "\x9a\x99\x99\x99\x99\x99\xb9\x3f", []float64{0.1}},
		{Double, binary.BigEndian, "", []float64{}},
	} {
		got := c.kind.Widen([]byte(c.data), c.order)
		if len(got) != len(c.want) {
			t.Errorf("%d %q: %v", c.kind, c.data, got)
			continue
		}
		for i, v := range got {
			if v != c.want[i] || math.Signbit(v) != math.Signbit(c.want[i]) {
				t.Errorf("%d %q: number %d is %g, want %g", c.kind, c.data, i, v, c.want[i])
			}
		}
	}
}

func TestHalf(t *testing.T) {
	for b, want := range map[uint16]float64{
		0: 0, 0x0001: 0x1p-24, 0x03ff: 1023 * 0x1p-24, 0x0400: 0x1p-14, 0x3555: 0x1.554p-2, 0xc000: -2,
		0x7bff: 65504, 0x7c00: math.Inf(1), 0xfc00: math.Inf(-1),
	} {
		if got := FromHalf(b); got != want {
			t.Errorf("FromHalf(%#04x) = %g, want %g", b, got, want)
		}
	}
	if !math.IsNaN(FromHalf(0x7e00)) {
		t.Errorf("FromHalf(0x7e00) = %g, want NaN", FromHalf(0x7e00))
	}
}
