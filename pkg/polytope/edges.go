package polytope

import (
	"math"
	"slices"
)

const (
	// blunt is the bound of a vertex's error from which on it is worth to look
	// for a sharper one at once. Otherwise that is done when a sign asks for it.
	blunt = 1e-6
	// sharp is one that is as good as can be hoped for.
	sharp = 1e-12
	// illPosed is the one from which on the vertex is computed exactly.
	illPosed = 1e-4
)

// mix appends the point on the edge of p from u, below, to v, above, to q, of
// the columns cols only. Coordinates are the first of these, and the others
// functions numbered by fns.
//
// Where the coordinates are at hand there are two bounds. The error of the ends, each
// by its share, is projected along the edge to the hyperplane, which makes it larger by
// the edge's length over the function's range on it, secant. (What it has along the edge
// goes.) And it is what the point is off its planes, times the norm of their inverse.
//
// Otherwise the error of the place on the edge is added to that of the ends.
func (s *Splitter) mix(q, p *Vertices, u, v int, cols []int, coordinates int, fns []int, on uint64) {
	a, b := p.At(u), p.At(v)
	x, y := -s.val[u], s.val[v]
	t := x / (x + y)
	from := len(q.Val)
	q.Val = slices.Grow(q.Val, len(cols))[:from+len(cols)]
	to := q.Val[from:]
	to = to[:len(cols)]
	far := 0.0
	if coordinates == 0 {
		var top uint64 // magnitudes are in the order of their bits, and whole numbers need no branch
		for i, c := range cols {
			x := a[c]
			diff := b[c] - x
			to[i] = x + t*diff
			top = max(top, math.Float64bits(diff)&^(1<<63))
		}
		far = math.Float64frombits(top)
	} else {
		for i, c := range cols[:coordinates] {
			x := a[c]
			diff := b[c] - x
			to[i] = x + t*diff
			far += diff * diff
		}
		to = to[coordinates:]
		for i, c := range cols[coordinates:] {
			x := a[c]
			to[i] = x + t*(b[c]-x)
		}
	}
	e := max(p.Err[u], p.Err[v])
	value := e + p.Row // the error of x and y
	room := x + y - 2*value
	err, inverse := 0.0, math.Inf(1)
	if coordinates > 0 {
		mean := p.Err[u] + t*(p.Err[v]-p.Err[u])
		secant := (math.Sqrt(far)*(1+8*ulp) + 2*e) / room
		err = (mean*(1+8*ulp) + p.Row + mixing) * secant
		if p.Dim == coordinates {
			inverse = tilted(min(p.Inverse[u], p.Inverse[v]), secant)
			err = min(err, 1.001*inverse*q.Off*math.Sqrt(float64(coordinates)))
		}
		if err > blunt {
			sharp, exact := s.certify(s.at(q, on), q.Val[from:from+coordinates])
			err, inverse = min(err, sharp), min(inverse, exact)
		}
	} else {
		err = e + (value/room+4*ulp)*(far+4*e) + mixing
	}
	if !(room > 2*value) || err > illPosed {
		err, inverse = s.exactly(q, from, on, coordinates, fns), math.Inf(1)
	}
	q.On, q.Err = append(q.On, on), append(q.Err, err)
	if coordinates > 0 {
		q.Inverse = append(q.Inverse, inverse)
	}
	q.worst = max(q.worst, err)
}

// tilted bounds the norm of the inverse of a matrix of normals of which one has been
// replaced, that of the old one being inverse.
//
// The others leave a direction free, the edge's. What solves their equations at a right
// angle to it is at most inverse times these, as singular values interlace. The new
// normal, of norm 1, whose cosine with the edge is 1/secant, adds a multiple of the
// edge's direction. The square of the whole is at most secant^2 times a quadratic form
// with the trace inverse^2 + 1.
func tilted(inverse, secant float64) float64 {
	return secant * math.Sqrt(inverse*inverse+1) * (1 + 8*ulp)
}

// mixing bounds the rounding of one interpolation: columns are of the order of
// the square root of the dimension, which is small.
const mixing = 64 * ulp

// exactly writes the columns of the vertex of q that is on the given facets by
// exact arithmetic, and returns the error that is left: the Oracle's functions
// have the norm 1, and those that the other vertices have values of are off from
// that by up to Row, for each unit of a value.
func (s *Splitter) exactly(q *Vertices, from int, on uint64, coordinates int, fns []int) float64 {
	planes := s.at(q, on)
	if coordinates > 0 {
		s.Oracle.Meet(planes, q.Val[from:from+coordinates])
	}
	for i := from + coordinates; i < len(q.Val); i++ {
		_, q.Val[i] = s.Oracle.Sign(planes, fns[i-from-coordinates])
	}
	return mixing + 8*q.Row
}

func (s *Splitter) pick(q, p *Vertices, v int, cols []int, on uint64) {
	a := p.At(v)
	from := len(q.Val)
	q.Val = slices.Grow(q.Val, len(cols))[:from+len(cols)]
	to := q.Val[from:][:len(cols)]
	for i, c := range cols {
		to[i] = a[c]
	}
	q.On, q.Err = append(q.On, on), append(q.Err, p.Err[v])
	if q.Coords > 0 {
		inverse := p.Inverse[v]
		if on != p.On[v] { // it is on one plane more
			inverse = math.Inf(1)
		}
		q.Inverse = append(q.Inverse, inverse)
	}
	q.worst = max(q.worst, p.Err[v])
}
