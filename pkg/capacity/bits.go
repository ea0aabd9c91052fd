package capacity

import mathbits "math/bits"

// bits is a set of small natural numbers. Sets that meet have equal length.
type bits []uint64

// newBits returns the empty set, with room for 0..n-1.
func newBits(n int) bits { return make(bits, (n+63)/64) }

func (b bits) set(e int) { b[e/64] |= 1 << (e % 64) }

func (b bits) add(o bits) {
	for i, w := range o {
		b[i] |= w
	}
}

func (b bits) count() int {
	n := 0
	for _, w := range b {
		n += mathbits.OnesCount64(w)
	}
	return n
}

// countWithout returns the number of elements of b that are not in o.
func (b bits) countWithout(o bits) int {
	n := 0
	for i, w := range b {
		n += mathbits.OnesCount64(w &^ o[i])
	}
	return n
}

func (b bits) elements() []int {
	var out []int
	for i, w := range b {
		for ; w != 0; w &= w - 1 {
			out = append(out, 64*i+mathbits.TrailingZeros64(w))
		}
	}
	return out
}
