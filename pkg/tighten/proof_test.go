package tighten

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"relucount/pkg/domain"
	"relucount/pkg/highs"
	"relucount/pkg/milp"
)

func rat(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }

// point returns the values of the columns of a milp at random inputs, exactly.
func point(rng *rand.Rand, p *milp.Problem) []*big.Rat {
	at := make([]*big.Rat, len(p.Cols))
	for j, c := range p.Cols {
		at[j] = new(big.Rat)
		if c.Kind == milp.Input {
			s := []float64{0, 1, rng.Float64()}[rng.IntN(3)]
			at[j].Add(new(big.Rat).Mul(rat(s), rat(float64(c.Hi))), new(big.Rat).Mul(rat(1-s), rat(float64(c.Lo))))
		}
	}
	for k := range p.Units {
		u := &p.Units[k]
		r := &p.Rows[u.Pre]
		g := rat(-float64(r.Lo))
		for e, j := range r.Idx {
			if j != u.H && j != u.Hbar {
				g.Add(g, new(big.Rat).Mul(rat(r.Val[e]), at[j]))
			}
		}
		if g.Sign() > 0 {
			at[u.H] = g
			if u.Z != nil {
				at[*u.Z].SetInt64(1)
			}
		} else {
			at[u.Hbar] = g.Neg(g)
		}
	}
	return at
}

// TestAnyMultipliers: whatever the multipliers are, what they prove holds at the
// points of the program, and they prove no program with points impossible.
func TestAnyMultipliers(t *testing.T) {
	t.Parallel()
	above := 0
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(91, seed))
		n := network(rng, false, 3, 4, 3)
		p, _ := encode(t, n, domain.Box(3, -1, 2), Options{Method: "interval", Workers: 1})
		f := newProof(p)
		for range 30 {
			k, y := make([]float64, len(p.Cols)), make([]float64, len(p.Rows))
			scale := math.Pow(10, float64(rng.IntN(13)-6))
			for j, c := range p.Cols {
				if c.Kind != milp.Z {
					k[j] = scale * rng.NormFloat64()
				}
			}
			for i := range y {
				if rng.IntN(2) == 0 {
					y[i] = scale * rng.NormFloat64()
				}
			}
			if rng.IntN(2) == 0 {
				// the minimum is known: k is a combination of rows
				clear(k)
				for i := range p.Rows {
					y[i] = float64(rng.IntN(3) - 1)
					if p.Rows[i].Kind != milp.Pre {
						y[i] = 0
					}
					for e, j := range p.Rows[i].Idx {
						k[j] += y[i] * p.Rows[i].Val[e]
					}
				}
			}
			least := f.least(k, 1, append([]float64{}, y...))
			if f.impossible(append([]float64{}, y...)) {
				t.Fatalf("seed %d: a program with points is impossible by %v", seed, y)
			}
			for range 5 {
				v := rat(1)
				for j, x := range point(rng, p) {
					v.Add(v, new(big.Rat).Mul(rat(k[j]), x))
				}
				if !math.IsInf(least, 0) && v.Cmp(rat(least)) < 0 {
					at, _ := v.Float64()
					t.Fatalf("seed %d: %v is proved, a point has %v", seed, least, at)
				}
				if at, _ := v.Float64(); math.Abs(at-least) < 1e-9*(1+math.Abs(at)) {
					above++
				}
			}
		}
	}
	if above < 100 {
		t.Errorf("only %d points come near to what is proved", above)
	}
}

// TestRefuted: a program without points is proved to have none, by the multipliers
// that HiGHS gives; nothing is proved of one that a solver calls so wrongly.
func TestRefuted(t *testing.T) {
	t.Parallel()
	proved := 0
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(92, seed))
		n := network(rng, false, 2, 3, 2)
		d := domain.Box(2, -1, 1)
		a := []float64{rng.NormFloat64(), rng.NormFloat64()}
		top := math.Abs(a[0]) + math.Abs(a[1])
		d.Rows = []domain.Row{{A: a, Lo: top * (1 + 1e-6), Hi: math.Inf(1)}}
		p, _ := encode(t, n, d, Options{Method: "interval", Workers: 1})
		l := &layer{p: p, f: milp.NewBuilder(n.Network(), d, "interval").Next()}
		g := l.program()
		g.ask(0, true)
		if st, _ := g.lp.Solve(); st == highs.Infeasible && g.refuted() {
			proved++
		}
		y := append([]float64{}, g.lp.Ray()...)
		p.Rows[0].Lo = milp.Lo(top * (1 - 1e-6))
		if newProof(p).impossible(y) {
			t.Errorf("seed %d: a program with points is impossible", seed)
		}
		g.lp.Close()
	}
	if proved != 40 {
		t.Errorf("%d of 40 programs are proved to have no points", proved)
	}
}

// TestOutward: a bound is moved outward, by no more than the last of its bits.
func TestOutward(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(93, 1))
	for range 5000 {
		v := math.Ldexp(2*rng.Float64()-1, rng.IntN(2100)-1077)
		for _, up := range []bool{true, false} {
			r := outward(v, up)
			if up && r < v || !up && r > v || math.Abs(r-v) > 0x1p-22*math.Abs(v) {
				t.Fatalf("%v becomes %v, up %v", v, r, up)
			}
		}
	}
	if outward(0, true) != 0 || outward(0, false) != 0 || outward(1.5, true) != 1.5 || !math.IsInf(outward(math.MaxFloat64, true), 1) {
		t.Error("a short number has moved")
	}
}
