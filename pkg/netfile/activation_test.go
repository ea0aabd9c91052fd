package netfile

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	. "relucount/pkg/onnx/onnxtest"
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
	// At x = (1, 2, -1) the products with the rows of W23 are -6 and 9.5.
	gemm := Op("Gemm", In("x", "w"), "p", AttrI("transB", 1))
	back := Op("Gemm", In("q", "v"), "y", AttrI("transB", 1))
	w, v := Raw32("w", Dims(2, 3), W23...), Raw32("v", Dims(1, 2), 1, 2)
	leaky := func(a float64) relu.Slopes { return relu.Slopes{Inactive: a, Active: 1} }
	alpha := float64(float32(0.01))
	for _, c := range []struct {
		name   string
		parts  []Part        // from p to q
		slopes []relu.Slopes // of the first layer; nil: the network is linear
		want   float64
	}{
		{"leaky by default", []Part{Op("LeakyRelu", In("p"), "q")}, []relu.Slopes{leaky(alpha), leaky(alpha)}, -6*alpha + 19},
		{"leaky", []Part{Op("LeakyRelu", In("p"), "q", AttrF("alpha", 0.25))}, []relu.Slopes{leaky(0.25), leaky(0.25)}, -1.5 + 19},
		{"a slope below 0", []Part{Op("LeakyRelu", In("p"), "q", AttrF("alpha", -2))}, []relu.Slopes{leaky(-2), leaky(-2)}, 12 + 19},
		{"leaky without a leak", []Part{Op("LeakyRelu", In("p"), "q", AttrF("alpha", 0))}, relu.ReLU(2), 19},
		{"abs", []Part{Op("Abs", In("p"), "q")}, []relu.Slopes{leaky(-1), leaky(-1)}, 6 + 19},
		{"prelu with a scalar", []Part{Op("PRelu", In("p", "s"), "q"), Raw32("s", nil, 0.5)}, []relu.Slopes{leaky(0.5), leaky(0.5)}, -3 + 19},
		{"prelu with one slope", []Part{Op("PRelu", In("p", "s"), "q"), Raw32("s", Dims(1), 0.5)}, []relu.Slopes{leaky(0.5), leaky(0.5)}, -3 + 19},
		{"prelu", []Part{Op("PRelu", In("p", "s"), "q"), Raw32("s", Dims(2), 0.5, 3)}, []relu.Slopes{leaky(0.5), leaky(3)}, -3 + 19},
		{"prelu by row", []Part{Op("PRelu", In("p", "s"), "q"), Raw32("s", Dims(1, 2), 0.5, 3)}, []relu.Slopes{leaky(0.5), leaky(3)}, -3 + 19},
		{"prelu from a node", []Part{Op("Constant", nil, "s", AttrFloats("value_floats", 0.5, 3)), Op("PRelu", In("p", "s"), "q")},
			[]relu.Slopes{leaky(0.5), leaky(3)}, -3 + 19},
		{"prelu of channels", []Part{Op("Reshape", In("p", "shape"), "r"), Op("PRelu", In("r", "s"), "u"), Op("Flatten", In("u"), "q"), Ints("shape", Dims(4), 1, 2, 1, 1), Raw32("s", Dims(2, 1, 1), 0.5, 3)}, []relu.Slopes{leaky(0.5), leaky(3)}, -3 + 19},
		{"a unit without a kink", []Part{Op("PRelu", In("p", "s"), "q"), Raw32("s", Dims(2), 1, 0)}, relu.ReLU(1), -6 + 19},
		{"slope 1", []Part{Op("LeakyRelu", In("p"), "q", AttrF("alpha", 1))}, nil, -6 + 19},
		{"slopes of 1", []Part{Op("PRelu", In("p", "s"), "q"), Raw32("s", Dims(2), 1, 1)}, nil, -6 + 19},
		{"leaky after leaky", []Part{Op("LeakyRelu", In("p"), "r", AttrF("alpha", 0.5)), Op("LeakyRelu", In("r"), "q", AttrF("alpha", 0.5))},
			[]relu.Slopes{leaky(0.25), leaky(0.25)}, -1.5 + 19},
		{"relu after abs", []Part{Op("Abs", In("p"), "r"), Op("Relu", In("r"), "q")}, []relu.Slopes{leaky(-1), leaky(-1)}, 6 + 19},
		{"abs after relu", []Part{Op("Relu", In("p"), "r"), Op("Abs", In("r"), "q")}, relu.ReLU(2), 19},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := From(Dims(-1, 3), slices.Concat([]Part{gemm}, c.parts, []Part{back, w, v})...)
			f := read(t, m.Bytes())
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
	m := From(Dims(-1, 3), gemm, Op("LeakyRelu", In("p"), "y", AttrF("alpha", 0.25)), w)
	if got := read(t, m.Bytes()).Net.Output([]float64{1, 2, -1}); !agree(got, []float64{-1.5, 9.5}) {
		t.Errorf("output %v", got)
	}
}

