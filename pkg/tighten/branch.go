package tighten

import (
	"container/heap"
	"context"
	"math"
	"time"

	"relucount/pkg/highs"
	"relucount/pkg/milp"
)

// node is a part of the program: some units of the layers before have their states.
type node struct {
	bound  float64 // proved: what is minimised is nowhere below it
	states []state
	basis  *highs.Basis // to start the parts of it from
	branch int          // the unit whose states divide it; -1: there is none
}

type state struct {
	unit   int
	active bool
}

// queue has the nodes that are not divided yet, the lowest bound first.
type queue []*node

func (q queue) Len() int           { return len(q) }
func (q queue) Less(a, b int) bool { return q[a].bound < q[b].bound }
func (q queue) Swap(a, b int)      { q[a], q[b] = q[b], q[a] }
func (q *queue) Push(n any)        { *q = append(*q, n.(*node)) }
func (q *queue) Pop() any {
	last := len(*q) - 1
	n := (*q)[last]
	*q = (*q)[:last]
	return n
}

// near is the part of a bound's terms below which nothing is to be gained by more
// branching.
const near = 1e-10

// search finds the least value of one unit's pre-activation, or of its negative, by
// branch and bound over the units that have a binary: best first, with a bound that
// is proved for each node. The least bound of all nodes that have not been divided is
// a bound of the whole at any time.
type search struct {
	*program
	units  []int // those with a binary
	queue  queue
	closed float64 // the least bound of nodes that are not worth dividing
	best   float64 // the least value of a point found
	gap    float64
}

func (l *layer) byMILP(ctx context.Context, first, last int, limit time.Duration) (t Totals, err error) {
	g := l.program()
	defer g.lp.Close()
	units := l.p.Unstable()
	var start highs.Basis
	g.lp.SaveBasis(&start)
	for i := first; i < last && ctx.Err() == nil; i++ {
		for _, up := range []bool{true, false} {
			g.ask(i, up)
			s := &search{program: g, units: units, closed: math.Inf(1), best: math.Inf(1), gap: near * g.magnitude()}
			until, cancel := ctx, context.CancelFunc(func() {})
			if limit > 0 {
				until, cancel = context.WithTimeout(ctx, limit)
			}
			g.lp.Until(until)
			least, done := s.run(until, &start)
			cancel()
			t.MIPs++
			if !done && ctx.Err() == nil {
				t.Limited++
			}
			l.bound(i, up, least)
		}
	}
	g.lp.Until(ctx)
	t.LPs, t.Pivots = g.lp.Solves, g.lp.Pivots
	return t, g.lp.Err()
}

// magnitude is the largest sum of the absolute terms of what is minimised.
func (g *program) magnitude() float64 {
	m := math.Abs(g.shift)
	for _, j := range g.cols {
		m += math.Abs(g.cost[j]) * math.Max(math.Abs(g.lo[j]), math.Abs(g.hi[j]))
	}
	return m
}

// run returns a bound that is proved, -Inf for none, and whether the time sufficed
// to make it as good as it gets. Start is the basis to start from; it is replaced by
// that of the first program.
func (s *search) run(ctx context.Context, start *highs.Basis) (least float64, done bool) {
	s.lp.LoadBasis(start)
	s.lp.UsePrimal() // only the objective has changed
	root := &node{bound: math.Inf(-1), branch: -1}
	st := s.solve(root)
	s.lp.UseDual() // now limits change
	if st != highs.Optimal {
		return root.bound, st != highs.Limit
	}
	s.lp.SaveBasis(start)
	s.add(root)
	for len(s.queue) > 0 {
		n := s.queue[0]
		if n.branch < 0 || n.bound >= s.best-s.gap {
			break
		}
		var parts []*node
		for _, active := range []bool{false, true} {
			part := &node{bound: n.bound, branch: -1, states: append(n.states[:len(n.states):len(n.states)], state{n.branch, active})}
			s.fix(part.states)
			s.lp.LoadBasis(n.basis)
			st := s.solve(part)
			s.release(part.states)
			if ctx.Err() != nil {
				return min(n.bound, s.closed), false
			}
			if st != highs.Infeasible {
				parts = append(parts, part)
			}
		}
		heap.Pop(&s.queue)
		for _, part := range parts {
			s.add(part)
		}
	}
	if len(s.queue) > 0 {
		s.closed = min(s.closed, s.queue[0].bound)
	}
	if math.IsInf(s.closed, 1) { // no part has a point: the domain is empty
		return math.Inf(-1), true
	}
	return s.closed, true
}

