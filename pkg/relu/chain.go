package relu

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Dense is one layer of a chain: an affine map of what comes out of the layer
// before, followed by its units' slopes or by nothing.
type Dense struct {
	W      *mat.Dense // units x inputs of the layer, one row a unit
	B      []float64  // one bias a unit
	Slopes []Slopes   // one pair a unit; nil: the layer is linear

	off []float64 // of each unit's weights and bias from exact ones, where the layer was folded
}

// Units is the number of units of the layer.
func (l *Dense) Units() int { return len(l.B) }

// Linear reports whether nothing follows the layer's affine map.
func (l *Dense) Linear() bool { return l.Slopes == nil }

// Output returns what comes out of the layer for the pre-activations g.
func (l *Dense) Output(g []float64) []float64 { return output(l.Slopes, g) }

// Chain is a network in which each layer takes what comes out of the layer
// before, and nothing else.
type Chain struct {
	Name   string
	Inputs int // n_0, the dimension of x
	Layers []Dense
}

// Check reports the first thing about the chain that cannot be: no layers,
// shapes that do not fit, weights that are not finite. Layers count from 1,
// units from 0, as everywhere in relucount.
func (n *Chain) Check() error {
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
		if err := checkSlopes(l, r, lay.Slopes); err != nil {
			return err
		}
		for i := range r {
			if err := checkNumbers(l, i, lay.W.RawRowView(i), lay.B[i]); err != nil {
				return err
			}
		}
		in = r
	}
	return nil
}

// Fold returns the same function with every linear layer that has a layer
// after it multiplied into that one: W2 (W1 h + b1) + b2. A linear layer at
// the end stays. Only layers with slopes, then at most one linear layer, remain.
func (n *Chain) Fold() *Chain {
	out := &Chain{Name: n.Name, Inputs: n.Inputs}
	for i := range n.Layers {
		lay := n.Layers[i]
		if k := len(out.Layers); k > 0 && out.Layers[k-1].Linear() {
			out.Layers[k-1] = after(&out.Layers[k-1], &lay)
			continue
		}
		out.Layers = append(out.Layers, lay)
	}
	return out
}

// after returns the layer that is next applied to what comes out of prev, which is
// linear.
func after(prev, next *Dense) Dense {
	_, in := prev.W.Dims()
	units := next.Units()
	out := Dense{W: mat.NewDense(units, in, nil), B: make([]float64, units), Slopes: next.Slopes, off: make([]float64, units)}
	for u := range units {
		row, off := out.W.RawRowView(u), 0.0
		for k, w := range next.W.RawRowView(u) {
			if w == 0 {
				continue
			}
			for j, p := range prev.W.RawRowView(k) {
				v := w * p
				off += Off(w, p, v) + plus(&row[j], v)
			}
			v := w * prev.B[k]
			off += Off(w, prev.B[k], v) + plus(&out.B[u], v) + math.Abs(w)*prev.rounded(k)
		}
		out.off[u] = off + plus(&out.B[u], next.B[u]) + next.rounded(u)
	}
	return out
}

// rounded is how far the weights and the bias of a unit are from exact ones.
func (l *Dense) rounded(unit int) float64 {
	if l.off == nil {
		return 0
	}
	return l.off[unit]
}

// Forward returns the pre-activations g^l of every layer at x. The last slice
// is the output before its activation. It panics when len(x) != Inputs.
func (n *Chain) Forward(x []float64) [][]float64 {
	checkInputs(x, n.Inputs)
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

// Output returns the chain's output at x.
func (n *Chain) Output(x []float64) []float64 {
	g := n.Forward(x)
	last := len(g) - 1
	return n.Layers[last].Output(g[last])
}

// Network returns the chain as a network: folded, and without the units that
// have no kink, which later layers take as the affine functions that they are.
// Weights of 0 are left out. The chain must pass Check.
func (n *Chain) Network() *Network {
	out := &Network{Name: n.Name, Inputs: n.Inputs}
	var before []Form // what comes out of the layer before, of the sources
	offBefore := make([]float64, n.Inputs)
	for j := range n.Inputs {
		before = append(before, Source(j))
	}
	sources := n.Inputs
	folded := n.Fold()
	for l := range folded.Layers {
		lay := &folded.Layers[l]
		forms, off := make([]Form, lay.Units()), make([]float64, lay.Units())
		s := NewSum(sources)
		for i := range forms {
			s.AddConstant(lay.B[i])
			from := lay.rounded(i)
			for j, w := range lay.W.RawRowView(i) {
				s.Add(w, &before[j])
				from += math.Abs(w) * offBefore[j]
			}
			forms[i], off[i] = s.Take()
			off[i] += from
		}
		if lay.Linear() {
			out.Layers = append(out.Layers, Layer{Forms: forms})
			return out
		}
		next := Layer{}
		before, offBefore = before[:0], make([]float64, lay.Units())
		for i, slopes := range lay.Slopes {
			if slopes.Kink() {
				before = append(before, Source(sources+next.Units()))
				next.Forms, next.Slopes = append(next.Forms, forms[i]), append(next.Slopes, slopes)
				out.Round(&forms[i], off[i])
				continue
			}
			s.Add(slopes.Active, &forms[i])
			same, more := s.Take()
			before = append(before, same)
			offBefore[i] = more + math.Abs(slopes.Active)*off[i]
		}
		if next.Units() > 0 {
			out.Layers = append(out.Layers, next)
			sources += next.Units()
		}
	}
	out.SetOutput(before)
	return out
}

// Round notes that the weights and the bias of a pre-activation are so far, in all,
// from what exact arithmetic makes them.
func (n *Network) Round(f *Form, off float64) {
	if off > 0 {
		n.Rounded = max(n.Rounded, off/f.Size())
	}
}

// Chain returns the network as a chain, which it is when each layer takes
// nothing but the layer before; an error names the first unit that takes more.
func (n *Network) Chain() (*Chain, error) {
	out := &Chain{Name: n.Name, Inputs: n.Inputs}
	first, width := 0, n.Inputs
	for l := range n.Layers {
		lay := &n.Layers[l]
		d := Dense{W: mat.NewDense(lay.Units(), width, nil), B: make([]float64, lay.Units()), Slopes: slices.Clone(lay.Slopes)}
		for i := range lay.Forms {
			f := &lay.Forms[i]
			row := d.W.RawRowView(i)
			for k, s := range f.Src {
				if s < first {
					return nil, fmt.Errorf("layer %d, unit %d takes %s: a connection that skips a layer", l+1, i, n.sourceName(s))
				}
				row[s-first] = f.W[k]
			}
			d.B[i] = f.B
		}
		out.Layers = append(out.Layers, d)
		first, width = first+width, lay.Units()
	}
	return out, nil
}

// sourceName says what a source is.
func (n *Network) sourceName(s int) string {
	if s < n.Inputs {
		return fmt.Sprintf("input %d", s)
	}
	s -= n.Inputs
	for l := range n.Layers {
		if units := n.Layers[l].Units(); s >= units {
			s -= units
			continue
		}
		return fmt.Sprintf("unit %d of layer %d", s, l+1)
	}
	return fmt.Sprintf("source %d", s)
}
