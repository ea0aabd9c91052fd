package cell

import (
	"math"
	"math/big"
	"slices"

	"relucount/pkg/affine"
	"relucount/pkg/exact"
	"relucount/pkg/polytope"
)

// exactShape is given by its facets alone, and asked about by linear programs in
// exact arithmetic. Cells have it that are too thin for doubles.
type exactShape struct{ facets *Facet }

func (s *exactShape) enter(*Workspace, functions, []Open) {}

func (s *exactShape) box(ws *Workspace) (mid, half []float64, off float64) { return ws.whole() }

func (s *exactShape) reach(ws *Workspace, u *Open) Reach {
	return Reach{polytope.Unsure, polytope.Unsure, -1, 1} // how far is anybody's guess
}

func (s *exactShape) split(ws *Workspace, open []Open) (below, above shape, ok bool) {
	return &exactShape{}, &exactShape{}, true // the cells know their facets
}

func (s *exactShape) parts(*Workspace, []Open) (int64, bool) { return 0, false }

func (s *exactShape) centre(ws *Workspace, at []float64) {
	clear(at)
	ws.centre(s.facets, at)
}

func (s *exactShape) learn([]float64, float64) {}

func (s *exactShape) clone(*Workspace) shape { return &exactShape{s.facets} }

func (s *exactShape) bytes() int { return 0 }

func (s *exactShape) drop(*Workspace) {}

// settle decides exactly on which sides of a unit's plane the cell with the given
// facets is, where that is not known, and tells of the points that show it.
func (ws *Workspace) settle(facets *Facet, u *Open, found func(at []float64, err float64)) {
	for side, v := range [2]*polytope.Verdict{&u.Reach.Below, &u.Reach.Above} {
		if *v != polytope.Unsure {
			continue
		}
		m := ws.most(facets, u.num, side == 1)
		*v = polytope.VerdictOf(m.Positive)
		if m.Positive {
			found(ws.point(&m))
		} else if ws.Prove {
			w := &Why{Times: &m.Times}
			i := 0
			for e := facets; e != nil; e = e.Rest {
				if m.Mult != nil && m.Mult[i].Sign() != 0 {
					w.Exact = append(w.Exact, Exactly{e.Plane, &m.Mult[i]})
				}
				i++
			}
			u.why[side] = w
		}
	}
}

// mostEntries is the number of entries of a dictionary, times the coordinates, which
// are about its pivots, up to which an exact program is affordable: it takes about a
// second then.
const mostEntries = 300_000

func (ws *Workspace) affordable(facets *Facet) bool {
	n := 0
	for e := facets; e != nil; e = e.Rest {
		n++
	}
	return n*ws.net.Dim()*len(ws.at) <= mostEntries
}

// skip takes what is not sure for no, where the other side is sure.
func (ws *Workspace) skip(u *Open) bool {
	if u.Reach.Below != polytope.Yes && u.Reach.Above != polytope.Yes {
		ws.Skipped++
		return false
	}
	for _, v := range [2]*polytope.Verdict{&u.Reach.Below, &u.Reach.Above} {
		if *v == polytope.Unsure {
			*v = polytope.No
			ws.Skipped++
		}
	}
	return true
}

// most asks how far the cell reaches beyond a plane.
func (ws *Workspace) most(facets *Facet, plane int, above bool) exact.Most {
	ws.Exact++
	ws.rows = ws.rows[:0]
	for e := facets; e != nil; e = e.Rest {
		ws.rows = append(ws.rows, ws.side(e.Plane, e.On))
	}
	m := exact.Maximum(ws.rows, ws.side(plane, above))
	ws.Pivots += m.Pivots
	return m
}

// guestPlane is the number of a plane that is no plane of the network: see guest.
const guestPlane = math.MinInt

// guest is a function about which a finished cell is asked.
type guest struct {
	x   *affine.Exact
	row []float64 // over the frame's coordinates, normalised, and a constant
	err float64
}

// plane is the exact function of a plane by its number.
func (ws *Workspace) plane(number int) *affine.Exact {
	if number == guestPlane {
		return ws.net.Root.Complete(ws.guest.x)
	}
	return ws.net.Plane(ws.f, number)
}

// own is plane over the frame's own coordinates.
func (ws *Workspace) own(number int) *exact.Vec {
	if number == guestPlane {
		return ws.guest.x.Vec
	}
	return ws.net.Own(ws.f, number)
}

