package region

import (
	"context"
	"math"
	"slices"

	"relucount/pkg/parity"
	"relucount/pkg/polytope"
)

// The filtered search is the walk with most of its LPs left out. A node is a
// cell with the units of one layer that may cut it; a unit that does not cut a
// cell cuts no part of it, so children look at the others only. Cells answer
// what they are sure of (see body); whatever they are not sure of is decided
// by HiGHS on the walk's rows, as the walk would.

const (
	// thick is the radius of a cell that makes it safe from rounding;
	// below it the radius is measured at the centre.
	thick = 1e-5
	// thinnest is the number of margins below which a cell is left to HiGHS.
	thinnest = 10
	// partsMargin is the largest margin of strictness at which cells may be
	// counted without looking at how far each reaches.
	partsMargin = 1e-8
	// partsAtOnce is the largest number of parts that may be counted without a
	// look at the clock, at other workers that wait, or at the progress.
	partsAtOnce = 1 << 22
)

// filtered is the search of one goroutine.
type filtered struct {
	s      *Space
	t      *tally
	o      *Options
	layers []layer
	early  bool // whether some layer depends on more than the one before
	lazy   bool // whether to look at no more units than must be divided, but for the last layer
	plain  bool // whether cells may be counted without looking at how far each reaches
	halt   func() bool
	share  func(f *filtered)
	pause  func(f *filtered) bool // whether to stop for now; nil: never
	stack  []*node
	cutter polytope.Splitter
	bench  polytope.Workspace
	fns    [][]float64
	late   []float64 // sums of a layer that a cell comes to
	val    []float64
	nodes  []*node  // to be used again
	stages []*stage // likewise
	limits []polytope.Tolerances
	zono   *polytope.Zonotope // once it has been needed
	hash   *hash              // nil: all regions are wanted
	judge  *walk
	ctx    context.Context
	at     []float64
	cols   []int
	Effort
}

// filterable reports whether the filtered search can take the space: rows and
// limits that a user has set are left to the walk.
func (s *Space) filterable() bool {
	if len(s.rows) > 0 || s.integer || len(s.extra) > 0 || s.void || s.dim == 0 {
		return false
	}
	for j := range s.lo {
		if s.lo[j] != -1 || s.hi[j] != 1 { // an input without limits
			return false
		}
	}
	for k := range s.units {
		if s.units[k].loose {
			return false
		}
	}
	return s.layers != nil
}

// top is the node of the whole tree.
func (f *filtered) top() *node {
	s := f.s
	nd := &node{state: make([]decision, len(s.units)), rho: 1}
	if f.hash != nil || len(f.o.Rows) > 0 {
		nd.rest = parity.NewResidual(len(s.units))
	}
	switch {
	case s.reach == nil && (s.dim <= s.vertexDim || s.dim <= s.vertexDimFlat && len(f.layers) == 1):
		nd.body = newVertexBody(s.dim)
		return nd
	case s.reach != nil && f.zono == nil:
		f.zono = polytope.NewZonotope(s.reach0, s.reach)
	}
	nd.body = &cellBody{polytope.NewImplicit(s.dim, f.zono)}
	return nd
}

func (s *Space) newFiltered(ctx context.Context, t *tally, o Options) *filtered {
	f := &filtered{s: s, t: t, o: &o, ctx: ctx, at: make([]float64, s.dim)}
	f.attend(ctx)
	f.layers = s.layers
	f.early = slices.ContainsFunc(f.layers, func(l layer) bool { return l.early })
	f.plain = t.each == nil && o.Margin <= partsMargin
	return f
}

// attend makes the search stop when ctx ends.
func (f *filtered) attend(ctx context.Context) {
	f.ctx, f.halt = ctx, func() bool { return ctx.Err() != nil }
	if f.judge != nil {
		f.judge.ctx, f.judge.halt = ctx, f.halt
	}
}

