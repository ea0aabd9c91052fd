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

// node is a cell that the filtered search has still to visit.
type node struct {
	st     *stage
	state  []decision // of the units of earlier layers and those known of this
	sums   []float64  // of the next layer's units, over the units known so far
	open   []openUnit // units of this layer that may cut the cell, in order
	body   body
	facets *facet
	rho    float64          // radius of a ball in the cell, or less
	fresh  bool             // whether no other node has the stage
	rest   *parity.Residual // what parity asks of the units that are not decided; nil: nothing
	seen   int              // rows that rest has
}

// openUnit is a unit that may cut a cell.
type openUnit struct {
	unit  int
	col   int // its function's place in the body
	r     reach
	known bool // whether r is that of the cell, and not of one that it is a part of
}

// facet is a hyperplane that bounds a cell, and the others.
type facet struct {
	row  []float64
	on   bool
	rest *facet
}

// reach says to which sides of a hyperplane a cell reaches, and how far it has
// been shown to.
type reach struct {
	below, above polytope.Side
	lo, hi       float64
}

func (r reach) cuts() bool { return r.below == polytope.Yes && r.above == polytope.Yes }

// open reports whether the unit's state is still to be decided: it cuts, or it
// is not sure where it does not.
func (r reach) open() bool {
	return r.cuts() || r.below == polytope.Unsure || r.above == polytope.Unsure
}

// body is the geometry of a cell.
type body interface {
	// enter gives the body the functions of a stage in place of those that it
	// had. It may say how far it reaches in them.
	enter(f *filtered, st *stage, units []openUnit)
	// reach says how far it reaches in a function that it has.
	reach(f *filtered, u *openUnit, l polytope.Limits) reach
	// split cuts along the function of the first of the units and keeps those
	// of the others, of which it may change the places.
	split(f *filtered, nd *node) (below, above body, ok bool)
	// parts counts the cells into which the units cut the body, if it can.
	parts(f *filtered, nd *node) (int64, bool)
	// centre writes a point well within the body.
	centre(at []float64)
	// radius is that of a ball in the body around a point of it; what is
	// known of the ball already is at most that.
	radius(f *filtered, nd *node, known float64) float64
	// learn tells of a point of the body.
	learn(at []float64)
	// offer tells of a point that may be one, and returns the radius.
	offer(at []float64, known float64) float64
	// drop says that nobody needs the body any more.
	drop(f *filtered)
}

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
	stack  []*node
	cutter polytope.Splitter
	bench  polytope.Bench
	fns    [][]float64
	val    []float64
	nodes  []*node  // to be used again
	stages []*stage // likewise
	limits []polytope.Limits
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
	nd.body = &cellBody{polytope.NewCell(s.dim, f.zono)}
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

// run visits everything below the node. It returns false when the tally or
// halt ended it.
func (f *filtered) run(nd *node) bool {
	f.stack = append(f.stack[:0], nd)
	for len(f.stack) > 0 {
		if f.halt() {
			return false
		}
		if f.share != nil {
			f.share(f)
		}
		top := len(f.stack) - 1
		nd := f.stack[top]
		f.stack = f.stack[:top]
		if !f.visit(nd) {
			return false
		}
	}
	return true
}

// visit counts the cell, or leaves its children on the stack. It returns false
// to end the search.
func (f *filtered) visit(nd *node) bool {
	if !f.catchUp(nd) {
		f.free(nd)
		return true
	}
	switch f.advance(nd) {
	case astray:
		f.free(nd)
		return true
	case complete:
		return f.leaf(nd)
	}
	if n, ok := f.parts(nd); ok {
		return f.t.add(n)
	}
	kids, end := f.divide(nd)
	switch end {
	case stopped:
		return false
	case stuck:
		if f.recast(nd) {
			f.stack = append(f.stack, nd)
			return true
		}
		return f.walk(nd)
	}
	for _, c := range kids {
		switch {
		case c == nil:
		case f.thin(c): // every decision from here on would be close
			if !f.walk(c) {
				return false
			}
		default:
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
		if nd.fresh && len(f.stages) < keptNodes {
			f.stages = append(f.stages, nd.st) // no other node has it
		}
		f.free(nd)
	}
	return n, ok
}

// places returns the places of the open units' functions, and their limits.
func (f *filtered) places(nd *node) ([]int, []polytope.Limits) {
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

// free gives a node back.
func (f *filtered) free(nd *node) {
	if nd.body != nil {
		nd.body.drop(f)
		nd.body = nil
	}
	nd.st, nd.facets = nil, nil
	if len(f.nodes) < keptNodes {
		f.nodes = append(f.nodes, nd)
	}
}

// keptNodes is how many nodes are kept to be used again: each descent of a
// probe leaves one that nobody takes.
const keptNodes = 64

func sure(open []openUnit) bool {
	for i := range open {
		if !open[i].r.cuts() {
			return false
		}
	}
	return true
}

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
	if next == 0 {
		nd.sums = append(nd.sums[:0], l.bare...)
	}
	f.Doubtful += st.fill(l, nd.sums, f.o.Margin)
	st.at = next
	if f.early && nd.st != nil {
		st.before = append(append(make([]*stage, 0, next), nd.st.before...), nd.st)
	}
	nd.st, nd.fresh = st, true
	if next+1 < len(f.layers) {
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

// set gives unit k its state.
func (f *filtered) set(nd *node, k int, d decision) {
	nd.state[k] = d
	if nd.rest != nil {
		nd.rest.Set(k, d.on)
	}
	if d.on && nd.st.at+1 < len(f.layers) {
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

// copy returns a copy of a node without its body.
func (f *filtered) copy(nd *node) *node {
	c := new(node)
	if n := len(f.nodes); n > 0 {
		c = f.nodes[n-1]
		f.nodes = f.nodes[:n-1]
	}
	state, open, sums := append(c.state[:0], nd.state...), append(c.open[:0], nd.open...), c.sums[:0]
	if nd.st.at+1 < len(f.layers) {
		sums = append(sums, nd.sums...)
	}
	rest := c.rest
	if nd.rest != nil {
		if rest == nil {
			rest = parity.NewResidual(len(nd.state))
		}
		rest.Copy(nd.rest)
	}
	*c = node{st: nd.st, state: state, open: open, sums: sums, fresh: nd.fresh, rest: rest, seen: nd.seen}
	return c
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

// undecided reports whether a unit is open.
func (nd *node) undecided(k int) bool {
	return slices.ContainsFunc(nd.open, func(u openUnit) bool { return u.unit == k })
}
