package exact_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"relucount/pkg/exact"
	"relucount/pkg/property"
)

// whole draws an integer function: small, so that much depends on each other,
// or of many digits.
func whole(rng *rand.Rand, d int, large bool) []big.Int {
	f := make([]big.Int, d+1)
	for j := range f {
		f[j].SetInt64(int64(rng.IntN(7) - 3))
		if large {
			f[j].SetInt64(rng.Int64() - math.MaxInt64/2)
			f[j].Mul(&f[j], big.NewInt(rng.Int64()))
		}
	}
	return f
}

// at evaluates an integer function.
func at(f []big.Int, x []*big.Rat) *big.Rat {
	v := new(big.Rat).SetInt(&f[len(x)])
	for j := range x {
		v.Add(v, new(big.Rat).Mul(new(big.Rat).SetInt(&f[j]), x[j]))
	}
	return v
}

// solve finds by elimination of fractions what the planes of rows have in
// common: a matrix in reduced echelon form, with the columns of its pivots.
func solve(rows [][]big.Int, d int) (m [][]*big.Rat, pivots []int) {
	for _, r := range rows {
		row := make([]*big.Rat, d+1)
		for j := range r {
			row[j] = new(big.Rat).SetInt(&r[j])
		}
		for i, p := range pivots {
			reduce(row, m[i], p)
		}
		lead := 0
		for lead < d && row[lead].Sign() == 0 {
			lead++
		}
		if lead == d {
			continue
		}
		by := new(big.Rat).Inv(row[lead])
		for j := range row {
			row[j].Mul(row[j], by)
		}
		for i := range m {
			reduce(m[i], row, lead)
		}
		m, pivots = append(m, row), append(pivots, lead)
	}
	return m, pivots
}

// reduce takes a multiple of another row, which has 1 at p, off a row, so that
// it has 0 there.
func reduce(row, by []*big.Rat, p int) {
	c := new(big.Rat).Set(row[p])
	for j := range row {
		row[j].Sub(row[j], new(big.Rat).Mul(c, by[j]))
	}
}

// planes draws planes that meet, of which one may say no more than the others,
// and a function: often one that is constant there, 0 or next to it.
func planes(rng *rand.Rand, d int) (rows [][]big.Int, f []big.Int) {
	large := rng.IntN(2) == 0
	for range rng.IntN(d + 1) {
		rows = append(rows, whole(rng, d, large))
	}
	combine := func() []big.Int {
		r := make([]big.Int, d+1)
		for _, o := range rows {
			c := big.NewInt(int64(rng.IntN(5) - 2))
			for j := range r {
				r[j].Add(&r[j], new(big.Int).Mul(c, &o[j]))
			}
		}
		return r
	}
	if rng.IntN(2) == 0 {
		rows = append(rows, combine())
		rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	}
	if rng.IntN(3) == 0 {
		return rows, whole(rng, d, large)
	}
	f = combine()
	f[d].Add(&f[d], big.NewInt(int64(rng.IntN(3)-1)))
	return rows, f
}

// TestMeetFractions compares Meet, At and Depends with elimination of fractions.
func TestMeetFractions(t *testing.T) {
	t.Parallel()
	met, constant := 0, 0
	for seed := range property.Seeds(t, 2000, 300) {
		rng := rand.New(rand.NewPCG(4, seed))
		d := 1 + rng.IntN(5)
		rows, f := planes(rng, d)
		m, pivots := solve(rows, d)
		rest := make([]*big.Rat, d+1)
		for j := range f {
			rest[j] = new(big.Rat).SetInt(&f[j])
		}
		for i, p := range pivots {
			reduce(rest, m[i], p)
		}
		depends := true
		for _, v := range rest[:d] {
			depends = depends && v.Sign() == 0
		}
		if sign, ok := exact.Depends(rows, f); ok != depends || ok && sign != rest[d].Sign() {
			t.Errorf("seed %d: constant %v, sign %d; %v, %v expected", seed, ok, sign, depends, rest[d])
		}
		if depends {
			constant++
		}
		sign, value, ok := exact.Meet(rows, f)
		point := make([]float64, d)
		if also := exact.At(rows, point); ok != (len(pivots) == d) || also != ok {
			t.Errorf("seed %d: planes of rank %d of %d meet in a point: %v, %v", seed, len(pivots), d, ok, also)
		}
		if !ok {
			continue
		}
		met++
		want, _ := rest[d].Float64()
		if size := norm(f); size > 0 {
			want /= size
			if sign != rest[d].Sign() || math.Abs(value-want) > 1e-14*math.Abs(want) || float64(sign)*value < 0 || sign != 0 && value == 0 {
				t.Errorf("seed %d: sign %d, value %g; %v, %g expected", seed, sign, value, rest[d], want)
			}
		}
		for i, p := range pivots {
			want, _ := m[i][d].Float64()
			if math.Abs(point[p]+want) > 1e-14*math.Abs(want) {
				t.Errorf("seed %d: coordinate %d is %g, not %g", seed, p, point[p], -want)
			}
		}
	}
	if met == 0 || constant == 0 {
		t.Errorf("%d points, %d functions that are constant", met, constant)
	}
}

