package tighten

import (
	"math"
	"math/rand/v2"
	"testing"

	"relucount/pkg/domain"
	"relucount/pkg/record"
)

// TestMappedDomain: points of a plane, cut by a row, stay within the bounds of
// every method; lp and milp use the row, in layer 1, too.
func TestMappedDomain(t *testing.T) {
	tighter := map[string]int{}
	for seed := range uint64(5) {
		rng := rand.New(rand.NewPCG(71, seed))
		n := network(rng, false, 6, 5, 4, 3)
		d := domain.Box(2, -1, 1)
		d.Map = &domain.Map{}
		for range n.Inputs {
			d.Map.Matrix = append(d.Map.Matrix, record.Numbers{rng.NormFloat64(), rng.NormFloat64()})
			d.Map.Offset = append(d.Map.Offset, rng.NormFloat64())
		}
		d.Rows = []domain.Row{{A: []float64{1, 1}, Lo: math.Inf(-1), Hi: -0.5}, {A: []float64{1, -2}, Lo: -1, Hi: 1}}
		wide, _ := encode(t, n, d, Options{Method: "interval", Workers: 1})
		for _, method := range Methods {
			p, tot := encode(t, n, d, Options{Method: method, Workers: 2})
			if (tot.LPs > 0) != (method == "lp" || method == "milp") || (tot.MIPs > 0) != (method == "milp") {
				t.Errorf("%s: %+v", method, tot)
			}
			for k := range p.Units {
				if u := &p.Units[k]; u.Layer == 1 && u.Upper-u.Lower < 0.9*(wide.Units[k].Upper-wide.Units[k].Lower) {
					tighter[method]++
				}
			}
			for range 300 {
				at := []float64{2*rng.Float64() - 1, 2*rng.Float64() - 1}
				if at[0]+at[1] > -0.5 || math.Abs(at[0]-2*at[1]) > 1 {
					continue
				}
				g := n.Forward(d.Point(at))
				for k := range p.Units {
					u := &p.Units[k]
					if v := g[u.Layer-1][u.Unit]; v < u.Lower-1e-12 || v > u.Upper+1e-12 {
						t.Errorf("%s: unit %d of layer %d is %v, outside [%v, %v]", method, u.Unit, u.Layer, v, u.Lower, u.Upper)
					}
				}
			}
		}
	}
	if tighter["interval"] != 0 || tighter["lp"] < 10 || tighter["milp"] < 10 {
		t.Errorf("bounds of layer 1 that rows tighten: %v", tighter)
	}
}

// A domain that its rows leave empty keeps the bounds of its box.
func TestEmptyDomain(t *testing.T) {
	rng := rand.New(rand.NewPCG(72, 1))
	n := network(rng, false, 2, 3, 2)
	d := domain.Box(2, -1, 1)
	wide, _ := encode(t, n, d, Options{Method: "interval", Workers: 1})
	d.Rows = []domain.Row{{A: []float64{1, 1}, Lo: 3, Hi: 4}}
	for _, method := range []string{"lp", "milp"} {
		p, _ := encode(t, n, d, Options{Method: method, Workers: 1})
		for k := range p.Units {
			if p.Units[k].Lower != wide.Units[k].Lower || p.Units[k].Upper != wide.Units[k].Upper {
				t.Errorf("%s: unit %d has [%g, %g]", method, k, p.Units[k].Lower, p.Units[k].Upper)
			}
		}
	}
}
