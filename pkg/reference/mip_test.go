package reference_test

import (
	"context"
	"testing"

	"relucount/pkg/affine"
	"relucount/pkg/domain"
	"relucount/pkg/reference"
	"relucount/pkg/search"
	"relucount/pkg/truth"
)

// TestZeroOnTheDomain: a unit of the first layer may be zero on all of a slice,
// or where inputs are fixed, although the bounds of the milp are wide.
func TestZeroOnTheDomain(t *testing.T) {
	t.Parallel()
	n := truth.OneLayer([][]float64{{2, 2, -1}, {1, -1, 0}})
	slice := domain.Box(2, -1, 1)
	slice.Rows = []domain.Row{{A: []float64{1, 1}, Lo: 0.5, Hi: 0.5}}
	band := domain.Box(2, -1, 1) // as thin as the slice, by two rows
	band.Rows = []domain.Row{{A: []float64{1, 1}, Lo: 0.5, Hi: 1}, {A: []float64{1, 1}, Lo: -1, Hi: 0.5}}
	for name, d := range map[string]*domain.Domain{"slice": slice, "band": band} {
		p := truth.Drawn{Net: n, Domain: d, Method: "interval"}.Encode(t)
		net, err := affine.NewNetwork(p, affine.Hold)
		if err != nil {
			t.Fatal(err)
		}
		want := int64(len(truth.OfProblem(p, 1).Regions()))
		lp := reference.LP{Model: reference.NewModel(p, net, affine.Hold, false), Margin: 1e-9}
		for which, e := range map[string]search.Engine{"lp": lp, "mip": reference.MIP{LP: lp}} {
			g := search.NewCount(nil, nil, 0, nil, nil)
			if _, done := e.Search(context.Background(), g, nil, search.Options{Workers: 1}); !done || g.Regions() != want || want != 2 {
				t.Errorf("%s by %s: %d regions (%v), %d expected", name, which, g.Regions(), done, want)
			}
		}
	}
}
