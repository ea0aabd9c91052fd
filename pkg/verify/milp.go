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
	"errors"
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
	pre    map[int]bool      // rows
	first  int               // units of layer 1
	skips  bool              // whether later layers take inputs
	spaces map[string]*space // by the name of the coordinates
	inputs *space            // one of them
}

// owner says that a column is h (on) or hbar of a unit: it is not 0 in that
// state.
type owner struct {
	unit int
	on   bool
}

// New reads a milp record. It refuses what proofs do not cover.
func New(line *record.Line) (*Checker, error) {
	c := &Checker{at: map[int]int{}, owners: map[int]owner{}, pre: map[int]bool{}}
	if err := line.Decode(&c.program); err != nil {
		return nil, err
	}
	for j, col := range c.Cols {
		switch {
		case col.Kind == "h" || col.Kind == "hbar" || col.Kind == "z":
		case col.Kind != "input" || col.Lo == nil || col.Hi == nil || *col.Lo > *col.Hi || col.Integer:
			return nil, fmt.Errorf("cols[%d]: neither a column of a unit nor an input that has limits and need not be whole", j)
		default:
			c.at[j] = len(c.at)
		}
	}
	if c.ID == "" || len(c.at) == 0 {
		return nil, errors.New("there is no id or no input")
	}
	for i, row := range c.Rows {
		seen := map[int]bool{}
		for _, j := range row.Idx {
			if j < 0 || j >= len(c.Cols) || seen[j] {
				return nil, fmt.Errorf("rows[%d].idx: there is no column %d, or it stands twice", i, j)
			}
			seen[j] = true
		}
		if len(row.Idx) != len(row.Val) {
			return nil, fmt.Errorf("rows[%d]: %d columns, %d numbers", i, len(row.Idx), len(row.Val))
		}
	}
	for k := range c.Units {
		if err := c.unit(k); err != nil {
			return nil, fmt.Errorf("units[%d]: %w", k, err)
		}
	}
	return c, c.network()
}

// unit checks the columns and the pre row of a unit.
func (c *Checker) unit(k int) error {
	u, last := c.Units[k], 0
	if k > 0 {
		last = c.Units[k-1].Layer
	}
	if u.Layer < 1 || u.Layer != last && u.Layer != last+1 || u.Pre < 0 || u.Pre >= len(c.Rows) {
		return fmt.Errorf("layer %d, pre row %d", u.Layer, u.Pre)
	}
	if u.Layer == 1 {
		c.first++
	}
	for _, own := range []struct {
		kind string
		col  int
	}{{"h", u.H}, {"hbar", u.Hbar}} {
		if _, ok := c.owners[own.col]; ok || own.col < 0 || own.col >= len(c.Cols) || c.Cols[own.col].Kind != own.kind {
			return fmt.Errorf("column %d is no %s of its own", own.col, own.kind)
		}
		c.owners[own.col] = owner{k, own.kind == "h"}
	}
	c.pre[u.Pre] = true
	row, own := c.Rows[u.Pre], 0
	for e, j := range row.Idx {
		_, input := c.at[j]
		from, ok := c.owners[j]
		switch {
		case j == u.H && row.Val[e] == -1 || j == u.Hbar && row.Val[e] == 1:
			own++
		case input:
			c.skips = c.skips || u.Layer > 1
		case !ok || c.Units[from.unit].Layer >= u.Layer:
			return fmt.Errorf("its pre row has the number %g for column %d", row.Val[e], j)
		}
	}
	if own != 2 || row.Lo == nil || row.Hi == nil || *row.Lo != *row.Hi {
		return errors.New("its pre row is no equation, or lacks its own columns")
	}
	return nil
}

// cuts reports whether a row cuts the domain. It refuses a row that neither does
// nor belongs to a unit.
func (c *Checker) cuts(i int) (bool, error) {
	row, inputs := &c.Rows[i], 0
	for _, j := range row.Idx {
		if _, ok := c.at[j]; ok {
			inputs++
		}
	}
	if c.pre[i] || inputs == len(row.Idx) {
		return !c.pre[i], nil
	}
	if (row.Kind == "on" || row.Kind == "off") && len(row.Idx) == 2 {
		from, ok := c.owners[row.Idx[0]]
		if z := row.Idx[1]; ok && c.Units[from.unit].Z != nil && *c.Units[from.unit].Z == z && c.Cols[z].Kind == "z" {
			return false, nil
		}
	}
	return false, fmt.Errorf("rows[%d]: a row of kind %.40q over columns of units is not proved", i, row.Kind)
}
