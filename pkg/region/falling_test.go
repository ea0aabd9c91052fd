package region

import (
	"context"
	"math/big"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/capacity"
	"relucount/pkg/domain"
	"relucount/pkg/relu"
)

var testLimits = capacity.Limits{SetUnits: 21, Work: 1 << 20, Sets: 1 << 16}

// fuse is a context that ends when it has been asked so many times whether it
// has, and whose deadline is near, so that counts survey soon.
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

// TestFallingBound ends counts at random moments: the truth is within the
// bounds, and those of a count that came to its end have met.
func TestFallingBound(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 2))
	ended, better := map[string]int{}, map[string]int{}
	for trial := range 80 {
		d := drawNetwork(rng, 1+rng.IntN(4), 1+rng.IntN(3), 4+rng.IntN(9))
		if trial%4 == 0 {
			d = dense(rng, 2+rng.IntN(2), 4, 4, 4)
		}
		p := d.encode(t)
		s, err := NewSpace(p)
		if err != nil {
			t.Fatal(err)
		}
		ceiling := capacity.NewCeiling(p, false, testLimits)
		all := enumerate(t, s, Options{Workers: 1})
		var prefix []bool
		if n := s.Units(); trial%3 == 0 && n > 0 && len(all.at) > 0 {
			for pattern := range all.at { // any
				for _, c := range strings.ReplaceAll(pattern, "/", "")[:rng.IntN(n)+1] {
					prefix = append(prefix, c == '1')
				}
				break
			}
		}
		open := make([]bool, s.Units())
		on := make([]bool, s.Units())
		for k := range open {
			open[k] = k >= len(prefix)
			on[k] = !open[k] && prefix[k]
		}
		whole := ceiling.Within(on, open)
		ways := append(oracles(s), oracle{"mip", s, "mip"})
		for _, w := range ways {
			o := Options{Engine: "tree", Oracle: w.flag, Margin: DefaultMargin, Workers: 1, Prefix: prefix}
			if trial%5 == 0 { // the walk counts thin cells
				o.Margin = 1e-3
			}
			if w.name == "mip" {
				if len(all.at) > 30 {
					continue
				}
				o.Engine, o.Oracle = "mip", ""
			}
			want, err := w.space.Count(context.Background(), o)
			if err != nil || !want.Complete {
				t.Fatal(want, err)
			}
			exact, truth := want.Regions, big.NewInt(want.Regions)
			for range 4 {
				o.Workers, o.Max, o.Bound = 1+rng.IntN(2), 0, ceiling.Within
				o.quick, o.leaves = int64(1+rng.IntN(20)), int32(1+rng.IntN(8))
				var ctx context.Context = newFuse(rng.IntN(10 + 20*int(exact)))
				if rng.IntN(3) == 0 && exact > 0 {
					ctx, o.Max = context.Background(), 1+rng.Int64N(exact)
				}
				c, err := w.space.Count(ctx, o)
				if err != nil {
					t.Fatal(err)
				}
				switch {
				case c.Lower.Cmp(truth) > 0 || c.Upper.Cmp(truth) < 0 || c.Upper.Cmp(whole) > 0 || c.Lower.Cmp(big.NewInt(c.Regions)) < 0:
					t.Errorf("%d: %s: %d found, from %v to %v (%v at first), the truth is %d\n%v\nprefix %v, %+v",
						trial, w.name, c.Regions, c.Lower, c.Upper, whole, exact, d, prefix, o)
				case c.Complete && (c.Lower.Cmp(c.Upper) != 0 || c.Upper.Cmp(truth) != 0 || c.Regions != exact):
					t.Errorf("%d: %s: complete with %d, from %v to %v", trial, w.name, c.Regions, c.Lower, c.Upper)
				}
				if !c.Complete {
					ended[w.name]++
					if c.Upper.Cmp(whole) < 0 {
						better[w.name]++
					}
				}
			}
		}
	}
	t.Logf("ended %v, of these with a bound below that of the whole %v", ended, better)
	for _, w := range []string{"geometry", "cells", "highs"} {
		if ended[w] < 50 || better[w] < ended[w]/5 {
			t.Errorf("%s: %d ended early, %d with a better bound", w, ended[w], better[w])
		}
	}
	if ended["mip"] == 0 {
		t.Error("no count by mip ended early")
	}
}

// dense draws a network with normal weights over a box.
func dense(rng *rand.Rand, inputs int, sizes ...int) drawn {
	n := &relu.Chain{Name: "dense", Inputs: inputs}
	for _, size := range sizes {
		l := relu.Dense{W: mat.NewDense(size, inputs, nil), B: make([]float64, size), Slopes: relu.ReLU(size)}
		for i := range size {
			l.B[i] = rng.NormFloat64()
			for j := range inputs {
				l.W.Set(i, j, rng.NormFloat64())
			}
		}
		n.Layers, inputs = append(n.Layers, l), size
	}
	return drawn{n, domain.Box(n.Inputs, -2, 2), "lp"}
}

// TestWithin checks bounds of cells against all regions whose patterns have
// the states that are known.
func TestWithin(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 3))
	checked, met := 0, 0
	for range 150 {
		d := drawNetwork(rng, 1+rng.IntN(4), 1+rng.IntN(3), 3+rng.IntN(7))
		p := d.encode(t)
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
			for pattern := range all.at {
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
	if checked < 500 || met < checked/20 {
		t.Errorf("%d cells, %d bounds attained", checked, met)
	}
}
