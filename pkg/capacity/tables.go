package capacity

import (
	"fmt"

	"relucount/pkg/milp"
	"relucount/pkg/relu"
)

// Layered is what the bounds need to know of a network whose layers each take
// the outputs of the layer before.
type Layered struct {
	N0           int   // inputs that are not fixed
	Sizes        []int // n_1, ..., n_L, of ReLU units
	Net          *relu.Network
	Lower, Upper []float64 // of the pre-activations of layer 1 over the domain, n_1 each
	Unstable     int       // units with a binary
}

// FromProblem reads the facts from a checked milp record, taking its rows and
// the bounds of its units at their word.
//
// It fails when the pre rows make no layered network, as after some edits. Of
// the bounds on such a problem only Unstable(len(p.Unstable())) and
// Layerwise(p.FreeInputs(), p.LayerSizes()) still stand: Montufar and Serra
// rely on layers that see the inputs through the layer before only.
func FromProblem(p *milp.Problem) (*Layered, error) {
	net, err := p.ReLUNetwork()
	if err != nil {
		return nil, fmt.Errorf("no layered network: %w", err)
	}
	out := &Layered{N0: p.FreeInputs(), Sizes: p.LayerSizes(), Net: net, Unstable: len(p.Unstable())}
	for i := range p.Units {
		if u := &p.Units[i]; u.Layer == 1 {
			out.Lower = append(out.Lower, u.Lower)
			out.Upper = append(out.Upper, u.Upper)
		}
	}
	return out, nil
}

// Tables returns the tables that Activation takes, one for each layer (Serra
// and Ramalingam 2020, Theorem 2; of weights only the signs matter, zeros have
// no effect).
//
// In layer 1 a unit can be active when its upper > 0 and inactive when its
// lower <= 0; lower and upper hold bounds of the pre-activations of layer 1
// over the domain, n_1 each. In layer l > 1, where S is the set of active units
// of the layer before, h_j is positive for j in S and 0 for the others. So unit
// i can be active only if b_i > 0 or w_ij > 0 for a j in S, else g_i <= 0; it
// can be inactive only if b_i <= 0 or w_ij < 0 for a j in S, else g_i > 0. (A
// unit with b_i = 0 that sees nothing of S is 0, thus inactive.) The entry at k
// is the largest number of such units over the S of at most k units. Those with
// b_i of the right sign count for each S; the rest is maximum coverage, solved
// by c where simple bounds do not settle it. Without a coverer (nil) the simple
// upper bounds stand and the table is not exact unless they meet.
//
// The network has ReLU layers only. Errors: a network that does not pass its
// Check, a linear layer, bounds that do not fit, and those of c.
func Tables(net *relu.Network, lower, upper []float64, c Coverer) ([]Table, error) {
	if err := net.Check(); err != nil {
		return nil, err
	}
	for l := range net.Layers {
		if !net.Layers[l].ReLU {
			return nil, fmt.Errorf("layer %d is linear, ReLU layers are expected", l+1)
		}
	}
	first, err := inputTable(net.Layers[0].Units(), lower, upper)
	if err != nil {
		return nil, err
	}
	out := []Table{first}
	for l := 1; l < len(net.Layers); l++ {
		t, err := layerTable(&net.Layers[l], c)
		if err != nil {
			return nil, fmt.Errorf("layer %d: %w", l+1, err)
		}
		t.Layer = l + 1
		out = append(out, t)
	}
	return out, nil
}

func inputTable(units int, lower, upper []float64) (Table, error) {
	t := Table{Layer: 1, Units: units, A: []int{0}, I: []int{0}, Exact: true}
	if len(lower) != units || len(upper) != units {
		return t, fmt.Errorf("%d lower and %d upper bounds, layer 1 has %d units", len(lower), len(upper), units)
	}
	for i := range units {
		if !(lower[i] <= upper[i]) {
			return t, fmt.Errorf("bounds of layer 1, unit %d: [%g, %g]", i, lower[i], upper[i])
		}
		if upper[i] > 0 {
			t.A[0]++
		}
		if lower[i] <= 0 {
			t.I[0]++
		}
	}
	return t, nil
}

func layerTable(lay *relu.Layer, c Coverer) (Table, error) {
	n, before := lay.W.Dims()
	t := Table{Units: n}
	// on[j] and off[j] are the units that an active j adds to those whose bias
	// alone lets them be active, inactive.
	on, off := make([]bits, before), make([]bits, before)
	for j := range before {
		on[j], off[j] = newBits(n), newBits(n)
	}
	biased := 0
	for i, b := range lay.B {
		if b > 0 {
			biased++
		}
		for j, w := range lay.W.RawRowView(i) {
			if b <= 0 && w > 0 {
				on[j].set(i)
			}
			if b > 0 && w < 0 {
				off[j].set(i)
			}
		}
	}
	a, exactA, err := coverage(on, c)
	if err != nil {
		return t, err
	}
	i, exactI, err := coverage(off, c)
	if err != nil {
		return t, err
	}
	for k := range a {
		t.A = append(t.A, biased+a[k])
		t.I = append(t.I, n-biased+i[k])
	}
	t.Exact = exactA && exactI
	return t, nil
}
