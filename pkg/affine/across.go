package affine

import (
	"math"
	"math/big"
	"slices"

	"relucount/pkg/exact"
)

// Crossing tells what changes where a cell ends at the hyperplane of a unit. It has
// work space, and is for one goroutine.
//
// Let l be the unit's function on the cell, which is 0 on the facet and only there.
// The functions of all units are continuous. So on the facet each is the same from
// both sides, and beyond it, next to it, a unit's function is f + gamma l, where f is
// the one on the cell. If f is not 0 on the whole facet it has one sign in the
// facet's interior, and there the unit's state is the same on both sides. Else f is
// c l, where c may be 0, and beyond the facet the sign of (c + gamma) l tells the
// state. The gammas follow layer by layer, and are 0 up to the layer of the unit. So
// exactly one region lies across a facet, and it is found without a search.
type Crossing struct {
	f      *Functions
	states []State
	unit   int   // on whose hyperplane the facet is
	first  int   // of its layer
	near   []int // units that may be 0 somewhere on the cell
	flips  []int
	factor map[int]*big.Rat // c, of the units that are 0 on the facet
	gamma  map[int]*big.Rat // of units of later layers
	value  []float64        // gamma in doubles, and bounds of its error
	off    []float64
}

// On makes it one of a cell. F has the functions of the cell's last layer, and all units
// have states. The cell lies in a box, given by its middle and half widths, of which the
// coordinates are off by no more than off.
func (x *Crossing) On(f *Functions, states []State, mid, half []float64, off float64) {
	x.f, x.states, x.near = f, states, x.near[:0]
	for ; f != nil; f = f.before {
		for k := f.Layer.End - 1; k >= f.Layer.First; k-- {
			if u := &f.units[k-f.Layer.First]; u.ready && u.norm == 0 && u.value == 0 {
				x.near = append(x.near, k)
			} else if _, ok := f.Passes(k, mid, half, off); !ok {
				x.near = append(x.near, k)
			}
		}
	}
	slices.Reverse(x.near)
}

// At makes it that of the facet of the cell that lies on the hyperplane of unit u. At is
// a point, over the frame's coordinates, within off of the hyperplane, and should be on
// no other.
func (x *Crossing) At(u int, at []float64, off float64) {
	x.unit, x.first = u, x.f.of(u).Layer.First
	x.factor, x.gamma = nil, nil
	if perhaps := x.zero(at, off); len(perhaps) > 0 {
		x.factors(perhaps)
	}
}

// Flips returns the units, in order, that have another state across the facet. The
// result is valid until the next call.
func (x *Crossing) Flips() []int {
	x.flips = x.flips[:0]
	if x.factor == nil {
		x.flips = append(x.flips, x.unit)
		return x.flips
	}
	for k := x.first; k < x.f.Layer.End; k++ {
		if c, ok := x.factor[k]; ok && x.beyond(k, c) != x.states[k].On {
			x.flips = append(x.flips, k)
		}
	}
	return x.flips
}

// Bends reports whether some output is another affine function across the facet.
func (x *Crossing) Bends() bool {
	outputs := x.f.net.Outputs
	if x.factor == nil {
		bends, sure := x.nearly()
		if sure {
			return bends
		}
		x.factor, x.gamma = map[int]*big.Rat{x.unit: big.NewRat(1, 1)}, map[int]*big.Rat{}
	}
	for i := range outputs {
		if x.taken(&outputs[i]).Sign() != 0 {
			return true
		}
	}
	return false
}

