package onnxtest

import "math"

// pointwise are functions of constants, number by number, and of the input.
func pointwise() (out []Function) {
	// x + f(c), with constants that are computed
	for _, c := range []struct {
		op   string
		v    []float64 // one number for each input
		want float64
	}{
		{"Abs", []float64{-3}, 3}, {"Ceil", []float64{1.25}, 2}, {"Erf", []float64{0.5}, math.Erf(0.5)}, {"Exp", []float64{1}, math.E},
		{"Floor", []float64{-1.25}, -2}, {"Log", []float64{2}, math.Ln2}, {"Not", []float64{0}, 1}, {"Reciprocal", []float64{4}, 0.25},
		{"Round", []float64{2.5}, 2}, {"Sigmoid", []float64{0}, 0.5}, {"Sign", []float64{-3}, -1}, {"Sqrt", []float64{4}, 2}, {"Tanh", []float64{0.5}, math.Tanh(0.5)},
		{"And", []float64{1, 0}, 0}, {"Equal", []float64{2, 2}, 1}, {"Greater", []float64{2, 2}, 0}, {"GreaterOrEqual", []float64{2, 2}, 1},
		{"Less", []float64{1, 2}, 1}, {"LessOrEqual", []float64{3, 2}, 0}, {"Or", []float64{1, 0}, 1}, {"Pow", []float64{2, 3}, 8}, {"Xor", []float64{1, 1}, 0},
		{"Max", []float64{1, 5, 2}, 5}, {"Min", []float64{1, 5, -2}, -2}, {"Sum", []float64{1, 5, 2}, 8}, {"Mean", []float64{1, 6, 2}, 3},
		{"Where", []float64{0, 5, 6}, 6}, {"HardSigmoid", []float64{1}, float64(float32(0.2)) + 0.5}, {"Clip", []float64{7, 1, 4}, 4},
		{"Shrink", []float64{-2}, -2}, {"ThresholdedRelu", []float64{1.5}, 1.5},
	} {
		parts, names := []Part{}, []string{}
		for k, v := range c.v {
			names = append(names, string(rune('a'+k)))
			parts = append(parts, Raw64(names[k], nil, v))
		}
		parts = append(parts, Op(c.op, names, "value"), Op("Add", In("x", "value"), "y"))
		out = append(out, Function{c.op + " of constants", From(batch, parts...), x, []float64{1 + c.want, 2 + c.want, -1 + c.want}, []int{-3}})
	}
	for _, c := range []struct {
		op   string
		want float64
	}{{"ReduceL1", 7}, {"ReduceL2", 5}, {"ReduceProd", -12}, {"ReduceSumSquare", 25}, {"ReduceMax", 3}, {"ReduceMin", -4}, {"Size", 2}} {
		out = append(out, Function{c.op + " of a constant", From(batch, Op(c.op, In("v"), "c"), Op("Add", In("x", "c"), "y"), Raw32("v", Dims(2), 3, -4)),
			x, []float64{1 + c.want, 2 + c.want, -1 + c.want}, []int{-3}})
	}
	return append(out,
		Function{"clip from below", From(batch, Op("Clip", In("x", "low"), "y"), Raw32("low", nil, 0)), x, []float64{1, 2, 0}, []int{3}},
		Function{"clip by attributes", From(batch, Op("Clip", In("x"), "y", AttrF("min", 0), AttrF("max", 1.5))), x, []float64{1, 1.5, 0}, []int{6, -3}},
		Function{"clip from above", From(batch, Op("Clip", In("x", "", "high"), "y"), Raw32("high", nil, 1.5)), x, []float64{1, 1.5, -1}, []int{3, -3}},
		Function{"hard sigmoid", From(batch, Op("HardSigmoid", In("x"), "y", AttrF("alpha", 0.25), AttrF("beta", 0.5))), x, []float64{0.75, 1, 0.25}, []int{6, -3}},
		Function{"thresholded relu at 0", From(batch, Op("ThresholdedRelu", In("x"), "y", AttrF("alpha", 0))), x, []float64{1, 2, 0}, []int{3}},
		Function{"soft shrink", From(batch, Op("Shrink", In("x"), "y", AttrF("bias", 1.5), AttrF("lambd", 1.5))), x, []float64{0, 0.5, 0}, []int{6, -3}},
		Function{"range, and a cast like it", From(batch, Op("Range", In("a", "b", "c"), "r"), Op("CastLike", In("d", "a"), "e"), Op("Mul", In("r", "e"), "f"), Op("Add", In("x", "f"), "y"),
			Ints("a", nil, 1), Ints("b", nil, 6), Ints("c", nil, 2), Raw32("d", nil, 2.75)), x, []float64{3, 8, 9}, []int{-3}},
		Function{"constant of a shape", From(batch, Op("ConstantOfShape", In("s"), "c", AttrT("value", Raw32("", Dims(1), 2))), Op("Add", In("x", "c"), "y"), Ints("s", Dims(1), 3)),
			x, []float64{3, 4, 1}, []int{-3}},
		Function{"dequantised weights", From(batch, Op("DequantizeLinear", In("q", "s", "z"), "w", AttrI("axis", 0)), Op("Mul", In("x", "w"), "y"),
			Store("q", 2, Dims(3), Message(9, []byte{10, 4, 255})), Raw32("s", Dims(3), 0.5, 1, 2), Store("z", 2, Dims(3), Message(9, []byte{4, 4, 250}))),
			x, []float64{3, 0, -10}, []int{-3}},
		Function{"dequantised by one scale", From(batch, Op("DequantizeLinear", In("q", "s"), "w"), Op("Mul", In("x", "w"), "y"),
			Store("q", 3, Dims(3), Message(9, []byte{2, 0xff, 4})), Raw32("s", nil, 0.5)), x, []float64{1, -1, -2}, []int{-3}},
		Function{"a cast to half rounds constants", From(batch, Op("Cast", In("c"), "d", AttrI("to", TypeFloat16)), Op("Add", In("x", "d"), "y"), Raw64("c", nil, 1+1./4096)), x, []float64{2, 3, 0}, []int{-3}})
}

