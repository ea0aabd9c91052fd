package netfile

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"relucount/pkg/onnx"
	"relucount/pkg/weights"
	"relucount/pkg/zipfile"
)

func readTorch(data []byte, o Options) (*File, error) { return fromArchive(data, o, weights.Torch) }

func readNpz(data []byte, o Options) (*File, error) { return fromArchive(data, o, weights.Npz) }

func readOldTorch(data []byte, o Options) (*File, error) {
	arrays, err := weights.OldTorch(data)
	return fromArrays(arrays, err, o, len(data))
}

func readSafetensors(data []byte, o Options) (*File, error) {
	arrays, err := weights.Safetensors(data)
	return fromArrays(arrays, err, o, len(data))
}

func fromArchive(data []byte, o Options, read func(*zipfile.Archive, int) ([]weights.Array, error)) (*File, error) {
	a, err := zipfile.Open(data)
	if err != nil {
		return nil, err
	}
	arrays, err := read(a, len(data))
	return fromArrays(arrays, err, o, len(data))
}

// fromArrays makes a chain of layers of arrays.
func fromArrays(arrays []weights.Array, err error, o Options, fileBytes int) (*File, error) {
	if err != nil {
		return nil, err
	}
	layers, notes, err := weights.Layers(arrays, o.Layers)
	if err != nil {
		return nil, err
	}
	acts, err := o.activations(len(layers))
	if err != nil {
		return nil, err
	}
	b := onnx.NewBuilder("", layers[0].In)
	at := b.Input()
	var chain []string
	for l, lay := range layers {
		at = addLayer(b, lay, at)
		act := acts[l]
		if lay.Slopes != nil {
			if len(o.Activations) > 1 && act.name != "linear" {
				return nil, fmt.Errorf("layer %q has a PReLU after it: its activation must be linear, not %s", lay.Name, act.name)
			}
			act = Activation{name: "PReLU", op: "PRelu", constant: lay.Slopes}
		}
		at = act.add(b, lay.Name, at)
		chain = append(chain, fmt.Sprintf("%s (%d to %d, %s)", lay.Name, lay.In, lay.Out, act.name))
	}
	g, err := b.Graph(at, fileBytes)
	if err != nil {
		return nil, err
	}
	f, err := fromGraph(g, nil)
	if err != nil {
		return nil, err
	}
	f.Notes = append([]string{"the file has no structure, so its layers are taken to be " + strings.Join(chain, ", ") + "; -layers and -activation say otherwise"}, notes...)
	return f, nil
}

// addLayer adds an affine map and its normalisations.
func addLayer(b *onnx.Builder, lay weights.Layer, at string) string {
	in := []string{at, b.Constant("weight", []int{lay.Out, lay.In}, lay.Weights)}
	if lay.Bias != nil {
		in = append(in, b.Constant("bias", []int{lay.Out}, lay.Bias))
	}
	at = b.Node(lay.Name, "Gemm", in, onnx.IntAttribute("transB", 1))
	for _, n := range lay.Norms {
		in := []string{at}
		for _, v := range [][]float64{n.Scale, n.Shift, n.Mean, n.Var} {
			in = append(in, b.Constant(n.Name, []int{lay.Out}, v))
		}
		at = b.Node(n.Name, "BatchNormalization", in, onnx.FloatAttribute("epsilon", n.Epsilon))
	}
	return at
}

// Activation is a function after a layer.
type Activation struct {
	name       string
	op         string // none when it is linear
	attributes []onnx.Attribute
	constant   []float64 // its second input, or nil
}

// ParseActivations reads activations with commas between them, each "relu",
// "leaky:0.01", "abs" or "linear".
func ParseActivations(text string) (out []Activation, err error) {
	for word := range strings.SplitSeq(text, ",") {
		a, err := parseActivation(strings.TrimSpace(word))
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

func parseActivation(word string) (Activation, error) {
	switch word {
	case "relu":
		return Activation{name: word, op: "Relu"}, nil
	case "abs":
		return Activation{name: word, op: "Abs"}, nil
	case "linear":
		return Activation{name: word}, nil
	}
	if text, ok := strings.CutPrefix(word, "leaky:"); ok {
		slope, err := strconv.ParseFloat(text, 64)
		if err == nil && !math.IsInf(slope, 0) && !math.IsNaN(slope) {
			return Activation{name: word, op: "LeakyRelu", attributes: []onnx.Attribute{onnx.FloatAttribute("alpha", slope)}}, nil
		}
	}
	return Activation{}, fmt.Errorf("%q: relu, leaky:SLOPE, abs or linear belongs here", word)
}

// activations are those of n layers.
func (o Options) activations(n int) ([]Activation, error) {
	given := o.Activations
	switch {
	case len(given) == 0:
		given = []Activation{{name: "relu", op: "Relu"}}
	case len(given) == n:
		return given, nil
	case len(given) > 1:
		return nil, fmt.Errorf("%d activations are given, but there are %d layers", len(given), n)
	}
	return append(slices.Repeat(given, n-1), Activation{name: "linear"}), nil
}

// add adds the activation after a tensor.
func (a Activation) add(b *onnx.Builder, layer, at string) string {
	if a.op == "" {
		return at
	}
	in := []string{at}
	if a.constant != nil {
		in = append(in, b.Constant("slopes", []int{len(a.constant)}, a.constant))
	}
	return b.Node(layer, a.op, in, a.attributes...)
}
