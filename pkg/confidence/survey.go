package confidence

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// Survey is a sample of the elements of a set, each drawn with a probability of its own
// and weighted by one over that: probes, whose weights have the number of elements as
// their mean. So for any value x of elements
//
//	R = sum W x / sum W
//
// estimates the mean of x over the set (the ratio estimator of Hajek). It is consistent,
// and its bias is of the order of one over the number of probes.
//
// Nothing bounds the weights, so no interval for R holds for certain: those of a survey
// hold in the limit of many probes. docs/statistics.md has their formulas, and
// docs/calibration.md says how often they are wrong.
type Survey struct {
	w      []float64 // relative to the largest
	sum    float64
	counts [][]uint16 // of each probe in each resample
	again  []float64
}

// Limits are the ends of an interval.
type Limits struct{ Lower, Upper float64 }

// whole is the interval that says nothing.
var whole = Limits{math.Inf(-1), math.Inf(1)}

const (
	mostResamples  = 1000
	leastResamples = 200
	// draws limits the probes of all resamples.
	draws = 1 << 25
)

// NewSurvey is of probes with the given binary logarithms of weights, in the order of
// their numbers.
func NewSurvey(log2 []float64) *Survey {
	s := &Survey{w: make([]float64, len(log2))}
	top := slices.Max(append([]float64{None}, log2...))
	for i, b := range log2 {
		if top > None {
			s.w[i] = math.Exp2(b - top)
		}
		s.sum += s.w[i]
	}
	n := len(log2)
	if n < 2 {
		return s
	}
	var key [32]byte
	copy(key[:], "relucount resamples 1")
	rng := rand.New(rand.NewChaCha8(key)) // the same probes have the same resamples
	for range min(mostResamples, max(leastResamples, draws/n)) {
		c := make([]uint16, n)
		for range n {
			c[rng.IntN(n)]++
		}
		s.counts = append(s.counts, c)
	}
	return s
}

// Effective is as many probes of equal weight as would say as much (Kish): (sum W)^2 / sum W^2.
func (s *Survey) Effective() float64 {
	squares := 0.0
	for _, w := range s.w {
		squares += w * w
	}
	if squares == 0 {
		return 0
	}
	return s.sum * s.sum / squares
}

// Mean is the ratio estimate of the mean of values.
func (s *Survey) Mean(x []float64) float64 {
	m := 0.0
	for i, w := range s.w {
		m += w * x[i]
	}
	return m / s.sum
}

// variance is that of Mean by the delta method, where each probe's influence is what R
// changes when it is left out (the jackknife):
//
//	V = sum (W_i (x_i - R) / (sum W - W_i))^2
func (s *Survey) variance(x []float64, mean float64) float64 {
	v := 0.0
	for i, w := range s.w {
		d := w * (x[i] - mean)
		if d == 0 {
			continue
		}
		if d /= s.sum - w; math.IsNaN(d) || math.IsInf(d, 0) {
			return math.Inf(1)
		}
		v += d * d
	}
	return v
}

// student is the quantile of Student's law with as many degrees of freedom as probes are
// effective, less one.
func (s *Survey) student(delta float64) float64 {
	return studentQuantile(s.Effective()-1, delta)
}

func studentQuantile(df, delta float64) float64 {
	if !(df > 0) {
		return math.Inf(1)
	}
	return distuv.StudentsT{Sigma: 1, Nu: df}.Quantile(1 - delta/2)
}

// MeanDelta is the interval R -+ t sqrt(V).
func (s *Survey) MeanDelta(x []float64, delta float64) Limits {
	checkDelta(delta)
	m := s.Mean(x)
	off := s.student(delta) * math.Sqrt(s.variance(x, m))
	if len(x) < 2 || math.IsNaN(off) {
		return whole
	}
	return Limits{m - off, m + off}
}

// ShareBootstrap is the interval between the quantiles of R over resamples of the probes.
func (s *Survey) ShareBootstrap(x []float64, delta float64) Limits {
	checkDelta(delta)
	return s.bootstrap(delta, func(counts []uint16) float64 { return s.resampled(counts).mean(x) })
}

// MeanBootstrap is the interval of R whose errors are those that resamples of the probes
// have, each in units of its own standard error (the bootstrap-t of Efron): it follows the
// skew of the values, where R -+ t sqrt(V) does not.
func (s *Survey) MeanBootstrap(x []float64, delta float64) Limits {
	checkDelta(delta)
	m := s.Mean(x)
	off := math.Sqrt(s.variance(x, m))
	t := s.bootstrap(delta, func(counts []uint16) float64 {
		r := s.resampled(counts)
		again := r.mean(x)
		return (again - m) / math.Sqrt(r.variance(counts, x, again))
	})
	switch {
	case len(x) < 2:
		return whole
	case off == 0:
		return Limits{m, m}
	case t == whole || math.IsInf(off, 0):
		return whole
	}
	return Limits{m - t.Upper*off, m - t.Lower*off}
}

