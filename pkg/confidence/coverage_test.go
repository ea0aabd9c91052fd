package confidence

import (
	"fmt"
	"iter"
	"maps"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"relucount/pkg/property"
)

// A false alarm of a test here has a probability below 1e-9 a rule: see
// allowed. The seeds are fixed, so it would stay.
const (
	runs  = 200
	delta = 0.05
)

// missed draws data and applies a rule to them, runs times, and counts the
// bounds that the true size contradicts.
func missed(draw func() bool) int {
	n := 0
	for range runs {
		if !draw() {
			n++
		}
	}
	return n
}

// inOrder goes through a map by its keys, so that random numbers fall the same
// way on every run.
func inOrder[T any](m map[string]T) iter.Seq2[string, T] {
	return func(yield func(string, T) bool) {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !yield(k, m[k]) {
				return
			}
		}
	}
}

// some is all of a list or, with -short, n of it.
func some[T any](t *testing.T, n int, list ...T) (out []T) {
	t.Helper()
	for i := range property.Seeds(t, len(list), n) {
		out = append(out, list[i])
	}
	return out
}

func check(t *testing.T, name string, misses int) {
	t.Helper()
	if misses > allowed(runs, delta) {
		t.Errorf("%s misses in %d of %d runs", name, misses, runs)
	}
}

// bucketOf hashes a set with r rows of size k, or dense ones when k is 0.
func bucketOf(rng *rand.Rand, set []uint32, n, k, r int) Bucket {
	left := len(set)
	kept := append([]uint32(nil), set...)
	for range r {
		var row uint32
		if k == 0 {
			row = rng.Uint32() & (1<<n - 1)
		}
		for bits.OnesCount32(row) < k {
			row |= 1 << rng.IntN(n)
		}
		odd, m := rng.IntN(2), 0
		for _, p := range kept[:left] {
			if bits.OnesCount32(p&row)&1 == odd {
				kept[m] = p
				m++
			}
		}
		left = m
	}
	return Bucket{math.Log2(float64(left)), true}
}

// drawMost draws from the law (1) with the largest rows, drawLeast from (2) with
// the smallest.
func drawMost(rng *rand.Rand, size float64) int {
	return int(math.Log2(size) + rng.ExpFloat64()/math.Ln2)
}

func drawLeast(rng *rand.Rand, size float64) int {
	u := rng.Float64()
	return max(0, int(math.Floor(math.Log2(size*(1-u)/u))))
}

func below(b Bound, size float64) bool { return b.Log2 <= math.Log2(size)+1e-9 }

// The rules that test every size, on the worst law and on sets that are hashed.
func TestCoverageLower(t *testing.T) {
	t.Parallel()
	lower := map[string]func([]int, float64) Bound{"Excess": Excess, "ClopperPearson": ClopperPearson, "Sequential": Sequential}
	for name, rule := range lower {
		for _, trials := range some(t, 1, 1, 5, 28) {
			rng := rand.New(rand.NewPCG(uint64(trials), 1))
			rows := make([]int, trials)
			for _, size := range []float64{1, 3, 127, 1 << 20, 1<<40 + 1} {
				check(t, fmt.Sprintf("%s, worst law for %v, %d restarts", name, size, trials), missed(func() bool {
					for i := range rows {
						rows[i] = drawMost(rng, size)
					}
					return below(rule(rows, delta), size)
				}))
			}
			for _, k := range []int{0, 2} {
				for i, set := range [][]uint32{randomSet(rng, 130, 16), cube(6)} {
					check(t, fmt.Sprintf("%s, set %d, rows of %d, %d restarts", name, i, k, trials), missed(func() bool {
						for i := range rows {
							rows[i] = restart(rng, set, 16, k)
						}
						return below(rule(rows, delta), float64(len(set)))
					}))
				}
			}
		}
	}
}

