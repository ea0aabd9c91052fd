package region

import (
	"context"
	"math"

	"relucount/pkg/highs"
)

// guide steers a walk: which states a unit may take, and what to do at leaves.
type guide interface {
	// allow returns the states that unit k may take, given those before it.
	allow(k int) side
	// set says that unit k has been given a state.
	set(k int, on bool)
	// leaf is called at a region; v has a value for every LP column. It
	// returns the lowest unit whose state must change for the next leaf to be
	// of use (the number of units when any will do), or -1 to end the walk.
	leaf(w *walk, v []float64) int
}

// frame is a child that the walk has still to visit.
type frame struct {
	unit   int
	on     bool
	tested bool      // whether the child is known to be feasible; else an LP must tell
	cuts   bool      // whether the unit's row belongs to the cell
	at     []float64 // a point of the child when tested, of the parent otherwise
	basis  *highs.Basis
	prefix []decision // states of the units before, when handed to another walk
}

// decision is the state of a unit and whether its row is one of the cell's.
type decision struct {
	on, cuts bool
}

// Effort counts operations.
type Effort struct {
	Nodes    int64 // units decided
	LPs      int64
	HiGHS    int64 // of the LPs, those solved by HiGHS
	Pivots   int64
	Retries  int64 // LPs solved again from scratch
	MIPs     int64
	Doubtful int64 // decisions within the numerical tolerance
	Unclear  int64 // LPs that HiGHS could not solve; taken as infeasible
	// Closest is the least distance by which a side of a hyperplane was taken
	// to be reached, as far as it was looked at; 0 when there was none.
	Closest float64
}

// since is what has been spent after e was what it was before.
func (e Effort) since(before Effort) Effort {
	e.Nodes -= before.Nodes
	e.LPs -= before.LPs
	e.HiGHS -= before.HiGHS
	e.Pivots -= before.Pivots
	e.Retries -= before.Retries
	e.MIPs -= before.MIPs
	e.Doubtful -= before.Doubtful
	e.Unclear -= before.Unclear
	return e
}

// near notes the distance of a decision.
func (e *Effort) near(v float64) {
	if v > 0 && (e.Closest == 0 || v < e.Closest) {
		e.Closest = v
	}
}

func (e *Effort) add(o Effort) {
	e.Nodes += o.Nodes
	e.LPs += o.LPs
	e.HiGHS += o.HiGHS
	e.Pivots += o.Pivots
	e.Retries += o.Retries
	e.MIPs += o.MIPs
	e.Doubtful += o.Doubtful
	e.Unclear += o.Unclear
	e.near(o.Closest)
}

// walk is a depth-first search over the units, for one goroutine.
type walk struct {
	s      *Space
	g      guide
	margin float64
	lazy   bool // test the second child of a node only when it is visited
	ctx    context.Context
	halt   func() bool   // whether to stop; true once ctx has ended
	share  func(w *walk) // may hand over frames; nil: never
	fixed  map[int]side  // states of units that are known beforehand

	lp     *highs.LP
	f      int         // LP column of the margin
	comp   [][]float64 // composed row of each unit, normalised: coefficients, then the constant
	norm   []float64   // its norm before that; 0 when the unit is constant on the cell
	value  []float64   // the constant, before normalisation
	strict []float64   // the margin, or the rounding error of the row when that is larger
	state  []decision
	rowsAt []int // LP rows before unit k was decided
	frames []frame
	leaves int64 // regions reached
	halted int   // unit that was to be decided when halt ended a descent; -1: none
	idx    []int
	row    []float64
	Effort
}

