// Package tighten bounds the pre-activations of a ReLU network over its
// domain, layer by layer, and builds its mixed-integer program from them.
//
// The bound of unit i of layer l is max (min) W_i h^{l-1} + b_i over one of
//
//   - interval: the box of the bounds of layer l-1;
//   - lp: the linear relaxation of the program of layers 1..l-1 (0 <= z <= 1);
//   - milp: the program of layers 1..l-1 itself (Serra and Ramalingam, AAAI
//     2020, section 3). A solve that runs out of time gives its dual bound,
//     which is valid too.
package tighten

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"gonum.org/v1/gonum/floats"

	"relucount/pkg/highs"
	"relucount/pkg/milp"
	"relucount/pkg/relu"
)

// Methods lists the names of the methods, cheapest first.
var Methods = []string{"interval", "lp", "milp"}

// Options of Encode.
type Options struct {
	Method    string
	TimeLimit time.Duration // for each bound of a unit by milp; 0: none
	Workers   int           // at least 1
}

// Totals is what the bounds cost.
type Totals struct {
	LPs, MIPs, Pivots int64
	Limited           int // milp bounds that ran out of time
}

// Encode returns the mixed-integer program of a folded network over a domain.
// The result does not depend on the number of workers.
func Encode(ctx context.Context, n *relu.Network, d *relu.Domain, o Options) (*milp.Problem, Totals, error) {
	var tot Totals
	b := milp.NewBuilder(n, d, o.Method)
	lo, hi := d.Lower, d.Upper
	for l := range n.Layers {
		lay := &n.Layers[l]
		if !lay.ReLU {
			continue // only ever the last one, which makes no regions
		}
		lower, upper := milp.Interval(lay, lo, hi)
		for i := range lower {
			if math.IsInf(lower[i], 0) || math.IsInf(upper[i], 0) || math.IsNaN(lower[i]+upper[i]) {
				return nil, tot, fmt.Errorf("layer %d, unit %d: the pre-activation overflows over the domain", l+1, i)
			}
		}
		// layer 1 is a sum over a box: the interval is exact
		if l > 0 && o.Method != "interval" {
			if err := improve(ctx, b, lay, lower, upper, o, &tot); err != nil {
				return nil, tot, err
			}
		}
		b.Add(lay, lower, upper)
		lo, hi = make([]float64, len(lower)), make([]float64, len(lower))
		for i := range lower {
			lo[i], hi[i] = math.Max(0, lower[i]), math.Max(0, upper[i])
		}
	}
	return b.Finish(), tot, nil
}

// chunk is how many units one LP serves in a row. It is fixed so that the hot
// starts, and with them the last bits of the bounds, do not depend on the
// number of workers.
const chunk = 8

func improve(ctx context.Context, b *milp.Builder, lay *relu.Layer, lower, upper []float64, o Options, tot *Totals) error {
	ctx, cancel := context.WithCancel(ctx) // a failure ends all workers
	defer cancel()
	var wg sync.WaitGroup
	var mu sync.Mutex
	var failure error
	next := 0
	for range o.Workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				mu.Lock()
				first := next
				next += chunk
				mu.Unlock()
				if first >= lay.Units() || ctx.Err() != nil {
					return
				}
				last := min(first+chunk, lay.Units())
				var t Totals
				var err error
				if o.Method == "lp" {
					t, err = byLP(ctx, b, lay, lower, upper, first, last)
				} else {
					t, err = byMILP(ctx, b, lay, lower, upper, first, last, o.TimeLimit)
				}
				mu.Lock()
				if err != nil {
					failure = err
					cancel()
				}
				tot.LPs += t.LPs
				tot.MIPs += t.MIPs
				tot.Pivots += t.Pivots
				tot.Limited += t.Limited
				mu.Unlock()
			}
		}()
	}
	wg.Wait()
	err := failure
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("bounds of a layer of %d units: %w", lay.Units(), err)
	}
	return nil
}

// slack widens a bound that a solver found by more than its tolerances can
// have moved it, then rounds it outward to 24 bits, so that noise in the last
// bits does not show. The tolerances are relative to the range of each column,
// so mag is the sum of the terms' magnitudes.
func slack(v, mag float64, up bool) float64 {
	pad := 1e-6 * mag
	if !up {
		pad = -pad
	}
	v += pad
	f, e := math.Frexp(v)
	f = math.Ldexp(f, 24)
	if up {
		f = math.Ceil(f)
	} else {
		f = math.Floor(f)
	}
	return math.Ldexp(f, e-24)
}

