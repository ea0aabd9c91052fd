package region

import (
	"context"
	"maps"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"relucount/pkg/capacity"
	"relucount/pkg/property"
	"relucount/pkg/stage"
	"relucount/pkg/truth"
)

var testLimits = capacity.Limits{SetUnits: 21, Work: 1 << 20, Sets: 1 << 16}

// fuse is a context that ends when it has been asked a number of times whether
// it has, and whose deadline is near, so that counts survey soon.
type fuse struct {
	context.Context
	left atomic.Int64
}

func newFuse(n int) *fuse {
	f := &fuse{Context: context.Background()}
	f.left.Store(int64(n))
	return f
}

func (f *fuse) Err() error {
	if f.left.Add(-1) < 0 {
		return context.DeadlineExceeded
	}
	return nil
}

func (f *fuse) Deadline() (time.Time, bool) { return time.Now(), true }

// falling is a network whose counts are ended early.
type falling struct {
	d            truth.Drawn
	s            *Space
	rng          *rand.Rand
	ceiling      *capacity.Ceiling
	all          found
	prefix       []bool
	whole        *big.Int       // the bound of all regions below the prefix
	ended, lower map[string]int // of counts by way: ended early, where whole is not the truth; of these with a bound below whole
}

// TestFallingBound ends counts at random moments: the truth is within the
// bounds, and those of a count that came to its end have met.
func TestFallingBound(t *testing.T) {
	t.Parallel()
	ended, lower, trials := map[string]int{}, map[string]int{}, 0
	most := 30 // regions that branch and bound can count soon
	if testing.Short() {
		most = 6
	}
	for seed := range property.Seeds(t, 80, 8) {
		trials++
		rng := rand.New(rand.NewPCG(5, 1000+seed))
		d := truth.Random(rng, 1+rng.IntN(4), 1+rng.IntN(3), 4+rng.IntN(9))
		if seed%4 == 0 {
			d = truth.Dense(rng, 2+rng.IntN(2), 4, 4, 4)
		}
		p := d.Encode(t)
		s, err := NewSpace(p)
		if err != nil {
			t.Fatal(err)
		}
		f := &falling{d: d, s: s, rng: rng, ceiling: stage.Ceiling(p, false, testLimits, 1<<rng.IntN(14)), ended: ended, lower: lower}
		f.all = enumerate(t, s, Options{Workers: 1})
		f.below(seed%3 == 0)
		for _, w := range append(oracles(s), oracle{name: "mip", space: s, flag: "mip"}) {
			o := Options{Engine: "tree", Oracle: w.flag, Margin: DefaultMargin, Workers: 1, Prefix: f.prefix}
			if seed%5 == 0 { // the walk counts thin cells
				o.Margin = 1e-3
			}
			if w.name == "mip" {
				if len(f.all.at) > most {
					continue
				}
				o.Engine, o.Oracle = "mip", ""
			}
			f.check(t, w, o)
		}
		if t.Failed() {
			t.Fatalf("%d: %v\nprefix %v", seed, d, f.prefix)
		}
	}
	t.Logf("ended %v, of these with a bound below that of the whole %v", ended, lower)
	if trials < 80 {
		return // too few to say how often
	}
	for _, w := range []string{"geometry", "cells", "highs"} {
		if ended[w] < 25 || lower[w] < ended[w]/2 {
			t.Errorf("%s: %d ended early, %d with a better bound", w, ended[w], lower[w])
		}
	}
	if ended["mip"] == 0 {
		t.Error("no count by mip ended early")
	}
}

// below takes the leading states of some region as a prefix, or none.
func (f *falling) below(some bool) {
	n := f.s.Units()
	if some && n > 0 && len(f.all.at) > 0 {
		pattern := slices.Sorted(maps.Keys(f.all.at))[f.rng.IntN(len(f.all.at))]
		for _, c := range strings.ReplaceAll(pattern, "/", "")[:f.rng.IntN(n)+1] {
			f.prefix = append(f.prefix, c == '1')
		}
	}
	open, on := make([]bool, n), make([]bool, n)
	for k := range open {
		open[k] = k >= len(f.prefix)
		on[k] = !open[k] && f.prefix[k]
	}
	f.whole = f.ceiling.Within(on, open)
}

