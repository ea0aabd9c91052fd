// Package highs solves linear and mixed-integer programs with HiGHS:
//
//	minimise    c x
//	subject to  rowLo <= A x <= rowHi,  colLo <= x <= colHi,  some x integer
//
// Models and options go through github.com/lanl/highs; what it does not expose
// (changing rows and costs between solves, a time limit that keeps the bound,
// an interrupt) goes through HiGHS's C interface. This is the only package
// that imports "C".
//
// Nothing here panics when HiGHS does not take a program: the status is Unknown
// then, and LP.Err and Result.Err say what was refused.
//
// Every option that can change a result is set: one thread, seed 0, simplex
// with the dual strategy for hot-started LPs, and the tolerances below.
package highs

/*
#include "capi/highs_c_api.h"
*/
import "C"

import (
	"context"
	"runtime"
)

// Tolerance of primal and dual feasibility in linear programs, the smallest
// that HiGHS takes; mixed-integer programs have MIPTolerance, as with smaller
// ones HiGHS's presolve calls feasible programs infeasible now and then.
const (
	Tolerance    = 1e-10
	MIPTolerance = 1e-7
)

// Version is the solver and its version, as records carry it.
func Version() string { return "HiGHS " + C.GoString(C.Highs_version()) }

// Status is how a solve ended.
type Status int

// The statuses that callers tell apart.
const (
	Unknown    Status = iota // no answer: solve again from scratch
	Optimal                  // solved to optimality
	Infeasible               // proved to have no solution
	Unbounded                // proved unbounded, or unbounded or infeasible
	Cutoff                   // proved that the optimum is beyond the objective bound
	Limit                    // stopped by the time limit, the solution limit or an interrupt
)

func status(s C.HighsInt) Status {
	switch s {
	case C.kHighsModelStatusOptimal, C.kHighsModelStatusModelEmpty:
		return Optimal
	case C.kHighsModelStatusInfeasible:
		return Infeasible
	case C.kHighsModelStatusUnbounded, C.kHighsModelStatusUnboundedOrInfeasible:
		return Unbounded
	case C.kHighsModelStatusObjectiveBound:
		return Cutoff
	case C.kHighsModelStatusTimeLimit, C.kHighsModelStatusIterationLimit,
		C.kHighsModelStatusSolutionLimit, C.kHighsModelStatusInterrupt:
		return Limit
	}
	return Unknown
}

// LP is a linear program that stays in HiGHS between solves, so that each
// starts from the basis of the one before. It is for one goroutine at a time.
//
// After a call that HiGHS refuses, Err returns the refusal, every Solve returns
// Unknown, and Rows goes on to count as if nothing had happened.
type LP struct {
	m      *model
	x, y   []float64
	rows   int
	idx    []int32
	until  func() bool // releases the context of Until
	Solves int64       // solves, repeated ones included
	Pivots int64       // simplex iterations of all solves
	Again  int64       // solves repeated from scratch after an unknown status
}

// NewLP returns an LP with the given columns and no rows, minimising cost.
func NewLP(lo, hi, cost []float64) *LP {
	m := newModel(append(common(Tolerance),
		option{"presolve", "off"},
		option{"solver", "simplex"},
		option{"simplex_strategy", 1}))
	l := &LP{m: m, x: make([]float64, len(lo))}
	if m.takes("Highs_addVars", lo, hi) {
		m.check(C.Highs_addVars(m.h, C.HighsInt(len(lo)), floats(lo), floats(hi)), "Highs_addVars")
	}
	for j, c := range cost {
		if c != 0 {
			l.SetCost(j, c)
		}
	}
	return l
}

// Close gives back the memory that HiGHS has for the LP, of which Go's collector
// knows nothing: it may take long to find a need for it. A closed LP is one that
// HiGHS refuses.
func (l *LP) Close() {
	if l.until != nil {
		l.until()
		l.until = nil
	}
	l.m.close()
}

// Err returns why the LP cannot be solved: the first *Refused, or nil.
func (l *LP) Err() error { return l.m.err }

// Until makes solves end with Limit when the context has ended. A later call
// replaces the context.
func (l *LP) Until(ctx context.Context) {
	if l.until != nil {
		l.until()
	}
	l.until = l.m.until(ctx)
	runtime.AddCleanup(l.m, func(release func() bool) { release() }, l.until)
}

// SetCost changes the cost of column j.
func (l *LP) SetCost(j int, c float64) {
	if m := l.m; m.takes("Highs_changeColCost", []float64{c}) {
		m.check(C.Highs_changeColCost(m.h, C.HighsInt(j), C.double(c)), "Highs_changeColCost")
	}
}

// SetLimits changes the limits of column j.
func (l *LP) SetLimits(j int, lo, hi float64) {
	if m := l.m; m.takes("Highs_changeColBounds", []float64{lo, hi}) {
		m.check(C.Highs_changeColBounds(m.h, C.HighsInt(j), C.double(lo), C.double(hi)), "Highs_changeColBounds")
	}
}

