package main

import "relucount/pkg/relu"

// auto chooses lp where it takes about half a second at most. A count does not
// gain by tighter bounds what they cost, as the search looks at each unit on the
// cells that it comes to; the bounds on the number of regions gain by them, and
// so do programs that go to other solvers. docs/benchmarks.md has the figures.
const (
	auto = "auto"

	quickWeights = 20_000
	quickWork    = 200_000
)

// method is what auto stands for.
func method(n *relu.Network) string {
	work, before := 0, 0
	for i := range n.Layers {
		if l := &n.Layers[i]; !l.Linear() {
			// programs with columns and rows for each unit before
			work += l.Units() * before * before
			before += l.Units()
		}
	}
	if n.Weights() > quickWeights || work > quickWork {
		return "interval"
	}
	return "lp"
}
