// Package onnx reads ONNX models.
//
// It knows the format and nothing of what the model is for: the protobuf wire
// format, the messages, tensors as they are stored, local functions inlined, the
// graph from its inputs to its outputs, and what the attributes of a node say. It
// computes nothing. Package stencil knows which numbers of a tensor a node takes
// for each number of its result, package evaluation evaluates a graph, and package
// symbolic makes a network of layers of it.
//
// https://github.com/onnx/onnx/blob/main/docs/IR.md
package onnx

import (
	"fmt"
	"slices"
	"strings"
)

// Graph is the part of a model's graph that its outputs depend on.
type Graph struct {
	Name    string
	Inputs  []Port
	Outputs []string
	Nodes   []*Node // in an order of evaluation

	all       []*Node
	from      map[string]*Node        // which node makes a tensor
	stored    map[string]*tensorProto // the initialisers
	sparse    map[string]*sparseProto
	fileBytes int
}

// Port is an input of the graph.
type Port struct {
	Name string
	Dims []int // -1 where the model leaves a dimension open
	None bool  // the model says nothing of the shape
}

// Size is the number of elements of an input whose dimensions are all given.
func (in *Port) Size() int {
	n, _ := Count(in.Dims)
	return n
}

// Read reads a model. Open reads files beside it; nil: there are none.
func Read(data []byte, open Open) (*Graph, error) {
	m, err := parseModel(data)
	if err != nil {
		return nil, fmt.Errorf("not a readable ONNX model: %w", err)
	}
	if m.graph.nodes, err = inline(m.graph.nodes, m.functions); err != nil {
		return nil, err
	}
	fs := &files{open: open, have: map[string][]byte{}}
	if err := m.graph.fetch(fs); err != nil {
		return nil, err
	}
	return newGraph(m.graph, len(data)+fs.size)
}

// newGraph finds the inputs, the outputs and the nodes between them.
func newGraph(proto *graphProto, fileBytes int) (*Graph, error) {
	g := &Graph{Name: proto.name, stored: map[string]*tensorProto{}, sparse: map[string]*sparseProto{}, all: proto.nodes, fileBytes: fileBytes}
	if len(proto.nodes) == 0 {
		return nil, fmt.Errorf("graph has no nodes")
	}
	if err := g.store(proto); err != nil {
		return nil, err
	}
	if err := g.findInputs(proto.inputs); err != nil {
		return nil, err
	}
	if err := g.findNodes(); err != nil {
		return nil, err
	}
	if err := g.findOutputs(proto.outputs); err != nil {
		return nil, err
	}
	return g, g.order()
}

// FileBytes is the size of the files that the graph was read from.
func (g *Graph) FileBytes() int { return g.fileBytes }

// store notes the initialisers.
func (g *Graph) store(proto *graphProto) error {
	for _, t := range proto.initializers {
		if g.stored[t.name] != nil {
			return fmt.Errorf("initializer %q is given twice", t.name)
		}
		g.stored[t.name] = t
	}
	for i := range proto.sparse {
		s := &proto.sparse[i]
		if s.values == nil || g.stored[s.values.name] != nil {
			return fmt.Errorf("sparse initializer %d has no values, or is given twice", i)
		}
		g.stored[s.values.name], g.sparse[s.values.name] = s.values, s
	}
	return nil
}

// Stored says whether a tensor is stored in the file as an initialiser.
func (g *Graph) Stored(name string) bool { return g.stored[name] != nil }

// Initializer returns a tensor that is stored in the file, or nil. A sparse one
// takes little room in a file and much in memory: spend is told how many numbers it
// spreads out to, and may refuse.
func (g *Graph) Initializer(name string, spend func(numbers int) error) (*Tensor, error) {
	stored, sparse := g.stored[name], g.sparse[name]
	if stored == nil {
		return nil, nil
	}
	decode := stored.decode
	if sparse != nil {
		if err := spend(sparse.size()); err != nil {
			return nil, fmt.Errorf("initializer %q: %w", name, err)
		}
		decode = sparse.dense
	}
	t, err := decode()
	if err != nil {
		return nil, fmt.Errorf("initializer %q: %w", name, err)
	}
	return t, nil
}

// MaxInputs is the most numbers of all inputs together. It is far above the pixels
// of an image that a network is given.
const MaxInputs = 1 << 20

