package ledger

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"relucount/pkg/confidence"
	"relucount/pkg/phrase"
	"relucount/pkg/record"
)

// measures is all that was said about the region of a probe, of outputs or of none. Of two
// values the least is used.
type measures struct {
	of             uint8 // what was asked for: a bit for each of record.MeasureNames
	class          *classed
	pure, mixed    bool   // whether it was said that all of the region has one class, or not
	pureOf         [2]int // the least and the greatest class that it was said to have
	facets         *int
	mostFacets     int
	radius, volume *float64
	slopes         []float64
}

// classed is the class of a region, and whether all of the region has it: 1 or 0, or -1
// where that is not known.
type classed struct{ class, constant int }

func (a classed) compare(b classed) int {
	return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(b.constant, a.constant))
}

// measureBit is that of a name; 0 of one that is not known.
func measureBit(name string) uint8 {
	if i := slices.Index(record.MeasureNames, name); i >= 0 {
		return 1 << i
	}
	return 0
}

// ofOutputs are the bits of what depends on the outputs.
var ofOutputs = measureBit(record.MeasureClass) | measureBit(record.MeasureSlope)

// mostMeasure limits what is measured, so that sums are finite.
const mostMeasure = 1e300

func checkMeasures(m *record.Measures) error {
	if m == nil {
		return nil
	}
	bad := func(x *float64) bool { return x != nil && (*x < 0 || *x > mostMeasure) }
	switch {
	case m.Class != nil && *m.Class < 0:
		return fmt.Errorf("measures.class: %d", *m.Class)
	case m.Facets != nil && *m.Facets < 0:
		return fmt.Errorf("measures.facets: %d", *m.Facets)
	case bad(m.Radius):
		return fmt.Errorf("measures.radius: %v", *m.Radius)
	case bad(m.Volume):
		return fmt.Errorf("measures.volume: %v", *m.Volume)
	}
	for i, x := range m.Slopes {
		if bad(&x) {
			return fmt.Errorf("measures.slopes[%d]: %v", i, x)
		}
	}
	return nil
}

// lesser is the lesser of two values, of which each may be missing.
func lesser[T any](a, b *T, compare func(a, b T) int) *T {
	if a == nil || b != nil && compare(*b, *a) < 0 {
		return b
	}
	return a
}

// measure notes what a record says of the region of the probe.
func (p *probe) measure(m *record.Measures) {
	if m == nil {
		return
	}
	if p.measures == nil {
		p.measures = map[string]*measures{}
	}
	at := func(outputs string) *measures {
		if p.measures[outputs] == nil {
			p.measures[outputs] = &measures{}
		}
		return p.measures[outputs]
	}
	of := uint8(0)
	for _, name := range m.Of {
		of |= measureBit(name)
	}
	p.known = p.known || m.Why == ""
	a := at("")
	a.of |= of &^ ofOutputs
	if m.Facets != nil {
		a.facets, a.mostFacets = lesser(a.facets, m.Facets, cmp.Compare[int]), max(a.mostFacets, *m.Facets)
	}
	a.radius, a.volume = lesser(a.radius, m.Radius, cmp.Compare[float64]), lesser(a.volume, m.Volume, cmp.Compare[float64])
	if of&ofOutputs == 0 {
		return
	}
	b := at("outputs " + m.Outputs)
	b.of |= of & ofOutputs
	b.noteClass(m)
	if m.Slopes != nil && (b.slopes == nil || slices.Compare(m.Slopes, b.slopes) < 0) {
		b.slopes = m.Slopes
	}
}

func (a *measures) noteClass(m *record.Measures) {
	if m.Class == nil {
		return
	}
	c := &classed{*m.Class, -1}
	switch {
	case m.Constant == nil:
	case *m.Constant:
		c.constant = 1
		if !a.pure {
			a.pureOf = [2]int{c.class, c.class}
		}
		a.pure, a.pureOf = true, [2]int{min(a.pureOf[0], c.class), max(a.pureOf[1], c.class)}
	default:
		c.constant, a.mixed = 0, true
	}
	a.class = lesser(a.class, c, classed.compare)
}

