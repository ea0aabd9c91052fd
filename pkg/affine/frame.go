package affine

import (
	"math"
	"sync"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"

	"relucount/pkg/dense"
	"relucount/pkg/domain"
	"relucount/pkg/exact"
	"relucount/pkg/milp"
	"relucount/pkg/polytope"
)

// Frame is a system of coordinates of cells: over these the functions of a
// cell are written, and its shape is kept. A cell hands its frame on to its
// parts, and may hand on another one.
//
// The coordinates are affine functions of those of the parent frame, scaled so
// that each ranges over [-1, 1]. They range over the box [-1, 1]^Dim, or the
// zonotope that is the image of the parent's box; cut off by Cuts. What they are
// exactly is told by Functions.Exactly.
type Frame struct {
	Dim int
	// Parent is the frame over which Forms are written: coordinate i is
	// Forms[i] . (the parent's coordinates) + Offset[i]. Nil: the coordinates
	// are those of the space.
	Parent *Frame
	Forms  [][]float64
	Offset []float64
	// Loose bounds how far the point that Forms and Offset give, as computed,
	// is from the one that the same coordinates of the parent have.
	Loose float64
	Cuts  []Cut

	// direct has for each unit what its pre-activation has of the coordinates,
	// not by way of other units: a sum (see Functions).
	direct []float64
	lo, hi []float64 // limits of the coordinates
	body   func() *polytope.Zonotope

	preimage func() *preimage // of a narrow frame

	// A narrow frame's own coordinates are the pre-activations of the units of
	// the first layer, then the values of rows, all times den. Coordinate i is
	// den (mid[i] + half[i] y[i]), exactly.
	first     int
	half, mid []float64
	den       exact.Dyadic
	basis     func() []*exact.Vec // these, over the space's coordinates
}

// Cut is a row that is not negative on the domain.
type Cut struct {
	Row    []float64 // Dim coefficients of norm 1 and a constant
	Err    float64   // as of Functions
	Number int       // of the milp's row, or -1-j for the limits of input column j
	Upper  bool      // whether it is the row's upper limit
	size   float64   // by which the true function is larger
	exact  *Exact
}

// width is the length of a sum. At its head are the magnitudes that were added up to
// the coefficients, those that were added up to all, and a bound of the error of all
// but the adding, where the coordinates are within [-1, 1]; then come Dim
// coefficients and the constant; and zeros up to a length that suits dense.AddRows.
func (f *Frame) width() int { return dense.Head + (f.Dim+dense.Head)/dense.Head*dense.Head }

// places in a sum
const (
	sizeAt = iota
	allAt
	errAt
	coefAt = dense.Head
)

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

// Above reports whether row . (y, 1), of which err bounds the error, is
// certainly nowhere negative on the box of the coordinates.
func (f *Frame) Above(row []float64, err float64) bool {
	lo, _ := domain.Range(row[:f.Dim], row[f.Dim], f.lo, f.hi)
	return lo >= 2*err
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

// Place returns the coordinates of a point of the space that has been rounded,
// and bounds their distance from those that it had.
func (f *Frame) Place(t []float64) (y []float64, err float64) {
	y = make([]float64, f.Dim)
	f.Of(t, y)
	if f.Parent == nil {
		return y, 2 * ulp * math.Sqrt(float64(f.Dim))
	}
	// Of adds up without blocks
	return y, 2*f.Loose + 4*float64(len(t)+8)*ulp*math.Sqrt(float64(f.Dim))
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
		coef := sum[coefAt : coefAt+d]
		c := n.Over(r, coef) - float64(r.Lo)
		sum[coefAt+d] = c
		sum[sizeAt] = floats.Norm(coef, 1)
		sum[allAt] = sum[sizeAt] + math.Abs(c)
		sum[errAt] = min(n.overErr(r), unknown)
	}
	return f
}

// overErr bounds the error of Over, where the coordinates are within [-1, 1],
// and of taking the limit off.
func (s *Space) overErr(r *milp.Row) float64 {
	mag := 0.0
	terms := 4
	for e, j := range r.Idx {
		i, ok := s.at[j]
		if !ok {
			continue
		}
		in := &s.inputs[i]
		size := math.Abs(in.mid) + in.half + floats.Norm(in.coef, 1)
		if v := math.Abs(r.Val[e]); v > 0 && size > 0 {
			if v*size < leastNorm { // products may have been lost
				return math.Inf(1)
			}
			mag += v * size
			terms++
		}
	}
	if mag == 0 { // the limit alone
		return 0
	}
	return float64(terms) * ulp * (mag + math.Abs(float64(r.Lo)))
}

// rootFrame takes the pre-activations of the first layer as coordinates when
// they, with the rows that cut the domain, are fewer than the coordinates of
// the space and nothing after the first layer depends on the inputs in another
// way, if it may be narrow.
func (n *Network) rootFrame(top *Frame, narrow bool) *Frame {
	s := n.Space
	var cutting []Row
	for _, r := range s.Rows {
		lo, hi := domain.Range(r.Coef, 0, s.Lo, s.Hi)
		pad := float64(len(r.Coef)+8) * ulp * (r.size + max(math.Abs(lo), math.Abs(hi), math.Abs(r.Lo), math.Abs(r.Hi)))
		if lo-pad < r.Lo || hi+pad > r.Hi {
			cutting = append(cutting, r)
		}
	}
	if narrow {
		if f := n.narrow(top, cutting); f != nil {
			return f
		}
	}
	for i := range cutting {
		n.addCuts(top, &cutting[i], nil)
	}
	return top
}

