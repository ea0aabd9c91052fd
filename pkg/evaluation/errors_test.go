package evaluation

import (
	"math"
	"slices"
	"strings"
	"testing"

	"relucount/pkg/onnx"
	. "relucount/pkg/onnx/onnxtest"
)

// eval reads a model and evaluates it at x, by default 0.
func eval(data []byte, x []float64) ([]float64, error) {
	g, err := row(data)
	if err != nil {
		return nil, err
	}
	if x == nil {
		x = make([]float64, g.Size())
	}
	pass, err := g.Eval(x, nil)
	if err != nil {
		return nil, err
	}
	return pass.Output()
}

// row reads a model for a batch of one row.
func row(data []byte) (*Graph, error) {
	g, err := onnx.Read(data, nil)
	if err != nil {
		return nil, err
	}
	var dims [][]int
	for _, in := range g.Inputs {
		d := slices.Clone(in.Dims)
		if len(d) > 1 && d[0] < 0 {
			d[0] = 1
		}
		dims = append(dims, d)
	}
	if g, err = g.With(dims); err != nil {
		return nil, err
	}
	return New(g), nil
}

// fails wants an error that contains all the parts, from reading or evaluating.
func fails(t *testing.T, data []byte, parts ...string) {
	t.Helper()
	_, err := eval(data, nil)
	if err == nil {
		t.Errorf("read and evaluated, want an error with %q", parts)
		return
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("error %q lacks %q", err, p)
		}
	}
}

// refusal is a model that cannot be read or evaluated, and the error.
type refusal struct {
	name string
	m    Model
	want string
}

var (
	batch = Dims(-1, 3)
	w     = Raw32("w", Dims(3, 2), W23T...)
	mul   = Op("MatMul", In("x", "w"), "y")
)

func TestErrors(t *testing.T) {
	t.Parallel()
	for _, c := range slices.Concat(operatorErrors, shapeErrors, tensorErrors, graphErrors) {
		t.Run(c.name, func(t *testing.T) { fails(t, c.m.Bytes(), c.want) })
	}
}

