package milp_test

import (
	"bytes"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"relucount/pkg/milp"
	"relucount/pkg/truth"
)

// program is what an exact reader of MPS or LP makes of a file.
type program struct {
	lo, hi    map[string]*big.Rat // of columns and of rows, as names differ
	integer   map[string]bool
	entry     map[[2]string]*big.Rat // row, column
	cols      []string
	objective map[string]*big.Rat // to be minimised
}

func newProgram() *program {
	return &program{map[string]*big.Rat{}, map[string]*big.Rat{}, map[string]bool{}, map[[2]string]*big.Rat{}, nil, map[string]*big.Rat{}}
}

// infinity is more than any double.
var infinity = new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), 2000))

// rational is v exactly.
func rational(v float64) *big.Rat {
	if math.IsInf(v, 0) {
		return new(big.Rat).Mul(infinity, big.NewRat(int64(math.Copysign(1, v)), 1))
	}
	return truth.Rat(v)
}

func number(t testing.TB, s string) *big.Rat {
	t.Helper()
	switch s {
	case "-inf":
		return rational(math.Inf(-1))
	case "+inf":
		return infinity
	}
	v, ok := new(big.Rat).SetString(s)
	if !ok || strings.Contains(s, "/") {
		t.Fatalf("%q is no number", s)
	}
	return v
}

// inFull compares numbers exactly, nearly reads text as doubles.
func inFull(got *big.Rat, v float64) bool { return got != nil && got.Cmp(rational(v)) == 0 }
func nearly(got *big.Rat, v float64) bool {
	if got == nil || math.IsInf(v, 0) {
		return inFull(got, v)
	}
	d, _ := got.Float64()
	return d == v
}

// places are the columns between the fields of fixed MPS.
var places = []int{12, 13, 22, 23, 36, 37, 38, 47, 48, 61, 62, 63}

// fixed checks a line as readers do that find out by themselves whether a file
// is fixed MPS, such as SCIP: until a line has something between the fields,
// they join names there. It reports whether the line shows that the file is free.
func fixed(t testing.TB, line string) (free bool) {
	t.Helper()
	wide := fmt.Sprintf("%-80s", line)
	for _, at := range places {
		if wide[at] != ' ' {
			return true
		}
	}
	if len(line) >= 14 && !strings.ContainsAny(wide[24:36], "0123456789") {
		return false
	}
	for _, field := range []string{wide[4:13], wide[14:23], wide[39:48]} {
		if len(strings.Fields(field)) > 1 {
			t.Errorf("%q joins names in fixed MPS", line)
		}
	}
	return false
}

// readMPS reads free MPS.
func readMPS(t testing.TB, text string) *program {
	t.Helper()
	p := newProgram()
	section, integer, free := "", false, false
	sense := map[string]string{}
	for _, line := range strings.Split(text, "\n") {
		f := strings.Fields(line)
		if len(f) == 0 || line[0] == '*' {
			continue
		}
		if line[0] != ' ' {
			section = f[0]
			continue
		}
		free = free || fixed(t, line)
		switch section {
		case "ROWS":
			sense[f[1]] = f[0]
			p.lo[f[1]] = rational(map[string]float64{"G": 0, "E": 0, "L": math.Inf(-1), "N": math.Inf(-1)}[f[0]])
			p.hi[f[1]] = rational(map[string]float64{"G": math.Inf(1), "E": 0, "L": 0, "N": math.Inf(1)}[f[0]])
		case "COLUMNS":
			if f[1] == "'MARKER'" {
				integer = f[2] == "'INTORG'"
				continue
			}
			if n := len(p.cols); n == 0 || p.cols[n-1] != f[0] {
				if slices.Contains(p.cols, f[0]) {
					t.Fatalf("the entries of column %s do not follow each other", f[0])
				}
				p.cols = append(p.cols, f[0])
				p.integer[f[0]] = integer
				p.lo[f[0]], p.hi[f[0]] = new(big.Rat), infinity
			}
			if _, ok := sense[f[1]]; !ok {
				t.Fatalf("row %s was not announced", f[1])
			}
			if v := number(t, f[2]); f[1] == "obj" {
				if v.Sign() != 0 {
					p.objective[f[0]] = v
				}
			} else if v.Sign() != 0 {
				p.entry[[2]string{f[1], f[0]}] = v
			}
		case "RHS":
			v := number(t, f[2])
			if s := sense[f[1]]; s == "G" || s == "E" {
				p.lo[f[1]] = v
			}
			if s := sense[f[1]]; s == "L" || s == "E" {
				p.hi[f[1]] = v
			}
		case "RANGES":
			if sense[f[1]] != "G" {
				t.Fatalf("a range on row %s of sense %s", f[1], sense[f[1]])
			}
			p.hi[f[1]] = new(big.Rat).Add(p.lo[f[1]], number(t, f[2]))
		case "BOUNDS":
			switch f[0] {
			case "MI":
				p.lo[f[2]] = rational(math.Inf(-1))
			case "PL":
				p.hi[f[2]] = infinity
			case "LO":
				p.lo[f[2]] = number(t, f[3])
			case "UP":
				p.hi[f[2]] = number(t, f[3])
			default:
				t.Fatalf("bound %s", f[0])
			}
		}
	}
	if section != "ENDATA" || integer {
		t.Fatalf("the file ends in section %s", section)
	}
	delete(p.lo, "obj")
	delete(p.hi, "obj")
	return p
}

