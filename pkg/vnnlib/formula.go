package vnnlib

import (
	"maps"
	"math"
	"strconv"
)

// linear is an affine form of inputs. When outputs occur in it the rest does
// not matter.
type linear struct {
	coef     map[int]float64
	constant float64
	outputs  bool
}

func (l *linear) isConstant() bool { return len(l.coef) == 0 && !l.outputs }

// add adds v times m.
func (l *linear) add(m linear, v float64) {
	for i, c := range m.coef {
		if l.coef == nil {
			l.coef = map[int]float64{}
		}
		l.coef[i] += v * c
		if l.coef[i] == 0 {
			delete(l.coef, i)
		}
	}
	l.constant += v * m.constant
	l.outputs = l.outputs || m.outputs
}

func (l *linear) scale(v float64) {
	for i := range l.coef {
		l.coef[i] *= v
	}
	if v == 0 {
		l.coef = nil
	}
	l.constant *= v
}

// finite tells whether no number has overflowed.
func (l *linear) finite() bool {
	sum := math.Abs(l.constant)
	for _, c := range l.coef {
		sum = max(sum, math.Abs(c))
	}
	return sum <= math.MaxFloat64
}

// constraint is form <= 0, or form = 0.
type constraint struct {
	form linear
	zero bool
}

// cases is a disjunction of conjunctions. One with an empty conjunction is
// true, and an empty one is false.
type cases [][]constraint

// maxParts limits the constraints that a formula has when it is multiplied out.
const maxParts = 1 << 20

func (c cases) parts() (n int) {
	for _, k := range c {
		n += len(k) + 1
	}
	return n
}

// and takes over the conjunctions of d, of which the caller has no other use.
func (c cases) and(d cases) cases {
	if len(d) == 1 {
		for i := range c {
			c[i] = append(c[i], d[0]...)
		}
		return c
	}
	var out cases
	for _, k := range c {
		for _, l := range d {
			out = append(out, append(append([]constraint{}, k...), l...))
		}
	}
	return out
}

// formula reads a formula. What it says of outputs counts as true.
func (p *parser) formula(x *expr) (cases, error) {
	switch x.head() {
	case "and", "or":
		return p.connected(x)
	case "<=", ">=", "<", ">", "=":
		return p.compared(x)
	case "not", "=>", "xor", "ite", "let", "forall", "exists", "distinct":
		return nil, p.errorf(x.at, "%s is not taken: write the constraints on inputs with and, or, <= and >=", x.head())
	}
	switch x.atom {
	case "true":
		return cases{nil}, nil
	case "false":
		return nil, nil
	}
	return nil, p.errorf(x.at, "a constraint belongs here, as (<= X_0 0.5)")
}

func (p *parser) connected(x *expr) (cases, error) {
	all := cases{nil}
	if x.head() == "or" {
		all = nil
	}
	for i := range x.list[1:] {
		one, err := p.formula(&x.list[i+1])
		if err != nil {
			return nil, err
		}
		if x.head() == "or" {
			all = append(all, one...)
		} else {
			if len(all) > 1 && len(one) > 1 && all.parts()*one.parts() > maxParts {
				return nil, p.errorf(x.at, "too many alternatives")
			}
			all = all.and(one)
		}
		if all.parts() > maxParts {
			return nil, p.errorf(x.at, "too many alternatives")
		}
	}
	for _, k := range all {
		if len(k) == 0 {
			return cases{nil}, nil
		}
	}
	return all, nil
}

// compared reads a comparison, of two forms or of a chain of them. A strict one
// differs by a boundary, on which there is no region.
func (p *parser) compared(x *expr) (cases, error) {
	if len(x.list) < 3 {
		return nil, p.errorf(x.at, "%s compares two or more", x.head())
	}
	out := cases{nil}
	var left linear
	for i := range x.list[1:] {
		right, err := p.linear(&x.list[i+1])
		if err != nil {
			return nil, err
		}
		if i > 0 {
			form, sign := linear{}, 1.0
			if x.head()[0] == '>' {
				sign = -1
			}
			form.add(left, sign)
			form.add(right, -sign)
			switch {
			case !form.finite():
				return nil, p.errorf(x.at, "the numbers are too large")
			case form.outputs:
				p.left++
			case form.isConstant():
				if form.constant > 0 || form.constant < 0 && x.head() == "=" {
					return nil, nil
				}
			default:
				out[0] = append(out[0], constraint{form, x.head() == "="})
			}
		}
		left = right
	}
	return out, nil
}

// linear reads a term: a number, a variable, or sums, differences, and
// products and quotients by constants.
func (p *parser) linear(x *expr) (linear, error) {
	if !x.isList() {
		return p.operand(x)
	}
	op := x.head()
	switch op {
	case "+", "-", "*", "/":
	default:
		return linear{}, p.errorf(x.at, "%q is not taken in a term: only +, -, * and / are", op)
	}
	if len(x.list) < 2 {
		return linear{}, p.errorf(x.at, "%s of nothing", op)
	}
	sum, err := p.linear(&x.list[1])
	if err != nil {
		return linear{}, err
	}
	sum.coef = maps.Clone(sum.coef)
	if op == "-" && len(x.list) == 2 {
		sum.scale(-1)
	}
	for i := range x.list[2:] {
		y := &x.list[i+2]
		next, err := p.linear(y)
		if err != nil {
			return linear{}, err
		}
		switch op {
		case "+":
			sum.add(next, 1)
		case "-":
			sum.add(next, -1)
		case "*":
			if !next.isConstant() {
				sum, next = next, sum
			}
			if !next.isConstant() {
				return linear{}, p.errorf(x.at, "a product of variables is not linear")
			}
			sum.scale(next.constant)
		case "/":
			if !next.isConstant() || next.constant == 0 {
				return linear{}, p.errorf(y.at, "only a number other than 0 divides")
			}
			for i := range sum.coef {
				sum.coef[i] /= next.constant
			}
			sum.constant /= next.constant
		}
	}
	if !sum.finite() {
		return linear{}, p.errorf(x.at, "the numbers are too large")
	}
	return sum, nil
}

// operand reads a number or a variable.
func (p *parser) operand(x *expr) (linear, error) {
	if c := x.atom[0]; c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' {
		v, err := strconv.ParseFloat(x.atom, 64)
		if err != nil || math.IsInf(v, 0) {
			return linear{}, p.errorf(x.at, "%.40q is no number", x.atom)
		}
		return linear{constant: v}, nil
	}
	kind, i, ok := variable(x.atom)
	if !ok || !p.declared[x.atom] {
		return linear{}, p.errorf(x.at, "%.40q is not declared", x.atom)
	}
	if kind == 'Y' {
		return linear{outputs: true}, nil
	}
	return linear{coef: map[int]float64{i: 1}}, nil
}
