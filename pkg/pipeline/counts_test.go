package pipeline

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"relucount/pkg/record"
)

// exactCount is what a page says about the exact number of regions of a
// network: the number, or where it has no digits its logarithm to two decimals.
type exactCount struct {
	network, place string
	regions        string
	bits           float64
}

func (c exactCount) String() string {
	if c.regions != "" {
		return fmt.Sprintf("%s has %s regions of %s", c.place, c.regions, c.network)
	}
	return fmt.Sprintf("%s has 2^%v regions of %s", c.place, c.bits, c.network)
}

// agrees reports whether two pages can both be right.
func (c exactCount) agrees(d exactCount) bool {
	if c.regions != "" && d.regions != "" {
		return c.regions == d.regions
	}
	return math.Abs(c.log2()-d.log2()) < 0.0051
}

func (c exactCount) log2() float64 {
	if c.regions == "" {
		return c.bits
	}
	return record.Log2(c.number())
}

func (c exactCount) number() *big.Int {
	n, ok := new(big.Int).SetString(c.regions, 10)
	if !ok {
		panic(c.regions)
	}
	return n
}

var (
	networkName = regexp.MustCompile(`\b(mnist|random|spiral|resonance|threshold|braid|typeB|shi|tents)(-\d+)+\b`)
	number      = regexp.MustCompile(`^\d+$`)
	// a number of regions in a sentence, with what stands before and after it
	ofRegions = regexp.MustCompile(`(?:^|(\S+)\s)(\d+) (?:linear )?regions( a second| per )?`)
	hedged    = regexp.MustCompile(`(?i)^(least|most|than|about|some|nearly|over|first|finds?|found|to)$`)
	heading   = regexp.MustCompile(`^(\S+)  \d+(-\d+)+( on .*)?, \d+ ReLU units`)
	exactRow  = regexp.MustCompile(`^  exact +\S+ +(\d+)`)
	sentence  = regexp.MustCompile(`[.;:](\s|$)`)
	// a number that is close to no other by chance
	largeNumber = regexp.MustCompile(`\b\d{7,}\b`)
)

// exactCounts finds the exact counts that a page gives of networks that it
// names: in tables, in sentences, and in the output of report.
func exactCounts(name, page string) []exactCount {
	var out []exactCount
	lines := strings.Split(page, "\n")
	for i := 0; i < len(lines); {
		end := i
		part := func(belongs func(line string) bool) []string {
			for end++; end < len(lines) && belongs(lines[end]); end++ {
			}
			return lines[i:end]
		}
		var found []exactCount
		switch {
		case strings.TrimSpace(lines[i]) == "":
			end++
		case strings.HasPrefix(lines[i], "```"):
			found = inOutput(part(func(line string) bool { return !strings.HasPrefix(line, "```") }))
			end++
		case strings.HasPrefix(lines[i], "|"):
			found = inTable(part(func(line string) bool { return strings.HasPrefix(line, "|") }))
		default:
			found = inProse(part(func(line string) bool {
				return strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "|") && !strings.HasPrefix(line, "```")
			}))
		}
		for _, c := range found {
			c.place = fmt.Sprintf("%s:%d", name, i+1)
			out = append(out, c)
		}
		i = end
	}
	return out
}

// inProse finds sentences with one network and one number of regions.
func inProse(lines []string) []exactCount {
	var out []exactCount
	for _, s := range sentence.Split(strings.Join(lines, " "), -1) {
		names := networkName.FindAllString(s, -1)
		slices.Sort(names)
		names = slices.Compact(names)
		counts := ofRegions.FindAllStringSubmatch(s, -1)
		if len(names) != 1 || len(counts) != 1 || hedged.MatchString(counts[0][1]) || counts[0][3] != "" {
			continue
		}
		out = append(out, exactCount{network: names[0], regions: counts[0][2]})
	}
	return out
}

