package affine

import (
	"math"
	"math/big"
	"sync/atomic"

	"relucount/pkg/exact"
)

// Exact is an affine function without rounding.
type Exact struct {
	// Vec is the function over the frame's own coordinates: those of the space,
	// or the pre-activations and rows that are coordinates of a narrow frame.
	Vec *exact.Vec
	// Over the space's coordinates: integers without a common divisor, the
	// positive factor by which the function is larger, and a bound of log2 of
	// the coefficients' norm.
	Over   []big.Int
	Factor *big.Rat
	Bits   int
}

// Exactly is the pre-activation of unit k, of this layer or one before, times
// the space's common denominator. It may be asked for by many at once.
func (f *Functions) Exactly(k int) *Exact {
	f = f.of(k)
	i := k - f.Layer.First
	f.mu.Lock()
	f.asked = true
	if len(f.exact) != f.Layer.Units() {
		f.exact = make([]atomic.Pointer[Exact], f.Layer.Units())
	}
	f.mu.Unlock()
	if x := f.exact[i].Load(); x != nil {
		return x
	}
	n := f.net
	terms := []exact.Term{{W: 1, V: f.Frame.exactly(n, k)}}
	u := &n.Units[k]
	for e, j := range u.From {
		if w := u.weight(e, f.state(j)); w != 0 {
			terms = append(terms, exact.Term{W: w, V: f.Exactly(j).Vec})
		}
	}
	x := &Exact{Vec: exact.Sum(f.Frame.Dim+1, terms)}
	f.exact[i].Store(x)
	return x
}

// Primitive is Exactly with the function over the space's coordinates.
func (f *Functions) Primitive(k int) *Exact {
	x := f.Exactly(k)
	f = f.of(k)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.Frame.complete(x)
	return x
}

// complete writes the function over the space's coordinates.
func (f *Frame) complete(x *Exact) {
	if x.Over == nil {
		over := f.overSpace(x.Vec)
		x.Over, x.Factor = over.Primitive()
		x.Bits = exact.NormBits(x.Over)
	}
}

// overSpace writes a function of the frame's own coordinates over the space's.
func (f *Frame) overSpace(v *exact.Vec) *exact.Vec {
	if f.Parent == nil {
		return v
	}
	return exact.Compose(v, f.basis())
}

// exactly is what unit k has of the coordinates, not by way of other units.
func (f *Frame) exactly(n *Network, k int) *exact.Vec {
	if f.Parent != nil && k < f.first {
		return exact.Coordinate(f.Dim, k)
	}
	r := &n.p.Rows[n.p.Units[k].Pre]
	v := n.direct(r, float64(r.Lo))
	if f.Parent != nil { // a constant
		return v.Resize(f.Dim)
	}
	return v
}

// round writes an exact function over the float coordinates, normalised, and
// returns the norm that it had and the sum of its coefficients' magnitudes. Up
// to 4 roundings have gone into each number.
func (f *Frame) round(x *exact.Vec, a []float64) (norm, total float64) {
	d := f.Dim
	exp := 0
	if f.Parent == nil {
		exp = x.Float(a)
	} else {
		exp = x.Scaled(f.half, f.mid, f.den).Float(a)
	}
	for _, v := range a[:d] {
		norm += v * v
	}
	norm = math.Sqrt(norm)
	for j := range a {
		a[j] /= norm
		if j < d {
			total += math.Abs(a[j])
		}
	}
	return math.Ldexp(norm, exp), total
}

// rounded is the true function that an exact one is, rounded twice: its
// coefficients, and its constant.
func (s *Space) rounded(x *exact.Vec) (coef []float64, constant float64) {
	d := len(x.C) - 1
	coef = make([]float64, d+1)
	exp, scale := x.Float(coef), s.trueScale()
	for j := range coef {
		coef[j] = math.Ldexp(coef[j], exp) * scale
	}
	return coef[:d], coef[d]
}

// trueScale is the factor by which true functions are larger than exact ones.
func (s *Space) trueScale() float64 {
	v, _ := new(big.Rat).Inv(s.den.Rat()).Float64()
	return v
}

// trueValue is the true constant of a function that is constant.
func (s *Space) trueValue(x *exact.Vec) float64 {
	c := x.Value(len(x.C) - 1)
	v, _ := new(big.Rat).Quo(c, s.den.Rat()).Float64()
	return v
}
