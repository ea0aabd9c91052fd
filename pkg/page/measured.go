package page

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"relucount/pkg/phrase"
	"relucount/pkg/record"
)

// measured tells what regions are like, by the measures of probes.
func (t *table) measured(m *record.Measured) {
	if m == nil {
		return
	}
	t.row("  measured", fmt.Sprintf("%d of %d", m.Known, m.Probes), "", "regions that probes ended in, "+worth(m))
	for i := range m.Statistics {
		s := &m.Statistics[i]
		within, by := limits(s)
		if s.Regions != nil {
			t.number("  "+statistic(s), s.Regions.Number, estimate(s)+" of the regions", within, by)
			continue
		}
		t.row("  "+statistic(s), estimate(s), "", phrase.Join(within, by))
	}
}

// worth says how many probes of equal weight would say as much.
func worth(m *record.Measured) string {
	return "worth " + phrase.Short(m.Effective) + " of equal weight"
}

// measuredTable has the statistics of a set of probes.
func measuredTable(s *record.Summary, g *record.ProbeGroup) grid {
	t := grid{Head: []string{"figure", "estimate", "interval", "by", "regions"}, numbers: []int{1, 4}}
	if g.Measured == nil {
		return t
	}
	t.Title = phrase.Join(fmt.Sprintf("what regions are like, by those that %d of %s ended in", g.Measured.Known, phrase.Several(g.Measured.Probes, "probe")),
		seedOf(s, g), worth(g.Measured))
	for i := range g.Measured.Statistics {
		t.Rows = append(t.Rows, statisticCells(&g.Measured.Statistics[i]))
	}
	return t
}

// statisticCells are the cells of a row about a statistic.
func statisticCells(s *record.Statistic) []string {
	within, by := limits(s)
	return []string{statistic(s), estimate(s), within, by, known(s.Regions, func(e *record.Estimate) string { return phrase.Both(e.Number) })}
}

// measuredMarkdown has the statistics of all networks, with a row each; nothing without
// any.
func measuredMarkdown(out *bytes.Buffer, summaries []*record.Summary) {
	const head = "\n| network | probes | figure | estimate | interval | by | regions |\n|---|---|---|---:|---|---|---:|\n"
	begun := false
	for _, s := range summaries {
		for i := range s.From.Probes {
			g := &s.From.Probes[i]
			if g.Measured == nil {
				continue
			}
			if !begun {
				out.WriteString(head)
				begun = true
			}
			probes := phrase.Join(fmt.Sprintf("%d of %d", g.Measured.Known, g.Measured.Probes), seedOf(s, g), worth(g.Measured))
			for j := range g.Measured.Statistics {
				row := append([]string{Label(s), probes}, statisticCells(&g.Measured.Statistics[j])...)
				for k := range row {
					row[k] = escape(row[k])
				}
				fmt.Fprintf(out, "| %s |\n", strings.Join(row, " | "))
			}
		}
	}
}

// measuredColumns are columns for the statistics that some network has, of the set of probes
// that is worth most.
func measuredColumns(summaries []*record.Summary) []column {
	var out []column
	have := map[string]bool{}
	of := func(name string, value func(g *record.ProbeGroup) string) {
		out = append(out, column{name, func(s *record.Summary) string { return known(mostMeasured(s), value) }})
	}
	for _, s := range summaries {
		g := mostMeasured(s)
		if g == nil {
			continue
		}
		if len(out) == 0 {
			of("measured", func(g *record.ProbeGroup) string { return strconv.Itoa(g.Measured.Known) })
			of("measured_of", func(g *record.ProbeGroup) string { return strconv.Itoa(g.Measured.Probes) })
			of("measured_effective", func(g *record.ProbeGroup) string { return phrase.Exactly(g.Measured.Effective) })
			of("measured_confidence", func(g *record.ProbeGroup) string {
				return phrase.Exactly(standard(&g.Measured.Statistics[0]).Confidence)
			})
			of("measured_method", func(g *record.ProbeGroup) string { return g.Method })
			of("measured_seed", func(g *record.ProbeGroup) string { return g.Seed })
		}
		for i := range g.Measured.Statistics {
			one := &g.Measured.Statistics[i]
			if name := columnName(one); !have[name] {
				have[name] = true
				out = append(out, statisticColumns(name, one.Regions != nil)...)
			}
		}
	}
	return out
}

