package region

import "relucount/pkg/polytope"

// cellBody is a cell given by rows from outside and points from inside. The
// place of an open unit is that of its function.
type cellBody struct{ c *polytope.Implicit }

func (b *cellBody) clone(f *filtered) body { return &cellBody{b.c.Clone(&f.bench)} }

func (b *cellBody) drop(f *filtered) {
	if b.c != nil {
		f.bench.Put(b.c)
		b.c = nil
	}
}

func (b *cellBody) enter(f *filtered, st *stage, units []openUnit) {
	f.fns = f.fns[:0]
	for i := range units {
		units[i].col = i
		f.fns = append(f.fns, st.row(units[i].unit))
	}
	b.c.SetFunctions(&f.bench, f.fns)
}

func (b *cellBody) reach(f *filtered, u *openUnit, l polytope.Tolerances) reach {
	below, above, lo, hi := b.c.Reach(&f.bench, u.col, l)
	return reach{below, above, lo, hi}
}

func (b *cellBody) split(f *filtered, nd *node) (below, above body, ok bool) {
	f.cols = f.cols[:0]
	for _, u := range nd.open[1:] {
		f.cols = append(f.cols, u.col)
	}
	u := nd.open[0]
	p, q, ok := b.c.Split(&f.bench, u.col, nd.st.limits[u.unit-nd.st.first], f.cols)
	if !ok {
		return nil, nil, false
	}
	b.c = nil
	for i := range nd.open[1:] {
		nd.open[1+i].col = i
	}
	return &cellBody{p}, &cellBody{q}, true
}

func (b *cellBody) parts(f *filtered, nd *node) (int64, bool) {
	cols, limits := f.places(nd)
	return b.c.Parts(&f.bench, cols, limits, f.least(nd, b.c.Radius))
}

func (b *cellBody) centre(at []float64) { copy(at, b.c.Witness()) }

func (b *cellBody) radius(f *filtered, _ *node, _ float64) float64 {
	if b.c.Radius < thick {
		b.c.Recentre(&f.bench)
	}
	return b.c.Radius
}

func (b *cellBody) learn(at []float64) { b.c.AddPoint(at) }

func (b *cellBody) offer(at []float64, _ float64) float64 {
	b.c.Offer(at)
	return b.c.Radius
}

// recast gives a cell that has too many facets for its vertices a body of rows
// and points. It reports whether that was possible.
func (f *filtered) recast(nd *node) bool {
	if _, ok := nd.body.(*vertexBody); !ok {
		return false
	}
	c := polytope.NewImplicit(f.s.dim, nil)
	l := limitsOf(f.o.Margin, roundoff)
	for e := nd.facets; e != nil; e = e.rest {
		f.fns = append(f.fns[:0], e.row)
		c.SetFunctions(&f.bench, f.fns)
		below, above, _, _ := c.Reach(&f.bench, 0, l)
		if below != polytope.Yes || above != polytope.Yes {
			if below == polytope.Unsure || above == polytope.Unsure || (above == polytope.Yes) != e.on {
				return false
			}
			continue // the other facets leave it no place
		}
		p, q, ok := c.Split(&f.bench, 0, l, nil)
		if !ok {
			return false
		}
		if c = p; e.on {
			c, q = q, p
		}
		f.bench.Put(q)
	}
	nd.body.drop(f)
	nd.body = &cellBody{c}
	nd.body.radius(f, nd, nd.rho)
	for i := range nd.open {
		nd.open[i].known = false
	}
	nd.body.enter(f, nd.st, nd.open)
	f.classify(nd)
	return true
}
