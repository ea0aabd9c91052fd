package milp

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"relucount/pkg/record"
)

// Which units of another region must be strictly on their side of zero.
const (
	StrictActive = "active" // the active ones
	StrictBoth   = "both"   // the inactive ones, too
)

// Question is the program that asks whether a milp has a region besides those
// that are known. It adds a column f in [0, 1], which is to be maximal, and rows.
// For each unstable unit, with a positive scale s, there is
//
//	strict_on:   s f - h    + s z <= s      f <= h/s    where the unit is active
//	strict_off:  s f - hbar - s z <= 0      f <= hbar/s where it is inactive
//
// of which StrictActive has the first only, and for each known pattern
//
//	known:  sum of 1-z over its active units + sum of z over the others >= 1
//
// over the unstable units. Where z does not ask for it a strict row holds as it
// is, since f <= 1 and h, hbar >= 0: no limit of a unit matters to it.
//
// Where the limits of the units are valid:
//
// A region that is not known is a solution of StrictActive with f > 0. Take a
// point of its interior: active units are positive there, the others are not, and
// it differs from each known pattern in an unstable unit. So if no f is positive,
// or nothing is feasible, there is no other region.
//
// A solution of StrictBoth with f > 0 is a point at which no unstable unit is
// zero. The points of the domain around it have its pattern, too, and as the domain is
// convex they have an interior within it. So there is another region.
//
// The converses may fail: a pattern may occur on a set without an interior, which
// StrictActive finds, and a unit may be zero on a whole region, which StrictBoth
// does not find. For networks in general position neither happens.
type Question struct {
	Problem Problem // with the rows and the column that are added
	F       int     // the column to be maximised
	known   int
}

// Other returns the question whether the milp has regions of other patterns than
// the known ones. A pattern has a string for each layer, as records have it.
// Their order does not matter, nor how often one comes.
func (p *Problem) Other(known [][]string, strict string) (*Question, error) {
	if !p.Pristine() || !p.Within() {
		return nil, errors.New("the milp is not as encode writes it: only limits of inputs may be narrower, and rows over inputs more")
	}
	q := &Question{Problem: *p, F: len(p.Cols)}
	q.Problem.Cols = append(slices.Clone(p.Cols), Col{Name: "f", Kind: "strict", Lo: 0, Hi: 1})
	q.Problem.Rows = slices.Clone(p.Rows)
	for _, k := range p.Unstable() {
		u := &p.Units[k]
		s := p.scale(u)
		q.row(fmt.Sprintf("strict_on_%d_%d", u.Layer, u.Unit), "strict", math.Inf(-1), s, []int{q.F, u.H, *u.Z}, []float64{s, -1, s})
		if strict == StrictBoth {
			q.row(fmt.Sprintf("strict_off_%d_%d", u.Layer, u.Unit), "strict", math.Inf(-1), 0, []int{q.F, u.Hbar, *u.Z}, []float64{s, -1, -s})
		}
	}
	var all []string
	for _, pattern := range known {
		states, err := p.states(pattern)
		if err != nil {
			return nil, fmt.Errorf("pattern %s: %w", strings.Join(pattern, "/"), err)
		}
		all = append(all, states)
	}
	slices.Sort(all) // solve writes them in any order
	for _, states := range slices.Compact(all) {
		q.exclude(states)
	}
	return q, q.check()
}

// scale is a power of 2 about as large as the unit gets, so that f stands for
// shares of ranges.
func (p *Problem) scale(u *Unit) float64 {
	_, e := math.Frexp(max(float64(p.Cols[u.H].Hi), float64(p.Cols[u.Hbar].Hi)))
	return math.Ldexp(1, e-1)
}

// states returns a pattern as one string, of a digit for each unit. It is an
// error when the milp says that there can be no such region.
func (p *Problem) states(pattern []string) (string, error) {
	sizes := p.LayerSizes()
	if len(pattern) != len(sizes) {
		return "", fmt.Errorf("%d layers, the milp has %d", len(pattern), len(sizes))
	}
	for l, s := range pattern {
		if len(s) != sizes[l] || strings.Trim(s, "01") != "" {
			return "", fmt.Errorf("layer %d: %d digits 0 or 1 belong here", l+1, sizes[l])
		}
	}
	all := strings.Join(pattern, "")
	for k := range p.Units {
		if u := &p.Units[k]; u.Stably(Active) && all[k] == '0' || u.Stably(Inactive) && all[k] == '1' {
			return "", fmt.Errorf("unit %d of layer %d is %s in the milp", u.Unit, u.Layer, *u.Stable)
		}
	}
	return all, nil
}

// exclude adds the row that a known pattern does not satisfy, and any other does.
func (q *Question) exclude(states string) {
	var idx []int
	var val []float64
	least := 1.0
	for _, k := range q.Problem.Unstable() {
		v := 1.0
		if states[k] == '1' {
			v = -1
			least--
		}
		idx, val = append(idx, *q.Problem.Units[k].Z), append(val, v)
	}
	q.row(fmt.Sprintf("known_%d", q.known), "known", least, math.Inf(1), idx, val)
	q.known++
}

func (q *Question) row(name, kind string, lo, hi float64, idx record.Indices, val Numbers) {
	q.Problem.Rows = append(q.Problem.Rows, Row{name, kind, Lo(lo), Hi(hi), idx, val})
}

// infinite is what MIP solvers take for infinity, SCIP among them.
const infinite = 1e20

// check refuses numbers that solvers do not take as they are.
func (q *Question) check() error {
	for j, c := range q.Problem.Cols {
		if err := taken(float64(c.Lo), float64(c.Hi)); err != nil {
			return fmt.Errorf("cols[%d]: %w", j, err)
		}
	}
	for i, r := range q.Problem.Rows {
		if err := taken(append(r.Val[:len(r.Val):len(r.Val)], float64(r.Lo), float64(r.Hi))...); err != nil {
			return fmt.Errorf("rows[%d]: %w", i, err)
		}
	}
	return nil
}

func taken(numbers ...float64) error {
	for _, v := range numbers {
		if finite(v) && math.Abs(v) >= infinite {
			return fmt.Errorf("solvers take %g for infinite, and all from %g on", v, infinite)
		}
	}
	return nil
}

func (q *Question) text() *text {
	return &text{Problem: &q.Problem, maximise: q.F, exact: true, about: []string{
		fmt.Sprintf("is there a region besides %d known ones? (f > 0)", q.known),
		fmt.Sprintf("milp %q", q.Problem.ID),
	}}
}

// WriteLP writes the program in CPLEX LP format, with all decimals of each number.
func (q *Question) WriteLP(w io.Writer) error { return q.text().lp(w) }

// longest is how many characters of a line SCIP reads in an MPS file, with some
// to spare.
const longest = 1000

// WriteMPS writes the program in free MPS format, with all decimals of each
// number. It asks for the least -f, as MPS has no sense of the objective.
func (q *Question) WriteMPS(w io.Writer) error {
	var b bytes.Buffer
	if err := q.text().mps(&b); err != nil {
		return err
	}
	for line := range bytes.Lines(b.Bytes()) {
		if len(line) > longest {
			return fmt.Errorf("%.60s... has %d characters, more than a line of MPS takes; LP format takes it", bytes.TrimSpace(line), len(line))
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}
