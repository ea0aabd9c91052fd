package keras

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"relucount/pkg/onnx"
)

// Graph makes an ONNX graph of a model: each layer becomes the nodes that compute it.
// The size of the file limits the arithmetic that the graph may ask for.
func (m *Model) Graph(fileBytes int) (*onnx.Graph, error) {
	k := &grapher{Builder: onnx.NewBuilder(m.Name, m.Shape...), at: map[*Layer]string{}, shape: map[*Layer][]int{}}
	for i, l := range m.Layers {
		if i == 0 {
			k.at[l], k.shape[l] = k.Input(), m.Shape
			continue
		}
		add := layerNodes[l.Class]
		if add == nil {
			return nil, fmt.Errorf("layer %q: Keras's %.40s is not supported: %s", l.Name, l.Class, ToONNX)
		}
		if k.shape[l] = k.shape[l.Takes[0]]; len(l.Takes) > 1 && !joins[l.Class] {
			return nil, fmt.Errorf("layer %q: a %s with %d inputs", l.Name, l.Class, len(l.Takes))
		}
		var err error
		if k.at[l], err = add(k, l); err != nil {
			return nil, fmt.Errorf("layer %q: %w", l.Name, err)
		}
	}
	return k.Graph(k.at[m.Layers[len(m.Layers)-1]], fileBytes)
}

// grapher is a graph in which each layer has its last tensor.
type grapher struct {
	*onnx.Builder
	at    map[*Layer]string
	shape map[*Layer][]int // without the batch; at first that of what the layer takes
}

// layerNodes add the nodes of a layer and return its last tensor.
var layerNodes = map[string]func(k *grapher, l *Layer) (string, error){
	"Activation":             (*grapher).activation,
	"Add":                    mergeOf("Add"),
	"AveragePooling1D":       poolOf("AveragePool"),
	"AveragePooling2D":       poolOf("AveragePool"),
	"AveragePooling3D":       poolOf("AveragePool"),
	"BatchNormalization":     (*grapher).batchNorm,
	"Concatenate":            (*grapher).concatenate,
	"Conv1D":                 (*grapher).conv,
	"Conv1DTranspose":        (*grapher).convTranspose,
	"Conv2D":                 (*grapher).conv,
	"Conv2DTranspose":        (*grapher).convTranspose,
	"Conv3D":                 (*grapher).conv,
	"Conv3DTranspose":        (*grapher).convTranspose,
	"Dense":                  (*grapher).dense,
	"DepthwiseConv1D":        (*grapher).depthwise,
	"DepthwiseConv2D":        (*grapher).depthwise,
	"Dropout":                same,
	"Flatten":                (*grapher).flatten,
	"GaussianDropout":        same,
	"GaussianNoise":          same,
	"GlobalAveragePooling1D": globalOf("GlobalAveragePool"),
	"GlobalAveragePooling2D": globalOf("GlobalAveragePool"),
	"GlobalAveragePooling3D": globalOf("GlobalAveragePool"),
	"GlobalMaxPooling1D":     globalOf("GlobalMaxPool"),
	"GlobalMaxPooling2D":     globalOf("GlobalMaxPool"),
	"GlobalMaxPooling3D":     globalOf("GlobalMaxPool"),
	"LeakyReLU":              (*grapher).leakyReLU,
	"MaxPooling1D":           poolOf("MaxPool"),
	"MaxPooling2D":           poolOf("MaxPool"),
	"MaxPooling3D":           poolOf("MaxPool"),
	"Maximum":                mergeOf("Max"),
	"Minimum":                mergeOf("Min"),
	"PReLU":                  (*grapher).prelu,
	"Permute":                (*grapher).permute,
	"ReLU":                   (*grapher).relu,
	"Rescaling":              (*grapher).rescaling,
	"Reshape":                (*grapher).reshape,
	"SeparableConv1D":        (*grapher).separable,
	"SeparableConv2D":        (*grapher).separable,
	"Softmax":                (*grapher).softmax,
	"SpatialDropout1D":       same,
	"SpatialDropout2D":       same,
	"Subtract":               mergeOf("Sub"),
	"ZeroPadding1D":          (*grapher).zeroPadding,
	"ZeroPadding2D":          (*grapher).zeroPadding,
	"ZeroPadding3D":          (*grapher).zeroPadding,
}

