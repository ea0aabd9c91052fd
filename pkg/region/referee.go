package region

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
		f.judge.halt = f.halt
	}
	f.judge.back(0)
	f.judge.lp.Scratch()
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

// walk leaves everything below the node to the walk.
func (f *filtered) walk(nd *node) bool {
	defer f.free(nd)
	k := nd.st.end // the first that is open
	for i := range nd.open {
		k = min(k, nd.open[i].unit)
	}
	w := f.referee()
	defer func() { w.fixed = nil }()
	for j := k; j < nd.st.end; j++ { // what is known of the others
		s := both
		if !nd.undecided(j) {
			s = sideOf(nd.state[j].on)
		}
		if w.fixed == nil {
			w.fixed = map[int]side{}
		}
		w.fixed[j] = s
	}
	if k == 0 {
		fr, ok := w.root()
		return !ok || w.run(fr)
	}
	w.replay(nd.state[:k], -1, nil)
	at, basis, ok := w.solve(k-1, nd.state[k-1].on, nil)
	if !ok {
		return true // HiGHS finds no such cell
	}
	return w.run(frame{unit: k - 1, on: nd.state[k-1].on, cuts: nd.state[k-1].cuts, tested: true, at: at, basis: basis,
		prefix: append([]decision(nil), nd.state[:k-1]...)})
}
