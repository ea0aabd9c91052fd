package reference

import (
	"relucount/pkg/affine"
	"relucount/pkg/search"
)

// NewLook returns what looks closely at regions that the tree search has found,
// and what is to be called to learn what that has cost.
func (m *Model) NewLook(margin float64) (search.Look, func() search.Effort) {
	w := newWalk(m, search.Below(nil), margin)
	look := func(states []affine.State, at []float64) search.Region {
		w.program() // what is found depends on the region alone
		w.replay(states, -1)
		v := make([]float64, w.f)
		copy(v[m.base:], at)
		if m.base > 0 { // inputs with these coordinates
			k := len(states) - 1
			if p, _, ok := w.solve(k, states[k].On, nil); ok {
				v = p
			}
		}
		return &leaf{w, v}
	}
	return look, func() search.Effort {
		e := w.effort()
		return search.Effort{Work: e.Work, Err: e.Err}
	}
}
