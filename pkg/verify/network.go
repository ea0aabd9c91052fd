// Package verify checks proofs of numbers of regions (records of kind "proof"),
// and knows nothing of how they were found.
//
// The numbers of a milp and of a proof are taken as the exact rationals that
// they are. A unit's pre-activation g is affine where the states of the units
// before it are known. A proof is a binary tree over the units. A claim in it
// says that a unit has one state in the cell of a node: with s = 1 for off and
// -1 for on it gives multiples, none of them negative, with which
//
//	s g + multiples of what is positive in the cell  <=  0
//
// everywhere in a box around the cell (Farkas, 1902). So s g is never positive
// in the cell. The maximum over a box is that of each coordinate on its own.
// At a leaf every unit has a state, and a point that is strictly on the right
// side of everything shows that the region is there. So the patterns below the
// path of a record are its leaves, and no others.
//
// What is proved is the network that the pre rows of units define, over the
// inputs that the limits of input columns and the rows over inputs leave. Rows
// on and off, and the limits of other columns, take no part.
package verify

import (
	"fmt"
	"math/big"
	"slices"

	"relucount/pkg/record"
)

// Checker checks the proofs of one milp. It does not change, so several
// goroutines may use it.
type Checker struct { // first what is read of the record
	ID   string
	Cols []struct {
		Kind    string
		Lo, Hi  *float64 // nil for none
		Integer bool
	}
	Rows []struct {
		Kind   string
		Lo, Hi *float64
		Idx    record.Indices
		Val    record.Numbers
	}
	Units []struct{ Layer, H, Hbar, Pre int }

	at     map[int]int       // numbers of input columns
	owners map[int]link      // of the columns of units
	limits map[[2]int]int    // numbers among the units of rows' limits, 0 for the lower and 1 for the upper one
	states []int             // of the units: none, of limits off
	spaces map[string]*space // by the name of the coordinates
}

// space is the network over some coordinates.
type space struct {
	units []unit // and then limits of rows: functions that are negative in the domain
	lift  []form // the coordinates over the inputs

	box, around [2]form // limits of the inputs and of the coordinates, lower and upper
}

// unit is a pre-activation: a form, and multiples of pre-activations of earlier
// units that are in a state.
type unit struct {
	own  form
	from []link
}

// link is the column of a unit that is not 0 where the unit is on, or off, and a
// multiple of the unit.
type link struct {
	unit, state int // 1 for on, -1 for off
	by          number
}

// form is an affine function of coordinates, the constant last; or a list of
// numbers.
type form []number

// number is a dyadic number. Its precision is the greatest one, or 0 for a
// number 0, so that nothing is rounded.
type number = big.Float

func exactly(v float64) number { return *new(number).SetPrec(big.MaxPrec).SetFloat64(v) }

func integer(v *big.Int) number { return *new(number).SetPrec(big.MaxPrec).SetInt(v) }

var one = exactly(1)

// plus adds a multiple of a form to one that nothing else holds.
func (f form) plus(by *number, g form) {
	var t number
	for i := range g {
		if g[i].Sign() != 0 {
			f[i].Add(&f[i], t.Mul(by, &g[i]))
		}
	}
}

// at is the value of a form at a point whose coordinates are times den.
func (f form) at(x form, den *number) *number {
	var t number
	v := new(number).Mul(&f[len(x)], den)
	for i := range x {
		if f[i].Sign() != 0 && x[i].Sign() != 0 {
			v.Add(v, t.Mul(&f[i], &x[i]))
		}
	}
	return v
}

// most is the maximum of a form over a box, or with end -1 the minimum.
func (f form) most(box [2]form, end int) *number {
	var x form
	for i := range box[0] {
		x = append(x, box[max(end*f[i].Sign(), 0)][i])
	}
	return f.at(x, &one)
}

// common returns integers in the ratio of the numbers, and the factor that makes
// them.
func common(numbers []record.Rational) (form, number) {
	rats, out, factor := make([]*big.Rat, len(numbers)), make(form, len(numbers)), big.NewInt(1)
	for i, v := range numbers {
		r, err := v.Exact()
		need(err == nil, "%w", err)
		factor.Mul(factor, new(big.Int).Quo(r.Denom(), new(big.Int).GCD(nil, nil, factor, r.Denom())))
		rats[i] = r
	}
	for i, r := range rats {
		out[i] = integer(r.Mul(r, new(big.Rat).SetInt(factor)).Num())
	}
	return out, integer(factor)
}

// wrong is a record that is refused. need panics with it, and rescue makes an
// error of it.
type wrong struct{ error }

func need(ok bool, format string, a ...any) {
	if !ok {
		panic(wrong{fmt.Errorf(format, a...)})
	}
}

func rescue(err *error, place *string) {
	v := recover()
	if w, ok := v.(wrong); ok {
		*err = fmt.Errorf("%s%w", *place, w.error)
	} else if v != nil {
		panic(v)
	}
}

func must(err error) { need(err == nil, "%w", err) }

