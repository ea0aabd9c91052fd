package symbolic

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"relucount/pkg/budget"
	"relucount/pkg/domain"
	"relucount/pkg/evaluation"
	"relucount/pkg/onnx"
)

// Read makes a network of a graph. The inputs of the graph, one after the other,
// are those of the network.
//
// A first dimension that is left open is a batch, of which one row is taken. So is
// one of another size than 1, where the graph works row by row.
//
// The network is compared with the graph at inputs from the domain; nil: from
// usual boxes.
func Read(g *onnx.Graph, over *domain.Domain, b budget.Budget) (*Result, error) {
	dims, batch, err := shapes(g)
	if err != nil {
		return nil, err
	}
	if batch > 1 {
		r, err := oneRow(g, dims, batch, over, b)
		if err == nil {
			return r, nil
		}
		if _, tooLarge := g.With(dims); tooLarge != nil {
			return nil, fmt.Errorf("graph input %q has a batch of %d, but as one row: %w", g.Inputs[0].Name, batch, err)
		}
	}
	with, err := g.With(dims)
	if err != nil {
		return nil, err
	}
	r, err := compile(evaluation.New(with), over, b)
	if err != nil {
		return nil, err
	}
	return r, r.check(over)
}

// shapes returns the dimensions of the inputs, and the size of a batch that may be
// one.
func shapes(g *onnx.Graph) (dims [][]int, batch int, err error) {
	batch = 0
	for i := range g.Inputs {
		in := &g.Inputs[i]
		d := slices.Clone(in.Dims)
		if in.None {
			d = []int{-1, -1}
		}
		for a := range d {
			if d[a] >= 0 || a == 0 && len(d) > 1 {
				continue
			}
			if a == len(d)-1 && len(d) <= 2 {
				d[a] = features(g, in.Name)
			}
			switch {
			case d[a] < 0 && in.None:
				return nil, 0, fmt.Errorf("graph input %q has no shape: export the network with one", in.Name)
			case d[a] < 0:
				// taken as 1 it could broadcast into another network
				return nil, 0, fmt.Errorf("graph input %q leaves dimension %d open: only the batch may be; export the network with its size", in.Name, a)
			}
		}
		n := 1
		if len(d) > 1 {
			n = max(d[0], 1)
			if d[0] < 0 {
				d[0] = 1
			}
		}
		if batch == 0 {
			batch = n
		} else if n != batch {
			batch = 1
		}
		dims = append(dims, d)
	}
	return dims, batch, nil
}

// features returns how many numbers the first matrix that an input meets takes of
// it, or -1. Between them there may be what keeps the shape.
func features(g *onnx.Graph, name string) int {
	same := map[string]bool{name: true} // tensors of the input's shape
	for _, n := range g.Nodes {         // each after those that it takes
		if len(n.Inputs) == 0 || !same[n.Inputs[0]] && (len(n.Inputs) < 2 || !same[n.Inputs[1]]) {
			continue
		}
		switch n.Op {
		case "MatMul", "Gemm":
			if len(n.Inputs) < 2 || !same[n.Inputs[0]] {
				return -1
			}
			d := g.StoredDims(n.Inputs[1])
			if len(d) != 2 {
				return -1
			}
			if m, err := n.Gemm(); n.Op == "Gemm" && err == nil && m.TransB {
				return d[1]
			}
			return d[0]
		case "Identity", "Cast", "Add", "Sub", "Mul", "Div", "Neg", "Relu", "BatchNormalization", "Dropout", "Scaler", "Flatten":
			for _, out := range n.Outputs {
				same[out] = true
			}
		}
	}
	return -1
}

// oneRow takes the first dimension for a batch, of which the network is one row.
func oneRow(g *onnx.Graph, dims [][]int, batch int, over *domain.Domain, b budget.Budget) (*Result, error) {
	of := func(rows int) (*onnx.Graph, error) {
		changed := make([][]int, len(dims))
		for i, d := range dims {
			changed[i] = append([]int{rows}, d[1:]...)
		}
		return g.With(changed)
	}
	one, err := of(1)
	if err != nil {
		return nil, err
	}
	r, err := compile(evaluation.New(one), over, b)
	if err != nil {
		return nil, err
	}
	if r.walk.layers == 0 {
		return nil, fmt.Errorf("no matrix tells a batch from inputs")
	}
	// a few rows together give what each gives alone
	rows := 3
	if batch*one.Size() <= 4096 {
		rows = batch
	}
	many, err := of(rows)
	if err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(7, 11))
	all := make([]float64, rows*one.Size())
	for i := range all {
		all[i] = 2*rng.Float64() - 1
	}
	// x has the inputs one after the other, each with all its rows
	together, err := evaluation.New(many).Eval(all, r.wanted)
	if err != nil {
		return nil, err
	}
	for row := range rows {
		var x []float64
		start := 0
		for i := range one.Inputs {
			size := one.Inputs[i].Size()
			x = append(x, all[start+row*size:start+(row+1)*size]...)
			start += rows * size
		}
		alone, err := r.graph.Eval(x, r.wanted)
		if err != nil {
			return nil, err
		}
		for _, name := range r.outputs {
			a, m := alone.Value(name), together.Value(name)
			if a == nil || m == nil || len(m.Data) != rows*len(a.Data) {
				return nil, fmt.Errorf("tensor %q is not made row by row", name)
			}
			for i, v := range a.Data {
				if d := math.Abs(v - m.Data[row*len(a.Data)+i]); !(d <= 1e-9*(1+math.Abs(v))) {
					return nil, fmt.Errorf("tensor %q is not made row by row", name)
				}
			}
		}
	}
	return r, r.check(over)
}
