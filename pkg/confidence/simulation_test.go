package confidence

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"math/rand/v2"
	"testing"
)

// restart hashes a set as the algorithm does: it adds rows of size k (each
// unit with probability 1/2 when k is 0) with a fair right-hand side until
// nothing is left, and returns the rows survived.
func restart(rng *rand.Rand, set []uint32, n, k int) int {
	left := append([]uint32(nil), set...)
	for r := 0; ; r++ {
		var row uint32
		if k == 0 {
			row = rng.Uint32() & (1<<n - 1)
		}
		for bits.OnesCount32(row) < k {
			row |= 1 << rng.IntN(n)
		}
		odd := rng.IntN(2)
		kept := left[:0]
		for _, p := range left {
			if bits.OnesCount32(p&row)&1 == odd {
				kept = append(kept, p)
			}
		}
		if len(kept) == 0 {
			return r
		}
		left = kept
	}
}

// randomSet draws size different patterns of n bits.
func randomSet(rng *rand.Rand, size, n int) []uint32 {
	seen := map[uint32]bool{}
	var set []uint32
	for len(set) < size {
		p := rng.Uint32() & (1<<n - 1)
		if !seen[p] {
			seen[p] = true
			set = append(set, p)
		}
	}
	return set
}

// cube has all patterns on the first d of the units; the rest never change,
// so that a sparse row often keeps everything or nothing.
func cube(d int) []uint32 {
	set := make([]uint32, 1<<d)
	for i := range set {
		set[i] = uint32(i)
	}
	return set
}

// allowed is the number of misses among runs that a rule with a true error of
// delta exceeds with probability below 1e-9. With 2000 runs and 5 %, that is
// 162 instead of 100.
func allowed(runs int, delta float64) int {
	mean := float64(runs) * delta
	k := int(mean)
	for {
		// Chernoff for Bin(runs, delta): exp(-runs KL(k/runs || delta)).
		p := float64(k) / float64(runs)
		kl := p*math.Log(p/delta) + (1-p)*math.Log((1-p)/(1-delta))
		if math.Exp(-float64(runs)*kl) < 1e-9 {
			return k
		}
		k++
	}
}

var rules = []struct {
	name string
	rule func([]int, float64) Bound
}{{"Chernoff", Chernoff}, {"Binomial", Binomial}, {"Gamma", Gamma}}

// coverage draws T restarts many times and counts for each rule the bounds
// above the true size.
func coverage(t *testing.T, name string, size float64, trials int, draw func() int) (misses [3]int, mean [3]float64) {
	t.Helper()
	const runs, delta = 2000, 0.05
	limit, _ := big.NewFloat(size).Int(nil)
	rows := make([]int, trials)
	for range runs {
		for i := range rows {
			rows[i] = draw()
		}
		for i, r := range rules {
			b := r.rule(rows, delta)
			if b.Regions.Cmp(limit) > 0 {
				misses[i]++
			}
			mean[i] += b.Log2 / runs
		}
	}
	for i, r := range rules {
		if misses[i] > allowed(runs, delta) {
			t.Errorf("%s: %s is above the true size in %d of %d runs", name, r.name, misses[i], runs)
		}
	}
	return misses, mean
}

// Every rule must keep its 95 % on sets that are really hashed.
func TestCoverageHashing(t *testing.T) {
	t.Parallel()
	const n = 16
	type hashed struct {
		name string
		set  func(*rand.Rand) []uint32
	}
	for _, c := range some(t, 2, []hashed{
		{"1 pattern", func(r *rand.Rand) []uint32 { return randomSet(r, 1, n) }},
		{"5 patterns", func(r *rand.Rand) []uint32 { return randomSet(r, 5, n) }},
		{"64 patterns", func(r *rand.Rand) []uint32 { return randomSet(r, 64, n) }},
		{"130 patterns", func(r *rand.Rand) []uint32 { return randomSet(r, 130, n) }},
		{"a cube", func(*rand.Rand) []uint32 { return cube(6) }},
	}...) {
		for _, k := range []int{0, 2, 3} {
			for _, trials := range []int{6, 28} {
				rng := rand.New(rand.NewPCG(uint64(trials), uint64(k)))
				set := c.set(rng)
				name := fmt.Sprintf("%s, rows of %d, %d restarts", c.name, k, trials)
				_, mean := coverage(t, name, float64(len(set)), trials, func() int {
					return restart(rng, set, n, k)
				})
				// Dense rows lose little: not vacuous.
				if k == 0 && trials == 28 && mean[2] < math.Log2(float64(len(set)))-2.5 {
					t.Errorf("%s: Gamma reaches only 2^%.2f on average", name, mean[2])
				}
			}
		}
	}
}

// The worst law that (1) permits has P(R >= j) = min(1, |S| 2^-j) exactly: the
// rows survived are the whole part of log2 |S| + Exp(1)/ln 2. No rule may
// exceed its error there, and Gamma should come close to it.
func TestCoverageWorstLaw(t *testing.T) {
	t.Parallel()
	for _, size := range some(t, 2, 1, 3, 100, 127, 129, 1<<20, 1<<40+1.) {
		for _, trials := range []int{1, 5, 6, 28, 60} {
			rng := rand.New(rand.NewPCG(uint64(trials), uint64(size)))
			name := fmt.Sprintf("worst law for %v, %d restarts", size, trials)
			misses, _ := coverage(t, name, size, trials, func() int {
				return int(math.Log2(size) + rng.ExpFloat64()/math.Ln2)
			})
			if size == 1<<40+1 && trials == 1 && misses[2] < 20 {
				t.Errorf("%s: Gamma misses only %d times: a wasteful quantile?", name, misses[2])
			}
		}
	}
}
