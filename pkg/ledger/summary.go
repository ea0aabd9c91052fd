package ledger

import (
	"cmp"
	"maps"
	"math/big"
	"slices"

	"relucount/pkg/record"
)

// Summaries returns a summary of each network, sorted by name, then id, then
// content. Bounds that come from trials, cells and probes hold with the given confidence,
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
	s.Upper, upper = e.upper()
	sources := e.gather()
	s.From = e.from(sources)
	s.Warnings = append(s.Warnings, sources.gaps()...)
	s.Stats = e.costs()

	// An empty set, which only an edited milp can have, needs no bound from
	// below, and the rules take for granted that the set is not empty.
	var lower *big.Int
	if exact == nil || exact.Sign() > 0 {
		certain := facts{exact: exact, upper: upper}
		certain.found, _ = e.certain()
		s.Lower, lower = e.lower(sources, level, certain)
		s.Interval = interval(sources, level, certain)
	}
	if exact == nil {
		s.NextRows = nextRows(sources)
	}
	s.Warnings = append(s.Warnings, misses(s)...)
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

// upper returns the upper bounds, and the best one also as a number. Counts
// that are not exact bound the whole, too, but once the exact count is known
// only methods that do not count are of interest.
func (e *entry) upper() (*record.UpperBounds, *big.Int) {
	bounds := maps.Clone(e.bounds)
	if e.exact() == nil {
		for _, n := range e.countUppers() {
			b := bound{regions: n}
			if old, ok := bounds[counted]; !ok || b.compare(old) < 0 {
				bounds[counted] = b
			}
		}
	}
	if len(bounds) == 0 {
		return nil, nil
	}
	u := &record.UpperBounds{}
	list := methods(bounds)
	for _, m := range list {
		b := bounds[m]
		u.Methods = append(u.Methods, record.UpperBound{Method: m, Number: number(b.regions), Relaxed: b.relaxed, From: b.from})
	}
	u.Best = u.Methods[0]
	return u, bounds[list[0]].regions
}

// countUppers returns the upper bounds of the whole by its counts, and by those
// of the cubes of each partition.
func (e *entry) countUppers() []*big.Int {
	var out []*big.Int
	if t := e.counts[whole]; t != nil && t.tightest() != nil {
		out = append(out, t.tightest().upper)
	}
	for _, k := range e.partitions() {
		if j := e.join(k); j.upper != nil {
			out = append(out, j.upper)
		}
	}
	return out
}

// methods returns the methods of upper bounds, the best first.
func methods(bounds map[string]bound) []string {
	return slices.SortedFunc(maps.Keys(bounds), func(a, b string) int {
		return cmp.Or(bounds[a].regions.Cmp(bounds[b].regions), cmp.Compare(a, b))
	})
}

// scopes returns the scopes of the counts, the whole first.
func (e *entry) scopes() []string {
	return slices.SortedFunc(maps.Keys(e.counts), func(a, b string) int {
		return cmp.Or(compareBools(a != whole, b != whole), cmp.Compare(a, b))
	})
}

func (e *entry) from(g *gathered) record.Sources {
	from := record.Sources{
		Trials: []record.TrialGroup{}, Cells: []record.CellGroup{}, Probes: []record.ProbeGroup{}, Counts: []record.CountOf{},
	}
	for _, t := range g.trials {
		from.Trials = append(from.Trials, t.TrialGroup)
	}
	for _, c := range g.cells {
		from.Cells = append(from.Cells, c.CellGroup)
	}
	for _, p := range g.probes {
		from.Probes = append(from.Probes, p.ProbeGroup)
	}
	for _, scope := range e.scopes() {
		t := e.counts[scope]
		c := t.best
		if tight := t.tightest(); tight != nil {
			c.upper = tight.upper
		}
		from.Counts = append(from.Counts, c.of(scope))
	}
	for _, k := range e.partitions() {
		j := e.join(k)
		c := j.of(k.String())
		c.Partition, c.Of, c.Missing, c.Open = k.digest, k.of, j.missing, j.open
		from.Counts = append(from.Counts, c)
	}
	return from
}

// of describes a count of a scope.
func (a count) of(scope string) record.CountOf {
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

func (e *entry) costs() record.Stats {
	var costs []record.Stats
	for _, t := range e.trials {
		costs = append(costs, t.best.stats)
	}
	for _, t := range e.cells {
		costs = append(costs, t.best.stats)
	}
	for _, p := range e.probes {
		costs = append(costs, p.best.stats)
	}
	for _, b := range e.bounds {
		costs = append(costs, b.stats)
	}
	for _, t := range e.counts {
		costs = append(costs, t.costs()...)
	}
	for _, cubes := range e.cubes {
		for _, t := range cubes {
			costs = append(costs, t.costs()...)
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
