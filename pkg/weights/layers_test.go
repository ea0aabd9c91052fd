package weights

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// ramp is an array of the numbers 0, 1, ...
func ramp(name string, dims ...int) Array {
	n, _ := count(dims)
	a := Array{Name: name, Dims: dims, Data: make([]float64, n)}
	for i := range a.Data {
		a.Data[i] = float64(i)
	}
	return a
}

func TestParseName(t *testing.T) {
	for name, want := range map[string][2]string{
		"0.weight": {"0", "weight"}, "encoder.layers.3.bias": {"encoder.layers.3", "bias"}, "fc1.running_var": {"fc1", "var"},
		"weight": {"", "weight"}, "W1": {"1", "weight"}, "b12": {"12", "bias"}, "w_3": {"3", "weight"}, "fc1_weight": {"fc1", "weight"}, "layer1_b": {"layer1", "bias"},
		"weights_0": {"0", "weight"}, "biases0": {"0", "bias"}, "coefs_1": {"1", "weight"}, "intercepts_1": {"1", "bias"},
		"dense/kernel:0": {"dense", "weight"}, "params/Dense_0/kernel": {"params/Dense_0", "weight"}, "bn/moving_variance:0": {"bn", "var"}, "bn/gamma:0": {"bn", "weight"},
		"bn.num_batches_tracked": {"bn", "batches"},
		"arr_0":                  {}, "emb": {}, "lstm.weight_ih_l0": {}, "mean": {}, "0.weight_g": {}, "a.": {},
	} {
		if in, role, _ := parseName(name); in != want[0] || role != want[1] {
			t.Errorf("%s: %q, %q, want %q", name, in, role, want)
		}
	}
}

func TestLayers(t *testing.T) {
	// 2 to 3 to 1 in both orientations.
	rows := []Layer{{Name: "0", In: 2, Out: 3, Weights: ramp("", 6).Data, Bias: ramp("", 3).Data}, {Name: "2", In: 3, Out: 1, Weights: ramp("", 3).Data, Bias: ramp("", 1).Data}}
	columns := slices.Clone(rows)
	columns[0].Weights = []float64{0, 3, 1, 4, 2, 5}
	named := func(from []Layer, names ...string) []Layer {
		out := slices.Clone(from)
		for i := range out {
			out[i].Name = names[i]
		}
		return out
	}
	noBias := slices.Clone(columns)
	noBias[0].Bias, noBias[1].Bias = nil, nil
	square := []Layer{{Name: "1", In: 2, Out: 2, Weights: ramp("", 4).Data, Bias: ramp("", 2).Data}}
	squareColumns := []Layer{{Name: "1", In: 2, Out: 2, Weights: []float64{0, 2, 1, 3}, Bias: ramp("", 2).Data}}
	normed := slices.Clone(rows)
	one, zero := []float64{1, 1, 1}, []float64{0, 0, 0}
	normed[0].Norms = []Norm{{Name: "1", Scale: ramp("", 3).Data, Shift: ramp("", 3).Data, Mean: ramp("", 3).Data, Var: ramp("", 3).Data, Epsilon: 1e-5}}
	plain := slices.Clone(rows)
	plain[0].Norms = []Norm{{Name: "bn", Scale: one, Shift: zero, Mean: ramp("", 3).Data, Var: ramp("", 3).Data, Epsilon: 1e-3}}
	sloped := slices.Clone(rows)
	sloped[0].Slopes = ramp("", 3).Data
	counter := Array{Name: "1.num_batches_tracked", Type: "I64"}
	for _, c := range []struct {
		name   string
		arrays []Array
		layers []string
		want   []Layer
		note   string
	}{
		{"PyTorch", []Array{ramp("0.weight", 3, 2), ramp("0.bias", 3), ramp("2.weight", 1, 3), ramp("2.bias", 1)}, nil, rows, ""},
		{"bias first", []Array{ramp("0.bias", 3), ramp("0.weight", 3, 2), ramp("2.bias", 1), ramp("2.weight", 1, 3)}, nil, rows, ""},
		{"Keras", []Array{ramp("a/kernel:0", 2, 3), ramp("a/bias:0", 3), ramp("b/kernel:0", 3, 1), ramp("b/bias:0", 1)}, nil, named(columns, "a", "b"), ""},
		{"scikit-learn", []Array{ramp("coefs_0", 2, 3), ramp("intercepts_0", 3), ramp("coefs_1", 3, 1), ramp("intercepts_1", 1)}, nil, named(columns, "0", "1"), ""},
		{"rows by shape", []Array{ramp("W1", 3, 2), ramp("b1", 3), ramp("W2", 1, 3), ramp("b2", 1)}, nil, named(rows, "1", "2"), ""},
		{"columns by shape", []Array{ramp("W1", 2, 3), ramp("b1", 3), ramp("W2", 3, 1), ramp("b2", 1)}, nil, named(columns, "1", "2"), "a column for each unit, by their shapes"},
		{"columns without bias", []Array{ramp("W1", 2, 3), ramp("W2", 3, 1)}, nil, named(noBias, "1", "2"), "a column for each unit"},
		{"pairs", []Array{ramp("arr_0", 2, 3), ramp("arr_1", 3), ramp("arr_2", 3, 1), ramp("arr_3", 1)}, nil, named(columns, "arr_0", "arr_2"), "a column for each unit"},
		{"square", []Array{ramp("W1", 2, 2), ramp("b1", 2)}, nil, square, "their shapes would allow a column"},
		{"square of Keras", []Array{ramp("1/kernel", 2, 2), ramp("1/bias", 2)}, nil, squareColumns, ""},
		{"square of PyTorch", []Array{ramp("1.weight", 2, 2), ramp("1.bias", 2)}, nil, square, ""},
		{"normalisation", []Array{ramp("0.weight", 3, 2), ramp("0.bias", 3), ramp("1.weight", 3), ramp("1.bias", 3), ramp("1.running_mean", 3), ramp("1.running_var", 3), counter, ramp("2.weight", 1, 3), ramp("2.bias", 1)}, nil, normed, "1 is a batch normalisation before the activation, with epsilon 1e-05"},
		{"normalisation of Keras", []Array{ramp("0.weight", 3, 2), ramp("0.bias", 3), ramp("bn/moving_mean", 3), ramp("bn/moving_variance", 3), ramp("2.weight", 1, 3), ramp("2.bias", 1)}, nil, plain, "epsilon 0.001"},
		{"PReLU", []Array{ramp("0.weight", 3, 2), ramp("0.bias", 3), ramp("1.weight", 3), ramp("2.weight", 1, 3), ramp("2.bias", 1)}, nil, sloped, "1 is a PReLU"},
		{"chosen", []Array{ramp("2.weight", 1, 3), ramp("2.bias", 1), ramp("other", 7), ramp("0.weight", 3, 2), ramp("0.bias", 3)}, []string{"0.weight", "2"}, rows, ""},
	} {
		got, notes, err := Layers(c.arrays, c.layers)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, %v, want %+v", c.name, got, err, c.want)
		}
		if note := strings.Join(notes, "; "); (note == "") != (c.note == "") || !strings.Contains(note, c.note) {
			t.Errorf("%s: notes %q, want %q", c.name, note, c.note)
		}
	}
}

