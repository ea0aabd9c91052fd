// Package relu holds a trained feed-forward network of layers of two-slope
// units, ReLU above all, and of linear layers, and evaluates it.
//
// Layer l = 1..L maps h^{l-1} (h^0 = x, the input) to
//
//	g^l   = W^l h^{l-1} + b^l        pre-activation
//	h^l_i = s_i g^l_i                if g^l_i > 0: unit i is active
//	h^l_i = a_i g^l_i                if g^l_i <= 0: it is inactive
//
// with the slopes (a, s) = (0, 1) of a ReLU, (a, 1) of a LeakyReLU or PReLU,
// (-1, 1) of the absolute value; or h^l = g^l if the layer is linear. The
// activation pattern of an input is the set of its active units (Serra,
// Tjandraatmadja and Ramalingam, "Bounding and Counting Linear Regions of
// Deep Neural Networks", ICML 2018, section 2).
package relu

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Layer is one affine map, followed by its units' slopes or by nothing.
type Layer struct {
	W      *mat.Dense // units x inputs of the layer, one row a unit
	B      []float64  // one bias a unit
	Slopes []Slopes   // one pair a unit; nil: the layer is linear
}

// Units is the number of units of the layer.
func (l *Layer) Units() int { return len(l.B) }

// Network is a chain of layers.
type Network struct {
	Name   string
	Inputs int // n_0, the dimension of x
	Layers []Layer
}

// Check reports the first thing about the network that cannot be: no layers,
// shapes that do not fit, weights that are not finite. Layers count from 1,
// units from 0, as everywhere in relucount.
func (n *Network) Check() error {
	if n.Inputs <= 0 {
		return fmt.Errorf("network has %d inputs", n.Inputs)
	}
	if len(n.Layers) == 0 {
		return fmt.Errorf("network has no layers")
	}
	in := n.Inputs
	for l := range n.Layers {
		lay := &n.Layers[l]
		if lay.W == nil || len(lay.B) == 0 {
			return fmt.Errorf("layer %d has no units", l+1)
		}
		r, c := lay.W.Dims()
		if r != len(lay.B) {
			return fmt.Errorf("layer %d has weights for %d units and biases for %d", l+1, r, len(lay.B))
		}
		if c != in {
			return fmt.Errorf("layer %d takes %d inputs, %d come in", l+1, c, in)
		}
		if !lay.Linear() && r != len(lay.Slopes) {
			return fmt.Errorf("layer %d has %d units and slopes for %d", l+1, r, len(lay.Slopes))
		}
		for i, s := range lay.Slopes {
			if !finite(s.Inactive) || !finite(s.Active) {
				return fmt.Errorf("layer %d, unit %d: the slopes are %g and %g", l+1, i, s.Inactive, s.Active)
			}
		}
		for i := range r {
			for j, w := range lay.W.RawRowView(i) {
				if !finite(w) {
					return fmt.Errorf("layer %d, unit %d: weight %d is %g", l+1, i, j, w)
				}
			}
			if !finite(lay.B[i]) {
				return fmt.Errorf("layer %d, unit %d: bias is %g", l+1, i, lay.B[i])
			}
		}
		in = r
	}
	return nil
}

// Fold returns the same function with every linear layer that has a layer
// after it multiplied into that one: W2 (W1 h + b1) + b2. A linear layer at
// the end stays. Only layers with slopes, then at most one linear layer, remain.
func (n *Network) Fold() *Network {
	out := &Network{Name: n.Name, Inputs: n.Inputs}
	for i := range n.Layers {
		lay := n.Layers[i]
		if k := len(out.Layers); k > 0 && out.Layers[k-1].Linear() {
			prev := out.Layers[k-1]
			var w mat.Dense
			w.Mul(lay.W, prev.W)
			var wb mat.VecDense
			wb.MulVec(lay.W, mat.NewVecDense(len(prev.B), prev.B))
			b := make([]float64, len(lay.B))
			for u := range b {
				b[u] = wb.AtVec(u) + lay.B[u]
			}
			out.Layers[k-1] = Layer{W: &w, B: b, Slopes: lay.Slopes}
			continue
		}
		out.Layers = append(out.Layers, lay)
	}
	return out
}

// Forward returns the pre-activations g^l of every layer at x. The last slice
// is the output before its activation. It panics when len(x) != Inputs.
func (n *Network) Forward(x []float64) [][]float64 {
	if len(x) != n.Inputs {
		panic(fmt.Sprintf("relu: Forward: %d inputs given, the network has %d", len(x), n.Inputs))
	}
	out := make([][]float64, len(n.Layers))
	h := x
	for l := range n.Layers {
		lay := &n.Layers[l]
		g := make([]float64, lay.Units())
		for i := range g {
			s := lay.B[i]
			for j, w := range lay.W.RawRowView(i) {
				s += w * h[j]
			}
			g[i] = s
		}
		out[l] = g
		h = lay.Output(g)
	}
	return out
}

// Output returns what comes out of the layer for the pre-activations g.
func (l *Layer) Output(g []float64) []float64 {
	if l.Linear() {
		return g
	}
	h := make([]float64, len(g))
	for i, v := range g {
		h[i] = l.Slopes[i].Of(v)
	}
	return h
}

// Output returns the network's output at x.
func (n *Network) Output(x []float64) []float64 {
	g := n.Forward(x)
	last := len(g) - 1
	return n.Layers[last].Output(g[last])
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
