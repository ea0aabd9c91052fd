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
// All numbers are scaled to integers: g_k 2^e_k has integer coefficients, with
// an exponent e_k that depends on the unit alone.
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
	id     string
	layers []int             // of each unit
	rows   int               // of the milp
	spaces map[string]*space // by the name of the coordinates
	inputs *space
}

// owner says that a column is h or hbar of a unit.
type owner struct {
	unit int
	on   int // 1 for h, 0 for hbar: the state in which it is not 0
}

// reader makes a checker of a program.
type reader struct {
	program
	input  map[int]int   // number of an input column
	owners map[int]owner // of the columns of units
	pre    map[int]bool  // rows
}

// New reads a milp record. It refuses what the proofs of this kind do not cover.
func New(line *record.Line) (*Checker, error) {
	r := &reader{input: map[int]int{}, owners: map[int]owner{}, pre: map[int]bool{}}
	if err := line.Decode(&r.program); err != nil {
		return nil, err
	}
	if r.ID == "" {
		return nil, errors.New("id is missing")
	}
	for j, c := range r.Cols {
		switch c.Kind {
		case "input":
			if c.Lo == nil || c.Hi == nil || *c.Lo > *c.Hi || c.Integer {
				return nil, fmt.Errorf("cols[%d]: an input without two limits in order, or a whole one", j)
			}
			r.input[j] = len(r.input)
		case "h", "hbar", "z":
		default:
			return nil, fmt.Errorf("cols[%d]: a column of kind %.40q is not proved", j, c.Kind)
		}
	}
	if len(r.input) == 0 {
		return nil, errors.New("cols: there is no input")
	}
	for i, row := range r.Rows {
		if len(row.Idx) != len(row.Val) {
			return nil, fmt.Errorf("rows[%d]: %d entries in idx, %d in val", i, len(row.Idx), len(row.Val))
		}
		seen := make(map[int]bool, len(row.Idx))
		for _, j := range row.Idx {
			if j < 0 || j >= len(r.Cols) || seen[j] {
				return nil, fmt.Errorf("rows[%d].idx: column %d of %d is out of range or stands twice", i, j, len(r.Cols))
			}
			seen[j] = true
		}
	}
	c := &Checker{id: r.ID, rows: len(r.Rows)}
	if err := r.units(c); err != nil {
		return nil, err
	}
	return c, r.spaces(c)
}

// units checks the columns and the pre rows of the units.
func (r *reader) units(c *Checker) error {
	last := 0
	for k, u := range r.Units {
		if u.Layer != last && u.Layer != last+1 || u.Layer == 0 {
			return fmt.Errorf("units[%d].layer: %d follows %d", k, u.Layer, last)
		}
		last = u.Layer
		c.layers = append(c.layers, last)
		for on, j := range []int{u.Hbar, u.H} {
			if _, ok := r.owners[j]; ok || j < 0 || j >= len(r.Cols) || r.Cols[j].Kind != []string{"hbar", "h"}[on] {
				return fmt.Errorf("units[%d]: column %d is not an h or hbar of its own", k, j)
			}
			r.owners[j] = owner{k, on}
		}
		if u.Pre < 0 || u.Pre >= len(r.Rows) {
			return fmt.Errorf("units[%d].pre: %d out of range", k, u.Pre)
		}
		r.pre[u.Pre] = true
		row, own := r.Rows[u.Pre], 0
		if row.Lo == nil || row.Hi == nil || *row.Lo != *row.Hi {
			return fmt.Errorf("rows[%d]: the pre row of units[%d] is not an equation", u.Pre, k)
		}
		for e, j := range row.Idx {
			_, input := r.input[j]
			from, ok := r.owners[j]
			switch {
			case j == u.H && row.Val[e] == -1, j == u.Hbar && row.Val[e] == 1:
				own++
			case input, ok && c.layers[from.unit] < last:
			default:
				return fmt.Errorf("rows[%d]: the pre row of units[%d] has the number %g for column %d", u.Pre, k, row.Val[e], j)
			}
		}
		if own != 2 {
			return fmt.Errorf("rows[%d]: the pre row of units[%d] lacks its h or hbar", u.Pre, k)
		}
	}
	return nil
}

// domain reports whether a row cuts the domain. It refuses a row that neither
// does nor belongs to a unit.
func (r *reader) domain(i int) (bool, error) {
	row, inputs := &r.Rows[i], 0
	for _, j := range row.Idx {
		if _, ok := r.input[j]; ok {
			inputs++
		}
	}
	switch {
	case r.pre[i]:
		return false, nil
	case inputs == len(row.Idx):
		return true, nil
	case (row.Kind == "on" || row.Kind == "off") && len(row.Idx) == 2:
		if from, ok := r.owners[row.Idx[0]]; ok && r.Units[from.unit].Z != nil && *r.Units[from.unit].Z == row.Idx[1] && r.Cols[row.Idx[1]].Kind == "z" {
			return false, nil
		}
	}
	return false, fmt.Errorf("rows[%d]: a row of kind %.40q over columns of units is not proved", i, row.Kind)
}

// spaces writes the network over both kinds of coordinates.
func (r *reader) spaces(c *Checker) error {
	var domain []int
	for i := range r.Rows {
		ok, err := r.domain(i)
		if err != nil {
			return err
		}
		if ok {
			domain = append(domain, i)
		}
	}
	c.inputs = r.overInputs(domain)
	c.spaces = map[string]*space{record.OverInputs: c.inputs}
	for k := range r.Units {
		for _, j := range r.Rows[r.Units[k].Pre].Idx {
			if _, input := r.input[j]; input && c.layers[k] > 1 {
				return nil // coordinates "first" do not tell what the unit is
			}
		}
	}
	c.spaces[record.OverFirst] = r.overFirst(c.inputs, c.layers, domain)
	return nil
}