// addCuts adds the two rows that a row of the space amounts to; at has its place
// among the coordinates, if it is one.
func (n *Network) addCuts(f *Frame, r *Row, at *int) {
	_, lo, hi := n.milpRow(r)
	for _, upper := range [2]bool{false, true} {
		limit := lo
		if upper {
			limit = hi
		}
		if math.IsInf(limit, 0) {
			continue
		}
		x := new(Exact)
		if at == nil {
			x.Vec = n.side(r, upper)
		} else {
			x.Vec = exact.Coordinate(f.Dim, *at).Plus(exact.DyadicOf(limit).Mul(n.den).Neg())
			if upper {
				x.Vec = x.Vec.Negative()
			}
		}
		if x.Vec.Constant() {
			n.Void = n.Void || x.Vec.ConstantSign() < 0
			continue
		}
		f.complete(x)
		c := Cut{Row: make([]float64, f.Dim+1), Number: r.Number, Upper: upper, exact: x}
		var total float64
		c.size, total = f.round(x.Vec, c.Row)
		c.size *= n.trueScale()
		c.Err = float64(f.Dim+8) * ulp * (total + math.Abs(c.Row[f.Dim]))
		f.Cuts = append(f.Cuts, c)
	}
}

// narrow returns the frame of the first layer's pre-activations and of the
// rows' values, or nil when it has as many coordinates.
func (n *Network) narrow(top *Frame, rows []Row) *Frame {
	if len(n.Layers) == 0 || !n.Bounded() {
		return nil
	}
	first := n.Layers[0].End
	d := top.Dim
	if first+len(rows) >= d {
		return nil
	}
	for k := first; k < len(n.Units); k++ {
		if top.sum(k)[sizeAt] > 0 || top.sum(k)[errAt] > 0 && !top.exactly(n, k).Constant() {
			return nil
		}
	}
	f := &Frame{Dim: first + len(rows), Parent: top, first: first, den: n.den}
	f.half = make([]float64, f.Dim)
	f.mid = make([]float64, f.Dim)
	for i := range f.Dim {
		var form []float64
		c, err := 0.0, 0.0
		if i < first {
			form, c = n.rounded(top.exactly(n, i))
			err = 4 * ulp * (floats.Norm(form, 1) + math.Abs(c))
		} else {
			form = append(form, rows[i-first].Coef...)
			c = rows[i-first].Const
			err = float64(d+8) * ulp * (floats.Norm(form, 1) + math.Abs(c) + rows[i-first].size)
		}
		lo, hi := domain.Range(form, c, top.lo, top.hi)
		if math.IsInf(lo, 0) || math.IsInf(hi, 0) || math.IsInf(err, 0) {
			return nil
		}
		mid, half := lo+(hi-lo)/2, (hi-lo)/2
		if half < leastNorm || half > mostNorm {
			half = 1
		}
		// so that the coordinate is within [-1, 1] for certain
		half += float64(d+8)*ulp*(math.Abs(lo)+math.Abs(hi)) + 2*err
		f.mid[i], f.half[i] = mid, half
		floats.Scale(1/half, form)
		f.Forms, f.Offset = append(f.Forms, form), append(f.Offset, (c-mid)/half)
		f.lo, f.hi = append(f.lo, -1), append(f.hi, 1)
		off := err/half + float64(dense.Depth(d)+8)*ulp*(floats.Norm(form, 1)+(math.Abs(c)+math.Abs(mid))/half)
		f.Loose += off * off
	}
	f.Loose = math.Sqrt(f.Loose) * (1 + 8*ulp)
	f.basis = sync.OnceValue(func() []*exact.Vec {
		var of []*exact.Vec
		for k := range first {
			of = append(of, top.exactly(n, k))
		}
		for i := range rows {
			of = append(of, n.value(&rows[i]))
		}
		return of
	})
	f.direct = make([]float64, len(n.Units)*f.width())
	for k := range n.Units {
		sum := f.sum(k)
		if k < first {
			sum[coefAt+k], sum[coefAt+f.Dim], sum[sizeAt] = f.half[k], f.mid[k], f.half[k]
		} else {
			sum[coefAt+f.Dim], sum[errAt] = top.sum(k)[coefAt+d], top.sum(k)[errAt]
		}
		sum[allAt] = sum[sizeAt] + math.Abs(sum[coefAt+f.Dim])
	}
	for i := range rows {
		at := first + i
		n.addCuts(f, &rows[i], &at)
	}
	f.preimage = newPreimage(f)
	f.body = sync.OnceValue(func() *polytope.Zonotope { return polytope.NewZonotope(f.Offset, f.Forms, f.Loose) })
	return f
}
