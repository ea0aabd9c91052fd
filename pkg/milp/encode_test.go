package milp_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/domain"
	"relucount/pkg/milp"
	"relucount/pkg/relu"
)

// random draws a network; sparse rows have whole weights, zeros among them.
func random(rng *rand.Rand, sparse bool) (*relu.Chain, *domain.Domain) {
	n := &relu.Chain{Name: "random", Inputs: 1 + rng.IntN(4)}
	in := n.Inputs
	layers := 1 + rng.IntN(3)
	for l := range layers + 1 {
		size := 1 + rng.IntN(5)
		lay := relu.Dense{W: mat.NewDense(size, in, nil), B: make([]float64, size)}
		if l < layers {
			lay.Slopes = relu.ReLU(size)
		}
		draw := func() float64 {
			if sparse {
				return float64(rng.IntN(5) - 2)
			}
			return rng.NormFloat64()
		}
		for i := range size {
			for j := range in {
				lay.W.Set(i, j, draw())
			}
			lay.B[i] = draw()
		}
		n.Layers = append(n.Layers, lay)
		in = size
	}
	d := domain.Box(n.Inputs, 0, 0)
	for j := range d.Lower {
		d.Lower[j] = float64(rng.IntN(5) - 3)
		d.Upper[j] = d.Lower[j] + float64(rng.IntN(4))
	}
	return n, d
}

// encode is interval tightening by hand.
func encode(n *relu.Chain, d *domain.Domain) *milp.Problem {
	b := milp.NewBuilder(n.Network(), d, "interval")
	for f := b.Next(); f != nil; f = b.Next() {
		lower, upper := f.Interval()
		b.Add(f, lower, upper)
	}
	return b.Finish()
}

func inside(rng *rand.Rand, d *domain.Domain) []float64 {
	x := make([]float64, len(d.Lower))
	for j := range x {
		t := rng.Float64()
		if rng.IntN(2) == 0 {
			t = float64(rng.IntN(2))
		}
		x[j] = d.Lower[j] + t*(d.Upper[j]-d.Lower[j])
	}
	return x
}

// solution is the value of every column at values of the input columns.
func solution(p *milp.Problem, n *relu.Chain, c []float64) []float64 {
	v, _ := preActivations(p, n, c)
	return v
}

// preActivations returns the value of every column, and those of the units'
// pre-activations.
func preActivations(p *milp.Problem, n *relu.Chain, c []float64) (v, pre []float64) {
	v = make([]float64, len(p.Cols))
	at := 0
	for j := range p.Cols {
		if p.Cols[j].Kind == milp.Input {
			v[j] = c[at]
			at++
		}
	}
	g := n.Forward(p.Point(c))
	for k, place := range kinked(n) {
		u := &p.Units[k]
		pre = append(pre, g[place[0]][place[1]])
		v[u.H], v[u.Hbar] = math.Max(0, pre[k]), math.Max(0, -pre[k])
		if u.Z != nil && pre[k] > 0 {
			v[*u.Z] = 1
		}
	}
	return v, pre
}

// inBounds wants the pre-activations within the bounds of their units; it
// returns the largest, or 1.
func inBounds(t testing.TB, seed uint64, p *milp.Problem, pre []float64) (size float64) {
	t.Helper()
	size = 1
	for k, g := range pre {
		u := &p.Units[k]
		size = max(size, math.Abs(g))
		if g < u.Lower-1e-12*size || g > u.Upper+1e-12*size {
			t.Errorf("seed %d: unit %d is %g, outside [%g, %g]", seed, k, g, u.Lower, u.Upper)
		}
	}
	return size
}

// valueOf is the value of a row.
func valueOf(r *milp.Row, v []float64) (s float64) {
	for e, j := range r.Idx {
		s += r.Val[e] * v[j]
	}
	return s
}

// TestEveryInputIsASolution: the columns that an input gives satisfy the
// program, so no region is lost to it.
func TestEveryInputIsASolution(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(1, seed))
		n, d := random(rng, seed%2 == 0)
		p := encode(n, d)
		if err := p.Check(); err != nil {
			t.Fatal(err)
		}
		for range 20 {
			v := solution(p, n, inside(rng, d))
			const tol = 1e-9
			for j, c := range p.Cols {
				if !(v[j] >= float64(c.Lo)-tol && v[j] <= float64(c.Hi)+tol) {
					t.Errorf("seed %d: column %s is %g, limits [%g, %g]", seed, c.Name, v[j], c.Lo, c.Hi)
				}
			}
			for _, r := range p.Rows {
				s := valueOf(&r, v)
				if !(s >= float64(r.Lo)-tol && s <= float64(r.Hi)+tol) {
					t.Errorf("seed %d: row %s is %g, limits [%g, %g]", seed, r.Name, s, r.Lo, r.Hi)
				}
			}
		}
	}
}

