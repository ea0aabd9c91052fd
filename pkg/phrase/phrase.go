// Package phrase words for a reader what records hold: numbers of regions,
// numbers of things, and names, which may hold anything.
package phrase

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"unicode"

	"relucount/pkg/record"
)

// Power writes a number of regions as a power of two, as 2^17.3.
func Power(n record.Number) string {
	if n.Regions == "0" {
		return "0"
	}
	return "2^" + Round(n.Log2)
}

// Decimal writes a number of regions in full when a double could hold it, else
// nothing: the digits of a large bound tell no more than its power does.
func Decimal(n record.Number) string {
	if v, ok := new(big.Int).SetString(n.Regions, 10); !ok || v.BitLen() > 53 {
		return ""
	}
	return n.Regions
}

// Both writes a number of regions in full, where it is short, and as a power.
func Both(n record.Number) string {
	if d := Decimal(n); d != "" && n.Regions != "0" {
		return d + " (" + Power(n) + ")"
	}
	return Power(n)
}

// Round writes two decimals at most.
func Round(v float64) string {
	s := strings.TrimRight(strings.TrimRight(strconv.FormatFloat(v, 'f', 2, 64), "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

// Exactly writes the shortest decimal that reads back as the same double.
func Exactly(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// Short writes a number with three digits.
func Short(v float64) string { return strconv.FormatFloat(v, 'g', 3, 64) }

// Share writes a share in percent with three digits.
func Share(p float64) string { return Short(100*p) + " %" }

// Percent writes a confidence. 15 digits show even one near 1, without the
// rounding error of the product.
func Percent(p float64) string {
	return strconv.FormatFloat(100*p, 'g', 15, 64) + " %"
}

// Several writes a number with its noun.
func Several(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Doubts tells how many decisions were doubtful, and nothing when none was.
func Doubts(n int) string {
	if n == 0 {
		return ""
	}
	return Several(n, "doubtful decision")
}

// Join puts commas between what is not empty.
func Join(parts ...string) string {
	var out []string
	for _, s := range parts {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, ", ")
}

// mostRanges is how many ranges are written out: more are of no use to a
// reader.
const mostRanges = 12

// Ranges writes ascending numbers, as 3, 7-9.
func Ranges(numbers []int) string {
	var out []string
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] == numbers[j]+1 {
			j++
		}
		text := strconv.Itoa(numbers[i])
		if j > i {
			text += "-" + strconv.Itoa(numbers[j])
		}
		if len(out) == mostRanges {
			return fmt.Sprintf("%s and more, %d in all", strings.Join(out, ", "), len(numbers))
		}
		out = append(out, text)
		i = j + 1
	}
	return strings.Join(out, ", ")
}

// Plain returns text from a record such that it cannot break a table or send
// commands to a terminal.
func Plain(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(s)
	}
	return s
}

// Domain writes a set of inputs: a cube as [-1, 1]^2, anything else as what it is
// within.
func Domain(d *record.Domain) string {
	limit := func(v *float64, none string) string {
		if v == nil {
			return none
		}
		return strconv.FormatFloat(*v, 'g', 6, 64)
	}
	s := fmt.Sprintf("[%s, %s]^%d", limit(d.Lower, "-inf"), limit(d.Upper, "inf"), d.Coordinates)
	if d.Intervals > 1 {
		s = fmt.Sprintf("a box of %d intervals in %s", d.Intervals, s)
	}
	if d.Map {
		s = "the image of " + s
	}
	var more []string
	if d.Fixed > 0 {
		more = append(more, fmt.Sprintf("%d fixed", d.Fixed))
	}
	if d.Rows > 0 {
		more = append(more, Several(d.Rows, "row"))
	}
	if len(more) == 0 {
		return s
	}
	return s + " with " + strings.Join(more, " and ")
}
