package milp_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/domain"
	"relucount/pkg/milp"
	"relucount/pkg/relu"
)

func rat(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }

// sizes draws numbers from 1e-12 to 1e9, and small whole ones.
func sizes(rng *rand.Rand) float64 {
	if rng.IntN(2) == 0 {
		return float64(rng.IntN(5) - 2)
	}
	return rng.NormFloat64() * math.Pow(10, float64(rng.IntN(22)-12))
}

// spread draws a network with such numbers, with rows that nearly cancel, and
// with slopes; and a box.
func spread(rng *rand.Rand) (*relu.Chain, *domain.Domain) {
	n := &relu.Chain{Inputs: 1 + rng.IntN(4)}
	in := n.Inputs
	for range 1 + rng.IntN(3) {
		units := 1 + rng.IntN(4)
		lay := relu.Dense{W: mat.NewDense(units, in, nil), B: make([]float64, units), Slopes: relu.ReLU(units)}
		for i := range units {
			for j := range in {
				lay.W.Set(i, j, sizes(rng))
			}
			lay.B[i] = sizes(rng)
			if rng.IntN(3) == 0 {
				lay.Slopes[i] = relu.Slopes{Inactive: rng.NormFloat64(), Active: 1 + rng.Float64()}
			}
			if i > 0 && rng.IntN(3) == 0 { // nearly the row before
				for j, v := range lay.W.RawRowView(i - 1) {
					lay.W.Set(i, j, v*(1+float64(rng.IntN(3)-1)*0x1p-52))
				}
			}
		}
		n.Layers = append(n.Layers, lay)
		in = units
	}
	d := domain.Box(n.Inputs, 0, 0)
	for j := range d.Lower {
		d.Lower[j] = float64(rng.IntN(4)-2) + float64(rng.IntN(2))/3
		d.Upper[j] = d.Lower[j] + math.Abs(sizes(rng))
	}
	return n, d
}

// reach is the range of the pre-activation of unit k by the row as it is, where
// inputs and units before range over their limits.
func reach(p *milp.Problem, k int) (lo, hi *big.Rat) {
	pre := &p.Rows[p.Units[k].Pre]
	entry := map[int]float64{}
	for e, j := range pre.Idx {
		entry[j] = pre.Val[e]
	}
	lo, hi = rat(-float64(pre.Lo)), rat(-float64(pre.Lo))
	// the values at the ends and at 0 have the extremes of each source
	among := func(values ...*big.Rat) {
		least, most := values[0], values[0]
		for _, v := range values {
			if v.Cmp(least) < 0 {
				least = v
			}
			if v.Cmp(most) > 0 {
				most = v
			}
		}
		lo.Add(lo, least)
		hi.Add(hi, most)
	}
	times := func(a, b float64) *big.Rat { return new(big.Rat).Mul(rat(a), rat(b)) }
	for j, c := range p.Cols {
		if c.Kind == milp.Input {
			among(times(entry[j], float64(c.Lo)), times(entry[j], float64(c.Hi)))
		}
	}
	for _, u := range p.Units[:k] {
		of := func(g float64) *big.Rat {
			if g > 0 {
				return times(entry[u.H], g)
			}
			return times(entry[u.Hbar], -g)
		}
		values := []*big.Rat{of(u.Lower), of(u.Upper)}
		if u.Lower < 0 && u.Upper > 0 {
			values = append(values, new(big.Rat))
		}
		among(values...)
	}
	return lo, hi
}

// TestInterval: the interval is the range that a row has while its sources range
// over theirs, rounded outward by less than one double, whatever the sizes; and
// what is read back from the rows is the same.
func TestInterval(t *testing.T) {
	t.Parallel()
	exact, inexact := 0, 0
	for seed := range uint64(400) {
		rng := rand.New(rand.NewPCG(5, seed))
		n, d := spread(rng)
		p := encode(n, d)
		lower, upper := p.Intervals()
		for k := range p.Units {
			u := &p.Units[k]
			lo, hi := reach(p, k)
			if rat(u.Lower).Cmp(lo) > 0 || rat(math.Nextafter(u.Lower, math.Inf(1))).Cmp(lo) <= 0 {
				t.Errorf("seed %d, unit %d: lower %v for %v", seed, k, u.Lower, lo)
			}
			if rat(u.Upper).Cmp(hi) < 0 || rat(math.Nextafter(u.Upper, math.Inf(-1))).Cmp(hi) >= 0 {
				t.Errorf("seed %d, unit %d: upper %v for %v", seed, k, u.Upper, hi)
			}
			if lower[k] != u.Lower || upper[k] != u.Upper {
				t.Errorf("seed %d, unit %d: [%v, %v] from the rows, [%v, %v] before", seed, k, lower[k], upper[k], u.Lower, u.Upper)
			}
			if rat(u.Lower).Cmp(lo) == 0 {
				exact++
			} else {
				inexact++
			}
		}
	}
	if exact < 100 || inexact < 100 {
		t.Errorf("%d bounds are exact, %d are not", exact, inexact)
	}
}

