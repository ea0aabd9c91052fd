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
	weights, work, before := 0, 0, 0
	for _, l := range n.Layers {
		r, c := l.W.Dims()
		weights += r * c
		if l.Kinks() {
			// programs with columns and rows for each unit before
			work += r * before * before
			before += r
		}
	}
	if weights > quickWeights || work > quickWork {
		return "interval"
	}
	return "lp"
}
