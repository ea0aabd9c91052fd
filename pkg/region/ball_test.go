package region_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"relucount/pkg/domain"
	"relucount/pkg/record"
	"relucount/pkg/region"
	"relucount/pkg/relu"
	"relucount/pkg/tighten"
	"relucount/pkg/truth"
)

// facets is a box cut by the 2^n rows of a ball of norm 1.
func facets(box *domain.Domain, center []float64, radius float64) *domain.Domain {
	n := len(center)
	for signs := range 1 << n {
		r := domain.Row{A: make([]float64, n), Lo: math.Inf(-1), Hi: radius}
		for i, c := range center {
			r.A[i] = 1 - 2*float64(signs>>i&1)
			r.Hi += r.A[i] * c
		}
		box = box.And(r)
	}
	return box
}

// apart is the same ball as the image of coordinates c + p - q.
func apart(box *domain.Domain, center []float64, radius float64) *domain.Domain {
	n := len(center)
	d := &domain.Domain{Map: &domain.Map{Offset: center}, Rows: []domain.Row{{A: make([]float64, 2*n), Lo: math.Inf(-1), Hi: radius}}}
	for i, c := range center {
		row := make(record.Numbers, 2*n)
		row[2*i], row[2*i+1] = 1, -1
		d.Map.Matrix = append(d.Map.Matrix, row)
		d.Lower = append(d.Lower, 0, 0)
		d.Upper = append(d.Upper, box.Upper[i]-c, c-box.Lower[i])
		d.Rows[0].A[2*i], d.Rows[0].A[2*i+1] = 1, 1
	}
	return d
}

// patterns counts the regions over a domain, with a point of each.
func patterns(t *testing.T, n *relu.Network, d *domain.Domain) (map[string][]float64, region.CountResult) {
	t.Helper()
	p, _, err := tighten.Encode(context.Background(), n, d, tighten.Options{Method: "lp", Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	s, err := region.NewSpace(p)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]float64{}
	c, err := s.Count(context.Background(), region.Options{Margin: region.DefaultMargin, Workers: 1, Each: func(r region.Region) error {
		found[strings.Join(r.Pattern(), "/")] = slices.Clone(r.Point())
		return nil
	}})
	if err != nil || !c.Complete || int(c.Regions) != len(found) {
		t.Fatalf("%+v, %v, %d patterns", c, err, len(found))
	}
	return found, c
}

// patternAt evaluates the network, and tells how near a unit is to 0.
func patternAt(n *relu.Network, x []float64) (pattern string, near float64) {
	var layers []string
	near = math.Inf(1)
	for _, g := range n.Forward(x) {
		text := ""
		for _, v := range g {
			text += map[bool]string{false: "0", true: "1"}[v > 0]
			near = min(near, math.Abs(v))
		}
		layers = append(layers, text)
	}
	return strings.Join(layers, "/"), near
}

func distance(x, center []float64) (sum float64) {
	for i, v := range x {
		sum += math.Abs(v - center[i])
	}
	return sum
}

// TestBallOfNorm1: the regions in a ball of norm 1 are the same whether it is
// written by its facets, as an image of more coordinates than inputs, or as
// package domain has it. Their points are inputs of the network, in the ball,
// and have their patterns; and random points of the ball have patterns that were
// found.
func TestBallOfNorm1(t *testing.T) {
	t.Parallel()
	mapped, hits := 0, 0
	for i := range 24 {
		rng := rand.New(rand.NewPCG(31, uint64(i)))
		inputs := 1 + i%4
		n := truth.Dense(rng, inputs, 5, 4).Net.Network()
		if i%3 == 2 {
			inputs = 7
			n = truth.Dense(rng, inputs, 3, 4).Net.Network() // the first layer is narrow
		}
		box := domain.Box(inputs, -2, 2)
		center := make([]float64, inputs)
		for j := range center {
			center[j] = math.Round(64*rng.Float64()-32) / 16
			if j > 0 && rng.IntN(4) == 0 {
				center[j] = 2 // on the boundary
			}
		}
		radius := 0.5 + float64(rng.IntN(8))/4
		ball, err := box.Ball1(center, radius)
		if err != nil {
			t.Fatal(err)
		}
		if ball.Map != nil {
			mapped++
		}
		first, count := patterns(t, n, facets(box, center, radius))
		for k, d := range []*domain.Domain{apart(box, center, radius), ball} {
			who := fmt.Sprintf("%d, way %d", i, k)
			found, c := patterns(t, n, d)
			if c.Doubtful+count.Doubtful == 0 && c.Regions != count.Regions {
				t.Errorf("%s: %d regions, %d by facets", who, c.Regions, count.Regions)
			}
			for pattern, x := range found {
				if at, _ := patternAt(n, x); len(x) != inputs || distance(x, center) > radius+1e-9 || at != pattern {
					t.Errorf("%s: %s is at %v, %g from the center, radius %g, and has %s there", who, pattern, x, distance(x, center), radius, at)
				}
				if _, ok := first[pattern]; !ok && c.Doubtful+count.Doubtful == 0 {
					t.Errorf("%s: only there is %s", who, pattern)
				}
			}
			for range 300 {
				x := slices.Clone(center)
				for range 3 {
					j := rng.IntN(inputs)
					x[j] = max(-2, min(2, x[j]+radius*(rng.Float64()-0.5)))
				}
				if pattern, near := patternAt(n, x); distance(x, center) < radius && near > 1e-6 {
					hits++
					if _, ok := found[pattern]; !ok {
						t.Errorf("%s: %s is missing, %v is inside", who, pattern, x)
					}
				}
			}
		}
	}
	if mapped == 0 || hits < 3000 {
		t.Errorf("%d balls with a map, %d points within", mapped, hits)
	}
}
