package region

import (
	"math"
	"math/rand/v2"
	"relucount/pkg/milp"
	"relucount/pkg/truth"
)

// columnEdits add columns.
var columnEdits = map[string]edit{
	"slice by parameters": func(rng *rand.Rand, p *milp.Problem) bool {
		s, t := truth.AddCol(p, -inf, inf, false), truth.AddCol(p, -1, 1, false)
		for _, j := range truth.InputCols(p) {
			c := p.Cols[j]
			mid, half := float64(c.Lo+milp.Lo(c.Hi))/2, float64(c.Hi-milp.Hi(c.Lo))/2
			truth.AddRow(p, mid, mid, []int{j, s, t}, []float64{1, half * small(rng), half * small(rng) / 2})
		}
		return true
	},
	"bounded aux column": func(rng *rand.Rand, p *milp.Problem) bool {
		in := truth.InputCols(p)
		a := truth.AddCol(p, -inf, inf, false)
		// |x - mid| <= a <= (hi - lo)/4
		c := p.Cols[in[0]]
		mid := float64(c.Lo+milp.Lo(c.Hi)) / 2
		truth.AddRow(p, math.Inf(-1), mid, []int{in[0], a}, []float64{1, -1})
		truth.AddRow(p, mid, inf, []int{in[0], a}, []float64{1, 1})
		truth.AddRow(p, math.Inf(-1), float64(c.Hi-milp.Hi(c.Lo))/4, []int{a}, []float64{1})
		return true
	},
	"free aux column": func(rng *rand.Rand, p *milp.Problem) bool {
		truth.AddCol(p, -inf, inf, false)
		return true
	},
	"integer sum": func(rng *rand.Rand, p *milp.Problem) bool {
		in := truth.InputCols(p)
		lo, hi := 0.0, 0.0
		for _, j := range in {
			lo += float64(p.Cols[j].Lo)
			hi += float64(p.Cols[j].Hi)
		}
		if hi-lo > 20 {
			return false
		}
		k := truth.AddCol(p, math.Floor(lo), math.Ceil(hi), true)
		truth.AddRow(p, 0, 0, append(in, k), append(truth.Ones(len(in)), -1))
		return true
	},
	"integer choice of a state": func(rng *rand.Rand, p *milp.Problem) bool {
		us := p.Unstable()
		if len(us) < 2 {
			return false
		}
		b := truth.AddCol(p, 0, 1, true) // both active or both inactive
		truth.AddRow(p, 0, 0, []int{*p.Units[us[0]].Z, b}, []float64{1, -1})
		truth.AddRow(p, 0, 0, []int{*p.Units[us[1]].Z, b}, []float64{1, -1})
		return true
	},
}
