// Package truth counts regions a second time for the tests of other packages:
// exactly, and without linear programs. It also draws the networks that they
// try, and has arrangements whose number of regions is known.
//
// Numbers are rationals, and a cell is the list of its corners. A unit can be
// active on a cell when it is positive at a corner, inactive when it is
// negative at one, and is zero on it when it is zero at all. Cutting keeps the
// corners of one side and adds a corner on each edge that crosses (the double
// description method of Motzkin and others, 1953).
package truth

import (
	"math"
	"math/big"

	"relucount/pkg/domain"
	"relucount/pkg/relu"
)

// Model is a network over a domain, with whatever a milp adds to it.
type Model struct {
	lo, hi  []*big.Rat // of the variables: inputs, then the user's columns
	integer []int      // variables
	units   []unit
	rows    [][]row       // rows[k] join the cell once the units before k are decided
	ranges  [][2]*big.Rat // of the pre-activations, over the cells that have been visited
}

// unit is a form: of its pre-activation over inputs and those of earlier units.
type unit struct {
	layer int
	g     []*big.Rat    // over the variables, then the constant
	from  []int         // earlier units that enter
	w     [2][]*big.Rat // weights of their pre-activations: inactive, active
	never [2]bool       // states that the unit may not have: [inactive, active]
}

// take adds w times the output of a unit with two slopes.
func (u *unit) take(unit int, inactive, active float64, w *big.Rat) {
	u.from = append(u.from, unit)
	for state, slope := range [2]float64{inactive, active} {
		u.w[state] = append(u.w[state], new(big.Rat).Mul(Rat(slope), w))
	}
}

// add adds w times another form.
func (u *unit) add(f *unit, w *big.Rat) {
	for j, v := range f.g {
		u.g[j].Add(u.g[j], new(big.Rat).Mul(v, w))
	}
	u.from = append(u.from, f.from...)
	for state := range u.w {
		for _, v := range f.w[state] {
			u.w[state] = append(u.w[state], new(big.Rat).Mul(v, w))
		}
	}
}

// row is lo <= g x + sum of h, hbar and z terms <= hi; nil is infinite.
type row struct {
	lo, hi *big.Rat
	g      []*big.Rat
	terms  []term
}

type term struct {
	unit int
	kind string
	val  *big.Rat
}

// Region is what is known of a pattern that has been found.
type Region struct {
	Zero   []bool     // units that are identically zero on the cell
	Inside []*big.Rat // the mean of its corners: the inputs, or the coordinates of the domain's map

	cell hull
	on   []bool
	g    [][]*big.Rat
}

// Rat is v exactly.
func Rat(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }

// limit is v exactly; nil when it is infinite.
func limit(v float64) *big.Rat {
	if math.IsInf(v, 0) {
		return nil
	}
	return Rat(v)
}

func zeros(n int) []*big.Rat {
	out := make([]*big.Rat, n)
	for i := range out {
		out[i] = new(big.Rat)
	}
	return out
}

// index of a state in pairs of both.
func index(on bool) int {
	if on {
		return 1
	}
	return 0
}

// OfNetwork is the model of a network over a domain. Units without a kink have
// no states.
func OfNetwork(n *relu.Chain, d *domain.Domain) *Model {
	m := &Model{}
	dim := len(d.Lower)
	for j := range dim {
		m.lo, m.hi = append(m.lo, Rat(d.Lower[j])), append(m.hi, Rat(d.Upper[j]))
	}
	one := big.NewRat(1, 1)
	var before []unit // what the next layer takes
	for i := range d.Inputs() {
		f := unit{g: zeros(dim + 1)}
		if d.Map == nil {
			f.g[i] = one
		} else {
			for j, v := range d.Map.Matrix[i] {
				f.g[j] = Rat(v)
			}
			f.g[dim] = Rat(d.Map.Offset[i])
		}
		before = append(before, f)
	}
	for l := range n.Layers {
		lay := &n.Layers[l]
		var out []unit
		for i := range lay.Units() {
			u := unit{layer: l + 1, g: zeros(dim + 1)}
			u.g[dim] = Rat(lay.B[i])
			for j, w := range lay.W.RawRowView(i) {
				if w != 0 {
					u.add(&before[j], Rat(w))
				}
			}
			f := unit{g: zeros(dim + 1)}
			switch {
			case lay.Linear():
				f.add(&u, one)
			case !lay.Slopes[i].Kink():
				f.add(&u, Rat(lay.Slopes[i].Active))
			default:
				f.take(len(m.units), lay.Slopes[i].Inactive, lay.Slopes[i].Active, one)
				m.units = append(m.units, u)
			}
			out = append(out, f)
		}
		before = out
	}
	m.rows = make([][]row, len(m.units)+1)
	for _, r := range d.Rows {
		g := zeros(dim + 1)
		for j, v := range r.A {
			g[j] = Rat(v)
		}
		m.rows[0] = append(m.rows[0], row{lo: limit(r.Lo), hi: limit(r.Hi), g: g})
	}
	return m
}

// Ranges returns the range of each pre-activation over the cells that Regions
// has visited.
func (m *Model) Ranges() [][2]*big.Rat { return m.ranges }
