package evaluation

import (
	"fmt"
	"math"
	"slices"

	"relucount/pkg/onnx"
)

// evalFunc computes a node from its inputs: as many as its operator can have, nil
// where one is left out.
type evalFunc func(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error)

// operator is what is known of one kind of node.
type operator struct {
	min, max   int // inputs; max may be anyNumber
	attributes []string
	eval       evalFunc
	outputs    int // how many are computed, 0 for the first alone
}

const anyNumber = -1

// one is an operator of one tensor, number by number.
func one(f func(v float64) float64) operator { return operator{1, 1, nil, elementwise(f), 0} }

// two is one of two tensors; its attributes are those of the oldest files.
func two(f func(a, b float64) float64) operator {
	return operator{2, 2, []string{"broadcast", "axis"}, pairwise(f), 0}
}

// many is one of any number of tensors, taken two by two.
func many(f func(a, b float64) float64, mean bool) operator {
	return operator{1, anyNumber, nil, evalMany(f, mean), 0}
}

func reduction(start float64, add func(sum, v float64) float64, end func(sum float64, n int) float64) operator {
	return operator{1, 2, []string{"axes", "keepdims", "noop_with_empty_axes"}, evalReduce(start, add, end), 0}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func sum(a, b float64) float64         { return a + b }
func itself(a float64, _ int) float64  { return a }
func root(a float64, _ int) float64    { return math.Sqrt(a) }
func average(a float64, n int) float64 { return a / float64(n) }
func square(a, b float64) float64      { return a + b*b }
func absolutes(a, b float64) float64   { return a + math.Abs(b) }
func exclusive(a, b float64) float64   { return truth((a != 0) != (b != 0)) }

// window has the attributes of an operator that moves a window.
func window(more ...string) []string {
	return append(more, "auto_pad", "dilations", "kernel_shape", "pads", "strides")
}

// operators are those that can be computed. Those of other domains than the
// standard's own have it before their name.
var operators = map[string]operator{
	"Abs":                              one(math.Abs),
	"Add":                              two(sum),
	"And":                              two(func(a, b float64) float64 { return truth(a != 0 && b != 0) }),
	"AveragePool":                      {1, 1, window("ceil_mode", "count_include_pad"), evalAveragePool, 0},
	"BatchNormalization":               {5, 5, []string{"epsilon", "momentum", "spatial", "training_mode", "is_test"}, evalBatchNorm, 0},
	"Cast":                             {1, 1, []string{"to", "saturate", "round_mode"}, evalCast, 0},
	"CastLike":                         {2, 2, []string{"saturate", "round_mode"}, evalCastLike, 0},
	"Ceil":                             one(math.Ceil),
	"Clip":                             {1, 3, []string{"min", "max"}, evalClip, 0},
	"Concat":                           {1, anyNumber, []string{"axis"}, evalConcat, 0},
	"Constant":                         {0, 0, []string{"value", "value_float", "value_floats", "value_int", "value_ints"}, evalConstant, 0},
	"ConstantOfShape":                  {1, 1, []string{"value"}, evalConstantOfShape, 0},
	"Conv":                             {2, 3, window("group"), evalConv, 0},
	"ConvTranspose":                    {2, 3, window("group", "output_padding", "output_shape"), evalConvTranspose, 0},
	"DepthToSpace":                     {1, 1, []string{"blocksize", "mode"}, evalDepthToSpace, 0},
	"DequantizeLinear":                 {2, 3, []string{"axis", "block_size", "output_dtype"}, evalDequantize, 0},
	"Div":                              two(func(a, b float64) float64 { return a / b }),
	"Dropout":                          {1, 3, []string{"ratio", "seed", "is_test"}, evalDropout, 0},
	"Equal":                            two(func(a, b float64) float64 { return truth(a == b) }),
	"Erf":                              one(math.Erf),
	"Exp":                              one(math.Exp),
	"Expand":                           {2, 2, nil, evalExpand, 0},
	"Flatten":                          {1, 1, []string{"axis"}, evalFlatten, 0},
	"Floor":                            one(math.Floor),
	"Gather":                           {2, 2, []string{"axis"}, evalGather, 0},
	"Gemm":                             {2, 3, []string{"alpha", "beta", "transA", "transB", "broadcast"}, evalGemm, 0},
	"GlobalAveragePool":                {1, 1, nil, evalGlobalPool(sum, 0, average), 0},
	"GlobalMaxPool":                    {1, 1, nil, evalGlobalPool(math.Max, math.Inf(-1), itself), 0},
	"Greater":                          two(func(a, b float64) float64 { return truth(a > b) }),
	"GreaterOrEqual":                   two(func(a, b float64) float64 { return truth(a >= b) }),
	"HardSigmoid":                      {1, 1, []string{"alpha", "beta"}, evalHardSigmoid, 0},
	"Identity":                         {1, 1, nil, evalIdentity, 0},
	"LeakyRelu":                        {1, 1, []string{"alpha"}, evalLeakyRelu, 0},
	"Less":                             two(func(a, b float64) float64 { return truth(a < b) }),
	"LessOrEqual":                      two(func(a, b float64) float64 { return truth(a <= b) }),
	"Log":                              one(math.Log),
	"MatMul":                           {2, 2, nil, evalMatMul, 0},
	"Max":                              many(math.Max, false),
	"MaxPool":                          {1, 1, window("ceil_mode", "storage_order"), evalMaxPool, 0},
	"Mean":                             many(sum, true),
	"Min":                              many(math.Min, false),
	"Mul":                              two(func(a, b float64) float64 { return a * b }),
	"Neg":                              one(func(v float64) float64 { return -v }),
	"Not":                              one(func(v float64) float64 { return truth(v == 0) }),
	"Or":                               two(func(a, b float64) float64 { return truth(a != 0 || b != 0) }),
	"PRelu":                            {2, 2, nil, evalPRelu, 0},
	"Pad":                              {1, 4, []string{"mode", "pads", "paddings", "value"}, evalPad, 0},
	"Pow":                              two(math.Pow),
	"Range":                            {3, 3, nil, evalRange, 0},
	"Reciprocal":                       one(func(v float64) float64 { return 1 / v }),
	"ReduceL1":                         reduction(0, absolutes, itself),
	"ReduceL2":                         reduction(0, square, root),
	"ReduceMax":                        reduction(math.Inf(-1), math.Max, itself),
	"ReduceMean":                       reduction(0, sum, average),
	"ReduceMin":                        reduction(math.Inf(1), math.Min, itself),
	"ReduceProd":                       reduction(1, func(a, b float64) float64 { return a * b }, itself),
	"ReduceSum":                        reduction(0, sum, itself),
	"ReduceSumSquare":                  reduction(0, square, itself),
	"Relu":                             one(func(v float64) float64 { return max(0, v) }),
	"Reshape":                          {1, 2, []string{"shape", "allowzero"}, evalReshape, 0},
	"Resize":                           {1, 4, []string{"antialias", "axes", "coordinate_transformation_mode", "cubic_coeff_a", "exclude_outside", "extrapolation_value", "keep_aspect_ratio_policy", "mode", "nearest_mode"}, evalResize, 0},
	"Round":                            one(math.RoundToEven),
	"Shape":                            {1, 1, []string{"start", "end"}, evalShape, 0},
	"Shrink":                           {1, 1, []string{"bias", "lambd"}, evalShrink, 0},
	"Sigmoid":                          one(func(v float64) float64 { return 1 / (1 + math.Exp(-v)) }),
	"Sign":                             one(func(v float64) float64 { return truth(v > 0) - truth(v < 0) }),
	"Size":                             {1, 1, nil, evalSize, 0},
	"Slice":                            {1, 5, []string{"axes", "ends", "starts"}, evalSlice, 0},
	"SpaceToDepth":                     {1, 1, []string{"blocksize"}, evalSpaceToDepth, 0},
	"Split":                            {1, 2, []string{"axis", "num_outputs", "split"}, evalSplit, 1 << 16},
	"Sqrt":                             one(math.Sqrt),
	"Squeeze":                          {1, 2, []string{"axes"}, evalSqueeze, 0},
	"Sub":                              two(func(a, b float64) float64 { return a - b }),
	"Sum":                              many(sum, false),
	"Tanh":                             one(math.Tanh),
	"ThresholdedRelu":                  {1, 1, []string{"alpha"}, evalThresholdedRelu, 0},
	"Tile":                             {2, 3, nil, evalTile, 0},
	"Transpose":                        {1, 1, []string{"perm"}, evalTranspose, 0},
	"Unsqueeze":                        {1, 2, []string{"axes"}, evalUnsqueeze, 0},
	"Upsample":                         {1, 2, []string{"height_scale", "mode", "scales", "width_scale"}, evalResize, 0},
	"Where":                            {3, 3, nil, evalWhere, 0},
	"Xor":                              two(exclusive),
	"ai.onnx.ml:ArrayFeatureExtractor": {2, 2, nil, evalArrayFeatures, 0},
	"ai.onnx.ml:FeatureVectorizer":     {1, anyNumber, []string{"inputdimensions"}, evalConcat, 0},
	"ai.onnx.ml:LinearRegressor":       {1, 1, []string{"coefficients", "intercepts", "post_transform", "targets"}, evalLinearRegressor, 0},
	"ai.onnx.ml:Scaler":                {1, 1, []string{"offset", "scale"}, evalScaler, 0},
}

// check refuses operators and attributes that are not known: an attribute that
// is passed over could change what the node computes.
func check(n *onnx.Node) error {
	op, ok := operators[n.Key()]
	if !ok {
		if n.Domain != "" && n.Domain != "ai.onnx" {
			return fmt.Errorf("operator %s of domain %s is not supported: export the network without it (docs/operators.md lists the operators)", n.Op, n.Domain)
		}
		return fmt.Errorf("operator %s is not supported: export the network without it (docs/operators.md lists the operators)", n.Op)
	}
	seen := map[string]bool{}
	for _, a := range n.Attributes {
		if !slices.Contains(op.attributes, a.Name) && a.Name != "consumed_inputs" { // a hint of the oldest files
			return fmt.Errorf("attribute %s of %s is not supported", a.Name, n.Op)
		}
		if seen[a.Name] {
			return fmt.Errorf("attribute %s of %s is given twice", a.Name, n.Op)
		}
		seen[a.Name] = true
	}
	if op.max != anyNumber && len(n.Inputs) > op.max {
		return fmt.Errorf("%s has %d inputs, at most %d expected", n.Op, len(n.Inputs), op.max)
	}
	for k := range op.min {
		if k >= len(n.Inputs) || n.Inputs[k] == "" {
			return fmt.Errorf("%s lacks input %d of at least %d", n.Op, k, op.min)
		}
	}
	return nil
}
