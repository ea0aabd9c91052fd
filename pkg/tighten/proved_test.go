package tighten_test

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"

	"relucount/pkg/domain"
	"relucount/pkg/milp"
	"relucount/pkg/property"
	"relucount/pkg/record"
	"relucount/pkg/relu"
	"relucount/pkg/tighten"
	"relucount/pkg/truth"
)

// nasty draws networks whose numbers are hard on floating point: of many sizes, with
// sums that cancel, with rows that are nearly the same; and cuts and maps their
// domain.
func nasty(rng *rand.Rand) truth.Drawn {
	inputs, layers := 1+rng.IntN(3), 1+rng.IntN(3)
	var d truth.Drawn
	switch rng.IntN(5) {
	case 0:
		d = truth.Random(rng, inputs, layers, 3+2*layers)
	case 1:
		d = truth.Disguise(rng, truth.Random(rng, inputs, layers, 3+2*layers), 3)
	case 2:
		d = truth.Degenerate(rng, inputs, layers)
	case 3:
		d = truth.ScaledUnits(rng, inputs, layers, 6)
	default: // from 1e-12 to 1e9
		d = truth.Random(rng, inputs, layers, 3+2*layers)
		for l := range d.Net.Layers {
			lay := &d.Net.Layers[l]
			for i := range lay.Units() {
				row := lay.W.RawRowView(i)
				for j := range row {
					row[j] *= math.Pow(10, float64(rng.IntN(22)-12))
				}
			}
		}
	}
	for l := range d.Net.Layers {
		lay := &d.Net.Layers[l]
		for i := 1; i < lay.Units(); i++ {
			if rng.IntN(3) > 0 {
				continue
			}
			// a twin, the opposite, or nearly so
			k := []float64{1, -1}[rng.IntN(2)]
			off := []float64{0, 0x1p-52, 1e-12, 1e-11}[rng.IntN(4)]
			row := lay.W.RawRowView(i)
			for j, v := range lay.W.RawRowView(i - 1) {
				row[j] = k * v * (1 + off*float64(rng.IntN(3)-1))
			}
			lay.B[i] = k*lay.B[i-1] + off*float64(rng.IntN(3)-1)
		}
	}
	switch rng.IntN(5) {
	case 0:
		truth.TwoSlopes(rng, d.Net)
	case 1:
		for l := range d.Net.Layers {
			for i := range d.Net.Layers[l].Slopes {
				d.Net.Layers[l].Slopes[i] = relu.Slopes{Inactive: rng.NormFloat64(), Active: 1 + rng.Float64()}
			}
		}
	}
	if rng.IntN(3) == 0 {
		d.Domain = mapped(rng, inputs)
	}
	if rng.IntN(3) == 0 { // a row through the middle
		r := domain.Row{Lo: math.Inf(-1), A: make([]float64, len(d.Domain.Lower))}
		for j := range r.A {
			r.A[j] = rng.NormFloat64()
			r.Hi += r.A[j] * (d.Domain.Lower[j] + d.Domain.Upper[j]) / 2
		}
		d.Domain.Rows = append(d.Domain.Rows, r)
	}
	return d
}

// mapped is a domain with a map, of numbers that do not multiply exactly.
func mapped(rng *rand.Rand, inputs int) *domain.Domain {
	k := 1 + rng.IntN(2)
	d := domain.Box(k, -1, 1)
	d.Map = &domain.Map{}
	for range inputs {
		row := make(record.Numbers, k)
		for j := range row {
			row[j] = rng.NormFloat64()
		}
		d.Map.Matrix, d.Map.Offset = append(d.Map.Matrix, row), append(d.Map.Offset, rng.NormFloat64())
	}
	return d
}

// ranges are those of the pre-activations of the network that the rows of a milp
// define, over its inputs, exactly. Nothing that bounds have decided enters: not the
// limits of units, nor the rows on and off.
func ranges(t *testing.T, p *milp.Problem) [][2]*big.Rat {
	q := truth.Copy(t, p)
	for k := range q.Units {
		for _, j := range []int{q.Units[k].H, q.Units[k].Hbar} {
			q.Cols[j].Hi = milp.Hi(math.Inf(1))
		}
	}
	for i := range q.Rows {
		if r := &q.Rows[i]; r.Kind == milp.On || r.Kind == milp.Off {
			r.Lo, r.Hi = milp.Lo(math.Inf(-1)), milp.Hi(math.Inf(1))
		}
	}
	m := truth.OfProblem(q, 1)
	m.Regions()
	return m.Ranges()
}

// holds compares the bounds of units with their ranges, as rationals.
func holds(t *testing.T, what string, p *milp.Problem) {
	t.Helper()
	for k, r := range ranges(t, p) {
		u := &p.Units[k]
		if truth.Rat(u.Lower).Cmp(r[0]) > 0 || truth.Rat(u.Upper).Cmp(r[1]) < 0 {
			lo, _ := r[0].Float64()
			hi, _ := r[1].Float64()
			t.Errorf("%s: unit %d of layer %d has the bounds [%v, %v], its range is [%v, %v]", what, u.Unit, u.Layer, u.Lower, u.Upper, lo, hi)
		}
		if u.Stably(milp.Active) && r[0].Sign() <= 0 || u.Stably(milp.Inactive) && r[1].Sign() > 0 {
			t.Errorf("%s: unit %d of layer %d is not stable", what, u.Unit, u.Layer)
		}
		if float64(p.Cols[u.H].Hi) != max(0, u.Upper) || float64(p.Cols[u.Hbar].Hi) != max(0, -u.Lower) {
			t.Errorf("%s: unit %d of layer %d has other limits than its bounds", what, u.Unit, u.Layer)
		}
	}
}

// TestProved: with no tolerance at all, the exact range of every pre-activation is
// within its bounds, and no unit is stable that is not.
func TestProved(t *testing.T) {
	t.Parallel()
	stable, touched, better := 0, 0, 0
	for seed := range property.Seeds(t, 600, 60) {
		rng := rand.New(rand.NewPCG(81, seed))
		d := nasty(rng)
		var width float64
		for _, method := range tighten.Methods {
			d.Method = method
			p := d.Encode(t)
			holds(t, fmt.Sprintf("seed %d, %s", seed, method), p)
			sum := 0.0
			for k := range p.Units {
				u := &p.Units[k]
				sum += math.Log(u.Upper - u.Lower + 1e-300)
				if u.Stable != nil {
					stable++
				}
				if u.Lower == 0 || u.Upper == 0 {
					touched++
				}
			}
			if method != "interval" && sum < width {
				better++
			}
			width = sum
		}
	}
	if stable < 50 || touched < 20 || better < 20 {
		t.Errorf("%d stable units, %d bounds of 0, %d networks with better bounds than by the method before: too few to tell", stable, touched, better)
	}
}

// TestProvedInTime: bounds that ran out of time hold as exactly.
func TestProvedInTime(t *testing.T) {
	t.Parallel()
	limited := 0
	for seed := range property.Seeds(t, 60, 10) {
		rng := rand.New(rand.NewPCG(82, seed))
		d := truth.Random(rng, 2, 3, 10)
		for _, limit := range []time.Duration{time.Nanosecond, 300 * time.Microsecond} {
			p, tot, err := tighten.Encode(context.Background(), d.Net.Network(), d.Domain, tighten.Options{Method: "milp", TimeLimit: limit, Workers: 2})
			if err != nil {
				t.Fatal(err)
			}
			limited += tot.Limited
			holds(t, fmt.Sprintf("seed %d, %v", seed, limit), p)
		}
	}
	if limited == 0 {
		t.Error("no bound ran out of time")
	}
}
