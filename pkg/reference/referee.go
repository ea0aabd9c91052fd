package reference

import (
	"context"
	"math/rand/v2"

	"relucount/pkg/affine"
	"relucount/pkg/cell"
	"relucount/pkg/highs"
	"relucount/pkg/search"
)

// referee decides what cells of the tree search are not sure of. It starts
// from scratch each time.
type referee struct{ w *walk }

// NewReferee returns a referee of searches with a guide.
func (m *Model) NewReferee(g search.Guide, margin float64) search.Referee {
	w := newWalk(m, g, margin)
	w.fixed = map[int]affine.StateSet{}
	return &referee{w}
}

// fresh returns the walk as if it had never been used.
func (r *referee) fresh() *walk {
	r.w.catchUp()
	r.w.program()
	clear(r.w.fixed)
	return r.w
}

func (r *referee) Attend(ctx context.Context, halt func() bool) { r.w.attend(ctx, halt) }

func (r *referee) Cost() *search.Effort { return &r.w.Effort }

func (r *referee) Effort() search.Effort { return r.w.effort() }

// decided are the states of the units up to the end of a cell's layer.
func decided(c *cell.Cell) []affine.State { return c.States[:c.Functions.Layer.End] }

func (r *referee) Sides(c *cell.Cell, k int) (below, above bool) {
	w := r.fresh()
	w.replay(decided(c), k, c.Undecided)
	for _, on := range [2]bool{false, true} {
		if at, _, ok := w.test(k, on, nil); ok {
			c.Learn(at[w.m.base : w.m.base+w.dim])
			w.lp.PopRows(1)
			below, above = below || !on, above || on
		}
	}
	return below, above
}

func (r *referee) Deepen(c *cell.Cell) {
	w := r.fresh()
	w.replay(decided(c), -1, c.Undecided)
	if st, _ := w.lp.Solve(); st == highs.Optimal {
		at := append([]float64{}, w.lp.Primal()[:w.f]...)
		w.repair(at)
		c.Offer(at[w.m.base : w.m.base+w.dim])
	}
}

func (r *referee) Below(c *cell.Cell) (int64, bool) {
	start, ok := r.handOver(c)
	if !ok {
		return 0, true
	}
	before := r.w.leaves
	done := r.w.run(start)
	return r.w.leaves - before, done
}

// handOver returns the frame from which the walk is to go on at the cell;
// false when HiGHS finds no such cell.
func (r *referee) handOver(c *cell.Cell) (start frame, ok bool) {
	end := c.Functions.Layer.End
	k := end // the first unit that is open
	for i := range c.Open {
		k = min(k, c.Open[i].Unit)
	}
	w := r.fresh()
	for j := k; j < end; j++ { // the states of the others
		if !c.Undecided(j) {
			w.fixed[j] = affine.StateOf(c.States[j].On)
		}
	}
	if k == 0 {
		return w.root()
	}
	w.replay(c.States[:k], -1, nil)
	last := c.States[k-1]
	at, basis, ok := w.solve(k-1, last.On, nil)
	return frame{unit: k - 1, on: last.On, cuts: last.Cuts, tested: true, at: at, basis: basis,
		prefix: append([]affine.State(nil), c.States[:k-1]...)}, ok
}

func (r *referee) Plunge(c *cell.Cell, rng *rand.Rand) float64 {
	w := r.w
	if start, ok := r.handOver(c); ok {
		w.replay(start.prefix, start.unit, nil)
		if at, basis, ok := w.enter(start); ok {
			return w.probe(rng, start.unit+1, at, basis)
		}
	}
	w.Doubtful++ // where HiGHS finds no cell there is a doubt, and one region
	return 0
}

func (r *referee) Region(states []affine.State, at []float64) search.Region {
	w := r.fresh()
	w.replay(states, -1, nil)
	v := make([]float64, w.f)
	copy(v[w.m.base:], at)
	if w.m.base > 0 { // inputs with these coordinates
		k := len(states) - 1
		if p, _, ok := w.solve(k, states[k].On, nil); ok {
			v = p
		}
	}
	return &leaf{w, v}
}
