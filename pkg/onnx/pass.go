package onnx

import "fmt"

// Pass is one evaluation of a graph, node by node. What does not depend on the
// graph's inputs is computed once for all passes, so a graph is not to be used
// by several goroutines.
type Pass struct {
	graph    *Graph
	e        *evaluator
	computed map[string]*Tensor // what depends on the inputs
}

// Step is a node with its tensors.
type Step struct {
	*Node
	In       []*Tensor // as many as the operator can have, nil where one is left out
	Computed []int     // which inputs depend on the graph's inputs; none: the node is a constant
	Outs     []*Tensor // as many as the node has outputs that are computed here
}

// Out is the first output.
func (s *Step) Out() *Tensor { return s.Outs[0] }

// Start starts an evaluation at x, the inputs of the graph one after the other.
// Their dimensions must be given (With).
func (g *Graph) Start(x []float64) *Pass {
	p := &Pass{g, newEvaluator(g.fileBytes), map[string]*Tensor{}}
	for i := range g.Inputs {
		n := g.Inputs[i].Size()
		p.computed[g.Inputs[i].Name] = &Tensor{Dims: g.Inputs[i].Dims, Data: x[:n:n]}
		x = x[n:]
	}
	return p
}

// Node computes the next node.
func (p *Pass) Node(n *Node) (*Step, error) {
	if err := n.check(); err != nil {
		return nil, err
	}
	op := operators[n.key()]
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
		if size, ok := Count(out.Dims); !ok || size != len(out.Data) || size == 0 && !p.e.constant {
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
func (p *Pass) arguments(n *Node) ([]*Tensor, error) {
	in := make([]*Tensor, max(len(n.Inputs), operators[n.key()].max))
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
func (p *Pass) tensor(name string) (*Tensor, error) {
	if t := p.computed[name]; t != nil {
		return t, nil
	}
	g := p.graph
	if g.constants[name] == nil && g.stored[name] != nil {
		t, err := g.stored[name].decode, error(nil)
		if s := g.sparse[name]; s != nil {
			if err := p.e.left.Spend(4 * s.size()); err != nil {
				return nil, fmt.Errorf("initializer %q: %w", name, err)
			}
			t = s.dense
		}
		if g.constants[name], err = t(); err != nil {
			delete(g.constants, name)
			return nil, fmt.Errorf("initializer %q: %w", name, err)
		}
	}
	return g.constants[name], nil
}

// Constant returns a tensor that does not depend on the inputs and is known by
// now, or nil.
func (p *Pass) Constant(name string) (*Tensor, error) {
	if p.computed[name] != nil {
		return nil, nil
	}
	return p.tensor(name)
}

// Value returns a tensor that depends on the inputs and is computed already, or
// nil.
func (p *Pass) Value(name string) *Tensor { return p.computed[name] }

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
func (g *Graph) Eval(x []float64, wanted func(n *Node) bool) (*Pass, error) {
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
func (g *Graph) Apply(n *Node, output int, in []*Tensor) (*Tensor, error) {
	e := newEvaluator(g.fileBytes)
	e.output = output
	return operators[n.key()].eval(e, n, in)
}
