package tighten

import (
	"context"
	"errors"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/domain"
	"relucount/pkg/highs"
	"relucount/pkg/relu"
)

// TestRefused: numbers that HiGHS does not take are an error with its name,
// not the end of the program.
func TestRefused(t *testing.T) {
	t.Parallel()
	n := &relu.Chain{Inputs: 1, Layers: []relu.Dense{
		{W: mat.NewDense(2, 1, []float64{1e308, -1}), B: []float64{0, 0.5}, Slopes: relu.ReLU(2)}, // twice that is infinite
		{W: mat.NewDense(2, 2, []float64{1e-300, 1, -1e-300, 1}), B: []float64{0, 0}, Slopes: relu.ReLU(2)},
	}}
	for _, method := range []string{"lp", "milp"} {
		for _, workers := range []int{1, 2} {
			_, _, err := Encode(context.Background(), n.Network(), domain.Box(1, -1, 1), Options{Method: method, Workers: workers})
			var r *highs.Refused
			if !errors.As(err, &r) {
				t.Errorf("%s, %d workers: error %v", method, workers, err)
			}
		}
	}
}
