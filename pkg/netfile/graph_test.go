package netfile

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	. "relucount/pkg/onnx/onnxtest"
	"relucount/pkg/relu"
)

// head is a layer of units and a linear layer, and what comes after it.
func head(parts ...Part) Model {
	return From(Dims(-1, 3), append([]Part{
		Op("Gemm", In("x", "w"), "p", AttrI("transB", 1)), Op("Relu", In("p"), "q"), Op("MatMul", In("q", "v"), "logits"),
		Raw32("w", Dims(2, 3), W23...), Raw32("v", Dims(2, 2), 1, 2, 3, 4),
	}, parts...)...)
}

// What comes after the last unit is left out and named.
func TestLeftOut(t *testing.T) {
	t.Parallel()
	plain := read(t, head(Op("Identity", In("logits"), "y")).Bytes()).Net
	const ml = "ai.onnx.ml"
	for _, c := range []struct {
		name  string
		parts []Part
		want  []string
	}{
		{"softmax", []Part{Op("Softmax", In("logits"), "y", AttrI("axis", 1))}, []string{"Softmax"}},
		{"scaled tanh", []Part{Op("Tanh", In("logits"), "a"), Op("Mul", In("a", "c"), "y"), Raw32("c", nil, 2)}, []string{"Tanh"}},
		{"a classifier", []Part{Op("Softmax", In("logits"), "probabilities"), Op("ArgMax", In("probabilities"), "k", AttrI("axis", 1)),
			Of(ml, "ArrayFeatureExtractor", In("classes", "k"), "label"), Op("Cast", In("label"), "y", AttrI("to", TypeInt64)),
			Of(ml, "ZipMap", In("probabilities"), "zip"), Output("zip"), Ints("classes", Dims(2), 7, 8)}, []string{"Softmax"}},
		{"a label of its own", []Part{Op("ArgMax", In("logits"), "y", AttrI("axis", 1)), Op("Sigmoid", In("logits"), "z"), Output("z")}, []string{"ArgMax", "Sigmoid"}},
		{"numbers to integers", []Part{Op("Round", In("logits"), "a"), Op("Cast", In("a"), "y", AttrI("to", TypeInt64))}, []string{"Round"}},
		{"a cast to integers", []Part{Op("Cast", In("logits"), "y", AttrI("to", TypeInt64))}, []string{"Cast"}},
	} {
		n := read(t, head(c.parts...).Bytes()).Net
		if !slices.Equal(n.LeftOut, c.want) {
			t.Errorf("%s: left out are %v, want %v", c.name, n.LeftOut, c.want)
		}
		x := []float64{1, 2, -1}
		if got, want := n.Output(x), plain.Output(x); !slices.Equal(shape(n), shape(plain)) || !agree(got, want) {
			t.Errorf("%s: layers %v, output %v, want %v", c.name, shape(n), got, want)
		}
	}
	// a comparison at the end
	n := read(t, head(Op("Greater", In("logits", "c"), "y"), Raw32("c", nil, 0.5)).Bytes()).Net
	if !slices.Equal(n.LeftOut, []string{"Greater"}) {
		t.Errorf("left out are %v", n.LeftOut)
	}
	if len(plain.LeftOut) > 0 {
		t.Errorf("left out are %v", plain.LeftOut)
	}
}

// A first dimension that the graph keeps apart is a batch.
func TestBatch(t *testing.T) {
	t.Parallel()
	w := Raw32("w", Dims(3, 2), W23T...)
	mul, flat := Op("MatMul", In("x", "w"), "p"), Op("Relu", In("p"), "y")
	for _, c := range []struct {
		name   string
		m      Model
		inputs int
		layers []int
	}{
		{"of 4", From(Dims(4, 3), mul, flat, w), 3, []int{2}},
		{"of a million", From(Dims(1_000_000, 3), mul, flat, w), 3, []int{2}},
		{"of images", From(Dims(2, 1, 2, 2), Op("Conv", In("x", "k"), "p"), flat, Raw32("k", Dims(1, 1, 2, 2), 1, 2, 3, 4)), 4, []int{1}},
		{"as in the shape", From(Dims(5, 1, 3), Op("Reshape", In("x", "s"), "r"), Op("MatMul", In("r", "w"), "p"), flat, w, Ints("s", Dims(2), -1, 3)), 3, []int{2}},
		{"none without a matrix", From(Dims(4, 3), Op("Relu", In("x"), "y")), 12, []int{12}},
		{"none: rows are added up", From(Dims(4, 3), mul, Op("ReduceSum", In("p", "zero"), "y"), w, Ints("zero", Dims(1), 0)), 12, []int{-2}},
		{"none: rows have constants of their own", From(Dims(4, 3), mul, Op("Add", In("p", "c"), "y"), w, Raw32("c", Dims(4, 1), 1, 2, 3, 4)), 12, []int{-8}},
		{"none: rows are turned round", From(Dims(4, 3), mul, Op("Slice", In("p", "a", "b", "c", "a"), "y"), w, Ints("a", Dims(1), -1), Ints("b", Dims(1), -100), Ints("c", Dims(1), 0)), 12, []int{-8}},
		{"none: a column", From(Dims(3, 1), Op("MatMul", In("v", "x"), "p"), flat, Raw32("v", Dims(2, 3), W23...)), 3, []int{2}},
	} {
		n := read(t, c.m.Bytes()).Net
		if n.Inputs != c.inputs || !slices.Equal(shape(n), c.layers) {
			t.Errorf("%s: %d inputs, layers %v, want %d and %v", c.name, n.Inputs, shape(n), c.inputs, c.layers)
		}
	}
}

