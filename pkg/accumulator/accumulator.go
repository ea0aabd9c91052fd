// Package accumulator adds up products of doubles exactly.
//
// A Sum is one long fixed-point number that has room for every product of two
// doubles (Kulisch, "Computer Arithmetic and Validity", 2008). Adding to it loses
// nothing, so only what is read from it is rounded, and that in the direction that
// is asked for. A bound that is computed by a Sum needs no analysis of errors.
package accumulator

import (
	"math"
	"math/bits"
)

const (
	// a product of two doubles is a multiple of 2^-2148; two limbs more are below it
	point = 2148 + 2*width
	width = 32 // bits of a limb
	limbs = 138
	mask  = 1<<width - 1
	often = 1 << 29 // products until carries must move: each adds less than 2^32 to a limb
)

// Sum is an exact sum. Its zero value is 0.
//
// Limb i counts multiples of 2^(32 i - point). Limbs have signs, and more bits than
// their width, so that carries can wait.
type Sum struct {
	limb        [limbs]int64
	first, last int // limbs that may not be 0: from first up to last-1
	waits       int
	broken      bool // an infinite number, or none, was added
}

// Reset makes the sum 0.
func (s *Sum) Reset() {
	clear(s.limb[s.first:s.last])
	s.first, s.last, s.waits, s.broken = 0, 0, 0, false
}

// Add adds a.
func (s *Sum) Add(a float64) { s.AddProduct(a, 1) }

// split returns a as m 2^e. It fails for what is not finite.
func split(a float64) (m uint64, e int, ok bool) {
	b := math.Float64bits(a)
	m, e = b&(1<<52-1), int(b>>52&0x7ff)
	switch e {
	case 0x7ff:
		return 0, 0, false
	case 0:
		return m, -1074, true
	}
	return m | 1<<52, e - 1075, true
}

// AddProduct adds a times b.
func (s *Sum) AddProduct(a, b float64) {
	m, e, ok := split(a)
	n, f, fine := split(b)
	if !ok || !fine {
		s.broken = true
		return
	}
	hi, lo := bits.Mul64(m, n)
	if hi == 0 && lo == 0 {
		return
	}
	at := e + f + point
	i, shift := at/width, at%width
	s.touch(i, i+5)
	w := [3]uint64{lo << shift, hi<<shift | lo>>(64-shift), hi >> (64 - shift)}
	limb := s.limb[i : i+5 : i+5]
	if math.Signbit(a) == math.Signbit(b) {
		limb[0] += int64(w[0] & mask)
		limb[1] += int64(w[0] >> width)
		limb[2] += int64(w[1] & mask)
		limb[3] += int64(w[1] >> width)
		limb[4] += int64(w[2])
	} else {
		limb[0] -= int64(w[0] & mask)
		limb[1] -= int64(w[0] >> width)
		limb[2] -= int64(w[1] & mask)
		limb[3] -= int64(w[1] >> width)
		limb[4] -= int64(w[2])
	}
	if s.waits++; s.waits == often {
		s.carry()
	}
}

func (s *Sum) touch(first, last int) {
	if s.first == s.last {
		s.first, s.last = first, last
		return
	}
	s.first, s.last = min(s.first, first), max(s.last, last)
}

// carry moves carries up, so that all limbs but the last are from 0 to mask, and the
// last one, which has the sign of the sum, is within its width.
func (s *Sum) carry() {
	s.waits = 0
	if s.first == s.last {
		return
	}
	for i := s.first; ; i++ {
		v := s.limb[i]
		if i == s.last-1 {
			if -mask <= v && v <= mask {
				return
			}
			s.last++
		}
		s.limb[i] = v & mask
		s.limb[i+1] += v >> width
	}
}

// Sign is -1, 0 or 1, as the sum is; 0 for a sum that is no number.
func (s *Sum) Sign() int {
	s.carry()
	for i := s.last - 1; i >= s.first; i-- {
		switch v := s.limb[i]; {
		case s.broken:
			return 0
		case v < 0:
			return -1
		case v > 0:
			return 1
		}
	}
	return 0
}

// Bounds returns the doubles next to the sum: the largest that is not above it, and
// the smallest that is not below, which is infinite for a sum beyond all doubles.
// They are the same when the sum is a double, 0 is never -0, and both are NaN when
// something infinite was added.
func (s *Sum) Bounds() (down, up float64) {
	if s.broken {
		return math.NaN(), math.NaN()
	}
	switch s.Sign() {
	case 0:
		return 0, 0
	case -1:
		t := *s
		for i := t.first; i < t.last; i++ {
			t.limb[i] = -t.limb[i]
		}
		t.carry()
		down, up = t.positive()
		return 0 - up, 0 - down
	}
	return s.positive()
}

// positive is Bounds of a sum above 0 whose carries have moved.
func (s *Sum) positive() (down, up float64) {
	top := s.last - 1
	for s.limb[top] == 0 {
		top--
	}
	// the leading 64 bits, in u, and whether anything follows
	third := uint64(s.limb[top-2])
	u := uint64(s.limb[top])<<width | uint64(s.limb[top-1])
	shift := bits.LeadingZeros64(u)
	u = u<<shift | third>>(width-shift)
	rest := third<<(64-width+shift) != 0
	for i := s.first; i < top-2 && !rest; i++ {
		rest = s.limb[i] != 0
	}
	e := width*(top-1) - point - shift
	drop := max(11, -1074-e) // to 53 bits, to fewer of a number below all normal ones
	if drop >= 64 {
		return 0, math.SmallestNonzeroFloat64
	}
	m := u >> drop
	rest = rest || u<<(64-drop) != 0
	e += drop
	if e+53 > 1024 {
		return math.MaxFloat64, math.Inf(1)
	}
	down = math.Ldexp(float64(m), e)
	if !rest {
		return down, down
	}
	return down, math.Ldexp(float64(m+1), e)
}

// Down is the largest double that is not above the sum.
func (s *Sum) Down() float64 { down, _ := s.Bounds(); return down }

// Up is the smallest double that is not below the sum.
func (s *Sum) Up() float64 { _, up := s.Bounds(); return up }

// Nearest is the double nearest to the sum; of two that are as near, the lower one.
func (s *Sum) Nearest() float64 {
	down, up := s.Bounds()
	if down == up || math.IsInf(down, 0) || math.IsInf(up, 0) || s.broken {
		return down
	}
	// twice the sum against the sum of its neighbours
	t := *s
	for i := t.first; i < t.last; i++ {
		t.limb[i] *= 2
	}
	t.Add(-down)
	t.Add(-up)
	if t.Sign() > 0 {
		return up
	}
	return down
}
