package dense

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Steps and Most by the vector unit are, to the last bit, those of plain code.
func TestSteps(t *testing.T) {
	was := fast
	defer func() { fast = was }()
	for seed := range uint64(500) {
		rng := rand.New(rand.NewPCG(seed, 12))
		n := rng.IntN(23)
		col, val, lo, hi := vector(rng, n), make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range val {
			lo[i], hi[i] = -rng.Float64(), rng.Float64()
			val[i] = lo[i] + rng.Float64()*(hi[i]-lo[i])
			switch rng.IntN(8) {
			case 0:
				hi[i] = math.Inf(1)
			case 1:
				val[i] = lo[i] - 1e-14
			case 2:
				col[i] = 0
			case 3:
				col[i] = 1e-10 * rng.NormFloat64()
			}
		}
		dir := float64(1 - 2*rng.IntN(2))
		var out [2][]float64
		var top [2]float64
		for k := range out {
			fast = was && k == 0
			out[k] = make([]float64, n)
			top[k] = Steps(col, val, lo, hi, dir, 1e-9, out[k])
		}
		if top[0] != top[1] || !slices.Equal(out[0], out[1]) {
			t.Fatalf("seed %d: steps %v, at most %g, and %v, at most %g", seed, out[0], top[0], out[1], top[1])
		}
		for i, step := range out[1] {
			at := val[i] + step*col[i]*dir
			switch slow := math.Abs(col[i]) <= 1e-9; {
			case slow != math.IsInf(step, 1) && !math.IsInf(hi[i], 1), step < top[1], step < 0:
				t.Errorf("seed %d: a step of %g at speed %g, and %g at most", seed, step, col[i], top[1])
			case !math.IsInf(step, 1) && step > 0 && math.Abs(at-lo[i]) > 1e-9 && math.Abs(at-hi[i]) > 1e-9:
				t.Errorf("seed %d: a step to %g, between %g and %g", seed, at, lo[i], hi[i])
			}
		}
		if n == 0 {
			continue
		}
		by := make([]float64, n)
		for i := range by {
			by[i] = float64(rng.IntN(3) - 1)
		}
		fast = was
		at, most := Most(col, by)
		fast = false
		plain, same := Most(col, by)
		if most != same || col[at]*by[at] != most || col[plain]*by[plain] != most {
			t.Fatalf("seed %d: %g at %d, and %g at %d", seed, most, at, same, plain)
		}
		for i := range by {
			if col[i]*by[i] > most {
				t.Errorf("seed %d: %g is not the largest product", seed, most)
			}
		}
	}
}

// Times is a product for each row of a table.
func TestTimes(t *testing.T) {
	was := fast
	defer func() { fast = was }()
	for seed := range uint64(100) {
		rng := rand.New(rand.NewPCG(seed, 13))
		fast = was && seed%2 == 0
		n, rows := 1+rng.IntN(20), rng.IntN(11)
		w := Width(n)
		tab, x, out := vector(rng, rows*w), make([]float64, w), make([]float64, rows)
		copy(x, vector(rng, n))
		Times(tab, w, x, out)
		for i, got := range out {
			want, size := 0.0, 0.0
			for j, v := range x {
				want += v * tab[i*w+j]
				size += math.Abs(v * tab[i*w+j])
			}
			near(t, seed, "row", got, want, size)
		}
	}
}
