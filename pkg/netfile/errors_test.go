package netfile

import (
	"bytes"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	. "relucount/pkg/onnx/onnxtest"
)

// fails wants an error that contains all the parts.
func fails(t *testing.T, data []byte, parts ...string) {
	t.Helper()
	f, err := Read(bytes.NewReader(data), "test")
	if err == nil {
		t.Errorf("read as %d layers, want an error with %q", len(f.Net.Layers), parts)
		return
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("error %q lacks %q", err, p)
		}
	}
	if !strings.HasPrefix(err.Error(), "test:") || strings.HasSuffix(err.Error(), ".") {
		t.Errorf("error %q is not in the usual form", err)
	}
}

func TestFoldErrors(t *testing.T) {
	t.Parallel()
	batch := Dims(-1, 3)
	w := Raw32("w", Dims(3, 2), W23T...)
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name string
		m    Model
		want string
	}{
		{"skip connection", From(batch, Op("Neg", In("x"), "p"), Op("Relu", In("p"), "q"),
			Named("skip", "Add", In("p", "q"), In("y"))),
			`node 2 "skip": inputs "p" and "q" of Add both depend on the network's input (a skip connection?)`},
		{"square", From(batch, Op("Mul", In("x", "x"), "y")),
			`node 0: inputs "x" and "x" of Mul both depend`},
		{"relu used twice", From(batch, Op("Relu", In("x"), "p"),
			Named("left", "MatMul", In("p", "w"), In("l")), Named("right", "MatMul", In("p", "w"), In("r")),
			Op("Add", In("l", "r"), "y"), w),
			`node 2 "right": "p" is used by node 1 "left" too: networks that branch are not supported`},
		{"constant divided by the input", From(batch, Op("Div", In("c", "x"), "y"),
			Raw32("c", nil, 1)),
			"node 0: Div by what depends on the network's input is not affine"},
		{"division by zero", From(batch, Op("Div", In("x", "c"), "y"),
			Raw32("c", Dims(3), 1, 0, 1)),
			`node 0: Div by "c": it is 0 at component 1`},
		{"computed C", From(Dims(1, 1), Op("Gemm", In("c", "c", "x"), "y"),
			Raw32("c", Dims(1, 1), 1)),
			"input 2 of Gemm depends on the network's input: only a constant is supported there"},
		{"computed shape", From(Dims(1), Op("Cast", In("x"), "p", AttrI("to", TypeInt64)),
			Op("Reshape", In("c", "p"), "y"), Raw32("c", Dims(1), 1)),
			"node 0: Cast of what depends on the network's input to integers is not affine"},
		{"concat of computed", From(batch, Op("Concat", In("x", "c"), "y"),
			Raw32("c", Dims(1, 1), 1)),
			"Concat of what depends on the network's input is not supported, only of constants"},
		{"broadcast of computed", From(Dims(1, 1), Op("Add", In("x", "c"), "y"),
			Raw32("c", Dims(5), 1, 2, 3, 4, 5)),
			"Add of [1 1] and [5] repeats what depends on the network's input (1 numbers become 5)"},
		{"transpose that reorders", From(Dims(1, 2, 3), Op("Transpose", In("x"), "y", AttrInts("perm", 0, 2, 1))),
			"Transpose of [1 2 3] by perm [0 2 1] reorders"},
		{"batch of 4", From(Dims(4, 3), Op("MatMul", In("x", "w"), "y"), w),
			"MatMul of [4 3] and [3 2]: the computed operand is no single vector; only batch size 1 is supported"},
		{"negative variance", From(batch,
			Op("BatchNormalization", In("x", "c", "c", "c", "v"), "y"), Raw32("c", Dims(3), 1, 1, 1), Raw32("v", Dims(3), 1, -1, 1)),
			"node 0: BatchNormalization: var -1 and epsilon 9.999999747378752e-06 of channel 1 do not add up to more than 0"},
		{"NaN weight", From(batch, Op("Gemm", In("x", "v"), "p", AttrI("transB", 1)), Op("Relu", In("p"), "q"),
			Named("fc2", "MatMul", In("q", "w"), In("y")), Raw32("v", Dims(3, 3), 1, 2, 3, 4, 5, 6, 7, 8, 9), Raw32("w", Dims(3, 2), 1, 2, 3, nan, 5, 6)),
			`node 2 "fc2": initializer "w"[1 1] is NaN (layer 2, unit 1)`},
		{"infinite weight", From(batch, Op("Gemm", In("x", "w"), "y", AttrI("transB", 1)),
			Raw32("w", Dims(2, 3), 1, 2, 3, 4, 5, inf)),
			`initializer "w"[1 2] is +Inf (layer 1, unit 1)`},
		{"infinite bias", From(batch, Op("MatMul", In("x", "w"), "p"), Op("Add", In("p", "b"), "y"),
			w, Raw32("b", Dims(2), 0, -inf)),
			`node 1: initializer "b"[1] is -Inf`},
		{"overflow", From(batch, Op("Mul", In("x", "c"), "p"), Op("Mul", In("p", "c"), "y"),
			Raw64("c", nil, 1e300)), "layer 1, unit 0: weight 0 is +Inf"},
		{"constant overflow", From(batch, Op("Mul", In("c", "c"), "d"), Op("Mul", In("x", "d"), "y"),
			Raw64("c", nil, 1e300)), `node 1: constant "d"[] is +Inf`},
		{"wide relu", From(Dims(1, 5000), Op("Relu", In("x"), "y")),
			"node 0: 5000 units without a weight matrix before them: at most 4096"},
	} {
		t.Run(c.name, func(t *testing.T) { fails(t, c.m.Bytes(), c.want) })
	}
}

