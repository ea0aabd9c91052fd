// Package polytope has bounded convex polytopes that hyperplanes cut: it
// splits them, takes sections of them, and counts the parts into which a
// number of hyperplanes cut one. It knows nothing of networks.
package polytope

import (
	"math"
	"math/bits"
)

// MaxFacets is the number of facets that a polytope given by vertices may have.
const MaxFacets = 64

// Vertices is a polytope given by its vertices. Every vertex has a row of
// columns: affine functions of the point, such as its coordinates or its
// values in the functions whose hyperplanes may cut. Splitting and section
// interpolate along edges, so a column stays right to rounding: an
// interpolated value is a convex combination, which adds no more than the
// rounding of one step.
type Vertices struct {
	Dim  int       // dimension of the polytope
	Cols int       // columns
	Val  []float64 // a row of Cols values for each vertex
	On   []uint64  // the facets on which each vertex lies
}

// Len is the number of vertices.
func (p *Vertices) Len() int { return len(p.On) }

// At is the row of a vertex.
func (p *Vertices) At(v int) []float64 { return p.Val[v*p.Cols : (v+1)*p.Cols] }

// reset empties p.
func (p *Vertices) reset(dim, cols int) {
	p.Dim, p.Cols, p.Val, p.On = dim, cols, p.Val[:0], p.On[:0]
}

func (p *Vertices) copy(q *Vertices) {
	p.Dim, p.Cols, p.Val, p.On = q.Dim, q.Cols, append(p.Val[:0], q.Val...), append(p.On[:0], q.On...)
}

// Box makes p the box [-1, 1]^d with the coordinates as columns; d is at most
// MaxFacets/2, and should be small, as there are 2^d vertices.
func (p *Vertices) Box(d int) {
	p.reset(d, d)
	for v := range 1 << d {
		var on uint64
		for j := range d {
			up := v >> j & 1
			p.Val = append(p.Val, float64(2*up-1))
			on |= 1 << (2*j + up)
		}
		p.On = append(p.On, on)
	}
}

// Range is the least and the largest value of a column.
func (p *Vertices) Range(col int) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for i := col; i < len(p.Val); i += p.Cols {
		lo, hi = min(lo, p.Val[i]), max(hi, p.Val[i])
	}
	return lo, hi
}

// Splitter has the work space of splits and sections. It is for one goroutine.
type Splitter struct {
	below, above, on []int
	free             []*Vertices
	deg              []bool
	val              []float64 // of the column at each vertex
	order            []int     // 0, 1, 2, ...
	heap             []int
	share            float64 // of Parts
	Sections         int64   // polytopes made
	Closest          float64 // as in Workspace, of what Parts has counted
}

// New returns an empty polytope, one of those given back if there is one.
func (s *Splitter) New() *Vertices {
	if n := len(s.free); n > 0 {
		p := s.free[n-1]
		s.free = s.free[:n-1]
		return p
	}
	return new(Vertices)
}

// Clone returns a copy of a polytope.
func (s *Splitter) Clone(p *Vertices) *Vertices {
	q := s.New()
	q.copy(p)
	return q
}

// Put gives a polytope back; nobody may use it any more.
func (s *Splitter) Put(p *Vertices) {
	if len(s.free) < kept {
		s.free = append(s.free, p)
	}
}

// kept is how many that were given back are kept to be used again.
const kept = 64

// sort sorts the vertices by the sign of a column. Values up to zero are on
// the hyperplane.
func (s *Splitter) sort(p *Vertices, col int, zero float64) {
	s.below, s.above, s.on, s.val = s.below[:0], s.above[:0], s.on[:0], s.val[:0]
	for v, i := 0, col; v < len(p.On); v, i = v+1, i+p.Cols {
		x := p.Val[i]
		s.val = append(s.val, x)
		switch {
		case x > zero:
			s.above = append(s.above, v)
		case x < -zero:
			s.below = append(s.below, v)
		default:
			s.on = append(s.on, v)
		}
	}
}

