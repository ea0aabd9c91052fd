package vnnlib

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"relucount/pkg/domain"
)

const declared = `; two inputs
(declare-const X_0 Real)
(declare-const X_1 Real) (declare-fun Y_0 () Real)
`

const unit = declared + "(assert (and (>= X_0 0) (<= X_0 1) (<= 0 X_1 1)))\n"

var inf = math.Inf(1)

func TestParse(t *testing.T) {
	type rows = []domain.Row
	box := func(x0, x1, y0, y1 float64, r ...domain.Row) domain.Domain {
		return domain.Domain{Lower: []float64{x0, y0}, Upper: []float64{x1, y1}, Rows: r}
	}
	for _, c := range []struct {
		name, text string
		left       int
		want       []domain.Domain
	}{
		{"a box", unit, 0, []domain.Domain{box(0, 1, 0, 1)}},
		{"the narrower limit", unit + "(assert (<= X_0 0.5)) (assert (>= X_0 -3))", 0, []domain.Domain{box(0, 0.5, 0, 1)}},
		{"a fixed input", unit + "(assert (= X_1 (/ 1 4)))", 0, []domain.Domain{box(0, 1, 0.25, 0.25)}},
		{"outputs", unit + "(assert (<= Y_0 (* 2 X_0))) (assert (or (and (>= Y_0 1)) (and (<= Y_0 -1))))", 3, []domain.Domain{box(0, 1, 0, 1)}},
		{"a factor", unit + "(assert (< (* -2 X_0) -1.0))", 0, []domain.Domain{box(0.5, 1, 0, 1)}},
		{"a row", unit + "(assert (<= (+ X_0 (* 2 X_1) 1) (- X_0 X_1 (- 3))))", 0, []domain.Domain{box(0, 1, 0, 2.0/3)}},
		{"rows", unit + "(assert (>= (+ X_0 X_1) 0.5)) (assert (= (- X_0 X_1) 0.25))", 0,
			[]domain.Domain{box(0, 1, 0, 1, rows{{A: []float64{-1, -1}, Lo: -inf, Hi: -0.5}, {A: []float64{1, -1}, Lo: 0.25, Hi: 0.25}}...)}},
		{"boxes", unit + "(assert (or (<= X_0 0.25) (and (>= X_0 0.5) (<= X_1 0.5)) (<= X_0 0.25)))", 0,
			[]domain.Domain{box(0, 0.25, 0, 1), box(0.5, 1, 0, 0.5)}},
		{"boxes with outputs", unit + "(assert (or (and (<= X_0 0.25) (>= Y_0 1)) (and (<= X_0 0.25) (<= Y_0 0))))", 2,
			[]domain.Domain{box(0, 0.25, 0, 1)}},
		{"products of boxes", unit + "(assert (or (<= X_0 0) (>= X_0 1))) (assert (or (<= X_1 0) (>= X_1 1)))", 0,
			[]domain.Domain{box(0, 0, 0, 0), box(0, 0, 1, 1), box(1, 1, 0, 0), box(1, 1, 1, 1)}},
		{"impossible cases", unit + "(assert (or false (and (<= 1 0) (<= X_0 0.5)) (<= X_0 -1) (<= X_1 0.5)))", 0, []domain.Domain{box(0, 1, 0, 0.5)}},
		{"a case that is true", unit + "(assert (or true (<= X_0 0.5)))", 0, []domain.Domain{box(0, 1, 0, 1)}},
		{"other commands", "(set-logic QF_LRA)" + unit + `(set-info :source |a ) file|) (check-sat) ; the end`, 0, []domain.Domain{box(0, 1, 0, 1)}},
	} {
		s, err := Parse([]byte(c.text))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		same := slices.EqualFunc(s.Cases, c.want, func(a, b domain.Domain) bool {
			return slices.Equal(a.Lower, b.Lower) && slices.Equal(a.Upper, b.Upper) && slices.EqualFunc(a.Rows, b.Rows, func(r, q domain.Row) bool {
				return slices.Equal(r.A, q.A) && r.Lo == q.Lo && r.Hi == q.Hi
			})
		})
		if !same || s.Inputs != 2 || s.Outputs != 1 || s.Left != c.left {
			t.Errorf("%s: %+v", c.name, s)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"(assert (<= X_0 1))", "1:13: \"X_0\" is not declared"},
		{declared + "(assert (<= X_0 1)", "4:1: the bracket is not closed: the file is cut short"},
		{declared + " )", "4:2: a closing bracket without an opening one"},
		{declared + "(assert\n  (<= X_0 (* X_1 X_1)))", "5:11: a product of variables is not linear"},
		{declared + "(assert (<= X_0 (/ 1 X_1)))", "4:22: only a number other than 0 divides"},
		{declared + "(assert (<= X_0 (/ 1 0)))", "4:22: only a number other than 0 divides"},
		{declared + "(assert (<= X_0 1e999))", "4:17: \"1e999\" is no number"},
		{declared + "(assert (<= X_0 -inf))", "4:17: \"-inf\" is no number"},
		{declared + "(assert (<= (* 1e300 X_0) (* 1e300 1e300)))", "4:27: the numbers are too large"},
		{declared + "(assert (<= X_0))", "4:9: <= compares two or more"},
		{declared + "(assert (<= (+) 1))", "4:13: + of nothing"},
		{declared + "(assert (<= (sin X_0) 1))", "4:13: \"sin\" is not taken in a term"},
		{declared + "(assert (not (<= X_0 1)))", "4:9: not is not taken"},
		{declared + "(assert X_0)", "4:9: a constraint belongs here"},
		{declared + "(assert)", "4:1: assert takes 1 arguments, 0 are here"},
		{declared + "(declare-const X_0 Real)", "4:16: X_0 is declared twice"},
		{declared + "(declare-const X_2 Int)", "4:20: X_2 must be a constant of sort Real"},
		{declared + "(declare-fun X_2 (Real) Real)", "4:25: X_2 must be a constant of sort Real"},
		{declared + "(declare-const input Real)", "4:16: \"input\" is neither an input X_i nor an output Y_i"},
		{declared + "(declare-const X_01 Real)", "4:16: \"X_01\" is neither"},
		{declared + "(declare-network N)", "4:1: \"declare-network\" is no command of VNN-LIB 1.0"},
		{declared + "assert", "4:1: \"assert\" stands where a command belongs"},
		{declared + "(set-info \"no end)", "4:11: the text that begins with \" has no end"},
		{strings.Repeat("(", maxDepth+1), "1:1001: more than 1000 brackets within each other"},
		{"(declare-const Y_0 Real)", "no inputs X_0, X_1, ... are declared"},
		{"(declare-const X_0 Real) (declare-const X_2 Real)", "2 variables X_... are declared, but not X_1"},
		{declared, "no lower limit of X_0 is given"},
		{declared + "(assert (<= 0 X_0 1)) (assert (>= X_1 0))", "no upper limit of X_1 is given"},
		{unit + "(assert (>= X_0 2))", "no input meets the constraints"},
		{unit + "(assert false)", "no input meets the constraints"},
		{unit + strings.Repeat("(assert (or (<= X_0 0.5) (<= X_0 0.6)))", 30), "too many alternatives"},
	} {
		_, err := Parse([]byte(c.text))
		var at *Error
		if err == nil || !strings.Contains(err.Error(), c.want) || errors.As(err, &at) != (c.want[0] >= '0' && c.want[0] <= '9') && !strings.HasPrefix(c.want, "too many") && !strings.HasPrefix(c.want, "2 variables") {
			t.Errorf("%.60q: %v, %q expected", c.text, err, c.want)
		}
	}
}

