package onnxtest

import "slices"

// Function is a model whose value is known at one place.
type Function struct {
	Name    string
	Model   Model
	X, Want []float64
	Layers  []int // units of each layer of the folded network; negative for a linear layer
}

// Functions returns at least one model for each operator.
func Functions() []Function {
	return slices.Concat(matrices(), chains(), arithmetic(), activations(), constants(), shapes(), forms(),
		pointwise(), branches(), moves(), windows(), sums(), learned(), models())
}

// Seeds returns models for fuzzing.
func Seeds() (seeds []Model) {
	for _, f := range Functions() {
		seeds = append(seeds, f.Model)
	}
	for n := 3; n <= 9; n += 3 {
		w := make([]float64, n*2)
		for i := range w {
			w[i] = float64(i) - 2
		}
		seeds = append(seeds, From(Dims(-1, int64(n/3), 3),
			Op("Sub", In("x", "c"), "a"), Op("Transpose", In("v"), "w"), Op("Reshape", In("a", "s"), "b"),
			Op("Gemm", In("b", "w", "bias"), "d", AttrF("alpha", 2)),
			Op("BatchNormalization", In("d", "bias", "bias", "bias", "var"), "e"), Op("Relu", In("e"), "g"),
			Op("Constant", nil, "k", AttrFloats("value_floats", 1, 3)), Op("Div", In("g", "k"), "h"),
			Op("Unsqueeze", In("h"), "i", AttrInts("axes", 0)), Op("Squeeze", In("i"), "j"), Op("Flatten", In("j"), "y", AttrI("axis", 0)),
			Raw64("c", nil, 0.5), List32("v", Dims(2, int64(n)), w...), Ints("s", Dims(2), 0, -1),
			Loose32("bias", Dims(2), 1, -1), Raw32("var", Dims(2), 1, 2)))
	}
	return seeds
}

// Weights of 2 units on 3 inputs, and the same transposed. At (1, 2, -1) the
// units are -6 and 9.5.
var (
	W23  = []float64{1, -2, 3, 0.5, 4, -1}
	W23T = []float64{1, 0.5, -2, 4, 3, -1}
)

// With the bias the units are 4 and -0.5 at x.
var (
	x     = []float64{1, 2, -1}
	bias  = Raw32("b", Dims(2), 10, -10)
	batch = Dims(-1, 3)
)

