package onnx

import (
	"fmt"
	"math"
	"slices"
)

// Node is one operation of a graph.
type Node struct {
	Name            string // often empty
	Op              string
	Domain          string   // of the operator; "": the standard's own
	Inputs, Outputs []string // the names of tensors; an input that is left out has the name ""
	Attributes      []Attribute

	index int
}

// At names the node in errors.
func (n *Node) At() string {
	if n.Name == "" {
		return fmt.Sprintf("node %d", n.index)
	}
	return fmt.Sprintf("node %d %q", n.index, n.Name)
}

// Attribute returns the attribute of that name, or nil. A kind that is not
// given, as in the oldest files, fits every use.
func (n *Node) Attribute(name string, kind uint64) (*Attribute, error) {
	i := slices.IndexFunc(n.Attributes, func(a Attribute) bool { return a.Name == name })
	if i < 0 {
		return nil, nil
	}
	a := &n.Attributes[i]
	if a.Kind != 0 && a.Kind != kind {
		return nil, fmt.Errorf("attribute %s of %s is of kind %d, not %d", name, n.Op, a.Kind, kind)
	}
	return a, nil
}

// Float returns an attribute that is a number.
func (n *Node) Float(name string, otherwise float64) (float64, error) {
	a, err := n.Attribute(name, KindFloat)
	if a == nil || err != nil {
		return otherwise, err
	}
	if math.IsNaN(a.Float) || math.IsInf(a.Float, 0) {
		return 0, fmt.Errorf("attribute %s of %s is %g", name, n.Op, a.Float)
	}
	return a.Float, nil
}

// Text returns an attribute that is a text.
func (n *Node) Text(name, otherwise string) (string, error) {
	a, err := n.Attribute(name, KindString)
	if a == nil || err != nil {
		return otherwise, err
	}
	return a.Text, nil
}

// Int returns an attribute that is an integer of 32 bits.
func (n *Node) Int(name string, otherwise int) (int, error) {
	a, err := n.Attribute(name, KindInt)
	if a == nil || err != nil {
		return otherwise, err
	}
	return n.small(name, a.Int)
}

func (n *Node) small(name string, v int64) (int, error) {
	if v < math.MinInt32 || v > math.MaxInt32 {
		return 0, fmt.Errorf("attribute %s of %s is %d: out of range", name, n.Op, v)
	}
	return int(v), nil
}

// Ints returns a list, and whether the attribute is there.
func (n *Node) Ints(name string) ([]int, bool, error) {
	a, err := n.Attribute(name, KindInts)
	if a == nil || err != nil {
		return nil, false, err
	}
	out := make([]int, len(a.Ints))
	for i, v := range a.Ints {
		if out[i], err = n.small(name, v); err != nil {
			return nil, false, err
		}
	}
	return out, true, nil
}

// List is what newer operators take as an input and older ones as an
// attribute.
func (n *Node) List(input *Tensor, name string) ([]int, bool, error) {
	if input == nil {
		return n.Ints(name)
	}
	if slices.ContainsFunc(n.Attributes, func(a Attribute) bool { return a.Name == name }) {
		return nil, false, fmt.Errorf("%s has %s as an input and as an attribute", n.Op, name)
	}
	if len(input.Dims) > 1 {
		return nil, false, fmt.Errorf("%s of %s has the shape %v: a list is needed", name, n.Op, input.Dims)
	}
	if name == "starts" || name == "ends" { // which may be as far out as an integer can
		input = input.clamped()
	}
	v, err := input.Scalars()
	return v, true, err
}

// As returns the node with another operator.
func (n *Node) As(op string) *Node {
	m := *n
	m.Op, m.Domain = op, ""
	return &m
}

// Key is the operator's name, with its domain when that is not the standard's own.
func (n *Node) Key() string {
	if n.Domain == "" || n.Domain == "ai.onnx" {
		return n.Op
	}
	return n.Domain + ":" + n.Op
}
