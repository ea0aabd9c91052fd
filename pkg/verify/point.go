package verify

import (
	"errors"
	"fmt"
	"math/big"
	"strings"

	"relucount/pkg/record"
)

// longest is how long a fraction may be.
const longest = 10000

// common returns integers that have the ratios of the numbers, and the positive
// number by which they were multiplied.
func common(numbers []record.Rational) ([]big.Int, *big.Int, error) {
	out, den, exp := make([]big.Int, len(numbers)), big.NewInt(1), 0
	over := make([]*big.Int, len(numbers)) // denominators of fractions
	for i, v := range numbers {
		if v.Fraction == "" {
			_, e := dyadic(v.Double)
			exp = max(exp, -e)
			continue
		}
		above, below, ok := strings.Cut(v.Fraction, "/")
		if !ok {
			below = "1"
		}
		over[i] = new(big.Int)
		digits := strings.Trim(strings.TrimPrefix(above, "-")+below, "0123456789") == "" && below != "" && strings.TrimPrefix(above, "-") != ""
		if !digits || len(v.Fraction) > longest {
			return nil, nil, fmt.Errorf("%.40q is no fraction of whole numbers with %d digits at most", v.Fraction, longest)
		}
		out[i].SetString(above, 10)
		over[i].SetString(below, 10)
		if over[i].Sign() == 0 {
			return nil, nil, fmt.Errorf("%.40q has the denominator 0", v.Fraction)
		}
		gcd := new(big.Int).GCD(nil, nil, den, over[i])
		den.Mul(den, gcd.Quo(over[i], gcd))
	}
	for i, v := range numbers {
		if over[i] != nil {
			out[i].Mul(&out[i], over[i].Quo(den, over[i])).Lsh(&out[i], uint(exp))
			continue
		}
		m, e := dyadic(v.Double)
		out[i].SetInt64(m).Lsh(&out[i], uint(e+exp))
		if den.BitLen() > 1 {
			out[i].Mul(&out[i], den)
		}
	}
	return out, den.Lsh(den, uint(exp)), nil
}

// locate reads the points, all over one denominator.
func (t *tree) locate(points []record.Point) error {
	n := t.x.n
	numbers := make([]record.Rational, 0, n*len(points))
	for i, p := range points {
		x := p.X
		if p.Corner != "" {
			if len(p.Corner) != n || strings.Trim(p.Corner, "01") != "" {
				return fmt.Errorf("points[%d]: a corner has %d digits, 0 or 1", i, n)
			}
			x = make([]record.Rational, n)
			for j, end := range p.Corner {
				x[j].Double = t.x.ends[end-'0'][j]
			}
		}
		if len(x) != n {
			return fmt.Errorf("points[%d]: %d numbers for %d inputs", i, len(x), n)
		}
		numbers = append(numbers, x...)
	}
	all, den, err := common(numbers)
	if err != nil {
		return fmt.Errorf("points: %w", err)
	}
	t.den = den
	for i := range points {
		x := all[i*n : (i+1)*n]
		inside, err := t.x.within(x, den)
		if err != nil {
			return fmt.Errorf("points[%d]: %w", i, err)
		}
		t.points, t.inside = append(t.points, t.raised(x, den)), append(t.inside, inside)
	}
	if t.lift != nil {
		t.den = new(big.Int).Lsh(den, t.lifted)
	}
	return nil
}

// within checks that a point, times den, is within the limits of the inputs, and
// reports whether it is so strictly where these leave room.
func (s *space) within(x []big.Int, den *big.Int) (strictly bool, err error) {
	var v, end big.Int
	strictly = true
	for j := range x {
		v.Lsh(&x[j], s.exp)
		below, above := v.Cmp(end.Mul(s.lo[j], den)), v.Cmp(end.Mul(s.hi[j], den))
		if below < 0 || above > 0 {
			return false, fmt.Errorf("input %d is outside of its limits", j)
		}
		strictly = strictly && ((below > 0 && above < 0) || s.lo[j].Cmp(s.hi[j]) == 0)
	}
	return strictly, nil
}

