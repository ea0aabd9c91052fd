package capacity

import (
	mathbits "math/bits"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestCliques compares the cliques of random graphs with those among all sets.
func TestCliques(t *testing.T) {
	t.Parallel()
	for trial := range 300 {
		r := rand.New(rand.NewPCG(19, uint64(trial)))
		n, d := r.IntN(9), r.IntN(6)
		m := make(Meets, n)
		for i := range m {
			for range i {
				m[i] = append(m[i], r.IntN(3) > 0)
			}
		}
		sizes := make([]int64, min(d, n)+1)
		var want []uint64
		for set := range uint64(1) << n {
			if size := mathbits.OnesCount64(set); size <= d && clique(m, set) {
				sizes[size]++
				want = append(want, set)
			}
		}
		g := newMeeting(m)
		var got []uint64
		if !g.each(d, func(c uint64) { got = append(got, c) }) {
			t.Fatalf("%d: too many cliques", trial)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%d: the cliques of %v are %v, %v expected", trial, m, got, want)
		}
		if bySize, ok := g.sizes(d); !ok || !slices.Equal(bySize, sizes) {
			t.Errorf("%d: %v of each size, %v expected", trial, bySize, sizes)
		}
	}
}

func clique(m Meets, set uint64) bool {
	for i := range m {
		for j := range m[i] {
			if set>>i&1 == 1 && set>>j&1 == 1 && !m[i][j] {
				return false
			}
		}
	}
	return true
}

// TestManyCliques: there is an end to counting them.
func TestManyCliques(t *testing.T) {
	t.Parallel()
	m := make(Meets, 40)
	for i := range m {
		m[i] = slices.Repeat([]bool{true}, i)
	}
	g := newMeeting(m)
	if _, ok := g.sizes(20); ok || g.each(20, func(uint64) {}) {
		t.Error("all have been counted")
	}
	if sizes, ok := g.sizes(2); !ok || !slices.Equal(sizes, []int64{1, 40, 780}) {
		t.Error(sizes, ok)
	}
}