// resample is a survey of probes that were drawn again.
type resample struct {
	w   []float64
	sum float64
}

// resampled returns the probes of a resample, valid until the next.
func (s *Survey) resampled(counts []uint16) resample {
	r := resample{w: slices.Grow(s.again[:0], len(counts))[:len(counts)]}
	s.again = r.w
	for i, c := range counts {
		r.w[i] = float64(c) * s.w[i]
		r.sum += r.w[i]
	}
	return r
}

func (r resample) mean(x []float64) float64 {
	m := 0.0
	for i, w := range r.w {
		m += w * x[i]
	}
	return m / r.sum
}

// variance is that of Survey, where a probe may have been drawn several times.
func (r resample) variance(counts []uint16, x []float64, mean float64) float64 {
	v := 0.0
	for i, w := range r.w {
		if counts[i] == 0 {
			continue
		}
		n := float64(counts[i])
		d := w / n * (x[i] - mean) / (r.sum - w/n)
		v += n * d * d
	}
	return v
}

func (s *Survey) bootstrap(delta float64, of func(counts []uint16) float64) Limits {
	var all []float64
	for _, c := range s.counts {
		if v := of(c); !math.IsNaN(v) {
			all = append(all, v)
		}
	}
	if len(all) == 0 {
		return whole
	}
	slices.Sort(all)
	k := int(math.Floor(delta / 2 * float64(len(all)+1)))
	if k < 1 {
		return whole
	}
	return Limits{all[k-1], all[len(all)-k]}
}

// share is what MeanDelta is for a share: the limits of Clopper and Pearson for as many
// trials as have the variance V (Korn and Graubard, "Confidence intervals for proportions
// with small expected number of positive counts estimated from survey data", 1998).
func (s *Survey) share(in []float64, p, delta float64) Limits {
	n := s.Effective()
	if m := s.Mean(in); m > 0 && m < 1 {
		n = m * (1 - m) / s.variance(in, m)
	}
	// fewer where the variance is known from few probes
	all, few := studentQuantile(float64(len(in)-1), delta), s.student(delta)
	n = min(n, float64(len(in))) * all * all / (few * few)
	if len(in) < 2 || !(n > 0) {
		return Limits{0, 1}
	}
	return binomial(p*n, n, delta)
}

// binomial are the limits of Clopper and Pearson for x successes of n, which need not be
// whole.
func binomial(x, n, delta float64) Limits {
	out := Limits{0, 1}
	if x > 0 {
		out.Lower = mathext.InvRegIncBeta(x, n-x+1, delta/2)
	}
	if x < n {
		out.Upper = mathext.InvRegIncBeta(x+1, n-x, 1-delta/2)
	}
	return out
}

// ShareDelta is the interval of a share: x is 1 where an element is counted, and else 0.
func (s *Survey) ShareDelta(x []float64, delta float64) Limits {
	checkDelta(delta)
	return s.share(x, s.Mean(x), delta)
}

// Order is an order of the probes by a value.
type Order struct {
	x     []float64
	order []int
}

// NewOrder orders probes by a value.
func NewOrder(x []float64) *Order {
	o := &Order{x, make([]int, len(x))}
	for i := range x {
		o.order[i] = i
	}
	slices.SortStableFunc(o.order, func(a, b int) int {
		switch {
		case x[a] < x[b]:
			return -1
		case x[a] > x[b]:
			return 1
		}
		return 0
	})
	return o
}

// at is the least value that a share q of the weight does not exceed.
func (o *Order) at(q float64, weight func(i int) float64, sum float64) float64 {
	need, have := q*sum, 0.0
	for _, i := range o.order {
		if have += weight(i); have >= need-1e-12*sum && weight(i) > 0 {
			return o.x[i]
		}
	}
	return o.x[o.order[len(o.order)-1]]
}

// Quantile is the least value that a share q of the weight does not exceed.
func (s *Survey) Quantile(o *Order, q float64) float64 {
	return o.at(q, func(i int) float64 { return s.w[i] }, s.sum)
}

// QuantileDelta is the interval between the quantiles at the limits that a share of q has
// (Woodruff, "Confidence intervals for medians and other position measures", 1952).
func (s *Survey) QuantileDelta(o *Order, q, delta float64) Limits {
	checkDelta(delta)
	v, in := s.Quantile(o, q), make([]float64, len(o.x))
	for i, x := range o.x {
		if x <= v {
			in[i] = 1
		}
	}
	l := s.share(in, q, delta)
	return Limits{s.Quantile(o, l.Lower), s.Quantile(o, l.Upper)}
}

// QuantileBootstrap is the interval between the quantiles of Quantile over resamples of
// the probes.
func (s *Survey) QuantileBootstrap(o *Order, q, delta float64) Limits {
	checkDelta(delta)
	return s.bootstrap(delta, func(counts []uint16) float64 {
		sum := 0.0
		for i, c := range counts {
			sum += float64(c) * s.w[i]
		}
		return o.at(q, func(i int) float64 { return float64(counts[i]) * s.w[i] }, sum)
	})
}