// matrices are MatMul and Gemm.
func matrices() []Function {
	return []Function{
		{"matmul", From(batch,
			Op("MatMul", In("x", "w"), "y"),
			Raw32("w", Dims(3, 2), W23T...)), x, []float64{-6, 9.5}, []int{-2}},
		{"matmul and add", From(batch,
			Op("MatMul", In("x", "w"), "p"), Op("Add", In("p", "b"), "y"),
			List32("w", Dims(3, 2), W23T...), bias), x, []float64{4, -0.5}, []int{-2}},
		{"add with the bias first, relu", From(batch,
			Op("MatMul", In("x", "w"), "p"), Op("Add", In("b", "p"), "q"), Op("Relu", In("q"), "y"),
			Loose32("w", Dims(3, 2), W23T...), bias), x, []float64{4, 0}, []int{2}},
		{"matmul with the weights on the left", From(Dims(3, 1),
			Op("MatMul", In("w", "x"), "y"),
			Raw64("w", Dims(2, 3), W23...)), x, []float64{-6, 9.5}, []int{-2}},
		{"matmul on a vector", From(Dims(3),
			Op("MatMul", In("x", "w"), "y"),
			List64("w", Dims(3, 2), W23T...)), x, []float64{-6, 9.5}, []int{-2}},
		{"matmul of a matrix and a vector", From(Dims(3),
			Op("MatMul", In("w", "x"), "y"),
			Loose64("w", Dims(2, 3), W23...)), x, []float64{-6, 9.5}, []int{-2}},
		{"matmul with a vector", From(batch,
			Op("MatMul", In("x", "w"), "y"),
			Raw32("w", Dims(3), 1, -2, 3)), x, []float64{-6}, []int{-1}},
		{"matmul of a vector on the left", From(Dims(3, 1),
			Op("MatMul", In("w", "x"), "y"),
			Raw32("w", Dims(3), 1, -2, 3)), x, []float64{-6}, []int{-1}},
		{"matmul of more dimensions", From(Dims(1, 1, 1, 3),
			Op("MatMul", In("x", "w"), "y"),
			Raw32("w", Dims(1, 3, 2), W23T...)), x, []float64{-6, 9.5}, []int{-2}},
		{"gemm", From(batch,
			Op("Gemm", In("x", "w", "b"), "y"),
			Raw32("w", Dims(3, 2), W23T...), bias), x, []float64{4, -0.5}, []int{-2}},
		{"gemm without C", From(batch,
			Op("Gemm", In("x", "w"), "y", AttrI("transB", 1)),
			Raw32("w", Dims(2, 3), W23...)), x, []float64{-6, 9.5}, []int{-2}},
		{"gemm with an empty name for C", From(batch,
			Op("Gemm", In("x", "w", ""), "y", AttrI("transB", 1)),
			Raw32("w", Dims(2, 3), W23...)), x, []float64{-6, 9.5}, []int{-2}},
		{"gemm with alpha and beta", From(batch,
			Op("Gemm", In("x", "w", "b"), "y", AttrI("transB", 1), AttrF("alpha", 2), AttrF("beta", -0.5)),
			Raw32("w", Dims(2, 3), W23...), bias), x, []float64{-12 - 5, 19 + 5}, []int{-2}},
		{"gemm with alpha, not transposed", From(batch,
			Op("Gemm", In("x", "w", "b"), "y", AttrF("alpha", 2)),
			Raw32("w", Dims(3, 2), W23T...), bias), x, []float64{-12 + 10, 19 - 10}, []int{-2}},
		{"gemm with a scalar C", From(batch,
			Op("Gemm", In("x", "w", "c"), "y", AttrI("transB", 1)),
			Raw32("w", Dims(2, 3), W23...), Raw32("c", nil, 7)), x, []float64{1, 16.5}, []int{-2}},
		{"gemm with C of one column", From(batch,
			Op("Gemm", In("x", "w", "c"), "y", AttrI("transB", 1)),
			Raw32("w", Dims(2, 3), W23...), Raw32("c", Dims(1, 1), 7)), x, []float64{1, 16.5}, []int{-2}},
		{"gemm with transA", From(Dims(3, 1),
			Op("Gemm", In("x", "w", "b"), "y", AttrI("transA", 1)),
			Raw32("w", Dims(3, 2), W23T...), bias), x, []float64{4, -0.5}, []int{-2}},
		{"gemm as MATLAB writes it", From(Dims(1, 3, 1, 1),
			Op("Gemm", In("x", "w", "b"), "p"), Op("Gemm", In("p", "v", "c"), "y", AttrI("transB", 1)),
			Raw32("w", Dims(1, 1, 3, 2), W23T...), bias, Raw32("v", Dims(1, 2, 1, 1), 1, 2), Raw32("c", Dims(1, 1, 1, 1), 5)), x, []float64{8}, []int{-1}},
		{"gemm with the weights in A", From(Dims(3, 1),
			Op("Gemm", In("w", "x", "c"), "y"),
			Raw32("w", Dims(2, 3), W23...), Raw32("c", Dims(2, 1), 10, -10)), x, []float64{4, -0.5}, []int{-2}},
		{"gemm with the weights in A, both transposed", From(Dims(1, 3),
			Op("Gemm", In("w", "x", "c"), "y", AttrI("transA", 1), AttrI("transB", 1)),
			Raw32("w", Dims(3, 2), W23T...), Raw32("c", Dims(2, 1), 10, -10)), x, []float64{4, -0.5}, []int{-2}},
	}
}

