package ledger

import (
	"slices"
	"strings"
	"testing"

	"relucount/pkg/record"
)

// A kind that no other code knows of: regions that somebody saw, by place.
type sights struct{ answers[string, bound] }

func keepSights() shelf { return sights{newAnswers[string, bound]()} }

func readSight(line *record.Line) (program, fact, error) {
	var r struct {
		record.Head
		Milp, Place, Regions string
		Stats                *record.Stats
	}
	if err := line.Decode(&r); err != nil {
		return program{}, nil, err
	}
	n, err := natural("regions", r.Regions)
	return program{milp: r.Milp}, func(e *entry) {
		on[sights](e).at(r.Place).add(bound{regions: n, stats: cost(r.Stats)})
	}, err
}

func (s sights) claims() (atLeast, atMost []claim) {
	for _, place := range s.keys(strings.Compare) {
		atLeast = append(atLeast, claim{from: fromPart, n: s.by[place].regions, text: "what was seen in " + place})
	}
	return atLeast, nil
}

func (s sights) found() []finding {
	var out []finding
	for _, b := range s.by {
		out = append(out, finding{fromPart, b.regions})
	}
	return out
}

func (s sights) costs() []record.Stats {
	var out []record.Stats
	for _, b := range s.by {
		out = append(out, b.stats)
	}
	return out
}

// A kind is declared by its file and its line in the list: then its records are
// read, merge, bound the number, contradict others, and cost.
func TestNewKind(t *testing.T) {
	lines := []string{
		`{"type":"sight","schema":1,"milp":"m","place":"a","regions":"7","stats":{"lps":2}}`,
		`{"type":"sight","schema":1,"milp":"m","place":"a","regions":"9","stats":{"lps":5}}`,
		`{"type":"sight","schema":1,"milp":"m","place":"b","regions":"6","stats":{"lps":1}}`,
		`{"type":"bound","schema":1,"milp":"m","method":"x","regions":"5","log2":0}`,
	}
	for range 2 {
		l := of(append(slices.Clone(kinds), kind{"sight", readSight, keepSights}))
		r, err := record.NewReader(strings.NewReader(strings.Join(lines, "\n")), "test")
		if err != nil {
			t.Fatal(err)
		}
		for range lines {
			line, err := r.Next()
			if err == nil {
				err = l.Add(line)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		s := l.Summaries(0.95)[0]
		if s.Lower == nil || s.Lower.Regions != "7" || s.Lower.Method != record.ByPart || s.Stats.LPs != 3 || !l.Reads("sight") || New().Reads("sight") {
			t.Errorf("lower %+v, stats %+v", s.Lower, s.Stats)
		}
		if want := []string{"what was seen in a is above the upper bound 5 (x)"}; !slices.Equal(s.Contradictions, want) {
			t.Errorf("%q, want %q", s.Contradictions, want)
		}
		slices.Reverse(lines)
	}
}

// A power of two that is not written out compares like one that is.
func TestBelow(t *testing.T) {
	for bits := range 70 {
		power := claim{bits: bits}
		n, _ := natural("", "1")
		n.Lsh(n, uint(bits))
		one, _ := natural("", "1")
		less, _ := natural("", "0")
		more, _ := natural("", "0")
		less.Sub(n, one)
		more.Add(n, one)
		if power.below(less) || power.below(n) || !power.below(more) {
			t.Errorf("2^%d is below %v: %v, %v: %v, %v: %v", bits, less, power.below(less), n, power.below(n), more, power.below(more))
		}
	}
}
