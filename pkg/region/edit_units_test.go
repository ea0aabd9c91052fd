package region

import (
	"math"
	"math/rand/v2"
	"relucount/pkg/milp"
	"relucount/pkg/truth"
)

// unstableOf returns the units of a layer that have a z; of the last for -1.
func unstableOf(p *milp.Problem, layer int) (units []int) {
	if layer < 0 && len(p.Units) > 0 {
		layer = p.Units[len(p.Units)-1].Layer
	}
	for k := range p.Units {
		if p.Units[k].Layer == layer && p.Units[k].Z != nil {
			units = append(units, k)
		}
	}
	return units
}

// unitEdits ask something of units.
var unitEdits = map[string]edit{
	"h of the first layer": func(rng *rand.Rand, p *milp.Problem) bool {
		us := unstableOf(p, 1)
		if len(us) < 2 {
			return false
		}
		a, b := p.Units[us[0]], p.Units[us[1]]
		truth.AddRow(p, math.Inf(-1), truth.Dyadic(a.Upper/2), []int{a.H, b.H}, []float64{1, 0.5})
		return true
	},
	"h of the last layer": func(rng *rand.Rand, p *milp.Problem) bool {
		us := unstableOf(p, -1)
		if len(us) == 0 {
			return false
		}
		u := p.Units[us[0]]
		truth.AddRow(p, math.Inf(-1), truth.Dyadic(u.Upper/4), []int{u.H}, []float64{1})
		return true
	},
	"h of the last layer fixed": func(rng *rand.Rand, p *milp.Problem) bool {
		us := unstableOf(p, -1)
		if len(us) == 0 {
			return false
		}
		u := p.Units[us[0]]
		truth.AddRow(p, truth.Dyadic(u.Upper/8), truth.Dyadic(u.Upper/8), []int{u.H}, []float64{1})
		return true
	},
	"h and x": func(rng *rand.Rand, p *milp.Problem) bool {
		us, in := unstableOf(p, -1), truth.InputCols(p)
		if len(us) == 0 {
			return false
		}
		u := p.Units[us[len(us)-1]]
		c := p.Cols[in[0]]
		truth.AddRow(p, float64(c.Lo+milp.Lo(c.Hi))/2, inf, []int{in[0], u.H, u.Hbar}, []float64{1, 1, -0.5})
		return true
	},
	"at most one active": func(rng *rand.Rand, p *milp.Problem) bool {
		us := unstableOf(p, 1)
		var z []int
		for _, k := range us {
			z = append(z, *p.Units[k].Z)
		}
		truth.AddRow(p, math.Inf(-1), 1, z, truth.Ones(len(z)))
		return len(z) > 1
	},
	"one or two active anywhere": func(rng *rand.Rand, p *milp.Problem) bool {
		var z []int
		for _, k := range p.Unstable() {
			z = append(z, *p.Units[k].Z)
		}
		truth.AddRow(p, 1, 2, z, truth.Ones(len(z)))
		return len(z) > 2
	},
	"implication": func(rng *rand.Rand, p *milp.Problem) bool {
		us := p.Unstable()
		if len(us) < 2 {
			return false
		}
		i := rng.IntN(len(us))
		j := rng.IntN(len(us))
		if i == j {
			return false
		}
		truth.AddRow(p, math.Inf(-1), 1, []int{*p.Units[us[i]].Z, *p.Units[us[j]].Z}, truth.Ones(2))
		return true
	},
	"implied by x": func(rng *rand.Rand, p *milp.Problem) bool {
		us, j := p.Unstable(), truth.InputCols(p)[0]
		if len(us) == 0 {
			return false
		}
		// x <= lo + (hi - lo) (1 + z) / 2: active units may use all of the range
		lo, hi := float64(p.Cols[j].Lo), float64(p.Cols[j].Hi)
		truth.AddRow(p, math.Inf(-1), (lo+hi)/2, []int{j, *p.Units[us[rng.IntN(len(us))]].Z}, []float64{1, -(hi - lo) / 2})
		return true
	},
	"z fixed": func(rng *rand.Rand, p *milp.Problem) bool {
		us := p.Unstable()
		for _, k := range us {
			if z := *p.Units[k].Z; rng.IntN(3) == 0 {
				p.Cols[z].Lo, p.Cols[z].Hi = 1, 1
			} else if rng.IntN(2) == 0 {
				p.Cols[z].Hi = 0
			}
			if rng.IntN(2) == 0 {
				break
			}
		}
		return len(us) > 0 && p.Digest() != p.ID
	},
	"h.hi lowered": func(rng *rand.Rand, p *milp.Problem) bool {
		us := p.Unstable()
		if len(us) == 0 {
			return false
		}
		u := p.Units[us[rng.IntN(len(us))]]
		p.Cols[u.H].Hi = milp.Hi(truth.Dyadic(u.Upper / 2))
		return true
	},
	"hbar.hi lowered": func(rng *rand.Rand, p *milp.Problem) bool {
		us := p.Unstable()
		if len(us) == 0 {
			return false
		}
		u := p.Units[us[rng.IntN(len(us))]]
		p.Cols[u.Hbar].Hi = milp.Hi(truth.Dyadic(-u.Lower / 2))
		return true
	},
	"on row lowered": func(rng *rand.Rand, p *milp.Problem) bool {
		for i := range p.Rows {
			if r := &p.Rows[i]; r.Kind == milp.On && rng.IntN(2) == 0 {
				r.Val[1] = truth.Dyadic(r.Val[1] / 2)
				return true
			}
		}
		return false
	},
	"one row removed": func(rng *rand.Rand, p *milp.Problem) bool {
		for i := range p.Rows {
			if p.Rows[i].Kind == milp.Off { // hbar is free to its limit: nothing changes
				p.Rows = append(p.Rows[:i], p.Rows[i+1:]...)
				for k := range p.Units {
					if p.Units[k].Pre > i {
						p.Units[k].Pre--
					}
				}
				return true
			}
		}
		return false
	},
}
