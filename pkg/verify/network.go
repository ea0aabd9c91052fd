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
	inputs *space            // over the inputs
	spaces map[string]*space // by the name of the coordinates; inputs is one of them
}

// space is the network over coordinates.
type space struct {
	n     int
	units []unit
	rows  map[int][2]form // of the domain: the value less the lower, and less the upper limit; nil for none
	box   [2]form         // limits of the coordinates, lower and upper
	lift  []form          // the coordinates over the inputs, nil if they are these
}

// unit is a pre-activation: a form, and multiples of pre-activations of earlier
// units that are in a state.
type unit struct {
	own  form
	from []link
}

type link struct {
	unit int
	on   bool
	by   number
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
	if v := recover(); v != nil {
		w, ok := v.(wrong)
		if !ok {
			panic(v)
		}
		*err = w.error
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
	x := &space{rows: map[int][2]form{}}
	c = &Checker{at: map[int]int{}, owners: map[int]link{}, inputs: x, spaces: map[string]*space{record.OverInputs: x}}
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
		g, inputs := c.unit(k)
		if last = u.Layer; last == 1 {
			first++
		}
		x.units = append(x.units, g)
		skips = skips || inputs && last > 1
		pre[u.Pre] = true
	}
	var domain []int
	for i := range c.Rows {
		if !pre[i] && c.cuts(i) {
			domain = append(domain, i)
		}
	}
	y := c.over(first, domain)
	if !skips {
		c.spaces[record.OverFirst] = y
	}
	return c, nil
}

// unit reads the columns and the pre row of a unit, and reports whether it takes
// inputs.
func (c *Checker) unit(k int) (g unit, inputs bool) {
	u, n, own := c.Units[k], c.inputs.n, 0
	for on, j := range []int{u.Hbar, u.H} {
		_, taken := c.owners[j]
		need(!taken && j >= 0 && j < len(c.Cols) && c.Cols[j].Kind == []string{"hbar", "h"}[on], "units[%d]: column %d is no h or hbar of its own", k, j)
		c.owners[j] = link{unit: k, on: on == 1}
	}
	row := c.Rows[u.Pre]
	need(row.Lo != nil && row.Hi != nil && *row.Lo == *row.Hi, "units[%d]: its pre row is no equation", k)
	g.own = make(form, n+1)
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
				from.by.m.Neg(&from.by.m)
			}
			g.from = append(g.from, from)
		}
	}
	need(own == 2, "units[%d]: its pre row lacks its own columns", k)
	return g, inputs
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

// over writes the rows of the domain over the inputs, and the network over the
// pre-activations of the first units and the values of these rows.
func (c *Checker) over(first int, domain []int) *space {
	x := c.inputs
	y := &space{n: first + len(domain), rows: map[int][2]form{}, lift: []form{}}
	for k, g := range x.units {
		own := make(form, y.n+1)
		if own[y.n] = g.own[x.n]; k < first {
			own[y.n], own[k] = number{}, one
			y.lift = append(y.lift, g.own)
		}
		y.units = append(y.units, unit{own, g.from})
	}
	for _, i := range domain {
		row, f, value := c.Rows[i], make(form, x.n+1), make(form, y.n+1)
		for e, j := range row.Idx {
			f[c.at[j]] = exactly(row.Val[e])
		}
		value[len(y.lift)] = one
		x.rows[i], y.rows[i] = f.less(row.Lo, row.Hi), value.less(row.Lo, row.Hi)
		y.lift = append(y.lift, f)
	}
	for _, f := range y.lift {
		y.box[0], y.box[1] = append(y.box[0], f.most(x.box, 0)), append(y.box[1], f.most(x.box, 1))
	}
	return y
}

// less is a form without a constant, less each of two limits.
func (f form) less(limits ...*float64) (out [2]form) {
	for end, v := range limits {
		if v != nil {
			out[end] = append(slices.Clone(f[:len(f)-1]), exactly(-*v))
		}
	}
	return out
}
