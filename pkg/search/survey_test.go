package search_test

import (
	"context"
	"math/big"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/affine"
	"relucount/pkg/capacity"
	"relucount/pkg/cell"
	"relucount/pkg/domain"
	"relucount/pkg/milp"
	"relucount/pkg/reference"
	"relucount/pkg/relu"
	"relucount/pkg/search"
	"relucount/pkg/tighten"
)

// dense encodes a network with normal weights over a box.
func dense(t testing.TB, rng *rand.Rand, inputs int, sizes ...int) *milp.Problem {
	t.Helper()
	n := &relu.Chain{Name: "dense", Inputs: inputs}
	for _, size := range sizes {
		l := relu.Dense{W: mat.NewDense(size, inputs, nil), B: make([]float64, size), Slopes: relu.ReLU(size)}
		for i := range size {
			l.B[i] = rng.NormFloat64()
			for j := range inputs {
				l.W.Set(i, j, rng.NormFloat64())
			}
		}
		n.Layers, inputs = append(n.Layers, l), size
	}
	p, _, err := tighten.Encode(context.Background(), n.Network(), domain.Box(n.Inputs, -2, 2), tighten.Options{Method: "lp", Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// tree returns the engine for a milp.
func tree(t testing.TB, p *milp.Problem, margin float64, shapes cell.Shapes) *search.Tree {
	t.Helper()
	n, err := affine.NewNetwork(p, affine.Hold)
	if err != nil {
		t.Fatal(err)
	}
	m := reference.NewModel(p, n, affine.Hold, false)
	return search.NewTree(n, margin, shapes, func(g search.Guide) search.Referee { return m.NewReferee(g, margin) })
}

// TestSurvey surveys in the middle of a count: the bounds hold, some are better
// than before, and the count comes to the same.
func TestSurvey(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 4))
	all, trials := 0, 30
	if testing.Short() {
		trials = 6
	}
	for trial := range trials {
		p := dense(t, rng, 2+rng.IntN(3), 5, 6, 5)
		margin := 1e-9
		if trial%3 == 0 { // the referee counts thin cells
			margin = 1e-3
		}
		for _, shapes := range []cell.Shapes{cell.DefaultShapes, {}} {
			tr := tree(t, p, margin, shapes)
			g := search.NewCount(nil, nil, 0, nil, nil)
			if _, done := tr.Search(context.Background(), g, nil, search.Options{Workers: 1}); !done {
				t.Fatal("the count was ended early")
			}
			ceiling := capacity.NewCeiling(p, false, capacity.Limits{SetUnits: 21, Work: 1 << 20, Sets: 1 << 16})
			better, lower, sum, regions, upper, ok := tr.Surveyed(ceiling.Within, 1+trial%2, 12)
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
	if all < 3*trials {
		t.Errorf("%d bounds were better", all)
	}
}