// Small files that ask for much are refused where they do.
func TestHostile(t *testing.T) {
	t.Parallel()
	column := func(n int) Part { return Raw32("c", Dims(int64(n), 1), slices.Repeat([]float64{1}, n)...) }
	row := func(n int) Part { return Raw32("r", Dims(1, int64(n)), slices.Repeat([]float64{1}, n)...) }
	// chain goes from one tensor to y in n nodes.
	chain := func(from string, n int, ops ...string) (nodes []Part) {
		for i := range n {
			to := from + "n"
			if i == n-1 {
				to = "y"
			}
			nodes = append(nodes, Op(ops[i%len(ops)], In(from), to))
			from = to
		}
		return nodes
	}
	// The sum of a column and a row is a matrix.
	sum := Op("Add", In("c", "r"), "w")
	for _, c := range []struct {
		name string
		m    Model
		want string
	}{
		{"outer sum", From(Dims(1, 8192), sum, Op("MatMul", In("x", "w"), "y"), column(8192), row(8192)),
			"node 0: too large"},
		{"product of constants", From(Dims(1, 1000), sum, Op("MatMul", In("w", "w"), "v"), Op("MatMul", In("x", "v"), "y"), column(1000), row(1000)),
			"node 1: too large"},
		{"bottleneck", From(Dims(1, 8192), Op("MatMul", In("x", "c"), "p"), Op("MatMul", In("p", "r"), "y"), column(8192), row(8192)),
			"node 1: too large"},
		{"weights used again and again", From(Dims(1, 2000), sum, column(2000), row(2000),
			Op("MatMul", In("x", "w"), "h1"), Op("Relu", In("h1"), "h2"),
			Op("MatMul", In("h2", "w"), "h3"), Op("Relu", In("h3"), "h4"), Op("MatMul", In("h4", "w"), "h5"), Op("Relu", In("h5"), "h6"),
			Op("MatMul", In("h6", "w"), "h7"), Op("Relu", In("h7"), "h8"), Op("MatMul", In("h8", "w"), "y")),
			"node 9: too large"},
		{"elementwise on a matrix", From(Dims(1, 2000), slices.Concat([]Part{sum, Op("MatMul", In("x", "w"), "p"), column(2000), row(2000)},
			chain("p", 5, "Neg"))...), "node 5: too large"},
		{"diagonals", From(Dims(1, 4096), chain("x", 10, "Neg", "Relu")...), "node 3: too large"},
		{"wide input", From(Dims(1, 1<<20), chain("x", 20, "Neg")...), "node 16: too large"},
	} {
		t.Run(c.name, func(t *testing.T) { fails(t, c.m.Bytes(), c.want) })
	}
}

func TestForeignFiles(t *testing.T) {
	t.Parallel()
	spiral, err := os.ReadFile("testdata/spiral-2-16-16-2-s1.onnx")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		data []byte
		want []string
	}{
		{"empty", nil, []string{"file is empty"}},
		{"blank", []byte(" \n\t"), []string{"file is empty"}},
		{"text", []byte("# Networks\nto work with"), []string{"not a network (JSON, ONNX, ", `): this is text that begins with "# Networks"`}},
		{"PyTorch", []byte("PK\x03\x04\x00\x00"), []string{"zip archive", "PyTorch .pt", "cut short"}},
		{"a pickle", []byte("\x80\x02\x8a\x0a"), []string{"pickle", "skl2onnx", "torch.save"}},
		{"gzip", []byte("\x1f\x8b\x08\x00"), []string{"gzip data"}},
		{"zstd", []byte("\x28\xb5\x2f\xfd\x00"), []string{"zstd data"}},
		{"HDF5", []byte("\x89HDF\r\n\x1a\n"), []string{"HDF5", "Keras"}},
		{"garbage", []byte("\x00\x01\x02\x03"), []string{"not a readable ONNX model: byte 0: "}},
		{"cut in the graph", spiral[:1000], []string{"test: not a readable ONNX model: byte 19: graph claims 2016 bytes, 978 are left: the file is cut short"}},
		{"unknown operator", From(Dims(1), Op("Softmax", In("x"), "y")).Bytes(), []string{"test: node 0: operator Softmax is not supported"}},
	} {
		t.Run(c.name, func(t *testing.T) { fails(t, c.data, c.want...) })
	}
}
