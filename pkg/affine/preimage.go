package affine

import (
	"math"
	"sync"

	"gonum.org/v1/gonum/mat"
)

// preimage is what finds points of the space that have given coordinates of a frame.
type preimage struct{ forms *mat.Dense }

// newPreimage returns what makes it when it is needed first.
func newPreimage(f *Frame) func() *preimage {
	return sync.OnceValue(func() *preimage {
		p := &preimage{mat.NewDense(f.Dim, len(f.Forms[0]), nil)}
		for i, form := range f.Forms {
			p.forms.SetRow(i, form)
		}
		return p
	})
}

// Preimage returns the point of the space nearest to the middle of its box that has the
// coordinates y, up to rounding. It fails when there is none, or it is not found soon.
//
// The point is t(l) = the sum of the forms, each times a number l_i, clipped to the box,
// where l is greatest in the dual of the program, l.c - sum_j h(sum_i l_i F_ij): c is what
// the forms must come to, and h(s) is s^2/2 up to 1, and |s| - 1/2 beyond. That is concave
// and piecewise quadratic, so Newton steps get there. The forms of the generators that are
// not clipped make up its second derivative.
func (f *Frame) Preimage(y []float64) (t []float64, ok bool) {
	n, d := len(f.Forms[0]), f.Dim
	p := &inverse{preimage: f.preimage(), free: mat.NewDense(d, n, nil)}
	p.sums, p.at, p.c, p.off = mat.NewVecDense(n, nil), mat.NewVecDense(n, nil), mat.NewVecDense(d, nil), mat.NewVecDense(d, nil)
	for i := range y {
		p.c.SetVec(i, y[i]-f.Offset[i])
	}
	l, next, step := mat.NewVecDense(d, nil), mat.NewVecDense(d, nil), mat.NewVecDense(d, nil)
	value := p.look(l)
	for range 60 {
		if mat.Norm(p.off, math.Inf(1)) < 1e-13*float64(d+8) {
			return p.at.RawVector().Data, true
		}
		if !p.newton(step) {
			return nil, false
		}
		rise := mat.Dot(step, p.off)
		by, better := 1.0, false
		for ; by > 1e-6 && !better; by /= 2 {
			next.AddScaledVec(l, by, step)
			v := p.look(next)
			better = v >= value+1e-4*by*rise || by == 1 && mat.Norm(p.off, math.Inf(1)) < 1e-12 // as far as rounding tells
			if better {
				value = v
			}
		}
		if !better {
			return nil, false
		}
		l, next = next, l
	}
	return nil, false
}

// inverse is what looks for one point.
type inverse struct {
	*preimage
	c         *mat.VecDense // what the forms must come to
	sums, at  *mat.VecDense // of the forms; clipped
	off       *mat.VecDense // what is missing from c there
	free      *mat.Dense    // the forms, without the generators that are clipped
	curvature mat.SymDense
}

// look computes everything for the multipliers l, and returns the value of the dual.
func (p *inverse) look(l *mat.VecDense) (value float64) {
	p.sums.MulVec(p.forms.T(), l)
	value = mat.Dot(l, p.c)
	at := p.at.RawVector().Data
	for j, s := range p.sums.RawVector().Data {
		x := max(-1, min(1, s))
		at[j] = x
		value -= x * (s - x/2) // s^2/2, or |s| - 1/2
	}
	p.off.MulVec(p.forms, p.at)
	p.off.SubVec(p.c, p.off)
	return value
}

// newton writes a step from where it has looked. Few generators may be free, so that they
// do not tell all of it.
func (p *inverse) newton(step *mat.VecDense) bool {
	p.free.Copy(p.forms)
	d, _ := p.free.Dims()
	for j, s := range p.sums.RawVector().Data {
		if math.Abs(s) > 1 {
			for i := range d {
				p.free.Set(i, j, 0)
			}
		}
	}
	p.curvature.Reset()
	p.curvature.SymOuterK(1, p.free)
	for i := range d {
		p.curvature.SetSym(i, i, p.curvature.At(i, i)+1e-12)
	}
	var chol mat.Cholesky
	return chol.Factorize(&p.curvature) && chol.SolveVecTo(step, p.off) == nil
}
