package parity

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"relucount/pkg/record"
)

// falseAlarm is the probability with which each chi-square test below would
// fail for a perfect generator. Draws are a function of their arguments, so a
// test that passes once always does.
const falseAlarm = 1e-4

// fair reports the chi-square statistic of counts that should be equal when
// it is beyond its quantile.
func fair(t *testing.T, what string, counts []int) {
	t.Helper()
	n := 0
	for _, c := range counts {
		n += c
	}
	want := float64(n) / float64(len(counts))
	if want < 20 {
		t.Fatalf("%s: %g expected in a class: too few for a chi-square test", what, want)
	}
	x := 0.0
	for _, c := range counts {
		x += (float64(c) - want) * (float64(c) - want) / want
	}
	if d := (distuv.ChiSquared{K: float64(len(counts) - 1)}); x > d.Quantile(1-falseAlarm) {
		t.Errorf("%s: chi-square %.1f with %d classes: %v", what, x, len(counts), counts)
	}
}

func TestDrawIsAFunction(t *testing.T) {
	t.Parallel()
	units := []int{2, 3, 5, 7, 11, 13}
	draw := func(rows int, size record.Size, seed, milp string, trial int) []record.ParityRow {
		return Draw(units, rows, size, seed, milp, trial)
	}
	a := draw(40, 3, "s", "m", 4)
	for range 3 { // whatever was drawn between
		draw(7, record.Half, "s", "m", 4)
		if b := draw(40, 3, "s", "m", 4); !reflect.DeepEqual(a, b) {
			t.Fatal("the same arguments gave other rows")
		}
	}
	if b := draw(10, 3, "s", "m", 4); !reflect.DeepEqual(a[:10], b) {
		t.Error("fewer rows are not the first of more")
	}
	for what, b := range map[string][]record.ParityRow{
		"seed":  draw(40, 3, "t", "m", 4),
		"milp":  draw(40, 3, "s", "n", 4),
		"trial": draw(40, 3, "s", "m", 5),
		// the parts of the key must not run into each other
		"seed and milp": draw(40, 3, "sm", "", 4),
		"quotes":        draw(40, 3, `s" "m`, "m", 4),
	} {
		if reflect.DeepEqual(a, b) {
			t.Errorf("another %s gave the same rows", what)
		}
	}
	if reflect.DeepEqual(draw(40, 6, "s", "m", 4), draw(40, 7, "s", "m", 4)) {
		t.Error("rows of size 6 and 7 over 6 units have the same right-hand sides")
	}
}

func TestDrawSizes(t *testing.T) {
	t.Parallel()
	units := []int{1, 4, 6, 9}
	for size := record.Size(1); size <= 6; size++ {
		for _, r := range Draw(units, 50, size, "s", "m", 0) {
			if len(r.Units) != min(int(size), len(units)) {
				t.Errorf("size %v: %v", size, r.Units)
			}
		}
	}
	for _, size := range []record.Size{record.Half, 1, 3, 9} {
		for _, r := range Draw(units, 50, size, "s", "m", 1) {
			if !slices.IsSorted(r.Units) || len(slices.Compact(slices.Clone(r.Units))) != len(r.Units) {
				t.Errorf("size %v: %v is no ascending set", size, r.Units)
			}
			for _, u := range r.Units {
				if !slices.Contains(units, u) {
					t.Errorf("size %v: unit %d was not among %v", size, u, units)
				}
			}
		}
		for _, r := range Draw(nil, 5, size, "s", "m", 1) {
			if r.Units == nil || len(r.Units) != 0 {
				t.Errorf("size %v over no units: %#v", size, r.Units)
			}
		}
		if r := Draw(units, 0, size, "s", "m", 1); len(r) != 0 {
			t.Errorf("no rows asked for: %v", r)
		}
	}
}