// branches join, and are forms of ReLU.
func branches() []Function {
	zero := Raw32("zero", nil, 0)
	gate := func(op string, a, b string) Model {
		return From(batch, Op(op, In(a, b), "p"), Op("Where", In("p", "x", "zero"), "y"), zero)
	}
	return []Function{
		{"where x > 0", gate("Greater", "x", "zero"), x, []float64{1, 2, 0}, []int{3}},
		{"where x >= 0", gate("GreaterOrEqual", "x", "zero"), x, []float64{1, 2, 0}, []int{3}},
		{"where 0 < x", gate("Less", "zero", "x"), x, []float64{1, 2, 0}, []int{3}},
		{"where x < 0", gate("Less", "x", "zero"), x, []float64{0, 0, -1}, []int{3}},
		{"where not x <= 0", From(batch, Op("LessOrEqual", In("x", "zero"), "p"), Op("Not", In("p"), "q"), Op("Where", In("q", "x", "zero"), "y"), zero), x, []float64{1, 2, 0}, []int{3}},
		{"leaky by where", From(batch, Op("Greater", In("x", "zero"), "p"), Op("Mul", In("x", "c"), "q"), Op("Where", In("p", "x", "q"), "y"), zero, Raw32("c", nil, 0.25)), x, []float64{1, 2, -0.25}, []int{3}},
		{"x times a cast of x > 0", From(batch, Op("Greater", In("x", "zero"), "p"), Op("Cast", In("p"), "q", AttrI("to", TypeFloat)), Op("Mul", In("q", "x"), "y"), zero), x, []float64{1, 2, 0}, []int{3}},
		{"where by a constant", From(batch, Op("Neg", In("x"), "p"), Op("Where", In("c", "x", "p"), "y"), Store("c", TypeBool, Dims(3), Message(9, []byte{1, 0, 1}))), x, []float64{1, -2, -1}, []int{-3}},
		{"max of branches", From(batch, Op("Neg", In("x"), "p"), Op("Max", In("x", "p"), "y")), x, []float64{1, 2, 1}, []int{3}},
		{"min with a constant", From(batch, Op("Min", In("c", "x"), "y"), Raw32("c", nil, 1.5)), x, []float64{1, 1.5, -1}, []int{3, -3}},
		{"max with a constant 0", From(batch, Op("Max", In("zero", "x"), "y"), zero), x, []float64{1, 2, 0}, []int{3}},
		{"a residual block", From(batch, Op("MatMul", In("x", "w"), "p"), Op("Relu", In("p"), "q"), Op("MatMul", In("q", "v"), "r"), Op("Add", In("x", "r"), "s"), Op("Relu", In("s"), "y"),
			// relu(-6, 9.5) = (0, 9.5); times (0, -1), (1, 0), (0.125, 0.25): 9.5 * (...)
			Raw32("w", Dims(3, 2), W23T...), Raw32("v", Dims(2, 3), 1, 1, 1, -1, 0, 0.5)), x, []float64{0, 2, 3.75}, []int{2, 3}},
		{"two branches of one relu", From(batch, Op("Relu", In("x"), "p"), Op("Mul", In("p", "c"), "q"), Op("Sub", In("p", "q"), "y"), Raw32("c", Dims(3), 2, 3, 4)), x, []float64{-1, -4, 0}, []int{3, -3}},
		{"relu of an abs that is used elsewhere", From(batch, Op("LeakyRelu", In("x"), "p", AttrF("alpha", 0.5)), Op("Relu", In("p"), "q"), Op("Add", In("p", "q"), "y")), x, []float64{2, 4, -0.5}, []int{6, -3}},
		{"sum and mean", From(batch, Op("Sum", In("x", "x", "c"), "p"), Op("Mean", In("p", "x"), "y"), Raw32("c", nil, 1)), x, []float64{2, 3.5, -1}, []int{-3}},
	}
}

