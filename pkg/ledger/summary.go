package ledger

import (
	"cmp"
	"maps"
	"math/big"
	"slices"

	"relucount/pkg/confidence"
	"relucount/pkg/phrase"
	"relucount/pkg/record"
)

// Summaries returns a summary of each network, sorted by name, then id, then
// content; numbers in names are compared as numbers, so that checkpoint-9 comes
// before checkpoint-10. Bounds that come from trials, cells and probes hold with the given
// confidence, at least 0.5 and below 1.
func (l *Ledger) Summaries(level float64) []*record.Summary {
	var out []*record.Summary
	for _, r := range l.Reports(level) {
		out = append(out, r.Summary)
	}
	return out
}

// Report is a summary with facts that it only sums up.
type Report struct {
	*record.Summary
	Detail
}

// Reports returns the summaries, in the same order, with the details.
func (l *Ledger) Reports(level float64) []Report {
	names := map[string][]string{} // of all contents of a milp: an edited one is often not named itself
	for k, e := range l.entries {
		names[k.milp] = append(names[k.milp], e.names()...)
	}
	var out []Report
	for k, e := range l.entries {
		if e.facts == e.asked {
			continue
		}
		e.settle()
		s := e.summary(level)
		s.Milp, s.Content, s.Edited = k.milp, k.content, k.edited
		own := e.names()
		switch {
		case len(own) > 0:
			s.Name = own[0]
			for _, other := range own[1:] {
				s.Warnings = append(s.Warnings, "also called "+phrase.Plain(other))
			}
		case len(names[k.milp]) > 0:
			s.Name = slices.Min(names[k.milp])
		default:
			s.Name = k.milp
		}
		out = append(out, Report{s, e.detail()})
	}
	slices.SortFunc(out, func(a, b Report) int {
		return cmp.Or(compareNames(a.Name, b.Name), cmp.Compare(a.Milp, b.Milp),
			compareBools(a.Edited, b.Edited), cmp.Compare(a.Content, b.Content))
	})
	return out
}

// names returns what the network is called, in order.
func (e *entry) names() []string { return slices.Sorted(maps.Keys(on[*descriptions](e).names)) }

func (e *entry) summary(level float64) *record.Summary {
	s := &record.Summary{
		Head:           record.Head{Type: record.KindSummary, Schema: record.Schema},
		Network:        on[*descriptions](e).size(),
		Domain:         on[*descriptions](e).domain(),
		Contradictions: e.contradictions(),
		Warnings:       []string{},
		From: record.Sources{
			Trials: []record.TrialGroup{}, Cells: []record.CellGroup{}, Probes: []record.ProbeGroup{}, Counts: []record.CountOf{},
		},
		Stats: sum(all(e, shelf.costs)),
	}
	var known facts
	if c := e.exact(); c != nil {
		known.exact = c.regions
		s.Exact = &record.ExactCount{Number: number(c.regions), Doubtful: c.doubtful, Certified: c.certified}
	} else {
		s.Warnings = append(s.Warnings, all(e, shelf.incomplete)...)
	}
	s.Upper, known.upper = e.upper(known.exact != nil)
	groups := all(e, shelf.groups)
	for _, g := range groups {
		g.describe(&s.From, level)
		s.Warnings = append(s.Warnings, g.gaps...)
	}
	for _, kept := range e.shelves {
		kept.describe(&s.From)
	}

	// An empty set, which only an edited milp can have, needs no bound from
	// below, and the rules take for granted that the set is not empty.
	var lower *big.Int
	if known.exact == nil || known.exact.Sign() > 0 {
		var by origin
		known.found, by = e.found()
		s.Lower, lower = headline(groups, level, known, by)
		s.Interval = interval(groups, level, known)
	}
	if known.exact == nil {
		s.NextRows = e.nextRows(&s.From)
		s.Narrower = narrower(groups, level, lower, s.Interval)
	}
	s.Warnings = append(s.Warnings, misses(s)...)
	s.Warnings = append(s.Warnings, carried(s)...)
	s.Warnings = append(s.Warnings, unmeasured(s)...)
	s.Proxy = proxy(lower, known.upper)
	s.Gap = gap(cmp.Or(known.exact, lower), known.upper)
	return s
}

// exact returns the exact count, or nil: that of the whole, or else the sum of
// a partition.
func (e *entry) exact() *count {
	for _, s := range e.shelves {
		if c := s.exact(); c != nil {
			return c
		}
	}
	return nil
}

// found returns the largest number of regions that are certain without being
// all, and where it is from, or nil.
func (e *entry) found() (most *big.Int, from origin) {
	for _, f := range all(e, shelf.found) {
		if f.n.Sign() > 0 && (most == nil || cmp.Or(most.Cmp(f.n), cmp.Compare(f.from, from)) < 0) {
			most, from = f.n, f.from
		}
	}
	return most, from
}

// upper returns the upper bounds, and the best one also as a number. Counts
// that are not exact bound the whole, too, but once the exact count is known
// only methods that do not count are of interest.
func (e *entry) upper(exact bool) (*record.UpperBounds, *big.Int) {
	best := bounds{newAnswers[string, bound]()}
	for _, u := range all(e, shelf.uppers) {
		if !u.counted || !exact {
			best.at(u.method).add(u.bound)
		}
	}
	methods := best.methods()
	if len(methods) == 0 {
		return nil, nil
	}
	u := &record.UpperBounds{}
	for _, m := range methods {
		b := best.by[m]
		u.Methods = append(u.Methods, record.UpperBound{Method: m, Number: number(b.regions), Relaxed: b.relaxed, From: b.from})
	}
	u.Best = u.Methods[0]
	return u, best.by[methods[0]].regions
}

// nextRows returns the number of rows of the hashes whose cells should be
// counted next: the number that leaves cells of about the size that is best, by
// the cells of dense rows that have most regions in them, or else by the densest
// trials or by the first probes.
func (e *entry) nextRows(from *record.Sources) *int {
	next := func(bits float64) *int {
		n := confidence.NextRows(bits)
		return &n
	}
	best, any := on[cells](e).densest()
	switch {
	case best != nil && any:
		return next(best.Mean.Log2)
	case best != nil: // all are empty: as if half an element were in each
		return next(float64(best.Rows) - 1)
	case len(from.Trials) > 0: // dense rows survive a third of a bit beyond log2 N on average
		return next(from.Trials[len(from.Trials)-1].MeanRows)
	case len(from.Probes) > 0:
		return next(from.Probes[0].Mean.Log2)
	}
	return nil
}

// proxy is the paper's estimate, the average of a lower and an upper bound,
// and the geometric mean, which is the middle on a logarithmic scale; or nil.
func proxy(lower, upper *big.Int) *record.Proxy {
	if lower == nil || upper == nil {
		return nil
	}
	total := new(big.Int).Add(lower, upper)
	product := new(big.Int).Mul(lower, upper)
	return &record.Proxy{
		Average:   record.Number{Regions: new(big.Int).Rsh(total, 1).String(), Log2: max(0, record.Log2(total)-1)},
		Geometric: record.Number{Regions: new(big.Int).Sqrt(product).String(), Log2: record.Log2(product) / 2},
	}
}

// gap is how many bits an upper bound is above a number, or nil.
func gap(from, upper *big.Int) *float64 {
	if from == nil || upper == nil {
		return nil
	}
	bits := record.Log2(upper) - record.Log2(from)
	return &bits
}
