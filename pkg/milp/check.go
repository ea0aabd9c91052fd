package milp

import (
	"fmt"
	"math"
	"slices"

	"relucount/pkg/record"
	"relucount/pkg/relu"
)

// Decode reads and checks a milp record.
func Decode(l *record.Line) (*Problem, error) {
	var p Problem
	if err := l.Decode(&p); err != nil {
		return nil, err
	}
	if err := p.Check(); err != nil {
		return nil, l.Errorf("%w", err)
	}
	return &p, nil
}

// Check reports the first thing in the record that cannot be, naming its
// place within the record as a jq path.
func (p *Problem) Check() error {
	if p.ID == "" {
		return fmt.Errorf("id is missing")
	}
	if p.Network.Inputs <= 0 {
		return fmt.Errorf("network.inputs: %d", p.Network.Inputs)
	}
	if n := len(p.Network.Layers); n > relu.MostLayers {
		return fmt.Errorf("network.layers: %d, at most %d are supported", n, relu.MostLayers)
	}
	inputs := 0
	for j, c := range p.Cols {
		if c.Kind == Input {
			inputs++
		}
		if math.IsNaN(float64(c.Lo)) || math.IsNaN(float64(c.Hi)) || math.IsInf(float64(c.Lo), 1) || math.IsInf(float64(c.Hi), -1) {
			return fmt.Errorf("cols[%d]: limits [%g, %g]", j, c.Lo, c.Hi)
		}
	}
	if err := p.checkDomain(inputs); err != nil {
		return err
	}
	if len(p.Units) == 0 && (p.Units == nil || slices.ContainsFunc(p.Network.Layers, func(l record.LayerShape) bool { return l.Activation != "linear" })) {
		return fmt.Errorf("units: there are none")
	}
	if err := p.checkRows(); err != nil {
		return err
	}
	if err := p.checkUnits(); err != nil {
		return err
	}
	return p.checkOutputs()
}

// checkOutputs checks that outputs are functions of inputs and of outputs of units.
func (p *Problem) checkOutputs() error {
	if n := len(p.Network.Layers); len(p.Outputs) > 0 && (n == 0 || p.Network.Layers[n-1].Units != len(p.Outputs) || p.Network.Layers[n-1].Activation != "linear") {
		return fmt.Errorf("outputs: %d, but the network does not end in a linear layer of so many", len(p.Outputs))
	}
	source := map[int]bool{}
	for k := range p.Units {
		source[p.Units[k].H], source[p.Units[k].Hbar] = true, true
	}
	for i := range p.Outputs {
		o := &p.Outputs[i]
		if len(o.Idx) != len(o.Val) {
			return fmt.Errorf("outputs[%d]: %d entries in idx, %d in val", i, len(o.Idx), len(o.Val))
		}
		seen := make(map[int]bool, len(o.Idx))
		for _, j := range o.Idx {
			switch {
			case j < 0 || j >= len(p.Cols):
				return fmt.Errorf("outputs[%d].idx: %d out of range (%d columns)", i, j, len(p.Cols))
			case seen[j]:
				return fmt.Errorf("outputs[%d].idx: column %d twice", i, j)
			case p.Cols[j].Kind != Input && !source[j]:
				return fmt.Errorf("outputs[%d].idx: column %d is neither an input nor an h or hbar", i, j)
			}
			seen[j] = true
		}
	}
	return nil
}

// checkDomain checks that there is a column for each input, or for each
// coordinate of the domain's map, and that the map fits.
func (p *Problem) checkDomain(columns int) error {
	m := p.Domain.Map
	if m == nil {
		if columns != p.Network.Inputs {
			return fmt.Errorf("cols: %d of kind input, network.inputs is %d", columns, p.Network.Inputs)
		}
		return nil
	}
	if len(p.Domain.Lower) != columns || len(p.Domain.Upper) != columns {
		return fmt.Errorf("cols: %d of kind input, the domain has %d lower and %d upper limits", columns, len(p.Domain.Lower), len(p.Domain.Upper))
	}
	if err := m.Check(p.Network.Inputs, columns); err != nil {
		return fmt.Errorf("domain.map.%w", err)
	}
	return nil
}

func (p *Problem) checkRows() error {
	for i := range p.Rows {
		r := &p.Rows[i]
		if len(r.Idx) != len(r.Val) {
			return fmt.Errorf("rows[%d]: %d entries in idx, %d in val", i, len(r.Idx), len(r.Val))
		}
		seen := make(map[int]bool, len(r.Idx))
		for _, j := range r.Idx {
			if j < 0 || j >= len(p.Cols) {
				return fmt.Errorf("rows[%d].idx: %d out of range (%d columns)", i, j, len(p.Cols))
			}
			if seen[j] {
				return fmt.Errorf("rows[%d].idx: column %d twice", i, j)
			}
			seen[j] = true
		}
		if r.Kind == DomainRow && !p.overInputs(r) {
			return fmt.Errorf("rows[%d]: a row of kind domain has columns of kind input only", i)
		}
	}
	return nil
}

