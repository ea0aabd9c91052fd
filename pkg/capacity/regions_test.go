package capacity

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/domain"
	"relucount/pkg/milp"
	"relucount/pkg/relu"
)

// boxBounds are the least and largest pre-activations of a layer over a box.
func boxBounds(lay *relu.Dense, d *domain.Domain) (lower, upper []float64) {
	alone := relu.Chain{Inputs: len(d.Lower), Layers: []relu.Dense{*lay}}
	return milp.NewBuilder(alone.Network(), d, "interval").Next().Interval()
}

// over is a network over a domain, with bounds by interval arithmetic.
func over(net *relu.Chain, d *domain.Domain) *Layered {
	n := &Layered{Net: net}
	for j := range d.Lower {
		n.Fixed = append(n.Fixed, d.Lower[j] == d.Upper[j])
		if !n.Fixed[j] {
			n.N0++
		}
	}
	for l := range net.Layers {
		lower, upper := boxBounds(&net.Layers[l], d)
		n.Sizes = append(n.Sizes, len(lower))
		n.Lower, n.Upper = append(n.Lower, lower), append(n.Upper, upper)
		d = domain.Box(len(lower), 0, 0)
		for i := range lower {
			d.Lower[i], d.Upper[i] = max(0, lower[i]), max(0, upper[i])
		}
	}
	return n
}

var allSets = Limits{SetUnits: maxSetUnits, Work: 1 << 25, Sets: 1 << 24}

// sampled counts the patterns of random points, a lower bound on the number of
// regions. Inputs are multiples of 2^-37 and weights small whole numbers, so
// that every value is exact and a zero means, but for a chance of 2^-34 or so,
// that the unit vanishes on the whole cell.
func sampled(r *rand.Rand, net *relu.Chain, d *domain.Domain, points int) int {
	seen := map[string]bool{}
	x := make([]float64, net.Inputs)
	var key []byte
	for range points {
		// Whole numbers let many hyperplanes pass near the centre.
		side := []float64{1, 0.25, 0.0625}[r.IntN(3)]
		for j := range x {
			width := d.Upper[j] - d.Lower[j]
			x[j] = d.Lower[j] + width*(1-side)/2 + width*side*float64(r.Int64N(1<<34))/(1<<34)
		}
		key = key[:0]
		for _, g := range net.Forward(x) {
			for _, v := range g {
				if v > 0 {
					key = append(key, '1')
				} else {
					key = append(key, '0')
				}
			}
		}
		seen[string(key)] = true
	}
	return len(seen)
}

// awkward draws a network with zero weights, dead units, duplicates and
// opposites, as bounds derived for general position would dislike.
func awkward(r *rand.Rand) *relu.Chain {
	net := &relu.Chain{Inputs: 1 + r.IntN(3)}
	in := net.Inputs
	for range 1 + r.IntN(3) {
		lay := signLayer(r, 1+r.IntN(6), in, []float64{0, 0.3, 0.7}[r.IntN(3)])
		n := lay.Units()
		for i := range n {
			switch from := r.IntN(n); r.IntN(8) {
			case 0: // a copy
				lay.W.SetRow(i, lay.W.RawRowView(from))
				lay.B[i] = lay.B[from]
			case 1: // the opposite
				for j := range in {
					lay.W.Set(i, j, -lay.W.At(from, j))
				}
				lay.B[i] = -lay.B[from]
			case 2: // a row of zeros
				lay.W.SetRow(i, make([]float64, in))
			case 3:
				lay.B[i] -= 4
			case 4:
				lay.B[i] = 0
			}
		}
		net.Layers = append(net.Layers, lay)
		in = n
	}
	return net
}

