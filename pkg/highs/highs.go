// Package highs solves linear and mixed-integer programs with HiGHS:
//
//	minimise    c x
//	subject to  rowLo <= A x <= rowHi,  colLo <= x <= colHi,  some x integer
//
// Models and options go through github.com/lanl/highs; what it does not expose
// (changing limits and rows between solves, a time limit that keeps the bound,
// an interrupt) goes through HiGHS's C interface. This is the only package
// that imports "C".
//
// Every option that can change a result is set: one thread, seed 0, simplex
// with the dual strategy for hot-started LPs, and the tolerances below.
package highs

/*
#cgo pkg-config: highs
#include <stdlib.h>
#include "capi/highs_c_api.h"

// rc_state is what one solve leaves: a call for each would cost more than it.
typedef struct { HighsInt status; double objective; HighsInt pivots; } rc_state;

static void rc_solve(void* h, rc_state* s, double* x) {
	Highs_run(h);
	s->status = Highs_getModelStatus(h);
	s->objective = Highs_getObjectiveValue(h);
	s->pivots = 0;
	Highs_getIntInfoValue(h, "simplex_iteration_count", &s->pivots);
	Highs_getSolution(h, x, NULL, NULL, NULL);
}

static void rc_interrupt(int type, const char* msg, const HighsCallbackDataOut* out, HighsCallbackDataIn* in, void* flag) {
	if (in && *(volatile int*)flag) in->user_interrupt = 1;
}

static void rc_watch(void* h, int* flag) {
	Highs_setCallback(h, rc_interrupt, flag);
	Highs_startCallback(h, kHighsCallbackMipInterrupt);
	Highs_startCallback(h, kHighsCallbackSimplexInterrupt);
}
*/
import "C"

