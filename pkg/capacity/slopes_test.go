package capacity

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/domain"
	"relucount/pkg/milp"
	"relucount/pkg/relu"
)

// kinkedNetwork draws a network of one input whose units have slopes of all
// signs.
func kinkedNetwork(r *rand.Rand) *relu.Chain {
	net := &relu.Chain{Inputs: 1}
	in := 1
	for range 1 + r.IntN(3) {
		n := 1 + r.IntN(4)
		lay := relu.Dense{W: mat.NewDense(n, in, nil), B: make([]float64, n)}
		for i := range n {
			for j := range in {
				lay.W.Set(i, j, r.NormFloat64())
			}
			lay.B[i] = r.NormFloat64() / 2
			lay.Slopes = append(lay.Slopes, relu.Slopes{Inactive: []float64{-1, 0.1, 0.5, -0.3, 0}[r.IntN(5)], Active: 1})
		}
		net.Layers = append(net.Layers, lay)
		in = n
	}
	if net.Layers[0].Slopes[0].IsReLU() {
		net.Layers[0].Slopes[0].Inactive = 0.2
	}
	return net
}

// patternsOnLine lists the patterns of the pieces into which the units cut an
// interval. Between neighbouring kinks of the layers before a unit is affine.
func patternsOnLine(net *relu.Network, lo, hi float64) (out [][]bool) {
	breaks := []float64{lo, hi}
	for l := range net.Layers {
		slices.Sort(breaks)
		var more []float64
		for i := range net.Layers[l].Forms {
			for k := 1; k < len(breaks); k++ {
				a, b := net.Forward(breaks[k-1 : k])[l][i], net.Forward(breaks[k : k+1])[l][i]
				if a*b < 0 {
					more = append(more, breaks[k-1]+(breaks[k]-breaks[k-1])*a/(a-b))
				}
			}
		}
		breaks = append(breaks, more...)
	}
	slices.Sort(breaks)
	for k := 1; k < len(breaks); k++ {
		if breaks[k]-breaks[k-1] < 1e-9 {
			continue
		}
		var p []bool
		for _, g := range net.Forward([]float64{(breaks[k] + breaks[k-1]) / 2}) {
			for _, v := range g {
				p = append(p, v > 0)
			}
		}
		out = append(out, p)
	}
	return out
}

func program(net *relu.Network, lo, hi float64) *milp.Problem {
	b := milp.NewBuilder(net, domain.Box(net.Inputs, lo, hi), "interval")
	for f := b.Next(); f != nil; f = b.Next() {
		lower, upper := f.Interval()
		b.Add(f, lower, upper)
	}
	return b.Finish()
}

// TestSlopesOnALine holds what is offered for any slopes against the exact
// number of regions, of all and of those that begin with given states.
func TestSlopesOnALine(t *testing.T) {
	attained, serraBelow := 0, 0
	for trial := range 400 {
		r := rand.New(rand.NewPCG(31, uint64(trial)))
		net := kinkedNetwork(r)
		patterns := patternsOnLine(net.Network(), -2, 2)
		exact := big.NewInt(int64(len(patterns)))
		p := program(net.Network(), -2, 2)
		n, err := FromProblem(p, trial%2 == 0)
		if err != nil {
			t.Fatal(err)
		}
		for l := range n.Sizes {
			for i := range n.Lower[l] {
				if !(n.Lower[l][i] <= n.Upper[l][i]) || math.IsInf(n.Upper[l][i], 0) {
					t.Errorf("%d: unit %d of layer %d within [%g, %g]", trial, i, l+1, n.Lower[l][i], n.Upper[l][i])
				}
			}
		}
		ceiling := NewCeiling(p, false, allSets)
		units := len(p.Units)
		all := slices.Repeat([]bool{true}, units)
		montufar := Montufar(n.N0, n.Sizes)
		for name, bound := range map[string]*big.Int{
			"Montufar": montufar, "Unstable": Unstable(len(p.Unstable())), "Ceiling": ceiling.Within(make([]bool, units), all),
		} {
			if bound.Cmp(exact) < 0 {
				t.Errorf("%d: %s is %v for %v regions", trial, name, bound, exact)
			}
			if name == "Ceiling" && bound.Cmp(montufar) > 0 {
				t.Errorf("%d: the ceiling is %v, Montufar %v", trial, bound, montufar)
			}
		}
		if montufar.Cmp(exact) == 0 {
			attained++
		}
		if Serra(n.N0, n.Sizes).Cmp(exact) < 0 {
			serraBelow++
		}
		if len(n.Sizes) == 1 && Zaslavsky(n.Sizes[0], n.N0).Cmp(exact) < 0 {
			t.Errorf("%d: Zaslavsky is below %v", trial, exact)
		}
		holdsInCells(t, trial, ceiling, patterns)
		refused(t, n)
	}
	if attained < 20 || serraBelow == 0 {
		t.Errorf("Montufar is attained %d times, Serra fails %d times: the test has no teeth", attained, serraBelow)
	}
}

