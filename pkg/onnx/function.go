package onnx

import (
	"fmt"
	"slices"
)

// maxCalls is how deep functions may call each other.
const maxCalls = 32

// inliner replaces calls of the model's functions by their nodes.
type inliner struct {
	functions map[string]*function // by domain and name
	nodes     []*Node
	calls     int // so far, to keep the names of tensors apart
}

// inline returns the nodes with all calls replaced.
func inline(nodes []*Node, functions []*function) ([]*Node, error) {
	in := &inliner{functions: map[string]*function{}}
	for _, f := range functions {
		in.functions[f.domain+"\x00"+f.name] = f
	}
	for _, n := range nodes {
		if err := in.add(n, 0); err != nil {
			return nil, fmt.Errorf("%s: %w", n.At(), err)
		}
	}
	return in.nodes, nil
}

func (in *inliner) add(n *Node, depth int) error {
	f := in.functions[n.Domain+"\x00"+n.Op]
	if f == nil {
		if len(in.nodes) >= maxNodes {
			return fmt.Errorf("more than %d nodes", maxNodes)
		}
		in.nodes = append(in.nodes, n)
		return in.unfuse(n)
	}
	if depth == maxCalls {
		return fmt.Errorf("functions call each other more than %d deep", maxCalls)
	}
	if len(n.Inputs) > len(f.inputs) || len(n.Outputs) > len(f.outputs) {
		return fmt.Errorf("call of the function %s with %d inputs and %d outputs, it has %d and %d", n.Op, len(n.Inputs), len(n.Outputs), len(f.inputs), len(f.outputs))
	}
	if in.calls++; in.calls > maxNodes {
		return fmt.Errorf("more than %d calls of functions", maxNodes)
	}
	as := map[string]string{"": ""} // what a name of the function is outside
	for k, name := range f.inputs {
		as[name] = ""
		if k < len(n.Inputs) {
			as[name] = n.Inputs[k]
		}
	}
	for k, name := range f.outputs {
		if outside, taken := as[name]; k < len(n.Outputs) && n.Outputs[k] != "" {
			if taken { // an input that is passed on
				in.nodes = append(in.nodes, &Node{Name: n.Name, Op: "Identity", Inputs: []string{outside}, Outputs: []string{n.Outputs[k]}, index: n.index})
				continue
			}
			as[name] = n.Outputs[k]
		}
	}
	call := in.calls
	rename := func(names []string) []string {
		out := make([]string, len(names))
		for i, name := range names {
			if _, ok := as[name]; !ok {
				// not with the name in it, which may be long and used again and again
				as[name] = fmt.Sprintf("#%d/%d", call, len(as))
			}
			out[i] = as[name]
		}
		return out
	}
	for _, m := range f.nodes {
		c := &Node{Name: n.Name, Op: m.Op, Domain: m.Domain, index: n.index, Inputs: rename(m.Inputs), Outputs: rename(m.Outputs)}
		if name := n.Name + "/" + m.Name; m.Name != "" && len(name) < 200 {
			c.Name = name
		}
		for _, a := range m.Attributes {
			if a.ref != "" {
				given := slices.IndexFunc(n.Attributes, func(b Attribute) bool { return b.Name == a.ref })
				otherwise := slices.IndexFunc(f.defaults, func(b Attribute) bool { return b.Name == a.ref })
				name := a.Name
				switch {
				case given >= 0:
					a = n.Attributes[given]
				case otherwise >= 0:
					a = f.defaults[otherwise]
				default:
					continue
				}
				a.Name = name
			}
			c.Attributes = append(c.Attributes, a)
		}
		if err := in.add(c, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// unfuse makes two nodes of the last one where it is an operator of ONNX Runtime
// with an activation in it.
func (in *inliner) unfuse(n *Node) error {
	key := n.Key()
	if key != "com.microsoft:FusedGemm" && key != "com.microsoft:FusedConv" {
		return nil
	}
	plain := &Node{Name: n.Name, Op: n.Op[len("Fused"):], Inputs: n.Inputs, index: n.index}
	after := &Node{Name: n.Name, Op: "Identity", Outputs: n.Outputs, index: n.index}
	var params []float64
	for _, a := range n.Attributes {
		switch a.Name {
		case "activation":
			after.Op = a.Text
		case "activation_alpha":
			params = append(params, a.Float)
		case "activation_params":
			params = a.Floats
		case "activation_beta", "activation_gamma":
			return fmt.Errorf("attribute %s of %s is not supported: save the model before it is optimised", a.Name, n.Op)
		default:
			plain.Attributes = append(plain.Attributes, a)
		}
	}
	switch {
	case after.Op == "LeakyRelu" && len(params) > 0:
		after.Attributes = []Attribute{FloatAttribute("alpha", params[0])}
	case after.Op != "Relu" && after.Op != "Identity" && after.Op != "Tanh" && after.Op != "Sigmoid" && after.Op != "LeakyRelu":
		return fmt.Errorf("%s with the activation %s is not supported: save the model before it is optimised", n.Op, after.Op)
	}
	if len(n.Outputs) != 1 {
		return fmt.Errorf("%s has %d outputs, 1 expected", n.Op, len(n.Outputs))
	}
	between := n.Outputs[0] + "#plain"
	plain.Outputs, after.Inputs = []string{between}, []string{between}
	in.nodes = append(in.nodes[:len(in.nodes)-1], plain, after)
	return nil
}