// raised returns the coordinates of a point, times den 2^lifted.
func (t *tree) raised(x []big.Int, den *big.Int) []big.Int {
	if t.lift == nil {
		return x
	}
	out := make([]big.Int, t.n)
	for i, f := range t.lift {
		t.eval(&out[i], f.terms, x, den)
	}
	return out
}

// eval evaluates a form at a point times den; the value is times den, too.
func (t *tree) eval(to *big.Int, terms []term, x []big.Int, den *big.Int) {
	to.SetInt64(0)
	for _, v := range terms {
		if v.at == len(x) {
			t.add(to, v.by, den)
		} else {
			t.add(to, v.by, &x[v.at])
		}
	}
}

// leaf checks that every unit has a state and that the point of the leaf is
// strictly on the right side.
func (t *tree) leaf(n *record.ProofNode) error {
	for k, state := range t.states {
		if state < 0 {
			return fmt.Errorf("a leaf, but unit %d has no state", k)
		}
	}
	x, den, err := t.point(n)
	if err != nil {
		return err
	}
	v := new(big.Int)
	for i, row := range t.rows {
		if row.lo != nil {
			t.eval(v, row.lo.terms, x, den)
			if v.Sign() < 0 || (v.Sign() == 0) != row.equation {
				return fmt.Errorf("the point is not above the lower limit of row %d", i)
			}
		}
		if row.hi != nil {
			t.eval(v, row.hi.terms, x, den)
			if v.Sign() > 0 || (v.Sign() == 0) != row.equation {
				return fmt.Errorf("the point is not below the upper limit of row %d", i)
			}
		}
	}
	for k, u := range t.units {
		g := &t.values[k]
		t.eval(g, u.terms, x, den)
		for _, l := range u.from {
			t.add(g, l.by[t.states[l.unit]], &t.values[l.unit])
		}
		on, sign := t.states[k] == 1, g.Sign()
		if on && sign <= 0 || !on && (sign > 0 || sign == 0 && t.split[k]) {
			return fmt.Errorf("the point is on the wrong side of unit %d", k)
		}
	}
	return nil
}

// point returns the coordinates of the point of a leaf, times den.
func (t *tree) point(n *record.ProofNode) (x []big.Int, den *big.Int, err error) {
	inside := false
	switch {
	case n.X != nil && n.Mix == nil && len(n.X) == t.x.n:
		x, den, err := common(n.X)
		if err == nil {
			inside, err = t.x.within(x, den)
		}
		if err != nil || !inside {
			return nil, nil, errors.Join(errors.New("the point is not inside of the limits"), err)
		}
		if t.lift == nil {
			return x, den, nil
		}
		return t.raised(x, den), den.Lsh(den, t.lifted), nil
	case n.X != nil || n.Mix == nil:
		return nil, nil, errors.New("a leaf has either an x with a number for each input or a mix")
	}
	numbers := make([]record.Rational, len(n.Mix))
	for i, v := range n.Mix {
		numbers[i] = v.Times
	}
	weights, _, err := common(numbers)
	if err != nil {
		return nil, nil, err
	}
	x, den = make([]big.Int, t.n), new(big.Int)
	seen := map[int]bool{}
	for i, v := range n.Mix {
		if v.Index < 0 || v.Index >= len(t.points) || seen[v.Index] || weights[i].Sign() <= 0 {
			return nil, nil, fmt.Errorf("mix[%d]: there is no point %d, or it stands twice, or its weight is not positive", i, v.Index)
		}
		seen[v.Index], inside = true, inside || t.inside[v.Index]
		for j := range x {
			t.add(&x[j], &weights[i], &t.points[v.Index][j])
		}
		den.Add(den, &weights[i])
	}
	if !inside {
		return nil, nil, errors.New("no point of the mix is inside of the limits")
	}
	return x, den.Mul(den, t.den), nil
}
