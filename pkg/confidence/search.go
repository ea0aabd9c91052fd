package confidence

import (
	"math"
	"math/big"
	"sort"

	"relucount/pkg/record"
)

// A test of N = 2^(k+f), k an integer and 0 <= f <= 1, says whether N is
// rejected. At the ends of an octave the test of (k, 1) need not be that of
// (k+1, 0): both are valid.
type test func(k int, f float64) bool

// halvings of an octave: bounds are found to 2^-30 bits.
const halvings = 30

// ascend returns a b such that all N <= 2^b with N >= 1 are rejected, b as
// large as can be found; 0 when not even N = 1 is. The test must be falling:
// with (k, f) it rejects (k, f') for f' <= f, and (k-1, f). It must not reject
// (top, 1).
func ascend(top int, reject test) float64 {
	k := sort.Search(top, func(k int) bool { return !reject(k, 1) })
	if !reject(k, 0) {
		return float64(k) // the end of the octave before
	}
	lo, hi := 0.0, 1.0
	for range halvings {
		if mid := (lo + hi) / 2; reject(k, mid) {
			lo = mid
		} else {
			hi = mid
		}
	}
	return float64(k) + lo
}

// descend returns a b such that all N >= 2^b are rejected, b as small as can
// be found but never below 0, and whether there is any. The test must be
// rising: with (k, f) it rejects (k, f') for f' >= f, and (k+1, f). Beyond
// (top, 0) it is not asked.
func descend(top int, reject test) (float64, bool) {
	k := sort.Search(top+1, func(k int) bool { return reject(k, 0) })
	if k > top {
		return 0, false
	}
	if k == 0 || !reject(k-1, 1) {
		return float64(k), true
	}
	lo, hi := 0.0, 1.0
	for range halvings {
		if mid := (lo + hi) / 2; reject(k-1, mid) {
			hi = mid
		} else {
			lo = mid
		}
	}
	return float64(k-1) + hi, true
}

// above returns the integer bound for a size of which all values up to 2^bits
// are rejected.
func above(bits float64) Bound { return atLeast(bits - slack) }

// atMost returns the integer bound for a size of which all values from 2^bits
// on are rejected.
func atMost(bits float64) Bound {
	bits = max(0, bits) + slack
	n := new(big.Int)
	if whole := math.Floor(bits); whole < 53 {
		n.SetInt64(int64(math.Exp2(bits)))
	} else {
		n.SetInt64(int64(math.Exp2(bits-whole+52)) + 1)
		n.Lsh(n, uint(whole)-52)
	}
	return Bound{n, record.Log2(n)}
}

// wealth plays games against N: each starts with the capital 1 and multiplies
// it by exp(log(t, game)) in round t. It reports whether the mean capital of
// the games ever was 1/delta or more.
//
// When under N the factors are nonnegative and of mean at most 1 given the
// past, each capital is a nonnegative supermartingale that starts at 1, and so
// is their mean: by Ville's inequality it ever reaches 1/delta with
// probability at most delta, whenever the rounds are stopped (Ville, "Etude
// critique de la notion de collectif", 1939).
func wealth(rounds, games int, delta float64, log func(t, game int) float64) bool {
	need := math.Log(float64(games)/delta) + 1e-9 // of the sum; the rest is for rounding errors
	capital := make([]float64, games)
	for t := range rounds {
		most := math.Inf(-1)
		for g := range capital {
			capital[g] += log(t, g)
			most = max(most, capital[g])
		}
		if most+math.Log(float64(games)) < need {
			continue
		}
		sum := 0.0
		for _, c := range capital {
			sum += math.Exp(c - most)
		}
		if most+math.Log(sum) >= need {
			return true
		}
	}
	return false
}
