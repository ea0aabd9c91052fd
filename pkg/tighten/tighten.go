// Package tighten bounds the pre-activations of a network over its domain, layer by layer, and builds its mixed-integer program from them.
//
// The bound of unit i of layer l is max (min) W_i h^{l-1} + b_i over one of
//
//   - interval: the box of the bounds of the sources;
//   - backward: lines above and below each unit's output, back to the inputs;
//   - lp: the linear relaxation of the program of layers 1..l-1 (0 <= z <= 1);
//   - milp: the program of layers 1..l-1 itself (Serra and Ramalingam, AAAI
//     2020, section 3).
//
// Every bound is proved for the numbers of the program as they are. An interval is
// an exact sum, rounded outward, and backward bounds have an allowance for all
// rounding (milp.Backward). HiGHS solves the linear programs, but a bound is
// made of nothing but its multipliers of the rows, which prove one whatever they are
// (type proof). The mixed-integer programs are solved by a branch and bound over the
// units that have a binary, with such a bound for each node (type search): at any
// time the least bound of its open nodes is one of the whole. So a search that runs
// out of time gives a bound, too, and one that HiGHS misleads a worse bound and never
// a false one.
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
var Methods = []string{"interval", "backward", "lp", "milp"}

// Options of Encode.
type Options struct {
	Method    string
	TimeLimit time.Duration // for each bound of a unit by milp; 0: none
	Workers   int           // at least 1
}

// Totals is what the bounds cost.
type Totals struct {
	LPs, Pivots int64
	MIPs        int64 // bounds by branch and bound; their programs are among the LPs
	Limited     int   // of these, those that ran out of time

	// Rounded is what writing the network as the program has rounded: what the map of
	// the domain and the slopes of units make of the weights.
	Rounded float64
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
	tot.Rounded = b.Rounded()
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
			switch o.Method {
			case "backward":
				l.byLines(ctx, first, last)
			case "lp":
				t, err = l.byLP(ctx, first, last)
			default:
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

// program is the program of the layers before in HiGHS, in scaled columns and rows,
// with what proves bounds by it.
type program struct {
	*proof
	p      *milp.Problem
	f      *milp.Forms
	lp     *highs.LP
	scales []float64 // of columns; those of rows are rows
	rows   []float64
	place  []int // columns that some unit takes: 1 more than their place in cols
	cols   []int

	cost  []float64 // of the form at hand, for all columns
	shift float64   // its constant
	size  float64   // the factor by which HiGHS has it
}

func (l *layer) program() *program {
	p := l.p
	g := &program{proof: newProof(p), p: p, f: l.f, place: make([]int, len(p.Cols)), cost: make([]float64, len(p.Cols))}
	g.scales = highs.Scales(g.lo, g.hi, nil)
	lo, hi := make([]float64, len(p.Cols)), make([]float64, len(p.Cols))
	for j, s := range g.scales {
		lo[j], hi[j] = g.lo[j]/s, g.hi[j]/s
	}
	g.lp = highs.NewLP(lo, hi, nil)
	for _, r := range p.Rows {
		val := make([]float64, len(r.Val))
		for e, j := range r.Idx {
			val[e] = r.Val[e] * g.scales[j]
		}
		c := highs.RowScale(val)
		floats.Scale(c, val)
		g.lp.AddRow(float64(r.Lo)*c, float64(r.Hi)*c, r.Idx, val)
		g.rows = append(g.rows, c)
	}
	for i := range l.f.Units() {
		idx, _ := l.f.Entries(i)
		for _, j := range idx {
			if g.place[j] == 0 {
				g.cols = append(g.cols, j)
				g.place[j] = len(g.cols)
			}
		}
	}
	return g
}

// ask makes the pre-activation of a unit what is minimised, or its negative when up
// is set.
func (g *program) ask(unit int, up bool) {
	sign := 1.0
	if up {
		sign = -1
	}
	clear(g.cost)
	idx, val := g.f.Entries(unit)
	scaled := make([]float64, len(g.cols))
	for e, j := range idx {
		g.cost[j] = sign * val[e]
		scaled[g.place[j]-1] = g.cost[j] * g.scales[j]
	}
	g.shift = sign * g.f.Forms[unit].B
	g.size = highs.RowScale(scaled)
	for k, j := range g.cols {
		g.lp.SetCost(j, scaled[k]*g.size)
	}
}

// proved returns a lower bound of what is minimised, after a solve that was Optimal.
func (g *program) proved() float64 {
	y := append([]float64{}, g.lp.Duals()...)
	for i := range y {
		y[i] *= g.rows[i] / g.size
	}
	short := coarse(y)
	return max(g.least(g.cost, g.shift, y), g.least(g.cost, g.shift, short))
}

// refuted reports whether it is proved that there is no solution, after a solve that
// was Infeasible.
func (g *program) refuted() bool {
	y := g.lp.Ray()
	for i := range y {
		y[i] *= g.rows[i]
	}
	return y != nil && g.impossible(y)
}

// bound takes in a lower bound of what is minimised.
func (l *layer) bound(unit int, up bool, least float64) {
	if up {
		l.upper[unit] = math.Min(l.upper[unit], outward(-least, true))
	} else {
		l.lower[unit] = math.Max(l.lower[unit], outward(least, false))
	}
}

func (l *layer) byLines(ctx context.Context, first, last int) {
	b := milp.NewBackward(l.f)
	for i := first; i < last && ctx.Err() == nil; i++ {
		lower, upper := b.Bounds(i)
		if !math.IsNaN(lower) && !math.IsInf(lower, 0) {
			l.bound(i, false, lower)
		}
		if !math.IsNaN(upper) && !math.IsInf(upper, 0) {
			l.bound(i, true, -upper)
		}
	}
}

func (l *layer) byLP(ctx context.Context, first, last int) (t Totals, err error) {
	g := l.program()
	defer g.lp.Close()
	g.lp.Until(ctx)
	g.lp.UsePrimal() // only the objective changes
	for i := first; i < last; i++ {
		for _, up := range []bool{true, false} {
			if ctx.Err() != nil {
				return t, nil
			}
			g.ask(i, up)
			if st, _ := g.lp.Solve(); st == highs.Optimal { // else the interval stays
				l.bound(i, up, g.proved())
			}
		}
	}
	t.LPs, t.Pivots = g.lp.Solves, g.lp.Pivots
	return t, g.lp.Err()
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
