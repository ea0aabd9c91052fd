package netfile

import (
	"fmt"
	"math"
	"math/rand/v2"

	"relucount/pkg/domain"
	"relucount/pkg/relu"
)

const (
	samples    = 16    // random inputs of the check
	farSamples = 12    // and more, at 10, 100 and 1000 times the distance, if need be
	tolerance  = 1e-6  // of the largest value of a layer
	rounding   = 1e-13 // of the terms that add up in a value
)

// forward evaluates what the file says at x: the values before each layer's
// activation, those of a linear layer at the end included, and the output.
type forward func(x []float64) (before [][]float64, out []float64, err error)

// check compares the folded network with the forward pass at random inputs
// from the domain; without a domain half of them are from [-1,1]^n and half
// from [0,1]^n. mags has for each pre-activation the size of its terms: what
// cancels there leaves a rounding error that says nothing.
//
// Where these inputs leave a kind of unit on one side of its kink, others follow
// from far outside the domain, where the two must agree as well.
func check(net *relu.Chain, over *domain.Domain, mags [][]float64, want forward) error {
	rng := rand.New(rand.NewChaCha8([32]byte([]byte("relucount netfile internal check"))))
	seen := sides{}
	for s := range samples + farSamples {
		far := 1.0
		if s >= samples {
			if far = math.Pow(10, float64(1+(s-samples)/4)); seen.both() || overflows(mags, far) {
				return nil
			}
		}
		d := over
		if d == nil {
			d = domain.Box(net.Inputs, float64(s%2)-1, 1)
		}
		t := make([]float64, len(d.Lower))
		for i := range t {
			u := rng.Float64()
			t[i] = (1-u)*d.Lower[i] + u*d.Upper[i]
		}
		x := d.Point(t)
		for i := range x {
			x[i] *= far
		}
		before, out, err := want(x)
		if err != nil {
			return err
		}
		got := net.Forward(x)
		if err = compare(got, before, mags, far); err == nil {
			err = compareOutput(net, got, out, mags, far)
		}
		if err != nil {
			return fmt.Errorf("internal check failed at random input %d: %w", s, err)
		}
		seen.add(net, got)
	}
	return nil
}

// sides has which kinds of units, by their slopes, were seen inactive and active.
type sides map[relu.Slopes][2]bool

func (s sides) add(net *relu.Chain, g [][]float64) {
	for l := range net.Layers {
		for i, kind := range net.Layers[l].Slopes {
			v := s[kind]
			s[kind] = [2]bool{v[0] || g[l][i] < 0, v[1] || g[l][i] > 0}
		}
	}
}

func (s sides) both() bool {
	for _, v := range s {
		if !v[0] || !v[1] {
			return false
		}
	}
	return true
}

func overflows(mags [][]float64, far float64) bool {
	for _, m := range mags {
		for _, v := range m {
			if v > 1e300/far {
				return true
			}
		}
	}
	return false
}

func compare(got, want, mags [][]float64, far float64) error {
	if len(got) != len(want) {
		return fmt.Errorf("%d layers after folding, %d in the file", len(got), len(want))
	}
	for l := range got {
		if err := compareValues(got[l], want[l], mags[l], far); err != nil {
			return fmt.Errorf("layer %d%w", l+1, err)
		}
	}
	return nil
}

// compareOutput does for what comes out of the last layer's activation.
func compareOutput(net *relu.Chain, g [][]float64, want []float64, mags [][]float64, far float64) error {
	last := len(g) - 1
	lay, mag := &net.Layers[last], mags[last]
	if !lay.Linear() {
		mag = outputSize(mag, lay.Slopes)
	}
	if err := compareValues(lay.Output(g[last]), want, mag, far); err != nil {
		return fmt.Errorf("output%w", err)
	}
	return nil
}

// compareValues opens its error as fits after the name of what is compared.
func compareValues(got, want, mag []float64, far float64) error {
	if len(got) != len(want) {
		return fmt.Errorf(": %d units after folding, %d in the file", len(got), len(want))
	}
	scale := 0.0
	for _, v := range want {
		scale = max(scale, math.Abs(v))
	}
	for i, v := range got {
		d := math.Abs(v - want[i])
		// Written so that a NaN fails.
		if !(d <= tolerance*scale+rounding*far*mag[i]) || math.IsInf(d, 0) {
			return fmt.Errorf(", unit %d: %g after folding, %g by the file", i, v, want[i])
		}
	}
	return nil
}
