package onnx

import "fmt"

// Builder puts a graph together from nodes, for the readers of other formats: what
// they read is then evaluated and folded as an ONNX model is.
type Builder struct {
	proto graphProto
	input string
}

// NewBuilder starts a graph from one input: an array of the shape, in a batch of one.
func NewBuilder(name string, shape ...int) *Builder {
	dims := []int64{1}
	for _, d := range shape {
		dims = append(dims, int64(d))
	}
	b := &Builder{input: "input"}
	b.proto.name = name
	b.proto.inputs = []valueInfo{{name: b.input, elem: typeDouble, dims: dims}}
	return b
}

// Input is the name of the input.
func (b *Builder) Input() string { return b.input }

// Constant adds an initialiser of floating-point numbers and returns its name.
// The graph keeps data.
func (b *Builder) Constant(name string, dims []int, data []float64) string {
	t := &tensorProto{name: fmt.Sprintf("%s (constant %d)", name, len(b.proto.initializers)), typ: typeDouble, doubles: data}
	for _, d := range dims {
		t.dims = append(t.dims, int64(d))
	}
	b.proto.initializers = append(b.proto.initializers, t)
	return t.name
}

// Attribute is an attribute of a node.
type Attribute struct{ attribute }

// IntAttribute is an attribute that is an integer.
func IntAttribute(name string, v int) Attribute {
	return Attribute{attribute{name: name, typ: kindInt, i: int64(v)}}
}

// IntsAttribute is an attribute that is a list of integers.
func IntsAttribute(name string, v ...int) Attribute {
	a := attribute{name: name, typ: kindInts}
	for _, i := range v {
		a.ints = append(a.ints, int64(i))
	}
	return Attribute{a}
}

// FloatAttribute is an attribute that is a number. It keeps all digits, which a file could
// not.
func FloatAttribute(name string, v float64) Attribute {
	return Attribute{attribute{name: name, typ: kindFloat, f: v}}
}

// Node adds a node and returns the name of its output. Its own name is for errors.
func (b *Builder) Node(name, op string, inputs []string, attributes ...Attribute) string {
	n := &Node{Name: name, Op: op, Inputs: inputs, index: len(b.proto.nodes)}
	n.Outputs = []string{fmt.Sprintf("%s (node %d)", name, n.index)}
	for _, a := range attributes {
		n.attributes = append(n.attributes, a.attribute)
	}
	b.proto.nodes = append(b.proto.nodes, n)
	return n.Outputs[0]
}

// Graph is the graph to the output. The size of the file that it comes from limits
// the arithmetic that it may ask for.
func (b *Builder) Graph(output string, fileBytes int) (*Graph, error) {
	b.proto.outputs = []valueInfo{{name: output, elem: typeDouble}}
	return newGraph(&b.proto, fileBytes)
}
