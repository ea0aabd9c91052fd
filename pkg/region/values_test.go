package region

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"relucount/pkg/property"
	"relucount/pkg/truth"
)

// value is what a region says of itself.
type value struct {
	point  []float64
	maps   [][][]float64 // by layer and unit
	facets map[int]int   // unit -> how many facets it has; -1: rows of the domain
}

// valuesOf asks every region for all that it is.
func valuesOf(t *testing.T, s *Space, o Options) map[string]value {
	t.Helper()
	out := map[string]value{}
	o.Margin, o.Workers = DefaultMargin, 1
	o.Each = func(r Region) error {
		v := value{point: r.Point(), facets: map[int]int{}}
		for l := range s.net.Layers {
			v.maps = append(v.maps, r.Map(l))
		}
		for _, f := range r.Facets() {
			v.facets[f.Unit]++
			if at := along(f.Row, v.point); at <= 0 {
				t.Errorf("the point is at %g of a facet of unit %d", at, f.Unit)
			}
		}
		out[strings.Join(r.Pattern(), "")] = v
		return nil
	}
	if c, err := s.Count(context.Background(), o); err != nil || !c.Complete {
		t.Fatal(c, err)
	}
	return out
}

func along(row, x []float64) float64 {
	v := row[len(x)]
	for j, c := range row[:len(x)] {
		v += c * x[j]
	}
	return v
}

// TestRegionValues: the maps of a region give the network's pre-activations at
// its point; in general position each facet leads to the region in which just
// the facet's unit has another state, which has that facet, too; and the mean
// number of neighbours is at most twice the dimension.
func TestRegionValues(t *testing.T) {
	t.Parallel()
	for i := range property.Seeds(t, 16, 1) {
		rng := rand.New(rand.NewPCG(81, i))
		inputs := 2 + rng.IntN(2)
		d := truth.Dense(rng, inputs, 3+rng.IntN(3), 3+rng.IntN(3))
		if i%4 == 3 { // a narrow first layer
			d = truth.Dense(rng, 5, 2+rng.IntN(2), 4)
		}
		s, err := NewSpace(d.Encode(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range oracles(s) {
			who := fmt.Sprintf("%d, %s", i, o.name)
			all := valuesOf(t, o.space, Options{Oracle: o.flag})
			facets := 0
			for pattern, v := range all {
				for l, g := range d.Net.Forward(v.point) {
					for k, want := range g {
						if got := along(v.maps[l][k], v.point); math.Abs(got-want) > 1e-9*(1+math.Abs(want)) {
							t.Errorf("%s: %s: unit %d of layer %d is %g, by its map %g", who, pattern, k, l+1, want, got)
						}
					}
				}
				for unit, n := range v.facets {
					facets += n
					beyond := []byte(pattern)
					beyond[unit] ^= 1 // '0' and '1'
					next, ok := all[string(beyond)]
					if !ok || next.facets[unit] != n || n != 1 {
						t.Errorf("%s: %s has %d facets of unit %d, %s %d (%v)", who, pattern, n, unit, beyond, next.facets[unit], ok)
					}
				}
			}
			if mean := float64(facets) / float64(len(all)); mean > 2*float64(s.net.Root.Dim) {
				t.Errorf("%s: %g facets a region", who, mean)
			}
			if len(all) > 1 && facets < 2*(len(all)-1) { // the graph of regions is connected
				t.Errorf("%s: %d facets of %d regions", who, facets, len(all))
			}
		}
	}
}

// TestFacetsOfTheDomain: rows that cut the domain are facets of the regions
// that they cut.
func TestFacetsOfTheDomain(t *testing.T) {
	t.Parallel()
	p := truth.Copy(t, encode(t, truth.OneLayer([][]float64{{1, 0, 0}, {0, 1, 0}}), -1, 1, "interval"))
	truth.AddRow(p, math.Inf(-1), 0.5, truth.InputCols(p), []float64{1, 1}) // x + y <= 1/2
	s, err := NewSpace(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range oracles(s) {
		all := valuesOf(t, o.space, Options{Oracle: o.flag})
		for pattern, want := range map[string]int{"00": 0, "01": 1, "10": 1, "11": 1} {
			if got, ok := all[pattern]; !ok || got.facets[-1] != want || got.facets[0] != 1 || got.facets[1] != 1 {
				t.Errorf("%s: %s: %v, %v; %d rows of the domain expected", o.name, pattern, got.facets, ok, want)
			}
		}
	}
}
