package relu

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func rat(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }

// product returns the row of weights and the bias, last, of unit u of a chain of
// linear layers, exactly.
func product(layers []Dense, u int) []*big.Rat {
	last := layers[len(layers)-1]
	_, in := last.W.Dims()
	if len(layers) == 1 {
		out := make([]*big.Rat, in+1)
		for j := range in {
			out[j] = rat(last.W.At(u, j))
		}
		out[in] = rat(last.B[u])
		return out
	}
	_, inputs := layers[0].W.Dims()
	out := make([]*big.Rat, inputs+1)
	for j := range out {
		out[j] = new(big.Rat)
	}
	out[inputs].Add(out[inputs], rat(last.B[u]))
	for k := range in {
		for j, v := range product(layers[:len(layers)-1], k) {
			out[j].Add(out[j], new(big.Rat).Mul(rat(last.W.At(u, k)), v))
		}
	}
	return out
}

// TestRounded: what folding is said to have rounded is at least what it has, and not
// much more; and it is 0 where nothing was.
func TestRounded(t *testing.T) {
	none := 0
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(11, seed))
		n := &Chain{Inputs: 2}
		in := n.Inputs
		depth := 1 + rng.IntN(4)
		for l := range depth {
			lay := Dense{W: mat.NewDense(3, in, nil), B: make([]float64, 3)}
			draw := rng.NormFloat64
			if seed%3 == 0 {
				draw = func() float64 { return float64(rng.IntN(9)-4) / 4 }
			}
			for i := range 3 {
				for j := range in {
					lay.W.Set(i, j, draw())
				}
				lay.B[i] = draw()
			}
			switch {
			case l == depth-1:
				lay.Slopes = ReLU(3)
			case rng.IntN(2) == 0: // no unit, so that it is folded as well
				lay.Slopes = Alike(3, Slopes{1, 1})
			}
			n.Layers = append(n.Layers, lay)
			in = 3
		}
		net := n.Network()
		worst := 0.0
		for i := range net.Layers[0].Forms {
			f := &net.Layers[0].Forms[i]
			off := new(big.Rat)
			exact := product(n.Layers, i)
			exact[2].Sub(exact[2], rat(f.B))
			for k, j := range f.Src {
				exact[j].Sub(exact[j], rat(f.W[k]))
			}
			for _, v := range exact {
				off.Add(off, v.Abs(v))
			}
			part, _ := off.Quo(off, rat(f.Size())).Float64()
			worst = max(worst, part)
		}
		if net.Rounded < worst*(1-1e-9) || net.Rounded > 100*worst {
			t.Errorf("seed %d, %d layers: %g is rounded, %g is said", seed, depth, worst, net.Rounded)
		}
		if net.Rounded == 0 {
			none++
		}
	}
	if none < 15 || none > 45 {
		t.Errorf("nothing is rounded in %d networks of 60", none)
	}
}
