package affine

import (
	"math"
	"sync"
	"sync/atomic"

	"relucount/pkg/dense"
)

// ulp bounds the relative error of an operation on doubles, with room for what
// is left out where errors are added up. Fused operations err less.
const ulp = 1.01 / (1 << 53)

// Functions are the affine functions that the units of a layer are on a cell
// of the layers before, over the coordinates of a frame. The cell's parts
// share them; they do not change.
//
// They are made from sums, one for each unit: the coefficients and the
// constant of its pre-activation, and what bounds the error of these: see
// Frame.width. A sum starts as what the unit takes from the coordinates
// directly; each unit before adds its own function, times the weight for its
// state. What cannot be told from a constant is computed exactly and rounded.
//
// Most functions have a large constant and cut no cell, so each is normalised, and
// computed exactly where its error is not small, when it is asked for: see Ready.
type Functions struct {
	Frame *Frame
	Layer *Layer
	At    int // number of the layer

	net    *Network
	before *Functions // of the layer before
	near   []int      // units that may be 0 somewhere on the cell for which it was made
	made   int        // how often it has been made
	users  atomic.Int32
	given  []bool    // states of the units of the layer before
	rows   []float64 // normalised: Dim coefficients and a constant for each unit
	raw    []float64 // the same before, as sums: see Frame.width; their heads are as dense.Heads makes them
	screen []float64 // work space of Screen
	units  []function

	mu    sync.Mutex
	exact []atomic.Pointer[Exact] // as far as they have been asked for
	asked bool                    // whether any has been
}

// Near notes that unit k may be 0 somewhere on the cell. Who makes the functions says so
// of all units that may, in order.
func (f *Functions) Near(k int) { f.near = append(f.near, k) }

