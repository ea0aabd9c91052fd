package reference

import (
	"context"
	"math"

	"relucount/pkg/affine"
	"relucount/pkg/highs"
	"relucount/pkg/parity"
	"relucount/pkg/search"
)

// frame is a child that the walk has still to visit.
type frame struct {
	unit   int
	on     bool
	tested bool      // whether the child is known to be feasible; else an LP must tell
	cuts   bool      // whether the unit's row belongs to the cell
	at     []float64 // a point of the child when tested, of the parent otherwise
	basis  *highs.Basis
	prefix []affine.State // states of the units before, when handed to another walk
}

// walk is a depth-first search over the units, one after the other, for one
// goroutine. The rows of the units decided are in its LP, which maximises the
// margin f by which a point is strictly on its side of each.
type walk struct {
	m      *Model
	guide  search.Guide
	margin float64
	lazy   bool // test the second child of a node only when it is visited
	ctx    context.Context
	halt   func() bool    // whether to stop
	share  func(w *walk)  // may hand over frames; nil: never
	sys    *parity.System // of the guide's rows, as far as they have come
	pat    *parity.Pattern
	rows   int

	lp     *highs.LP
	f      int // LP column of the margin
	dim    int // of the frame
	fns    []*affine.Functions
	sums   []float64
	state  []affine.State
	rowsAt []int // LP rows before unit k was decided
	frames []frame
	leaves int64 // regions reached
	halted int   // unit that was to be decided when halt ended a descent; -1: none
	idx    []int
	row    []float64
	search.Effort
}

// newWalk returns a walk whose LP has the whole domain and the margin f.
func newWalk(m *Model, g search.Guide, margin float64) *walk {
	n := len(m.net.Units)
	w := &walk{m: m, guide: g, margin: margin, f: len(m.lo), dim: m.net.Root.Dim, sys: parity.NewSystem(n), pat: parity.NewPattern(n)}
	w.attend(context.Background(), nil)
	w.catchUp()
	for range m.net.Layers {
		w.fns = append(w.fns, new(affine.Functions))
	}
	w.state = make([]affine.State, n)
	w.rowsAt = make([]int, n+1)
	w.row = make([]float64, w.dim+1)
	w.idx = make([]int, w.dim+1)
	for j := range w.dim {
		w.idx[j] = m.base + j
	}
	w.idx[w.dim] = w.f
	w.program()
	return w
}

// program makes the LP anew. HiGHS keeps more between solves than the basis, so
// that the same question may have another answer where it is close.
func (w *walk) program() {
	m := w.m
	w.close()
	lo := append(append([]float64{}, m.lo...), math.Inf(-1))
	hi := append(append([]float64{}, m.hi...), 1)
	cost := make([]float64, len(lo))
	cost[w.f] = -1
	w.lp = highs.NewLP(lo, hi, cost)
	w.lp.StopAbove(-w.margin / doubt)
	for _, t := range m.ties {
		w.lp.AddRow(t.lo, t.hi, t.idx, t.val)
	}
	for _, r := range m.rowsAt[0] {
		row, _, _ := w.cellRow(&m.rows[r])
		w.lp.AddRow(row.lo, row.hi, row.idx, row.val)
	}
	w.rowsAt[0] = w.lp.Rows()
}

// close gives the LP back.
func (w *walk) close() {
	if w.lp != nil {
		w.Effort = w.effort()
		w.lp.Close()
		w.lp = nil
	}
}

// attend makes the walk stop when ctx ends or halt says so; halt may be nil.
func (w *walk) attend(ctx context.Context, halt func() bool) {
	if halt == nil {
		halt = func() bool { return ctx.Err() != nil }
	}
	w.ctx, w.halt = ctx, halt
}

// catchUp takes in the guide's rows that have come into force.
func (w *walk) catchUp() {
	for rows := w.guide.Rows(); w.rows < len(rows); w.rows++ {
		w.sys.Add(rows[w.rows]) // the units' range has been checked
	}
}

// root returns the frame of the whole tree, or none when the domain is empty.
func (w *walk) root() (frame, bool) {
	if w.m.net.Void {
		return frame{}, false
	}
	w.back(0)
	basis := new(highs.Basis)
	st, _ := w.lp.Solve()
	if st != highs.Optimal {
		if st != highs.Infeasible {
			w.Unclear++
		}
		return frame{}, false
	}
	w.lp.SaveBasis(basis)
	at := append([]float64{}, w.lp.Primal()[:w.f]...)
	if len(w.m.rows) == 0 { // the centre sees more than a vertex
		clear(at)
		for j := range at { // columns that do not range around 0
			at[j] = math.Max(w.m.lo[j], math.Min(w.m.hi[j], 0))
		}
		if w.m.base > 0 {
			w.m.net.Root.Of(at, at[w.m.base:])
		}
	}
	return frame{unit: -1, tested: true, at: at, basis: basis}, true
}

// run visits everything below the frame. It returns false when the guide or
// halt ended it.
func (w *walk) run(start frame) bool {
	w.frames, w.halted = append(w.frames[:0], start), -1
	w.replay(start.prefix, start.unit)
	for len(w.frames) > 0 {
		if w.halt() || w.lp.Err() != nil {
			return false
		}
		if w.share != nil {
			w.share(w)
		}
		fr := w.frames[len(w.frames)-1]
		w.frames = w.frames[:len(w.frames)-1]
		at, basis, ok := w.enter(fr)
		if ok && !w.descend(fr.unit+1, at, basis) {
			return false
		}
	}
	return true
}