// inTable finds the rows of a table with a column of networks and one of
// regions. A column "exact" says yes, and a column "gap" 0, of exact counts.
func inTable(lines []string) []exactCount {
	cells := func(line string) []string {
		parts := strings.Split(strings.Trim(line, "|"), "|")
		for i := range parts {
			parts[i] = strings.Trim(strings.TrimSpace(parts[i]), "`*")
		}
		return parts
	}
	var out []exactCount
	head := cells(lines[0])
	network := slices.Index(head, "network")
	for _, line := range lines[1:] {
		row := cells(line)
		if network < 0 || len(row) != len(head) || !networkName.MatchString(row[network]) {
			continue
		}
		is := func(column string, want string) bool {
			i := slices.Index(head, column)
			return i < 0 || row[i] == want
		}
		for i, h := range head {
			if h == "regions" || strings.HasPrefix(h, "regions by ") || h == "found" && slices.Contains(head, "gap") {
				if c, ok := inCell(row[i]); ok && is("exact", "yes") && is("gap", "0") {
					c.network = networkName.FindString(row[network])
					out = append(out, c)
				}
			}
		}
	}
	return out
}

// inCell reads 119, 2^6.89, "2^6.89, 119" or a logarithm with decimals, 6.89.
func inCell(cell string) (c exactCount, ok bool) {
	for _, part := range strings.Split(cell, ", ") {
		bits, err := strconv.ParseFloat(strings.TrimPrefix(part, "2^"), 64)
		switch {
		case number.MatchString(part):
			return exactCount{regions: part}, true
		case err == nil:
			c, ok = exactCount{bits: bits}, true
		default:
			return c, false
		}
	}
	return c, ok
}

// inOutput finds the exact counts of report's text and CSV.
func inOutput(lines []string) []exactCount {
	var out []exactCount
	name := ""
	var columns []string
	for _, line := range lines {
		if m := heading.FindStringSubmatch(line); m != nil {
			name = m[1]
		} else if line != "" && !strings.HasPrefix(line, " ") {
			name = ""
		}
		if m := exactRow.FindStringSubmatch(line); m != nil && name != "" {
			out = append(out, exactCount{network: name, regions: m[1]})
		}
		values := strings.Split(line, ",")
		if slices.Contains(values, "name") && slices.Contains(values, "exact") {
			columns = values
		} else if len(columns) == len(values) {
			network, regions := values[slices.Index(columns, "name")], values[slices.Index(columns, "exact")]
			if networkName.MatchString(network) && number.MatchString(regions) {
				out = append(out, exactCount{network: network, regions: regions})
			}
		}
	}
	return out
}

// disagreements names the pairs of counts that cannot both be right.
func disagreements(counts []exactCount) []string {
	var out []string
	for i, c := range counts {
		for _, d := range counts[:i] {
			if c.network == d.network && !c.agrees(d) {
				out = append(out, fmt.Sprintf("%v, but %v", d, c))
			}
		}
	}
	return out
}

// nearMisses finds the large numbers of a page that are nearly an exact count
// and none themselves: a count of another time, in a sentence that names no
// network. Smaller numbers are close to one by chance.
func nearMisses(name, page string, counts []exactCount) []string {
	var out []string
	for _, word := range largeNumber.FindAllString(page, -1) {
		n := exactCount{regions: word}.number()
		is := func(c exactCount) bool { return c.regions == word }
		about := func(c exactCount) bool {
			return c.regions != "" && new(big.Int).Sub(n, c.number()).CmpAbs(big.NewInt(10)) <= 0
		}
		if i := slices.IndexFunc(counts, about); i >= 0 && !slices.ContainsFunc(counts, is) {
			out = append(out, fmt.Sprintf("%s has %s, but %v", name, word, counts[i]))
		}
	}
	return out
}

// All pages give the same exact count of a network, and so does KNOWN.json.
func TestExactCounts(t *testing.T) {
	pages := pages(t)
	delete(pages, "CHANGELOG.md") // what was true once
	var known map[string]json.Number
	if err := json.Unmarshal([]byte(source(t, "examples/random/KNOWN.json")), &known); err != nil {
		t.Fatal(err)
	}
	var counts []exactCount
	of := map[string]int{} // pages by network
	for _, network := range slices.Sorted(maps.Keys(known)) {
		counts = append(counts, exactCount{network: network, place: "examples/random/KNOWN.json", regions: known[network].String()})
		of[network]++
	}
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		named := map[string]bool{}
		for _, c := range exactCounts(name, pages[name]) {
			counts = append(counts, c)
			named[c.network] = true
		}
		for network := range named {
			of[network]++
		}
	}
	for _, d := range disagreements(counts) {
		t.Error(d)
	}
	for name, page := range pages {
		for _, m := range nearMisses(name, page, counts) {
			t.Error(m)
		}
	}
	for _, network := range []string{"mnist-11-11-10", "mnist-3-19-10", "spiral-2-16-16-2", "random-10-16-8"} {
		if of[network] < 2 {
			t.Errorf("%s: no two pages with its number of regions were found", network)
		}
	}
}

