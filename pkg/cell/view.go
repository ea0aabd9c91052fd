package cell

import (
	"math"
	"math/big"
	"math/bits"
	"slices"

	"relucount/pkg/affine"
	"relucount/pkg/exact"
	"relucount/pkg/polytope"
)

// MostCoordinates is the number of coordinates up to which a View has corners.
const MostCoordinates = 6

// View is a closer look at a cell of which all units have states. It is valid as long
// as the cell, and until the workspace looks at another one.
type View struct {
	ws    *Workspace
	c     *Cell
	sides []Side
	made  bool   // whether there are sides
	spots []spot // on these, where they are at hand
	spot  spot   // on one of them
	body  outline
	drawn bool // whether there is a body

	cross   affine.Crossing
	crossed bool // whether it is of the cell
}

// Side is a facet of a cell.
type Side struct {
	Plane int // of which a unit's is the unit; below 0 the domain ends there
	num   int // among the hyperplanes of the shape, or of the outline, or among the spots
}

// spot is a point on a facet, within off of it.
type spot struct {
	at  []float64
	off float64
}

// Unit reports the unit on whose hyperplane the facet lies, if it is on one.
func (s *Side) Unit() (k int, ok bool) { return s.Plane, s.Plane >= 0 }

// outline is a polytope of few coordinates by its vertices and its facets.
type outline struct {
	vertices *polytope.Vertices
	exact    []exact.Corner // the vertices, where they are known exactly
	planes   []int          // of the facets
	in       polytope.Incidence
}

// View looks closely at a cell. There is one view for each workspace.
func (c *Cell) View(ws *Workspace) *View {
	if ws.view == nil {
		ws.view = &View{ws: ws}
	}
	v := ws.view
	ws.attend(c)
	v.c, v.made, v.drawn, v.crossed = c, false, false, false
	return v
}

// Central writes a point well within the cell, over the frame's coordinates.
func (v *View) Central(at []float64) { v.c.Centre(v.ws, at) }

// Sides returns the facets of the cell, each once: those of units in ascending order,
// then those at the border of the domain. The latter are left out where the coordinates
// are not those of the space.
func (v *View) Sides() []Side {
	if v.made {
		return v.sides
	}
	v.made, v.sides = true, v.sides[:0]
	v.ws.attend(v.c)
	switch s := v.c.shape.(type) {
	case *vertexShape:
		v.sides = s.sides(v.sides)
	default:
		if v.Draws() {
			v.sides = v.outline().sides(v.sides)
		} else {
			v.sides, v.spots = v.ws.sides(v.c, v.sides)
		}
	}
	for i, s := range v.sides { // few, and those of a shape are nearly in order
		for ; i > 0 && s.before(v.sides[i-1]); i-- {
			v.sides[i] = v.sides[i-1]
		}
		v.sides[i] = s
	}
	return v.sides
}

// Neighbours is the number of facets on hyperplanes of units, across each of which there
// is another region; it is false where the workspace is Thrifty and doubles are not sure.
func (v *View) Neighbours() (n int, sure bool) {
	if _, ok := v.c.shape.(*vertexShape); !ok && !v.Draws() {
		v.ws.attend(v.c)
		return v.ws.neighbours(v.c)
	}
	for _, s := range v.Sides() {
		if _, ok := s.Unit(); ok {
			n++
		}
	}
	return n, true
}

func (s Side) before(o Side) bool { return s.Plane >= 0 && (o.Plane < 0 || s.Plane < o.Plane) }

// Cross looks across a side on the hyperplane of a unit. What it returns is valid until
// the next call.
func (v *View) Cross(s Side) *affine.Crossing {
	if !v.crossed {
		v.crossed = true
		v.cross.On(v.c.Functions, v.c.States)
	}
	if !v.cross.At(s.Plane) {
		at, off := v.place(s)
		v.cross.Look(at, off)
	}
	return &v.cross
}

// place is a point on a side, within off of it.
func (v *View) place(s Side) (at []float64, off float64) {
	shape, ok := v.c.shape.(*vertexShape)
	switch {
	case !ok && !v.Draws():
		return v.spots[s.num].at, v.spots[s.num].off
	case !ok:
		b := v.outline()
		return v.mean(b.vertices, func(k int) bool { return b.in[s.num].Has(k) })
	}
	return v.mean(shape.p, func(k int) bool { return shape.p.On[k]>>s.num&1 == 1 })
}

