package polytope

import (
	"math"
	"math/bits"
	"slices"
)

// Incidence says which vertices of a polytope lie on which hyperplanes of a list that
// has those of all facets: a set of vertices for each hyperplane.
type Incidence []VertexSet

// VertexSet is a set of vertices by their numbers.
type VertexSet []uint64

// NewVertexSet is an empty set of up to n vertices.
func NewVertexSet(n int) VertexSet { return make(VertexSet, (n+63)/64) }

// Add adds a vertex.
func (s VertexSet) Add(v int) { s[v/64] |= 1 << (v % 64) }

// Has reports whether a vertex is in the set.
func (s VertexSet) Has(v int) bool { return s[v/64]>>(v%64)&1 == 1 }

func (s VertexSet) len() (n int) {
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

func (s VertexSet) in(o VertexSet) bool {
	for i, w := range s {
		if w&^o[i] != 0 {
			return false
		}
	}
	return true
}

// first is the least vertex; the set must not be empty.
func (s VertexSet) first() int {
	i := 0
	for s[i] == 0 {
		i++
	}
	return 64*i + bits.TrailingZeros64(s[i])
}

// Facets returns the hyperplanes that hold a facet: those with a face that is in no
// greater one. Of several that hold the same facet it is the first.
func (in Incidence) Facets() (out []int) {
	for i, s := range in {
		if s.len() > 0 && !in.covered(i) {
			out = append(out, i)
		}
	}
	return out
}

func (in Incidence) covered(i int) bool {
	for j, t := range in {
		if j != i && in[i].in(t) && (!t.in(in[i]) || j < i) {
			return true
		}
	}
	return false
}

// Simplices cuts a polytope of n vertices and dimension d, of which in has all facets,
// into simplices, and calls visit with the vertices of each, a slice that it uses
// again: those of each facet that does not have the first vertex, with that one
// (Cohen and Hickey, "Two algorithms for determining volumes of convex polyhedra",
// 1979).
func (in Incidence) Simplices(n, d int, visit func(of []int)) {
	all := NewVertexSet(n)
	for v := range n {
		all.Add(v)
	}
	in.simplices(all, d, make([]int, 0, d+1), visit)
}

func (in Incidence) simplices(face VertexSet, d int, apex []int, visit func(of []int)) {
	v := face.first()
	apex = append(apex, v)
	if d == 0 {
		visit(apex)
		return
	}
	var sub Incidence
	for _, s := range in {
		t := make(VertexSet, len(face))
		for i := range t {
			t[i] = face[i] & s[i]
		}
		if t.len() >= d && !face.in(t) {
			sub = append(sub, t)
		}
	}
	for i, s := range sub {
		if !s.Has(v) && !sub.covered(i) {
			sub.simplices(s, d-1, apex, visit)
		}
	}
}

// Polygon returns the vertices of a polygon in their order around it, in either
// direction, the first one first.
func (in Incidence) Polygon(n int) []int {
	if n < 3 {
		return order(n)
	}
	out := []int{0}
	edge := -1
	for len(out) < n {
		v := out[len(out)-1]
		next := slices.IndexFunc(in, func(s VertexSet) bool { return s.Has(v) && (edge < 0 || !slices.Equal(s, in[edge])) })
		if next < 0 {
			panic("polytope: a polygon with an open end")
		}
		s := slices.Clone(in[next])
		s[v/64] &^= 1 << (v % 64)
		edge = next
		out = append(out, s.first())
	}
	return out
}

func order(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// Volume returns the volume of the polytope, of which in has the facets' vertices.
func (p *Vertices) Volume(in Incidence) (volume float64) {
	d := p.Dim
	m := make([]float64, d*d)
	in.Simplices(p.Len(), d, func(of []int) {
		a := p.At(of[0])
		for i, v := range of[1:] {
			for j := range d {
				m[i*d+j] = p.At(v)[j] - a[j]
			}
		}
		volume += determinant(m, d)
	})
	for i := range d {
		volume /= float64(i + 1)
	}
	return volume
}

// determinant is that of a matrix of d rows, but for its sign. It uses the matrix up.
func determinant(m []float64, d int) float64 {
	det := 1.0
	for k := range d {
		at := k
		for i := k + 1; i < d; i++ {
			if math.Abs(m[i*d+k]) > math.Abs(m[at*d+k]) {
				at = i
			}
		}
		p := m[at*d+k]
		if p == 0 {
			return 0
		}
		for j := range d {
			m[k*d+j], m[at*d+j] = m[at*d+j], m[k*d+j]
		}
		det *= p
		for i := k + 1; i < d; i++ {
			t := m[i*d+k] / p
			for j := k; j < d; j++ {
				m[i*d+j] -= t * m[k*d+j]
			}
		}
	}
	return math.Abs(det)
}
