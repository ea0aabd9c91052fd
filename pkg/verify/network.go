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

// program is what is read of a milp record.
type program struct {
	record.Head
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
	Units []struct {
		Layer, H, Hbar, Pre int
		Z                   *int
	}
}

// Checker checks the proofs of one milp. It does not change, so several
// goroutines may use it.
type Checker struct {
	program
	at     map[int]int       // numbers of input columns
	owners map[int]link      // of the columns of units
	rows   map[int]int       // numbers of the values of the domain's rows, after the units
	inputs *space            // over the inputs
	spaces map[string]*space // by the name of the coordinates; inputs is one of them
}

// space is the network over n coordinates.
type space struct {
	n     int
	units []unit  // and then the values of the domain's rows, which are alike
	box   [2]form // limits of the coordinates, lower and upper
	lift  []form  // the coordinates over the inputs, nil if they are these
}

// unit is a pre-activation: a form, and multiples of pre-activations of earlier
// units that are in a state.
type unit struct {
	own  form
	from []link
}

// link is the column of a unit that is not 0 where the unit is on, or off, and a
// multiple.
type link struct {
	unit int
	on   bool
	by   number
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

// most is the maximum of a form over a box, or with end 0 the minimum.
func (f form) most(box [2]form, end int) *number {
	x := slices.Clone(box[end])
	for i := range x {
		if f[i].Sign() < 0 {
			x[i] = box[1-end][i]
		}
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
		gcd := new(big.Int).GCD(nil, nil, factor, r.Denom())
		factor.Mul(factor, gcd.Quo(r.Denom(), gcd))
		rats[i] = r
	}
	for i, r := range rats {
		times := new(big.Int).Quo(factor, r.Denom())
		out[i] = integer(times.Mul(times, r.Num()))
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

func rescue(err *error) {
	switch v := recover().(type) {
	case nil:
	case wrong:
		*err = v.error
	default:
		panic(v)
	}
}

// distinct wants different numbers below n.
func distinct(what string, n int, indices []int) {
	seen := make(map[int]bool, len(indices))
	for _, i := range indices {
		need(i >= 0 && i < n && !seen[i], "%s: %d stands twice, or is not one of %d", what, i, n)
		seen[i] = true
	}
}

// New reads a milp record. It refuses what proofs do not cover.
func New(line *record.Line) (c *Checker, err error) {
	defer rescue(&err)
	x := &space{}
	c = &Checker{at: map[int]int{}, owners: map[int]link{}, rows: map[int]int{}, inputs: x, spaces: map[string]*space{record.OverInputs: x}}
	if err := line.Decode(&c.program); err != nil {
		return nil, err
	}
	for j, col := range c.Cols {
		if col.Kind != "input" {
			need(col.Kind == "h" || col.Kind == "hbar" || col.Kind == "z", "cols[%d]: columns of kind %.40q are not proved", j, col.Kind)
			continue
		}
		need(col.Lo != nil && col.Hi != nil && *col.Lo <= *col.Hi && !col.Integer, "cols[%d]: an input without limits in order, or a whole one", j)
		x.box[0], x.box[1] = append(x.box[0], exactly(*col.Lo)), append(x.box[1], exactly(*col.Hi))
		c.at[j] = x.n
		x.n++
	}
	need(c.ID != "" && x.n > 0, "there is no id or no input")
	for i, row := range c.Rows {
		need(len(row.Idx) == len(row.Val), "rows[%d]: %d columns, %d numbers", i, len(row.Idx), len(row.Val))
		distinct(fmt.Sprintf("rows[%d].idx", i), len(c.Cols), row.Idx)
	}
	first, skips, pre, last := 0, false, map[int]bool{}, 0
	for k, u := range c.Units {
		need(u.Layer > 0 && (u.Layer == last || u.Layer == last+1) && u.Pre >= 0 && u.Pre < len(c.Rows), "units[%d]: its layer or its pre row", k)
		if last = u.Layer; last == 1 {
			first++
		}
		skips = c.unit(k) && last > 1 || skips
		pre[u.Pre] = true
	}
	for i, row := range c.Rows {
		if !pre[i] && c.cuts(i) {
			value := make(form, x.n+1)
			for e, j := range row.Idx {
				value[c.at[j]] = exactly(row.Val[e])
			}
			c.rows[i], x.units = len(x.units), append(x.units, unit{own: value})
		}
	}
	if !skips {
		c.spaces[record.OverFirst] = c.over(first)
	}
	return c, nil
}

// unit reads the columns and the pre row of a unit, and reports whether it takes
// inputs.
func (c *Checker) unit(k int) (inputs bool) {
	u, n, own := c.Units[k], c.inputs.n, 0
	for on, j := range []int{u.Hbar, u.H} {
		_, taken := c.owners[j]
		need(!taken && j >= 0 && j < len(c.Cols) && c.Cols[j].Kind == []string{"hbar", "h"}[on], "units[%d]: column %d is no h or hbar of its own", k, j)
		c.owners[j] = link{unit: k, on: on == 1}
	}
	row, g := c.Rows[u.Pre], unit{own: make(form, n+1)}
	need(row.Lo != nil && row.Hi != nil && *row.Lo == *row.Hi, "units[%d]: its pre row is no equation", k)
	g.own[n] = exactly(-*row.Lo)
	for e, j := range row.Idx {
		at, input := c.at[j]
		from, ok := c.owners[j]
		switch from.by = exactly(row.Val[e]); {
		case input:
			g.own[at], inputs = from.by, true
		case j == u.H && row.Val[e] == -1 || j == u.Hbar && row.Val[e] == 1:
			own++
		default:
			need(ok && c.Units[from.unit].Layer < u.Layer, "units[%d]: its pre row has the number %g for column %d", k, row.Val[e], j)
			if !from.on { // hbar is -g
				from.by.Neg(&from.by)
			}
			g.from = append(g.from, from)
		}
	}
	need(own == 2, "units[%d]: its pre row lacks its own columns", k)
	c.inputs.units = append(c.inputs.units, g)
	return inputs
}

// cuts reports whether a row that is no pre row cuts the domain. It refuses a row
// that neither does nor belongs to a unit.
func (c *Checker) cuts(i int) bool {
	row := c.Rows[i]
	if !slices.ContainsFunc(row.Idx, func(j int) bool { return c.Cols[j].Kind != "input" }) {
		return true
	}
	need((row.Kind == "on" || row.Kind == "off") && len(row.Idx) == 2, "rows[%d]: a row of kind %.40q over units is not proved", i, row.Kind)
	from, ok := c.owners[row.Idx[0]]
	z := row.Idx[1]
	need(ok && c.Cols[z].Kind == "z" && c.Units[from.unit].Z != nil && *c.Units[from.unit].Z == z, "rows[%d]: it is of no unit", i)
	return false
}

// over writes the network over the pre-activations of the first layer and the
// values of the domain's rows.
func (c *Checker) over(first int) *space {
	x, y := c.inputs, &space{n: first + len(c.rows), lift: []form{}}
	for k, g := range x.units {
		own := make(form, y.n+1)
		if at := len(y.lift); k < first || k >= len(c.Units) {
			own[at], y.lift = one, append(y.lift, g.own)
			y.box[0], y.box[1] = append(y.box[0], *g.own.most(x.box, 0)), append(y.box[1], *g.own.most(x.box, 1))
		} else {
			own[y.n] = g.own[x.n]
		}
		y.units = append(y.units, unit{own, g.from})
	}
	return y
}
