package exact_test

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"relucount/pkg/exact"
	"relucount/pkg/property"
)

func ints(v ...int64) []big.Int {
	out := make([]big.Int, len(v))
	for j, x := range v {
		out[j].SetInt64(x)
	}
	return out
}

// value is f . (num, den), times the sign of den.
func value(f, num []big.Int, den *big.Int) *big.Int {
	v := new(big.Int).Mul(&f[len(num)], den)
	for j := range num {
		v.Add(v, new(big.Int).Mul(&f[j], &num[j]))
	}
	return v.Mul(v, big.NewInt(int64(den.Sign())))
}

// TestMaximum: a point that is found is in the body, and the function positive
// there; multipliers prove that there is none; a body is empty when no vertex of
// the planes is in it.
func TestMaximum(t *testing.T) {
	t.Parallel()
	var positive, proved, empty int
	for seed := range property.Seeds(t, 4000, 400) {
		rng := rand.New(rand.NewPCG(1, seed))
		d := 1 + rng.IntN(4)
		draw := func() []big.Int {
			f := make([]int64, d+1)
			for j := range f {
				f[j] = int64(rng.IntN(7) - 3)
				if seed%3 == 1 {
					f[j] = rng.Int64N(1<<53) - 1<<52
				}
			}
			return ints(f...)
		}
		var rows [][]big.Int
		for range rng.IntN(7) {
			rows = append(rows, draw())
		}
		f := draw()
		m := exact.Maximum(rows, f)
		switch {
		case m.Empty:
			empty++
			if y := vertex(d, rows); y != nil {
				t.Fatalf("%d: %v is in the body", seed, y)
			}
		case m.Positive:
			positive++
			for j := range m.Num {
				if m.Num[j].CmpAbs(&m.Den) > 0 {
					t.Fatalf("%d: a point outside of the box", seed)
				}
			}
			for _, r := range rows {
				if value(r, m.Num, &m.Den).Sign() < 0 {
					t.Fatalf("%d: a point beyond a row", seed)
				}
			}
			if value(f, m.Num, &m.Den).Sign() <= 0 {
				t.Fatalf("%d: the function is not positive", seed)
			}
		default:
			proved++
			sum := make([]big.Int, d+1)
			for j := range sum {
				sum[j].Mul(&m.Times, &f[j])
				for i, r := range rows {
					sum[j].Add(&sum[j], new(big.Int).Mul(&m.Mult[i], &r[j]))
				}
			}
			top := new(big.Int).Set(&sum[d])
			for j := range d {
				top.Add(top, new(big.Int).Abs(&sum[j]))
			}
			negative := slices.ContainsFunc(m.Mult, func(x big.Int) bool { return x.Sign() < 0 })
			if m.Times.Sign() <= 0 || negative || top.Sign() > 0 {
				t.Fatalf("%d: no proof: times %v, %v, at most %v", seed, &m.Times, m.Mult, top)
			}
		}
	}
	if positive == 0 || proved == 0 || empty == 0 {
		t.Errorf("%d positive, %d proved, %d empty", positive, proved, empty)
	}
}

// vertex finds a vertex of the rows and the box that is in all of them.
func vertex(d int, rows [][]big.Int) []float64 {
	all := slices.Clone(rows)
	for j := range d {
		for _, s := range []int64{1, -1} {
			r := make([]big.Int, d+1)
			r[j].SetInt64(s)
			r[d].SetInt64(1)
			all = append(all, r)
		}
	}
	var found []float64
	var try func(from int, chosen [][]big.Int)
	try = func(from int, chosen [][]big.Int) {
		if len(chosen) == d {
			for _, r := range all {
				if sign, _, ok := exact.Meet(chosen, r); !ok || sign < 0 {
					return
				}
			}
			found = make([]float64, d)
			exact.At(chosen, found)
			return
		}
		for i := from; i < len(all); i++ {
			try(i+1, append(chosen[:len(chosen):len(chosen)], all[i]))
		}
	}
	try(0, nil)
	return found
}

