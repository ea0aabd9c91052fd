package region

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"relucount/pkg/milp"
	"relucount/pkg/relu"
	"relucount/pkg/truth"
)

func encode(t testing.TB, n *relu.Chain, lo, hi float64, method string) *milp.Problem {
	t.Helper()
	if err := n.Check(); err != nil {
		t.Fatal(err)
	}
	return truth.In(n, lo, hi, method).Encode(t)
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
		fs = append(fs, family{fmt.Sprint("braid-", n), truth.OneLayer(truth.Braid(n)), 1, factorial(int64(n)), n <= 4})
	}
	for n := 2; n <= 4; n++ {
		fs = append(fs, family{fmt.Sprint("typeB-", n), truth.OneLayer(truth.TypeB(n)), 1, factorial(int64(n)) << n, n <= 3})
	}
	for n := 1; n <= 4; n++ {
		fs = append(fs, family{fmt.Sprint("resonance-", n), truth.OneLayer(truth.Subsets(n, false)), 1, resonance[n-1], n <= 3})
	}
	for n := 1; n <= 4; n++ {
		fs = append(fs, family{fmt.Sprint("threshold-", n), truth.OneLayer(truth.Subsets(n, true)), 1, threshold[n-1], n <= 3})
	}
	for n, want := 2, int64(3); n <= 5; n++ {
		fs = append(fs, family{fmt.Sprint("shi-", n), truth.OneLayer(truth.Shi(n)), float64(n), want, n <= 3})
		want = 1
		for range n { // (n+2)^n for the next n
			want *= int64(n + 2)
		}
	}
	for k := 1; k <= 8; k++ {
		fs = append(fs, family{fmt.Sprint("tents-", k), truth.Tents(k), 0, 1 << k, k <= 5})
	}
	for _, f := range fs {
		if testing.Short() { // programs with many binaries take long
			f.mip = f.mip && f.want <= 16
			if f.want > 1000 {
				continue
			}
		}
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
			if got := count(t, encode(t, truth.OneLayer(rows), -1e4, 1e4, "interval"), "tree", 1); got.Regions != want {
				t.Errorf("%d hyperplanes in dimension %d: %+v, %d regions expected", n, d, got, want)
			}
		}
	}
}

// TestLargeLayer stops the count of a large layer early: it is not to be one
// step.
func TestLargeLayer(t *testing.T) {
	t.Parallel()
	s, err := NewSpace(encode(t, truth.OneLayer(truth.Subsets(6, true)), -1, 1, "interval"))
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
