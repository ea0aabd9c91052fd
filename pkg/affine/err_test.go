package affine_test

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"relucount/pkg/affine"
	"relucount/pkg/property"
	"relucount/pkg/truth"
)

// TestErr: a normalised row, evaluated in doubles at a point of the box, is as
// near to the exact function as Err says; and units are constant, and on, where
// they are exactly.
func TestErr(t *testing.T) {
	t.Parallel()
	constant, narrow := 0, 0
	for seed := range property.Anew(t, 600, 120) {
		rng := rand.New(rand.NewPCG(seed, 5))
		d := truth.Styled(rng, truth.Styles[seed%uint64(len(truth.Styles))], 1+rng.IntN(4), 1+rng.IntN(5), 7)
		if seed%5 == 0 {
			d = truth.Dense(rng, 9, 2+rng.IntN(3), 6, 5, 4)
			d.Method = "interval"
		}
		n := newNetwork(t, d.Encode(t), affine.Hold)
		if n.Void || n.Root.Dim == 0 {
			continue
		}
		if n.Root.Parent != nil {
			narrow++
		}
		states := make([]affine.State, len(n.Units))
		for k := range states {
			states[k].On = rng.IntN(3) > 0
		}
		at := draw(rng, n.Dim())
		y := make([]float64, n.Root.Dim)
		n.Root.Of(at, y)
		for _, f := range descend(n, states) {
			for k := f.Layer.First; k < f.Layer.End; k++ {
				x := f.Exactly(k).Vec
				if (f.Norm(k) == 0) != x.Constant() {
					t.Errorf("seed %d: unit %d: norm %g, constant %v", seed, k, f.Norm(k), x.Constant())
				}
				if x.Constant() {
					constant++
					if f.On(k) != (x.ConstantSign() > 0) {
						t.Errorf("seed %d: unit %d: on %v, its sign is %d", seed, k, f.On(k), x.ConstantSign())
					}
					continue
				}
				if n.Root.Parent != nil { // of the coordinates that the doubles stand for
					continue
				}
				exactly := x.Value(len(y))
				for j, v := range y {
					exactly.Add(exactly, new(big.Rat).Mul(x.Value(j), truth.Rat(v)))
				}
				exactly.Quo(exactly, truth.Rat(f.Norm(k)))
				off := exactly.Sub(exactly, truth.Rat(along(f.Row(k), y)))
				if off.Abs(off).Cmp(truth.Rat(f.Err(k))) > 0 {
					got, _ := off.Float64()
					t.Errorf("seed %d: unit %d is off by %g, at most %g was said", seed, k, got, f.Err(k))
				}
			}
		}
	}
	if constant == 0 || narrow == 0 {
		t.Errorf("%d constant units, %d narrow frames", constant, narrow)
	}
}
