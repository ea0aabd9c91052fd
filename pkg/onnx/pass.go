package onnx

import "fmt"

// Pass is one evaluation of a graph, node by node. What does not depend on the
// graph's input is computed once for all passes, so a graph is not to be used
// by several goroutines.
type Pass struct {
	graph    *Graph
	e        *evaluator
	computed map[string]*Tensor // what depends on the input
}

// Step is a node with its tensors.
type Step struct {
	*Node
	In       []*Tensor // as many as the operator can have, nil where one is left out
	Computed []int     // which inputs depend on the graph's input; none: the node is a constant
	Out      *Tensor
}

// Start starts an evaluation at x.
func (g *Graph) Start(x []float64) *Pass {
	return &Pass{g, newEvaluator(g.fileBytes), map[string]*Tensor{g.Input: {Dims: g.Shape, Data: x}}}
}

// Node computes the next node.
func (p *Pass) Node(n *Node) (*Step, error) {
	in, err := p.arguments(n)
	if err != nil {
		return nil, err
	}
	if len(n.Outputs) == 0 || n.Outputs[0] == "" {
		return nil, fmt.Errorf("%s has no first output, and only that is supported", n.Op)
	}
	s := &Step{Node: n, In: in}
	for k, name := range n.Inputs {
		if p.computed[name] != nil && n.Op != "Shape" { // shapes are known
			s.Computed = append(s.Computed, k)
		}
	}
	p.e.constant = len(s.Computed) == 0
	if s.Out, err = operators[n.Op].eval(p.e, n, in); err != nil {
		return nil, err
	}
	if size, ok := Count(s.Out.Dims); !ok || size != len(s.Out.Data) {
		return nil, fmt.Errorf("%s gives a tensor of shape %v, which is empty", n.Op, s.Out.Dims)
	}
	if p.e.constant {
		p.graph.constants[n.Outputs[0]] = s.Out
	} else {
		p.computed[n.Outputs[0]] = s.Out
	}
	return s, nil
}

// arguments looks up the inputs of a node.
func (p *Pass) arguments(n *Node) ([]*Tensor, error) {
	in := make([]*Tensor, max(len(n.Inputs), operators[n.Op].max))
	for k, name := range n.Inputs {
		if name == "" {
			continue
		}
		in[k] = p.computed[name]
		if in[k] == nil {
			in[k] = p.graph.constants[name]
		}
		if t := p.graph.stored[name]; in[k] == nil && t != nil {
			var err error
			if in[k], err = t.decode(); err != nil {
				return nil, fmt.Errorf("initializer %q: %w", name, err)
			}
			p.graph.constants[name] = in[k]
		}
		if in[k] == nil {
			return nil, fmt.Errorf("input %q is no initializer, no graph input and no first output of a node before it", name)
		}
	}
	return in, nil
}

// Value returns a tensor that depends on the input and is computed already, or
// nil.
func (p *Pass) Value(name string) []float64 {
	if t := p.computed[name]; t != nil {
		return t.Data
	}
	return nil
}

// Output returns the graph's output once all nodes are computed.
func (p *Pass) Output() ([]float64, error) {
	out := p.Value(p.graph.Output)
	if out == nil {
		return nil, fmt.Errorf("graph output %q does not depend on the input", p.graph.Output)
	}
	return out, nil
}

// Eval evaluates the graph at x.
func (g *Graph) Eval(x []float64) (*Pass, error) {
	p := g.Start(x)
	for _, n := range g.Nodes {
		if len(n.Outputs) > 0 && g.constants[n.Outputs[0]] != nil {
			continue
		}
		if _, err := p.Node(n); err != nil {
			return nil, fmt.Errorf("%s: %w", n.At(), err)
		}
	}
	return p, nil
}

// Apply computes a node by itself from other inputs.
func (g *Graph) Apply(n *Node, in []*Tensor) (*Tensor, error) {
	return operators[n.Op].eval(newEvaluator(g.fileBytes), n, in)
}