// moves are of numbers that depend on the input.
func moves() []Function {
	six := []float64{1, 2, 3, 4, 5, 6}
	image := Dims(1, 1, 2, 3)
	flat := func(m Model, want ...float64) Function {
		return Function{"", m, six, want, []int{-len(want)}}
	}
	named := func(name string, f Function) Function {
		f.Name = name
		return f
	}
	back := Op("Flatten", In("p"), "y")
	return []Function{
		named("transpose that reorders", flat(From(image, Op("Transpose", In("x"), "p", AttrInts("perm", 0, 1, 3, 2)), back), 1, 4, 2, 5, 3, 6)),
		named("slice by attributes", flat(From(image, Op("Slice", In("x"), "p", AttrInts("axes", 3), AttrInts("starts", 1), AttrInts("ends", 100)), back), 2, 3, 5, 6)),
		named("slice to the end of all integers", flat(From(image, Op("Slice", In("x", "a", "b", "c"), "p"), back, Ints("a", Dims(1), 1), Ints("b", Dims(1), math.MaxInt64), Ints("c", Dims(1), 3)), 2, 3, 5, 6)),
		named("slice backwards to the start of all integers", flat(From(image, Op("Slice", In("x", "a", "b", "c", "d"), "p"), back, Ints("a", Dims(1), -1), Ints("b", Dims(1), math.MinInt64), Ints("c", Dims(1), 3), Ints("d", Dims(1), -1)), 3, 2, 1, 6, 5, 4)),
		named("slice backwards", flat(From(image, Op("Slice", In("x", "a", "b", "c", "d"), "p"), back, Ints("a", Dims(1), -1), Ints("b", Dims(1), -100), Ints("c", Dims(1), 3), Ints("d", Dims(1), -2)), 3, 1, 6, 4)),
		named("split and concat", flat(From(image, Named("", "Split", In("x"), In("a", "b"), AttrI("axis", 3), AttrInts("split", 1, 2)), Op("Concat", In("b", "a"), "p", AttrI("axis", 3)), back), 2, 3, 1, 5, 6, 4)),
		named("split in equal parts", flat(From(image, Named("", "Split", In("x"), In("", "b"), AttrI("axis", 2)), Op("Flatten", In("b"), "y")), 4, 5, 6)),
		named("concat with a constant", flat(From(image, Op("Concat", In("x", "c"), "p", AttrI("axis", 2)), back, Raw32("c", Dims(1, 1, 1, 3), 7, 8, 9)), 1, 2, 3, 4, 5, 6, 7, 8, 9)),
		named("gather", flat(From(image, Op("Gather", In("x", "i"), "p", AttrI("axis", 3)), back, Ints("i", Dims(2), -1, 0)), 3, 1, 6, 4)),
		named("pad", flat(From(image, Op("Pad", In("x", "n", "v"), "p"), back, Ints("n", Dims(8), 0, 0, 0, 1, 0, 0, 0, 0), Raw32("v", nil, 9)), 9, 1, 2, 3, 9, 4, 5, 6)),
		named("pad by attributes, and cut", flat(From(image, Op("Pad", In("x"), "p", AttrInts("pads", 0, 0, 0, -1, 0, 0, 0, 1), AttrF("value", 7)), back), 2, 3, 7, 5, 6, 7)),
		named("pad by reflection", flat(From(image, Op("Pad", In("x", "n"), "p", AttrS("mode", "reflect")), back, Ints("n", Dims(8), 0, 0, 0, 2, 0, 0, 0, 0)), 3, 2, 1, 2, 3, 6, 5, 4, 5, 6)),
		named("pad by the edge", flat(From(image, Op("Pad", In("x", "n"), "p", AttrS("mode", "edge")), back, Ints("n", Dims(8), 0, 0, 0, 0, 0, 0, 1, 0)), 1, 2, 3, 4, 5, 6, 4, 5, 6)),
		named("expand", flat(From(Dims(1, 6), Op("Expand", In("x", "s"), "p"), Op("Reshape", In("p", "r"), "y"), Ints("s", Dims(2), 2, 1), Ints("r", Dims(2), 1, -1)), 1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6)),
		named("tile", flat(From(image, Op("Tile", In("x", "n"), "p"), back, Ints("n", Dims(4), 1, 1, 1, 2)), 1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6)),
		named("depth to space", Function{"", From(Dims(1, 4, 1, 2), Op("DepthToSpace", In("x"), "p", AttrI("blocksize", 2)), back), []float64{1, 2, 3, 4, 5, 6, 7, 8}, []float64{1, 3, 2, 4, 5, 7, 6, 8}, []int{-8}}),
		named("space to depth", Function{"", From(Dims(1, 1, 2, 4), Op("SpaceToDepth", In("x"), "p", AttrI("blocksize", 2)), back), []float64{1, 3, 2, 4, 5, 7, 6, 8}, []float64{1, 2, 3, 4, 5, 6, 7, 8}, []int{-8}}),
		named("upsample", flat(From(image, Op("Upsample", In("x", "s"), "p"), back, Raw32("s", Dims(4), 1, 1, 1, 2)), 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6)),
		named("resize to the nearest", flat(From(image, Op("Resize", In("x", "", "", "s"), "p", AttrS("mode", "nearest"), AttrS("coordinate_transformation_mode", "asymmetric"), AttrS("nearest_mode", "floor")), back, Ints("s", Dims(4), 1, 1, 2, 6)), 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6)),
		named("resize linearly", flat(From(image, Op("Resize", In("x", "", "s"), "p", AttrS("mode", "linear"), AttrS("coordinate_transformation_mode", "align_corners")), back, Raw32("s", Dims(4), 1, 1, 1.5, 1)), 1, 2, 3, 2.5, 3.5, 4.5, 4, 5, 6)),
		named("resize linearly by half pixels", flat(From(image, Op("Resize", In("x", "", "s"), "p", AttrS("mode", "linear")), back, Raw32("s", Dims(4), 1, 1, 1, 2)), 1, 1.25, 1.75, 2.25, 2.75, 3, 4, 4.25, 4.75, 5.25, 5.75, 6)),
	}
}

