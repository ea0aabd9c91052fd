package netfile

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"relucount/pkg/relu"
	"relucount/pkg/weights/weightstest"
	"relucount/pkg/zipfile"
)

// twoLayers is the network of weightstest.Net as JSON.
const twoLayers = `{"layers": [
	{"weights": [[1, -1], [0.5, 2], [-0.25, 4]], "bias": [0.125, 0.25, -0.5], "activation": %s},
	{"weights": [[1, 2, 3], [-1, 0.5, 0]], "bias": [-4, 0.75], "activation": %s}]}`

// dotNNet is that network with x -> (x - (0.5, 5)) / (2, 10) before and y -> 3y + 7
// after it.
const dotNNet = `// two layers
2,2,2,3,
2,3,2,
0,
-1.5,0,
2.5,10.0,
0.5,5,7.0,
2.0,10,3.0,
1,-1,
0.5,2,
-0.25,4,
0.125,
0.25,
-0.5,
1,2,3,
-1,0.5,0,
-4,
0.75,
`

func TestFormatsAgree(t *testing.T) {
	t.Parallel()
	net := weightstest.Net()
	for format, data := range map[string][]byte{
		"pytorch": weightstest.Torch(net), "npz": weightstest.Npz(net), "safetensors": weightstest.Safetensors(net), "old": weightstest.OldTorch(net),
	} {
		for _, c := range []struct{ flag, first, last string }{
			{"", `"relu"`, `"linear"`},
			{"abs", `"abs"`, `"linear"`},
			{"leaky:0.01", `{"leaky": 0.01}`, `"linear"`},
			{"leaky:0.5, relu", `{"leaky": 0.5}`, `"relu"`},
		} {
			var o Options
			if c.flag != "" {
				var err error
				if o.Activations, err = ParseActivations(c.flag); err != nil {
					t.Fatal(err)
				}
			}
			got, err := o.Read(bytes.NewReader(data), "net.bin")
			if err != nil {
				t.Errorf("%s, %s: %v", format, c.flag, err)
				continue
			}
			want := read(t, fmt.Appendf(nil, twoLayers, c.first, c.last)).Net
			want.Name = "net"
			if !sameNet(got.Net, want) {
				t.Errorf("%s, %s: %+v, want %+v", format, c.flag, got.Net, want)
			}
			if format == "old" {
				format = "pytorch"
			}
			if got.Format != format || len(got.Notes) == 0 || !strings.HasPrefix(got.Notes[0], "the file has no structure, so its layers are taken to be 0 (2 to 3, ") {
				t.Errorf("%s: %s, %q", format, got.Format, got.Notes)
			}
		}
	}
}

// sameNet compares all but rounding.
func sameNet(a, b *relu.Network) bool {
	if a.Name != b.Name || a.Inputs != b.Inputs || len(a.Layers) != len(b.Layers) {
		return false
	}
	for l := range a.Layers {
		if !slices.Equal(a.Layers[l].Slopes, b.Layers[l].Slopes) {
			return false
		}
	}
	for _, x := range [][]float64{{0, 0}, {1, 0}, {0, 1}, {-3, 2}, {0.25, -7}} {
		if !agree(a.Output(x), b.Output(x)) {
			return false
		}
	}
	return true
}

func TestNNet(t *testing.T) {
	t.Parallel()
	f := read(t, []byte(dotNNet))
	if f.Format != "nnet" || !slices.Equal(f.Domain.Lower, []float64{-1.5, 0}) || !slices.Equal(f.Domain.Upper, []float64{2.5, 10}) || f.Notes != nil {
		t.Errorf("%+v, domain %+v", f, f.Domain)
	}
	plain := read(t, fmt.Appendf(nil, twoLayers, `"relu"`, `"linear"`)).Net
	for _, x := range [][]float64{{0.5, 5}, {-1.5, 0}, {2.5, 10}, {-1, 8}} {
		want := plain.Output([]float64{(x[0] - 0.5) / 2, (x[1] - 5) / 10})
		for i := range want {
			want[i] = 3*want[i] + 7
		}
		if got := f.Net.Output(x); !agree(got, want) {
			t.Errorf("output %v at %v, want %v", got, x, want)
		}
	}
	fails(t, []byte(strings.Replace(dotNNet, "1,2,3,", "1,2,", 1)), "test: line 15: weights of layer 2, unit 0: 2 numbers, 3 expected")
}