// chains are of several operators, and of none that counts.
func chains() []Function {
	return []Function{
		{"two linear layers fold into one", From(batch,
			Op("Gemm", In("x", "w", "b"), "p", AttrI("transB", 1)),
			Op("Gemm", In("p", "v"), "q"), Op("Relu", In("q"), "y"),
			Raw32("w", Dims(2, 3), W23...), bias, Raw32("v", Dims(2, 1), 1, 2)), x, []float64{3}, []int{1}},
		{"linear, relu, linear", From(batch,
			Op("Gemm", In("x", "w", "b"), "p", AttrI("transB", 1)),
			Op("Relu", In("p"), "q"), Op("Gemm", In("q", "v"), "y"),
			Raw32("w", Dims(2, 3), W23...), bias, Raw32("v", Dims(2, 1), 1, 2)), x, []float64{4}, []int{2, -1}},
		{"two relus are one", From(batch,
			Op("Gemm", In("x", "w", "b"), "p", AttrI("transB", 1)),
			Op("Relu", In("p"), "q"), Op("Relu", In("q"), "y"),
			Raw32("w", Dims(2, 3), W23...), bias), x, []float64{4, 0}, []int{2}},
		{"relu on the input", From(batch,
			Op("Relu", In("x"), "y")), x, []float64{1, 2, 0}, []int{3}},
		{"no matrix at all", From(batch,
			Op("Flatten", In("x"), "y")), x, x, []int{-3}},
		{"elementwise between two relus", From(batch,
			Op("Relu", In("x"), "p"), Op("Sub", In("c", "p"), "q"), Op("Relu", In("q"), "y"),
			// 1.5 - (1, 2, 0)
			Raw32("c", nil, 1.5)), x, []float64{0.5, 0, 1.5}, []int{3, 3}},
		{"elementwise at the end", From(batch,
			Op("Relu", In("x"), "p"), Op("Mul", In("p", "c"), "y"),
			Raw32("c", Dims(3), 2, -3, 5)), x, []float64{2, -6, 0}, []int{3, -3}},
	}
}

// arithmetic is number by number.
func arithmetic() []Function {
	return []Function{
		{"sub, mul, div, neg by constants", From(batch,
			Op("Sub", In("x", "c"), "p"), Op("Mul", In("c", "p"), "q"), Op("Div", In("q", "d"), "r"),
			Op("Neg", In("r"), "s"), Op("Gemm", In("s", "w"), "y", AttrI("transB", 1)),
			// x - c = (0, 0, -4); times c: (0, 0, -12); / 4: (0, 0, -3); -: (0, 0, 3)
			Raw32("c", Dims(1, 3), 1, 2, 3), Raw32("d", Dims(1), 4), Raw32("w", Dims(2, 3), W23...)), x, []float64{9, -3}, []int{-2}},
		{"elementwise after a matrix", From(batch,
			Op("Gemm", In("x", "w"), "p", AttrI("transB", 1)), Op("Mul", In("p", "c"), "q"),
			Op("Sub", In("d", "q"), "r"), Op("Div", In("r", "c"), "s"), Op("Neg", In("s"), "y"),
			// (-6, 9.5) * (2, 4) = (-12, 38); 1 - .: (13, -37); / c: (6.5, -9.25)
			Raw32("w", Dims(2, 3), W23...), Raw32("c", Dims(2), 2, 4), Raw32("d", nil, 1)), x, []float64{-6.5, 9.25}, []int{-2}},
		{"batch normalisation", From(batch,
			Op("Gemm", In("x", "w"), "p", AttrI("transB", 1)),
			Op("BatchNormalization", In("p", "s", "t", "m", "v"), "q", AttrF("epsilon", 0.25)), Op("Relu", In("q"), "y"),
			// (-6 - -8) / 0.5 * 3 + 1 = 13; (9.5 - 10) / 1.5 * 3 + 0.5 = -0.5
			Raw32("w", Dims(2, 3), W23...), Raw32("s", Dims(2), 3, 3), Raw32("t", Dims(2), 1, 0.5),
			Raw32("m", Dims(2), -8, 10), Raw32("v", Dims(2), 0, 2)), x, []float64{13, 0}, []int{2}},
		{"batch normalisation by channel", From(Dims(1, 2, 1, 2),
			Op("BatchNormalization", In("x", "s", "t", "m", "v"), "p"), Op("Flatten", In("p"), "q"),
			Op("MatMul", In("q", "w"), "y"),
			Raw32("s", Dims(2), 1, 10), Raw32("t", Dims(2), 0.5, 0), Raw32("m", Dims(2), 1, 0),
			Raw64("v", Dims(2), 1-float64(float32(1e-5)), 4-float64(float32(1e-5))),
			Raw32("w", Dims(4, 2), 1, 0, 1, 0, 0, 1, 0, 1),
			// (5-1+0.5) + (6-1+0.5); 10 (7 + 8) / 2
		), []float64{5, 6, 7, 8}, []float64{10, 75}, []int{-2}},
	}
}

