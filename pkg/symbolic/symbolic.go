// Package symbolic makes a network of layers of an ONNX graph.
//
// It evaluates the graph with numbers that are affine forms: of the inputs and of
// the outputs of the units that have been made so far. A tensor is either a
// constant, which package evaluation computes whatever its operators, or a tensor of
// such forms. So there are four kinds of operators:
//
//   - Those that move numbers about are applied to a tensor of the places of the
//     elements, by the same evaluation that constants have.
//   - Those that are linear in what depends on the inputs combine forms.
//   - Those that are piecewise linear make units, bent at the places where their
//     pre-activations vanish.
//   - Smooth and discrete ones are left out where no unit or matrix comes after
//     them: they change no activation pattern.
//
// A unit's layer is one more than the latest layer that its pre-activation takes. A
// unit whose pre-activation is constant, or whose slopes are equal, is none.
//
// The network is then compared with the plain evaluation of the graph at random
// inputs.
package symbolic

import (
	"fmt"
	"math"
	"slices"

	"relucount/pkg/budget"
	"relucount/pkg/domain"
	"relucount/pkg/evaluation"
	"relucount/pkg/onnx"
	"relucount/pkg/relu"
)

// Result is the network of a graph.
type Result struct {
	Net *relu.Network

	graph   *evaluation.Graph
	walk    *walk
	outputs []string // the tensors whose elements are the output
	at      []int    // the source of each unit that was made, or -1
}

// tensor is a tensor that depends on the inputs.
type tensor struct {
	dims  []int
	elems []element
	// step tells that the numbers are 1 where the elements are above 0, and 0 where
	// they are below.
	step bool
}

// head is the first operator of a tensor that is left out.
type head struct {
	op, at string
	inputs []string
	why    string
}

// walk goes over the nodes of a graph.
type walk struct {
	network
	graph  *evaluation.Graph
	pass   *evaluation.Pass
	values map[string]*tensor
	heads  map[string]*head // tensors that are left out
	out    []*head          // the first of each
	probes []string         // tensors that go into units, for the check
	layers int              // matrices so far, for messages
}

// step is a node with its tensors.
type step struct {
	*evaluation.Step
	args []*tensor // those that depend on the inputs; nil for constants
}

// compile walks the graph, whose dimensions are given.
func compile(g *evaluation.Graph, over *domain.Domain, b budget.Budget) (*Result, error) {
	w := &walk{graph: g, values: map[string]*tensor{}, heads: map[string]*head{}}
	w.inputs, w.left = g.Size(), b
	w.sum = relu.NewSum(w.inputs)
	// one pass at 0 finds every shape and computes what is constant
	w.pass = g.Start(make([]float64, w.inputs))
	first, size := 0, over.Farthest()
	for i := range g.Inputs {
		t := &tensor{dims: g.Inputs[i].Dims}
		for k := range g.Inputs[i].Size() {
			t.elems = append(t.elems, element{Form: relu.Source(first + k), mag: size})
		}
		first += len(t.elems)
		w.values[g.Inputs[i].Name] = t
	}
	for _, n := range g.Nodes {
		if err := w.node(n); err != nil {
			return nil, fmt.Errorf("%s: %w", n.At(), err)
		}
	}
	return w.result()
}

// node evaluates one node.
func (w *walk) node(n *onnx.Node) error {
	var after *head
	depends := false
	for _, name := range n.Inputs {
		if h := w.heads[name]; h != nil && after == nil {
			after = h
		}
		depends = depends || w.values[name] != nil
	}
	if after != nil {
		if slices.Contains(between, n.Key()) {
			return fmt.Errorf("%s takes what comes from %s of %s, which is %s: a network of piecewise-linear units has no such operator before a matrix or a unit", n.Op, after.op, after.at, after.why)
		}
		w.leave(n, after)
		return nil
	}
	if why := headsOf[n.Key()]; depends && why != "" {
		w.leave(n, &head{op: n.Op, at: n.At(), inputs: n.Inputs, why: why})
		return nil
	}
	s, err := w.pass.Node(n)
	if err != nil || len(s.Computed) == 0 {
		return err
	}
	does, ok := rules[n.Key()]
	if !ok {
		if why := refused[n.Key()]; why != "" {
			return fmt.Errorf("%s of what depends on the network's input is not supported: it is %s", n.Op, why)
		}
		return fmt.Errorf("%s of what depends on the network's input is not supported, only of constants", n.Op)
	}
	st := &step{Step: s, args: make([]*tensor, len(s.In))}
	for _, k := range s.Computed {
		if st.args[k] = w.values[n.Inputs[k]]; !slices.Contains(does.data, k) && !slices.Contains(does.data, anyInput) {
			return fmt.Errorf("input %d of %s depends on the network's input: only a constant is supported there", k, n.Op)
		}
		if st.args[k].step && !does.steps {
			return fmt.Errorf("%s takes a comparison of what depends on the network's input: such a jump is supported only as a form of ReLU, max(0, x)", n.Op)
		}
	}
	if does.matrix {
		w.layers++
	}
	if err := does.apply(w, st); err != nil {
		return err
	}
	return w.err
}

