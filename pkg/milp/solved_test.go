package milp_test

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/domain"
	"relucount/pkg/highs"
	"relucount/pkg/milp"
	"relucount/pkg/netfile"
	"relucount/pkg/property"
	"relucount/pkg/relu"
	"relucount/pkg/tighten"
	"relucount/pkg/truth"
)

// optimum is the largest f of a question, as HiGHS has it after reading the text;
// -1 where nothing is feasible.
func optimum(t testing.TB, q *milp.Question) float64 {
	t.Helper()
	got := readBack(t, q)
	double := func(v *big.Rat) float64 {
		if new(big.Rat).Abs(v).Cmp(infinity) == 0 {
			return math.Inf(v.Sign())
		}
		d, _ := v.Float64()
		return d
	}
	var prog highs.Program
	at := map[string]int{}
	for _, c := range got.cols {
		cost := 0.0
		if w := got.objective[c]; w != nil {
			cost = double(w)
		}
		at[c] = prog.AddColumn(double(got.lo[c]), double(got.hi[c]), cost, got.integer[c])
		delete(got.lo, c)
	}
	rows := map[string]struct {
		idx []int
		val []float64
	}{}
	for e, w := range got.entry {
		r := rows[e[0]]
		r.idx, r.val = append(r.idx, at[e[1]]), append(r.val, double(w))
		rows[e[0]] = r
	}
	for _, r := range q.Problem.Rows {
		prog.AddRow(double(got.lo[r.Name]), double(got.hi[r.Name]), rows[r.Name].idx, rows[r.Name].val)
	}
	switch r := prog.Solve(context.Background(), highs.Options{}); r.Status {
	case highs.Optimal:
		return -r.Objective
	case highs.Infeasible:
		return -1
	default:
		t.Fatalf("%+v", r)
		return 0
	}
}

// least is how small an f HiGHS tells from 0 for sure.
const least = 1e-5

// finds checks that HiGHS finds no region when all are known, and the one that is
// left out.
func finds(t testing.TB, name string, p *milp.Problem, strict string) (regions int) {
	t.Helper()
	found := truth.OfProblem(p, 1).Regions()
	all := patterns(found)
	if f := optimum(t, ask(t, p, split(all...), strict)); f > least/10 {
		t.Errorf("%s: all %d regions are known, and f is %g", name, len(all), f)
	}
	thin := 0
	for i, pattern := range all {
		q := ask(t, p, split(others(all, i)...), strict)
		floor, _ := lift(q, found[pattern].Inside, joined(pattern), strict)[q.F].Float64()
		if floor < least {
			thin++
			continue
		}
		if f := optimum(t, q); f < floor*(1-1e-6) {
			t.Errorf("%s: without the region %s f is %g, not at least %g", name, pattern, f, floor)
		}
	}
	if thin > len(all)/4 {
		t.Errorf("%s: %d of %d regions are too thin for HiGHS", name, thin, len(all))
	}
	return len(all)
}

func TestQuestionByHiGHS(t *testing.T) {
	t.Parallel()
	regions := 0
	for seed := range property.Seeds(t, 8, 2) {
		rng := rand.New(rand.NewPCG(32, seed))
		p := truth.Dense(rng, 2, 3+rng.IntN(2), 2+rng.IntN(2)).Encode(t)
		for _, strict := range []string{milp.StrictActive, milp.StrictBoth} {
			regions += finds(t, fmt.Sprintf("seed %d, %s", seed, strict), p, strict)
		}
	}
	if regions < 20 {
		t.Errorf("%d regions in all", regions)
	}
}

// TestTrained: a trained network, over a part of its domain.
func TestTrained(t *testing.T) {
	t.Parallel()
	file, err := os.Open("../../examples/spiral-2-16-16-2.onnx")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	f, err := new(netfile.Options).Read(file, "spiral")
	if err != nil {
		t.Fatal(err)
	}
	d := domain.Box(2, -0.8, -0.3)
	p, _, err := tighten.Encode(context.Background(), f.Net, d, tighten.Options{Method: "interval", Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, strict := range []string{milp.StrictActive, milp.StrictBoth} {
		if n := finds(t, "spiral, "+strict, p, strict); n < 10 {
			t.Errorf("%d regions", n)
		}
	}
}

// TestConverses: where the two forms do not say the same.
func TestConverses(t *testing.T) {
	t.Parallel()
	layers := func(w1, b1, w2, b2 []float64) *milp.Problem {
		n := &relu.Chain{Name: "corner", Inputs: 1, Layers: []relu.Dense{{W: mat.NewDense(len(b1), 1, w1), B: b1, Slopes: relu.ReLU(len(b1))}}}
		if w2 != nil {
			n.Layers = append(n.Layers, relu.Dense{W: mat.NewDense(len(b2), len(b1), w2), B: b2, Slopes: relu.ReLU(len(b2))})
		}
		return encode(n, domain.Box(1, -1, 1))
	}
	// x and -x are inactive in the point 0 alone
	point := layers([]float64{1, -1}, []float64{0, 0}, nil, nil)
	// the second layer is zero where x < 0, and x/2 - max(0, x - 1/2) elsewhere
	zero := layers([]float64{1, 1}, []float64{0, -0.5}, []float64{-0.5, 1}, []float64{0})
	for _, c := range []struct {
		name         string
		p            *milp.Problem
		known        []string
		active, both float64
	}{
		{"a point", point, []string{"10", "01"}, 1, 0},
		{"a point, a region left out", point, []string{"10"}, 1, 1},
		{"zero on a region", zero, []string{"10/0", "11/0"}, 1, 0},
		{"zero on a region, all known", zero, []string{"10/0", "11/0", "00/0"}, 0, 0},
		{"nothing left", point, []string{"10", "01", "00", "11"}, -1, -1},
	} {
		for strict, want := range map[string]float64{milp.StrictActive: c.active, milp.StrictBoth: c.both} {
			if f := optimum(t, ask(t, c.p, split(c.known...), strict)); math.Abs(f-want) > 1e-6 {
				t.Errorf("%s, %s: f is %g, not %g", c.name, strict, f, want)
			}
		}
	}
}

// TestNothingUnstable: there is one region, and it is known or not.
func TestNothingUnstable(t *testing.T) {
	t.Parallel()
	n := &relu.Chain{Name: "one", Inputs: 1, Layers: []relu.Dense{{W: mat.NewDense(1, 1, []float64{1}), B: []float64{5}, Slopes: relu.ReLU(1)}}}
	p := encode(n, domain.Box(1, -1, 1))
	if f := optimum(t, ask(t, p, nil, milp.StrictActive)); f != 1 {
		t.Errorf("f is %g", f)
	}
	if f := optimum(t, ask(t, p, [][]string{{"1"}}, milp.StrictBoth)); f != -1 {
		t.Errorf("the region is known, and f is %g", f)
	}
}
