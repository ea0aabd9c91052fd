package highs_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"relucount/pkg/highs"
)

var (
	inf = math.Inf(1)
	nan = math.NaN()
)

func refused(t *testing.T, what string, err error, call string) {
	t.Helper()
	var r *highs.Refused
	if !errors.As(err, &r) || r.Call != call {
		t.Errorf("%s: error %v; a refusal of %s expected", what, err, call)
	}
}

// TestRefusedLP: whatever HiGHS does not take, nothing panics, the status is
// Unknown from then on, and the first refusal is kept.
func TestRefusedLP(t *testing.T) {
	for what, spoil := range map[string]struct {
		call string
		with func(lp *highs.LP)
	}{
		"an infinite entry":     {"Highs_addRow", func(lp *highs.LP) { lp.AddRow(0, 1, []int{0, 1}, []float64{inf, 1}) }},
		"NaN as an entry":       {"Highs_addRow", func(lp *highs.LP) { lp.AddRow(0, 1, []int{0, 1}, []float64{nan, 1}) }},
		"NaN as a limit":        {"Highs_addRow", func(lp *highs.LP) { lp.AddRow(nan, 1, []int{0}, []float64{1}) }},
		"NaN as a cost":         {"Highs_changeColCost", func(lp *highs.LP) { lp.SetCost(0, nan) }},
		"a huge entry":          {"Highs_addRow", func(lp *highs.LP) { lp.AddRow(0, 1, []int{0, 1}, []float64{1, 1e16}) }},
		"a column out of range": {"Highs_addRow", func(lp *highs.LP) { lp.AddRow(0, 1, []int{2}, []float64{1}) }},
		"a column twice":        {"Highs_addRow", func(lp *highs.LP) { lp.AddRow(0, 1, []int{1, 1}, []float64{1, 2}) }},
		"a row beyond the sky":  {"Highs_addRow", func(lp *highs.LP) { lp.AddRow(inf, inf, []int{0}, []float64{1}) }},
		"a cost of no column":   {"Highs_changeColCost", func(lp *highs.LP) { lp.SetCost(7, 1) }},
	} {
		lp := highs.NewLP([]float64{0, 0}, []float64{1, 1}, []float64{-1, -1})
		lp.AddRow(-inf, 1.5, []int{0, 1}, []float64{1, 1})
		var b highs.Basis
		if st, _ := lp.Solve(); st != highs.Optimal || lp.Err() != nil {
			t.Fatalf("%s: status %v, error %v before it", what, st, lp.Err())
		}
		lp.SaveBasis(&b)
		spoil.with(lp)
		refused(t, what, lp.Err(), spoil.call)
		solves, first := lp.Solves, lp.Err()
		for range 2 {
			if st, _ := lp.Solve(); st != highs.Unknown {
				t.Errorf("%s: status %v, unknown expected", what, st)
			}
		}
		// the rest does nothing, and the rows are counted as before
		rows := lp.Rows()
		lp.AddRow(0, 1, []int{9}, []float64{1})
		lp.SetCost(9, 1)
		lp.LoadBasis(&b)
		lp.SaveBasis(&b)
		lp.Scratch()
		lp.UsePrimal()
		lp.UseDual()
		lp.SetLimits(9, 0, 1)
		lp.Duals()
		lp.Ray()
		lp.StopAbove(inf)
		lp.Until(context.Background())
		lp.PopRows(1)
		if lp.Rows() != rows || lp.Err() != first || lp.Solves != solves || len(lp.Primal()) != 2 {
			t.Errorf("%s: %d rows, %d expected; error %v; %d solves, %d expected", what, lp.Rows(), rows, lp.Err(), lp.Solves, solves)
		}
	}
	refused(t, "columns", highs.NewLP([]float64{inf}, []float64{inf}, []float64{1}).Err(), "Highs_addVars")
}

// TestRefusedProgram: the same of programs, whose bound is then a trivial one.
func TestRefusedProgram(t *testing.T) {
	for what, spoil := range map[string]struct {
		call string
		with func(p *highs.Program)
	}{
		"an infinite entry":       {"Highs_addRows", func(p *highs.Program) { p.AddRow(0, 1, []int{0}, []float64{inf}) }},
		"a column twice":          {"Highs_addRows", func(p *highs.Program) { p.AddRow(0, 1, []int{0, 0}, []float64{1, 2}) }},
		"a column beyond the sky": {"Highs_addVars", func(p *highs.Program) { p.AddColumn(inf, inf, 0, false) }},
		"NaN as an entry":         {"Highs_addRows", func(p *highs.Program) { p.AddRow(0, 1, []int{0}, []float64{nan}) }},
		"NaN as a limit":          {"Highs_addRows", func(p *highs.Program) { p.AddRow(0, nan, []int{0}, []float64{1}) }},
		"NaN as a column's limit": {"Highs_addVars", func(p *highs.Program) { p.ColHi[3] = nan }},
		"NaN as a cost":           {"Highs_changeColsCostByRange", func(p *highs.Program) { p.Cost[3] = nan }},
	} {
		for _, up := range []bool{false, true} {
			p := knapsack()
			p.Maximize = up
			spoil.with(p)
			r := p.Solve(context.Background(), highs.Options{})
			refused(t, what, r.Err, spoil.call)
			want := -inf
			if up {
				want = inf
			}
			if r.Status != highs.Unknown || r.X != nil || r.Bound != want {
				t.Errorf("%s: %+v", what, r)
			}
		}
	}
	refused(t, "NaN as a column's limit", highs.NewLP([]float64{0}, []float64{nan}, nil).Err(), "Highs_addVars")
	var none highs.Program
	if r := none.Solve(context.Background(), highs.Options{}); r.Err != nil || r.Status != highs.Optimal {
		t.Errorf("a program without columns: %+v", r)
	}
}
