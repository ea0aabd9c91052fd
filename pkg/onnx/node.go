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
	Inputs, Outputs []string // the names of tensors; an input that is left out has the name ""

	index      int
	domain     string
	attributes []attribute
}

// At names the node in errors.
func (n *Node) At() string {
	if n.Name == "" {
		return fmt.Sprintf("node %d", n.index)
	}
	return fmt.Sprintf("node %d %q", n.index, n.Name)
}

// Kinds of attributes, by their numbers.
const (
	kindFloat  = 1
	kindInt    = 2
	kindString = 3
	kindTensor = 4
	kindFloats = 6
	kindInts   = 7
)

// attribute returns the attribute of that name, or nil. A kind that is not
// given, as in the oldest files, fits every use.
func (n *Node) attribute(name string, kind uint64) (*attribute, error) {
	i := slices.IndexFunc(n.attributes, func(a attribute) bool { return a.name == name })
	if i < 0 {
		return nil, nil
	}
	a := &n.attributes[i]
	if a.typ != 0 && a.typ != kind {
		return nil, fmt.Errorf("attribute %s of %s is of kind %d, not %d", name, n.Op, a.typ, kind)
	}
	return a, nil
}

func (n *Node) float(name string, otherwise float64) (float64, error) {
	a, err := n.attribute(name, kindFloat)
	if a == nil || err != nil {
		return otherwise, err
	}
	if math.IsNaN(a.f) || math.IsInf(a.f, 0) {
		return 0, fmt.Errorf("attribute %s of %s is %g", name, n.Op, a.f)
	}
	return a.f, nil
}

func (n *Node) text(name, otherwise string) (string, error) {
	a, err := n.attribute(name, kindString)
	if a == nil || err != nil {
		return otherwise, err
	}
	return a.s, nil
}

func (n *Node) int(name string, otherwise int) (int, error) {
	a, err := n.attribute(name, kindInt)
	if a == nil || err != nil {
		return otherwise, err
	}
	return n.small(name, a.i)
}

func (n *Node) small(name string, v int64) (int, error) {
	if v < math.MinInt32 || v > math.MaxInt32 {
		return 0, fmt.Errorf("attribute %s of %s is %d: out of range", name, n.Op, v)
	}
	return int(v), nil
}

// ints returns a list, and whether the attribute is there.
func (n *Node) ints(name string) ([]int, bool, error) {
	a, err := n.attribute(name, kindInts)
	if a == nil || err != nil {
		return nil, false, err
	}
	out := make([]int, len(a.ints))
	for i, v := range a.ints {
		if out[i], err = n.small(name, v); err != nil {
			return nil, false, err
		}
	}
	return out, true, nil
}

// list is what newer operators take as an input and older ones as an
// attribute.
func (n *Node) list(input *Tensor, name string) ([]int, bool, error) {
	if input == nil {
		return n.ints(name)
	}
	if slices.ContainsFunc(n.attributes, func(a attribute) bool { return a.name == name }) {
		return nil, false, fmt.Errorf("%s has %s as an input and as an attribute", n.Op, name)
	}
	if len(input.Dims) > 1 {
		return nil, false, fmt.Errorf("%s of %s has the shape %v: a list is needed", name, n.Op, input.Dims)
	}
	if name == "starts" || name == "ends" { // which may be as far out as an integer can
		input = input.clamped()
	}
	v, err := input.scalars()
	return v, true, err
}

// Float returns an attribute that is one number.
func (n *Node) Float(name string, otherwise float64) (float64, error) {
	return n.float(name, otherwise)
}

// As returns the node with another operator.
func (n *Node) As(op string) *Node {
	m := *n
	m.Op, m.domain = op, ""
	return &m
}
