// Package region finds the linear regions of a ReLU network given as a milp.
//
// A region is an activation pattern for which some point of the domain has
// every unit strictly on its side, where a unit that is identically zero on
// the pattern's cell is inactive and cuts nothing. On a full-dimensional
// domain that is a cell with an interior.
//
// The search decides the units in layer order. Within a cell each unit's
// pre-activation is an affine function of the base coordinates, which are the
// inputs or, when the first layer is narrower than the input, its
// pre-activations. Coordinates are scaled so that each ranges over [-1, 1];
// the margin by which a point is strictly on its side of a unit is the
// distance from the unit's hyperplane in these coordinates.
//
// Rows that a user has added to the milp over inputs and columns of his own
// restrict the domain, perhaps to a slice of it. Rows over the columns of
// units then choose among the regions of that domain: a region counts when
// one of the points in its (relative) interior satisfies them.
package region

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"relucount/pkg/milp"
)

// Space is what the searches over one milp share. It does not change.
type Space struct {
	p      *milp.Problem
	edited bool

	// columns of the LPs: scaled free inputs, the user's own columns, and
	// when the base is the first layer its scaled pre-activations
	lo, hi []float64
	inputs []affineCol // by input column of the milp: its place and scale
	extra  map[int]int // user's column of the milp -> LP column
	base   int         // first LP column of the base coordinates
	dim    int         // number of base coordinates
	ties   []lpRow     // tie the pre-activations to the inputs
	reach  [][]float64 // base coordinate i = reach[i] . inputs + reach0[i]; nil when the base is the inputs
	reach0 []float64

	units   []unit
	layers  []layer // of the units, for the filtered search; nil when it cannot take them
	rows    []userRow
	rowsAt  [][]int // rows by the last unit that they mention, +1
	integer bool    // whether the user added integer columns
	void    bool    // whether an input has no values left
	// later tells that rows over units, or integer columns, choose among the
	// points of a cell, so that every unit's row must be kept in the LPs, also
	// of those that cannot cut the cell
	later bool
	// up to so many coordinates cells are kept by their vertices; the second
	// is for networks of one layer
	vertexDim, vertexDimFlat int
}

// affineCol is an input column: x = mid + half * (LP column at), or the
// constant mid when at < 0.
type affineCol struct {
	col       int
	at        int
	mid, half float64
}

// unit is a ReLU unit as the search sees it.
type unit struct {
	coef  []float64 // over base coordinates; nil when it has none
	bias  float64
	mag   float64 // magnitude of the coefficients, for rounding
	from  []int   // earlier units
	w     []float64
	only  side // what the stable state or the limits of z leave
	loose bool // the state is not implied by the domain, so it is a constraint
}

// side is a set of states of a unit.
type side uint8

const (
	inactive side = 1
	active   side = 2
	both     side = 3
)

func sideOf(on bool) side {
	if on {
		return active
	}
	return inactive
}

func (s side) other() side { return s ^ both }

// lpRow is lo <= sum val * LP column idx <= hi.
type lpRow struct {
	lo, hi float64
	idx    []int
	val    []float64
}

// userRow is a row of the milp that belongs to no unit.
type userRow struct {
	lpRow            // over LP columns
	units []unitTerm // over h, hbar and z of units
}

type unitTerm struct {
	unit int
	kind string
	val  float64
}

// NewSpace prepares the search of a checked milp.
func NewSpace(p *milp.Problem) (*Space, error) {
	s := &Space{p: p, edited: p.Digest() != p.ID, extra: map[int]int{}, vertexDim: vertexDim, vertexDimFlat: vertexDimFlat}
	if err := s.columns(); err != nil {
		return nil, err
	}
	s.chooseBase()
	s.makeUnits()
	s.layers = s.makeLayers()
	s.userRows()
	s.later = s.integer
	for _, rows := range s.rowsAt[1:] {
		s.later = s.later || len(rows) > 0
	}
	return s, nil
}

// Edited reports whether the content of the milp no longer matches its id.
func (s *Space) Edited() bool { return s.edited }

// Units is the number of units.
func (s *Space) Units() int { return len(s.units) }

