package symbolic

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"relucount/pkg/budget"
	"relucount/pkg/onnx"
)

func rat(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }

// TestRounded: what a graph's network is said to have rounded is at least what it
// has, by exact arithmetic on the same constants, and not much more. It is nothing
// where all products and sums are doubles.
func TestRounded(t *testing.T) {
	const n = 3
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(41, seed))
		draw := rng.NormFloat64
		if seed%2 == 0 {
			draw = func() float64 { return float64(1+rng.IntN(8)) / 4 }
		}
		b := onnx.NewBuilder("rounded", n)
		name := b.Input()
		row := make([][n + 1]*big.Rat, n) // of each number: weights, and the constant
		for i := range row {
			for j := range row[i] {
				row[i][j] = new(big.Rat)
			}
			row[i][i].SetInt64(1)
		}
		for range 1 + rng.IntN(4) {
			switch op := []string{"MatMul", "Add", "Mul", "Div"}[rng.IntN(4)]; op {
			case "MatMul":
				data := make([]float64, n*n)
				for i := range data {
					data[i] = draw()
				}
				name = b.Node("m", op, []string{name, b.Constant("w", []int{n, n}, data)})
				next := make([][n + 1]*big.Rat, n)
				for i := range n {
					for j := range next[i] {
						next[i][j] = new(big.Rat)
						for k := range n {
							next[i][j].Add(next[i][j], new(big.Rat).Mul(rat(data[k*n+i]), row[k][j]))
						}
					}
				}
				row = next
			default:
				data := make([]float64, n)
				for i := range data {
					data[i] = draw()
					if seed%2 == 0 && op == "Div" {
						data[i] = 0.5
					}
					for j := range row[i] {
						switch {
						case op == "Mul":
							row[i][j].Mul(row[i][j], rat(data[i]))
						case op == "Div":
							row[i][j].Quo(row[i][j], rat(data[i]))
						case j == n:
							row[i][j].Add(row[i][j], rat(data[i]))
						}
					}
				}
				name = b.Node("e", op, []string{name, b.Constant("c", []int{n}, data)})
			}
		}
		g, err := b.Graph(b.Node("r", "Relu", []string{name}), 10000)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Read(g, nil, budget.Of(g.FileBytes()))
		if err != nil {
			t.Fatal(err)
		}
		worst := 0.0
		for i := range r.Net.Layers[0].Forms {
			f := &r.Net.Layers[0].Forms[i]
			row[i][n].Sub(row[i][n], rat(f.B))
			for k, j := range f.Src {
				row[i][j].Sub(row[i][j], rat(f.W[k]))
			}
			off := new(big.Rat)
			for _, v := range row[i] {
				off.Add(off, v.Abs(v))
			}
			part, _ := off.Quo(off, rat(f.Size())).Float64()
			worst = max(worst, part)
		}
		if got := r.Net.Rounded; got < worst*(1-1e-9) || got > 100*worst {
			t.Errorf("seed %d: %g is rounded, %g is said", seed, worst, got)
		} else if seed%2 == 0 && got != 0 {
			t.Errorf("seed %d: %g is said where nothing is rounded", seed, got)
		}
	}
}

// TestRoundedFactors: factors that are computed, as those of a batch normalisation
// are, count as rounded; those that are exact do not.
func TestRoundedFactors(t *testing.T) {
	for _, by := range []float64{4, 3} {
		b := onnx.NewBuilder("mean", int(by))
		name := b.Node("m", "ReduceMean", []string{b.Input()}, onnx.Attribute{Name: "axes", Ints: []int64{1}})
		g, err := b.Graph(b.Node("r", "Relu", []string{name}), 10000)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Read(g, nil, budget.Of(g.FileBytes()))
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Net.Rounded; (got > 0) != (by == 3) || got > 0x1p-52 {
			t.Errorf("the mean of %g: %g is said to be rounded", by, got)
		}
	}
	constants := func(b *onnx.Builder) []string {
		in := []string{b.Input()}
		for _, v := range []float64{0.7, 0.1, 0.2, 0.3} {
			in = append(in, b.Constant("c", []int{1}, []float64{v}))
		}
		return in
	}
	b := onnx.NewBuilder("norm", 1)
	g, err := b.Graph(b.Node("r", "Relu", []string{b.Node("n", "BatchNormalization", constants(b))}), 10000)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Read(g, nil, budget.Of(g.FileBytes()))
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Net.Rounded; got < 0x1p-53 || got > 0x1p-48 {
		t.Errorf("a batch normalisation: %g is said to be rounded", got)
	}
}
