// Package exact has affine functions with exact coefficients, and answers
// about them that rest on no rounding: the sign of one where others meet, and
// its largest value over a box that others cut.
//
// All numbers of a milp are doubles, so dyadic rationals: an integer times a
// power of two. Sums and products of dyadic rationals are dyadic, so the
// composed functions of a network are, too, and neither a division nor a common
// divisor is needed to have them (Fortune and Van Wyk, "Static analysis yields
// efficient exact integer arithmetic for computational geometry", 1996, is the
// school of thought). Where functions meet, a common denominator is carried
// along (Bareiss, "Sylvester's identity and multistep integer-preserving
// Gaussian elimination", 1968).
package exact

import (
	"math"
	"math/big"
)

// Vec is an affine function with dyadic coefficients: C[j] 2^Exp for each
// coordinate, and a constant behind them. It does not change once it is made.
type Vec struct {
	C   []big.Int
	Exp int
}

// Of is the function with coefficients that are doubles, which must be finite.
func Of(coef []float64) *Vec {
	terms := make([]Dyadic, len(coef))
	for j, c := range coef {
		terms[j] = DyadicOf(c)
	}
	return FromDyadic(terms)
}

// FromDyadic is the function with the given coefficients.
func FromDyadic(coef []Dyadic) *Vec {
	v := &Vec{C: make([]big.Int, len(coef))}
	first := true
	for j := range coef {
		if coef[j].sign() != 0 && (first || coef[j].exp < v.Exp) {
			v.Exp, first = coef[j].exp, false
		}
	}
	for j := range coef {
		if coef[j].sign() != 0 {
			v.C[j].Lsh(&coef[j].m, uint(coef[j].exp-v.Exp))
		}
	}
	return v
}

// Term is a function times a number.
type Term struct {
	W float64
	V *Vec
}

// Sum is the sum of the terms, functions of n-1 coordinates.
func Sum(n int, terms []Term) *Vec {
	by, of := make([]Dyadic, len(terms)), make([]*Vec, len(terms))
	for i, t := range terms {
		by[i], of[i] = DyadicOf(t.W), t.V
	}
	return combine(n, by, of)
}

// combine is the sum of functions of n-1 coordinates, each times a number.
func combine(n int, by []Dyadic, of []*Vec) *Vec {
	v := &Vec{C: make([]big.Int, n)}
	first := true
	for i, f := range of {
		if by[i].sign() != 0 && !f.zero() && (first || by[i].exp+f.Exp < v.Exp) {
			v.Exp, first = by[i].exp+f.Exp, false
		}
	}
	var m, x big.Int
	for i, f := range of {
		if by[i].sign() == 0 || f.zero() {
			continue
		}
		m.Lsh(&by[i].m, uint(by[i].exp+f.Exp-v.Exp))
		for j := range v.C {
			if c := &f.C[j]; c.Sign() != 0 {
				v.C[j].Add(&v.C[j], x.Mul(c, &m))
			}
		}
	}
	return v
}

func (v *Vec) zero() bool { return v.Constant() && v.C[len(v.C)-1].Sign() == 0 }

// Constant reports whether no coordinate has a coefficient.
func (v *Vec) Constant() bool {
	for j := range v.C[:len(v.C)-1] {
		if v.C[j].Sign() != 0 {
			return false
		}
	}
	return true
}

// ConstantSign is the sign of the constant.
func (v *Vec) ConstantSign() int { return v.C[len(v.C)-1].Sign() }

// Negative is -v.
func (v *Vec) Negative() *Vec {
	n := &Vec{C: make([]big.Int, len(v.C)), Exp: v.Exp}
	for j := range v.C {
		n.C[j].Neg(&v.C[j])
	}
	return n
}

// Times is v times 2^exp.
func (v *Vec) Times(exp int) *Vec { return &Vec{v.C, v.Exp + exp} }

// Float writes the coefficients, rounded, times 2^-exp, where exp is such that
// the norm of those of the coordinates is about 1; the constant may overflow.
func (v *Vec) Float(to []float64) (exp int) {
	top := 0
	for j := range v.C[:len(v.C)-1] {
		top = max(top, v.C[j].BitLen())
	}
	exp = top + v.Exp
	for j := range v.C {
		to[j] = scaled(&v.C[j], -top)
	}
	return exp
}

// scaled is x 2^exp, rounded to a double.
func scaled(x *big.Int, exp int) float64 {
	if n := x.BitLen(); n > 64 { // what is cut off is far below half an ulp, but sticks
		var y big.Float
		f, _ := y.SetInt(x).SetMantExp(&y, exp).Float64()
		return f
	}
	f := new(big.Float).SetInt(x)
	r, _ := f.SetMantExp(f, exp).Float64()
	return r
}

// Primitive returns the coefficients divided by the largest integer that
// divides all of them, and the factor by which v is larger.
func (v *Vec) Primitive() (c []big.Int, factor *big.Rat) {
	var g big.Int
	one := big.NewInt(1)
	for j := range v.C {
		if v.C[j].Sign() != 0 {
			g.GCD(nil, nil, &g, new(big.Int).Abs(&v.C[j]))
			if g.Cmp(one) == 0 {
				break
			}
		}
	}
	c = make([]big.Int, len(v.C))
	if g.Sign() == 0 {
		return c, big.NewRat(1, 1)
	}
	for j := range v.C {
		c[j].Quo(&v.C[j], &g)
	}
	return c, Dyadic{g, v.Exp}.Rat()
}