func (s *Space) columns() error {
	owner := map[int]bool{}
	for k := range s.p.Units {
		u := &s.p.Units[k]
		owner[u.H], owner[u.Hbar] = true, true
		if u.Z != nil {
			owner[*u.Z] = true
		}
	}
	for j, c := range s.p.Cols {
		if owner[j] {
			continue
		}
		lo, hi := float64(c.Lo), float64(c.Hi)
		if c.Kind != milp.Input {
			s.extra[j] = len(s.lo)
			s.lo, s.hi = append(s.lo, lo), append(s.hi, hi)
			s.integer = s.integer || c.Integer
			continue
		}
		if c.Integer {
			return fmt.Errorf("cols[%d]: an input that is integer has no regions", j)
		}
		s.void = s.void || lo > hi
		in := affineCol{col: j, at: -1, mid: lo}
		if lo < hi {
			in.at, in.mid, in.half = len(s.lo), 0, 1
			if !math.IsInf(lo, 0) && !math.IsInf(hi, 0) {
				in.mid, in.half = lo+(hi-lo)/2, (hi-lo)/2
				lo, hi = -1, 1
			}
			s.lo, s.hi = append(s.lo, lo), append(s.hi, hi)
		}
		s.inputs = append(s.inputs, in)
	}
	return nil
}

// overInputs returns the part of a row that the inputs make: coefficients over
// LP columns and a constant.
func (s *Space) overInputs(r *milp.Row, coef []float64) (constant float64) {
	at := s.inputIndex()
	for e, j := range r.Idx {
		if i, ok := at[j]; ok {
			in := &s.inputs[i]
			constant += r.Val[e] * in.mid
			if in.at >= 0 {
				coef[in.at] += r.Val[e] * in.half
			}
		}
	}
	return constant
}

func (s *Space) inputIndex() map[int]int {
	at := make(map[int]int, len(s.inputs))
	for i := range s.inputs {
		at[s.inputs[i].col] = i
	}
	return at
}

// chooseBase takes the pre-activations of the first layer as coordinates when
// they are fewer than the free inputs and nothing after the first layer
// depends on the inputs in another way.
func (s *Space) chooseBase() {
	free := len(s.lo)
	first := 0
	for first < len(s.p.Units) && s.p.Units[first].Layer == 1 {
		first++
	}
	s.base, s.dim = 0, free
	if first >= free-len(s.extra) || first == 0 {
		return
	}
	at := s.inputIndex()
	for k := first; k < len(s.p.Units); k++ {
		for _, j := range s.p.Rows[s.p.Units[k].Pre].Idx {
			if _, ok := at[j]; ok {
				return
			}
		}
	}
	var reach [][]float64
	var reach0 []float64
	var ties []lpRow
	var lo, hi []float64
	for k := range first {
		r := &s.p.Rows[s.p.Units[k].Pre]
		coef := make([]float64, free)
		c := s.overInputs(r, coef) - float64(r.Lo)
		a, b := c, c
		for j, v := range coef {
			if v != 0 {
				a += math.Min(v*s.lo[j], v*s.hi[j])
				b += math.Max(v*s.lo[j], v*s.hi[j])
			}
		}
		if math.IsInf(a, 0) || math.IsInf(b, 0) {
			return
		}
		mid, half := a+(b-a)/2, (b-a)/2
		if half == 0 {
			half = 1
		}
		floats.Scale(1/half, coef)
		reach, reach0 = append(reach, coef), append(reach0, (c-mid)/half)
		// coef . t + (c-mid)/half - y = 0, scaled to a largest entry of 1
		tie := lpRow{}
		top := 0.0
		for j, v := range coef {
			if v != 0 {
				tie.idx, tie.val = append(tie.idx, j), append(tie.val, v)
				top = math.Max(top, math.Abs(v))
			}
		}
		if top == 0 {
			top = 1
		}
		tie.idx, tie.val = append(tie.idx, free+k), append(tie.val, -1)
		floats.Scale(1/top, tie.val)
		tie.lo = (mid - c) / half / top
		tie.hi = tie.lo
		ties = append(ties, tie)
		lo, hi = append(lo, -1), append(hi, 1)
		s.units = append(s.units, unit{bias: mid, mag: half})
	}
	s.base, s.dim, s.reach, s.reach0, s.ties = free, first, reach, reach0, ties
	s.lo, s.hi = append(s.lo, lo...), append(s.hi, hi...)
	for k := range s.units {
		s.units[k].coef = make([]float64, first)
		s.units[k].coef[k] = s.units[k].mag
	}
}

