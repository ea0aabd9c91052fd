// Package tighten bounds the pre-activations of a network over its domain, layer by layer, and builds its mixed-integer program from them.
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

	"golang.org/x/sync/errgroup"
	"gonum.org/v1/gonum/floats"

	"relucount/pkg/domain"
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

// Encode returns the mixed-integer program of a network over a domain.
// The result does not depend on the number of workers.
func Encode(ctx context.Context, n *relu.Network, d *domain.Domain, o Options) (*milp.Problem, Totals, error) {
	var tot Totals
	b := milp.NewBuilder(n, d, o.Method)
	for l := 0; ; l++ {
		f := b.Next()
		if f == nil {
			break
		}
		lower, upper := f.Interval()
		for i := range lower {
			if math.IsInf(lower[i], 0) || math.IsInf(upper[i], 0) || math.IsNaN(lower[i]+upper[i]) {
				return nil, tot, fmt.Errorf("layer %d, unit %d: the pre-activation overflows over the domain", l+1, i)
			}
		}
		// layer 1 is a sum over a box: without rows the interval is exact
		if (l > 0 || len(d.Rows) > 0) && o.Method != "interval" {
			lay := &layer{b.Problem(), f, lower, upper}
			if err := lay.improve(ctx, o, &tot); err != nil {
				return nil, tot, err
			}
		}
		b.Add(f, lower, upper)
	}
	return b.Finish(), tot, nil
}

// chunk is how many units one LP serves in a row. It is fixed so that the hot
// starts, and with them the last bits of the bounds, do not depend on the
// number of workers.
const chunk = 8

// layer is a layer whose bounds are being improved.
type layer struct {
	p            *milp.Problem // the program of the layers before
	f            *milp.Forms
	lower, upper []float64
}

func (l *layer) improve(ctx context.Context, o Options, tot *Totals) error {
	g, ctx := errgroup.WithContext(ctx) // a failure ends all workers
	g.SetLimit(max(1, o.Workers))
	var mu sync.Mutex
	for first := 0; first < l.f.Units(); first += chunk {
		g.Go(func() error {
			last := min(first+chunk, l.f.Units())
			var t Totals
			var err error
			if o.Method == "lp" {
				t, err = l.byLP(ctx, first, last)
			} else {
				t, err = l.byMILP(ctx, first, last, o.TimeLimit)
			}
			mu.Lock()
			tot.LPs += t.LPs
			tot.MIPs += t.MIPs
			tot.Pivots += t.Pivots
			tot.Limited += t.Limited
			mu.Unlock()
			if err == nil {
				err = ctx.Err()
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return fmt.Errorf("bounds of a layer of %d units: %w", l.f.Units(), err)
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
func magnitude(p *milp.Problem, f *milp.Forms, i int) float64 {
	m := math.Abs(f.Forms[i].B)
	idx, val := f.Entries(i)
	for e, j := range idx {
		c := &p.Cols[j]
		m += math.Abs(val[e]) * math.Max(math.Abs(float64(c.Lo)), math.Abs(float64(c.Hi)))
	}
	return m
}

// bound takes in what a solver says of the weighted sum of unit i.
func (l *layer) bound(i int, sum float64, up bool) {
	v := slack(sum+l.f.Forms[i].B, magnitude(l.p, l.f, i), up)
	if up {
		l.upper[i] = math.Min(l.upper[i], v)
	} else {
		l.lower[i] = math.Max(l.lower[i], v)
	}
}

func (l *layer) byLP(ctx context.Context, first, last int) (t Totals, err error) {
	p, f := l.p, l.f
	lo, hi := make([]float64, len(p.Cols)), make([]float64, len(p.Cols))
	for j, c := range p.Cols {
		lo[j], hi[j] = float64(c.Lo), float64(c.Hi)
	}
	s := highs.Scales(lo, hi, nil)
	for j := range s {
		lo[j], hi[j] = lo[j]/s[j], hi[j]/s[j]
	}
	lp := highs.NewLP(lo, hi, nil)
	defer lp.Close()
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
	// an objective has a place for each column that any unit takes
	place := make([]int, len(p.Cols))
	var cols []int
	for i := range f.Units() {
		idx, _ := f.Entries(i)
		for _, j := range idx {
			if place[j] == 0 {
				cols = append(cols, j)
				place[j] = len(cols)
			}
		}
	}
	cost := make([]float64, len(cols))
	for i := first; i < last; i++ {
		idx, val := f.Entries(i)
		for _, up := range []bool{true, false} {
			if ctx.Err() != nil {
				return t, nil
			}
			sign := 1.0
			if up {
				sign = -1 // LPs minimise
			}
			clear(cost)
			for e, j := range idx {
				cost[place[j]-1] = sign * val[e] * s[j]
			}
			c := highs.RowScale(cost)
			for k, j := range cols {
				lp.SetCost(j, cost[k]*c)
			}
			st, obj := lp.Solve()
			if st != highs.Optimal {
				continue // the interval stays
			}
			l.bound(i, sign*obj/c, up)
		}
	}
	t.LPs, t.Pivots = lp.Solves, lp.Pivots
	return t, lp.Err()
}

func (l *layer) byMILP(ctx context.Context, first, last int, limit time.Duration) (t Totals, err error) {
	p, f := l.p, l.f
	for i := first; i < last && ctx.Err() == nil; i++ {
		for _, up := range []bool{true, false} {
			prog := Program(p)
			prog.Maximize = up
			prog.Cost = make([]float64, len(p.Cols))
			idx, val := f.Entries(i)
			for e, j := range idx {
				prog.Cost[j] = val[e]
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
			l.bound(i, r.Bound, up)
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
