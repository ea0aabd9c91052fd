package region

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"relucount/pkg/property"
	"relucount/pkg/tighten"
	"relucount/pkg/truth"
)

// checkBounds compares the bounds of every method with the exact range of each
// pre-activation, which the corners of all cells show.
func checkBounds(t *testing.T, who string, d truth.Drawn) {
	t.Helper()
	m := truth.OfNetwork(d.Net, d.Domain)
	m.Regions()
	for _, d.Method = range tighten.Methods {
		p := d.Encode(t)
		for k := range p.Units {
			u := &p.Units[k]
			lo, _ := m.Ranges()[k][0].Float64()
			hi, _ := m.Ranges()[k][1].Float64()
			if truth.Rat(u.Lower).Cmp(m.Ranges()[k][0]) > 0 || truth.Rat(u.Upper).Cmp(m.Ranges()[k][1]) < 0 {
				t.Errorf("%s: %s: unit %d of layer %d has [%v, %v] for the range [%v, %v]", who, d.Method, u.Unit, u.Layer, u.Lower, u.Upper, lo, hi)
			}
			// the first layer and the mixed-integer program are exact
			wide := 1e-4*math.Max(math.Abs(lo), math.Abs(hi)) + 1e-6
			if (d.Method == "milp" || u.Layer == 1) && (u.Lower < lo-wide || u.Upper > hi+wide) {
				t.Errorf("%s: %s: unit %d of layer %d has [%v, %v], wider than the range [%v, %v]", who, d.Method, u.Unit, u.Layer, u.Lower, u.Upper, lo, hi)
			}
		}
	}
	if t.Failed() {
		t.Fatal(d)
	}
}

func TestBoundsOfRandomNetworks(t *testing.T) {
	t.Parallel()
	for i := range property.Seeds(t, 64, 6) {
		rng := rand.New(rand.NewPCG(41, i))
		checkBounds(t, fmt.Sprint(i), truth.Random(rng, 1+rng.IntN(4), 2+rng.IntN(2), 10))
	}
}

// TestBoundsOfScaledUnits: solvers have absolute tolerances, bounds must hold
// all the same.
func TestBoundsOfScaledUnits(t *testing.T) {
	t.Parallel()
	for _, spread := range []float64{2, 5} {
		for i := range property.Seeds(t, 32, 3) {
			rng := rand.New(rand.NewPCG(4321, i))
			checkBounds(t, fmt.Sprintf("%d, magnitudes within 10^%v", i, spread), truth.ScaledUnits(rng, 1+rng.IntN(3), 2+rng.IntN(2), spread))
		}
	}
}

// TestScaledUnitsByMIP: nor may magnitudes matter to branch and bound.
func TestScaledUnitsByMIP(t *testing.T) {
	t.Parallel()
	for i := range property.Seeds(t, 5, 1) {
		seed := []uint64{3, 9, 21, 26, 48}[i]
		rng := rand.New(rand.NewPCG(4321, seed))
		d := truth.ScaledUnits(rng, 1+rng.IntN(3), 2+rng.IntN(2), 5)
		exact := truth.OfNetwork(d.Net, d.Domain).Regions()
		s, err := NewSpace(d.Encode(t))
		if err != nil {
			t.Fatal(err)
		}
		if !sameRegions(t, fmt.Sprintf("mip, seed %d", seed), countAll(t, s, "mip", 1), exact) {
			t.Log(d)
		}
	}
}