// findInputs takes the graph inputs that are no initialisers: old files list
// those too.
func (g *Graph) findInputs(inputs []valueInfo) error {
	for _, in := range inputs {
		if g.stored[in.name] != nil {
			continue
		}
		if in.elem == StringType || in.elem == BoolType || in.elem == 14 || in.elem == 15 {
			return fmt.Errorf("graph input %q is of type %s: numbers are needed", in.name, in.elem)
		}
		if len(in.dims) > MaxRank {
			return fmt.Errorf("graph input %q has more than %d dimensions", in.name, MaxRank)
		}
		v := Port{Name: in.name, None: len(in.dims) == 0}
		for _, d := range in.dims {
			v.Dims = append(v.Dims, int(min(d, 1<<31-1)))
		}
		g.Inputs = append(g.Inputs, v)
	}
	if len(g.Inputs) == 0 {
		return fmt.Errorf("graph has no inputs")
	}
	return nil
}

// With returns the graph with all dimensions of its inputs given.
func (g *Graph) With(dims [][]int) (*Graph, error) {
	c := *g
	c.Inputs = nil
	total := 0
	for i, in := range g.Inputs {
		in.Dims, in.None = dims[i], false
		n, ok := Count(in.Dims)
		if !ok || n == 0 || n > MaxInputs-total {
			return nil, fmt.Errorf("graph input %q has the shape %v: more than %d inputs are not supported", in.Name, in.Dims, MaxInputs)
		}
		total += n
		c.Inputs = append(c.Inputs, in)
	}
	return &c, nil
}

// Size is the number of all inputs together.
func (g *Graph) Size() int {
	n := 0
	for i := range g.Inputs {
		n += g.Inputs[i].Size()
	}
	return n
}

// findNodes notes which node makes a tensor.
func (g *Graph) findNodes() error {
	g.from = map[string]*Node{}
	taken := map[string]bool{}
	for _, in := range g.Inputs {
		taken[in.Name] = true
	}
	for _, n := range g.all {
		for _, name := range n.Outputs {
			if name == "" {
				continue
			}
			if g.from[name] != nil || g.stored[name] != nil || taken[name] {
				return fmt.Errorf("%s: its output %q is made elsewhere already", n.At(), name)
			}
			g.from[name] = n
		}
	}
	return nil
}

// findOutputs takes the graph outputs that are more than by-products.
func (g *Graph) findOutputs(outputs []valueInfo) error {
	for _, v := range outputs {
		n := g.from[v.name]
		if n != nil && (n.Op == "Dropout" || n.Op == "BatchNormalization") && n.Outputs[0] != v.name {
			continue
		}
		if n == nil && g.stored[v.name] == nil && !slices.ContainsFunc(g.Inputs, func(in Port) bool { return in.Name == v.name }) {
			return fmt.Errorf("graph output %q is made by no node", v.name)
		}
		g.Outputs = append(g.Outputs, v.name)
	}
	if len(g.Outputs) == 0 {
		return fmt.Errorf("graph has no outputs")
	}
	return nil
}

// Only returns the part of the graph that one of its tensors depends on.
func (g *Graph) Only(output string) (*Graph, error) {
	if g.from[output] == nil {
		return nil, fmt.Errorf("the graph has no output %q, its outputs are %s", output, strings.Join(g.Outputs, ", "))
	}
	c := *g
	c.Outputs, c.Nodes = []string{output}, nil
	return &c, c.order()
}

// order finds the nodes that the outputs depend on and puts each after those that
// it depends on, otherwise in the order of the file.
func (g *Graph) order() error {
	live := map[*Node]bool{}
	todo := []*Node{}
	for _, name := range g.Outputs {
		todo = append(todo, g.from[name])
	}
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if n == nil || live[n] {
			continue
		}
		live[n] = true
		for _, name := range n.Inputs {
			todo = append(todo, g.from[name])
		}
	}
	const open, done = 1, 2
	state := map[*Node]int{}
	for _, first := range g.all {
		if !live[first] {
			continue
		}
		todo = append(todo[:0], first)
		for len(todo) > 0 {
			n := todo[len(todo)-1]
			if state[n] == done {
				todo = todo[:len(todo)-1]
				continue
			}
			ready := true
			for _, name := range n.Inputs {
				m := g.from[name]
				if m == nil || state[m] == done {
					continue
				}
				if state[n] == open {
					return fmt.Errorf("%s: %s depends on its own output", n.At(), n.Op)
				}
				ready = false
				todo = append(todo, m)
			}
			if state[n] = open; ready {
				state[n] = done
				g.Nodes = append(g.Nodes, n)
			}
		}
	}
	return nil
}

// StoredDims returns the shape of an initialiser, or nil.
func (g *Graph) StoredDims(name string) []int {
	var dims []int
	if t := g.stored[name]; t != nil {
		for _, d := range t.dims {
			dims = append(dims, int(max(-1, min(d, 1<<31-1))))
		}
	}
	return dims
}
