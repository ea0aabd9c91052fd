package cell

import (
	"slices"

	"relucount/pkg/dense"
	"relucount/pkg/polytope"
)

// vertexShape is given by its vertices: coordinates, then the values of the
// open units, as columns. What it says is exact.
type vertexShape struct {
	p     *polytope.Vertices
	n     int       // coordinates
	mid   []float64 // of the box, if it is boxed, then the half widths
	boxed bool
}

func newVertexShape(dim int, face func(j int, up bool) int) *vertexShape {
	s := &vertexShape{p: new(polytope.Vertices), n: dim, mid: make([]float64, 2*dim)}
	s.p.Box(dim, face)
	return s
}

func (s *vertexShape) drop(ws *Workspace) {
	ws.cutter.Put(s.p)
	s.p = nil
	if len(ws.shapes) < kept {
		ws.shapes = append(ws.shapes, s)
	}
}

// vertexShape returns a shape of which p are the vertices.
func (ws *Workspace) vertexShape(p *polytope.Vertices, n int) *vertexShape {
	if last := len(ws.shapes) - 1; last >= 0 {
		s := ws.shapes[last]
		ws.shapes = ws.shapes[:last]
		s.p, s.n, s.boxed = p, n, false
		return s
	}
	return &vertexShape{p: p, n: n, mid: make([]float64, 2*n)}
}

func (s *vertexShape) clone(ws *Workspace) shape {
	return ws.vertexShape(ws.cutter.Clone(s.p), s.n)
}

func (s *vertexShape) enter(ws *Workspace, fns functions, open []Open) {
	if len(open) == 0 { // what else there is besides the coordinates is not asked for
		return
	}
	n, size, cols := s.n, s.p.Len(), s.n
	s.p.Apart = -1
	ws.val = ws.val[:0] // the functions that may cut, one after the other
	worst := 0.0
	for i := range open {
		u := &open[i]
		r := fns.rows[i]
		from := len(ws.val)
		ws.val = slices.Grow(ws.val, size)[:from+size]
		val := ws.val[from:]
		lo, hi := dense.Products(r, s.p.Val, s.p.Cols, val)
		s.p.Row = fns.errs[i]
		below, above := ws.cutter.Sides(s.p, val, 1, fns.nums[i], fns.nums, lo, hi)
		u.Reach, u.Known = Reach{polytope.VerdictOf(below), polytope.VerdictOf(above), lo, hi}, true
		if !below || !above {
			ws.val = ws.val[:from]
			continue
		}
		worst = max(worst, fns.errs[i])
		u.col = cols
		cols++
	}
	if cols == n { // nothing cuts
		s.p.Row = 0
		return
	}
	q := ws.cutter.New()
	q.Points(s.p, cols)
	q.Row, q.Apart = worst, s.p.Apart
	q.Val = slices.Grow(q.Val, size*cols)[:size*cols]
	for v, to := 0, q.Val; v < size; v++ {
		copy(to, s.p.At(v)[:n])
		for i, j := v, n; j < cols; i, j = i+size, j+1 {
			to[j] = ws.val[i]
		}
		to = to[cols:]
	}
	ws.cutter.Put(s.p)
	s.p = q
}

func (s *vertexShape) box(*Workspace) (mid, half []float64, off float64) {
	n := s.n
	mid, half = s.mid[:n:n], s.mid[n:]
	off = s.p.Blur() + 4*roundoff
	if s.boxed {
		return mid, half, off
	}
	s.boxed = true
	dense.Extremes(s.p.Val, s.p.Cols, mid, half)
	for j, lo := range mid {
		mid[j], half[j] = (lo+half[j])/2, (half[j]-lo)/2
	}
	return mid, half, off
}

// roundoff is that of coordinates, which are at most 1.
const roundoff = 0x1p-53

func (s *vertexShape) reach(ws *Workspace, u *Open) Reach {
	lo, hi := s.p.Range(u.col)
	below, above := ws.cutter.Sides(s.p, s.p.Val[u.col:], s.p.Cols, u.num, ws.numbers, lo, hi)
	return Reach{polytope.VerdictOf(below), polytope.VerdictOf(above), lo, hi}
}

func (s *vertexShape) split(ws *Workspace, open []Open) (below, above shape, ok bool) {
	ws.cols, ws.nums = ws.cols[:0], append(ws.nums[:0], open[0].num)
	for j := range s.n {
		ws.cols = append(ws.cols, j)
	}
	for _, u := range open[1:] {
		ws.cols, ws.nums = append(ws.cols, u.col), append(ws.nums, u.num)
	}
	p, q, ok := ws.cutter.Split(s.p, open[0].col, ws.cols, ws.nums)
	if !ok {
		return nil, nil, false
	}
	for i := range open[1:] {
		open[1+i].col = s.n + i
	}
	return ws.vertexShape(p, s.n), ws.vertexShape(q, s.n), true
}

func (s *vertexShape) parts(ws *Workspace, open []Open) (int64, bool) {
	cols, nums := ws.places(open)
	return ws.cutter.Parts(s.p, cols, nums), true
}

func (s *vertexShape) centre(_ *Workspace, at []float64) {
	clear(at)
	for v := range s.p.Len() {
		for j, x := range s.p.At(v)[:s.n] {
			at[j] += x
		}
	}
	for j := range at {
		at[j] /= float64(s.p.Len())
	}
}

func (s *vertexShape) bytes() int { return s.p.Bytes() }

func (s *vertexShape) learn([]float64, float64) {}