// windows are convolutions and pools.
func windows() []Function {
	image := Dims(1, 1, 2, 3)
	six := []float64{1, 2, 3, 4, 5, 6}
	flat := Op("Flatten", In("p"), "y")
	kernel := Raw32("w", Dims(1, 1, 2, 2), 1, 2, 3, 4)
	return []Function{
		{"conv", From(image, Op("Conv", In("x", "w", "b"), "p"), flat, kernel, Raw32("b", Dims(1), 0.5)), six, []float64{37.5, 47.5}, []int{-2}},
		{"conv, padded, of stride 2", From(image, Op("Conv", In("x", "w"), "p", AttrInts("pads", 1, 1, 0, 0), AttrInts("strides", 2, 2)), flat, kernel), six, []float64{4, 3*2 + 4*3}, []int{-2}},
		{"conv of the same size", From(image, Op("Conv", In("x", "w"), "p", AttrS("auto_pad", "SAME_UPPER")), flat, kernel), six, []float64{37, 47, 3 + 18, 14, 17, 6}, []int{-6}},
		{"dilated conv", From(image, Op("Conv", In("x", "w"), "p", AttrInts("dilations", 1, 2)), flat, kernel), six, []float64{1 + 6 + 12 + 24}, []int{-1}},
		{"conv in groups", From(Dims(1, 2, 3), Op("Conv", In("x", "w"), "p", AttrI("group", 2)), flat, Raw32("w", Dims(2, 1, 2), 1, 2, 3, 4)), six, []float64{5, 8, 32, 39}, []int{-4}},
		{"conv of two channels", From(Dims(1, 2, 3), Op("Conv", In("x", "w"), "p"), flat, Raw32("w", Dims(1, 2, 2), 1, 2, 3, 4)), six, []float64{5 + 32, 8 + 39}, []int{-2}},
		{"transposed conv", From(Dims(1, 1, 3), Op("ConvTranspose", In("x", "w", "b"), "p", AttrInts("strides", 2)), flat, Raw32("w", Dims(1, 1, 3), 1, 10, 100), Raw32("b", Dims(1), 0.5)),
			[]float64{1, 2, 3}, []float64{1.5, 10.5, 102.5, 20.5, 203.5, 30.5, 300.5}, []int{-7}},
		{"transposed conv in groups, padded", From(Dims(1, 2, 2), Op("ConvTranspose", In("x", "w"), "p", AttrI("group", 2), AttrInts("pads", 1, 0), AttrInts("output_padding", 0)), flat, Raw32("w", Dims(2, 1, 2), 1, 10, 2, 3)),
			[]float64{1, 2, 3, 4}, []float64{12, 20, 17, 12}, []int{-4}},
		{"average pool", From(Dims(1, 1, 3), Op("AveragePool", In("x"), "p", AttrInts("kernel_shape", 2)), flat), x, []float64{1.5, 0.5}, []int{-2}},
		{"average pool with padding", From(Dims(1, 1, 3), Op("AveragePool", In("x"), "p", AttrInts("kernel_shape", 2), AttrInts("pads", 1, 0)), flat), x, []float64{1, 1.5, 0.5}, []int{-3}},
		{"average pool that counts padding", From(Dims(1, 1, 3), Op("AveragePool", In("x"), "p", AttrInts("kernel_shape", 2), AttrInts("pads", 1, 0), AttrI("count_include_pad", 1)), flat), x, []float64{0.5, 1.5, 0.5}, []int{-3}},
		{"average pool that ends outside", From(Dims(1, 1, 3), Op("AveragePool", In("x"), "p", AttrInts("kernel_shape", 2), AttrInts("strides", 2), AttrI("ceil_mode", 1)), flat), x, []float64{1.5, -1}, []int{-2}},
		{"max pool", From(Dims(1, 1, 3), Op("MaxPool", In("x"), "p", AttrInts("kernel_shape", 2)), flat), x, []float64{2, 2}, []int{2, -2}},
		{"max pool of four", From(Dims(1, 1, 2, 2), Op("MaxPool", In("x"), "p", AttrInts("kernel_shape", 2, 2)), flat), []float64{1, 4, 2, 3}, []float64{4}, []int{2, 1, -1}},
		{"global average pool", From(Dims(1, 1, 3), Op("GlobalAveragePool", In("x"), "p"), flat), x, []float64{2. / 3}, []int{-1}},
		{"global max pool", From(Dims(1, 1, 3), Op("GlobalMaxPool", In("x"), "p"), flat), x, []float64{2}, []int{1, 1, -1}},
	}
}

