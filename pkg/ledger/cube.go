package ledger

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"slices"
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
	rest   bool // of what a count has left, and not of the whole
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
	return cmp.Or(cmp.Compare(a.digest, b.digest), cmp.Compare(a.of, b.of), compareBools(a.rest, b.rest), cmp.Compare(a.cube, b.cube))
}

// cube is all that was said about one cube. What different versions of the tools
// say is kept apart: they may not agree on what a region is.
type cube struct {
	counts map[string]*counting // by version
	limit  *big.Int             // the smallest upper bound of cube records, or nil
	asked  map[string]bool      // versions of the cube records
}

// version returns the version of the tool that made a record, if it says so.
func version(p *record.Prov) string {
	if p == nil {
		return ""
	}
	return p.Version
}

// of returns the counts of a version, to be added to.
func (c *cube) of(version string) *counting {
	if c.counts[version] == nil {
		if c.counts == nil {
			c.counts = map[string]*counting{}
		}
		c.counts[version] = new(counting)
	}
	return c.counts[version]
}

// versions returns the versions that have counted it, in order.
func (c *cube) versions() []string { return slices.Sorted(maps.Keys(c.counts)) }

// all returns the counts of a version; of those of a cube of no version any will do.
func (c *cube) all(version string) []*counting {
	var out []*counting
	for _, v := range c.versions() {
		if v == version || version == "" {
			out = append(out, c.counts[v])
		}
	}
	return out
}

// done reports whether there is an exact count for a cube record of a version.
func (c *cube) done(version string) bool {
	return slices.ContainsFunc(c.all(version), func(t *counting) bool { return t.best.exact })
}

// handbacks returns what counts for a cube record of a version have given back.
func (c *cube) handbacks(version string) []handback {
	var out []handback
	for _, t := range c.all(version) {
		out = append(out, t.back...)
	}
	return out
}

// together has the counts of all versions.
func (c *cube) together() *counting {
	out := new(counting)
	for _, v := range c.versions() {
		t := c.counts[v]
		for _, n := range t.exact {
			out.add(n)
		}
		for _, n := range []*count{t.found, t.tight} {
			if n != nil {
				out.add(*n)
			}
		}
	}
	return out
}

// readCube reads a cube, which is a question, and its upper bound. One without a
// bound says nothing.
func readCube(line *record.Line) (program, fact, error) {
	var c record.Cube
	if err := line.Decode(&c); err != nil {
		return program{}, nil, err
	}
	if err := record.CheckCube(c.Cube, c.Of, c.Partition); err != nil {
		return program{}, nil, err
	}
	var n *big.Int
	var err error
	if c.Upper != "" {
		n, err = natural("upper", c.Upper)
	}
	return program{milp: c.Milp, content: c.Content}, func(e *entry) {
		to := on[cubes](e).at(cubeKey{partition{c.Partition, c.Of, c.Rest}, c.Cube})
		if to.asked == nil {
			to.asked = map[string]bool{}
		}
		to.asked[version(c.Prov)] = true
		if n == nil {
			e.asked++
		}
		if n != nil && compareUppers(n, to.limit) < 0 {
			to.limit = n
		}
	}, err
}

// upper returns the upper bound of a cube, or nil, and how many decisions that
// it rests on were doubtful: that of an exact count, or else the smaller of
// those of its counts, if any, and its cube records. What contradicts an exact
// count is said elsewhere.
func (c *cube) upper(t *counting) (upper *big.Int, doubtful int) {
	if t == nil {
		return c.limit, 0
	}
	if n := t.tightest(); n != nil && (n.exact || compareUppers(n.upper, c.limit) < 0) {
		return n.upper, n.doubtful
	}
	return c.limit, 0
}

// joined is what the counts of the cubes of one partition by one version come to
// together.
type joined struct {
	count
	partition
	by      string         // the version, where several have counted
	any     bool           // whether any cube was counted
	unsure  int            // doubtful decisions of the counts that the upper bound rests on
	missing []int          // cubes without a count
	open    []int          // cubes without an exact one
	costs   []record.Stats // of the counts used
}

func (j *joined) String() string {
	if j.by == "" {
		return j.partition.String()
	}
	return j.partition.String() + " by version " + phrase.Plain(j.by)
}

