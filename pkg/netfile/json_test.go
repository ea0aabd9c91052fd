package netfile

import (
	"slices"
	"strings"
	"testing"
)

const tiny = `{"name": "tiny",
 "domain": {"lower": -1, "upper": [1, 2]},
 "layers": [
  {"weights": [[1, -2], [0.5, 4], [3, 0]], "bias": [0, 1, -1], "activation": "relu"},
  {"weights": [[1, 2, 3]], "bias": [0.5], "activation": "linear"}
 ]}
`

func TestJSON(t *testing.T) {
	t.Parallel()
	f := read(t, []byte(tiny))
	if f.Format != "json" || f.Net.Name != "tiny" || f.Net.Inputs != 2 || !slices.Equal(shape(f.Net), []int{3, -1}) {
		t.Errorf("read %+v", f)
	}
	if d := f.Domain; d == nil || !slices.Equal(d.Lower, []float64{-1, -1}) || !slices.Equal(d.Upper, []float64{1, 2}) {
		t.Errorf("domain %+v", f.Domain)
	}
	// (1, 1): -1, 5.5, 2, so 0 + 11 + 6 + 0.5
	if got := f.Net.Output([]float64{1, 1}); !agree(got, []float64{17.5}) {
		t.Errorf("output %v, want 17.5", got)
	}
}

func TestJSONForms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       []float64 // at (1, -2)
		shape      []int
	}{
		{"linear layers fold", `{"layers": [
			{"weights": [[1, -2], [0.5, 4]], "bias": [0, 1], "activation": "linear"},
			{"weights": [[1, 2], [1, 1]], "bias": [10, 0], "activation": "linear"},
			{"weights": [[1, 0], [0, 1]], "bias": [0, 0], "activation": "relu"}]}`, []float64{2, 0}, []int{2}},
		{"extra fields, fields in another order, a byte order mark", "\ufeff\n" + `{"Name": 3, "domain": {"upper": [ 3, 3 ], "kind": "box", "lower": -2},
			"layers": [{"activation": "relu", "note": {"a": [1, {"b": null}]}, "bias": [1e0], "weights": [[-1E+0, -0.25e1]]}], "type": "mlp"}`,
			[]float64{5}, []int{1}},
		{"a type that is no record's", `{"type": "network", "layers": [{"weights": [[1, 1]], "bias": [2], "activation": "linear"}]}`, []float64{1}, []int{-1}},
		{"an empty name", `{"name": "", "layers": [{"weights": [[1, 1]], "bias": [2], "activation": "linear"}]}`, []float64{1}, []int{-1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := read(t, []byte(c.text))
			if f.Net.Name != "test" {
				t.Errorf("name %q", f.Net.Name)
			}
			if got := shape(f.Net); !slices.Equal(got, c.shape) {
				t.Errorf("layers %v, want %v", got, c.shape)
			}
			if got := f.Net.Output([]float64{1, -2}); !agree(got, c.want) {
				t.Errorf("output %v, want %v", got, c.want)
			}
		})
	}
}

func TestJSONErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, old, new, want string }{
		{"no layers", `"layers"`, `"stages"`, "test: layers: missing"},
		{"key in another case", `"layers"`, `"Layers"`, `layers: missing ("Layers" is spelled differently)`},
		{"layers is an object", `"layers": [`, `"layers": {}, "rest": [`, "layers: an object where an array should be"},
		{"empty layers", `"layers": [`, `"layers": [], "rest": [`, "layers: none"},
		{"layer is a number", `"layers": [`, `"layers": [1,`, "layers[0]: a number where an object should be"},
		{"no weights", `"weights": [[1, 2, 3]], `, ``, "layers[1].weights: missing"},
		{"no bias", `"bias": [0.5], `, ``, "layers[1].bias: missing"},
		{"nothing in a layer", `{"weights": [[1, 2, 3]], "bias": [0.5], "activation": "linear"}`, `{}`, "layers[1].activation: missing"},
		{"no activation", `, "activation": "relu"`, ``, "layers[0].activation: missing"},
		{"unknown activation", `"linear"`, `"tanh"`, `layers[1].activation: "tanh" is not known (relu, abs, linear, or {"leaky": slope})`},
		{"activation is null", `"linear"`, `null`, "layers[1].activation: null where a string should be"},
		{"short row", `[0.5, 4]`, `[0.5]`, "layers[0].weights[1]: 1 numbers, 2 expected"},
		{"long row", `[1, 2, 3]`, `[1, 2, 3, 4]`, "layers[1].weights[0]: 4 numbers, 3 expected"},
		{"no rows", `[[1, 2, 3]]`, `[]`, "layers[1].weights: no rows"},
		{"empty row", `[[1, -2], [0.5, 4], [3, 0]]`, `[[]]`, "layers[0].weights[0]: no numbers"},
		{"short bias", `[0, 1, -1]`, `[0, 1]`, "layers[0].bias: 2 numbers, 3 expected"},
		{"flat weights", `[[1, 2, 3]]`, `[1, 2, 3]`, "layers[1].weights[0]: a number where an array should be"},
		{"null weight", `[0.5, 4]`, `[0.5, null]`, "layers[0].weights[1][1]: null where a number should be"},
		{"string bias", `[0, 1, -1]`, `[0, 1, "-1"]`, "layers[0].bias[2]: a string where a number should be"},
		{"boolean bias", `[0, 1, -1]`, `[true, 1, 1]`, "layers[0].bias[0]: true where a number should be"},
		{"object as bias", `[0.5]`, `{"a": 1}`, "layers[1].bias: an object where an array should be"},
		{"large number", `0.5, 4`, `0.5, 1e400`, "layers[0].weights[1][1]: 1e400 is out of range"},
		{"name is a number", `"tiny"`, `7`, "name: a number where a string should be"},
		{"key twice", `"bias": [0.5],`, `"bias": [0.5], "bias": [1],`, "layers[1].bias: given twice"},
		{"extra key twice", `"name": "tiny",`, `"a": 1, "a": 2,`, "a: given twice"},
		{"domain is an array", `{"lower": -1, "upper": [1, 2]}`, `[-1, 1]`, "domain: an array where an object should be"},
		{"no upper limit", `, "upper": [1, 2]`, ``, "domain.upper: missing"},
		{"short limit", `[1, 2]},`, `[1]},`, "domain.upper: 1 numbers, 2 expected"},
		{"null limit", `"lower": -1`, `"lower": null`, "domain.lower: null where a number should be"},
		{"null in a limit", `[1, 2]},`, `[1, null]},`, "domain.upper[1]: null where a number should be"},
		{"empty domain", `[1, 2]},`, `[-2, 2]},`, "domain of input 0 is [-1, -2]: it is empty"},
		{"overflow", `"bias": [0, 1, -1], "activation": "relu"`, `"bias": [1e308, 1e308, 1e308], "activation": "relu"`, "layer 2, unit 0: the values overflow"},

		{"syntax", `[0, 1, -1]`, `[0, 1 -1]`, "test:4:58: invalid character '-'"},
		{"NaN", `[0.5]`, `[NaN]`, "test:5:37: invalid character 'N'"},
		{"cut short", tiny[60:], ``, "test:3:1: file is cut short"},
		{"data after it", "]}\n", "]}\n{}", "test:7:1: more data after the network object"},
		{"record", `"name": "tiny"`, `"type": "milp"`, `test: this is a record stream ("type":"milp"), not a network`},
		{"records", tiny, `{"type":"bound","schema":1}` + "\n" + `{"type":"bound","schema":1}`, `this is a record stream ("type":"bound"), not a network`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if strings.Count(tiny, c.old) == 0 {
				t.Fatalf("nothing to replace")
			}
			fails(t, []byte(strings.Replace(tiny, c.old, c.new, 1)), c.want)
		})
	}
}

// Every beginning of a file is an error, and no other than that it is cut
// short once it is one.
func TestJSONCut(t *testing.T) {
	t.Parallel()
	text := strings.TrimSpace(tiny)
	for n := 1; n < len(text); n++ {
		fails(t, []byte(text[:n]), "file is cut short")
	}
}

func TestJSONBottleneck(t *testing.T) {
	t.Parallel()
	const wide = 8192
	text := `{"layers": [{"weights": [[1` + strings.Repeat(",1", wide-1) + `]], "bias": [0], "activation": "linear"},
		{"weights": [[1]` + strings.Repeat(",[1]", wide-1) + `], "bias": [1` + strings.Repeat(",1", wide-1) + `], "activation": "relu"}]}`
	fails(t, []byte(text), "layers[1]: too large")
}
