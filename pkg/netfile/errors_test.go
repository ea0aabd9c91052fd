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
		{"square", From(batch, Op("Mul", In("x", "x"), "y")),
			"node 0: Mul multiplies two values that both depend on the network's input (x*y or a square): that is no piecewise-linear function, as a skip connection by Add is"},
		{"attention", From(Dims(1, 2, 2), Op("Transpose", In("x"), "p", AttrInts("perm", 0, 2, 1)), Named("scores", "MatMul", In("x", "p"), In("y"))),
			`node 1 "scores": MatMul multiplies two values that both depend`},
		{"power", From(batch, Op("Pow", In("x", "c"), "y"), Raw32("c", nil, 2)),
			"node 0: Pow of what depends on the network's input is not supported: it is a power, not piecewise linear"},
		{"smooth between matrices", From(batch, Named("act", "Tanh", In("x"), In("p")), Op("MatMul", In("p", "w"), "y"), w),
			`node 1: MatMul takes what comes from Tanh of node 0 "act", which is smooth: a network of piecewise-linear units has no such operator before a matrix or a unit`},
		{"a relu after an argmax", From(batch, Op("ArgMax", In("x"), "p"), Op("Cast", In("p"), "q", AttrI("to", TypeFloat)), Op("Relu", In("q"), "y")),
			"node 2: Relu takes what comes from ArgMax of node 0, which is discrete"},
		{"a jump", From(batch, Op("ThresholdedRelu", In("x"), "y")),
			"node 0: ThresholdedRelu with alpha = 1 jumps from 0 to 1"},
		{"a jump by where of others", From(batch, Op("Greater", In("x", "c"), "p"), Op("Where", In("p", "x", "d"), "y"), Raw32("c", nil, 1), Raw32("d", nil, 2)),
			"node 1: Where jumps where its condition changes: it is no continuous piecewise-linear function"},
		{"a hard shrink", From(batch, Op("Shrink", In("x"), "y")), "node 0: Shrink with the bias 0 and lambd 0.5 jumps"},
		{"a jump that is added", From(batch, Op("Greater", In("x", "c"), "p"), Op("Cast", In("p"), "q", AttrI("to", TypeFloat)), Op("Add", In("q", "x"), "y"), Raw32("c", nil, 1)),
			"node 2: Add takes a comparison of what depends on the network's input: such a jump is supported only as a form of ReLU, max(0, x)"},
		{"normalisation of layers", From(batch, Op("LayerNormalization", In("x", "c"), "y"), Raw32("c", Dims(3), 1, 1, 1)),
			"node 0: operator LayerNormalization is not supported: export the network without it"},
		{"loops", From(batch, Op("Loop", In("x"), "y")), "node 0: operator Loop is not supported"},
		{"indices that depend on the input", From(batch, Op("Gather", In("c", "x"), "y"), Raw32("c", Dims(3), 1, 1, 1)),
			"node 0: 0 is not an integer as is needed here"},
		{"open dimension", From(Dims(-1, -1), Op("Relu", In("x"), "y")),
			`graph input "x" leaves dimension 1 open: only the batch may be; export the network with its size`},
		{"open dimension before a matrix without weights", From(Dims(-1, -1), Op("MatMul", In("x"), "y")),
			`graph input "x" leaves dimension 1 open`},
		{"no shape", From(nil, Op("Relu", In("x"), "y")),
			`graph input "x" has no shape: export the network with one`},
		{"enormous batch that is none", From(Dims(1<<20, 8), Op("Relu", In("x"), "y")),
			`graph input "x" has a batch of 1048576, but as one row: no matrix tells a batch from inputs`},
		{"constant divided by the input", From(batch, Op("Div", In("c", "x"), "y"),
			Raw32("c", nil, 1)),
			"node 0: input 1 of Div depends on the network's input: only a constant is supported there"},
		{"division by zero", From(batch, Op("Div", In("x", "c"), "y"),
			Raw32("c", Dims(3), 1, 0, 1)),
			`node 0: Div by "c": it is 0 at component 1`},
		{"negative variance", From(batch,
			Op("BatchNormalization", In("x", "c", "c", "c", "v"), "y"), Raw32("c", Dims(3), 1, 1, 1), Raw32("v", Dims(3), 1, -1, 1)),
			"node 0: BatchNormalization: var -1 and epsilon 9.999999747378752e-06 of channel 1 do not add up to more than 0"},
		{"NaN weight", From(batch, Op("Gemm", In("x", "v"), "p", AttrI("transB", 1)), Op("Relu", In("p"), "q"),
			Named("fc2", "MatMul", In("q", "w"), In("y")), Raw32("v", Dims(3, 3), 1, 2, 3, 4, 5, 6, 7, 8, 9), Raw32("w", Dims(3, 2), 1, 2, 3, nan, 5, 6)),
			`node 2 "fc2": initializer "w"[1 1] is NaN`},
		{"infinite weight", From(batch, Op("Gemm", In("x", "w"), "y", AttrI("transB", 1)),
			Raw32("w", Dims(2, 3), 1, 2, 3, 4, 5, inf)),
			`initializer "w"[1 2] is +Inf`},
		{"infinite bias", From(batch, Op("MatMul", In("x", "w"), "p"), Op("Add", In("p", "b"), "y"),
			w, Raw32("b", Dims(2), 0, -inf)),
			`node 1: initializer "b"[1] is -Inf`},
		{"overflow", From(batch, Op("Mul", In("x", "c"), "p"), Op("Mul", In("p", "c"), "y"),
			Raw64("c", nil, 1e300)), "output 0: the values overflow"},
		{"constant overflow", From(batch, Op("Mul", In("c", "c"), "d"), Op("Mul", In("x", "d"), "y"),
			Raw64("c", nil, 1e300)), `node 1: constant "d"[] is +Inf`},
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
			"node 3: too large"},
		{"elementwise on a matrix", From(Dims(1, 2000), slices.Concat([]Part{sum, Op("MatMul", In("x", "w"), "p"), column(2000), row(2000)},
			chain("p", 5, "Neg"))...), "node 2: too large"},
		{"resized", From(Dims(1, 64), Op("Resize", In("x", "", "s"), "y"), Raw32("s", Dims(2), 4096, 64)), "node 0: Resize of [1 64] to [4096 4096]: too large"},
		{"resized along many axes", From(slices.Repeat(Dims(2), 20), Op("Resize", In("x", "", "s"), "y", AttrS("mode", "linear")), Raw32("s", Dims(20), slices.Repeat([]float64{1.5}, 20)...)),
			"too large"},
		{"sparse", From(Dims(1, 1), Op("Sum", In("a", "b", "x"), "y"), Spread("a", Dims(1<<12, 1<<11), []float64{1}, Dims(0)), Spread("b", Dims(1<<12, 1<<11), []float64{1}, Dims(0))), "too large"},
		{"window of a million", From(Dims(1, 1, 8), Op("MaxPool", In("x"), "y", AttrInts("kernel_shape", 1<<30), AttrInts("pads", 1<<30, 1<<30))), "too large"},
		{"dilated window", From(Dims(1, 1, 8), Op("AveragePool", In("x"), "y", AttrInts("kernel_shape", 1<<12), AttrInts("dilations", 1<<30), AttrInts("pads", 1<<30, 1<<30))), "a window of"},
		{"transposed conv of great strides", From(Dims(1, 1, 8), Op("ConvTranspose", In("x", "k"), "y", AttrInts("strides", 1<<30)), Raw32("k", Dims(1, 1, 1), 1)), "its result would have the shape [1 1 7516192769]"},
		{"wide input", From(Dims(1, 1<<20), chain("x", 20, "Neg")...), "node 2: too large"},
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
		{"unknown operator", From(Dims(1), Op("LSTM", In("x"), "y")).Bytes(), []string{"test: node 0: operator LSTM is not supported"}},
	} {
		t.Run(c.name, func(t *testing.T) { fails(t, c.data, c.want...) })
	}
}
