package confidence

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// population is a set whose elements have a value each, and are drawn with the weights of
// a random descent: one over their probabilities.
type population struct{ x, log2, cum []float64 }

// randomPopulation has n elements whose weights vary by spread bits, and with the value.
func randomPopulation(rng *rand.Rand, n int, spread float64) *population {
	p := &population{}
	total, prob := 0.0, make([]float64, n)
	for i := range n {
		x := math.Round(3+2*rng.NormFloat64()) + math.Exp2(rng.NormFloat64())
		p.x = append(p.x, x)
		prob[i] = math.Exp2(spread * (rng.NormFloat64() + x/4) / 1.5)
		total += prob[i]
	}
	cum := 0.0
	for i := range n {
		cum += prob[i] / total
		p.cum, p.log2 = append(p.cum, cum), append(p.log2, math.Log2(total/prob[i]))
	}
	return p
}

func (p *population) draw(rng *rand.Rand, n int) (s *Survey, x []float64) {
	var log2 []float64
	for range n {
		i, _ := slices.BinarySearch(p.cum, rng.Float64())
		i = min(i, len(p.x)-1)
		log2, x = append(log2, p.log2[i]), append(x, p.x[i])
	}
	return NewSurvey(log2), x
}

// indicator is 1 where a value is at most c.
func indicator(x []float64, c float64) []float64 {
	out := make([]float64, len(x))
	for i := range x {
		if x[i] <= c {
			out[i] = 1
		}
	}
	return out
}

// TestSurveyCoverage: the default intervals hold the figures of the whole set as often as
// they should, and those of probes without their weights do not.
func TestSurveyCoverage(t *testing.T) {
	t.Parallel()
	for i, spread := range some(t, 1, 0.0, 1, 1.5) {
		rng := rand.New(rand.NewPCG(uint64(i), 61))
		p := randomPopulation(rng, 3000, spread)
		equal := NewSurvey(make([]float64, len(p.x)))
		order := NewOrder(p.x)
		mean, share := equal.Mean(p.x), equal.Mean(indicator(p.x, 3))
		wrong, plain := map[string]int{}, 0
		note := func(name string, l Limits, truth float64) {
			if truth < l.Lower-1e-12 || truth > l.Upper+1e-12 {
				wrong[name]++
			}
		}
		for range runs {
			s, x := p.draw(rng, 120)
			note("mean", s.MeanBootstrap(x, delta), mean)
			note("share", s.ShareDelta(indicator(x, 3), delta), share)
			o := NewOrder(x)
			for _, q := range []float64{0.1, 0.5, 0.9} {
				note(fmt.Sprint("quantile ", q), s.QuantileDelta(o, q, delta), equal.Quantile(order, q))
			}
			without := NewSurvey(make([]float64, len(x)))
			if l := without.MeanBootstrap(x, delta); mean < l.Lower || mean > l.Upper {
				plain++
			}
		}
		for name, n := range inOrder(wrong) {
			check(t, fmt.Sprintf("%s, weights that vary by %v bits", name, spread), n)
		}
		if spread >= 1 && plain <= allowed(runs, delta) {
			t.Errorf("without weights the mean misses in %d of %d runs only", plain, runs)
		}
	}
}

// TestSurveyEqual: with equal weights a share has about the limits of Clopper and Pearson,
// and a mean those of Student.
func TestSurveyEqual(t *testing.T) {
	x := append(slices.Repeat([]float64{1}, 7), slices.Repeat([]float64{0}, 13)...)
	s := NewSurvey(slices.Repeat([]float64{40}, 20))
	if n := s.Effective(); math.Abs(n-20) > 1e-9 {
		t.Errorf("effective %v", n)
	}
	// where a probe is left out 19 remain, so 20 count as 18.05
	got, want := s.ShareDelta(x, 0.05), Limits{0.1539, 0.5922} // Clopper and Pearson for 7 of 20
	if got.Lower > want.Lower || got.Upper < want.Upper || got.Upper-got.Lower > 1.1*(want.Upper-want.Lower) {
		t.Errorf("%v, want a little more than %v", got, want)
	}
	if got := s.MeanDelta(x, 0.05); math.Abs(got.Upper-0.35-2.0930*math.Sqrt(0.35*0.65/18.05)) > 1e-4 {
		t.Errorf("%v", got)
	}
	if l := s.ShareDelta(slices.Repeat([]float64{0}, 20), 0.05); l.Lower != 0 || math.Abs(l.Upper-(1-math.Pow(0.025, 1.0/20))) > 1e-9 {
		t.Errorf("none of 20: %v", l)
	}
}

// TestSurveyLittle: what can hardly be told is not told.
func TestSurveyLittle(t *testing.T) {
	one := NewSurvey([]float64{3})
	if one.Mean([]float64{7}) != 7 || one.MeanDelta([]float64{7}, 0.05) != whole || one.MeanBootstrap([]float64{7}, 0.05) != whole ||
		one.ShareDelta([]float64{1}, 0.05) != (Limits{0, 1}) || one.Quantile(NewOrder([]float64{7}), 0.5) != 7 {
		t.Error("one probe tells more than its value")
	}
	heavy := NewSurvey([]float64{0, 0, 0, 600}) // the others count for nothing
	if l := heavy.ShareDelta([]float64{0, 0, 0, 1}, 0.05); l.Lower > 0.03 || l.Upper != 1 {
		t.Errorf("a share that one probe tells: %v", l)
	}
	if l := heavy.MeanDelta([]float64{1, 2, 3, 4}, 0.05); l != whole {
		t.Errorf("a mean that one probe tells: %v", l)
	}
	if l := NewSurvey([]float64{1, 1, 1}).MeanBootstrap([]float64{2, 2, 2}, 0.05); l != (Limits{2, 2}) {
		t.Errorf("equal values: %v", l)
	}
}

// TestSurveyExtremes: whatever the weights and values, what is told is in order and holds
// the estimate, or is open.
func TestSurveyExtremes(t *testing.T) {
	for seed := range uint64(600) {
		rng := rand.New(rand.NewPCG(seed, 62))
		n := 1 + rng.IntN(12)
		log2, x, in := make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range n {
			log2[i] = []float64{0, 1, 40, 1000, -40, rng.Float64()}[rng.IntN(6)]
			x[i] = []float64{0, 1, 1e300, 1e-300, 7}[rng.IntN(5)]
			in[i] = float64(rng.IntN(2))
		}
		s, o, q := NewSurvey(log2), NewOrder(x), rng.Float64()
		for name, l := range inOrder(map[string][2]any{
			"mean":     {s.MeanDelta(x, delta), s.Mean(x)},
			"share":    {s.ShareDelta(in, delta), s.Mean(in)},
			"quantile": {s.QuantileDelta(o, q, delta), s.Quantile(o, q)},
		}) {
			l, v := l[0].(Limits), l[1].(float64)
			if !(l.Lower <= v*(1+1e-9)+1e-9 && v <= l.Upper*(1+1e-9)+1e-9) {
				t.Errorf("%d: %s %v is not in %v", seed, name, v, l)
			}
		}
		for name, l := range inOrder(map[string]Limits{
			"mean": s.MeanBootstrap(x, delta), "share": s.ShareBootstrap(in, delta), "quantile": s.QuantileBootstrap(o, q, delta),
		}) {
			if !(l.Lower <= l.Upper) {
				t.Errorf("%d: %s by bootstrap: %v", seed, name, l)
			}
		}
	}
}
