package tighten

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"relucount/pkg/domain"
	"relucount/pkg/highs"
	"relucount/pkg/relu"
)

// kinds are the activations that the bounds are tried with; the last has units
// without a kink among the others.
var kinds = map[string]func(rng *rand.Rand, i int) relu.Slopes{
	"leaky": func(*rand.Rand, int) relu.Slopes { return relu.Slopes{Inactive: 0.1, Active: 1} },
	"abs":   func(*rand.Rand, int) relu.Slopes { return relu.Slopes{Inactive: -1, Active: 1} },
	"prelu": func(rng *rand.Rand, _ int) relu.Slopes { return relu.Slopes{Inactive: rng.NormFloat64(), Active: 1} },
	"flat": func(rng *rand.Rand, i int) relu.Slopes {
		if i%3 == 1 {
			return relu.Slopes{Inactive: 1, Active: 1}
		}
		return relu.Slopes{Inactive: rng.Float64(), Active: 1}
	},
}

func setSlopes(rng *rand.Rand, n *relu.Chain, kind func(*rand.Rand, int) relu.Slopes) {
	for l := range n.Layers {
		for i := range n.Layers[l].Slopes {
			n.Layers[l].Slopes[i] = kind(rng, i)
		}
	}
}

// units lists the places of the pre-activations that make units, by layer and
// among all.
func units(n *relu.Chain) (layer, unit, all []int) {
	k := 0
	for l := range n.Layers {
		for i, s := range n.Layers[l].Slopes {
			if s.Kink() {
				layer, unit, all = append(layer, l), append(unit, i), append(all, k)
			}
			k++
		}
	}
	return layer, unit, all
}

// TestSlopesOnALine: bounds hold for the exact ranges over an interval, and
// those by milp are no wider.
func TestSlopesOnALine(t *testing.T) {
	for name, kind := range kinds {
		for seed := range uint64(8) {
			rng := rand.New(rand.NewPCG(61, seed))
			n := network(rng, false, 1, 1+rng.IntN(5), 1+rng.IntN(5), 1+rng.IntN(4))
			setSlopes(rng, n, kind)
			exact, _ := line(n, -1, 2)
			_, _, all := units(n)
			for _, method := range Methods {
				p, _ := encode(t, n, domain.Box(1, -1, 2), Options{Method: method, Workers: 2})
				if len(p.Units) != len(all) {
					t.Fatalf("%d units for %d", len(p.Units), len(all))
				}
				for k := range p.Units {
					u, r := &p.Units[k], exact[all[k]]
					const tol = 1e-12
					if u.Lower > r[0]+tol || u.Upper < r[1]-tol {
						t.Errorf("%s, seed %d: %s: unit %d of layer %d has [%v, %v] for the range %v", name, seed, method, u.Unit, u.Layer, u.Lower, u.Upper, r)
					}
					if wide := 2e-5 * (1 + math.Max(-r[0], r[1])); method == "milp" && (u.Lower < r[0]-wide || u.Upper > r[1]+wide) {
						t.Errorf("%s, seed %d: %s: unit %d of layer %d has [%v, %v], wider than the range %v", name, seed, method, u.Unit, u.Layer, u.Lower, u.Upper, r)
					}
				}
			}
		}
	}
}

// TestProgramHasTheRegions: with the binaries fixed, the program has a solution
// with each unit strictly on its side for just as many patterns as an interval
// has pieces.
func TestProgramHasTheRegions(t *testing.T) {
	for name, kind := range kinds {
		for seed := range uint64(4) {
			rng := rand.New(rand.NewPCG(63, seed))
			n := network(rng, false, 1, 2+rng.IntN(2), 1+rng.IntN(3), 1+rng.IntN(2))
			setSlopes(rng, n, kind)
			_, breaks := line(n, -2, 2)
			p, _ := encode(t, n, domain.Box(1, -2, 2), Options{Method: Methods[seed%4], Workers: 1})
			unstable := p.Unstable()
			found := 0
			for pattern := range 1 << len(unstable) {
				prog := Program(p)
				f := prog.AddColumn(math.Inf(-1), 1, 1, false)
				prog.Maximize = true
				for b, k := range unstable {
					u := &p.Units[k]
					z, side := float64(pattern>>b&1), u.Hbar
					if z == 1 {
						side = u.H
					}
					prog.ColLo[*u.Z], prog.ColHi[*u.Z] = z, z
					prog.AddRow(0, math.Inf(1), []int{side, f}, []float64{1, -1})
				}
				if r := prog.Solve(context.Background(), highs.Options{}); r.Status == highs.Optimal && r.Objective > 1e-5 {
					found++
				}
			}
			if found != len(breaks)-1 {
				t.Errorf("%s, seed %d: %d patterns have a solution, there are %d pieces at %v", name, seed, found, len(breaks)-1, breaks)
			}
		}
	}
}

// TestSlopesSampled: points of the domain stay within the bounds of every
// method, each of which is at least as tight as the one before.
func TestSlopesSampled(t *testing.T) {
	for name, kind := range kinds {
		tighter := 0
		for seed := range uint64(3) {
			rng := rand.New(rand.NewPCG(62, seed))
			n := network(rng, seed%2 == 0, 2+rng.IntN(5), 2+rng.IntN(6), 2+rng.IntN(6), 3)
			setSlopes(rng, n, kind)
			d := domain.Box(n.Inputs, -0.5, 1)
			layer, unit, _ := units(n)
			var before [][2]float64
			for _, method := range Methods {
				p, _ := encode(t, n, d, Options{Method: method, Workers: 2})
				for range 300 {
					x := make([]float64, n.Inputs)
					for j := range x {
						x[j] = d.Lower[j] + rng.Float64()*(d.Upper[j]-d.Lower[j])
						if rng.IntN(2) == 0 {
							x[j] = []float64{d.Lower[j], d.Upper[j]}[rng.IntN(2)]
						}
					}
					g := n.Forward(x)
					for k := range p.Units {
						u := &p.Units[k]
						if v := g[layer[k]][unit[k]]; v < u.Lower-1e-12 || v > u.Upper+1e-12 {
							t.Errorf("%s, %s: unit %d of layer %d is %v, outside [%v, %v]", name, method, u.Unit, u.Layer, v, u.Lower, u.Upper)
						}
					}
				}
				var now [][2]float64
				for k := range p.Units {
					u := &p.Units[k]
					now = append(now, [2]float64{u.Lower, u.Upper})
					if before == nil {
						continue
					}
					slack := 1e-6 * (1 + before[k][1] - before[k][0])
					if u.Lower < before[k][0]-slack || u.Upper > before[k][1]+slack {
						t.Errorf("%s, seed %d: %s has [%v, %v] for unit %d, the method before %v", name, seed, method, u.Lower, u.Upper, k, before[k])
					}
					if u.Upper-u.Lower < 0.999*(before[k][1]-before[k][0]) {
						tighter++
					}
				}
				before = now
			}
		}
		if tighter < 10 {
			t.Errorf("%s: only %d bounds are tighter than the method before", name, tighter)
		}
	}
}