func TestLayersAndNorms(t *testing.T) {
	t.Parallel()
	net := weightstest.Net()
	norm := slices.Concat(net[:2], []weightstest.Stored{
		{Name: "bn.weight", Dims: []int{3}, Data: []float32{2, 4, 8}}, {Name: "bn.bias", Dims: []int{3}, Data: []float32{1, 2, 3}},
		{Name: "bn.running_mean", Dims: []int{3}, Data: []float32{0.5, -1, 0}}, {Name: "bn.running_var", Dims: []int{3}, Data: []float32{4, 16, 0.25}},
		{Name: "act.weight", Dims: []int{1}, Data: []float32{0.25}},
	}, net[2:])
	got := read(t, weightstest.Torch(norm))
	if len(got.Notes) != 3 {
		t.Errorf("notes %q", got.Notes)
	}
	for _, x := range [][]float64{{0, 0}, {1, -1}, {-3, 2}} {
		h := []float64{x[0] - x[1] + 0.125, 0.5*x[0] + 2*x[1] + 0.25, -0.25*x[0] + 4*x[1] - 0.5}
		for i, n := range [][4]float64{{2, 1, 0.5, 4}, {4, 2, -1, 16}, {8, 3, 0, 0.25}} {
			h[i] = n[0]*(h[i]-n[2])/math.Sqrt(n[3]+1e-5) + n[1]
			if h[i] < 0 {
				h[i] *= 0.25
			}
		}
		want := []float64{h[0] + 2*h[1] + 3*h[2] - 4, -h[0] + 0.5*h[1] + 0.75}
		if out := got.Net.Output(x); !agree(out, want) {
			t.Errorf("output %v at %v, want %v", out, x, want)
		}
	}
	one, err := Options{Layers: []string{"2"}}.Read(bytes.NewReader(weightstest.Torch(net)), "net")
	if err != nil || one.Net.Inputs != 3 || len(one.Net.Layers) != 1 {
		t.Errorf("%+v, %v", one, err)
	}
}