// TestDrawIsUniform: with size K each set of K units is equally likely, with
// half each set at all, and a right-hand side is fair whatever the set.
func TestDrawIsUniform(t *testing.T) {
	t.Parallel()
	units := []int{0, 1, 2, 5, 6, 8}
	for _, size := range []record.Size{1, 2, 3, 5, 6, record.Half} {
		for seed := range 3 {
			classes := map[string]int{}
			var sets []int
			odd := make([]int, 2)
			var first, last []int // the same over the first and the 20th row of a trial
			for trial := range 400 {
				rows := Draw(units, 20, size, fmt.Sprint(seed), "m", trial)
				for i, r := range rows {
					class := fmt.Sprint(r.Units, r.Odd)
					if _, ok := classes[class]; !ok {
						classes[class] = len(sets)
						sets, first, last = append(sets, 0), append(first, 0), append(last, 0)
					}
					sets[classes[class]]++
					odd[map[bool]int{false: 0, true: 1}[r.Odd]]++
					if i == 0 {
						first[classes[class]]++
					} else if i == len(rows)-1 {
						last[classes[class]]++
					}
				}
			}
			want := 1 << (len(units) + 1)
			if size != record.Half {
				want = 2 * choose(len(units), int(size))
			}
			what := fmt.Sprintf("size %v, seed %d", size, seed)
			if len(sets) != want {
				t.Errorf("%s: %d sets with right-hand sides, %d expected", what, len(sets), want)
				continue
			}
			fair(t, what, sets)
			fair(t, what+": right-hand sides", odd)
			if 400/want >= 20 {
				fair(t, what+": first rows", first)
				fair(t, what+": last rows", last)
			}
		}
	}
}

// TestRowsAreIndependent: consecutive rows, and the same row of consecutive
// trials, say nothing about each other.
func TestRowsAreIndependent(t *testing.T) {
	t.Parallel()
	units := []int{0, 1, 2}
	next, across := make([]int, 16*16), make([]int, 16*16)
	class := func(r record.ParityRow) (c int) {
		for _, u := range r.Units {
			c |= 1 << u
		}
		if r.Odd {
			c |= 8
		}
		return c
	}
	var before []record.ParityRow
	for trial := range 800 {
		rows := Draw(units, 20, record.Half, "s", "m", trial)
		for i := 0; i < len(rows); i += 2 {
			next[16*class(rows[i])+class(rows[i+1])]++
		}
		if trial%2 == 1 {
			for i := range rows {
				across[16*class(before[i])+class(rows[i])]++
			}
		}
		before = rows
	}
	fair(t, "consecutive rows", next)
	fair(t, "consecutive trials", across)
}

// TestDrawKeepsHalf: a row keeps a fixed pattern with probability 1/2, and k
// rows keep it with probability 2^-k, for every size.
func TestDrawKeepsHalf(t *testing.T) {
	t.Parallel()
	units := []int{0, 1, 2, 3, 4, 5, 6, 7}
	for _, size := range []record.Size{1, 2, 5, record.Half} {
		for _, pattern := range []int{0, 0xff, 0x35} {
			on := func(u int) bool { return pattern>>u&1 == 1 }
			survived := make([]int, 5) // rows survived, 4 or more last
			for trial := range 2000 {
				r := 0
				for _, row := range Draw(units, 4, size, fmt.Sprint("k", pattern), "m", trial) {
					if !Satisfies(row, on) {
						break
					}
					r++
				}
				survived[r]++
			}
			x := 0.0
			for r, n := range survived {
				p := math.Exp2(-float64(min(r+1, 4)))
				x += (float64(n) - 2000*p) * (float64(n) - 2000*p) / (2000 * p)
			}
			if x > (distuv.ChiSquared{K: 4}).Quantile(1-falseAlarm) {
				t.Errorf("size %v, pattern %x: %v", size, pattern, survived)
			}
		}
	}
}

func choose(n, k int) int {
	c := 1
	for i := range k {
		c = c * (n - i) / (i + 1)
	}
	return c
}