// activations have two slopes.
func activations() []Function {
	return []Function{
		{"abs", From(batch, Op("Abs", In("x"), "y")), x, []float64{1, 2, 1}, []int{3}},
		{"leaky relu", From(batch, Op("LeakyRelu", In("x"), "y", AttrF("alpha", 0.25))), x, []float64{1, 2, -0.25}, []int{3}},
		{"prelu", From(batch, Op("PRelu", In("x", "a"), "y"), Raw32("a", Dims(3), 2, 3, 4)), x, []float64{1, 2, -4}, []int{3}},
	}
}

// constants are computed from the file alone.
func constants() []Function {
	return []Function{
		{"identity, dropout and cast", From(batch,
			Op("Identity", In("x"), "p"), Named("", "Dropout", In("p", "", "off"), In("q", "mask"), AttrI("seed", 3)),
			Op("Cast", In("q"), "r", AttrI("to", TypeDouble)), Op("Cast", In("r"), "s", AttrI("to", TypeFloat)),
			Op("MatMul", In("s", "w"), "y"),
			Raw32("w", Dims(3, 2), W23T...), Store("off", TypeBool, nil, Message(9, []byte{0})),
			Output("mask")), x, []float64{-6, 9.5}, []int{-2}},
		{"old dropout", From(batch,
			Op("Dropout", In("x"), "p", AttrF("ratio", 0.5), AttrI("is_test", 1)), Op("MatMul", In("p", "w"), "y"),
			Raw32("w", Dims(3, 2), W23T...)), x, []float64{-6, 9.5}, []int{-2}},
		{"constants from nodes", From(batch,
			Op("Constant", nil, "w", AttrT("value", List32("", Dims(3, 2), W23T...))),
			Op("Constant", nil, "c", AttrF("value_float", 0.5)), Op("Constant", nil, "d", AttrFloats("value_floats", 1, 2)),
			Op("MatMul", In("x", "w"), "p"), Op("Mul", In("p", "c"), "q"), Op("Add", In("q", "d"), "y")), x, []float64{-2, 6.75}, []int{-2}},
		{"transposed and negated constant", From(batch,
			Op("Transpose", In("w"), "v", AttrInts("perm", 1, 0)), Op("Neg", In("v"), "u"),
			Op("MatMul", In("x", "u"), "y"),
			Raw32("w", Dims(2, 3), W23...)), x, []float64{6, -9.5}, []int{-2}},
		{"arithmetic of constants", From(batch,
			Op("Sub", In("w", "c"), "v"), Op("Transpose", In("v"), "u"), Op("MatMul", In("x", "u"), "y"),
			// subtracts x0 from the first product and twice the sum from the second
			Raw32("w", Dims(2, 3), W23...), Raw32("c", Dims(2, 3), 1, 0, 0, 2, 2, 2)), x, []float64{-7, 5.5}, []int{-2}},
		{"concatenated and gathered constant", From(batch,
			Op("Concat", In("w1", "w2"), "w", AttrI("axis", -1)),
			Op("Gather", In("w", "i"), "v", AttrI("axis", 1)), Op("MatMul", In("x", "v"), "y"),
			// columns (1, -2, 3), (0.5, 4, -1), of which -1 and 0 are taken
			Raw32("w1", Dims(3, 1), 1, -2, 3), Raw32("w2", Dims(3, 1), 0.5, 4, -1), Ints("i", Dims(2), -1, 0)), x, []float64{9.5, -6}, []int{-2}},
	}
}