// run visits everything below the node. It returns false when the tally, halt
// or pause ended it; the stack has what is left then.
func (f *filtered) run(nd *node) bool {
	f.stack = append(f.stack[:0], nd)
	for len(f.stack) > 0 {
		if f.halt() || f.pause != nil && f.pause(f) {
			return false
		}
		if f.share != nil {
			f.share(f)
		}
		nd := f.pop()
		open, ok := f.ripen(nd)
		if !ok || open && !f.split(nd) {
			return false
		}
	}
	return true
}

func (f *filtered) pop() *node {
	top := len(f.stack) - 1
	nd := f.stack[top]
	f.stack = f.stack[:top]
	return nd
}

// ripen counts the regions of a cell that need not be divided; open tells that
// it has to be. It returns false to end the search.
func (f *filtered) ripen(nd *node) (open, ok bool) {
	if nd.ripe {
		return true, true
	}
	if nd.facets != nil && f.thin(nd) { // every decision from here on would be close
		return false, f.walk(nd)
	}
	if !f.catchUp(nd) {
		f.free(nd)
		return false, true
	}
	switch f.advance(nd) {
	case astray:
		f.free(nd)
		return false, true
	case complete:
		return false, f.leaf(nd)
	}
	acct := nd.acct
	if n, ok := f.parts(nd); ok {
		acct.add(n)
		return false, f.t.add(n)
	}
	nd.ripe = true
	return true, true
}

// split leaves the children of a cell that has to be divided on the stack, or
// counts it by the walk. It returns false to end the search.
func (f *filtered) split(nd *node) bool {
	kids, end := f.divide(nd)
	switch end {
	case stopped:
		f.stack = append(f.stack, nd)
		return false
	case stuck:
		if !f.recast(nd) {
			return f.walk(nd)
		}
		kids[0] = nd
	}
	for _, c := range kids {
		if c != nil {
			c.ripe = false
			f.stack = append(f.stack, c)
		}
	}
	return true
}

// status is what advance and divide come to.
type status uint8

const (
	undecided status = iota // the first open unit may take both states
	astray                  // a unit has another state than the prefix wants
	complete                // all units have their states
	stuck                   // the body cannot be split
	stopped                 // the search is to end
)

// advance decides units until one is open.
func (f *filtered) advance(nd *node) status {
	f.Nodes++
	if nd.st == nil && !f.enter(nd) {
		return complete
	}
	for {
		f.look(nd)
		if f.astray(nd) {
			return astray
		}
		if len(nd.open) > 0 {
			return undecided
		}
		if !f.enter(nd) {
			return complete
		}
	}
}

// look finds out how far the cell reaches in the open units, and decides those
// that do not cut it.
func (f *filtered) look(nd *node) {
	if nd.rest != nil {
		f.lookHashed(nd)
		return
	}
	for i := 0; i < len(nd.open); i++ {
		f.see(nd, i)
		if !f.lazy || nd.st.end == len(nd.state) {
			continue
		}
		if nd.open[i].r.open() {
			return
		}
		f.classify(nd)
		i = -1
	}
	f.classify(nd)
}

// see finds out how far the cell reaches in an open unit.
func (f *filtered) see(nd *node, i int) {
	if u := &nd.open[i]; !u.known {
		u.r = nd.body.reach(f, u, nd.st.limits[u.unit-nd.st.first])
		u.known = true
	}
}

// parts counts the regions of a cell of the last layer without looking at each
// of them, if it can; the node is used up then.
func (f *filtered) parts(nd *node) (int64, bool) {
	if nd.rest != nil && nd.rest.Rank() > 0 {
		return 0, false
	}
	if nd.st.end < len(nd.state) || nd.open[0].unit < len(f.o.Prefix) || nd.rho < thick || !f.plain || !sure(nd.open) || many(len(nd.open), f.s.dim, partsAtOnce) {
		return 0, false
	}
	n, ok := nd.body.parts(f, nd)
	if ok {
		f.release(nd)
	}
	return n, ok
}

