package dense

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// The vector unit and the plain code give the same but for rounding, for shapes
// that fill up blocks and such that do not.
func TestBoth(t *testing.T) {
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 1))
	for range 200 {
		d, n := 1+rng.IntN(21), 1+rng.IntN(90)
		rows := make([][]float64, d)
		for i := range rows {
			rows[i] = vector(rng, n)
		}
		m := New(rows)
		by, x := vector(rng, d), make([]float64, m.Width())
		copy(x, vector(rng, n))
		for i := range rows {
			for j, v := range m.Row(i) {
				if v != rows[i][j] {
					t.Fatalf("seed %d: %d x %d: row %d is not what it was", seed, d, n, i)
				}
			}
		}
		for _, plain := range []bool{false, true} {
			if plain && !fast {
				continue
			}
			sum, sums := 0.0, make([]float64, m.Width())
			far, again, signed := 0.0, make([]float64, m.Width()), make([]float64, 4*d)
			y := make([]float64, d)
			if plain {
				sum = m.combine(by, sums)
				far = m.extreme(by, again, signed)
				m.mul(x, y)
			} else {
				sum = m.Combine(by, sums)
				far = m.Extreme(by, again, signed)
				m.Mul(x, y)
			}
			if sum != far || !slices.Equal(sums, again) {
				t.Errorf("seed %d: %d x %d: %g and %g in all", seed, d, n, sum, far)
			}
			total, size := 0.0, 0.0
			for j := range n {
				want, most := 0.0, 0.0
				for i, b := range by {
					want += b * rows[i][j]
					most += math.Abs(b * rows[i][j])
				}
				near(t, seed, "combined", sums[j], want, most)
				total += math.Abs(want)
				size += most
			}
			near(t, seed, "magnitudes", sum, total, size)
			for i, r := range rows {
				want, most := 0.0, 0.0
				for j, v := range r {
					want += v * x[j]
					most += math.Abs(v * x[j])
				}
				near(t, seed, "product", y[i], want, most)
				want, most = 0, 0
				for j, v := range r {
					want += math.Copysign(v, v*sums[j])
					most += math.Abs(v)
				}
				near(t, seed, "signed", signed[i], want, most)
			}
		}
	}
}

func TestAddRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	for k := range 120 {
		n, rows := Head*(2+k%6), 1+k%9
		w, row, to := vector(rng, rows), vector(rng, n), vector(rng, rows*n+1)
		got, plain := slices.Clone(to), slices.Clone(to)
		AddRows(got, w, row)
		plainRows(plain, w, row)
		for i := range rows {
			for j := range n {
				want := to[i*n+j] + w[i]*row[j]
				if j < Head {
					want = to[i*n+j] + math.Abs(w[i])*row[j]
				}
				near(t, 0, "sum", got[i*n+j], want, 10)
				near(t, 0, "plain sum", plain[i*n+j], want, 10)
			}
		}
		if got[rows*n] != to[rows*n] {
			t.Error("what is behind the rows has changed")
		}
	}
}

// Heads by the vector unit are those by the plain code, and so is what they keep to.
func TestHeads(t *testing.T) {
	kept := [2]int{}
	for seed := range uint64(400) {
		rng := rand.New(rand.NewPCG(seed, 11))
		d, n := 1+rng.IntN(13), rng.IntN(14)
		w := Head + (d+Head)/Head*Head
		rows := vector(rng, n*w)
		for i := range n {
			row := rows[i*w : (i+1)*w]
			clear(row[Head+d+1:])
			for j := range row[:Head] {
				row[j] = math.Abs(row[j])
			}
			switch rng.IntN(40) {
			case 0:
				clear(row[Head:])
			case 1:
				row[Head+rng.IntN(d+1)] = [...]float64{math.Inf(1), math.NaN(), 1e200}[rng.IntN(3)]
			case 2:
				row[2] = [...]float64{math.Inf(1), math.NaN(), 1e200}[rng.IntN(3)]
			}
		}
		limits := Limits{Size: 1e-9, All: 1e100, Err: 1e100}
		got, want := slices.Clone(rows), slices.Clone(rows)
		all := true
		for i := range n {
			row := want[i*w : (i+1)*w]
			head(row, d, 0.5)
			all = all && limits.Hold(row)
		}
		if Heads(got, n, d, 0.5, limits) != all {
			t.Errorf("seed %d: limits are not kept to: %v", seed, !all)
		}
		if all {
			kept[1]++
		} else {
			kept[0]++
		}
		for i, x := range got {
			if y := want[i]; !(math.Abs(x-y) <= 1e-12*(1+math.Abs(y))) && !(math.IsNaN(x) && math.IsNaN(y)) && x != y {
				t.Errorf("seed %d: %d x %d: %g, not %g, at %d", seed, n, d, x, y, i)
			}
		}
	}
	if kept[0] == 0 || kept[1] == 0 {
		t.Errorf("limits were kept to %d times, and not %d times", kept[1], kept[0])
	}
}