// simple notes which vertices lie on more facets than the dimension asks.
func (s *Splitter) simple(p *Vertices) (all bool) {
	s.deg = s.deg[:0]
	all = true
	for _, f := range p.On {
		d := bits.OnesCount64(f) != p.Dim
		s.deg = append(s.deg, d)
		all = all && !d
	}
	return all
}

// adjacent reports whether an edge joins two vertices. Vertices that lie on
// just as many facets as the dimension share all but one of them; otherwise no
// third vertex may lie on all facets that the two share.
func (s *Splitter) adjacent(p *Vertices, u, v int) (common uint64, ok bool) {
	common = p.On[u] & p.On[v]
	n := bits.OnesCount64(common)
	if n < p.Dim-1 {
		return 0, false
	}
	if !s.deg[u] && !s.deg[v] {
		return common, true
	}
	for w, f := range p.On {
		if f&common == common && w != u && w != v {
			return 0, false
		}
	}
	return common, true
}

// cross calls add for every edge from a vertex below to one above: with its
// ends, the weight of the one above, and its facets.
func (s *Splitter) cross(p *Vertices, add func(u, v int, t float64, common uint64)) {
	if s.simple(p) {
		need := p.Dim - 1
		for _, u := range s.below {
			f, a := p.On[u], -s.val[u]
			for _, v := range s.above {
				if c := f & p.On[v]; bits.OnesCount64(c) >= need {
					add(u, v, a/(a+s.val[v]), c)
				}
			}
		}
		return
	}
	for _, u := range s.below {
		for _, v := range s.above {
			if c, ok := s.adjacent(p, u, v); ok {
				add(u, v, -s.val[u]/(s.val[v]-s.val[u]), c)
			}
		}
	}
}

// mix appends the point on the edge to q, of the columns cols only.
func mix(q, p *Vertices, u, v int, t float64, cols []int, on uint64) {
	a, b := p.At(u), p.At(v)
	for _, c := range cols {
		q.Val = append(q.Val, a[c]+t*(b[c]-a[c]))
	}
	q.On = append(q.On, on)
}

func pick(q, p *Vertices, v int, cols []int, on uint64) {
	a := p.At(v)
	for _, c := range cols {
		q.Val = append(q.Val, a[c])
	}
	q.On = append(q.On, on)
}

// Split cuts p by the hyperplane of a column, which must take both signs, into
// the parts below and above, with the columns cols. It fails when p has too
// many facets.
func (s *Splitter) Split(p *Vertices, col int, zero float64, cols []int) (below, above *Vertices, ok bool) {
	s.sort(p, col, zero)
	facet, ok := s.newFacet(p)
	if !ok {
		return nil, nil, false
	}
	below, above = s.New(), s.New()
	below.reset(p.Dim, len(cols))
	above.reset(p.Dim, len(cols))
	for _, v := range s.below {
		pick(below, p, v, cols, p.On[v])
	}
	for _, v := range s.above {
		pick(above, p, v, cols, p.On[v])
	}
	from := len(below.On)
	for _, v := range s.on {
		pick(below, p, v, cols, p.On[v]|facet)
	}
	s.cross(p, func(u, v int, t float64, common uint64) { mix(below, p, u, v, t, cols, common|facet) })
	above.Val = append(above.Val, below.Val[from*below.Cols:]...)
	above.On = append(above.On, below.On[from:]...)
	s.Sections += 2
	return below, above, true
}

// newFacet finds a bit that no vertex of p has.
func (s *Splitter) newFacet(p *Vertices) (uint64, bool) {
	var used uint64
	for _, f := range p.On {
		used |= f
	}
	free := bits.TrailingZeros64(^used)
	return 1 << free, free < MaxFacets
}

// section is the intersection of p, sorted by a column, with the hyperplane of
// that column; it has the columns cols.
func (s *Splitter) section(p *Vertices, cols []int) *Vertices {
	q := s.New()
	q.reset(p.Dim-1, len(cols))
	for _, v := range s.on {
		pick(q, p, v, cols, p.On[v])
	}
	s.cross(p, func(u, v int, t float64, common uint64) { mix(q, p, u, v, t, cols, common) })
	s.Sections++
	return q
}
