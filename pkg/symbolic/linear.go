package symbolic

import (
	"fmt"
	"math"
	"slices"

	"relucount/pkg/evaluation"
	"relucount/pkg/onnx"
	"relucount/pkg/relu"
	"relucount/pkg/stencil"
)

// operand is an input of a product: constants, or elements.
type operand struct {
	dims  []int
	data  []float64 // nil where it depends on the network's input
	elems []element
}

func (w *walk) operand(s *step, k int) (operand, error) {
	if t := s.args[k]; t != nil {
		return operand{dims: t.dims, elems: t.elems}, nil
	}
	return operand{dims: s.In[k].Dims, data: s.In[k].Data}, w.finite(s, k)
}

// factors are the two first inputs of a node.
func (w *walk) factors(s *step) (a, b operand, err error) {
	if a, err = w.operand(s, 0); err == nil {
		b, err = w.operand(s, 1)
	}
	return a, b, err
}

// product adds c times an element of a times one of b to the sum, of which one
// must be a constant.
func (w *walk) product(s *step, c float64, a *operand, i int, b *operand, j int) error {
	if a.elems == nil || b.elems != nil && a.elems[i].fixed() {
		a, i, b, j = b, j, a, i
	}
	switch {
	case a.elems == nil:
		w.spend(1)
		v := c * a.data[i]
		w.off += relu.Off(c, a.data[i], v) * math.Abs(b.data[j])
		w.off += relu.Off(v, b.data[j], v*b.data[j])
		w.sum.AddConstant(v * b.data[j])
	case b.elems == nil:
		if b.data[j] != 0 {
			w.times(c, b.data[j], 0, &a.elems[i])
		}
	case b.elems[j].fixed():
		w.times(c, b.elems[j].B, b.elems[j].off, &a.elems[i])
	default:
		return fmt.Errorf("%s multiplies two values that both depend on the network's input (x*y or a square): that is no piecewise-linear function, as a skip connection by Add is", s.Op)
	}
	return w.err
}

// times adds c times v times an element, where v is off by so much.
func (w *walk) times(c, v, off float64, e *element) {
	w.add(c*v, e)
	if off += relu.Off(c, v, c*v); off > 0 {
		w.off += off * max(1, math.Abs(c)) * e.Size()
	}
}

// forms sets a result whose elements are made one by one: terms adds up to the sum.
func (w *walk) forms(s *step, dims []int, terms func(o int) error) error {
	n, ok := onnx.Count(dims)
	if !ok {
		return fmt.Errorf("%s gives a tensor of shape %v", s.Op, dims)
	}
	w.spend(4 * n)
	if w.err != nil {
		return w.err
	}
	t := &tensor{dims: dims, elems: make([]element, n)}
	for o := range t.elems {
		if err := terms(o); err != nil {
			return err
		}
		if t.elems[o] = w.take(); w.err != nil {
			return w.err
		}
	}
	return w.set(s, 0, t)
}

// elementwise combines two inputs number by number, each times a factor.
func (w *walk) elementwise(s *step, ca, cb float64) error {
	a, b, err := w.args2(s, 0, 1)
	if err != nil {
		return err
	}
	t, err := w.pairs(s, a, b, func(a, b element) element { return w.combine(term{ca, &a}, term{cb, &b}) })
	if err != nil {
		return err
	}
	return w.set(s, 0, t)
}

func addition(w *walk, s *step) error    { return w.elementwise(s, 1, 1) }
func subtraction(w *walk, s *step) error { return w.elementwise(s, 1, -1) }

func sum(w *walk, s *step) error  { return w.total(s, 1) }
func mean(w *walk, s *step) error { return w.total(s, float64(len(s.In))) }

// total adds up all inputs, over a number.
func (w *walk) total(s *step, by float64) error {
	t, err := w.all(s, func(a, b element) element { return w.combine(term{1, &a}, term{1, &b}) })
	if err != nil {
		return err
	}
	if by == 1 {
		return w.set(s, 0, t)
	}
	return w.forms(s, t.dims, func(o int) error {
		w.share(by, &t.elems[o])
		return nil
	})
}

func negation(w *walk, s *step) error {
	return w.numberwise(s, func(_ int, e element) element { return w.combine(term{-1, &e}) })
}

func multiplication(w *walk, s *step) error {
	if a, b := s.args[0], s.args[1]; a != nil && a.step || b != nil && b.step {
		return gate(w, s)
	}
	a, b, err := w.factors(s)
	if err != nil {
		return err
	}
	at, of, err := w.broadcast(s, a.dims, b.dims)
	if err != nil {
		return err
	}
	return w.forms(s, at.Dims, func(o int) error {
		return w.product(s, 1, &a, int(at.Data[o]), &b, int(of.Data[o]))
	})
}

