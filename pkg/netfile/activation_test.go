package netfile

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/relu"
)

// slopesOf lists the slopes of each layer.
func slopesOf(n *relu.Network) (out [][]relu.Slopes) {
	for _, l := range n.Layers {
		out = append(out, l.Slopes)
	}
	return out
}

func TestActivations(t *testing.T) {
	// At x = (1, 2, -1) the products with the rows of w23 are -6 and 9.5.
	gemm := op("Gemm", in("x", "w"), "p", attrI("transB", 1))
	back := op("Gemm", in("q", "v"), "y", attrI("transB", 1))
	w, v := raw32("w", dims(2, 3), w23...), raw32("v", dims(1, 2), 1, 2)
	leaky := func(a float64) relu.Slopes { return relu.Slopes{Inactive: a, Active: 1} }
	alpha := float64(float32(0.01))
	for _, c := range []struct {
		name    string
		nodes   [][]byte // from p to q
		tensors [][]byte
		slopes  []relu.Slopes // of the first layer; nil: the network is linear
		want    float64
	}{
		{"leaky by default", [][]byte{op("LeakyRelu", in("p"), "q")}, nil, []relu.Slopes{leaky(alpha), leaky(alpha)}, -6*alpha + 19},
		{"leaky", [][]byte{op("LeakyRelu", in("p"), "q", attrF("alpha", 0.25))}, nil, []relu.Slopes{leaky(0.25), leaky(0.25)}, -1.5 + 19},
		{"a slope below 0", [][]byte{op("LeakyRelu", in("p"), "q", attrF("alpha", -2))}, nil, []relu.Slopes{leaky(-2), leaky(-2)}, 12 + 19},
		{"leaky without a leak", [][]byte{op("LeakyRelu", in("p"), "q", attrF("alpha", 0))}, nil, relu.ReLU(2), 19},
		{"abs", [][]byte{op("Abs", in("p"), "q")}, nil, []relu.Slopes{leaky(-1), leaky(-1)}, 6 + 19},
		{"prelu with a scalar", [][]byte{op("PRelu", in("p", "s"), "q")}, [][]byte{raw32("s", nil, 0.5)}, []relu.Slopes{leaky(0.5), leaky(0.5)}, -3 + 19},
		{"prelu with one slope", [][]byte{op("PRelu", in("p", "s"), "q")}, [][]byte{raw32("s", dims(1), 0.5)}, []relu.Slopes{leaky(0.5), leaky(0.5)}, -3 + 19},
		{"prelu", [][]byte{op("PRelu", in("p", "s"), "q")}, [][]byte{raw32("s", dims(2), 0.5, 3)}, []relu.Slopes{leaky(0.5), leaky(3)}, -3 + 19},
		{"prelu by row", [][]byte{op("PRelu", in("p", "s"), "q")}, [][]byte{raw32("s", dims(1, 2), 0.5, 3)}, []relu.Slopes{leaky(0.5), leaky(3)}, -3 + 19},
		{"prelu from a node", [][]byte{op("Constant", nil, "s", attrFloats("value_floats", 0.5, 3)), op("PRelu", in("p", "s"), "q")}, nil,
			[]relu.Slopes{leaky(0.5), leaky(3)}, -3 + 19},
		{"prelu of channels", [][]byte{op("Reshape", in("p", "shape"), "r"), op("PRelu", in("r", "s"), "u"), op("Flatten", in("u"), "q")},
			[][]byte{ints("shape", dims(4), 1, 2, 1, 1), raw32("s", dims(2, 1, 1), 0.5, 3)}, []relu.Slopes{leaky(0.5), leaky(3)}, -3 + 19},
		{"a unit without a kink", [][]byte{op("PRelu", in("p", "s"), "q")}, [][]byte{raw32("s", dims(2), 1, 0)}, []relu.Slopes{leaky(1), leaky(0)}, -6 + 19},
		{"slope 1", [][]byte{op("LeakyRelu", in("p"), "q", attrF("alpha", 1))}, nil, nil, -6 + 19},
		{"slopes of 1", [][]byte{op("PRelu", in("p", "s"), "q")}, [][]byte{raw32("s", dims(2), 1, 1)}, nil, -6 + 19},
		{"leaky after leaky", [][]byte{op("LeakyRelu", in("p"), "r", attrF("alpha", 0.5)), op("LeakyRelu", in("r"), "q", attrF("alpha", 0.5))}, nil,
			[]relu.Slopes{leaky(0.25), leaky(0.25)}, -1.5 + 19},
		{"relu after abs", [][]byte{op("Abs", in("p"), "r"), op("Relu", in("r"), "q")}, nil, []relu.Slopes{leaky(-1), leaky(-1)}, 6 + 19},
		{"abs after relu", [][]byte{op("Relu", in("p"), "r"), op("Abs", in("r"), "q")}, nil, relu.ReLU(2), 19},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := testModel{shape: dims(-1, 3), nodes: append(append([][]byte{gemm}, c.nodes...), back), tensors: append(c.tensors, w, v)}
			f := read(t, m.bytes())
			if got := f.Net.Output([]float64{1, 2, -1}); !agree(got, []float64{c.want}) {
				t.Errorf("output %v, want %v", got, c.want)
			}
			want := [][]relu.Slopes{c.slopes, nil}
			if c.slopes == nil {
				want = want[1:]
			}
			if got := slopesOf(f.Net); !slices.EqualFunc(got, want, slices.Equal[[]relu.Slopes]) {
				t.Errorf("slopes %v, want %v", got, want)
			}
		})
	}
	// at the end, where nothing but the output shows the slopes
	m := testModel{shape: dims(-1, 3), nodes: [][]byte{gemm, op("LeakyRelu", in("p"), "y", attrF("alpha", 0.25))}, tensors: [][]byte{w}}
	if got := read(t, m.bytes()).Net.Output([]float64{1, 2, -1}); !agree(got, []float64{-1.5, 9.5}) {
		t.Errorf("output %v", got)
	}
}