// joins adds up the best counts of the cubes of each partition of the whole, and
// the best upper bound of each cube when all have one. Counts of different
// versions are never added up.
func (s cubes) joins() []joined {
	var out []joined
	alike := func(a, b cubeKey) bool { return a.partition == b.partition }
	for _, keys := range runs(s.keys(cubeKey.compare), alike) {
		if keys[0].rest || !slices.ContainsFunc(keys, func(k cubeKey) bool { return s.by[k].limit != nil || len(s.by[k].counts) > 0 }) {
			continue
		}
		versions := s.versions(keys)
		for _, v := range versions {
			j := s.join(versioned{keys[0].partition, v}, keys)
			if len(versions) > 1 {
				j.by = cmp.Or(v, "unknown")
			}
			out = append(out, j)
		}
	}
	return out
}

// versions returns the versions that have counted some cubes; at least one.
func (s cubes) versions(keys []cubeKey) []string {
	var out []string
	for _, k := range keys {
		out = append(out, s.by[k].versions()...)
	}
	if len(out) == 0 {
		return []string{""}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// join adds up what a version says of the cubes of a partition, of which keys
// are those of which anything is known.
func (s cubes) join(v versioned, keys []cubeKey) joined {
	j := joined{partition: v.partition, count: count{regions: new(big.Int), lower: new(big.Int), upper: new(big.Int)}}
	next := 0
	for _, k := range keys {
		j.skip(next, k.cube)
		j.add(k.cube, s.by[k], s.by[k].counts[v.version])
		next = k.cube + 1
	}
	j.skip(next, j.of)
	j.exact = len(j.missing)+len(j.open) == 0
	if !j.exact {
		j.why = fmt.Sprintf("%d of %s counted to the end", j.of-len(j.missing)-len(j.open), phrase.Several(j.of, "cube"))
	}
	return j
}

// skip notes that nothing is known of some cubes.
func (j *joined) skip(from, to int) {
	for i := from; i < to; i++ {
		j.missing, j.upper = append(j.missing, i), nil
	}
}

func (j *joined) add(number int, c *cube, t *counting) {
	upper, doubtful := c.upper(t)
	if upper == nil {
		j.upper = nil
	} else if j.upper != nil {
		j.upper.Add(j.upper, upper)
		j.unsure += doubtful
	}
	if t == nil {
		j.missing = append(j.missing, number)
		return
	}
	j.any = true
	j.costs = append(j.costs, t.costs()...)
	best := t.best
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
			exact := claim{from: fromCubes, n: j.regions, text: fmt.Sprintf("the exact count %v of %s%s", j.regions, &j, inBrackets(j.doubtful))}
			atLeast, atMost = append(atLeast, exact), append(atMost, exact)
			continue
		}
		if j.lower.Sign() > 0 {
			text := fmt.Sprintf("the count of at least %v of %s%s", j.lower, &j, inBrackets(j.doubtful))
			atLeast = append(atLeast, claim{from: fromCubes, n: j.lower, text: text})
		}
		if j.upper != nil {
			text := fmt.Sprintf("the upper bound %v of %s%s", j.upper, &j, inBrackets(j.unsure))
			atMost = append(atMost, claim{from: fromCubes, n: j.upper, text: text})
		}
	}
	return atLeast, atMost
}

func (s cubes) contradictions(*entry) []string {
	var out []string
	for _, k := range s.keys(cubeKey.compare) {
		if c := s.by[k]; len(c.counts) > 0 {
			out = append(out, c.together().contradictions(record.CubeScope(k.cube, k.of, k.digest), c.limit)...)
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
	var mixed partition
	for _, j := range s.joins() {
		if j.by != "" && j.partition != mixed {
			mixed = j.partition
			out = append(out, fmt.Sprintf("%s: the counts are of different versions, which are not added up", j.partition))
		}
		var parts []string
		if len(j.missing) > 0 {
			parts = append(parts, "no count of "+phrase.Ranges(j.missing))
		}
		if len(j.open) > 0 {
			parts = append(parts, "no exact count of "+phrase.Ranges(j.open))
		}
		out = append(out, fmt.Sprintf("%s: %s", &j, strings.Join(parts, ", ")))
	}
	return out
}

func (s cubes) costs() []record.Stats {
	var out []record.Stats
	for _, j := range s.joins() {
		out = append(out, j.costs...)
	}
	return out
}

func (s cubes) describe(from *record.Sources) {
	for _, j := range s.joins() {
		c := j.count.about(j.String())
		c.Partition, c.Of, c.Missing, c.Open = j.digest, j.of, j.missing, j.open
		from.Counts = append(from.Counts, c)
	}
}
