package milp

import (
	"math"

	"relucount/pkg/accumulator"
)

// span adds up the range of a pre-activation, exactly.
type span struct {
	low, high   accumulator.Sum
	down, above bool // whether the range has no end
}

// add adds what a source contributes whose value, or for a unit whose
// pre-activation, lies in [lo, hi]: active times it above 0, inactive times it
// below.
func (s *span) add(inactive, active, lo, hi float64) {
	switch {
	case lo >= 0:
		inactive = active
	case hi <= 0:
		active = inactive
	default:
		s.across(inactive, active, lo, hi)
		return
	}
	if active < 0 {
		lo, hi = hi, lo
	}
	s.lower(active, lo)
	s.upper(active, hi)
}

// across is add for a range with 0 inside. It has the ends of both sides that go
// up, and of these the higher one; the same for those that go down.
func (s *span) across(inactive, active, lo, hi float64) {
	up, down := [2]bool{inactive < 0, active > 0}, [2]bool{inactive > 0, active < 0}
	larger := func() bool { // of the active side
		if math.IsInf(lo, 0) || math.IsInf(hi, 0) {
			return math.Abs(active*hi) >= math.Abs(inactive*lo)
		}
		var d accumulator.Sum
		d.AddProduct(math.Abs(active), hi)
		d.AddProduct(math.Abs(inactive), lo)
		return d.Sign() >= 0
	}
	if up[0] && up[1] {
		up[1] = larger()
		up[0] = !up[1]
	}
	if down[0] && down[1] {
		down[1] = larger()
		down[0] = !down[1]
	}
	if up[0] {
		s.upper(inactive, lo)
	} else if up[1] {
		s.upper(active, hi)
	}
	if down[0] {
		s.lower(inactive, lo)
	} else if down[1] {
		s.lower(active, hi)
	}
}

func (s *span) lower(w, at float64) {
	switch {
	case w == 0:
		return
	case math.IsInf(at, 0):
		s.down = true
		return
	}
	s.low.AddProduct(w, at)
}

func (s *span) upper(w, at float64) {
	switch {
	case w == 0:
		return
	case math.IsInf(at, 0):
		s.above = true
		return
	}
	s.high.AddProduct(w, at)
}

// take returns the range rounded outward, and empties the sum.
func (s *span) take() (lo, hi float64) {
	lo, hi = s.low.Down(), s.high.Up()
	if s.down {
		lo = math.Inf(-1)
	}
	if s.above {
		hi = math.Inf(1)
	}
	s.low.Reset()
	s.high.Reset()
	s.down, s.above = false, false
	return lo, hi
}

func (s *span) constant(v float64) {
	s.low.Add(v)
	s.high.Add(v)
}

// Interval returns bounds of the pre-activations by interval arithmetic: their
// ranges while each source ranges over its own. They are those of the rows that the
// program gets, whose numbers are taken as they are, and are rounded once, outward.
// They are infinite or NaN where a row overflows.
func (f *Forms) Interval() (lower, upper []float64) {
	lower, upper = make([]float64, f.Units()), make([]float64, f.Units())
	var s span
	for i := range lower {
		form := &f.Forms[i]
		s.constant(form.B)
		for k, j := range form.Src {
			from := &f.sources[j]
			inactive, active := from.entries(form.W[k])
			s.add(inactive, active, from.lo, from.hi)
		}
		lower[i], upper[i] = s.take()
	}
	return lower, upper
}

// Intervals returns bounds of the pre-activations of all units by the same
// arithmetic, from the rows of the units and the limits of inputs as these are now,
// which may be infinite. Other limits, other rows and the bounds that the units have
// do not enter, so they hold whatever an edit has made of these.
func (p *Problem) Intervals() (lower, upper []float64) {
	lower, upper = make([]float64, len(p.Units)), make([]float64, len(p.Units))
	unit := map[int]int{}
	var s span
	for k := range p.Units {
		u := &p.Units[k]
		r := &p.Rows[u.Pre]
		s.constant(-float64(r.Lo))
		slopes := map[int][2]float64{} // of the units that it takes
		var taken []int
		for e, j := range r.Idx {
			v := r.Val[e]
			if j == u.H || j == u.Hbar {
				continue
			}
			o, ok := unit[j]
			if !ok {
				s.add(v, v, float64(p.Cols[j].Lo), float64(p.Cols[j].Hi))
				continue
			}
			pair, seen := slopes[o]
			if !seen {
				taken = append(taken, o)
			}
			if j == p.Units[o].H {
				pair[1] = v
			} else {
				pair[0] = -v
			}
			slopes[o] = pair
		}
		for _, o := range taken {
			s.add(slopes[o][0], slopes[o][1], lower[o], upper[o])
		}
		lower[k], upper[k] = s.take()
		unit[u.H], unit[u.Hbar] = k, k
	}
	return lower, upper
}
