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
//
// All numbers are scaled to integers: 2^s makes integers of those of a milp, and
// an affine function that is made of products of d of them is kept times
// 2^(s d). d is its depth.
package verify

import (
	"fmt"

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
	scale  uint              // s
	at     map[int]int       // numbers of input columns
	owners map[int]owner     // of the columns of units
	spaces map[string]*space // by the name of the coordinates
	inputs *space            // one of them
}

// owner says that a column is h (on) or hbar of a unit: it is not 0 in that
// state.
type owner struct {
	unit int
	on   bool
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
	c = &Checker{at: map[int]int{}, owners: map[int]owner{}}
	if err := line.Decode(&c.program); err != nil {
		return nil, err
	}
	for j, col := range c.Cols {
		if col.Kind != "input" {
			need(col.Kind == "h" || col.Kind == "hbar" || col.Kind == "z", "cols[%d]: columns of kind %.40q are not proved", j, col.Kind)
			continue
		}
		need(col.Lo != nil && col.Hi != nil && *col.Lo <= *col.Hi && !col.Integer, "cols[%d]: an input without limits in order, or a whole one", j)
		c.admit(col.Lo, col.Hi)
		c.at[j] = len(c.at)
	}
	need(c.ID != "" && len(c.at) > 0, "there is no id or no input")
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
	var domain []int
	for i, row := range c.Rows {
		cuts := !pre[i] && c.cuts(i)
		if cuts {
			domain = append(domain, i)
		}
		if cuts || pre[i] {
			c.admit(row.Lo, row.Hi)
			for e := range row.Val {
				c.admit(&row.Val[e])
			}
		}
	}
	c.network(first, domain)
	if skips {
		delete(c.spaces, record.OverFirst)
	}
	return c, nil
}

// unit checks the columns and the pre row of a unit, and reports whether it takes
// inputs.
func (c *Checker) unit(k int) (inputs bool) {
	u := c.Units[k]
	for on, j := range []int{u.Hbar, u.H} {
		_, taken := c.owners[j]
		need(!taken && j >= 0 && j < len(c.Cols) && c.Cols[j].Kind == []string{"hbar", "h"}[on], "units[%d]: column %d is no h or hbar of its own", k, j)
		c.owners[j] = owner{k, on == 1}
	}
	row, own := c.Rows[u.Pre], 0
	need(row.Lo != nil && row.Hi != nil && *row.Lo == *row.Hi, "units[%d]: its pre row is no equation", k)
	for e, j := range row.Idx {
		_, input := c.at[j]
		from, ok := c.owners[j]
		if j == u.H && row.Val[e] == -1 || j == u.Hbar && row.Val[e] == 1 {
			own++
		} else {
			need(input || ok && c.Units[from.unit].Layer < u.Layer, "units[%d]: its pre row has the number %g for column %d", k, row.Val[e], j)
		}
		inputs = inputs || input
	}
	need(own == 2, "units[%d]: its pre row lacks its own columns", k)
	return inputs
}

// cuts reports whether a row that is no pre row cuts the domain. It refuses a row
// that neither does nor belongs to a unit.
func (c *Checker) cuts(i int) bool {
	row, inputs := c.Rows[i], 0
	for _, j := range row.Idx {
		if _, ok := c.at[j]; ok {
			inputs++
		}
	}
	if inputs == len(row.Idx) {
		return true
	}
	need((row.Kind == "on" || row.Kind == "off") && len(row.Idx) == 2, "rows[%d]: a row of kind %.40q over units is not proved", i, row.Kind)
	from, ok := c.owners[row.Idx[0]]
	z := row.Idx[1]
	need(ok && c.Cols[z].Kind == "z" && c.Units[from.unit].Z != nil && *c.Units[from.unit].Z == z, "rows[%d]: it is of no unit", i)
	return false
}
