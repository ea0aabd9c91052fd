// Package sequence finds networks that are steps of one sequence, such as
// checkpoints of a training: networks of one shape on one domain whose names
// differ in one number. They come in the order of that number, each with the
// difference from the step before.
package sequence

import (
	"cmp"
	"encoding/json"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"relucount/pkg/record"
)

// Sequence is networks in order.
type Sequence struct {
	Name  string // that of the networks, with # for the number
	Steps []Step
}

// Step is one network.
type Step struct {
	Label   string // the number in its name
	Summary *record.Summary
	// Change is the difference of its exact number of regions from that of the
	// step before, and Bits that of their logarithms; nil where either is not
	// known.
	Change *big.Int
	Bits   float64
}

// least is how many networks are a sequence.
const least = 3

var numbers = regexp.MustCompile(`[0-9]+`)

// place is a number in a name, and what networks have in common that differ
// there.
type place struct {
	key, stem, number string
}

// steps returns the numbers of a name. What encode numbers itself, points
// (NAME@3) and boxes (NAME/3), are other questions and no steps.
func steps(s *record.Summary) []place {
	if s.Network == nil || s.Edited {
		return nil
	}
	about, err := json.Marshal([]any{s.Network.Shape, s.Domain})
	if err != nil {
		return nil
	}
	var out []place
	for _, at := range numbers.FindAllStringIndex(s.Name, -1) {
		before := s.Name[:at[0]]
		if strings.HasSuffix(before, "@") || strings.HasSuffix(before, "/") {
			continue
		}
		stem := before + "#" + s.Name[at[1]:]
		out = append(out, place{stem + "\x00" + string(about), stem, s.Name[at[0]:at[1]]})
	}
	return out
}

// point returns the number of the point of a file around which a domain is: the last
// of a name such as NAME@3.
func point(s *record.Summary) []place {
	at := strings.LastIndex(s.Name, "@")
	if s.Network == nil || s.Edited || at < 0 {
		return nil
	}
	stem, number := s.Name[:at], s.Name[at+1:]
	if number == "" || numbers.FindString(number) != number {
		return nil
	}
	about, err := json.Marshal(s.Network.Shape)
	if err != nil {
		return nil
	}
	stem += "@#"
	return []place{{stem + "\x00" + string(about), stem, number}}
}

// Find returns the sequences among summaries. A network is in one at most: the
// longest that it fits into.
func Find(summaries []*record.Summary) []Sequence { return find(summaries, steps) }

// Points returns the same network around points of a file, in their order.
func Points(summaries []*record.Summary) []Sequence { return find(summaries, point) }

func find(summaries []*record.Summary, places func(*record.Summary) []place) []Sequence {
	type member struct {
		place
		*record.Summary
	}
	groups := map[string][]member{}
	for _, s := range summaries {
		for _, p := range places(s) {
			groups[p.key] = append(groups[p.key], member{p, s})
		}
	}
	used := map[*record.Summary]bool{}
	var out []Sequence
	for _, key := range slices.SortedFunc(maps.Keys(groups), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(groups[b]), len(groups[a])), cmp.Compare(a, b))
	}) {
		free := slices.DeleteFunc(groups[key], func(m member) bool { return used[m.Summary] })
		if len(free) < least {
			continue
		}
		slices.SortStableFunc(free, func(a, b member) int { return value(a.number).Cmp(value(b.number)) })
		s := Sequence{Name: free[0].stem}
		for _, m := range free {
			used[m.Summary] = true
			s.Steps = append(s.Steps, Step{Label: m.number, Summary: m.Summary})
		}
		s.compare()
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(a, b Sequence) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

func value(digits string) *big.Int {
	n, _ := new(big.Int).SetString(digits, 10)
	return n
}

// compare enters the differences.
func (s *Sequence) compare() {
	for i := 1; i < len(s.Steps); i++ {
		a, b := s.Steps[i-1].Summary.Exact, s.Steps[i].Summary.Exact
		if a == nil || b == nil {
			continue
		}
		m, ok := new(big.Int).SetString(a.Regions, 10)
		n, fine := new(big.Int).SetString(b.Regions, 10)
		if ok && fine {
			s.Steps[i].Change, s.Steps[i].Bits = new(big.Int).Sub(n, m), b.Log2-a.Log2
		}
	}
}
