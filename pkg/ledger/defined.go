package ledger

import (
	"cmp"
	"fmt"

	"relucount/pkg/phrase"
	"relucount/pkg/record"
)

// defined is the counts by other definitions of regions. They say nothing of the
// number of regions.
type defined struct{ answers[definition, counting] }

func keepDefined() shelf { return defined{newAnswers[definition, counting]()} }

// definition is what is counted, and the outputs that it is about.
type definition struct{ name, outputs string }

func (d defined) definitions() []definition {
	return d.keys(func(a, b definition) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.outputs, b.outputs))
	})
}

// contradictions compares exact counts of the same; others are no bounds.
func (d defined) contradictions(*entry) []string {
	var out []string
	for _, k := range d.definitions() {
		if exact := d.by[k].exact; len(exact) > 1 {
			out = append(out, fmt.Sprintf("the exact counts of %s are %v and %v", phrase.Plain(k.name), exact[0].regions, exact[len(exact)-1].regions))
		}
	}
	return out
}

func (d defined) costs() []record.Stats {
	var out []record.Stats
	for _, t := range d.by {
		out = append(out, t.best.stats)
	}
	return out
}

func (d defined) describe(from *record.Sources) {
	for _, k := range d.definitions() {
		c := &d.by[k].best
		from.Defined = append(from.Defined, record.DefinedOf{
			Define: k.name, Outputs: k.outputs, Number: number(c.regions), Exact: c.exact, Boundary: c.boundary, Why: c.why,
		})
	}
}
