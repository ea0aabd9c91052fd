package main

import "relucount/pkg/relu"

// auto chooses lp where it takes about half a second at most, and backward where that
// takes about two. A count does not gain by tighter bounds what they cost, as the
// search looks at each unit on the cells that it comes to; the bounds on the number
// of regions gain by them, and so do programs that go to other solvers.
// docs/benchmarks.md has the figures.
const (
	auto = "auto"

	quickWeights = 20_000
	quickWork    = 200_000
	quickTerms   = 5_000_000_000
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
	switch {
	case n.Weights() <= quickWeights && work <= quickWork:
		return "lp"
	case terms(n) <= quickTerms:
		return "backward"
	}
	return "interval"
}

// terms is how many weights backward bounds take up: for each unit twice those of its
// layer and of all before.
func terms(n *relu.Network) int {
	work, weights := 0, 0
	for i := range n.Layers {
		l := &n.Layers[i]
		for k := range l.Forms {
			weights += len(l.Forms[k].W)
		}
		if i > 0 && !l.Linear() {
			work += 2 * l.Units() * weights
		}
	}
	return work
}
