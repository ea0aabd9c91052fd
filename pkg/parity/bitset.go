package parity

import "math/bits"

// bitset is a set of small numbers, such as units.
type bitset []uint64

// newBitset returns an empty set of numbers below n.
func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

func (b bitset) has(i int) bool { return b[i/64]>>(i%64)&1 == 1 }

func (b bitset) flip(i int) { b[i/64] ^= 1 << (i % 64) }

// add makes b the elements that are in just one of b and c.
func (b bitset) add(c bitset) {
	for w := range b {
		b[w] ^= c[w]
	}
}

// below is the largest element below n, or -1.
func (b bitset) below(n int) int {
	for w := len(b) - 1; w >= 0; w-- {
		x := b[w]
		if 64*(w+1) > n { // the word has numbers from n on
			x &= 1<<max(0, n-64*w) - 1
		}
		if x != 0 {
			return 64*w + bits.Len64(x) - 1
		}
	}
	return -1
}

// len is the number of elements beside n.
func (b bitset) len(n int) int {
	size := 0
	for _, x := range b {
		size += bits.OnesCount64(x)
	}
	if b.has(n) {
		size--
	}
	return size
}

// parityOf is the parity of the number of elements that b and c share.
func (b bitset) parityOf(c bitset) bool {
	var x uint64
	for w := range b {
		x ^= b[w] & c[w]
	}
	return bits.OnesCount64(x)&1 == 1
}
