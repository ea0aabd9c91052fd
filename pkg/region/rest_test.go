package region

import (
	"context"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"relucount/pkg/property"
	"relucount/pkg/truth"
)

// untilDone counts below a prefix and then, again and again, what a count gave
// back, each time with limits that limit draws. It returns the sum.
func untilDone(t *testing.T, s *Space, prefix []bool, o Options, limit func(o *Options) (context.Context, func())) (sum int64, questions int) {
	t.Helper()
	todo := [][]bool{prefix}
	for len(todo) > 0 {
		o := o
		o.Prefix, o.Rest = todo[0], true
		todo = todo[1:]
		ctx, cancel := limit(&o)
		r, err := s.Count(ctx, o)
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		if !r.Complete && len(r.Rest) == 0 && s.Units() > 0 {
			t.Fatalf("%v: it has ended early and given nothing back", o.Prefix)
		}
		for _, c := range r.Rest {
			if len(c.Prefix) <= len(o.Prefix) || !slices.Equal(c.Prefix[:len(o.Prefix)], o.Prefix) || !slices.Equal(c.Known[:len(c.Prefix)], c.Prefix) {
				t.Fatalf("%v gave back %v, known %v", o.Prefix, c.Prefix, c.Known)
			}
			todo = append(todo, c.Prefix)
		}
		if o.Bound != nil && (r.Lower.Int64() != r.Regions || r.Upper.Cmp(r.Lower) < 0) {
			t.Fatalf("%v: %d, from %v to %v", o.Prefix, r.Regions, r.Lower, r.Upper)
		}
		sum += r.Regions
		if questions++; questions > 1<<16 {
			t.Fatal("no end")
		}
	}
	return sum, questions
}

// What counts find and give back is the whole, with each pattern once, however
// often and wherever they are stopped.
func TestRest(t *testing.T) {
	t.Parallel()
	back := 0
	for i := range property.Seeds(t, 200, 20) {
		rng := rand.New(rand.NewPCG(71, i))
		d := truth.Random(rng, 1+rng.IntN(4), 1+rng.IntN(3), 11)
		s, err := NewSpace(d.Encode(t))
		if err != nil {
			t.Fatal(err)
		}
		want := patternsOf(t, s)
		got := map[string]bool{}
		o := Options{Workers: 1 + rng.IntN(3)}
		if rng.IntN(2) == 0 {
			o.Bound = func(on, open []bool, _ [][]bool) *big.Int {
				n := new(big.Int)
				for p := range want {
					if matches(strings.ReplaceAll(p, "/", ""), on, open) {
						n.Add(n, big.NewInt(1))
					}
				}
				return n
			}
		}
		each := rng.IntN(2) == 0
		if each {
			o.Each = func(r Region) error {
				p := strings.Join(r.Pattern(), "/")
				if got[p] {
					t.Errorf("seed %d: %s came twice", i, p)
				}
				got[p] = true
				return nil
			}
		}
		var prefixes [][]bool
		for _, c := range cubesOf(t, s, 1+rng.IntN(4), 1) {
			prefixes = append(prefixes, c.Prefix)
		}
		sum := int64(0)
		for _, p := range prefixes {
			n, questions := untilDone(t, s, p, o, func(o *Options) (context.Context, func()) {
				switch rng.IntN(3) {
				case 0:
					return context.WithTimeout(context.Background(), time.Duration(rng.IntN(100))*time.Microsecond)
				case 1:
					o.Max = 1 + rng.Int64N(9)
				default:
					o.Max = 1
				}
				return context.WithCancel(context.Background())
			})
			sum += n
			back += questions - 1
		}
		if sum != int64(len(want)) || each && len(got) != len(want) {
			t.Errorf("seed %d: %d regions, %d patterns, want %d\n%v", i, sum, len(got), len(want), d)
		}
	}
	if back == 0 {
		t.Error("nothing was ever given back: the test has no teeth")
	}
}

// matches reports whether a pattern is in the cell of Options.Bound.
func matches(pattern string, on, open []bool) bool {
	for k, c := range pattern {
		if !open[k] && on[k] != (c == '1') {
			return false
		}
	}
	return true
}

// An interruption ends a count at once, also before it has found anything out:
// then the question remains as it was.
func TestRestInterrupted(t *testing.T) {
	t.Parallel()
	s, err := NewSpace(truth.Random(rand.New(rand.NewPCG(71, 2)), 2, 2, 8).Encode(t))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r, err := s.Count(ctx, Options{Workers: 1, Rest: true})
	if err != nil || r.Complete || r.Regions != 0 || len(r.Rest) != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

// Engines that cannot tell what they leave give nothing back, and count as ever.
func TestNoRest(t *testing.T) {
	t.Parallel()
	s, err := NewSpace(truth.Random(rand.New(rand.NewPCG(71, 2)), 2, 2, 8).Encode(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []Options{{Engine: "mip"}, {Oracle: "highs"}, {Ball: 1e-3}} {
		o.Rest, o.Workers, o.Max = true, 1, 2
		if r, err := s.Count(context.Background(), o); err != nil || r.Complete || r.Regions != 2 || r.Rest != nil {
			t.Errorf("%+v: %+v, %v", o, r, err)
		}
	}
}