// New reads a milp record. It refuses what proofs do not cover.
func New(line *record.Line) (c *Checker, err error) {
	defer rescue(&err, new(string))
	x := &space{}
	c = &Checker{at: map[int]int{}, owners: map[int]link{}, limits: map[[2]int]int{}, spaces: map[string]*space{record.OverInputs: x}}
	must(line.Decode(c))
	for j, col := range c.Cols {
		if col.Kind == "input" {
			need(col.Lo != nil && col.Hi != nil && *col.Lo <= *col.Hi && !col.Integer, "cols[%d]: an input without limits in order, or a whole one", j)
			x.box[0], x.box[1] = append(x.box[0], exactly(*col.Lo)), append(x.box[1], exactly(*col.Hi))
			c.at[j] = len(c.at)
		}
	}
	x.around = x.box
	n := len(c.at)
	for j := range n {
		x.lift = append(x.lift, make(form, n+1))
		x.lift[j][j] = one
	}
	need(c.ID != "" && n > 0, "there is no id or no input")
	for i, row := range c.Rows {
		need(len(row.Idx) == len(row.Val), "rows[%d]: %d columns, %d numbers", i, len(row.Idx), len(row.Val))
		err := row.Idx.Check(len(c.Cols))
		need(err == nil, "rows[%d].idx: %w", i, err)
	}
	first, skips, pre, last := 0, false, map[int]bool{}, 0
	for k, u := range c.Units {
		need(u.Layer > 0 && (u.Layer == last || u.Layer == last+1) && u.Pre >= 0 && u.Pre < len(c.Rows), "units[%d]: its layer or its pre row", k)
		if last = u.Layer; last == 1 {
			first++
		}
		skips = c.unit(x, k) && last > 1 || skips
		pre[u.Pre] = true
	}
	c.states = make([]int, len(c.Units))
	for i, row := range c.Rows {
		inner := slices.ContainsFunc(row.Idx, func(j int) bool { return c.Cols[j].Kind != "input" })
		need(!inner || pre[i] || row.Kind == "on" || row.Kind == "off", "rows[%d]: a row of kind %.40q over units is not proved", i, row.Kind)
		for end, limit := range []*float64{row.Lo, row.Hi} {
			if inner || limit == nil {
				continue
			}
			g, sign, state := make(form, n+1), float64(2*end-1), -split
			for e, j := range row.Idx {
				g[c.at[j]] = exactly(sign * row.Val[e])
			}
			g[n] = exactly(-sign * *limit)
			if row.Lo != nil && row.Hi != nil && *row.Lo == *row.Hi {
				state = -claimed // it is 0
			}
			c.limits[[2]int{i, end}] = len(x.units)
			x.units, c.states = append(x.units, unit{own: g}), append(c.states, state)
		}
	}
	if !skips {
		c.spaces[record.OverFirst] = c.over(x, first)
	}
	return c, nil
}

// unit reads the columns and the pre row of a unit, and reports whether it takes
// inputs.
func (c *Checker) unit(x *space, k int) (inputs bool) {
	u, n, own := c.Units[k], len(c.at), 0
	for on, j := range []int{u.Hbar, u.H} {
		need(c.owners[j].state == 0 && j >= 0 && j < len(c.Cols) && c.Cols[j].Kind == []string{"hbar", "h"}[on], "units[%d]: column %d is no h or hbar of its own", k, j)
		c.owners[j] = link{unit: k, state: 2*on - 1}
	}
	row, g := c.Rows[u.Pre], unit{own: make(form, n+1)}
	need(row.Lo != nil && row.Hi != nil && *row.Lo == *row.Hi, "units[%d]: its pre row is no equation", k)
	g.own[n] = exactly(-*row.Lo)
	for e, j := range row.Idx {
		from, sign := c.owners[j], float64(c.owners[j].state) // h is g, hbar is -g
		if at, input := c.at[j]; input {
			g.own[at], inputs = exactly(row.Val[e]), true
		} else if from.unit == k && sign*row.Val[e] == -1 {
			own++
		} else {
			need(sign != 0 && c.Units[from.unit].Layer < u.Layer, "units[%d]: its pre row has the number %g for column %d", k, row.Val[e], j)
			from.by = exactly(sign * row.Val[e])
			g.from = append(g.from, from)
		}
	}
	need(own == 2, "units[%d]: its pre row lacks its own columns", k)
	x.units = append(x.units, g)
	return inputs
}

// over writes the network over the pre-activations of the first layer and the
// values of the domain's rows.
func (c *Checker) over(x *space, first int) *space {
	n := first + len(c.limits)
	y := &space{box: x.box}
	for k, g := range x.units {
		own := append(make(form, n), g.own[len(g.own)-1])
		if k < first || k >= len(c.Units) {
			own = make(form, n+1)
			own[len(y.lift)], y.lift = one, append(y.lift, g.own)
			y.around[0], y.around[1] = append(y.around[0], *g.own.most(x.box, -1)), append(y.around[1], *g.own.most(x.box, 1))
		}
		y.units = append(y.units, unit{own, g.from})
	}
	return y
}
