package onnx

import (
	"fmt"
	"slices"
)

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
	b.proto.inputs = []valueInfo{{name: b.input, elem: DoubleType, dims: dims}}
	return b
}

// Input is the name of the input.
func (b *Builder) Input() string { return b.input }

// Constant adds an initialiser of floating-point numbers and returns its name.
// The graph keeps data.
func (b *Builder) Constant(name string, dims []int, data []float64) string {
	t := &tensorProto{name: fmt.Sprintf("%s (constant %d)", name, len(b.proto.initializers)), typ: DoubleType, doubles: data}
	for _, d := range dims {
		t.dims = append(t.dims, int64(d))
	}
	b.proto.initializers = append(b.proto.initializers, t)
	return t.name
}

// Node adds a node and returns the name of its output. Its own name is for errors.
func (b *Builder) Node(name, op string, inputs []string, attributes ...Attribute) string {
	n := &Node{Name: name, Op: op, Inputs: inputs, Attributes: slices.Clone(attributes), index: len(b.proto.nodes)}
	n.Outputs = []string{fmt.Sprintf("%s (node %d)", name, n.index)}
	b.proto.nodes = append(b.proto.nodes, n)
	return n.Outputs[0]
}

// Graph is the graph to the output. The size of the file that it comes from limits
// the arithmetic that it may ask for.
func (b *Builder) Graph(output string, fileBytes int) (*Graph, error) {
	b.proto.outputs = []valueInfo{{name: output, elem: DoubleType}}
	return newGraph(&b.proto, fileBytes)
}
