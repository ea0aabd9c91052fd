package capacity

import (
	"fmt"

	"relucount/pkg/milp"
	"relucount/pkg/relu"
)

// Layered is what the bounds need to know of a network whose layers each take
// the outputs of the layer before.
type Layered struct {
	N0    int    // inputs that are not fixed
	Fixed []bool // which inputs are
	Sizes []int  // n_1, ..., n_L, of units
	Net   *relu.Chain
	// Lower and Upper bound the pre-activations over the domain, by layer.
	Lower, Upper [][]float64
}

// FromProblem reads the facts from a checked milp record, taking its rows at
// their word. The bounds of its units are taken at their word too, unless it
// is edited: limits of units in an edited milp may not hold, so they are
// computed by interval arithmetic from those of the inputs. Whatever else an
// edit does, stable states, limits of columns and rows included, only takes
// inputs or regions away, so the bounds on all still hold.
//
// It fails when the network has connections that skip a layer, its own or those
// of an edit. Of the bounds only Unstable then still stands: the others rely on
// layers that see the inputs through the layer before only.
func FromProblem(p *milp.Problem, edited bool) (*Layered, error) {
	graph, err := p.ReLUNetwork()
	if err != nil {
		return nil, err
	}
	net, err := graph.Chain()
	if err != nil {
		return nil, fmt.Errorf("no layered network: %w", err)
	}
	out := &Layered{N0: p.FreeInputs(), Sizes: p.LayerSizes(), Net: net}
	for _, c := range p.Cols {
		if c.Kind == milp.Input {
			out.Fixed = append(out.Fixed, !(c.Lo < milp.Lo(c.Hi)))
		}
	}
	var lower, upper []float64
	if edited {
		lower, upper = p.Intervals()
	} else {
		for i := range p.Units {
			lower, upper = append(lower, p.Units[i].Lower), append(upper, p.Units[i].Upper)
		}
	}
	for _, n := range out.Sizes {
		out.Lower, out.Upper = append(out.Lower, lower[:n:n]), append(out.Upper, upper[:n:n])
		lower, upper = lower[n:], upper[n:]
	}
	return out, nil
}

// OnlyReLU reports the first unit that is no ReLU. Bounds that tell regions of a
// layer apart by how many units are inactive ask for it, as they rely on an
// inactive unit's output being 0: Serra, Hinz, Activation and Tight. Zaslavsky,
// Montufar and Unstable hold for units of any two slopes.
func (n *Layered) OnlyReLU() error {
	for l := range n.Net.Layers {
		for i, s := range n.Net.Layers[l].Slopes {
			if !s.IsReLU() {
				return fmt.Errorf("layer %d, unit %d has the slopes %g and %g: proved for ReLU units only", l+1, i, s.Inactive, s.Active)
			}
		}
	}
	return nil
}

// Tables returns the tables that Activation takes, one for each layer (Serra
// and Ramalingam 2020, Theorem 2; of weights only the signs matter, zeros have
// no effect).
//
// In layer 1 a unit can be active when its upper > 0 and inactive when its
// lower <= 0. In layer l > 1, where S is the set of active units
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
// Check, a linear layer, other units, bounds that do not fit, and those of c.
func Tables(n *Layered, c Coverer) ([]Table, error) {
	net := n.Net
	if err := net.Check(); err != nil {
		return nil, err
	}
	for l := range net.Layers {
		if net.Layers[l].Linear() {
			return nil, fmt.Errorf("layer %d is linear, ReLU layers are expected", l+1)
		}
	}
	if err := n.OnlyReLU(); err != nil {
		return nil, err
	}
	first, err := inputTable(net.Layers[0].Units(), n.Lower[0], n.Upper[0])
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

func layerTable(lay *relu.Dense, c Coverer) (Table, error) {
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