// newWalk returns a walk whose LP has the whole domain and the margin f.
func newWalk(ctx context.Context, s *Space, g guide, margin float64) *walk {
	n := len(s.units)
	w := &walk{s: s, g: g, margin: margin, ctx: ctx, f: len(s.lo)}
	w.halt = func() bool { return ctx.Err() != nil }
	lo := append(append([]float64{}, s.lo...), math.Inf(-1))
	hi := append(append([]float64{}, s.hi...), 1)
	cost := make([]float64, len(lo))
	cost[w.f] = -1
	w.lp = highs.NewLP(lo, hi, cost)
	w.lp.StopAbove(-margin / doubt)
	for _, t := range s.ties {
		w.lp.AddRow(t.lo, t.hi, t.idx, t.val)
	}
	w.comp = make([][]float64, n)
	for k := range w.comp {
		w.comp[k] = make([]float64, s.dim+1)
	}
	w.norm, w.value, w.strict = make([]float64, n), make([]float64, n), make([]float64, n)
	w.state = make([]decision, n)
	w.rowsAt = make([]int, n+1)
	for _, r := range s.rowsAt[0] {
		row, _, _ := w.cellRow(&s.rows[r])
		w.lp.AddRow(row.lo, row.hi, row.idx, row.val)
	}
	w.rowsAt[0] = w.lp.Rows()
	w.row = make([]float64, s.dim+1)
	w.idx = make([]int, s.dim+1)
	for j := range s.dim {
		w.idx[j] = s.base + j
	}
	w.idx[s.dim] = w.f
	return w
}