// leave notes that the outputs of a node are left out.
func (w *walk) leave(n *onnx.Node, h *head) {
	for _, name := range n.Outputs {
		if name != "" {
			w.heads[name] = h
		}
	}
	if !slices.Contains(w.out, h) {
		w.out = append(w.out, h)
	}
}

// set gives an output of a node its value.
func (w *walk) set(s *step, output int, t *tensor) error {
	if w.err != nil {
		return w.err
	}
	if output < len(s.Outputs) && s.Outputs[output] != "" {
		if want := s.Outs[output].Dims; !slices.Equal(want, t.dims) {
			return fmt.Errorf("internal: %s gives a tensor of shape %v, %v expected", s.Op, t.dims, want)
		}
		w.values[s.Outputs[output]] = t
	}
	return nil
}

// arg is an input of a node: what depends on the network's input, or constants.
func (w *walk) arg(s *step, k int) (*tensor, error) {
	if s.args[k] != nil {
		return s.args[k], nil
	}
	if err := w.finite(s, k); err != nil {
		return nil, err
	}
	t := &tensor{dims: s.In[k].Dims, elems: make([]element, len(s.In[k].Data))}
	w.spend(4 * len(t.elems))
	for i, v := range s.In[k].Data {
		t.elems[i] = constant(v)
	}
	return t, w.err
}

// args2 are two inputs of a node.
func (w *walk) args2(s *step, j, k int) (a, b *tensor, err error) {
	if a, err = w.arg(s, j); err == nil {
		b, err = w.arg(s, k)
	}
	return a, b, err
}

// finite wants a constant input with finite values.
func (w *walk) finite(s *step, k int) error {
	for i, v := range s.In[k].Data {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			continue
		}
		what := "constant"
		if w.graph.Stored(s.Inputs[k]) {
			what = "initializer"
		}
		return fmt.Errorf("%s %q%v is %g", what, s.Inputs[k], onnx.Index(s.In[k].Dims, i), v)
	}
	return nil
}

// result collects the outputs.
func (w *walk) result() (*Result, error) {
	r := &Result{graph: w.graph, walk: w}
	var out []element
	seen := map[string]bool{}
	add := func(name string) {
		if t := w.values[name]; t != nil && !seen[name] {
			seen[name] = true
			if t.step {
				w.out = append(w.out, &head{op: "Greater"})
			}
			r.outputs = append(r.outputs, name)
			out = append(out, t.elems...)
		}
	}
	for _, name := range w.graph.Outputs {
		add(name)
		if h := w.heads[name]; h != nil {
			for _, input := range h.inputs {
				add(input)
			}
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("graph output %q does not depend on the input", w.graph.Outputs[0])
	}
	var err error
	if r.Net, r.at, err = w.finish(w.graph.Name, out); err != nil {
		return nil, err
	}
	for _, h := range w.out {
		if !slices.Contains(r.Net.LeftOut, h.op) {
			r.Net.LeftOut = append(r.Net.LeftOut, h.op)
		}
	}
	if in := w.graph.Inputs; len(in) > 1 {
		for i := range in {
			r.Net.Parts = append(r.Net.Parts, relu.Part{Name: in[i].Name, Inputs: in[i].Size()})
		}
	}
	return r, nil
}
