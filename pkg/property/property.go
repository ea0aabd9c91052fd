// Package property says which seeds a property test takes: all of them, or a
// sample when go test has -short. Every test draws what it tries from its seed
// alone, so a sample can only fail where the whole does.
package property

import (
	"iter"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"
)

// Variable is the environment variable that repeats a sample.
const Variable = "PROPERTY_SEED"

// Seeds returns 0, 1, ..., all-1, or, with -short, some of them in ascending
// order. A test that fails prints what repeats the sample.
func Seeds(t testing.TB, all, some int) iter.Seq[uint64] {
	t.Helper()
	if !testing.Short() || some >= all {
		return func(yield func(uint64) bool) {
			for s := uint64(0); s < uint64(all) && yield(s); s++ {
			}
		}
	}
	draw := drawn(t)
	t.Logf("%d of %d seeds, drawn with %s=%d", some, all, Variable, draw)
	chosen := rand.New(rand.NewPCG(draw, 0)).Perm(all)[:some]
	slices.Sort(chosen)
	return func(yield func(uint64) bool) {
		for _, s := range chosen {
			if !yield(uint64(s)) {
				return
			}
		}
	}
}

// Anew returns seeds that are others each time: all of them, or, with -short,
// some. A test that fails prints what repeats them.
func Anew(t testing.TB, all, some int) iter.Seq[uint64] {
	t.Helper()
	n := all
	if testing.Short() {
		n = min(some, all)
	}
	draw := drawn(t)
	t.Logf("%d seeds, drawn with %s=%d", n, Variable, draw)
	return func(yield func(uint64) bool) {
		for i := range uint64(n) {
			if !yield(draw + i) {
				return
			}
		}
	}
}

// drawn is what a sample is drawn with.
func drawn(t testing.TB) uint64 {
	t.Helper()
	v := os.Getenv(Variable)
	if v == "" {
		return uint64(time.Now().UnixNano())
	}
	draw, err := strconv.ParseUint(v, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", Variable, err)
	}
	return draw
}