// Several inputs follow each other and are named, several outputs all count or one
// is chosen.
func TestInputsAndOutputs(t *testing.T) {
	t.Parallel()
	m := From(Dims(-1, 3), Op("MatMul", In("x", "w"), "p"), Op("Relu", In("p"), "y"), Op("Relu", In("z"), "q"), Op("Neg", In("q"), "value"),
		Raw32("w", Dims(3, 2), W23T...), Input("z", -1, 2), Output("value"))
	n := read(t, m.Bytes()).Net
	if want := []relu.Part{{Name: "x", Inputs: 3}, {Name: "z", Inputs: 2}}; n.Inputs != 5 || !slices.Equal(n.Parts, want) {
		t.Errorf("%d inputs, %v", n.Inputs, n.Parts)
	}
	if got := n.Output([]float64{1, 2, -1, 5, -6}); !agree(got, []float64{0, 9.5, -5, 0}) {
		t.Errorf("output %v", got)
	}
	f, err := Options{Output: "value"}.Read(bytes.NewReader(m.Bytes()), "a")
	if err != nil || !slices.Equal(shape(f.Net), []int{2, -2}) || f.Net.Inputs != 5 {
		t.Errorf("%+v, %v", f, err)
	}
	if _, err := (Options{Output: "policy"}).Read(bytes.NewReader(m.Bytes()), "a"); err == nil || err.Error() != `a: the graph has no output "policy", its outputs are y, value` {
		t.Error(err)
	}
	if n := read(t, head(Op("Identity", In("logits"), "y")).Bytes()).Net; n.Parts != nil {
		t.Errorf("one input is in parts: %v", n.Parts)
	}
	// integers that become real numbers at once
	elem := append(String(1, "k"), Message(2, Message(1, Varint(1, TypeInt64), Message(2, Message(1, Varint(1, 1)), Message(1, Varint(1, 2)))))...)
	graph := bytes.Join([][]byte{Message(11, elem), Message(12, String(1, "y")),
		Message(1, Op("Cast", In("k"), "c", AttrI("to", TypeFloat))), Message(1, Op("Relu", In("c"), "y"))}, nil)
	if n := read(t, Wrap(graph)).Net; !slices.Equal(shape(n), []int{2}) {
		t.Errorf("layers %v", shape(n))
	}
}

// Data in other files are read from the folder of the model and from nowhere else.
func TestExternalData(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	entry := func(k, v string) []byte { return Message(13, String(1, k), String(2, v)) }
	model := func(entries ...[]byte) []byte {
		return From(Dims(-1, 3), Op("MatMul", In("x", "w"), "p"), Op("Relu", In("p"), "y"),
			Store("w", TypeDouble, Dims(3, 2), append(entries, Varint(14, 1))...)).Bytes()
	}
	var weights []byte
	for _, v := range W23T {
		weights = append(weights, Message(1, Float64(1, v))[3:]...) // the bytes of a fixed64 field
	}
	if len(weights) != 48 || math.Float64frombits(uint64(weights[6])<<48|uint64(weights[7])<<56) != 1 {
		t.Fatalf("%x", weights)
	}
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"w.data": append([]byte("header"), weights...), "sub/w": weights} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join(dir, "model.onnx")
	for _, entries := range [][][]byte{
		{entry("location", "w.data"), entry("offset", "6"), entry("length", "48")},
		{entry("location", "w.data"), entry("offset", "6")},
		{entry("location", "./sub/../sub/w"), entry("checksum", "0")},
	} {
		f, err := Read(bytes.NewReader(model(entries...)), name)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := f.Net.Output([]float64{1, 2, -1}); !agree(got, []float64{0, 9.5}) {
			t.Errorf("output %v", got)
		}
	}
	for _, c := range []struct {
		name    string
		entries [][]byte
		want    string
	}{
		{name, [][]byte{entry("location", "gone.data")}, "gone.data: no such file"},
		{name, [][]byte{entry("location", "../w.data")}, `its data is in the file "../w.data", which is not in the folder of the model`},
		{name, [][]byte{entry("location", "sub/../../w")}, "which is not in the folder of the model"},
		{name, [][]byte{entry("location", "/etc/passwd")}, "which is not in the folder of the model"},
		{name, [][]byte{entry("location", `..\w.data`)}, "which is not in the folder of the model"},
		{name, [][]byte{entry("location", "sub")}, "it is no file"},
		{name, [][]byte{entry("location", "w.data"), entry("offset", "60")}, `offset "60" in a file of 54 bytes`},
		{name, [][]byte{entry("location", "w.data"), entry("offset", "7"), entry("length", "48")}, "it is cut short"},
		{"stdin", [][]byte{entry("location", "w.data")}, `its data is in the file "w.data" beside the model, which cannot be found: give the model as a file, not as a stream`},
	} {
		if _, err := Read(bytes.NewReader(model(c.entries...)), c.name); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
}

