package milp

import (
	"math"

	"relucount/pkg/relu"
)

// ulp bounds the relative error of an operation on doubles, with room for what is
// left out where errors are added up.
const ulp = 1.01 / (1 << 53)

// Backward bounds pre-activations by linear relaxations, from the unit back to the
// inputs: each unit on the way is replaced by a line above what its terms may add up
// to, between the bounds of its pre-activation (Zhang et al., "Efficient neural
// network robustness certification with general activation functions", 2018; Singh
// et al., "An abstract domain for certifying neural networks", 2019). It is for one
// goroutine.
//
// A unit enters in two ways: with one slope where it is active, and another one where
// it is inactive, which are sums over the units that take it. The sums are rounded.
// What that may make of a bound is added to it: an upper bound of each slope's error,
// times the largest value that the pre-activation can have on that side.
type Backward struct {
	f     *Forms
	terms []terms // of each source

	total, size float64 // of what has been added up to the bound
	count       int
}

// terms is what a source has been taken with so far.
type terms struct {
	active, inactive         float64 // slopes
	sizeActive, sizeInactive float64 // sums of magnitudes
	count                    int
}

// NewBackward is for the pre-activations of a layer.
func NewBackward(f *Forms) *Backward { return &Backward{f: f, terms: make([]terms, len(f.sources))} }

// Bounds returns bounds of the pre-activation of unit i, for the program's numbers as
// they are. They are infinite or NaN where numbers overflow.
func (b *Backward) Bounds(i int) (lower, upper float64) { return -b.most(i, -1), b.most(i, 1) }

// most bounds sign times the pre-activation of unit i from above.
func (b *Backward) most(i int, sign float64) float64 {
	clear(b.terms)
	b.total, b.size, b.count = 0, 0, 0
	b.take(&b.f.Layer.Forms[i], sign)
	for j := len(b.terms) - 1; j >= 0; j-- {
		t := &b.terms[j]
		if t.sizeActive == 0 && t.sizeInactive == 0 {
			continue
		}
		from := &b.f.sources[j]
		lo, hi := from.lo, from.hi
		if from.form == nil {
			b.add(max(t.active*lo, t.active*hi))
			b.add(t.off(t.sizeActive) * max(math.Abs(lo), math.Abs(hi)))
			continue
		}
		b.add(t.off(t.sizeActive) * max(hi, 0))
		b.add(t.off(t.sizeInactive) * max(-lo, 0))
		slope, shift := above(t.active, t.inactive, lo, hi)
		b.add(shift)
		if slope != 0 {
			b.take(from.form, slope)
		}
	}
	return b.total + float64(b.count+4)*ulp*b.size
}

// off bounds the error of a sum of rounded products, by the sum of their magnitudes.
func (t *terms) off(size float64) float64 {
	return float64(t.count+4)*ulp*size + float64(t.count)*2*math.SmallestNonzeroFloat64
}

// add adds to the bound.
func (b *Backward) add(v float64) {
	b.total += v
	b.size += math.Abs(v)
	b.count++
}

// take adds c times an affine function of the sources.
func (b *Backward) take(f *relu.Form, c float64) {
	b.add(c * f.B)
	for k, j := range f.Src {
		inactive, active := b.f.sources[j].entries(f.W[k])
		t := &b.terms[j]
		t.count++
		active *= c
		t.active += active
		t.sizeActive += math.Abs(active)
		if inactive != 0 {
			inactive *= c
			t.inactive += inactive
			t.sizeInactive += math.Abs(inactive)
		}
	}
}

// above returns a line that is nowhere below active x for x >= 0, inactive x else,
// between lo and hi.
func above(active, inactive, lo, hi float64) (slope, shift float64) {
	switch {
	case hi <= 0:
		return inactive, 0
	case lo >= 0:
		return active, 0
	case active < inactive: // concave: any slope in between
		if hi > -lo {
			return active, 0
		}
		return inactive, 0
	}
	top, bottom := active*hi, inactive*lo
	slope = (top - bottom) / (hi - lo)
	shift = max(0, top-slope*hi, bottom-slope*lo)
	return slope, shift + 4*ulp*(math.Abs(top)+math.Abs(bottom)+math.Abs(slope)*(hi-lo))
}
