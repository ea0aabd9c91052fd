package netfile

import (
	"bytes"
	"os"
	"testing"
)

// FuzzRead wants no panic, and a network that is well formed from whatever is
// read.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"spiral-2-16-16-2-s1.onnx", "spiral-2-16-16-2-s1.json"} {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(tiny))
	for seed := range 3 {
		d := dims(-1, int64(seed+1), 3)
		n := 3 * (seed + 1)
		w := make([]float64, n*2)
		for i := range w {
			w[i] = float64(i) - 2
		}
		m := testModel{shape: d, nodes: [][]byte{
			op("Sub", in("x", "c"), "a"), op("Transpose", in("v"), "w"), op("Reshape", in("a", "s"), "b"),
			op("Gemm", in("b", "w", "bias"), "d", attrF("alpha", 2)),
			op("BatchNormalization", in("d", "bias", "bias", "bias", "var"), "e"), op("Relu", in("e"), "g"),
			op("Constant", nil, "k", attrFloats("value_floats", 1, 3)), op("Div", in("g", "k"), "h"),
			op("Unsqueeze", in("h"), "i", attrInts("axes", 0)), op("Squeeze", in("i"), "j"), op("Flatten", in("j"), "y", attrI("axis", 0)),
		}, tensors: [][]byte{raw64("c", nil, 0.5), list32("v", dims(2, int64(n)), w...), ints("s", dims(2), 0, -1),
			loose32("bias", dims(2), 1, -1), raw32("var", dims(2), 1, 2)}}
		f.Add(m.bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Read(bytes.NewReader(data), "fuzz")
		if err != nil {
			return
		}
		if err := file.Net.Check(); err != nil {
			t.Errorf("network: %v", err)
		}
		for l, lay := range file.Net.Layers {
			if lay.Linear() && l < len(file.Net.Layers)-1 {
				t.Errorf("layer %d of %d is linear", l+1, len(file.Net.Layers))
			}
		}
		if file.Domain != nil {
			if err := file.Domain.Check(file.Net.Inputs); err != nil {
				t.Error(err)
			}
		}
	})
}
