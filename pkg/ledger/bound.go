package ledger

import (
	"cmp"
	"errors"
	"fmt"
	"math/big"

	"relucount/pkg/phrase"
	"relucount/pkg/record"
)

// bounds is the upper bounds of bound records, by method.
type bounds struct{ answers[string, bound] }

func keepBounds() shelf { return bounds{newAnswers[string, bound]()} }

// bound is an upper bound by one method: the best of those that were said.
type bound struct {
	regions *big.Int
	relaxed bool
	from    string // which unit bounds it was made from
	stats   record.Stats
}

func readBound(line *record.Line) (program, fact, error) {
	var b record.Bound
	if err := line.Decode(&b); err != nil {
		return program{}, nil, err
	}
	if b.Method == "" {
		return program{}, nil, errors.New("method is missing")
	}
	n, err := natural("regions", b.Regions)
	return program{b.Milp, b.Content, b.Edited}, func(e *entry) {
		on[bounds](e).at(b.Method).add(bound{n, b.Relaxed, b.From, cost(b.Stats)})
	}, err
}

func (b *bound) add(other bound) {
	if b.regions == nil || other.compare(*b) < 0 {
		*b = other
	}
}

func (b bound) compare(other bound) int {
	return cmp.Or(b.regions.Cmp(other.regions), compareBools(b.relaxed, other.relaxed), cmp.Compare(b.from, other.from), compareStats(b.stats, other.stats))
}

// methods returns the methods, the best first.
func (s bounds) methods() []string {
	return s.keys(func(a, b string) int { return cmp.Or(s.by[a].regions.Cmp(s.by[b].regions), cmp.Compare(a, b)) })
}

func (s bounds) claims() (atLeast, atMost []claim) {
	for _, m := range s.methods() {
		n := s.by[m].regions
		atMost = append(atMost, claim{from: fromBound, n: n, text: fmt.Sprintf("the upper bound %v (%s)", n, phrase.Plain(m))})
	}
	return nil, atMost
}

func (s bounds) uppers() []upper {
	var out []upper
	for m, b := range s.by {
		out = append(out, upper{method: m, bound: *b})
	}
	return out
}

func (s bounds) costs() []record.Stats {
	var out []record.Stats
	for _, b := range s.by {
		out = append(out, b.stats)
	}
	return out
}
