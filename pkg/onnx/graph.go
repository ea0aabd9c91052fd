// Package onnx reads ONNX models and evaluates them.
//
// It knows the format and nothing of what the model is for: the protobuf wire
// format, the messages, the graph from one input to one output, and the plain
// evaluation of its nodes in float64, as the ONNX specification has them. What a
// graph means as a network of layers is the business of package netfile, which
// checks its layers against this evaluation.
//
// An operator is one row of the table operators: how many inputs and which
// attributes it has, and how to compute it.
//
// https://github.com/onnx/onnx/blob/main/docs/IR.md
package onnx

import (
	"fmt"
	"slices"
	"strings"
)

// Graph is the part of a model's graph that its output depends on.
type Graph struct {
	Name          string
	Input, Output string
	Shape         []int   // of the input, with batch size 1
	Nodes         []*Node // in the order of evaluation

	stored    map[string]*tensorProto // the initialisers
	constants map[string]*Tensor      // of these and of nodes, what is known so far
	fileBytes int
}

// Read reads a model.
func Read(data []byte) (*Graph, error) {
	m, err := parseModel(data)
	if err != nil {
		return nil, fmt.Errorf("not a readable ONNX model: %w", err)
	}
	return newGraph(m.graph, len(data))
}

// Stored says whether a tensor is stored in the file as an initialiser.
func (g *Graph) Stored(name string) bool { return g.stored[name] != nil }

// newGraph finds the input, the output and the nodes between them.
func newGraph(proto *graphProto, fileBytes int) (*Graph, error) {
	if len(proto.nodes) == 0 {
		return nil, fmt.Errorf("graph has no nodes")
	}
	if proto.sparse {
		return nil, fmt.Errorf("sparse initializers are not supported")
	}
	g := &Graph{Name: proto.name, stored: map[string]*tensorProto{}, constants: map[string]*Tensor{}, fileBytes: fileBytes}
	for _, t := range proto.initializers {
		if g.stored[t.name] != nil {
			return nil, fmt.Errorf("initializer %q is given twice", t.name)
		}
		g.stored[t.name] = t
	}
	if err := g.findInput(proto.inputs); err != nil {
		return nil, err
	}
	from := map[string]*Node{} // which node makes a tensor
	for _, n := range proto.nodes {
		for _, name := range n.Outputs {
			if name == "" {
				continue
			}
			if from[name] != nil || g.stored[name] != nil || name == g.Input {
				return nil, fmt.Errorf("%s: its output %q is made elsewhere already", n.At(), name)
			}
			from[name] = n
		}
	}
	if err := g.findOutput(proto.outputs, from); err != nil {
		return nil, err
	}
	g.keepLive(proto.nodes, from)
	for _, n := range g.Nodes {
		if err := n.check(); err != nil {
			return nil, fmt.Errorf("%s: %w", n.At(), err)
		}
	}
	return g, nil
}

// maxInputs is far above the pixels of an image that a network is given.
const maxInputs = 1 << 20

// findInput takes the one graph input that is no initialiser: old files list
// those too.
func (g *Graph) findInput(inputs []valueInfo) error {
	real := slices.DeleteFunc(slices.Clone(inputs), func(v valueInfo) bool { return g.stored[v.name] != nil })
	if len(real) != 1 {
		return fmt.Errorf("graph has %d inputs%s: exactly one is supported", len(real), quoted(real))
	}
	in := real[0]
	g.Input = in.name
	if !slices.Contains([]uint64{0, typeFloat, typeDouble, typeFloat16, typeBfloat16}, in.elem) {
		return fmt.Errorf("graph input %q is of type %s: floating point is needed", in.name, typeName(in.elem))
	}
	if len(in.dims) == 0 || len(in.dims) > maxRank {
		return fmt.Errorf("graph input %q has no shape of 1 to %d dimensions", in.name, maxRank)
	}
	n := int64(1)
	for i, d := range in.dims {
		switch {
		case d < 0 && (i > 0 || len(in.dims) == 1):
			// Taken as 1 it could broadcast into another network.
			return fmt.Errorf("graph input %q leaves dimension %d open: only the batch may be", in.name, i)
		case d < 0:
			d = 1
		case d > maxInputs/n:
			return fmt.Errorf("graph input %q has the shape %v: more than %d inputs are not supported", in.name, in.dims, maxInputs)
		}
		n *= d
		g.Shape = append(g.Shape, int(d))
	}
	return nil
}

// findOutput takes the one graph output that is more than a by-product.
func (g *Graph) findOutput(outputs []valueInfo, from map[string]*Node) error {
	real := slices.DeleteFunc(slices.Clone(outputs), func(v valueInfo) bool {
		n := from[v.name]
		return n != nil && (n.Op == "Dropout" || n.Op == "BatchNormalization") && n.Outputs[0] != v.name
	})
	if len(real) != 1 {
		return fmt.Errorf("graph has %d outputs%s: exactly one is supported", len(real), quoted(real))
	}
	g.Output = real[0].name
	if from[g.Output] == nil {
		return fmt.Errorf("graph output %q is made by no node", g.Output)
	}
	return nil
}

func quoted(values []valueInfo) string {
	var b strings.Builder
	for i, v := range values {
		if i == 8 {
			b.WriteString(" ...")
			break
		}
		fmt.Fprintf(&b, " %q", v.name)
	}
	if b.Len() == 0 {
		return ""
	}
	return " (" + b.String()[1:] + ")"
}

// keepLive keeps the nodes that the output depends on.
func (g *Graph) keepLive(nodes []*Node, from map[string]*Node) {
	live := map[*Node]bool{}
	todo := []*Node{from[g.Output]}
	live[todo[0]] = true
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, name := range n.Inputs {
			if m := from[name]; m != nil && !live[m] {
				live[m] = true
				todo = append(todo, m)
			}
		}
	}
	for _, n := range nodes {
		if live[n] {
			g.Nodes = append(g.Nodes, n)
		}
	}
}
