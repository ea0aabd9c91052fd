package symbolic

// rule says what an operator does to forms.
type rule struct {
	data   []int // the inputs that may depend on the network's input
	apply  func(w *walk, s *step) error
	steps  bool // whether they may be comparisons
	matrix bool // whether it is counted as a layer's matrix in messages
}

const anyInput = -1

var (
	first  = []int{0}
	both   = []int{0, 1}
	every  = []int{anyInput}
	moved  = func(data ...int) rule { return rule{data, move, true, false} }
	linear = func(apply func(w *walk, s *step) error, data ...int) rule { return rule{data, apply, false, false} }
	matrix = func(apply func(w *walk, s *step) error, data ...int) rule { return rule{data, apply, false, true} }
)

// rules are of the operators that may depend on the network's input.
var rules map[string]rule

func init() {
	rules = map[string]rule{
		"DepthToSpace":                     moved(0),
		"Dropout":                          moved(0),
		"Expand":                           moved(0),
		"Flatten":                          moved(0),
		"Gather":                           moved(0),
		"Identity":                         moved(0),
		"Pad":                              moved(0, 2),
		"Reshape":                          moved(0),
		"Slice":                            moved(0),
		"SpaceToDepth":                     moved(0),
		"Split":                            moved(0),
		"Squeeze":                          moved(0),
		"Tile":                             moved(0),
		"Transpose":                        moved(0),
		"Unsqueeze":                        moved(0),
		"Cast":                             {first, cast, true, false},
		"CastLike":                         {first, cast, true, false},
		"Concat":                           {every, move, false, false},
		"ai.onnx.ml:ArrayFeatureExtractor": moved(0),
		"ai.onnx.ml:FeatureVectorizer":     {every, move, false, false},

		"Add":                        linear(addition, 0, 1),
		"Sub":                        linear(subtraction, 0, 1),
		"Sum":                        linear(sum, anyInput),
		"Mean":                       linear(mean, anyInput),
		"Mul":                        {both, multiplication, true, false},
		"Div":                        linear(division, 0),
		"Neg":                        linear(negation, 0),
		"MatMul":                     matrix(matMul, 0, 1),
		"Gemm":                       matrix(gemm, 0, 1, 2),
		"Conv":                       matrix(convolution, 0, 2),
		"ConvTranspose":              matrix(convolution, 0, 2),
		"BatchNormalization":         linear(batchNorm, 0),
		"AveragePool":                linear(averagePool, 0),
		"GlobalAveragePool":          linear(globalAverage, 0),
		"ReduceMean":                 linear(reduceMean, 0),
		"ReduceSum":                  linear(reduceSum, 0),
		"Resize":                     linear(resize, 0),
		"Upsample":                   linear(resize, 0),
		"ai.onnx.ml:LinearRegressor": matrix(regressor, 0),
		"ai.onnx.ml:Scaler":          linear(scaler, 0),

		"Abs":             linear(twoSlopes, 0),
		"LeakyRelu":       linear(twoSlopes, 0),
		"PRelu":           linear(twoSlopes, 0),
		"Relu":            linear(twoSlopes, 0),
		"Clip":            linear(clip, 0),
		"HardSigmoid":     linear(hardSigmoid, 0),
		"Shrink":          linear(shrink, 0),
		"ThresholdedRelu": linear(thresholded, 0),
		"Max":             linear(extremes((*network).larger), anyInput),
		"Min":             linear(extremes((*network).smaller), anyInput),
		"MaxPool":         linear(maxPool, 0),
		"GlobalMaxPool":   linear(globalMax, 0),
		"ReduceMax":       linear(reduceExtreme((*network).larger), 0),
		"ReduceMin":       linear(reduceExtreme((*network).smaller), 0),
		"Greater":         linear(comparison(1), 0, 1),
		"GreaterOrEqual":  linear(comparison(1), 0, 1),
		"Less":            linear(comparison(-1), 0, 1),
		"LessOrEqual":     linear(comparison(-1), 0, 1),
		"Not":             {first, complement, true, false},
		"Where":           {every, where, true, false},
	}
}

// headsOf has the operators that are left out after the last unit, and why they
// cannot come before it.
var headsOf = map[string]string{}

func init() {
	for why, ops := range map[string][]string{
		"smooth": {"Softmax", "LogSoftmax", "Sigmoid", "Tanh", "Softplus", "Softsign", "Exp", "Log", "Sqrt", "Erf", "Gelu", "Mish", "Swish", "Celu",
			"LpNormalization", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "Reciprocal", "Sin", "Cos", "Atan", "Sinh", "Cosh", "Asinh",
			"ai.onnx.ml:Normalizer", "ai.onnx.ml:LinearClassifier"},
		"discrete": {"ArgMax", "ArgMin", "TopK", "Hardmax", "Sign", "Round", "Floor", "Ceil", "Equal", "And", "Or", "Xor", "Multinomial", "OneHot",
			"ai.onnx.ml:ZipMap", "ai.onnx.ml:Binarizer", "ai.onnx.ml:LabelEncoder"},
	} {
		for _, op := range ops {
			headsOf[op] = why
		}
	}
}

// between are operators that must not take what is left out: matrices, and units.
var between = []string{"MatMul", "Gemm", "Conv", "ConvTranspose", "Einsum", "Relu", "LeakyRelu", "PRelu", "MaxPool", "RNN", "LSTM", "GRU",
	"ai.onnx.ml:LinearRegressor", "ai.onnx.ml:LinearClassifier"}

// refused has operators that are refused with what is known of them.
var refused = map[string]string{
	"Pow":             "a power, not piecewise linear",
	"ReduceSumSquare": "a square, not piecewise linear",
	"ReduceProd":      "a product, not piecewise linear",
	"ReduceL1":        "a sum of absolute values: write it with Abs and ReduceSum",
}
