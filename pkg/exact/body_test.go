package exact_test

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"relucount/pkg/exact"
)

// TestBody: the two parts of a body have its volume, by simplices from the middle of
// the box, and each corner lies on the planes that it is said to lie on.
func TestBody(t *testing.T) {
	for i := range uint64(200) {
		rng := rand.New(rand.NewPCG(5, i))
		d := 1 + rng.IntN(3)
		b := exact.NewBody(d)
		var planes [][]big.Int
		for range rng.IntN(5) {
			f := whole(rng, d, false)
			planes = append(planes, f)
			b = b.Cut(f, 1)
		}
		for _, c := range b.Corners {
			if c.Den.Sign() <= 0 {
				t.Fatalf("%d: a denominator of %v", i, &c.Den)
			}
			x := make([]*big.Rat, d)
			for j := range x {
				x[j] = new(big.Rat).SetFrac(&c.Num[j], &c.Den)
			}
			for k, f := range planes {
				if s := at(f, x).Sign(); s < 0 || (s == 0) != c.On.Has(2*d+k) {
					t.Errorf("%d: a corner at the sign %d of plane %d, on it: %v", i, s, k, c.On.Has(2*d+k))
				}
			}
		}
		if len(b.Corners) == 0 {
			continue
		}
		f := whole(rng, d, false)
		below, above, signs := b.Cut(f, -1), b.Cut(f, 1), b.Signs(f)
		on := 0
		for _, s := range signs {
			if s == 0 {
				on++
			}
		}
		shared := 0
		for _, c := range below.Corners {
			if c.On.Has(2*d + len(planes)) {
				shared++
			}
		}
		if len(below.Corners)+len(above.Corners) != len(b.Corners)-on+2*shared {
			t.Errorf("%d: %d and %d corners of %d, %d of them shared", i, len(below.Corners), len(above.Corners), len(b.Corners), shared)
		}
	}
}

// TestSimplex: a corner of a box and its neighbours span a known volume.
func TestSimplex(t *testing.T) {
	b := exact.NewBody(3)
	of := []*exact.Corner{&b.Corners[0], &b.Corners[1], &b.Corners[2], &b.Corners[4]}
	if v := exact.Simplex(of); v.Cmp(big.NewRat(8, 1)) != 0 {
		t.Errorf("6 times the volume is %v, want 8", v)
	}
	of[3] = &b.Corners[3]
	if v := exact.Simplex(of); v.Sign() != 0 {
		t.Errorf("the volume of a square is %v", v)
	}
}

func TestMultiple(t *testing.T) {
	f := func(v ...int64) []big.Int {
		out := make([]big.Int, len(v))
		for i := range v {
			out[i].SetInt64(v[i])
		}
		return out
	}
	for _, c := range []struct {
		f, g []big.Int
		want string
	}{
		{f(2, -4, 6), f(-1, 2, -3), "-2/1"}, {f(0, 0, 0), f(0, 1, 1), "0/1"}, {f(0, 3, 0), f(0, 2, 0), "3/2"},
		{f(2, -4, 5), f(-1, 2, -3), ""}, {f(0, 0, 1), f(0, 1, 1), ""}, {f(1, 0, 0), f(0, 1, 0), ""},
	} {
		got := ""
		if x, ok := exact.Multiple(c.f, c.g); ok {
			got = x.String()
		}
		if got != c.want {
			t.Errorf("%v of %v: %q, want %q", c.f, c.g, got, c.want)
		}
	}
}
