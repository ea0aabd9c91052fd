package verify

import (
	"math"
	"math/big"
	"regexp"

	"relucount/pkg/record"
)

// number is the dyadic number m 2^e.
type number struct {
	m big.Int
	e int
}

// form is an affine function of coordinates, the constant last; or a list of
// numbers.
type form []number

// exactly is the number that a double is.
func exactly(v float64) (n number) {
	fraction, e := math.Frexp(v)
	n.m.SetInt64(int64(fraction * (1 << 53)))
	z := n.m.TrailingZeroBits()
	n.m.Rsh(&n.m, z)
	n.e = e - 53 + int(z)
	return n
}

func (n *number) sign() int { return n.m.Sign() }

// add adds a b.
func (n *number) add(a, b *number) {
	if a.sign() == 0 || b.sign() == 0 {
		return
	}
	var p big.Int
	switch e := a.e + b.e - n.e; {
	case n.sign() == 0:
		n.m.Mul(&a.m, &b.m)
		n.e = a.e + b.e
	case e < 0:
		n.m.Add(n.m.Lsh(&n.m, uint(-e)), p.Mul(&a.m, &b.m))
		n.e += e
	default:
		p.Mul(&a.m, &b.m)
		n.m.Add(&n.m, p.Lsh(&p, uint(e)))
	}
}

// add adds a multiple of a form.
func (f form) add(by *number, g form) {
	for i := range g {
		f[i].add(by, &g[i])
	}
}

// at is the value at a point, times den, as the point's coordinates are.
func (f form) at(x form, den *number) (v number) {
	v.add(&f[len(x)], den)
	for i := range x {
		v.add(&f[i], &x[i])
	}
	return v
}

// over writes a form over the n coordinates of which its own are forms.
func (f form) over(lift []form, n int) form {
	out := make(form, n+1)
	for i, g := range lift {
		out.add(&f[i], g)
	}
	out[n].add(&one, &f[len(lift)])
	return out
}

// most is the maximum of a form over a box, or with end 0 the minimum.
func (f form) most(box [2]form, end int) (v number) {
	v.add(&f[len(f)-1], &one)
	for i := range box[0] {
		if f[i].sign() < 0 {
			v.add(&f[i], &box[1-end][i])
		} else {
			v.add(&f[i], &box[end][i])
		}
	}
	return v
}

var one = exactly(1)

// fraction is what a number may be that is no double.
var fraction = regexp.MustCompile("^-?[0-9]+(/[0-9]+)?$")

// common returns integers in the ratio of the numbers, and the factor that makes
// them.
func common(numbers []record.Rational) (form, number) {
	rats := make([]big.Rat, len(numbers))
	factor := number{m: *big.NewInt(1)}
	for i, v := range numbers {
		if v.Fraction == "" {
			rats[i].SetFloat64(v.Double)
		} else {
			need(len(v.Fraction) <= 10000 && fraction.MatchString(v.Fraction), "%.40q is no fraction of at most 10000 characters", v.Fraction)
			_, ok := rats[i].SetString(v.Fraction)
			need(ok, "%.40q has the denominator 0", v.Fraction)
		}
		gcd := new(big.Int).GCD(nil, nil, &factor.m, rats[i].Denom())
		factor.m.Mul(&factor.m, gcd.Quo(rats[i].Denom(), gcd))
	}
	out := make(form, len(numbers))
	for i := range rats {
		out[i].m.Mul(out[i].m.Quo(&factor.m, rats[i].Denom()), rats[i].Num())
	}
	return out, factor
}
