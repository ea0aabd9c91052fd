package affine

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"relucount/pkg/domain"
	"relucount/pkg/exact"
	"relucount/pkg/property"
	"relucount/pkg/truth"
)

// overBox is an exact function of a frame over its coordinates y, in [-1, 1].
func (f *Frame) overBox(v *exact.Vec) *exact.Vec {
	if f.Parent == nil {
		return v
	}
	return v.Scaled(f.half, f.mid, f.den)
}

func valueAt(v *exact.Vec, y []float64) *big.Rat {
	sum := v.Value(len(y))
	for j, x := range y {
		sum.Add(sum, new(big.Rat).Mul(v.Value(j), truth.Rat(x)))
	}
	return sum
}

// size is the norm of the coefficients.
func size(v *exact.Vec, d int) *big.Rat {
	sum := new(big.Rat)
	for j := range d {
		sum.Add(sum, new(big.Rat).Mul(v.Value(j), v.Value(j)))
	}
	root := new(big.Float).SetPrec(200).SetRat(sum)
	out, _ := root.Sqrt(root).Rat(nil)
	return out
}

// within checks that a number is that near to a fraction.
func within(t *testing.T, seed uint64, what string, k int, got float64, want *big.Rat, err float64) {
	t.Helper()
	if math.IsInf(err, 1) {
		return
	}
	off := new(big.Rat).Sub(truth.Rat(got), want)
	if off.Abs(off).Cmp(truth.Rat(err)) > 0 {
		far, _ := off.Float64()
		t.Errorf("seed %d: %s %d is off by %g, at most %g was said", seed, what, k, far, err)
	}
}

// TestErrOfFrames: functions, cuts and places are as near to the exact ones as
// is said, in narrow frames and where equations hold, for weights of all sizes.
func TestErrOfFrames(t *testing.T) {
	t.Parallel()
	narrow, divided, cuts := 0, 0, 0
	for seed := range property.Anew(t, 400, 80) {
		rng := rand.New(rand.NewPCG(seed, 6))
		d := truth.Styled(rng, truth.Styles[seed%uint64(len(truth.Styles))], 2+rng.IntN(2), 1+rng.IntN(4), 5)
		if rng.IntN(3) == 0 {
			d = d.Times(math.Pow(10, float64(rng.IntN(19)-9)))
		}
		inputs := 4 + rng.IntN(10)
		d = truth.Embeddings[rng.IntN(len(truth.Embeddings))].Of(rng, d, inputs)
		for range rng.IntN(3) {
			r := domain.Row{A: make([]float64, inputs), Lo: math.Inf(-1), Hi: rng.Float64() / 3}
			for j := range r.A {
				r.A[j] = float64(rng.IntN(7)-3) / 3
			}
			if rng.IntN(4) == 0 { // an equation with a pivot that does not divide
				r.Lo = r.Hi
			}
			d.Domain.Rows = append(d.Domain.Rows, r)
		}
		n, err := NewNetwork(d.Encode(t), Hold)
		if err != nil {
			t.Fatal(err)
		}
		f := n.Root
		if n.Void || f.Dim == 0 {
			continue
		}
		if f.Parent != nil {
			narrow++
		}
		if n.den.Rat().Cmp(big.NewRat(1, 1)) != 0 {
			divided++
		}
		y := make([]float64, f.Dim)
		for j := range y {
			y[j] = 2*rng.Float64() - 1
		}
		for i := range f.Cuts {
			cuts++
			c := &f.Cuts[i]
			v := f.overBox(c.exact.Vec)
			within(t, seed, "cut", i, dotted(c.Row, y), new(big.Rat).Quo(valueAt(v, y), size(v, f.Dim)), c.Err)
		}
		checkFunctions(t, seed, rng, n, y)
		checkPlaces(t, seed, rng, n)
		if t.Failed() {
			t.Fatal(d, d.Domain.Rows)
		}
	}
	if narrow == 0 || divided == 0 || cuts == 0 {
		t.Errorf("%d narrow frames, %d with a denominator, %d cuts", narrow, divided, cuts)
	}
}

func dotted(row, y []float64) float64 {
	v := row[len(y)]
	for j, x := range y {
		v += row[j] * x
	}
	return v
}

// checkFunctions checks the functions of all units for states drawn by chance.
func checkFunctions(t *testing.T, seed uint64, rng *rand.Rand, n *Network, y []float64) {
	t.Helper()
	states := make([]State, len(n.Units))
	for k := range states {
		states[k].On = rng.IntN(3) > 0
	}
	var before *Functions
	sums := n.First(n.Root)
	for l := range n.Layers {
		f := new(Functions)
		if l > 0 {
			sums = n.Sums(before, states, nil)
		}
		n.Enter(f, n.Root, before, l, sums, states)
		f.AllReady()
		for k := f.Layer.First; k < f.Layer.End; k++ {
			v := f.Exactly(k).Vec
			switch {
			case f.Norm(k) == 0: // as good as constant: of one sign, which is that of On
				over := n.Root.overBox(v)
				c := over.Value(n.Root.Dim)
				far := new(big.Rat).Abs(c)
				for j := range n.Root.Dim {
					far.Sub(far, new(big.Rat).Abs(over.Value(j)))
				}
				if f.On(k) != (c.Sign() > 0) || !v.Constant() && far.Sign() <= 0 {
					t.Errorf("seed %d: unit %d is constant, on %v; it is %v", seed, k, f.On(k), v)
				}
			case v.Constant():
				t.Errorf("seed %d: unit %d is constant, and has norm %g", seed, k, f.Norm(k))
			default:
				want := valueAt(n.Root.overBox(v), y)
				want.Quo(want, n.den.Rat())
				within(t, seed, "unit", k, dotted(f.Row(k), y), want.Quo(want, truth.Rat(f.Norm(k))), f.Err(k))
			}
		}
		before = f
	}
}

// checkPlaces checks where points of the space are in the frame.
func checkPlaces(t *testing.T, seed uint64, rng *rand.Rand, n *Network) {
	t.Helper()
	f := n.Root
	if f.Parent == nil {
		return
	}
	at := make([]float64, n.Dim())
	for j := range at {
		at[j] = 2*rng.Float64() - 1
	}
	y, err := f.Place(at)
	far := new(big.Rat)
	for i, b := range f.basis() {
		want := valueAt(b, at) // den (mid + half y)
		want.Quo(want, n.den.Rat())
		want.Sub(want, truth.Rat(f.mid[i]))
		want.Quo(want, truth.Rat(f.half[i]))
		if one := big.NewRat(1, 1); new(big.Rat).Abs(want).Cmp(one) > 0 {
			t.Errorf("seed %d: coordinate %d is %v", seed, i, want)
		}
		want.Sub(want, truth.Rat(y[i]))
		far.Add(far, want.Mul(want, want))
	}
	if bound := truth.Rat(err); far.Cmp(bound.Mul(bound, bound)) > 0 {
		off, _ := far.Float64()
		t.Errorf("seed %d: a place is off by %g, at most %g was said", seed, math.Sqrt(off), err)
	}
}
