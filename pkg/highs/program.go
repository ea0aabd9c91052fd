package highs

/*
#include <stdlib.h>
#include "capi/highs_c_api.h"
*/
import "C"

import (
	"context"
	"math"
	"runtime"
	"time"
	"unsafe"

	lanl "github.com/lanl/highs"
)

// Program is a mixed-integer program, solved from scratch at each call.
type Program struct {
	Maximize     bool
	Cost         []float64 // nil: any solution will do
	ColLo, ColHi []float64
	Integer      []bool // nil: all columns are continuous

	rowLo, rowHi []float64
	start, idx   []int
	val          []float64
	never        bool // a row without entries cannot hold
}

// AddRow appends lo <= sum val[k] x[idx[k]] <= hi.
func (p *Program) AddRow(lo, hi float64, idx []int, val []float64) {
	start := len(p.idx)
	for k, j := range idx {
		if val[k] != 0 {
			p.idx, p.val = append(p.idx, j), append(p.val, val[k])
		}
	}
	if len(p.idx) == start { // lanl/highs cannot take a matrix without entries
		p.never = p.never || lo > 0 || hi < 0
		return
	}
	p.start = append(p.start, start)
	p.rowLo, p.rowHi = append(p.rowLo, lo), append(p.rowHi, hi)
}

// AddColumn appends a column and returns its index.
func (p *Program) AddColumn(lo, hi, cost float64, integer bool) int {
	j := len(p.ColLo)
	p.ColLo, p.ColHi = append(p.ColLo, lo), append(p.ColHi, hi)
	if p.Cost != nil || cost != 0 {
		for len(p.Cost) < j {
			p.Cost = append(p.Cost, 0)
		}
		p.Cost = append(p.Cost, cost)
	}
	if p.Integer != nil || integer {
		for len(p.Integer) < j {
			p.Integer = append(p.Integer, false)
		}
		p.Integer = append(p.Integer, integer)
	}
	return j
}

// Options of one Program.Solve.
type Options struct {
	TimeLimit     time.Duration // 0: none
	FirstSolution bool          // stop at the first solution found
	NoPresolve    bool          // for a second opinion
}

// Result is what a solve of a Program found.
type Result struct {
	Status    Status
	X         []float64 // a solution, or nil when none was found
	Objective float64   // of X
	Bound     float64   // valid bound on the optimum, however the solve ended
	Nodes     int64     // of branch and bound
	Pivots    int64     // simplex iterations
	Err       error     // a *Refused when HiGHS did not take the program; the status is Unknown then
}

func (p *Program) integral() bool {
	for _, i := range p.Integer {
		if i {
			return true
		}
	}
	return false
}

// Scales returns a power of two for each column so that the column divided by
// it ranges over about [-1, 1]: HiGHS's tolerances are absolute, so a program
// must not mix magnitudes. Integer columns and those without limits keep 1.
func Scales(lo, hi []float64, integer []bool) []float64 {
	s := make([]float64, len(lo))
	for j := range s {
		s[j] = 1
		top := math.Max(math.Abs(lo[j]), math.Abs(hi[j]))
		if top == 0 || math.IsInf(top, 0) || integer != nil && integer[j] {
			continue
		}
		_, e := math.Frexp(top)
		s[j] = math.Ldexp(1, e)
	}
	return s
}

// RowScale returns the power of two that brings the largest of the entries
// to about 1.
func RowScale(val []float64) float64 {
	top := 0.0
	for _, v := range val {
		top = math.Max(top, math.Abs(v))
	}
	if top == 0 {
		return 1
	}
	_, e := math.Frexp(top)
	return math.Ldexp(1, min(-e, mostScale))
}

// mostScale is the largest exponent of a row's scale: beyond 1023 it would be
// infinite, and 0 times it no number.
const mostScale = 1000

// scaled returns the program in scaled columns and rows.
func (p *Program) scaled(s []float64) *Program {
	q := *p
	q.ColLo, q.ColHi, q.Cost = make([]float64, len(s)), make([]float64, len(s)), nil
	for j := range s {
		q.ColLo[j], q.ColHi[j] = p.ColLo[j]/s[j], p.ColHi[j]/s[j]
	}
	if p.Cost != nil {
		q.Cost = make([]float64, len(s))
		for j := range s {
			q.Cost[j] = p.Cost[j] * s[j]
		}
	}
	q.val = make([]float64, len(p.val))
	q.rowLo, q.rowHi = make([]float64, len(p.rowLo)), make([]float64, len(p.rowLo))
	for i := range p.rowLo {
		end := len(p.val)
		if i+1 < len(p.start) {
			end = p.start[i+1]
		}
		for e := p.start[i]; e < end; e++ {
			q.val[e] = p.val[e] * s[p.idx[e]]
		}
		r := RowScale(q.val[p.start[i]:end])
		for e := p.start[i]; e < end; e++ {
			q.val[e] *= r
		}
		q.rowLo[i], q.rowHi[i] = p.rowLo[i]*r, p.rowHi[i]*r
	}
	return &q
}

