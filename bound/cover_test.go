package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"relucount/pkg/capacity"
	"relucount/pkg/cli"
)

// hard returns sets for which the short search does not find the largest cover.
func hard(t *testing.T, universe, k int) (sets [][]int, reach int) {
	t.Helper()
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 5))
		sets = nil
		for range universe {
			set := rng.Perm(universe)[:3+rng.IntN(3)]
			sets = append(sets, set)
		}
		if reach, exact, err := (capacity.Search{Nodes: searchNodes}).MaxCover(sets, universe, k); err != nil {
			t.Fatal(err)
		} else if !exact {
			return sets, reach
		}
	}
	t.Fatal("no hard sets drawn")
	return nil, 0
}

// Where the short search ends early HiGHS finds what a long one does. What it
// may not finish is an upper bound, and said not to be exact.
func TestMaxCover(t *testing.T) {
	const universe, k = 60, 16
	sets, early := hard(t, universe, k)
	want, exact, err := capacity.Search{Nodes: 1 << 26}.MaxCover(sets, universe, k)
	if err != nil || !exact {
		t.Fatal(want, exact, err)
	}
	c := coverer{ctx: t.Context()}
	if got, exact, err := c.MaxCover(sets, universe, k); err != nil || !exact || got != want || c.mips != 1 || c.spent <= 0 {
		t.Errorf("%d (%v), want %d; %v; %+v", got, exact, want, err, c)
	}
	if early < want {
		t.Errorf("the short search says at most %d of %d", early, want)
	}
	hasty := coverer{ctx: t.Context(), limit: time.Nanosecond}
	for solve := range 3 { // out of time in the first, which takes the time for all
		got, exact, err := hasty.MaxCover(sets, universe, k)
		if err != nil || exact || got < want || got > early || hasty.mips != 1 {
			t.Errorf("solve %d: %d (%v), want %d to %d; %v; %+v", solve, got, exact, want, early, err, hasty)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := (&coverer{ctx: ctx}).MaxCover(sets, universe, k); !errors.Is(err, cli.ErrInterrupted) {
		t.Error(err)
	}
}
