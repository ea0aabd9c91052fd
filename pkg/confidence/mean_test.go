package confidence

import (
	"math"
	"testing"
)

func TestMeanKnown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		weights  []float64
		low, top float64
	}{
		{"nothing", nil, 0, 0},
		{"zeros", []float64{None, None}, 0, 0},
		{"one", []float64{10}, 4.5, 10 + math.Log2(0.05)}, // Markov's, and no more
		{"the same 28 times", repeatFloat(400, 28), 399.7, 400},
		{"zeros between", append(repeatFloat(400, 28), repeatFloat(None, 28)...), 399.7, 400},
		{"zeros before", append(repeatFloat(None, 28), repeatFloat(400, 28)...), 397, 399},
		{"far beyond a double", repeatFloat(20000, 5), 19990, 20000},
		{"less than one", repeatFloat(-5, 28), 0, 0},
	} {
		if b := Mean(c.weights, 0, 0.05); b.Log2 < c.low || b.Log2 > c.top {
			t.Errorf("%s: 2^%v", c.name, b.Log2)
		}
	}
	if a, b := Mean(repeatFloat(7, 9), 12, 0.05), Mean(repeatFloat(19, 9), 0, 0.05); math.Abs(a.Log2-b.Log2) > 0.01 {
		t.Errorf("buckets of 12 rows 2^%v, of none 2^%v", a.Log2, b.Log2)
	}
}

func repeatFloat(v float64, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = v
	}
	return out
}

// More weight never gives less.
func TestMeanMonotone(t *testing.T) {
	t.Parallel()
	weights := []float64{3, None, 8.5, 4, 4, 7, 0, 5, 9, 2}
	full := Mean(weights, 0, 0.2)
	gamma := MeanGamma([]float64{3, 8.5, 4, 4}, 0.2)
	if gamma.Log2 < 2 || gamma.Log2 > 4 {
		t.Errorf("gamma 2^%v", gamma.Log2)
	}
	for i := range weights {
		old := weights[i]
		weights[i] = old - 1
		if b := Mean(weights, 0, 0.2); b.Regions.Cmp(full.Regions) > 0 {
			t.Errorf("weight %d cut to %v: %v above %v", i, weights[i], b.Regions, full.Regions)
		}
		weights[i] = old
	}
}

func TestAverage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		weights   []float64
		mean, err float64
	}{
		{[]float64{0, 1, 1, 2}, math.Log2(9.0 / 4), math.Log2(math.Sqrt((25.0/16 + 1.0/16 + 1.0/16 + 49.0/16) / 12))},
		{[]float64{400, 401, 401, 402}, 400 + math.Log2(9.0/4), 400 + math.Log2(math.Sqrt((25.0/16+1.0/16+1.0/16+49.0/16)/12))},
		{[]float64{None, None}, None, None},
		{[]float64{None, 3}, 2, 2},
		{[]float64{5}, 5, math.NaN()},
		{[]float64{5, 5}, 5, None},
	} {
		mean, err := Average(c.weights)
		same := func(a, b float64) bool { return a == b || math.Abs(a-b) < 1e-12 || a != a && b != b }
		if !same(mean, c.mean) || !same(err, c.err) {
			t.Errorf("%v: 2^%v, error 2^%v, want 2^%v and 2^%v", c.weights, mean, err, c.mean, c.err)
		}
	}
}

// catoni lies between the two functions that its proof needs.
func TestCatoni(t *testing.T) {
	t.Parallel()
	last := math.Inf(-1)
	for y := -60.0; y < 60; y += 0.01 {
		v := catoni(y)
		if v < last {
			t.Fatalf("catoni falls at %v", y)
		}
		last = v
		if high, low := math.Log(1+y+y*y/2), -math.Log(1-y+y*y/2); v > high+1e-12 || v < low-1e-12 {
			t.Fatalf("catoni(%v) = %v is not from %v to %v", y, v, low, high)
		}
	}
	for y := 1e99; y < 1e102; y *= 10 {
		if want := 2*math.Log(y) - math.Ln2; math.Abs(catoni(y)/want-1) > 1e-9 || catoni(-y) != -catoni(y) {
			t.Errorf("catoni(%v) = %v, catoni(-) = %v", y, catoni(y), catoni(-y))
		}
	}
	if catoni(math.Inf(1)) != math.Inf(1) || catoni(math.Inf(-1)) != math.Inf(-1) {
		t.Error("catoni at infinity")
	}
}

func TestCellsKnown(t *testing.T) {
	t.Parallel()
	exact := make([]Bucket, 20)
	for i := range exact {
		exact[i] = Bucket{math.Log2(float64(90 + i)), true}
	}
	lower, upper, ok := BucketsInterval(exact, 300, 0.05)
	if !ok || lower.Log2 < 306.2 || upper.Log2 > 307 || lower.Log2 >= upper.Log2 {
		t.Errorf("from 2^%v to 2^%v", lower.Log2, upper.Log2)
	}
	lower, upper, ok = Median(exact, 300, 0.05)
	if !ok || lower.Log2 < 306 || upper.Log2 > 307.2 || lower.Log2 >= upper.Log2 {
		t.Errorf("median: from 2^%v to 2^%v", lower.Log2, upper.Log2)
	}
	// One that is not exact leaves a bound from those before it, and the median.
	exact[12].Exact = false
	cut, ok := BucketsUpper(exact, 300, 0.025)
	if !ok || cut.Log2 <= upper.Log2-0.5 {
		t.Errorf("at most 2^%v before a bucket that is not exact, %v", cut.Log2, ok)
	}
	if _, wider, ok := Median(exact, 300, 0.05); !ok || wider.Regions.Cmp(upper.Regions) < 0 {
		t.Errorf("median with a bucket that is not exact: at most 2^%v, %v", wider.Log2, ok)
	}
	exact[0].Exact = false
	if _, ok := BucketsUpper(exact, 300, 0.025); ok {
		t.Error("an upper bound although the first bucket is not exact")
	}
	empty := []Bucket{{None, true}, {None, true}, {None, true}}
	lower, upper, ok = BucketsInterval(empty, 9, 0.05)
	if !ok || lower.Regions.Int64() != 1 || upper.Log2 < 9 {
		t.Errorf("empty buckets: from %v to %v, %v", lower.Regions, upper.Regions, ok)
	}
	if lower, upper, ok = Median(empty, 9, 0.05); !ok || lower.Regions.Int64() != 1 || upper.Log2 < 9 {
		t.Errorf("empty buckets, median: from %v to %v, %v", lower.Regions, upper.Regions, ok)
	}
	if _, _, ok := Median(nil, 9, 0.05); ok {
		t.Error("a median of nothing")
	}
	if _, _, ok := BucketsInterval(nil, 9, 0.05); ok {
		t.Error("an interval from nothing")
	}
}

func TestRowsShare(t *testing.T) {
	t.Parallel()
	sum := 0.0
	for r := range 100000 {
		sum += RowsShare(r)
	}
	if sum > 1 || sum < 0.9999 {
		t.Errorf("the shares add up to %v", sum)
	}
	for bits, want := range map[float64]int{0: 0, 6: 0, 20: 14, 400: 394} {
		if got := NextRows(bits); got != want {
			t.Errorf("NextRows(%v) = %d, want %d", bits, got, want)
		}
	}
}