// meets evaluates a formula at a point, with all that has outputs true.
func meets(f formula, x []float64) bool {
	switch f.op {
	case "and":
		return !slices.ContainsFunc(f.parts, func(g formula) bool { return !meets(g, x) })
	case "or":
		return slices.ContainsFunc(f.parts, func(g formula) bool { return meets(g, x) })
	case "Y":
		return true
	}
	return f.a*x[0]+f.b*x[1] <= f.c
}

type formula struct {
	op      string
	parts   []formula
	a, b, c float64
}

func (f formula) String() string {
	switch f.op {
	case "<=":
		num := func(v float64) string {
			return strings.TrimSuffix(strings.TrimRight(strings.Replace(trim(v), "+", "", 1), "0"), ".")
		}
		return "(<= (+ (* " + num(f.a) + " X_0) (* X_1 " + num(f.b) + ")) " + num(f.c) + ")"
	case "Y":
		return "(>= Y_0 0)"
	}
	s := "(" + f.op
	for _, p := range f.parts {
		s += " " + p.String()
	}
	return s + ")"
}

func trim(v float64) string {
	n := int(v * 4)
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	return sign + string(rune('0'+n/4)) + []string{".00", ".25", ".50", ".75"}[n%4]
}

func draw(rng *rand.Rand, depth int) formula {
	if depth > 0 && rng.IntN(3) > 0 {
		f := formula{op: []string{"and", "or"}[rng.IntN(2)]}
		for range 1 + rng.IntN(3) {
			f.parts = append(f.parts, draw(rng, depth-1))
		}
		return f
	}
	if rng.IntN(8) == 0 {
		return formula{op: "Y"}
	}
	quarter := func() float64 { return float64(rng.IntN(17)-8) / 4 }
	return formula{op: "<=", a: quarter(), b: quarter(), c: quarter()}
}

