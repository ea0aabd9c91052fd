package search_test

import (
	"context"
	"math/big"
	"math/rand/v2"
	"testing"

	"relucount/pkg/affine"
	"relucount/pkg/capacity"
	"relucount/pkg/cell"
	"relucount/pkg/milp"
	"relucount/pkg/property"
	"relucount/pkg/reference"
	"relucount/pkg/search"
	"relucount/pkg/stage"
	"relucount/pkg/truth"
)

// tree returns the engine for a milp.
func tree(t testing.TB, p *milp.Problem, shapes cell.Shapes) *search.Tree {
	t.Helper()
	n, err := affine.NewNetwork(p, affine.Hold)
	if err != nil {
		t.Fatal(err)
	}
	m := reference.NewModel(p, n, affine.Hold, false)
	return search.NewTree(n, shapes, func() (search.Look, func() search.Effort) { return m.NewLook(1e-9) })
}

// TestSurvey surveys in the middle of a count: the bounds hold, some are better
// than before, and the count comes to the same.
func TestSurvey(t *testing.T) {
	t.Parallel()
	all, trials := 0, 0
	for trial := range property.Seeds(t, 30, 5) {
		trials++
		rng := rand.New(rand.NewPCG(5, trial))
		p := truth.Dense(rng, 2+rng.IntN(3), 5, 6, 5).Encode(t)
		for _, shapes := range []cell.Shapes{cell.DefaultShapes, {}} {
			tr := tree(t, p, shapes)
			g := search.NewCount(nil, nil, 0, nil, nil)
			if _, done := tr.Search(context.Background(), g, nil, search.Options{Workers: 1}); !done {
				t.Fatal("the count was ended early")
			}
			ceiling := stage.Ceiling(p, false, capacity.Limits{SetUnits: 21, Work: 1 << 20, Sets: 1 << 16}, int(trial%2)<<12)
			better, lower, sum, regions, upper, ok := tr.Surveyed(ceiling.Most, 1+int(trial%2), 12)
			if !ok {
				continue
			}
			all += better
			truth := big.NewInt(g.Regions())
			if lower.Cmp(truth) > 0 || sum.Cmp(truth) < 0 {
				t.Errorf("%d: %v: from %v to %v, the truth is %v", trial, shapes, lower, sum, truth)
			}
			if regions != g.Regions() || upper.Cmp(truth) != 0 {
				t.Errorf("%d: %v: %d regions after a survey, %v without, %v by the bounds", trial, shapes, regions, truth, upper)
			}
		}
	}
	if all < trials { // three times as many and more, but for few seeds
		t.Errorf("%d bounds were better", all)
	}
}
