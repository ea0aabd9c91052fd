package ledger

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"slices"

	"relucount/pkg/confidence"
	"relucount/pkg/record"
)

// Summaries returns a summary of each network, sorted by name, then id, then
// content. Lower bounds that come from trials hold with the given confidence,
// at least 0.5 and below 1.
func (l *Ledger) Summaries(level float64) []*record.Summary {
	names := map[string][]string{} // of all contents of a milp: an edited one is often not named itself
	for k, e := range l.entries {
		names[k.milp] = append(names[k.milp], slices.Collect(maps.Keys(e.names))...)
	}
	var out []*record.Summary
	for k, e := range l.entries {
		s := e.summary(level)
		s.Milp, s.Content, s.Edited = k.milp, k.content, k.edited
		own := slices.Sorted(maps.Keys(e.names))
		switch {
		case len(own) > 0:
			s.Name = own[0]
			for _, other := range own[1:] {
				s.Warnings = append(s.Warnings, "also called "+plain(other))
			}
		case len(names[k.milp]) > 0:
			s.Name = slices.Min(names[k.milp])
		default:
			s.Name = k.milp
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b *record.Summary) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Milp, b.Milp),
			compareBools(a.Edited, b.Edited), cmp.Compare(a.Content, b.Content))
	})
	return out
}

func (e *entry) summary(level float64) *record.Summary {
	s := &record.Summary{
		Head:           record.Head{Type: "summary", Schema: record.Schema},
		Contradictions: e.contradictions(),
		Warnings:       []string{},
	}
	if len(e.sizes) > 0 {
		size := e.sizes[slices.Min(slices.Collect(maps.Keys(e.sizes)))]
		s.Network = &size
	}
	var exact, upper *big.Int
	if c := e.exact(); c != nil {
		exact = c.regions
		s.Exact = &record.ExactCount{Number: number(exact), Doubtful: c.doubtful}
	} else {
		s.Warnings = append(s.Warnings, e.incomplete()...)
	}
	if s.Upper = e.upper(); s.Upper != nil {
		upper = e.bounds[s.Upper.Best.Method].regions
	}
	groups := e.groups()
	s.From = e.sources(groups)
	s.Stats = e.costs()

	// An empty set, which only an edited milp can have, needs no bound from
	// below, and the rules take for granted that the set is not empty.
	var lower *big.Int
	if exact == nil || exact.Sign() > 0 {
		s.Lower, lower = e.lower(groups, level, exact, upper)
	}
	if s.Lower != nil && s.Lower.Method == gamma && s.Lower.Holds != nil && !*s.Lower.Holds {
		over := "the best upper bound"
		if exact != nil {
			over = "the exact count"
		}
		s.Warnings = append(s.Warnings, fmt.Sprintf("a miss: the lower bound %s (%s, %s confidence) is above %s",
			both(s.Lower.Number), gamma, percent(level), over))
	}
	if upper != nil && lower != nil {
		s.Proxy = proxy(lower, upper)
	}
	if upper != nil && (exact != nil || lower != nil) {
		from := exact
		if from == nil {
			from = lower
		}
		gap := record.Log2(upper) - record.Log2(from)
		s.Gap = &gap
	}
	return s
}

// Names of the methods of lower bounds.
const (
	gamma    = "gamma"
	binomial = "binomial"
	chernoff = "chernoff"
	counted  = "count"
	part     = "part"
	inCubes  = "cubes"
)

var rules = []struct {
	name  string
	bound func(rows []int, delta float64) confidence.Bound
}{
	{gamma, confidence.Gamma},
	{binomial, confidence.Binomial},
	{chernoff, confidence.Chernoff},
}

// group is the trials of one size.
type group struct {
	record.TrialGroup
	rows []int
}

func (e *entry) groups() []*group {
	bySize := map[record.Size]*group{}
	for k, t := range e.trials {
		g := bySize[k.size]
		if g == nil {
			g = &group{TrialGroup: record.TrialGroup{Size: k.size}}
			bySize[k.size] = g
		}
		g.rows = append(g.rows, t.best.rows)
		g.Trials++
		if t.best.closed {
			g.Closed++
		} else {
			g.Open++
		}
		g.Doubtful += t.best.doubtful
	}
	out := slices.SortedFunc(maps.Values(bySize), func(a, b *group) int { return compareSizes(a.Size, b.Size) })
	for _, g := range out {
		total := 0
		for _, r := range g.rows {
			total += r
		}
		g.MeanRows = float64(total) / float64(g.Trials)
	}
	return out
}

