package netfile

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"relucount/pkg/relu"
)

// agree compares at what sums in another order leave.
func agree(a, b []float64) bool {
	scale := 1.0
	for _, v := range b {
		scale = max(scale, math.Abs(v))
	}
	return slices.EqualFunc(a, b, func(a, b float64) bool { return math.Abs(a-b) <= 1e-11*scale })
}

// shape lists the layers: units, negative for a linear layer.
func shape(n *relu.Network) []int {
	var s []int
	for _, l := range n.Layers {
		u := l.Units()
		if l.Linear() {
			u = -u
		}
		s = append(s, u)
	}
	return s
}

// Weights of the tests: 2 units on 3 inputs, and its transpose.
var (
	w23  = []float64{1, -2, 3, 0.5, 4, -1}
	w23T = []float64{1, 0.5, -2, 4, 3, -1}
)

func TestOperators(t *testing.T) {
	t.Parallel()
	// At x = (1, 2, -1) the products with the rows of w23 are -6 and 9.5; with
	// the bias (10, -10), 4 and -0.5.
	x := []float64{1, 2, -1}
	bias := raw32("b", dims(2), 10, -10)
	batch := dims(-1, 3)
	for _, c := range []struct {
		name  string
		m     testModel
		x     []float64
		want  []float64
		shape []int
	}{
		{"matmul", testModel{shape: batch,
			nodes:   [][]byte{op("MatMul", in("x", "w"), "y")},
			tensors: [][]byte{raw32("w", dims(3, 2), w23T...)},
		}, x, []float64{-6, 9.5}, []int{-2}},
		{"matmul and add", testModel{shape: batch,
			nodes:   [][]byte{op("MatMul", in("x", "w"), "p"), op("Add", in("p", "b"), "y")},
			tensors: [][]byte{list32("w", dims(3, 2), w23T...), bias},
		}, x, []float64{4, -0.5}, []int{-2}},
		{"add with the bias first, relu", testModel{shape: batch,
			nodes:   [][]byte{op("MatMul", in("x", "w"), "p"), op("Add", in("b", "p"), "q"), op("Relu", in("q"), "y")},
			tensors: [][]byte{loose32("w", dims(3, 2), w23T...), bias},
		}, x, []float64{4, 0}, []int{2}},
		{"matmul with the weights on the left", testModel{shape: dims(3, 1),
			nodes:   [][]byte{op("MatMul", in("w", "x"), "y")},
			tensors: [][]byte{raw64("w", dims(2, 3), w23...)},
		}, x, []float64{-6, 9.5}, []int{-2}},
		{"matmul on a vector", testModel{shape: dims(3),
			nodes:   [][]byte{op("MatMul", in("x", "w"), "y")},
			tensors: [][]byte{list64("w", dims(3, 2), w23T...)},
		}, x, []float64{-6, 9.5}, []int{-2}},
		{"matmul of a matrix and a vector", testModel{shape: dims(3),
			nodes:   [][]byte{op("MatMul", in("w", "x"), "y")},
			tensors: [][]byte{loose64("w", dims(2, 3), w23...)},
		}, x, []float64{-6, 9.5}, []int{-2}},
		{"matmul with a vector", testModel{shape: batch,
			nodes:   [][]byte{op("MatMul", in("x", "w"), "y")},
			tensors: [][]byte{raw32("w", dims(3), 1, -2, 3)},
		}, x, []float64{-6}, []int{-1}},
		{"matmul of a vector on the left", testModel{shape: dims(3, 1),
			nodes:   [][]byte{op("MatMul", in("w", "x"), "y")},
			tensors: [][]byte{raw32("w", dims(3), 1, -2, 3)},
		}, x, []float64{-6}, []int{-1}},
		{"matmul of more dimensions", testModel{shape: dims(1, 1, 1, 3),
			nodes:   [][]byte{op("MatMul", in("x", "w"), "y")},
			tensors: [][]byte{raw32("w", dims(1, 3, 2), w23T...)},
		}, x, []float64{-6, 9.5}, []int{-2}},
		{"gemm", testModel{shape: batch,
			nodes:   [][]byte{op("Gemm", in("x", "w", "b"), "y")},
			tensors: [][]byte{raw32("w", dims(3, 2), w23T...), bias},
		}, x, []float64{4, -0.5}, []int{-2}},
		{"gemm without C", testModel{shape: batch,
			nodes:   [][]byte{op("Gemm", in("x", "w"), "y", attrI("transB", 1))},
			tensors: [][]byte{raw32("w", dims(2, 3), w23...)},
		}, x, []float64{-6, 9.5}, []int{-2}},
		{"gemm with an empty name for C", testModel{shape: batch,
			nodes:   [][]byte{op("Gemm", in("x", "w", ""), "y", attrI("transB", 1))},
			tensors: [][]byte{raw32("w", dims(2, 3), w23...)},
		}, x, []float64{-6, 9.5}, []int{-2}},
		{"gemm with alpha and beta", testModel{shape: batch,
			nodes:   [][]byte{op("Gemm", in("x", "w", "b"), "y", attrI("transB", 1), attrF("alpha", 2), attrF("beta", -0.5))},
			tensors: [][]byte{raw32("w", dims(2, 3), w23...), bias},
		}, x, []float64{-12 - 5, 19 + 5}, []int{-2}},
		{"gemm with alpha, not transposed", testModel{shape: batch,
			nodes:   [][]byte{op("Gemm", in("x", "w", "b"), "y", attrF("alpha", 2))},
			tensors: [][]byte{raw32("w", dims(3, 2), w23T...), bias},
		}, x, []float64{-12 + 10, 19 - 10}, []int{-2}},
		{"gemm with a scalar C", testModel{shape: batch,
			nodes:   [][]byte{op("Gemm", in("x", "w", "c"), "y", attrI("transB", 1))},
			tensors: [][]byte{raw32("w", dims(2, 3), w23...), raw32("c", nil, 7)},
		}, x, []float64{1, 16.5}, []int{-2}},
		{"gemm with C of one column", testModel{shape: batch,
			nodes:   [][]byte{op("Gemm", in("x", "w", "c"), "y", attrI("transB", 1))},
			tensors: [][]byte{raw32("w", dims(2, 3), w23...), raw32("c", dims(1, 1), 7)},
		}, x, []float64{1, 16.5}, []int{-2}},
		{"gemm with transA", testModel{shape: dims(3, 1),
			nodes:   [][]byte{op("Gemm", in("x", "w", "b"), "y", attrI("transA", 1))},
			tensors: [][]byte{raw32("w", dims(3, 2), w23T...), bias},
		}, x, []float64{4, -0.5}, []int{-2}},
		{"gemm with the weights in A", testModel{shape: dims(3, 1),
			nodes:   [][]byte{op("Gemm", in("w", "x", "c"), "y")},
			tensors: [][]byte{raw32("w", dims(2, 3), w23...), raw32("c", dims(2, 1), 10, -10)},
		}, x, []float64{4, -0.5}, []int{-2}},
		{"gemm with the weights in A, both transposed", testModel{shape: dims(1, 3),
			nodes:   [][]byte{op("Gemm", in("w", "x", "c"), "y", attrI("transA", 1), attrI("transB", 1))},
			tensors: [][]byte{raw32("w", dims(3, 2), w23T...), raw32("c", dims(2, 1), 10, -10)},
		}, x, []float64{4, -0.5}, []int{-2}},
		{"two linear layers fold into one", testModel{shape: batch,
			nodes: [][]byte{op("Gemm", in("x", "w", "b"), "p", attrI("transB", 1)),
				op("Gemm", in("p", "v"), "q"), op("Relu", in("q"), "y")},
			tensors: [][]byte{raw32("w", dims(2, 3), w23...), bias, raw32("v", dims(2, 1), 1, 2)},
		}, x, []float64{3}, []int{1}},
		{"linear, relu, linear", testModel{shape: batch,
			nodes: [][]byte{op("Gemm", in("x", "w", "b"), "p", attrI("transB", 1)),
				op("Relu", in("p"), "q"), op("Gemm", in("q", "v"), "y")},
			tensors: [][]byte{raw32("w", dims(2, 3), w23...), bias, raw32("v", dims(2, 1), 1, 2)},
		}, x, []float64{4}, []int{2, -1}},
		{"two relus are one", testModel{shape: batch,
			nodes: [][]byte{op("Gemm", in("x", "w", "b"), "p", attrI("transB", 1)),
				op("Relu", in("p"), "q"), op("Relu", in("q"), "y")},
			tensors: [][]byte{raw32("w", dims(2, 3), w23...), bias},
		}, x, []float64{4, 0}, []int{2}},
		{"relu on the input", testModel{shape: batch,
			nodes: [][]byte{op("Relu", in("x"), "y")},
		}, x, []float64{1, 2, 0}, []int{3}},
		{"no matrix at all", testModel{shape: batch,
			nodes: [][]byte{op("Flatten", in("x"), "y")},
		}, x, x, []int{-3}},
		{"elementwise between two relus", testModel{shape: batch,
			nodes: [][]byte{op("Relu", in("x"), "p"), op("Sub", in("c", "p"), "q"), op("Relu", in("q"), "y")},
			// 1.5 - (1, 2, 0)
			tensors: [][]byte{raw32("c", nil, 1.5)},
		}, x, []float64{0.5, 0, 1.5}, []int{3, 3}},
		{"elementwise at the end", testModel{shape: batch,
			nodes:   [][]byte{op("Relu", in("x"), "p"), op("Mul", in("p", "c"), "y")},
			tensors: [][]byte{raw32("c", dims(3), 2, -3, 5)},
		}, x, []float64{2, -6, 0}, []int{3, -3}},
		{"sub, mul, div, neg by constants", testModel{shape: batch,
			nodes: [][]byte{op("Sub", in("x", "c"), "p"), op("Mul", in("c", "p"), "q"), op("Div", in("q", "d"), "r"),
				op("Neg", in("r"), "s"), op("Gemm", in("s", "w"), "y", attrI("transB", 1))},
			// x - c = (0, 0, -4); times c: (0, 0, -12); / 4: (0, 0, -3); -: (0, 0, 3)
			tensors: [][]byte{raw32("c", dims(1, 3), 1, 2, 3), raw32("d", dims(1), 4), raw32("w", dims(2, 3), w23...)},
		}, x, []float64{9, -3}, []int{-2}},
		{"elementwise after a matrix", testModel{shape: batch,
			nodes: [][]byte{op("Gemm", in("x", "w"), "p", attrI("transB", 1)), op("Mul", in("p", "c"), "q"),
				op("Sub", in("d", "q"), "r"), op("Div", in("r", "c"), "s"), op("Neg", in("s"), "y")},
			// (-6, 9.5) * (2, 4) = (-12, 38); 1 - .: (13, -37); / c: (6.5, -9.25)
			tensors: [][]byte{raw32("w", dims(2, 3), w23...), raw32("c", dims(2), 2, 4), raw32("d", nil, 1)},
		}, x, []float64{-6.5, 9.25}, []int{-2}},
		{"batch normalisation", testModel{shape: batch,
			nodes: [][]byte{op("Gemm", in("x", "w"), "p", attrI("transB", 1)),
				op("BatchNormalization", in("p", "s", "t", "m", "v"), "q", attrF("epsilon", 0.25)), op("Relu", in("q"), "y")},
			// (-6 - -8) / 0.5 * 3 + 1 = 13; (9.5 - 10) / 1.5 * 3 + 0.5 = -0.5
			tensors: [][]byte{raw32("w", dims(2, 3), w23...), raw32("s", dims(2), 3, 3), raw32("t", dims(2), 1, 0.5),
				raw32("m", dims(2), -8, 10), raw32("v", dims(2), 0, 2)},
		}, x, []float64{13, 0}, []int{2}},
		{"batch normalisation by channel", testModel{shape: dims(1, 2, 1, 2),
			nodes: [][]byte{op("BatchNormalization", in("x", "s", "t", "m", "v"), "p"), op("Flatten", in("p"), "q"),
				op("MatMul", in("q", "w"), "y")},
			tensors: [][]byte{raw32("s", dims(2), 1, 10), raw32("t", dims(2), 0.5, 0), raw32("m", dims(2), 1, 0),
				raw64("v", dims(2), 1-float64(float32(1e-5)), 4-float64(float32(1e-5))),
				raw32("w", dims(4, 2), 1, 0, 1, 0, 0, 1, 0, 1)},
			// (5-1+0.5) + (6-1+0.5); 10 (7 + 8) / 2
		}, []float64{5, 6, 7, 8}, []float64{10, 75}, []int{-2}},
		{"identity, dropout and cast", testModel{shape: batch,
			nodes: [][]byte{op("Identity", in("x"), "p"), named("", "Dropout", in("p", "", "off"), in("q", "mask"), attrI("seed", 3)),
				op("Cast", in("q"), "r", attrI("to", typeDouble)), op("Cast", in("r"), "s", attrI("to", typeFloat)),
				op("MatMul", in("s", "w"), "y")},
			tensors: [][]byte{raw32("w", dims(3, 2), w23T...), append(header("off", typeBool, nil), sub(9, []byte{0})...)},
			outputs: [][]byte{value("mask")},
		}, x, []float64{-6, 9.5}, []int{-2}},
		{"old dropout", testModel{shape: batch,
			nodes:   [][]byte{op("Dropout", in("x"), "p", attrF("ratio", 0.5), attrI("is_test", 1)), op("MatMul", in("p", "w"), "y")},
			tensors: [][]byte{raw32("w", dims(3, 2), w23T...)},
		}, x, []float64{-6, 9.5}, []int{-2}},
		{"constants from nodes", testModel{shape: batch,
			nodes: [][]byte{op("Constant", nil, "w", attrT("value", list32("", dims(3, 2), w23T...))),
				op("Constant", nil, "c", attrF("value_float", 0.5)), op("Constant", nil, "d", attrFloats("value_floats", 1, 2)),
				op("MatMul", in("x", "w"), "p"), op("Mul", in("p", "c"), "q"), op("Add", in("q", "d"), "y")},
		}, x, []float64{-2, 6.75}, []int{-2}},
		{"transposed and negated constant", testModel{shape: batch,
			nodes: [][]byte{op("Transpose", in("w"), "v", attrInts("perm", 1, 0)), op("Neg", in("v"), "u"),
				op("MatMul", in("x", "u"), "y")},
			tensors: [][]byte{raw32("w", dims(2, 3), w23...)},
		}, x, []float64{6, -9.5}, []int{-2}},
		{"arithmetic of constants", testModel{shape: batch,
			nodes: [][]byte{op("Sub", in("w", "c"), "v"), op("Transpose", in("v"), "u"), op("MatMul", in("x", "u"), "y")},
			// subtracts x0 from the first product and twice the sum from the second
			tensors: [][]byte{raw32("w", dims(2, 3), w23...), raw32("c", dims(2, 3), 1, 0, 0, 2, 2, 2)},
		}, x, []float64{-7, 5.5}, []int{-2}},
		{"concatenated and gathered constant", testModel{shape: batch,
			nodes: [][]byte{op("Concat", in("w1", "w2"), "w", attrI("axis", -1)),
				op("Gather", in("w", "i"), "v", attrI("axis", 1)), op("MatMul", in("x", "v"), "y")},
			// columns (1, -2, 3), (0.5, 4, -1), of which -1 and 0 are taken
			tensors: [][]byte{raw32("w1", dims(3, 1), 1, -2, 3), raw32("w2", dims(3, 1), 0.5, 4, -1), ints("i", dims(2), -1, 0)},
		}, x, []float64{9.5, -6}, []int{-2}},
		{"transpose that keeps the order", testModel{shape: dims(1, 1, 3, 1),
			nodes: [][]byte{op("Transpose", in("x"), "p", attrInts("perm", 0, 2, 3, 1)), op("Flatten", in("p"), "q"),
				op("MatMul", in("q", "w"), "y")},
			tensors: [][]byte{raw32("w", dims(3, 2), w23T...)},
		}, x, []float64{-6, 9.5}, []int{-2}},
		{"transpose of a column", testModel{shape: dims(3, 1),
			nodes:   [][]byte{op("Transpose", in("x"), "p"), op("MatMul", in("p", "w"), "y")},
			tensors: [][]byte{raw32("w", dims(3, 2), w23T...)},
		}, x, []float64{-6, 9.5}, []int{-2}},
		{"flatten of another axis", testModel{shape: dims(3, 1),
			nodes:   [][]byte{op("Flatten", in("x"), "p", attrI("axis", 0)), op("MatMul", in("p", "w"), "y")},
			tensors: [][]byte{raw32("w", dims(3, 2), w23T...)},
		}, x, []float64{-6, 9.5}, []int{-2}},
		{"flatten of a negative axis", testModel{shape: dims(1, 1, 3),
			nodes:   [][]byte{op("Flatten", in("x"), "p", attrI("axis", -1)), op("MatMul", in("p", "w"), "y")},
			tensors: [][]byte{raw32("w", dims(3, 2), w23T...)},
		}, x, []float64{-6, 9.5}, []int{-2}},
		{"flatten behind the last axis", testModel{shape: dims(1, 3),
			nodes:   [][]byte{op("Flatten", in("x"), "p", attrI("axis", 2)), op("MatMul", in("w", "p"), "y")},
			tensors: [][]byte{raw32("w", dims(2, 3), w23...)},
		}, x, []float64{-6, 9.5}, []int{-2}},
		{"reshape with 0 and -1", testModel{shape: dims(-1, 1, 3),
			nodes:   [][]byte{op("Reshape", in("x", "s"), "p"), op("MatMul", in("p", "w"), "y")},
			tensors: [][]byte{raw32("w", dims(3, 2), w23T...), ints("s", dims(2), 0, -1)},
		}, x, []float64{-6, 9.5}, []int{-2}},
		{"reshape in the old form", testModel{shape: dims(-1, 1, 3),
			nodes:   [][]byte{op("Reshape", in("x"), "p", attrInts("shape", 1, 3)), op("MatMul", in("p", "w"), "y")},
			tensors: [][]byte{raw32("w", dims(3, 2), w23T...)},
		}, x, []float64{-6, 9.5}, []int{-2}},
		{"reshape by a constant node of integers", testModel{shape: dims(-1, 1, 3),
			nodes: [][]byte{op("Constant", nil, "s", attrInts("value_ints", -1, 3)), op("Reshape", in("x", "s"), "p"),
				op("MatMul", in("p", "w"), "y")},
			tensors: [][]byte{raw32("w", dims(3, 2), w23T...)},
		}, x, []float64{-6, 9.5}, []int{-2}},
		{"reshape by the shape of the input", testModel{shape: dims(-1, 1, 3),
			nodes: [][]byte{op("Shape", in("x"), "s"), op("Constant", nil, "zero", attrI("value_int", 0)),
				op("Gather", in("s", "zero"), "n"), op("Unsqueeze", in("n"), "n1", attrInts("axes", 0)),
				op("Concat", in("n1", "rest"), "t", attrI("axis", 0)), op("Reshape", in("x", "t"), "p"),
				op("MatMul", in("p", "w"), "y")},
			tensors: [][]byte{raw32("w", dims(3, 2), w23T...), rawInts("rest", dims(1), -1)},
		}, x, []float64{-6, 9.5}, []int{-2}},
		{"squeeze and unsqueeze by attributes", testModel{shape: dims(1, 1, 3, 1),
			nodes: [][]byte{op("Squeeze", in("x"), "p", attrInts("axes", 1, -1)), op("Unsqueeze", in("p"), "q", attrInts("axes", 0, -1)),
				op("Squeeze", in("q"), "r"), op("MatMul", in("r", "w"), "y")},
			tensors: [][]byte{raw32("w", dims(3, 2), w23T...)},
		}, x, []float64{-6, 9.5}, []int{-2}},
		{"squeeze and unsqueeze by inputs", testModel{shape: dims(1, 3),
			nodes: [][]byte{op("Squeeze", in("x", "first"), "p"), op("Unsqueeze", in("p", "last"), "q"),
				op("MatMul", in("w", "q"), "y")},
			tensors: [][]byte{raw32("w", dims(2, 3), w23...), ints("first", dims(1), 0), ints("last", dims(1), -1)},
		}, x, []float64{-6, 9.5}, []int{-2}},
		{"squeeze of one axis of several", testModel{shape: dims(1, 1, 3),
			nodes:   [][]byte{op("Squeeze", in("x"), "p", attrInts("axes", 0)), op("Gemm", in("p", "w"), "y")},
			tensors: [][]byte{raw32("w", dims(3, 2), w23T...)},
		}, x, []float64{-6, 9.5}, []int{-2}},
		{"initialisers among the inputs", testModel{shape: batch,
			nodes:   [][]byte{op("MatMul", in("x", "w"), "y")},
			tensors: [][]byte{raw32("w", dims(3, 2), w23T...)},
			inputs:  [][]byte{value("w", 3, 2)},
		}, x, []float64{-6, 9.5}, []int{-2}},
		{"nodes that lead nowhere", testModel{shape: batch,
			nodes:   [][]byte{op("Conv", in("x", "w"), "z"), op("MatMul", in("x", "w"), "y"), op("Exp", in("y"), "u")},
			tensors: [][]byte{raw32("w", dims(3, 2), w23T...)},
		}, x, []float64{-6, 9.5}, []int{-2}},
		{"half precision", testModel{shape: batch,
			nodes: [][]byte{op("MatMul", in("x", "w"), "p"), op("Add", in("p", "c"), "y")},
			tensors: [][]byte{
				// 1, 0.5, -2, 4, 3, -1
				append(header("w", typeFloat16, dims(3, 2)), sub(9, []byte{0, 0x3c, 0, 0x38, 0, 0xc0, 0, 0x44, 0, 0x42, 0, 0xbc})...),
				// 2^-24 and 65504
				append(header("c", typeFloat16, dims(2)), packedInts(5, dims(1, 0x7bff))...)},
		}, x, []float64{-6 + 0x1p-24, 9.5 + 65504}, []int{-2}},
		{"bfloat16", testModel{shape: batch,
			nodes: [][]byte{op("MatMul", in("x", "w"), "p"), op("Add", in("p", "c"), "y")},
			tensors: [][]byte{
				append(header("w", typeBfloat16, dims(3, 2)), packedInts(5, dims(0x3f80, 0x3f00, 0xc000, 0x4080, 0x4040, 0xbf80))...),
				append(header("c", typeBfloat16, dims(2)), sub(9, []byte{0x80, 0x3f, 0x80, 0xbf})...)},
		}, x, []float64{-5, 8.5}, []int{-2}},
		{"a cast of constants rounds", testModel{shape: batch,
			nodes: [][]byte{op("Cast", in("c"), "d", attrI("to", typeFloat)), op("Cast", in("f"), "i", attrI("to", typeInt64)),
				op("Reshape", in("x", "i"), "p"), op("Add", in("p", "d"), "y")},
			tensors: [][]byte{raw64("c", nil, 0.1), raw32("f", dims(1), 3)},
		}, x, []float64{1 + float64(float32(0.1)), 2 + float64(float32(0.1)), -1 + float64(float32(0.1))}, []int{-3}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := read(t, c.m.bytes())
			if f.Format != "onnx" || f.Domain != nil || f.Net.Name != "test" {
				t.Errorf("format %q, domain %v, name %q", f.Format, f.Domain, f.Net.Name)
			}
			if got := shape(f.Net); !slices.Equal(got, c.shape) {
				t.Errorf("layers %v, want %v", got, c.shape)
			}
			if got := f.Net.Output(c.x); !agree(got, c.want) {
				t.Errorf("output %v, want %v", got, c.want)
			}
		})
	}
}

