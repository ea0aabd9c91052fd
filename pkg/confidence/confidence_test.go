package confidence

import (
	"math"
	"math/big"
	"slices"
	"testing"
)

// repeat returns a slice with n copies of v.
func repeat(v, n int) []int { return slices.Repeat([]int{v}, n) }

func TestSurvivors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ rows, want []int }{
		{nil, []int{0}},
		{[]int{0, 0}, []int{2}},
		{[]int{3, 1, 1, 0}, []int{4, 3, 1, 1}},
		{[]int{2, 2}, []int{2, 2, 2}},
	} {
		if got := Survivors(c.rows); !slices.Equal(got, c.want) {
			t.Errorf("Survivors(%v) = %v, want %v", c.rows, got, c.want)
		}
	}
}

// The paper stops at 28 restarts, where a perfect record gives 99.5 %.
func TestChernoffOfThePaper(t *testing.T) {
	t.Parallel()
	if p := 1 - ChernoffTail(28, 28); math.Abs(p-0.995) > 0.001 {
		t.Errorf("28 of 28: P = %v, want 0.995", p)
	}
	if p := 1 - ChernoffTail(27, 27); p >= 0.995 {
		t.Errorf("27 of 27: P = %v, already 0.995", p)
	}
	for _, c := range []struct {
		name string
		tail func(int, int) float64
		need int
	}{{"Chernoff", ChernoffTail, 25}, {"binomial", BinomialTail, 19}} {
		if c.tail(c.need, 28) > 0.05 || c.tail(c.need-1, 28) <= 0.05 {
			t.Errorf("%s: 95 %% does not begin at %d of 28", c.name, c.need)
		}
	}
}

func TestBinomialTailExact(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 5, 28, 61, 200} {
		sum := new(big.Int)
		for k := n; k >= 0; k-- {
			sum.Add(sum, new(big.Int).Binomial(int64(n), int64(k)))
			want, _ := new(big.Rat).SetFrac(sum, new(big.Int).Lsh(big.NewInt(1), uint(n))).Float64()
			if got := BinomialTail(k, n); math.Abs(got/want-1) > 1e-11 {
				t.Errorf("BinomialTail(%d, %d) = %v, want %v", k, n, got, want)
			}
			if c := ChernoffTail(k, n); c < want*(1-1e-12) {
				t.Errorf("ChernoffTail(%d, %d) = %v is below the exact tail %v", k, n, c, want)
			}
		}
		if got := BinomialTail(n+1, n); got != 0 {
			t.Errorf("BinomialTail(%d, %d) = %v", n+1, n, got)
		}
	}
}

// P(Gamma(n, 1) > q) is the probability of fewer than n events of a Poisson
// process by time q; the sum is taken with 200 bits.
func poissonBelow(n int, q float64) float64 {
	x := new(big.Float).SetPrec(200).SetFloat64(q)
	term := new(big.Float).SetPrec(200).SetInt64(1)
	sum := new(big.Float).SetPrec(200)
	for k := range n {
		sum.Add(sum, term)
		term.Mul(term, x)
		term.Quo(term, new(big.Float).SetInt64(int64(k+1)))
	}
	var m big.Float
	e := sum.MantExp(&m)
	f, _ := m.Float64()
	return math.Exp(math.Log(f) + float64(e)*math.Ln2 - q)
}

func TestGammaQuantile(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n     int
		delta float64
		want  float64
	}{
		{1, 0.05, -math.Log(0.05)},
		{1, 1e-16, -math.Log(1e-16)},
		{2, 0.05, 4.743864518},  // half the 0.95 quantile of chi-square with 4 degrees of freedom
		{28, 0.05, 37.23416214}, // 56 degrees of freedom: 74.46832
		{15, 0.005, 26.8359801}, // 30 degrees of freedom: 53.67196
	} {
		if got := GammaQuantile(c.n, c.delta); math.Abs(got/c.want-1) > 1e-6 {
			t.Errorf("GammaQuantile(%d, %v) = %v, want %v", c.n, c.delta, got, c.want)
		}
	}
	for _, n := range []int{1, 2, 3, 7, 28, 100, 1000, 20000} {
		for _, delta := range []float64{0.5, 0.05, 0.001, 1e-9, 1.1e-16} {
			q := GammaQuantile(n, delta)
			// The density is below 1, and slack leaves n ln2 1e-9 for q.
			allowed := float64(n) * math.Ln2 * slack / 10
			if at, past := poissonBelow(n, q-allowed), poissonBelow(n, q+allowed); at < delta || past > delta {
				t.Errorf("GammaQuantile(%d, %v) = %v: tails %v and %v around it", n, delta, q, at, past)
			}
		}
	}
}

