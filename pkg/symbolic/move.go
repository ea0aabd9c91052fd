package symbolic

import (
	"relucount/pkg/onnx"
)

// places is a tensor of the numbers from first on, with which operators that
// move numbers are applied.
func places(dims []int, first int) *onnx.Tensor {
	n, _ := onnx.Count(dims)
	t := &onnx.Tensor{Dims: dims, Data: make([]float64, n)}
	for i := range t.Data {
		t.Data[i] = float64(first + i)
	}
	return t
}

// move applies an operator that moves numbers: to their places.
func move(w *walk, s *step) error {
	does := rules[s.Key()]
	all := []element{constant(0)} // the place 0 is what fills a Pad
	if s.Op == "Pad" && s.In[2] == nil {
		fill, err := s.Float("value", 0)
		if err != nil {
			return err
		}
		all[0] = constant(fill)
	}
	in := make([]*onnx.Tensor, len(s.In))
	copy(in, s.In)
	stepped := false
	for k := range s.In {
		if s.In[k] == nil || !contains(does.data, k) {
			continue
		}
		t, err := w.arg(s, k)
		if err != nil {
			return err
		}
		stepped = stepped || t.step
		in[k] = places(t.dims, len(all))
		all = append(all, t.elems...)
	}
	if s.Op == "Pad" && in[2] == nil {
		in[2] = &onnx.Tensor{Data: []float64{0}}
	}
	for o := range s.Outs {
		at, err := w.graph.Apply(s.Node, o, in)
		if err != nil {
			return err
		}
		t := &tensor{dims: at.Dims, elems: make([]element, len(at.Data)), step: stepped}
		w.spend(4 * len(t.elems))
		for i, p := range at.Data {
			t.elems[i] = all[int(p)]
		}
		if err := w.set(s, o, t); err != nil {
			return err
		}
	}
	return nil
}

func contains(data []int, k int) bool {
	for _, d := range data {
		if d == k || d == anyInput {
			return true
		}
	}
	return false
}

// cast passes on real numbers: what is computed from the inputs is not rounded. To
// integers it is a step, and left out as other heads are.
func cast(w *walk, s *step) error {
	if s.Out().Integer && !s.args[0].step {
		w.leave(s.Node, &head{op: s.Op, at: s.At(), inputs: s.Inputs, why: "discrete"})
		return nil
	}
	return w.set(s, 0, &tensor{dims: s.args[0].dims, elems: s.args[0].elems, step: s.args[0].step})
}
