package netfile

import (
	"bytes"
	"os"
	"testing"

	. "relucount/pkg/onnx/onnxtest"
	"relucount/pkg/weights/weightstest"
)

// FuzzRead wants no panic, and a network that is well formed from whatever is
// read.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"testdata/spiral-2-16-16-2-s1.onnx", "testdata/spiral-2-16-16-2-s1.json",
		"../keras/testdata/sequential.keras", "../keras/testdata/sequential.h5", "../keras/testdata/skip.h5"} {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(tiny))
	f.Add([]byte(dotNNet))
	net := weightstest.Net()
	for _, data := range [][]byte{weightstest.Torch(net), weightstest.OldTorch(net), weightstest.Npz(net), weightstest.Safetensors(net)} {
		f.Add(data)
	}
	for _, m := range Seeds() {
		f.Add(m.Bytes())
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