// function is what is known of the row of a unit.
type function struct {
	norm  float64 // of the coefficients before; 0 when the unit is constant on the cell
	value float64 // the constant before
	err   float64 // of the normalised row, and of evaluating it
	on    bool    // whether the constant is positive
	ready bool    // whether there is a normalised row, or the unit is constant
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

// On tells of a unit that is constant on the cell whether it is active.
func (f *Functions) On(k int) bool { return f.units[k-f.Layer.First].on }

// Err bounds how far a value of Row(k), computed at a point of the box, is from
// the pre-activation divided by Norm(k), exactly taken.
func (f *Functions) Err(k int) float64 { return f.units[k-f.Layer.First].err }

// worst is the error of a normalised row above which it is computed exactly.
const worst = 1e-9

// least and most are the norms between which products of rows and weights are
// safe from the ends of the range of doubles.
const (
	leastNorm = 1e-140
	mostNorm  = 1e140
	// leastWeight is the least magnitude of a weight with which that is so, and unknown
	// an error that says nothing. It is finite, so that 0 times it is 0, and so large
	// that no weight makes it one that is known.
	leastWeight = 1e-40
	known       = 1e250
	unknown     = 1e300
)

// Enter makes to, which may have been used before, the functions of layer at
// from the sums of its units. Before are those of the layer before; nil for
// the first; states those of the units of all layers before. No function is ready
// but those that are constant.
func (n *Network) Enter(to *Functions, frame *Frame, before *Functions, at int, sums []float64, states []State) {
	to.Frame, to.Layer, to.At, to.net, to.before = frame, &n.Layers[at], at, n, before
	to.near = to.near[:0]
	to.made++
	to.users.Store(1)
	to.given = to.given[:0]
	if before != nil {
		for _, s := range states[before.Layer.First:to.Layer.First] {
			to.given = append(to.given, s.On)
		}
	}
	if to.asked {
		to.asked = false
		for i := range to.exact {
			to.exact[i].Store(nil)
		}
	}
	d, m, w := frame.Dim, to.Layer.Units(), frame.width()
	if len(to.units) < m || len(to.rows) < m*(d+1) || len(to.raw) < m*w {
		to.rows, to.raw = make([]float64, m*(d+1)), make([]float64, m*w)
		to.units = make([]function, m)
	}
	copy(to.raw, sums[:m*w])
	clear(to.units[:m])
	// each of the terms was added once, and rounded once
	steps := float64(to.Layer.terms+2) * ulp
	limits := dense.Limits{Size: 2 * leastNorm * float64(max(d, 1)), All: mostNorm, Err: known}
	if dense.Heads(to.raw[:m*w], m, d, steps, limits) && !to.Layer.lossy {
		return
	}
	for i := range m {
		raw := to.raw[i*w : (i+1)*w]
		if to.Layer.lossy {
			raw[errAt] = unknown
		}
		value, err := raw[coefAt+d], raw[errAt]
		switch {
		case limits.Hold(raw):
		case sums[i*w+sizeAt] == 0 && err < known && math.Abs(value) <= mostNorm && !(math.Abs(value) <= err && err > 0):
			// nothing but zeros, and no constant that may be what has not cancelled
			to.units[i] = function{value: value, on: value > 0, ready: true}
		default:
			to.refine(i)
		}
	}
}

// row has the coefficients and the constant of the i-th unit before they are
// normalised.
func (f *Functions) row(i int) []float64 {
	d, w := f.Frame.Dim, f.Frame.width()
	return f.raw[i*w+coefAt : i*w+coefAt+d+1 : (i+1)*w]
}

// Ready makes the function of unit k of the layer ready, so that Row, Norm and Err
// may be asked for. It is for who made the functions, before others have them.
func (f *Functions) Ready(k int) {
	i := k - f.Layer.First
	u := &f.units[i]
	if u.ready {
		return
	}
	d := f.Frame.Dim
	a, b := f.rows[i*(d+1):(i+1)*(d+1)], f.row(i)
	size := 0.0
	for _, v := range b[:d] {
		size += v * v
	}
	size = math.Sqrt(size)
	head := f.sum(k)[:dense.Head]
	if head[errAt] > worst*size {
		f.refine(i)
		return
	}
	u.norm, u.value, u.ready = size, b[d], true
	inv := 1 / size
	for j, x := range b {
		a[j] = x * inv
	}
	// four roundings, of the root, the inverse and the product, and those
	// of an evaluation
	u.err = head[errAt]*inv*(1+4*ulp) + float64(d+8)*ulp*head[allAt]*inv
}

// AllReady makes all functions of the layer ready.
func (f *Functions) AllReady() {
	for k := f.Layer.First; k < f.Layer.End; k++ {
		f.Ready(k)
	}
}

// Screen finds units of the layer whose hyperplanes certainly pass a box by, given by its
// middle and half widths, of which the coordinates are off by no more than off. It returns
// a number for each unit, which is above 0 for such a unit that is active there, below 0
// for one that is not, and 0 for others; valid until the next call.
func (f *Functions) Screen(mid, half []float64, off float64) []float64 {
	d, m, w := f.Frame.Dim, f.Layer.Units(), f.Frame.width()
	if n := 2*w + m; cap(f.screen) < n {
		f.screen = make([]float64, n)
	}
	box, out := f.screen[:2*w-dense.Head], f.screen[2*w:2*w+m]
	clear(box)
	// and what the sums here are off by
	box[sizeAt], box[allAt], box[errAt] = off, float64(d+16)*ulp, 2
	for j := range d + 1 {
		x, h := 1.0, 0.0
		if j < d {
			x, h = mid[j], half[j]
		}
		at := dense.Head + j/dense.Head*2*dense.Head + j%dense.Head
		box[at], box[at+dense.Head] = x, h
	}
	dense.Screen(f.raw[:m*w], box, out)
	return out
}

// refine makes the function of the i-th unit of the layer from the exact one.
func (f *Functions) refine(i int) {
	d := f.Frame.Dim
	a, b := f.rows[i*(d+1):(i+1)*(d+1)], f.row(i)
	raw := f.sum(f.Layer.First + i)
	x := f.Exactly(f.Layer.First + i).Vec
	u := &f.units[i]
	if x.Constant() {
		v := f.net.trueValue(x)
		clear(raw)
		b[d] = v
		*u = function{value: v, on: x.ConstantSign() > 0, ready: true}
		raw[allAt], raw[errAt] = math.Abs(v), 2*ulp*math.Abs(v)+math.SmallestNonzeroFloat64
		forget(raw, false)
		return
	}
	norm, total := f.Frame.round(x, a)
	*u = function{norm: norm * f.net.trueScale(), ready: true}
	u.err = float64(d+8) * ulp * (total + math.Abs(a[d]))
	fits := leastNorm <= u.norm && u.norm <= mostNorm
	if u.norm == 0 { // below the least double
		u.norm = math.SmallestNonzeroFloat64
	}
	u.norm = math.Min(u.norm, math.MaxFloat64)
	size := 0.0
	for j, v := range a {
		b[j] = v * u.norm
		if j < d {
			size += math.Abs(b[j])
		}
	}
	u.value = b[d]
	all := size + math.Abs(u.value)
	raw[sizeAt], raw[allAt], raw[errAt] = size, all, 8*ulp*all
	forget(raw, !fits)
}

// forget makes a sum one of which nothing is known, if it is to, or where doubles can no
// longer hold it: what is made of it is computed exactly, too.
func forget(sum []float64, anyway bool) {
	if anyway || !(sum[errAt] < known) {
		clear(sum)
		sum[errAt] = unknown
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
				dense.AddRows(to[(k-next.First)*w:], []float64{v}, f.of(j).sum(j))
			}
		}
	}
	return to
}

// Share notes one more user of the functions.
func (f *Functions) Share() { f.users.Add(1) }

// Leave notes one user less, and gives what nobody uses any more to free: these,
// and those of layers before.
func (f *Functions) Leave(free func(*Functions)) {
	for f != nil && f.users.Add(-1) == 0 {
		before := f.before
		free(f)
		f = before
	}
}

// of has the functions of unit k's layer, which is this one or one before.
func (f *Functions) of(k int) *Functions {
	for k < f.Layer.First {
		f = f.before
	}
	return f
}

// Add adds what the units of the next layer take of unit k, which is in the
// given state, to their sums.
func (f *Functions) Add(sums []float64, k int, on bool) {
	out := f.Layer.out[0]
	if on {
		out = f.Layer.out[1]
	}
	if weights := out[k-f.Layer.First]; weights != nil {
		dense.AddRows(sums, weights, f.sum(k))
	}
}

// sum is the function of unit k of the layer as a sum, of which a multiple goes into
// those of later layers.
func (f *Functions) sum(k int) []float64 {
	w := f.Frame.width()
	i := k - f.Layer.First
	return f.raw[i*w : (i+1)*w]
}

// state is that of a unit of a layer before.
func (f *Functions) state(k int) bool {
	for k < f.before.Layer.First {
		f = f.before
	}
	return f.given[k-f.before.Layer.First]
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
