package milp_test

import (
	"math"
	"reflect"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/domain"
	"relucount/pkg/milp"
	"relucount/pkg/record"
	"relucount/pkg/relu"
)

// The extent is of columns and rows as they are now.
func TestExtent(t *testing.T) {
	check := func(what string, p *milp.Problem, lower, upper float64, want record.Domain) {
		t.Helper()
		if !math.IsInf(lower, 0) {
			want.Lower = &lower
		}
		if !math.IsInf(upper, 0) {
			want.Upper = &upper
		}
		if got := p.Extent(); !reflect.DeepEqual(got, &want) {
			t.Errorf("%s: %+v, want %+v", what, got, want)
		}
	}
	sum := &relu.Chain{Name: "sum", Inputs: 3, Layers: []relu.Dense{{W: mat.NewDense(1, 3, []float64{1, 1, 1}), B: []float64{0}, Slopes: relu.ReLU(1)}}}
	p := encode(sum, domain.Box(3, -1, 2))
	check("a cube", p, -1, 2, record.Domain{Coordinates: 3, Intervals: 1})
	p.Cols[0].Hi, p.Cols[1].Lo, p.Cols[1].Hi = 4, 0, 0
	check("narrowed", p, -1, 4, record.Domain{Coordinates: 3, Intervals: 3, Fixed: 1})
	p.Cols[2].Lo = milp.Lo(math.Inf(-1))
	p.Rows = append(p.Rows, milp.Row{Kind: "user", Lo: 0, Hi: 1, Idx: []int{0, 2}, Val: []float64{1, 1}},
		milp.Row{Kind: "user", Lo: 0, Hi: 1, Idx: []int{0, p.Units[0].H}, Val: []float64{1, 1}})
	check("open, with a row", p, math.Inf(-1), 4, record.Domain{Coordinates: 3, Intervals: 3, Fixed: 1, Rows: 1})

	d := domain.Box(2, 0, 1)
	d.Map = &domain.Map{Matrix: []record.Numbers{{1, 0}, {0, 1}, {1, 1}}, Offset: record.Numbers{0, 0, 0}}
	d.Rows = []domain.Row{{A: []float64{1, 1}, Lo: 0, Hi: 1}}
	check("a map with a row", encode(sum, d), 0, 1, record.Domain{Coordinates: 2, Intervals: 1, Rows: 1, Map: true})
}
