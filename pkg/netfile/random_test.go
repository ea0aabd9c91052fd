package netfile

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	. "relucount/pkg/onnx/onnxtest"
	"relucount/pkg/property"
)

func TestRandomGraphs(t *testing.T) {
	t.Parallel()
	for seed := range property.Seeds(t, 500, 150) {
		rng := rand.New(rand.NewPCG(1, seed))
		m, f := Random(rng)
		file := read(t, m.Bytes())
		x := make([]float64, file.Net.Inputs)
		for l, lay := range file.Net.Layers {
			if lay.Linear() && l < len(file.Net.Layers)-1 {
				t.Errorf("seed %d: layer %d of %d is linear", seed, l+1, len(file.Net.Layers))
			}
		}
		for range 4 {
			for i := range x {
				x[i] = 4*rng.Float64() - 2
			}
			if got, want := file.Net.Output(x), f(x); !agree(got, want) {
				t.Fatalf("seed %d: output %v, want %v at %v", seed, got, want, x)
			}
		}
	}
}

// A damaged model is an error or another network: never a panic, never one
// that the plain pass disagrees with.
func TestDamaged(t *testing.T) {
	t.Parallel()
	read := 0
	for seed := range property.Seeds(t, 200, 40) {
		rng := rand.New(rand.NewPCG(2, seed))
		m, _ := Random(rng)
		whole := m.Bytes()
		for range 50 {
			data := bytes.Clone(whole)
			for range 1 + rng.IntN(3) {
				i := rng.IntN(len(data))
				switch rng.IntN(3) {
				case 0:
					data[i] ^= 1 << rng.IntN(8)
				case 1:
					data[i] = data[rng.IntN(len(data))]
				case 2:
					data[i] = []byte{0, 1, 2, 0x7f, 0x80, 0xff}[rng.IntN(6)]
				}
			}
			f, err := Read(bytes.NewReader(data), "damaged")
			if err != nil && strings.Contains(err.Error(), "internal check") {
				t.Errorf("seed %d: %v", seed, err)
			}
			if err == nil {
				read++
				if err := f.Net.Check(); err != nil {
					t.Errorf("seed %d: %v", seed, err)
				}
			}
		}
	}
	if read == 0 {
		t.Errorf("no damaged model could be read: the test has no teeth")
	}
}