// What is screened by the vector unit is what the plain code lets through.
func TestScreen(t *testing.T) {
	passed, held := 0, 0
	for seed := range uint64(400) {
		rng := rand.New(rand.NewPCG(seed, 12))
		w, n := Head*(2+rng.IntN(4)), rng.IntN(14)
		rows, box := vector(rng, n*w), vector(rng, 2*w-Head)
		for i := range box {
			if i < Head || i/Head%2 == 0 {
				box[i] = math.Abs(box[i]) / 4
			}
		}
		for i := range n {
			for j := range Head {
				rows[i*w+j] = math.Abs(rows[i*w+j]) / 4
			}
			if rng.IntN(20) == 0 {
				rows[i*w+rng.IntN(w)] = math.NaN()
			}
		}
		out := append(make([]float64, n), 7)
		Screen(rows, box, out[:n])
		for i, v := range out[:n] {
			want := screenRow(rows[i*w:(i+1)*w], box)
			if !(math.Abs(v-want) <= 1e-12*math.Abs(want)) {
				t.Errorf("seed %d: %d x %d: %g, not %g", seed, n, w, v, want)
			}
			if v != 0 {
				passed++
			} else {
				held++
			}
		}
		if out[n] != 7 {
			t.Error("what is behind the numbers has changed")
		}
	}
	if passed < 100 || held < 100 {
		t.Errorf("%d rows pass, %d do not", passed, held)
	}
}

// Products and extremes of points are those of the plain sums, also where the last point
// is the end of memory.
func TestPoints(t *testing.T) {
	for seed := range uint64(400) {
		rng := rand.New(rand.NewPCG(seed, 13))
		d, n := rng.IntN(11), 1+rng.IntN(30)
		stride := d + rng.IntN(5)
		at := vector(rng, (n-1)*stride+d)
		row, out := vector(rng, d+1), append(make([]float64, n), 7)
		lo, hi := Products(row, at, stride, out[:n])
		for v, x := range out[:n] {
			want := row[d]
			for j, y := range at[v*stride:][:d] {
				want += row[j] * y
			}
			near(t, seed, "product", x, want, 30)
		}
		if lo != slices.Min(out[:n]) || hi != slices.Max(out[:n]) || out[n] != 7 {
			t.Errorf("seed %d: %v is from %g to %g", seed, out, lo, hi)
		}
		least, most := make([]float64, d+1), make([]float64, d+1)
		Extremes(at, stride, least[:d], most[:d])
		low, high := make([]float64, d+1), make([]float64, d+1)
		plainExtremes(at, stride, low[:d], high[:d])
		if !slices.Equal(least, low) || !slices.Equal(most, high) {
			t.Errorf("seed %d: from %v to %v, not from %v to %v", seed, least, most, low, high)
		}
	}
}

// Elimination does what it does number by number.
func TestEliminate(t *testing.T) { plainly(t, testEliminate) }

func testEliminate(t *testing.T) {
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 14))
		w, n := Width(1+rng.IntN(40)), 1+rng.IntN(20)
		tab := append(vector(rng, n*w), 7)
		at, col := rng.IntN(n), rng.IntN(w)
		for i := range n {
			if rng.IntN(3) == 0 {
				tab[i*w+col] = 0
			}
		}
		want := slices.Clone(tab)
		Eliminate(tab[:n*w], w, at, col, make([]float64, n))
		for i := range n {
			c := want[i*w+col]
			if i == at {
				continue
			}
			want[i*w+col] = 0
			for j := range w {
				want[i*w+j] += c * want[at*w+j]
			}
		}
		for i := range tab {
			near(t, seed, "entry", tab[i], want[i], 30)
		}
	}
}

// Rows that are added up four at a time are what they are one by one.
func TestRows(t *testing.T) {
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 9))
		n, m := 1+rng.IntN(70), rng.IntN(12)
		to := append(vector(rng, n), 7)
		want := slices.Clone(to)
		var r Rows
		for range m {
			by, row := rng.NormFloat64(), vector(rng, n+rng.IntN(3))
			r.Add(to[:n], by, row)
			for j := range n {
				want[j] += by * row[j]
			}
		}
		r.Flush(to[:n])
		for j := range to {
			near(t, seed, "sum", to[j], want[j], 30)
		}
		if to[n] != 7 {
			t.Error("what is behind the row has changed")
		}
	}
}

func vector(rng *rand.Rand, n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = rng.NormFloat64()
	}
	return v
}

// near allows for what rounding does to both.
func near(t *testing.T, seed uint64, what string, got, want, size float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 200*0x1p-53*size) {
		t.Errorf("seed %d: %s: %g, not %g", seed, what, got, want)
	}
}

func BenchmarkCombine(b *testing.B) { bench(b, (*Matrix).Combine) }

func BenchmarkCombinePlain(b *testing.B) { bench(b, (*Matrix).combine) }

func bench(b *testing.B, f func(m *Matrix, by, to []float64) float64) {
	rng := rand.New(rand.NewPCG(1, 1))
	var rows [][]float64
	for range 17 {
		rows = append(rows, vector(rng, 784))
	}
	m := New(rows)
	by, to := vector(rng, 17), make([]float64, m.Width())
	for b.Loop() {
		f(m, by, to)
	}
}

func BenchmarkMul(b *testing.B) { benchMul(b, (*Matrix).Mul) }

func BenchmarkMulPlain(b *testing.B) { benchMul(b, (*Matrix).mul) }

func benchMul(b *testing.B, f func(m *Matrix, x, to []float64)) {
	rng := rand.New(rand.NewPCG(1, 1))
	var rows [][]float64
	for range 17 {
		rows = append(rows, vector(rng, 784))
	}
	m := New(rows)
	x, to := vector(rng, m.Width()), make([]float64, 17)
	for b.Loop() {
		f(m, x, to)
	}
}
