package affine

import (
	"math"

	"relucount/pkg/milp"
	"relucount/pkg/polytope"
)

// StateSet is a set of states of a unit.
type StateSet uint8

// The sets of states.
const (
	Inactive StateSet = 1
	Active   StateSet = 2
	Both     StateSet = 3
)

// StateOf is the set of the one state that a unit is in.
func StateOf(on bool) StateSet {
	if on {
		return Active
	}
	return Inactive
}

// Other is the set of the states that s has not.
func (s StateSet) Other() StateSet { return s ^ Both }

// Has reports whether the state is in the set.
func (s StateSet) Has(on bool) bool { return s&StateOf(on) != 0 }

// State is the state of a unit on a cell.
type State struct {
	On   bool // whether it is active
	Cuts bool // whether the search has divided a cell by its hyperplane
}

// States returns the states alone.
func States(states []State) []bool {
	out := make([]bool, len(states))
	for k, s := range states {
		out[k] = s.On
	}
	return out
}

// Unit is a unit as the milp's rows have it: its pre-activation is an affine
// function of the inputs plus, for each earlier unit that it takes, a weight
// times that unit's pre-activation, which depends on that unit's state. So a
// unit with output slope[state] * pre-activation may have any two slopes.
type Unit struct {
	From []int
	// W has the weights of the units From by their states: W[0] when they are
	// inactive (nil when all are 0, as for ReLU), W[1] when they are active.
	W [2][]float64
	// Only has the states that the stable state or the limits of z leave.
	Only StateSet
	// Loose tells that the domain does not imply Only, so that it is a
	// constraint.
	Loose bool
}

// weight is that of the e-th unit from which u takes, by its state.
func (u *Unit) weight(e int, on bool) float64 {
	if on {
		return u.W[1][e]
	}
	if u.W[0] == nil {
		return 0
	}
	return u.W[0][e]
}

// Layer is a layer of units.
type Layer struct {
	First, End int  // its units
	Early      bool // whether a unit takes units of layers before the last one
	// Late tells that the sums of its units take too much memory to be added up
	// on the way, so this is done when a cell comes to the layer.
	Late  bool
	lossy bool // whether a weight is so small that a product with it may be lost
	terms int  // the most units from which one of its units takes
	// Guards are limits of its units that restrict the domain.
	Guards []Guard
	// out has the weights with which the next layer takes a unit's
	// pre-activation: by its state, the unit, and the unit of the next layer;
	// nil where all are 0.
	out [2][][]float64
}

// Units is the number of units of the layer.
func (l *Layer) Units() int { return l.End - l.First }

// lateSums is the number of numbers of a layer's sums from which on they are
// added up late.
const lateSums = 1 << 13

// Network is what a search knows of a milp before it starts. It does not
// change.
type Network struct {
	*Space
	Units  []Unit
	Layers []Layer
	Early  bool   // whether some layer takes units before the layer before it
	Root   *Frame // the coordinates of the whole domain
	// Homogeneous tells that no unit has a constant over the space's coordinates, so
	// that the planes of all go through the middle of the box, in all cells.
	Homogeneous bool
	// Outputs are those of the milp, as if they were pre-activations; nil when it does
	// not have them. See Functions.Outputs.
	Outputs []Unit

	p       *milp.Problem
	outputs []milp.Output
	guards  []Guard
	faces   [][]float64 // of the box, as Rounded has them, in few dimensions
}

// NewNetwork reads a checked milp.
func NewNetwork(p *milp.Problem, bounds Bounds) (*Network, error) {
	return newNetwork(p, bounds, 0)
}

// NewWide is NewNetwork with the space's coordinates for those of the frame where
// they are at most so many, also if the first layer has fewer units.
func NewWide(p *milp.Problem, bounds Bounds, most int) (*Network, error) {
	return newNetwork(p, bounds, most)
}

func newNetwork(p *milp.Problem, bounds Bounds, wide int) (*Network, error) {
	s, err := NewSpace(p)
	if err != nil {
		return nil, err
	}
	n := &Network{Space: s, p: p}
	n.readUnits(bounds)
	n.readLayers()
	top := n.top()
	if bounds != Unknown && n.narrowed() {
		n.readBounds(bounds == Restrict)
	}
	n.Root = n.rootFrame(top, n.Dim() > wide)
	n.Homogeneous = n.homogeneous(top)
	if d := n.Dim(); n.Root == top && d <= polytope.MaxFacets/2 {
		for i := range 2 * d {
			row := make([]float64, d+1)
			row[i/2], row[d] = float64(1-2*(i%2)), 1
			n.faces = append(n.faces, row)
		}
	}
	for l := range n.Layers {
		n.Layers[l].Late = l > 0 && n.Layers[l].Units()*n.Root.width() > lateSums
	}
	return n, nil
}

