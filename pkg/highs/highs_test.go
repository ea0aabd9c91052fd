package highs_test

import (
	"bytes"
	"context"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	lanl "github.com/lanl/highs"
	"gonum.org/v1/gonum/mat"

	"relucount/pkg/domain"
	"relucount/pkg/highs"
	"relucount/pkg/milp"
	"relucount/pkg/record"
	"relucount/pkg/relu"
	"relucount/pkg/tighten"
)

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-8*(1+math.Abs(b)) }

func TestVersion(t *testing.T) {
	if v := highs.Version(); !strings.HasPrefix(v, "HiGHS ") || len(v) < len("HiGHS 1.0.0") {
		t.Errorf("version %q", v)
	}
}

// max x + y on the unit square, cut by rows that come and go.
func TestLP(t *testing.T) {
	inf := math.Inf(1)
	lp := highs.NewLP([]float64{0, 0}, []float64{1, 1}, []float64{-1, -1})
	want := func(v float64) {
		t.Helper()
		if st, obj := lp.Solve(); st != highs.Optimal || !near(obj, v) {
			t.Errorf("status %v, objective %v; optimal %v expected", st, obj, v)
		}
	}
	want(-2)
	lp.AddRow(-inf, 1.5, []int{0, 1}, []float64{1, 1})
	want(-1.5)
	var b highs.Basis
	lp.SaveBasis(&b)
	lp.AddRow(-inf, -0.5, []int{0, 1}, []float64{1, -1}) // x <= y - 1/2
	lp.LoadBasis(&b)                                     // the new row's slack becomes basic
	want(-1.5)
	if x := lp.Primal(); x[0] > x[1]-0.5+1e-9 {
		t.Errorf("point %v outside the last row", x)
	}
	lp.AddRow(2, inf, []int{0}, []float64{1})
	if st, _ := lp.Solve(); st != highs.Infeasible {
		t.Errorf("status %v, infeasible expected", st)
	}
	lp.PopRows(2)
	lp.LoadBasis(&b)
	want(-1.5)
	lp.PopRows(lp.Rows())
	lp.Scratch()
	want(-2)
	lp.StopAbove(-1)
	lp.AddRow(-inf, 0.1, []int{0, 1}, []float64{1, 1})
	if st, obj := lp.Solve(); st != highs.Cutoff && !(st == highs.Optimal && near(obj, -0.1)) {
		t.Errorf("status %v, objective %v", st, obj)
	}
	lp.UsePrimal()
	lp.StopAbove(inf)
	lp.SetCost(0, 1)
	lp.SetCost(1, 0)
	want(0)
	if lp.Solves < 6 || lp.Pivots == 0 {
		t.Errorf("counted %d solves and %d pivots", lp.Solves, lp.Pivots)
	}
}

// Entries below 1e-9 must not be dropped, as they are by default.
func TestSmallEntries(t *testing.T) {
	inf := math.Inf(1)
	lp := highs.NewLP([]float64{0, 0}, []float64{1e10, 1}, []float64{0, -1})
	lp.AddRow(-inf, 0, []int{0, 1}, []float64{-1e-10, 1}) // y <= 1e-10 x
	lp.SetCost(0, 0)
	if st, obj := lp.Solve(); st != highs.Optimal || !near(obj, -1) {
		t.Errorf("LP: %v %v", st, obj)
	}
	var p highs.Program
	p.AddColumn(0, 1e10, 0, false)
	p.AddColumn(1, 1, 0, true)
	p.AddRow(-inf, 0, []int{0, 1}, []float64{-1e-10, 1})
	if r := p.Solve(context.Background(), highs.Options{}); r.X == nil || r.X[0] < 0.9e10 {
		t.Errorf("MIP: %+v", r)
	}
}

// knapsack has 40 items; weights and values are fixed so that it takes branching.
func knapsack() *highs.Program {
	p := &highs.Program{Maximize: true}
	var idx []int
	var w []float64
	for j := range 40 {
		v := 30 + float64(j*j%37)
		idx, w = append(idx, p.AddColumn(0, 1, v+0.5, true)), append(w, v)
	}
	p.AddRow(math.Inf(-1), 700.5, idx, w)
	return p
}

