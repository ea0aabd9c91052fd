package keras

import (
	"bytes"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"relucount/pkg/zipfile"
)

// The files in testdata have the layout that Keras 3.4 (.keras), 2.13 (functional.keras)
// and 2.11 (.h5) write; h5py wrote them.
func load(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func read(data []byte) (*Model, error) {
	if !zipfile.Is(data) {
		return ReadHDF5(data)
	}
	a, err := zipfile.Open(data)
	if err != nil {
		return nil, err
	}
	if !IsArchive(a) {
		return nil, fmt.Errorf("not recognised")
	}
	return ReadArchive(a)
}

func TestRead(t *testing.T) {
	for name, want := range map[string]string{
		"sequential.keras": "sequential_1 [2]: InputLayer input_layer; Dense dense(input_layer) [2 3] [3]; BatchNormalization batch_normalization(dense) [3] [3] [3] [3]; ReLU re_lu(batch_normalization); Dropout dropout(re_lu); Dense dense_1(dropout) [3 2] [2]",
		"functional.keras": "spiral [2]: InputLayer in; Dense hidden(in) [2 3] [3]; BatchNormalization norm(hidden) [3] [3] [3] [3]; Activation act(norm); Dense out(act) [3 2] [2]",
		"sequential.h5":    "sequential [1 2 1]: InputLayer input; Flatten flatten(input); Dense dense(flatten) [2 3] [3]; BatchNormalization bn(dense) [3] [3] [3] [3]; LeakyReLU leaky_re_lu(bn); Dense dense_1(leaky_re_lu) [3 2] [2]",
		"skip.h5":          "model [2]: InputLayer input_1; Dense dense_2(input_1) [2 2] [2]; Dense dense(input_1) [2 3] [3]; Dense dense_1(dense) [3 2] [2]; Add add(dense_1 dense_2)",
	} {
		m, err := read(load(t, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var layers []string
		for _, l := range m.Layers {
			text := l.Class + " " + l.Name
			var takes []string
			for _, from := range l.Takes {
				takes = append(takes, from.Name)
			}
			if takes != nil {
				text += "(" + strings.Join(takes, " ") + ")"
			}
			for _, w := range l.Weights {
				text += fmt.Sprint(" ", w.Dims)
			}
			layers = append(layers, text)
			if l.Class == "Dense" && len(l.Weights[1].Data) == 3 && !slices.Equal(l.Weights[1].Data, []float64{0.125, 0.25, -0.5}) {
				t.Errorf("%s: %s has the bias %v", name, l.Name, l.Weights[1].Data)
			}
			if l.Class == "BatchNormalization" && !slices.Equal(l.Weights[3].Data, []float64{4, 16, 0.25}) {
				t.Errorf("%s: %s has the variance %v", name, l.Name, l.Weights[3].Data)
			}
		}
		if got := fmt.Sprintf("%s %v: %s", m.Name, m.Shape, strings.Join(layers, "; ")); got != want {
			t.Errorf("%s: %s\nwant %s", name, got, want)
		}
	}
}

func TestConfig(t *testing.T) {
	m, err := read(load(t, "sequential.h5"))
	if err != nil {
		t.Fatal(err)
	}
	alpha, other := 1.0, 2.0
	leaky := m.Layers[4]
	if err := leaky.Config("alpha", &alpha); err != nil || alpha != 0.25 {
		t.Error(alpha, err)
	}
	if err := leaky.Config("nothing", &other); err != nil || other != 2 {
		t.Error(other, err)
	}
	if err := leaky.Config("dtype", &alpha); err == nil || !strings.HasPrefix(err.Error(), `dtype: json: cannot unmarshal`) {
		t.Error(err)
	}
}

func TestSnake(t *testing.T) {
	for class, want := range map[string]string{"Dense": "dense", "BatchNormalization": "batch_normalization", "Conv2D": "conv2d", "ReLU": "re_lu", "LeakyReLU": "leaky_re_lu", "PReLU": "p_re_lu", "MaxPooling2D": "max_pooling2d"} {
		if got := snake(class); got != want {
			t.Errorf("%s: %s, want %s", class, got, want)
		}
	}
}

// dense is a layer in a configuration.
func dense(name, more string) string {
	return fmt.Sprintf(`{"class_name": "Dense", "config": {"name": %q}%s}`, name, more)
}

const in = `{"class_name": "InputLayer", "name": "in", "config": {"name": "in", "batch_shape": [null, 2]}, "inbound_nodes": []}`

func TestParse(t *testing.T) {
	inbound := func(text string) string { return `, "inbound_nodes": ` + text }
	for _, c := range []struct {
		name, config string
		shape        []int
		layers       int
	}{
		{"a list of layers", `{"class_name": "Sequential", "config": [{"class_name": "Dense", "config": {"name": "a", "batch_input_shape": [null, 4, 3]}}]}`, []int{4, 3}, 2},
		{"shape of the model", `{"class_name": "Sequential", "config": {"layers": [` + dense("a", "") + `], "build_input_shape": [null, 5]}}`, []int{5}, 2},
		{"shape of the first layer", `{"class_name": "Sequential", "config": {"layers": [` + dense("a", `, "build_config": {"input_shape": [null, 6]}`) + `]}}`, []int{6}, 2},
		{"diamond", `{"class_name": "Functional", "config": {"layers": [` + dense("d", inbound(`[[["c", 0, 0, {}], ["b", 0, 0, {}]]]`)) + "," + dense("c", inbound(`[[["b", 0, 0]]]`)) + "," + dense("b", inbound(`[[["in", 0, 0]]]`)) + "," + dense("unused", inbound(`[[["in", 0, 0]]]`)) + "," + in +
			`], "input_layers": ["in", 0, 0], "output_layers": [["d", 0, 0]]}}`, []int{2}, 4},
	} {
		m, _, err := parse([]byte(c.config))
		if err != nil || !reflect.DeepEqual(m.Shape, c.shape) || len(m.Layers) != c.layers {
			t.Errorf("%s: %+v, %v", c.name, m, err)
			continue
		}
		seen := map[*Layer]bool{}
		for i, l := range m.Layers {
			for _, from := range l.Takes {
				if !seen[from] {
					t.Errorf("%s: layer %d takes one that comes later", c.name, i)
				}
			}
			seen[l] = true
		}
	}
}

func TestParseErrors(t *testing.T) {
	functional := func(layers, ends string) string {
		return `{"class_name": "Functional", "config": {"layers": [` + layers + `], ` + ends + `}}`
	}
	ends := `"input_layers": [["in", 0, 0]], "output_layers": [["a", 0, 0]]`
	from := func(name string) string { return fmt.Sprintf(`, "inbound_nodes": [[[%q, 0, 0, {}]]]`, name) }
	for _, c := range []struct{ name, config, want string }{
		{"no JSON", `{`, "unexpected end"},
		{"too long", strings.Repeat(" ", maxConfig+1), "16777217 bytes: at most 16777216"},
		{"a class", `{"class_name": "MyModel", "config": {}}`, `a model of class "MyModel": only Sequential and Functional are supported; convert it to ONNX`},
		{"no layers", `{"class_name": "Sequential", "config": {"layers": []}}`, "0 layers"},
		{"no shape", `{"class_name": "Sequential", "config": {"layers": [` + dense("a", "") + `]}}`, "does not say the shape of its input"},
		{"an open shape", `{"class_name": "Sequential", "config": {"layers": [` + dense("a", "") + `], "build_input_shape": [null, null]}}`, "leaves the shape of the input open"},
		{"a shape of 0", `{"class_name": "Sequential", "config": {"layers": [` + dense("a", "") + `], "build_input_shape": [null, 0]}}`, "leaves the shape of the input open"},
		{"a model in the model", `{"class_name": "Sequential", "config": {"layers": [{"class_name": "Sequential", "config": {"name": "s"}}]}}`, `layer 0: "s" is a model within the model`},
		{"two inputs in a row", `{"class_name": "Sequential", "config": {"layers": [` + in + "," + in + `]}}`, `layer "in": an input within a Sequential model`},
		{"no such layer", functional(in+","+dense("a", from("b")), ends), `layer "a": there is no layer "b"`},
		{"one name twice", functional(in+","+in, ends), `two layers "in"`},
		{"a circle", functional(in+","+dense("a", from("b"))+","+dense("b", from("a")), ends), `layer "a" depends on itself`},
		{"its own input", functional(in+","+dense("a", from("a")), ends), `layer "a" depends on itself`},
		{"used twice", functional(in+","+dense("a", `, "inbound_nodes": [[["in", 0, 0]], [["in", 0, 0]]]`), ends), `layer "a": it is used 2 times`},
		{"a second input", functional(in+","+dense("a", from("b"))+","+dense("b", ""), ends), `layer "b" takes nothing: only one input is supported`},
		{"two outputs", functional(in+","+dense("a", from("in")), `"input_layers": [["in", 0, 0]], "output_layers": [["a", 0, 0], ["in", 0, 0]]`), "the model has 2 inputs or outputs"},
		{"no outputs", functional(in, `"input_layers": [["in", 0, 0]]`), "input_layers or output_layers: unexpected end"},
		{"by name", functional(in+","+dense("a", `, "inbound_nodes": [{"args": [], "kwargs": {"x": {"config": {"keras_history": ["in", 0, 0]}}}}]`), ends), "takes another layer as an argument with a name"},
		{"text for nodes", functional(in+","+dense("a", `, "inbound_nodes": "x"`), ends), `layer "a": inbound_nodes: json: cannot unmarshal`},
		{"a number for a name", `{"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense", "config": {"name": 1}}]}}`, "layer 0: name: json: cannot unmarshal"},
	} {
		if _, _, err := parse([]byte(c.config)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestErrors(t *testing.T) {
	whole := load(t, "sequential.h5")
	edit := func(from, to string) []byte {
		if !bytes.Contains(whole, []byte(from)) || len(from) != len(to) {
			t.Fatalf("%q cannot become %q", from, to)
		}
		return bytes.ReplaceAll(whole, []byte(from), []byte(to))
	}
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"weights alone", edit("model_config", "modelxconfig"), "an HDF5 file without the structure of a Keras model: save the whole model with model.save"},
		{"cut short", whole[:100], "not a readable HDF5 file of Keras: "},
		{"config", edit(`"class_name": "Flatten"`, `"class_name": "Flatten`+"\x01"), "model_config: invalid character"},
		{"no weights of a layer", edit(`"name": "bn"`, `"name": "bx"`), `/model_weights has no "bx"`},
		{"no such weights", edit("moving_mean:0\x00", "moving_mean:1\x00"), "moving_mean"},
	} {
		if _, err := read(c.data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// FuzzRead wants no panic, and layers in order.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"sequential.keras", "functional.keras", "sequential.h5", "skip.h5"} {
		f.Add(load(f, name))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := read(data)
		if err != nil {
			return
		}
		for i, l := range m.Layers {
			if (i == 0) != (len(l.Takes) == 0) {
				t.Errorf("layer %d takes %d", i, len(l.Takes))
			}
		}
	})
}

// FuzzConfig wants the same of any configuration.
func FuzzConfig(f *testing.F) {
	for _, name := range []string{"sequential.keras", "functional.keras"} {
		a, err := zipfile.Open(load(f, name))
		if err != nil {
			f.Fatal(err)
		}
		config, err := a.Read("config.json")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(config)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, all, err := parse(data)
		if err == nil && (len(m.Layers) == 0 || len(m.Layers) > len(all)+1) {
			t.Errorf("%d layers of %d", len(m.Layers), len(all))
		}
	})
}