import (
	"fmt"
	"reflect"
	"runtime"
	"unsafe"

	lanl "github.com/lanl/highs"
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

// run solves the model and returns its state; x receives the column values.
func run(h unsafe.Pointer, x []float64) (st Status, objective float64, pivots int64) {
	var s C.rc_state
	C.rc_solve(h, &s, floats(x))
	return status(s.status), float64(s.objective), max(0, int64(s.pivots))
}

// watch makes solves of the model stop when *flag becomes nonzero.
func watch(h, flag unsafe.Pointer) { C.rc_watch(h, (*C.int)(flag)) }

// handle returns the HiGHS object of a lanl model, which keeps it to itself.
// The caller keeps the model alive until after the last use.
func handle(m *lanl.RawModel) unsafe.Pointer {
	return reflect.ValueOf(m).Elem().FieldByName("obj").UnsafePointer()
}

// option is one setting of a model.
type option struct {
	name  string
	value any
}

func common(tolerance float64) []option {
	return []option{
		{"output_flag", false},
		{"threads", 1},
		{"parallel", "off"},
		{"random_seed", 0},
		{"small_matrix_value", 1e-12}, // the default drops entries below 1e-9
		{"primal_feasibility_tolerance", tolerance},
		{"dual_feasibility_tolerance", tolerance},
	}
}

func set(m *lanl.RawModel, opts []option) {
	for _, o := range opts {
		var err error
		switch v := o.value.(type) {
		case bool:
			err = m.SetBoolOption(o.name, v)
		case int:
			err = m.SetIntOption(o.name, v)
		case float64:
			err = m.SetFloat64Option(o.name, v)
		case string:
			err = m.SetStringOption(o.name, v)
		}
		if err != nil {
			panic(fmt.Sprintf("highs: option %s: %v", o.name, err)) // a name that this HiGHS lacks: the build is wrong
		}
	}
}

// check panics on a call that HiGHS refuses: the arguments were wrong.
func check(rc C.HighsInt, call string) {
	if rc == C.kHighsStatusError {
		panic("highs: " + call + " failed")
	}
}

func floats(v []float64) *C.double {
	if len(v) == 0 {
		return nil
	}
	return (*C.double)(unsafe.Pointer(&v[0]))
}

func ints(v []int32) *C.HighsInt {
	if len(v) == 0 {
		return nil
	}
	return (*C.HighsInt)(unsafe.Pointer(&v[0]))
}

// LP is a linear program that stays in HiGHS between solves, so that each
// starts from the basis of the one before. It is for one goroutine at a time.
type LP struct {
	m      *lanl.RawModel
	h      unsafe.Pointer
	x      []float64
	rows   int
	idx    []int32
	Solves int64 // solves, repeated ones included
	Pivots int64 // simplex iterations of all solves
	Again  int64 // solves repeated from scratch after an unknown status
}

// NewLP returns an LP with the given columns and no rows, minimising cost.
func NewLP(lo, hi, cost []float64) *LP {
	m := lanl.NewRawModel()
	set(m, append(common(Tolerance),
		option{"presolve", "off"},
		option{"solver", "simplex"},
		option{"simplex_strategy", 1}))
	l := &LP{m: m, h: handle(m), x: make([]float64, len(lo))}
	check(C.Highs_addVars(l.h, C.HighsInt(len(lo)), floats(lo), floats(hi)), "addVars")
	for j, c := range cost {
		if c != 0 {
			l.SetCost(j, c)
		}
	}
	return l
}

// SetCost changes the cost of column j.
func (l *LP) SetCost(j int, c float64) {
	check(C.Highs_changeColCost(l.h, C.HighsInt(j), C.double(c)), "changeColCost")
}

// SetColumn changes the limits of column j.
func (l *LP) SetColumn(j int, lo, hi float64) {
	check(C.Highs_changeColBounds(l.h, C.HighsInt(j), C.double(lo), C.double(hi)), "changeColBounds")
}

// SetRow changes the limits of row i.
func (l *LP) SetRow(i int, lo, hi float64) {
	check(C.Highs_changeRowBounds(l.h, C.HighsInt(i), C.double(lo), C.double(hi)), "changeRowBounds")
}

// UsePrimal makes solves start with the primal simplex method, which is right
// when only costs change between them.
func (l *LP) UsePrimal() { set(l.m, []option{{"simplex_strategy", 4}}) }

// StopAbove lets Solve end with Cutoff as soon as the minimum is proved to be
// above bound; +Inf turns it off.
func (l *LP) StopAbove(bound float64) {
	set(l.m, []option{{"objective_bound", bound}})
}

// AddRow appends lo <= sum val[k] x[idx[k]] <= hi.
func (l *LP) AddRow(lo, hi float64, idx []int, val []float64) {
	l.idx = l.idx[:0]
	for _, j := range idx {
		l.idx = append(l.idx, int32(j))
	}
	check(C.Highs_addRow(l.h, C.double(lo), C.double(hi), C.HighsInt(len(val)), ints(l.idx), floats(val)), "addRow")
	l.rows++
}

// Rows is the number of rows.
func (l *LP) Rows() int { return l.rows }

// PopRows deletes the last n rows.
func (l *LP) PopRows(n int) {
	if n == 0 {
		return
	}
	l.rows -= n
	check(C.Highs_deleteRowsByRange(l.h, C.HighsInt(l.rows), C.HighsInt(l.rows+n-1)), "deleteRowsByRange")
}

// Basis is a saved starting point for Solve.
type Basis struct {
	cols, rows []int32
}

// SaveBasis stores the current basis in b.
func (l *LP) SaveBasis(b *Basis) {
	b.cols = resize(b.cols, len(l.x))
	b.rows = resize(b.rows, l.rows)
	check(C.Highs_getBasis(l.h, ints(b.cols), ints(b.rows)), "getBasis")
}

// LoadBasis makes b the current basis; rows added since b was saved get a
// basic slack. It must have been saved with no more rows than there are now.
func (l *LP) LoadBasis(b *Basis) {
	l.idx = append(l.idx[:0], b.rows...)
	for len(l.idx) < l.rows {
		l.idx = append(l.idx, int32(C.kHighsBasisStatusBasic))
	}
	check(C.Highs_setBasis(l.h, ints(b.cols), ints(l.idx)), "setBasis")
}

func resize(v []int32, n int) []int32 {
	if cap(v) < n {
		return make([]int32, n)
	}
	return v[:n]
}

// Scratch forgets the basis, so that the next solve starts from the slacks.
func (l *LP) Scratch() { check(C.Highs_clearSolver(l.h), "clearSolver") }

// Solve solves the LP from the current basis. HiGHS leaves a hot-started
// solve without an answer now and then; it is repeated from scratch, and only
// then is Unknown believed.
func (l *LP) Solve() (Status, float64) {
	s, obj := l.solve()
	if s == Unknown {
		l.Again++
		l.Scratch()
		s, obj = l.solve()
	}
	return s, obj
}

func (l *LP) solve() (Status, float64) {
	st, obj, pivots := run(l.h, l.x)
	runtime.KeepAlive(l.m)
	l.Solves++
	l.Pivots += pivots
	return st, obj
}

// Primal returns the column values of the last solve; the slice is reused.
func (l *LP) Primal() []float64 { return l.x }
