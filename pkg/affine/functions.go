package affine

import (
	"math"

	"relucount/pkg/polytope"
)

// The norm, relative to the terms that cancelled, below which a composed row
// counts as zero; up to zeroDoubt the decision is doubtful.
const (
	zeroNorm  = 1e-12
	zeroDoubt = 1e-11
)

// roundoff bounds the relative error of a composed row's entries, before what
// cancellation adds.
const roundoff = 1e-15

// Functions are the affine functions that the units of a layer are on a cell
// of the layers before, over the coordinates of a frame. The cell's parts
// share them; they do not change.
//
// They are made from sums, one for each unit: the coefficients and the
// constant of its pre-activation, and the magnitudes of what was added up to
// either. A sum starts as what the unit takes from the coordinates directly;
// each unit before adds its own function, times the weight for its state.
type Functions struct {
	Frame  *Frame
	Layer  *Layer
	At     int   // number of the layer
	Zeroes int64 // units that are so near to zero that it is doubtful whether they are

	before []*Functions // of the layers before, if units depend on them
	rows   []float64    // normalised: Dim coefficients and a constant for each unit
	raw    []float64    // the same before
	units  []function
}

// function is what is known of the row of a unit.
type function struct {
	norm     float64 // of the coefficients before; 0 when the unit is constant on the cell
	value    float64 // the constant before
	rounding float64
	tol      polytope.Tolerances
	doubtful bool
}

// Row is the normalised function of unit k: Dim coefficients and a constant. A
// unit that is constant has none.
func (f *Functions) Row(k int) []float64 {
	n := f.Frame.Dim + 1
	i := k - f.Layer.First
	return f.rows[i*n : (i+1)*n : (i+1)*n]
}

// Norm is the factor by which the pre-activation of unit k is larger than
// Row(k); 0 when the unit is constant on the cell.
func (f *Functions) Norm(k int) float64 { return f.units[k-f.Layer.First].norm }

// Value is the constant of unit k's pre-activation, which is all of it where
// Norm is 0.
func (f *Functions) Value(k int) float64 { return f.units[k-f.Layer.First].value }

// Doubtful reports whether it is doubtful that unit k is not constant.
func (f *Functions) Doubtful(k int) bool { return f.units[k-f.Layer.First].doubtful }

// Rounding bounds the rounding error of Row(k).
func (f *Functions) Rounding(k int) float64 { return f.units[k-f.Layer.First].rounding }

// Tolerances say how far values of Row(k) are to be believed.
func (f *Functions) Tolerances(k int) polytope.Tolerances { return f.units[k-f.Layer.First].tol }

// Doubt is the factor around the margin within which no answer is believed
// that rests on less than an evaluation of the rows.
const Doubt = 10

// TolerancesOf says how far values of a normalised row whose rounding error is
// rnd are to be believed: up to a tenth of the margin there is no region, and
// well above it there is one.
func TolerancesOf(margin, rnd float64) polytope.Tolerances {
	zero := 1e-13 + 4*rnd
	return polytope.Tolerances{Zero: zero, No: max(margin/Doubt, zero), Yes: max(100*margin, 1000*zero)}
}

// Rounding is the rounding error of a row that nothing was added up for.
const Rounding = roundoff

// Enter makes to, which may have been used before, the functions of layer at
// from the sums of its units. Before are those of the layer before; nil for
// the first. A region must have a point as far as margin from its hyperplanes.
func (n *Network) Enter(to *Functions, frame *Frame, before *Functions, at int, sums []float64, margin float64) {
	to.Frame, to.Layer, to.At, to.Zeroes, to.before = frame, &n.Layers[at], at, 0, nil
	if n.Early && before != nil {
		to.before = append(append(make([]*Functions, 0, at), before.before...), before)
	}
	d, m, w := frame.Dim, to.Layer.Units(), frame.width()
	if len(to.units) < m || len(to.rows) < m*(d+1) {
		buf := make([]float64, 2*m*(d+1))
		to.rows, to.raw = buf[:m*(d+1)], buf[m*(d+1):]
		to.units = make([]function, m)
	}
	for i := range m {
		sum := sums[i*w : (i+1)*w]
		a, b := to.rows[i*(d+1):(i+1)*(d+1)], to.raw[i*(d+1):(i+1)*(d+1)]
		mag, mag0 := sum[d+1], sum[d+2]
		size := 0.0
		for _, v := range sum[:d] {
			size += v * v
		}
		size = math.Sqrt(size)
		u := &to.units[i]
		*u = function{norm: size, value: sum[d]}
		if size <= zeroDoubt*mag {
			if size > zeroNorm*mag {
				to.Zeroes++
				u.doubtful = true
			} else {
				u.norm = 0
				if math.Abs(u.value) <= zeroNorm*mag0 {
					u.value = 0
				}
			}
		}
		if u.norm == 0 {
			clear(b)
			b[d] = u.value
			continue
		}
		copy(b, sum)
		inv := 1 / size
		for j, x := range b {
			a[j] = x * inv
		}
		u.rounding = roundoff * (mag + mag0) * inv
		u.tol = TolerancesOf(margin, u.rounding)
	}
}

// First returns the sums of the first layer's units.
func (n *Network) First(frame *Frame) []float64 {
	return frame.direct[:n.Layers[0].End*frame.width()]
}

// Begin writes the sums of the units of the layer after f over the coordinates
// and the units of layers before that of f, which have the given states.
func (n *Network) Begin(f *Functions, states []State, to []float64) []float64 {
	next, w := &n.Layers[f.At+1], f.Frame.width()
	to = append(to[:0], f.Frame.direct[next.First*w:next.End*w]...)
	if !next.Early {
		return to
	}
	for k := next.First; k < next.End; k++ {
		u := &n.Units[k]
		for e, j := range u.From {
			if j >= f.Layer.First {
				continue
			}
			if v := u.weight(e, states[j].On); v != 0 {
				b := 0
				for j >= f.before[b].Layer.End {
					b++
				}
				f.before[b].addTo(to[(k-next.First)*w:][:w], j, v)
			}
		}
	}
	return to
}

// Add adds what the units of the next layer take of unit k, which is in the
// given state, to their sums.
func (f *Functions) Add(sums []float64, k int, on bool) {
	state := 0
	if on {
		state = 1
	}
	w := f.Frame.width()
	for i, v := range f.Layer.out[state][k-f.Layer.First] {
		if v != 0 {
			f.addTo(sums[i*w:(i+1)*w], k, v)
		}
	}
}

// addTo adds v times the pre-activation of unit k to a sum.
func (f *Functions) addTo(sum []float64, k int, v float64) {
	d := f.Frame.Dim
	i := k - f.Layer.First
	raw := f.raw[i*(d+1) : (i+1)*(d+1)]
	sum = sum[: d+3 : d+3]
	for e, x := range raw {
		sum[e] += v * x
	}
	v = math.Abs(v)
	sum[d+1] += v * f.units[i].norm
	sum[d+2] += v * math.Abs(f.units[i].value)
}

// Sums returns the sums of the units of the layer after f, of which all units
// have the given states.
func (n *Network) Sums(f *Functions, states []State, to []float64) []float64 {
	to = n.Begin(f, states, to)
	for k := f.Layer.First; k < f.Layer.End; k++ {
		f.Add(to, k, states[k].On)
	}
	return to
}