// TestMeet: planes through a point with whole coordinates meet there.
func TestMeet(t *testing.T) {
	t.Parallel()
	for seed := range property.Seeds(t, 500, 100) {
		rng := rand.New(rand.NewPCG(2, seed))
		d := 1 + rng.IntN(5)
		at := make([]int64, d)
		for j := range at {
			at[j] = int64(rng.IntN(9) - 4)
		}
		draw := func(through bool) ([]big.Int, int64) {
			f := make([]int64, d+1)
			v := int64(0)
			for j := range d {
				f[j] = int64(rng.IntN(9) - 4)
				v += f[j] * at[j]
			}
			if f[d] = -v; !through {
				f[d] = int64(rng.IntN(9) - 4)
			}
			return ints(f...), v + f[d]
		}
		var rows [][]big.Int
		for range d + 3 {
			r, _ := draw(true)
			rows = append(rows, r)
		}
		f, want := draw(false)
		sign, v, ok := exact.Meet(rows, f)
		if !ok {
			continue
		}
		if sign != big.NewInt(want).Sign() || math.Signbit(v) != (want < 0) {
			t.Errorf("%d: sign %d, value %g; the function is %d there", seed, sign, v, want)
		}
		y := make([]float64, d)
		exact.At(rows, y)
		if sign, constant := exact.Depends(rows, f); !constant || sign != big.NewInt(want).Sign() {
			t.Errorf("%d: depends: sign %d, %v", seed, sign, constant)
		}
		for j := range y {
			if y[j] != float64(at[j]) {
				t.Errorf("%d: at %v, not %v", seed, y, at)
			}
		}
	}
}

// TestVec: sums, compositions, changes of coordinates and roundings are those of
// fractions.
func TestVec(t *testing.T) {
	t.Parallel()
	for seed := range property.Seeds(t, 300, 60) {
		rng := rand.New(rand.NewPCG(3, seed))
		d := 1 + rng.IntN(4)
		number := func() float64 { return rng.NormFloat64() * math.Pow10(rng.IntN(40)-20) }
		draw := func(n int) (*exact.Vec, []float64) {
			f := make([]float64, n+1)
			for j := range f {
				if rng.IntN(4) > 0 {
					f[j] = number()
				}
			}
			return exact.Of(f), f
		}
		v, f := draw(d)
		u, g := draw(d)
		w := number()
		sum := exact.Sum(d+1, []exact.Term{{W: 1, V: v}, {W: w, V: u}})
		var of []*exact.Vec
		var rows [][]float64
		for range d {
			c, r := draw(2)
			of, rows = append(of, c), append(rows, r)
		}
		composed := exact.Compose(v, of)
		for j := range d + 1 {
			want := new(big.Rat).Add(rat(f[j]), new(big.Rat).Mul(rat(w), rat(g[j])))
			if sum.Value(j).Cmp(want) != 0 {
				t.Errorf("%d: sum[%d] is %v, not %v", seed, j, sum.Value(j), want)
			}
		}
		for j := range 3 {
			want := new(big.Rat)
			if j == 2 {
				want.Set(rat(f[d]))
			}
			for i := range d {
				want.Add(want, new(big.Rat).Mul(rat(f[i]), rat(rows[i][j])))
			}
			if composed.Value(j).Cmp(want) != 0 {
				t.Errorf("%d: composed[%d] is %v, not %v", seed, j, composed.Value(j), want)
			}
		}
		if v.Constant() {
			continue
		}
		to := make([]float64, d+1)
		exp := v.Float(to)
		for j := range d + 1 {
			if got := math.Ldexp(to[j], exp); got != f[j] {
				t.Errorf("%d: %g for %g", seed, got, f[j])
			}
		}
		c, factor := v.Primitive()
		for j := range c {
			if got := new(big.Rat).Mul(factor, new(big.Rat).SetInt(&c[j])); got.Cmp(v.Value(j)) != 0 {
				t.Errorf("%d: primitive[%d] is %v, not %v", seed, j, got, v.Value(j))
			}
		}
		if most := exact.NormBits(c); norm(c) > math.Ldexp(1, most) {
			t.Errorf("%d: norm %g, %d bits", seed, norm(c), most)
		}
	}
}

func rat(x float64) *big.Rat { return new(big.Rat).SetFloat64(x) }

func norm(c []big.Int) float64 {
	sum := 0.0
	for j := range c[:len(c)-1] {
		x, _ := new(big.Float).SetInt(&c[j]).Float64()
		sum += x * x
	}
	return math.Sqrt(sum)
}

// Twice x is at most x + y where y is at least x, and may be more elsewhere.
func Example() {
	row := ints(-1, 1, 0)    // y - x >= 0
	double := ints(1, -1, 0) // 2 x - (x + y)
	m := exact.Maximum([][]big.Int{row}, double)
	fmt.Println(m.Positive, &m.Times, &m.Mult[0])
	// Output: false 1 1
}