func TestLayerErrors(t *testing.T) {
	w, b := ramp("0.weight", 3, 2), ramp("0.bias", 3)
	bad := ramp("0.bias", 3)
	bad.Data[1] = math.NaN()
	for _, c := range []struct {
		name   string
		arrays []Array
		layers []string
		want   string
	}{
		{"nothing", nil, nil, "no matrix of weights among its 0 arrays"},
		{"a convolution", []Array{ramp("conv.weight", 8, 1, 3, 3), ramp("conv.bias", 8)}, nil, `array "conv.weight" of shape [8 1 3 3] is of a convolution: export the network to ONNX`},
		{"a recurrent layer", []Array{w, b, ramp("lstm.weight_ih_l0", 4, 3)}, nil, `array "lstm.weight_ih_l0" is not known by its name: name the layers in order with -layers`},
		{"layer norm", []Array{w, b, ramp("1.weight", 3), ramp("1.bias", 3)}, nil, `layer "1", with weight, bias (weight of shape [3]), is not understood`},
		{"a bias alone", []Array{w, b, ramp("1.bias", 3)}, nil, `layer "1", with bias, is not understood`},
		{"sizes", []Array{w, b, ramp("2.weight", 1, 4)}, nil, `layer "2" takes 4 numbers, but layer "0" before it gives 3: name the layers in order`},
		{"columns in PyTorch", []Array{ramp("0.weight", 2, 3), b}, nil, `layer "0" has 2 units, but the bias has 3 numbers`},
		{"rank of the bias", []Array{w, ramp("0.bias", 3, 1)}, nil, `array "0.bias" has the shape [3 1]: one dimension is needed`},
		{"not a number", []Array{w, bad}, nil, `array "0.bias": number 1 is NaN`},
		{"integers", []Array{{Name: "0.weight", Dims: []int{3, 2}, Type: "I8"}}, nil, `array "0.weight" has numbers of type I8`},
		{"empty", []Array{ramp("0.weight", 3, 0)}, nil, `array "0.weight" of shape [3 0] is empty`},
		{"twice", []Array{ramp("a/kernel", 2, 2), ramp("a/kernel:0", 2, 2)}, nil, `arrays "a/kernel" and "a/kernel:0" are both the weight of one layer`},
		{"normalisation first", []Array{ramp("0.running_mean", 2), ramp("0.running_var", 2), w, b}, nil, `layer "0", with weight, bias, mean, var`},
		{"normalisation of inputs", []Array{ramp("bn.running_mean", 2), ramp("bn.running_var", 2), w, b}, nil, `layer "bn" is no matrix, but there is none before it`},
		{"normalisation after PReLU", []Array{w, b, ramp("1.weight", 1), ramp("2.running_mean", 3), ramp("2.running_var", 3)}, nil, "a normalisation after an activation"},
		{"two PReLUs", []Array{w, b, ramp("1.weight", 1), ramp("2.weight", 1)}, nil, "an activation after another"},
		{"size of a normalisation", []Array{w, b, ramp("1.running_mean", 2), ramp("1.running_var", 2)}, nil, `layer "0" has 3 units, but the normalisation 1 has 2 numbers`},
		{"size of a PReLU", []Array{w, b, ramp("1.weight", 2)}, nil, `layer "0" has 3 units, but the PReLU after it has 2 numbers`},
		{"a name", []Array{w, b}, []string{"1"}, `there is no layer "1": the file has 0`},
		{"pairs", []Array{ramp("arr_0", 3), ramp("arr_1", 3, 2)}, nil, `array "arr_0" of shape [3] is neither the weights of a layer nor the bias after them`},
	} {
		_, _, err := Layers(c.arrays, c.layers)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}