// model builds the model with its options set before the matrix, as HiGHS
// drops small entries by the options of that moment.
func (p *Program) model(opts []option) *model {
	m := newModel(opts)
	m.takes("Highs_addVars", p.ColLo, p.ColHi)
	m.takes("Highs_changeColsCostByRange", p.Cost)
	m.takes("Highs_addRows", p.rowLo, p.rowHi, p.val)
	if len(p.ColLo) > 0 { // lanl/highs cannot take none
		m.try("Highs_addVars", func() error { return m.raw.AddColumnBounds(p.ColLo, p.ColHi) })
	}
	if len(p.Cost) > 0 {
		m.try("Highs_changeColsCostByRange", func() error { return m.raw.SetColumnCosts(p.Cost) })
	}
	m.try("Highs_changeObjectiveSense", func() error { return m.raw.SetMaximization(p.Maximize) })
	if len(p.rowLo) > 0 {
		m.try("Highs_addRows", func() error { return m.raw.AddCompSparseRows(p.rowLo, p.start, p.idx, p.val, p.rowHi) })
	}
	if p.integral() {
		types := make([]lanl.VariableType, len(p.ColLo))
		for j, i := range p.Integer {
			if i {
				types[j] = lanl.IntegerType
			}
		}
		m.try("Highs_changeColsIntegralityByRange", func() error { return m.raw.SetIntegrality(types) })
	}
	return m
}

// options returns the settings of a solve that ends with the context.
func (o Options) options(ctx context.Context) []option {
	opts := append(common(MIPTolerance),
		option{"mip_feasibility_tolerance", MIPTolerance},
		option{"mip_rel_gap", 0.0},
		option{"mip_abs_gap", 1e-9})
	if end, ok := ctx.Deadline(); ok { // presolve does not look at interrupts
		left := max(time.Until(end), time.Nanosecond)
		if o.TimeLimit == 0 || left < o.TimeLimit {
			o.TimeLimit = left
		}
	}
	if o.TimeLimit > 0 {
		opts = append(opts, option{"time_limit", o.TimeLimit.Seconds()})
	}
	if o.NoPresolve {
		opts = append(opts, option{"presolve", "off"})
	}
	if o.FirstSolution {
		opts = append(opts, option{"mip_max_improving_sols", 1})
	}
	return opts
}

// trivialBound is what is known of the optimum without a solve.
func (p *Program) trivialBound() float64 {
	if p.Maximize {
		return math.Inf(1)
	}
	return math.Inf(-1)
}

// Solve solves the program until it is done, the time is up or ctx ends.
func (p *Program) Solve(ctx context.Context, o Options) Result {
	if p.never {
		return Result{Status: Infeasible, Bound: math.NaN()}
	}
	s := Scales(p.ColLo, p.ColHi, p.Integer)
	q := p.scaled(s)
	c := RowScale(q.Cost) // of the objective
	for j := range q.Cost {
		q.Cost[j] *= c
	}
	m := q.model(o.options(ctx))
	defer m.close()
	release := m.until(ctx)
	defer release()
	if m.err != nil {
		return Result{Status: Unknown, Bound: p.trivialBound(), Err: m.err}
	}
	x := make([]float64, max(1, len(p.ColLo)))
	st, obj, pivots := m.run(x)
	for j := range p.ColLo {
		x[j] *= s[j]
	}
	r := Result{Status: st, Objective: obj / c, Bound: obj / c, Pivots: pivots}
	if p.integral() {
		r.Bound = m.infoFloat("mip_dual_bound") / c
		r.Nodes = max(0, m.infoInt64("mip_node_count"))
	} else if st != Optimal {
		r.Bound = p.trivialBound()
	}
	if st == Unbounded && p.Cost == nil {
		r.Status = Infeasible // of "unbounded or infeasible" only one can be
	}
	if m.infoInt("primal_solution_status") == int(C.kHighsSolutionStatusFeasible) {
		r.X = x[:len(p.ColLo)]
	}
	return r
}

// info calls get with the name of a figure of the last solve.
func (m *model) info(name string, get func(name *C.char)) {
	s := C.CString(name)
	defer C.free(unsafe.Pointer(s))
	get(s)
	runtime.KeepAlive(m)
}

func (m *model) infoFloat(name string) float64 {
	var v C.double
	m.info(name, func(s *C.char) { C.Highs_getDoubleInfoValue(m.h, s, &v) })
	return float64(v)
}

func (m *model) infoInt(name string) int {
	var v C.HighsInt
	m.info(name, func(s *C.char) { C.Highs_getIntInfoValue(m.h, s, &v) })
	return int(v)
}

func (m *model) infoInt64(name string) int64 {
	var v C.int64_t
	m.info(name, func(s *C.char) { C.Highs_getInt64InfoValue(m.h, s, &v) })
	return int64(v)
}