// overInputs reports whether all columns of a row are inputs.
func (p *Problem) overInputs(r *Row) bool {
	return !slices.ContainsFunc(r.Idx, func(j int) bool { return p.Cols[j].Kind != Input })
}

func (p *Problem) checkUnits() error {
	last, unitsOf := 0, 0
	seen := map[int]int{}
	for k := range p.Units {
		u := &p.Units[k]
		switch {
		case u.Layer == last:
			unitsOf++
		case u.Layer == last+1:
			last, unitsOf = u.Layer, 0
		default:
			return fmt.Errorf("units[%d].layer: %d follows %d: units come in layer order", k, u.Layer, last)
		}
		if u.Unit != unitsOf {
			return fmt.Errorf("units[%d].unit: %d, %d expected", k, u.Unit, unitsOf)
		}
		if u.Pre < 0 || u.Pre >= len(p.Rows) {
			return fmt.Errorf("units[%d].pre: %d out of range (%d rows)", k, u.Pre, len(p.Rows))
		}
		cols := []int{u.H, u.Hbar}
		if u.Z != nil {
			cols = append(cols, *u.Z)
		}
		for _, j := range cols {
			if j < 0 || j >= len(p.Cols) {
				return fmt.Errorf("units[%d]: column %d out of range (%d columns)", k, j, len(p.Cols))
			}
			if o, ok := seen[j]; ok {
				return fmt.Errorf("units[%d]: column %d belongs to units[%d] already", k, j, o)
			}
			seen[j] = k
		}
		if err := u.check(k); err != nil {
			return err
		}
		if err := p.checkPre(k, seen); err != nil {
			return err
		}
	}
	return nil
}

// check checks what unit k says of itself.
func (u *Unit) check(k int) error {
	if !(u.Lower <= u.Upper) {
		return fmt.Errorf("units[%d]: lower %g above upper %g", k, u.Lower, u.Upper)
	}
	if s := u.Stable; s != nil && *s != Active && *s != Inactive {
		return fmt.Errorf("units[%d].stable: %q is neither %q nor %q nor null", k, *s, Active, Inactive)
	}
	if (u.Z == nil) != (u.Stable != nil) {
		return fmt.Errorf("units[%d]: a unit has either a z or a stable state", k)
	}
	if s := u.Slopes(); !finite(s.Inactive) || !finite(s.Active) || !s.Kink() {
		return fmt.Errorf("units[%d].slope: [%g, %g], two numbers that differ expected", k, s.Inactive, s.Active)
	}
	return nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// checkPre checks the row W h - h_i + hbar_i = -b_i of unit k: the entries of
// its own h and hbar, an equation, and besides nothing but inputs and the h and
// hbar of earlier layers, in the ratio of their unit's slopes.
func (p *Problem) checkPre(k int, seen map[int]int) error {
	u := &p.Units[k]
	r := &p.Rows[u.Pre]
	at := make(map[int]float64, len(r.Idx))
	for e, j := range r.Idx {
		at[j] = r.Val[e]
	}
	if at[u.H] != -1 || at[u.Hbar] != 1 {
		return fmt.Errorf("rows[%d] (pre of units[%d]): the unit's own h and hbar must have the entries -1 and 1", u.Pre, k)
	}
	for _, j := range r.Idx {
		if j == u.H || j == u.Hbar || p.Cols[j].Kind == Input {
			continue
		}
		o, ok := seen[j]
		if !ok || p.Units[o].Layer >= u.Layer || p.Units[o].Z != nil && *p.Units[o].Z == j {
			return fmt.Errorf("rows[%d] (pre of units[%d]): column %d is neither an input nor an h or hbar of an earlier layer", u.Pre, k, j)
		}
		from := &p.Units[o]
		if _, ok := from.weight(at[from.H], at[from.Hbar]); !ok {
			s := from.Slopes()
			return fmt.Errorf("rows[%d] (pre of units[%d]): the entries %g and %g for h and hbar of units[%d] do not fit its slopes %g and %g", u.Pre, k, at[from.H], at[from.Hbar], o, s.Inactive, s.Active)
		}
	}
	if float64(r.Lo) != float64(r.Hi) {
		return fmt.Errorf("rows[%d] (pre of units[%d]): not an equation", u.Pre, k)
	}
	return nil
}