func TestBoundsHoldOnRandomNetworks(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(13, 14))
	tight := map[string]int{}
	for trial := range 500 {
		net := awkward(r)
		d := domain.Box(net.Inputs, -1, 1)
		if trial%5 == 0 { // a fixed input
			d.Lower[0] = 0.5
			d.Upper[0] = 0.5
		}
		n := over(net, d)
		tables, err := Tables(n, Search{Nodes: 1e5})
		if err != nil {
			t.Fatal(err)
		}
		activation, err := Activation(n.N0, tables)
		if err != nil {
			t.Fatal(err)
		}
		tightest, _, err := Tight(n, tables, allSets)
		if err != nil {
			t.Fatal(err)
		}
		found := big.NewInt(int64(sampled(r, net, d, 1500)))
		names := []string{"sampled", "Tight", "Activation", "Serra", "Montufar"}
		values := []*big.Int{found, tightest, activation, Serra(n.N0, n.Sizes), Montufar(n.N0, n.Sizes)}
		for i := 1; i < len(values); i++ {
			if values[i-1].Cmp(values[i]) > 0 {
				t.Errorf("trial %d, n0 = %d, sizes %v: %s %v > %s %v", trial, n.N0, n.Sizes, names[i-1], values[i-1], names[i], values[i])
			}
			if found.Cmp(values[i]) == 0 {
				tight[names[i]]++
			}
		}
	}
	// A slack in the sampling would make the test empty.
	t.Logf("attained: %v of 500", tight)
	if tight["Tight"] < 200 || tight["Serra"] < 10 {
		t.Errorf("attained only: %v", tight)
	}
}

// Each tent 2 relu(x) - 4 relu(x - 1/2) folds [0,1] onto itself: k tents in a
// row have 2^k pieces.
func TestTents(t *testing.T) {
	t.Parallel()
	for k := 1; k <= 8; k++ {
		net := &relu.Chain{Inputs: 1}
		for l := range k {
			w := mat.NewDense(2, 1, []float64{1, 1})
			if l > 0 {
				w = mat.NewDense(2, 2, []float64{2, -4, 2, -4})
			}
			net.Layers = append(net.Layers, relu.Dense{W: w, B: []float64{0, -0.5}, Slopes: relu.ReLU(2)})
		}
		n := over(net, domain.Box(1, 0, 1))
		tables, err := Tables(n, Search{Nodes: 1e5})
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := Tight(n, tables, allSets)
		if err != nil {
			t.Fatal(err)
		}
		if got.Cmp(big.NewInt(1<<k)) < 0 {
			t.Errorf("%d tents: %v is below their %d pieces", k, got, 1<<k)
		}
	}
}

// gaussian has weights as training starts with, biases a little below zero.
func gaussian(r *rand.Rand, inputs int, sizes []int) *relu.Chain {
	net := &relu.Chain{Inputs: inputs}
	in := inputs
	for _, n := range sizes {
		lay := relu.Dense{W: mat.NewDense(n, in, nil), B: make([]float64, n), Slopes: relu.ReLU(n)}
		for i := range n {
			lay.B[i] = r.NormFloat64() - 0.3
			for j := range in {
				lay.W.Set(i, j, r.NormFloat64())
			}
		}
		net.Layers = append(net.Layers, lay)
		in = n
	}
	return net
}

func BenchmarkTables784_256_256_10(b *testing.B) {
	n := over(gaussian(rand.New(rand.NewPCG(15, 16)), 784, []int{256, 256, 10}), domain.Box(784, 0, 1))
	for name, c := range map[string]Coverer{"simple": nil, "search": Search{Nodes: 20000}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Tables(n, c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkTight(b *testing.B) {
	for _, sizes := range [][]int{{11, 11, 10}, {3, 19, 10}, {21, 1, 10}, {256, 256, 10}} {
		n := over(gaussian(rand.New(rand.NewPCG(15, 16)), 784, sizes), domain.Box(784, 0, 1))
		tables, err := Tables(n, nil)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint(sizes), func(b *testing.B) {
			for b.Loop() {
				if _, _, err := Tight(n, tables, allSets); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
