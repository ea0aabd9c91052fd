package symbolic

import (
	"fmt"
	"math"

	"relucount/pkg/onnx"
	"relucount/pkg/relu"
	"relucount/pkg/stencil"
)

// numberwise sets the result of an operator of one tensor, number by number.
func (w *walk) numberwise(s *step, f func(i int, e element) element) error {
	t := &tensor{dims: s.args[0].dims, elems: make([]element, len(s.args[0].elems))}
	for i, e := range s.args[0].elems {
		t.elems[i] = f(i, e)
		if w.err != nil {
			return w.err
		}
	}
	return w.set(s, 0, t)
}

// probe notes that an input goes into units.
func (w *walk) probe(s *step, k int) {
	if s.args[k] != nil && !s.args[k].step {
		w.probes = append(w.probes, s.Inputs[k])
	}
}

// twoSlopes applies an operator that has one slope on each side of 0, and whose
// inputs but the first are constants. Its own values at 1 and -1 say which slopes.
func twoSlopes(w *walk, s *step) error {
	for k := 1; k < len(s.In); k++ {
		if err := w.finite(s, k); err != nil {
			return err
		}
	}
	w.probe(s, 0)
	at := func(v float64) ([]float64, error) {
		in := append([]*onnx.Tensor{{Dims: s.In[0].Dims, Data: make([]float64, len(s.In[0].Data))}}, s.In[1:]...)
		for i := range in[0].Data {
			in[0].Data[i] = v
		}
		out, err := w.graph.Apply(s.Node, 0, in)
		if err != nil {
			return nil, err
		}
		return out.Data, nil
	}
	above, err := at(1)
	if err != nil {
		return err
	}
	below, err := at(-1)
	if err != nil {
		return err
	}
	return w.numberwise(s, func(i int, e element) element {
		return w.apply(relu.Slopes{Inactive: 0 - below[i], Active: above[i]}, e)
	})
}

// clamp returns min(max(e, low), high).
func (w *walk) clamp(e element, low, high float64) element {
	l, h := constant(low), constant(high)
	switch {
	case low >= high:
		return h
	case math.IsInf(low, -1) && math.IsInf(high, 1):
		return e
	case math.IsInf(high, 1):
		return w.larger(e, l)
	case math.IsInf(low, -1):
		return w.smaller(e, h)
	case e.fixed():
		return of(min(max(e.B, low), high), &e, &l, &h)
	}
	// low + max(0, e - low) - max(0, e - high)
	a := w.larger(e, l)
	d := w.combine(term{1, &e}, term{-1, &h})
	return w.hinge(a, -1, d)
}

func clip(w *walk, s *step) error {
	low, high, err := s.Limits(s.In)
	if err != nil {
		return err
	}
	w.probe(s, 0)
	return w.numberwise(s, func(_ int, e element) element { return w.clamp(e, low, high) })
}

func hardSigmoid(w *walk, s *step) error {
	alpha, beta, err := s.HardSigmoid()
	if err != nil {
		return err
	}
	w.probe(s, 0)
	return w.numberwise(s, func(_ int, e element) element {
		one := constant(1)
		return w.clamp(w.combine(term{alpha, &e}, term{beta, &one}), 0, 1)
	})
}

// shrink is x + lambda - max(0, x + lambda) + max(0, x - lambda) where it does not
// jump.
func shrink(w *walk, s *step) error {
	bias, lambda, err := s.Shrink()
	if err != nil {
		return err
	}
	if bias != lambda || lambda < 0 {
		return fmt.Errorf("%s with the bias %g and lambd %g jumps: they must be the same", s.Op, bias, lambda)
	}
	w.probe(s, 0)
	return w.numberwise(s, func(_ int, e element) element {
		l := constant(lambda)
		low, high := w.combine(term{1, &e}, term{1, &l}), w.combine(term{1, &e}, term{-1, &l})
		return w.hinge(w.hinge(low, -1, low), 1, high)
	})
}

func thresholded(w *walk, s *step) error {
	alpha, err := s.Threshold()
	if err != nil {
		return err
	}
	if alpha != 0 {
		return fmt.Errorf("%s with alpha = %g jumps from 0 to %g, so it is no continuous piecewise-linear function", s.Op, alpha, alpha)
	}
	w.probe(s, 0)
	return w.numberwise(s, func(_ int, e element) element { return w.apply(relu.Slopes{Inactive: 0, Active: 1}, e) })
}

