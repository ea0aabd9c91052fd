package ledger

import (
	"cmp"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"relucount/pkg/phrase"
	"relucount/pkg/record"
)

// counts is the counts of the whole and of parts, by scope. A part has a name
// that the user gave it, and nothing is known of how parts overlap.
type counts struct {
	answers[string, counting]
	stops map[string]Stop // of counts of the whole, by all that they say
}

func keepCounts() shelf { return counts{newAnswers[string, counting](), map[string]Stop{}} }

// counting is all that was said about the number of regions of one scope.
type counting struct {
	best  count
	exact []count // of different numbers, ascending: more than one is a contradiction
	found *count  // the inexact one with the largest lower bound
	tight *count  // the inexact one with the smallest upper bound, or nil
	back  []handback
}

// count is one count of a scope. Of an exact one lower and upper are regions.
type count struct {
	regions  *big.Int // found
	lower    *big.Int // those found, or more
	upper    *big.Int // nil when not known
	exact    bool
	doubtful int
	why      string
	stats    record.Stats

	certified bool // by a proof
	boundary  string
}

func readCount(line *record.Line) (program, fact, error) {
	var c record.Count
	if err := line.Decode(&c); err != nil {
		return program{}, nil, err
	}
	if c.Scope == "" {
		return program{}, nil, errors.New("scope is missing")
	}
	if c.Doubtful < 0 {
		return program{}, nil, fmt.Errorf("doubtful: %d", c.Doubtful)
	}
	ofCube := c.Cube != nil || c.Of != 0 || c.Partition != ""
	if ofCube && c.Cube == nil {
		return program{}, nil, errors.New("cube is missing")
	}
	if ofCube {
		if err := record.CheckCube(*c.Cube, c.Of, c.Partition); err != nil {
			return program{}, nil, err
		}
	}
	left, err := readLeft(&c)
	if err != nil {
		return program{}, nil, fmt.Errorf("left.%w", err)
	}
	n, err := newCount(&c)
	if c.Define != "" && c.Define != record.DefineRegions {
		if ofCube || c.Scope != record.Whole {
			return program{}, nil, fmt.Errorf("define: %q of a part of the regions", c.Define)
		}
		return program{c.Milp, c.Content, c.Edited}, func(e *entry) {
			on[defined](e).at(definition{c.Define, c.Outputs}).add(n)
		}, err
	}
	by := version(c.Prov)
	return program{c.Milp, c.Content, c.Edited}, func(e *entry) {
		var to *counting
		if ofCube {
			to = on[cubes](e).at(cubeKey{partition{c.Partition, c.Of, c.Rest}, *c.Cube}).of(by)
		} else {
			to = on[counts](e).at(c.Scope)
			if c.Scope == record.Whole {
				on[counts](e).stop(n)
			}
		}
		to.add(n)
		if left != nil {
			to.giveBack(handback{n, by, *left})
		}
	}, err
}

// newCount reads the figures of a count and checks them against each other.
// Older records have no bounds: at least those found are certain.
func newCount(c *record.Count) (count, error) {
	out := count{exact: c.Exact, doubtful: c.Doubtful, why: c.Why, boundary: c.Boundary, stats: cost(c.Stats)}
	var err error
	if out.regions, err = natural("regions", c.Regions); err != nil {
		return out, err
	}
	out.lower = out.regions
	if c.Exact {
		out.upper = out.regions
	}
	if c.Lower != "" {
		if out.lower, err = natural("lower", c.Lower); err != nil {
			return out, err
		}
	}
	if c.Upper != "" {
		if out.upper, err = natural("upper", c.Upper); err != nil {
			return out, err
		}
	}
	switch {
	case c.Exact && out.lower.Cmp(out.regions) != 0:
		return out, fmt.Errorf("lower: %v of an exact count of %v", out.lower, out.regions)
	case c.Exact && out.upper.Cmp(out.regions) != 0:
		return out, fmt.Errorf("upper: %v of an exact count of %v", out.upper, out.regions)
	case out.lower.Cmp(out.regions) < 0:
		return out, fmt.Errorf("lower: %v, but %v regions were found", out.lower, out.regions)
	case out.upper != nil && out.upper.Cmp(out.lower) < 0:
		return out, fmt.Errorf("upper: %v is less than the lower bound %v", out.upper, out.lower)
	}
	return out, nil
}

func (t *counting) add(c count) {
	if t.best.regions == nil || c.compare(t.best) < 0 {
		t.best = c
	}
	if !c.exact {
		if t.found == nil || c.compare(*t.found) < 0 {
			t.found = &c
		}
		if c.upper != nil && (t.tight == nil || cmp.Or(c.upper.Cmp(t.tight.upper), c.compare(*t.tight)) < 0) {
			t.tight = &c
		}
		return
	}
	i, ok := slices.BinarySearchFunc(t.exact, c, func(a, b count) int { return a.regions.Cmp(b.regions) })
	switch {
	case !ok:
		t.exact = slices.Insert(t.exact, i, c)
	case c.compare(t.exact[i]) < 0:
		t.exact[i] = c
	}
}

