package verify

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"regexp"

	"relucount/pkg/record"
)

// form is an affine function of coordinates, the constant last.
type form []*big.Int

// space is the network over coordinates.
type space struct {
	n     int
	units []unit
	rows  map[int]limits // of the domain
	box   [2]form        // limits of the coordinates, lower and upper
	scale uint           // of the box
	lift  []form         // the coordinates over the inputs, nil if they are these
	ends  []ends         // of each of lift
}

// ends has what each input adds to a form at a corner of the box, at its lower
// and its upper limit, where short integers times 2^shift have room for it.
type ends struct {
	add   [2][]int64
	shift uint
}

// limits is the value of a row less its lower and its upper limit; nil for none.
type limits struct {
	less     [2]form
	equation bool
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

// corners returns what inputs add to a form at corners, or nothing when that is too
// long.
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

// overInputs writes a row over the inputs, less a constant.
func (c *Checker) overInputs(row int, constant float64) form {
	f := zero(len(c.at) + 1)
	for e, j := range c.Rows[row].Idx {
		if at, ok := c.at[j]; ok {
			f[at] = c.scaled(c.Rows[row].Val[e])
		}
	}
	f[len(c.at)] = c.scaled(-constant)
	return f
}

// network writes the network over both kinds of coordinates.
func (c *Checker) network() error {
	var domain []int
	for i, row := range c.Rows {
		cuts, err := c.cuts(i)
		if err != nil {
			return err
		}
		if cuts {
			domain = append(domain, i)
		}
		if cuts || c.pre[i] {
			c.admit(row.Lo, row.Hi)
			for e := range row.Val {
				c.admit(&row.Val[e])
			}
		}
	}
	for j := range c.at {
		c.admit(c.Cols[j].Lo, c.Cols[j].Hi)
	}
	x := &space{n: len(c.at), scale: c.scale, rows: map[int]limits{}}
	y := &space{n: c.first + len(domain), scale: 2 * c.scale, rows: map[int]limits{}, lift: []form{}}
	c.inputs, c.spaces = x, map[string]*space{record.OverInputs: x}
	if !c.skips {
		c.spaces[record.OverFirst] = y
	}
	for _, col := range c.Cols {
		if col.Kind == "input" {
			x.box[0], x.box[1] = append(x.box[0], c.scaled(*col.Lo)), append(x.box[1], c.scaled(*col.Hi))
		}
	}
	for k := range c.first {
		y.lift = append(y.lift, c.overInputs(c.Units[k].Pre, *c.Rows[c.Units[k].Pre].Lo))
	}
	for _, i := range domain {
		lo, hi := c.Rows[i].Lo, c.Rows[i].Hi
		var overX, overY limits
		overX.equation = lo != nil && hi != nil && *lo == *hi
		overY.equation = overX.equation
		for end, v := range []*float64{lo, hi} {
			if v != nil {
				overX.less[end], overY.less[end] = c.overInputs(i, *v), zero(y.n+1)
				overY.less[end][len(y.lift)], overY.less[end][y.n] = c.scaled(1), c.scaled(-*v)
			}
		}
		x.rows[i], y.rows[i] = overX, overY
		y.lift = append(y.lift, c.overInputs(i, 0))
	}
	for _, f := range y.lift {
		y.ends = append(y.ends, x.corners(f))
		y.box[0], y.box[1] = append(y.box[0], x.most(f, 0)), append(y.box[1], x.most(f, 1))
	}
	for k, u := range c.Units {
		x.units = append(x.units, c.over(x, k, c.overInputs(u.Pre, *c.Rows[u.Pre].Lo)))
		own := zero(y.n + 1)
		if k < c.first {
			own[k].SetInt64(1)
			y.units = append(y.units, unit{own: own})
		} else {
			own[y.n] = c.scaled(-*c.Rows[u.Pre].Lo)
			y.units = append(y.units, c.over(y, k, own))
		}
	}
	return nil
}

// over is a unit with a form of depth 1 and what it takes of earlier units.
func (c *Checker) over(s *space, k int, own form) unit {
	u, row := unit{own: own, depth: 1}, c.Rows[c.Units[k].Pre]
	for e, j := range row.Idx {
		if from, ok := c.owners[j]; ok && from.unit != k {
			by := c.scaled(row.Val[e])
			if !from.on { // hbar is -g
				by.Neg(by)
			}
			u.from, u.depth = append(u.from, link{from, by}), max(u.depth, s.units[from.unit].depth+1)
		}
	}
	for _, v := range u.own {
		v.Lsh(v, c.scale*(u.depth-1))
	}
	for _, l := range u.from {
		l.by.Lsh(l.by, c.scale*(u.depth-1-s.units[l.unit].depth))
	}
	return u
}

// fraction is what a number may be that is no double.
var fraction = regexp.MustCompile("^-?[0-9]+(/[0-9]+)?$")

// common returns integers in the ratio of the numbers, and the factor that makes
// them.
func common(numbers ...record.Rational) (form, *big.Int, error) {
	factor, rats := big.NewInt(1), make([]big.Rat, len(numbers))
	for i, v := range numbers {
		if v.Fraction == "" {
			rats[i].SetFloat64(v.Double)
		} else if len(v.Fraction) > 10000 || !fraction.MatchString(v.Fraction) {
			return nil, nil, fmt.Errorf("%.40q is no fraction of at most 10000 characters", v.Fraction)
		} else if _, ok := rats[i].SetString(v.Fraction); !ok {
			return nil, nil, fmt.Errorf("%.40q has the denominator 0", v.Fraction)
		}
		gcd := new(big.Int).GCD(nil, nil, factor, rats[i].Denom())
		factor.Mul(factor, gcd.Quo(rats[i].Denom(), gcd))
	}
	out := make(form, len(numbers))
	for i := range rats {
		out[i] = new(big.Int).Quo(factor, rats[i].Denom())
		out[i].Mul(out[i], rats[i].Num())
	}
	return out, factor, nil
}
