package milp

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/relu"
)

// ReLUNetwork reads the ReLU layers back from the pre rows. It fails when a
// pre row uses anything but the columns h of the layer before (the inputs for
// layer 1), as only an edited problem does.
func (p *Problem) ReLUNetwork() (*relu.Network, error) {
	n := &relu.Network{Name: p.Name, Inputs: p.Network.Inputs}
	at := map[int]int{} // column -> position within the layer before
	for j, c := range p.Cols {
		if c.Kind == Input {
			at[j] = len(at)
		}
	}
	if len(at) != n.Inputs {
		return nil, fmt.Errorf("%d columns of kind input, the network has %d inputs", len(at), n.Inputs)
	}
	for k := 0; k < len(p.Units); {
		layer := p.Units[k].Layer
		end := k
		for end < len(p.Units) && p.Units[end].Layer == layer {
			end++
		}
		w := mat.NewDense(end-k, len(at), nil)
		b := make([]float64, end-k)
		next := map[int]int{}
		for i := k; i < end; i++ {
			u := &p.Units[i]
			r := &p.Rows[u.Pre]
			for e, j := range r.Idx {
				if j == u.H || j == u.Hbar {
					continue
				}
				pos, ok := at[j]
				if !ok {
					return nil, fmt.Errorf("rows[%d]: column %d is not of the layer before: no plain layered network", u.Pre, j)
				}
				w.Set(i-k, pos, r.Val[e])
			}
			b[i-k] = -float64(r.Lo)
			next[u.H] = i - k
		}
		n.Layers = append(n.Layers, relu.Layer{W: w, B: b, ReLU: true})
		at, k = next, end
	}
	return n, nil
}

// FreeInputs is the number of inputs whose column is not fixed: the dimension
// n_0 of the domain as far as column limits tell.
func (p *Problem) FreeInputs() int {
	n := 0
	for _, c := range p.Cols {
		if c.Kind == Input && float64(c.Lo) < float64(c.Hi) {
			n++
		}
	}
	return n
}