// add takes in a node that has been solved.
func (s *search) add(n *node) {
	if n.bound >= s.best-s.gap {
		s.closed = min(s.closed, n.bound)
		return
	}
	heap.Push(&s.queue, n)
}

// solve improves the bound of a node whose states are fixed, and says where to
// divide it. Infeasible means that it is proved to have no points.
func (s *search) solve(n *node) highs.Status {
	st, _ := s.lp.Solve()
	switch {
	case st == highs.Optimal:
		n.bound = max(n.bound, s.proved())
		n.basis = new(highs.Basis)
		s.lp.SaveBasis(n.basis)
		s.best = min(s.best, s.value())
	case st == highs.Infeasible && s.refuted():
		return st
	case st == highs.Infeasible:
		st = highs.Unknown
	}
	s.divide(n, st == highs.Optimal)
	return st
}

// divide chooses the unit whose states the solution mixes most, or the first one
// without a state when there is no solution.
func (s *search) divide(n *node, solved bool) {
	has := map[int]bool{}
	for _, t := range n.states {
		has[t.unit] = true
	}
	most := -1.0
	x := s.lp.Primal()
	y := s.lp.Duals()
	for _, k := range s.units {
		u := &s.p.Units[k]
		if has[k] || s.hi[u.H] == 0 || s.hi[u.Hbar] == 0 {
			continue
		}
		mixed := 0.0
		if solved {
			mixed = min(x[u.H]*s.scales[u.H], x[u.Hbar]*s.scales[u.Hbar])
			mixed *= max(math.Abs(y[u.Pre+1]*s.rows[u.Pre+1]), math.Abs(y[u.Pre+2]*s.rows[u.Pre+2]))
		}
		if mixed > most {
			n.branch, most = k, mixed
		}
	}
	if n.basis == nil {
		n.basis = new(highs.Basis)
		s.lp.SaveBasis(n.basis)
	}
}

// fix makes the limits those of the states.
func (s *search) fix(states []state) {
	for _, t := range states {
		u := &s.p.Units[t.unit]
		if t.active {
			s.limits(u.Hbar, 0, 0)
			s.limits(*u.Z, 1, 1)
		} else {
			s.limits(u.H, 0, 0)
			s.limits(*u.Z, 0, 0)
		}
	}
}

// release takes the limits of the program again.
func (s *search) release(states []state) {
	for _, t := range states {
		u := &s.p.Units[t.unit]
		for _, j := range []int{u.H, u.Hbar, *u.Z} {
			s.limits(j, float64(s.p.Cols[j].Lo), float64(s.p.Cols[j].Hi))
		}
	}
}

func (s *search) limits(j int, lo, hi float64) {
	s.lo[j], s.hi[j] = lo, hi
	s.lp.SetLimits(j, lo/s.scales[j], hi/s.scales[j])
}

// value is what is minimised at the inputs of the last solution, by floating point.
// It decides when to stop, nothing else.
func (s *search) value() float64 {
	x := s.lp.Primal()
	at := make([]float64, len(s.p.Cols))
	for j, c := range s.p.Cols {
		if c.Kind == milp.Input {
			at[j] = x[j] * s.scales[j]
		}
	}
	for k := range s.p.Units {
		u := &s.p.Units[k]
		r := &s.p.Rows[u.Pre]
		g := -float64(r.Lo)
		for e, j := range r.Idx {
			if j != u.H && j != u.Hbar {
				g += r.Val[e] * at[j]
			}
		}
		at[u.H], at[u.Hbar] = math.Max(0, g), math.Max(0, -g)
	}
	v := s.shift
	for _, j := range s.cols {
		v += s.cost[j] * at[j]
	}
	return v
}
