package reference

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"relucount/pkg/highs"
)

// Radius is that of the largest ball in the region: the largest distance that a
// point can have from all facets and limits of inputs (the centre of Chebyshev).
func (l *leaf) Radius() float64 {
	n, p := l.w.m.net, l.w.m.p
	var lo, hi, cost []float64
	var cols []int // of the inputs
	widest := 0.0
	for j := range p.Cols {
		if n.Has(j) {
			cols = append(cols, j)
			c := p.Cols[j]
			lo, hi, cost = append(lo, float64(c.Lo)), append(hi, float64(c.Hi)), append(cost, 0)
			widest = max(widest, float64(c.Hi)-float64(c.Lo))
		}
	}
	at := len(lo)
	lp := highs.NewLP(append(lo, 0), append(hi, widest), append(cost, -1))
	defer lp.Close()
	for i := range cols {
		if lo[i] < hi[i] {
			lp.AddRow(lo[i], math.Inf(1), []int{i, at}, []float64{1, -1})
			lp.AddRow(math.Inf(-1), hi[i], []int{i, at}, []float64{1, 1})
		}
	}
	for _, f := range l.Facets() {
		last := len(f.Row) - 1
		size := floats.Norm(f.Row[:last], 2)
		if size == 0 {
			continue
		}
		var idx []int
		var val []float64
		for i, v := range f.Row[:last] {
			if v != 0 {
				idx, val = append(idx, i), append(val, v/size)
			}
		}
		lp.AddRow(-f.Row[last]/size, math.Inf(1), append(idx, at), append(val, -1))
	}
	st, r := lp.Solve()
	l.w.LPs += lp.Solves
	l.w.HiGHS += lp.Solves
	l.w.Pivots += lp.Pivots
	if st != highs.Optimal {
		return 0
	}
	return -r
}
