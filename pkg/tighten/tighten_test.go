package tighten

import (
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/domain"
	"relucount/pkg/milp"
	"relucount/pkg/property"
	"relucount/pkg/relu"
)

// network draws layers of the given sizes, the last linear when linear is set.
func network(rng *rand.Rand, linear bool, inputs int, sizes ...int) *relu.Chain {
	n := &relu.Chain{Inputs: inputs}
	in := inputs
	for l, size := range sizes {
		lay := relu.Dense{W: mat.NewDense(size, in, nil), B: make([]float64, size)}
		if !linear || l < len(sizes)-1 {
			lay.Slopes = relu.ReLU(size)
		}
		for i := range size {
			for j := range in {
				lay.W.Set(i, j, rng.NormFloat64()*math.Sqrt(2/float64(in)))
			}
			lay.B[i] = rng.NormFloat64() / 4
		}
		n.Layers = append(n.Layers, lay)
		in = size
	}
	return n
}

func encode(t testing.TB, n *relu.Chain, d *domain.Domain, o Options) (*milp.Problem, Totals) {
	t.Helper()
	p, tot, err := Encode(context.Background(), n.Network(), d, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	if p.ID != p.Digest() || p.Tighten != o.Method {
		t.Errorf("id %s for the digest %s, tighten %q for %q", p.ID, p.Digest(), p.Tighten, o.Method)
	}
	return p, tot
}

// line is the exact range of each pre-activation of a network of one input, and
// where the regions end: between neighbouring breakpoints all is affine.
func line(n *relu.Chain, lo, hi float64) (ranges [][2]float64, breaks []float64) {
	breaks = []float64{lo, hi}
	for l := range n.Layers {
		slices.Sort(breaks)
		var more []float64
		for i := range n.Layers[l].B {
			r := [2]float64{math.Inf(1), math.Inf(-1)}
			for k, x := range breaks {
				g := n.Forward([]float64{x})[l][i]
				r[0], r[1] = math.Min(r[0], g), math.Max(r[1], g)
				if k == 0 {
					continue
				}
				before := n.Forward([]float64{breaks[k-1]})[l][i]
				if before*g < 0 && n.Layers[l].Slopes[i].Kink() {
					more = append(more, breaks[k-1]+(x-breaks[k-1])*before/(before-g))
				}
			}
			ranges = append(ranges, r)
		}
		breaks = append(breaks, more...)
	}
	slices.Sort(breaks)
	return ranges, breaks
}

func TestBoundsOnALine(t *testing.T) {
	t.Parallel()
	for seed := range property.Seeds(t, 40, 10) {
		rng := rand.New(rand.NewPCG(51, seed))
		n := network(rng, false, 1, 1+rng.IntN(5), 1+rng.IntN(5), 1+rng.IntN(4))
		exact, _ := line(n, -1, 2)
		for _, method := range Methods {
			p, _ := encode(t, n, domain.Box(1, -1, 2), Options{Method: method, Workers: 2})
			for k := range p.Units {
				u, r := &p.Units[k], exact[k]
				const tol = 1e-12
				if u.Lower > r[0]+tol || u.Upper < r[1]-tol {
					t.Errorf("seed %d: %s: unit %d of layer %d has [%v, %v] for the range %v", seed, method, u.Unit, u.Layer, u.Lower, u.Upper, r)
				}
				if wide := 1e-5 * (1 + math.Max(-r[0], r[1])); method == "milp" && (u.Lower < r[0]-wide || u.Upper > r[1]+wide) {
					t.Errorf("seed %d: %s: unit %d of layer %d has [%v, %v], wider than the range %v", seed, method, u.Unit, u.Layer, u.Lower, u.Upper, r)
				}
			}
		}
	}
}

// TestNested: each method is at least as tight as the one before, and inputs
// inside the domain and on its corners stay within all of them.
func TestNested(t *testing.T) {
	t.Parallel()
	for seed := range property.Seeds(t, 12, 3) {
		rng := rand.New(rand.NewPCG(52, seed))
		n := network(rng, seed%2 == 0, 2+rng.IntN(6), 1+rng.IntN(10), 1+rng.IntN(10), 3)
		d := domain.Box(n.Inputs, -0.5, 1)
		var before *milp.Problem
		for _, method := range Methods {
			p, tot := encode(t, n, d, Options{Method: method, Workers: 2})
			if (method == "lp" || method == "milp") != (tot.LPs > 0) || (method == "milp") != (tot.MIPs > 0) || tot.Limited != 0 {
				t.Errorf("%s: %+v", method, tot)
			}
			tighter := 0
			for k := range p.Units {
				u := &p.Units[k]
				if before != nil {
					b := &before.Units[k]
					slack := 1e-6 * (1 + b.Upper - b.Lower)
					if u.Lower < b.Lower-slack || u.Upper > b.Upper+slack {
						t.Errorf("seed %d: %s has [%v, %v] for unit %d of layer %d, the method before [%v, %v]", seed, method, u.Lower, u.Upper, u.Unit, u.Layer, b.Lower, b.Upper)
					}
					if u.Upper-u.Lower < 0.999*(b.Upper-b.Lower) {
						tighter++
					}
				}
			}
			if before != nil && tighter == 0 && len(before.Units) > 6 && method == "lp" {
				t.Errorf("seed %d: %s tightens nothing", seed, method)
			}
			sample(t, rng, n, d, p, method)
			before = p
		}
	}
}

func sample(t testing.TB, rng *rand.Rand, n *relu.Chain, d *domain.Domain, p *milp.Problem, method string) {
	t.Helper()
	for range 300 {
		x := make([]float64, n.Inputs)
		for j := range x {
			s := rng.Float64()
			if rng.IntN(2) == 0 {
				s = math.Round(s)
			}
			x[j] = d.Lower[j] + s*(d.Upper[j]-d.Lower[j])
		}
		g := n.Forward(x)
		for k := range p.Units {
			u := &p.Units[k]
			if v := g[u.Layer-1][u.Unit]; v < u.Lower-1e-12 || v > u.Upper+1e-12 {
				t.Errorf("%s: unit %d of layer %d is %v, outside [%v, %v]", method, u.Unit, u.Layer, v, u.Lower, u.Upper)
			}
		}
	}
}

// TestWorkersDoNotMatter: the same bytes from one worker and from several.
func TestWorkersDoNotMatter(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(53, 1))
	n := network(rng, false, 5, 12, 19, 9)
	for _, method := range []string{"lp", "milp"} {
		if method == "milp" {
			n = network(rng, false, 3, 5, 9, 4)
		}
		var first []byte
		for _, workers := range []int{1, 2, 3, 7} {
			p, _ := encode(t, n, domain.Box(n.Inputs, 0, 1), Options{Method: method, Workers: workers})
			b, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = b
			} else if string(first) != string(b) {
				t.Errorf("%s: %d workers give another milp", method, workers)
			}
		}
	}
}

