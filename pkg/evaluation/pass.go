// Package evaluation evaluates ONNX graphs in float64, as the ONNX specification has
// their operators.
//
// An operator is one row of the table operators: how many inputs and which
// attributes it has, and how to compute it. A pass goes over the nodes of a graph in
// their order. What a model says, down to the attributes of its nodes, is known to
// package onnx. Package symbolic uses this evaluation for constants and for what moves
// numbers about, and checks its layers against it.
package evaluation

import (
	"fmt"

	"relucount/pkg/onnx"
)

// Graph is a graph that is evaluated, again and again. What does not depend on its
// inputs is computed once for all passes, so it is not to be used by several
// goroutines.
type Graph struct {
	*onnx.Graph
	constants map[string]*onnx.Tensor // what is known so far
}

// New returns the graph for evaluation. The dimensions of its inputs must be given
// (With).
func New(g *onnx.Graph) *Graph { return &Graph{g, map[string]*onnx.Tensor{}} }

// Pass is one evaluation of a graph, node by node.
type Pass struct {
	graph    *Graph
	e        *evaluator
	computed map[string]*onnx.Tensor // what depends on the inputs
}

// Step is a node with its tensors.
type Step struct {
	*onnx.Node
	In       []*onnx.Tensor // as many as the operator can have, nil where one is left out
	Computed []int          // which inputs depend on the graph's inputs; none: the node is a constant
	Outs     []*onnx.Tensor // as many as the node has outputs that are computed here
}

// Out is the first output.
func (s *Step) Out() *onnx.Tensor { return s.Outs[0] }

// Start starts an evaluation at x, the inputs of the graph one after the other.
func (g *Graph) Start(x []float64) *Pass {
	p := &Pass{g, newEvaluator(g.FileBytes()), map[string]*onnx.Tensor{}}
	for i := range g.Inputs {
		n := g.Inputs[i].Size()
		p.computed[g.Inputs[i].Name] = &onnx.Tensor{Dims: g.Inputs[i].Dims, Data: x[:n:n]}
		x = x[n:]
	}
	return p
}

// Node computes the next node.
func (p *Pass) Node(n *onnx.Node) (*Step, error) {
	if err := check(n); err != nil {
		return nil, err
	}
	op := operators[n.Key()]
	in, err := p.arguments(n)
	if err != nil {
		return nil, err
	}
	if len(n.Outputs) == 0 || n.Outputs[0] == "" && op.outputs == 0 {
		return nil, fmt.Errorf("%s has no first output, and only that is supported", n.Op)
	}
	s := &Step{Node: n, In: in}
	for k, name := range n.Inputs {
		if p.computed[name] != nil && n.Op != "Shape" && n.Op != "Size" { // shapes are known
			s.Computed = append(s.Computed, k)
		}
	}
	p.e.constant = len(s.Computed) == 0
	for k := range max(1, min(op.outputs, len(n.Outputs))) {
		p.e.output = k
		out, err := op.eval(p.e, n, in)
		if err != nil {
			return nil, err
		}
		if size, ok := onnx.Count(out.Dims); !ok || size != len(out.Data) || size == 0 && !p.e.constant {
			return nil, fmt.Errorf("%s gives a tensor of shape %v, which is empty", n.Op, out.Dims)
		}
		s.Outs = append(s.Outs, out)
		if n.Outputs[k] == "" {
			continue
		}
		if p.e.constant {
			p.graph.constants[n.Outputs[k]] = out
		} else {
			p.computed[n.Outputs[k]] = out
		}
	}
	return s, nil
}

// arguments looks up the inputs of a node.
func (p *Pass) arguments(n *onnx.Node) ([]*onnx.Tensor, error) {
	in := make([]*onnx.Tensor, max(len(n.Inputs), operators[n.Key()].max))
	for k, name := range n.Inputs {
		if name == "" {
			continue
		}
		var err error
		if in[k], err = p.tensor(name); err != nil {
			return nil, err
		}
		if in[k] == nil {
			return nil, fmt.Errorf("input %q is no initializer, no graph input and no first output of a node before it", name)
		}
	}
	return in, nil
}

// tensor looks up a tensor, or returns nil.
func (p *Pass) tensor(name string) (*onnx.Tensor, error) {
	if t := p.computed[name]; t != nil {
		return t, nil
	}
	g := p.graph
	if g.constants[name] == nil {
		t, err := g.Initializer(name, func(numbers int) error { return p.e.left.Spend(4 * numbers) })
		if t == nil || err != nil {
			return nil, err
		}
		g.constants[name] = t
	}
	return g.constants[name], nil
}

// Constant returns a tensor that does not depend on the inputs and is known by
// now, or nil.
func (p *Pass) Constant(name string) (*onnx.Tensor, error) {
	if p.computed[name] != nil {
		return nil, nil
	}
	return p.tensor(name)
}

// Value returns a tensor that depends on the inputs and is computed already, or
// nil.
func (p *Pass) Value(name string) *onnx.Tensor { return p.computed[name] }

// Output returns the graph's outputs, one after the other, once all nodes are
// computed.
func (p *Pass) Output() ([]float64, error) {
	var out []float64
	depends := false
	for _, name := range p.graph.Outputs {
		t, err := p.tensor(name)
		if err != nil {
			return nil, err
		}
		if t == nil {
			return nil, fmt.Errorf("graph output %q is not computed", name)
		}
		depends = depends || p.computed[name] != nil
		out = append(out, t.Data...)
	}
	if !depends {
		return nil, fmt.Errorf("graph output %q does not depend on the input", p.graph.Outputs[0])
	}
	return out, nil
}

// Eval evaluates the nodes that are wanted at x; nil: all.
func (g *Graph) Eval(x []float64, wanted func(n *onnx.Node) bool) (*Pass, error) {
	p := g.Start(x)
	for _, n := range g.Nodes {
		if len(n.Outputs) > 0 && g.constants[n.Outputs[0]] != nil || wanted != nil && !wanted(n) {
			continue
		}
		if _, err := p.Node(n); err != nil {
			return nil, fmt.Errorf("%s: %w", n.At(), err)
		}
	}
	return p, nil
}

// Apply computes one output of a node by itself from other inputs.
func (g *Graph) Apply(n *onnx.Node, output int, in []*onnx.Tensor) (*onnx.Tensor, error) {
	e := newEvaluator(g.FileBytes())
	e.output = output
	return operators[n.Key()].eval(e, n, in)
}