// readLP reads CPLEX LP as WriteLP uses it: a constraint may go over several
// lines, a bound is lo <= name <= hi.
func readLP(t testing.TB, text string) *program {
	t.Helper()
	p := newProgram()
	section := ""
	var expr []string
	for _, line := range strings.Split(text, "\n") {
		if len(line) > 500 {
			t.Errorf("a line of %d characters", len(line))
		}
		line, _, _ = strings.Cut(line, "\\")
		if line == "" {
			continue
		}
		if line[0] != ' ' {
			section = line
			continue
		}
		f := strings.Fields(line)
		switch section {
		case "Maximize":
			p.objective[f[len(f)-1]] = big.NewRat(-1, 1)
		case "Subject To":
			expr = append(expr, f...)
			n := len(expr)
			if !strings.HasSuffix(expr[0], ":") || n < 3 || !strings.Contains("<= >= =", expr[n-2]) {
				continue
			}
			name := strings.TrimSuffix(expr[0], ":")
			v := number(t, expr[n-1])
			p.lo[name], p.hi[name] = rational(math.Inf(-1)), infinity
			if expr[n-2] != "<=" {
				p.lo[name] = v
			}
			if expr[n-2] != ">=" {
				p.hi[name] = v
			}
			sign := int64(1)
			for e := 1; e < n-2; {
				switch expr[e] {
				case "+", "-":
					sign = map[string]int64{"+": 1, "-": -1}[expr[e]]
					e++
				default:
					if w := new(big.Rat).Mul(big.NewRat(sign, 1), number(t, expr[e])); w.Sign() != 0 {
						p.entry[[2]string{name, expr[e+1]}] = w
					}
					e += 2
				}
			}
			expr = nil
		case "Bounds":
			if len(f) != 5 || f[1] != "<=" || f[3] != "<=" {
				t.Fatalf("bound %q", line)
			}
			p.cols = append(p.cols, f[2])
			p.lo[f[2]], p.hi[f[2]] = number(t, f[0]), number(t, f[4])
		case "General":
			p.integer[f[0]] = true
		}
	}
	if section != "End" || expr != nil {
		t.Fatalf("the file ends in section %q", section)
	}
	return p
}

// edited has every kind of row and column that a user may add.
func edited(rng *rand.Rand) *milp.Problem {
	n, d := random(rng, rng.IntN(2) == 0)
	p := encode(n, d)
	inf := math.Inf(1)
	awkward := []float64{0.1, -1.0 / 3, 1e-300, -1e300, 5e-324, 123456789.123456789, 1 << 53, -2.5}
	pick := func() float64 { return awkward[rng.IntN(len(awkward))] }
	col := func(lo, hi float64, integer bool) {
		p.Cols = append(p.Cols, milp.Col{Name: fmt.Sprint("v_", len(p.Cols)), Kind: "user", Lo: milp.Lo(lo), Hi: milp.Hi(hi), Integer: integer})
	}
	col(-inf, inf, false)
	col(-inf, -3, true)
	col(2, inf, true)
	col(0.1, 0.1, false)
	col(-7, -1, false)
	row := func(lo, hi float64) {
		r := milp.Row{Name: fmt.Sprint("u_", len(p.Rows)), Kind: "user", Lo: milp.Lo(lo), Hi: milp.Hi(hi)}
		for j := range p.Cols {
			if rng.IntN(2) == 0 {
				r.Idx, r.Val = append(r.Idx, j), append(r.Val, pick())
			}
		}
		p.Rows = append(p.Rows, r)
	}
	row(-inf, pick())
	row(pick(), inf)
	row(-inf, inf)
	v := pick()
	row(v, v)
	row(-0.75, 1.5)
	row(0, 1)
	p.Rows = append(p.Rows, milp.Row{Name: "none", Kind: "user", Lo: -1, Hi: 1})
	return p
}

