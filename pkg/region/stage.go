package region

import (
	"math"

	"relucount/pkg/polytope"
)

// layer is what the filtered search knows of a layer before it starts.
//
// A unit's sum has a coefficient for each base coordinate, a constant, and the
// magnitudes of what was added to either, for rounding.
type layer struct {
	first, end int       // its units
	width      int       // length of a sum
	bare       []float64 // the sums of all units without units before
	out        [][]float64
	early      bool // whether a unit depends on layers before the last one
	late       bool // whether its sums are so many that they are added up only when a cell comes to it
}

// lateSums is the length of sums from which on nodes do not have them.
const lateSums = 1 << 13

// makeLayers returns the layers of the units, or nil when they are not in layer
// order or depend on units of their own layer.
func (s *Space) makeLayers() []layer {
	var out []layer
	for k := range s.units {
		if k == 0 || s.p.Units[k].Layer != s.p.Units[k-1].Layer {
			out = append(out, layer{first: k, width: s.dim + 3})
		}
		l := &out[len(out)-1]
		l.end = k + 1
		u := &s.units[k]
		sum := make([]float64, l.width)
		copy(sum, u.coef)
		sum[s.dim], sum[s.dim+1], sum[s.dim+2] = u.bias, u.mag, math.Abs(u.bias)
		l.bare = append(l.bare, sum...)
		for _, j := range u.from {
			if j >= l.first {
				return nil
			}
			l.early = l.early || len(out) > 1 && j < out[len(out)-2].first
		}
	}
	for i := range out[:max(0, len(out)-1)] {
		l, next := &out[i], &out[i+1]
		next.late = len(next.bare) > lateSums
		for k := l.first; k < l.end; k++ {
			l.out = append(l.out, make([]float64, next.end-next.first))
		}
		for k := next.first; k < next.end; k++ {
			u := &s.units[k]
			for e, j := range u.from {
				if j >= l.first {
					l.out[j-l.first][k-next.first] += u.w[e]
				}
			}
		}
	}
	return out
}

// stage has the affine functions that the units of a layer are on a cell of
// the layers before. Nodes share it; it does not change.
type stage struct {
	*layer
	at     int      // number of the layer
	before []*stage // of the layers before, if units depend on them
	comp   []float64
	raw    []float64 // the same before normalisation
	norm   []float64 // as in walk
	value  []float64
	limits []polytope.Tolerances
}

// row is the normalised function of unit k: dim coefficients and a constant.
func (st *stage) row(k int) []float64 {
	n := st.width - 2
	i := k - st.first
	return st.comp[i*n : (i+1)*n : (i+1)*n]
}

// limitsOf says how far values of a normalised row whose rounding error is
// rnd are to be believed: up to a tenth of the margin there is no region, and
// well above it there is one.
func limitsOf(margin, rnd float64) polytope.Tolerances {
	zero := 1e-13 + 4*rnd
	return polytope.Tolerances{Zero: zero, No: math.Max(margin/doubt, zero), Yes: math.Max(100*margin, 1000*zero)}
}

// fill makes st the stage of a layer from the sums of its units (walk.compose
// does the same). It returns how many rows may or may not be zero.
func (st *stage) fill(l *layer, sums []float64, margin float64) (doubtful int64) {
	n, m := l.width-3, l.end-l.first
	st.layer = l
	if len(st.limits) < m || len(st.comp) < m*(n+1) {
		buf := make([]float64, 2*m*(n+1)+2*m)
		st.comp, buf = buf[:m*(n+1)], buf[m*(n+1):]
		st.raw, buf = buf[:m*(n+1)], buf[m*(n+1):]
		st.norm, st.value = buf[:m], buf[m:]
		st.limits = make([]polytope.Tolerances, m)
	}
	for i := range m {
		sum := sums[i*(n+3) : (i+1)*(n+3)]
		a, b := st.comp[i*(n+1):(i+1)*(n+1)], st.raw[i*(n+1):(i+1)*(n+1)]
		mag, mag0 := sum[n+1], sum[n+2]
		norm := 0.0
		for _, v := range sum[:n] {
			norm += v * v
		}
		norm = math.Sqrt(norm)
		v := sum[n]
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
		if norm == 0 {
			clear(b)
			b[n] = v
			continue
		}
		copy(b, sum)
		inv := 1 / norm
		for j, x := range b {
			a[j] = x * inv
		}
		st.limits[i] = limitsOf(margin, roundoff*(mag+mag0)*inv)
	}
	return doubtful
}

// begin returns the sums of the next layer's units over the units of layers
// before the stage.
func (st *stage) begin(s *Space, next *layer, state []decision, to []float64) []float64 {
	to = append(to[:0], next.bare...)
	if !next.early {
		return to
	}
	for k := next.first; k < next.end; k++ {
		u := &s.units[k]
		for e, j := range u.from {
			if j < st.first && state[j].on {
				b := 0
				for j >= st.before[b].end {
					b++
				}
				st.before[b].addTo(to[(k-next.first)*next.width:][:next.width], j, u.w[e])
			}
		}
	}
	return to
}

// addTo adds w times the output of unit j, which is active, to a sum.
func (st *stage) addTo(sum []float64, j int, w float64) {
	n := st.width - 3
	i := j - st.first
	raw := st.raw[i*(n+1) : (i+1)*(n+1)]
	sum = sum[: n+3 : n+3]
	for e, v := range raw {
		sum[e] += w * v
	}
	w = math.Abs(w)
	sum[n+1] += w * st.norm[i]
	sum[n+2] += w * math.Abs(st.value[i])
}

// activate adds the output of unit j to the sums of the next layer.
func (st *stage) activate(sums []float64, j int) {
	n := st.width
	for i, w := range st.out[j-st.first] {
		if w != 0 {
			st.addTo(sums[i*n:(i+1)*n], j, w)
		}
	}
}
