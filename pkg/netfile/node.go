package netfile

import (
	"fmt"
	"math"
	"slices"
)

// at names the node in errors.
func (n *node) at() string {
	if n.name == "" {
		return fmt.Sprintf("node %d", n.index)
	}
	return fmt.Sprintf("node %d %q", n.index, n.name)
}

// Kinds of attributes, by their numbers.
const (
	kindFloat  = 1
	kindInt    = 2
	kindTensor = 4
	kindFloats = 6
	kindInts   = 7
)

// attribute returns the attribute of that name, or nil. A kind that is not
// given, as in the oldest files, fits every use.
func (n *node) attribute(name string, kind uint64) (*attribute, error) {
	i := slices.IndexFunc(n.attributes, func(a attribute) bool { return a.name == name })
	if i < 0 {
		return nil, nil
	}
	a := &n.attributes[i]
	if a.typ != 0 && a.typ != kind {
		return nil, fmt.Errorf("attribute %s of %s is of kind %d, not %d", name, n.op, a.typ, kind)
	}
	return a, nil
}

func (n *node) float(name string, otherwise float64) (float64, error) {
	a, err := n.attribute(name, kindFloat)
	if a == nil || err != nil {
		return otherwise, err
	}
	if math.IsNaN(a.f) || math.IsInf(a.f, 0) {
		return 0, fmt.Errorf("attribute %s of %s is %g", name, n.op, a.f)
	}
	return a.f, nil
}

func (n *node) int(name string, otherwise int) (int, error) {
	a, err := n.attribute(name, kindInt)
	if a == nil || err != nil {
		return otherwise, err
	}
	return n.small(name, a.i)
}

func (n *node) small(name string, v int64) (int, error) {
	if v < math.MinInt32 || v > math.MaxInt32 {
		return 0, fmt.Errorf("attribute %s of %s is %d: out of range", name, n.op, v)
	}
	return int(v), nil
}

// ints returns a list, and whether the attribute is there.
func (n *node) ints(name string) ([]int, bool, error) {
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
func (n *node) list(input *tensor, name string) ([]int, bool, error) {
	if input == nil {
		return n.ints(name)
	}
	if slices.ContainsFunc(n.attributes, func(a attribute) bool { return a.name == name }) {
		return nil, false, fmt.Errorf("%s has %s as an input and as an attribute", n.op, name)
	}
	if len(input.dims) > 1 {
		return nil, false, fmt.Errorf("%s of %s has the shape %v: a list is needed", name, n.op, input.dims)
	}
	v, err := input.scalars()
	return v, true, err
}

// gemm has the attributes of Gemm.
type gemm struct {
	alpha, beta    float64
	transA, transB bool
}

func (n *node) gemm() (g gemm, err error) {
	if g.alpha, err = n.float("alpha", 1); err != nil {
		return g, err
	}
	if g.beta, err = n.float("beta", 1); err != nil {
		return g, err
	}
	a, err := n.int("transA", 0)
	if err != nil {
		return g, err
	}
	b, err := n.int("transB", 0)
	g.transA, g.transB = a != 0, b != 0
	return g, err
}