// root returns the frame of the whole tree, or none when the domain is empty.
func (w *walk) root() (frame, bool) {
	if w.s.void {
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
	if len(w.s.rows) == 0 { // the centre sees more than a vertex
		for j := range w.s.base + w.s.dim {
			if j < w.s.base || w.s.base == 0 {
				at[j] = 0
			} else {
				at[j] = w.s.reach0[j-w.s.base]
			}
		}
		for j := range at { // columns that do not range around 0
			if w.s.base == 0 || j < w.s.base {
				at[j] = math.Max(w.s.lo[j], math.Min(w.s.hi[j], at[j]))
			}
		}
	}
	return frame{unit: -1, tested: true, at: at, basis: basis}, true
}

// run visits everything below the frame. It returns false when the guide or
// halt ended it.
func (w *walk) run(start frame) bool {
	w.frames, w.halted = append(w.frames[:0], start), -1
	w.replay(start.prefix, start.unit, nil)
	for len(w.frames) > 0 {
		if w.halt() {
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

// replay brings the walk to the node that the states describe, those of units
// left out aside, at which the given unit is the next to be decided.
// It counts nothing: the walk that came there first has done so.
func (w *walk) replay(states []decision, unit int, without func(k int) bool) {
	nodes, doubtful := w.Nodes, w.Doubtful
	defer func() { w.Nodes, w.Doubtful = nodes, doubtful }()
	w.back(0)
	for k, d := range states {
		if without != nil && without(k) {
			w.rowsAt[k+1] = w.lp.Rows()
			continue
		}
		w.compose(k)
		w.decide(k, d.on, d.cuts)
		w.pushUserRows(k)
	}
	if unit >= 0 && unit < len(w.state) {
		w.compose(unit)
	}
}

// effort returns what the walk has cost so far.
func (w *walk) effort() Effort {
	e := w.Effort
	e.LPs, e.HiGHS, e.Pivots, e.Retries = e.LPs+w.lp.Solves, e.HiGHS+w.lp.Solves, e.Pivots+w.lp.Pivots, e.Retries+w.lp.Again
	return e
}

// give takes out the frame nearest the root, for another walk to visit.
func (w *walk) give() frame {
	fr := w.frames[0]
	w.frames = append(w.frames[:0], w.frames[1:]...)
	fr.prefix = append([]decision{}, w.state[:fr.unit]...)
	return fr
}

// pattern returns the states of the units, one string for each layer.
func (w *walk) pattern() []string {
	var out []string
	var b []byte
	for k := range w.state {
		c := byte('0')
		if w.state[k].on {
			c = '1'
		}
		b = append(b, c)
		if k+1 == len(w.state) || w.s.p.Units[k+1].Unit == 0 {
			out, b = append(out, string(b)), nil
		}
	}
	return out
}

// allow returns the states that unit k may take.
func (w *walk) allow(k int) side {
	s := w.g.allow(k)
	if only, ok := w.fixed[k]; ok {
		s &= only
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
	if w.allow(k)&sideOf(fr.on) == 0 {
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
	w.state[k] = decision{on, cuts}
	w.g.set(k, on)
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
	for ; k < len(w.s.units); k++ {
		if w.halt() {
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
	if w.s.integer && !w.integral() {
		return true
	}
	w.leaves++
	first := w.g.leaf(w, at)
	if first < 0 {
		return false
	}
	if first < k {
		for len(w.frames) > 0 && w.frames[len(w.frames)-1].unit > first {
			w.frames = w.frames[:len(w.frames)-1]
		}
	}
	return true
}

// step decides unit k at a node with the given point.
func (w *walk) step(k int, at []float64, basis *highs.Basis) ([]float64, *highs.Basis, bool) {
	u := &w.s.units[k]
	only := u.only
	if w.norm[k] == 0 && !u.loose {
		only = both // the bounds of a unit that is zero may be off by their rounding
	}
	mask := w.allow(k) & only
	if mask == 0 {
		return nil, nil, false
	}
	if w.norm[k] == 0 {
		on := w.value[k] > 0
		if mask&sideOf(on) == 0 {
			return nil, nil, false
		}
		w.decide(k, on, false)
		return at, basis, true
	}
	if u.only != both && !u.loose {
		w.decide(k, u.only == active, false) // proved when the milp was made
		return at, basis, true
	}
	v := w.at(k, at)
	var known, ruled side // sides shown to be feasible, shown not to be
	if v > w.strict[k] {
		known = active
	} else if v < -w.strict[k] {
		known = inactive
	}
	lo, hi := w.box(k)
	if hi <= w.margin {
		ruled |= active
	}
	if lo >= -w.margin {
		ruled |= inactive
	}
	boxed := ruled
	var found side // the side that an LP has found a point of
	var foundAt []float64
	var foundBasis *highs.Basis
	try := func(sd side) {
		if (known|ruled|found)&sd != 0 {
			return
		}
		p, b, ok := w.test(k, sd == active, basis)
		if !ok {
			ruled |= sd
			return
		}
		w.lp.PopRows(1)
		found, foundAt, foundBasis = sd, p, b
	}
	if known == 0 { // no side is known: one is found or the unit is zero here
		try(active)
		if found == 0 {
			try(inactive)
		}
		if found == 0 && basis != nil { // a basis may lead HiGHS astray where cells are thin
			was, tested := basis, both&^boxed
			basis, ruled = nil, ruled&^tested
			try(active)
			if found == 0 {
				try(inactive)
			}
			if found == 0 {
				basis = was
			}
		}
		if found == 0 && ruled == both {
			if mask&inactive == 0 {
				return nil, nil, false
			}
			w.decide(k, false, false)
			return at, basis, true
		}
		known, at, basis = found, foundAt, foundBasis
		found, foundAt, foundBasis = 0, nil, nil
	}
	other := known.other()
	if mask == both && w.lazy && ruled&other == 0 {
		w.frames = append(w.frames, frame{unit: k, on: other == active, cuts: true, at: at, basis: basis})
		w.decide(k, known == active, true)
		return at, basis, true
	}
	if mask&other != 0 {
		try(other)
	}
	if found != 0 {
		w.near(math.Abs(v))
	}
	switch {
	case found != 0 && mask&known != 0:
		// the LP's side first, as its basis is the latest
		w.frames = append(w.frames, frame{unit: k, on: known == active, tested: true, cuts: true, at: at, basis: basis})
		w.decide(k, found == active, true)
		return foundAt, foundBasis, true
	case found != 0:
		w.decide(k, found == active, true)
		return foundAt, foundBasis, true
	case mask&known != 0:
		touches := known == active && lo <= w.strict[k] || known == inactive && hi >= -w.strict[k]
		w.decide(k, known == active, ruled&other == 0 || w.s.later && touches)
		return at, basis, true
	}
	return nil, nil, false
}
