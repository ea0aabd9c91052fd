package relu

import (
	"math"
	"slices"
)

// Form is an affine function of a network's sources, B + sum_k W[k] times
// source Src[k], where Src rises. What is not in Src has the weight 0, so that
// the form of a convolution is as short as its kernel.
type Form struct {
	Src []int
	W   []float64
	B   float64
}

// Source returns the form that is one source.
func Source(s int) Form { return Form{Src: []int{s}, W: []float64{1}} }

// Of returns the value of the form at values of the sources.
func (f *Form) Of(values []float64) float64 {
	v := f.B
	for k, s := range f.Src {
		v += f.W[k] * values[s]
	}
	return v
}

// Size is the sum of the sizes of the weights and the constant.
func (f *Form) Size() float64 {
	v := math.Abs(f.B)
	for _, w := range f.W {
		v += math.Abs(w)
	}
	return v
}

// Is reports whether the form is the source s and nothing else.
func (f *Form) Is(s int) bool {
	return len(f.Src) == 1 && f.Src[0] == s && f.W[0] == 1 && f.B == 0
}

// Sum adds up forms. It is used again for one sum after the other, so that a
// sum costs no more than the terms that it has.
//
// Weights that cancel but for rounding are 0: else a pre-activation that vanishes
// on a whole cell would not, and its unit would cut the cell.
type Sum struct {
	w     []float64
	size  []float64 // of the terms that add up in w
	seen  []bool
	src   []int
	last  int // the sources so far rise up to this one; -1: none yet
	mixed bool
	b     float64
	sizeB float64
	off   float64 // how far the weights and the constant are from the exact ones, in all
}

// cancels is the part of its terms' sizes up to which a sum of a few of them is
// rounding.
const cancels = 0x1p-50

// NewSum returns an empty sum of forms of so many sources, or of more.
func NewSum(sources int) *Sum {
	return &Sum{w: make([]float64, sources), size: make([]float64, sources), seen: make([]bool, sources), last: -1}
}

// Add adds w times a form.
func (s *Sum) Add(w float64, f *Form) {
	if w == 0 {
		return
	}
	if k := len(f.Src); k > 0 && f.Src[k-1] >= len(s.w) { // sources that came later
		more := max(f.Src[k-1]+1, 2*len(s.w)) - len(s.w)
		s.w, s.size = append(s.w, make([]float64, more)...), append(s.size, make([]float64, more)...)
		s.seen = append(s.seen, make([]bool, more)...)
	}
	for k, j := range f.Src {
		if !s.seen[j] {
			s.seen[j] = true
			s.src = append(s.src, j)
			s.mixed = s.mixed || j < s.last
			s.last = j
		}
		v := w * f.W[k]
		s.off += Off(w, f.W[k], v) + plus(&s.w[j], v)
		s.size[j] += math.Abs(v)
	}
	v := w * f.B
	s.off += Off(w, f.B, v)
	s.AddConstant(v)
}

// plus adds v to a number and returns by how much the sum was rounded, by Knuth's
// two-sum, which is exact.
func plus(to *float64, v float64) (off float64) {
	a := *to
	sum := a + v
	part := sum - a
	*to = sum
	return math.Abs((a - (sum - part)) + (v - part))
}

// Off is how far v is from a times b, which it is but for rounding. It is exact
// unless it underflows.
func Off(a, b, v float64) float64 { return math.Abs(math.FMA(a, b, -v)) }

// AddConstant adds a constant.
func (s *Sum) AddConstant(v float64) {
	s.off += plus(&s.b, v)
	s.sizeB += math.Abs(v)
}

// Terms is the number of sources that the sum has so far.
func (s *Sum) Terms() int { return len(s.src) }

// Take returns the sum, without the terms that came out as 0, and empties it. Off
// bounds the sum of the distances of its weights and its constant from the exact
// ones.
func (s *Sum) Take() (f Form, off float64) {
	if s.mixed {
		slices.Sort(s.src)
	}
	f.B = s.b
	if math.Abs(s.b) <= cancels*s.sizeB {
		s.off += math.Abs(s.b)
		f.B = 0
	}
	if len(s.src) > 0 {
		f.Src, f.W = make([]int, 0, len(s.src)), make([]float64, 0, len(s.src))
	}
	for _, j := range s.src {
		if !(math.Abs(s.w[j]) <= cancels*s.size[j]) { // so that a NaN stays
			f.Src, f.W = append(f.Src, j), append(f.W, s.w[j])
		} else {
			s.off += math.Abs(s.w[j])
		}
		s.w[j], s.size[j], s.seen[j] = 0, 0, false
	}
	off = s.off
	s.src, s.last, s.mixed, s.b, s.sizeB, s.off = s.src[:0], -1, false, 0, 0, 0
	return f, off
}