// check ends counts one way.
func (f *falling) check(t *testing.T, w oracle, o Options) {
	t.Helper()
	want, err := w.space.Count(context.Background(), o)
	if err != nil || !want.Complete {
		t.Fatal(want, err)
	}
	exact := big.NewInt(want.Regions)
	for range 4 {
		o.Workers, o.Max, o.Bound = 1+f.rng.IntN(2), 0, f.ceiling.Most
		o.quick, o.leaves = int64(1+f.rng.IntN(20)), int32(1+f.rng.IntN(8))
		var ctx context.Context = newFuse(f.rng.IntN(10 + 20*int(want.Regions)))
		if f.rng.IntN(3) == 0 && want.Regions > 0 {
			ctx, o.Max = context.Background(), 1+f.rng.Int64N(want.Regions)
		}
		c, err := w.space.Count(ctx, o)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case c.Lower.Cmp(exact) > 0 || c.Upper.Cmp(exact) < 0 || c.Upper.Cmp(f.whole) > 0 || c.Lower.Cmp(big.NewInt(c.Regions)) < 0:
			t.Errorf("%s: %d found, from %v to %v (%v at first), the truth is %d; %+v", w.name, c.Regions, c.Lower, c.Upper, f.whole, exact, o)
		case c.Complete && (c.Lower.Cmp(c.Upper) != 0 || c.Upper.Cmp(exact) != 0 || c.Regions != want.Regions):
			t.Errorf("%s: complete with %d, from %v to %v", w.name, c.Regions, c.Lower, c.Upper)
		}
		if !c.Complete && exact.Cmp(f.whole) < 0 {
			f.ended[w.name]++
			if c.Upper.Cmp(f.whole) < 0 {
				f.lower[w.name]++
			}
		}
	}
}

// TestWithin checks bounds of cells against all regions whose patterns have
// the states that are known.
func TestWithin(t *testing.T) {
	t.Parallel()
	checked, met, trials := 0, 0, 0
	for seed := range property.Seeds(t, 150, 15) {
		trials++
		rng := rand.New(rand.NewPCG(5, 2000+seed))
		d := truth.Random(rng, 1+rng.IntN(4), 1+rng.IntN(3), 3+rng.IntN(7))
		p := d.Encode(t)
		s, err := NewSpace(p)
		if err != nil {
			t.Fatal(err)
		}
		all := enumerate(t, s, Options{Workers: 1})
		if all.Doubtful > 0 {
			continue
		}
		n := s.Units()
		for _, limits := range []capacity.Limits{testLimits, {}, {SetUnits: 3, Work: 1 << 20, Sets: 1 << 4}} {
			ceiling := capacity.NewCeiling(p, false, limits)
			on, open := make([]bool, n), make([]bool, n)
			tried := 0
			for _, pattern := range slices.Sorted(maps.Keys(all.at)) {
				if tried++; tried > 6 || n == 0 {
					break
				}
				states := strings.ReplaceAll(pattern, "/", "")
				first := rng.IntN(n) // of the layer that is partly open
				for first > 0 && p.Units[first].Layer == p.Units[first-1].Layer {
					first--
				}
				for k := range n {
					on[k] = states[k] == '1'
					open[k] = k >= first && (p.Units[k].Layer > p.Units[first].Layer || rng.IntN(3) > 0)
					if open[k] {
						on[k] = rng.IntN(2) == 0 // of no meaning
					}
				}
				regions := int64(0)
				for other := range all.at {
					same := true
					for k, c := range strings.ReplaceAll(other, "/", "") {
						same = same && (open[k] || on[k] == (c == '1'))
					}
					if same {
						regions++
					}
				}
				most := ceiling.Within(on, open)
				if most.Cmp(big.NewInt(regions)) < 0 {
					t.Errorf("%s: on %v, open %v: %v at most, %d regions\n%v", pattern, on, open, most, regions, d)
				}
				checked++
				if most.Cmp(big.NewInt(regions)) == 0 {
					met++
				}
			}
		}
	}
	t.Logf("%d cells, %d bounds attained", checked, met)
	if trials == 150 && (checked < 500 || met < checked/20) {
		t.Errorf("%d cells, %d bounds attained", checked, met)
	}
}