// sets has sets to hash, among them a cube, which sparse rows cut unevenly.
func sets(rng *rand.Rand) map[string][]uint32 {
	return map[string][]uint32{
		"1 pattern": {77}, "5 patterns": randomSet(rng, 5, 16), "130 patterns": randomSet(rng, 130, 16), "a cube": cube(8),
	}
}

func TestCoverageUpper(t *testing.T) {
	t.Parallel()
	for _, trials := range some(t, 1, 1, 5, 28) {
		rng := rand.New(rand.NewPCG(uint64(trials), 2))
		rows := make([]int, trials)
		bounded := 0
		upper := func(size float64) bool {
			b, ok := ExcessUpper(rows, delta)
			if ok {
				bounded++
			}
			return !ok || b.Log2 >= math.Log2(size)-1e-9
		}
		for _, size := range []float64{1, 3, 127, 1 << 20, 1<<40 + 1} {
			check(t, fmt.Sprintf("upper, worst law for %v, %d restarts", size, trials), missed(func() bool {
				for i := range rows {
					rows[i] = drawLeast(rng, size)
					if rng.IntN(10) == 0 {
						rows[i] = Endless
					}
				}
				return upper(size)
			}))
		}
		for name, set := range inOrder(sets(rng)) {
			check(t, fmt.Sprintf("upper, %s, %d restarts", name, trials), missed(func() bool {
				for i := range rows {
					rows[i] = restart(rng, set, 16, 0)
				}
				return upper(float64(len(set)))
			}))
		}
		if bounded < 8*runs {
			t.Errorf("%d restarts: only %d of %d runs have an upper bound", trials, bounded, 9*runs)
		}
	}
}

// Buckets of hashed sets from both sides, and the mean of buckets of sparse rows.
func TestCoverageBuckets(t *testing.T) {
	t.Parallel()
	for _, trials := range some(t, 1, 1, 6, 20) {
		rng := rand.New(rand.NewPCG(uint64(trials), 3))
		buckets, weights := make([]Bucket, trials), make([]float64, trials)
		for name, set := range inOrder(sets(rng)) {
			size := float64(len(set))
			for _, r := range []int{1, 4} {
				name := fmt.Sprintf("%s, %d buckets of %d rows", name, trials, r)
				draw := func(k int) {
					for i := range buckets {
						buckets[i] = bucketOf(rng, set, 16, k, r)
						weights[i] = buckets[i].Log2
					}
				}
				for rule, bound := range inOrder(map[string]func([]Bucket, int, float64) (Bound, Bound, bool){"Buckets": BucketsInterval, "Median": Median}) {
					check(t, rule+", "+name, missed(func() bool {
						draw(0)
						lower, upper, ok := bound(buckets, r, delta)
						return below(lower, size) && (!ok || upper.Log2 >= math.Log2(size)-1e-9)
					}))
				}
				for _, k := range []int{0, 2} {
					check(t, fmt.Sprintf("Mean, %s of %d", name, k), missed(func() bool {
						draw(k)
						return below(Mean(weights, r, delta), size)
					}))
				}
			}
		}
	}
}

// Weights with heavy tails, and the law that makes Markov's inequality tight.
func TestCoverageProbes(t *testing.T) {
	t.Parallel()
	const size = 1 << 30
	for _, trials := range some(t, 1, 1, 10, 100) {
		rng := rand.New(rand.NewPCG(uint64(trials), 4))
		weights := make([]float64, trials)
		for name, draw := range inOrder(map[string]func() float64{
			"even":       func() float64 { return 30 },
			"lognormal1": func() float64 { return 30 + rng.NormFloat64() - math.Ln2/2 },
			"lognormal5": func() float64 { return 30 + 5*rng.NormFloat64() - 25*math.Ln2/2 },
			"Markov": func() float64 {
				if rng.Float64() < 0.05 {
					return 30 + math.Log2(20)
				}
				return None
			},
			"all or little": func() float64 {
				if rng.Float64() < 0.001 {
					return 30 + math.Log2(999)
				}
				return 30 - math.Log2(999)
			},
		}) {
			for rule, bound := range inOrder(map[string]func([]float64) Bound{
				"Mean":      func(w []float64) Bound { return Mean(w, 0, delta) },
				"MeanGamma": func(w []float64) Bound { return MeanGamma(w, delta) },
			}) {
				check(t, fmt.Sprintf("%s, %s, %d probes", rule, name, trials), missed(func() bool {
					for i := range weights {
						weights[i] = draw()
					}
					return below(bound(weights), size)
				}))
			}
		}
	}
}