// mean is that of some vertices, and how far it may be off.
func (v *View) mean(p *polytope.Vertices, has func(k int) bool) (at []float64, off float64) {
	d := v.ws.net.Root.Dim
	at = slices.Grow(v.spot.at[:0], d)[:d]
	clear(at)
	n := 0
	for k := range p.Len() {
		if !has(k) {
			continue
		}
		n++
		for j, x := range p.At(k)[:d] {
			at[j] += x
		}
		off = max(off, p.Err[k])
	}
	for j := range at {
		at[j] /= float64(n)
	}
	v.spot.at = at
	return at, off + float64(n+4)*roundoff
}

// States has the states of all units.
func (v *View) States() []affine.State { return v.c.States }

// AppendOutputs is as that of affine.Network.
func (v *View) AppendOutputs(to []byte) []byte {
	return v.ws.net.AppendOutputs(to, v.c.Functions, v.c.States)
}

// ExactCorners returns the vertices of a cell of few coordinates, exactly.
func (v *View) ExactCorners() []exact.Corner {
	if b := v.outline(); b.exact != nil {
		return b.exact
	}
	return v.ws.exactly(v.c).exact
}

// Output is as that of affine.Network.
func (v *View) Output(i int) []float64 { return v.ws.net.Output(v.c.Functions, v.c.States, i) }

// sides appends the facets of the shape. Where each vertex lies on as many hyperplanes as
// there are coordinates, each of these holds a facet. Else one does when its vertices lie
// together on no other, but one that holds the same.
func (s *vertexShape) sides(out []Side) []Side {
	p := s.p
	var all uint64
	simple := true
	for _, on := range p.On {
		all |= on
		simple = simple && bits.OnesCount64(on) == s.n
	}
	if simple {
		for ; all != 0; all &= all - 1 {
			i := bits.TrailingZeros64(all)
			out = append(out, Side{p.Planes[i], i})
		}
		return out
	}
	var common [polytope.MaxFacets]uint64
	var count [polytope.MaxFacets]int
	for _, on := range p.On {
		for rest := on; rest != 0; rest &= rest - 1 {
			i := bits.TrailingZeros64(rest)
			if count[i] == 0 {
				common[i] = on
			}
			common[i] &= on
			count[i]++
		}
	}
	for i, plane := range p.Planes {
		if count[i] > 0 && alone(i, common[i], &count) {
			out = append(out, Side{plane, i})
		}
	}
	return out
}

// alone reports whether hyperplane i holds a facet by itself; common are those on
// which all of its vertices lie.
func alone(i int, common uint64, count *[polytope.MaxFacets]int) bool {
	for rest := common &^ (1 << i); rest != 0; rest &= rest - 1 {
		if j := bits.TrailingZeros64(rest); count[j] > count[i] || j < i {
			return false
		}
	}
	return true
}

// Draws reports whether the cell has corners: whether it has few coordinates, which
// are those of the space.
func (v *View) Draws() bool { return v.ws.draws() }

func (ws *Workspace) draws() bool {
	return ws.net.Root.Parent == nil && ws.net.Root.Dim <= MostCoordinates
}

// fine is the error of a vertex up to which it is taken as it is.
const fine = 1e-13

// outline has the vertices and facets of a cell of few coordinates.
func (v *View) outline() *outline {
	if v.drawn {
		return &v.body
	}
	v.drawn = true
	v.ws.attend(v.c)
	s, ok := v.c.shape.(*vertexShape)
	if !ok {
		v.body = v.ws.exactly(v.c)
		return &v.body
	}
	b := &v.body
	b.vertices, b.exact, b.planes, b.in = s.p, nil, b.planes[:0], b.in[:0]
	for i, plane := range s.p.Planes {
		set := polytope.NewVertexSet(s.p.Len())
		for k, on := range s.p.On {
			if on>>i&1 == 1 {
				set.Add(k)
			}
		}
		b.planes, b.in = append(b.planes, plane), append(b.in, set)
	}
	b.keepFacets()
	v.ws.cutter.Sharpen(s.p, fine)
	return b
}

// keepFacets drops hyperplanes that hold no facet.
func (b *outline) keepFacets() {
	n := 0
	for _, i := range b.in.Facets() {
		b.planes[n], b.in[n] = b.planes[i], b.in[i]
		n++
	}
	b.planes, b.in = b.planes[:n], b.in[:n]
}

