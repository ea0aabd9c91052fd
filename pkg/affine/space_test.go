package affine_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"relucount/pkg/affine"
	"relucount/pkg/milp"
	"relucount/pkg/property"
	"relucount/pkg/truth"
)

func newSpace(t testing.TB, p *milp.Problem) *affine.Space {
	t.Helper()
	s, err := affine.NewSpace(p)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// inputs is the milp of one unit over n inputs in [-1, 3].
func inputs(t testing.TB, n int) *milp.Problem {
	t.Helper()
	return truth.Copy(t, truth.In(truth.OneLayer([][]float64{append(truth.Ones(n), 0)}), -1, 3, "interval").Encode(t))
}

func along(row, x []float64) float64 {
	v := row[len(x)]
	for j, y := range x {
		v += row[j] * y
	}
	return v
}

// draw returns a point of the box of the coordinates.
func draw(rng *rand.Rand, dim int) []float64 {
	at := make([]float64, dim)
	for j := range at {
		at[j] = 2*rng.Float64() - 1
	}
	return at
}

// TestEquations draws equations through a point: each that says something new
// takes one coordinate, points keep all of them, and rows are what they were.
func TestEquations(t *testing.T) {
	t.Parallel()
	kept := 0
	for seed := range property.Seeds(t, 200, 40) {
		rng := rand.New(rand.NewPCG(1, seed))
		n := 2 + rng.IntN(4)
		p := inputs(t, n)
		middle := make([]float64, n)
		for j := range middle {
			middle[j] = float64(rng.IntN(5)) / 2
		}
		var rows [][]float64 // of the equations, without the constant
		rank := rng.IntN(n)
		for i := range rank {
			row := make([]float64, n) // unit upper triangle: independent
			for j := i; j < n; j++ {
				row[j] = float64(rng.IntN(7) - 3)
			}
			row[i] = 1
			rows = append(rows, row)
		}
		for range rng.IntN(3) { // sums of those say nothing new
			if rank > 0 {
				row := make([]float64, n)
				for _, r := range rows[:rank] {
					f := float64(rng.IntN(5) - 2)
					for j := range row {
						row[j] += f * r[j]
					}
				}
				rows = append(rows, row)
			}
		}
		for _, i := range rng.Perm(len(rows)) {
			v := along(append(rows[i], 0), middle)
			truth.AddRow(p, v, v, truth.InputCols(p), rows[i])
		}
		s := newSpace(t, p)
		if s.Void || s.Dim() != n-rank || !s.Bounded() {
			t.Fatalf("%d: void %v, %d coordinates of %d inputs, rank %d", seed, s.Void, s.Dim(), n, rank)
		}
		for range 20 {
			kept += checkPoint(t, s, p, rows, middle, draw(rng, s.Dim()))
		}
		// an equation that they exclude
		if len(rows) > 0 {
			v := along(append(rows[0], 0), middle) + 0.5
			truth.AddRow(p, v, v, truth.InputCols(p), rows[0])
			if s := newSpace(t, p); !s.Void {
				t.Errorf("%d: equations that contradict each other leave something", seed)
			}
		}
	}
	if kept == 0 {
		t.Error("no point was within the limits")
	}
}

// checkPoint checks a point of the box of the coordinates that keeps the
// space's rows, if it does.
func checkPoint(t *testing.T, s *affine.Space, p *milp.Problem, rows [][]float64, middle, at []float64) int {
	t.Helper()
	for _, r := range s.Rows {
		if v := along(append(append([]float64{}, r.Coef...), 0), at); v < r.Lo || v > r.Hi {
			return 0
		}
	}
	x := s.Point(at)
	for _, row := range rows {
		got, want := along(append(row, 0), x), along(append(row, 0), middle)
		if math.Abs(got-want) > 1e-9 {
			t.Errorf("%v at %v is %g, not %g", row, x, got, want)
		}
	}
	back := make([]float64, s.Dim())
	cols := make([]float64, len(p.Cols))
	for i, j := range truth.InputCols(p) {
		cols[j] = x[i]
	}
	s.Coordinates(cols, back)
	for j := range back {
		if math.Abs(back[j]-at[j]) > 1e-9 {
			t.Errorf("coordinates %v of the point at %v", back, at)
		}
	}
	pre := &p.Rows[p.Units[0].Pre]
	coef := make([]float64, s.Dim())
	c := s.Over(pre, coef)
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	if got := along(append(coef, c), at); math.Abs(got-sum) > 1e-9 {
		t.Errorf("a row over the coordinates is %g, over the inputs %g", got, sum)
	}
	return 1
}

// TestLimitsOfInputs: fixed inputs have no coordinate, unbounded ones one
// without limits, and none is left where limits cross.
func TestLimitsOfInputs(t *testing.T) {
	t.Parallel()
	p := inputs(t, 3)
	p.Cols[1].Lo, p.Cols[1].Hi = 2, 2
	s := newSpace(t, p)
	if s.Dim() != 2 || s.Void || !s.Bounded() {
		t.Errorf("a fixed input: %d coordinates, void %v", s.Dim(), s.Void)
	}
	if x := s.Point([]float64{-1, 0.5}); x[0] != -1 || x[1] != 2 || x[2] != 2 {
		t.Errorf("point %v, -1 2 2 expected", x)
	}
	p.Cols[0].Hi = milp.Hi(math.Inf(1))
	s = newSpace(t, p)
	if s.Dim() != 2 || s.Bounded() {
		t.Errorf("an unbounded input: %d coordinates, bounded %v", s.Dim(), s.Bounded())
	}
	if x := s.Point([]float64{100, 0}); x[0] != 100 {
		t.Errorf("point %v of an unbounded input", x)
	}
	p.Cols[0].Hi = -2
	if s = newSpace(t, p); !s.Void {
		t.Error("limits that cross leave something")
	}
	p.Cols[0].Integer = true
	if _, err := affine.NewSpace(p); err == nil {
		t.Error("an integer input is no error")
	}
}

// TestDependentLimits: the limits of an input that an equation takes away cut
// what is left.
func TestDependentLimits(t *testing.T) {
	t.Parallel()
	p := inputs(t, 2) // x_0 + 2 x_1 = 3 within [-1, 3]^2: x_1 from 0 to 2
	truth.AddRow(p, 3, 3, truth.InputCols(p), []float64{1, 2})
	truth.AddRow(p, math.Inf(-1), 1, truth.InputCols(p), []float64{1, 0}) // x_0 <= 1
	s := newSpace(t, p)
	if s.Dim() != 1 || len(s.Rows) != 2 {
		t.Fatalf("%d coordinates, rows %v", s.Dim(), s.Rows)
	}
	for v := -1.0; v <= 1; v += 1.0 / 64 {
		inside := true
		for _, r := range s.Rows {
			inside = inside && v*r.Coef[0] >= r.Lo-1e-12 && v*r.Coef[0] <= r.Hi+1e-12
		}
		free := 1 + 2*v // the input that is left, x_0 or x_1
		want := free >= 1-1e-12 && free <= 2+1e-12
		if s.Point([]float64{0.25})[0] == 1.5 { // it is x_0
			want = free <= 1+1e-12
		}
		if inside != want {
			t.Errorf("at %g: inside %v, %v expected", v, inside, want)
		}
	}
}
