package search_test

import (
	"math/big"
	"slices"
	"testing"

	"relucount/pkg/affine"
	"relucount/pkg/search"
)

// powers bounds a cell by 2 to the number of its open units, and notes what it
// is asked.
type powers struct{ on, open [][]bool }

func (p *powers) bound(on, open []bool, _ [][]bool) *big.Int {
	p.on, p.open = append(p.on, slices.Clone(on)), append(p.open, slices.Clone(open))
	n := uint(0)
	for _, v := range open {
		if v {
			n++
		}
	}
	return new(big.Int).Lsh(big.NewInt(1), n)
}

func states(on ...bool) (out []affine.State) {
	for _, v := range on {
		out = append(out, affine.State{On: v})
	}
	return out
}

// TestBounds closes counts that were ended in several ways.
func TestBounds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name         string
		prefix       []bool
		do           func(b *search.Bounds)
		found        int64
		done         bool
		unclear      int64
		lower, upper int64
	}{
		{"done", nil, func(b *search.Bounds) {}, 7, true, 0, 7, 7},
		{"done, with open cells of which nothing came", nil, func(b *search.Bounds) { b.AddOpen(states(true)) }, 7, true, 0, 7, 7},
		{"found alone", nil, func(b *search.Bounds) { b.AddFound(3) }, 3, false, 0, 3, 3},
		{"one open cell", nil, func(b *search.Bounds) { b.AddFound(3); b.AddOpen(states(true, false)) }, 3, false, 0, 3, 3 + 8},
		{"two open cells", nil, func(b *search.Bounds) { b.AddOpen(states(true, false, true)); b.AddOpen(states(false)) }, 0, false, 0, 0, 4 + 16},
		{"more than the whole", nil, func(b *search.Bounds) { b.AddFound(9); b.AddOpen(nil) }, 9, false, 0, 9, 32},
		{"found that no cell has", nil, func(b *search.Bounds) { b.AddOpen(states(true, true, true)) }, 6, false, 0, 6, 4},
		{"anywhere", nil, func(b *search.Bounds) { b.AddFound(2); b.AllOpen() }, 2, false, 0, 2, 32},
		{"HiGHS has failed", nil, func(b *search.Bounds) { b.AddFound(2) }, 2, true, 1, 2, 32},
		{"below a prefix", []bool{true, false}, func(b *search.Bounds) { b.AllOpen() }, 1, false, 0, 1, 8},
		{"an open cell below a prefix", []bool{true, false}, func(b *search.Bounds) { b.AddOpen(states(true, false, true)) }, 0, false, 0, 0, 4},
	} {
		p := &powers{}
		b := search.NewBounds(5, c.prefix, p.bound)
		c.do(b)
		lower, upper := b.Close(c.found, c.done, search.Effort{Unclear: c.unclear})
		if !b.Active() || lower.Cmp(big.NewInt(c.lower)) != 0 || upper.Cmp(big.NewInt(c.upper)) != 0 {
			t.Errorf("%s: from %v to %v, %d to %d expected", c.name, lower, upper, c.lower, c.upper)
		}
		for i, open := range p.open {
			for k, on := range c.prefix {
				if open[k] || p.on[i][k] != on {
					t.Errorf("%s: asked for %v, open %v, below the prefix %v", c.name, p.on[i], open, c.prefix)
				}
			}
		}
	}
}

// TestNoBounds: nil, and bounds that bound nothing, take all calls.
func TestNoBounds(t *testing.T) {
	t.Parallel()
	for _, b := range []*search.Bounds{nil, search.NewBounds(3, nil, nil)} {
		b.AddFound(1)
		b.AddOpen(states(true))
		b.AllOpen()
		if lower, upper := b.Close(1, false, search.Effort{}); b.Active() || lower != nil || upper != nil {
			t.Errorf("active %v, from %v to %v", b.Active(), lower, upper)
		}
	}
}
