package polytope

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"relucount/pkg/dense"
	"relucount/pkg/property"
)

// trial is a Simplex under test, and how often gonum had an answer.
type trial struct {
	*Simplex
	t      *testing.T
	rng    *rand.Rand
	seed   uint64
	whole  bool // rows and objectives of small whole numbers
	asked  int
	agreed int
}

func (x *trial) row() []float64 { return hyperplanes(x.rng, x.d, 1, x.whole)[0] }

// optimum is the true maximum of row.
func (x *trial) optimum(row []float64) float64 {
	p := x.standard()
	c, k := x.over(row)
	want := k + p.byHiGHS(x.t, c)
	x.asked++
	if v, ok := p.byGonum(c); ok {
		x.agreed++
		if !near(k+v, want) {
			x.t.Errorf("seed %d: gonum has %g, HiGHS %g", x.seed, k+v, want)
		}
	}
	return want
}

// vertex checks the present vertex and returns it.
func (x *trial) vertex(what string) []float64 {
	y := make([]float64, x.d)
	x.Point(y)
	if s := x.violation(y); s > 1e-8 {
		x.t.Errorf("seed %d: %s: the vertex violates a row by %g", x.seed, what, s)
	}
	for _, v := range y {
		if math.Abs(v) > 1+1e-9 {
			x.t.Errorf("seed %d: %s: vertex %v", x.seed, what, y)
		}
	}
	return y
}

// maximise goes for the optimum of a row, with a stop on the way, and checks
// the value, the vertex and the multipliers.
func (x *trial) maximise(what string) {
	row := x.row()
	want := x.optimum(row)
	x.Aim(row)
	if x.Value > want+1e-7 {
		x.t.Errorf("seed %d: %s: value %g of the vertex above the optimum %g", x.seed, what, x.Value, want)
	}
	if at := x.Value; at < want-1e-3 {
		goal := at + x.rng.Float64()*(want-at)*0.99
		if out := x.Primal(goal); out != Reached || x.Value < goal {
			x.t.Errorf("seed %d: %s: outcome %d with %g, goal %g below the optimum %g", x.seed, what, out, x.Value, goal, want)
		}
		x.vertex(what + ", on the way")
	}
	goal := math.Inf(1)
	if x.rng.IntN(2) == 0 {
		goal = want + 1e-3
	}
	if out := x.Primal(goal); out != Best || !near(x.Value, want) {
		x.t.Errorf("seed %d: %s: outcome %d with %g, goal %g, the optimum is %g", x.seed, what, out, x.Value, goal, want)
		return
	}
	y := x.vertex(what)
	if v := eval(row, y); !near(v, want) {
		x.t.Errorf("seed %d: %s: value %g at the vertex, %g claimed", x.seed, what, v, want)
	}
	u, _ := x.Multipliers(row, 0)
	top := BoxMax(u)
	if x.points != nil {
		top = math.Inf(-1)
		for i := range x.n {
			top = max(top, eval(u, x.Simplex.point(i)))
		}
	}
	if !near(top, want) {
		x.t.Errorf("seed %d: %s: the multipliers prove %g, the optimum is %g", x.seed, what, top, want)
	}
	if d := eval(u, y) - eval(row, y); d < -1e-8 {
		x.t.Errorf("seed %d: %s: the multipliers give %g less than the row at a vertex", x.seed, what, -d)
	}
}

