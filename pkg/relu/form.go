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
		s.w[j] += v
		s.size[j] += math.Abs(v)
	}
	s.AddConstant(w * f.B)
}

// AddConstant adds a constant.
func (s *Sum) AddConstant(v float64) {
	s.b += v
	s.sizeB += math.Abs(v)
}

// Terms is the number of sources that the sum has so far.
func (s *Sum) Terms() int { return len(s.src) }

// Take returns the sum, without the terms that came out as 0, and empties it.
func (s *Sum) Take() Form {
	if s.mixed {
		slices.Sort(s.src)
	}
	f := Form{B: s.b}
	if math.Abs(s.b) <= cancels*s.sizeB {
		f.B = 0
	}
	if len(s.src) > 0 {
		f.Src, f.W = make([]int, 0, len(s.src)), make([]float64, 0, len(s.src))
	}
	for _, j := range s.src {
		if !(math.Abs(s.w[j]) <= cancels*s.size[j]) { // so that a NaN stays
			f.Src, f.W = append(f.Src, j), append(f.W, s.w[j])
		}
		s.w[j], s.size[j], s.seen[j] = 0, 0, false
	}
	s.src, s.last, s.mixed, s.b, s.sizeB = s.src[:0], -1, false, 0, 0
	return f
}
