package affine

import (
	"math"
	"sync"

	"gonum.org/v1/gonum/mat"
)

// preimage is what finds points of the space that have given coordinates of a frame.
type preimage struct {
	forms *mat.Dense
	gram  mat.Cholesky // of forms times its transpose
	ok    bool
}

// newPreimage returns what makes it when it is needed first.
func newPreimage(f *Frame) func() *preimage {
	return sync.OnceValue(func() *preimage {
		n := len(f.Forms[0])
		p := &preimage{forms: mat.NewDense(f.Dim, n, nil)}
		for i, form := range f.Forms {
			p.forms.SetRow(i, form)
		}
		gram := mat.NewSymDense(f.Dim, nil)
		gram.SymOuterK(1, p.forms)
		p.ok = p.gram.Factorize(gram) && p.gram.Cond() < 1e10
		return p
	})
}

// Preimage returns a point of the space that has the coordinates y, up to rounding: it
// goes to the nearest point that has them, and back into the box, in turn. It fails
// when that does not get there soon.
func (f *Frame) Preimage(y []float64) (t []float64, ok bool) {
	p := f.preimage()
	if !p.ok {
		return nil, false
	}
	n := len(f.Forms[0])
	at, off, step, move := mat.NewVecDense(n, nil), mat.NewVecDense(f.Dim, nil), mat.NewVecDense(f.Dim, nil), mat.NewVecDense(n, nil)
	for range 100 {
		off.MulVec(p.forms, at)
		far := 0.0
		for i := range y {
			d := y[i] - f.Offset[i] - off.AtVec(i)
			off.SetVec(i, d)
			far = math.Max(far, math.Abs(d))
		}
		if far < 1e-13*float64(f.Dim+8) {
			return at.RawVector().Data, true
		}
		if p.gram.SolveVecTo(step, off) != nil {
			return nil, false
		}
		move.MulVec(p.forms.T(), step)
		at.AddVec(at, move)
		for j, v := range at.RawVector().Data {
			at.SetVec(j, math.Max(-1, math.Min(1, v)))
		}
	}
	return nil, false
}