// The cases of random formulas have the points that meet the formula.
func TestCases(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	several, none := 0, 0
	for range 2000 {
		f := draw(rng, 3)
		s, err := Parse([]byte(unit + "(assert " + f.String() + ")"))
		if err != nil && err.Error() == "no input meets the constraints" {
			s = &Spec{}
			none++
		} else if err != nil {
			t.Fatal(f, err)
		}
		if len(s.Cases) > 1 {
			several++
		}
		for range 30 {
			x := []float64{float64(rng.IntN(33)) / 32, float64(rng.IntN(33)) / 32}
			in := slices.ContainsFunc(s.Cases, func(d domain.Domain) bool {
				for i, v := range x {
					if v < d.Lower[i] || v > d.Upper[i] {
						return false
					}
				}
				return !slices.ContainsFunc(d.Rows, func(r domain.Row) bool {
					v := r.A[0]*x[0] + r.A[1]*x[1]
					return v < r.Lo || v > r.Hi
				})
			})
			if in != meets(f, x) && !near(f, x) {
				t.Fatalf("%v at %v: %v by the cases", f, x, in)
			}
		}
	}
	if several < 300 || none < 20 {
		t.Errorf("%d formulas of several cases, %d of none", several, none)
	}
}

// near tells that a point is on a boundary, where a quotient is rounded.
func near(f formula, x []float64) bool {
	return f.op == "<=" && math.Abs(f.a*x[0]+f.b*x[1]-f.c) < 1e-12 ||
		slices.ContainsFunc(f.parts, func(g formula) bool { return near(g, x) })
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(unit + "(assert (or (and (<= X_0 (+ 1 (* 2 X_1)))) (>= Y_0 1) (= X_1 0.5)))"))
	f.Add([]byte(unit + "(assert (or (<= X_0 0.25) (and (>= X_0 0.5) (<= X_1 0.5)) (<= X_0 0.25))) (check-sat)"))
	f.Add([]byte("(set-info |a| \"b\")"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Parse(data)
		if err != nil {
			return
		}
		if len(s.Cases) == 0 {
			t.Error("no cases")
		}
		for i := range s.Cases {
			if err := s.Cases[i].Check(s.Inputs); err != nil {
				t.Error(err)
			}
		}
	})
}
