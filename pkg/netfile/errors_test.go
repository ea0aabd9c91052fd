package netfile

import (
	"bytes"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
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

func TestGraphErrors(t *testing.T) {
	t.Parallel()
	batch := dims(-1, 3)
	w := raw32("w", dims(3, 2), w23T...)
	nan, inf := math.NaN(), math.Inf(1)
	mul := op("MatMul", in("x", "w"), "y")
	for _, c := range []struct {
		name string
		m    testModel
		want []string
	}{
		{"unknown operator with a name", testModel{shape: batch, nodes: [][]byte{
			op("Identity", in("x"), "p"), named("conv1", "Conv", in("p", "w"), in("y"))}, tensors: [][]byte{w}},
			[]string{`node 1 "conv1": operator Conv is not supported (supported: Abs, Add, BatchNormalization, `, "Unsqueeze)"}},
		{"unknown operator without a name", testModel{shape: batch, nodes: [][]byte{op("Softmax", in("x"), "y")}},
			[]string{"node 0: operator Softmax is not supported"}},
		{"operator of another domain", testModel{shape: batch, nodes: [][]byte{
			sub(1, str(1, "x"), str(2, "y"), str(4, "Relu"), str(7, "com.microsoft"))}},
			[]string{"node 0: operator Relu of domain com.microsoft is not supported"}},
		{"unknown attribute", testModel{shape: batch, nodes: [][]byte{op("Add", in("x", "c"), "y", attrI("axis", 0))},
			tensors: [][]byte{raw32("c", nil, 1)}},
			[]string{"node 0: attribute axis of Add is not supported"}},
		{"attribute of another kind", testModel{shape: batch, nodes: [][]byte{op("Flatten", in("x"), "y", attrF("axis", 1))}},
			[]string{"attribute axis of Flatten is of kind 1, not 2"}},
		{"attribute twice", testModel{shape: batch, nodes: [][]byte{op("Flatten", in("x"), "y", attrI("axis", 1), attrI("axis", 0))}},
			[]string{"attribute axis of Flatten is given twice"}},
		{"skip connection", testModel{shape: batch, nodes: [][]byte{op("Neg", in("x"), "p"), op("Relu", in("p"), "q"),
			named("skip", "Add", in("p", "q"), in("y"))}},
			[]string{`node 2 "skip": inputs "p" and "q" of Add both depend on the network's input (a skip connection?)`}},
		{"square", testModel{shape: batch, nodes: [][]byte{op("Mul", in("x", "x"), "y")}},
			[]string{`node 0: inputs "x" and "x" of Mul both depend`}},
		{"relu used twice", testModel{shape: batch, nodes: [][]byte{op("Relu", in("x"), "p"),
			named("left", "MatMul", in("p", "w"), in("l")), named("right", "MatMul", in("p", "w"), in("r")),
			op("Add", in("l", "r"), "y")}, tensors: [][]byte{w}},
			[]string{`node 2 "right": "p" is used by node 1 "left" too: networks that branch are not supported`}},
		{"constant divided by the input", testModel{shape: batch, nodes: [][]byte{op("Div", in("c", "x"), "y")},
			tensors: [][]byte{raw32("c", nil, 1)}},
			[]string{"node 0: Div by what depends on the network's input is not affine"}},
		{"division by zero", testModel{shape: batch, nodes: [][]byte{op("Div", in("x", "c"), "y")},
			tensors: [][]byte{raw32("c", dims(3), 1, 0, 1)}},
			[]string{`node 0: Div by "c": it is 0 at component 1`}},
		{"computed C", testModel{shape: dims(1, 1), nodes: [][]byte{op("Gemm", in("c", "c", "x"), "y")},
			tensors: [][]byte{raw32("c", dims(1, 1), 1)}},
			[]string{"input 2 of Gemm depends on the network's input: only a constant is supported there"}},
		{"computed shape", testModel{shape: dims(1), nodes: [][]byte{op("Cast", in("x"), "p", attrI("to", typeInt64)),
			op("Reshape", in("c", "p"), "y")}, tensors: [][]byte{raw32("c", dims(1), 1)}},
			[]string{"node 0: Cast of what depends on the network's input to integers is not affine"}},
		{"cast to half", testModel{shape: batch, nodes: [][]byte{op("Cast", in("x"), "y", attrI("to", typeFloat16))}},
			[]string{"node 0: Cast to FLOAT16 is not supported"}},
		{"concat of computed", testModel{shape: batch, nodes: [][]byte{op("Concat", in("x", "c"), "y")},
			tensors: [][]byte{raw32("c", dims(1, 1), 1)}},
			[]string{"Concat of what depends on the network's input is not supported, only of constants"}},
		{"broadcast of computed", testModel{shape: dims(1, 1), nodes: [][]byte{op("Add", in("x", "c"), "y")},
			tensors: [][]byte{raw32("c", dims(5), 1, 2, 3, 4, 5)}},
			[]string{"Add of [1 1] and [5] repeats what depends on the network's input (1 numbers become 5)"}},
		{"transpose that reorders", testModel{shape: dims(1, 2, 3), nodes: [][]byte{op("Transpose", in("x"), "y", attrInts("perm", 0, 2, 1))}},
			[]string{"Transpose of [1 2 3] by perm [0 2 1] reorders"}},
		{"batch of 4", testModel{shape: dims(4, 3), nodes: [][]byte{mul}, tensors: [][]byte{w}},
			[]string{"MatMul of [4 3] and [3 2]: the computed operand is no single vector; only batch size 1 is supported"}},
		{"training mode", testModel{shape: batch, nodes: [][]byte{op("Dropout", in("x", "", "t"), "y")},
			tensors: [][]byte{append(header("t", typeBool, nil), packedInts(5, dims(1))...)}},
			[]string{"Dropout in training mode"}},
		{"batch norm in training mode", testModel{shape: batch, nodes: [][]byte{
			op("BatchNormalization", in("x", "c", "c", "c", "c"), "y", attrI("training_mode", 1))}, tensors: [][]byte{raw32("c", dims(3), 1, 1, 1)}},
			[]string{"BatchNormalization in training mode"}},
		{"negative variance", testModel{shape: batch, nodes: [][]byte{
			op("BatchNormalization", in("x", "c", "c", "c", "v"), "y")}, tensors: [][]byte{raw32("c", dims(3), 1, 1, 1), raw32("v", dims(3), 1, -1, 1)}},
			[]string{"var -1", "channel 1"}},

		{"matmul shapes", testModel{shape: dims(1, 4), nodes: [][]byte{named("fc", "MatMul", in("x", "w"), in("y"))}, tensors: [][]byte{w}},
			[]string{`node 0 "fc": MatMul of [1 4] and [3 2]: 4 columns against 3 rows`}},
		{"gemm shapes", testModel{shape: batch, nodes: [][]byte{op("Gemm", in("x", "w"), "y", attrI("transB", 1))}, tensors: [][]byte{w}},
			[]string{"Gemm of [1 3] (transA false) and [3 2] (transB true): 3 columns against 2 rows"}},
		{"gemm C", testModel{shape: batch, nodes: [][]byte{op("Gemm", in("x", "w", "c"), "y")}, tensors: [][]byte{w, raw32("c", dims(3), 1, 2, 3)}},
			[]string{"C of shape [3] does not fit the product of shape [1 2]"}},
		{"gemm of a vector", testModel{shape: dims(3), nodes: [][]byte{op("Gemm", in("x", "w"), "y")}, tensors: [][]byte{w}},
			[]string{"Gemm of [3] and [3 2]: two matrices are needed"}},
		{"add shapes", testModel{shape: batch, nodes: [][]byte{op("Add", in("x", "c"), "y")}, tensors: [][]byte{raw32("c", dims(2), 1, 2)}},
			[]string{"Add of [1 3] and [2]: the shapes do not fit"}},
		{"reshape size", testModel{shape: batch, nodes: [][]byte{op("Reshape", in("x", "s"), "y")}, tensors: [][]byte{ints("s", dims(2), -1, 2)}},
			[]string{"Reshape of [1 3] to [-1 2]: 3 numbers do not fit"}},
		{"reshape with two unknowns", testModel{shape: batch, nodes: [][]byte{op("Reshape", in("x", "s"), "y")}, tensors: [][]byte{ints("s", dims(2), -1, -1)}},
			[]string{"Reshape of [1 3] to [-1 -1]: -1 at place 1 has no meaning there"}},
		{"reshape by fractions", testModel{shape: batch, nodes: [][]byte{op("Reshape", in("x", "s"), "y")}, tensors: [][]byte{raw32("s", dims(1), 1.5)}},
			[]string{"1.5 is not an integer"}},
		{"squeeze", testModel{shape: batch, nodes: [][]byte{op("Squeeze", in("x"), "y", attrInts("axes", 1))}},
			[]string{"Squeeze of axis 1 of [1 3]: it is not 1"}},
		{"axis", testModel{shape: batch, nodes: [][]byte{op("Flatten", in("x"), "y", attrI("axis", 3))}},
			[]string{"axis 3 is out of range for 2 dimensions"}},
		{"axis beyond an int32", testModel{shape: batch, nodes: [][]byte{op("Flatten", in("x"), "y", attrI("axis", 1<<40))}},
			[]string{"attribute axis of Flatten is 1099511627776: out of range"}},
		{"unsqueeze of an axis twice", testModel{shape: batch, nodes: [][]byte{op("Unsqueeze", in("x"), "y", attrInts("axes", 0, -4))}},
			[]string{"Unsqueeze has axis 0 twice"}},
		{"perm", testModel{shape: batch, nodes: [][]byte{op("Transpose", in("x"), "y", attrInts("perm", 0, 0))}},
			[]string{"perm [0 0] is no permutation"}},
		{"perm of another length", testModel{shape: batch, nodes: [][]byte{op("Transpose", in("x"), "y", attrInts("perm", 0, 2, 1))}},
			[]string{"perm [0 2 1] for 2 dimensions"}},
		{"shape that is a matrix", testModel{shape: batch, nodes: [][]byte{op("Reshape", in("x", "s"), "y")}, tensors: [][]byte{ints("s", dims(1, 1), 3)}},
			[]string{"shape of Reshape has the shape [1 1]: a list is needed"}},
		{"shape given in both forms", testModel{shape: batch, nodes: [][]byte{op("Reshape", in("x", "s"), "y", attrInts("shape", 3))}, tensors: [][]byte{ints("s", dims(1), 3)}},
			[]string{"Reshape has shape as an input and as an attribute"}},
		{"no shape for reshape", testModel{shape: batch, nodes: [][]byte{op("Reshape", in("x"), "y")}},
			[]string{"Reshape has no shape"}},
		{"concat shapes", testModel{shape: batch, nodes: [][]byte{op("Concat", in("w", "v"), "u", attrI("axis", 0)), op("MatMul", in("x", "u"), "y")},
			tensors: [][]byte{w, raw32("v", dims(1, 3), 1, 2, 3)}},
			[]string{"Concat of [3 2] and [1 3] along axis 0: the shapes do not fit"}},
		{"batch norm shapes", testModel{shape: batch, nodes: [][]byte{op("BatchNormalization", in("x", "c", "c", "c", "v"), "y")},
			tensors: [][]byte{raw32("c", dims(3), 1, 1, 1), raw32("v", dims(2), 1, 1)}},
			[]string{"BatchNormalization of shape [1 3]: var has the shape [2], [3] expected"}},
		{"old batch norm", testModel{shape: batch, nodes: [][]byte{op("BatchNormalization", in("x", "c", "c", "c", "c"), "y", attrI("spatial", 0))},
			tensors: [][]byte{raw32("c", dims(3), 1, 1, 1)}},
			[]string{"BatchNormalization with spatial = 0 is not supported"}},
		{"infinite alpha", testModel{shape: batch, nodes: [][]byte{op("Gemm", in("x", "w"), "y", attrF("alpha", inf))}, tensors: [][]byte{w}},
			[]string{"attribute alpha of Gemm is +Inf"}},
		{"constant without a value", testModel{shape: batch, nodes: [][]byte{op("Constant", nil, "c"), op("Add", in("x", "c"), "y")}},
			[]string{"node 0: Constant has 0 attributes, 1 expected"}},
		{"constant of nothing", testModel{shape: batch, nodes: [][]byte{op("Constant", nil, "c", attrFloats("value_floats")), op("Add", in("x", "c"), "y")}},
			[]string{"node 0: Constant gives a tensor of shape [0], which is empty"}},
		{"unused first output", testModel{shape: batch, nodes: [][]byte{named("d", "Dropout", in("x"), in("", "m")), op("Relu", in("m"), "y")}},
			[]string{`node 0 "d": Dropout has no first output, and only that is supported`}},
		{"use of a mask", testModel{shape: batch, nodes: [][]byte{named("d", "Dropout", in("x"), in("p", "m")), op("Relu", in("m"), "y")}},
			[]string{`node 1: input "m" is no initializer, no graph input and no first output`}},
		{"large integer", testModel{shape: batch, nodes: [][]byte{op("Reshape", in("x", "s"), "y")}, tensors: [][]byte{ints("s", dims(1), 1<<53)}},
			[]string{`initializer "s": integer 0 is 9007199254740992: beyond 2^53 is not supported`}},
		{"many dimensions", testModel{shape: batch, nodes: [][]byte{op("Add", in("x", "c"), "y")}, tensors: [][]byte{raw32("c", slices.Repeat(dims(1), 65), 1)}},
			[]string{`initializer "c": it has 65 dimensions: at most 64 are supported`}},
		{"gather index", testModel{shape: batch, nodes: [][]byte{op("Gather", in("w", "i"), "v"), op("MatMul", in("x", "v"), "y")},
			tensors: [][]byte{w, ints("i", dims(1), 3)}},
			[]string{"Gather: index 3 is out of range for [3 2] along axis 0"}},

		{"NaN weight", testModel{shape: batch, nodes: [][]byte{op("Gemm", in("x", "v"), "p", attrI("transB", 1)), op("Relu", in("p"), "q"),
			named("fc2", "MatMul", in("q", "w"), in("y"))}, tensors: [][]byte{raw32("v", dims(3, 3), 1, 2, 3, 4, 5, 6, 7, 8, 9), raw32("w", dims(3, 2), 1, 2, 3, nan, 5, 6)}},
			[]string{`node 2 "fc2": initializer "w"[1 1] is NaN (layer 2, unit 1)`}},
		{"infinite weight", testModel{shape: batch, nodes: [][]byte{op("Gemm", in("x", "w"), "y", attrI("transB", 1))},
			tensors: [][]byte{raw32("w", dims(2, 3), 1, 2, 3, 4, 5, inf)}},
			[]string{`initializer "w"[1 2] is +Inf (layer 1, unit 1)`}},
		{"infinite bias", testModel{shape: batch, nodes: [][]byte{op("MatMul", in("x", "w"), "p"), op("Add", in("p", "b"), "y")},
			tensors: [][]byte{w, raw32("b", dims(2), 0, -inf)}},
			[]string{`node 1: initializer "b"[1] is -Inf`}},
		{"overflow", testModel{shape: batch, nodes: [][]byte{op("Mul", in("x", "c"), "p"), op("Mul", in("p", "c"), "y")},
			tensors: [][]byte{raw64("c", nil, 1e300)}}, []string{"layer 1, unit 0: weight 0 is +Inf"}},
		{"constant overflow", testModel{shape: batch, nodes: [][]byte{op("Mul", in("c", "c"), "d"), op("Mul", in("x", "d"), "y")},
			tensors: [][]byte{raw64("c", nil, 1e300)}}, []string{`node 1: constant "d"[] is +Inf`}},
		{"data elsewhere", testModel{shape: batch, nodes: [][]byte{mul},
			tensors: [][]byte{append(header("w", typeFloat, dims(3, 2)), num(14, 1)...)}},
			[]string{`initializer "w": its data is in another file (data_location EXTERNAL)`}},
		{"too few values", testModel{shape: batch, nodes: [][]byte{mul}, tensors: [][]byte{raw32("w", dims(3, 2), 1, 2, 3, 4, 5)}},
			[]string{`initializer "w": its shape is [3 2], but raw_data has 5 values`}},
		{"broken values", testModel{shape: batch, nodes: [][]byte{mul}, tensors: [][]byte{append(header("w", typeFloat, dims(3, 2)), sub(9, make([]byte, 23))...)}},
			[]string{"23 bytes in raw_data are no whole number of FLOAT values"}},
		{"values in the wrong field", testModel{shape: batch, nodes: [][]byte{mul}, tensors: [][]byte{append(header("w", typeFloat, dims(1, 1)), f64(10, 1)...)}},
			[]string{"its shape is [1 1], but float_data has 0 values"}},
		{"values in two fields", testModel{shape: batch, nodes: [][]byte{mul}, tensors: [][]byte{append(raw32("w", dims(1), 1), f32(4, 1)...)}},
			[]string{"it has values in raw_data and in float_data"}},
		{"shape that overflows", testModel{shape: batch, nodes: [][]byte{mul}, tensors: [][]byte{raw32("w", dims(1<<32, 1<<32), 1)}},
			[]string{"its shape cannot be: [4294967296 4294967296]"}},
		{"negative shape", testModel{shape: batch, nodes: [][]byte{mul}, tensors: [][]byte{raw32("w", dims(-1, -1), 1)}},
			[]string{"its shape cannot be: [-1 -1]"}},
		{"empty tensor", testModel{shape: batch, nodes: [][]byte{mul}, tensors: [][]byte{raw32("w", dims(3, 0))}},
			[]string{"its shape cannot be: [3 0]"}},
		{"bytes as weights", testModel{shape: batch, nodes: [][]byte{mul}, tensors: [][]byte{header("w", 2, dims(3, 2))}},
			[]string{"its data type UINT8 is not supported"}},
		{"initializer twice", testModel{shape: batch, nodes: [][]byte{mul}, tensors: [][]byte{w, w}},
			[]string{`initializer "w" is given twice`}},

		{"no nodes", testModel{shape: batch}, []string{"graph has no nodes"}},
		{"two inputs", testModel{shape: batch, nodes: [][]byte{op("Relu", in("x"), "y")}, inputs: [][]byte{value("z", 1, 2)}},
			[]string{`graph has 2 inputs ("x" "z"): exactly one is supported`}},
		{"two outputs", testModel{shape: batch, nodes: [][]byte{op("Relu", in("x"), "y"), op("Neg", in("y"), "z")}, outputs: [][]byte{value("z")}},
			[]string{`graph has 2 outputs ("y" "z"): exactly one is supported`}},
		{"output from nowhere", testModel{shape: batch, nodes: [][]byte{op("Relu", in("x"), "z")}},
			[]string{`graph output "y" is made by no node`}},
		{"constant output", testModel{shape: batch, nodes: [][]byte{op("Relu", in("w"), "y")}, tensors: [][]byte{w}},
			[]string{`graph output "y" does not depend on the input`}},
		{"unknown tensor", testModel{shape: batch, nodes: [][]byte{op("Add", in("x", "c"), "y")}},
			[]string{`node 0: input "c" is no initializer`}},
		{"use before definition", testModel{shape: batch, nodes: [][]byte{op("Relu", in("p"), "y"), op("Neg", in("x"), "p")}},
			[]string{`node 0: input "p" is no initializer`}},
		{"cycle", testModel{shape: batch, nodes: [][]byte{op("Relu", in("y"), "y")}},
			[]string{`node 0: input "y" is no initializer`}},
		{"tensor made twice", testModel{shape: batch, nodes: [][]byte{op("Neg", in("x"), "y"), op("Relu", in("x"), "y")}},
			[]string{`node 1: its output "y" is made elsewhere already`}},
		{"missing input", testModel{shape: batch, nodes: [][]byte{op("Add", in("x"), "y")}},
			[]string{"node 0: Add lacks input 1 of at least 2"}},
		{"too many inputs", testModel{shape: batch, nodes: [][]byte{op("Relu", in("x", "x"), "y")}},
			[]string{"node 0: Relu has 2 inputs, at most 1 expected"}},
		{"open dimension", testModel{shape: dims(-1, -1), nodes: [][]byte{op("Relu", in("x"), "y")}},
			[]string{`graph input "x" leaves dimension 1 open: only the batch may be`}},
		{"no shape", testModel{nodes: [][]byte{op("Relu", in("x"), "y")}},
			[]string{`graph input "x" has no shape`}},
		{"enormous input", testModel{shape: dims(1<<20, 1<<44), nodes: [][]byte{op("Relu", in("x"), "y")}},
			[]string{"more than 1048576 inputs are not supported"}},
		{"wide relu", testModel{shape: dims(1, 5000), nodes: [][]byte{op("Relu", in("x"), "y")}},
			[]string{"node 0: 5000 units without a weight matrix before them: at most 4096"}},
	} {
		t.Run(c.name, func(t *testing.T) { fails(t, c.m.bytes(), c.want...) })
	}
}

// Small files that ask for much are refused where they do.
func TestHostile(t *testing.T) {
	t.Parallel()
	vectors := func(n int) [][]byte {
		ones := slices.Repeat([]float64{1}, n)
		return [][]byte{raw32("c", dims(int64(n), 1), ones...), raw32("r", dims(1, int64(n)), ones...)}
	}
	chain := func(n int, ops ...string) (nodes [][]byte) {
		last := "x"
		for i := range n {
			next := last + "n"
			if i == n-1 {
				next = "y"
			}
			nodes = append(nodes, op(ops[i%len(ops)], in(last), next))
			last = next
		}
		return nodes
	}
	// The sum of a column and a row is a matrix.
	sum := op("Add", in("c", "r"), "w")
	for _, c := range []struct {
		name string
		m    testModel
		want string
	}{
		{"outer sum", testModel{shape: dims(1, 8192), nodes: [][]byte{sum, op("MatMul", in("x", "w"), "y")}, tensors: vectors(8192)},
			"node 0: too large"},
		{"product of constants", testModel{shape: dims(1, 1000),
			nodes: [][]byte{sum, op("MatMul", in("w", "w"), "v"), op("MatMul", in("x", "v"), "y")}, tensors: vectors(1000)},
			"node 1: too large"},
		{"bottleneck", testModel{shape: dims(1, 8192), nodes: [][]byte{op("MatMul", in("x", "c"), "p"), op("MatMul", in("p", "r"), "y")},
			tensors: vectors(8192)}, "node 1: too large"},
		{"weights used again and again", testModel{shape: dims(1, 2000), nodes: [][]byte{sum, op("MatMul", in("x", "w"), "h1"), op("Relu", in("h1"), "h2"),
			op("MatMul", in("h2", "w"), "h3"), op("Relu", in("h3"), "h4"), op("MatMul", in("h4", "w"), "h5"), op("Relu", in("h5"), "h6"),
			op("MatMul", in("h6", "w"), "h7"), op("Relu", in("h7"), "h8"), op("MatMul", in("h8", "w"), "y")},
			tensors: vectors(2000)}, "node 9: too large"},
		{"elementwise on a matrix", testModel{shape: dims(1, 2000),
			nodes:   append([][]byte{sum, op("MatMul", in("x", "w"), "xn")}, chain(6, "Neg")[1:]...),
			tensors: vectors(2000)}, "node 5: too large"},
		{"diagonals", testModel{shape: dims(1, 4096), nodes: chain(10, "Neg", "Relu")}, "node 3: too large"},
		{"wide input", testModel{shape: dims(1, maxInputs), nodes: chain(20, "Neg")}, "node 16: too large"},
	} {
		t.Run(c.name, func(t *testing.T) { fails(t, c.m.bytes(), c.want) })
	}
}

func TestForeignFiles(t *testing.T) {
	t.Parallel()
	spiral, err := os.ReadFile("testdata/spiral-2-16-16-2-s1.onnx")
	if err != nil {
		t.Fatal(err)
	}
	graph := sub(1, str(1, "x"), str(2, "y"), str(4, "Relu"))
	for _, c := range []struct {
		name string
		data []byte
		want []string
	}{
		{"empty", nil, []string{"file is empty"}},
		{"blank", []byte(" \n\t"), []string{"file is empty"}},
		{"text", []byte("# Networks\nto work with"), []string{`neither a JSON network nor an ONNX model: this is text that begins with "# Networks"`}},
		{"PyTorch", []byte("PK\x03\x04\x00\x00"), []string{"zip archive", "PyTorch .pt", "torch.onnx.export", "JSON"}},
		{"old PyTorch", []byte("\x80\x02\x8a\x0a"), []string{"pickle", "torch.onnx.export"}},
		{"gzip", []byte("\x1f\x8b\x08\x00"), []string{"gzip data"}},
		{"zstd", []byte("\x28\xb5\x2f\xfd\x00"), []string{"zstd data"}},
		{"HDF5", []byte("\x89HDF\r\n\x1a\n"), []string{"HDF5", "Keras"}},
		{"garbage", []byte("\x00\x01\x02\x03"), []string{"not a readable ONNX model: byte 0: "}},
		{"a group without end", []byte("\x0b\x08\x01"), []string{"byte 0: "}},
		{"cut in the graph", spiral[:1000], []string{"byte 19: graph claims 2016 bytes, 978 are left: the file is cut short"}},
		{"cut in a length", spiral[:21], []string{"byte 19: graph ends at byte 21: the file is cut short"}},
		{"cut before the graph", spiral[:19], []string{"no graph in its 19 bytes"}},
		{"cut after the graph", spiral[:len(spiral)-4], []string{"no opset_import", "cut short"}},
		{"cut in the last field", spiral[:len(spiral)-1], []string{"opset_import claims 2 bytes, 1 are left"}},
		{"a node that claims too much", model8(append(str(2, "g"), sub(1, []byte{0x0a, 0x40, 'x'})...)),
			[]string{"graph.node[0].input claims 64 bytes, 1 are left"}},
		{"a graph that is a number", num(7, 1), []string{"byte 0: graph has wire type 0, which it cannot have"}},
		{"packed data cut short", model8(sub(5, sub(4, []byte{0, 0, 0x80, 0x3f, 0, 0}))), []string{"graph.initializer[0].float_data ends at byte"}},
		{"varint cut short", model8(sub(5, sub(7, []byte{0x80}))), []string{"graph.initializer[0].int64_data ends at byte"}},
		{"two graphs", bytes.Join([][]byte{num(1, 7), sub(7, graph), sub(7, graph)}, nil), []string{"a second graph"}},
		{"sparse", model8(append(graph, sub(15)...)), []string{"sparse initializers are not supported"}},
		{"many nodes", model8(bytes.Repeat(sub(1), maxNodes+1)), []string{"more than 65536 nodes"}},
		{"many initializers", model8(bytes.Repeat(sub(5), maxTensors+1)), []string{"more than 65536 initializers"}},
		{"many inputs", model8(bytes.Repeat(sub(11), maxTensors+1)), []string{"more than 65536 graph inputs"}},
		{"many attributes", model8(sub(1, bytes.Repeat(sub(5), maxAttributes+1))), []string{"graph.node[0]: more than 64 attributes"}},
	} {
		t.Run(c.name, func(t *testing.T) { fails(t, c.data, c.want...) })
	}
}