// TestBinaryMeansActive: with z = 1 hbar is 0, with z = 0 h is 0, by the rows
// alone; a stable unit has the limits that its state says.
func TestBinaryMeansActive(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		rng := rand.New(rand.NewPCG(2, seed))
		n, d := random(rng, seed%2 == 0)
		p := encode(n, d)
		own := p.UnitRows()
		for k := range p.Units {
			u := &p.Units[k]
			h, hbar := p.Cols[u.H], p.Cols[u.Hbar]
			if u.Lower > 0 != u.Stably(milp.Active) || u.Upper <= 0 != u.Stably(milp.Inactive) || (u.Stable == nil) != (u.Z != nil) {
				t.Errorf("seed %d, unit %d: %+v", seed, k, u)
			}
			switch {
			case u.Stably(milp.Active):
				if hbar.Hi != 0 || float64(h.Hi) != u.Upper {
					t.Errorf("seed %d: active unit %d: h %v, hbar %v", seed, k, h, hbar)
				}
				continue
			case u.Stably(milp.Inactive):
				if h.Hi != 0 || float64(hbar.Hi) != -u.Lower {
					t.Errorf("seed %d: inactive unit %d: h %v, hbar %v", seed, k, h, hbar)
				}
				continue
			}
			z := *u.Z
			if c := p.Cols[z]; !c.Integer || c.Lo != 0 || c.Hi != 1 {
				t.Errorf("seed %d: %v", seed, c)
			}
			max := map[int][2]float64{} // of h and hbar, with z = 0 and z = 1
			rows := 0
			for i, r := range p.Rows {
				if own[i] != k || i == u.Pre {
					continue
				}
				rows++
				if r.Idx[1] != z || r.Val[0] != 1 || !math.IsInf(float64(r.Lo), -1) {
					t.Errorf("seed %d: row %+v of unit %d", seed, r, k)
				}
				max[r.Idx[0]] = [2]float64{float64(r.Hi), float64(r.Hi) - r.Val[1]}
			}
			want := map[int][2]float64{u.H: {0, u.Upper}, u.Hbar: {-u.Lower, 0}}
			if rows != 2 || !reflect.DeepEqual(max, want) {
				t.Errorf("seed %d, unit %d: limits by z %v, %v expected", seed, k, max, want)
			}
		}
	}
}

func TestNamesAndShape(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 1))
	n, d := random(rng, false)
	p := encode(n, d)
	cols, rows := map[string]bool{}, map[string]bool{}
	for _, c := range p.Cols {
		if cols[c.Name] {
			t.Errorf("two columns %s", c.Name)
		}
		cols[c.Name] = true
	}
	for _, r := range p.Rows {
		if rows[r.Name] {
			t.Errorf("two rows %s", r.Name)
		}
		rows[r.Name] = true
	}
	for k := range p.Units {
		u := &p.Units[k]
		for name, j := range map[string]int{"h": u.H, "hbar": u.Hbar} {
			if want := fmt.Sprintf("%s_%d_%d", name, u.Layer, u.Unit); p.Cols[j].Name != want || p.Cols[j].Kind != name {
				t.Errorf("column %d is %+v, %s expected", j, p.Cols[j], want)
			}
		}
	}
	sizes := []int{}
	for _, l := range n.Layers[:len(n.Layers)-1] {
		sizes = append(sizes, l.Units())
	}
	if got := p.LayerSizes(); !reflect.DeepEqual(got, sizes) {
		t.Errorf("layers %v, %v expected", got, sizes)
	}
	if len(p.Network.Layers) != len(n.Layers) || p.Network.Inputs != n.Inputs {
		t.Errorf("shape %+v", p.Network)
	}
}

// TestNetworkComesBack: the weights of the ReLU layers can be read off.
func TestNetworkComesBack(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(4, seed))
		n, d := random(rng, seed%2 == 0)
		graph, err := encode(n, d).ReLUNetwork()
		if err != nil {
			t.Fatal(err)
		}
		back, err := graph.Chain()
		if err != nil {
			t.Fatal(err)
		}
		if len(back.Layers) != len(n.Layers)-1 {
			t.Fatalf("%d layers", len(back.Layers))
		}
		for l := range back.Layers {
			if !mat.Equal(back.Layers[l].W, n.Layers[l].W) {
				t.Errorf("seed %d: layer %d has other weights", seed, l+1)
			}
			for i, b := range back.Layers[l].B {
				if b != n.Layers[l].B[i] {
					t.Errorf("seed %d: layer %d has the bias %g for %g", seed, l+1, b, n.Layers[l].B[i])
				}
			}
		}
	}
}
