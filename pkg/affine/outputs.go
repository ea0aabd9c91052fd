package affine

import (
	"encoding/binary"
	"math/big"

	"relucount/pkg/exact"
	"relucount/pkg/milp"
)

// readOutputs reads the outputs of the network.
func (n *Network) readOutputs(of sources) {
	n.outputs = n.p.OutputForms()
	for i := range n.outputs {
		n.Outputs = append(n.Outputs, of.unit(n.outputs[i].Idx, n.outputs[i].Val))
	}
}

// outputRow is what output i takes of the inputs, as a row of the milp: less its lower
// limit.
func (n *Network) outputRow(i int) milp.Row {
	r, o := milp.Row{}, &n.outputs[i]
	r.Lo = milp.Lo(0 - o.Const)
	for e, j := range o.Idx {
		if n.Has(j) {
			r.Idx, r.Val = append(r.Idx, j), append(r.Val, o.Val[e])
		}
	}
	return r
}

// Output returns the affine function that output i is on a cell, over the input columns
// of the milp and rounded: a coefficient for each, and a constant. F has the functions
// of the cell's last layer, where all units have the given states; nil where there are
// no units.
func (n *Network) Output(f *Functions, states []State, i int) []float64 {
	frame := n.Root
	row := make([]float64, frame.Dim+1)
	u := &n.Outputs[i]
	for e, j := range u.From {
		if w := u.weight(e, states[j].On); w != 0 {
			g := f.of(j)
			by, from := w, g.row(j-g.Layer.First)
			if !(g.sum(j)[errAt] < known) { // see refine
				by, from = w*g.Norm(j), g.Row(j)
			}
			for k, v := range from {
				row[k] += by * v
			}
		}
	}
	out := n.OverInputs(frame, row)
	direct := n.outputRow(i)
	for e, j := range direct.Idx {
		out[n.at[j]] += direct.Val[e]
	}
	out[len(out)-1] -= float64(direct.Lo)
	return out
}

// Scored reports whether there are Scores: not where a narrow frame cannot express them,
// as an output takes inputs.
func (n *Network) Scored() bool {
	for i := range n.Outputs {
		if n.Root.Parent != nil && len(n.outputRow(i).Idx) > 0 {
			return false
		}
	}
	return len(n.Outputs) > 0
}

// Scores are the exact functions on a cell of which the largest tells the class, over the
// frame's own coordinates: the outputs, or of one output 0 and itself. F and the states are
// as for Output.
func (n *Network) Scores(f *Functions, states []State) []*exact.Vec {
	var out []*exact.Vec
	if len(n.Outputs) == 1 {
		out = append(out, exact.Sum(n.Root.Dim+1, nil))
	}
	for i := range n.Outputs {
		row := n.outputRow(i)
		v := n.direct(&row, float64(row.Lo))
		if n.Root.Parent != nil { // a constant
			v = v.Resize(n.Root.Dim)
		}
		terms := []exact.Term{{W: 1, V: v}}
		u := &n.Outputs[i]
		for e, j := range u.From {
			if w := u.weight(e, states[j].On); w != 0 {
				terms = append(terms, exact.Term{W: w, V: f.Exactly(j).Vec})
			}
		}
		out = append(out, exact.Sum(n.Root.Dim+1, terms))
	}
	return out
}

// Complete writes an exact function over the space's coordinates, too.
func (f *Frame) Complete(x *Exact) *Exact {
	f.complete(x)
	return x
}

// AppendOutputs appends what identifies the function of all outputs on a cell, exactly:
// two cells have the same function if and only if it is the same.
func (n *Network) AppendOutputs(to []byte, f *Functions, states []State) []byte {
	for i := range n.Outputs {
		row := n.outputRow(i)
		terms := []exact.Term{{W: 1, V: n.direct(&row, float64(row.Lo))}}
		u := &n.Outputs[i]
		for e, j := range u.From {
			if w := u.weight(e, states[j].On); w != 0 {
				terms = append(terms, exact.Term{W: w, V: n.Root.overSpace(f.Exactly(j).Vec)})
			}
		}
		c, factor := exact.Sum(n.Dim()+1, terms).Primitive()
		to = appendInt(appendInt(to, factor.Num()), factor.Denom())
		for j := range c {
			to = appendInt(to, &c[j])
		}
	}
	return to
}

func appendInt(to []byte, x *big.Int) []byte {
	to = binary.AppendVarint(to, int64(x.Sign()))
	b := x.Bytes()
	return append(binary.AppendUvarint(to, uint64(len(b))), b...)
}

// Compose is the exact pre-activation of unit k over the space's coordinates, of which
// the units before have the given ones, where they have the given states.
func (n *Network) Compose(k int, before []*exact.Vec, states []State) *exact.Vec {
	r := &n.p.Rows[n.p.Units[k].Pre]
	terms := []exact.Term{{W: 1, V: n.direct(r, float64(r.Lo))}}
	u := &n.Units[k]
	for e, j := range u.From {
		if w := u.weight(e, states[j].On); w != 0 {
			terms = append(terms, exact.Term{W: w, V: before[j]})
		}
	}
	return exact.Sum(n.Dim()+1, terms)
}
