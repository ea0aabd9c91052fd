package symbolic

import (
	"fmt"

	"relucount/pkg/evaluation"
	"relucount/pkg/onnx"
	"relucount/pkg/relu"
)

// comparison makes a step of a - b, or of b - a.
func comparison(sign float64) func(w *walk, s *step) error {
	return func(w *walk, s *step) error {
		a, b, err := w.args2(s, 0, 1)
		if err != nil {
			return err
		}
		t, err := w.pairs(s, a, b, func(a, b element) element { return w.combine(term{sign, &a}, term{-sign, &b}) })
		if err != nil {
			return err
		}
		t.step = true
		return w.set(s, 0, t)
	}
}

func complement(w *walk, s *step) error {
	if !s.args[0].step {
		w.leave(s.Node, &head{op: s.Op, at: s.At(), inputs: s.Inputs, why: "discrete"})
		return nil
	}
	t := &tensor{dims: s.args[0].dims, elems: make([]element, len(s.args[0].elems)), step: true}
	for i, e := range s.args[0].elems {
		t.elems[i] = w.combine(term{-1, &e})
	}
	return w.set(s, 0, t)
}

// chosen returns p where f is above 0 and q elsewhere, which must not jump.
func (w *walk) chosen(s *step, f, p, q element) (element, error) {
	if f.fixed() {
		if f.B > 0 {
			return p, nil
		}
		return q, nil
	}
	above, how := multiple(&p, &f)
	if below, also := multiple(&q, &f); how == exact && also == exact {
		f.off += misfit(&p, &f, above) + misfit(&q, &f, below)
		return w.apply(relu.Slopes{Inactive: below, Active: above}, f), nil
	}
	d := w.combine(term{1, &p}, term{-1, &q})
	c, how := multiple(&d, &f)
	if how == no {
		return q, fmt.Errorf("%s jumps where its condition changes: it is no continuous piecewise-linear function", s.Op)
	}
	f.off += misfit(&d, &f, c)
	return w.hinge(q, c, f), nil
}

func where(w *walk, s *step) error {
	if s.args[0] == nil {
		return whereConstant(w, s)
	}
	if !s.args[0].step || s.args[1] != nil && s.args[1].step || s.args[2] != nil && s.args[2].step {
		return fmt.Errorf("%s by a condition that is no comparison of what depends on the network's input: only forms of ReLU are supported", s.Op)
	}
	t := &tensor{dims: s.Out().Dims, elems: make([]element, len(s.Out().Data))}
	var all [3]*tensor
	var at [3][]float64
	for k := range all {
		var err error
		if all[k], err = w.arg(s, k); err != nil {
			return err
		}
		at[k] = evaluation.Expand(places(all[k].dims, 0), t.dims)
		w.spend(4 * len(t.elems))
		w.probe(s, k)
	}
	for i := range t.elems {
		var err error
		if t.elems[i], err = w.chosen(s, all[0].elems[int(at[0][i])], all[1].elems[int(at[1][i])], all[2].elems[int(at[2][i])]); err != nil {
			return err
		}
		if w.err != nil {
			return w.err
		}
	}
	return w.set(s, 0, t)
}

// whereConstant only moves numbers.
func whereConstant(w *walk, s *step) error {
	p, q, err := w.args2(s, 1, 2)
	if err != nil {
		return err
	}
	if p.step || q.step {
		return fmt.Errorf("%s of comparisons is not supported", s.Op)
	}
	at, err := w.graph.Apply(s.Node, 0, []*onnx.Tensor{s.In[0], places(p.dims, 0), places(q.dims, len(p.elems))})
	if err != nil {
		return err
	}
	t := &tensor{dims: at.Dims, elems: make([]element, len(at.Data))}
	w.spend(4 * len(t.elems))
	for i, v := range at.Data {
		if k := int(v); k < len(p.elems) {
			t.elems[i] = p.elems[k]
		} else {
			t.elems[i] = q.elems[k-len(p.elems)]
		}
	}
	return w.set(s, 0, t)
}
