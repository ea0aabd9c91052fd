package ledger

import (
	"math/big"

	"relucount/pkg/confidence"
	"relucount/pkg/record"
)

// larger is how many times as many figures narrower supposes.
const larger = 4

// least is the number of bits below which a gain is not worth a mention.
const least = 0.01

// narrower tells for each group by how much the headline lower bound would rise, and
// the headline interval would shrink, if there were four times as many figures that
// are like those of the group. That is what the rules make of the group four times
// over: the distribution of the figures stands for the one that they are from (the
// plug-in principle: Efron, "Bootstrap methods", 1979). So it is a guess.
func narrower(groups []group, level float64, lower *big.Int, now *record.Interval) []record.Narrower {
	out := []record.Narrower{}
	ofLower, ofBoth := float64(streams(lowerRules(groups))), float64(streams(intervalRules(groups)))
	for _, g := range groups {
		more := confidence.Repeat(g.sample, larger)
		n := record.Narrower{Group: g.Group, More: (larger - 1) * g.figures, LPs: (larger - 1) * g.lps}
		below, both := confidence.Rules(more)
		if len(below) > 0 && lower != nil {
			n.Lower = max(0, below[0].Lower(more, (1-level)/ofLower).Log2-record.Log2(lower))
		}
		if len(both) > 0 && now != nil {
			if lo, hi, ok := both[0].Interval(more, (1-level)/ofBoth); ok {
				n.Interval = max(0, now.Bits-(hi.Log2-lo.Log2))
			}
		}
		if n.Lower >= least || n.Interval >= least {
			out = append(out, n)
		}
	}
	return out
}
