package confidence

import (
	"fmt"
	"math"
	"math/bits"
)

// Endless stands for the rows of a restart that was not closed in the rules
// for upper bounds: it may have survived any number.
const Endless = math.MaxInt

// window keeps of a restart that survived R rows, when N = 2^(k+f) is tested,
// the rows beyond low: min(high, max(low, R-k)) - low.
type window struct{ low, high int }

func (w window) of(rows, k int) int {
	if rows == Endless {
		return w.high - w.low
	}
	return min(w.high, max(w.low, rows-k)) - w.low
}

func (w window) sum(rows []int, k int) int {
	s := 0
	for _, r := range rows {
		s += w.of(r, k)
	}
	return s
}

// law returns the probabilities of the window's values 0, 1, ... when P(R-k >=
// i) is beyond(i).
func (w window) law(beyond func(i int) float64) []float64 {
	p := make([]float64, w.high-w.low+1)
	last := 1.0
	for v := range p {
		next := 0.0
		if v+1 < len(p) {
			next = beyond(w.low + v + 1)
		}
		p[v] = last - next
		last = next
	}
	return p
}

// most is the law (1) with the largest R's, and least (2) with the smallest.
func most(f float64) func(int) float64 {
	return func(i int) float64 { return min(1, math.Exp2(f-float64(i))) }
}

func least(f float64) func(int) float64 {
	return func(i int) float64 { return 1 / (1 + math.Exp2(float64(i)-f)) }
}

// summed holds the tail of the law of a sum that was asked for last.
type summed struct {
	f    float64
	tail []float64
}

// exactly is the number of restarts up to which sums have their exact law, by
// convolution, which takes its square in time.
const exactly = 1000

// sumTail returns a bound on P(X_1 + ... + X_T >= s), X_i independent with the
// law p on 0, 1, ...: the tail itself for T <= exactly, else Chernoff's bound
// min over u >= 0 of E[e^(u X)]^T e^(-u s).
func (c *summed) sumTail(f float64, p []float64, trials, s int) float64 {
	if trials > exactly {
		return chernoffSum(p, trials, s)
	}
	if c.tail == nil || c.f != f {
		c.f, c.tail = f, convolve(p, trials)
		for i := len(c.tail) - 2; i >= 0; i-- {
			c.tail[i] += c.tail[i+1]
		}
	}
	return c.tail[s]
}

// convolve returns the law of a sum. All terms are nonnegative, so that the
// relative error of each is some trials 1e-16.
func convolve(p []float64, trials int) []float64 {
	out := []float64{1}
	for ; trials > 0; trials >>= 1 {
		if trials&1 == 1 {
			out = product(out, p)
		}
		if trials > 1 {
			p = product(p, p)
		}
	}
	return out
}

func product(a, b []float64) []float64 {
	out := make([]float64, len(a)+len(b)-1)
	for i, x := range a {
		for j, y := range b {
			out[i+j] += x * y
		}
	}
	return out
}

// chernoffSum looks for the best u, but any makes a bound: the exponent is
// convex in u.
func chernoffSum(p []float64, trials, s int) float64 {
	exponent := func(u float64) float64 {
		m := 0.0
		for v, q := range p {
			m += q * math.Exp(u*float64(v))
		}
		return float64(trials)*math.Log(m) - u*float64(s)
	}
	lo, hi := 0.0, 50.0
	for range 100 {
		a, b := lo+(hi-lo)/3, hi-(hi-lo)/3
		if exponent(a) < exponent(b) {
			hi = b
		} else {
			lo = a
		}
	}
	return math.Exp(min(0, exponent(lo)))
}

// certainly reports whether a tail is at most delta, rounding errors included.
func certainly(tail, delta float64) bool { return tail*(1+1e-9) <= delta }

// rejectLow tests N from the rows beyond the window's low: by (1) R is
// stochastically below the law most, the sum of the windows is nondecreasing
// in the R's, and they are independent, so under |S| <= N the sum reaches what
// it has reached with probability at most the tail of the sum of as many
// windows of that law.
//
// The law of R-k depends on f alone and grows with it, and the windows shrink
// as k grows, so the test is falling.
func rejectLow(w window, rows []int, delta float64) test {
	var sums summed
	return func(k int, f float64) bool {
		return certainly(sums.sumTail(f, w.law(most(f)), len(rows), w.sum(rows, k)), delta)
	}
}

// Excess is the lower bound from the rows survived beyond log2 N: N is
// rejected when the sum of min(4, max(0, R - k - 1)), k the integer part of
// log2 N, has in the law (1) a tail of at most delta. A restart that survived
// unusually few rows thus costs no more than one that survived what N alone
// would explain, as with sparse rows many do. For the proof see [rejectLow].
//
// 1 and 5 were chosen by simulation, for 5 to 100 restarts with dense and with
// sparse rows. With fewer restarts, or a smaller error, 5 gives way to as many
// rows as it takes to reject anything.
func Excess(rows []int, delta float64) Bound {
	checkDelta(delta)
	w := window{1, 5}
	if n := len(rows); n > 0 { // P(all R-k >= high) = 2^(-high n) at f = 0
		w.high = max(w.high, 2+int(math.Ceil(math.Log2(4/delta)/float64(n))))
	}
	return fromBelow(w, rows, delta)
}

