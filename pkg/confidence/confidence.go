// Package confidence turns the restarts of a hashed count into lower bounds
// on the size of the set that was hashed.
//
// Let S be a finite set of 0-1 vectors (the activation patterns of a network's
// regions). A restart (trial) adds parity rows, each with a random set of
// units and a right-hand side that is a fair coin of its own, until no element
// of S satisfies all rows; R is the number of rows that S survived. Every row
// keeps a fixed pattern with probability 1/2, whatever its units are, because
// the coin alone decides; the coins being independent, a fixed pattern
// survives j rows with probability 2^-j. Hence the expected number of
// survivors is |S| 2^-j, and by Markov's inequality
//
//	P(R >= j) <= |S| 2^-j    for every j.                                (1)
//
// All rules here follow from (1) and from the restarts being independent. They
// need nothing else: rows may be short or long. A restart that was given up
// enters with the rows that it is known to have survived: this only lowers
// the R's, and every rule is nondecreasing in them. What they do need is that
// the number of restarts T was fixed before any was seen, and that no restart
// is left out for what it showed.
//
// Each rule takes the rows survived by the restarts and the error delta, and
// is wrong with probability at most delta. With f[j] the number of restarts
// with R >= j:
//
//   - [Chernoff] is the rule of Serra and Ramalingam, "Empirical Bounds on
//     Linear Regions of Deep Rectifier Networks" (AAAI 2020), Algorithm 1;
//   - [Binomial] is the same test with the exact tail instead of Chernoff's,
//     so that for 95 %, 19 survivors of 28 do what otherwise takes 25;
//   - [Gamma] uses the mean of all R's instead of a count at one j.
package confidence

import (
	"fmt"
	"math"
	"math/big"

	"gonum.org/v1/gonum/mathext"

	"relucount/pkg/record"
)

// Lower is a lower bound on a number of regions.
type Lower struct {
	Regions *big.Int // at least 1: the set is not empty
	Log2    float64  // of Regions
}

// Survivors returns f[0..max R], f[j] being the number of restarts that
// survived at least j rows. It panics when a restart has negative rows.
func Survivors(rows []int) []int {
	top := 0
	for _, r := range rows {
		if r < 0 {
			panic(fmt.Sprintf("confidence: %d rows survived", r))
		}
		top = max(top, r)
	}
	f := make([]int, top+1)
	for _, r := range rows {
		f[r]++
	}
	for j := top; j > 0; j-- {
		f[j-1] += f[j]
	}
	return f
}

// ChernoffTail returns the bound
//
//	(e^{2d} / (1+2d)^{1+2d})^{trials/2},   d = survivors/trials - 1/2,
//
// on the probability that at least so many of the trials survive when each
// does with probability at most 1/2. It is Chernoff's P(X >= (1+x) mu) <=
// (e^x / (1+x)^{1+x})^mu with mu = trials/2 and x = 2d. For d <= 0 there is no
// such bound and the result is 1. The paper's P_j is 1 less this.
func ChernoffTail(survivors, trials int) float64 {
	x := 2*float64(survivors)/float64(trials) - 1
	if trials == 0 || x <= 0 {
		return 1
	}
	return math.Exp(float64(trials) / 2 * (x - (1+x)*math.Log1p(x)))
}

// BinomialTail returns P(Bin(trials, 1/2) >= survivors), which is the
// regularized incomplete beta function I_{1/2}(survivors, trials-survivors+1).
func BinomialTail(survivors, trials int) float64 {
	switch {
	case survivors <= 0:
		return 1
	case survivors > trials:
		return 0
	}
	return mathext.RegIncBeta(float64(survivors), float64(trials-survivors+1), 0.5)
}

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

// Chernoff returns the largest 2^j for which the paper's probability
// P_j = 1 - ChernoffTail(f[j+1], T) is at least 1-delta, and those of all
// smaller j are too; 1 when there is no such j.
//
// Proof: if |S| < 2^j then by (1) a restart survives j+1 rows with probability
// below 1/2, so f[j+1] is stochastically below Bin(T, 1/2) and reaches what it
// has reached with probability at most ChernoffTail. That testing many j costs
// nothing is shown at [Binomial].
func Chernoff(rows []int, delta float64) Lower { return halving(rows, delta, ChernoffTail) }

// Binomial returns 2^{s-1} for the last s such that the hypotheses
// H_1, ..., H_s are all rejected, where H_s: |S| < 2^{s-1} is rejected when
// BinomialTail(f[s], T) <= delta; 1 when there is no such s.
//
// Proof: under H_s a restart survives s rows with probability below 1/2 by
// (1), so f[s] is stochastically below Bin(T, 1/2): a true H_s is rejected
// with probability at most delta. Now let s* be the first true hypothesis. The
// bound 2^{s-1} is wrong only if some true H_s, s >= s*, is rejected, and as
// they are tested in order and testing stops at the first that stands, H_{s*}
// has then been rejected too. So the probability of a wrong bound is that of
// rejecting one true hypothesis, and no correction is due.
func Binomial(rows []int, delta float64) Lower { return halving(rows, delta, BinomialTail) }

// halving tests |S| < 2^{s-1} for s = 1, 2, ... by the number of restarts that
// survived s rows.
func halving(rows []int, delta float64, tail func(survivors, trials int) float64) Lower {
	checkDelta(delta)
	f := Survivors(rows)
	s := 1
	for s < len(f) && tail(f[s], len(rows)) <= delta {
		s++
	}
	return power(max(0, s-2)) // s-1 is the last that was rejected
}

// slack, in bits, is taken off Gamma's real bound before it becomes an
// integer. It exceeds by far the rounding errors of the mean, the quantile
// and 2^x, which are below 1e-11 for bounds of less than 10000 bits.
const slack = 1e-9

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
func Gamma(rows []int, delta float64) Lower {
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
	t := float64(len(rows))
	return atLeast(float64(total)/t - GammaQuantile(len(rows), delta)/t/math.Ln2 - slack)
}

// atLeast returns an integer bound for a number that is an integer and at
// least 2^(bits+slack).
func atLeast(bits float64) Lower {
	if bits <= 0 {
		return power(0)
	}
	n := new(big.Int)
	if whole := math.Floor(bits); whole < 53 {
		n.SetInt64(int64(math.Ceil(math.Exp2(bits))))
	} else {
		n.SetInt64(int64(math.Exp2(bits - whole + 52)))
		n.Lsh(n, uint(whole)-52)
	}
	return Lower{n, record.Log2(n)}
}

func power(j int) Lower {
	return Lower{new(big.Int).Lsh(big.NewInt(1), uint(j)), float64(j)}
}

func checkDelta(delta float64) {
	if !(delta > 0 && delta < 1) {
		panic(fmt.Sprintf("confidence: error %v is not in (0, 1)", delta))
	}
}