func TestProgram(t *testing.T) {
	p := knapsack()
	r := p.Solve(context.Background(), highs.Options{})
	if r.Status != highs.Optimal || r.X == nil || !near(r.Objective, r.Bound) {
		t.Fatalf("%+v", r)
	}
	sum := 0.0
	for j, x := range r.X {
		if math.Abs(x-math.Round(x)) > 1e-6 {
			t.Errorf("x[%d] = %v", j, x)
		}
		sum += math.Round(x) * p.Cost[j]
	}
	if !near(sum, r.Objective) {
		t.Errorf("objective %v, the solution's is %v", r.Objective, sum)
	}
	one := p.Solve(context.Background(), highs.Options{FirstSolution: true})
	if one.X == nil || one.Objective > r.Objective+1e-6 || one.Bound < r.Objective-1e-6 {
		t.Errorf("first solution %v with bound %v, the optimum is %v", one.Objective, one.Bound, r.Objective)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if c := p.Solve(ctx, highs.Options{}); c.Status == highs.Infeasible || c.Bound < r.Objective-1e-6 {
		t.Errorf("cancelled: %+v", c)
	}
	if l := p.Solve(context.Background(), highs.Options{TimeLimit: time.Nanosecond}); l.Bound < r.Objective-1e-6 {
		t.Errorf("out of time: bound %v below the optimum %v", l.Bound, r.Objective)
	}
	p.AddRow(5, 6, nil, nil)
	if r := p.Solve(context.Background(), highs.Options{}); r.Status != highs.Infeasible || r.X != nil {
		t.Errorf("a row without entries that cannot hold: %+v", r)
	}
}

// HiGHS reads the two text forms of a milp as the same model.
// TestTinyRow: a row whose largest entry is the least number there is has a
// finite scale, and its limit 0 stays 0.
func TestTinyRow(t *testing.T) {
	for _, v := range []float64{5e-324, 1e-310, 1e-300} {
		if r := highs.RowScale([]float64{0, -v}); math.IsInf(r, 0) || r < 1 {
			t.Errorf("scale %g of a row of %g", r, v)
		}
		p := highs.Program{}
		h, z := p.AddColumn(0, v, 1, false), p.AddColumn(0, 1, 1, true)
		p.AddRow(math.Inf(-1), 0, []int{h, z}, []float64{1, -v})
		if r := p.Solve(context.Background(), highs.Options{}); r.Status != highs.Optimal || r.Err != nil {
			t.Errorf("%g: %+v", v, r)
		}
	}
}

func TestTextForms(t *testing.T) {
	n := &relu.Chain{Name: "text", Inputs: 3, Layers: []relu.Dense{
		{W: mat.NewDense(3, 3, []float64{1, -2, 0.1, 1e-7, 3, 1. / 3, -1, -1, 0}), B: []float64{0.5, -0.25, 0}, Slopes: relu.ReLU(3)},
		{W: mat.NewDense(2, 3, []float64{1, -1, 2, 0, 0.7, -1}), B: []float64{0, -1e-3}, Slopes: relu.ReLU(2)},
	}}
	p, _, err := tighten.Encode(context.Background(), n.Network(), domain.Box(3, -1, 1), tighten.Options{Method: "milp", Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	// what a user may add: a range, a free row, a free integer column
	p.Cols = append(p.Cols, milp.Col{Name: "k", Kind: "mine", Lo: milp.Lo(math.Inf(-1)), Hi: milp.Hi(math.Inf(1)), Integer: true})
	k := len(p.Cols) - 1
	p.Rows = append(p.Rows,
		milp.Row{Name: "range", Kind: "mine", Lo: -0.5, Hi: 0.75, Idx: record.Indices{0, k}, Val: milp.Numbers{1, -1}},
		milp.Row{Name: "atleast", Kind: "mine", Lo: -2, Hi: milp.Hi(math.Inf(1)), Idx: record.Indices{1}, Val: milp.Numbers{1}})

	dir := t.TempDir()
	read := map[string]*lanl.RawModel{}
	for _, form := range []string{"lp", "mps"} {
		var text bytes.Buffer
		write := p.WriteMPS
		if form == "lp" {
			write = p.WriteLP
		}
		if err := write(&text); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, "m."+form)
		if err := os.WriteFile(file, text.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
		m := lanl.NewRawModel()
		if err := m.SetBoolOption("output_flag", false); err != nil {
			t.Fatal(err)
		}
		if err := m.ReadModelFromFile(file); err != nil {
			t.Fatalf("%s: %v\n%s", form, err, &text)
		}
		read[form] = m
	}
	// the same optimum for many objectives, as the rows of a two-sided one are
	// split in the LP form
	for trial := range 40 {
		var objective [2]float64
		cost := make([]float64, len(p.Cols))
		for j := range cost {
			cost[j] = math.Sin(float64(7*trial + 3*j + 1))
		}
		cost[k] = 0
		prog := tighten.Program(p)
		prog.Cost = cost
		want := prog.Solve(context.Background(), highs.Options{}).Objective
		for i, form := range []string{"lp", "mps"} {
			if err := read[form].SetColumnCosts(cost); err != nil {
				t.Fatal(err)
			}
			sol, err := read[form].Solve()
			if err != nil {
				t.Fatal(err)
			}
			objective[i] = sol.Objective
		}
		for i, form := range []string{"lp", "mps"} {
			if math.Abs(objective[i]-want) > 1e-5 {
				t.Errorf("objective %d: %s gives %v, the milp %v", trial, form, objective[i], want)
			}
		}
	}
}

// TestMultipliers: duals and rays are what the theory says of them, whichever way the
// limits of columns and rows are reached.
func TestMultipliers(t *testing.T) {
	inf := math.Inf(1)
	lp := highs.NewLP([]float64{0, 0}, []float64{1, 1}, []float64{-3, -1})
	lp.AddRow(-inf, 1.5, []int{0, 1}, []float64{1, 1})
	lp.AddRow(-1, inf, []int{0, 1}, []float64{1, -1})
	if st, obj := lp.Solve(); st != highs.Optimal || !near(obj, -3.5) {
		t.Fatalf("status %v, objective %v", st, obj)
	}
	if y := lp.Duals(); len(y) != 2 || !near(y[0], -1) || !near(y[1], 0) {
		t.Errorf("duals %v, [-1 0] expected", y)
	}
	// x1 is 0: the first row does not matter any more
	lp.SetLimits(0, 0, 0)
	if st, obj := lp.Solve(); st != highs.Optimal || !near(obj, -1) {
		t.Errorf("status %v, objective %v", st, obj)
	}
	lp.SetLimits(0, 0, 0.25)
	lp.UseDual()
	lp.AddRow(1.5, inf, []int{0, 1}, []float64{1, 1})
	if st, _ := lp.Solve(); st != highs.Infeasible {
		t.Fatalf("status %v, infeasible expected", st)
	}
	// y[2] times the row needs more than the limits of the columns give
	if y := lp.Ray(); len(y) != 3 || y[2] == 0 || !near(y[0], 0) || !near(y[1], 0) {
		t.Errorf("ray %v", y)
	}
}

// TestTextOfQuestion: HiGHS reads the decimals of a question, and its objective.
func TestTextOfQuestion(t *testing.T) {
	n := &relu.Chain{Name: "question", Inputs: 1, Layers: []relu.Dense{{W: mat.NewDense(1, 1, []float64{1. / 3}), B: []float64{-0.1}, Slopes: relu.ReLU(1)}}}
	p, _, err := tighten.Encode(context.Background(), n.Network(), domain.Box(1, 0.2, 0.4), tighten.Options{Method: "interval", Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		known [][]string
		want  float64 // hbar gets above its scale, so f gets to 1
	}{{[][]string{{"1"}}, 1}, {[][]string{{"1"}, {"0"}}, math.NaN()}} {
		q, err := p.Other(c.known, milp.StrictBoth)
		if err != nil {
			t.Fatal(err)
		}
		for form, write := range map[string]func(io.Writer) error{"lp": q.WriteLP, "mps": q.WriteMPS} {
			var text bytes.Buffer
			if err := write(&text); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "q."+form)
			if err := os.WriteFile(file, text.Bytes(), 0o666); err != nil {
				t.Fatal(err)
			}
			m := lanl.NewRawModel()
			if err := m.SetBoolOption("output_flag", false); err != nil {
				t.Fatal(err)
			}
			if err := m.ReadModelFromFile(file); err != nil {
				t.Fatalf("%s: %v\n%s", form, err, &text)
			}
			sol, err := m.Solve()
			if err != nil {
				t.Fatal(err)
			}
			f := sol.Objective
			if form == "mps" {
				f = -f
			}
			if none := sol.Status == lanl.Infeasible; none != math.IsNaN(c.want) || !none && math.Abs(f-c.want) > 1e-6 {
				t.Errorf("%s, %v known: %v, f is %v", form, c.known, sol.Status, f)
			}
		}
	}
}