// gate is a step times what vanishes where the step is.
func gate(w *walk, s *step) error {
	k := 0
	if s.args[0] == nil || !s.args[0].step {
		k = 1
	}
	if t := s.args[1-k]; t != nil && t.step {
		return fmt.Errorf("%s of two comparisons is not supported", s.Op)
	}
	f := s.args[k]
	v, err := w.arg(s, 1-k)
	if err != nil {
		return err
	}
	w.probe(s, 1-k)
	var failed error
	t, err := w.pairs(s, f, v, func(f, v element) element {
		e, err := w.chosen(s, f, v, constant(0))
		if err != nil && failed == nil {
			failed = err
		}
		return e
	})
	if failed != nil {
		err = failed
	}
	if err != nil {
		return err
	}
	return w.set(s, 0, t)
}

func division(w *walk, s *step) error {
	if err := w.finite(s, 1); err != nil {
		return err
	}
	a := s.args[0]
	at, of, err := w.broadcast(s, a.dims, s.In[1].Dims)
	if err != nil {
		return err
	}
	return w.forms(s, at.Dims, func(o int) error {
		by := s.In[1].Data[int(of.Data[o])]
		if by == 0 {
			return fmt.Errorf("%s by %q: it is 0 at component %d", s.Op, s.Inputs[1], int(of.Data[o]))
		}
		e := a.elems[int(at.Data[o])]
		f := e
		f.W = slices.Clone(e.W)
		for k := range f.W {
			f.W[k] /= by
			f.off += relu.Off(f.W[k], by, e.W[k])
		}
		f.B /= by
		f.off += relu.Off(f.B, by, e.B)
		f.mag, f.off = f.mag/math.Abs(by), f.off/math.Abs(by)
		w.add(1, &f)
		return nil
	})
}

func matMul(w *walk, s *step) error {
	a, b, err := w.factors(s)
	if err != nil {
		return err
	}
	// a vector on the left is a row, on the right a column
	da, db := a.dims, b.dims
	if len(da) == 1 {
		da = []int{1, da[0]}
	}
	if len(db) == 1 {
		db = []int{db[0], 1}
	}
	rows, inner, cols := da[len(da)-2], da[len(da)-1], db[len(db)-1]
	// which matrix of each batch
	at, of, err := w.broadcast(s, append(slices.Clone(da[:len(da)-2]), 1), append(slices.Clone(db[:len(db)-2]), 1))
	if err != nil {
		return err
	}
	return w.forms(s, s.Out().Dims, func(o int) error {
		i, j := o/cols%rows, o%cols
		m := o / (rows * cols)
		x, y := int(at.Data[m])*rows*inner+i*inner, int(of.Data[m])*inner*cols+j
		for k := range inner {
			if err := w.product(s, 1, &a, x+k, &b, y+k*cols); err != nil {
				return err
			}
		}
		return nil
	})
}

func gemm(w *walk, s *step) error {
	g, err := s.Gemm()
	if err != nil {
		return err
	}
	a, b, err := w.factors(s)
	if err != nil {
		return err
	}
	dims := s.Out().Dims
	cols := dims[1]
	for _, x := range []*operand{&a, &b} {
		x.dims = (&onnx.Tensor{Dims: x.dims}).Matrix().Dims
	}
	inner, stepA, stepAk := a.dims[1], a.dims[1], 1
	if g.TransA {
		inner, stepA, stepAk = a.dims[0], 1, a.dims[1]
	}
	stepBk, stepB := b.dims[1], 1
	if g.TransB {
		stepBk, stepB = 1, b.dims[1]
	}
	var c *tensor
	var of []float64
	if s.In[2] != nil {
		if c, err = w.arg(s, 2); err != nil {
			return err
		}
		at := places(c.dims, 0)
		if len(c.dims) > 2 {
			at = at.Matrix()
		}
		of = evaluation.Expand(at, dims)
	}
	return w.forms(s, dims, func(o int) error {
		if c != nil {
			w.add(g.Beta, &c.elems[int(of[o])])
		}
		i, j := o/cols, o%cols
		for k := range inner {
			if err := w.product(s, g.Alpha, &a, i*stepA+k*stepAk, &b, k*stepBk+j*stepB); err != nil {
				return err
			}
		}
		return nil
	})
}

// convolution is Conv or ConvTranspose, with constant weights.
func convolution(w *walk, s *step) error {
	if err := w.finite(s, 1); err != nil {
		return err
	}
	x, weights := s.args[0], s.In[1]
	if x == nil {
		return fmt.Errorf("%s of a constant", s.Op)
	}
	c, err := stencil.ConvolutionOf(s.Node, x.dims, weights.Dims)
	if err != nil {
		return err
	}
	var bias *tensor
	if s.In[2] != nil {
		if bias, err = w.arg(s, 2); err != nil {
			return err
		}
	}
	// for each place of the result, the places of the kernel and of the tensor
	type tap struct{ k, i int }
	tensorPlaces, resultPlaces := c.In, c.Out
	if c.Backward {
		tensorPlaces, resultPlaces = c.Out, c.In
	}
	inner, _ := onnx.Count(tensorPlaces)
	outer, _ := onnx.Count(resultPlaces)
	taps := make([][]tap, outer)
	walkOver, _ := onnx.Count(c.Out)
	for o := range walkOver {
		c.Taps(o, func(k, i int) {
			if c.Backward {
				taps[i] = append(taps[i], tap{k, o})
			} else {
				taps[o] = append(taps[o], tap{k, i})
			}
		})
	}
	return w.forms(s, c.Dims(), func(o int) error {
		channel := o / outer // with the batch
		g, to := channel/c.To, channel%c.To
		if bias != nil {
			w.add(1, &bias.elems[channel%(c.Groups*c.To)])
		}
		for _, t := range taps[o%outer] {
			for from := range c.From {
				if v := weights.Data[c.Weight(g%c.Groups, from, to, t.k)]; v != 0 {
					w.add(v, &x.elems[(g*c.From+from)*inner+t.i])
				}
			}
		}
		return w.err
	})
}

