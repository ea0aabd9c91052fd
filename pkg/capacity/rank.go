package capacity

import (
	"math"
	"math/big"
	mathbits "math/bits"
)

// rank returns an upper bound on the rank of a matrix, which must not be taken
// for smaller than it is because of rounding. Modulo a prime the rank is never
// above the true one, and all but always equal to it. So when it is full
// nothing is to be gained, and otherwise elimination without rounding follows
// if the matrix is small enough, and the trivial bound if not.
func rank(rows [][]float64) int {
	rows = withoutZeros(rows)
	if len(rows) == 0 {
		return 0
	}
	full := min(len(rows), len(rows[0]))
	if rankMod(rows, full) == full || len(rows)*len(rows[0])*full > maxExact {
		return full
	}
	return rankExact(rows)
}

// maxExact limits the products of elimination without rounding.
const maxExact = 1 << 18

// withoutZeros drops the rows and columns of zeros.
func withoutZeros(rows [][]float64) (out [][]float64) {
	var cols []int
	if len(rows) > 0 {
		for j := range rows[0] {
			for _, r := range rows {
				if r[j] != 0 {
					cols = append(cols, j)
					break
				}
			}
		}
	}
	for _, r := range rows {
		kept, any := make([]float64, len(cols)), false
		for k, j := range cols {
			kept[k] = r[j]
			any = any || r[j] != 0
		}
		if any {
			out = append(out, kept)
		}
	}
	return out
}

// prime is 2^61 - 1: 2 has the inverse 2^60.
const prime = 1<<61 - 1

func mulMod(a, b uint64) uint64 {
	hi, lo := mathbits.Mul64(a, b)
	return reduce(lo&prime + (lo>>61 | hi<<3))
}

func reduce(v uint64) uint64 {
	if v >= prime {
		return v - prime
	}
	return v
}

// residue is a number with 53 bits times a power of 2, modulo the prime.
func residue(v float64) uint64 {
	frac, exp := math.Frexp(math.Abs(v))
	m := reduce(uint64(math.Ldexp(frac, 53)))
	// 2^61 = 1
	m = mulMod(m, 1<<uint(((exp-53)%61+61)%61))
	if v < 0 && m != 0 {
		m = prime - m
	}
	return m
}

func inverseMod(a uint64) uint64 {
	out := uint64(1)
	for e := uint64(prime - 2); e > 0; e >>= 1 {
		if e&1 == 1 {
			out = mulMod(out, a)
		}
		a = mulMod(a, a)
	}
	return out
}

// rankMod is the rank modulo the prime.
func rankMod(rows [][]float64, full int) int {
	m := make([][]uint64, len(rows))
	for i, r := range rows {
		m[i] = make([]uint64, len(r))
		for j, v := range r {
			m[i][j] = residue(v)
		}
	}
	rank := 0
	for j := 0; j < len(m[0]) && rank < full; j++ {
		p := rank
		for p < len(m) && m[p][j] == 0 {
			p++
		}
		if p == len(m) {
			continue
		}
		m[rank], m[p] = m[p], m[rank]
		inv := inverseMod(m[rank][j])
		for _, r := range m[rank+1:] {
			if r[j] == 0 {
				continue
			}
			f := prime - mulMod(r[j], inv)
			for k := j; k < len(r); k++ {
				r[k] = reduce(r[k] + mulMod(f, m[rank][k]))
			}
		}
		rank++
	}
	return rank
}

// rankExact eliminates in rational numbers.
func rankExact(rows [][]float64) int {
	m := make([][]*big.Rat, len(rows))
	for i, r := range rows {
		for _, v := range r {
			m[i] = append(m[i], new(big.Rat).SetFloat64(v))
		}
	}
	rank := 0
	var f, t big.Rat
	for j := 0; j < len(m[0]) && rank < len(m); j++ {
		p := rank
		for p < len(m) && m[p][j].Sign() == 0 {
			p++
		}
		if p == len(m) {
			continue
		}
		m[rank], m[p] = m[p], m[rank]
		for _, r := range m[rank+1:] {
			if r[j].Sign() == 0 {
				continue
			}
			f.Quo(r[j], m[rank][j])
			for k := j; k < len(r); k++ {
				r[k].Sub(r[k], t.Mul(&f, m[rank][k]))
			}
		}
		rank++
	}
	return rank
}
