package sequence_test

import (
	"fmt"
	"strings"
	"testing"

	"relucount/pkg/record"
	"relucount/pkg/sequence"
)

// network is a summary of a network of one layer.
func network(name string, units int, regions string, log2 float64) *record.Summary {
	s := &record.Summary{Name: name, Network: &record.NetworkSize{Shape: record.Shape{Inputs: 2, Layers: []record.LayerShape{{Units: units, Activation: "relu"}}}}}
	if regions != "" {
		s.Exact = &record.ExactCount{Number: record.Number{Regions: regions, Log2: log2}}
	}
	return s
}

func show(list []sequence.Sequence) string {
	var out strings.Builder
	for _, q := range list {
		fmt.Fprintf(&out, "%s:", q.Name)
		for _, t := range q.Steps {
			fmt.Fprintf(&out, " %s", t.Label)
			if t.Change != nil {
				fmt.Fprintf(&out, "(%v, %.2f)", t.Change, t.Bits)
			}
		}
		out.WriteString("; ")
	}
	return out.String()
}

func TestFind(t *testing.T) {
	for want, list := range map[string][]*record.Summary{
		"net-2-step-#: 8 9(4, 1.00) 10(-2, -0.42) 11; ": {
			network("net-2-step-10", 4, "6", 2.58), network("net-2-step-8", 4, "4", 2), network("net-2-step-11", 4, "", 0), network("net-2-step-9", 4, "8", 3)},
		"":                {network("a-1", 4, "2", 1), network("a-2", 4, "2", 1), network("a-3", 5, "2", 1), network("a", 4, "2", 1)},
		"x#: 1 2 3; ":     {network("x1", 4, "", 0), network("x2", 4, "", 0), network("x3", 4, "", 0), network("y2", 4, "", 0)},
		"a#b3: 1 2 3 4; ": {network("a1b3", 4, "", 0), network("a2b3", 4, "", 0), network("a3b3", 4, "", 0), network("a4b3", 4, "", 0), network("a1b4", 4, "", 0), network("a1b5", 4, "", 0)},
		"e#: 007 08 1000000000000000000000(1, 0.00); ": {network("e1000000000000000000000", 4, "9", 1), network("e08", 4, "8", 1), network("e007", 4, "", 1)},
	} {
		if got := show(sequence.Find(list)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	points := []*record.Summary{network("n@0", 4, "", 0), network("n@1", 4, "", 0), network("n@2", 4, "", 0)}
	points = append(points, network("n@10", 4, "9", 3.17), network("n@0-1", 4, "", 0), network("n@1", 5, "", 0), network("@x", 4, "", 0), network("n@", 4, "", 0))
	points[2].Exact = &record.ExactCount{Number: record.Number{Regions: "8", Log2: 3}}
	if got, want := show(sequence.Points(points)), "n@#: 0 1 2 10(1, 0.17); "; got != want {
		t.Errorf("points: got %q, want %q", got, want)
	}
	boxes := []*record.Summary{network("n/1", 4, "", 0), network("n/2", 4, "", 0), network("n/3", 4, "", 0)}
	unknown := []*record.Summary{{Name: "n1"}, {Name: "n2"}, {Name: "n3"}}
	for _, list := range [][]*record.Summary{points, boxes, unknown, nil} {
		if got := show(sequence.Find(list)); got != "" {
			t.Errorf("%s is no sequence", got)
		}
	}
}