// Dyadic is m 2^exp.
type Dyadic struct {
	m   big.Int
	exp int
}

// DyadicOf is a double, which must be finite.
func DyadicOf(x float64) Dyadic {
	if x == 0 {
		return Dyadic{}
	}
	f, e := math.Frexp(x)
	m := int64(math.Ldexp(f, 53))
	for m&1 == 0 {
		m, e = m>>1, e+1
	}
	var d Dyadic
	d.m.SetInt64(m)
	d.exp = e - 53
	return d
}

// DyadicOfInt is an integer.
func DyadicOfInt(x *big.Int) Dyadic {
	var d Dyadic
	if x.Sign() != 0 {
		d.exp = int(x.TrailingZeroBits())
		d.m.Rsh(x, uint(d.exp))
	}
	return d
}

// DyadicOfRat is x v, of which the denominator of x must divide the numerator.
func DyadicOfRat(x *big.Rat, v Dyadic) Dyadic {
	d := v.Mul(DyadicOfInt(x.Num()))
	den := DyadicOfInt(x.Denom())
	d.m.Quo(&d.m, &den.m)
	d.exp -= den.exp
	return d
}

func (a Dyadic) sign() int { return a.m.Sign() }

// Rat returns the number as a fraction.
func (a Dyadic) Rat() *big.Rat {
	r := new(big.Rat).SetInt(&a.m)
	two := new(big.Int).Lsh(big.NewInt(1), uint(max(a.exp, -a.exp)))
	if a.exp >= 0 {
		return r.Mul(r, new(big.Rat).SetInt(two))
	}
	return r.Quo(r, new(big.Rat).SetInt(two))
}

// Add is a + b.
func (a Dyadic) Add(b Dyadic) Dyadic {
	switch {
	case a.sign() == 0:
		return b
	case b.sign() == 0:
		return a
	case a.exp > b.exp:
		a, b = b, a
	}
	var d Dyadic
	d.exp = a.exp
	d.m.Lsh(&b.m, uint(b.exp-a.exp))
	d.m.Add(&d.m, &a.m)
	return d
}

// Mul is a b.
func (a Dyadic) Mul(b Dyadic) Dyadic {
	var d Dyadic
	d.m.Mul(&a.m, &b.m)
	d.exp = a.exp + b.exp
	return d
}

// Neg is -a.
func (a Dyadic) Neg() Dyadic {
	var d Dyadic
	d.m.Neg(&a.m)
	d.exp = a.exp
	return d
}

// Half is a/2.
func (a Dyadic) Half() Dyadic { return Dyadic{a.m, a.exp - 1} }

// Coordinate is the j-th of d coordinates.
func Coordinate(d, j int) *Vec {
	v := &Vec{C: make([]big.Int, d+1)}
	v.C[j].SetInt64(1)
	return v
}

// Resize is a constant as a function of d coordinates.
func (v *Vec) Resize(d int) *Vec {
	w := &Vec{C: make([]big.Int, d+1), Exp: v.Exp}
	w.C[d].Set(&v.C[len(v.C)-1])
	return w
}

// Value is the j-th coefficient.
func (v *Vec) Value(j int) *big.Rat { return Dyadic{v.C[j], v.Exp}.Rat() }

// Plus is v + x.
func (v *Vec) Plus(x Dyadic) *Vec {
	one := &Vec{C: make([]big.Int, len(v.C)), Exp: x.exp}
	one.C[len(v.C)-1].Set(&x.m)
	return Sum(len(v.C), []Term{{1, v}, {1, one}})
}

// Compose is v of coordinates that are the given functions of others.
func Compose(v *Vec, of []*Vec) *Vec {
	last, n := len(v.C)-1, len(of[0].C)
	by := make([]Dyadic, len(v.C))
	for j := range v.C {
		by[j] = Dyadic{v.C[j], v.Exp}
	}
	one := &Vec{C: make([]big.Int, n)}
	one.C[n-1].SetInt64(1)
	return combine(n, by, append(of[:last:last], one))
}

// Scaled is v of coordinates that are by (mid + half y).
func (v *Vec) Scaled(half, mid []float64, by Dyadic) *Vec {
	d := len(v.C) - 1
	terms := make([]Dyadic, d+1)
	terms[d] = Dyadic{v.C[d], v.Exp}
	for j := range d {
		if v.C[j].Sign() == 0 {
			continue
		}
		c := Dyadic{v.C[j], v.Exp}.Mul(by)
		terms[j] = c.Mul(DyadicOf(half[j]))
		terms[d] = terms[d].Add(c.Mul(DyadicOf(mid[j])))
	}
	return FromDyadic(terms)
}

// Least is, times a power of two, the least value of -v on [-1, 1]^d.
func (v *Vec) Least() *big.Int {
	last := len(v.C) - 1
	sum := new(big.Int).Neg(&v.C[last])
	var x big.Int
	for j := range v.C[:last] {
		sum.Sub(sum, x.Abs(&v.C[j]))
	}
	return sum
}
