package confidence

import (
	"math"
	"math/big"
)

// None is the binary logarithm of a weight that is zero.
var None = math.Inf(-1)

// fractions are the shares of its capital that a game of Mean bets.
var fractions = []float64{0.01, 0.03, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 0.95, 0.99}

// Mean is the lower bound on N from weights W >= 0, given by their binary
// logarithms, with E[W] = N 2^-rows: buckets of hashes of that number of rows, of
// any size, or probes with rows = 0. Game p multiplies its capital by
//
//	1 - p + p W / (N 2^-rows),
//
// and N is rejected when the mean capital of the games ever was 1/delta.
//
// Proof: the factors are nonnegative and have the mean 1 under N, and [wealth]
// says the rest. They fall as N grows, so the test is falling. A single factor
// with p = 1 is Markov's inequality. (The bets are those of Waudby-Smith and
// Ramdas, "Estimating means of bounded random variables by betting", 2024,
// with fixed shares.)
//
// The weights come in the order of their numbers and may be stopped at any
// time. One that is missing before others enters as [None], and one that was
// cut short with what it had come to.
func Mean(weights []float64, rows int, delta float64) Bound {
	checkDelta(delta)
	return meanFromBelow(weights, rows, delta, fractions, nil)
}

// meanFromBelow plays Mean's games and, with scales, those of pushAbove.
func meanFromBelow(weights []float64, rows int, delta float64, fractions, scales []float64) Bound {
	top := 0
	for _, w := range weights {
		if w > None {
			top = max(top, rows+int(math.Ceil(w))) // no game gains beyond, as all W <= E[W]
		}
	}
	return above(ascend(top, func(k int, f float64) bool {
		mean := float64(k-rows) + f
		return wealth(len(weights), len(fractions)+len(scales), delta, func(t, g int) float64 {
			if g < len(fractions) {
				ratio := math.Exp2(min(1000, weights[t]-mean))
				return math.Log1p(fractions[g] * (ratio - 1))
			}
			s := scales[g-len(fractions)]
			return catoni(s*deviation(weights[t], mean)) - math.Log1p(s*s/2)
		})
	}))
}

// MeanGamma is [Gamma] for weights: by Markov's inequality P(W >= w) <= N/w,
// so ln W - ln N is stochastically below Exp(1). The number of weights must be
// fixed beforehand, and a weight of zero leaves no bound but 1.
func MeanGamma(weights []float64, delta float64) Bound {
	checkDelta(delta)
	if len(weights) == 0 {
		return power(0)
	}
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	return gamma(sum, len(weights), delta)
}

// Average returns the binary logarithms of the mean of weights and of its
// standard error, the square root of sum (W - mean)^2 / (T (T-1)), which is
// NaN for less than two weights. It is computed relative to the largest, so no
// weight is too large.
func Average(weights []float64) (mean, err float64) {
	top := None
	for _, w := range weights {
		top = max(top, w)
	}
	n := float64(len(weights))
	if top == None {
		if len(weights) < 2 {
			return None, math.NaN()
		}
		return None, None
	}
	sum := 0.0
	for _, w := range weights {
		sum += math.Exp2(w - top)
	}
	m, squares := sum/n, 0.0
	for _, w := range weights {
		d := math.Exp2(w-top) - m
		squares += d * d
	}
	if len(weights) < 2 {
		return top + math.Log2(m), math.NaN()
	}
	return top + math.Log2(m), top + math.Log2(squares/n/(n-1))/2
}

// Regions returns the integer next to 2^bits, to 53 digits, and 0 for [None].
func Regions(bits float64) *big.Int {
	n := new(big.Int)
	if whole := math.Floor(bits); whole < 53 {
		n.SetInt64(int64(math.Round(math.Exp2(bits))))
	} else {
		n.SetInt64(int64(math.Exp2(bits - whole + 52)))
		n.Lsh(n, uint(whole)-52)
	}
	return n
}