// shapes change and leave the numbers in their order.
func shapes() []Function {
	return []Function{
		{"transpose that keeps the order", From(Dims(1, 1, 3, 1),
			Op("Transpose", In("x"), "p", AttrInts("perm", 0, 2, 3, 1)), Op("Flatten", In("p"), "q"),
			Op("MatMul", In("q", "w"), "y"),
			Raw32("w", Dims(3, 2), W23T...)), x, []float64{-6, 9.5}, []int{-2}},
		{"transpose of a column", From(Dims(3, 1),
			Op("Transpose", In("x"), "p"), Op("MatMul", In("p", "w"), "y"),
			Raw32("w", Dims(3, 2), W23T...)), x, []float64{-6, 9.5}, []int{-2}},
		{"flatten of another axis", From(Dims(3, 1),
			Op("Flatten", In("x"), "p", AttrI("axis", 0)), Op("MatMul", In("p", "w"), "y"),
			Raw32("w", Dims(3, 2), W23T...)), x, []float64{-6, 9.5}, []int{-2}},
		{"flatten of a negative axis", From(Dims(1, 1, 3),
			Op("Flatten", In("x"), "p", AttrI("axis", -1)), Op("MatMul", In("p", "w"), "y"),
			Raw32("w", Dims(3, 2), W23T...)), x, []float64{-6, 9.5}, []int{-2}},
		{"flatten behind the last axis", From(Dims(1, 3),
			Op("Flatten", In("x"), "p", AttrI("axis", 2)), Op("MatMul", In("w", "p"), "y"),
			Raw32("w", Dims(2, 3), W23...)), x, []float64{-6, 9.5}, []int{-2}},
		{"reshape with 0 and -1", From(Dims(-1, 1, 3),
			Op("Reshape", In("x", "s"), "p"), Op("MatMul", In("p", "w"), "y"),
			Raw32("w", Dims(3, 2), W23T...), Ints("s", Dims(2), 0, -1)), x, []float64{-6, 9.5}, []int{-2}},
		{"reshape in the old form", From(Dims(-1, 1, 3),
			Op("Reshape", In("x"), "p", AttrInts("shape", 1, 3)), Op("MatMul", In("p", "w"), "y"),
			Raw32("w", Dims(3, 2), W23T...)), x, []float64{-6, 9.5}, []int{-2}},
		{"reshape by a constant node of integers", From(Dims(-1, 1, 3),
			Op("Constant", nil, "s", AttrInts("value_ints", -1, 3)), Op("Reshape", In("x", "s"), "p"),
			Op("MatMul", In("p", "w"), "y"),
			Raw32("w", Dims(3, 2), W23T...)), x, []float64{-6, 9.5}, []int{-2}},
		{"reshape by the shape of the input", From(Dims(-1, 1, 3),
			Op("Shape", In("x"), "s"), Op("Constant", nil, "zero", AttrI("value_int", 0)),
			Op("Gather", In("s", "zero"), "n"), Op("Unsqueeze", In("n"), "n1", AttrInts("axes", 0)),
			Op("Concat", In("n1", "rest"), "t", AttrI("axis", 0)), Op("Reshape", In("x", "t"), "p"),
			Op("MatMul", In("p", "w"), "y"),
			Raw32("w", Dims(3, 2), W23T...), RawInts("rest", Dims(1), -1)), x, []float64{-6, 9.5}, []int{-2}},
		{"squeeze and unsqueeze by attributes", From(Dims(1, 1, 3, 1),
			Op("Squeeze", In("x"), "p", AttrInts("axes", 1, -1)), Op("Unsqueeze", In("p"), "q", AttrInts("axes", 0, -1)),
			Op("Squeeze", In("q"), "r"), Op("MatMul", In("r", "w"), "y"),
			Raw32("w", Dims(3, 2), W23T...)), x, []float64{-6, 9.5}, []int{-2}},
		{"squeeze and unsqueeze by inputs", From(Dims(1, 3),
			Op("Squeeze", In("x", "first"), "p"), Op("Unsqueeze", In("p", "last"), "q"),
			Op("MatMul", In("w", "q"), "y"),
			Raw32("w", Dims(2, 3), W23...), Ints("first", Dims(1), 0), Ints("last", Dims(1), -1)), x, []float64{-6, 9.5}, []int{-2}},
		{"squeeze of one axis of several", From(Dims(1, 1, 3),
			Op("Squeeze", In("x"), "p", AttrInts("axes", 0)), Op("Gemm", In("p", "w"), "y"),
			Raw32("w", Dims(3, 2), W23T...)), x, []float64{-6, 9.5}, []int{-2}},
	}
}