// TestIntervalsOfEdits: limits of inputs count as they are now, those of units and
// their bounds do not.
func TestIntervalsOfEdits(t *testing.T) {
	t.Parallel()
	n := &relu.Chain{Inputs: 2, Layers: []relu.Dense{
		{W: mat.NewDense(2, 2, []float64{1, 2, 0, -1}), B: []float64{0, 3}, Slopes: relu.ReLU(2)},
		{W: mat.NewDense(1, 2, []float64{1, -1}), B: []float64{0}, Slopes: relu.ReLU(1)},
	}}
	p := encode(n, domain.Box(2, 0, 1))
	u := &p.Units[0]
	p.Cols[u.H].Hi, u.Upper = 0.5, 0.5
	check := func(what string, want ...float64) {
		t.Helper()
		lower, upper := p.Intervals()
		for k := range lower {
			if lower[k] != want[2*k] || upper[k] != want[2*k+1] {
				t.Errorf("%s: unit %d has [%v, %v], not %v", what, k, lower[k], upper[k], want[2*k:2*k+2])
			}
		}
	}
	check("limits of units", 0, 3, 2, 3, -3, 1)
	p.Cols[0].Lo, p.Cols[0].Hi = -4, 8
	check("limits of inputs", -4, 10, 2, 3, -3, 8)
	p.Cols[0].Lo, p.Cols[0].Hi = milp.Lo(math.Inf(-1)), milp.Hi(math.Inf(1))
	check("no limits", math.Inf(-1), math.Inf(1), 2, 3, -3, math.Inf(1))
}

// TestRounded: what the builder says it has rounded is at least how far the rows are
// from the exact products of weights, the map of the domain and slopes.
func TestRounded(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(6, seed))
		draw := rng.NormFloat64
		if seed%3 == 0 {
			draw = func() float64 { return float64(rng.IntN(9)-4) / 4 }
		}
		list := func(n int) []float64 {
			out := make([]float64, n)
			for i := range out {
				out[i] = draw()
			}
			return out
		}
		n := &relu.Chain{Inputs: 3, Layers: []relu.Dense{
			{W: mat.NewDense(2, 3, list(6)), B: list(2), Slopes: relu.Alike(2, relu.Slopes{Inactive: draw(), Active: 5})},
			{W: mat.NewDense(1, 2, list(2)), B: list(1), Slopes: relu.ReLU(1)},
		}}
		d := domain.Box(2, -1, 1)
		d.Map = &domain.Map{Matrix: []milp.Numbers{list(2), list(2), list(2)}, Offset: list(3)}
		if seed%3 == 2 { // slopes alone
			d = domain.Box(3, -1, 1)
		}
		b := milp.NewBuilder(n.Network(), d, "interval")
		for f := b.Next(); f != nil; f = b.Next() {
			lower, upper := f.Interval()
			b.Add(f, lower, upper)
		}
		p := b.Finish()
		worst := 0.0
		for k := range p.Units {
			u := &p.Units[k]
			lay := &n.Layers[u.Layer-1]
			exact := map[int]*big.Rat{} // by columns
			constant := rat(lay.B[u.Unit])
			add := func(j int, a, b float64) {
				if exact[j] == nil {
					exact[j] = new(big.Rat)
				}
				exact[j].Add(exact[j], new(big.Rat).Mul(rat(a), rat(b)))
			}
			for j, w := range lay.W.RawRowView(u.Unit) {
				switch {
				case u.Layer == 2:
					from := &p.Units[j]
					add(from.H, w, from.Slopes().Active)
					add(from.Hbar, w, -from.Slopes().Inactive)
				case d.Map == nil:
					add(j, w, 1)
				default:
					for c, v := range d.Map.Matrix[j] {
						add(c, w, v)
					}
					constant.Add(constant, new(big.Rat).Mul(rat(w), rat(d.Map.Offset[j])))
				}
			}
			r := &p.Rows[u.Pre]
			size, off := math.Abs(float64(r.Lo)), new(big.Rat).Abs(constant.Add(constant, rat(float64(r.Lo))))
			for e, j := range r.Idx {
				if j != u.H && j != u.Hbar {
					size += math.Abs(r.Val[e])
					exact[j].Sub(exact[j], rat(r.Val[e]))
				}
			}
			for _, v := range exact {
				off.Add(off, v.Abs(v))
			}
			if size > 0 {
				part, _ := off.Quo(off, rat(size)).Float64()
				worst = max(worst, part)
			}
		}
		if got := b.Rounded(); got < worst*(1-1e-9) || got > 10*worst || seed%3 == 0 && got != 0 || seed%3 != 0 && got == 0 {
			t.Errorf("seed %d: %g is rounded, %g is said", seed, worst, got)
		}
	}
}
