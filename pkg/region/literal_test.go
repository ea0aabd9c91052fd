package region

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"relucount/pkg/highs"
	"relucount/pkg/milp"
	"relucount/pkg/record"
	"relucount/pkg/truth"
)

// boxed encodes one layer over a box, by intervals.
func boxed(t testing.TB, lo, hi float64, rows ...[]float64) *milp.Problem {
	t.Helper()
	n := truth.OneLayer(rows)
	d := truth.In(n, lo, hi, "interval")
	return truth.Copy(t, d.Encode(t))
}

// z returns the columns z of units.
func zOf(p *milp.Problem, units ...int) (cols []int) {
	for _, k := range units {
		cols = append(cols, *p.Units[k].Z)
	}
	return cols
}

// literal is an edit whose effect is known beforehand.
type literal struct {
	name string
	p    *milp.Problem
	edit func(p *milp.Problem)
	want int64
}

var cross = [][]float64{{1, 0, 0}, {0, 1, 0}}

func checkLiteral(t *testing.T, cases []literal) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.edit(c.p)
			if err := c.p.Check(); err != nil {
				t.Skipf("refused: %v", err)
			}
			if n := len(truth.OfProblem(c.p, 1000).Regions()); c.want != int64(n) && !strings.HasPrefix(c.name, "decimal") {
				t.Errorf("the brute force has %d regions, %d expected", n, c.want)
			}
			for _, engine := range []string{"tree", "mip"} {
				if n := count(t, c.p, engine, 1); n.Regions != c.want || !n.Complete {
					t.Errorf("%s: %+v, %d regions expected", engine, n, c.want)
				}
			}
		})
	}
}

// TestLiteralDomains: limits of inputs, and rows over them and over columns of the user's own.
func TestLiteralDomains(t *testing.T) {
	t.Parallel()
	checkLiteral(t, []literal{
		{"an input with no values left", boxed(t, -1, 1, cross...), func(p *milp.Problem) {
			p.Cols[0].Lo, p.Cols[0].Hi = 0.5, -0.5
		}, 0},
		{"a column with no values left", boxed(t, -1, 1, cross...), func(p *milp.Problem) {
			truth.AddCol(p, 1, -1, false)
		}, 0},
		{"a row with no values left", boxed(t, -1, 1, cross...), func(p *milp.Problem) {
			truth.AddRow(p, 0.5, -0.5, []int{0}, []float64{1})
		}, 0},
		{"small numbers in a slice", boxed(t, -1, 1, []float64{1, -1, 0}, []float64{1, 0, 0}), func(p *milp.Problem) {
			truth.AddRow(p, 0, 0, []int{0, 1}, []float64{1e-5, -1e-5}) // unit 0 is zero on it
		}, 2},
		{"large numbers in a slice", boxed(t, -1, 1, []float64{1, -1, 0}, []float64{1, 0, 0}), func(p *milp.Problem) {
			truth.AddRow(p, 0, 0, []int{0, 1}, []float64{1e7, -1e7})
		}, 2},
		{"two slices at a small angle", boxed(t, -1, 1, []float64{1, 0, 0}, []float64{0, 0, 1}), func(p *milp.Problem) {
			truth.AddRow(p, 0, 0, []int{0, 1}, []float64{1, 100}) // together x = 0
			truth.AddRow(p, 0, 0, []int{0, 1}, []float64{1, -100})
		}, 1},
		{"a slice by a steep parameter", boxed(t, -1, 1, []float64{100, -1, 0}, []float64{1, 0, 0}), func(p *milp.Problem) {
			s := truth.AddCol(p, math.Inf(-1), inf, false)
			truth.AddRow(p, 0, 0, []int{0, s}, []float64{1, -100})
			truth.AddRow(p, 0, 0, []int{1, s}, []float64{1, -10000})
		}, 2},
	})
}

