package ledger

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// partition tells the partitions of a network into cubes apart.
type partition struct {
	digest string
	of     int
}

func (a partition) compare(b partition) int {
	return cmp.Or(cmp.Compare(a.digest, b.digest), cmp.Compare(a.of, b.of))
}

func (a partition) String() string {
	return fmt.Sprintf("%s (%s)", several(a.of, "cube"), plain(a.digest))
}

// partitions returns the partitions that have counts, in a fixed order.
func (e *entry) partitions() []partition {
	return slices.SortedFunc(maps.Keys(e.cubes), partition.compare)
}

// joined is what the counts of the cubes of one partition come to together.
type joined struct {
	count
	missing []int // cubes without a count
	open    []int // cubes without an exact one
}

// join adds up the best counts of the cubes.
func (e *entry) join(k partition) joined {
	j := joined{count: count{regions: new(big.Int)}}
	for i := range k.of {
		t := e.cubes[k][i]
		if t == nil {
			j.missing = append(j.missing, i)
			continue
		}
		if !t.best.exact {
			j.open = append(j.open, i)
		}
		j.regions.Add(j.regions, t.best.regions)
		j.doubtful += t.best.doubtful
	}
	j.exact = len(j.missing)+len(j.open) == 0
	if !j.exact {
		j.why = fmt.Sprintf("%d of %s counted to the end", k.of-len(j.missing)-len(j.open), several(k.of, "cube"))
	}
	return j
}

// exact returns the exact count, or nil: that of the whole, or else the sum of
// a partition, the one with the fewest doubts.
func (e *entry) exact() *count {
	if t := e.counts[whole]; t != nil && t.best.exact {
		return &t.best
	}
	var best *count
	for k := range e.cubes {
		if c := e.join(k).count; c.exact && (best == nil || c.compare(*best) < 0) {
			best = &c
		}
	}
	return best
}

// incomplete says which cubes are left to count.
func (e *entry) incomplete() []string {
	var out []string
	for _, k := range e.partitions() {
		var parts []string
		j := e.join(k)
		if len(j.missing) > 0 {
			parts = append(parts, "no count of "+ranges(j.missing))
		}
		if len(j.open) > 0 {
			parts = append(parts, "no exact count of "+ranges(j.open))
		}
		out = append(out, fmt.Sprintf("%s: %s", k, strings.Join(parts, ", ")))
	}
	return out
}

// mostRanges is how many ranges are written out: more are of no use to a
// reader.
const mostRanges = 12

// ranges writes ascending numbers, as 3, 7-9.
func ranges(numbers []int) string {
	var out []string
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] == numbers[j]+1 {
			j++
		}
		text := strconv.Itoa(numbers[i])
		if j > i {
			text += "-" + strconv.Itoa(numbers[j])
		}
		if len(out) == mostRanges {
			return fmt.Sprintf("%s and more, %d in all", strings.Join(out, ", "), len(numbers))
		}
		out = append(out, text)
		i = j + 1
	}
	return strings.Join(out, ", ")
}
