package affine

import (
	"math"

	"relucount/pkg/exact"
)

// Bounds says how far the bounds of a milp's units can be relied on over its
// domain.
type Bounds uint8

const (
	// Hold: the domain implies them, as encode has proved.
	Hold Bounds = iota
	// Restrict: they need not hold, so that the limits of the units' columns
	// restrict the domain; but the program is that of the network otherwise.
	Restrict
	// Unknown: anything may have been changed.
	Unknown
)

// Guard is a limit of a unit's pre-activation g that the domain does not
// imply: Sign * g + Limit >= 0.
type Guard struct {
	Unit        int
	Sign, Limit float64
	Number      int // among all of the network
}

// Row writes the guard as a row over the coordinates, with coefficients of
// norm 1, and bounds its error. It is false where the unit is constant on the
// cell: then Sign tells on which side it is.
func (g *Guard) Row(f *Functions) (row []float64, err float64, ok bool) {
	size := f.Norm(g.Unit)
	if size == 0 { // constant, or but for what is too little to change its sign
		x := g.exactly(f).Vec
		if x.Constant() {
			return nil, 0, false
		}
		row = make([]float64, f.Frame.Dim+1)
		return row, f.Frame.Round(x, row), true
	}
	row = append([]float64{}, f.Row(g.Unit)...)
	for j := range row {
		row[j] *= g.Sign
	}
	last := len(row) - 1
	err = f.Err(g.Unit) + 8*ulp*math.Abs(g.Limit/size)
	row[last] += g.Limit / size
	return row, err + ulp*math.Abs(row[last]), true
}

// exactly is the guard's function.
func (g *Guard) exactly(f *Functions) *Exact {
	v := f.Exactly(g.Unit).Vec
	if g.Sign < 0 {
		v = v.Negative()
	}
	x := &Exact{Vec: v.Plus(exact.DyadicOf(g.Limit).Mul(f.net.den))}
	f.Frame.complete(x)
	return x
}

// Fails reports whether the guard does not hold where the unit is constant on
// the cell.
func (g *Guard) Fails(f *Functions) bool { return g.exactly(f).Vec.ConstantSign() < 0 }

// readBounds bounds the units by intervals over the present limits of the
// inputs. A unit that these leave one state has no other: that changes no
// pattern, and spares the search the question. Guards are the limits that
// intervals do not prove, where limits may restrict the domain.
func (n *Network) readBounds(guards bool) {
	lower, upper := n.p.Intervals()
	for l := range n.Layers {
		for k := n.Layers[l].First; k < n.Layers[l].End; k++ {
			u, pu := &n.Units[k], &n.p.Units[k]
			if most := float64(n.p.Cols[pu.H].Hi); guards && upper[k] > most {
				n.guard(l, Guard{Unit: k, Sign: -1, Limit: most})
			}
			if least := -float64(n.p.Cols[pu.Hbar].Hi); guards && lower[k] < least {
				n.guard(l, Guard{Unit: k, Sign: 1, Limit: -least})
			}
			switch {
			case u.Only != Both:
			case lower[k] > 0:
				u.Only = Active
			case upper[k] <= 0:
				u.Only = Inactive
			}
		}
	}
}

func (n *Network) guard(layer int, g Guard) {
	g.Number = len(n.guards)
	n.guards = append(n.guards, g)
	n.Layers[layer].Guards = append(n.Layers[layer].Guards, g)
}

// narrowed tells that a limit of an input is not that of the domain any more.
func (n *Network) narrowed() bool {
	for i, in := range n.inputs {
		c := n.p.Cols[in.col]
		if float64(c.Lo) != n.p.Domain.Lower[i] || float64(c.Hi) != n.p.Domain.Upper[i] {
			return true
		}
	}
	return false
}