// add adds a row, moved so that some of the polytope is on either side of it
// or, now and then, so that the vertex lies on it.
func (x *trial) add() (added bool) {
	row := x.row()
	if x.rng.IntN(4) == 0 {
		y := x.vertex("before a row through it")
		row[x.d] -= eval(row, y)
		if x.optimum(row) < 1e-3 {
			return false
		}
	}
	most, least := x.optimum(row), -x.optimum(negative(row, make([]float64, x.d+1)))
	if most < 1e-3 || least > -1e-3 && x.rng.IntN(3) > 0 {
		return false
	}
	x.Aim(row)
	if x.Primal(0) != Reached {
		x.t.Errorf("seed %d: no way to where a row is %g", x.seed, most)
		return false
	}
	x.Add(row, 0, 0)
	x.vertex("after a row")
	if least < -1e-3 && len(x.Rows) > 1 && x.rng.IntN(4) == 0 && x.fixedRows() < x.d-1 {
		if !x.Fix() {
			x.t.Errorf("seed %d: a row from %g to %g cannot be fixed", x.seed, least, most)
		}
		if y := x.vertex("fixed"); math.Abs(eval(row, y)) > 1e-8 {
			x.t.Errorf("seed %d: a fixed row is %g", x.seed, eval(row, y))
		}
	}
	return true
}

func (x *trial) fixedRows() (n int) {
	for i, f := range x.fixed {
		if f && x.Rows[i] != nil {
			n++
		}
	}
	return n
}

func (x *trial) point() []float64 {
	y := make([]float64, x.d)
	for j := range y {
		y[j] = 2*x.rng.Float64() - 1
		if x.whole {
			y[j] = math.Round(2*y[j]) / 2
		}
	}
	return y
}

// step changes the polytope, or the way it is kept.
func (x *trial) step() {
	switch k := x.rng.IntN(6); {
	case k < 3:
		x.add()
	case k == 3 && x.points != nil:
		obj := x.row()
		x.Aim(obj)
		before := x.vertex("before a point")
		for range 1 + x.rng.IntN(3) {
			x.AddPoint(x.point(), obj, nil)
		}
		if after := x.vertex("after a point"); !reflect.DeepEqual(before, after) {
			x.t.Errorf("seed %d: a point moved the vertex from %v to %v", x.seed, before, after)
		}
		want := x.optimum(obj)
		if out := x.Primal(math.Inf(1)); out != Best || !near(x.Value, want) {
			x.t.Errorf("seed %d: outcome %d with %g after a point; the optimum is %g", x.seed, out, x.Value, want)
		}
	case k == 4 && x.points != nil:
		x.forget()
	case k == 5:
		before := x.vertex("before")
		x.stale = maxStale
		if !x.Fresh() {
			x.t.Errorf("seed %d: no fresh dictionary", x.seed)
		}
		for j, v := range x.vertex("fresh") {
			if math.Abs(v-before[j]) > 1e-8 {
				x.t.Errorf("seed %d: a fresh dictionary moved the vertex from %v", x.seed, before)
			}
		}
	default: // go on with a copy; the other does not mind
		o, was := x.Simplex, new(Simplex)
		was.Copy(o)
		x.Simplex = new(Simplex)
		*x.Simplex = *NewBox(2)
		x.Copy(o)
		x.maximise("copy")
		for _, pair := range [][2]any{{o.tab, was.tab}, {o.val, was.val}, {o.head, was.head}, {o.tail, was.tail}, {o.upper, was.upper}, {o.fixed, was.fixed}} {
			if !reflect.DeepEqual(pair[0], pair[1]) {
				x.t.Errorf("seed %d: a copy changed its original: %v", x.seed, pair)
			}
		}
	}
}

// forget: the points that are left are some of those before, in their order.
func (x *trial) forget() {
	before, vertex := slices.Clone(x.points), x.vertex("before forgetting")
	keep := 1 + x.rng.IntN(x.n)
	x.Forget(keep)
	at, width := 0, dense.Width(x.d)
	for i := range x.n {
		p := x.Simplex.point(i)
		for at < len(before) && !slices.Equal(before[at:at+x.d], p) {
			at += width
		}
		if at += width; at > len(before) {
			x.t.Errorf("seed %d: a point out of nowhere", x.seed)
			return
		}
	}
	if most := max(keep, len(x.Rows)); x.n > most {
		x.t.Errorf("seed %d: %d points left, at most %d expected", x.seed, x.n, most)
	}
	for j, v := range x.vertex("after forgetting") {
		if math.Abs(v-vertex[j]) > 1e-9 {
			x.t.Errorf("seed %d: forgetting moved the vertex from %v", x.seed, vertex)
		}
	}
}

