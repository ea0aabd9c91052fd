package confidence

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// The tail of a sum of windows against the sum over all outcomes.
func TestSumTail(t *testing.T) {
	t.Parallel()
	p := window{-1, 3}.law(least(0.3))
	total := 0.0
	for _, q := range p {
		total += q
	}
	if math.Abs(total-1) > 1e-15 {
		t.Errorf("a law of mass %v", total)
	}
	const trials = 5
	want := make([]float64, trials*(len(p)-1)+2)
	var outcomes func(left, sum int, q float64)
	outcomes = func(left, sum int, q float64) {
		if left == 0 {
			for s := range sum + 1 {
				want[s] += q
			}
			return
		}
		for v, r := range p {
			outcomes(left-1, sum+v, q*r)
		}
	}
	outcomes(trials, 0, 1)
	var sums summed
	for s := range len(want) - 1 {
		got := sums.sumTail(0.3, p, trials, s)
		if math.Abs(got/want[s]-1) > 1e-12 {
			t.Errorf("P(sum >= %d) = %v, want %v", s, got, want[s])
		}
		if c := chernoffSum(p, trials, s); c < want[s]*(1-1e-9) {
			t.Errorf("Chernoff's bound at %d is %v, below the tail %v", s, c, want[s])
		}
	}
}

// The bounds do not jump where Chernoff's bound takes over from the exact law.
func TestManyRestarts(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 5))
	rows := make([]int, exactly+1)
	for i := range rows {
		rows[i] = int(30.4 - math.Log2(rng.ExpFloat64()))
	}
	a, b := Excess(rows[1:], 0.05), Excess(rows, 0.05)
	if math.Abs(a.Log2-b.Log2) > 0.1 || math.Abs(b.Log2-30.2) > 0.4 {
		t.Errorf("2^%v from %d restarts, 2^%v from one more", a.Log2, exactly, b.Log2)
	}
	a, _ = ExcessUpper(rows[1:], 0.05)
	b, _ = ExcessUpper(rows, 0.05)
	if math.Abs(a.Log2-b.Log2) > 0.1 || math.Abs(b.Log2-30.6) > 0.5 {
		t.Errorf("at most 2^%v from %d restarts, 2^%v from one more", a.Log2, exactly, b.Log2)
	}
}

// The test of N must be falling, or rising: the searches stand on it.
func TestTestsAreMonotone(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(6, 6))
	for range 200 {
		rows := make([]int, 1+rng.IntN(40))
		for i := range rows {
			rows[i] = int(max(0, 12.3-math.Log2(rng.ExpFloat64())+2*rng.NormFloat64()))
		}
		delta := []float64{0.5, 0.05, 1e-4}[rng.IntN(3)]
		last := true
		for _, w := range []window{{1, 5}, {1, 2}, {0, 8}} {
			reject := rejectLow(w, rows, delta)
			for _, f := range []float64{0, 0.25, 0.99, 1} {
				last = true
				for k := range 20 {
					now := reject(k, f)
					if now && !last {
						t.Fatalf("%v: 2^(%d+%v) is rejected and 2^(%d+%v) is not", rows, k, f, k-1, f)
					}
					if now && !reject(k, f*0.9) {
						t.Fatalf("%v: in octave %d %v is rejected and less is not", rows, k, f)
					}
					last = now
				}
			}
		}
		shuffled := slices.Clone(rows)
		rng.Shuffle(len(rows), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if Excess(rows, delta).Regions.Cmp(Excess(shuffled, delta).Regions) != 0 {
			t.Fatalf("%v: the order matters", rows)
		}
	}
}

func TestExcessUpper(t *testing.T) {
	t.Parallel()
	rows := repeat(10, 28)
	full, ok := ExcessUpper(rows, 0.05)
	if !ok || full.Log2 < 10 || full.Log2 > 12.5 {
		t.Fatalf("28 restarts of 10 rows: %+v %v", full, ok)
	}
	// An open restart can only raise the bound, and a few leave one.
	last := full
	for n := range rows {
		rows[n] = Endless
		b, ok := ExcessUpper(rows, 0.05)
		if ok && b.Regions.Cmp(last.Regions) < 0 {
			t.Errorf("%d open restarts: at most %v, below %v", n+1, b.Regions, last.Regions)
		}
		if !ok && n < 5 {
			t.Errorf("%d open restarts leave no bound", n+1)
		}
		if ok && n == 27 {
			t.Errorf("restarts that are all open give the bound %v", b.Regions)
		}
		if ok {
			last = b
		}
	}
	for _, n := range []int{1, 2, 3, 1001} {
		if b, ok := ExcessUpper(repeat(300, n), 0.025); !ok || b.Log2 < 300 {
			t.Errorf("%d restarts of 300 rows: %+v %v", n, b, ok)
		}
	}
	if b, ok := ExcessUpper(repeat(0, 28), 0.05); !ok || b.Regions.Int64() > 5 {
		t.Errorf("no row survived: at most %v", b.Regions)
	}
	if _, ok := ExcessUpper(nil, 0.05); ok {
		t.Error("a bound from nothing")
	}
}

// Sequential says the same from a longer run that begins alike, or more.
func TestSequentialGrows(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 7))
	var rows []int
	last := power(0)
	for range 60 {
		rows = append(rows, int(20-math.Log2(rng.ExpFloat64())))
		b := Sequential(rows, 0.05)
		if b.Regions.Cmp(last.Regions) < 0 {
			t.Fatalf("%v: %v after %v", rows, b.Regions, last.Regions)
		}
		last = b
	}
	if last.Log2 < 18.5 {
		t.Errorf("2^%v from 60 restarts of 2^20", last.Log2)
	}
}