func TestActivationErrors(t *testing.T) {
	w := raw32("w", dims(2, 3), w23...)
	gemm := op("Gemm", in("x", "w"), "p", attrI("transB", 1))
	for _, c := range []struct {
		node    []byte
		tensors [][]byte
		want    string
	}{
		{op("LeakyRelu", in("p"), "y", attrF("alpha", math.Inf(1))), nil, "node 1: attribute alpha of LeakyRelu is +Inf"},
		{op("LeakyRelu", in("p"), "y", attrI("alpha", 1)), nil, "node 1: attribute alpha of LeakyRelu is of kind 2, not 1"},
		{op("LeakyRelu", in("p"), "y", attrF("beta", 1)), nil, "node 1: attribute beta of LeakyRelu is not supported"},
		{op("Abs", in("p", "p"), "y"), nil, "node 1: Abs has 2 inputs, at most 1 expected"},
		{op("PRelu", in("p"), "y"), nil, "node 1: PRelu lacks input 1 of at least 2"},
		{op("PRelu", in("p", "s"), "y"), [][]byte{raw32("s", dims(2), 1, math.NaN())}, `node 1: initializer "s"[1] is NaN`},
		{op("PRelu", in("p", "s"), "y"), [][]byte{raw32("s", dims(3), 1, 2, 3)}, "node 1: PRelu: slopes of shape [3] do not fit [1 2]"},
		{op("PRelu", in("p", "s"), "y"), [][]byte{raw32("s", dims(2, 1, 1), 1, 2)}, "node 1: PRelu: slopes of shape [2 1 1] do not fit [1 2]"},
		{op("PRelu", in("s", "p"), "y"), [][]byte{raw32("s", dims(1, 2), 1, 2)}, "node 1: input 1 of PRelu depends on the network's input"},
		{op("PRelu", in("p", "p"), "y"), nil, `node 1: inputs "p" and "p" of PRelu both depend`},
	} {
		m := testModel{shape: dims(-1, 3), nodes: [][]byte{gemm, c.node}, tensors: append(c.tensors, w)}
		fails(t, m.bytes(), c.want)
	}
}

