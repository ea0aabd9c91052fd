// Package polytope has bounded convex polytopes that hyperplanes cut: it
// splits them, takes sections of them, and counts the parts into which a
// number of hyperplanes cut one. It knows nothing of networks.
//
// It computes with doubles, and bounds their errors: a sign is believed when a
// value is larger than its error can be. Where it is not, planes and functions
// are asked about exactly by their numbers (see Oracle). So what polytopes of
// vertices say is always true, and what those of rows and points say is true
// or unsure.
package polytope

import (
	"math"
	"math/bits"

	"relucount/pkg/dense"
)

// MaxFacets is the number of facets that a polytope given by vertices may have.
const MaxFacets = 64

// ulp bounds the relative error of an operation on doubles, with room for what
// is left out where errors are added up. Fused operations err less.
const ulp = 1.01 / (1 << 53)

// Vertices is a polytope given by its vertices. Every vertex has a row of
// columns: affine functions of the point, such as its coordinates or its
// values in the functions whose hyperplanes may cut. Splitting and section
// interpolate along edges. Which vertices lie on which facets is exact, and so
// is everything that follows from it.
type Vertices struct {
	Dim    int       // dimension of the polytope
	Cols   int       // columns
	Coords int       // how many of these, the first, are coordinates
	Val    []float64 // a row of Cols values for each vertex
	On     []uint64  // the facets on which each vertex lies
	// Err bounds, for each vertex, its distance from where it is exactly, and
	// Row how far the values of the functions there are from those that they
	// have at the coordinates: so a value is off by no more than both.
	Err []float64
	Row float64
	// Off bounds how far the coordinates, as computed, are from the planes of the facets,
	// and Inverse, for each vertex, the norm of the inverse of the matrix of the normals of
	// its planes; it is infinite where these are more than the coordinates, and there is
	// none where there are no coordinates.
	Off     float64
	Inverse []float64
	// Planes has the number of the plane of each facet.
	Planes []int
	// Apart is the least that a value can be that is not 0, as far as it is
	// known; 0: nothing is; -1: nobody has asked.
	Apart float64

	worst float64 // the greatest of Err
}

// Oracle tells of planes and functions by their numbers. A function's values
// are those that it has after it was scaled to coefficients of norm 1.
type Oracle interface {
	// Sign is the sign of a function at the point in which planes meet, and
	// its value there, rounded.
	Sign(planes []int, function int) (sign int, value float64)
	// Row is the function of a plane, rounded, and a bound of its error.
	Row(plane int) (row []float64, err float64)
	// Meet writes the coordinates of the point, rounded.
	Meet(planes []int, at []float64)
	// Apart is the least value that any of the functions can have, but 0, where
	// d of the planes or of the functions' hyperplanes meet.
	Apart(d int, planes, functions []int) float64
	// Central tells whether a plane certainly goes through the middle of the box.
	Central(plane int) bool
	// Depends tells whether a function is constant where planes meet, and the
	// sign that it has there.
	Depends(planes []int, function int) (sign int, constant bool)
}

// Len is the number of vertices.
func (p *Vertices) Len() int { return len(p.On) }

// Bytes is how much memory the polytope takes.
func (p *Vertices) Bytes() int {
	return 8 * (cap(p.Val) + cap(p.On) + cap(p.Err) + cap(p.Inverse) + cap(p.Planes))
}

// At is the row of a vertex.
func (p *Vertices) At(v int) []float64 { return p.Val[v*p.Cols : (v+1)*p.Cols] }

// Reset empties p.
func (p *Vertices) Reset(dim, cols int) {
	p.Dim, p.Cols, p.Coords, p.Val, p.On, p.Err = dim, cols, 0, p.Val[:0], p.On[:0], p.Err[:0]
	p.Off, p.Inverse = 0, p.Inverse[:0]
	p.Row, p.Apart, p.worst = 0, -1, 0
}

// Copy makes p a copy of q.
func (p *Vertices) Copy(q *Vertices) {
	p.Val, p.On, p.Err = append(p.Val[:0], q.Val...), append(p.On[:0], q.On...), append(p.Err[:0], q.Err...)
	p.Off, p.Inverse = q.Off, append(p.Inverse[:0], q.Inverse...)
	p.Planes = append(p.Planes[:0], q.Planes...)
	p.Dim, p.Cols, p.Coords, p.Row, p.Apart, p.worst = q.Dim, q.Cols, q.Coords, q.Row, q.Apart, q.worst
}

// Points makes p the vertices of q, with cols columns of which no values are
// there yet.
func (p *Vertices) Points(q *Vertices, cols int) {
	p.On, p.Err = append(p.On[:0], q.On...), append(p.Err[:0], q.Err...)
	p.Off, p.Inverse = q.Off, append(p.Inverse[:0], q.Inverse...)
	p.Planes = append(p.Planes[:0], q.Planes...)
	p.Dim, p.Cols, p.Coords, p.Val, p.Row, p.Apart, p.worst = q.Dim, cols, q.Coords, p.Val[:0], 0, -1, q.worst
}

