package region

import (
	"math"

	"relucount/pkg/polytope"
)

// The largest numbers of coordinates at which cells are kept by their
// vertices: their number grows exponentially, but sections of few dimensions
// have few, and a network of one layer needs sections of the box only.
const (
	vertexDim     = 6
	vertexDimFlat = 9
)

// vertexBody is a cell given by its vertices: coordinates, then the values of
// the open units, as columns.
type vertexBody struct {
	p *polytope.Vertices
	n int // coordinates
}

func newVertexBody(dim int) *vertexBody {
	b := &vertexBody{new(polytope.Vertices), dim}
	b.p.Box(dim)
	return b
}

func (b *vertexBody) drop(f *filtered) {
	f.cutter.Put(b.p)
	b.p = nil
}

func (b *vertexBody) clone(f *filtered) body { return &vertexBody{f.cutter.Clone(b.p), b.n} }

func (b *vertexBody) enter(f *filtered, st *stage, units []openUnit) {
	q := f.cutter.New()
	n, size, cols := b.n, b.p.Len(), b.n
	f.val = f.val[:0] // the functions that may cut, one after the other
	for i := range units {
		u := &units[i]
		r := st.row(u.unit)
		lo, hi := math.Inf(1), math.Inf(-1)
		from := len(f.val)
		for v := range size {
			y := r[n]
			for j, x := range b.p.At(v)[:n] {
				y += r[j] * x
			}
			lo, hi = min(lo, y), max(hi, y)
			f.val = append(f.val, y)
		}
		l := st.limits[u.unit-st.first]
		u.r, u.known = reach{l.Verdict(-lo), l.Verdict(hi), lo, hi}, true
		if !u.r.open() {
			f.val = f.val[:from]
			continue
		}
		u.col = cols
		cols++
	}
	q.Dim, q.Cols, q.Val, q.On = n, cols, q.Val[:0], append(q.On[:0], b.p.On...)
	for v := range size {
		q.Val = append(q.Val, b.p.At(v)[:n]...)
		for i := v; i < len(f.val); i += size {
			q.Val = append(q.Val, f.val[i])
		}
	}
	f.cutter.Put(b.p)
	b.p = q
}

func (b *vertexBody) reach(_ *filtered, u *openUnit, l polytope.Tolerances) reach {
	lo, hi := b.p.Range(u.col)
	return reach{l.Verdict(-lo), l.Verdict(hi), lo, hi}
}

func (b *vertexBody) split(f *filtered, nd *node) (below, above body, ok bool) {
	f.cols = f.cols[:0]
	for j := range b.n {
		f.cols = append(f.cols, j)
	}
	u := nd.open[0]
	for i := range nd.open[1:] {
		o := &nd.open[1+i]
		f.cols = append(f.cols, o.col)
	}
	p, q, ok := f.cutter.Split(b.p, u.col, nd.st.limits[u.unit-nd.st.first].Zero, f.cols)
	if !ok {
		return nil, nil, false
	}
	for i := range nd.open[1:] {
		nd.open[1+i].col = b.n + i
	}
	return &vertexBody{p, b.n}, &vertexBody{q, b.n}, true
}

func (b *vertexBody) parts(f *filtered, nd *node) (int64, bool) {
	cols, limits := f.places(nd)
	radius := nd.rho
	if radius < 100*thick { // what is known may be much less than what is so
		radius = max(radius, f.clearance(nd))
	}
	return f.cutter.Parts(b.p, cols, limits, f.least(nd, radius))
}

func (b *vertexBody) centre(at []float64) {
	clear(at)
	for v := range b.p.Len() {
		for j, x := range b.p.At(v)[:b.n] {
			at[j] += x
		}
	}
	for j := range at {
		at[j] /= float64(b.p.Len())
	}
}

func (b *vertexBody) radius(f *filtered, nd *node, known float64) float64 {
	if known >= thick {
		return known
	}
	return f.clearance(nd)
}

func (b *vertexBody) learn([]float64) {}

func (b *vertexBody) offer(_ []float64, known float64) float64 { return known }