// nearly is Bends in doubles, where no other unit is 0 on the facet. What is 0 because
// nothing is added up is so exactly.
func (x *Crossing) nearly() (bends, sure bool) {
	n := x.f.net
	if len(x.value) < len(n.Units) {
		x.value, x.off = make([]float64, len(n.Units)), make([]float64, len(n.Units))
	}
	taken := func(u *Unit) (v, off float64) {
		for e, j := range u.From {
			if j < x.first {
				continue
			}
			on := x.states[j].On
			w, g, err := u.weight(e, on), x.value[j], x.off[j]
			if j == x.unit {
				a := u.weight(e, !on)
				w, g, err = a-w, 1, 2*ulp*(math.Abs(a)+math.Abs(w))
				v, off = v+w, off+err
				continue
			}
			if w != 0 && (g != 0 || err != 0) {
				v += w * g
				off += math.Abs(w)*err + float64(len(u.From)+4)*ulp*math.Abs(w*g) + math.SmallestNonzeroFloat64
			}
		}
		return v, off*(1+1e-9) + float64(len(u.From))*ulp*math.Abs(v)
	}
	for k := x.first; k < x.f.Layer.End; k++ {
		x.value[k], x.off[k] = taken(&n.Units[k])
	}
	sure = true
	for i := range n.Outputs {
		v, off := taken(&n.Outputs[i])
		if math.Abs(v) > off {
			return true, true
		}
		sure = sure && v == 0 && off == 0
	}
	return false, sure
}

// zero returns the units of the unit's layer and of later ones, but itself, whose
// functions may be 0 where its own is.
func (x *Crossing) zero(at []float64, off float64) (out []int) {
	f := x.f
	for i := len(x.near) - 1; i >= 0 && x.near[i] >= x.first; i-- {
		k := x.near[i]
		f = f.of(k)
		if k != x.unit && f.perhapsZero(k, at, off) {
			out = append(out, k)
		}
	}
	return out
}

// perhapsZero reports whether the function of a unit of the layer may be 0 at a point
// that is off by no more than off. It is as Passes of a box that is the point.
func (f *Functions) perhapsZero(k int, at []float64, off float64) bool {
	i := k - f.Layer.First
	u := &f.units[i]
	if u.ready && u.norm == 0 {
		return u.value == 0
	}
	row := f.row(i)
	v := row[len(at)]
	for j, x := range at {
		v += row[j] * x
	}
	return !(math.Abs(v) > off*u.size+2*u.rawErr+float64(len(at)+8)*ulp*(u.size+math.Abs(u.value)))
}

// factors finds out which units are 0 on the facet, of those that may be, and the
// multiples of the unit's function that they have.
func (x *Crossing) factors(perhaps []int) {
	x.factor, x.gamma = map[int]*big.Rat{x.unit: big.NewRat(1, 1)}, map[int]*big.Rat{}
	l := x.f.Primitive(x.unit)
	for _, k := range perhaps {
		g := x.f.Primitive(k)
		if c, ok := exact.Multiple(g.Over, l.Over); ok {
			c.Mul(c, g.Factor)
			x.factor[k] = c.Quo(c, l.Factor)
		}
	}
}

// beyond is the state across the facet of unit k, which is 0 there, and whose function
// is c times that of the facet's unit in the cell.
func (x *Crossing) beyond(k int, c *big.Rat) bool {
	sign := new(big.Rat).Add(c, x.change(k)).Sign()
	return sign != 0 && (sign > 0) != x.states[x.unit].On
}

// change is gamma of unit k.
func (x *Crossing) change(k int) *big.Rat {
	g, ok := x.gamma[k]
	if !ok {
		g = x.taken(&x.f.net.Units[k])
		x.gamma[k] = g
	}
	return g
}

// taken is gamma of what a unit takes of others.
func (x *Crossing) taken(u *Unit) *big.Rat {
	sum := new(big.Rat)
	for e, j := range u.From {
		if j < x.first { // the same on both sides
			continue
		}
		on, now := x.states[j].On, new(big.Rat).Set(x.change(j))
		beyond := on
		if c, ok := x.factor[j]; ok {
			sum.Sub(sum, times(u.weight(e, on), c))
			now.Add(now, c)
			beyond = x.beyond(j, c)
		}
		sum.Add(sum, times(u.weight(e, beyond), now))
	}
	return sum
}

// times is w v.
func times(w float64, v *big.Rat) *big.Rat {
	r := new(big.Rat).SetFloat64(w)
	return r.Mul(r, v)
}