// UsePrimal makes solves start with the primal simplex method, which is right
// when only costs change between them.
func (l *LP) UsePrimal() { l.m.set([]option{{"simplex_strategy", 4}}) }

// UseDual makes solves start with the dual simplex method, as they do when nothing
// else is said.
func (l *LP) UseDual() { l.m.set([]option{{"simplex_strategy", 1}}) }

// StopAbove lets Solve end with Cutoff as soon as the minimum is proved to be
// above bound; +Inf turns it off.
func (l *LP) StopAbove(bound float64) { l.m.set([]option{{"objective_bound", bound}}) }

// AddRow appends lo <= sum val[k] x[idx[k]] <= hi.
func (l *LP) AddRow(lo, hi float64, idx []int, val []float64) {
	l.idx = l.idx[:0]
	for _, j := range idx {
		l.idx = append(l.idx, int32(j))
	}
	l.rows++
	if m := l.m; m.takes("Highs_addRow", []float64{lo, hi}, val) {
		m.check(C.Highs_addRow(m.h, C.double(lo), C.double(hi), C.HighsInt(len(val)), ints(l.idx), floats(val)), "Highs_addRow")
	}
}

// Rows is the number of rows.
func (l *LP) Rows() int { return l.rows }

// PopRows deletes the last n rows.
func (l *LP) PopRows(n int) {
	if n == 0 {
		return
	}
	l.rows -= n
	if m := l.m; m.err == nil {
		m.check(C.Highs_deleteRowsByRange(m.h, C.HighsInt(l.rows), C.HighsInt(l.rows+n-1)), "Highs_deleteRowsByRange")
	}
}

// Basis is a saved starting point for Solve.
type Basis struct {
	cols, rows []int32
}

// SaveBasis stores the current basis in b.
func (l *LP) SaveBasis(b *Basis) {
	b.cols = resize(b.cols, len(l.x))
	b.rows = resize(b.rows, l.rows)
	if m := l.m; m.err == nil {
		m.check(C.Highs_getBasis(m.h, ints(b.cols), ints(b.rows)), "Highs_getBasis")
	}
}

// LoadBasis makes b the current basis; rows added since b was saved get a
// basic slack. It must have been saved with no more rows than there are now.
func (l *LP) LoadBasis(b *Basis) {
	l.idx = append(l.idx[:0], b.rows...)
	for len(l.idx) < l.rows {
		l.idx = append(l.idx, int32(C.kHighsBasisStatusBasic))
	}
	if m := l.m; m.err == nil {
		m.check(C.Highs_setBasis(m.h, ints(b.cols), ints(l.idx)), "Highs_setBasis")
	}
}

func resize[T any](v []T, n int) []T {
	if cap(v) < n {
		return make([]T, n)
	}
	return v[:n]
}

// Scratch forgets the basis, so that the next solve starts from the slacks.
func (l *LP) Scratch() {
	if m := l.m; m.err == nil {
		m.check(C.Highs_clearSolver(m.h), "Highs_clearSolver")
	}
}

// Solve solves the LP from the current basis. HiGHS leaves a hot-started
// solve without an answer now and then; it is repeated from scratch, and only
// then is Unknown believed.
func (l *LP) Solve() (Status, float64) {
	s, obj := l.solve()
	if s == Unknown && l.m.err == nil {
		l.Again++
		l.Scratch()
		s, obj = l.solve()
	}
	return s, obj
}

func (l *LP) solve() (Status, float64) {
	if l.m.err != nil {
		return Unknown, 0
	}
	st, obj, pivots := l.m.run(l.x)
	l.Solves++
	l.Pivots += pivots
	return st, obj
}

// Primal returns the column values of the last solve; the slice is reused.
func (l *LP) Primal() []float64 { return l.x }

// Duals returns the multipliers y of the rows after a solve that was Optimal: up to
// HiGHS's tolerances cost - y A is what the limits of the columns leave at the
// minimum. The slice is reused.
func (l *LP) Duals() []float64 {
	l.y = resize(l.y, l.rows)
	if m := l.m; m.err == nil && l.rows > 0 {
		m.check(C.Highs_getSolution(m.h, nil, nil, nil, floats(l.y)), "Highs_getSolution")
	}
	return l.y
}

// Ray returns multipliers of the rows after a solve that was Infeasible: up to
// tolerances their sum is a row that no values within the limits of the columns
// satisfy. It is nil where HiGHS has none. The slice is reused.
func (l *LP) Ray() []float64 {
	l.y = resize(l.y, l.rows)
	if m := l.m; m.err == nil && l.rows > 0 {
		var has C.HighsInt
		m.check(C.Highs_getDualRay(m.h, &has, floats(l.y)), "Highs_getDualRay")
		if has != 0 {
			return l.y
		}
	}
	return nil
}