// best stops where a bound looks best: after any of the rounds.
func best(rounds int, miss func(n int) bool) bool {
	for n := 1; n <= rounds; n++ {
		if miss(n) {
			return false
		}
	}
	return true
}

// Rules that may be stopped at any time keep their confidence when they are
// stopped where they are wrong, should they ever be.
func TestCoverageStopped(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 5))
	const size, rounds = 1000, 40
	rows, weights, buckets := make([]int, rounds), make([]float64, rounds), make([]Bucket, rounds)
	set := randomSet(rng, size, 16)
	check(t, "Sequential", missed(func() bool {
		for i := range rows {
			rows[i] = drawMost(rng, size)
		}
		return below(Sequential(rows, delta), size) // it is the best of all rounds
	}))
	check(t, "Mean", missed(func() bool {
		for i := range weights {
			weights[i] = None
			if rng.Float64() < 0.1 {
				weights[i] = math.Log2(10 * size)
			}
		}
		return below(Mean(weights, 0, delta), size)
	}))
	check(t, "Buckets", missed(func() bool {
		for i := range buckets {
			buckets[i] = bucketOf(rng, set, 16, 0, 5)
		}
		upper, _ := BucketsUpper(buckets, 5, delta)
		return upper.Log2 >= math.Log2(size)-1e-9
	}))
}

// These simulations can fail: rules that are wrong do.
func TestWrongRulesAreCaught(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(6, 6))
	const size = 1400000 // within an octave: at its ends the rules are more cautious
	draw := func(n int, law func(*rand.Rand, float64) int) []int {
		rows := make([]int, n)
		for i := range rows {
			rows[i] = law(rng, size)
		}
		return rows
	}
	for name, misses := range map[string]int{
		"Excess without its error divided": missed(func() bool {
			rows := draw(28, drawMost)
			return below(Excess(rows, 8*delta), size)
		}),
		"Excess half a row too high": missed(func() bool {
			b := Excess(draw(28, drawMost), delta)
			return b.Log2+0.5 <= math.Log2(size)
		}),
		"Excess stopped where it looks best": missed(func() bool {
			rows := draw(40, drawMost)
			return best(len(rows), func(n int) bool { return !below(Excess(rows[:n], delta), size) })
		}),
		"ExcessUpper with open restarts as if closed": missed(func() bool {
			rows := draw(28, drawLeast)
			for i := range rows {
				rows[i] = max(0, rows[i]-1-rng.IntN(3))
			}
			b, ok := ExcessUpper(rows, delta)
			return !ok || b.Log2 >= math.Log2(size)
		}),
		"Buckets of sparse rows": missed(func() bool {
			buckets := make([]Bucket, 10)
			for i := range buckets {
				buckets[i] = bucketOf(rng, cube(6), 16, 2, 4)
			}
			_, upper, ok := BucketsInterval(buckets, 4, delta)
			return !ok || upper.Log2 >= 6
		}),
		"the mean itself": missed(func() bool {
			weights := make([]float64, 20)
			for i := range weights {
				weights[i] = rng.NormFloat64() - math.Ln2/2
			}
			mean, _ := Average(weights)
			return mean <= 0
		}),
	} {
		if misses <= allowed(runs, delta) {
			t.Errorf("%s misses in %d of %d runs only: the test would not notice", name, misses, runs)
		}
		t.Logf("%s: %d misses, %d allowed", name, misses, allowed(runs, delta))
	}
}