// greatest is the largest value of f on the closed body of the box and the
// rows, at one of its vertices; nil when it has none.
func greatest(rows [][]big.Int, f []big.Int) (best *big.Rat) {
	d := len(f) - 1
	all := append([][]big.Int{}, rows...)
	for j := range 2 * d {
		side := make([]int64, d+1)
		side[j/2], side[d] = int64(1-2*(j%2)), 1
		all = append(all, ints(side...))
	}
	var try func(from int, chosen [][]big.Int)
	try = func(from int, chosen [][]big.Int) {
		if len(chosen) < d {
			for i := from; i < len(all); i++ {
				try(i+1, append(chosen[:len(chosen):len(chosen)], all[i]))
			}
			return
		}
		m, pivots := solve(chosen, d)
		if len(pivots) < d {
			return
		}
		x := make([]*big.Rat, d)
		for i, p := range pivots {
			x[p] = new(big.Rat).Neg(m[i][d])
		}
		for _, r := range all {
			if at(r, x).Sign() < 0 {
				return
			}
		}
		if v := at(f, x); best == nil || v.Cmp(best) > 0 {
			best = v
		}
	}
	try(0, nil)
	return best
}

// TestGreatest compares what Maximum says with all vertices: also of bodies
// without an interior, and of functions that just come to 0, or nearly.
func TestGreatest(t *testing.T) {
	t.Parallel()
	positive, empty, ties := 0, 0, 0
	for seed := range property.Seeds(t, 1500, 200) {
		rng := rand.New(rand.NewPCG(5, seed))
		d := 1 + rng.IntN(3)
		large := rng.IntN(3) == 0
		var rows [][]big.Int
		for range rng.IntN(6) {
			r := whole(rng, d, large)
			rows = append(rows, r)
			if rng.IntN(4) == 0 { // with its opposite: a slice
				o := make([]big.Int, d+1)
				for j := range r {
					o[j].Neg(&r[j])
				}
				rows = append(rows, o)
			}
		}
		f := whole(rng, d, large)
		best := greatest(rows, f)
		if best != nil && rng.IntN(2) == 0 {
			for j := range f {
				f[j].Mul(&f[j], best.Denom())
			}
			f[d].Sub(&f[d], best.Num())
			f[d].Add(&f[d], big.NewInt(int64(rng.IntN(3)-1)))
			best = greatest(rows, f)
		}
		m := exact.Maximum(rows, f)
		if m.Positive != (best != nil && best.Sign() > 0) || m.Empty && best != nil {
			t.Errorf("seed %d: positive %v, empty %v; the maximum is %v", seed, m.Positive, m.Empty, best)
		}
		switch {
		case m.Positive:
			positive++
		case m.Empty:
			empty++
		case best != nil && best.Sign() == 0:
			ties++
		}
	}
	if positive == 0 || empty == 0 || ties == 0 {
		t.Errorf("%d positive, %d empty, %d that come to 0", positive, empty, ties)
	}
}

// TestFloat: sums of many digits are rounded to the nearest double, and the
// largest coefficient is about 1.
func TestFloat(t *testing.T) {
	t.Parallel()
	rounded := 0
	for seed := range property.Seeds(t, 400, 100) {
		rng := rand.New(rand.NewPCG(6, seed))
		n := 2 + rng.IntN(4)
		var terms []exact.Term
		for range 1 + rng.IntN(5) {
			c := make([]float64, n)
			for j := range c {
				c[j] = rng.NormFloat64() * math.Pow10(rng.IntN(31)-15)
				if rng.IntN(4) == 0 { // half way between two doubles, with another of these
					c[j] = []float64{1, math.Ldexp(1, -53), math.Ldexp(3, -54), math.Ldexp(1, -200)}[rng.IntN(4)]
				}
			}
			w := 1.0
			if rng.IntN(2) == 0 {
				w = rng.NormFloat64()
			}
			terms = append(terms, exact.Term{W: w, V: exact.Of(c)})
		}
		v := exact.Sum(n, terms)
		if v.Constant() {
			continue
		}
		to := make([]float64, n)
		exp := v.Float(to)
		top := 0.0
		for j, got := range to {
			x := new(big.Rat).Mul(v.Value(j), power(-exp))
			want, whole := x.Float64()
			if got != want {
				t.Errorf("seed %d: coefficient %d is %v, not %v", seed, j, got, want)
			}
			if !whole {
				rounded++
			}
			if j < n-1 {
				top = max(top, math.Abs(got))
			}
		}
		if top < 0.5 || top > 1 {
			t.Errorf("seed %d: the largest coefficient is %g", seed, top)
		}
	}
	if rounded == 0 {
		t.Error("nothing was rounded")
	}
}

// power is 2^exp.
func power(exp int) *big.Rat {
	x := new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), uint(max(exp, -exp))))
	if exp < 0 {
		x.Inv(x)
	}
	return x
}
