package confidence

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
)

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
// on the probability that at least that number of the trials survive when each
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

// Chernoff returns the largest 2^j for which the paper's probability
// P_j = 1 - ChernoffTail(f[j+1], T) is at least 1-delta, and those of all
// smaller j are too; 1 when there is no such j.
//
// Proof: if |S| < 2^j then by (1) a restart survives j+1 rows with probability
// below 1/2, so f[j+1] is stochastically below Bin(T, 1/2) and reaches what it
// has reached with probability at most ChernoffTail. That testing many j costs
// nothing is shown at [Binomial].
func Chernoff(rows []int, delta float64) Bound { return halving(rows, delta, ChernoffTail) }

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
func Binomial(rows []int, delta float64) Bound { return halving(rows, delta, BinomialTail) }

// halving tests |S| < 2^{s-1} for s = 1, 2, ... by the number of restarts that
// survived s rows.
func halving(rows []int, delta float64, tail func(survivors, trials int) float64) Bound {
	checkDelta(delta)
	f := Survivors(rows)
	s := 1
	for s < len(f) && tail(f[s], len(rows)) <= delta {
		s++
	}
	return power(max(0, s-2)) // s-1 is the last that was rejected
}
