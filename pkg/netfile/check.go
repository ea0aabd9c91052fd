package netfile

import (
	"fmt"
	"math"
	"math/rand/v2"

	"relucount/pkg/relu"
)

const (
	samples   = 16    // random inputs of the check
	tolerance = 1e-6  // of the largest value of a layer
	rounding  = 1e-13 // of the terms that add up in a value
)

// forward evaluates what the file says at x: the value before every ReLU, and
// the output where that is not one.
type forward func(x []float64) ([][]float64, error)

// check compares the folded network with the forward pass at random inputs
// from the domain; without a domain half of them are from [-1,1]^n and half
// from [0,1]^n. mags has for each pre-activation the size of its terms: what
// cancels there leaves a rounding error that says nothing.
func check(net *relu.Network, domain *relu.Domain, mags [][]float64, want forward) error {
	rng := rand.New(rand.NewChaCha8([32]byte([]byte("relucount netfile internal check"))))
	x := make([]float64, net.Inputs)
	for s := range samples {
		box := domain
		if box == nil {
			box = relu.Box(net.Inputs, float64(s%2)-1, 1)
		}
		for i := range x {
			u := rng.Float64()
			x[i] = (1-u)*box.Lower[i] + u*box.Upper[i]
		}
		expected, err := want(x)
		if err != nil {
			return err
		}
		if err := compare(net.Forward(x), expected, mags); err != nil {
			return fmt.Errorf("internal check failed at random input %d: %w", s, err)
		}
	}
	return nil
}

func compare(got, want, mags [][]float64) error {
	if len(got) != len(want) {
		return fmt.Errorf("%d layers after folding, %d in the file", len(got), len(want))
	}
	for l := range got {
		if len(got[l]) != len(want[l]) {
			return fmt.Errorf("layer %d: %d units after folding, %d in the file", l+1, len(got[l]), len(want[l]))
		}
		scale := 0.0
		for _, v := range want[l] {
			scale = max(scale, math.Abs(v))
		}
		for i, v := range got[l] {
			d := math.Abs(v - want[l][i])
			// Written so that a NaN fails.
			if !(d <= tolerance*scale+rounding*mags[l][i]) || math.IsInf(d, 0) {
				return fmt.Errorf("layer %d, unit %d: %g after folding, %g by the file", l+1, i, v, want[l][i])
			}
		}
	}
	return nil
}
