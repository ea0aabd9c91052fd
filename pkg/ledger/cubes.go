package ledger

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"relucount/pkg/record"
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

// addCube enters the upper bound of a cube. A cube without one is a question
// and says nothing.
func (l *Ledger) addCube(line *record.Line) error {
	var c record.Cube
	if err := line.Decode(&c); err != nil {
		return err
	}
	if c.Upper == "" {
		return nil
	}
	if err := record.CheckCube(c.Cube, c.Of, c.Partition); err != nil {
		return err
	}
	n, err := natural("upper", c.Upper)
	if err != nil {
		return err
	}
	e, err := l.at(c.Milp, c.Content, false)
	if err != nil {
		return err
	}
	k := partition{c.Partition, c.Of}
	if e.limits[k] == nil {
		e.limits[k] = map[int]*big.Int{}
	}
	if compareUppers(n, e.limits[k][c.Cube]) < 0 {
		e.limits[k][c.Cube] = n
	}
	return nil
}

// partitions returns the partitions that have counts, or upper bounds of cubes,
// in a fixed order.
func (e *entry) partitions() []partition {
	out := slices.AppendSeq(slices.Collect(maps.Keys(e.cubes)), maps.Keys(e.limits))
	slices.SortFunc(out, partition.compare)
	return slices.Compact(out)
}

// joined is what the counts of the cubes of one partition come to together.
type joined struct {
	count
	unsure  int   // doubtful decisions of the counts that the upper bound rests on
	missing []int // cubes without a count
	open    []int // cubes without an exact one
}

// join adds up the best counts of the cubes, and the best upper bound of each
// cube when all have one.
func (e *entry) join(k partition) joined {
	j := joined{count: count{regions: new(big.Int), lower: new(big.Int), upper: new(big.Int)}}
	for i := range k.of {
		t := e.cubes[k][i]
		upper, doubtful := e.cubeUpper(k, i)
		if upper == nil {
			j.upper = nil
		} else if j.upper != nil {
			j.upper.Add(j.upper, upper)
			j.unsure += doubtful
		}
		if t == nil {
			j.missing = append(j.missing, i)
			continue
		}
		if !t.best.exact {
			j.open = append(j.open, i)
		}
		j.regions.Add(j.regions, t.best.regions)
		j.lower.Add(j.lower, t.best.lower)
		j.doubtful += t.best.doubtful
	}
	j.exact = len(j.missing)+len(j.open) == 0
	if !j.exact {
		j.why = fmt.Sprintf("%d of %s counted to the end", k.of-len(j.missing)-len(j.open), several(k.of, "cube"))
	}
	return j
}

// cubeUpper returns the upper bound of a cube, or nil, and how many decisions
// that it rests on were doubtful: that of an exact count, or else the smaller of
// those of its counts and its cube records. What contradicts an exact count is
// said elsewhere.
func (e *entry) cubeUpper(k partition, i int) (upper *big.Int, doubtful int) {
	upper = e.limits[k][i]
	t := e.cubes[k][i]
	if t == nil {
		return upper, 0
	}
	if c := t.tightest(); c != nil && (c.exact || compareUppers(c.upper, upper) < 0) {
		return c.upper, c.doubtful
	}
	return upper, 0
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
