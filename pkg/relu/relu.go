// Package relu holds a trained feed-forward network of two-slope units, ReLU
// above all, and evaluates it.
//
// The network is a graph that is compiled to layers. Its sources are numbered:
// the inputs x first, then the outputs of the units of each layer in order. A
// unit of layer l = 1..L takes any sources before its layer:
//
//	g_i = b_i + sum_j W_ij h_j       pre-activation
//	h_i = s_i g_i                    if g_i > 0: unit i is active
//	h_i = a_i g_i                    if g_i <= 0: it is inactive
//
// with the slopes (a, s) = (0, 1) of a ReLU, (a, 1) of a LeakyReLU or PReLU,
// (-1, 1) of the absolute value. A last layer may be linear, h_i = g_i: it is
// the output of the network, which otherwise is that of the last units. The
// activation pattern of an input is the set of its active units (Serra,
// Tjandraatmadja and Ramalingam, "Bounding and Counting Linear Regions of
// Deep Neural Networks", ICML 2018, section 2).
//
// A Chain is the plain case with matrices: each layer takes the one before.
package relu

import (
	"fmt"
	"math"
)

// Layer is a layer of units, or of the outputs.
type Layer struct {
	Forms  []Form   // the pre-activations, of the sources before the layer
	Slopes []Slopes // one pair a unit; nil: the layer is linear
}

// Units is the number of units of the layer.
func (l *Layer) Units() int { return len(l.Forms) }

// Linear reports whether nothing follows the layer's affine map.
func (l *Layer) Linear() bool { return l.Slopes == nil }

// Output returns what comes out of the layer for the pre-activations g.
func (l *Layer) Output(g []float64) []float64 { return output(l.Slopes, g) }

func output(slopes []Slopes, g []float64) []float64 {
	if slopes == nil {
		return g
	}
	h := make([]float64, len(g))
	for i, v := range g {
		h[i] = slopes[i].Of(v)
	}
	return h
}

// MostLayers is far more than any network that is trained has. What a file of
// millions of layers asks for grows with their square.
const MostLayers = 10_000

// Network is layers of units with a kink, then at most one linear layer.
type Network struct {
	Name   string
	Inputs int // n_0, the dimension of x
	Layers []Layer

	// Parts has the inputs of the file in their order, where there are several.
	Parts []Part
	// LeftOut has what comes after the last unit and is not in the layers: operators
	// that change no activation pattern.
	LeftOut []string
	// Rounded bounds what folding layers has rounded: for each pre-activation, how far
	// its weights and its bias are from those that exact arithmetic folds of the same
	// layers, added up, as a part of the sum of their sizes. 0: nothing was rounded.
	Rounded float64
}

// Part is one of several inputs, which is so many numbers of x.
type Part struct {
	Name   string
	Inputs int
}

// Sources is the number of sources before the given layer, from 0.
func (n *Network) Sources(layer int) int {
	s := n.Inputs
	for l := range n.Layers[:layer] {
		s += n.Layers[l].Units()
	}
	return s
}

// Units is the number of units of the network.
func (n *Network) Units() int {
	units := 0
	for l := range n.Layers {
		units += len(n.Layers[l].Slopes)
	}
	return units
}

// Weights is the number of weights that the forms of the network have.
func (n *Network) Weights() int {
	weights := 0
	for l := range n.Layers {
		for i := range n.Layers[l].Forms {
			weights += len(n.Layers[l].Forms[i].Src)
		}
	}
	return weights
}

// SetOutput makes the forms of all sources the output: a linear layer, unless
// they are the units of the last layer.
func (n *Network) SetOutput(forms []Form) {
	if l := len(n.Layers); l > 0 && len(forms) == n.Layers[l-1].Units() {
		first, same := n.Sources(l-1), true
		for i := range forms {
			same = same && forms[i].Is(first+i)
		}
		if same {
			return
		}
	}
	n.Layers = append(n.Layers, Layer{Forms: forms})
}

// Check reports the first thing about the network that cannot be: no layers,
// sources that are not before the layer, numbers that are not finite, a linear
// layer before the last. Layers count from 1, units from 0, as everywhere in
// relucount.
func (n *Network) Check() error {
	if n.Inputs <= 0 {
		return fmt.Errorf("network has %d inputs", n.Inputs)
	}
	if len(n.Layers) == 0 {
		return fmt.Errorf("network has no layers")
	}
	sources := n.Inputs
	for l := range n.Layers {
		lay := &n.Layers[l]
		if lay.Units() == 0 {
			return fmt.Errorf("layer %d has no units", l+1)
		}
		if lay.Linear() && l+1 < len(n.Layers) {
			return fmt.Errorf("layer %d is linear, which only the last one may be", l+1)
		}
		if err := checkSlopes(l, lay.Units(), lay.Slopes); err != nil {
			return err
		}
		for i := range lay.Forms {
			f := &lay.Forms[i]
			if len(f.Src) != len(f.W) {
				return fmt.Errorf("layer %d, unit %d has %d sources and %d weights", l+1, i, len(f.Src), len(f.W))
			}
			last := -1
			for _, s := range f.Src {
				if s <= last || s >= sources {
					return fmt.Errorf("layer %d, unit %d: source %d after %d, of %d", l+1, i, s, last, sources)
				}
				last = s
			}
			if err := checkNumbers(l, i, f.W, f.B); err != nil {
				return err
			}
			if !lay.Linear() && !lay.Slopes[i].Kink() {
				return fmt.Errorf("layer %d, unit %d has no kink: both slopes are %g", l+1, i, lay.Slopes[i].Active)
			}
		}
		sources += lay.Units()
	}
	return nil
}

// checkSlopes checks the slopes of the layer, from 0, of so many units.
func checkSlopes(layer, units int, slopes []Slopes) error {
	if slopes != nil && units != len(slopes) {
		return fmt.Errorf("layer %d has %d units and slopes for %d", layer+1, units, len(slopes))
	}
	for i, s := range slopes {
		if !finite(s.Inactive) || !finite(s.Active) {
			return fmt.Errorf("layer %d, unit %d: the slopes are %g and %g", layer+1, i, s.Inactive, s.Active)
		}
	}
	return nil
}

// checkNumbers checks those of a unit of the layer, from 0.
func checkNumbers(layer, unit int, w []float64, b float64) error {
	for j, v := range w {
		if !finite(v) {
			return fmt.Errorf("layer %d, unit %d: weight %d is %g", layer+1, unit, j, v)
		}
	}
	if !finite(b) {
		return fmt.Errorf("layer %d, unit %d: bias is %g", layer+1, unit, b)
	}
	return nil
}

func checkInputs(x []float64, n int) {
	if len(x) != n {
		panic(fmt.Sprintf("relu: Forward: %d inputs given, the network has %d", len(x), n))
	}
}

// Forward returns the pre-activations of every layer at x. The last slice is
// the output before its activation. It panics when len(x) != Inputs.
func (n *Network) Forward(x []float64) [][]float64 {
	checkInputs(x, n.Inputs)
	out := make([][]float64, len(n.Layers))
	values := append(make([]float64, 0, n.Sources(len(n.Layers))), x...)
	for l := range n.Layers {
		lay := &n.Layers[l]
		g := make([]float64, lay.Units())
		for i := range g {
			g[i] = lay.Forms[i].Of(values)
		}
		out[l] = g
		values = append(values, lay.Output(g)...)
	}
	return out
}

// Output returns the network's output at x.
func (n *Network) Output(x []float64) []float64 {
	g := n.Forward(x)
	last := len(g) - 1
	return n.Layers[last].Output(g[last])
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
