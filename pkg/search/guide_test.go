package search_test

import (
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"relucount/pkg/affine"
	"relucount/pkg/parity"
	"relucount/pkg/property"
	"relucount/pkg/record"
	"relucount/pkg/search"
)

// leaf is a region of which nothing but the states is known.
type leaf []affine.State

func (l leaf) States() []affine.State { return l }
func (l leaf) Region() search.Region  { return nil }

// TestCountGuide: several workers find no more than the maximum, no calls
// overlap, and the last one ends the count.
func TestCountGuide(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ max, want int64 }{{0, 800}, {1, 1}, {333, 333}, {800, 800}, {5000, 800}} {
		seen, inside := int64(0), false
		var most atomic.Int64
		g := search.NewCount([]bool{true}, nil, c.max, func(search.Region) error {
			if inside {
				t.Error("calls overlap")
			}
			inside = true
			seen++
			inside = false
			return nil
		}, func(n int64) {
			for v := most.Load(); n > v && !most.CompareAndSwap(v, n); v = most.Load() {
			}
		})
		if !g.Each() || len(g.Prefix()) != 1 || len(g.Rows()) != 0 {
			t.Errorf("each %v, prefix %v, rows %v", g.Each(), g.Prefix(), g.Rows())
		}
		var wg sync.WaitGroup
		var ended atomic.Int64
		for range 4 {
			wg.Go(func() {
				for range 200 {
					if !g.Found(leaf{}) {
						ended.Add(1)
					}
				}
			})
		}
		wg.Wait()
		if seen != c.want || g.Regions() != c.want || g.Seen() != c.want || most.Load() != c.want || g.Err() != nil {
			t.Errorf("max %d: %d seen, %d regions, %d noted, progress %d", c.max, seen, g.Regions(), g.Seen(), most.Load())
		}
		if full := c.max > 0 && c.max <= 800; full != (ended.Load() > 0) {
			t.Errorf("max %d: ended %d times", c.max, ended.Load())
		}
	}
}

// TestCountAtOnce: regions that are counted at once may go beyond the maximum,
// which is what is reported.
func TestCountAtOnce(t *testing.T) {
	t.Parallel()
	var last int64
	g := search.NewCount(nil, nil, 10, nil, func(n int64) { last = n })
	if g.Each() {
		t.Error("nobody asks for each region")
	}
	if !g.Counted(4) || last != 4 || g.Regions() != 4 {
		t.Errorf("%d regions, progress %d", g.Regions(), last)
	}
	if g.Counted(9) || last != 10 || g.Regions() != 10 || g.Seen() != 13 {
		t.Errorf("%d regions, %d seen, progress %d", g.Regions(), g.Seen(), last)
	}
}

// TestCountFails: the first error ends the count, and no region comes after it.
func TestCountFails(t *testing.T) {
	t.Parallel()
	full, calls := errors.New("no space left"), 0
	g := search.NewCount(nil, nil, 0, func(search.Region) error {
		if calls++; calls == 3 {
			return full
		}
		return nil
	}, nil)
	for i := range 6 {
		if goOn := g.Found(leaf{}); goOn != (i < 2) {
			t.Errorf("region %d: go on %v", i, goOn)
		}
	}
	if calls != 3 || g.Err() != full {
		t.Errorf("%d calls, %v", calls, g.Err())
	}
}

// TestTrialGuide goes through all patterns of a few units in some order, as a
// search does: of each the guide hears when it satisfies the rows in force.
// In the end it has survived the rows that some pattern satisfies.
func TestTrialGuide(t *testing.T) {
	t.Parallel()
	dead := 0
	for seed := range property.Seeds(t, 400, 80) {
		rng := rand.New(rand.NewPCG(3, seed))
		units := 1 + rng.IntN(5)
		var rows []record.ParityRow
		for range rng.IntN(7) {
			row := record.ParityRow{Odd: rng.IntN(2) == 1}
			for range rng.IntN(units + 2) {
				row.Units = append(row.Units, rng.IntN(units))
			}
			rows = append(rows, row)
		}
		var all []leaf // some patterns, as a network has
		for _, v := range rng.Perm(1 << units)[:1+rng.IntN(1<<units)] {
			l := make(leaf, units)
			for k := range l {
				l[k].On = v>>k&1 == 1
			}
			all = append(all, l)
		}
		satisfies := func(l leaf, rows []record.ParityRow) bool {
			for _, r := range rows {
				if !parity.Satisfies(r, func(u int) bool { return l[u].On }) {
					return false
				}
			}
			return true
		}
		want := 0
		for _, l := range all {
			n := 0
			for n < len(rows) && satisfies(l, rows[:n+1]) {
				n++
			}
			want = max(want, n)
		}
		found := 0
		g := search.NewTrial(units, rows, func(search.Region) { found++ })
		for _, l := range all {
			if satisfies(l, g.Rows()) && !g.Found(l) {
				break
			}
		}
		if g.Survived() != want || found == 0 || len(g.Prefix()) != 0 || !g.Each() {
			t.Errorf("%d: survived %d of %d rows, %d expected", seed, g.Survived(), len(rows), want)
		}
		if g.Dead() {
			dead++
			if inForce := len(g.Rows()); inForce == len(rows) || inForce != want {
				t.Errorf("%d: dead after %d of %d rows", seed, inForce, len(rows))
			}
		}
	}
	if dead == 0 {
		t.Error("no rows contradicted each other")
	}
}

// TestBelow: a prefix allows one state to its units and both to the others.
func TestBelow(t *testing.T) {
	t.Parallel()
	b := search.Below{true, false}
	if len(b.Prefix()) != 2 || b.Rows() != nil || b.Each() || !b.Found(leaf{}) || !b.Counted(5) {
		t.Errorf("%v", b)
	}
	for k, want := range []affine.StateSet{affine.Active, affine.Inactive, affine.Both} {
		if got := search.Allowed(b, k); got != want {
			t.Errorf("unit %d may have %b, %b expected", k, got, want)
		}
	}
}
