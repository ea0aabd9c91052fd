package polytope

import (
	"math"
	"math/rand/v2"
	"testing"

	"relucount/pkg/property"
)

// edges compares the lengths of edges with those computed anew, on some steps.
func edges(t *testing.T, seed uint64, s *longStep) {
	t.Helper()
	for range 5 {
		i, p := s.worst()
		if i < 0 && p < 0 || s.worth <= floor || !s.step(i, p) {
			return
		}
		for i, got := range s.edge {
			if want := s.length(i); !s.held[i] && math.Abs(got-want) > 1e-6*want {
				t.Errorf("seed %d: an edge has the length %g, not %g", seed, got, want)
			}
		}
		for b, got := range s.norm {
			if want := dot(s.inv.Row(b), s.inv.Row(b)); math.Abs(got-want) > 1e-6*want {
				t.Errorf("seed %d: a generator of the basis has the norm %g, not %g", seed, got, want)
			}
		}
		if want := s.value(); math.Abs(s.worth-want) > 1e-9*(1+math.Abs(want)) {
			t.Errorf("seed %d: the dual is %g, not %g", seed, s.worth, want)
		}
	}
}

// TestLongStep compares the maximum and its place with HiGHS, and what the
// multipliers prove with the maximum: also with ties, and rows that hold nowhere
// or meet in one point.
func TestLongStep(t *testing.T) {
	t.Parallel()
	walked, steps := 0, longStep{}
	for seed := range property.Seeds(t, 600, 60) {
		rng := rand.New(rand.NewPCG(61, seed))
		d := 1 + rng.IntN(20)
		z := domain(rng, d, d+1+rng.IntN(60))
		rows := hyperplanes(rng, d, rng.IntN(2*d+2), seed%3 == 0)
		free := make([]bool, len(rows))
		for i := range rows {
			switch rng.IntN(8) {
			case 0:
				free[i] = true // and yet the centre is on it
				rows[i][d] = -dot(rows[i][:d], z.centre)
			case 1:
				rows[i] = nil
			default:
				rows[i][d] = math.Abs(rows[i][d])
			}
		}
		var want [][]float64
		for i, r := range rows {
			if r != nil {
				want = append(want, r)
				if free[i] {
					want = append(want, negative(r, make([]float64, d+1)))
				}
			}
		}
		for range 3 {
			obj := hyperplanes(rng, d, 1, false)
			if len(obj) == 0 {
				continue
			}
			row := obj[0]
			best, ok := maximum(d, z, want, row)
			steps.start(z, rows, free, row)
			if seed%2 == 0 {
				edges(t, seed, &steps)
			}
			if got := steps.walk(nil) == Best; ok && !got {
				t.Errorf("seed %d: lost", seed)
			}
			if !ok {
				continue
			}
			u, _ := steps.bound(rows, make([]float64, len(rows)), row, 0, nil)
			var work []float64
			if top := z.Max(u, &work); math.Abs(max(top, 0)-max(best, 0)) > 1e-6 {
				t.Errorf("seed %d: the multipliers prove %g, the maximum is %g", seed, top, best)
			}
			if best < 1e-6 {
				continue
			}
			walked++
			y := make([]float64, d)
			steps.point(y)
			if v := eval(row, y); math.Abs(v-best) > 1e-6 {
				t.Errorf("seed %d: the point has %g, the maximum is %g", seed, v, best)
			}
			for i, r := range rows {
				if r != nil && (eval(r, y) < -1e-6 || free[i] && eval(r, y) > 1e-6) {
					t.Errorf("seed %d: the point is %g beyond row %d", seed, eval(r, y), i)
				}
			}
		}
	}
	if walked == 0 {
		t.Error("nothing was compared")
	}
}

// What a walk has of each generator is what its rows have, whichever rows came before.
func TestTranspose(t *testing.T) {
	rng := rand.New(rand.NewPCG(62, 1))
	z := domain(rng, 5, 12)
	all := hyperplanes(rng, 5, 30, false)
	var s longStep
	for range 100 {
		rng.Shuffle(len(all)/3, func(i, j int) { all[i], all[j] = all[j], all[i] })
		rows := all[rng.IntN(3):][:1+rng.IntN(len(all)-3)]
		var obj []float64
		if rng.IntN(10) > 0 {
			obj = all[0]
		}
		s.start(z, rows, make([]bool, len(rows)), obj)
		for i, a := range s.a {
			for j, want := range a {
				if got := s.down(j)[i]; got != want {
					t.Fatalf("row %d has %g of generator %d, not %g", i, want, j, got)
				}
			}
		}
	}
}
