package netfile

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/budget"
	"relucount/pkg/domain"
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
	t.Parallel()
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
	if !reflect.DeepEqual(a.Layers, b.Layers) {
		t.Error("the layers differ")
	}

	m := readFile(t, "mnist-1-21-10-s1.onnx").Net
	if want := []int{1, 21, 10}; m.Inputs != 784 || !slices.Equal(shape(m), want) {
		t.Errorf("%d inputs, layers %v", m.Inputs, shape(m))
	}
}

// An ONNX file cut anywhere is an error.
func TestCut(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
	broken := errors.New("broken pipe")
	_, err := Read(io.MultiReader(strings.NewReader("{"), iotest.ErrReader(broken)), "a.json")
	if !errors.Is(err, broken) || !strings.HasPrefix(err.Error(), "a.json: ") {
		t.Errorf("error %v", err)
	}
}

func TestCheckMessage(t *testing.T) {
	t.Parallel()
	got, want := [][]float64{{1}, {2, 3}}, [][]float64{{1}, {2, 3.5}}
	mags := [][]float64{{1}, {5, 5}}
	err := compare(got, want, mags, 1)
	if err == nil || err.Error() != "layer 2, unit 1: 3 after folding, 3.5 by the file" {
		t.Errorf("error %v", err)
	}
	got[1][1] = 3.5 + 3e-6
	if err := compare(got, want, mags, 1); err != nil {
		t.Errorf("within 1e-6 of the largest value: %v", err)
	}
	got[1][1] = 3.5 + 4e-6
	if err := compare(got, want, mags, 1); err == nil {
		t.Errorf("beyond 1e-6 of the largest value: no error")
	}
	for _, v := range []float64{math.NaN(), math.Inf(1)} {
		if err := compare([][]float64{{v}}, [][]float64{{1}}, mags, 1); err == nil {
			t.Errorf("%g after folding: no error", v)
		}
		if err := compare([][]float64{{1}}, [][]float64{{v}}, mags, 1); err == nil {
			t.Errorf("%g by the file: no error", v)
		}
	}
}

// The check takes its inputs from the domain, or from both usual boxes.
func TestCheckInputs(t *testing.T) {
	t.Parallel()
	net := &relu.Chain{Inputs: 1, Layers: []relu.Dense{{W: mat.NewDense(1, 1, []float64{1}), B: []float64{0}}}}
	inputs := func(d *domain.Domain) (xs []float64) {
		err := check(net, d, [][]float64{{1}}, func(x []float64) ([][]float64, []float64, error) {
			xs = append(xs, x[0])
			return [][]float64{{x[0]}}, []float64{x[0]}, nil
		})
		if err != nil || len(xs) != 16 {
			t.Fatalf("%d inputs, error %v", len(xs), err)
		}
		return xs
	}
	var signed, unsigned []float64
	for s, x := range inputs(nil) {
		if s%2 == 0 {
			signed = append(signed, x)
		} else {
			unsigned = append(unsigned, x)
		}
	}
	if lo, hi := slices.Min(signed), slices.Max(signed); lo < -1 || lo > -0.2 || hi < 0.2 || hi > 1 {
		t.Errorf("without a domain half of the inputs are in [%g, %g]", lo, hi)
	}
	if lo, hi := slices.Min(unsigned), slices.Max(unsigned); lo < 0 || lo > 0.4 || hi < 0.6 || hi > 1 {
		t.Errorf("without a domain half of the inputs are in [%g, %g]", lo, hi)
	}
	wide := inputs(domain.Box(1, -1e308, 1e308))
	if lo, hi := slices.Min(wide), slices.Max(wide); lo > -1e307 || hi < 1e307 {
		t.Errorf("in a wide domain the inputs are in [%g, %g]", lo, hi)
	}
}

// The size of a layer's terms is not changed by what comes after its ReLU.
func TestSizeOfTerms(t *testing.T) {
	t.Parallel()
	c := newChain(2, 3, budget.Of(0))
	half := func(_ int, v float64) float64 { return v / 2 }
	minus := func(_ int, v float64) float64 { return v - 4 }
	if err := c.each(nil, minus); err != nil { // 3 + 4
		t.Fatal(err)
	}
	if err := c.affine(mat.NewDense(1, 2, []float64{1, -2}), []float64{5}); err != nil { // 7 + 14 + 5
		t.Fatal(err)
	}
	if _, err := c.activate(relu.ReLU(1)); err != nil {
		t.Fatal(err)
	}
	if err := c.each(half, half); err != nil {
		t.Fatal(err)
	}
	if _, err := c.finish(""); err != nil {
		t.Fatal(err)
	}
	if want := [][]float64{{26}, {13}}; !slices.EqualFunc(c.mags, want, slices.Equal[[]float64]) {
		t.Errorf("sizes %v, want %v", c.mags, want)
	}
}