// TestSimplex takes boxes and hulls through random changes and programs, each
// from where the last one ended, and compares the optima with gonum and HiGHS.
// Half of the programs are of whole numbers, and so degenerate.
func TestSimplex(t *testing.T) {
	t.Parallel()
	asked, agreed := 0, 0
	for seed := range property.Seeds(t, 400, 60) {
		rng := rand.New(rand.NewPCG(34, seed))
		x := trial{t: t, rng: rng, seed: seed, whole: seed%2 == 0}
		d := 1 + rng.IntN(6)
		if rng.IntN(2) == 0 {
			x.Simplex = NewBox(d)
		} else {
			x.Simplex = &Simplex{d: d}
			first := x.point()
			x.Simplex = NewHull(first)
			for range d + 1 + rng.IntN(8) {
				x.AddPoint(x.point(), make([]float64, d+1), nil)
			}
		}
		for range 4 + rng.IntN(8) {
			x.maximise("programs in a row")
			x.step()
		}
		x.maximise("last")
		asked, agreed = asked+x.asked, agreed+x.agreed
	}
	if agreed < asked/2 {
		t.Errorf("gonum answered %d of %d programs", agreed, asked)
	}
}

// TestCycles solves programs on which Dantzig's rule goes in circles for ever
// with some ways to break ties.
func TestCycles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		gain []float64
		rows [][]float64 // rows x <= limit
		most []float64
		want float64
	}{
		"Beale 1955":                  {[]float64{0.75, -150, 0.02, -6}, [][]float64{{0.25, -60, -0.04, 9}, {0.5, -90, -0.02, 3}, {0, 0, 1, 0}}, []float64{0, 0, 1}, 0.05},
		"Kuhn":                        {[]float64{2, 3, -1, -12}, [][]float64{{-2, -9, 1, 9}, {1. / 3, 1, -1. / 3, -2}, {2, 3, -1, -12}}, []float64{0, 0, 2}, 2},
		"Marshall and Suurballe 1969": {[]float64{10, -57, -9, -24}, [][]float64{{0.5, -5.5, -2.5, 9}, {0.5, -1.5, -0.5, 1}, {1, 0, 0, 0}}, []float64{0, 0, 1}, 1},
	} {
		// x = 4 (y + 1)
		over := func(coef []float64, constant float64) []float64 {
			row := make([]float64, 5)
			row[4] = constant
			for j, v := range coef {
				row[j] = 4 * v
				row[4] += 4 * v
			}
			return row
		}
		s := NewBox(4)
		for i, r := range c.rows {
			s.Add(negative(over(r, -c.most[i]), make([]float64, 5)), 0, 0)
		}
		x := trial{Simplex: s, t: t}
		row := over(c.gain, 0)
		if want := x.optimum(row); !near(want, c.want) {
			t.Fatalf("%s: optimum %g, not %g", name, want, c.want)
		}
		s.Aim(row)
		if out := s.Primal(math.Inf(1)); out != Best || !near(s.Value, c.want) {
			t.Errorf("%s: outcome %d with %g, %g expected", name, out, s.Value, c.want)
		}
	}
}

// TestOutcomes has each outcome of Primal on the smallest program there is.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	up := []float64{1, 0}
	for _, c := range []struct {
		goal float64
		out  Outcome
		at   float64
	}{{math.Inf(1), Best, 1}, {2, Best, 1}, {1, Reached, 1}, {-1, Reached, -1}, {-2, Reached, -1}} {
		s := NewBox(1)
		s.Aim(up)
		if out := s.Primal(c.goal); out != c.out || s.Value != c.at {
			t.Errorf("goal %g: outcome %d at %g, %+v expected", c.goal, out, s.Value, c)
		}
	}
	// weights that do not add up to anything have no limit
	s := &Simplex{d: 1, n: 1, points: padded(nil, []float64{1}), tail: []int{0}, upper: []bool{false}}
	s.fit()
	s.Aim(up)
	if out := s.Primal(1); out != Lost {
		t.Errorf("no limit: outcome %d", out)
	}
}

