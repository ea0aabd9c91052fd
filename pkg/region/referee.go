package region

import "relucount/pkg/highs"

// referee returns the walk that decides what is close, by HiGHS. It starts from
// scratch each time: what it answers must not depend on what it was asked
// before, or the count would depend on the number of workers.
func (f *filtered) referee() *walk {
	if f.judge == nil {
		var g guide = f.hash
		if f.hash == nil {
			g = f.s.everything(f.t, *f.o)
		}
		f.judge = newWalk(f.ctx, f.s, g, f.o.Margin)
		f.judge.halt, f.judge.fixed = f.halt, map[int]side{}
	}
	f.judge.back(0)
	f.judge.lp.Scratch()
	clear(f.judge.fixed)
	return f.judge
}

// ask lets HiGHS decide on which sides of unit k, which is open, the cell
// reaches.
func (f *filtered) ask(nd *node, k int) (below, above, ok bool) {
	w := f.referee()
	w.replay(nd.state[:nd.st.end], k, nd.undecided)
	for _, on := range [2]bool{false, true} {
		if at, _, ok := w.test(k, on, nil); ok {
			nd.body.learn(at[f.s.base:])
			w.lp.PopRows(1)
			below, above = below || !on, above || on
		}
	}
	return below, above, !f.halt()
}

// deepen asks HiGHS for the point of a thin cell that is farthest from its
// hyperplanes: it may be less thin than it seems.
func (f *filtered) deepen(nd *node) {
	w := f.referee()
	w.replay(nd.state[:nd.st.end], -1, nd.undecided)
	if st, _ := w.lp.Solve(); st == highs.Optimal {
		at := append([]float64{}, w.lp.Primal()[:w.f]...)
		w.repair(at)
		nd.rho = nd.body.offer(at[f.s.base:], nd.rho)
	}
}

// walk leaves everything below the node to the walk. When that is ended early
// the whole node goes back on the stack.
func (f *filtered) walk(nd *node) bool {
	w, start, ok := f.handOver(nd)
	if ok {
		before := w.leaves
		if !w.run(start) {
			f.stack = append(f.stack, nd)
			return false
		}
		nd.acct.add(w.leaves - before)
	}
	f.free(nd)
	return true
}

// handOver returns the walk and the frame from which it is to go on at the
// node; false when HiGHS finds no such cell.
func (f *filtered) handOver(nd *node) (w *walk, start frame, ok bool) {
	k := nd.st.end // the first unit that is open
	for i := range nd.open {
		k = min(k, nd.open[i].unit)
	}
	w = f.referee()
	for j := k; j < nd.st.end; j++ { // the states of the others
		if !nd.undecided(j) {
			w.fixed[j] = sideOf(nd.state[j].on)
		}
	}
	if k == 0 {
		start, ok = w.root()
		return w, start, ok
	}
	w.replay(nd.state[:k], -1, nil)
	last := nd.state[k-1]
	at, basis, ok := w.solve(k-1, last.on, nil)
	return w, frame{unit: k - 1, on: last.on, cuts: last.cuts, tested: true, at: at, basis: basis,
		prefix: append([]decision(nil), nd.state[:k-1]...)}, ok
}