// sums are reductions.
func sums() []Function {
	return []Function{
		{"reduce to the mean", From(batch, Op("ReduceMean", In("x"), "y", AttrInts("axes", 1), AttrI("keepdims", 0))), x, []float64{2. / 3}, []int{-1}},
		{"reduce to the sum, by an input", From(batch, Op("ReduceSum", In("x", "a"), "y"), Ints("a", Dims(1), -1)), x, []float64{2}, []int{-1}},
		{"reduce one axis of two", From(Dims(1, 2, 3), Op("ReduceSum", In("x", "a"), "p", AttrI("keepdims", 0)), Op("Flatten", In("p"), "y"), Ints("a", Dims(1), 1)), []float64{1, 2, 3, 4, 5, 6}, []float64{5, 7, 9}, []int{-3}},
		{"reduce to the maximum", From(batch, Op("ReduceMax", In("x"), "y", AttrInts("axes", 1))), x, []float64{2}, []int{1, 1, -1}},
		{"reduce to the minimum", From(batch, Op("ReduceMin", In("x"), "y", AttrInts("axes", 1))), x, []float64{-1}, []int{1, 1, -1}},
	}
}

// learned are the affine operators of machine learning, and those of ONNX Runtime.
func learned() []Function {
	const ml = "ai.onnx.ml"
	return []Function{
		{"scaler", From(batch, Of(ml, "Scaler", In("x"), "y", AttrFloats("offset", 1, 2, 3), AttrFloats("scale", 2, 3, 4))), x, []float64{0, 0, -16}, []int{-3}},
		{"scaler with one scale", From(batch, Of(ml, "Scaler", In("x"), "y", AttrFloats("offset", 1), AttrFloats("scale", 2))), x, []float64{0, 2, -4}, []int{-3}},
		{"linear regressor", From(batch, Of(ml, "LinearRegressor", In("x"), "y", AttrI("targets", 2), AttrFloats("coefficients", W23...), AttrFloats("intercepts", 10, -10))), x, []float64{4, -0.5}, []int{-2}},
		{"array feature extractor", From(batch, Of(ml, "ArrayFeatureExtractor", In("x", "i"), "y"), Ints("i", Dims(2), 2, 0)), x, []float64{-1, 1}, []int{-2}},
		{"feature vectoriser", From(batch, Of(ml, "FeatureVectorizer", In("x", "x"), "y", AttrInts("inputdimensions", 3, 3))), x, []float64{1, 2, -1, 1, 2, -1}, []int{-6}},
		{"fused gemm", From(batch, Of("com.microsoft", "FusedGemm", In("x", "w", "b"), "y", AttrI("transB", 1), AttrS("activation", "Relu")), Raw32("w", Dims(2, 3), W23...), bias), x, []float64{4, 0}, []int{2}},
		{"fused gemm with a leak", From(batch, Of("com.microsoft", "FusedGemm", In("x", "w", "b"), "y", AttrI("transB", 1), AttrS("activation", "LeakyRelu"), AttrF("activation_alpha", 0.5)), Raw32("w", Dims(2, 3), W23...), bias), x, []float64{4, -0.25}, []int{2}},
		{"fused conv", From(Dims(1, 1, 3), Of("com.microsoft", "FusedConv", In("x", "w"), "p", AttrS("activation", "Relu")), Op("Flatten", In("p"), "y"), Raw32("w", Dims(1, 1, 2), -1, 1)), x, []float64{1, 0}, []int{2}},
	}
}

