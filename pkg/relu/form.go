package relu

import "slices"

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
type Sum struct {
	w     []float64
	seen  []bool
	src   []int
	last  int // the sources so far rise up to this one; -1: none yet
	mixed bool
	b     float64
}

// NewSum returns an empty sum of forms of so many sources, or of more.
func NewSum(sources int) *Sum {
	return &Sum{w: make([]float64, sources), seen: make([]bool, sources), last: -1}
}

// Add adds w times a form.
func (s *Sum) Add(w float64, f *Form) {
	if w == 0 {
		return
	}
	if k := len(f.Src); k > 0 && f.Src[k-1] >= len(s.w) { // sources that came later
		more := max(f.Src[k-1]+1, 2*len(s.w)) - len(s.w)
		s.w, s.seen = append(s.w, make([]float64, more)...), append(s.seen, make([]bool, more)...)
	}
	for k, j := range f.Src {
		if !s.seen[j] {
			s.seen[j] = true
			s.src = append(s.src, j)
			s.mixed = s.mixed || j < s.last
			s.last = j
		}
		s.w[j] += w * f.W[k]
	}
	s.b += w * f.B
}

// AddConstant adds a constant.
func (s *Sum) AddConstant(v float64) { s.b += v }

// Terms is the number of sources that the sum has so far.
func (s *Sum) Terms() int { return len(s.src) }

// Take returns the sum, without the terms that came out as 0, and empties it.
func (s *Sum) Take() Form {
	if s.mixed {
		slices.Sort(s.src)
	}
	f := Form{B: s.b}
	if len(s.src) > 0 {
		f.Src, f.W = make([]int, 0, len(s.src)), make([]float64, 0, len(s.src))
	}
	for _, j := range s.src {
		if s.w[j] != 0 {
			f.Src, f.W = append(f.Src, j), append(f.W, s.w[j])
		}
		s.w[j], s.seen[j] = 0, false
	}
	s.src, s.last, s.mixed, s.b = s.src[:0], -1, false, 0
	return f
}
