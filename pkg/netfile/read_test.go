package netfile

import (
	"bytes"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/relu"
)

func readFile(t *testing.T, name string) *File {
	t.Helper()
	data, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	f, err := Read(data, name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestTrainedNetworks(t *testing.T) {
	onnx, json := readFile(t, "spiral-2-16-16-2-s1.onnx"), readFile(t, "spiral-2-16-16-2-s1.json")
	if onnx.Format != "onnx" || json.Format != "json" || onnx.Domain != nil {
		t.Errorf("formats %q and %q, domain %v", onnx.Format, json.Format, onnx.Domain)
	}
	if d := json.Domain; d == nil || !slices.Equal(d.Lower, []float64{-1, -1}) || !slices.Equal(d.Upper, []float64{1, 1}) {
		t.Errorf("domain %+v", json.Domain)
	}
	a, b := onnx.Net, json.Net
	if a.Name != "spiral-2-16-16-2-s1" || b.Name != a.Name || a.Inputs != 2 || b.Inputs != 2 {
		t.Errorf("%q with %d inputs, %q with %d", a.Name, a.Inputs, b.Name, b.Inputs)
	}
	if want := []int{16, 16, -2}; !slices.Equal(shape(a), want) || !slices.Equal(shape(b), want) {
		t.Fatalf("layers %v and %v, want %v", shape(a), shape(b), want)
	}
	for l := range a.Layers {
		if !mat.Equal(a.Layers[l].W, b.Layers[l].W) || !slices.Equal(a.Layers[l].B, b.Layers[l].B) {
			t.Errorf("layer %d differs", l+1)
		}
	}

	m := readFile(t, "mnist-1-21-10-s1.onnx").Net
	if want := []int{1, 21, 10}; m.Inputs != 784 || !slices.Equal(shape(m), want) {
		t.Errorf("%d inputs, layers %v", m.Inputs, shape(m))
	}
}

// A ONNX file cut anywhere is an error.
func TestCut(t *testing.T) {
	data, err := os.ReadFile("testdata/spiral-2-16-16-2-s1.onnx")
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(data) {
		if f, err := Read(bytes.NewReader(data[:n]), "cut"); err == nil {
			t.Errorf("%d of %d bytes: read as %v", n, len(data), f.Net)
		}
	}
}

func TestReadError(t *testing.T) {
	broken := errors.New("broken pipe")
	_, err := Read(io.MultiReader(strings.NewReader("{"), iotest.ErrReader(broken)), "a.json")
	if !errors.Is(err, broken) || !strings.HasPrefix(err.Error(), "a.json: ") {
		t.Errorf("error %v", err)
	}
}

// A wrong number anywhere in the folded network is found.
func TestCheckFinds(t *testing.T) {
	data, err := os.ReadFile("testdata/spiral-2-16-16-2-s1.onnx")
	if err != nil {
		t.Fatal(err)
	}
	m, err := parseModel(data)
	if err != nil {
		t.Fatal(err)
	}
	p, err := newProgram(m.graph, len(data))
	if err != nil {
		t.Fatal(err)
	}
	c, err := p.fold()
	if err != nil {
		t.Fatal(err)
	}
	net, err := c.finish("")
	if err != nil {
		t.Fatal(err)
	}
	if err := check(net, nil, c.mags, p.forward); err != nil {
		t.Fatal(err)
	}
	for l := range net.Layers {
		lay := &net.Layers[l]
		for i := range lay.Units() {
			for j := range lay.W.RawRowView(i) {
				w := lay.W.At(i, j)
				lay.W.Set(i, j, w*1.01+1e-3)
				err := check(net, nil, c.mags, p.forward)
				lay.W.Set(i, j, w)
				// A unit that no input of the check activates has no weight
				// in what follows.
				if err == nil && l == 0 {
					t.Errorf("weight %d of unit %d of layer %d is wrong and not found", j, i, l+1)
				}
				if err != nil && !strings.Contains(err.Error(), "internal check failed at random input") {
					t.Errorf("error %v", err)
				}
			}
			lay.B[i] += 1e-3
			if err := check(net, nil, c.mags, p.forward); err == nil {
				t.Errorf("bias of unit %d of layer %d is wrong and not found", i, l+1)
			}
			lay.B[i] -= 1e-3
		}
	}
	net.Layers = net.Layers[:2]
	if err := check(net, nil, c.mags, p.forward); err == nil || !strings.Contains(err.Error(), "2 layers after folding, 3 in the file") {
		t.Errorf("a missing layer: %v", err)
	}
}

func TestCheckMessage(t *testing.T) {
	got, want := [][]float64{{1}, {2, 3}}, [][]float64{{1}, {2, 3.5}}
	mags := [][]float64{{1}, {5, 5}}
	err := compare(got, want, mags)
	if err == nil || err.Error() != "layer 2, unit 1: 3 after folding, 3.5 by the file" {
		t.Errorf("error %v", err)
	}
	got[1][1] = 3.5 + 3e-6
	if err := compare(got, want, mags); err != nil {
		t.Errorf("within 1e-6 of the largest value: %v", err)
	}
	got[1][1] = 3.5 + 4e-6
	if err := compare(got, want, mags); err == nil {
		t.Errorf("beyond 1e-6 of the largest value: no error")
	}
}

// The check takes its inputs from the domain, or from both usual boxes.
func TestCheckInputs(t *testing.T) {
	net := &relu.Network{Inputs: 1, Layers: []relu.Layer{{W: mat.NewDense(1, 1, []float64{1}), B: []float64{0}}}}
	ranges := func(d *relu.Domain) (lo, hi float64, negative int) {
		n := 0
		err := check(net, d, [][]float64{{1}}, func(x []float64) ([][]float64, error) {
			lo, hi, n = min(lo, x[0]), max(hi, x[0]), n+1
			if x[0] < 0 {
				negative++
			}
			return [][]float64{{x[0]}}, nil
		})
		if err != nil || n != 16 {
			t.Errorf("%d inputs, error %v", n, err)
		}
		return lo, hi, negative
	}
	if lo, hi, negative := ranges(nil); lo < -1 || lo > -0.5 || hi > 1 || hi < 0.5 || negative > 8 {
		t.Errorf("without a domain: [%g, %g], %d negative", lo, hi, negative)
	}
	if lo, hi, _ := ranges(relu.Box(1, -1e308, 1e308)); lo > -1e307 || hi < 1e307 {
		t.Errorf("in a wide domain: [%g, %g]", lo, hi)
	}
}
