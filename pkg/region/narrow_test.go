package region

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/domain"
	"relucount/pkg/property"
	"relucount/pkg/relu"
	"relucount/pkg/tighten"
)

// narrow draws a network of many inputs with narrow layers: with weights of all sizes, with
// some of few digits, which meet in the same points, with units that are nearly the same,
// or with a first layer that is mostly inactive.
func narrow(rng *rand.Rand) *relu.Chain {
	n := &relu.Chain{Inputs: 12 + rng.IntN(30)}
	kind, in := rng.IntN(4), n.Inputs
	for l, size := range [...]int{7 + rng.IntN(4), 2 + rng.IntN(4), 1 + rng.IntN(5)} {
		lay := relu.Dense{W: mat.NewDense(size, in, nil), B: make([]float64, size), Slopes: relu.ReLU(size)}
		for i := range size {
			near := math.Pow(10, -2-8*rng.Float64())
			same := kind == 1 && i > 0 && rng.IntN(2) == 0
			for j := range in {
				w := rng.NormFloat64() / math.Sqrt(float64(in))
				switch {
				case same:
					w = lay.W.At(i-1, j) + near*w
				case kind == 2:
					w = math.Round(4*w) / 4
				}
				lay.W.Set(i, j, w)
			}
			lay.B[i] = rng.NormFloat64() / 3
			if kind == 3 && l == 0 {
				lay.B[i] -= 0.5
			}
		}
		n.Layers = append(n.Layers, lay)
		in = size
	}
	return n
}

// TestNarrow compares counts, which use sections, with lists of the regions, which do not.
func TestNarrow(t *testing.T) {
	t.Parallel()
	for seed := range property.Seeds(t, 30, 5) {
		n := narrow(rand.New(rand.NewPCG(81, seed)))
		p, _, err := tighten.Encode(context.Background(), n.Network(), domain.Box(n.Inputs, -1, 1), tighten.Options{Method: "interval", Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		s, err := NewSpace(p)
		if err != nil {
			t.Fatal(err)
		}
		o := Options{Margin: DefaultMargin, Workers: 1}
		counted, err := s.Count(context.Background(), o)
		if err != nil {
			t.Fatal(err)
		}
		o.Each = func(Region) error { return nil }
		if listed, err := s.Count(context.Background(), o); err != nil || listed.Regions != counted.Regions || !listed.Complete || !counted.Complete {
			t.Errorf("seed %d: %d regions counted, %d listed, %v", seed, counted.Regions, listed.Regions, err)
		}
	}
}