// compare prefers exact to inexact, a larger lower bound and then more regions
// of inexact ones, and of exact ones, which should agree, those with fewer
// doubts.
func (a count) compare(b count) int {
	doubt, more := cmp.Compare(a.doubtful, b.doubtful), b.regions.Cmp(a.regions)
	kind := []int{b.lower.Cmp(a.lower), more, doubt}
	if a.exact {
		kind = []int{doubt, -more}
	}
	return cmp.Or(compareBools(b.exact, a.exact), cmp.Or(kind...), compareUppers(a.upper, b.upper),
		cmp.Compare(a.why, b.why), cmp.Compare(a.boundary, b.boundary), compareStats(a.stats, b.stats))
}

// tightest returns the count whose upper bound is to be used, or nil: the exact
// one, or else the one with the smallest.
func (t *counting) tightest() *count {
	if t.best.exact {
		return &t.best
	}
	return t.tight
}

// costs returns what the counts used have cost: the best one and, when that is
// another, the one that has the upper bound.
func (t *counting) costs() []record.Stats {
	out := []record.Stats{t.best.stats}
	if c := t.tightest(); c != nil && c.compare(t.best) != 0 {
		out = append(out, c.stats)
	}
	return out
}

// claims returns what the counts claim about their scope.
func (t *counting) claims(from origin, of string) (atLeast, atMost []claim) {
	for _, c := range t.exact {
		exact := claim{from: from, n: c.regions, text: fmt.Sprintf("the exact count %v%s%s", c.regions, of, inBrackets(c.doubtful))}
		atLeast, atMost = append(atLeast, exact), append(atMost, exact)
	}
	if c := t.found; c != nil {
		text := fmt.Sprintf("the count of at least %v%s%s", c.lower, of, inBrackets(c.doubtful))
		atLeast = append(atLeast, claim{from: from, n: c.lower, text: text})
	}
	if c := t.tight; c != nil {
		text := fmt.Sprintf("the count of at most %v%s%s", c.upper, of, inBrackets(c.doubtful))
		atMost = append(atMost, claim{from: from, n: c.upper, text: text})
	}
	return atLeast, atMost
}

// contradictions compares the counts of one scope with each other, and with an
// upper bound from elsewhere, or nil.
func (t *counting) contradictions(scope string, limit *big.Int) []string {
	var out []string
	atLeast, atMost := t.claims(fromPart, " of "+phrase.Plain(scope))
	if limit != nil {
		atMost = append(atMost, claim{n: limit, text: fmt.Sprintf("the upper bound %v of %s", limit, phrase.Plain(scope))})
	}
	for _, lo := range atLeast {
		out = append(out, lo.above(atMost)...)
	}
	return out
}

// scopes returns the scopes, the whole first.
func (s counts) scopes() []string {
	return s.keys(func(a, b string) int {
		return cmp.Or(compareBools(a != record.Whole, b != record.Whole), cmp.Compare(a, b))
	})
}

func (s counts) claims() (atLeast, atMost []claim) {
	for _, scope := range s.scopes() {
		if scope == record.Whole {
			atLeast, atMost = s.by[scope].claims(fromWhole, "")
			continue
		}
		part, _ := s.by[scope].claims(fromPart, " of "+phrase.Plain(scope)) // a part bounds the whole from below only
		atLeast = append(atLeast, part...)
	}
	return atLeast, atMost
}

// contradictions holds all claims about the whole against each other, and then
// those about each part.
func (s counts) contradictions(e *entry) []string {
	out := e.contradictClaims()
	for _, scope := range s.scopes() {
		if scope != record.Whole {
			out = append(out, s.by[scope].contradictions(scope, nil)...)
		}
	}
	return out
}

func (s counts) exact() *count {
	if t := s.by[record.Whole]; t != nil && t.best.exact {
		return &t.best
	}
	return nil
}

// found is what an inexact count of the whole or any count of a part is sure of:
// the regions of a part are regions of the whole.
func (s counts) found() []finding {
	var out []finding
	for scope, t := range s.by {
		switch {
		case scope != record.Whole:
			out = append(out, finding{fromPart, t.best.lower})
		case t.found != nil:
			out = append(out, finding{fromWhole, t.found.lower})
		}
	}
	return out
}

func (s counts) uppers() []upper {
	if t := s.by[record.Whole]; t != nil && t.tightest() != nil {
		return []upper{counted(t.tightest().upper)}
	}
	return nil
}

// counted is an upper bound that counts give.
func counted(n *big.Int) upper {
	return upper{method: record.ByCount, counted: true, bound: bound{regions: n}}
}

func (s counts) costs() []record.Stats {
	var out []record.Stats
	for _, t := range s.by {
		out = append(out, t.costs()...)
	}
	return out
}

func (s counts) describe(from *record.Sources) {
	for _, scope := range s.scopes() {
		t := s.by[scope]
		c := t.best
		if tight := t.tightest(); tight != nil {
			c.upper = tight.upper
		}
		from.Counts = append(from.Counts, c.about(scope))
	}
}

// about describes a count of a scope.
func (a count) about(scope string) record.CountOf {
	c := record.CountOf{Scope: scope, Number: number(a.regions), Exact: a.exact, Doubtful: a.doubtful, Why: a.why}
	if a.exact {
		return c
	}
	lower := number(a.lower)
	c.Lower = &lower
	if a.upper != nil {
		upper := number(a.upper)
		c.Upper = &upper
	}
	return c
}