// TestTimeLimit: bounds of solves that ran out of time hold, and are no wider
// than the interval's.
func TestTimeLimit(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(54, 1))
	n := network(rng, false, 8, 12, 12, 4)
	d := domain.Box(n.Inputs, -1, 1)
	wide, _ := encode(t, n, d, Options{Method: "interval", Workers: 1})
	for _, limit := range []time.Duration{time.Nanosecond, time.Millisecond} {
		p, tot := encode(t, n, d, Options{Method: "milp", TimeLimit: limit, Workers: 2})
		if tot.Limited == 0 {
			t.Errorf("no solve ran out of %v: %+v", limit, tot)
		}
		for k := range p.Units {
			if p.Units[k].Lower < wide.Units[k].Lower || p.Units[k].Upper > wide.Units[k].Upper {
				t.Errorf("unit %d: [%v, %v], the interval is [%v, %v]", k, p.Units[k].Lower, p.Units[k].Upper, wide.Units[k].Lower, wide.Units[k].Upper)
			}
		}
		sample(t, rng, n, d, p, limit.String())
	}
}

func TestCancelledEncode(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(55, 1))
	n := network(rng, false, 8, 12, 12, 4)
	for _, method := range []string{"lp", "milp"} {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, _, err := Encode(ctx, n.Network(), domain.Box(8, -1, 1), Options{Method: method, Workers: 2}); err == nil {
			t.Errorf("%s: no error", method)
		}
	}
	// the interval needs no solver, and takes no time
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := Encode(ctx, n.Network(), domain.Box(8, -1, 1), Options{Method: "interval", Workers: 2}); err != nil {
		t.Error(err)
	}
}

// TestLinearEnd: a linear layer at the end has no units.
func TestLinearEnd(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(56, 1))
	n := network(rng, true, 2, 3, 4)
	for _, method := range Methods {
		p, _ := encode(t, n, domain.Box(2, 0, 1), Options{Method: method, Workers: 1})
		if len(p.Units) != 3 || len(p.Network.Layers) != 2 {
			t.Errorf("%s: %d units, shape %+v", method, len(p.Units), p.Network)
		}
	}
}

// TestRounded: bounds that a solver found have 24 bits, so that the noise in
// its last bits does not show.
func TestRounded(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(57, 1))
	n := network(rng, false, 3, 4, 6, 3)
	d := domain.Box(3, -1, 1)
	wide, _ := encode(t, n, d, Options{Method: "interval", Workers: 1})
	rounded := 0
	for _, method := range []string{"lp", "milp"} {
		p, _ := encode(t, n, d, Options{Method: method, Workers: 1})
		for k := range p.Units {
			u, w := &p.Units[k], &wide.Units[k]
			for _, b := range [][2]float64{{u.Lower, w.Lower}, {u.Upper, w.Upper}} {
				if b[0] == b[1] || u.Layer == 1 {
					continue
				}
				// a later layer's interval is made from rounded bounds
				if float64(float32(b[0])) == b[0] {
					rounded++
				}
			}
		}
	}
	if rounded < 20 {
		t.Errorf("only %d bounds have 24 bits", rounded)
	}
}
