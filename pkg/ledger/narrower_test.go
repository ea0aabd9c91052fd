package ledger_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"relucount/pkg/record"
)

// What four times as many probes would gain is what they do gain when they are like
// those that are there. Where the count is exact nothing is foreseen.
func TestNarrower(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	var weights []float64
	for range 20 {
		weights = append(weights, 40+3*rng.NormFloat64())
	}
	probes := func(times int) *record.Summary {
		var lines []string
		for i := range times * len(weights) {
			lines = append(lines, probeOf("uniform", i, times*len(weights), weights[i%len(weights)], true))
		}
		return only(t, lines...)
	}
	few, many := probes(1), probes(4)
	if len(few.Narrower) != 1 {
		t.Fatalf("%d groups: %+v", len(few.Narrower), few.Narrower)
	}
	n := few.Narrower[0]
	if n.More != 60 || n.Descent != "uniform" || n.Seed != "1" || n.Interval != 0 {
		t.Errorf("%+v", n)
	}
	if gain := many.Lower.Log2 - few.Lower.Log2; !(gain > 0.1) || math.Abs(n.Lower-gain) > 1e-6 {
		t.Errorf("a gain of %g bits is foreseen, it is %g", n.Lower, gain)
	}
	count := `{"type":"count","milp":"m","scope":"whole","regions":"1099511627776","log2":40,"exact":true,"doubtful":0,"margin":0}`
	lines := []string{count}
	for i, w := range weights {
		lines = append(lines, probeOf("uniform", i, len(weights), w, true))
	}
	if s := only(t, lines...); s.Exact == nil || len(s.Narrower) > 0 {
		t.Errorf("the count is exact, and yet: %+v", s.Narrower)
	}
}