func TestJSONActivations(t *testing.T) {
	net := func(act string) string {
		return `{"layers": [{"weights": [[1, 0], [0, 1]], "bias": [0, 0], "activation": ` + act + `},
			{"weights": [[1, 10]], "bias": [0], "activation": "linear"}]}`
	}
	for _, c := range []struct {
		act    string
		want   float64 // at (-2, -3)
		layers int
	}{
		{`"relu"`, 0, 2}, {`"abs"`, 32, 2}, {`"linear"`, -32, 1}, {`{"leaky": 0.5}`, -16, 2}, {`{"leaky": [0.5, -1]}`, 29, 2},
		{`{"leaky": 1}`, -32, 1}, {`{"leaky": [1, 1]}`, -32, 1}, {`{"leaky": [1, 0]}`, -2, 2}, {` { "leaky" : 0 } `, 0, 2},
	} {
		f, err := Read(strings.NewReader(net(c.act)), "test")
		if err != nil {
			t.Errorf("%s: %v", c.act, err)
			continue
		}
		if got := f.Net.Output([]float64{-2, -3}); !agree(got, []float64{c.want}) || len(f.Net.Layers) != c.layers {
			t.Errorf("%s: output %v of %d layers, want %v of %d", c.act, got, len(f.Net.Layers), c.want, c.layers)
		}
		if got := f.Net.Output([]float64{2, 3}); !agree(got, []float64{32}) {
			t.Errorf("%s: output %v, want 32", c.act, got)
		}
	}
	for act, want := range map[string]string{
		`{"leaky": [0.5]}`:             "layers[0].activation: 1 slopes, 2 expected",
		`{"leaky": "x"}`:               "layers[0].activation.leaky: a string where a number should be",
		`{"leaky": [0.5, null]}`:       "layers[0].activation.leaky[1]: null where a number should be",
		`{"leaky": 1e999}`:             "layers[0].activation.leaky: 1e999 is out of range",
		`{}`:                           `layers[0].activation: empty ({"leaky": slope} is known)`,
		`{"elu": 1}`:                   `layers[0].activation.elu: not known ({"leaky": slope} is)`,
		`{"leaky": 0.5, "leaky": 1}`:   "layers[0].activation.leaky: one activation is enough",
		`["leaky", 1]`:                 "layers[0].activation: an array where a string or an object should be",
		`"leaky"`:                      `layers[0].activation: "leaky" is not known (relu, abs, linear, or {"leaky": slope})`,
		`{"leaky": {"slope": [0, 1]}}`: "layers[0].activation.leaky: an object where a number should be",
	} {
		fails(t, []byte(net(act)), want)
	}
}

// A wrong slope is found on either side of the kink, also where all inputs of
// the domain are on one side.
func TestCheckFindsSlopes(t *testing.T) {
	for _, bias := range []string{"0", "5", "-5"} {
		text := `{"layers": [{"weights": [[1, 2], [-2, 1]], "bias": [` + bias + `, ` + bias + `], "activation": {"leaky": [0.25, -0.5]}}]}`
		r := &jsonReader{dec: json.NewDecoder(strings.NewReader(text))}
		r.dec.UseNumber()
		n, err := r.network()
		if err != nil {
			t.Fatal(err)
		}
		f, err := n.file(newBudget(0))
		if err != nil {
			t.Fatal(err)
		}
		mags := [][]float64{{8, 8}}
		for i := range f.Net.Layers[0].Slopes {
			s := &f.Net.Layers[0].Slopes[i]
			for _, k := range []*float64{&s.Inactive, &s.Active} {
				*k += 0.01
				if err := check(f.Net, nil, mags, n.forward); err == nil || !strings.Contains(err.Error(), "output, unit ") {
					t.Errorf("bias %s: slopes %v of unit %d are not found: %v", bias, *s, i, err)
				}
				*k -= 0.01
			}
		}
		if err := check(f.Net, nil, mags, n.forward); err != nil {
			t.Error(err)
		}
	}
	// values that would overflow there are no error
	net := &relu.Network{Inputs: 1, Layers: []relu.Layer{{W: mat.NewDense(1, 1, []float64{1e299}), B: []float64{1e307}, Slopes: relu.ReLU(1)}}}
	err := check(net, nil, [][]float64{{1.1e307}}, func(x []float64) ([][]float64, []float64, error) {
		g := net.Forward(x)
		return g, net.Output(x), nil
	})
	if err != nil {
		t.Error(err)
	}
}
