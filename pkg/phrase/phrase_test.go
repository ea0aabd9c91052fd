package phrase_test

import (
	"math/big"
	"testing"

	"relucount/pkg/phrase"
	"relucount/pkg/record"
)

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		n              *big.Int
		power, decimal string
	}{
		{big.NewInt(0), "0", "0"},
		{big.NewInt(1), "2^0", "1"},
		{big.NewInt(12), "2^3.58", "12"},
		{big.NewInt(131072), "2^17", "131072"},
		{big.NewInt(161369), "2^17.3", "161369"},
		{big.NewInt(1<<53 - 1), "2^53", "9007199254740991"},
		{big.NewInt(1 << 53), "2^53", ""},
		{new(big.Int).Lsh(big.NewInt(3), 400), "2^401.58", ""},
	} {
		n := record.Number{Regions: c.n.String(), Log2: record.Log2(c.n)}
		if phrase.Power(n) != c.power || phrase.Decimal(n) != c.decimal {
			t.Errorf("%v: %q and %q, want %q and %q", c.n, phrase.Power(n), phrase.Decimal(n), c.power, c.decimal)
		}
	}
	for v, want := range map[float64]string{0: "0", -0.001: "0", 10: "10", 100: "100", 0.456: "0.46", -1.5: "-1.5"} {
		if got := phrase.Round(v); got != want {
			t.Errorf("round(%v) = %q, want %q", v, got, want)
		}
	}
	for v, want := range map[float64]string{0.95: "95 %", 0.57: "57 %", 0.999: "99.9 %", 1: "100 %"} {
		if got := phrase.Percent(v); got != want {
			t.Errorf("percent(%v) = %q, want %q", v, got, want)
		}
	}
}

func TestRanges(t *testing.T) {
	var odd []int
	for i := range 20 {
		odd = append(odd, 2*i+1)
	}
	for want, numbers := range map[string][]int{
		"3": {3}, "3, 7-9": {3, 7, 8, 9}, "0-2": {0, 1, 2},
		"1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23 and more, 20 in all": odd,
	} {
		if got := phrase.Ranges(numbers); got != want {
			t.Errorf("%v: %q, want %q", numbers, got, want)
		}
	}
}

func TestDomain(t *testing.T) {
	lo, hi := -0.5, 1.0/3
	for want, d := range map[string]record.Domain{
		"[-0.5, 0.333333]^2":                                                {Coordinates: 2, Lower: &lo, Upper: &hi, Intervals: 1},
		"a box of 4 intervals in [-0.5, inf]^5":                             {Coordinates: 5, Lower: &lo, Intervals: 4},
		"the image of [-inf, 0.333333]^1 with 2 rows":                       {Coordinates: 1, Upper: &hi, Intervals: 1, Rows: 2, Map: true},
		"a box of 2 intervals in [-0.5, 0.333333]^3 with 1 fixed and 1 row": {Coordinates: 3, Lower: &lo, Upper: &hi, Intervals: 2, Fixed: 1, Rows: 1},
	} {
		if got := phrase.Domain(&d); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