// lower returns the headline lower bound, also as a number. It is Gamma's;
// with trials of several sizes the best of theirs, the error being divided
// evenly among them, for each of them may be wrong. A certain number of
// regions that were found replaces it when that is not smaller, unless the
// exact count is known, when it shows how good Gamma was.
func (e *entry) lower(groups []*group, level float64, exact, upper *big.Int) (*record.LowerBound, *big.Int) {
	holds := func(n *big.Int) *bool {
		var yes bool
		switch {
		case exact != nil:
			yes = n.Cmp(exact) <= 0
		case upper == nil || n.Cmp(upper) <= 0:
			return nil
		}
		return &yes
	}
	list := []record.LowerRule{}
	var best *record.LowerBound
	var most *big.Int
	for _, g := range groups {
		for _, r := range rules {
			n := r.bound(g.rows, 1-level).Regions
			list = append(list, record.LowerRule{
				Size: g.Size, Method: r.name, Number: number(n), Confidence: level, Holds: holds(n),
			})
		}
		n := confidence.Gamma(g.rows, (1-level)/float64(len(groups))).Regions
		if best == nil || n.Cmp(most) > 0 {
			best, most = &record.LowerBound{Confidence: level, Method: gamma, Size: &g.Size, Sizes: len(groups)}, n
		}
	}
	if best == nil || exact == nil {
		n, method := e.certain()
		if n != nil && (most == nil || n.Cmp(most) >= 0) {
			best, most = &record.LowerBound{Confidence: 1, Method: method}, n
		}
	}
	if best == nil {
		return nil, nil
	}
	best.Number, best.Holds, best.Rules = number(most), holds(most), list
	return best, most
}

// certain returns the largest number of regions that were found for certain
// without being all, or nil: an inexact count of the whole, any count of a
// part, whose regions are regions of the whole, or counts of some cubes.
func (e *entry) certain() (n *big.Int, method string) {
	if t := e.counts[whole]; t != nil && t.found != nil && t.found.regions.Sign() > 0 {
		n, method = t.found.regions, counted
	}
	for scope, t := range e.counts {
		if scope != whole && t.best.regions.Sign() > 0 && (n == nil || t.best.regions.Cmp(n) > 0) {
			n, method = t.best.regions, part
		}
	}
	for k := range e.cubes {
		if c := e.join(k); !c.exact && c.regions.Sign() > 0 && (n == nil || c.regions.Cmp(n) > 0) {
			n, method = c.regions, inCubes
		}
	}
	return n, method
}

func (e *entry) upper() *record.UpperBounds {
	if len(e.bounds) == 0 {
		return nil
	}
	u := &record.UpperBounds{}
	for _, m := range e.methods() {
		b := e.bounds[m]
		u.Methods = append(u.Methods, record.UpperBound{Method: m, Number: number(b.regions), Relaxed: b.relaxed})
	}
	u.Best = u.Methods[0]
	return u
}

// methods returns the methods of the upper bounds, the best first.
func (e *entry) methods() []string {
	return slices.SortedFunc(maps.Keys(e.bounds), func(a, b string) int {
		return cmp.Or(e.bounds[a].regions.Cmp(e.bounds[b].regions), cmp.Compare(a, b))
	})
}

// scopes returns the scopes of the counts, the whole first.
func (e *entry) scopes() []string {
	return slices.SortedFunc(maps.Keys(e.counts), func(a, b string) int {
		return cmp.Or(compareBools(a != whole, b != whole), cmp.Compare(a, b))
	})
}

func (e *entry) sources(groups []*group) record.Sources {
	from := record.Sources{Trials: []record.TrialGroup{}, Counts: []record.CountOf{}}
	for _, g := range groups {
		from.Trials = append(from.Trials, g.TrialGroup)
	}
	for _, scope := range e.scopes() {
		c := e.counts[scope].best
		from.Counts = append(from.Counts, record.CountOf{
			Scope: scope, Number: number(c.regions), Exact: c.exact, Doubtful: c.doubtful, Why: c.why,
		})
	}
	for _, k := range e.partitions() {
		c := e.join(k)
		from.Counts = append(from.Counts, record.CountOf{
			Scope: k.String(), Number: number(c.regions), Exact: c.exact, Doubtful: c.doubtful, Why: c.why,
			Partition: k.digest, Of: k.of, Missing: c.missing, Open: c.open,
		})
	}
	return from
}

func (e *entry) costs() record.Stats {
	var costs []record.Stats
	for _, t := range e.trials {
		costs = append(costs, t.best.stats)
	}
	for _, b := range e.bounds {
		costs = append(costs, b.stats)
	}
	for _, t := range e.counts {
		costs = append(costs, t.best.stats)
	}
	for _, cubes := range e.cubes {
		for _, t := range cubes {
			costs = append(costs, t.best.stats)
		}
	}
	return sum(costs)
}

// proxy is the paper's estimate, the average of a lower and an upper bound,
// and the geometric mean, which is the middle on a logarithmic scale.
func proxy(lower, upper *big.Int) *record.Proxy {
	total := new(big.Int).Add(lower, upper)
	product := new(big.Int).Mul(lower, upper)
	return &record.Proxy{
		Average:   record.Number{Regions: new(big.Int).Rsh(total, 1).String(), Log2: max(0, record.Log2(total)-1)},
		Geometric: record.Number{Regions: new(big.Int).Sqrt(product).String(), Log2: record.Log2(product) / 2},
	}
}

func number(n *big.Int) record.Number {
	return record.Number{Regions: n.String(), Log2: record.Log2(n)}
}