// places returns the places of the open units' functions, and their limits.
func (f *filtered) places(nd *node) ([]int, []polytope.Tolerances) {
	f.cols, f.limits = f.cols[:0], f.limits[:0]
	for _, u := range nd.open {
		f.cols = append(f.cols, u.col)
		f.limits = append(f.limits, nd.st.limits[u.unit-nd.st.first])
	}
	return f.cols, f.limits
}

// many reports whether n hyperplanes may cut d dimensions into more than so
// many parts.
func many(n, d int, most float64) bool { return logParts(n, d) > math.Log(most) }

// least is the share of a cell with the given radius that may be cut off
// unseen: what is left of the radius then is enough for a region. The box has
// no hyperplanes.
func (f *filtered) least(nd *node, radius float64) float64 {
	if nd.facets == nil {
		return 0
	}
	return thinnest * f.o.Margin / radius
}

// thin reports whether a cell is to be left to HiGHS.
func (f *filtered) thin(nd *node) bool { return nd.rho < thinnest*f.o.Margin }

// astray reports whether a unit of this layer has another state than the
// prefix wants, or no pattern can have the parities.
func (f *filtered) astray(nd *node) bool {
	if nd.rest != nil && nd.rest.Dead() {
		return true
	}
	open := nd.open
	for k := nd.st.first; k < min(nd.st.end, len(f.o.Prefix)); k++ {
		if len(open) > 0 && open[0].unit == k {
			open = open[1:]
		} else if nd.state[k].on != f.o.Prefix[k] {
			return true
		}
	}
	return false
}

// enter takes the node to the next layer; false when there is none.
func (f *filtered) enter(nd *node) bool {
	next := 0
	if nd.st != nil {
		next = nd.st.at + 1
	}
	if next == len(f.layers) {
		return false
	}
	var st *stage
	if n := len(f.stages); n > 0 && next == len(f.layers)-1 {
		st = f.stages[n-1]
		f.stages = f.stages[:n-1]
	} else {
		st = new(stage)
	}
	l := &f.layers[next]
	sums := nd.sums
	switch {
	case next == 0:
		sums = l.bare
	case l.late:
		f.late = nd.st.begin(f.s, l, nd.state, f.late)
		for k := nd.st.first; k < nd.st.end; k++ {
			if nd.state[k].on {
				nd.st.activate(f.late, k)
			}
		}
		sums = f.late
	}
	f.Doubtful += st.fill(l, sums, f.o.Margin)
	st.at = next
	if f.early && nd.st != nil {
		st.before = append(append(make([]*stage, 0, next), nd.st.before...), nd.st)
	}
	nd.st, nd.fresh = st, true
	if f.sums(nd) {
		nd.sums = st.begin(f.s, &f.layers[next+1], nd.state, nd.sums)
	}
	nd.open = nd.open[:0]
	for k := st.first; k < st.end; k++ {
		i := k - st.first
		switch {
		case st.norm[i] == 0:
			f.set(nd, k, decision{on: st.value[i] > 0})
		case f.s.units[k].only != both:
			f.set(nd, k, decision{on: f.s.units[k].only == active})
		default:
			nd.open = append(nd.open, openUnit{unit: k})
		}
	}
	nd.body.enter(f, st, nd.open)
	f.classify(nd) // what the body knows already
	return true
}

// sums reports whether a node adds up the next layer's sums as it goes.
func (f *filtered) sums(nd *node) bool {
	next := nd.st.at + 1
	return next < len(f.layers) && !f.layers[next].late
}

// set gives unit k its state.
func (f *filtered) set(nd *node, k int, d decision) {
	nd.state[k] = d
	if nd.rest != nil {
		nd.rest.Set(k, d.on)
	}
	if d.on && f.sums(nd) {
		nd.st.activate(nd.sums, k)
	}
}