// ClopperPearson is the lower bound from the number of restarts that survived
// k+2 rows, k the integer part of log2 N: in the law (1) it is at most
// binomial with the probability N 2^-(k+2), and N is rejected when that has a
// tail of at most delta. So the bound is 2^j times the lower limit of Clopper
// and Pearson, "The Use of Confidence or Fiducial Limits Illustrated in the
// Case of the Binomial" (1934), for the share of restarts that survive j rows,
// where that limit is from 1/4 to 1/2, and the level j need not be paid for.
func ClopperPearson(rows []int, delta float64) Bound { return fromBelow(window{1, 2}, rows, delta) }

func fromBelow(w window, rows []int, delta float64) Bound {
	checkDelta(delta)
	top := checkRows(rows)
	if len(rows) == 0 {
		return power(0)
	}
	return above(ascend(top, rejectLow(w, rows, delta)))
}

// ExcessUpper is the upper bound from dense rows, and whether there is one: N
// is rejected when the sum of the windows min(high, max(low, R - k)) is so
// small that the law (2) gives such sums a probability of at most delta.
//
// Proof: by (2) R is stochastically above the law least, taken on all integers,
// and so is the sum of the windows. That law of R-k depends on f alone, grows
// with it, and the windows shrink as k grows: the test is rising.
//
// Rows may be [Endless].
func ExcessUpper(rows []int, delta float64) (Bound, bool) {
	checkDelta(delta)
	top := 0
	if len(rows) == 0 {
		return Bound{}, false
	}
	for _, r := range rows {
		if r < 0 {
			panic(fmt.Sprintf("confidence: %d rows survived", r))
		}
		if r != Endless {
			top = max(top, r)
		}
	}
	w := upperWindow(len(rows), delta)
	var sums summed
	b, ok := descend(top-w.low+1, func(k int, f float64) bool {
		p := w.law(least(f))
		mirror := make([]float64, len(p)) // of high - window
		for v, q := range p {
			mirror[len(p)-1-v] = q
		}
		short := len(rows)*(w.high-w.low) - w.sum(rows, k)
		return certainly(sums.sumTail(f, mirror, len(rows), short), delta)
	})
	if !ok {
		return Bound{}, false
	}
	return atMost(b), true
}

// upperWindow goes further down for fewer restarts, as it takes rarer events
// then to reject anything: at least so far that all restarts at its lower end
// reject N. Its ends were chosen by simulation, for 5 to 100 restarts; a little
// lower than best, so that there is a bound when one restart in six is open.
func upperWindow(trials int, delta float64) window {
	w := window{min(-1, bits.Len(uint(trials))-7), 3}
	// P(all R-k <= low) = (1 - least(low+1))^T at f = 0
	for w.low > -2000 && -float64(trials)*math.Log1p(math.Exp2(-float64(w.low+1))) > math.Log(delta/8) {
		w.low--
	}
	return w
}

// checkRows returns the most rows.
func checkRows(rows []int) int {
	top := 0
	for _, r := range rows {
		if r < 0 {
			panic(fmt.Sprintf("confidence: %d rows survived", r))
		}
		top = max(top, r)
	}
	return top
}

// tilts are the tilts of Sequential's games.
var tilts = []float64{0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.3, 1.6}

// Sequential is the lower bound from restarts in the order of their numbers
// that may be stopped at any time, also because the bound looks good. Game u
// multiplies its capital by
//
//	e^(u x) / E[e^(u x)],   x = min(4, max(0, R - k - 1)),
//
// the mean being that of the law (1), and N is rejected when the mean capital
// of the games ever was 1/delta: see [wealth].
//
// Proof: R being stochastically below that law and e^(u x) nondecreasing in R,
// the factors have a mean of at most 1 under |S| <= N. Capitals shrink as N
// grows, as the windows do in k and the mean grows in f.
//
// A restart that is missing before others enters with no rows.
func Sequential(rows []int, delta float64) Bound {
	checkDelta(delta)
	top := checkRows(rows)
	w := window{1, 5}
	return above(ascend(top, func(k int, f float64) bool {
		p := w.law(most(f))
		mean := make([]float64, len(tilts))
		for g, u := range tilts {
			for v, q := range p {
				mean[g] += q * math.Exp(u*float64(v))
			}
			mean[g] = math.Log(mean[g])
		}
		return wealth(len(rows), len(tilts), delta, func(t, g int) float64 {
			return tilts[g]*float64(w.of(rows[t], k)) - mean[g]
		})
	}))
}
