package affine_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"relucount/pkg/affine"
	"relucount/pkg/milp"
	"relucount/pkg/property"
	"relucount/pkg/truth"
)

func newNetwork(t testing.TB, p *milp.Problem, b affine.Bounds) *affine.Network {
	t.Helper()
	n, err := affine.NewNetwork(p, b)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// descend returns the functions of all layers for states of all units.
func descend(n *affine.Network, states []affine.State) []*affine.Functions {
	var out []*affine.Functions
	sums := n.First(n.Root)
	for l := range n.Layers {
		f := new(affine.Functions)
		var before *affine.Functions
		if l > 0 {
			before = out[l-1]
			sums = n.Sums(before, states, nil)
		}
		n.Enter(f, n.Root, before, l, sums, states)
		f.AllReady()
		out = append(out, f)
	}
	return out
}

// value is the pre-activation of unit k at a point over the coordinates.
func value(f *affine.Functions, k int, y []float64) float64 {
	if f.Norm(k) == 0 {
		return f.Value(k)
	}
	return f.Norm(k) * along(f.Row(k), y)
}

// drawProblem draws a milp: every other one has two slopes, some have skip
// connections of either kind, some a first layer that is narrower than the
// input.
func drawProblem(t testing.TB, rng *rand.Rand, seed uint64) *milp.Problem {
	t.Helper()
	d := truth.Random(rng, 1+rng.IntN(4), 1+rng.IntN(4), 12)
	if seed%5 == 4 {
		d = truth.Dense(rng, 7, 2+rng.IntN(3), 4, 3)
		d.Method = "interval"
	}
	if seed%2 == 1 {
		truth.TwoSlopes(rng, d.Net)
	}
	if seed%6 == 2 {
		truth.Carry(rng, d.Net)
	}
	p := d.Encode(t)
	if seed%3 == 1 {
		truth.Skip(rng, p)
	}
	return p
}

// TestFunctions: for states drawn by chance, the functions are what the pre
// rows give when each unit has its state whatever its sign; and for the states
// of a point they are its pre-activations. What they are over the inputs is
// the same.
func TestFunctions(t *testing.T) {
	t.Parallel()
	early, narrow := 0, 0
	for seed := range property.Seeds(t, 300, 60) {
		rng := rand.New(rand.NewPCG(2, seed))
		p := drawProblem(t, rng, seed)
		n := newNetwork(t, p, affine.Hold)
		if n.Early {
			early++
		}
		if n.Root.Parent != nil {
			narrow++
		}
		at := draw(rng, n.Dim())
		x, y := n.Point(at), make([]float64, n.Root.Dim)
		n.Root.Of(at, y)
		for _, byPoint := range []bool{false, true} {
			states := make([]affine.State, len(n.Units))
			want := truth.Evaluate(p, x, func(k int, g float64) bool {
				states[k].On = rng.IntN(2) == 1
				if byPoint {
					states[k].On = g > 0
				}
				return states[k].On
			})
			fs := descend(n, states)
			for k, g := range want {
				f := fs[slices.IndexFunc(fs, func(f *affine.Functions) bool { return k < f.Layer.End })]
				tol := 1e-9 * (1 + math.Abs(g))
				if got := value(f, k, y); math.Abs(got-g) > tol {
					t.Errorf("%d: unit %d is %g by its function, %g by the rows", seed, k, got, g)
				}
				if f.Norm(k) == 0 {
					continue
				}
				over := n.OverInputs(n.Root, f.Row(k))
				if got := f.Norm(k) * along(over, x); math.Abs(got-g) > 10*tol {
					t.Errorf("%d: unit %d is %g over the inputs, %g by the rows", seed, k, got, g)
				}
			}
		}
	}
	if early == 0 || narrow == 0 {
		t.Errorf("%d networks with skip connections, %d with a narrow layer", early, narrow)
	}
}

// TestSumsInSteps: adding units one by one, in any order, is Sums.
func TestSumsInSteps(t *testing.T) {
	t.Parallel()
	for seed := range property.Seeds(t, 60, 20) {
		rng := rand.New(rand.NewPCG(3, seed))
		n := newNetwork(t, drawProblem(t, rng, seed), affine.Hold)
		states := make([]affine.State, len(n.Units))
		for k := range states {
			states[k].On = rng.IntN(2) == 1
		}
		fs := descend(n, states)
		for _, f := range fs[:len(fs)-1] {
			want, got := n.Sums(f, states, nil), n.Begin(f, states, nil)
			for _, i := range rng.Perm(f.Layer.Units()) {
				k := f.Layer.First + i
				f.Add(got, k, states[k].On)
			}
			for i := range want {
				if math.Abs(got[i]-want[i]) > 1e-9*(1+math.Abs(want[i])) {
					t.Fatalf("%d: sums %v in steps, %v at once", seed, got, want)
				}
			}
		}
	}
}

// TestZeroes: a unit that is constant on a cell has no row but a value, and one
// that cancels up to rounding has the row that is left.
func TestZeroes(t *testing.T) {
	t.Parallel()
	n := truth.OneLayer([][]float64{{1, 2, 0}, {3, 6, 0}, {0, 0, 0.5}})
	n.Layers = append(n.Layers, truth.OneLayer([][]float64{{3, -1, 0, 0}, {3, -1, 2, -3}, {0.3, -0.1, 0, 0}, {1, 1, 0, 0}}).Layers...)
	net := newNetwork(t, truth.In(n, -1, 1, "interval").Encode(t), affine.Hold)
	f := descend(net, []affine.State{{On: true}, {On: true}, {On: true}, {}, {}, {}, {}})
	if f[0].Norm(2) != 0 || f[0].Value(2) != 0.5 {
		t.Errorf("a unit without weights: norm %g, value %g", f[0].Norm(2), f[0].Value(2))
	}
	for k, want := range []float64{0, -2} {
		if f[1].Norm(3+k) != 0 || f[1].Value(3+k) != want || f[1].On(3+k) {
			t.Errorf("unit %d of the second layer: norm %g, value %g; constant %g expected", k, f[1].Norm(3+k), f[1].Value(3+k), want)
		}
	}
	// three times the double nearest to 0.1 is not the one nearest to 0.3
	left := new(big.Rat).Mul(big.NewRat(3, 1), new(big.Rat).SetFloat64(0.1))
	left.Sub(new(big.Rat).SetFloat64(0.3), left)
	want, _ := left.Float64()
	if row := f[1].Row(5); math.Abs(f[1].Norm(5)*math.Abs(row[0])-math.Abs(want)) > 1e-3*math.Abs(want) {
		t.Errorf("what is left of 0.3 - 3 0.1 is %g, not %g", f[1].Norm(5)*row[0], want)
	}
	if f[1].Norm(6) == 0 {
		t.Errorf("norm %g", f[1].Norm(6))
	}
}

// TestFrame: ranges hold at points, those of a narrow frame are at least as
// narrow as over its box, and Cuts are the rows over inputs.
func TestFrame(t *testing.T) {
	t.Parallel()
	for seed := range property.Seeds(t, 100, 20) {
		rng := rand.New(rand.NewPCG(4, seed))
		d := truth.Dense(rng, 6, 2, 3)
		d.Method = "interval"
		p := truth.Copy(t, d.Encode(t))
		rows := rng.IntN(3)
		for range rows {
			val := draw(rng, 6)
			truth.AddRow(p, -0.5, 0.75, truth.InputCols(p), val)
		}
		n := newNetwork(t, p, affine.Hold)
		f := n.Root
		if f.Dim != 2+rows || f.Parent == nil || f.Body() == nil || len(f.Cuts) != 2*rows {
			t.Fatalf("%d: %d coordinates, %d cuts for %d rows", seed, f.Dim, len(f.Cuts), rows)
		}
		row := draw(rng, f.Dim+1)
		row[f.Dim] /= 4
		lo, hi := f.Range(row, 0)
		box := 0.0
		for _, v := range row[:f.Dim] {
			box += math.Abs(v)
		}
		if lo < row[f.Dim]-box || hi > row[f.Dim]+box {
			t.Errorf("%d: [%g, %g] is wider than over the box", seed, lo, hi)
		}
		if f.Above(row, 0) != (row[f.Dim] >= box) {
			t.Errorf("%d: Above is %v", seed, f.Above(row, 0))
		}
		y := make([]float64, f.Dim)
		for range 50 {
			at := draw(rng, n.Dim())
			f.Of(at, y)
			if v := along(row, y); v < lo-1e-9 || v > hi+1e-9 {
				t.Errorf("%d: %g is outside [%g, %g]", seed, v, lo, hi)
			}
			x, inside, cut := n.Point(at), true, true
			for _, r := range p.Rows[len(p.Rows)-rows:] {
				v := along(append(append([]float64{}, r.Val...), 0), x)
				inside = inside && v >= float64(r.Lo) && v <= float64(r.Hi)
			}
			for _, c := range f.Cuts {
				cut = cut && along(c.Row, y) >= 0
			}
			if inside != cut {
				t.Errorf("%d: rows say %v, cuts %v at %v", seed, inside, cut, x)
			}
		}
	}
}