func maxPool(w *walk, s *step) error {
	p, err := stencil.PoolingOf(s.Node, s.args[0].dims)
	if err != nil {
		return err
	}
	w.probe(s, 0)
	inner, _ := onnx.Count(p.In)
	outer, _ := onnx.Count(p.Out)
	t := &tensor{dims: p.Dims(), elems: make([]element, p.Channels*outer)}
	for o := range t.elems {
		var window []element
		p.Taps(o%outer, func(_, i int) { window = append(window, s.args[0].elems[o/outer*inner+i]) })
		if len(window) == 0 {
			return fmt.Errorf("%s has a window that lies in the padding alone", s.Op)
		}
		t.elems[o] = w.extreme(window, w.larger)
		if w.err != nil {
			return w.err
		}
	}
	return w.set(s, 0, t)
}

func globalMax(w *walk, s *step) error {
	inner, _ := onnx.Count(s.args[0].dims[2:])
	return w.reduced(s, s.Out().Dims, func(i int) int { return i / inner }, (*network).larger)
}

func reduceExtreme(pick func(n *network, a, b element) element) func(w *walk, s *step) error {
	return func(w *walk, s *step) error {
		r, err := stencil.ReductionOf(s.Node, s.In)
		if err != nil {
			return err
		}
		return w.reduced(s, r.Dims, r.To, pick)
	}
}

// reduced takes the extreme of the elements that go to one place.
func (w *walk) reduced(s *step, dims []int, to func(i int) int, pick func(n *network, a, b element) element) error {
	w.probe(s, 0)
	n, _ := onnx.Count(dims)
	sets := make([][]element, n)
	for i, e := range s.args[0].elems {
		sets[to(i)] = append(sets[to(i)], e)
	}
	t := &tensor{dims: dims, elems: make([]element, n)}
	for o := range t.elems {
		t.elems[o] = w.extreme(sets[o], func(a, b element) element { return pick(&w.network, a, b) })
		if w.err != nil {
			return w.err
		}
	}
	return w.set(s, 0, t)
}

func extremes(pick func(n *network, a, b element) element) func(w *walk, s *step) error {
	return func(w *walk, s *step) error {
		t, err := w.all(s, func(a, b element) element { return pick(&w.network, a, b) })
		if err != nil {
			return err
		}
		for k := range s.args {
			w.probe(s, k)
		}
		return w.set(s, 0, t)
	}
}

// all combines all inputs of a node, one after the other.
func (w *walk) all(s *step, f func(a, b element) element) (*tensor, error) {
	t, err := w.arg(s, 0)
	for k := 1; k < len(s.In) && err == nil; k++ {
		var other *tensor
		if other, err = w.arg(s, k); err == nil {
			t, err = w.pairs(s, t, other, f)
		}
	}
	return t, err
}

// pairs combines two tensors number by number.
func (w *walk) pairs(s *step, a, b *tensor, f func(a, b element) element) (*tensor, error) {
	at, of, err := w.broadcast(s, a.dims, b.dims)
	if err != nil {
		return nil, err
	}
	t := &tensor{dims: at.Dims, elems: make([]element, len(at.Data))}
	for i := range t.elems {
		t.elems[i] = f(a.elems[int(at.Data[i])], b.elems[int(of.Data[i])])
		if w.err != nil {
			return nil, w.err
		}
	}
	return t, nil
}

// broadcast returns the places in two tensors of each number of their combination.
func (w *walk) broadcast(s *step, a, b []int) (at, of *onnx.Tensor, err error) {
	zeros := func(dims []int) *onnx.Tensor {
		n, _ := onnx.Count(dims)
		return &onnx.Tensor{Dims: dims, Data: make([]float64, n)}
	}
	add := s.As("Add")
	if at, err = w.graph.Apply(add, 0, []*onnx.Tensor{places(a, 0), zeros(b)}); err != nil {
		return nil, nil, err
	}
	w.spend(4 * len(at.Data))
	of, err = w.graph.Apply(add, 0, []*onnx.Tensor{zeros(a), places(b, 0)})
	return at, of, err
}
