// Package vnnlib reads the constraints that a VNN-LIB file puts on the inputs of
// a network.
//
// A VNN-LIB file is a set of SMT-LIB 2 commands. Inputs are X_0, X_1, ...,
// outputs Y_0, Y_1, ...:
//
//	(declare-const X_0 Real)
//	(declare-const Y_0 Real)
//	(assert (<= X_0 0.5))
//	(assert (or (and (>= X_0 0) (<= X_0 0.1)) (and (>= X_0 0.4) (<= Y_0 1))))
//
// Taken are <=, >=, <, > and = between affine terms, and, or, true and false. A
// constraint in which outputs occur counts as true. What is left is multiplied
// out to a disjunction of cases, each a box cut by rows. Cases that are equal
// are one, and those that no input meets are left out.
package vnnlib

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"

	"relucount/pkg/domain"
)

// Spec is what a file says of inputs.
type Spec struct {
	Inputs, Outputs int // variables declared
	Cases           []domain.Domain
	// Left is the number of constraints in which outputs occur.
	Left int
}

// Limits of the numbers that all cases have, and of the cases.
const (
	maxNumbers = 1 << 24
	maxCases   = 1 << 12
)

type parser struct {
	reader
	declared map[string]bool
	count    map[byte]int // variables declared, by the letter
	left     int
}

// Parse reads a file. An *Error has the place of what is wrong.
func Parse(data []byte) (*Spec, error) {
	p := &parser{reader: reader{text: string(data)}, declared: map[string]bool{}, count: map[byte]int{}}
	all := cases{nil}
	for {
		p.skip()
		if p.at >= len(p.text) {
			break
		}
		x, err := p.next(0)
		if err != nil {
			return nil, err
		}
		one, err := p.command(&x)
		if err != nil {
			return nil, err
		}
		if len(all) > 1 && len(one) > 1 && all.parts()*one.parts() > maxParts {
			return nil, p.errorf(x.at, "too many alternatives")
		}
		if all = all.and(one); all.parts() > maxParts {
			return nil, p.errorf(x.at, "too many alternatives")
		}
	}
	s := &Spec{Inputs: p.count['X'], Outputs: p.count['Y'], Left: p.left}
	if s.Inputs == 0 {
		return nil, errors.New("no inputs X_0, X_1, ... are declared")
	}
	for _, letter := range []byte("XY") {
		n := p.count[letter]
		for i := range n {
			if name := fmt.Sprintf("%c_%d", letter, i); !p.declared[name] {
				return nil, fmt.Errorf("%d variables %c_... are declared, but not %s", n, letter, name)
			}
		}
	}
	for _, k := range all {
		d, err := s.region(k)
		if err != nil {
			return nil, err
		}
		if d != nil && !slices.ContainsFunc(s.Cases, func(e domain.Domain) bool { return reflect.DeepEqual(e, *d) }) {
			s.Cases = append(s.Cases, *d)
		}
		if len(s.Cases) > maxCases || (len(s.Cases)+1)*(len(k)+2)*s.Inputs > maxNumbers {
			return nil, errors.New("too many alternatives")
		}
	}
	if len(s.Cases) == 0 {
		return nil, errors.New("no input meets the constraints")
	}
	return s, nil
}

// command reads a command, and what it asserts.
func (p *parser) command(x *expr) (cases, error) {
	if !x.isList() {
		return nil, p.errorf(x.at, "%.40q stands where a command belongs, as (assert ...)", x.atom)
	}
	size := map[string]int{"declare-const": 3, "declare-fun": 4, "assert": 2}[x.head()]
	if size > 0 && len(x.list) != size {
		return nil, p.errorf(x.at, "%s takes %d arguments, %d are here", x.head(), size-1, len(x.list)-1)
	}
	switch x.head() {
	case "assert":
		return p.formula(&x.list[1])
	case "declare-const", "declare-fun":
		return cases{nil}, p.declare(x)
	case "set-logic", "set-info", "set-option", "check-sat", "get-model", "get-value", "exit":
		return cases{nil}, nil
	}
	return nil, p.errorf(x.at, "%.40q is no command of VNN-LIB 1.0", x.head())
}

func (p *parser) declare(x *expr) error {
	name, sort := &x.list[1], &x.list[len(x.list)-1]
	letter, _, ok := variable(name.atom)
	switch {
	case !ok:
		return p.errorf(name.at, "%.40q is neither an input X_i nor an output Y_i", name.atom)
	case p.declared[name.atom]:
		return p.errorf(name.at, "%s is declared twice", name.atom)
	case sort.atom != "Real" || len(x.list) == 4 && (!x.list[2].isList() || len(x.list[2].list) > 0):
		return p.errorf(sort.at, "%s must be a constant of sort Real", name.atom)
	}
	p.declared[name.atom] = true
	p.count[letter]++
	return nil
}

// variable reads X_i or Y_i.
func variable(name string) (letter byte, i int, ok bool) {
	if len(name) < 3 || name[0] != 'X' && name[0] != 'Y' || name[1] != '_' {
		return 0, 0, false
	}
	i, err := strconv.Atoi(name[2:])
	return name[0], i, err == nil && name[2:] == strconv.Itoa(i) && i >= 0
}

// region returns the inputs that meet all constraints, or nil when limits
// exclude each other.
func (s *Spec) region(all []constraint) (*domain.Domain, error) {
	d := domain.Box(s.Inputs, math.Inf(-1), math.Inf(1))
	for _, c := range all {
		if len(c.form.coef) > 1 {
			if (len(d.Rows)+1)*s.Inputs > maxNumbers {
				return nil, errors.New("too many constraints")
			}
			r := domain.Row{A: make([]float64, s.Inputs), Lo: math.Inf(-1), Hi: 0 - c.form.constant}
			for i, v := range c.form.coef {
				r.A[i] = v
			}
			if c.zero {
				r.Lo = r.Hi
			}
			d.Rows = append(d.Rows, r)
			continue
		}
		for i, v := range c.form.coef {
			limit := 0 - c.form.constant/v
			if v > 0 || c.zero {
				d.Upper[i] = min(d.Upper[i], limit)
			}
			if v < 0 || c.zero {
				d.Lower[i] = max(d.Lower[i], limit)
			}
		}
	}
	for i := range d.Lower {
		if d.Lower[i] > d.Upper[i] {
			return nil, nil
		}
	}
	for i := range d.Lower {
		switch {
		case math.IsInf(d.Lower[i], 0):
			return nil, fmt.Errorf("no lower limit of X_%d is given", i)
		case math.IsInf(d.Upper[i], 0):
			return nil, fmt.Errorf("no upper limit of X_%d is given", i)
		}
	}
	return d, nil
}