// Every way to give a count is seen, and no other number is taken for one.
func TestExactCountsAreSeen(t *testing.T) {
	for page, want := range map[string][]string{
		"Text.\n\nThe 14 regions of\n`mnist-1-2-10`, which is small.":                                                                              {"p:3 has 14 regions of mnist-1-2-10"},
		"`spiral-2-4`, with 14 regions, is small. On `random-2-4` at least 12 regions.":                                                            {"p:1 has 14 regions of spiral-2-4"},
		"On `random-2-4` 12 regions a second. `random-2-4` has 10^8 regions. `random-2-4` and `random-2-5` have 3 regions. Found 3 regions there.": nil,
		"| network | regions | exact |\n|---|---|---|\n| mnist-1-2-10 | 2^3.81, 14 | yes |\n| random-2-4 | 2^3, 8 | no |": {
			"p:1 has 14 regions of mnist-1-2-10"},
		"| network | regions | doubtful |\n|---|---|---|\n| mnist-1-2-10 | 14 | 3 |": {"p:1 has 14 regions of mnist-1-2-10"},
		"| network | found | lower | gap |\n|---|---|---|---|\n| `mnist-1-2-10` | 9 | 3 | 1.2 |\n| `mnist-1-2-10` | 14 | 3.81 | 0 |": {
			"p:1 has 14 regions of mnist-1-2-10"},
		"| network | from | regions | regions by two |\n|---|---|---|---|\n| random-2-4 | lp | 3.81 | at least 9 |":              {"p:1 has 2^3.81 regions of random-2-4"},
		"| file | regions |\n|---|---|\n| random-2-4 | 14 |":                                                                     nil,
		"```text\nrandom-2-4  2-4 on [-1, 1]^2, 4 ReLU units: 0 active\n  exact  2^3.81  14\n  lower  2^2  4\n```\n\nrandom-2-4": {"p:1 has 14 regions of random-2-4"},
		"```text\nrandom-2-4 (edited)  2-4, 4 ReLU units\n  exact  2^3.81  14\n```":                                              nil,
		"```text\nname,exact,x\nrandom-2-4,14,2\nspiral-2-4,,2\n```":                                                             {"p:1 has 14 regions of random-2-4"},
	} {
		var got []string
		for _, c := range exactCounts("p", page) {
			got = append(got, c.String())
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", page, got, want)
		}
	}
	for _, c := range []struct {
		a, b  exactCount
		agree bool
	}{
		{exactCount{regions: "14424921"}, exactCount{regions: "14424922"}, false},
		{exactCount{regions: "14424921"}, exactCount{regions: "14424921"}, true},
		{exactCount{regions: "14424921"}, exactCount{bits: 23.78}, true},
		{exactCount{regions: "14424921"}, exactCount{bits: 23.79}, false},
		{exactCount{bits: 23.78}, exactCount{bits: 23.79}, false},
	} {
		c.a.network, c.b.network = "n", "n"
		if got := disagreements([]exactCount{c.a, c.b}); (len(got) == 0) != c.agree {
			t.Errorf("%v and %v: %q", c.a, c.b, got)
		}
	}
}

func TestNearMissesAreSeen(t *testing.T) {
	counts := []exactCount{{network: "mnist-1-2-10", place: "p:1", regions: "14424921"}, {network: "mnist-1-2-10", place: "p:2", bits: 23.78}}
	for page, want := range map[string][]string{
		"Some 14424922 of them.": {"q has 14424922, but p:1 has 14424921 regions of mnist-1-2-10"},
		"All 14424921 of them, 14424939 LPs, and 4424921 of 1442492.": nil,
	} {
		if got := nearMisses("q", page, counts); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", page, got, want)
		}
	}
}
