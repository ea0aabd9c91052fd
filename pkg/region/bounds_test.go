package region

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/domain"
	"relucount/pkg/relu"
	"relucount/pkg/tighten"
)

// checkBounds compares the bounds of every method with the exact range of each
// pre-activation, which the corners of all cells show.
func checkBounds(t *testing.T, who string, d drawn) {
	t.Helper()
	m := exactNetwork(d.net, d.domain)
	m.regions()
	for _, d.method = range tighten.Methods {
		p := d.encode(t)
		for k := range p.Units {
			u := &p.Units[k]
			lo, _ := m.ranges[k][0].Float64()
			hi, _ := m.ranges[k][1].Float64()
			if rat(u.Lower).Cmp(m.ranges[k][0]) > 0 || rat(u.Upper).Cmp(m.ranges[k][1]) < 0 {
				t.Errorf("%s: %s: unit %d of layer %d has [%v, %v] for the range [%v, %v]", who, d.method, u.Unit, u.Layer, u.Lower, u.Upper, lo, hi)
			}
			// the first layer and the mixed-integer program are exact
			wide := 1e-4*math.Max(math.Abs(lo), math.Abs(hi)) + 1e-6
			if (d.method == "milp" || u.Layer == 1) && (u.Lower < lo-wide || u.Upper > hi+wide) {
				t.Errorf("%s: %s: unit %d of layer %d has [%v, %v], wider than the range [%v, %v]", who, d.method, u.Unit, u.Layer, u.Lower, u.Upper, lo, hi)
			}
		}
	}
	if t.Failed() {
		t.Fatal(d)
	}
}

func TestBoundsOfRandomNetworks(t *testing.T) {
	t.Parallel()
	for i := range draws(64) {
		rng := rand.New(rand.NewPCG(41, uint64(i)))
		checkBounds(t, fmt.Sprint(i), drawNetwork(rng, 1+rng.IntN(4), 2+rng.IntN(2), 10))
	}
}

// scaledUnits draws a network each of whose units has a magnitude of its own,
// within 10^-spread and 10^spread, which the next layer takes back.
func scaledUnits(rng *rand.Rand, inputs, layers int, spread float64) drawn {
	d := drawn{net: &relu.Chain{Inputs: inputs}, domain: domain.Box(inputs, -1, 1), method: "interval"}
	in, size := inputs, ones(inputs)
	for range layers {
		n := 1 + rng.IntN(4)
		lay := relu.Dense{W: mat.NewDense(n, in, nil), B: make([]float64, n), Slopes: relu.ReLU(n)}
		next := make([]float64, n)
		for k := range n {
			next[k] = math.Pow(10, spread*(2*rng.Float64()-1))
			for j := range in {
				lay.W.Set(k, j, next[k]*rng.NormFloat64()/size[j])
			}
			lay.B[k] = next[k] * rng.NormFloat64() / 2
		}
		d.net.Layers = append(d.net.Layers, lay)
		in, size = n, next
	}
	return d
}

// TestBoundsOfScaledUnits: solvers have absolute tolerances, bounds must hold
// all the same.
func TestBoundsOfScaledUnits(t *testing.T) {
	t.Parallel()
	for _, spread := range []float64{2, 5} {
		for i := range draws(32) {
			rng := rand.New(rand.NewPCG(4321, uint64(i)))
			checkBounds(t, fmt.Sprintf("%d, magnitudes within 10^%v", i, spread), scaledUnits(rng, 1+rng.IntN(3), 2+rng.IntN(2), spread))
		}
	}
}

// TestScaledUnitsByMIP: nor may magnitudes matter to branch and bound.
func TestScaledUnitsByMIP(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{3, 9, 21, 26, 48} {
		rng := rand.New(rand.NewPCG(4321, seed))
		d := scaledUnits(rng, 1+rng.IntN(3), 2+rng.IntN(2), 5)
		truth := exactNetwork(d.net, d.domain).regions()
		s, err := NewSpace(d.encode(t))
		if err != nil {
			t.Fatal(err)
		}
		if !sameRegions(t, fmt.Sprintf("mip, seed %d", seed), countAll(t, s, "mip", 1), truth) {
			t.Log(d)
		}
	}
}
