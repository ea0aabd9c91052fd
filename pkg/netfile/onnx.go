package netfile

import (
	"fmt"

	"relucount/pkg/budget"
	"relucount/pkg/domain"
	"relucount/pkg/onnx"
)

// readONNX reads an ONNX model.
func readONNX(data []byte, _ Options) (*File, error) {
	g, err := onnx.Read(data)
	if err != nil {
		return nil, err
	}
	return fromGraph(g, nil, len(data))
}

// fromGraph folds a graph and checks the result on the domain, which may be nil.
func fromGraph(g *onnx.Graph, over *domain.Domain, fileBytes int) (*File, error) {
	f, err := fold(g, over, budget.Of(fileBytes))
	if err != nil {
		return nil, err
	}
	return f.file(g.Name, over, f.forward)
}

// fold makes a chain of the nodes that depend on the input.
func fold(g *onnx.Graph, over *domain.Domain, b budget.Budget) (*folder, error) {
	inputs, _ := onnx.Count(g.Shape)
	f := &folder{chain: newChain(inputs, farthest(over), b), graph: g, usedBy: map[string]*onnx.Node{}}
	// One pass at x = 0 finds every shape and computes what is constant.
	pass := g.Start(make([]float64, inputs))
	for _, n := range g.Nodes {
		s, err := pass.Node(n)
		if err == nil && len(s.Computed) > 0 {
			err = f.node(s)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", n.At(), err)
		}
	}
	if _, err := pass.Output(); err != nil {
		return nil, err
	}
	if f.open() || f.scale != nil || len(f.layers) == 0 {
		f.before = append(f.before, g.Output)
	}
	return f, nil
}

// node adds a node to the chain.
func (f *folder) node(s *onnx.Step) error {
	if from := s.Computed; len(from) > 1 {
		return fmt.Errorf("inputs %q and %q of %s both depend on the network's input (a skip connection?): only a chain of layers is supported", s.Inputs[from[0]], s.Inputs[from[1]], s.Op)
	}
	pos := s.Computed[0]
	name := s.Inputs[pos]
	if other := f.usedBy[name]; other != nil {
		return fmt.Errorf("%q is used by %s too: networks that branch are not supported", name, other.At())
	}
	f.usedBy[name] = s.Node
	does, ok := foldings[s.Op]
	if pos > 1 || pos == 1 && !does.either {
		return fmt.Errorf("input %d of %s depends on the network's input: only a constant is supported there", pos, s.Op)
	}
	if !ok {
		return fmt.Errorf("%s of what depends on the network's input is not supported, only of constants", s.Op)
	}
	return does.fold(f, &step{s, pos})
}

// forward evaluates the graph, the plain pass that the chain is checked against.
func (f *folder) forward(x []float64) (before [][]float64, out []float64, err error) {
	pass, err := f.graph.Eval(x)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range f.before {
		before = append(before, pass.Value(name))
	}
	out, err = pass.Output()
	return before, out, err
}

// folding says what an operator does to the chain.
type folding struct {
	fold   func(f *folder, a *step) error
	either bool // whether the second input may be the computed one too
}

// foldings are of the operators that may depend on the network's input.
var foldings = map[string]folding{
	"Abs":                {foldSlopes, false},
	"Add":                {foldAdd, true},
	"BatchNormalization": {foldBatchNorm, false},
	"Cast":               {foldCast, false},
	"Div":                {foldDiv, true},
	"Dropout":            {foldNothing, false},
	"Flatten":            {foldNothing, false},
	"Gemm":               {foldGemm, true},
	"Identity":           {foldNothing, false},
	"LeakyRelu":          {foldSlopes, false},
	"MatMul":             {foldMatMul, true},
	"Mul":                {foldMul, true},
	"Neg":                {foldNeg, false},
	"PRelu":              {foldSlopes, false},
	"Relu":               {foldSlopes, false},
	"Reshape":            {foldNothing, false},
	"Squeeze":            {foldNothing, false},
	"Sub":                {foldSub, true},
	"Transpose":          {foldTranspose, false},
	"Unsqueeze":          {foldNothing, false},
}

// folder walks the nodes of a graph and puts the chain together.
type folder struct {
	*chain
	graph    *onnx.Graph
	matrices int                   // so far
	usedBy   map[string]*onnx.Node // which node takes a computed tensor
	before   []string              // the tensor before each layer's activation, and the output when linear
}

// step is a node with one computed input.
type step struct {
	*onnx.Step
	pos int // which input is computed
}