// An image is normalised by channel, with constants of shape [3, 1, 1] and a
// single number, before it is flattened.
func TestNormalisation(t *testing.T) {
	t.Parallel()
	const side = 28
	mean, std := []float64{0.5, 0.25, 2}, []float64{0.125, 0.3, 7}
	w := make([]float64, 3*side*side*2)
	for i := range w {
		w[i] = float64(i%17-8) / 4
	}
	m := testModel{shape: dims(1, 3, side, side),
		nodes: [][]byte{op("Sub", in("x", "mean"), "p"), op("Div", in("p", "std"), "q"), op("Mul", in("half", "q"), "r"),
			op("Flatten", in("r"), "s"), op("MatMul", in("s", "w"), "t"), op("Relu", in("t"), "y")},
		tensors: [][]byte{raw64("mean", dims(3, 1, 1), mean...), raw64("std", dims(1, 3, 1, 1), std...),
			raw32("half", nil, 0.5), raw32("w", dims(3*side*side, 2), w...)},
	}
	f := read(t, m.bytes())
	x := make([]float64, 3*side*side)
	want := make([]float64, 2)
	for i := range x {
		x[i] = float64(i%23) / 23
		c := i / (side * side)
		for u := range want {
			want[u] += 0.5 * (x[i] - mean[c]) / std[c] * w[2*i+u]
		}
	}
	for u := range want {
		want[u] = max(0, want[u])
	}
	if got := f.Net.Output(x); !agree(got, want) || slices.Max(want) == 0 {
		t.Errorf("output %v, want %v", got, want)
	}
}

