package region

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"relucount/pkg/milp"
	"relucount/pkg/property"
	"relucount/pkg/truth"
)

// checkProblem holds all engines against the exact enumeration of a milp.
func checkProblem(t *testing.T, who string, rng *rand.Rand, p *milp.Problem, exact map[string]truth.Region) {
	t.Helper()
	s, err := NewSpace(p)
	if err != nil {
		t.Fatal(err)
	}
	if s.Edited() {
		t.Errorf("%s: edited", who)
	}
	sameRegions(t, who, countAll(t, s, "tree", 1+rng.IntN(2)), exact)
	mip := len(exact) <= 12 && rng.IntN(3) == 0
	if mip {
		sameRegions(t, who+" by mip", countAll(t, s, "mip", 1), exact)
	}
	all := hashes(rng, len(p.Units), p.Unstable())
	checkHash(t, who, nil, s, all[rng.IntN(len(all))], exact, mip)
	want := map[string]bool{}
	for pattern := range exact {
		want[pattern] = true
	}
	checkCubes(t, s, cubesOf(t, s, 1+rng.IntN(6), 2), "tree", want)
}

// checkPoints checks that the points of regions have their patterns, by the
// rows of the milp.
func checkPoints(t *testing.T, who string, p *milp.Problem, exact map[string]truth.Region) {
	t.Helper()
	s, err := NewSpace(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range oracles(s) {
		for pattern, x := range enumerate(t, o.space, Options{Oracle: o.flag, Workers: 1}).at {
			states := strings.ReplaceAll(pattern, "/", "")
			for k, g := range truth.Evaluate(p, x, truth.Positive) {
				if on := states[k] == '1'; !exact[pattern].Zero[k] && on != (g > 0) {
					t.Errorf("%s, %s: %s: unit %d is %g at %v", who, o.name, pattern, k, g, x)
				}
			}
		}
	}
}

// TestSkips has milps whose pre rows take inputs, and units of any earlier
// layer.
func TestSkips(t *testing.T) {
	t.Parallel()
	for i := range property.Seeds(t, 60, 5) {
		rng := rand.New(rand.NewPCG(91, i))
		d := truth.Random(rng, 1+rng.IntN(3), 2+rng.IntN(3), 8)
		if i%2 == 1 {
			truth.TwoSlopes(rng, d.Net)
		}
		p := d.Encode(t)
		truth.Skip(rng, p)
		if err := p.Check(); err != nil {
			t.Fatal(err)
		}
		exact := truth.OfProblem(p, 1).Regions()
		who := fmt.Sprint("network ", i)
		checkProblem(t, who, rng, p, exact)
		checkPoints(t, who, p, exact)
		if t.Failed() {
			t.Fatal(d)
		}
	}
}

// TestCarriers has networks with units without a kink, of which later layers
// take the pre-activations as they are.
func TestCarriers(t *testing.T) {
	t.Parallel()
	early := 0
	for i := range property.Seeds(t, 60, 15) {
		rng := rand.New(rand.NewPCG(92, i))
		d := truth.Random(rng, 1+rng.IntN(3), 2+rng.IntN(3), 10)
		if i%2 == 1 {
			truth.TwoSlopes(rng, d.Net)
		}
		truth.Carry(rng, d.Net)
		p := d.Encode(t)
		exact := truth.OfNetwork(d.Net, d.Domain).Regions()
		who := fmt.Sprint("network ", i)
		if literal := truth.OfProblem(p, 1).Regions(); len(literal) != len(exact) {
			t.Errorf("%s: the milp has %d regions, the network %d", who, len(literal), len(exact))
		}
		checkProblem(t, who, rng, p, exact)
		if s, err := NewSpace(p); err == nil && s.net.Early {
			early++
		}
		if t.Failed() {
			t.Fatal(d)
		}
	}
	if early == 0 {
		t.Error("no unit took one of an earlier layer than the one before")
	}
}
