package confidence

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// Bucket is the number of elements that satisfy a hash.
type Bucket struct {
	Log2  float64 // of the number found, or None
	Exact bool    // whether these are all
}

func logarithms(buckets []Bucket) []float64 {
	out := make([]float64, len(buckets))
	for i, b := range buckets {
		out[i] = b.Log2
	}
	return out
}

// RowsShare is the share of the error that buckets of hashes of r rows may use
// up. The shares of all r from 0 on add up to 1, so the bounds from buckets of
// every number of rows hold together, and r may be chosen by what the buckets of
// other numbers of rows have shown, also of the same hashes.
func RowsShare(r int) float64 { return 1 / (float64(r+1) * float64(r+2)) }

// BucketSize is the number of elements of a bucket to aim at: with fewer the
// bounds are wide, with more the buckets take long to count.
const BucketSize = 90

// NextRows returns the number of rows after which about BucketSize of 2^bits
// elements are left.
func NextRows(bits float64) int {
	return max(0, int(math.Round(bits-math.Log2(BucketSize))))
}

// scales are the scales of the games of Buckets.
var scales = []float64{0.1, 0.2, 0.4, 0.8, 1.6, 3.2}

// catoni is the logarithm of a factor with a mean of at most 1 + E[Y^2]/2 for
// every Y of mean 0, nondecreasing in Y, without a condition on the tails of Y
// (Catoni, "Challenging the empirical mean and empirical variance: a deviation
// study", 2012): it is at most ln(1 + y + y^2/2), which below 0 is so because
// (1 + y^2/2)^2 - y^2 = 1 + y^4/4 >= 1.
func catoni(y float64) float64 {
	if a := math.Abs(y); a > 1e100 { // y^2 would overflow
		return math.Copysign(2*math.Log(a)-math.Ln2, y)
	}
	if y < 0 {
		return -math.Log1p(-y + y*y/2)
	}
	return math.Log1p(y + y*y/2)
}

// deviation is (X - m)/sqrt(m) from the logarithms of X and its mean m.
func deviation(x, m float64) float64 {
	d := math.Exp2(min(1000, x-m)) - 1
	if d == 0 {
		return 0
	}
	return d * math.Exp2(m/2)
}

// BucketsLower is the lower bound from buckets of dense rows: the games of [Mean]
// and of [BucketsUpper], the other way round, together. Buckets that are not exact
// enter with what was found, those that are missing before others as none.
func BucketsLower(buckets []Bucket, rows int, delta float64) Bound {
	checkDelta(delta)
	return meanFromBelow(logarithms(buckets), rows, delta, fractions, scales)
}

// BucketsUpper is the upper bound from buckets of dense rows, and whether there is
// one. With m = N 2^-rows, game s multiplies its capital by
//
//	catoni(s (m - X)/sqrt(m)) / (1 + s^2/2),
//
// in the exponent, and N is rejected when the mean capital ever was 1/delta.
//
// Proof: under N the rows being dense, E[X] = m and Var[X] <= m, so Y = s (m -
// X)/sqrt(m) has mean 0 and E[Y^2] <= s^2, and the factors have a mean of at
// most 1: see [catoni] and [wealth]. Y grows with N, so the test is rising.
//
// The buckets come in the order of their numbers and may be stopped at any time.
// They are used up to the first that is not exact, which may be infinite.
func BucketsUpper(buckets []Bucket, rows int, delta float64) (Bound, bool) {
	checkDelta(delta)
	n, most := 0, 0.0
	for n < len(buckets) && buckets[n].Exact {
		most = max(most, buckets[n].Log2)
		n++
	}
	if n == 0 {
		return Bound{}, false
	}
	// Where the mean is 2^20/delta times the most, one bucket rejects N.
	top := rows + int(math.Ceil(most-math.Log2(delta))) + 20
	b, ok := descend(top, func(k int, f float64) bool {
		mean := float64(k-rows) + f
		return wealth(n, len(scales), delta, func(t, g int) float64 {
			return catoni(-scales[g]*deviation(buckets[t].Log2, mean)) - math.Log1p(scales[g]*scales[g]/2)
		})
	})
	if !ok {
		return Bound{}, false
	}
	return atMost(b), true
}

// BucketsInterval is the interval from buckets of dense rows, half the error on each side.
func BucketsInterval(buckets []Bucket, rows int, delta float64) (lower, upper Bound, ok bool) {
	upper, ok = BucketsUpper(buckets, rows, delta/2)
	return BucketsLower(buckets, rows, delta/2), upper, ok
}

// Median is the interval from the median of buckets of dense rows, half the
// error on each side; the number of buckets must be fixed beforehand. It is the
// estimate of ApproxMC (Chakraborty, Meel and Vardi, "A Scalable Approximate
// Model Counter", 2013) with limits from the data.
//
// Proof of the upper limit: with h half the number T of buckets, rounded up, let
// x be the h-th smallest and p the lower limit of Clopper and Pearson for h of
// T at delta/2. By Cantelli P(X <= x) <= m/(m + (m-x)^2) for every mean m > x.
// Where that is below p, the probability that h buckets or more are at most x is
// below delta/2: such m are rejected. The test must not know x beforehand: for each
// m let x_m < m solve m/(m + (m-x)^2) = p; m is rejected when h buckets are at
// most x_m. The lower limit is the same from above, or by Markov p times the
// h-th largest, if that is more.
//
// Buckets that are not exact are infinite for the upper limit.
func Median(buckets []Bucket, rows int, delta float64) (lower, upper Bound, ok bool) {
	checkDelta(delta)
	if len(buckets) == 0 {
		return power(0), Bound{}, false
	}
	h := (len(buckets) + 1) / 2
	p := shareLimit(h, len(buckets), delta/2)
	c := 1/p - 1
	var low, high []float64
	for _, bucket := range buckets {
		low = append(low, bucket.Log2)
		if !bucket.Exact {
			bucket.Log2 = math.Inf(1)
		}
		high = append(high, bucket.Log2)
	}
	slices.Sort(low)
	slices.Sort(high)
	// (m-x)^2 = c m has the solutions x + c/2 -+ sqrt(c x + c^2/4); here relative
	// to max(x, 1), so that none overflows.
	solve := func(bits, sign float64) float64 {
		unit := max(bits, 0)
		x, c := math.Exp2(bits-unit), c*math.Exp2(-unit)
		return unit + math.Log2(x+c/2+sign*math.Sqrt(c*x+c*c/4))
	}
	lower = power(0)
	if x := low[len(low)-h]; x > None {
		bits := x + math.Log2(p)
		if b := solve(x, -1); b > bits {
			bits = b
		}
		lower = above(bits + float64(rows))
	}
	x := high[h-1]
	if math.IsInf(x, 1) {
		return lower, Bound{}, false
	}
	return lower, atMost(solve(x, 1) + float64(rows)), true
}

// shareLimit is the lower limit of Clopper and Pearson: the largest p with
// P(Bin(trials, p) >= successes) <= delta, found from below.
func shareLimit(successes, trials int, delta float64) float64 {
	lo, hi := 0.0, 1.0
	for range 100 {
		if mid := (lo + hi) / 2; certainly(mathext.RegIncBeta(float64(successes), float64(trials-successes+1), mid), delta) {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}