// operatorErrors are in what a node asks of its operator.
var operatorErrors = []refusal{
	{"unknown operator with a name", From(batch,
		Op("Identity", In("x"), "p"), Named("rnn", "LSTM", In("p", "w"), In("y")), w),
		`node 1 "rnn": operator LSTM is not supported: export the network without it (docs/operators.md lists the operators)`},
	{"unknown operator without a name", From(batch, Op("Softmax", In("x"), "y")),
		"node 0: operator Softmax is not supported"},
	{"operator of another domain", From(batch, Operation(slices.Concat(String(1, "x"), String(2, "y"), String(4, "Relu"), String(7, "com.microsoft")))),
		"node 0: operator Relu of domain com.microsoft is not supported"},
	{"unknown attribute", From(batch, Op("Relu", In("x"), "y", AttrI("axis", 0))),
		"node 0: attribute axis of Relu is not supported"},
	{"window without a kernel", From(Dims(1, 1, 3), Op("MaxPool", In("x"), "y")), "MaxPool of shape [1 1 3]: a kernel of shape []"},
	{"window that does not fit", From(Dims(1, 1, 3), Op("MaxPool", In("x"), "y", AttrInts("kernel_shape", 4))), "MaxPool: a window of 4 over 3 numbers with padding 0 and 0"},
	{"window over nothing", From(batch, Op("MaxPool", In("x"), "y", AttrInts("kernel_shape", 4))), "MaxPool of shape [1 3]: a batch, channels and 1 to 3 dimensions are needed"},
	{"stride of 0", From(Dims(1, 1, 3), Op("MaxPool", In("x"), "y", AttrInts("kernel_shape", 2), AttrInts("strides", 0))), "attribute strides of MaxPool is [0], for 1 dimensions"},
	{"conv of other channels", From(Dims(1, 2, 3), Op("Conv", In("x", "v"), "y"), Raw32("v", Dims(1, 1, 2), 1, 2)), "Conv of [1 2 3] and [1 1 2] in 1 groups: the channels do not fit"},
	{"conv in groups that do not fit", From(Dims(1, 3, 3), Op("Conv", In("x", "v"), "y", AttrI("group", 2)), Raw32("v", Dims(2, 1, 2), 1, 2, 3, 4)), "in 2 groups: the shapes do not fit"},
	{"resize in another mode", From(Dims(1, 3), Op("Resize", In("x", "", "s"), "y", AttrS("mode", "cubic")), Raw32("s", Dims(2), 1, 2)), "Resize in mode cubic is not supported: use nearest or linear"},
	{"resize by nothing", From(Dims(1, 3), Op("Resize", In("x", "", "s"), "y"), Raw32("s", Dims(2), 1, 0)), "Resize of [1 3] along axis 1 by 0"},
	{"pad that leaves nothing", From(batch, Op("Pad", In("x", "n"), "y"), Ints("n", Dims(4), 0, -2, 0, -2)), "Pad of [1 3] by [0 -2 0 -2]: less than nothing is left"},
	{"slice by 0", From(batch, Op("Slice", In("x", "a", "b", "a", "a"), "y"), Ints("a", Dims(1), 0), Ints("b", Dims(1), 1)), "Slice has a step of 0"},
	{"slice of nothing", From(batch, Op("Slice", In("x", "a", "a", "b"), "y"), Ints("a", Dims(1), 2), Ints("b", Dims(1), 1)), "Slice gives a tensor of shape [1 0], which is empty"},
	{"split that does not add up", From(batch, Op("Split", In("x"), "y", AttrI("axis", 1), AttrInts("split", 2, 2))), "Split of 3 numbers into [2 2]"},
	{"attribute of another kind", From(batch, Op("Flatten", In("x"), "y", AttrF("axis", 1))),
		"attribute axis of Flatten is of kind 1, not 2"},
	{"attribute twice", From(batch, Op("Flatten", In("x"), "y", AttrI("axis", 1), AttrI("axis", 0))),
		"attribute axis of Flatten is given twice"},
	{"missing input", From(batch, Op("Add", In("x"), "y")),
		"node 0: Add lacks input 1 of at least 2"},
	{"too many inputs", From(batch, Op("Relu", In("x", "x"), "y")),
		"node 0: Relu has 2 inputs, at most 1 expected"},
	{"cast to text", From(batch, Op("Cast", In("x"), "y", AttrI("to", 8))),
		"node 0: Cast to STRING is not supported"},
	{"training mode", From(batch, Op("Dropout", In("x", "", "t"), "y"),
		Store("t", TypeBool, nil, Varints(5, Dims(1)))),
		"Dropout in training mode"},
	{"batch norm in training mode", From(batch,
		Op("BatchNormalization", In("x", "c", "c", "c", "c"), "y", AttrI("training_mode", 1)), Raw32("c", Dims(3), 1, 1, 1)),
		"BatchNormalization in training mode"},
	{"old batch norm", From(batch, Op("BatchNormalization", In("x", "c", "c", "c", "c"), "y", AttrI("spatial", 0)),
		Raw32("c", Dims(3), 1, 1, 1)),
		"BatchNormalization with spatial = 0 is not supported"},
	{"infinite alpha", From(batch, Op("Gemm", In("x", "w"), "y", AttrF("alpha", math.Inf(1))), w),
		"attribute alpha of Gemm is +Inf"},
	{"axis beyond an int32", From(batch, Op("Flatten", In("x"), "y", AttrI("axis", 1<<40))),
		"attribute axis of Flatten is 1099511627776: out of range"},
	{"constant without a value", From(batch, Op("Constant", nil, "c"), Op("Add", In("x", "c"), "y")),
		"node 0: Constant has 0 attributes, 1 expected"},
	{"constant of nothing", From(batch, Op("Constant", nil, "c", AttrFloats("value_floats")), Op("Add", In("x", "c"), "y")),
		"node 1: Add of [1 3] and [0]: the shapes do not fit"},
	{"shape given in both forms", From(batch, Op("Reshape", In("x", "s"), "y", AttrInts("shape", 3)), Ints("s", Dims(1), 3)),
		"Reshape has shape as an input and as an attribute"},
	{"no shape for reshape", From(batch, Op("Reshape", In("x"), "y")),
		"Reshape has no shape"},
}

