package netfile

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// program is the part of a graph that its output depends on, in order.
type program struct {
	input, output string
	shape         []int // of the input, with batch size 1
	nodes         []*node
	stored        map[string]*tensorProto // the initialisers
	constants     map[string]*tensor
	computed      []*node  // of the nodes, those that depend on the input
	before        []string // the tensor before each layer's activation, and the output when linear
	fileBytes     int
}

// readONNX reads an ONNX model.
func readONNX(data []byte) (*File, error) {
	m, err := parseModel(data)
	if err != nil {
		return nil, fmt.Errorf("not a readable ONNX model: %w", err)
	}
	p, err := newProgram(m.graph, len(data))
	if err != nil {
		return nil, err
	}
	c, err := p.fold()
	if err != nil {
		return nil, err
	}
	net, err := c.finish(m.graph.name)
	if err != nil {
		return nil, err
	}
	if err := check(net, nil, c.mags, p.forward); err != nil {
		return nil, err
	}
	return &File{Net: net.Network(), Format: "onnx"}, nil
}

// newProgram finds the input, the output and the nodes between them.
func newProgram(g *graph, fileBytes int) (*program, error) {
	if len(g.nodes) == 0 {
		return nil, fmt.Errorf("graph has no nodes")
	}
	if g.sparse {
		return nil, fmt.Errorf("sparse initializers are not supported")
	}
	p := &program{stored: map[string]*tensorProto{}, constants: map[string]*tensor{}, fileBytes: fileBytes}
	for _, t := range g.initializers {
		if p.stored[t.name] != nil {
			return nil, fmt.Errorf("initializer %q is given twice", t.name)
		}
		p.stored[t.name] = t
	}
	if err := p.findInput(g.inputs); err != nil {
		return nil, err
	}
	from := map[string]*node{} // which node makes a tensor
	for _, n := range g.nodes {
		for _, name := range n.outputs {
			if name == "" {
				continue
			}
			if from[name] != nil || p.stored[name] != nil || name == p.input {
				return nil, fmt.Errorf("%s: its output %q is made elsewhere already", n.at(), name)
			}
			from[name] = n
		}
	}
	if err := p.findOutput(g.outputs, from); err != nil {
		return nil, err
	}
	p.keepLive(g.nodes, from)
	for _, n := range p.nodes {
		if err := n.check(); err != nil {
			return nil, fmt.Errorf("%s: %w", n.at(), err)
		}
	}
	return p, nil
}

// maxInputs is far above the pixels of an image that a network is given.
const maxInputs = 1 << 20

// findInput takes the one graph input that is no initialiser: old files list
// those too.
func (p *program) findInput(inputs []valueInfo) error {
	real := slices.DeleteFunc(slices.Clone(inputs), func(v valueInfo) bool { return p.stored[v.name] != nil })
	if len(real) != 1 {
		return fmt.Errorf("graph has %d inputs%s: exactly one is supported", len(real), quoted(real))
	}
	in := real[0]
	p.input = in.name
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
		p.shape = append(p.shape, int(d))
	}
	return nil
}

// findOutput takes the one graph output that is more than a by-product.
func (p *program) findOutput(outputs []valueInfo, from map[string]*node) error {
	real := slices.DeleteFunc(slices.Clone(outputs), func(v valueInfo) bool {
		n := from[v.name]
		return n != nil && (n.op == "Dropout" || n.op == "BatchNormalization") && n.outputs[0] != v.name
	})
	if len(real) != 1 {
		return fmt.Errorf("graph has %d outputs%s: exactly one is supported", len(real), quoted(real))
	}
	p.output = real[0].name
	if from[p.output] == nil {
		return fmt.Errorf("graph output %q is made by no node", p.output)
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
func (p *program) keepLive(nodes []*node, from map[string]*node) {
	live := map[*node]bool{}
	todo := []*node{from[p.output]}
	live[todo[0]] = true
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, name := range n.inputs {
			if m := from[name]; m != nil && !live[m] {
				live[m] = true
				todo = append(todo, m)
			}
		}
	}
	for _, n := range nodes {
		if live[n] {
			p.nodes = append(p.nodes, n)
		}
	}
}

// check refuses operators and attributes that are not known: an attribute that
// is passed over could change what the node computes.
func (n *node) check() error {
	op, ok := operators[n.op]
	if n.domain != "" && n.domain != "ai.onnx" {
		return fmt.Errorf("operator %s of domain %s is not supported (supported: %s)", n.op, n.domain, supported())
	}
	if !ok {
		return fmt.Errorf("operator %s is not supported (supported: %s)", n.op, supported())
	}
	seen := map[string]bool{}
	for _, a := range n.attributes {
		if !slices.Contains(op.attributes, a.name) && a.name != "consumed_inputs" { // a hint of the oldest files
			return fmt.Errorf("attribute %s of %s is not supported", a.name, n.op)
		}
		if seen[a.name] {
			return fmt.Errorf("attribute %s of %s is given twice", a.name, n.op)
		}
		seen[a.name] = true
	}
	if op.max != anyNumber && len(n.inputs) > op.max {
		return fmt.Errorf("%s has %d inputs, at most %d expected", n.op, len(n.inputs), op.max)
	}
	for k := range op.min {
		if k >= len(n.inputs) || n.inputs[k] == "" {
			return fmt.Errorf("%s lacks input %d of at least %d", n.op, k, op.min)
		}
	}
	return nil
}

func supported() string {
	return strings.Join(slices.Sorted(maps.Keys(operators)), ", ")
}

// arguments looks up the inputs of a node: as many as its operator can have,
// nil where one is left out.
func (p *program) arguments(n *node, computed map[string]*tensor) ([]*tensor, error) {
	in := make([]*tensor, max(len(n.inputs), operators[n.op].max))
	for k, name := range n.inputs {
		if name == "" {
			continue
		}
		in[k] = computed[name]
		if in[k] == nil {
			in[k] = p.constants[name]
		}
		if t := p.stored[name]; in[k] == nil && t != nil {
			var err error
			if in[k], err = t.decode(); err != nil {
				return nil, fmt.Errorf("initializer %q: %w", name, err)
			}
			p.constants[name] = in[k]
		}
		if in[k] == nil {
			return nil, fmt.Errorf("input %q is no initializer, no graph input and no first output of a node before it", name)
		}
	}
	return in, nil
}

// forward computes the nodes one by one.
func (p *program) forward(x []float64) (before [][]float64, out []float64, err error) {
	e := newEvaluator(p.fileBytes)
	computed := map[string]*tensor{p.input: {dims: p.shape, data: x}}
	for _, n := range p.computed {
		in, err := p.arguments(n, computed)
		if err == nil {
			computed[n.outputs[0]], err = operators[n.op].eval(e, n, in)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", n.at(), err)
		}
	}
	for _, name := range p.before {
		before = append(before, computed[name].data)
	}
	return before, computed[p.output].data, nil
}
