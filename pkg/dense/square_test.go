package dense

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// plainly runs a test with the vector unit, where there is one, and without.
func plainly(t *testing.T, test func(t *testing.T)) {
	was := fast
	defer func() { fast = was }()
	t.Run("as it is", test)
	fast = false
	t.Run("plain", test)
}

// A square matrix does what one of plain rows does, whatever its size has been.
func TestSquare(t *testing.T) {
	plainly(t, func(t *testing.T) {
		for seed := range uint64(200) {
			rng := rand.New(rand.NewPCG(seed, 5))
			var s Square
			var want [][]float64
			for range 40 {
				n := len(want)
				switch rng.IntN(5) {
				case 0:
					if n == 0 {
						continue
					}
					i, j := rng.IntN(n), rng.IntN(n)
					s.Shrink(i, j)
					want[i] = want[n-1]
					want = want[:n-1]
					for b, r := range want {
						r[j] = r[n-1]
						want[b] = r[:n-1]
					}
				case 1:
					by, row := vector(rng, n), vector(rng, n)
					s.Add(by, row)
					for i := range want {
						for j := range row {
							want[i][j] += by[i] * row[j]
						}
					}
				default:
					s.Grow()
					for i := range want {
						want[i] = append(want[i], rng.NormFloat64())
						s.Row(i)[n] = want[i][n]
					}
					want = append(want, vector(rng, n+1))
					copy(s.Row(n), want[n])
				}
				n = len(want)
				x, y, z := vector(rng, n), make([]float64, n), make([]float64, n)
				s.Mul(x, y)
				s.Combine(x, z)
				for i, r := range want {
					across, down := 0.0, 0.0
					for j, v := range r {
						near(t, seed, "entry", s.Row(i)[j], v, 100)
						across += v * x[j]
						down += want[j][i] * x[j]
					}
					near(t, seed, "product", y[i], across, 1000)
					near(t, seed, "sum", z[i], down, 1000)
				}
			}
		}
	})
}

// What has been exchanged is the inverse; rows that depend on others are left out.
func TestExchange(t *testing.T) {
	plainly(t, func(t *testing.T) {
		for seed := range uint64(200) {
			rng := rand.New(rand.NewPCG(seed, 6))
			n := 1 + rng.IntN(30)
			rows := make([][]float64, n)
			var s Square
			s.Clear(n)
			twins := 0
			for i := range rows {
				rows[i] = vector(rng, n)
				if i > 0 && rng.IntN(10) == 0 {
					rows[i] = slices.Clone(rows[rng.IntN(i)])
					twins++
				}
				copy(s.Row(i), rows[i])
			}
			cols := s.Exchange(1e-9)
			left := 0
			for i, c := range cols {
				if c < 0 {
					left++
					continue
				}
				// row i of the inverse times the rows
				for j, d := range cols {
					if d < 0 {
						continue
					}
					sum, want := 0.0, 0.0
					for k, e := range cols {
						if e >= 0 {
							sum += s.Row(i)[e] * rows[k][d]
						}
					}
					if i == j {
						want = 1
					}
					if math.Abs(sum-want) > 1e-6 {
						t.Fatalf("seed %d: %g in place of %g", seed, sum, want)
					}
				}
			}
			if left != twins {
				t.Errorf("seed %d: %d rows are left out, not %d", seed, left, twins)
			}
		}
	})
}

// Both find the same crossings, at limits and among infinities, too.
func TestCrossing(t *testing.T) {
	for seed := range uint64(500) {
		rng := rand.New(rand.NewPCG(seed, 7))
		n := rng.IntN(70)
		r, rho, x := vector(rng, n), vector(rng, n), make([]float64, n)
		for j := range x {
			x[j] = math.Copysign(1, r[j])
			switch rng.IntN(8) {
			case 0:
				rho[j] = 0
			case 1:
				r[j] = 0
			case 2:
				rho[j] = -r[j]
			}
		}
		end := []float64{0, 0.5, 1, math.Inf(1)}[rng.IntN(4)]
		got, want := make([]uint8, (n+7)/8), make([]uint8, (n+7)/8)
		Crossing(r, rho, x, end, 1e-9, got)
		plainCrossing(r, rho, x, end, 1e-9, want)
		if !slices.Equal(got, want) {
			t.Errorf("seed %d: %x, not %x", seed, got, want)
		}
		for j := range r {
			marked := want[j/8]>>(j%8)&1 == 1
			if away := -rho[j] * x[j]; marked != (away > 1e-9 && r[j]*x[j] < end*away) {
				t.Errorf("seed %d: %g + t %g, t up to %g: %v", seed, r[j], rho[j], end, marked)
			}
		}
	}
}