// exactly computes the vertices of a cell of few coordinates from its facets, exactly.
func (ws *Workspace) exactly(c *Cell) outline {
	d := ws.net.Root.Dim
	body := exact.NewBody(d)
	var b outline
	for j := range d {
		b.planes = append(b.planes, affine.FacePlane(j, false), affine.FacePlane(j, true))
	}
	var facets []*Facet
	for e := c.Facets; e != nil; e = e.Rest {
		facets = append(facets, e)
	}
	slices.Reverse(facets) // as they cut the cell: a few corners are at hand at a time
	for _, e := range facets {
		ws.Exact++
		body = body.Cut(ws.side(e.Plane, e.On), 1)
		b.planes = append(b.planes, e.Plane)
	}
	p := new(polytope.Vertices)
	p.Reset(d, d)
	p.Coords = d
	for range b.planes {
		b.in = append(b.in, polytope.NewVertexSet(len(body.Corners)))
	}
	for k := range body.Corners {
		corner := &body.Corners[k]
		at := make([]float64, d)
		corner.At(at)
		p.Val, p.On, p.Err = append(p.Val, at...), append(p.On, 0), append(p.Err, float64(d)*roundoff)
		for i := range b.planes {
			if corner.On.Has(i) {
				b.in[i].Add(k)
			}
		}
	}
	b.vertices, b.exact = p, body.Corners
	b.keepFacets()
	return b
}

// sides appends the facets of an outline.
func (b *outline) sides(out []Side) []Side {
	for i, plane := range b.planes {
		out = append(out, Side{plane, i})
	}
	return out
}

// Corners returns the vertices over the frame's coordinates, rounded: of two
// coordinates counterclockwise, the least one first, else in ascending order.
func (v *View) Corners() [][]float64 {
	b := v.outline()
	p := b.vertices
	out := make([][]float64, 0, p.Len())
	at := func(k int) []float64 { return slices.Clone(p.At(k)[:p.Dim]) }
	if p.Dim != 2 {
		for k := range p.Len() {
			out = append(out, at(k))
		}
		slices.SortFunc(out, slices.Compare)
		return out
	}
	for _, k := range b.in.Polygon(p.Len()) {
		out = append(out, at(k))
	}
	if v.clockwise(out) {
		slices.Reverse(out)
	}
	least := 0
	for k := range out {
		if slices.Compare(out[k], out[least]) < 0 {
			least = k
		}
	}
	return append(out[least:len(out):len(out)], out[:least]...)
}

// clockwise tells in which direction a polygon goes round; of vertices that are too
// close for that it does not matter.
func (v *View) clockwise(polygon [][]float64) bool {
	area := 0.0
	a := polygon[0]
	for k := 2; k < len(polygon); k++ {
		b, c := polygon[k-1], polygon[k]
		area += (b[0]-a[0])*(c[1]-a[1]) - (b[1]-a[1])*(c[0]-a[0])
	}
	return area < 0
}

// A volume is computed exactly unless it is off by no more than precise, relative to
// itself, or by little, relative to the box.
const (
	precise = 1e-12
	little  = 1e-13
)

// Volume returns the volume over the frame's coordinates.
func (v *View) Volume() float64 {
	b := v.outline()
	d := b.vertices.Dim
	if d == 0 {
		return 1
	}
	if b.exact == nil {
		volume, err := b.vertices.Volume(b.in), v.sway()
		if err <= precise || err*volume <= little*math.Ldexp(1, d) {
			return volume
		}
	}
	x := *b
	if x.exact == nil {
		x = v.ws.exactly(v.c)
	}
	sum, of := new(big.Rat), make([]*exact.Corner, x.vertices.Dim+1)
	x.in.Simplices(len(x.exact), x.vertices.Dim, func(corners []int) {
		for i, k := range corners {
			of[i] = &x.exact[k]
		}
		sum.Add(sum, exact.Simplex(of))
	})
	volume, _ := sum.Float64()
	for j := range x.vertices.Dim {
		volume /= float64(j + 1)
	}
	return volume
}

// sway bounds by which part of it the volume changes when the vertices move by as much
// as they are off, and what rounding comes to: the vertices' error times the area of
// the border over the volume, which is at most the dimension over the distance of a
// point from all facets.
func (v *View) sway() float64 {
	b := &v.body
	p := b.vertices
	centre, off := make([]float64, p.Dim), 0.0
	for k := range p.Len() {
		for j, x := range p.At(k)[:p.Dim] {
			centre[j] += x / float64(p.Len())
		}
		off = max(off, p.Err[k])
	}
	off += 4 * roundoff
	least := 1.0
	for _, plane := range b.planes {
		row, err := v.ws.net.Rounded(v.ws.f, plane)
		at := row[p.Dim]
		for j, x := range centre {
			at += row[j] * x
		}
		least = min(least, math.Abs(at)-err)
	}
	if least <= 0 {
		return math.Inf(1)
	}
	return 4 * float64(p.Dim) * off / least
}
