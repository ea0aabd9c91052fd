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
	draw := uint64(time.Now().UnixNano())
	if v := os.Getenv(Variable); v != "" {
		var err error
		if draw, err = strconv.ParseUint(v, 10, 64); err != nil {
			t.Fatalf("%s: %v", Variable, err)
		}
	}
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
