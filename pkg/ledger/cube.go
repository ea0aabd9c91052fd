package ledger

import (
	"cmp"
	"fmt"
	"math/big"
	"strings"

	"relucount/pkg/phrase"
	"relucount/pkg/record"
)

// cubes is what is known of the cubes of all partitions.
type cubes struct{ answers[cubeKey, cube] }

func keepCubes() shelf { return cubes{newAnswers[cubeKey, cube]()} }

// partition tells the partitions of a network into cubes apart.
type partition struct {
	digest string
	of     int
}

func (a partition) String() string {
	return fmt.Sprintf("%s (%s)", phrase.Several(a.of, "cube"), phrase.Plain(a.digest))
}

// cubeKey tells cubes apart.
type cubeKey struct {
	partition
	cube int
}

func (a cubeKey) compare(b cubeKey) int {
	return cmp.Or(cmp.Compare(a.digest, b.digest), cmp.Compare(a.of, b.of), cmp.Compare(a.cube, b.cube))
}

// cube is all that was said about one cube.
type cube struct {
	counts counting
	limit  *big.Int // the smallest upper bound of cube records, or nil
}

func (c *cube) counted() bool { return c.counts.best.regions != nil }

// readCube reads the upper bound of a cube. A cube without one is a question
// and says nothing.
func readCube(line *record.Line) (program, fact, error) {
	var c record.Cube
	if err := line.Decode(&c); err != nil || c.Upper == "" {
		return program{}, nil, err
	}
	if err := record.CheckCube(c.Cube, c.Of, c.Partition); err != nil {
		return program{}, nil, err
	}
	n, err := natural("upper", c.Upper)
	return program{milp: c.Milp, content: c.Content}, func(e *entry) {
		to := on[cubes](e).at(cubeKey{partition{c.Partition, c.Of}, c.Cube})
		if compareUppers(n, to.limit) < 0 {
			to.limit = n
		}
	}, err
}

// upper returns the upper bound of a cube, or nil, and how many decisions that
// it rests on were doubtful: that of an exact count, or else the smaller of
// those of its counts and its cube records. What contradicts an exact count is
// said elsewhere.
func (c *cube) upper() (upper *big.Int, doubtful int) {
	if n := c.counts.tightest(); n != nil && (n.exact || compareUppers(n.upper, c.limit) < 0) {
		return n.upper, n.doubtful
	}
	return c.limit, 0
}

// joined is what the counts of the cubes of one partition come to together.
type joined struct {
	count
	partition
	any     bool  // whether any cube was counted
	unsure  int   // doubtful decisions of the counts that the upper bound rests on
	missing []int // cubes without a count
	open    []int // cubes without an exact one
}

// joins adds up the best counts of the cubes of each partition, and the best
// upper bound of each cube when all have one.
func (s cubes) joins() []joined {
	var out []joined
	alike := func(a, b cubeKey) bool { return a.partition == b.partition }
	for _, keys := range runs(s.keys(cubeKey.compare), alike) {
		j := joined{partition: keys[0].partition, count: count{regions: new(big.Int), lower: new(big.Int), upper: new(big.Int)}}
		next := 0
		for _, k := range keys {
			j.skip(next, k.cube)
			j.add(k.cube, s.by[k])
			next = k.cube + 1
		}
		j.skip(next, j.of)
		j.exact = len(j.missing)+len(j.open) == 0
		if !j.exact {
			j.why = fmt.Sprintf("%d of %s counted to the end", j.of-len(j.missing)-len(j.open), phrase.Several(j.of, "cube"))
		}
		out = append(out, j)
	}
	return out
}

// skip notes that nothing is known of some cubes.
func (j *joined) skip(from, to int) {
	for i := from; i < to; i++ {
		j.missing, j.upper = append(j.missing, i), nil
	}
}

func (j *joined) add(number int, c *cube) {
	upper, doubtful := c.upper()
	if upper == nil {
		j.upper = nil
	} else if j.upper != nil {
		j.upper.Add(j.upper, upper)
		j.unsure += doubtful
	}
	if !c.counted() {
		j.missing = append(j.missing, number)
		return
	}
	j.any = true
	best := c.counts.best
	if !best.exact {
		j.open = append(j.open, number)
	}
	j.regions.Add(j.regions, best.regions)
	j.lower.Add(j.lower, best.lower)
	j.doubtful += best.doubtful
}

func (s cubes) claims() (atLeast, atMost []claim) {
	for _, j := range s.joins() {
		if j.exact {
			exact := claim{from: fromCubes, n: j.regions, text: fmt.Sprintf("the exact count %v of %s%s", j.regions, j.partition, inBrackets(j.doubtful))}
			atLeast, atMost = append(atLeast, exact), append(atMost, exact)
			continue
		}
		if j.lower.Sign() > 0 {
			text := fmt.Sprintf("the count of at least %v of %s%s", j.lower, j.partition, inBrackets(j.doubtful))
			atLeast = append(atLeast, claim{from: fromCubes, n: j.lower, text: text})
		}
		if j.upper != nil {
			text := fmt.Sprintf("the upper bound %v of %s%s", j.upper, j.partition, inBrackets(j.unsure))
			atMost = append(atMost, claim{from: fromCubes, n: j.upper, text: text})
		}
	}
	return atLeast, atMost
}

func (s cubes) contradictions(*entry) []string {
	var out []string
	for _, k := range s.keys(cubeKey.compare) {
		if c := s.by[k]; c.counted() {
			out = append(out, c.counts.contradictions(record.CubeScope(k.cube, k.of, k.digest), c.limit)...)
		}
	}
	return out
}

// exact is the sum of a partition that has an exact count of each cube, the one
// with the fewest doubts.
func (s cubes) exact() *count {
	var best *count
	for _, j := range s.joins() {
		if j.exact && (best == nil || j.count.compare(*best) < 0) {
			best = &j.count
		}
	}
	return best
}

func (s cubes) found() []finding {
	var out []finding
	for _, j := range s.joins() {
		if j.any && !j.exact {
			out = append(out, finding{fromCubes, j.lower})
		}
	}
	return out
}

func (s cubes) uppers() []upper {
	var out []upper
	for _, j := range s.joins() {
		if j.upper != nil {
			out = append(out, counted(j.upper))
		}
	}
	return out
}

// incomplete says which cubes are left to count.
func (s cubes) incomplete() []string {
	var out []string
	for _, j := range s.joins() {
		var parts []string
		if len(j.missing) > 0 {
			parts = append(parts, "no count of "+phrase.Ranges(j.missing))
		}
		if len(j.open) > 0 {
			parts = append(parts, "no exact count of "+phrase.Ranges(j.open))
		}
		out = append(out, fmt.Sprintf("%s: %s", j.partition, strings.Join(parts, ", ")))
	}
	return out
}

func (s cubes) costs() []record.Stats {
	var out []record.Stats
	for _, c := range s.by {
		if c.counted() {
			out = append(out, c.counts.costs()...)
		}
	}
	return out
}

func (s cubes) describe(from *record.Sources) {
	for _, j := range s.joins() {
		c := j.count.about(j.partition.String())
		c.Partition, c.Of, c.Missing, c.Open = j.digest, j.of, j.missing, j.open
		from.Counts = append(from.Counts, c)
	}
}