// A wide elementwise map waits for the next matrix: as a matrix of its own it
// would have 10^10 entries.
func TestWideElementwise(t *testing.T) {
	t.Parallel()
	const n = 100_000
	w := slices.Repeat([]float64{1}, n)
	m := testModel{shape: dims(1, n),
		nodes:   [][]byte{op("Sub", in("x", "c"), "p"), op("Mul", in("p", "c"), "q"), op("MatMul", in("q", "w"), "y")},
		tensors: [][]byte{raw32("c", nil, 2), raw32("w", dims(n, 1), w...)},
	}
	f := read(t, m.bytes())
	if got := f.Net.Output(make([]float64, n)); !agree(got, []float64{-4 * n}) {
		t.Errorf("output %v, want %v", got, -4*n)
	}
}

// Weights that cancel to rounding errors are no mismatch.
func TestCancellation(t *testing.T) {
	t.Parallel()
	m := testModel{shape: dims(1, 2),
		nodes: [][]byte{op("MatMul", in("x", "w"), "p"), op("MatMul", in("p", "v"), "q"), op("Relu", in("q"), "y")},
		tensors: [][]byte{raw64("w", dims(2, 3), 0.1, 0.2, 0.3, 0.7, 0.11, 0.13),
			raw64("v", dims(3, 1), 0.2*0.13-0.3*0.11, 0.3*0.7-0.1*0.13, 0.1*0.11-0.2*0.7)},
	}
	read(t, m.bytes())
}

func TestNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ graph, file, want string }{
		{"lenet", "a/b.onnx", "lenet"},
		{"torch_jit", "a/b-1.5.onnx", "b-1.5"},
		{"main_graph", "b.onnx.gz", "b"},
		{"", "b-0.25", "b-0.25"},
		{"", "b.json.zst", "b"},
		{"", "-", "network"},
		{"", "", "network"},
	} {
		m := testModel{name: c.graph, shape: dims(1, 1), nodes: [][]byte{op("Relu", in("x"), "y")}}
		f, err := Read(bytes.NewReader(m.bytes()), c.file)
		if err != nil || f.Net.Name != c.want {
			t.Errorf("graph %q in %q: %v, %v, want name %q", c.graph, c.file, f, err, c.want)
		}
	}
}

func TestHalf(t *testing.T) {
	t.Parallel()
	for b, want := range map[uint16]float64{
		0: 0, 0x0001: 0x1p-24, 0x03ff: 1023 * 0x1p-24, 0x0400: 0x1p-14, 0x3555: 0x1.554p-2, 0xc000: -2,
		0x7bff: 65504, 0x7c00: math.Inf(1), 0xfc00: math.Inf(-1),
	} {
		if got := half(b); got != want {
			t.Errorf("half(%#04x) = %g, want %g", b, got, want)
		}
	}
	if !math.IsNaN(half(0x7e00)) {
		t.Errorf("half(0x7e00) = %g, want NaN", half(0x7e00))
	}
}