// Sparse is a sparse initialiser.
type Sparse []byte

func (s Sparse) field() []byte { return Message(15, s) }

// Spread is a sparse initialiser of the values at the places.
func Spread(name string, dims []int64, values []float64, places []int64) Sparse {
	n := int64(len(values))
	at := Dims(n)
	if int64(len(places)) != n {
		at = Dims(n, int64(len(places))/n)
	}
	return append(append(Message(1, Raw32(name, Dims(n), values...)), Message(2, Ints("", at, places...))...), Varints(3, dims)...)
}

// models are in how a graph is put together.
func models() []Function {
	return []Function{
		{"sparse initialisers", From(batch, Op("MatMul", In("x", "w"), "p"), Op("Add", In("p", "b"), "y"),
			Spread("w", Dims(3, 2), []float64{1, 4, -1}, Dims(0, 3, 5)), Spread("b", Dims(1, 2), []float64{5}, Dims(0, 1))), x, []float64{1, 8 + 1 + 5}, []int{-2}},
		{"nodes out of order", From(batch, Op("Relu", In("q"), "y"), Op("Add", In("p", "b"), "q"), Op("MatMul", In("x", "w"), "p"), Raw32("w", Dims(3, 2), W23T...), bias), x, []float64{4, 0}, []int{2}},
		{"two inputs", From(batch, Op("Concat", In("z", "x"), "p", AttrI("axis", 1)), Op("MatMul", In("p", "w"), "y"), Input("z", 1, 1), Raw32("w", Dims(4, 1), 100, 1, 1, 1)), []float64{1, 2, -1, 5}, []float64{502}, []int{-1}},
		{"two outputs", From(batch, Op("Relu", In("x"), "y"), Op("Neg", In("y"), "z"), Output("z")), x, []float64{1, 2, 0, -1, -2, 0}, []int{3, -6}},
		{"a broadcast of the oldest kind", From(Dims(1, 2, 2), Op("Add", In("x", "b"), "p", AttrI("broadcast", 1), AttrI("axis", 1)), Op("Flatten", In("p"), "y"), bias), []float64{1, 2, 3, 4}, []float64{11, 12, -7, -6}, []int{-4}},
	}
}
