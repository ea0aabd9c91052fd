package affine

import (
	"context"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/domain"
	"relucount/pkg/milp"
	"relucount/pkg/relu"
	"relucount/pkg/tighten"
)

// hat has the units x + y, x - y, and of their sum less 1.5.
func hat(t *testing.T) *milp.Problem {
	t.Helper()
	n := (&relu.Chain{Name: "hat", Inputs: 2, Layers: []relu.Dense{
		{W: mat.NewDense(2, 2, []float64{1, 1, 1, -1}), B: []float64{0, 0}, Slopes: relu.ReLU(2)},
		{W: mat.NewDense(1, 2, []float64{1, 1}), B: []float64{-1.5}, Slopes: relu.ReLU(1)},
	}}).Network()
	p, _, err := tighten.Encode(context.Background(), n, domain.Box(2, -1, 1), tighten.Options{Method: "interval", Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestNarrowedLimits: units get the states that narrower limits of inputs leave.
func TestNarrowedLimits(t *testing.T) {
	for _, c := range []struct {
		name   string
		limits [4]float64 // x, y
		bounds Bounds
		want   [3]StateSet
	}{
		{"as encoded", [4]float64{-1, 1, -1, 1}, Hold, [3]StateSet{Both, Both, Both}},
		{"all positive, small", [4]float64{0.1, 0.5, 0.1, 0.2}, Hold, [3]StateSet{Active, Both, Inactive}},
		{"decided", [4]float64{0.8, 1, 0.25, 0.5}, Hold, [3]StateSet{Active, Active, Both}},
		{"never", [4]float64{-0.5, -0.25, -0.2, 0.1}, Hold, [3]StateSet{Inactive, Inactive, Inactive}},
		{"fixed, where a unit is 0", [4]float64{0.5, 0.5, 0.5, 0.5}, Hold, [3]StateSet{Active, Inactive, Inactive}},
		{"moved out", [4]float64{2, 3, 0, 1}, Restrict, [3]StateSet{Active, Active, Active}},
		{"anything else changed", [4]float64{0.1, 0.5, 0.1, 0.2}, Unknown, [3]StateSet{Both, Both, Both}},
	} {
		p := hat(t)
		for j := range 2 {
			p.Cols[j].Lo, p.Cols[j].Hi = milp.Lo(c.limits[2*j]), milp.Hi(c.limits[2*j+1])
		}
		n, err := NewNetwork(p, c.bounds)
		if err != nil {
			t.Fatal(err)
		}
		for k, want := range c.want {
			if n.Units[k].Only != want || n.Units[k].Loose {
				t.Errorf("%s: unit %d: states %d, loose %v; %d expected", c.name, k, n.Units[k].Only, n.Units[k].Loose, want)
			}
		}
		if guards := len(n.Layers[0].Guards) + len(n.Layers[1].Guards); (guards > 0) != (c.bounds == Restrict) {
			t.Errorf("%s: %d guards", c.name, guards)
		}
	}
}
