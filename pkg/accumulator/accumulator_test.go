package accumulator_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"relucount/pkg/accumulator"
)

// draw draws numbers of every size, zeros and the ends of the range among them.
func draw(rng *rand.Rand, spread int) float64 {
	switch rng.IntN(12) {
	case 0:
		return 0
	case 1:
		return math.Copysign(0, -1)
	case 2:
		return math.SmallestNonzeroFloat64 * float64(rng.IntN(9)-4)
	case 3:
		return math.MaxFloat64 * float64(rng.IntN(3)-1)
	case 4:
		return float64(rng.IntN(9) - 4)
	}
	return math.Ldexp(2*rng.Float64()-1, min(1023, rng.IntN(2*spread+1)-spread))
}

// TestBounds compares with rationals: what is read is next to the sum.
func TestBounds(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 7))
	var s accumulator.Sum
	exact, cancelled := 0, 0
	for range 20000 {
		s.Reset()
		want := new(big.Rat)
		spread := []int{2, 60, 500, 1070}[rng.IntN(4)]
		add := func(a, b float64) {
			s.AddProduct(a, b)
			want.Add(want, new(big.Rat).Mul(new(big.Rat).SetFloat64(a), new(big.Rat).SetFloat64(b)))
		}
		var last [2]float64
		for range 1 + rng.IntN(8) {
			last = [2]float64{draw(rng, spread), draw(rng, spread)}
			add(last[0], last[1])
			if rng.IntN(3) == 0 { // take most of it back
				f, _ := want.Float64()
				if !math.IsInf(f, 0) {
					add(-f, 1)
				}
			}
			if rng.IntN(4) == 0 { // reading moves carries
				if s.Sign() != want.Sign() {
					t.Fatalf("sign %d for %v", s.Sign(), want)
				}
			}
		}
		if rng.IntN(10) == 0 {
			add(-last[0], last[1])
			cancelled++
		}
		down, up := s.Bounds()
		for k, v := range []float64{down, up} {
			if v == 0 && math.Signbit(v) {
				t.Fatalf("-0 for %v", want)
			}
			if math.IsInf(v, 0) {
				most := new(big.Rat).SetFloat64(math.MaxFloat64)
				if k == 1 != (v > 0) || new(big.Rat).Abs(want).Cmp(most) <= 0 || want.Sign() > 0 != (v > 0) {
					t.Fatalf("%v to %v for %v", down, up, want)
				}
				continue
			}
			c := new(big.Rat).SetFloat64(v).Cmp(want)
			if k == 0 && c > 0 || k == 1 && c < 0 {
				t.Fatalf("%v to %v for %v", down, up, want)
			}
		}
		if down != up && up != math.Nextafter(down, math.Inf(1)) {
			t.Fatalf("%v to %v are no neighbours", down, up)
		}
		if down == up {
			exact++
		} else if !math.IsInf(down, 0) && !math.IsInf(up, 0) {
			below, above := new(big.Rat).Sub(want, new(big.Rat).SetFloat64(down)), new(big.Rat).Sub(new(big.Rat).SetFloat64(up), want)
			if near := s.Nearest(); near == down && below.Cmp(above) > 0 || near == up && below.Cmp(above) < 0 || near != down && near != up {
				t.Fatalf("%v is nearest to %v", near, want)
			}
			if below.Sign() == 0 || above.Sign() == 0 {
				t.Fatalf("%v to %v for %v, which is one of these", down, up, want)
			}
		}
	}
	if exact < 1000 || cancelled < 1000 {
		t.Errorf("only %d sums were doubles, %d cancelled", exact, cancelled)
	}
}

// Carries of many products of one sign do not meet.
func TestMany(t *testing.T) {
	t.Parallel()
	var s accumulator.Sum
	const n = 1 << 22
	for range n {
		s.AddProduct(math.MaxFloat64, math.MaxFloat64)
		s.AddProduct(-1, 3)
	}
	for range n {
		s.AddProduct(-math.MaxFloat64, math.MaxFloat64)
	}
	if down, up := s.Bounds(); down != -3*n || up != -3*n {
		t.Errorf("%v to %v", down, up)
	}
}

func TestNotFinite(t *testing.T) {
	t.Parallel()
	for _, v := range []float64{math.Inf(1), math.Inf(-1), math.NaN()} {
		var s accumulator.Sum
		s.AddProduct(v, 0)
		s.Add(1)
		if down, up := s.Bounds(); !math.IsNaN(down) || !math.IsNaN(up) || s.Sign() != 0 || !math.IsNaN(s.Nearest()) {
			t.Errorf("%v: %v to %v", v, down, up)
		}
		if s.Reset(); s.Up() != 0 || s.Down() != 0 {
			t.Errorf("%v after a reset", s.Up())
		}
	}
}

func BenchmarkAddProduct(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 7))
	v := make([]float64, 1000)
	for i := range v {
		v[i] = rng.NormFloat64()
	}
	for b.Loop() {
		var s accumulator.Sum
		for i, x := range v {
			s.AddProduct(x, v[len(v)-1-i])
		}
		_ = s.Up()
	}
}