// TestKleeMinty: on these cubes (Klee and Minty, "How good is the simplex
// algorithm?", 1972) the walk visits all 2^d vertices, so that a large one is
// given up, at a vertex from which it can go on.
func TestKleeMinty(t *testing.T) {
	t.Parallel()
	for _, d := range []int{2, 4, 6, 9} {
		s := NewBox(d)
		unit := math.Pow(5, float64(d)) / 2 // x = unit (y + 1)
		gain := make([]float64, d+1)
		for i := range d {
			row := make([]float64, d+1) // x_i + sum_j<i 2^(i-j+1) x_j <= 5^(i+1)
			row[i] = -1
			for j := range i {
				row[j] = -math.Pow(2, float64(i-j+1))
			}
			row[d] = math.Pow(5, float64(i+1)) / unit
			for _, c := range row[:d] {
				row[d] += c
			}
			s.Add(row, 0, 0)
			gain[i] = math.Pow(2, float64(d-1-i))
			gain[d] += gain[i]
		}
		x := trial{Simplex: s, t: t}
		s.Aim(gain)
		out, calls := s.Primal(math.Inf(1)), 1
		if (out == Lost) != (d == 9) || d < 9 && s.Pivots != 1<<d-1 {
			t.Errorf("%d dimensions: outcome %d after %d pivots", d, out, s.Pivots)
		}
		for ; out == Lost && calls < 10; calls++ {
			x.vertex("given up")
			out = s.Primal(math.Inf(1))
		}
		if out != Best || math.Abs(s.Value-2) > 1e-6 {
			t.Errorf("%d dimensions: outcome %d with %g after %d calls", d, out, s.Value, calls)
		}
	}
}

// TestFixTouching: a row that is 0 on a facet and negative nowhere keeps the
// vertex on that facet.
func TestFixTouching(t *testing.T) {
	t.Parallel()
	for _, before := range [][]float64{nil, {1, 1, 1, 0}, {-1, -1, -1, 0}} {
		x := trial{Simplex: NewBox(3), t: t, rng: rand.New(rand.NewPCG(35, 1))}
		if before != nil { // comes from another vertex
			x.Aim(before)
			x.Primal(math.Inf(1))
		}
		x.Add([]float64{1, 0, 0, 1}, 0, 0)
		if !x.Fix() {
			t.Errorf("%v: not fixed", before)
		}
		for range 5 {
			x.maximise("on a facet")
			if y := x.vertex("on a facet"); y[0] != -1 {
				t.Errorf("%v: left the facet: %v", before, y)
			}
		}
	}
}

// TestFixRefuses: a row that touches the polytope nowhere cannot be fixed, and
// neither can one that is no basic variable any more.
func TestFixRefuses(t *testing.T) {
	t.Parallel()
	s := NewBox(2)
	s.Add([]float64{1, 0, 3}, 0, 0) // y0 >= -3
	if s.Fix() {
		t.Error("a row was fixed that is 2 or more")
	}
	s = NewBox(2)
	s.Add([]float64{1, 0, 1.5}, 0, 0)
	s.Add([]float64{1, 1, 1.999}, 0, 0)
	s.Aim([]float64{-1, -1, 0})
	if s.Primal(math.Inf(1)) != Best {
		t.Fatal("no optimum")
	}
	if s.Fix() { // its slack is nonbasic
		t.Error("fixed twice")
	}
}

// violation is how far the point y violates the rows, at most.
func (s *Simplex) violation(y []float64) (worst float64) {
	for i, r := range s.Rows {
		if r == nil {
			continue
		}
		v := eval(r, y)
		if s.fixed[i] {
			v = -math.Abs(v)
		}
		worst = max(worst, -v)
	}
	return worst
}
