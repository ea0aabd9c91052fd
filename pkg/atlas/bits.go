package atlas

import "math/bits"

// Bits is a pattern, a bit a unit, eight to a byte.
type Bits string

func pack(pattern []string) Bits {
	n := 0
	for _, p := range pattern {
		n += len(p)
	}
	out := make([]byte, (n+7)/8)
	k := 0
	for _, p := range pattern {
		for i := range len(p) {
			out[k/8] |= (p[i] - '0') << (k % 8)
			k++
		}
	}
	return Bits(out)
}

// Unpack writes the pattern as records have it.
func (b Bits) Unpack(layers []int) []string {
	out := make([]string, len(layers))
	k := 0
	for i, n := range layers {
		text := make([]byte, n)
		for j := range text {
			text[j] = '0' + b[k/8]>>(k%8)&1
			k++
		}
		out[i] = string(text)
	}
	return out
}

// differ returns the first layer, from 1, in which two patterns differ, or 0.
func (b Bits) differ(c Bits, layers []int) int {
	for i := range len(b) {
		x := b[i] ^ c[i]
		if x == 0 {
			continue
		}
		unit := 8*i + bits.TrailingZeros8(x)
		for l, n := range layers {
			if unit < n {
				return l + 1
			}
			unit -= n
		}
	}
	return 0
}

// hash is the same in every run.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h ^ h>>29
}