// joins are layers with several inputs.
var joins = map[string]bool{"Add": true, "Concatenate": true, "Maximum": true, "Minimum": true, "Subtract": true}

// input is the tensor that a layer takes.
func (k *grapher) input(l *Layer) string { return k.at[l.Takes[0]] }

// array adds an array of a layer.
func (k *grapher) array(l *Layer, a Array) string {
	return k.Constant(l.Name, a.Dims, a.Data)
}

// configs reads values of a layer's configuration.
func (l *Layer) configs(to map[string]any) error {
	for _, key := range slices.Sorted(maps.Keys(to)) {
		if err := l.Config(key, to[key]); err != nil {
			return err
		}
	}
	return nil
}

// expect checks how many arrays a layer has.
func (l *Layer) expect(want int) error {
	if len(l.Weights) != want {
		return fmt.Errorf("it has %d arrays of weights, %d expected", len(l.Weights), want)
	}
	return nil
}

func same(k *grapher, l *Layer) (string, error) { return k.input(l), nil }

func mergeOf(op string) func(k *grapher, l *Layer) (string, error) {
	return func(k *grapher, l *Layer) (string, error) {
		if len(l.Takes) < 2 {
			return "", fmt.Errorf("%s of %d inputs", l.Class, len(l.Takes))
		}
		at := k.input(l)
		for _, other := range l.Takes[1:] {
			at = k.Node(l.Name, op, []string{at, k.at[other]})
		}
		return at, nil
	}
}

func (k *grapher) dense(l *Layer) (string, error) {
	bias := true
	if err := l.Config("use_bias", &bias); err != nil {
		return "", err
	}
	want := 1
	if bias {
		want = 2
	}
	if err := l.expect(want); err != nil {
		return "", err
	}
	w := l.Weights[0]
	if len(w.Dims) != 2 {
		return "", fmt.Errorf("its weights have the shape %v", w.Dims)
	}
	k.shape[l] = append(slices.Clone(k.shape[l][:len(k.shape[l])-1]), w.Dims[1])
	at := k.Node(l.Name, "MatMul", []string{k.input(l), k.array(l, w)})
	if bias {
		at = k.Node(l.Name, "Add", []string{at, k.array(l, l.Weights[1])})
	}
	return k.function(l, at)
}

func (k *grapher) activation(l *Layer) (string, error) { return k.function(l, k.input(l)) }

// function adds the activation that a layer's configuration names.
func (k *grapher) function(l *Layer, at string) (string, error) {
	var raw any
	if err := l.Config("activation", &raw); err != nil {
		return "", err
	}
	name, _ := raw.(string)
	if o, ok := raw.(map[string]any); ok { // an object with the name in it
		name, _ = o["config"].(string)
	}
	if raw == nil {
		name = "linear"
	}
	switch name {
	case "linear":
		return at, nil
	case "relu":
		return k.Node(l.Name, "Relu", []string{at}), nil
	case "relu6":
		return k.clip(l, at, 6), nil
	case "leaky_relu":
		return k.Node(l.Name, "LeakyRelu", []string{at}, onnx.FloatAttribute("alpha", 0.2)), nil
	case "softmax":
		return k.Node(l.Name, "Softmax", []string{at}, onnx.IntAttribute("axis", -1)), nil
	case "log_softmax":
		return k.Node(l.Name, "LogSoftmax", []string{at}, onnx.IntAttribute("axis", -1)), nil
	case "sigmoid", "tanh", "softplus", "softsign":
		return k.Node(l.Name, strings.ToUpper(name[:1])+name[1:], []string{at}), nil
	}
	text, _ := json.Marshal(raw)
	return "", fmt.Errorf("activation %.60s is not supported: %s", text, ToONNX)
}