// replay brings the walk to the node that the states describe, at which the
// given unit is the next to be decided. It counts nothing: the walk that came
// there first has done so.
func (w *walk) replay(states []affine.State, unit int) {
	nodes, doubtful := w.Nodes, w.Doubtful
	defer func() { w.Nodes, w.Doubtful = nodes, doubtful }()
	w.back(0)
	for k, d := range states {
		w.compose(k)
		w.decide(k, d.On, d.Cuts)
		w.pushUserRows(k)
	}
	if unit >= 0 && unit < len(w.state) {
		w.compose(unit)
	}
}

// compose makes sure that the functions of unit k's layer are those of the
// current cell. They are as long as no unit of the layers before changes, so
// only the first unit of a layer has something to do.
func (w *walk) compose(k int) {
	n, l := w.m.net, w.m.layer[k]
	if k == n.Layers[l].First {
		var before *affine.Functions
		sums := n.First(n.Root)
		if l > 0 {
			before = w.fns[l-1]
			w.sums = n.Sums(before, w.state, w.sums)
			sums = w.sums
		}
		n.Enter(w.fns[l], n.Root, before, l, sums, w.state)
		w.fns[l].AllReady()
	}
}

// of has the function of unit k.
func (w *walk) of(k int) *affine.Functions { return w.fns[w.m.layer[k]] }

// norm is that of unit k's coefficients; 0 when the unit is constant on the
// cell.
func (w *walk) norm(k int) float64 { return w.of(k).Norm(k) }

// strict is the margin, or the rounding error of unit k's row when that is
// larger.
func (w *walk) strict(k int) float64 { return max(w.margin, w.of(k).Err(k)) }

// effort returns what the walk has cost so far.
func (w *walk) effort() search.Effort {
	e := w.Effort
	if w.lp == nil {
		return e
	}
	if e.Err == nil {
		e.Err = w.lp.Err()
	}
	e.LPs, e.HiGHS, e.Pivots, e.Retries = e.LPs+w.lp.Solves, e.HiGHS+w.lp.Solves, e.Pivots+w.lp.Pivots, e.Retries+w.lp.Again
	return e
}

// give takes out the frame nearest the root, for another walk to visit.
func (w *walk) give() frame {
	fr := w.frames[0]
	w.frames = append(w.frames[:0], w.frames[1:]...)
	fr.prefix = append([]affine.State{}, w.state[:max(0, fr.unit)]...)
	return fr
}

// allow returns the states that unit k may take.
func (w *walk) allow(k int) affine.StateSet {
	if !w.sys.Consistent() {
		return 0
	}
	s := search.Allowed(w.guide.Prefix(), k)
	if on, ok := w.sys.Implied(k, w.pat); ok {
		s &= affine.StateOf(on)
	}
	return s
}

// back undoes the decisions from unit k on.
func (w *walk) back(k int) { w.lp.PopRows(w.lp.Rows() - w.rowsAt[k]) }

// enter moves the walk to the child that a frame describes and returns a
// point of it and a basis to start LPs from.
func (w *walk) enter(fr frame) ([]float64, *highs.Basis, bool) {
	if fr.unit < 0 {
		return fr.at, fr.basis, true
	}
	k := fr.unit
	w.back(k)
	if !w.allow(k).Has(fr.on) {
		return nil, nil, false
	}
	at, basis := fr.at, fr.basis
	if !fr.tested {
		p, b, ok := w.test(k, fr.on, fr.basis)
		if !ok {
			return nil, nil, false
		}
		w.lp.PopRows(1)
		at, basis = p, b
	}
	w.decide(k, fr.on, fr.cuts)
	return w.userRows(k, at, basis)
}

// decide gives unit k a state, with its row when it cuts the cell.
func (w *walk) decide(k int, on, cuts bool) {
	w.state[k] = affine.State{On: on, Cuts: cuts}
	w.pat.Set(k, on)
	w.Nodes++
	w.rowsAt[k] = w.lp.Rows()
	if cuts {
		w.push(k, on)
	}
	w.rowsAt[k+1] = w.lp.Rows()
}

// descend decides the units from k on, until a leaf or a dead end, leaving
// frames for the children it passes by. It returns false to end the walk.
func (w *walk) descend(k int, at []float64, basis *highs.Basis) bool {
	for ; k < len(w.state); k++ {
		if w.halt() || w.lp.Err() != nil {
			w.halted = k
			return false
		}
		w.compose(k)
		var ok bool
		if at, basis, ok = w.step(k, at, basis); !ok {
			return true
		}
		if at, basis, ok = w.userRows(k, at, basis); !ok {
			return true
		}
	}
	if w.m.integer && !w.integral() {
		return true
	}
	w.leaves++
	if !w.guide.Each() {
		return w.guide.Counted(1)
	}
	if !w.guide.Found(&leaf{w, at}) {
		return false
	}
	if w.rows == len(w.guide.Rows()) {
		return true
	}
	// units up to the first that may change leave the new rows violated
	w.catchUp()
	first := w.sys.FirstViolated(w.pat)
	for len(w.frames) > 0 && w.frames[len(w.frames)-1].unit > first {
		w.frames = w.frames[:len(w.frames)-1]
	}
	return true
}
