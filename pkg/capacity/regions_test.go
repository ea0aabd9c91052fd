package capacity

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/relu"
)

// boxBounds are the least and largest pre-activations of a layer over a box.
func boxBounds(lay *relu.Layer, d *relu.Domain) (lower, upper []float64) {
	for i, b := range lay.B {
		lo, hi := b, b
		for j, w := range lay.W.RawRowView(i) {
			lo += min(w*d.Lower[j], w*d.Upper[j])
			hi += max(w*d.Lower[j], w*d.Upper[j])
		}
		lower, upper = append(lower, lo), append(upper, hi)
	}
	return lower, upper
}

// sampled counts the patterns of random points, a lower bound on the number of
// regions. Inputs are multiples of 2^-37 and weights small whole numbers, so
// that every value is exact and a zero means, but for a chance of 2^-34 or so,
// that the unit vanishes on the whole cell.
func sampled(r *rand.Rand, net *relu.Network, d *relu.Domain, points int) int {
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
func awkward(r *rand.Rand) *relu.Network {
	net := &relu.Network{Inputs: 1 + r.IntN(3)}
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
	r := rand.New(rand.NewPCG(13, 14))
	tight := map[string]int{}
	for trial := range 500 {
		net := awkward(r)
		d := relu.Box(net.Inputs, -1, 1)
		n0 := net.Inputs
		if trial%5 == 0 { // a fixed input
			d.Lower[0] = 0.5
			d.Upper[0] = 0.5
			n0--
		}
		var sizes []int
		for l := range net.Layers {
			sizes = append(sizes, net.Layers[l].Units())
		}
		lower, upper := boxBounds(&net.Layers[0], d)
		tables, err := Tables(net, lower, upper, Search{Nodes: 1e5})
		if err != nil {
			t.Fatal(err)
		}
		activation, err := Activation(n0, tables)
		if err != nil {
			t.Fatal(err)
		}
		cutting, err := Cutting(n0, tables)
		if err != nil {
			t.Fatal(err)
		}
		found := big.NewInt(int64(sampled(r, net, d, 1500)))
		names := []string{"sampled", "Cutting", "Activation", "Serra", "Montufar", "Layerwise"}
		values := []*big.Int{found, cutting, activation, Serra(n0, sizes), Montufar(n0, sizes), Layerwise(n0, sizes)}
		for i := 1; i < len(values); i++ {
			if values[i-1].Cmp(values[i]) > 0 {
				t.Errorf("trial %d, n0 = %d, sizes %v: %s %v > %s %v", trial, n0, sizes, names[i-1], values[i-1], names[i], values[i])
			}
			if found.Cmp(values[i]) == 0 {
				tight[names[i]]++
			}
		}
	}
	// A slack in the sampling would make the test empty.
	t.Logf("attained: %v of 500", tight)
	if tight["Cutting"] < 50 || tight["Serra"] < 10 {
		t.Errorf("attained only: %v", tight)
	}
}

// Each tent 2 relu(x) - 4 relu(x - 1/2) folds [0,1] onto itself: k tents in a
// row have 2^k pieces.
func TestTents(t *testing.T) {
	for k := 1; k <= 8; k++ {
		net := &relu.Network{Inputs: 1}
		for l := range k {
			w := mat.NewDense(2, 1, []float64{1, 1})
			if l > 0 {
				w = mat.NewDense(2, 2, []float64{2, -4, 2, -4})
			}
			net.Layers = append(net.Layers, relu.Layer{W: w, B: []float64{0, -0.5}, ReLU: true})
		}
		lower, upper := boxBounds(&net.Layers[0], relu.Box(1, 0, 1))
		tables, err := Tables(net, lower, upper, Search{Nodes: 1e5})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range []func(int, []Table) (*big.Int, error){Activation, Cutting} {
			got, err := f(1, tables)
			if err != nil {
				t.Fatal(err)
			}
			if got.Cmp(big.NewInt(1<<k)) < 0 {
				t.Errorf("%d tents: %v is below their %d pieces", k, got, 1<<k)
			}
		}
	}
}

// gaussian has weights as training starts with, biases a little below zero.
func gaussian(r *rand.Rand, inputs int, sizes []int) *relu.Network {
	net := &relu.Network{Inputs: inputs}
	in := inputs
	for _, n := range sizes {
		lay := relu.Layer{W: mat.NewDense(n, in, nil), B: make([]float64, n), ReLU: true}
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
	net := gaussian(rand.New(rand.NewPCG(15, 16)), 784, []int{256, 256, 10})
	lower, upper := boxBounds(&net.Layers[0], relu.Box(784, 0, 1))
	for name, c := range map[string]Coverer{"simple": nil, "search": Search{Nodes: 20000}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Tables(net, lower, upper, c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
