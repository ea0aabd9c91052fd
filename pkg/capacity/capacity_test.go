package capacity

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"
)

func ExampleSerra() {
	// 784 inputs, then layers of 16, 6 and 10 units.
	fmt.Println(Serra(784, []int{16, 6, 10}))
	fmt.Println(Montufar(784, []int{16, 6, 10}))
	// Output:
	// 965299552
	// 3556769792
}

func equal(t *testing.T, what string, got *big.Int, want int64) {
	t.Helper()
	if got.Cmp(big.NewInt(want)) != 0 {
		t.Errorf("%s = %v, want %d", what, got, want)
	}
}

// The figures for networks of 22 hidden units on MNIST (Serra, Tjandraatmadja
// and Ramalingam 2018).
func TestKnownValues(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n1, n2                 int
		serra2, serra, montufr int64
	}{
		{1, 21, 23, 243, 484},
		{2, 20, 254, 12279, 47264},
		{4, 18, 9109, 2316709, 25000448},
		{8, 14, 600370, 411552217, 3348183808},
		{11, 11, 2449868, 1690286436, 1 << 32},
		{12, 10, 3096514, 1902816995, 1 << 32},
		{16, 6, 4158861, 965299552, 3556769792},
		{21, 1, 4194303, 25165813, 46137344},
	} {
		name := fmt.Sprintf("(784, %d;%d)", c.n1, c.n2)
		equal(t, "Serra"+name, Serra(784, []int{c.n1, c.n2}), c.serra2)
		equal(t, "Serra with 10 outputs"+name, Serra(784, []int{c.n1, c.n2, 10}), c.serra)
		equal(t, "Montufar with 10 outputs"+name, Montufar(784, []int{c.n1, c.n2, 10}), c.montufr)
	}
}

func TestZaslavsky(t *testing.T) {
	t.Parallel()
	for d, counts := range [][]int64{
		{1, 1, 1, 1, 1},
		{1, 2, 3, 4, 5},
		{1, 2, 4, 7, 11, 16, 22}, // lines in the plane
		{1, 2, 4, 8, 15, 26, 42}, // planes in space
	} {
		for n, want := range counts {
			equal(t, fmt.Sprintf("Zaslavsky(%d,%d)", n, d), Zaslavsky(n, d), want)
		}
	}
	equal(t, "Zaslavsky(40,1000)", Zaslavsky(40, 1000), 1<<40)
	// Arrangements in special position have fewer parts. Threshold functions
	// of n variables are the parts of 2^n hyperplanes in n+1 dimensions.
	for i, parts := range []int64{4, 14, 104, 1882, 94572, 15028134} {
		if n := i + 1; Zaslavsky(1<<n, n+1).Cmp(big.NewInt(parts)) < 0 {
			t.Errorf("Zaslavsky(2^%d, %d) is below the %d threshold functions", n, n+1, parts)
		}
	}
	// The braid arrangement is essentially of dimension n-1.
	for n, parts := 2, int64(2); n < 9; n, parts = n+1, parts*int64(n+1) {
		if Zaslavsky(n*(n-1)/2, n-1).Cmp(big.NewInt(parts)) < 0 {
			t.Errorf("Zaslavsky is below the %d parts of the braid arrangement, n = %d", parts, n)
		}
	}
}

// serraOverJ sums over the set J as Theorem 1 states it.
func serraOverJ(n0 int, sizes []int) int64 {
	var choose func(l, product, limit int) int64
	choose = func(l, product, limit int) int64 {
		if l == len(sizes) {
			return int64(product)
		}
		s, n, c := int64(0), sizes[l], 1
		for j := 0; j <= min(limit, n); j++ {
			s += choose(l+1, product*c, min(limit, n-j))
			c = c * (n - j) / (j + 1)
		}
		return s
	}
	return choose(0, 1, n0)
}

func TestSerraOverJ(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 400 {
		n0 := r.IntN(7)
		sizes := make([]int, r.IntN(5))
		for l := range sizes {
			sizes[l] = r.IntN(8)
		}
		equal(t, fmt.Sprintf("Serra(%d,%v)", n0, sizes), Serra(n0, sizes), serraOverJ(n0, sizes))
	}
}

func TestOrderOfFormulas(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		n0 := r.IntN(30)
		sizes := make([]int, r.IntN(6))
		units := 0
		for l := range sizes {
			sizes[l] = r.IntN(30)
			units += sizes[l]
		}
		chain := []*big.Int{Hinz(n0, sizes), Serra(n0, sizes), Montufar(n0, sizes), Unstable(units)}
		for i := range 3 {
			if chain[i].Cmp(chain[i+1]) > 0 {
				t.Errorf("n0 = %d, sizes %v: %v is not in order", n0, sizes, chain)
			}
		}
	}
}

func TestSpecialShapes(t *testing.T) {
	t.Parallel()
	// On an interval layers of 3 units or more attain prod (n_l + 1).
	equal(t, "Serra on an interval", Serra(1, []int{3, 4, 5}), 4*5*6)
	equal(t, "Serra of a point", Serra(0, []int{5, 6}), 1)
	equal(t, "Montufar of a point", Montufar(0, []int{5, 6}), 1)
	equal(t, "Hinz of a point", Hinz(0, []int{5, 6}), 1)
	equal(t, "Serra without layers", Serra(9, nil), 1)
	equal(t, "Montufar without layers", Montufar(9, nil), 1)
	equal(t, "Serra with an empty layer", Serra(9, []int{3, 0, 4}), 8)
	equal(t, "Unstable", Unstable(0), 1)
	equal(t, "Unstable", Unstable(33), 1<<33)
}

func TestNegativeArgumentsPanic(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]func(){
		"Zaslavsky n": func() { Zaslavsky(-1, 2) },
		"Zaslavsky d": func() { Zaslavsky(1, -2) },
		"Serra":       func() { Serra(-1, nil) },
		"Montufar":    func() { Montufar(2, []int{3, -1}) },
		"Hinz":        func() { Hinz(2, []int{-1}) },
		"Unstable":    func() { Unstable(-1) },
		"Activation":  func() { Activation(-1, nil) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: a negative argument is taken", name)
				}
			}()
			f()
		}()
	}
}

func BenchmarkSerra784_256_256_10(b *testing.B) {
	for b.Loop() {
		Serra(784, []int{256, 256, 10})
	}
}

func BenchmarkSerra10x100(b *testing.B) {
	sizes := make([]int, 10)
	for l := range sizes {
		sizes[l] = 100
	}
	for b.Loop() {
		Serra(784, sizes)
	}
}