func (s *Space) makeUnits() {
	byH := map[int]int{}
	done := len(s.units) // units of the first layer, when they are the base
	for k := range s.p.Units {
		pu := &s.p.Units[k]
		r := &s.p.Rows[pu.Pre]
		if k >= done {
			u := unit{coef: make([]float64, s.dim)}
			u.bias = s.overInputs(r, u.coef) - float64(r.Lo)
			for e, j := range r.Idx {
				if f, ok := byH[j]; ok {
					u.from, u.w = append(u.from, f), append(u.w, r.Val[e])
				}
			}
			u.mag = floats.Norm(u.coef, 2)
			if u.mag == 0 {
				u.coef = nil
			}
			s.units = append(s.units, u)
		}
		byH[pu.H] = k
		u := &s.units[k]
		u.only = both
		switch {
		case pu.Stably(milp.Active):
			u.only, u.loose = active, s.edited
		case pu.Stably(milp.Inactive):
			u.only, u.loose = inactive, s.edited
		default:
			z := s.p.Cols[*pu.Z]
			if z.Lo > 0 || z.Hi < 0 {
				u.only &^= inactive
				u.loose = true
			}
			if z.Lo > 1 || z.Hi < 1 {
				u.only &^= active
				u.loose = true
			}
		}
	}
}

// userRows collects the rows that belong to no unit. In an edited milp the
// rows and column limits of units may cut too, so they count as the user's.
func (s *Space) userRows() {
	type place struct {
		unit int
		kind string
	}
	at := map[int]place{}
	for k := range s.p.Units {
		u := &s.p.Units[k]
		at[u.H] = place{k, milp.H}
		at[u.Hbar] = place{k, milp.Hbar}
		if u.Z != nil {
			at[*u.Z] = place{k, milp.Z}
		}
	}
	inputs := s.inputIndex()
	own := s.p.UnitRows()
	s.rowsAt = make([][]int, len(s.units)+1)
	add := func(r *milp.Row) {
		coef := make([]float64, len(s.lo))
		c := s.overInputs(r, coef)
		last := -1
		var ur userRow
		for e, j := range r.Idx {
			if pl, ok := at[j]; ok {
				ur.units = append(ur.units, unitTerm{pl.unit, pl.kind, r.Val[e]})
				last = max(last, pl.unit)
			} else if _, ok := inputs[j]; !ok {
				coef[s.extra[j]] += r.Val[e]
			}
		}
		for j, v := range coef {
			if v != 0 {
				ur.idx, ur.val = append(ur.idx, j), append(ur.val, v)
			}
		}
		ur.lo, ur.hi = float64(r.Lo)-c, float64(r.Hi)-c
		s.rowsAt[last+1] = append(s.rowsAt[last+1], len(s.rows))
		s.rows = append(s.rows, ur)
	}
	pre := map[int]bool{}
	for k := range s.p.Units {
		pre[s.p.Units[k].Pre] = true
	}
	for i := range s.p.Rows {
		if own[i] < 0 || (s.edited && !pre[i]) {
			add(&s.p.Rows[i])
		}
	}
	if !s.edited {
		return
	}
	for k := range s.p.Units {
		for _, j := range []int{s.p.Units[k].H, s.p.Units[k].Hbar} {
			c := s.p.Cols[j]
			add(&milp.Row{Lo: c.Lo, Hi: c.Hi, Idx: []int{j}, Val: []float64{1}})
		}
	}
}

// point turns a value for every LP column into the inputs of the network.
func (s *Space) point(v []float64) []float64 {
	x := make([]float64, len(s.inputs))
	for i, in := range s.inputs {
		x[i] = in.mid
		if in.at >= 0 {
			x[i] += in.half * v[in.at]
		}
		c := s.p.Cols[in.col]
		x[i] = math.Max(float64(c.Lo), math.Min(float64(c.Hi), x[i]))
	}
	return x
}
