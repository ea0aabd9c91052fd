package exact

import (
	"math/big"
	"math/bits"
)

// Body is a convex polytope given by its vertices, exactly: those of the box
// [-1, 1]^d that planes have cut (the double description method of Motzkin and
// others, 1953). It may have any dimension.
type Body struct {
	d       int
	planes  int
	Corners []Corner
}

// Corner is a vertex Num/Den, with Den > 0, and the planes that it lies on: 2j is the
// face of the box where coordinate j is least and 2j+1 where it is greatest, then come
// the planes of Cut in order.
type Corner struct {
	Num []big.Int
	Den big.Int
	On  Set
}

// Set is a set of small numbers.
type Set []uint64

// Has reports whether a number is in the set.
func (s Set) Has(i int) bool { return i/64 < len(s) && s[i/64]>>(i%64)&1 == 1 }

// With is the set and a number more.
func (s Set) With(i int) Set {
	t := make(Set, max(len(s), i/64+1))
	copy(t, s)
	t[i/64] |= 1 << (i % 64)
	return t
}

// And is what two sets have in common.
func (s Set) And(o Set) Set {
	t := make(Set, min(len(s), len(o)))
	for i := range t {
		t[i] = s[i] & o[i]
	}
	return t
}

// In reports whether all of s is in o.
func (s Set) In(o Set) bool {
	for i, w := range s {
		if i < len(o) {
			w &^= o[i]
		}
		if w != 0 {
			return false
		}
	}
	return true
}

// Len is the number of elements.
func (s Set) Len() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// NewBody is the box [-1, 1]^d.
func NewBody(d int) *Body {
	b := &Body{d: d, planes: 2 * d}
	for v := range 1 << d {
		c := Corner{Num: make([]big.Int, d)}
		c.Den.SetInt64(1)
		for j := range d {
			up := v >> j & 1
			c.Num[j].SetInt64(int64(2*up - 1))
			c.On = c.On.With(2*j + up)
		}
		b.Corners = append(b.Corners, c)
	}
	return b
}

// Signs returns the signs that an integer function has at the vertices.
func (b *Body) Signs(f []big.Int) []int {
	out := make([]int, len(b.Corners))
	var v big.Int
	for i := range b.Corners {
		out[i] = b.Corners[i].at(f, &v).Sign()
	}
	return out
}

// at writes Den times the value of an integer function.
func (c *Corner) at(f []big.Int, v *big.Int) *big.Int {
	v.Mul(&f[len(c.Num)], &c.Den)
	var x big.Int
	for j := range c.Num {
		v.Add(v, x.Mul(&f[j], &c.Num[j]))
	}
	return v
}

// Cut returns the part in which sign times an integer function is not negative. The
// plane is the next one, also if it cuts nothing.
func (b *Body) Cut(f []big.Int, sign int) *Body {
	out := &Body{d: b.d, planes: b.planes + 1}
	val := make([]big.Int, len(b.Corners))
	var in, beyond []int
	for i := range b.Corners {
		c := &b.Corners[i]
		c.at(f, &val[i])
		switch s := sign * val[i].Sign(); {
		case s > 0:
			in = append(in, i)
			out.Corners = append(out.Corners, *c)
		case s < 0:
			beyond = append(beyond, i)
		default:
			out.Corners = append(out.Corners, Corner{c.Num, c.Den, c.On.With(b.planes)})
		}
	}
	for _, i := range in {
		for _, j := range beyond {
			if common, ok := b.adjacent(i, j); ok {
				out.Corners = append(out.Corners, between(&b.Corners[i], &b.Corners[j], &val[i], &val[j], common.With(b.planes)))
			}
		}
	}
	return out
}

// adjacent reports whether an edge joins two vertices: whether no third one lies on
// all planes that they share.
func (b *Body) adjacent(i, j int) (common Set, ok bool) {
	common = b.Corners[i].On.And(b.Corners[j].On)
	if common.Len() < b.d-1 {
		return nil, false
	}
	for k := range b.Corners {
		if k != i && k != j && common.In(b.Corners[k].On) {
			return nil, false
		}
	}
	return common, true
}

// between is the point on an edge where a function is 0 that has, times the
// denominators, the values x and y of different sign at its ends.
func between(u, v *Corner, x, y *big.Int, on Set) Corner {
	c := Corner{Num: make([]big.Int, len(u.Num)), On: on}
	mix := func(to, a, b *big.Int) { // x b - y a, with the sign that makes the denominator positive
		var t big.Int
		to.Mul(x, b)
		to.Sub(to, t.Mul(y, a))
		if x.Sign() < 0 {
			to.Neg(to)
		}
	}
	mix(&c.Den, &u.Den, &v.Den)
	var g big.Int
	g.Set(&c.Den)
	for j := range c.Num {
		mix(&c.Num[j], &u.Num[j], &v.Num[j])
		g.GCD(nil, nil, &g, new(big.Int).Abs(&c.Num[j]))
	}
	c.Den.Quo(&c.Den, &g)
	for j := range c.Num {
		c.Num[j].Quo(&c.Num[j], &g)
	}
	return c
}

// At writes the coordinates of a vertex, rounded.
func (c *Corner) At(to []float64) {
	for j := range to {
		to[j], _ = new(big.Rat).SetFrac(&c.Num[j], &c.Den).Float64()
	}
}

// Simplex returns d! times the volume of the simplex of d+1 vertices.
func Simplex(of []*Corner) *big.Rat {
	n := len(of)
	m := make([][]big.Int, n)
	den := big.NewInt(1)
	for i, c := range of {
		m[i] = make([]big.Int, n)
		for j := range c.Num {
			m[i][j].Set(&c.Num[j])
		}
		m[i][n-1].Set(&c.Den)
		den.Mul(den, &c.Den)
	}
	v := new(big.Rat).SetFrac(determinant(m), den)
	return v.Abs(v)
}

// determinant is that of a matrix of integers, which it uses up, but for its sign
// (Bareiss).
func determinant(m [][]big.Int) *big.Int {
	n := len(m)
	before := big.NewInt(1)
	var x big.Int
	for k := range n - 1 {
		p := -1
		for i := k; i < n && p < 0; i++ {
			if m[i][k].Sign() != 0 {
				p = i
			}
		}
		if p < 0 {
			return new(big.Int)
		}
		m[k], m[p] = m[p], m[k]
		for i := k + 1; i < n; i++ {
			for j := k + 1; j < n; j++ {
				m[i][j].Mul(&m[i][j], &m[k][k])
				m[i][j].Sub(&m[i][j], x.Mul(&m[i][k], &m[k][j]))
				m[i][j].Quo(&m[i][j], before)
			}
			m[i][k].SetInt64(0)
		}
		before = &m[k][k]
	}
	return &m[n-1][n-1]
}
