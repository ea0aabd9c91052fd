package milp_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/domain"
	"relucount/pkg/milp"
	"relucount/pkg/relu"
)

// withSlopes draws the slopes of a network: leaky, absolute, of any size and
// sign, and in some units equal.
func withSlopes(rng *rand.Rand, n *relu.Chain, flat bool) {
	for l := range n.Layers {
		for i := range n.Layers[l].Slopes {
			s := &n.Layers[l].Slopes[i]
			switch rng.IntN(6) {
			case 0:
				s.Inactive = 0.01
			case 1:
				s.Inactive = -1
			case 2:
				s.Inactive = rng.NormFloat64()
			case 3:
				s.Inactive, s.Active = rng.NormFloat64(), rng.NormFloat64()
			case 4:
				if flat {
					s.Inactive, s.Active = -0.5, -0.5
				}
			}
		}
	}
}

// kinked lists the layer and unit of each pre-activation that makes a unit.
func kinked(n *relu.Chain) (out [][2]int) {
	for l := range n.Layers {
		for i, s := range n.Layers[l].Slopes {
			if s.Kink() {
				out = append(out, [2]int{l, i})
			}
		}
	}
	return out
}

// TestSlopesAreSolutions: what an input gives satisfies the program, and the
// rows alone say what the units of later layers are.
func TestSlopesAreSolutions(t *testing.T) {
	flat := 0
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(11, seed))
		n, d := random(rng, seed%2 == 0)
		withSlopes(rng, n, seed%3 == 0)
		at := kinked(n)
		if len(at) == 0 {
			continue
		}
		p := encode(n, d)
		if err := p.Check(); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if len(p.Units) != len(at) {
			t.Fatalf("seed %d: %d units, %d expected", seed, len(p.Units), len(at))
		}
		for range 20 {
			v, pre := preActivations(p, n, inside(rng, d))
			size := inBounds(t, seed, p, pre)
			for k := range p.Units {
				u := &p.Units[k]
				if got, want := u.Slopes(), n.Layers[at[k][0]].Slopes[at[k][1]]; got != want || (u.Slope == nil) != want.IsReLU() {
					t.Errorf("seed %d: unit %d has the slopes %v, want %v", seed, k, got, want)
				}
			}
			for _, r := range p.Rows {
				s := valueOf(&r, v)
				if tol := 1e-9 * size; !(s >= float64(r.Lo)-tol && s <= float64(r.Hi)+tol) {
					t.Errorf("seed %d: row %s is %g, limits [%g, %g]", seed, r.Name, s, r.Lo, r.Hi)
				}
			}
		}
		if len(at) < units(n) {
			flat++
			continue
		}
		comesBack(t, seed, p, n)
	}
	if flat < 20 {
		t.Errorf("only %d networks have units without a kink", flat)
	}
}

func units(n *relu.Chain) int {
	total := 0
	for _, l := range n.Layers {
		total += len(l.Slopes)
	}
	return total
}

// comesBack wants the layers that are read back to make the same rows; where
// the active slope is 1, of the same weights.
func comesBack(t *testing.T, seed uint64, p *milp.Problem, n *relu.Chain) {
	t.Helper()
	graph, err := p.ReLUNetwork()
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	back, err := graph.Chain()
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	for l := range back.Layers {
		lay, was := &back.Layers[l], &n.Layers[l]
		for i := range lay.B {
			if lay.B[i] != was.B[i] || lay.Slopes[i] != was.Slopes[i] {
				t.Errorf("seed %d: unit %d of layer %d has the bias %g and slopes %v", seed, i, l+1, lay.B[i], lay.Slopes[i])
			}
			for j, w := range lay.W.RawRowView(i) {
				want := was.W.At(i, j)
				exact := l == 0 || n.Layers[l-1].Slopes[j].Active == 1
				if exact && w != want || math.Abs(w-want) > 1e-15*math.Abs(want) {
					t.Errorf("seed %d: weight %d of unit %d of layer %d is %v, was %v", seed, j, i, l+1, w, want)
				}
			}
		}
	}
}

