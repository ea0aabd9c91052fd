package netfile

import (
	"bytes"
	"math"
	"slices"
	"testing"

	. "relucount/pkg/onnx/onnxtest"
	"relucount/pkg/relu"
)

// agree compares at what sums in another order leave.
func agree(a, b []float64) bool {
	scale := 1.0
	for _, v := range b {
		scale = max(scale, math.Abs(v))
	}
	return slices.EqualFunc(a, b, func(a, b float64) bool { return math.Abs(a-b) <= 1e-11*scale })
}

// shape lists the layers: units, negative for a linear layer.
func shape(n *relu.Network) []int {
	var s []int
	for _, l := range n.Layers {
		u := l.Units()
		if l.Linear() {
			u = -u
		}
		s = append(s, u)
	}
	return s
}

func read(t *testing.T, data []byte) *File {
	t.Helper()
	f, err := Read(bytes.NewReader(data), "dir/test.onnx")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestOperators(t *testing.T) {
	t.Parallel()
	for _, c := range Functions() {
		t.Run(c.Name, func(t *testing.T) {
			f := read(t, c.Model.Bytes())
			if f.Format != "onnx" || f.Domain != nil || f.Net.Name != "test" {
				t.Errorf("format %q, domain %v, name %q", f.Format, f.Domain, f.Net.Name)
			}
			if got := shape(f.Net); !slices.Equal(got, c.Layers) {
				t.Errorf("layers %v, want %v", got, c.Layers)
			}
			if got := f.Net.Output(c.X); !agree(got, c.Want) {
				t.Errorf("output %v, want %v", got, c.Want)
			}
		})
	}
}

// An image is normalised by channel, with constants of shape [3, 1, 1] and a
// single number, before it is flattened.
func TestNormalisation(t *testing.T) {
	t.Parallel()
	const side = 28
	mean, std := []float64{0.5, 0.25, 2}, []float64{0.125, 0.3, 7}
	w := make([]float64, 3*side*side*2)
	for i := range w {
		w[i] = float64(i%17-8) / 4
	}
	m := From(Dims(1, 3, side, side),
		Op("Sub", In("x", "mean"), "p"), Op("Div", In("p", "std"), "q"), Op("Mul", In("half", "q"), "r"),
		Op("Flatten", In("r"), "s"), Op("MatMul", In("s", "w"), "t"), Op("Relu", In("t"), "y"),
		Raw64("mean", Dims(3, 1, 1), mean...), Raw64("std", Dims(1, 3, 1, 1), std...),
		Raw32("half", nil, 0.5), Raw32("w", Dims(3*side*side, 2), w...))
	f := read(t, m.Bytes())
	x := make([]float64, 3*side*side)
	want := make([]float64, 2)
	for i := range x {
		x[i] = float64(i%23) / 23
		c := i / (side * side)
		for u := range want {
			want[u] += 0.5 * (x[i] - mean[c]) / std[c] * w[2*i+u]
		}
	}
	for u := range want {
		want[u] = max(0, want[u])
	}
	if got := f.Net.Output(x); !agree(got, want) || slices.Max(want) == 0 {
		t.Errorf("output %v, want %v", got, want)
	}
}

// A wide elementwise map waits for the next matrix: as a matrix of its own it
// would have 10^10 entries.
func TestWideElementwise(t *testing.T) {
	t.Parallel()
	const n = 100_000
	w := slices.Repeat([]float64{1}, n)
	m := From(Dims(1, n),
		Op("Sub", In("x", "c"), "p"), Op("Mul", In("p", "c"), "q"), Op("MatMul", In("q", "w"), "y"),
		Raw32("c", nil, 2), Raw32("w", Dims(n, 1), w...))
	f := read(t, m.Bytes())
	if got := f.Net.Output(make([]float64, n)); !agree(got, []float64{-4 * n}) {
		t.Errorf("output %v, want %v", got, -4*n)
	}
}

// Weights that cancel to rounding errors are no mismatch.
func TestCancellation(t *testing.T) {
	t.Parallel()
	m := From(Dims(1, 2),
		Op("MatMul", In("x", "w"), "p"), Op("MatMul", In("p", "v"), "q"), Op("Relu", In("q"), "y"),
		Raw64("w", Dims(2, 3), 0.1, 0.2, 0.3, 0.7, 0.11, 0.13),
		Raw64("v", Dims(3, 1), 0.2*0.13-0.3*0.11, 0.3*0.7-0.1*0.13, 0.1*0.11-0.2*0.7))
	read(t, m.Bytes())
}

func TestNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ graph, file, want string }{
		{"lenet", "a/b.onnx", "lenet"},
		{"torch_jit", "a/b-1.5.onnx", "b-1.5"},
		{"main_graph", "b.onnx.gz", "b"},
		{"tf2onnx", "b.onnx", "b"}, {"Network", "b.onnx", "b"}, {"nnet2onnx_Model", "b.onnx", "b"}, {"OnnxRelu", "b.onnx", "b"},
		{"3f2b8a0c9d1e4f5a8b7c6d5e4f3a2b1c", "b.onnx", "b"}, {"deadbeef", "b.onnx", "deadbeef"},
		{"", "b-0.25", "b-0.25"},
		{"", "b.json.zst", "b"},
		{"", "-", "network"},
		{"", "", "network"},
	} {
		m := Model{Name: c.graph, Shape: Dims(1, 1), Parts: []Part{Op("Relu", In("x"), "y")}}
		f, err := Read(bytes.NewReader(m.Bytes()), c.file)
		if err != nil || f.Net.Name != c.want {
			t.Errorf("graph %q in %q: %v, %v, want name %q", c.graph, c.file, f, err, c.want)
		}
	}
}