// classify decides the open units that are known not to cut the cell.
func (f *filtered) classify(nd *node) {
	keep := nd.open[:0]
	for i := range nd.open {
		u := &nd.open[i]
		if u.known && !u.r.open() {
			f.set(nd, u.unit, decision{on: u.r.above == polytope.Yes})
			continue
		}
		keep = append(keep, *u)
	}
	nd.open = keep
}

// divide splits the cell along its first open unit. The prefix may leave it
// with one child.
func (f *filtered) divide(nd *node) (kids [2]*node, end status) {
	u := nd.open[0]
	if !u.r.cuts() {
		below, above, ok := f.ask(nd, u.unit)
		if !ok {
			return kids, stopped
		}
		if !below || !above {
			f.set(nd, u.unit, decision{on: above})
			nd.open = append(nd.open[:0], nd.open[1:]...)
			return [2]*node{nd}, undecided
		}
	}
	below, above, ok := nd.body.split(f, nd)
	if !ok {
		return kids, stuck
	}
	row := nd.st.row(u.unit)
	lo, hi := max(-u.r.lo, 0), max(u.r.hi, 0)
	f.near(min(lo, hi))
	nd.body.drop(f)
	nd.open = append(nd.open[:0], nd.open[1:]...)
	for i := range nd.open {
		nd.open[i].known = false
	}
	nd.fresh = false
	second := f.copy(nd)
	second.body, second.facets, second.rho = above, &facet{row, true, nd.facets}, nd.rho*hi/(lo+hi)
	nd.body, nd.facets, nd.rho = below, &facet{row, false, nd.facets}, nd.rho*lo/(lo+hi)
	for i, c := range [2]*node{second, nd} {
		on := c == second
		if f.allowed(nd, u.unit)&sideOf(on) == 0 {
			f.free(c)
			continue
		}
		f.set(c, u.unit, decision{on, true})
		c.rho = c.body.radius(f, c, c.rho)
		if f.thin(c) && !f.lazy { // in many coordinates it is HiGHS that is faster
			f.deepen(c)
		}
		kids[i] = c
	}
	return kids, undecided
}

// clearance is the distance of the cell's centre from its hyperplanes.
func (f *filtered) clearance(nd *node) float64 {
	n := f.s.dim
	nd.body.centre(f.at)
	least := 1.0
	for e := nd.facets; e != nil; e = e.rest {
		v := e.row[n]
		for j, x := range f.at[:n] {
			v += e.row[j] * x
		}
		if !e.on {
			v = -v
		}
		least = min(least, v)
	}
	return least
}

// leaf notes the region that the node is.
func (f *filtered) leaf(nd *node) bool {
	defer f.free(nd)
	nd.acct.add(1)
	switch {
	case f.hash != nil:
		nd.body.centre(f.at)
		return f.hash.found(nd.state, f.point(f.at))
	case f.t.each == nil:
		return f.t.add(1)
	}
	nd.body.centre(f.at)
	return f.t.found(f.locate(nd.state, f.point(f.at)))
}

// point has a value for every LP column of the walk, but only those of the
// base coordinates are set.
func (f *filtered) point(at []float64) []float64 {
	v := make([]float64, len(f.s.lo))
	copy(v[f.s.base:], at)
	return v
}

// locate takes the referee to a region, of which v is a point, and sets all of v.
func (f *filtered) locate(states []decision, v []float64) (*walk, []float64) {
	w := f.referee()
	w.replay(states, -1, nil)
	if f.s.reach != nil { // inputs with these pre-activations
		k := len(states) - 1
		if p, _, ok := w.solve(k, states[k].on, nil); ok {
			v = p
		}
	}
	return w, v
}

// effort returns what the search has cost so far.
func (f *filtered) effort() Effort {
	e := f.Effort
	if f.judge != nil {
		e.add(f.judge.effort())
	}
	e.Nodes += f.cutter.Sections + f.bench.Sections
	e.LPs += f.bench.LPs
	e.Pivots += f.bench.Pivots
	e.near(f.cutter.Closest)
	e.near(f.bench.Closest)
	return e
}