// holdsInCells holds a ceiling against the regions of each cell of the first k
// units' states.
func holdsInCells(t *testing.T, trial int, ceiling *Ceiling, patterns [][]bool) {
	t.Helper()
	units := len(patterns[0])
	all := slices.Repeat([]bool{true}, units)
	for k := 1; k <= units; k++ {
		cells := map[string]int64{}
		states := map[string][]bool{}
		for _, q := range patterns {
			key := ""
			for _, on := range q[:k] {
				key += map[bool]string{true: "1", false: "0"}[on]
			}
			cells[key]++
			states[key] = q
		}
		open := slices.Concat(make([]bool, k), all[k:])
		for key, count := range cells {
			on := slices.Concat(states[key][:k], make([]bool, units-k))
			if bound := ceiling.Within(on, open); bound.Cmp(big.NewInt(count)) < 0 {
				t.Errorf("%d: at most %v in the cell %s, there are %d", trial, bound, key, count)
			}
		}
	}
}

// TestSkipsOnALine: of networks with connections that skip layers the ceiling
// holds, and the bounds that are proved for layers are refused.
func TestSkipsOnALine(t *testing.T) {
	below := 0
	for trial := range 300 {
		r := rand.New(rand.NewPCG(37, uint64(trial)))
		net := &relu.Network{Inputs: 1}
		sum := relu.NewSum(64)
		for range 2 + r.IntN(3) {
			lay := relu.Layer{}
			for range 1 + r.IntN(3) {
				for s := range net.Sources(len(net.Layers)) {
					if one := relu.Source(s); r.IntN(3) > 0 {
						sum.Add(r.NormFloat64(), &one)
					}
				}
				sum.AddConstant(r.NormFloat64())
				slopes := relu.Slopes{Active: 1}
				if trial%3 == 0 {
					slopes.Inactive = -r.Float64()
				}
				f, _ := sum.Take()
				lay.Forms, lay.Slopes = append(lay.Forms, f), append(lay.Slopes, slopes)
			}
			net.Layers = append(net.Layers, lay)
		}
		one := relu.Source(0) // the last layer takes the input
		sum.Add(1, &one)
		net.Layers[len(net.Layers)-1].Forms[0], _ = sum.Take()
		if err := net.Check(); err != nil {
			t.Fatal(err)
		}
		patterns := patternsOnLine(net, -2, 2)
		p := program(net, -2, 2)
		if _, err := FromProblem(p, false); err == nil || !strings.Contains(err.Error(), ": a connection that skips a layer") {
			t.Fatalf("%d: %v", trial, err)
		}
		ceiling, units := NewCeiling(p, false, allSets), len(p.Units)
		most := ceiling.Within(make([]bool, units), slices.Repeat([]bool{true}, units))
		if most.Cmp(big.NewInt(int64(len(patterns)))) < 0 {
			t.Errorf("%d: at most %v, there are %d", trial, most, len(patterns))
		}
		if most.Cmp(Unstable(len(p.Unstable()))) < 0 {
			below++
		}
		holdsInCells(t, trial, ceiling, patterns)
	}
	if below < 100 {
		t.Errorf("the ceiling is below 2^units for %d networks only", below)
	}
}

// refused wants an error that names the unit from what needs ReLU units.
func refused(t *testing.T, n *Layered) {
	t.Helper()
	want := "proved for ReLU units only"
	if _, err := Tables(n, nil); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("Tables: %v", err)
	}
	if _, _, err := Tight(n, trivialTables(n.Sizes), allSets); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("Tight: %v", err)
	}
}

func TestOnlyReLU(t *testing.T) {
	net := &relu.Chain{Inputs: 1, Layers: []relu.Dense{
		{W: mat.NewDense(1, 1, []float64{1}), B: []float64{0}, Slopes: relu.ReLU(1)},
		{W: mat.NewDense(2, 1, []float64{1, 1}), B: []float64{0, 0}, Slopes: []relu.Slopes{{Inactive: 0, Active: 1}, {Inactive: 0.01, Active: 1}}},
	}}
	err := (&Layered{Net: net}).OnlyReLU()
	if err == nil || err.Error() != "layer 2, unit 1 has the slopes 0.01 and 1: proved for ReLU units only" {
		t.Error(err)
	}
	net.Layers[1].Slopes[1].Inactive = 0
	if err := (&Layered{Net: net}).OnlyReLU(); err != nil {
		t.Error(err)
	}
}

// |x| - 1/2 has 4 regions with x, and by the bounds for ReLU units 3.
func TestAbsBeatsSerra(t *testing.T) {
	abs := relu.Alike(1, relu.Slopes{Inactive: -1, Active: 1})
	net := &relu.Chain{Inputs: 1, Layers: []relu.Dense{
		{W: mat.NewDense(1, 1, []float64{1}), B: []float64{0}, Slopes: abs},
		{W: mat.NewDense(1, 1, []float64{1}), B: []float64{-0.5}, Slopes: abs},
	}}
	if got := len(patternsOnLine(net.Network(), -1, 1)); got != 4 {
		t.Errorf("%d regions", got)
	}
	equal(t, "Serra", Serra(1, []int{1, 1}), 3)
	equal(t, "Montufar", Montufar(1, []int{1, 1}), 4)
}
