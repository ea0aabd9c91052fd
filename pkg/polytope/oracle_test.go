package polytope

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize/convex/lp"

	"relucount/pkg/highs"
)

// standard is what a Simplex describes, over variables that are 0 or more: the
// coordinates plus 1, which are at most 2, or the weights of the points.
type standard struct {
	n     int
	top   float64     // upper limit of the variables
	coef  [][]float64 // of each row
	least []float64   // limit of each row
	fixed []bool
}

// over expresses row . (y, 1) by the variables.
func (s *Simplex) over(row []float64) (coef []float64, constant float64) {
	if row == nil {
		return slices.Repeat([]float64{-1}, s.n), 1
	}
	if s.points == nil {
		constant = row[s.d]
		for _, c := range row[:s.d] {
			constant -= c
		}
		return row[:s.d], constant
	}
	for i := range s.n {
		coef = append(coef, eval(row, s.point(i)))
	}
	return coef, 0
}

func (s *Simplex) standard() standard {
	p := standard{n: s.n, top: math.Inf(1), fixed: s.fixed}
	if s.points == nil {
		p.top = 2
	}
	for _, r := range s.Rows {
		c, k := s.over(r)
		p.coef, p.least = append(p.coef, c), append(p.least, -k)
	}
	return p
}

// byHiGHS maximises c x.
func (p standard) byHiGHS(t *testing.T, c []float64) float64 {
	t.Helper()
	lo, hi, cost, idx := make([]float64, p.n), make([]float64, p.n), make([]float64, p.n), make([]int, p.n)
	for j := range p.n {
		hi[j], cost[j], idx[j] = p.top, -c[j], j
	}
	l := highs.NewLP(lo, hi, cost)
	for i, r := range p.coef {
		most := math.Inf(1)
		if p.fixed[i] {
			most = p.least[i]
		}
		l.AddRow(p.least[i], most, idx, r)
	}
	st, obj := l.Solve()
	if st != highs.Optimal {
		t.Fatalf("HiGHS: status %v, error %v", st, l.Err())
	}
	return -obj
}

// byGonum maximises c x; it has no answer to some degenerate programs.
func (p standard) byGonum(c []float64) (float64, bool) {
	cols, rows := p.n, len(p.coef)
	bounded := !math.IsInf(p.top, 1)
	if bounded {
		cols, rows = cols+p.n, rows+p.n
	}
	for _, f := range p.fixed {
		if !f {
			cols++
		}
	}
	a, b, cost := mat.NewDense(rows, cols, nil), make([]float64, rows), make([]float64, cols)
	for j := range p.n {
		cost[j] = -c[j]
	}
	slack := p.n
	if bounded {
		for j := range p.n {
			i := len(p.coef) + j
			a.Set(i, j, 1)
			a.Set(i, slack, 1)
			b[i] = p.top
			slack++
		}
	}
	for i, r := range p.coef {
		for j, v := range r {
			a.Set(i, j, v)
		}
		if !p.fixed[i] {
			a.Set(i, slack, -1)
			slack++
		}
		b[i] = p.least[i]
		if b[i] < 0 { // so that its first phase starts well
			b[i] = -b[i]
			for j := range cols {
				a.Set(i, j, -a.At(i, j))
			}
		}
	}
	defer func() { _ = recover() }() // it panics on some singular programs
	f, _, err := lp.Simplex(cost, a, b, 1e-10, nil)
	return -f, err == nil
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-7*(1+math.Abs(b)) }
