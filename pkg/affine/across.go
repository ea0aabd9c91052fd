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
	made   int // of f
	states []State
	unit   int       // on whose hyperplane the facet is
	first  int       // of its layer
	near   []near    // units that may be 0 somewhere on the cell
	slope  []float64 // of each
	place  []int     // of each unit, how many of these are before it
	loose  float64   // how far slopes, and coefficients, of multiples may differ
	flips  []int
	open   []int            // units that may be 0 on the facet
	factor map[int]*big.Rat // c, of the units that are 0 on the facet
	gamma  map[int]*big.Rat // of units of later layers
	value  []float64        // gamma in doubles, and bounds of its error
	off    []float64
}

// near is a unit that may be 0 somewhere on a cell.
type near struct {
	unit int
	row  []float64 // its coefficients; nil where these do not tell it from others

	alone bool // whether it is known that no other of its layer or later ones is a multiple
}

// On makes it one of a cell. F has the functions of the cell's last layer, and all units
// have states.
func (x *Crossing) On(f *Functions, states []State) {
	x.states = states
	if x.f == f && x.made == f.made { // as for the cell before
		return
	}
	x.f, x.made, x.near, x.loose = f, f.made, x.near[:0], 0
	for ; f != nil; f = f.before {
		for i := len(f.near) - 1; i >= 0; i-- {
			x.near = append(x.near, f.nearness(f.near[i]))
			x.loose = max(x.loose, f.Err(f.near[i]))
		}
	}
	slices.Reverse(x.near)
	x.loose *= 8
	x.slope, x.place = x.slope[:0], x.place[:0]
	for i := range x.near {
		for len(x.place) <= x.near[i].unit {
			x.place = append(x.place, i)
		}
		x.slope = append(x.slope, x.near[i].slope())
	}
}

// slope is the magnitude of the first coefficient: it tells two units apart at a glance.
func (n *near) slope() float64 {
	if n.row == nil {
		return math.NaN()
	}
	return math.Abs(n.row[0])
}

// nearness has what there is to tell the unit from others: in a frame that has the
// space's coordinates, and of a unit that is ready.
func (f *Functions) nearness(k int) near {
	u := &f.units[k-f.Layer.First]
	if f.Frame.Parent != nil || !u.ready || u.norm == 0 {
		return near{unit: k}
	}
	return near{unit: k, row: f.Row(k)[:f.Frame.Dim]}
}

// apart reports whether the rows of two units certainly are no multiples of each other.
// Each coefficient of a row that has the norm 1 is off by no more than twice the bound of
// its error.
func (x *Crossing) apart(a, b *near) bool {
	for j := range min(len(a.row), len(b.row)) {
		if math.Abs(math.Abs(a.row[j])-math.Abs(b.row[j])) > x.loose {
			return true
		}
	}
	return false
}

// At makes it that of the facet of the cell that lies on the hyperplane of unit u. Unless
// it is sure what changes there, Look must tell it.
func (x *Crossing) At(u int) (sure bool) {
	x.unit, x.first = u, x.f.of(u).Layer.First
	x.factor, x.gamma, x.open = nil, nil, x.open[:0]
	first, me := len(x.near), &near{unit: u}
	if u < len(x.place) {
		first = x.place[x.first]
		if n := &x.near[x.place[u]]; n.unit == u {
			me = n
		}
	}
	if me.alone {
		return true
	}
	slope := me.slope()
	for i, s := range x.slope[first:] {
		if d := s - slope; d > x.loose || d < -x.loose {
			continue
		}
		if n := &x.near[first+i]; n.unit != u && !x.apart(me, n) {
			x.open = append(x.open, n.unit)
		}
	}
	me.alone = len(x.open) == 0
	return me.alone
}

// Look tells it more of the facet where it is not sure. At is a point, over the frame's
// coordinates, within off of the unit's hyperplane, and should be on no other.
func (x *Crossing) Look(at []float64, off float64) {
	f, n := x.f, 0
	for i := len(x.open) - 1; i >= 0; i-- {
		k := x.open[i]
		f = f.of(k)
		if f.perhapsZero(k, at, off) {
			x.open[len(x.open)-1-n] = k
			n++
		}
	}
	if x.open = x.open[len(x.open)-n:]; n > 0 {
		x.factors(x.open)
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

// perhapsZero reports whether the function of a unit of the layer may be 0 at a point
// that is off by no more than off. It is as Screen of a box that is the point.
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
	head := f.sum(k)
	return !(math.Abs(v) > off*head[sizeAt]+2*head[errAt]+float64(len(at)+8)*ulp*head[allAt])
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
