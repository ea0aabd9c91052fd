package ledger

import (
	"fmt"
	"maps"
	"math/big"
	"slices"

	"relucount/pkg/record"
)

// claim is a certain statement about the number of regions.
type claim struct {
	n    *big.Int
	text string
}

// contradictions returns what the certain facts about a network contradict
// each other in, in a fixed order.
func (e *entry) contradictions() []string {
	out := []string{}
	if len(e.sizes) > 1 {
		out = append(out, fmt.Sprintf("%d different descriptions of the network", len(e.sizes)))
	}
	for _, k := range slices.SortedFunc(maps.Keys(e.trials), trialKey.compare) {
		out = append(out, e.trials[k].contradictions(k)...)
	}
	atLeast, atMost := e.claims()
	for _, lo := range atLeast {
		out = append(out, above(lo, atMost)...)
	}
	for _, scope := range e.scopes() {
		if scope != whole {
			out = append(out, e.counts[scope].contradictions(scope, nil)...)
		}
	}
	for _, k := range slices.SortedFunc(maps.Keys(e.cells), cellKey.compare) {
		out = append(out, e.cells[k].contradictions(k.String(), nil)...)
		out = append(out, e.trials[k.hash].besides(k, e.cells[k])...)
	}
	for _, k := range slices.SortedFunc(maps.Keys(e.probes), probeKey.compare) {
		out = append(out, e.probes[k].contradictions(k)...)
	}
	for _, k := range e.partitions() {
		for _, i := range slices.Sorted(maps.Keys(e.cubes[k])) {
			out = append(out, e.cubes[k][i].contradictions(record.CubeScope(i, k.of, k.digest), e.limits[k][i])...)
		}
	}
	return out
}

// claims returns what is claimed about the number of all regions from below
// and from above. An exact count claims both.
func (e *entry) claims() (atLeast, atMost []claim) {
	if t := e.counts[whole]; t != nil {
		atLeast, atMost = t.claims("")
	}
	// The largest part says all that the parts say together, and so does the
	// largest cell.
	var largest claim
	part := func(t *tally, of string) {
		claims, _ := t.claims(of)
		for _, lo := range claims {
			if largest.n == nil || lo.n.Cmp(largest.n) > 0 {
				largest = lo
			}
		}
	}
	for _, scope := range e.scopes() {
		if scope != whole {
			part(e.counts[scope], " of "+plain(scope))
		}
	}
	for _, k := range slices.SortedFunc(maps.Keys(e.cells), cellKey.compare) {
		part(e.cells[k], " of "+k.String())
	}
	if largest.n != nil {
		atLeast = append(atLeast, largest)
	}
	for _, k := range e.partitions() {
		c := e.join(k)
		if c.exact {
			exact := claim{c.regions, fmt.Sprintf("the exact count %v of %s%s", c.regions, k, inBrackets(c.doubtful))}
			atLeast, atMost = append(atLeast, exact), append(atMost, exact)
			continue
		}
		if c.lower.Sign() > 0 {
			atLeast = append(atLeast, claim{c.lower, fmt.Sprintf("the count of at least %v of %s%s", c.lower, k, inBrackets(c.doubtful))})
		}
		if c.upper != nil {
			atMost = append(atMost, claim{c.upper, fmt.Sprintf("the upper bound %v of %s%s", c.upper, k, inBrackets(c.unsure))})
		}
	}
	for _, k := range slices.SortedFunc(maps.Keys(e.trials), trialKey.compare) {
		if t := e.trials[k]; t.best.rows > 0 {
			atLeast = append(atLeast, claim{big.NewInt(1), fmt.Sprintf("the 1 region that survived in %s", k)})
			break
		}
	}
	for _, m := range methods(e.bounds) {
		atMost = append(atMost, claim{e.bounds[m].regions, fmt.Sprintf("the upper bound %v (%s)", e.bounds[m].regions, plain(m))})
	}
	for _, size := range e.sizes {
		// A power that no claim reaches need not be written out.
		reached := slices.ContainsFunc(atLeast, func(lo claim) bool { return lo.n.BitLen() > size.Unstable })
		if len(e.sizes) == 1 && reached {
			atMost = append(atMost, claim{
				new(big.Int).Lsh(big.NewInt(1), uint(size.Unstable)), fmt.Sprintf("the 2^%d patterns of the unstable units", size.Unstable),
			})
		}
	}
	return atLeast, atMost
}

// claims returns what the counts of one scope claim about it.
func (t *tally) claims(of string) (atLeast, atMost []claim) {
	for _, c := range t.exacts() {
		exact := claim{c.regions, fmt.Sprintf("the exact count %v%s%s", c.regions, of, inBrackets(c.doubtful))}
		atLeast, atMost = append(atLeast, exact), append(atMost, exact)
	}
	if c := t.found; c != nil {
		atLeast = append(atLeast, claim{c.lower, fmt.Sprintf("the count of at least %v%s%s", c.lower, of, inBrackets(c.doubtful))})
	}
	if c := t.tight; c != nil {
		atMost = append(atMost, claim{c.upper, fmt.Sprintf("the count of at most %v%s%s", c.upper, of, inBrackets(c.doubtful))})
	}
	return atLeast, atMost
}

// contradictions compares the counts of one part with each other, and with an
// upper bound from elsewhere, or nil.
func (t *tally) contradictions(scope string, limit *big.Int) []string {
	var out []string
	atLeast, atMost := t.claims(" of " + plain(scope))
	if limit != nil {
		atMost = append(atMost, claim{limit, fmt.Sprintf("the upper bound %v of %s", limit, plain(scope))})
	}
	for _, lo := range atLeast {
		out = append(out, above(lo, atMost)...)
	}
	return out
}

func (t *trial) contradictions(k trialKey) []string {
	var out []string
	for _, rows := range t.closed[min(1, len(t.closed)):] {
		out = append(out, fmt.Sprintf("%s is closed after %d rows and after %d", k, t.closed[0], rows))
	}
	if len(t.closed) > 0 && t.open > t.closed[0] {
		out = append(out, fmt.Sprintf("%s is closed after %d rows, but survived %d", k, t.closed[0], t.open))
	}
	return out
}

// besides compares a trial, or nil, with a cell of the same hash: the cell has
// regions if and only if the trial survives its rows.
func (t *trial) besides(k cellKey, cell *tally) []string {
	switch {
	case t == nil:
	case cell.best.regions.Sign() > 0 && len(t.closed) > 0 && t.closed[0] < k.rows:
		return []string{fmt.Sprintf("%s is closed after %s, but %s has %v regions", k.hash, several(t.closed[0], "row"), k, cell.best.regions)}
	case cell.best.regions.Sign() == 0 && cell.best.exact && t.best.rows >= k.rows:
		return []string{fmt.Sprintf("%s survived %s, but %s has no regions", k.hash, several(t.best.rows, "row"), k)}
	}
	return nil
}

// above says which of the upper claims a lower one contradicts.
func above(lo claim, atMost []claim) []string {
	var out []string
	for _, hi := range atMost {
		if lo.n.Cmp(hi.n) > 0 {
			out = append(out, fmt.Sprintf("%s is above %s", lo.text, hi.text))
		}
	}
	return out
}

func (a trialKey) String() string {
	return fmt.Sprintf("trial %d (size %v, seed %s)", a.trial, a.size, plain(a.seed))
}

func inBrackets(doubtful int) string {
	if doubtful == 0 {
		return ""
	}
	return " (" + doubts(doubtful) + ")"
}