// Calls of local functions are replaced by what is in them.
func TestFunctions(t *testing.T) {
	t.Parallel()
	function := func(name string, fields ...[]byte) []byte {
		return Message(25, append([][]byte{String(1, name), String(10, "mine")}, fields...)...)
	}
	node := func(o Operation) []byte { return Message(7, o) }
	ref := func(name, of string) []byte { return Message(5, String(1, name), Varint(20, 1), String(21, of)) }
	leaky := function("Leaky", String(4, "a"), String(5, "b"),
		node(append(Op("LeakyRelu", In("a"), "b"), ref("alpha", "slope")...)), Message(11, String(1, "slope"), Varint(20, 1), Float32(2, 0.5)))
	twice := function("Twice", String(4, "x"), String(4, "more"), String(5, "y"),
		node(Of("mine", "Leaky", In("x"), "p", AttrF("slope", 0.25))), node(Of("mine", "Leaky", In("p"), "q")), node(Op("Add", In("q", "more"), "y")))
	m := From(Dims(-1, 3), Of("mine", "Twice", In("x", "c"), "p"), Of("mine", "Twice", In("p", "c"), "y"), Raw32("c", nil, -2))
	n := read(t, slices.Concat(m.Bytes(), leaky, twice)).Net
	// 1, 2, -1 become 1, 2, -0.125, less 2: -1, 0, -2.125, and once more
	if got := n.Output([]float64{1, 2, -1}); !agree(got, []float64{-0.125 - 2, -2, -2.125/8 - 2}) {
		t.Errorf("output %v", got)
	}
	loop := function("Loop", String(4, "a"), String(5, "b"), node(Of("mine", "Loop", In("a"), "b")))
	fails(t, slices.Concat(From(Dims(1, 1), Of("mine", "Loop", In("x"), "y")).Bytes(), loop), "functions call each other more than 32 deep")
	// calls that double, of nothing in the end
	deep := From(Dims(1, 1), Of("mine", "f30", In("x"), "y")).Bytes()
	for k := range 31 {
		body := [][]byte{String(4, "a"), String(5, "b")}
		if k > 0 {
			inner := Of("mine", fmt.Sprintf("f%d", k-1), In("a"), "c")
			body = append(body, node(inner), node(Of("mine", fmt.Sprintf("f%d", k-1), In("a"), "d")))
		}
		deep = append(deep, function(fmt.Sprintf("f%d", k), body...)...)
	}
	fails(t, deep, "more than 65536 calls of functions")
	fails(t, slices.Concat(From(Dims(1, 1), Of("mine", "Leaky", In("x", "x"), "y")).Bytes(), leaky), "call of the function Leaky with 2 inputs and 1 outputs, it has 1 and 1")
}

// Units that are bent at one place are one unit where nothing else takes the first.
func TestOneUnit(t *testing.T) {
	t.Parallel()
	x := []float64{1, 2, -1}
	for _, c := range []struct {
		name   string
		parts  []Part
		layers []int
		want   []float64
	}{
		{"a leak twice", []Part{Op("LeakyRelu", In("x"), "p", AttrF("alpha", 0.5)), Op("LeakyRelu", In("p"), "y", AttrF("alpha", 0.5))}, []int{3}, []float64{1, 2, -0.25}},
		{"a relu of minus a relu", []Part{Op("Relu", In("x"), "p"), Op("Neg", In("p"), "q"), Op("Relu", In("q"), "y")}, []int{3, -3}, []float64{0, 0, 0}},
		{"max with a part of itself", []Part{Op("Mul", In("x", "c"), "p"), Op("Max", In("x", "p"), "y"), Raw32("c", nil, 0.125)}, []int{3}, []float64{1, 2, -0.125}},
		{"min with itself", []Part{Op("Min", In("x", "x"), "y")}, []int{-3}, x},
		{"constant units", []Part{Op("Mul", In("x", "c"), "p"), Op("Sub", In("p", "d"), "q"), Op("Relu", In("q"), "r"), Op("Add", In("r", "x"), "y"), Raw32("c", Dims(3), 0, 1, 0), Raw32("d", Dims(3), -3, 0, 3)},
			[]int{1, -3}, []float64{1 + 3, 4, -1}},
	} {
		n := read(t, From(Dims(-1, 3), c.parts...).Bytes()).Net
		if got := n.Output(x); !slices.Equal(shape(n), c.layers) || !agree(got, c.want) {
			t.Errorf("%s: layers %v, output %v, want %v and %v", c.name, shape(n), got, c.layers, c.want)
		}
	}
}