func TestOptionErrors(t *testing.T) {
	t.Parallel()
	three, err := ParseActivations("relu,relu,relu")
	if err != nil {
		t.Fatal(err)
	}
	pt := weightstest.Torch(weightstest.Net())
	prelu := weightstest.Torch(append(weightstest.Net(), weightstest.Stored{Name: "3.weight", Dims: []int{1}, Data: []float32{0.5}}))
	for _, c := range []struct {
		data []byte
		o    Options
		want string
	}{
		{pt, Options{Activations: three}, "3 activations are given, but there are 2 layers"},
		{pt, Options{Layers: []string{"7"}}, `there is no layer "7": the file has 0, 2`},
		{prelu, Options{Activations: three[:2]}, `layer "2" has a PReLU after it: its activation must be linear, not relu`},
		{[]byte(tiny), Options{Layers: []string{"1"}}, "the file says which layers and activations it has: none may be given"},
		{[]byte(dotNNet), Options{Activations: three}, "none may be given"},
	} {
		if _, err := c.o.Read(bytes.NewReader(c.data), "test"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
	for _, text := range []string{"", "ReLU", "leaky", "leaky:", "leaky:x", "leaky:inf", "leaky:nan", "relu,,relu"} {
		if _, err := ParseActivations(text); err == nil {
			t.Errorf("%q is read", text)
		}
	}
}

// The Keras files have the network of weightstest.Net, two of them with a batch
// normalisation before the activation.
func TestKeras(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, want string // the model's name
		slope      float64
	}{
		{"sequential.keras", "net", 0}, {"functional.keras", "spiral", 0}, {"sequential.h5", "net", 0.25},
	} {
		data, err := os.ReadFile("../keras/testdata/" + c.name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := Read(bytes.NewReader(data), "net.h5")
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if f.Format != "keras" || f.Net.Name != c.want || f.Notes != nil {
			t.Errorf("%s: %+v", c.name, f)
		}
		for _, x := range [][]float64{{0, 0}, {1, -1}, {-3, 2}, {0.5, 4}} {
			h := []float64{x[0] - x[1] + 0.125, 0.5*x[0] + 2*x[1] + 0.25, -0.25*x[0] + 4*x[1] - 0.5}
			for i, n := range [][4]float64{{2, 1, 0.5, 4}, {4, 2, -1, 16}, {8, 3, 0, 0.25}} {
				if h[i] = n[0]*(h[i]-n[2])/math.Sqrt(n[3]+1e-3) + n[1]; h[i] < 0 {
					h[i] *= c.slope
				}
			}
			want := []float64{h[0] + 2*h[1] + 3*h[2] - 4, -h[0] + 0.5*h[1] + 0.75}
			if out := f.Net.Output(x); !agree(out, want) {
				t.Errorf("%s: output %v at %v, want %v", c.name, out, x, want)
			}
		}
	}
}

// kerasFile is the .keras file of a Sequential model of two inputs, with the weights of
// testdata/sequential.keras.
func kerasFile(t *testing.T, layers string) []byte {
	t.Helper()
	data, err := os.ReadFile("../keras/testdata/sequential.keras")
	if err != nil {
		t.Fatal(err)
	}
	a, err := zipfile.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	weights, err := a.Read("model.weights.h5")
	if err != nil {
		t.Fatal(err)
	}
	return weightstest.Zip("config.json", fmt.Sprintf(`{"class_name": "Sequential", "config": {"name": "built", "build_input_shape": [null, 2], "layers": [%s]}}`, layers), "model.weights.h5", string(weights))
}

func TestKerasLayers(t *testing.T) {
	t.Parallel()
	hidden := `{"class_name": "Dense", "config": {"name": "dense", "activation": %s}}, %s`
	last := `{"class_name": "Dense", "config": {"name": "last"}}`
	plain := func(first string) string { return fmt.Sprintf(twoLayers, first, `"linear"`) }
	for _, c := range []struct{ activation, more, want string }{
		{`"relu"`, last, plain(`"relu"`)},
		{`"leaky_relu"`, last, plain(`{"leaky": 0.2}`)},
		{`"linear"`, `{"class_name": "LeakyReLU", "config": {"name": "l"}}, ` + last, plain(`{"leaky": 0.3}`)},
		{`null`, `{"class_name": "LeakyReLU", "config": {"name": "l", "negative_slope": 0.125}}, ` + last, plain(`{"leaky": 0.125}`)},
		{`null`, `{"class_name": "ReLU", "config": {"name": "l", "negative_slope": 0.5, "max_value": null}}, ` + last, plain(`{"leaky": 0.5}`)},
		{`{"class_name": "function", "config": "relu"}`, last, plain(`"relu"`)},
		{`"linear"`, `{"class_name": "Reshape", "config": {"name": "r", "target_shape": [3, 1]}}, {"class_name": "Flatten", "config": {"name": "f"}},
			{"class_name": "Activation", "config": {"name": "a", "activation": "relu"}}, {"class_name": "GaussianNoise", "config": {"name": "g"}}, ` + last, plain(`"relu"`)},
		{`"relu"`, last + `, {"class_name": "Rescaling", "config": {"name": "r", "scale": 2, "offset": 1}}`,
			`{"layers": [{"weights": [[1, -1], [0.5, 2], [-0.25, 4]], "bias": [0.125, 0.25, -0.5], "activation": "relu"}, {"weights": [[2, 4, 6], [-2, 1, 0]], "bias": [-7, 2.5], "activation": "linear"}]}`},
	} {
		got := read(t, kerasFile(t, fmt.Sprintf(hidden, c.activation, c.more))).Net
		want := read(t, []byte(c.want)).Net
		want.Name = "built"
		if !sameNet(got, want) {
			t.Errorf("%s, %s: %+v, want %+v", c.activation, c.more, got, want)
		}
	}
	for _, c := range []struct{ layers, want string }{
		{`{"class_name": "LSTM", "config": {"name": "memory"}}`, `layer "memory": Keras's LSTM is not supported: convert it to ONNX`},
		{fmt.Sprintf(hidden, `"swish"`, last), `layer "dense": activation "swish" is not supported: convert it to ONNX`},
		{fmt.Sprintf(hidden, `{"class_name": "Custom"}`, last), `layer "dense": activation {"class_name":"Custom"} is not supported`},
		{fmt.Sprintf(hidden, `"relu"`, last) + "," + last, `layer "last": it has 0 arrays of weights, 2 expected`},
		{`{"class_name": "Dense", "config": {"name": "d", "use_bias": false}}`, `layer "d": it has 2 arrays of weights, 1 expected`},
		{`{"class_name": "Dense", "config": {"name": "d", "use_bias": "no"}}`, `layer "d": use_bias: json: cannot unmarshal`},
		{`{"class_name": "ReLU", "config": {"name": "r", "threshold": 1}}`, `layer "r": a ReLU with threshold 1, negative_slope 0 and max_value +Inf is not supported`},
		{`{"class_name": "BatchNormalization", "config": {"name": "b", "axis": 2}}`, `layer "b": a normalisation of axis 2 of 2 is not supported`},
		{`{"class_name": "BatchNormalization", "config": {"name": "b", "scale": false}}`, `layer "b": it has 4 arrays of weights, 3 expected`},
		{`{"class_name": "Add", "config": {"name": "a"}}`, `layer "a": Add of 1 inputs`},
		{fmt.Sprintf(hidden, `"relu"`, `{"class_name": "BatchNormalization", "config": {"name": "b"}}, {"class_name": "Flatten", "config": {"name": "f"}}, `+last+`, {"class_name": "Dense", "config": {"name": "e"}}`), `layer "e": it has 0 arrays`},
	} {
		fails(t, kerasFile(t, c.layers), "test: "+c.want)
	}
}

// Branches and heads of Keras models are those of ONNX.
func TestKerasBranches(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../keras/testdata/skip.h5")
	if err != nil {
		t.Fatal(err)
	}
	net := read(t, data).Net
	for _, x := range [][]float64{{0, 0}, {1, -1}, {-3, 2}, {0.5, 4}} {
		h := []float64{max(0, x[0]-x[1]+0.125), max(0, 0.5*x[0]+2*x[1]+0.25), max(0, -0.25*x[0]+4*x[1]-0.5)}
		want := []float64{h[0] + 2*h[1] + 3*h[2] - 4 + x[0], -h[0] + 0.5*h[1] + 0.75 + x[1]}
		if out := net.Output(x); !agree(out, want) {
			t.Errorf("output %v at %v, want %v", out, x, want)
		}
	}
	dense := `{"class_name": "Dense", "config": {"name": "dense", "activation": %q}}, {"class_name": "Dense", "config": {"name": "last", "activation": %q}}`
	plain := read(t, kerasFile(t, fmt.Sprintf(dense, "relu", "linear"))).Net
	head := read(t, kerasFile(t, fmt.Sprintf(dense, "relu", "softmax"))).Net
	if !sameNet(head, plain) || len(head.LeftOut) != 1 {
		t.Errorf("with softmax: %+v, without: %+v", head, plain)
	}
	six := read(t, kerasFile(t, fmt.Sprintf(dense, "relu6", "linear"))).Net
	for _, x := range [][]float64{{0, 0}, {1, -1}, {-3, 2}, {9, 40}} {
		h := []float64{x[0] - x[1] + 0.125, 0.5*x[0] + 2*x[1] + 0.25, -0.25*x[0] + 4*x[1] - 0.5}
		for i := range h {
			h[i] = min(6, max(0, h[i]))
		}
		want := []float64{h[0] + 2*h[1] + 3*h[2] - 4, -h[0] + 0.5*h[1] + 0.75}
		if out := six.Output(x); !agree(out, want) {
			t.Errorf("relu6: output %v at %v, want %v", out, x, want)
		}
	}
}
