package symbolic

import (
	"os"
	"strings"
	"testing"

	"relucount/pkg/budget"
	"relucount/pkg/onnx"
	. "relucount/pkg/onnx/onnxtest"
)

func read(t *testing.T, m Model) *Result {
	t.Helper()
	return readBytes(t, m.Bytes())
}

func readBytes(t *testing.T, data []byte) *Result {
	t.Helper()
	g, err := onnx.Read(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Read(g, nil, budget.Of(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A wrong number anywhere in the network is found, as forms and in layers.
func TestCheckFinds(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../netfile/testdata/spiral-2-16-16-2-s1.onnx")
	if err != nil {
		t.Fatal(err)
	}
	r := readBytes(t, data)
	wrong := func(what string, v *float64, must bool) {
		t.Helper()
		was := *v
		*v = was*1.01 + 1e-3
		err := r.check(nil)
		*v = was
		// a unit that no input of the check activates has no weight in what follows
		if err == nil && must {
			t.Errorf("%s is wrong and not found", what)
		}
		if err != nil && !strings.Contains(err.Error(), "internal check failed at random input") {
			t.Errorf("error %v", err)
		}
	}
	for i := range r.walk.units {
		u := &r.walk.units[i]
		for k := range u.W {
			wrong("a weight of a unit", &u.W[k], u.layer == 1)
		}
		wrong("a bias of a unit", &u.B, true)
	}
	for l := range r.Net.Layers {
		for i := range r.Net.Layers[l].Forms {
			f := &r.Net.Layers[l].Forms[i]
			for k := range f.W {
				wrong("a weight in a layer", &f.W[k], l == 0)
			}
			if !r.Net.Layers[l].Linear() {
				wrong("a bias in a layer", &f.B, true)
			}
		}
	}
	if err := r.check(nil); err != nil {
		t.Error(err)
	}
}

// A wrong slope is found on either side of the kink, also where all inputs of
// the usual boxes are on one side.
func TestCheckFindsSlopes(t *testing.T) {
	t.Parallel()
	for _, bias := range []float64{0, 5, -5} {
		r := read(t, From(Dims(-1, 2), Op("Gemm", In("x", "w", "b"), "p"), Op("PRelu", In("p", "s"), "y"),
			Raw64("w", Dims(2, 2), 1, -2, 2, 1), Raw64("b", Dims(2), bias, bias), Raw64("s", Dims(2), 0.25, -0.5)))
		for i := range r.walk.units {
			s := &r.walk.units[i].slopes
			for _, k := range []*float64{&s.Inactive, &s.Active} {
				*k += 0.01
				if err := r.check(nil); err == nil || !strings.Contains(err.Error(), `tensor "y"`) {
					t.Errorf("bias %g: slopes %v of unit %d are not found: %v", bias, *s, i, err)
				}
				*k -= 0.01
			}
		}
		if err := r.check(nil); err != nil {
			t.Error(err)
		}
	}
	// values that would overflow further out are no error
	read(t, From(Dims(-1, 1), Op("Gemm", In("x", "w", "b"), "p"), Op("Relu", In("p"), "y"), Raw64("w", Dims(1, 1), 1e299), Raw64("b", Dims(1), 1e307)))
}
