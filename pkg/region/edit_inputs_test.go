package region

import (
	"math"
	"math/rand/v2"
	"relucount/pkg/milp"
	"relucount/pkg/truth"
)

// inputEdits change the domain.
var inputEdits = map[string]edit{
	"input inequality": func(rng *rand.Rand, p *milp.Problem) bool {
		in, mid := truth.InputCols(p), 0.0
		var val []float64
		for _, j := range in {
			val = append(val, small(rng))
			mid += val[len(val)-1] * float64(p.Cols[j].Lo+milp.Lo(p.Cols[j].Hi)) / 2
		}
		truth.AddRow(p, mid, inf, in, val)
		return true
	},
	"input slice": func(rng *rand.Rand, p *milp.Problem) bool {
		in, mid := truth.InputCols(p), 0.0
		var val []float64
		for _, j := range in {
			val = append(val, small(rng))
			mid += val[len(val)-1] * (0.25*float64(p.Cols[j].Lo) + 0.75*float64(p.Cols[j].Hi))
		}
		truth.AddRow(p, mid, mid, in, val)
		return true
	},
	"input band": func(rng *rand.Rand, p *milp.Problem) bool {
		in := truth.InputCols(p)
		a, b := float64(p.Cols[in[0]].Lo), float64(p.Cols[in[0]].Hi)
		truth.AddRow(p, a+(b-a)/4, a+(b-a)*3/4, in[:1], []float64{1})
		return true
	},
	"two inequalities": func(rng *rand.Rand, p *milp.Problem) bool {
		in := truth.InputCols(p)
		for range 2 {
			mid, val := 0.0, []float64(nil)
			for _, j := range in {
				val = append(val, small(rng))
				mid += val[len(val)-1] * float64(p.Cols[j].Lo+milp.Lo(p.Cols[j].Hi)) / 2
			}
			truth.AddRow(p, mid-float64(rng.IntN(2))/2, mid+1+float64(rng.IntN(3)), in, val)
		}
		return true
	},
	"shrunk input": func(rng *rand.Rand, p *milp.Problem) bool {
		c := &p.Cols[truth.InputCols(p)[0]]
		c.Hi = milp.Hi(float64(c.Lo)/2 + float64(c.Hi)/2)
		return true
	},
	"widened input": func(rng *rand.Rand, p *milp.Problem) bool {
		c := &p.Cols[truth.InputCols(p)[0]]
		if rng.IntN(2) == 0 {
			c.Lo -= milp.Lo(0.5 + float64(rng.IntN(3)))
		}
		c.Hi += milp.Hi(0.25 + float64(rng.IntN(4))/2)
		return true
	},
	"moved box": func(rng *rand.Rand, p *milp.Problem) bool {
		for _, j := range truth.InputCols(p) {
			c := &p.Cols[j]
			by := float64(rng.IntN(9)-4) / 4
			c.Lo, c.Hi = c.Lo+milp.Lo(by), c.Hi+milp.Hi(by)
		}
		return p.Digest() != p.ID
	},
	"fixed input": func(rng *rand.Rand, p *milp.Problem) bool {
		c := &p.Cols[truth.InputCols(p)[0]]
		c.Lo += (milp.Lo(c.Hi) - c.Lo) / 4
		c.Hi = milp.Hi(c.Lo)
		return true
	},
	"contradiction": func(rng *rand.Rand, p *milp.Problem) bool {
		j := truth.InputCols(p)[0]
		truth.AddRow(p, float64(p.Cols[j].Hi)+1, inf, []int{j}, []float64{1})
		return true
	},
	"a row without entries": func(rng *rand.Rand, p *milp.Problem) bool {
		truth.AddRow(p, -1, 1, []int{}, []float64{})
		return true
	},
	"a row without entries that fails": func(rng *rand.Rand, p *milp.Problem) bool {
		truth.AddRow(p, 1, 2, []int{}, []float64{})
		return true
	},
	"a free row": func(rng *rand.Rand, p *milp.Problem) bool {
		truth.AddRow(p, math.Inf(-1), inf, truth.InputCols(p), truth.Ones(len(truth.InputCols(p))))
		return true
	},
}
