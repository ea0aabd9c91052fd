package ledger

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"relucount/pkg/record"
)

// The compare methods of facts are total orders, the fact to use first: ties go
// on to the statistics, so that what is kept never depends on the order of
// arrival.

// compareStats orders costs.
func compareStats(a, b record.Stats) int {
	return cmp.Or(a.Work.Compare(b.Work), cmp.Compare(a.Seconds, b.Seconds))
}

// compareBools puts false before true.
func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// compareSizes puts numbers in their order and half, the densest, last.
func compareSizes(a, b record.Size) int {
	return cmp.Or(compareBools(a == record.Half, b == record.Half), cmp.Compare(a, b))
}

// compareNames orders names, and numbers within them by their value.
func compareNames(a, b string) int {
	x, y := a, b
	for x != "" && y != "" {
		m, n := digits(x), digits(y)
		if m > 0 && n > 0 {
			u, v := strings.TrimLeft(x[:m], "0"), strings.TrimLeft(y[:n], "0")
			if c := cmp.Or(cmp.Compare(len(u), len(v)), cmp.Compare(u, v)); c != 0 {
				return c
			}
			x, y = x[m:], y[n:]
			continue
		}
		if x[0] != y[0] {
			return cmp.Compare(x[0], y[0])
		}
		x, y = x[1:], y[1:]
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(a, b))
}

// digits is how many digits a text begins with.
func digits(s string) int { return len(s) - len(strings.TrimLeft(s, "0123456789")) }

// compareUppers puts small upper bounds first and nil, which is none, last.
func compareUppers(a, b *big.Int) int {
	if a == nil || b == nil {
		return compareBools(a == nil, b == nil)
	}
	return a.Cmp(b)
}

// sum adds up costs. Floating-point sums depend on the order, so it is fixed.
func sum(costs []record.Stats) record.Stats {
	var s record.Stats
	seconds := make([]float64, 0, len(costs))
	for _, c := range costs {
		s.Work.Add(c.Work)
		seconds = append(seconds, c.Seconds)
	}
	slices.Sort(seconds)
	for _, v := range seconds {
		s.Seconds += v
	}
	return s
}

func cost(s *record.Stats) record.Stats {
	if s == nil {
		return record.Stats{}
	}
	return *s
}

// natural reads the decimal digits of a number of regions from a field.
func natural(field, s string) (*big.Int, error) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return nil, fmt.Errorf("%s: %q is not a natural number", field, s)
	}
	n, _ := new(big.Int).SetString(s, 10)
	return n, nil
}

func number(n *big.Int) record.Number {
	return record.Number{Regions: n.String(), Log2: record.Log2(n)}
}