func batchNorm(w *walk, s *step) error {
	eps, err := s.BatchNorm()
	if err != nil {
		return err
	}
	for k := 1; k <= 4; k++ {
		if err := w.finite(s, k); err != nil {
			return err
		}
	}
	gain, shift, mean, variance := s.In[1].Data, s.In[2].Data, s.In[3].Data, s.In[4].Data
	factor := make([]float64, len(gain))
	for c := range factor {
		if !(variance[c]+eps > 0) {
			return fmt.Errorf("%s: var %g and epsilon %g of channel %d do not add up to more than 0", s.Op, variance[c], eps, c)
		}
		factor[c] = gain[c] / math.Sqrt(variance[c]+eps)
	}
	x := s.args[0]
	size, _ := onnx.Count(x.dims[2:])
	one := constant(1)
	return w.forms(s, x.dims, func(o int) error {
		c := o / size % len(gain)
		e := w.combine(term{1, &x.elems[o]}, term{-mean[c], &one})
		w.addOff(factor[c], few, &e)
		w.add(shift[c], &one)
		return nil
	})
}

func averagePool(w *walk, s *step) error {
	x := s.args[0]
	p, err := stencil.PoolingOf(s.Node, x.dims)
	if err != nil {
		return err
	}
	inner, _ := onnx.Count(p.In)
	outer, _ := onnx.Count(p.Out)
	return w.forms(s, p.Dims(), func(o int) error {
		by := p.Divisor(o % outer)
		if by == 0 {
			return fmt.Errorf("%s has a window that lies in the padding alone", s.Op)
		}
		p.Taps(o%outer, func(_, i int) { w.share(float64(by), &x.elems[o/outer*inner+i]) })
		return w.err
	})
}

func globalAverage(w *walk, s *step) error {
	inner, _ := onnx.Count(s.args[0].dims[2:])
	return w.added(s, s.Out().Dims, func(i int) int { return i / inner }, float64(inner))
}

func reduceMean(w *walk, s *step) error {
	r, err := stencil.ReductionOf(s.Node, s.In)
	if err != nil {
		return err
	}
	return w.added(s, r.Dims, r.To, float64(r.Count))
}

func reduceSum(w *walk, s *step) error {
	r, err := stencil.ReductionOf(s.Node, s.In)
	if err != nil {
		return err
	}
	return w.added(s, r.Dims, r.To, 1)
}

// added adds up the elements that go to one place, over a number.
func (w *walk) added(s *step, dims []int, to func(i int) int, by float64) error {
	n, _ := onnx.Count(dims)
	sets := make([][]int, n)
	for i := range s.args[0].elems {
		sets[to(i)] = append(sets[to(i)], i)
	}
	return w.forms(s, dims, func(o int) error {
		for _, i := range sets[o] {
			w.share(by, &s.args[0].elems[i])
		}
		return w.err
	})
}

func resize(w *walk, s *step) error {
	in := append(slices.Clone(s.In), make([]*onnx.Tensor, 4)...)
	r, err := stencil.ResizingOf(s.Node, in[:4])
	if err != nil {
		return err
	}
	x := s.args[0]
	return w.forms(s, r.Dims, func(o int) error {
		r.Of(x.dims, o, func(i int, weight float64) { w.add(weight, &x.elems[i]) })
		return w.err
	})
}

func scaler(w *walk, s *step) error {
	x := s.args[0]
	features := x.dims[len(x.dims)-1]
	offset, scale, err := s.Scaler(features)
	if err != nil {
		return err
	}
	one := constant(1)
	return w.numberwise(s, func(i int, e element) element {
		i %= features
		d := w.combine(term{1, &e}, term{-offset[i], &one})
		return w.combine(term{scale[i], &d})
	})
}

func regressor(w *walk, s *step) error {
	x := s.args[0]
	features := x.dims[1]
	coefficients, intercepts, targets, err := s.Regressor(features)
	if err != nil {
		return err
	}
	one := constant(1)
	return w.forms(s, s.Out().Dims, func(o int) error {
		row, t := o/targets, o%targets
		w.add(intercepts[t], &one)
		for j := range features {
			w.add(coefficients[t*features+j], &x.elems[row*features+j])
		}
		return w.err
	})
}
