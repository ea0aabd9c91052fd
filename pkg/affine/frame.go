package affine

import (
	"math"
	"sync"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"

	"relucount/pkg/domain"
	"relucount/pkg/polytope"
)

// Frame is a system of coordinates of cells: over these the functions of a
// cell are written, and its shape is kept. A cell hands its frame on to its
// parts, and may hand on another one.
//
// The coordinates are affine functions of those of the parent frame, scaled so
// that each ranges over [-1, 1]. They range over the box [-1, 1]^Dim, or the
// zonotope that is the image of the parent's box; cut off by Cuts.
type Frame struct {
	Dim int
	// Parent is the frame over which Forms are written: coordinate i is
	// Forms[i] . (the parent's coordinates) + Offset[i]. Nil: the coordinates
	// are those of the space.
	Parent *Frame
	Forms  [][]float64
	Offset []float64
	// Cuts are rows, Dim coefficients of norm 1 and a constant, that are not
	// negative on the domain.
	Cuts [][]float64

	// direct has for each unit what its pre-activation has of the coordinates,
	// not by way of other units: a sum (see Functions).
	direct []float64
	lo, hi []float64 // limits of the coordinates
	body   func() *polytope.Zonotope
}

// width is the length of a sum: Dim coefficients, a constant, and the
// magnitudes of what was added to the coefficients and to the constant, for
// rounding.
func (f *Frame) width() int { return f.Dim + 3 }

// Body is the zonotope over which the coordinates range; nil for the box.
func (f *Frame) Body() *polytope.Zonotope {
	if f.body == nil {
		return nil
	}
	return f.body()
}

// Limits returns the limits of the coordinates.
func (f *Frame) Limits() (lo, hi []float64) { return f.lo, f.hi }

// Range returns the range of row . (y, 1) over the box of the coordinates y,
// and over that of the parent's where it says more and the range so far takes
// both signs by more than margin.
func (f *Frame) Range(row []float64, margin float64) (lo, hi float64) {
	lo, hi = domain.Range(row[:f.Dim], row[f.Dim], f.lo, f.hi)
	if f.Parent == nil || hi <= margin || lo >= -margin {
		return lo, hi
	}
	coef := make([]float64, f.Parent.Dim)
	c := row[f.Dim]
	for i, form := range f.Forms {
		if row[i] != 0 {
			blas64.Axpy(row[i], blas64.Vector{N: len(form), Data: form, Inc: 1}, blas64.Vector{N: len(coef), Data: coef, Inc: 1})
			c += row[i] * f.Offset[i]
		}
	}
	l, h := domain.Range(coef, c, f.Parent.lo, f.Parent.hi)
	return math.Max(lo, l), math.Min(hi, h)
}

// Above reports whether row . (y, 1) is nowhere negative on the box of the
// coordinates.
func (f *Frame) Above(row []float64) bool {
	lo, _ := domain.Range(row[:f.Dim], row[f.Dim], f.lo, f.hi)
	return lo >= 0
}

// Of writes the coordinates of a point of the space.
func (f *Frame) Of(t, y []float64) {
	if f.Parent == nil {
		copy(y, t)
		return
	}
	for i, form := range f.Forms {
		y[i] = f.Offset[i] + floats.Dot(form, t[:len(form)])
	}
}

// sum is that of unit k's direct terms.
func (f *Frame) sum(k int) []float64 {
	w := f.width()
	return f.direct[k*w : (k+1)*w : (k+1)*w]
}

// top is the frame of the space's coordinates.
func (n *Network) top() *Frame {
	f := &Frame{Dim: n.Dim(), lo: n.Lo, hi: n.Hi}
	f.direct = make([]float64, len(n.Units)*f.width())
	for k := range n.Units {
		r := &n.p.Rows[n.p.Units[k].Pre]
		sum, d := f.sum(k), f.Dim
		sum[d] = n.Over(r, sum[:d]) - float64(r.Lo)
		sum[d+1], sum[d+2] = norm(sum[:d]), math.Abs(sum[d])
	}
	return f
}

// rootFrame takes the pre-activations of the first layer as coordinates when
// they, with the rows that cut the domain, are fewer than the coordinates of
// the space and nothing after the first layer depends on the inputs in another
// way.
func (n *Network) rootFrame(top *Frame) *Frame {
	s := n.Space
	var cutting []Row
	for _, r := range s.Rows {
		if lo, hi := domain.Range(r.Coef, 0, s.Lo, s.Hi); lo < r.Lo || hi > r.Hi {
			cutting = append(cutting, r)
		}
	}
	if f := n.narrow(top, cutting); f != nil {
		return f
	}
	for _, r := range cutting {
		top.cut(r.Coef, -r.Lo)
		top.cut(negative(r.Coef), r.Hi)
	}
	return top
}

func negative(v []float64) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = -x
	}
	return out
}

// cut adds the row coef . y + c >= 0.
func (f *Frame) cut(coef []float64, c float64) {
	if math.IsInf(c, 0) {
		return
	}
	row := append(append(make([]float64, 0, f.Dim+1), coef...), c)
	if size := norm(coef); size > 0 {
		floats.Scale(1/size, row)
	}
	f.Cuts = append(f.Cuts, row)
}

// narrow returns the frame of the first layer's pre-activations and of the
// rows' values, or nil when it has as many coordinates.
func (n *Network) narrow(top *Frame, rows []Row) *Frame {
	if len(n.Layers) == 0 {
		return nil
	}
	first := n.Layers[0].End
	d := top.Dim
	if first+len(rows) >= d {
		return nil
	}
	for k := first; k < len(n.Units); k++ {
		if norm(top.sum(k)[:d]) > 0 {
			return nil
		}
	}
	f := &Frame{Dim: first + len(rows), Parent: top}
	half := make([]float64, f.Dim)
	mid := make([]float64, f.Dim)
	for i := range f.Dim {
		var form []float64
		c := 0.0
		if i < first {
			form, c = append(form, top.sum(i)[:d]...), top.sum(i)[d]
		} else {
			form = append(form, rows[i-first].Coef...)
		}
		lo, hi := domain.Range(form, c, top.lo, top.hi)
		if math.IsInf(lo, 0) || math.IsInf(hi, 0) {
			return nil
		}
		mid[i], half[i] = lo+(hi-lo)/2, (hi-lo)/2
		if half[i] == 0 {
			half[i] = 1
		}
		floats.Scale(1/half[i], form)
		f.Forms, f.Offset = append(f.Forms, form), append(f.Offset, (c-mid[i])/half[i])
		f.lo, f.hi = append(f.lo, -1), append(f.hi, 1)
	}
	f.direct = make([]float64, len(n.Units)*f.width())
	for k := range n.Units {
		sum := f.sum(k)
		if k < first {
			sum[k], sum[f.Dim], sum[f.Dim+1] = half[k], mid[k], half[k]
		} else {
			sum[f.Dim] = top.sum(k)[d]
		}
		sum[f.Dim+2] = math.Abs(sum[f.Dim])
	}
	for i, r := range rows {
		e := make([]float64, f.Dim)
		e[first+i] = half[first+i]
		f.cut(e, mid[first+i]-r.Lo)
		f.cut(negative(e), r.Hi-mid[first+i])
	}
	f.body = sync.OnceValue(func() *polytope.Zonotope { return polytope.NewZonotope(f.Offset, f.Forms) })
	return f
}