// forms are ways to write a graph and its numbers.
func forms() []Function {
	return []Function{
		{"initialisers among the inputs", From(batch,
			Op("MatMul", In("x", "w"), "y"),
			Raw32("w", Dims(3, 2), W23T...),
			Input("w", 3, 2)), x, []float64{-6, 9.5}, []int{-2}},
		{"nodes that lead nowhere", From(batch,
			Op("Conv", In("x", "w"), "z"), Op("MatMul", In("x", "w"), "y"), Op("Exp", In("y"), "u"),
			Raw32("w", Dims(3, 2), W23T...)), x, []float64{-6, 9.5}, []int{-2}},
		{"half precision", From(batch,
			Op("MatMul", In("x", "w"), "p"), Op("Add", In("p", "c"), "y"),

			// 1, 0.5, -2, 4, 3, -1
			Store("w", TypeFloat16, Dims(3, 2), Message(9, []byte{0, 0x3c, 0, 0x38, 0, 0xc0, 0, 0x44, 0, 0x42, 0, 0xbc})),
			// 2^-24 and 65504
			Store("c", TypeFloat16, Dims(2), Varints(5, Dims(1, 0x7bff)))), x, []float64{-6 + 0x1p-24, 9.5 + 65504}, []int{-2}},
		{"bfloat16", From(batch,
			Op("MatMul", In("x", "w"), "p"), Op("Add", In("p", "c"), "y"),

			Store("w", TypeBfloat16, Dims(3, 2), Varints(5, Dims(0x3f80, 0x3f00, 0xc000, 0x4080, 0x4040, 0xbf80))),
			Store("c", TypeBfloat16, Dims(2), Message(9, []byte{0x80, 0x3f, 0x80, 0xbf}))), x, []float64{-5, 8.5}, []int{-2}},
		{"a cast of constants rounds", From(batch,
			Op("Cast", In("c"), "d", AttrI("to", TypeFloat)), Op("Cast", In("f"), "i", AttrI("to", TypeInt64)),
			Op("Reshape", In("x", "i"), "p"), Op("Add", In("p", "d"), "y"),
			Raw64("c", nil, 0.1), Raw32("f", Dims(1), 3)), x, []float64{1 + float64(float32(0.1)), 2 + float64(float32(0.1)), -1 + float64(float32(0.1))}, []int{-3}},
	}
}
