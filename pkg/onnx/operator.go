package onnx

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// evalFunc computes a node from its inputs: as many as its operator can have, nil
// where one is left out.
type evalFunc func(e *evaluator, n *Node, in []*Tensor) (*Tensor, error)

// operator is what is known of one kind of node.
type operator struct {
	min, max   int // inputs; max may be anyNumber
	attributes []string
	eval       evalFunc
}

const anyNumber = -1

var operators = map[string]operator{
	"Abs":                {1, 1, nil, elementwise(math.Abs)},
	"Add":                {2, 2, []string{"broadcast"}, pairwise(func(a, b float64) float64 { return a + b })},
	"BatchNormalization": {5, 5, []string{"epsilon", "momentum", "spatial", "training_mode", "is_test"}, evalBatchNorm},
	"Cast":               {1, 1, []string{"to"}, evalCast},
	"Concat":             {1, anyNumber, []string{"axis"}, evalConcat},
	"Constant":           {0, 0, []string{"value", "value_float", "value_floats", "value_int", "value_ints"}, evalConstant},
	"Div":                {2, 2, []string{"broadcast"}, pairwise(func(a, b float64) float64 { return a / b })},
	"Dropout":            {1, 3, []string{"ratio", "seed", "is_test"}, evalDropout},
	"Flatten":            {1, 1, []string{"axis"}, evalFlatten},
	"Gather":             {2, 2, []string{"axis"}, evalGather},
	"Gemm":               {2, 3, []string{"alpha", "beta", "transA", "transB", "broadcast"}, evalGemm},
	"Identity":           {1, 1, nil, evalIdentity},
	"LeakyRelu":          {1, 1, []string{"alpha"}, evalLeakyRelu},
	"MatMul":             {2, 2, nil, evalMatMul},
	"Mul":                {2, 2, []string{"broadcast"}, pairwise(func(a, b float64) float64 { return a * b })},
	"Neg":                {1, 1, nil, elementwise(func(v float64) float64 { return -v })},
	"PRelu":              {2, 2, nil, evalPRelu},
	"Relu":               {1, 1, nil, elementwise(func(v float64) float64 { return max(0, v) })},
	"Reshape":            {1, 2, []string{"shape", "allowzero"}, evalReshape},
	"Shape":              {1, 1, nil, evalShape},
	"Squeeze":            {1, 2, []string{"axes"}, evalSqueeze},
	"Sub":                {2, 2, []string{"broadcast"}, pairwise(func(a, b float64) float64 { return a - b })},
	"Transpose":          {1, 1, []string{"perm"}, evalTranspose},
	"Unsqueeze":          {1, 2, []string{"axes"}, evalUnsqueeze},
}

// check refuses operators and attributes that are not known: an attribute that
// is passed over could change what the node computes.
func (n *Node) check() error {
	op, ok := operators[n.Op]
	if n.domain != "" && n.domain != "ai.onnx" {
		return fmt.Errorf("operator %s of domain %s is not supported (supported: %s)", n.Op, n.domain, supported())
	}
	if !ok {
		return fmt.Errorf("operator %s is not supported (supported: %s)", n.Op, supported())
	}
	seen := map[string]bool{}
	for _, a := range n.attributes {
		if !slices.Contains(op.attributes, a.name) && a.name != "consumed_inputs" { // a hint of the oldest files
			return fmt.Errorf("attribute %s of %s is not supported", a.name, n.Op)
		}
		if seen[a.name] {
			return fmt.Errorf("attribute %s of %s is given twice", a.name, n.Op)
		}
		seen[a.name] = true
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

func supported() string {
	return strings.Join(slices.Sorted(maps.Keys(operators)), ", ")
}