// Box makes p the box [-1, 1]^d with the coordinates as columns; d is at most
// MaxFacets/2, and should be small, as there are 2^d vertices. Face gives the
// faces their numbers.
func (p *Vertices) Box(d int, face func(j int, up bool) int) {
	p.Reset(d, d)
	p.Coords = d
	p.Planes = p.Planes[:0]
	for j := range d {
		p.Planes = append(p.Planes, face(j, false), face(j, true))
	}
	for v := range 1 << d {
		var on uint64
		for j := range d {
			up := v >> j & 1
			p.Val = append(p.Val, float64(2*up-1))
			on |= 1 << (2*j + up)
		}
		p.On = append(p.On, on)
		p.Err, p.Inverse = append(p.Err, 0), append(p.Inverse, 1)
	}
}

// Worst bounds the error of all values.
func (p *Vertices) Worst() float64 { return p.worst + p.Row }

// Blur bounds the error of all coordinates.
func (p *Vertices) Blur() float64 { return p.worst }

// Range is the least and the largest value of a column.
func (p *Vertices) Range(col int) (lo, hi float64) {
	var least, most [1]float64
	dense.Extremes(p.Val[col:], p.Cols, least[:], most[:])
	return least[0], most[0]
}

// Splitter has the work space of splits and sections. It is for one goroutine.
type Splitter struct {
	Oracle   Oracle
	Sections int64 // polytopes made
	Zeros    int64 // values that doubles left open, and that are 0 as all others are larger

	below, above, on []int
	free             []*Vertices
	deg              []bool
	val              []float64 // of the column at each vertex
	order            []int     // 0, 1, 2, ...
	heap             []int
	planes           []int // of a vertex
	work             []float64
	cuts             []int     // functions in whose hyperplanes a section lies
	fns              []int     // numbers of the functions of Parts
	names            []int     // of some of them
	parting          *Vertices // the polytope of Parts
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
	q.Copy(p)
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

// at returns the numbers of the planes on which a vertex lies.
func (s *Splitter) at(p *Vertices, on uint64) []int {
	s.planes = append(s.planes[:0], s.cuts...)
	for ; on != 0; on &= on - 1 {
		s.planes = append(s.planes, p.Planes[bits.TrailingZeros64(on)])
	}
	return s.planes
}

// sign is that of a value of function fn at a vertex of p. Functions are those
// numbered by fns.
func (s *Splitter) sign(p *Vertices, v int, x float64, fn int, fns []int) int {
	err := p.Err[v] + p.Row
	if math.Abs(x) <= err && p.Coords > 0 && p.Err[v] > sharp && s.sharpen(p, v) {
		err = p.Err[v] + p.Row
	}
	switch {
	case x > err:
		return 1
	case x < -err:
		return -1
	}
	if s.apart(p, fns) > 2*err {
		s.Zeros++
		return 0
	}
	sign, _ := s.Oracle.Sign(s.at(p, p.On[v]), fn)
	return sign
}

// sharpen looks for a better bound of a vertex's error.
func (s *Splitter) sharpen(p *Vertices, v int) bool {
	err, inverse := s.certify(s.at(p, p.On[v]), p.At(v)[:p.Coords])
	if err >= p.Err[v] {
		return false
	}
	p.Err[v], p.Inverse[v] = err, inverse
	return true
}

// Sharpen sees to it that the coordinates of no vertex are off by more than most, or
// no more than exact arithmetic leaves them.
func (s *Splitter) Sharpen(p *Vertices, most float64) {
	for v := range p.On {
		if p.Err[v] > most && !(s.sharpen(p, v) && p.Err[v] <= most) {
			s.Oracle.Meet(s.at(p, p.On[v]), p.At(v)[:p.Coords])
			p.Err[v] = mixing
		}
	}
}

// apart returns p.Apart, and asks if nobody has; functions are those numbered by
// fns.
func (s *Splitter) apart(p *Vertices, fns []int) float64 {
	if p.Apart < 0 {
		p.Apart = s.ask(p, fns)
	}
	return p.Apart
}

// ask returns what p.Apart is to be.
func (s *Splitter) ask(p *Vertices, fns []int) float64 {
	if s.parting == nil {
		return s.Oracle.Apart(p.Dim, p.Planes, fns)
	}
	if s.parting.Apart < 0 {
		s.parting.Apart = s.Oracle.Apart(s.parting.Dim, p.Planes, s.fns)
	}
	return s.parting.Apart
}

// Sides tells on which sides of 0 the values of function fn of those numbered
// by fns are, of which there is one for each vertex, every stride numbers, and
// which are from lo to hi.
func (s *Splitter) Sides(p *Vertices, val []float64, stride, fn int, fns []int, lo, hi float64) (below, above bool) {
	worst := p.Worst()
	below, above = lo < -worst, hi > worst
	if below && above || hi < -worst || lo > worst {
		return below, above
	}
	if s.apart(p, fns) > 2*worst { // what is not beyond worst is 0
		s.Zeros++
		return below, above
	}
	for v, i := 0, 0; v < len(p.On) && !(below && above); v, i = v+1, i+stride {
		switch s.sign(p, v, val[i], fn, fns) {
		case 1:
			above = true
		case -1:
			below = true
		}
	}
	return below, above
}

// sort sorts the vertices by the sign of a column, which is function fn.
func (s *Splitter) sort(p *Vertices, col, fn int, fns []int) {
	s.below, s.above, s.on, s.val = s.below[:0], s.above[:0], s.on[:0], s.val[:0]
	worst := p.Worst()
	zero := p.Apart > 2*worst // whether what is not beyond worst is 0
	for v, i := 0, col; v < len(p.On); v, i = v+1, i+p.Cols {
		x := p.Val[i]
		s.val = append(s.val, x)
		switch {
		case x > worst:
			s.above = append(s.above, v)
		case x < -worst:
			s.below = append(s.below, v)
		case zero:
			s.Zeros++
			s.on = append(s.on, v)
		default:
			switch s.sign(p, v, x, fn, fns) {
			case 1:
				s.above = append(s.above, v)
			case -1:
				s.below = append(s.below, v)
			default:
				s.on = append(s.on, v)
			}
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
// ends and its facets.
func (s *Splitter) cross(p *Vertices, add func(u, v int, common uint64)) {
	if s.simple(p) {
		for _, u := range s.below {
			f := p.On[u]
			for _, v := range s.above {
				// both lie on as many facets: an edge joins them where one is not common
				g := p.On[v]
				if other := f &^ g; other&(other-1) == 0 {
					add(u, v, f&g)
				}
			}
		}
		return
	}
	for _, u := range s.below {
		for _, v := range s.above {
			if c, ok := s.adjacent(p, u, v); ok {
				add(u, v, c)
			}
		}
	}
}

// Split cuts p by the hyperplane of a column, which must take both signs, into
// the parts below and above, with the columns cols: the coordinates first, then
// functions. Fns has the numbers of the column's function and of these. It
// fails when p has too many facets.
func (s *Splitter) Split(p *Vertices, col int, cols []int, fns []int) (below, above *Vertices, ok bool) {
	s.sort(p, col, fns[0], fns)
	facet, ok := s.newFacet(p)
	if !ok {
		return nil, nil, false
	}
	coordinates := len(cols) - len(fns) + 1
	off := max(p.Off, p.Row)
	for _, v := range s.on { // exactly, but not as computed
		off = max(off, math.Abs(s.val[v])+p.Row)
	}
	below, above = s.New(), s.New()
	for _, q := range [2]*Vertices{below, above} {
		q.Reset(p.Dim, len(cols))
		q.Row, q.Apart, q.Coords, q.Off = p.Row+mixing, p.Apart, coordinates, off+mixing
		q.Planes = append(q.Planes[:0], p.Planes...)
		if facet == len(q.Planes) {
			q.Planes = append(q.Planes, 0)
		}
		q.Planes[facet] = fns[0]
	}
	for _, v := range s.below {
		s.pick(below, p, v, cols, p.On[v])
	}
	for _, v := range s.above {
		s.pick(above, p, v, cols, p.On[v])
	}
	from, bit := len(below.On), uint64(1)<<facet
	for _, v := range s.on {
		s.pick(below, p, v, cols, p.On[v]|bit)
	}
	s.cross(p, func(u, v int, common uint64) { s.mix(below, p, u, v, cols, coordinates, fns[1:], common|bit) })
	above.Val = append(above.Val, below.Val[from*below.Cols:]...)
	above.On = append(above.On, below.On[from:]...)
	above.Err = append(above.Err, below.Err[from:]...)
	above.Inverse = append(above.Inverse, below.Inverse[from:]...)
	for _, e := range below.Err[from:] {
		above.worst = max(above.worst, e)
	}
	s.Sections += 2
	return below, above, true
}

// newFacet finds a bit that no vertex of p has.
func (s *Splitter) newFacet(p *Vertices) (int, bool) {
	var used uint64
	for _, f := range p.On {
		used |= f
	}
	free := bits.TrailingZeros64(^used)
	return free, free < MaxFacets
}

// section is the intersection of p, sorted by a column, with the hyperplane of
// that column, which has been added to the cuts; it has the columns cols, which
// are functions numbered by fns.
func (s *Splitter) section(p *Vertices, cols, fns []int) *Vertices {
	q := s.New()
	q.Reset(p.Dim-1, len(cols))
	q.Row, q.Apart, q.Planes = p.Row, p.Apart, append(q.Planes[:0], p.Planes...)
	for _, v := range s.on {
		s.pick(q, p, v, cols, p.On[v])
	}
	s.cross(p, func(u, v int, common uint64) { s.mix(q, p, u, v, cols, 0, fns, common) })
	s.Sections++
	return q
}