// side is the function of a plane that is positive on one of its sides.
func (ws *Workspace) side(plane int, above bool) []big.Int {
	f := ws.plane(plane).Over
	if above {
		return f
	}
	g := make([]big.Int, len(f))
	for j := range f {
		g[j].Neg(&f[j])
	}
	return g
}

// point writes a point that an exact program has found over the frame's
// coordinates, and bounds its distance from it.
func (ws *Workspace) point(m *exact.Most) (at []float64, err float64) {
	t := make([]float64, len(m.Num))
	for j := range t {
		t[j], _ = new(big.Rat).SetFrac(&m.Num[j], &m.Den).Float64()
	}
	return ws.net.Root.Place(t)
}

// centre writes a point of the cell with the given facets: the mean of points
// that are beyond each of these.
func (ws *Workspace) centre(facets *Facet, at []float64) {
	n := 0.0
	for e := facets; e != nil; e = e.Rest {
		m := ws.most(facets, e.Plane, e.On)
		if !m.Positive {
			continue
		}
		p, _ := ws.point(&m)
		n++
		for j, x := range p {
			at[j] += x
		}
	}
	for j := range at {
		at[j] /= max(n, 1)
	}
}

// oracle answers what polytopes ask exactly, of the cell that the workspace
// attends to.
type oracle struct{ ws *Workspace }

func (o oracle) rows(planes []int) [][]big.Int {
	ws := o.ws
	ws.Exact++
	ws.rows = ws.rows[:0]
	for _, k := range planes {
		ws.rows = append(ws.rows, ws.plane(k).Over)
	}
	return ws.rows
}

func (o oracle) Sign(planes []int, function int) (sign int, value float64) {
	if o.central(planes) && o.Central(function) {
		return 0, 0 // they meet in the middle, if in one point
	}
	rows, f := o.rows(planes), o.ws.plane(function).Over
	sign, value, ok := exact.Meet(rows, f)
	if !ok {
		panic("cell: the planes of a vertex meet in more than a point")
	}
	return sign, value
}

// Central tells of planes of units, where no unit has a constant, and of others by
// their functions.
func (o oracle) Central(plane int) bool {
	n := o.ws.net
	switch {
	case plane >= 0 && n.Homogeneous:
		return true
	case plane < 0 && plane >= -2*n.Dim(): // a face of the box
		return false
	}
	f := o.ws.plane(plane).Over
	return f[len(f)-1].Sign() == 0
}

func (o oracle) central(planes []int) bool {
	return !slices.ContainsFunc(planes, func(k int) bool { return !o.Central(k) })
}

func (o oracle) Row(plane int) (row []float64, err float64) {
	if plane == guestPlane {
		return o.ws.guest.row, o.ws.guest.err
	}
	return o.ws.net.Rounded(o.ws.f, plane)
}

func (o oracle) Meet(planes []int, at []float64) {
	if !exact.At(o.rows(planes), at) {
		panic("cell: the planes of a vertex meet in more than a point")
	}
}

// Apart follows from Cramer's rule: the value of an integer function where d
// integer planes meet is a quotient of two determinants of integers, of which
// the lower one is at most the product of the norms of its rows (Hadamard). So
// it is 0, or at least one over that product.
func (o oracle) Apart(d int, planes, functions []int) float64 {
	most := 0
	for _, list := range [2][]int{planes, functions} {
		for _, k := range list {
			most = max(most, o.ws.plane(k).Bits)
			if (d+1)*most > maxApart {
				return 0
			}
		}
	}
	// less a little, as functions that are normalised in doubles are a little off
	return 0.99 / float64(uint64(1)<<((d+1)*most))
}

// maxApart is the number of bits from which on that is no help.
const maxApart = 45

// Depends asks the frame's own coordinates first. There may be more of them than
// the domain has dimensions, so only a yes is an answer.
func (o oracle) Depends(planes []int, function int) (sign int, constant bool) {
	ws := o.ws
	if ws.net.Homogeneous && len(planes) >= ws.net.Dim() && o.central(planes) && o.Central(function) {
		return 0, true // as for Sign
	}
	if ws.net.Root.Parent != nil {
		var rows [][]big.Int
		for _, k := range planes {
			rows = append(rows, ws.own(k).C)
		}
		if sign, constant = exact.Depends(rows, ws.own(function).C); constant {
			ws.Exact++
			return sign, true
		}
	}
	return exact.Depends(o.rows(planes), o.ws.plane(function).Over)
}

var _ polytope.Oracle = oracle{}

// attend makes the workspace answer for a cell.
func (ws *Workspace) attend(c *Cell) { ws.f, ws.looking = c.Functions, nil }