// clip adds a ReLU that stays at most.
func (k *grapher) clip(l *Layer, at string, most float64) string {
	return k.Node(l.Name, "Clip", []string{at, k.Constant("least", nil, []float64{0}), k.Constant("most", nil, []float64{most})})
}

func (k *grapher) relu(l *Layer) (string, error) {
	most, slope, threshold := math.Inf(1), 0.0, 0.0
	if err := l.configs(map[string]any{"max_value": &most, "negative_slope": &slope, "threshold": &threshold}); err != nil {
		return "", err
	}
	at := k.input(l)
	switch {
	case threshold != 0 || slope != 0 && !math.IsInf(most, 1):
		return "", fmt.Errorf("a ReLU with threshold %g, negative_slope %g and max_value %g is not supported: %s", threshold, slope, most, ToONNX)
	case slope != 0:
		return k.Node(l.Name, "LeakyRelu", []string{at}, onnx.FloatAttribute("alpha", slope)), nil
	case !math.IsInf(most, 1):
		return k.clip(l, at, most), nil
	}
	return k.Node(l.Name, "Relu", []string{at}), nil
}

func (k *grapher) leakyReLU(l *Layer) (string, error) {
	slope := 0.3
	if err := l.configs(map[string]any{"alpha": &slope, "negative_slope": &slope}); err != nil { // of Keras 2 and 3
		return "", err
	}
	return k.Node(l.Name, "LeakyRelu", []string{k.input(l)}, onnx.FloatAttribute("alpha", slope)), nil
}

func (k *grapher) prelu(l *Layer) (string, error) {
	if err := l.expect(1); err != nil {
		return "", err
	}
	return k.Node(l.Name, "PRelu", []string{k.input(l), k.array(l, l.Weights[0])}), nil
}

func (k *grapher) softmax(l *Layer) (string, error) {
	axis := -1
	if err := l.Config("axis", &axis); err != nil {
		return "", err
	}
	return k.Node(l.Name, "Softmax", []string{k.input(l)}, onnx.IntAttribute("axis", axis)), nil
}

// batchNorm normalises the last dimension, where Keras has channels.
func (k *grapher) batchNorm(l *Layer) (string, error) {
	scale, center, epsilon := true, true, 1e-3
	var axis any
	if err := l.configs(map[string]any{"scale": &scale, "center": &center, "epsilon": &epsilon, "axis": &axis}); err != nil {
		return "", err
	}
	if list, ok := axis.([]any); ok && len(list) == 1 {
		axis = list[0]
	}
	rank := len(k.shape[l])
	if a, ok := axis.(float64); axis != nil && (!ok || a != -1 && int(a) != rank) {
		return "", fmt.Errorf("a normalisation of axis %v of %d is not supported: %s", axis, rank+1, ToONNX)
	}
	want := 2
	for _, has := range []bool{scale, center} {
		if has {
			want++
		}
	}
	if err := l.expect(want); err != nil {
		return "", err
	}
	mean, variance := l.Weights[want-2], l.Weights[want-1]
	deviation := Array{Dims: variance.Dims}
	for _, v := range variance.Data {
		deviation.Data = append(deviation.Data, math.Sqrt(v+epsilon))
	}
	at := k.Node(l.Name, "Sub", []string{k.input(l), k.array(l, mean)})
	at = k.Node(l.Name, "Div", []string{at, k.array(l, deviation)})
	rest := l.Weights
	if scale {
		at = k.Node(l.Name, "Mul", []string{at, k.array(l, rest[0])})
		rest = rest[1:]
	}
	if center {
		at = k.Node(l.Name, "Add", []string{at, k.array(l, rest[0])})
	}
	return at, nil
}

func (k *grapher) rescaling(l *Layer) (string, error) {
	scale, offset := 1.0, 0.0
	if err := l.configs(map[string]any{"scale": &scale, "offset": &offset}); err != nil {
		return "", err
	}
	at := k.Node(l.Name, "Mul", []string{k.input(l), k.Constant("scale", nil, []float64{scale})})
	return k.Node(l.Name, "Add", []string{at, k.Constant("offset", nil, []float64{offset})}), nil
}
