package region

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"relucount/pkg/polytope"
)

// span is a layer's units: first, first+1, ..., end-1.
type span struct{ first, end int }

// spans returns the layers of the units, or false when they are not in layer
// order or depend on units of their own layer.
func (s *Space) spans() ([]span, bool) {
	var out []span
	for k := range s.units {
		if k == 0 || s.p.Units[k].Layer != s.p.Units[k-1].Layer {
			out = append(out, span{k, k})
		}
		l := &out[len(out)-1]
		l.end = k + 1
		for _, j := range s.units[k].from {
			if j >= l.first {
				return nil, false
			}
		}
	}
	return out, true
}

// stage has the affine functions that the units of a layer are on a cell of
// the layers before. Nodes share it; it does not change.
type stage struct {
	span
	before []*stage  // of the layers before
	comp   []float64 // a normalised row of dim+1 for each unit
	norm   []float64 // as in walk
	value  []float64
	limits []polytope.Limits
}

func (st *stage) row(k, dim int) []float64 {
	i := k - st.first
	return st.comp[i*(dim+1) : (i+1)*(dim+1)]
}

// limitsOf says how far values of a normalised row whose rounding error is
// rnd are to be believed: up to a tenth of the margin there is no region, and
// well above it there is one.
func limitsOf(margin, rnd float64) polytope.Limits {
	zero := 1e-13 + 4*rnd
	return polytope.Limits{Zero: zero, No: math.Max(margin/doubt, zero), Yes: math.Max(100*margin, 1000*zero)}
}

// newStage composes the units of a layer (walk.compose has the same sums).
// doubtful counts rows that may or may not be zero.
func (s *Space) newStage(l span, before []*stage, state []decision, margin float64) (st *stage, doubtful int64) {
	n, m := s.dim, l.end-l.first
	st = &stage{span: l, before: before}
	buf := make([]float64, m*(n+1)+2*m)
	st.comp, buf = buf[:m*(n+1)], buf[m*(n+1):]
	st.norm, st.value = buf[:m], buf[m:]
	st.limits = make([]polytope.Limits, m)
	for i := range m {
		u := &s.units[l.first+i]
		a := st.row(l.first+i, n)
		copy(a, u.coef)
		a[n] = u.bias
		mag, mag0 := u.mag, math.Abs(u.bias)
		b := len(before) - 1
		for e, j := range u.from {
			if !state[j].on {
				continue
			}
			for b >= 0 && j < before[b].first {
				b--
			}
			for j >= before[b].end {
				b++
			}
			from := before[b]
			c := u.w[e] * from.norm[j-from.first]
			if c == 0 {
				a[n] += u.w[e] * from.value[j-from.first]
			} else {
				r := from.row(j, n)
				for i, v := range r {
					a[i] += c * v
				}
			}
			mag += math.Abs(c)
			mag0 += math.Abs(u.w[e] * from.value[j-from.first])
		}
		norm := floats.Norm(a[:n], 2)
		v := a[n]
		if norm <= zeroDoubt*mag {
			if norm > zeroNorm*mag {
				doubtful++
			} else {
				norm = 0
				if math.Abs(v) <= zeroNorm*mag0 {
					v = 0
				}
			}
		}
		st.norm[i], st.value[i] = norm, v
		if norm > 0 {
			floats.Scale(1/norm, a)
			st.limits[i] = limitsOf(margin, roundoff*(mag+mag0)/norm)
		}
	}
	return st, doubtful
}