// disputed names what different records say differently, though it is exact.
func (p *probe) disputed() []string {
	var out []string
	for _, outputs := range slices.Sorted(maps.Keys(p.measures)) {
		m := p.measures[outputs]
		if m.facets != nil && *m.facets != m.mostFacets {
			out = append(out, "numbers of facets")
		}
		if m.pure && (m.mixed || m.pureOf[0] != m.pureOf[1]) {
			out = append(out, "classes")
		}
	}
	return slices.Compact(out)
}

// gauged is what probes come to that were to measure the same.
type gauged struct {
	level  float64
	out    *record.Measured
	log2   []float64 // of the probes of survey
	survey *confidence.Survey
}

// quantiles are the levels of the quantiles that are told.
var quantiles = []float64{0.1, 0.5, 0.9}

// measured says what the measures of probes come to; nil where nothing was measured.
func (s probes) measured(keys []probeKey, level float64) *record.Measured {
	g := gauged{level: level, out: &record.Measured{Statistics: []record.Statistic{}}}
	outputs := map[string]bool{}
	var log2 []float64
	for _, k := range keys {
		p := s.by[k]
		if p.measures == nil {
			continue
		}
		g.out.Probes++
		if p.known {
			g.out.Known++
		}
		log2 = append(log2, p.best.log2)
		for o := range p.measures {
			outputs[o] = true
		}
	}
	if g.out.Probes == 0 {
		return nil
	}
	g.out.Effective = g.of(log2).Effective()
	for i, name := range record.MeasureNames {
		for _, o := range slices.Sorted(maps.Keys(outputs)) {
			var asked []*probe
			for _, k := range keys {
				if m := s.by[k].measures[o]; m != nil && m.of>>i&1 == 1 {
					asked = append(asked, s.by[k])
				}
			}
			if len(asked) > 0 {
				g.tell(name, o, asked)
			}
		}
	}
	return g.out
}

// tell tells what one measure comes to.
func (g *gauged) tell(name, outputs string, asked []*probe) {
	of := record.Statistic{Of: name}
	if outputs != "" {
		of.Outputs = outputs[len("outputs "):]
	}
	figures := func(value func(m *measures) *float64) { g.numbers(of, outputs, asked, value) }
	switch name {
	case record.MeasureClass:
		g.classes(of, outputs, asked)
	case record.MeasureFacets:
		figures(func(m *measures) *float64 {
			if m.facets == nil {
				return nil
			}
			x := float64(*m.facets)
			return &x
		})
	case record.MeasureRadius:
		figures(func(m *measures) *float64 { return m.radius })
	case record.MeasureVolume:
		figures(func(m *measures) *float64 { return m.volume })
	case record.MeasureSlope:
		n := 0
		for _, p := range asked {
			n = max(n, len(p.measures[outputs].slopes))
		}
		for i := range n {
			of.Output = &i
			figures(func(m *measures) *float64 {
				if i >= len(m.slopes) {
					return nil
				}
				return &m.slopes[i]
			})
		}
	}
}

// known splits off the probes that have a value.
func known(outputs string, asked []*probe, value func(*measures) *float64) (log2, x []float64, unknown float64) {
	all, lost := confidence.None, confidence.None
	for _, p := range asked {
		v, w := value(p.measures[outputs]), p.best.log2
		all = addBits(all, w)
		if v == nil {
			lost = addBits(lost, w)
			continue
		}
		log2, x = append(log2, w), append(x, *v)
	}
	return log2, x, math.Exp2(lost - all)
}

// addBits is log2(2^a + 2^b).
func addBits(a, b float64) float64 {
	if a < b {
		a, b = b, a
	}
	if b == confidence.None {
		return a
	}
	return a + math.Log2(1+math.Exp2(b-a))
}

// of returns the survey of probes with the given weights.
func (g *gauged) of(log2 []float64) *confidence.Survey {
	if g.survey == nil || !slices.Equal(g.log2, log2) {
		g.log2, g.survey = log2, confidence.NewSurvey(log2)
	}
	return g.survey
}

// add adds a statistic with its intervals. The default is what is wrong least often: for
// means, of values that may be skewed, the bootstrap. See docs/calibration-statistics.md.
func (g *gauged) add(s record.Statistic, delta, bootstrap confidence.Limits) {
	mean := s.Figure == record.FigureMean
	s.Intervals = []record.StatisticInterval{
		{Method: "delta", Lower: end(delta.Lower), Upper: end(delta.Upper), Confidence: g.level, Default: !mean},
		{Method: "bootstrap", Lower: end(bootstrap.Lower), Upper: end(bootstrap.Upper), Confidence: g.level, Default: mean},
	}
	g.out.Statistics = append(g.out.Statistics, s)
}