func TestRowsOfSlopes(t *testing.T) {
	n := &relu.Chain{Inputs: 1, Layers: []relu.Dense{
		{W: mat.NewDense(3, 1, []float64{1, 2, 3}), B: []float64{0, -1, 2}, Slopes: []relu.Slopes{{Inactive: 0.25, Active: 1}, {Inactive: -1, Active: 1}, {Inactive: 1, Active: 1}}},
		{W: mat.NewDense(2, 3, []float64{4, 3, 10, 0, 5, -1}), B: []float64{1, 7}, Slopes: relu.ReLU(2)},
	}}
	p := encode(n, domain.Box(1, -1, 1))
	// columns: x 0; h, hbar, z of the units 1, 2, 3; 4, 5, 6; then 7, 8, 9; 10, 11
	u := p.Units[2]
	if u.Layer != 2 || u.Unit != 0 || u.H != 7 {
		t.Fatalf("%+v", u)
	}
	r := p.Rows[u.Pre]
	// 4 (h - h'/4) + 3 (h + h') + 10 (3 x + 2) + 1
	if want := (milp.Row{Name: "pre_2_0", Kind: milp.Pre, Lo: -21, Hi: -21, Idx: []int{0, 1, 2, 4, 5, 7, 8}, Val: []float64{30, 4, -1, 3, 3, -1, 1}}); !reflect.DeepEqual(r, want) {
		t.Errorf("row %+v, want %+v", r, want)
	}
	r = p.Rows[p.Units[3].Pre]
	if want := (milp.Row{Name: "pre_2_1", Kind: milp.Pre, Lo: -5, Hi: -5, Idx: []int{0, 4, 5, 10, 11}, Val: []float64{-3, 5, 5, -1, 1}}); !reflect.DeepEqual(r, want) {
		t.Errorf("row %+v, want %+v", r, want)
	}
	for l, want := range []string{"prelu", "relu"} {
		if got := p.Network.Layers[l].Activation; got != want {
			t.Errorf("layer %d is %s, want %s", l+1, got, want)
		}
	}
	b, err := json.Marshal(p.Units)
	if err != nil || strings.Count(string(b), `"slope":`) != 2 || !strings.Contains(string(b), `"slope":[0.25,1]`) {
		t.Errorf("%s, %v", b, err)
	}
	// a unit without a kink makes a connection that skips its layer
	back, err := p.ReLUNetwork()
	if err != nil || !reflect.DeepEqual(back, n.Network()) {
		t.Errorf("it comes back as %+v, %v, want %+v", back, err, n.Network())
	}
}

func TestCheckSlopes(t *testing.T) {
	leaky := func() *milp.Problem {
		n := &relu.Chain{Inputs: 2, Layers: []relu.Dense{
			{W: mat.NewDense(2, 2, []float64{1, 2, 3, -4}), B: []float64{0.5, -0.5}, Slopes: []relu.Slopes{{Inactive: 0.1, Active: 1}, {Inactive: 0.3, Active: 0.7}}},
			{W: mat.NewDense(1, 2, []float64{1.3, -1}), B: []float64{0.25}, Slopes: relu.ReLU(1)},
		}}
		return encode(n, domain.Box(2, -1, 1))
	}
	id := leaky().ID
	for _, c := range []struct {
		want string
		edit func(p *milp.Problem, r *milp.Row)
	}{
		{"", func(p *milp.Problem, r *milp.Row) {}},
		{"rows[6] (pre of units[2]): the entries 1.3 and -0.13000000000000003 for h and hbar of units[0] do not fit its slopes 0.1 and 1",
			func(p *milp.Problem, r *milp.Row) { r.Val[1] = math.Nextafter(r.Val[1], -1) }},
		{"do not fit its slopes", func(p *milp.Problem, r *milp.Row) { r.Val[0] *= 2 }},
		{"do not fit its slopes", func(p *milp.Problem, r *milp.Row) { r.Idx, r.Val = r.Idx[1:], r.Val[1:] }},
		{"do not fit its slopes", func(p *milp.Problem, r *milp.Row) { p.Units[0].Slope[0] = 0.11 }},
		{"do not fit its slopes", func(p *milp.Problem, r *milp.Row) { p.Units[0].Slope = nil }},
		{"units[0].slope: [1, 1], two numbers that differ expected", func(p *milp.Problem, r *milp.Row) { p.Units[0].Slope[0] = 1 }},
		{"units[1].slope: [NaN, 0.7]", func(p *milp.Problem, r *milp.Row) { p.Units[1].Slope[0] = math.NaN() }},
		{"column 4 is neither", func(p *milp.Problem, r *milp.Row) { r.Idx, r.Val = append(r.Idx, *p.Units[0].Z), append(r.Val, 1) }},
	} {
		p := leaky()
		c.edit(p, &p.Rows[p.Units[2].Pre])
		err := p.Check()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v; %q expected", err, c.want)
		}
		if c.want != "" && !strings.Contains(c.want, "NaN") && p.Digest() == id {
			t.Errorf("%q: the digest is the same", c.want)
		}
	}
	for text, want := range map[string]string{
		`[0, 1]`: "", `[0.5]`: "2 numbers", `[0, 1, 2]`: "2 numbers", `[null, 1]`: "null", `"leaky"`: "", `null`: "",
	} {
		var u milp.Unit
		err := json.Unmarshal([]byte(`{"slope": `+text+`}`), &u)
		if ok := text == `[0, 1]` || text == `null`; (err == nil) != ok || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
