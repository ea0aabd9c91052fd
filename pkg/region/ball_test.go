package region

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"relucount/pkg/domain"
	"relucount/pkg/record"
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

// TestBallOfNorm1: the regions in a ball of norm 1 are the same whether it is
// written by its facets, where they are held against the exact enumeration, as
// an image of more coordinates than inputs, or as package domain has it; and the
// points of regions are the network's own inputs, in the ball.
func TestBallOfNorm1(t *testing.T) {
	t.Parallel()
	mapped := 0
	for i := range draws(24) {
		rng := rand.New(rand.NewPCG(31, uint64(i)))
		n := 1 + i%4
		d := dense(rng, n, 5, 4)
		if i%3 == 2 {
			n = 7
			d = dense(rng, n, 3, 4) // the first layer is narrow
		}
		center := make([]float64, n)
		for j := range center {
			center[j] = dyadic(4*rng.Float64() - 2)
			if j > 0 && rng.IntN(4) == 0 {
				center[j] = 2 // on the boundary
			}
		}
		radius := 0.5 + float64(rng.IntN(8))/4
		ball, err := d.domain.Ball1(center, radius)
		if err != nil {
			t.Fatal(err)
		}
		if ball.Map != nil {
			mapped++
		}
		box := d.domain
		var all []found
		for k, b := range []*domain.Domain{facets(box, center, radius), apart(box, center, radius), ball} {
			d.domain = b
			who := fmt.Sprintf("%d, way %d", i, k)
			p := d.encode(t)
			s, err := NewSpace(p)
			if err != nil {
				t.Fatal(err)
			}
			f := countAll(t, s, "tree", 1)
			if k == 0 && n < 4 {
				sameRegions(t, who, f, exactProblem(p, 1000).regions())
			}
			for pattern, x := range f.at {
				far := 0.0
				for j, v := range x {
					far += math.Abs(v - center[j])
				}
				if len(x) != n || far > radius+1e-9 {
					t.Errorf("%s: %s is at %v, %g from the center, radius %g", who, pattern, x, far, radius)
				}
				if k > 0 && f.Doubtful+all[0].Doubtful == 0 {
					if _, ok := all[0].at[pattern]; !ok {
						t.Errorf("%s: only there is %s", who, pattern)
					}
				}
			}
			if k > 0 && f.Regions != all[0].Regions && f.Doubtful+all[0].Doubtful == 0 {
				t.Errorf("%s: %d regions, %d by facets", who, f.Regions, all[0].Regions)
			}
			all = append(all, f)
		}
	}
	if mapped == 0 {
		t.Error("no ball has a map")
	}
}
