package milp_test

import (
	"bytes"
	"math"
	"math/big"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/domain"
	"relucount/pkg/milp"
	"relucount/pkg/property"
	"relucount/pkg/relu"
	"relucount/pkg/truth"
)

func ask(t testing.TB, p *milp.Problem, known [][]string, strict string) *milp.Question {
	t.Helper()
	q, err := p.Other(known, strict)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// readBack reads a question from its two texts, which must say the same.
func readBack(t testing.TB, q *milp.Question) *program {
	t.Helper()
	p := &q.Problem
	col := func(j int) string { return p.Cols[j].Name }
	row := func(i int) string { return p.Rows[i].Name }
	lp := readLP(t, write(t, func(b *bytes.Buffer) error { return q.WriteLP(b) }))
	mps := readMPS(t, write(t, func(b *bytes.Buffer) error { return q.WriteMPS(b) }))
	same(t, "LP", p, lp, inFull, col, row, true)
	same(t, "MPS", p, mps, inFull, col, row, false)
	want := map[string]*big.Rat{"f": big.NewRat(-1, 1)}
	if !reflect.DeepEqual(lp.objective, want) || !reflect.DeepEqual(mps.objective, want) {
		t.Errorf("objectives %v in LP, %v in MPS", lp.objective, mps.objective)
	}
	return mps
}

// asked checks that a question is the milp with the rows that its documentation has.
func asked(t testing.TB, q *milp.Question, p *milp.Problem, known []string, strict string) {
	t.Helper()
	f := len(p.Cols)
	if !reflect.DeepEqual(q.Problem.Cols[:f], p.Cols) || !reflect.DeepEqual(q.Problem.Rows[:len(p.Rows)], p.Rows) {
		t.Error("the milp itself was changed")
	}
	if c := q.Problem.Cols[f:]; len(c) != 1 || q.F != f || c[0].Lo != 0 || c[0].Hi != 1 || c[0].Integer {
		t.Errorf("column %d, %+v", q.F, c)
	}
	rows := q.Problem.Rows[len(p.Rows):]
	next := func() map[int]float64 {
		if len(rows) == 0 {
			t.Fatal("there are too few rows")
		}
		m := map[int]float64{}
		for e, j := range rows[0].Idx {
			m[j] = rows[0].Val[e]
		}
		return m
	}
	pop := func(m, want map[int]float64, lo, hi float64) {
		t.Helper()
		if !reflect.DeepEqual(m, want) || float64(rows[0].Lo) != lo || float64(rows[0].Hi) != hi {
			t.Errorf("%+v, want %v within %v, %v", rows[0], want, lo, hi)
		}
		rows = rows[1:]
	}
	inf := math.Inf(1)
	for _, k := range p.Unstable() {
		u := &p.Units[k]
		m := next()
		s := m[f]
		if frac, _ := math.Frexp(s); frac != 0.5 {
			t.Errorf("the scale of unit %d is %v", k, s)
		}
		pop(m, map[int]float64{f: s, u.H: -1, *u.Z: s}, -inf, s)
		if strict == milp.StrictBoth {
			pop(next(), map[int]float64{f: s, u.Hbar: -1, *u.Z: -s}, -inf, 0)
		}
	}
	for _, pattern := range known {
		want, least := map[int]float64{}, 1.0
		for _, k := range p.Unstable() {
			want[*p.Units[k].Z] = 1
			if pattern[k] == '1' {
				want[*p.Units[k].Z] = -1
				least--
			}
		}
		pop(next(), want, least, inf)
	}
	if len(rows) > 0 {
		t.Errorf("%d rows too many", len(rows))
	}
}

// split makes a pattern as truth has it one as records have it.
func split(patterns ...string) (out [][]string) {
	for _, s := range patterns {
		out = append(out, strings.Split(s, "/"))
	}
	return out
}

func joined(pattern string) string { return strings.ReplaceAll(pattern, "/", "") }

func patterns(regions map[string]truth.Region) (out []string) {
	for s := range regions {
		out = append(out, s)
	}
	slices.Sort(out)
	return out
}

// others returns all but the i-th.
func others(all []string, i int) []string {
	return append(slices.Clone(all[:i]), all[i+1:]...)
}

// lift is the solution that has the given inputs and pattern and the largest f.
func lift(q *milp.Question, inputs []*big.Rat, pattern, strict string) []*big.Rat {
	p := &q.Problem
	v := make([]*big.Rat, len(p.Cols))
	at := 0
	for j, c := range p.Cols {
		v[j] = new(big.Rat)
		if c.Kind == milp.Input {
			v[j] = inputs[at]
			at++
		}
	}
	f := big.NewRat(1, 1)
	for k := range p.Units {
		u := &p.Units[k]
		g := exactly(&p.Rows[u.Pre], v)
		g.Sub(g, truth.Rat(float64(p.Rows[u.Pre].Lo)))
		if g.Sign() > 0 {
			v[u.H] = g
		} else {
			v[u.Hbar] = new(big.Rat).Neg(g)
		}
		if u.Z == nil {
			continue
		}
		on := pattern[k] == '1'
		side := v[u.Hbar]
		if on {
			v[*u.Z], side = big.NewRat(1, 1), v[u.H]
		} else if strict == milp.StrictActive {
			continue
		}
		for _, r := range p.Rows { // the scale
			if r.Kind == "strict" && slices.Contains(r.Idx, *u.Z) {
				if share := new(big.Rat).Quo(side, truth.Rat(r.Val[0])); share.Cmp(f) < 0 {
					f = share
				}
				break
			}
		}
	}
	v[q.F] = f
	return v
}

func exactly(r *milp.Row, v []*big.Rat) *big.Rat {
	s := new(big.Rat)
	for e, j := range r.Idx {
		s.Add(s, new(big.Rat).Mul(truth.Rat(r.Val[e]), v[j]))
	}
	return s
}

// violated returns the names of the rows and columns that a solution violates, in
// rational arithmetic.
func violated(p *program, cols []milp.Col, v []*big.Rat) (names []string) {
	sums := map[string]*big.Rat{}
	value := map[string]*big.Rat{}
	for j, c := range cols {
		value[c.Name], sums[c.Name] = v[j], v[j]
	}
	for at, w := range p.entry {
		if sums[at[0]] == nil {
			sums[at[0]] = new(big.Rat)
		}
		sums[at[0]].Add(sums[at[0]], new(big.Rat).Mul(w, value[at[1]]))
	}
	for name := range p.lo {
		s := sums[name]
		if s == nil {
			s = new(big.Rat)
		}
		if s.Cmp(p.lo[name]) < 0 || s.Cmp(p.hi[name]) > 0 {
			names = append(names, name)
		}
	}
	return names
}

// TestQuestion: what is written is the question, and in rational arithmetic each
// region solves that which leaves it out, and no other.
func TestQuestion(t *testing.T) {
	t.Parallel()
	left := 0
	for seed := range property.Seeds(t, 120, 30) {
		rng := rand.New(rand.NewPCG(31, seed))
		d := truth.Random(rng, 1+rng.IntN(3), 1+rng.IntN(3), 7)
		if seed%3 == 1 {
			truth.TwoSlopes(rng, d.Net)
		}
		p := d.Encode(t)
		regions := truth.OfProblem(p, 1).Regions()
		all := patterns(regions)
		strict := []string{milp.StrictActive, milp.StrictBoth}[seed%2]
		for i, pattern := range all {
			if i > 5 {
				break
			}
			known := others(all, i)
			q := ask(t, p, split(known...), strict)
			got := readBack(t, q)
			var digits []string
			for _, s := range known {
				digits = append(digits, joined(s))
			}
			asked(t, q, p, digits, strict)
			region := regions[pattern]
			v := lift(q, region.Inside, joined(pattern), strict)
			if bad := violated(got, q.Problem.Cols, v); len(bad) > 0 {
				t.Errorf("seed %d: the region %s is not feasible: %v\n%v", seed, pattern, bad, d)
			}
			zero := slices.Contains(region.Zero, true)
			if positive := v[q.F].Sign() > 0; !positive && (strict == milp.StrictActive || !zero) {
				t.Errorf("seed %d: f is not positive in region %s\n%v", seed, pattern, d)
			}
			q = ask(t, p, split(all...), strict)
			if bad := violated(readBack(t, q), q.Problem.Cols, v); len(bad) != 1 || !strings.HasPrefix(bad[0], "known_") {
				t.Errorf("seed %d: with all regions known, %s violates %v\n%v", seed, pattern, bad, d)
			}
			left++
		}
	}
	if left < 30 {
		t.Errorf("%d regions were tried", left)
	}
}

// TestAwkwardNumbers: every double is written in full.
func TestAwkwardNumbers(t *testing.T) {
	t.Parallel()
	d := &domain.Domain{Lower: []float64{-1, 0.1, -1e-17}, Upper: []float64{1. / 3, 0.1, 7}, Rows: []domain.Row{
		{A: []float64{1. / 3, -0.7, 1e-30}, Lo: -1e19, Hi: 1e-15},
		{A: []float64{-123456789.123456789, 0, 1e-7}, Lo: math.Inf(-1), Hi: 1e17 / 3},
		{A: []float64{0.1, 0.2, 0.3}, Lo: 0.3, Hi: math.Inf(1)},
		{A: []float64{0.7, 0.2, 0}, Lo: 0.1 + 0.2, Hi: 0.1 + 0.2},
	}}
	n := &relu.Chain{Name: "awkward", Inputs: 3, Layers: []relu.Dense{
		{W: mat.NewDense(2, 3, []float64{0.1, -1. / 3, 1e-40, math.Pi, -1e-9 / 7, 3}), B: []float64{1e-3, 0.2}, Slopes: relu.ReLU(2)}}}
	p := encode(n, d)
	q := ask(t, p, [][]string{{"11"}, {"10"}, {"11"}}, milp.StrictBoth)
	readBack(t, q)
	asked(t, q, p, []string{"10", "11"}, milp.StrictBoth) // in order, each pattern once
	text := write(t, func(b *bytes.Buffer) error { return q.WriteLP(b) })
	for _, s := range []string{" 0.1000000000000000055511151231257827021181583404541015625 x_0", "\\ is there a region besides 2 known ones? (f > 0)\n"} {
		if !strings.Contains(text, s) {
			t.Errorf("no %q in\n%s", s, text)
		}
	}

	// beyond what solvers read
	n.Layers[0].W.Set(0, 0, 1e-300)
	q = ask(t, encode(n, d), nil, milp.StrictActive)
	if err := q.WriteMPS(&bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "LP format takes it") {
		t.Error(err)
	}
	full300 := strings.TrimRight(truth.Rat(1e-300).FloatString(1100), "0")
	if text := write(t, func(b *bytes.Buffer) error { return q.WriteLP(b) }); !strings.Contains(text, " "+full300+" x_0") {
		t.Errorf("no %s in\n%s", full300, text)
	}
	for _, v := range []float64{1e20, -3e200} {
		n.Layers[0].W.Set(0, 0, v)
		if _, err := encode(n, domain.Box(3, -0.01, 0.01)).Other(nil, milp.StrictActive); err == nil || !strings.Contains(err.Error(), "for infinite") {
			t.Errorf("%g: %v", v, err)
		}
	}
	if err := q.WriteLP(&full{10}); err == nil {
		t.Error("no space for LP: no error")
	}
}

func TestOtherErrors(t *testing.T) {
	t.Parallel()
	n := &relu.Chain{Name: "stable", Inputs: 1, Layers: []relu.Dense{
		{W: mat.NewDense(3, 1, []float64{1, 1, 1}), B: []float64{0, 5, -5}, Slopes: relu.ReLU(3)},
		{W: mat.NewDense(1, 3, []float64{1, -1, 1}), B: []float64{5}, Slopes: relu.ReLU(1)}}}
	p := encode(n, domain.Box(1, -1, 1))
	for pattern, want := range map[string]string{
		"010":    "1 layers, the milp has 2",
		"01/0":   "layer 1: 3 digits 0 or 1 belong here",
		"010/":   "layer 2: 1 digits 0 or 1 belong here",
		"01x/0":  "layer 1: 3 digits 0 or 1 belong here",
		"000/0":  "unit 1 of layer 1 is active in the milp",
		"011/0":  "unit 2 of layer 1 is inactive in the milp",
		"0100/1": "layer 1: 3 digits 0 or 1 belong here",
		"010/1":  "",
	} {
		_, err := p.Other(split(pattern), milp.StrictActive)
		if want == "" && err != nil || want != "" && (err == nil || err.Error() != "pattern "+pattern+": "+want) {
			t.Errorf("%s: %v", pattern, err)
		}
	}
	for what, edit := range map[string]func(*milp.Problem){
		"a limit of h":     func(p *milp.Problem) { p.Cols[p.Units[0].H].Hi = 9 },
		"a row over h":     func(p *milp.Problem) { truth.AddRow(p, 0, 1, []int{p.Units[0].H}, []float64{1}) },
		"a wider domain":   func(p *milp.Problem) { p.Cols[0].Hi = 2 },
		"an id of its own": func(p *milp.Problem) { p.ID = "mine" },
	} {
		q := truth.Copy(t, p)
		edit(q)
		if _, err := q.Other(nil, milp.StrictActive); err == nil || !strings.Contains(err.Error(), "not as encode writes it") {
			t.Errorf("%s: %v", what, err)
		}
	}
	q := truth.Copy(t, p)
	q.Cols[0].Hi = 0.5
	truth.AddRow(q, 0, 1, []int{0}, []float64{1})
	ask(t, q, nil, milp.StrictBoth)
}
