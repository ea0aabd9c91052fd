package capacity

import (
	mathbits "math/bits"
	"math/rand/v2"
	"slices"
	"testing"
)

// bruteCover is the largest union of k sets over all choices.
func bruteCover(sets [][]int, k int) int {
	best := 0
	for choice := range 1 << len(sets) {
		if mathbits.OnesCount(uint(choice)) > k {
			continue
		}
		union := map[int]bool{}
		for j, s := range sets {
			if choice>>j&1 == 1 {
				for _, e := range s {
					union[e] = true
				}
			}
		}
		best = max(best, len(union))
	}
	return best
}

func randomSets(r *rand.Rand, count, universe int, density float64) [][]int {
	sets := make([][]int, count)
	for j := range sets {
		for e := range universe {
			if r.Float64() < density {
				sets[j] = append(sets[j], e)
			}
		}
	}
	return sets
}

func TestSearchAgainstBruteForce(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(9, 10))
	hasty := 0
	for range 300 {
		universe := r.IntN(90)
		sets := randomSets(r, r.IntN(10), universe, []float64{0.1, 0.3, 0.6}[r.IntN(3)])
		k := r.IntN(8)
		want := bruteCover(sets, k)
		if v, exact, err := (Search{Nodes: 1e6}).MaxCover(sets, universe, k); err != nil || !exact || v != want {
			t.Fatalf("%d of %v: %d, %v, %v, want %d", k, sets, v, exact, err, want)
		}
		v, exact, err := Search{Nodes: r.IntN(12)}.MaxCover(sets, universe, k)
		if err != nil || v < want || exact && v != want {
			t.Fatalf("%d of %v, few nodes: %d, %v, %v, want %d", k, sets, v, exact, err, want)
		}
		if !exact {
			hasty++
		}
	}
	if hasty == 0 {
		t.Error("the node limit was never met")
	}
}

func TestSearchErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sets        [][]int
		universe, k int
	}{{[][]int{{0, 3}}, 3, 1}, {[][]int{{-1}}, 3, 1}, {nil, -1, 1}, {nil, 1, -1}} {
		if _, _, err := (Search{Nodes: 10}).MaxCover(c.sets, c.universe, c.k); err == nil {
			t.Errorf("%+v is taken", c)
		}
	}
}

// asked notes what the coverage profile leaves to a solver.
type asked struct {
	t     *testing.T
	calls []int
}

func (a *asked) MaxCover(sets [][]int, universe, k int) (int, bool, error) {
	a.calls = append(a.calls, k)
	seen := make([]bool, universe)
	for _, s := range sets {
		for _, e := range s {
			seen[e] = true
		}
	}
	if slices.Contains(seen, false) || k < 2 || k >= len(sets) {
		a.t.Errorf("asked for %d of %v, universe %d", k, sets, universe)
	}
	for j, s := range sets {
		for o, q := range sets {
			if j != o && !slices.ContainsFunc(s, func(e int) bool { return !slices.Contains(q, e) }) {
				a.t.Errorf("%v is within %v", s, q)
			}
		}
	}
	return bruteCover(sets, k), true, nil
}

func TestCoverage(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(11, 12))
	calls, values := 0, 0
	for range 300 {
		universe := 1 + r.IntN(80)
		lists := randomSets(r, r.IntN(10), universe, []float64{0.03, 0.1, 0.3, 0.6}[r.IntN(4)])
		sets := make([]bits, len(lists))
		for j, s := range lists {
			sets[j] = newBits(universe)
			for _, e := range s {
				sets[j].set(e)
			}
		}
		solver := &asked{t: t}
		f, exact, err := coverage(sets, solver)
		if err != nil || !exact || len(f) != len(sets)+1 {
			t.Fatal(f, exact, err)
		}
		for k := range f {
			if want := bruteCover(lists, k); f[k] != want {
				t.Fatalf("%d of %v: %d, want %d", k, lists, f[k], want)
			}
		}
		calls, values = calls+len(solver.calls), values+len(f)
	}
	t.Logf("%d solver calls for %d values", calls, values)
	if calls == 0 || 4*calls > values {
		t.Errorf("%d solver calls for %d values", calls, values)
	}
}

// An inexact answer about a larger k bounds the smaller ones too.
func TestSharpen(t *testing.T) {
	t.Parallel()
	p := &profile{all: 20, lower: []int{0, 6, 9, 12, 20}, upper: []int{0, 6, 20, 13, 20}}
	p.sharpen()
	if want := []int{0, 6, 12, 13, 17}; !slices.Equal(p.upper, want) {
		t.Errorf("upper %v, want %v", p.upper, want)
	}
	p = &profile{all: 9, lower: []int{0, 4, 6, 9}, upper: []int{0, 9, 9, 9}}
	p.sharpen()
	if want := []int{0, 4, 6, 9}; !slices.Equal(p.lower, want) {
		t.Errorf("lower %v, want %v", p.lower, want)
	}
	p = &profile{all: 9, lower: []int{0, 1, 1, 8, 8}, upper: []int{0, 9, 9, 9, 9}}
	p.sharpen()
	if want := []int{0, 3, 6, 8, 9}; !slices.Equal(p.lower, want) {
		t.Errorf("lower %v, want %v", p.lower, want)
	}
}
