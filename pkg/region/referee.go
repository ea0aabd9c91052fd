package region

// referee returns the walk that decides what is close, by HiGHS. It starts from
// scratch each time: what it answers must not depend on what it was asked
// before, or the count would depend on the number of workers.
func (f *filtered) referee() *walk {
	if f.judge == nil {
		f.judge = newWalk(f.ctx, f.s, everything{f.t, f.o.Prefix}, f.o.Margin)
		f.judge.halt = f.halt
	}
	f.judge.back(0)
	f.judge.lp.Scratch()
	return f.judge
}

// ask lets HiGHS decide on which sides of unit k, the first that is open, the
// cell reaches.
func (f *filtered) ask(nd *node, k int) (below, above, ok bool) {
	w := f.referee()
	w.replay(nd.state[:k], k)
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
	k := nd.st.end
	if len(nd.open) > 0 {
		k = nd.open[0].unit
	}
	w := f.referee()
	if k == 0 {
		fr, ok := w.root()
		return !ok || w.run(fr)
	}
	w.replay(nd.state[:k], -1)
	at, basis, ok := w.solve(k-1, nd.state[k-1].on, nil)
	if !ok {
		return true // HiGHS finds no such cell
	}
	return w.run(frame{unit: k - 1, on: nd.state[k-1].on, cuts: nd.state[k-1].cuts, tested: true, at: at, basis: basis,
		prefix: append([]decision(nil), nd.state[:k-1]...)})
}
