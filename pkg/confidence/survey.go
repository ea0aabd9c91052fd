package confidence

import (
	"cmp"
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
	w            []float64 // relative to the largest
	sum          float64
	effective    float64
	delta, fewer float64    // by which factor trials are fewer at the error delta
	counts       [][]uint16 // of each probe in each resample
	again        []float64
}

// Limits are the ends of an interval.
type Limits struct{ Lower, Upper float64 }

// whole is the interval that says nothing.
var whole = Limits{math.Inf(-1), math.Inf(1)}

const (
	mostResamples  = 1000
	leastResamples = 200
	// draws limits the probes of all resamples.
	draws = 1 << 22
)

// NewSurvey is of probes with the given binary logarithms of weights, in the order of
// their numbers.
func NewSurvey(log2 []float64) *Survey {
	s := &Survey{w: make([]float64, len(log2))}
	squares, top := 0.0, slices.Max(append([]float64{None}, log2...))
	for i, b := range log2 {
		if top > None {
			s.w[i] = math.Exp2(b - top)
		}
		s.sum += s.w[i]
		squares += s.w[i] * s.w[i]
	}
	if squares > 0 {
		s.effective = s.sum * s.sum / squares
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
func (s *Survey) Effective() float64 { return s.effective }

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
	return studentQuantile(s.effective-1, delta)
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
// skew of the values, where R -+ t sqrt(V) does not. On neither side is it less than that.
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
	u := s.student(delta) * off
	return Limits{m - max(t.Upper*off, u), m + max(-t.Lower*off, u)}
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

// trials is how many trials of a binomial law have the variance V of a share p, but no more
// than the effective probes, for the heavy ones of a kind may not have come; and fewer where
// the variance is known from few probes (Korn and Graubard, "Confidence intervals for
// proportions with small expected number of positive counts estimated from survey data",
// 1998).
func (s *Survey) trials(p, variance, delta float64) float64 {
	n := s.effective
	if p > 0 && p < 1 {
		n = p * (1 - p) / variance
	}
	if s.delta != delta {
		all, few := studentQuantile(float64(len(s.w)-1), delta), s.student(delta)
		s.delta, s.fewer = delta, all*all/(few*few)
	}
	return min(n, s.effective) * s.fewer
}

// share has the limits of Clopper and Pearson for so many trials, of which a share p are
// successes. They need not be whole.
func (s *Survey) share(p, variance, delta float64) Limits {
	n := s.trials(p, variance, delta)
	out := Limits{0, 1}
	if len(s.w) < 2 || !(n > 0) {
		return out
	}
	x := p * n
	if x > 0 {
		if l := mathext.InvRegIncBeta(x, n-x+1, delta/2); l > 0 { // not NaN, as for a tiny x
			out.Lower = min(l, p)
		}
	}
	if x < n {
		if u := mathext.InvRegIncBeta(x+1, n-x, 1-delta/2); u < 1 {
			out.Upper = max(u, p)
		}
	}
	return out
}

// reaches reports whether q is at most the upper limit that share has, and whether it is at
// most the lower one.
func (s *Survey) reaches(q, p, variance, delta float64) (upper, lower bool) {
	n := s.trials(p, variance, delta)
	if len(s.w) < 2 || !(n > 0) {
		return true, false
	}
	x := p * n
	upper = x >= n || mathext.RegIncBeta(x+1, n-x, q) <= 1-delta/2
	lower = x > 0 && mathext.RegIncBeta(x, n-x+1, q) <= delta/2
	return upper, lower
}

// ShareDelta is the interval of a share: x is 1 where an element is counted, and else 0.
func (s *Survey) ShareDelta(x []float64, delta float64) Limits {
	checkDelta(delta)
	p := s.Mean(x)
	return s.share(p, s.variance(x, p), delta)
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
func (o *Order) at(q float64, w []float64, sum float64) float64 {
	need, have := (q-1e-12)*sum, 0.0
	for _, i := range o.order {
		if have += w[i]; have >= need && w[i] > 0 {
			return o.x[i]
		}
	}
	return o.x[o.order[len(o.order)-1]]
}

// Quantile is the least value that a share q of the weight does not exceed.
func (s *Survey) Quantile(o *Order, q float64) float64 { return o.at(q, s.w, s.sum) }

// QuantileDelta is the interval of the values that the shares of what does not exceed them
// do not rule out: above the values whose share is below q for certain, and up to the first
// whose share is not, each by the limits of ShareDelta (Francisco and Fuller, "Quantile
// estimation with a complex survey design", 1991). It is open where the probes reach no
// such value.
func (s *Survey) QuantileDelta(o *Order, q, delta float64) Limits {
	checkDelta(delta)
	type step struct{ x, sum, below float64 } // a value, the weight up to it, and its squared influences
	var steps []step
	sum, below := 0.0, 0.0
	for k, i := range o.order {
		sum += s.w[i]
		below += influence(s.w[i], s.sum)
		if k+1 == len(o.order) || o.x[o.order[k+1]] > o.x[i] {
			steps = append(steps, step{o.x[i], sum, below})
		}
	}
	reaches := func(k int) (upper, lower bool) {
		p, v := 0.0, 0.0
		switch {
		case k == len(steps)-1:
			p = 1
		case k >= 0:
			p = min(1, steps[k].sum/sum)
			v = steps[k].below*(1-p)*(1-p) + max(0, below-steps[k].below)*p*p
		}
		return s.reaches(q, p, v, delta)
	}
	at, _ := slices.BinarySearchFunc(steps, q*sum, func(a step, need float64) int { return cmp.Compare(a.sum, need) })
	at = min(at, len(steps)-1)
	out := whole
	for k := at; ; k-- { // the least value that is not ruled out
		if upper, _ := reaches(k - 1); !upper {
			out.Lower = steps[k].x
			break
		}
		if k == 0 {
			break
		}
	}
	for k := at; k < len(steps); k++ {
		if _, lower := reaches(k); lower {
			out.Upper = steps[k].x
			break
		}
	}
	return out
}

// influence is the square of what the share of one probe changes, times what it differs.
func influence(w, sum float64) float64 {
	d := w / (sum - w)
	return d * d
}

// QuantileBootstrap is the interval between the quantiles of Quantile over resamples of
// the probes.
func (s *Survey) QuantileBootstrap(o *Order, q, delta float64) Limits {
	checkDelta(delta)
	return s.bootstrap(delta, func(counts []uint16) float64 {
		r := s.resampled(counts)
		return o.at(q, r.w, r.sum)
	})
}