// statisticColumns are those of one statistic.
func statisticColumns(name string, share bool) []column {
	add := func(what string, value func(s *record.Statistic) string) column {
		return column{name + what, func(of *record.Summary) string {
			if g := mostMeasured(of); g != nil {
				all := g.Measured.Statistics
				if i := slices.IndexFunc(all, func(s record.Statistic) bool { return columnName(&s) == name }); i >= 0 {
					return value(&all[i])
				}
			}
			return ""
		}}
	}
	out := []column{
		add("", func(s *record.Statistic) string { return phrase.Exactly(s.Value) }),
		add("_lower", func(s *record.Statistic) string { return known(standard(s).Lower, exactly) }),
		add("_upper", func(s *record.Statistic) string { return known(standard(s).Upper, exactly) }),
		add("_method", func(s *record.Statistic) string { return standard(s).Method }),
	}
	if share {
		out = append(out, add("_regions", func(s *record.Statistic) string {
			return known(s.Regions, func(e *record.Estimate) string { return e.Regions })
		}))
	}
	return out
}

func exactly(v *float64) string { return phrase.Exactly(*v) }

// mostMeasured is the set of probes of which the statistics are worth most; nil where none has any.
func mostMeasured(s *record.Summary) *record.ProbeGroup {
	var best *record.ProbeGroup
	for i := range s.From.Probes {
		g := &s.From.Probes[i]
		if g.Measured != nil && len(g.Measured.Statistics) > 0 && (best == nil || g.Measured.Effective > best.Measured.Effective) {
			best = g
		}
	}
	return best
}

// columnName names the columns of a statistic.
func columnName(s *record.Statistic) string {
	return strings.NewReplacer(", ", "_", " of output ", "_", " %", "", " ", "_").Replace(statistic(s))
}

// seedOf tells the seed of probes where there are several.
func seedOf(s *record.Summary, g *record.ProbeGroup) string {
	if slices.ContainsFunc(s.From.Probes, func(h record.ProbeGroup) bool { return h.Seed != g.Seed }) {
		return "seed " + phrase.Plain(g.Seed)
	}
	return ""
}

// statistic names a statistic.
func statistic(s *record.Statistic) string {
	name := phrase.Plain(s.Of)
	switch {
	case s.Class != nil:
		name = fmt.Sprintf("class %d", *s.Class)
	case s.Constant != nil:
		name = "one class"
	case s.Output != nil:
		name = fmt.Sprintf("%s of output %d", name, *s.Output)
	}
	switch {
	case s.Figure == record.FigureMean:
		return name + ", mean"
	case s.Level != nil && *s.Level == 0.5:
		return name + ", median"
	case s.Level != nil:
		return fmt.Sprintf("%s, %s", name, phrase.Percent(*s.Level))
	}
	return name
}

// estimate tells the value of a statistic.
func estimate(s *record.Statistic) string { return shown(s)(s.Value) }

// shown is how values of a statistic are written.
func shown(s *record.Statistic) func(float64) string {
	if s.Figure == record.FigureShare {
		return phrase.Share
	}
	return phrase.Short
}

// standard is the default interval.
func standard(s *record.Statistic) (in record.StatisticInterval) {
	if i := slices.IndexFunc(s.Intervals, func(i record.StatisticInterval) bool { return i.Default }); i >= 0 {
		in = s.Intervals[i]
	}
	return in
}

// limits tells the default interval, and what it comes from; nothing when it has no limits.
func limits(s *record.Statistic) (within, by string) {
	i, show := standard(s), shown(s)
	switch {
	case i.Lower != nil && i.Upper != nil:
		within = show(*i.Lower) + " to " + show(*i.Upper)
	case i.Lower != nil:
		within = "at least " + show(*i.Lower)
	case i.Upper != nil:
		within = "at most " + show(*i.Upper)
	default:
		return "", ""
	}
	return within, phrase.Join(i.Method, phrase.Percent(i.Confidence)+" confidence")
}