func (n *Network) readUnits(bounds Bounds) {
	of := sources{}
	for k := range n.p.Units {
		pu := &n.p.Units[k]
		r := &n.p.Rows[pu.Pre]
		u := of.unit(r.Idx, r.Val)
		of[pu.H], of[pu.Hbar] = output{k, 1}, output{k, 0}
		switch {
		case pu.Stably(milp.Active):
			u.Only, u.Loose = Active, bounds != Hold
		case pu.Stably(milp.Inactive):
			u.Only, u.Loose = Inactive, bounds != Hold
		default:
			z := n.p.Cols[*pu.Z]
			if z.Lo > 0 || z.Hi < 0 {
				u.Only &^= Inactive
				u.Loose = true
			}
			if z.Lo > 1 || z.Hi < 1 {
				u.Only &^= Active
				u.Loose = true
			}
		}
		n.Units = append(n.Units, u)
	}
	n.readOutputs(of)
}

// output is what a column of the milp is of a unit: h, of state 1, or hbar.
type output struct{ unit, state int }

// sources has the columns that are outputs of units.
type sources map[int]output

// unit reads what a row takes of units; the rest is what it takes of inputs. What has
// the same column again is not added up, which might be rounded.
func (of sources) unit(idx []int, val []float64) Unit {
	u := Unit{Only: Both}
	place, again := map[int]int{}, map[int]bool{}
	for e, j := range idx {
		o, ok := of[j]
		if !ok {
			continue
		}
		i, seen := place[o.unit]
		if !seen || again[j] {
			i = len(u.From)
			place[o.unit] = i
			u.From = append(u.From, o.unit)
			u.W[1] = append(u.W[1], 0)
			if u.W[0] != nil {
				u.W[0] = append(u.W[0], 0)
			}
		}
		again[j] = true
		if o.state == 1 {
			u.W[1][i] += val[e]
			continue
		}
		if u.W[0] == nil {
			u.W[0] = make([]float64, len(u.From))
		}
		u.W[0][i] -= val[e] // hbar is minus the pre-activation
	}
	return u
}

// readLayers finds the layers. That units come in layer order and take units
// of earlier layers only has been checked with the milp.
func (n *Network) readLayers() {
	for k := range n.Units {
		if k == 0 || n.p.Units[k].Layer != n.p.Units[k-1].Layer {
			n.Layers = append(n.Layers, Layer{First: k})
		}
		l := &n.Layers[len(n.Layers)-1]
		l.End = k + 1
		l.terms = max(l.terms, len(n.Units[k].From))
		for e, j := range n.Units[k].From {
			for _, on := range [2]bool{false, true} {
				w := math.Abs(n.Units[k].weight(e, on))
				l.lossy = l.lossy || w > 0 && w < leastWeight
			}
			l.Early = l.Early || len(n.Layers) > 1 && j < n.Layers[len(n.Layers)-2].First
		}
		n.Early = n.Early || l.Early
	}
	for i := range n.Layers[:max(0, len(n.Layers)-1)] {
		n.Layers[i].connect(&n.Layers[i+1], n.Units)
	}
}

// connect notes what the next layer takes of the units of l.
func (l *Layer) connect(next *Layer, units []Unit) {
	for state := range l.out {
		l.out[state] = make([][]float64, l.Units())
	}
	for k := next.First; k < next.End; k++ {
		u := &units[k]
		for e, j := range u.From {
			if j < l.First {
				continue
			}
			for state := range l.out {
				w := u.weight(e, state == 1)
				if w == 0 {
					continue
				}
				to := &l.out[state][j-l.First]
				if *to == nil {
					*to = make([]float64, next.Units())
				}
				(*to)[k-next.First] += w
			}
		}
	}
}

// Pattern writes states as 0 and 1, a string for each layer.
func (n *Network) Pattern(states []State) []string {
	return n.CutUp(string(AppendStates(make([]byte, 0, len(states)), states)))
}

// AppendStates appends states as 0 and 1.
func AppendStates(text []byte, states []State) []byte {
	for _, s := range states {
		digit := byte('0')
		if s.On {
			digit = '1'
		}
		text = append(text, digit)
	}
	return text
}

// CutUp cuts the states of all units up into layers.
func (n *Network) CutUp(text string) []string {
	return n.AppendCut(make([]string, 0, len(n.Layers)), text)
}

// AppendCut appends what CutUp returns.
func (n *Network) AppendCut(to []string, text string) []string {
	for i := range n.Layers {
		to = append(to, text[n.Layers[i].First:n.Layers[i].End])
	}
	return to
}

// Edit returns a copy of the network whose layers f may change.
func (n *Network) Edit(f func(layers []Layer)) *Network {
	c := *n
	c.Layers = append([]Layer{}, n.Layers...)
	f(c.Layers)
	return &c
}