func TestActivationErrors(t *testing.T) {
	w := Raw32("w", Dims(2, 3), W23...)
	gemm := Op("Gemm", In("x", "w"), "p", AttrI("transB", 1))
	for _, c := range []struct {
		parts []Part // after p
		want  string
	}{
		{[]Part{Op("LeakyRelu", In("p"), "y", AttrF("alpha", math.Inf(1)))}, "node 1: attribute alpha of LeakyRelu is +Inf"},
		{[]Part{Op("LeakyRelu", In("p"), "y", AttrI("alpha", 1))}, "node 1: attribute alpha of LeakyRelu is of kind 2, not 1"},
		{[]Part{Op("LeakyRelu", In("p"), "y", AttrF("beta", 1))}, "node 1: attribute beta of LeakyRelu is not supported"},
		{[]Part{Op("Abs", In("p", "p"), "y")}, "node 1: Abs has 2 inputs, at most 1 expected"},
		{[]Part{Op("PRelu", In("p"), "y")}, "node 1: PRelu lacks input 1 of at least 2"},
		{[]Part{Op("PRelu", In("p", "s"), "y"), Raw32("s", Dims(2), 1, math.NaN())}, `node 1: initializer "s"[1] is NaN`},
		{[]Part{Op("PRelu", In("p", "s"), "y"), Raw32("s", Dims(3), 1, 2, 3)}, "node 1: PRelu: slopes of shape [3] do not fit [1 2]"},
		{[]Part{Op("PRelu", In("p", "s"), "y"), Raw32("s", Dims(2, 1, 1), 1, 2)}, "node 1: PRelu: slopes of shape [2 1 1] do not fit [1 2]"},
		{[]Part{Op("PRelu", In("s", "p"), "y"), Raw32("s", Dims(1, 2), 1, 2)}, "node 1: input 1 of PRelu depends on the network's input"},
		{[]Part{Op("PRelu", In("p", "p"), "y")}, "node 1: input 1 of PRelu depends on the network's input"},
	} {
		m := From(Dims(-1, 3), append([]Part{gemm, w}, c.parts...)...)
		fails(t, m.Bytes(), c.want)
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
		w := mat.NewDense(2, 2, slices.Concat(n.layers[0].weights...))
		net := &relu.Chain{Inputs: 2, Layers: []relu.Dense{{W: w, B: n.layers[0].bias, Slopes: []relu.Slopes{{Inactive: 0.25, Active: 1}, {Inactive: -0.5, Active: 1}}}}}
		mags := [][]float64{{8, 8}}
		for i := range net.Layers[0].Slopes {
			s := &net.Layers[0].Slopes[i]
			for _, k := range []*float64{&s.Inactive, &s.Active} {
				*k += 0.01
				if err := check(net, nil, mags, n.forward); err == nil || !strings.Contains(err.Error(), "output, unit ") {
					t.Errorf("bias %s: slopes %v of unit %d are not found: %v", bias, *s, i, err)
				}
				*k -= 0.01
			}
		}
		if err := check(net, nil, mags, n.forward); err != nil {
			t.Error(err)
		}
	}
	// values that would overflow there are no error
	net := &relu.Chain{Inputs: 1, Layers: []relu.Dense{{W: mat.NewDense(1, 1, []float64{1e299}), B: []float64{1e307}, Slopes: relu.ReLU(1)}}}
	err := check(net, nil, [][]float64{{1.1e307}}, func(x []float64) ([][]float64, []float64, error) {
		g := net.Forward(x)
		return g, net.Output(x), nil
	})
	if err != nil {
		t.Error(err)
	}
}
