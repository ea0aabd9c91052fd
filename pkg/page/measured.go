package page

import (
	"fmt"

	"relucount/pkg/phrase"
	"relucount/pkg/record"
)

// measured tells what regions are like, by the measures of probes.
func (t *table) measured(m *record.Measured) {
	if m == nil {
		return
	}
	t.row("  measured", fmt.Sprintf("%d of %d", m.Known, m.Probes), "", fmt.Sprintf("regions that probes ended in, worth %s of equal weight", phrase.Short(m.Effective)))
	for i := range m.Statistics {
		s := &m.Statistics[i]
		show := phrase.Short
		if s.Figure == record.FigureShare {
			show = phrase.Share
			t.number("  "+statistic(s), s.Regions.Number, show(s.Value)+" of the regions", within(s, show))
			continue
		}
		t.row("  "+statistic(s), show(s.Value), "", within(s, show))
	}
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

// within tells the default interval.
func within(s *record.Statistic, show func(float64) string) string {
	for _, i := range s.Intervals {
		if !i.Default {
			continue
		}
		by := phrase.Join(i.Method, phrase.Percent(i.Confidence)+" confidence")
		switch {
		case i.Lower != nil && i.Upper != nil:
			return phrase.Join(show(*i.Lower)+" to "+show(*i.Upper), by)
		case i.Lower != nil:
			return phrase.Join("at least "+show(*i.Lower), by)
		case i.Upper != nil:
			return phrase.Join("at most "+show(*i.Upper), by)
		}
	}
	return ""
}
