package polytope

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// perOp reports a number of one round.
func perOp(b *testing.B, total int64, unit string) {
	b.ReportMetric(float64(total)/float64(b.N), unit+"/op")
}

// BenchmarkSplit cuts a polytope given by its vertices, and one given by rows
// and points, of which each round makes a copy first.
func BenchmarkSplit(b *testing.B) {
	for _, d := range []int{3, 5} {
		fns := hyperplanes(rand.New(rand.NewPCG(1, uint64(d))), d, 12, false)
		for _, f := range fns {
			f[d] /= 4
		}
		keep := make([]int, len(fns)-1)
		for k := range keep {
			keep[k] = k + 1
		}
		b.Run(fmt.Sprintf("vertices-%d", d), func(b *testing.B) {
			s := Splitter{Oracle: planes(fns)}
			p, cols := boxWith(d, fns)
			columns := append(numbers(d), cols[1:]...)
			for b.Loop() {
				below, above, ok := s.Split(&p, cols[0], columns, numbers(len(fns)))
				if !ok {
					b.Fatal("no split")
				}
				s.Put(below)
				s.Put(above)
			}
			b.ReportMetric(float64(p.Len()), "vertices")
		})
		b.Run(fmt.Sprintf("implicit-%d", d), func(b *testing.B) {
			c := NewImplicit(d, nil)
			w := with(c, fns, fns)
			for b.Loop() {
				below, above, ok := c.Clone(w).Split(w, 0, keep)
				if !ok {
					b.Fatal("no split")
				}
				w.Put(below)
				w.Put(above)
			}
			perOp(b, w.LPs, "LPs")
			perOp(b, w.Pivots, "pivots")
		})
	}
}

// BenchmarkParts counts the parts into which ten hyperplanes cut.
func BenchmarkParts(b *testing.B) {
	for _, d := range []int{3, 5} {
		rng := rand.New(rand.NewPCG(2, uint64(d)))
		fns := hyperplanes(rng, d, 10, false)
		order := numbers(len(fns))
		for k := range fns {
			fns[k][d] /= 4
		}
		b.Run(fmt.Sprintf("vertices-%d", d), func(b *testing.B) {
			s := Splitter{Oracle: planes(fns)}
			p, cols := boxWith(d, fns)
			var parts int64
			for b.Loop() {
				parts = s.Parts(&p, cols, order)
			}
			b.ReportMetric(float64(parts), "parts")
			perOp(b, s.Sections, "sections")
		})
		z, _ := slanted(rng, d, nil)
		for name, zono := range map[string]*Zonotope{"box": nil, "zonotope": z} {
			b.Run(fmt.Sprintf("%s-%d", name, d), func(b *testing.B) {
				c := NewImplicit(d, zono)
				w := with(c, fns, fns)
				var parts int64
				for b.Loop() {
					q := c.Clone(w)
					n, ok := q.Parts(w, order)
					if !ok {
						b.Fatal("not sure")
					}
					w.Put(q)
					parts = n
				}
				b.ReportMetric(float64(parts), "parts")
				perOp(b, w.LPs, "LPs")
				perOp(b, w.Pivots, "pivots")
			})
		}
	}
}

// BenchmarkSimplex solves programs in a row over one box with rows, each from
// where the one before ended.
func BenchmarkSimplex(b *testing.B) {
	for _, d := range []int{5, 11, 30} {
		b.Run(fmt.Sprint(d), func(b *testing.B) {
			rng := rand.New(rand.NewPCG(3, uint64(d)))
			s := NewBox(d)
			for _, row := range hyperplanes(rng, d, 2*d, false) {
				s.Aim(row)
				if s.Primal(0) == Reached {
					s.Add(row, 0, 0)
				}
			}
			aims := hyperplanes(rng, d, 64, false)
			s.Pivots = 0
			var programs int64
			for b.Loop() {
				if !s.Fresh() {
					b.Fatal("no fresh dictionary")
				}
				s.Aim(aims[programs%64])
				if s.Primal(math.Inf(1)) != Best {
					b.Fatal("no optimum")
				}
				programs++
			}
			perOp(b, programs, "LPs")
			perOp(b, s.Pivots, "pivots")
		})
	}
}

// BenchmarkZonotope asks for the maximum of a row, where it is, and for the
// bound that takes less.
func BenchmarkZonotope(b *testing.B) {
	for _, size := range [][2]int{{11, 784}, {5, 50}} {
		d, n := size[0], size[1]
		rng := rand.New(rand.NewPCG(4, uint64(d)))
		z := domain(rng, d, n)
		row := hyperplanes(rng, d, 1, false)[0]
		var work []float64
		y := make([]float64, d)
		b.Run(fmt.Sprintf("max-%d-%d", d, n), func(b *testing.B) {
			for b.Loop() {
				z.Max(row, &work)
			}
		})
		b.Run(fmt.Sprintf("farthest-%d-%d", d, n), func(b *testing.B) {
			for b.Loop() {
				z.Farthest(row, &work, y)
			}
		})
		b.Run(fmt.Sprintf("below-%d-%d", d, n), func(b *testing.B) {
			for b.Loop() {
				z.Below(row)
			}
		})
	}
}