func write(t testing.TB, f func(*bytes.Buffer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := f(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// same compares a program read with the problem written, number by number.
func same(t testing.TB, what string, p *milp.Problem, got *program, equal func(*big.Rat, float64) bool, cols, rows func(int) string, twoRows bool) {
	t.Helper()
	if len(got.cols) != len(p.Cols) {
		t.Fatalf("%s: %d columns of %d", what, len(got.cols), len(p.Cols))
	}
	entries := 0
	for j, c := range p.Cols {
		name := cols(j)
		if got.cols[j] != name || !equal(got.lo[name], float64(c.Lo)) || !equal(got.hi[name], float64(c.Hi)) || got.integer[name] != c.Integer {
			t.Errorf("%s: column %s (%s): [%v, %v] integer %v for %+v", what, name, got.cols[j], got.lo[name], got.hi[name], got.integer[name], c)
		}
	}
	for i, r := range p.Rows {
		lo, hi := float64(r.Lo), float64(r.Hi)
		free := math.IsInf(lo, -1) && math.IsInf(hi, 1)
		names := []string{rows(i)}
		if twoRows && free {
			continue
		}
		if twoRows && !math.IsInf(lo, -1) && !math.IsInf(hi, 1) && lo != hi {
			names = []string{rows(i) + "_lo", rows(i) + "_hi"}
		}
		for n, name := range names {
			l, h := lo, hi
			if len(names) == 2 {
				l, h = []float64{lo, math.Inf(-1)}[n], []float64{math.Inf(1), hi}[n]
			}
			if !equal(got.lo[name], l) || !equal(got.hi[name], h) {
				t.Errorf("%s: row %s: [%v, %v], [%v, %v] expected", what, name, got.lo[name], got.hi[name], l, h)
			}
			for e, j := range r.Idx {
				if v := got.entry[[2]string{name, cols(j)}]; !(v == nil && r.Val[e] == 0) && !equal(v, r.Val[e]) {
					t.Errorf("%s: row %s, column %s: %v for %v", what, name, cols(j), v, r.Val[e])
				}
				if r.Val[e] != 0 { // of a unit that is 0 at least, or at most
					entries++
				}
			}
		}
	}
	if entries != len(got.entry) {
		t.Errorf("%s: %d entries for %d", what, len(got.entry), entries)
	}
}

func TestWritten(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(21, seed))
		p := edited(rng)
		if err := p.Check(); err != nil {
			t.Fatal(err)
		}
		col := func(j int) string { return p.Cols[j].Name }
		row := func(i int) string { return p.Rows[i].Name }
		mps := func(b *bytes.Buffer) error { return p.WriteMPS(b) }
		lp := func(b *bytes.Buffer) error { return p.WriteLP(b) }
		same(t, "MPS", p, readMPS(t, write(t, mps)), nearly, col, row, false)
		same(t, "LP", p, readLP(t, write(t, lp)), nearly, col, row, true)

		// names that a reader would not take, or would take for one another
		for _, name := range []string{"my column", "e12", "E", "2x", "", "a:b", p.Cols[0].Name} {
			old := p.Cols[1].Name
			if len(p.Cols) < 2 || name == old {
				continue
			}
			p.Cols[1].Name = name
			same(t, "MPS with the name "+name, p, readMPS(t, write(t, mps)), nearly, func(j int) string { return fmt.Sprint("c", j) }, row, false)
			same(t, "LP with the name "+name, p, readLP(t, write(t, lp)), nearly, func(j int) string { return fmt.Sprint("c", j) }, row, true)
			p.Cols[1].Name = old
		}
		p.Rows[0].Name = p.Rows[1].Name
		same(t, "MPS with one row name twice", p, readMPS(t, write(t, mps)), nearly, col, func(i int) string { return fmt.Sprint("r", i) }, false)
		same(t, "LP with one row name twice", p, readLP(t, write(t, lp)), nearly, col, func(i int) string { return fmt.Sprint("r", i) }, true)
	}
}

// TestNoMinusZero: "+ -0 x" is no term that LP readers know.
func TestNoMinusZero(t *testing.T) {
	t.Parallel()
	p := twoLayers()
	p.Rows = append(p.Rows, milp.Row{Name: "zero", Kind: "user", Lo: 0, Hi: 1, Idx: []int{0, 1}, Val: []float64{math.Copysign(0, -1), 1}})
	text := write(t, func(b *bytes.Buffer) error { return p.WriteLP(b) })
	if strings.Contains(text, "+ -") || strings.Contains(text, "- -") {
		t.Error(text)
	}
}

type full struct{ left int }

func (f *full) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, fmt.Errorf("no space left")
	}
	return len(b), nil
}

func TestWriteErrors(t *testing.T) {
	t.Parallel()
	p := twoLayers()
	if err := p.WriteMPS(&full{10}); err == nil {
		t.Error("MPS: no error")
	}
	if err := p.WriteLP(&full{10}); err == nil {
		t.Error("LP: no error")
	}
}