// magnitude is the largest sum of the absolute terms of unit i.
func magnitude(p *milp.Problem, lay *relu.Layer, cols []int, i int) float64 {
	m := math.Abs(lay.B[i])
	for j, w := range lay.W.RawRowView(i) {
		c := &p.Cols[cols[j]]
		m += math.Abs(w) * math.Max(math.Abs(float64(c.Lo)), math.Abs(float64(c.Hi)))
	}
	return m
}

func byLP(ctx context.Context, b *milp.Builder, lay *relu.Layer, lower, upper []float64, first, last int) (t Totals, err error) {
	p := b.Problem()
	lo, hi := make([]float64, len(p.Cols)), make([]float64, len(p.Cols))
	for j, c := range p.Cols {
		lo[j], hi[j] = float64(c.Lo), float64(c.Hi)
	}
	s := highs.Scales(lo, hi, nil)
	for j := range s {
		lo[j], hi[j] = lo[j]/s[j], hi[j]/s[j]
	}
	lp := highs.NewLP(lo, hi, nil)
	lp.Until(ctx)
	lp.UsePrimal() // only the objective changes
	for _, r := range p.Rows {
		val := make([]float64, len(r.Val))
		for e, j := range r.Idx {
			val[e] = r.Val[e] * s[j]
		}
		c := highs.RowScale(val)
		floats.Scale(c, val)
		lp.AddRow(float64(r.Lo)*c, float64(r.Hi)*c, r.Idx, val)
	}
	cols := b.Previous()
	cost := make([]float64, len(cols))
	for i := first; i < last; i++ {
		for _, up := range []bool{true, false} {
			if ctx.Err() != nil {
				return t, nil
			}
			sign := 1.0
			if up {
				sign = -1 // LPs minimise
			}
			for j, w := range lay.W.RawRowView(i) {
				cost[j] = sign * w * s[cols[j]]
			}
			c := highs.RowScale(cost)
			for j := range cost {
				lp.SetCost(cols[j], cost[j]*c)
			}
			st, obj := lp.Solve()
			if st != highs.Optimal {
				continue // the interval stays
			}
			v := slack(sign*obj/c+lay.B[i], magnitude(p, lay, cols, i), up)
			if up {
				upper[i] = math.Min(upper[i], v)
			} else {
				lower[i] = math.Max(lower[i], v)
			}
		}
	}
	t.LPs, t.Pivots = lp.Solves, lp.Pivots
	return t, lp.Err()
}

func byMILP(ctx context.Context, b *milp.Builder, lay *relu.Layer, lower, upper []float64, first, last int, limit time.Duration) (t Totals, err error) {
	p := b.Problem()
	cols := b.Previous()
	for i := first; i < last && ctx.Err() == nil; i++ {
		for _, up := range []bool{true, false} {
			prog := Program(p)
			prog.Maximize = up
			prog.Cost = make([]float64, len(p.Cols))
			for j, w := range lay.W.RawRowView(i) {
				prog.Cost[cols[j]] = w
			}
			r := prog.Solve(ctx, highs.Options{TimeLimit: limit})
			t.MIPs++
			t.Pivots += r.Pivots
			if r.Err != nil {
				return t, r.Err
			}
			if r.Status == highs.Limit {
				t.Limited++
			} else if r.Status != highs.Optimal {
				continue
			}
			if math.IsInf(r.Bound, 0) || math.IsNaN(r.Bound) {
				continue
			}
			v := slack(r.Bound+lay.B[i], magnitude(p, lay, cols, i), up)
			if up {
				upper[i] = math.Min(upper[i], v)
			} else {
				lower[i] = math.Max(lower[i], v)
			}
		}
	}
	return t, nil
}

// Program returns the milp as a program for HiGHS, without an objective.
func Program(p *milp.Problem) *highs.Program {
	var prog highs.Program
	for _, c := range p.Cols {
		prog.AddColumn(float64(c.Lo), float64(c.Hi), 0, c.Integer)
	}
	for _, r := range p.Rows {
		prog.AddRow(float64(r.Lo), float64(r.Hi), r.Idx, r.Val)
	}
	return &prog
}
