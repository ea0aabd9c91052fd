package affine

import (
	"relucount/pkg/milp"
)

// readOutputs reads the outputs of the network: those of the linear layer at its end,
// or else those of the units of its last layer.
func (n *Network) readOutputs(of sources) {
	for i := range n.p.Outputs {
		o := &n.p.Outputs[i]
		n.Outputs = append(n.Outputs, of.unit(o.Idx, o.Val))
	}
	last := len(n.p.Network.Layers) - 1
	if len(n.Outputs) > 0 || last < 0 || n.p.Network.Layers[last].Activation == "linear" {
		return
	}
	for k := range n.p.Units {
		if u := &n.p.Units[k]; u.Layer == n.p.Units[len(n.p.Units)-1].Layer {
			s := u.Slopes()
			n.Outputs = append(n.Outputs, Unit{From: []int{k}, W: [2][]float64{{s.Inactive}, {s.Active}}, Only: Both})
		}
	}
}

// outputRow is what output i takes of the inputs, as a row of the milp: less its lower
// limit.
func (n *Network) outputRow(i int) milp.Row {
	if i >= len(n.p.Outputs) {
		return milp.Row{}
	}
	r, o := milp.Row{}, &n.p.Outputs[i]
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
			if v := &g.units[j-g.Layer.First]; !(v.rawErr < known) { // see refine
				by, from = w*v.norm, g.Row(j)
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