// TestLiteralUnits: limits of units, rows over them, and the rows of units.
func TestLiteralUnits(t *testing.T) {
	t.Parallel()
	checkLiteral(t, []literal{
		// the next two hold up to rounding only, which the brute force has not
		{"decimal weights on z that add up to the limit", boxed(t, -1, 1, cross...), func(p *milp.Problem) {
			truth.AddRow(p, math.Inf(-1), 0.3, zOf(p, 0, 1), []float64{0.1, 0.2})
		}, 4},
		{"decimal weights on z as an equation", boxed(t, -1, 1, cross...), func(p *milp.Problem) {
			truth.AddRow(p, 0.3, 0.3, zOf(p, 0, 1), []float64{0.1, 0.2})
		}, 1},
		{"h with no values left", boxed(t, -1, 1, cross...), func(p *milp.Problem) {
			p.Cols[p.Units[0].H].Lo, p.Cols[p.Units[0].H].Hi = 0.5, 0.25
		}, 0},
		{"z with no values left", boxed(t, -1, 1, cross...), func(p *milp.Problem) {
			p.Cols[*p.Units[0].Z].Lo, p.Cols[*p.Units[0].Z].Hi = 1, 0
		}, 0},
		{"z above 1", boxed(t, -1, 1, cross...), func(p *milp.Problem) {
			p.Cols[*p.Units[0].Z].Lo, p.Cols[*p.Units[0].Z].Hi = 2, 3
		}, 0},
		{"h.hi = 0 where g >= 0", boxed(t, 0, 1, []float64{1, 0, 0}, []float64{0, 1, -0.5}), func(p *milp.Problem) {
			p.Cols[p.Units[0].H].Hi = 0 // x = 0 only, where the unit is not active
		}, 0},
		{"h.hi = 0 where g takes both signs", boxed(t, -1, 1, cross...), func(p *milp.Problem) {
			p.Cols[p.Units[0].H].Hi = 0
		}, 2},
		{"a later row that leaves a unit on its hyperplane", boxed(t, 0, 1, []float64{1, 0, 0}, []float64{0, 1, -0.5}), func(p *milp.Problem) {
			truth.AddRow(p, math.Inf(-1), 0, []int{p.Units[0].H, p.Units[1].H}, []float64{1, 1})
		}, 0},
		{"a stably active unit moved to where it is not", boxed(t, -1, 1, []float64{1, 3}), func(p *milp.Problem) {
			p.Cols[0].Lo, p.Cols[0].Hi = -5, -3 // hbar.hi = 0 leaves x = -3
		}, 0},
		{"a stably active unit, part of it", boxed(t, -1, 1, []float64{1, 3}), func(p *milp.Problem) {
			p.Cols[0].Lo = -5
		}, 1},
		{"a stably inactive unit moved to where it is not", boxed(t, -1, 1, []float64{1, -3}), func(p *milp.Problem) {
			p.Cols[0].Lo, p.Cols[0].Hi = 3, 5
		}, 0},
		{"the milp without a pre row's weight", boxed(t, -1, 1, []float64{1, 1, 0}, []float64{1, -1, 0}), func(p *milp.Problem) {
			r := &p.Rows[p.Units[0].Pre]
			r.Val[1] = 0
		}, 4},
		{"a bias moved", boxed(t, -1, 1, []float64{1, 0}), func(p *milp.Problem) {
			r := &p.Rows[p.Units[0].Pre]
			r.Lo, r.Hi = 0.5, 0.5
		}, 2},
		{"a bias moved beyond h.hi", boxed(t, -1, 1, []float64{1, 0}), func(p *milp.Problem) {
			r := &p.Rows[p.Units[0].Pre]
			r.Lo, r.Hi = -3, -3 // g = x + 3 is 2 or more
		}, 0},
	})
}

// TestLiteralIntegers: columns of the user's own that are integer.
func TestLiteralIntegers(t *testing.T) {
	t.Parallel()
	checkLiteral(t, []literal{
		{"two regions by integers", boxed(t, 0, 1, []float64{4, -2}), func(p *milp.Problem) {
			k := truth.AddCol(p, 0, 4, true) // 4x = k: 0, 1, 2 (on the hyperplane), 3, 4
			truth.AddRow(p, 0, 0, []int{0, k}, []float64{4, -1})
		}, 2},
		{"the integer lies on the hyperplane", boxed(t, 0, 1, []float64{4, -2}), func(p *milp.Problem) {
			k := truth.AddCol(p, 2, 2, true)
			truth.AddRow(p, 0, 0, []int{0, k}, []float64{4, -1})
		}, 1}, // the unit is zero on the slice
		{"an integer only where the unit is zero", boxed(t, 0, 1, []float64{1, -0.5}, []float64{0.7, -0.1}), func(p *milp.Problem) {
			k := truth.AddCol(p, -10, 10, true) // x = 0.5 + k/2: 0, 0.5 (on the hyperplane) and 1
			truth.AddRow(p, 0.5, 0.5, []int{0, k}, []float64{1, -0.5})
		}, 2},
		{"an integer column with no integer", boxed(t, -1, 1, cross...), func(p *milp.Problem) {
			k := truth.AddCol(p, 0.25, 0.75, true)
			truth.AddRow(p, 0, 0, []int{0, k}, []float64{1, -1})
		}, 0},
	})
}

// TestRefusal: what HiGHS does not take is an error of the question.
func TestRefusal(t *testing.T) {
	t.Parallel()
	p := boxed(t, -1, 1, []float64{8, 1, 0}, []float64{0, 1, 0})
	truth.AddRow(p, math.Inf(-1), 1, []int{p.Units[0].H, p.Units[1].H}, []float64{1e308, 1})
	s, err := NewSpace(p)
	if err != nil {
		t.Fatal(err)
	}
	var refused *highs.Refused
	for _, engine := range []string{"tree", "mip"} {
		o := Options{Engine: engine, Margin: DefaultMargin, Workers: 1}
		if _, err := s.Count(context.Background(), o); !errors.As(err, &refused) {
			t.Errorf("%s: a count: %v", engine, err)
		}
		if _, err := s.Trial(context.Background(), []record.ParityRow{{Units: []int{0}, Odd: true}}, o); !errors.As(err, &refused) {
			t.Errorf("%s: a trial: %v", engine, err)
		}
	}
}
