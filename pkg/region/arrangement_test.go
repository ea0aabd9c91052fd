package region

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/domain"
	"relucount/pkg/milp"
	"relucount/pkg/relu"
	"relucount/pkg/tighten"
)

// oneLayer returns the network of one ReLU layer whose hyperplanes are the
// rows: coefficients, then the constant.
func oneLayer(rows [][]float64) *relu.Chain {
	n := len(rows[0]) - 1
	w := mat.NewDense(len(rows), n, nil)
	b := make([]float64, len(rows))
	for i, r := range rows {
		w.SetRow(i, r[:n])
		b[i] = r[n]
	}
	return &relu.Chain{Inputs: n, Layers: []relu.Dense{{W: w, B: b, Slopes: relu.ReLU(len(b))}}}
}

func braid(n int) (rows [][]float64) {
	for i := range n {
		for j := range i {
			r := make([]float64, n+1)
			r[i], r[j] = 1, -1
			rows = append(rows, r)
		}
	}
	return rows
}

func typeB(n int) [][]float64 {
	rows := braid(n)
	for i := range n {
		r := make([]float64, n+1)
		r[i] = 1
		rows = append(rows, r)
		for j := range i {
			s := make([]float64, n+1)
			s[i], s[j] = 1, 1
			rows = append(rows, s)
		}
	}
	return rows
}

// subsets has a row for the sum over each subset of n coordinates; with
// threshold set also the empty one, and every row has w_0 besides.
func subsets(n int, threshold bool) (rows [][]float64) {
	extra := 0
	if threshold {
		extra = 1
	}
	for m := 1 - extra; m < 1<<n; m++ {
		r := make([]float64, n+extra+1)
		for i := range n {
			if m>>i&1 == 1 {
				r[i] = 1
			}
		}
		if threshold {
			r[n] = 1
		}
		rows = append(rows, r)
	}
	return rows
}

func shi(n int) (rows [][]float64) {
	for i := range n {
		for j := i + 1; j < n; j++ {
			r, s := make([]float64, n+1), make([]float64, n+1)
			r[i], r[j] = 1, -1
			s[i], s[j], s[n] = 1, -1, -1
			rows = append(rows, r, s)
		}
	}
	return rows
}

// tents is k layers of 2 relu(x) - 4 relu(x - 1/2), folded.
func tents(k int) *relu.Chain {
	n := &relu.Chain{Inputs: 1}
	in := mat.NewDense(2, 1, []float64{1, 1})
	for range k {
		n.Layers = append(n.Layers, relu.Dense{W: in, B: []float64{0, -0.5}, Slopes: relu.ReLU(2)})
		in = mat.NewDense(2, 2, []float64{2, -4, 2, -4})
	}
	return n
}

func encode(t testing.TB, n *relu.Chain, lo, hi float64, method string) *milp.Problem {
	t.Helper()
	if err := n.Check(); err != nil {
		t.Fatal(err)
	}
	p, _, err := tighten.Encode(context.Background(), n.Network(), domain.Box(n.Inputs, lo, hi), tighten.Options{Method: method, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	return p
}

func count(t testing.TB, p *milp.Problem, engine string, workers int) CountResult {
	t.Helper()
	s, err := NewSpace(p)
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Count(context.Background(), Options{Engine: engine, Margin: DefaultMargin, Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	if engine == "tree" {
		sameCounts(t, s, workers, c)
	}
	return c
}

func factorial(n int64) int64 {
	if n <= 1 {
		return 1
	}
	return n * factorial(n-1)
}

func TestKnownFamilies(t *testing.T) {
	t.Parallel()
	resonance := []int64{2, 6, 32, 370, 11292}
	threshold := []int64{4, 14, 104, 1882}
	type family struct {
		name string
		net  *relu.Chain
		hi   float64 // the box is [-hi, hi]; 0: [0, 1]
		want int64
		mip  bool
	}
	var fs []family
	for n := 2; n <= 6; n++ {
		fs = append(fs, family{fmt.Sprint("braid-", n), oneLayer(braid(n)), 1, factorial(int64(n)), n <= 4})
	}
	for n := 2; n <= 4; n++ {
		fs = append(fs, family{fmt.Sprint("typeB-", n), oneLayer(typeB(n)), 1, factorial(int64(n)) << n, n <= 3})
	}
	for n := 1; n <= 4; n++ {
		fs = append(fs, family{fmt.Sprint("resonance-", n), oneLayer(subsets(n, false)), 1, resonance[n-1], n <= 3})
	}
	for n := 1; n <= 4; n++ {
		fs = append(fs, family{fmt.Sprint("threshold-", n), oneLayer(subsets(n, true)), 1, threshold[n-1], n <= 3})
	}
	for n, want := 2, int64(3); n <= 5; n++ {
		fs = append(fs, family{fmt.Sprint("shi-", n), oneLayer(shi(n)), float64(n), want, n <= 3})
		want = 1
		for range n { // (n+2)^n for the next n
			want *= int64(n + 2)
		}
	}
	for k := 1; k <= 8; k++ {
		fs = append(fs, family{fmt.Sprint("tents-", k), tents(k), 0, 1 << k, k <= 5})
	}
	for _, f := range fs {
		t.Run(f.name, func(t *testing.T) {
			lo, hi := -f.hi, f.hi
			if hi == 0 {
				hi = 1
			}
			p := encode(t, f.net, lo, hi, "interval")
			c := count(t, p, "tree", runtime.NumCPU())
			if c.Regions != f.want || !c.Complete || c.Doubtful != 0 {
				t.Errorf("tree: %+v, %d regions expected", c, f.want)
			}
			if f.mip {
				if c := count(t, p, "mip", 1); c.Regions != f.want || !c.Complete {
					t.Errorf("mip: %+v, %d regions expected", c, f.want)
				}
			}
		})
	}
}

func TestGeneralPosition(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for d := 1; d <= 3; d++ {
		for n := 1; n <= 8; n++ {
			rows := make([][]float64, n)
			for i := range rows {
				rows[i] = make([]float64, d+1)
				for j := range rows[i] {
					rows[i][j] = rng.NormFloat64()
				}
			}
			want, c := int64(0), int64(1) // sum_{j<=d} C(n,j)
			for j := 0; j <= min(d, n); j++ {
				want += c
				c = c * int64(n-j) / int64(j+1)
			}
			// the box holds every vertex unless rows are nearly parallel
			if got := count(t, encode(t, oneLayer(rows), -1e4, 1e4, "interval"), "tree", 1); got.Regions != want {
				t.Errorf("%d hyperplanes in dimension %d: %+v, %d regions expected", n, d, got, want)
			}
		}
	}
}

// TestLargeLayer stops the count of a large layer early: it is not to be one
// step.
func TestLargeLayer(t *testing.T) {
	t.Parallel()
	s, err := NewSpace(encode(t, oneLayer(subsets(6, true)), -1, 1, "interval"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	c, err := s.Count(ctx, Options{Engine: "tree", Margin: DefaultMargin, Workers: 1, Progress: func(int64) { cancel() }})
	if err != nil || c.Complete || c.Regions == 0 || c.Regions >= 15028134 {
		t.Errorf("%+v, %v; a part of 15028134 regions expected", c, err)
	}
}
