package cell

import (
	"relucount/pkg/affine"
	"relucount/pkg/exact"
	"relucount/pkg/polytope"
)

// Class returns the class of a point well within the cell, which is the first output that
// no other is greater than, or of one output whether it is above 0; and whether all of the
// cell has that class. That is Unsure only where the workspace is Thrifty and doubles are
// not sure. What is sure is exact. Where two classes meet at the point, which of them it is
// may be a matter of rounding. The network must have scores.
func (v *View) Class() (class int, constant polytope.Verdict) {
	n := v.ws.net
	scores := n.Scores(v.c.Functions, v.c.States)
	over := func(i, j int) *exact.Vec {
		return exact.Sum(n.Root.Dim+1, []exact.Term{{W: 1, V: scores[i]}, {W: -1, V: scores[j]}})
	}
	at := make([]float64, n.Root.Dim)
	v.Central(at)
	for i := 1; i < len(scores); i++ {
		if v.above(over(i, class), at) {
			class = i
		}
	}
	for range scores {
		better := -1
		constant = polytope.Yes
		for j := range scores {
			if j == class {
				continue
			}
			less, more := v.reaches(over(j, class))
			switch {
			case more == polytope.No && (less != polytope.No || j > class):
			case less == polytope.No && more != polytope.Unsure: // greater where they differ, or the same and before
				better = j
			case more == polytope.Yes:
				constant = polytope.No
			case constant == polytope.Yes:
				constant = polytope.Unsure
			}
		}
		if better < 0 {
			return class, constant
		}
		class = better
	}
	return class, polytope.Unsure
}

// above reports whether a function is above 0 at a point, up to rounding.
func (v *View) above(f *exact.Vec, at []float64) bool {
	if f.Constant() {
		return f.ConstantSign() > 0
	}
	row := make([]float64, len(at)+1)
	v.ws.net.Root.Round(f, row)
	y := row[len(at)]
	for j, x := range at {
		y += row[j] * x
	}
	return y > 0
}

// reaches says whether a function has values below and above 0 in the cell.
func (v *View) reaches(f *exact.Vec) (below, above polytope.Verdict) {
	if f.Constant() {
		s := f.ConstantSign()
		return polytope.VerdictOf(s < 0), polytope.VerdictOf(s > 0)
	}
	ws, c := v.ws, v.c
	ws.attend(c)
	row := make([]float64, ws.net.Root.Dim+1)
	ws.guest = guest{&affine.Exact{Vec: f}, row, ws.net.Root.Round(f, row)}
	s := c.shape.clone(ws)
	defer ws.drop(s)
	u := &ws.hand(s, guestPlane, row, ws.guest.err)[0]
	if !u.Known {
		u.Reach = s.reach(ws, u)
	}
	if !ws.Thrifty || ws.affordable(c.Facets) {
		ws.settle(c.Facets, u, s.learn)
	}
	return u.Reach.Below, u.Reach.Above
}
