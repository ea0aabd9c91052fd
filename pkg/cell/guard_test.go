package cell_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"relucount/pkg/affine"
	"relucount/pkg/cell"
	"relucount/pkg/milp"
	"relucount/pkg/property"
	"relucount/pkg/truth"
)

// TestGuards: where inputs go beyond the domain for which the limits of units
// hold, these cut cells or leave them empty.
func TestGuards(t *testing.T) {
	t.Parallel()
	n := truth.OneLayer([][]float64{{1, 0.25}, {-1, 0.5}}) // limits 1.25 and 0.75 below, 0.75 and 1.5 above
	for _, c := range []struct {
		lo, hi float64
		facets int
		empty  bool
		cells  []string
	}{
		{-1, 1, 0, false, []string{"01", "10", "11"}},
		{-1, 5, 2, false, []string{"01", "10", "11"}}, // either unit cuts at 1
		{-5, 0.25, 2, false, []string{"01", "11"}},
		{0.75, 5, 2, false, []string{"10"}},
		{2, 5, 0, true, nil},
		{-5, -2, 0, true, nil},
		{1, 5, 0, true, nil}, // a point is left
	} {
		p := truth.Copy(t, truth.In(n, -1, 1, "interval").Encode(t))
		p.Cols[0].Lo, p.Cols[0].Hi = milp.Lo(c.lo), milp.Hi(c.hi)
		for kind, s := range shapes {
			who := fmt.Sprintf("%s, inputs from %g to %g", kind, c.lo, c.hi)
			_, ws := workspace(t, p, affine.Restrict, s)
			k := root(t, ws)
			if !k.Enter(ws) || k.Empty != c.empty {
				t.Errorf("%s: empty %v", who, k.Empty)
			}
			if c.empty {
				if len(k.Open) != 2 {
					t.Errorf("%s: open units %v, both expected", who, k.Open)
				}
				continue
			}
			facets := 0
			for e := k.Facets; e != nil; e = e.Rest {
				facets++
				if e.Plane >= 0 || !e.On {
					t.Errorf("%s: facet %+v", who, e)
				}
			}
			if facets > c.facets || (facets == 0) != (c.facets == 0) {
				t.Errorf("%s: %d facets, up to %d expected", who, facets, c.facets)
			}
			if got, ok := patterns(ws, k, 1); !ok || !slices.Equal(got, c.cells) {
				t.Errorf("%s: cells %v (%v), %v expected", who, got, ok, c.cells)
			}
		}
	}
}

// TestGuardsOfDrawn moves and widens boxes: the cells are those of the milp
// taken literally.
func TestGuardsOfDrawn(t *testing.T) {
	t.Parallel()
	cut, sure := 0, 0
	for seed := range property.Seeds(t, 120, 20) {
		rng := rand.New(rand.NewPCG(2, seed))
		p := truth.Copy(t, truth.Editable(rng).Encode(t))
		for _, j := range truth.InputCols(p) {
			c := &p.Cols[j]
			c.Lo += milp.Lo(rng.IntN(5)-3) / 2
			c.Hi += milp.Hi(rng.IntN(5)-1) / 2
		}
		for k := range p.Units { // without what rounding has added, which leaves slivers
			for _, j := range []int{p.Units[k].H, p.Units[k].Hbar} {
				p.Cols[j].Hi = milp.Hi(truth.Dyadic(float64(p.Cols[j].Hi)))
			}
		}
		exact := truth.OfProblem(p, 1).Regions()
		for kind, s := range shapes {
			n, ws := workspace(t, p, affine.Restrict, s)
			c, ok := ws.Root()
			if !ok || len(n.Layers) == 0 || n.Void {
				continue
			}
			guards := 0
			var got []string
			ok = divide(ws, c, len(n.Layers), func(c *cell.Cell) {
				got = append(got, pattern(c))
				for e := c.Facets; e != nil; e = e.Rest {
					if e.Plane < 0 {
						guards++
					}
				}
			})
			if !ok {
				continue
			}
			sure++
			if guards > 0 {
				cut++
			}
			slices.Sort(got)
			want := heads(exact, len(n.Layers))[len(n.Layers)]
			if !slices.Equal(got, want) {
				t.Errorf("%d, %s: %v, exactly %v", seed, kind, got, want)
			}
		}
	}
	if sure < 10 || cut == 0 {
		t.Errorf("%d domains, of these %d cut by limits", sure, cut)
	}
}