// shapeErrors are in shapes that do not fit together.
var shapeErrors = []refusal{
	{"matmul shapes", From(Dims(1, 4), Named("fc", "MatMul", In("x", "w"), In("y")), w),
		`node 0 "fc": MatMul of [1 4] and [3 2]: 4 columns against 3 rows`},
	{"gemm shapes", From(batch, Op("Gemm", In("x", "w"), "y", AttrI("transB", 1)), w),
		"Gemm of [1 3] (transA false) and [3 2] (transB true): 3 columns against 2 rows"},
	{"gemm C", From(batch, Op("Gemm", In("x", "w", "c"), "y"), w, Raw32("c", Dims(3), 1, 2, 3)),
		"C of shape [3] does not fit the product of shape [1 2]"},
	{"gemm of a vector", From(Dims(3), Op("Gemm", In("x", "w"), "y"), w),
		"Gemm of [3] and [3 2]: two matrices are needed"},
	{"add shapes", From(batch, Op("Add", In("x", "c"), "y"), Raw32("c", Dims(2), 1, 2)),
		"Add of [1 3] and [2]: the shapes do not fit"},
	{"reshape size", From(batch, Op("Reshape", In("x", "s"), "y"), Ints("s", Dims(2), -1, 2)),
		"Reshape of [1 3] to [-1 2]: 3 numbers do not fit"},
	{"reshape with two unknowns", From(batch, Op("Reshape", In("x", "s"), "y"), Ints("s", Dims(2), -1, -1)),
		"Reshape of [1 3] to [-1 -1]: -1 at place 1 has no meaning there"},
	{"reshape by fractions", From(batch, Op("Reshape", In("x", "s"), "y"), Raw32("s", Dims(1), 1.5)),
		"1.5 is not an integer"},
	{"squeeze", From(batch, Op("Squeeze", In("x"), "y", AttrInts("axes", 1))),
		"Squeeze of axis 1 of [1 3]: it is not 1"},
	{"axis", From(batch, Op("Flatten", In("x"), "y", AttrI("axis", 3))),
		"axis 3 is out of range for 2 dimensions"},
	{"unsqueeze of an axis twice", From(batch, Op("Unsqueeze", In("x"), "y", AttrInts("axes", 0, -4))),
		"Unsqueeze has axis 0 twice"},
	{"perm", From(batch, Op("Transpose", In("x"), "y", AttrInts("perm", 0, 0))),
		"perm [0 0] is no permutation"},
	{"perm of another length", From(batch, Op("Transpose", In("x"), "y", AttrInts("perm", 0, 2, 1))),
		"perm [0 2 1] for 2 dimensions"},
	{"shape that is a matrix", From(batch, Op("Reshape", In("x", "s"), "y"), Ints("s", Dims(1, 1), 3)),
		"shape of Reshape has the shape [1 1]: a list is needed"},
	{"concat shapes", From(batch, Op("Concat", In("w", "v"), "u", AttrI("axis", 0)), Op("MatMul", In("x", "u"), "y"),
		w, Raw32("v", Dims(1, 3), 1, 2, 3)),
		"Concat of [3 2] and [1 3] along axis 0: the shapes do not fit"},
	{"batch norm shapes", From(batch, Op("BatchNormalization", In("x", "c", "c", "c", "v"), "y"),
		Raw32("c", Dims(3), 1, 1, 1), Raw32("v", Dims(2), 1, 1)),
		"BatchNormalization of shape [1 3]: var has the shape [2], [3] expected"},
	{"gather index", From(batch, Op("Gather", In("w", "i"), "v"), Op("MatMul", In("x", "v"), "y"),
		w, Ints("i", Dims(1), 3)),
		"Gather: index 3 is out of range for [3 2] along axis 0"},
}

