package page_test

import (
	"os"

	"relucount/pkg/page"
	"relucount/pkg/record"
)

// summary tells of a network with 12 regions.
func summary() *record.Summary {
	bits, limits := 0.42, [2]float64{-1, 1}
	return &record.Summary{
		Head: record.Head{Type: record.KindSummary, Schema: record.Schema}, Milp: "0a1b", Name: "tiny",
		Network: &record.NetworkSize{
			Shape: record.Shape{Inputs: 2, Layers: []record.LayerShape{{Units: 4, Activation: "relu"}, {Units: 1, Activation: "linear"}}},
			Units: 4, Unstable: 4,
		},
		Domain: &record.Domain{Coordinates: 2, Lower: &limits[0], Upper: &limits[1], Intervals: 1},
		Exact:  &record.ExactCount{Number: record.Number{Regions: "12", Log2: 3.585}},
		Upper:  &record.UpperBounds{Best: record.UpperBound{Method: "serra2018", Number: record.Number{Regions: "16", Log2: 4}}},
		Gap:    &bits, Stats: record.Stats{Seconds: 0.5, Work: record.Work{LPs: 31, Pivots: 80}},
	}
}

func ExampleWriteText() {
	page.WriteText(os.Stdout, []*record.Summary{summary()})
	// Output:
	// tiny  2-4-1 on [-1, 1]^2, 4 ReLU units: 0 active, 0 inactive, 4 unstable
	//   exact  2^3.58     12
	//   upper  2^4        16  serra2018
	//   gap    0.42 bits      from exact to upper
	//   milp                  0a1b
	//   cost   0.5 s          31 LPs, 80 pivots
}

func ExampleWriteMarkdown() {
	page.WriteMarkdown(os.Stdout, []*record.Summary{summary()})
	// Output:
	// | network | layers | domain | unstable units | exact | lower | interval | upper | gap (bits) | average | geometric mean | trials closed | LPs | seconds |
	// |---|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
	// | tiny | 2-4-1 | \[-1, 1]^2 | 4 | 12 (2^3.58) |  |  | 16 (2^4), serra2018 | 0.42 |  |  |  | 31 | 0.5 |
}
