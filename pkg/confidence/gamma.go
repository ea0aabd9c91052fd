package confidence

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
)

// GammaQuantile returns the value that a sum of trials independent Exp(1)
// variables exceeds with probability delta; on the safe side, the returned
// value is exceeded with probability at most delta.
func GammaQuantile(trials int, delta float64) float64 {
	a := float64(trials)
	// Bisection, because the library's inverse stops at a tolerance that it
	// does not state. hi is always a value with tail <= delta.
	lo, hi := 0.0, a
	for mathext.GammaIncRegComp(a, hi) > delta {
		lo, hi = hi, 2*hi
	}
	for {
		mid := lo + (hi-lo)/2
		if mid <= lo || mid >= hi {
			return hi
		}
		if mathext.GammaIncRegComp(a, mid) > delta {
			lo = mid
		} else {
			hi = mid
		}
	}
}

// Gamma returns the bound
//
//	ln |S| >= ln 2 mean(R) - q/T,   q the (1-delta) quantile of Gamma(T, 1),
//
// rounded up to a whole number, as |S| is one; never less than 1.
//
// Proof: let X = ln 2 R - ln |S|. For x >= 0 let j be the least integer with
// ln 2 j >= x + ln |S|. As R is an integer, X >= x means R >= j, and by (1)
// P(X >= x) <= |S| 2^-j <= e^-x. So X is stochastically below an Exp(1)
// variable, and the sum of T independent X's below a Gamma(T, 1) variable:
// with probability at least 1-delta, ln 2 sum R - T ln |S| <= q. All of R is
// used at once, so there is nothing to correct for.
//
// Rounding: the real bound is lowered by 1e-9 bit before it is rounded up, so
// a bound that is a whole number stays one and no rounding error can carry it
// to the next. From 2^53 on it is rounded down to 53 bits instead.
func Gamma(rows []int, delta float64) Bound {
	checkDelta(delta)
	total := 0
	for _, r := range rows {
		if r < 0 {
			panic(fmt.Sprintf("confidence: %d rows survived", r))
		}
		total += r
	}
	if total == 0 {
		return power(0)
	}
	return gamma(float64(total), len(rows), delta)
}

// gamma is the bound for a total, in bits.
func gamma(total float64, trials int, delta float64) Bound {
	t := float64(trials)
	return above(total/t - GammaQuantile(trials, delta)/t/math.Ln2)
}
