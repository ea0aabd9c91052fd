package ledger

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"unicode"

	"relucount/pkg/record"
)

// power writes a number of regions as a power of two, as 2^17.3.
func power(n record.Number) string {
	if n.Regions == "0" {
		return "0"
	}
	return "2^" + round(n.Log2)
}

// decimal writes a number of regions in full when a double could hold it, else
// nothing: the digits of a large bound tell no more than its power does.
func decimal(n record.Number) string {
	if v, ok := new(big.Int).SetString(n.Regions, 10); !ok || v.BitLen() > 53 {
		return ""
	}
	return n.Regions
}

// both writes a number of regions in full, where it is short, and as a power.
func both(n record.Number) string {
	if d := decimal(n); d != "" && n.Regions != "0" {
		return d + " (" + power(n) + ")"
	}
	return power(n)
}

// round writes two decimals at most.
func round(v float64) string {
	s := strings.TrimRight(strings.TrimRight(strconv.FormatFloat(v, 'f', 2, 64), "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

// percent writes a confidence. 15 digits show even one near 1, without the
// rounding error of the product.
func percent(p float64) string {
	return strconv.FormatFloat(100*p, 'g', 15, 64) + " %"
}

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

// several writes a number with its noun.
func several(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// doubts is a remark on doubtful decisions, empty when there are none.
func doubts(n int) string {
	if n == 0 {
		return ""
	}
	return several(n, "doubtful decision")
}

// upperRemark says what an upper bound was made from.
func upperRemark(b *record.UpperBound) string {
	var from, relaxed string
	if b.From != "" {
		from = "from " + plain(b.From)
	}
	if b.Relaxed {
		relaxed = "relaxed"
	}
	return remark(from, relaxed)
}

// countRemark says what the regions of a count are: all, or those found, with
// the bounds on all that are known besides.
func countRemark(c *record.CountOf) string {
	switch {
	case c.Exact:
		return "exact"
	case c.Lower != nil && c.Upper != nil:
		return "found, " + both(*c.Lower) + " to " + both(*c.Upper) + " in all"
	case c.Lower != nil && c.Lower.Regions != c.Regions:
		return "found, at least " + both(*c.Lower) + " in all"
	}
	return "at least"
}

// lowerRemark says where the headline lower bound comes from.
func lowerRemark(l *record.LowerBound) string {
	if l.Confidence == 1 {
		where := "so many are certain" // found, or sure to be where the count did not come
		switch l.Method {
		case part:
			where = "so many are in one part"
		case inCubes:
			where = "so many are in the cubes counted"
		case inCell:
			where = "so many are in one cell"
		}
		if l.Holds != nil && !*l.Holds { // a certain bound cannot miss
			return where + ", contradicted"
		}
		return remark(where, verdict(l.Holds))
	}
	return remark(l.Method, percent(l.Confidence)+" confidence", divided(l.Group, l.Groups), verdict(l.Holds))
}

// intervalRemark says from where to where the headline interval reaches.
func intervalRemark(i *record.Interval) string {
	return remark(span(&i.IntervalRule), i.Method, percent(i.Confidence)+" confidence", divided(i.Group, i.Groups), verdict(i.Holds))
}

// span writes the ends of an interval.
func span(i *record.IntervalRule) string { return both(i.Lower) + " to " + both(i.Upper) }

// divided says among how many groups the error was divided, if among several,
// and which of them the bound is from.
func divided(g record.Group, groups int) string {
	if groups < 2 {
		return ""
	}
	from := "from probes by " + plain(g.Descent)
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
	return "standard error " + round(e.Bits) + " bits"
}

// remark joins what is not empty.
func remark(parts ...string) string {
	var out []string
	for _, s := range parts {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, ", ")
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

// plain returns text from a record such that it cannot break a table or send
// commands to a terminal.
func plain(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(s)
	}
	return s
}