// atLeast0 begins an open interval at 0: nothing that is measured is less.
func atLeast0(l confidence.Limits) confidence.Limits {
	l.Lower = max(0, l.Lower)
	return l
}

func end(x float64) *float64 {
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return nil
	}
	return &x
}

// numbers tells the mean and the quantiles of a number.
func (g *gauged) numbers(of record.Statistic, outputs string, asked []*probe, value func(*measures) *float64) {
	log2, x, unknown := known(outputs, asked, value)
	if len(x) == 0 {
		return
	}
	s, delta := g.of(log2), 1-g.level
	of.Unknown, of.Figure, of.Value = unknown, record.FigureMean, s.Mean(x)
	g.add(of, s.MeanDelta(x, delta), s.MeanBootstrap(x, delta))
	order := confidence.NewOrder(x)
	for _, q := range quantiles {
		of.Figure, of.Level, of.Value = record.FigureQuantile, &q, s.Quantile(order, q)
		g.add(of, atLeast0(s.QuantileDelta(order, q, delta)), s.QuantileBootstrap(order, q, delta))
	}
}

// classes tells the shares of classes, and that of the regions that have only one.
func (g *gauged) classes(of record.Statistic, outputs string, asked []*probe) {
	var all []int
	for _, p := range asked {
		if c := p.measures[outputs].class; c != nil {
			all = append(all, c.class)
		}
	}
	slices.Sort(all)
	for _, class := range slices.Compact(all) {
		of.Class = &class
		g.share(of, outputs, asked, func(m *measures) (in, ok bool) {
			return m.class != nil && m.class.class == class, m.class != nil
		})
	}
	yes := true
	of.Class, of.Constant = nil, &yes
	g.share(of, outputs, asked, func(m *measures) (in, ok bool) {
		return m.class != nil && m.class.constant == 1, m.class != nil && m.class.constant >= 0
	})
}

// share tells the share of the regions of which something holds, and their number: at
// least that many where it is not known of some.
func (g *gauged) share(of record.Statistic, outputs string, asked []*probe, holds func(*measures) (in, ok bool)) {
	yes, no := 1.0, 0.0
	log2, x, unknown := known(outputs, asked, func(m *measures) *float64 {
		switch in, ok := holds(m); {
		case !ok:
			return nil
		case in:
			return &yes
		}
		return &no
	})
	if len(x) == 0 {
		return
	}
	var weights []float64
	for _, p := range asked {
		w := confidence.None
		if in, _ := holds(p.measures[outputs]); in {
			w = p.best.log2
		}
		weights = append(weights, w)
	}
	n := estimate(weights, 0)
	s, delta := g.of(log2), 1-g.level
	of.Unknown, of.Figure, of.Value, of.Regions = unknown, record.FigureShare, s.Mean(x), &n
	g.add(of, s.ShareDelta(x, delta), s.ShareBootstrap(x, delta))
}

// fewEffective is the effective number of probes below which intervals are doubtful: see
// docs/calibration-statistics.md.
const fewEffective = 20

// unmeasured warns of measures that are not those of all regions, or of too few.
func unmeasured(s *record.Summary) []string {
	var out []string
	for _, g := range s.From.Probes {
		if g.Measured == nil {
			continue
		}
		who := fmt.Sprintf("probes by %s, seed %s", phrase.Plain(g.Method), phrase.Plain(g.Seed))
		if g.Measured.Effective < fewEffective {
			out = append(out, fmt.Sprintf("%s: those that measure are worth %s of equal weight, so that intervals of what they measure may be too narrow",
				who, phrase.Short(g.Measured.Effective)))
		}
		worst := map[string]float64{}
		for _, t := range g.Measured.Statistics {
			worst[t.Of] = max(worst[t.Of], t.Unknown)
		}
		for _, name := range record.MeasureNames {
			if worst[name] > 0 {
				out = append(out, fmt.Sprintf("%s: of %s of the regions the %s is not known, and they may differ from the others", who, phrase.Share(worst[name]), name))
			}
		}
	}
	return out
}
