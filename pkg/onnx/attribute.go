package onnx

// Attribute is an attribute of a node.
type Attribute struct {
	Name   string
	Kind   uint64
	Float  float64
	Int    int64
	Floats []float64
	Ints   []int64
	Text   string

	tensor *tensorProto
	graph  bool   // whether it is a subgraph
	ref    string // the attribute of the function that it stands for
}

// Kinds of attributes, by their numbers.
const (
	KindFloat  = 1
	KindInt    = 2
	KindString = 3
	KindTensor = 4
	KindFloats = 6
	KindInts   = 7
)

// Tensor returns an attribute that is a tensor; nil: it is none.
func (a *Attribute) Tensor() (*Tensor, error) {
	if a.tensor == nil {
		return nil, nil
	}
	return a.tensor.decode()
}

// IntAttribute is an attribute that is an integer.
func IntAttribute(name string, v int) Attribute {
	return Attribute{Name: name, Kind: KindInt, Int: int64(v)}
}

// IntsAttribute is an attribute that is a list of integers.
func IntsAttribute(name string, v ...int) Attribute {
	a := Attribute{Name: name, Kind: KindInts}
	for _, i := range v {
		a.Ints = append(a.Ints, int64(i))
	}
	return a
}

// FloatAttribute is an attribute that is a number. It keeps all digits, which a file
// could not.
func FloatAttribute(name string, v float64) Attribute {
	return Attribute{Name: name, Kind: KindFloat, Float: v}
}
