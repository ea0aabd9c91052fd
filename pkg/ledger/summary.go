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
	if s.Upper = e.upper(); s.Upper != nil {
		upper = e.bounds[s.Upper.Best.Method].regions
	}
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