// tensorErrors are in how initialisers are stored.
var tensorErrors = []refusal{
	{"large integer", From(batch, Op("Reshape", In("x", "s"), "y"), Ints("s", Dims(1), 1<<53)),
		"9.007199254740992e+15 is not an integer as is needed here"},
	{"many dimensions", From(batch, Op("Add", In("x", "c"), "y"), Raw32("c", slices.Repeat(Dims(1), 65), 1)),
		`initializer "c": it has 65 dimensions: at most 64 are supported`},
	{"too few values", From(batch, mul, Raw32("w", Dims(3, 2), 1, 2, 3, 4, 5)),
		`initializer "w": its shape is [3 2], but raw_data has 5 values`},
	{"broken values", From(batch, mul, Store("w", TypeFloat, Dims(3, 2), Message(9, make([]byte, 23)))),
		"23 bytes in raw_data are no whole number of FLOAT values"},
	{"values in the wrong field", From(batch, mul, Store("w", TypeFloat, Dims(1, 1), Float64(10, 1))),
		"its shape is [1 1], but float_data has 0 values"},
	{"values in two fields", From(batch, mul, Store("w", TypeFloat, Dims(1), Message(9, []byte{0, 0, 0x80, 0x3f}), Float32(4, 1))),
		"it has values in raw_data and in float_data"},
	{"shape that overflows", From(batch, mul, Raw32("w", Dims(1<<32, 1<<32), 1)),
		"its shape cannot be: [4294967296 4294967296]"},
	{"negative shape", From(batch, mul, Raw32("w", Dims(-1, -1), 1)),
		"its shape cannot be: [-1 -1]"},
	{"empty tensor", From(batch, mul, Raw32("w", Dims(3, 0))),
		"node 0: MatMul gives a tensor of shape [1 0], which is empty"},
	{"text as weights", From(batch, mul, Store("w", 8, Dims(3, 2))),
		"its data type STRING is not supported"},
	{"sparse beyond its shape", From(batch, mul, Spread("w", Dims(3, 2), []float64{1}, Dims(6))), `initializer "w": index 6 is outside of [3 2]`},
	{"sparse beyond an axis", From(batch, mul, Spread("w", Dims(3, 2), []float64{1}, Dims(0, 2))), `initializer "w": index [0 2] is outside of [3 2]`},
	{"sparse and enormous", From(batch, mul, Spread("w", Dims(1<<20, 1<<10), []float64{1}, Dims(0))), `initializer "w": its shape cannot be: [1048576 1024]`},
}

// graphErrors are in how nodes, inputs and outputs are joined.
var graphErrors = []refusal{
	{"constant output", From(batch, Op("Relu", In("w"), "y"), w),
		`graph output "y" does not depend on the input`},
	{"unknown tensor", From(batch, Op("Add", In("x", "c"), "y")),
		`node 0: input "c" is no initializer`},
	{"unused first output", From(batch, Named("d", "Dropout", In("x"), In("", "m")), Op("Relu", In("m"), "y")),
		`node 0 "d": Dropout has no first output, and only that is supported`},
	{"use of a mask", From(batch, Named("d", "Dropout", In("x"), In("p", "m")), Op("Relu", In("m"), "y")),
		`node 1: input "m" is no initializer, no graph input and no first output`},
	{"enormous input", From(Dims(1<<20, 1<<44), Op("Relu", In("x"), "y")),
		"more than 1048576 inputs are not supported"},
}