func TestKnownBounds(t *testing.T) {
	t.Parallel()
	mixed := append(repeat(9, 19), repeat(4, 9)...)
	for _, c := range []struct {
		name                      string
		rows                      []int
		delta                     float64
		chernoff, binomial, gamma string
	}{
		{"no restarts", nil, 0.05, "1", "1", "1"},
		{"nothing survives", repeat(0, 28), 0.05, "1", "1", "1"},
		{"all survive 10", repeat(10, 28), 0.05, "512", "512", "271"}, // 1024 e^{-37.234162/28} = 270.9
		{"one restart", repeat(10, 1), 0.05, "1", "1", "52"},          // 1024 * 0.05 = 51.2
		{"one restart, a whole bound", repeat(10, 1), 0.5, "1", "512", "512"},
		{"four are too few for a tail", repeat(10, 4), 0.05, "1", "1", "148"},
		{"19 of 28 survive 9", mixed, 0.05, "8", "256", "45"},
		{"a long one", repeat(1000, 1), 0.5, "1",
			new(big.Int).Lsh(big.NewInt(1), 999).String(), ""},
	} {
		for _, r := range []struct {
			name string
			rule func([]int, float64) Bound
			want string
		}{{"Chernoff", Chernoff, c.chernoff}, {"Binomial", Binomial, c.binomial}, {"Gamma", Gamma, c.gamma}} {
			got := r.rule(c.rows, c.delta)
			if r.want != "" && got.Regions.String() != r.want {
				t.Errorf("%s: %s gives %v, want %s", c.name, r.name, got.Regions, r.want)
			}
		}
	}
}

// A bound that is a whole number must not be carried to the next by rounding,
// and large bounds must stay below the real ones.
func TestGammaRounding(t *testing.T) {
	t.Parallel()
	for r := 2; r < 3000; r++ {
		// With one restart and delta = 1/2 the real bound is 2^{r-1}.
		want := new(big.Int).Lsh(big.NewInt(1), uint(r-1))
		got := Gamma([]int{r}, 0.5)
		if got.Regions.Cmp(want) > 0 {
			t.Fatalf("%d rows: %v above 2^%d", r, got.Regions, r-1)
		}
		if math.Abs(got.Log2-float64(r-1)) > 2e-9 {
			t.Fatalf("%d rows: log2 %v", r, got.Log2)
		}
		if r < 28 && got.Regions.Cmp(want) != 0 {
			t.Fatalf("%d rows: %v, want %v", r, got.Regions, want)
		}
	}
}

// Open restarts enter with fewer rows than they would have survived: no rule
// may give more for fewer rows.
func TestMonotone(t *testing.T) {
	t.Parallel()
	rows := []int{12, 9, 11, 10, 10, 13, 9, 8, 11, 10, 12, 10}
	for _, rule := range []func([]int, float64) Bound{Chernoff, Binomial, Gamma} {
		full := rule(rows, 0.05)
		for i := range rows {
			for less := range rows[i] {
				cut := slices.Clone(rows)
				cut[i] = less
				if got := rule(cut, 0.05); got.Regions.Cmp(full.Regions) > 0 {
					t.Fatalf("row %d of %v cut to %d: %v above %v", i, rows, less, got.Regions, full.Regions)
				}
			}
		}
	}
}

func TestPanics(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]func(){
		"delta 0":       func() { Gamma([]int{1}, 0) },
		"delta 1":       func() { Binomial([]int{1}, 1) },
		"delta NaN":     func() { Chernoff([]int{1}, math.NaN()) },
		"negative rows": func() { Survivors([]int{-1}) },
		"gamma rows":    func() { Gamma([]int{-1}, 0.5) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}
