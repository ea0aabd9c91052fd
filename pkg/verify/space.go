package verify

import (
	"math"
	"math/big"
	"math/bits"
)

// space is the network over coordinates: the inputs, or those of kind "first".
type space struct {
	n      int
	units  []unit
	rows   map[int]limits // of the domain, by row of the milp
	lo, hi []*big.Int     // limits of each coordinate, times 2^exp
	exp    uint
	ends   [2][]float64 // the limits of inputs as they are
	lift   []form       // the coordinates over the inputs, nil if they are these
	lifted uint         // exponent of all of lift
}

// term is a multiple of a coordinate, or of the constant 1 as coordinate n.
type term struct {
	at int
	by *big.Int
}

// form is an affine function times 2^exp.
type form struct {
	terms []term
	exp   uint
}

// unit is a pre-activation: a form, and multiples of pre-activations of earlier
// units, which depend on their states.
type unit struct {
	form
	from []link
}

type link struct {
	unit int
	by   [2]*big.Int // by its state; the product with that unit's form has this unit's exponent
}

// limits is a row of the domain: its value less each limit that it has.
type limits struct {
	lo, hi   *form
	equation bool
}

// dyadic splits v into m 2^e with an odd m, or 0.
func dyadic(v float64) (m int64, e int) {
	if v == 0 {
		return 0, 0
	}
	f, e := math.Frexp(v)
	m = int64(math.Ldexp(f, 53))
	zeros := bits.TrailingZeros64(uint64(m))
	return m >> zeros, e - 53 + zeros
}

// exponent is the least exponent with which v becomes an integer.
func exponent(v float64) uint {
	_, e := dyadic(v)
	return uint(max(0, -e))
}

// scaled is v 2^exp.
func scaled(v float64, exp uint) *big.Int {
	m, e := dyadic(v)
	return new(big.Int).Lsh(big.NewInt(m), uint(e+int(exp)))
}

// space writes the network over n coordinates, of which the first ones are
// the pre-activations of that many units.
func (r *reader) space(n, first int) *space {
	s := &space{n: n, rows: map[int]limits{}}
	for k, u := range r.Units {
		if k < first {
			s.units = append(s.units, unit{form: form{terms: []term{{k, big.NewInt(1)}}}})
			continue
		}
		row, exp := r.Rows[u.Pre], uint(0)
		for e, j := range row.Idx {
			if from, ok := r.owners[j]; ok && from.unit != k {
				exp = max(exp, s.units[from.unit].exp+exponent(row.Val[e]))
			}
		}
		next := unit{form: r.form(u.Pre, n, -*row.Lo, exp)}
		for e, j := range row.Idx {
			from, ok := r.owners[j]
			if !ok || from.unit == k || row.Val[e] == 0 {
				continue
			}
			by := [2]*big.Int{new(big.Int), new(big.Int)}
			by[from.on] = scaled(row.Val[e], next.exp-s.units[from.unit].exp)
			if from.on == 0 { // hbar is -g
				by[0].Neg(by[0])
			}
			next.from = append(next.from, link{from.unit, by})
		}
		s.units = append(s.units, next)
	}
	return s
}

// form reads the inputs of a row and a constant, which is coordinate n, with an
// exponent of at least exp.
func (r *reader) form(row, n int, constant float64, exp uint) form {
	exp = max(exp, exponent(constant))
	for _, v := range r.Rows[row].Val {
		exp = max(exp, exponent(v))
	}
	f := form{terms: []term{{n, scaled(constant, exp)}}, exp: exp}
	for e, j := range r.Rows[row].Idx {
		if at, ok := r.input[j]; ok && r.Rows[row].Val[e] != 0 {
			f.terms = append(f.terms, term{at, scaled(r.Rows[row].Val[e], exp)})
		}
	}
	return f
}

// limited makes the limits of a row of the domain of its value less a number.
func (r *reader) limited(i int, less func(v float64) form) limits {
	lo, hi := r.Rows[i].Lo, r.Rows[i].Hi
	out := limits{equation: lo != nil && hi != nil && *lo == *hi}
	if lo != nil {
		f := less(*lo)
		out.lo = &f
	}
	if hi != nil {
		f := less(*hi)
		out.hi = &f
	}
	return out
}

// overInputs writes the network over the inputs.
func (r *reader) overInputs(domain []int) *space {
	s := r.space(len(r.input), 0)
	for _, c := range r.Cols {
		if c.Kind == "input" {
			s.exp = max(s.exp, exponent(*c.Lo), exponent(*c.Hi))
		}
	}
	for _, c := range r.Cols {
		if c.Kind == "input" {
			s.lo, s.hi = append(s.lo, scaled(*c.Lo, s.exp)), append(s.hi, scaled(*c.Hi, s.exp))
			s.ends[0], s.ends[1] = append(s.ends[0], *c.Lo), append(s.ends[1], *c.Hi)
		}
	}
	for _, i := range domain {
		s.rows[i] = r.limited(i, func(v float64) form { return r.form(i, s.n, -v, 0) })
	}
	return s
}

// overFirst writes the network over the pre-activations of layer 1 and the
// values of the domain's rows, whose limits are their exact ranges over the
// limits of the inputs.
func (r *reader) overFirst(x *space, layers, domain []int) *space {
	first := 0
	for first < len(layers) && layers[first] == 1 {
		first++
	}
	s := r.space(first+len(domain), first)
	for k := range first {
		s.lift = append(s.lift, r.form(r.Units[k].Pre, x.n, -*r.Rows[r.Units[k].Pre].Lo, 0))
	}
	for d, i := range domain {
		s.lift = append(s.lift, r.form(i, x.n, 0, 0))
		s.rows[i] = r.limited(i, func(v float64) form {
			exp := exponent(v)
			return form{[]term{{first + d, scaled(1, exp)}, {s.n, scaled(-v, exp)}}, exp}
		})
	}
	for _, f := range s.lift {
		s.lifted = max(s.lifted, f.exp)
	}
	s.exp = s.lifted + x.exp
	for i, f := range s.lift {
		for _, t := range f.terms {
			t.by.Lsh(t.by, s.lifted-f.exp)
		}
		s.lift[i].exp = s.lifted
	}
	for _, f := range s.lift {
		lo, hi := new(big.Int), new(big.Int)
		for _, t := range f.terms {
			ends := [2]*big.Int{new(big.Int).Lsh(t.by, x.exp), nil}
			ends[1] = ends[0]
			if t.at < x.n {
				ends[0], ends[1] = new(big.Int).Mul(t.by, x.lo[t.at]), new(big.Int).Mul(t.by, x.hi[t.at])
			}
			if t.by.Sign() < 0 {
				ends[0], ends[1] = ends[1], ends[0]
			}
			lo, hi = lo.Add(lo, ends[0]), hi.Add(hi, ends[1])
		}
		s.lo, s.hi = append(s.lo, lo), append(s.hi, hi)
	}
	return s
}
