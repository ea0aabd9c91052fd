// Package confidence turns what random questions about a finite set have shown
// into bounds on its size that hold with a stated confidence.
//
// Let S be the set (the activation patterns of a network's regions), N = |S| >=
// 1 its size. There are three kinds of random questions:
//
//   - a restart (trial) adds parity rows, each with a random set of units and a
//     right-hand side that is a fair coin of its own, until no element of S
//     satisfies all rows; R is the number of rows that S survived;
//   - a bucket is the number X of elements that satisfy a hash of r such rows, in
//     records a cell;
//   - a probe is a weight W >= 0 with E[W] = N, from a random descent.
//
// Every row keeps a fixed pattern with probability 1/2, whatever its units are,
// because the coin alone decides; the coins being independent, a fixed pattern
// survives j rows with probability 2^-j. Hence E[X] = N 2^-r, and by Markov's
// inequality
//
//	P(R >= j) <= min(1, N 2^-j)    for every j.                          (1)
//
// In dense rows each unit is there with probability 1/2, a fair coin again. Two
// patterns that differ in some unit then satisfy a row independently: their
// parities differ with probability 1/2, whatever the right-hand side, which
// settles one of them. So the indicators of the patterns are pairwise
// independent, Var[X] <= E[X], and by Cantelli's inequality P(X = 0) <=
// Var/(Var + E^2) <= 1/(1 + E[X]), that is
//
//	P(R >= j) >= N / (N + 2^j)    for every j, with dense rows.          (2)
//
// Rows over the unstable units alone do as well: patterns agree on the others.
//
// A rule tests every N at the error delta and keeps the N that it does not
// reject. The true size is rejected with probability at most delta, so what is
// kept holds it with confidence 1-delta, however many N were tested: that is
// one test of one N that matters, and there is nothing to correct for. The
// evidence against N falls as N grows in rules for lower bounds, and rises in
// those for upper bounds, so what is kept is all above, or below, some bound.
// [Rules] lists the rules by the names that they have in records; the functions
// that they call carry the proofs:
//
//   - [Excess] adds up the rows survived beyond log2 N, [ExcessUpper] does the
//     same from above for dense rows;
//   - [ClopperPearson] counts the restarts that survived log2 N + 2 rows;
//   - [Sequential] bets on the rows survived, and may be stopped at any time;
//   - [Chernoff] is the rule of Serra and Ramalingam, "Empirical Bounds on
//     Linear Regions of Deep Rectifier Networks" (AAAI 2020), Algorithm 1, and
//     [Binomial] the same test with the exact tail;
//   - [Gamma] uses the mean of all R's;
//   - [Mean] bets on the mean of buckets or probes, and [BucketsInterval] on that
//     of buckets of dense rows from both sides; both may be stopped at any time;
//   - [Median] is a two-sided rule on the median of buckets of dense rows.
//
// A restart that was given up enters with the rows that it is known to have
// survived, a bucket or a probe that was cut short with what it had come to: this
// only lowers the figures, and every lower bound is nondecreasing in them. For
// upper bounds it enters as infinite. Rules that may not be stopped at any time
// need a number of restarts that was fixed before any was seen; and for every
// rule none may be left out for what it showed.
//
// docs/inference.md has the proofs in full, and what the rules lose.
package confidence

import (
	"fmt"
	"math"
	"math/big"

	"relucount/pkg/record"
)

// Bound is a bound on a number of regions.
type Bound struct {
	Regions *big.Int // at least 1: the set is not empty
	Log2    float64  // of Regions
}

// slack, in bits, is taken off a real bound before it becomes an
// integer. It exceeds by far the rounding errors of the mean, the quantile
// and 2^x, which are below 1e-11 for bounds of less than 10000 bits.
const slack = 1e-9

// atLeast returns an integer bound for a number that is an integer and at
// least 2^(bits+slack).
func atLeast(bits float64) Bound {
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
	return Bound{n, record.Log2(n)}
}

func power(j int) Bound {
	return Bound{new(big.Int).Lsh(big.NewInt(1), uint(j)), float64(j)}
}

func checkDelta(delta float64) {
	if !(delta > 0 && delta < 1) {
		panic(fmt.Sprintf("confidence: error %v is not in (0, 1)", delta))
	}
}
