package page

import (
	"fmt"
	"strconv"

	"relucount/pkg/phrase"
	"relucount/pkg/record"
)

// verdict says whether a bound holds where that is known.
func verdict(holds *bool) string {
	switch {
	case holds == nil:
		return ""
	case *holds:
		return "holds"
	}
	return "a MISS"
}

// certified says whether an exact count was proved.
func certified(e *record.ExactCount) string {
	if e.Certified {
		return "certified"
	}
	return ""
}

// upperRemark says what an upper bound was made from.
func upperRemark(b *record.UpperBound) string {
	var from, relaxed string
	if b.From != "" {
		from = "from " + phrase.Plain(b.From)
	}
	if b.Relaxed {
		relaxed = "relaxed"
	}
	return phrase.Join(from, relaxed)
}

// countRemark says what the regions of a count are: all, or those found, with
// the bounds on all that are known besides.
func countRemark(c *record.CountOf) string {
	switch {
	case c.Exact:
		return "exact"
	case c.Lower != nil && c.Upper != nil:
		return "found, " + phrase.Both(*c.Lower) + " to " + phrase.Both(*c.Upper) + " in all"
	case c.Lower != nil && c.Lower.Regions != c.Regions:
		return "found, at least " + phrase.Both(*c.Lower) + " in all"
	}
	return "at least"
}

// lowerRemark says where the headline lower bound comes from.
func lowerRemark(l *record.LowerBound) string {
	if l.Confidence == 1 {
		where := "this many are certain" // found, or sure to be where the count did not come
		switch l.Method {
		case record.ByPart:
			where = "this many are in one part"
		case record.ByCubes:
			where = "this many are in the cubes counted"
		case record.ByCell:
			where = "this many are in one cell"
		}
		if l.Holds != nil && !*l.Holds { // a certain bound cannot miss
			return where + ", contradicted"
		}
		return phrase.Join(where, verdict(l.Holds))
	}
	return phrase.Join(l.Method, phrase.Percent(l.Confidence)+" confidence", divided(l.Group, l.Groups), verdict(l.Holds))
}

// intervalRemark says from where to where the headline interval reaches.
func intervalRemark(i *record.Interval) string {
	return phrase.Join(span(&i.IntervalRule), i.Method, phrase.Percent(i.Confidence)+" confidence", divided(i.Group, i.Groups), verdict(i.Holds))
}

// span writes the ends of an interval.
func span(i *record.IntervalRule) string { return phrase.Both(i.Lower) + " to " + phrase.Both(i.Upper) }

// divided says among how many groups the error was divided, if among several,
// and which of them the bound is from.
func divided(g record.Group, groups int) string {
	if groups < 2 {
		return ""
	}
	from := "from probes by " + phrase.Plain(g.Descent)
	if g.Size != nil {
		from = fmt.Sprintf("from size %v", *g.Size)
	}
	return fmt.Sprintf("%s, the error divided among %d groups", from, groups)
}

// deviation is a remark on the standard error of an estimate.
func deviation(e record.Estimate) string {
	if e.Error == nil {
		return ""
	}
	return "standard error " + phrase.Round(e.Bits) + " bits"
}

// layers writes the widths of a network, as 784-11-11-10.
func layers(s *record.Summary) string {
	if s.Network == nil {
		return ""
	}
	out := strconv.Itoa(s.Network.Inputs)
	for _, l := range s.Network.Layers {
		out += "-" + strconv.Itoa(l.Units)
	}
	return out
}
