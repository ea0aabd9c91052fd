package verify

import (
	"math"
	"math/big"
	"math/bits"
	"regexp"

	"relucount/pkg/record"
)

// form is an affine function of coordinates, the constant last. It is also a
// list of numbers.
type form []*big.Int

// space is the network over coordinates.
type space struct {
	n     int
	units []unit
	rows  map[int][2]form // of the domain: the value less the lower, and less the upper limit; nil for none
	box   [2]form         // limits of the coordinates, lower and upper
	scale uint            // of the box
	lift  []form          // the coordinates over the inputs, nil if they are these
	ends  []ends          // of each of lift
}

// unit is a pre-activation: a form, and multiples of pre-activations of earlier
// units that are in a state.
type unit struct {
	own   form
	from  []link
	depth uint
}

type link struct {
	owner
	by *big.Int
}

// ends has what each input adds to a form at a corner of the box, at its lower
// and its upper limit, where short integers times 2^shift have room for it.
type ends struct {
	add   [2][]int64
	shift uint
}

// admit makes the scale large enough for numbers; nil is none.
func (c *Checker) admit(numbers ...*float64) {
	for _, v := range numbers {
		if v != nil && *v != 0 {
			f := big.NewFloat(*v)
			c.scale = uint(max(int(c.scale), int(f.MinPrec())-f.MantExp(nil)))
		}
	}
}

// scaled is v 2^s.
func (c *Checker) scaled(v float64) *big.Int {
	f := big.NewFloat(v)
	n, accuracy := f.SetMantExp(f, int(c.scale)).Int(nil)
	if accuracy != big.Exact {
		panic("verify: a number that was not admitted")
	}
	return n
}

func zero(n int) form {
	f := make(form, n)
	for i := range f {
		f[i] = new(big.Int)
	}
	return f
}

// plus adds a multiple of a form; t is scratch.
func (f form) plus(by *big.Int, g form, t *big.Int) {
	for i, v := range g {
		if v.Sign() != 0 && by.Sign() != 0 {
			f[i].Add(f[i], t.Mul(by, v))
		}
	}
}

// most is the maximum of a form over the box, or with end 0 the minimum.
func (s *space) most(f form, end int) *big.Int {
	var t big.Int
	total := new(big.Int).Lsh(f[s.n], s.scale)
	for i, v := range f[:s.n] {
		switch v.Sign() {
		case 1:
			total.Add(total, t.Mul(v, s.box[end][i]))
		case -1:
			total.Add(total, t.Mul(v, s.box[1-end][i]))
		}
	}
	return total
}

// corners returns what inputs add to a form at corners, or nothing when that is
// too long.
func (s *space) corners(f form) ends {
	var products [2]form
	shift := uint(math.MaxInt)
	for end := range products {
		for i := range s.n {
			v := new(big.Int).Mul(f[i], s.box[end][i])
			if v.Sign() != 0 {
				shift = min(shift, v.TrailingZeroBits())
			}
			products[end] = append(products[end], v)
		}
	}
	out := ends{shift: shift}
	for end, list := range products {
		for _, v := range list {
			if v.Rsh(v, shift).BitLen()+bits.Len(uint(s.n)) > 62 {
				return ends{}
			}
			out.add[end] = append(out.add[end], v.Int64())
		}
	}
	return out
}

// row writes the inputs of a row less a number over n coordinates, which are the
// inputs unless it has none.
func (c *Checker) row(i, n int, less float64) form {
	f := zero(n + 1)
	for e, j := range c.Rows[i].Idx {
		if at, ok := c.at[j]; ok && at < n {
			f[at] = c.scaled(c.Rows[i].Val[e])
		}
	}
	f[n] = c.scaled(-less)
	return f
}

// network writes the network over both kinds of coordinates: the inputs, and the
// first units with the rows of the domain.
func (c *Checker) network(first int, domain []int) {
	x := &space{n: len(c.at), scale: c.scale, rows: map[int][2]form{}}
	y := &space{n: first + len(domain), scale: 2 * c.scale, rows: map[int][2]form{}, lift: []form{}}
	c.inputs, c.spaces = x, map[string]*space{record.OverInputs: x, record.OverFirst: y}
	for _, col := range c.Cols {
		if col.Kind == "input" {
			x.box[0], x.box[1] = append(x.box[0], c.scaled(*col.Lo)), append(x.box[1], c.scaled(*col.Hi))
		}
	}
	c.fill(x, 0)
	for k := range first {
		y.lift = append(y.lift, x.units[k].own)
	}
	for _, i := range domain {
		var overX, overY [2]form
		for end, limit := range []*float64{c.Rows[i].Lo, c.Rows[i].Hi} {
			if limit != nil {
				overX[end], overY[end] = c.row(i, x.n, *limit), zero(y.n+1)
				overY[end][len(y.lift)], overY[end][y.n] = c.scaled(1), c.scaled(-*limit)
			}
		}
		x.rows[i], y.rows[i] = overX, overY
		y.lift = append(y.lift, c.row(i, x.n, 0))
	}
	for _, f := range y.lift {
		y.ends = append(y.ends, x.corners(f))
		y.box[0], y.box[1] = append(y.box[0], x.most(f, 0)), append(y.box[1], x.most(f, 1))
	}
	c.fill(y, first)
}

// fill writes the units over coordinates, of which the first are units.
func (c *Checker) fill(s *space, first int) {
	for k, from := range c.Units {
		if k < first {
			s.units = append(s.units, unit{own: zero(s.n + 1)})
			s.units[k].own[k].SetInt64(1)
			continue
		}
		row := c.Rows[from.Pre]
		u := unit{own: c.row(from.Pre, s.n, *row.Lo), depth: 1}
		for e, j := range row.Idx {
			if o, ok := c.owners[j]; ok && o.unit != k {
				by := c.scaled(row.Val[e])
				if !o.on { // hbar is -g
					by.Neg(by)
				}
				u.from, u.depth = append(u.from, link{o, by}), max(u.depth, s.units[o.unit].depth+1)
			}
		}
		for _, v := range u.own {
			v.Lsh(v, c.scale*(u.depth-1))
		}
		for _, l := range u.from {
			l.by.Lsh(l.by, c.scale*(u.depth-1-s.units[l.unit].depth))
		}
		s.units = append(s.units, u)
	}
}

// fraction is what a number may be that is no double.
var fraction = regexp.MustCompile("^-?[0-9]+(/[0-9]+)?$")

// common returns integers in the ratio of the numbers, and the factor that makes
// them.
func common(numbers []record.Rational) (form, *big.Int) {
	factor, rats := big.NewInt(1), make([]big.Rat, len(numbers))
	for i, v := range numbers {
		if v.Fraction == "" {
			rats[i].SetFloat64(v.Double)
		} else {
			need(len(v.Fraction) <= 10000 && fraction.MatchString(v.Fraction), "%.40q is no fraction of at most 10000 characters", v.Fraction)
			_, ok := rats[i].SetString(v.Fraction)
			need(ok, "%.40q has the denominator 0", v.Fraction)
		}
		gcd := new(big.Int).GCD(nil, nil, factor, rats[i].Denom())
		factor.Mul(factor, gcd.Quo(rats[i].Denom(), gcd))
	}
	out := make(form, len(numbers))
	for i := range rats {
		out[i] = new(big.Int).Quo(factor, rats[i].Denom())
		out[i].Mul(out[i], rats[i].Num())
	}
	return out, factor
}
