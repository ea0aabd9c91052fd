package region

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"relucount/pkg/property"
	"relucount/pkg/truth"
)

// TestProbesAreUnbiased compares the mean weight of descents with the number
// of regions, over many networks at once: each gives a z-value, and their sum
// over the root of their number is about normal. Beyond 4 a right prober comes
// with probability 6e-5.
func TestProbesAreUnbiased(t *testing.T) {
	t.Parallel()
	const descents = 600
	total := map[string]float64{}
	n := map[string]int{}
	for i := range property.Seeds(t, 60, 6) {
		rng := rand.New(rand.NewPCG(35, i))
		d := truth.Random(rng, 1+rng.IntN(3), 1+rng.IntN(3), 10)
		want := float64(len(truth.OfNetwork(d.Net, d.Domain).Regions()))
		s, err := NewSpace(d.Encode(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range probed(s) {
			times := descents
			if o.flag == "highs" {
				times /= 10
			}
			p, err := o.space.NewProber(Options{Oracle: o.flag, Margin: DefaultMargin, Copies: o.copies})
			if err != nil {
				t.Fatal(err)
			}
			mean, square := 0.0, 0.0
			for j := range times {
				got := p.Probe(context.Background(), rng)
				if !got.Complete || got.Log2 < 0 {
					t.Fatalf("%d, %s: %+v", i, o.name, got)
				}
				w := math.Exp2(got.Log2) - want
				by := w - mean
				mean += by / float64(j+1)
				square += by * (w - mean)
			}
			if se := math.Sqrt(square) / float64(times); se > 1e-9*want {
				total[o.name] += mean / se
				n[o.name]++
			} else if math.Abs(mean) > 1e-6*want {
				t.Errorf("%d, %s: all probes are %g off %g\n%v", i, o.name, mean, want, d)
			}
		}
	}
	for name, sum := range total {
		if z := sum / math.Sqrt(float64(n[name])); n[name] < 5 && !testing.Short() || math.Abs(z) > 4 {
			t.Errorf("%s: z = %.2f over %d networks", name, z, n[name])
		}
	}
}

// TestPilots: whatever pilots find, the mean of probes is the number of regions; pilots
// find the same again; and they do not change what is found without them.
func TestPilots(t *testing.T) {
	t.Parallel()
	times := 1500
	sum, n := 0.0, 0
	for i := range property.Seeds(t, 30, 3) {
		rng := rand.New(rand.NewPCG(38, i))
		d := truth.Random(rng, 1+rng.IntN(3), 1+rng.IntN(3), 10)
		s, err := NewSpace(d.Encode(t))
		if err != nil {
			t.Fatal(err)
		}
		p, err := s.NewProber(Options{})
		if err != nil {
			t.Fatal(err)
		}
		of := func(kind uint64) func(int) *rand.Rand {
			return func(j int) *rand.Rand { return rand.New(rand.NewPCG(i, kind+uint64(j))) }
		}
		before := p.Probe(context.Background(), of(1<<20)(0)).Log2
		tuning, _, whole := p.Pilot(context.Background(), of(1<<30), 1+rng.IntN(8))
		again, _, _ := p.Pilot(context.Background(), of(1<<30), tuning.Pilots)
		if !whole || again != tuning {
			t.Errorf("%d: %+v and %+v, %v", i, tuning, again, whole)
		}
		if after := p.Probe(context.Background(), of(1<<20)(0)).Log2; after != before {
			t.Errorf("%d: a probe has 2^%g before and 2^%g after pilots that are not used", i, before, after)
		}
		p.Use(tuning)
		if want := fmt.Sprintf("pilot-%d", tuning.Pilots); p.Method() != want {
			t.Errorf("%d: %s, not %s", i, p.Method(), want)
		}
		want := float64(len(truth.OfNetwork(d.Net, d.Domain).Regions()))
		mean, square := 0.0, 0.0
		for j := range times {
			w := math.Exp2(p.Probe(context.Background(), of(0)(j)).Log2)
			mean += w / float64(times)
			square += w * w / float64(times)
		}
		if err := math.Sqrt(max(0, square-mean*mean) / float64(times)); err > 0 {
			sum += (mean - want) / err
			n++
		} else if math.Abs(mean-want) > 1e-6*want {
			t.Errorf("%d: all weights are %g, there are %g regions", i, mean, want)
		}
	}
	if z := sum / math.Sqrt(float64(n)); math.Abs(z) > 4 {
		t.Errorf("z = %.2f over %d networks", z, n)
	}
	// a pilot that is cut short tunes nothing
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	d := truth.Random(rand.New(rand.NewPCG(39, 1)), 2, 2, 10)
	s, err := NewSpace(d.Encode(t))
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.NewProber(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, whole := p.Pilot(ctx, func(int) *rand.Rand { return rand.New(rand.NewPCG(1, 1)) }, 3); whole {
		t.Error("pilots are whole although they were cancelled")
	}
}

// TestProbesOfAPrefix: below all prefixes of a length there are all regions.
func TestProbesOfAPrefix(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(36, 1))
	d := truth.Random(rng, 2, 2, 10)
	s, err := NewSpace(d.Encode(t))
	if err != nil {
		t.Fatal(err)
	}
	want := float64(len(truth.OfNetwork(d.Net, d.Domain).Regions()))
	mean, times := 0.0, 4000
	for k := range 8 { // half of the times a population
		prefix := []bool{k&1 == 1, k&2 == 2}
		p, err := s.NewProber(Options{Margin: DefaultMargin, Prefix: prefix, Copies: 1 + k&4})
		if err != nil {
			t.Fatal(err)
		}
		c, err := s.Count(context.Background(), Options{Engine: "tree", Margin: DefaultMargin, Workers: 1, Prefix: prefix})
		if err != nil {
			t.Fatal(err)
		}
		if c.Regions == 0 {
			continue // a prober may not know that
		}
		for range times {
			mean += math.Exp2(p.Probe(context.Background(), rng).Log2) / float64(2*times)
		}
	}
	if math.Abs(mean-want) > want/10 {
		t.Errorf("mean %g, %g regions", mean, want)
	}
}

// TestProbesRepeat: a probe is a function of its generator, whatever its
// prober has seen before.
func TestProbesRepeat(t *testing.T) {
	t.Parallel()
	for i := range property.Seeds(t, 20, 2) {
		rng := rand.New(rand.NewPCG(37, i))
		d := truth.Random(rng, 1+rng.IntN(3), 1+rng.IntN(3), 10)
		s, err := NewSpace(d.Encode(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range probed(s) {
			all := func(order []int) []ProbeResult {
				p, err := o.space.NewProber(Options{Oracle: o.flag, Margin: DefaultMargin, Copies: o.copies})
				if err != nil {
					t.Fatal(err)
				}
				out := make([]ProbeResult, len(order))
				for _, j := range order {
					out[j] = p.Probe(context.Background(), rand.New(rand.NewPCG(uint64(j), 0)))
					out[j].Closest = 0 // of all so far
				}
				return out
			}
			if a, b := all([]int{0, 1, 2, 3, 4, 5}), all([]int{5, 2, 0, 4, 3, 1}); !slices.Equal(a, b) {
				t.Errorf("%d, %s: %v\n%v", i, o.name, a, b)
			}
		}
	}
}

// TestProbesCutShort: what has been found of a descent that is cut short is
// not more than all of it.
func TestProbesCutShort(t *testing.T) {
	t.Parallel()
	s, err := NewSpace(encode(t, truth.OneLayer(truth.TypeB(3)), -1, 1, "interval"))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []Options{{Oracle: "geometry"}, {Oracle: "highs"}, {Copies: 7}} {
		p, err := s.NewProber(o)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		got := p.Probe(ctx, rand.New(rand.NewPCG(1, 1)))
		whole := p.Probe(context.Background(), rand.New(rand.NewPCG(1, 1)))
		if got.Complete || got.Log2 > whole.Log2 || !whole.Complete {
			t.Errorf("%s: %+v of %+v", p.Method(), got, whole)
		}
	}
}

// TestProbesOfManyCoordinates: where questions start from where others have ended, too, a
// probe is a function of its generator.
func TestProbesOfManyCoordinates(t *testing.T) {
	t.Parallel()
	d := truth.Dense(rand.New(rand.NewPCG(40, 1)), 70, 50, 4)
	s, err := NewSpace(d.Encode(t))
	if err != nil {
		t.Fatal(err)
	}
	for method, copies := range map[string]int{"look-ahead": 1, "halving": 1, "population-4": 4} {
		s.spare = method == "halving"
		all := func(order ...int) []ProbeResult {
			p, err := s.NewProber(Options{Copies: copies})
			if err != nil {
				t.Fatal(err)
			}
			if p.Method() != method {
				t.Errorf("%s, not %s", p.Method(), method)
			}
			out := make([]ProbeResult, len(order))
			for _, j := range order {
				out[j] = p.Probe(context.Background(), rand.New(rand.NewPCG(uint64(j), 0)))
				if !out[j].Complete || out[j].LPs == 0 {
					t.Errorf("%d: %+v", j, out[j])
				}
			}
			return out
		}
		if a, b := all(0, 1, 2), all(2, 0, 1); !slices.Equal(a, b) {
			t.Errorf("%v\n%v", a, b)
		}
	}
}

// timed is a context that ends after it has been asked a number of times.
type timed struct {
	context.Context
	left int
}

func (c *timed) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

// TestPopulationsGrow: the later a population is cut short, the more it has found; at most
// what it would have found.
func TestPopulationsGrow(t *testing.T) {
	t.Parallel()
	cut := 0
	for i := range property.Seeds(t, 20, 4) {
		rng := rand.New(rand.NewPCG(41, i))
		s, err := NewSpace(truth.Dense(rng, 2+rng.IntN(3), 6, 6, 5).Encode(t))
		if err != nil {
			t.Fatal(err)
		}
		p, err := s.NewProber(Options{Copies: 2 + rng.IntN(6)})
		if err != nil {
			t.Fatal(err)
		}
		last := 0.0
		for left := 0; ; left++ {
			got := p.Probe(&timed{context.Background(), left}, rand.New(rand.NewPCG(i, 42)))
			if got.Log2 < last-1e-9 {
				t.Fatalf("%d: 2^%g after %d steps, 2^%g before", i, got.Log2, left, last)
			}
			if last = got.Log2; got.Complete {
				break
			}
			cut++
		}
	}
	if cut < 40 {
		t.Errorf("only %d were cut short", cut)
	}
}
