package ledger

import (
	"fmt"
	"math/big"

	"relucount/pkg/confidence"
	"relucount/pkg/phrase"
	"relucount/pkg/record"
)

// facts is what is certain about the number of regions; each may be nil.
type facts struct{ exact, found, upper *big.Int }

// holds says whether a claim of at least, or at most, a number of regions is
// true, where that is known; either may be nil.
func (k facts) holds(atLeast, atMost *big.Int) *bool {
	yes := true
	if k.exact != nil {
		yes = (atLeast == nil || atLeast.Cmp(k.exact) <= 0) && (atMost == nil || atMost.Cmp(k.exact) >= 0)
		return &yes
	}
	if atLeast != nil && k.upper != nil && atLeast.Cmp(k.upper) > 0 || atMost != nil && k.found != nil && atMost.Cmp(k.found) < 0 {
		yes = false
		return &yes
	}
	return nil
}

// ruled is a group with rules that apply to it, the default first.
type ruled struct {
	group
	rules []confidence.Rule
}

// lowerRules returns the groups that have rules for lower bounds.
func lowerRules(groups []group) []ruled {
	return withRules(groups, func(s confidence.Sample) []confidence.Rule { lower, _ := confidence.Rules(s); return lower })
}

// intervalRules returns the groups that have rules for intervals.
func intervalRules(groups []group) []ruled {
	return withRules(groups, func(s confidence.Sample) []confidence.Rule { _, both := confidence.Rules(s); return both })
}

func withRules(groups []group, rules func(confidence.Sample) []confidence.Rule) []ruled {
	var out []ruled
	for _, g := range groups {
		if r := rules(g.sample); len(r) > 0 {
			out = append(out, ruled{g, r})
		}
	}
	return out
}

// streams returns the number of different streams among groups.
func streams(groups []ruled) int {
	names := map[string]bool{}
	for _, g := range groups {
		names[g.stream] = true
	}
	return len(names)
}

// headline returns the headline lower bound, also as a number. It is the best
// that a default rule gives, the error being divided evenly among the streams,
// for each of them may be wrong. A number of regions that is certain replaces it
// when that is not smaller, unless the exact count is known, when it shows how
// good the rule was.
func headline(groups []group, level float64, known facts, from origin) (*record.LowerBound, *big.Int) {
	by := lowerRules(groups)
	n := streams(by)
	list := []record.LowerRule{}
	var best *record.LowerBound
	var most *big.Int
	for _, g := range by {
		for i, r := range g.rules {
			b := r.Lower(g.sample, 1-level).Regions
			list = append(list, record.LowerRule{
				Group: g.Group, Method: r.Name(), Number: number(b), Confidence: level, Default: i == 0, Holds: known.holds(b, nil),
			})
		}
		r := g.rules[0]
		b := r.Lower(g.sample, (1-level)/float64(n)).Regions
		if best == nil || b.Cmp(most) > 0 {
			best, most = &record.LowerBound{Confidence: level, Method: r.Name(), Group: g.Group, Groups: n}, b
		}
	}
	if found := known.found; found != nil && (best == nil || known.exact == nil && found.Cmp(most) >= 0) {
		best, most = &record.LowerBound{Confidence: 1, Method: from.method()}, found
	}
	if best == nil {
		return nil, nil
	}
	best.Number, best.Holds, best.Rules = number(most), known.holds(most, nil), list
	return best, most
}

// interval returns the headline interval: the narrowest that a default rule
// gives, the error being divided evenly among the streams that have any.
func interval(groups []group, level float64, known facts) *record.Interval {
	by := intervalRules(groups)
	n := streams(by)
	list := []record.IntervalRule{}
	var best *record.Interval
	for _, g := range by {
		for i, r := range g.rules {
			apply := func(delta float64) (record.IntervalRule, bool) {
				lower, upper, ok := r.Interval(g.sample, delta)
				if !ok {
					return record.IntervalRule{}, false
				}
				return record.IntervalRule{
					Group: g.Group, Method: r.Name(), Lower: number(lower.Regions), Upper: number(upper.Regions),
					Bits: upper.Log2 - lower.Log2, Confidence: level, Default: i == 0, Holds: known.holds(lower.Regions, upper.Regions),
				}, true
			}
			one, ok := apply(1 - level)
			if !ok {
				continue
			}
			list = append(list, one)
			if i > 0 {
				continue
			}
			if one, ok := apply((1 - level) / float64(n)); ok && (best == nil || one.Bits < best.Bits) {
				best = &record.Interval{IntervalRule: one, Groups: n}
			}
		}
	}
	if best != nil {
		best.Rules = list
	}
	return best
}

// misses says which headlines turned out to be wrong, as with their confidence
// they may be.
func misses(s *record.Summary) []string {
	var out []string
	if l := s.Lower; l != nil && l.Confidence < 1 && l.Holds != nil && !*l.Holds {
		over := "the best upper bound"
		if s.Exact != nil {
			over = "the exact count"
		}
		out = append(out, fmt.Sprintf("a miss: the lower bound %s (%s, %s confidence) is above %s",
			phrase.Both(l.Number), l.Method, phrase.Percent(l.Confidence), over))
	}
	if i := s.Interval; i != nil && i.Holds != nil && !*i.Holds {
		what := "is at odds with certain bounds"
		if s.Exact != nil {
			what = "does not hold the exact count"
		}
		out = append(out, fmt.Sprintf("a miss: the interval from %s to %s (%s, %s confidence) %s",
			phrase.Both(i.Lower), phrase.Both(i.Upper), i.Method, phrase.Percent(i.Confidence), what))
	}
	return out
}
