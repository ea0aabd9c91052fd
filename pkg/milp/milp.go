// Package milp is the mixed-integer linear program of a network of ReLU units,
// or of others with two slopes.
//
// With h^0 = x in a box, a ReLU unit i of layer l has the pre-activation
// g = W_i h^{l-1} + b_i, the output h = max(0, g) and the complement
// hbar = max(0, -g):
//
//	pre:  W_i h^{l-1} - h + hbar = -b_i
//	on:   h    - H z             <= 0
//	off:  hbar + Hbar z          <= Hbar        z binary
//
// where H >= max g and Hbar >= max -g over the domain (Serra and Ramalingam,
// "Empirical Bounds on Linear Regions of Deep Rectifier Networks", AAAI 2020,
// section 3). A unit with H <= 0 is stably inactive: h is fixed at 0. A unit
// with min g > 0 is stably active: hbar is fixed at 0. Neither has a binary.
// A unit with min g = 0 is not stably active, because where g vanishes on a
// whole cell the unit counts as inactive.
//
// Where the domain has a map x = A t + b the columns of kind input are t's, and
// the rows are over t: A and b are multiplied into them. Rows of the domain are
// rows over the input columns.
//
// A unit with the slopes a (inactive) and s (active) has the same columns and
// rows, and the output s h - a hbar. So where W_ij is its weight in a pre row of
// a later layer, the row has s W_ij for its h and -a W_ij for its hbar. Units
// whose slopes are equal have no kink and are no units here: later rows take
// their pre-activation as it is, over earlier columns.
//
// A Problem is literal: whatever its columns and rows say is the program, also
// after a user has changed them.
package milp

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"

	"relucount/pkg/domain"
	"relucount/pkg/record"
	"relucount/pkg/relu"
)

// Kinds of columns and rows that Encode writes. Rows of any other kind are
// the user's.
const (
	Input = "input"
	H     = "h"
	Hbar  = "hbar"
	Z     = "z"
	Pre   = "pre"
	On    = "on"
	Off   = "off"

	DomainRow = "domain" // over input columns
)

// Values of Unit.Stable.
const (
	Active   = "active"
	Inactive = "inactive"
)

// Lo is a lower limit; -Inf is null in JSON.
type Lo float64

// Hi is an upper limit; +Inf is null in JSON.
type Hi float64

// MarshalJSON writes null for -Inf.
func (v Lo) MarshalJSON() ([]byte, error) { return marshalLimit(float64(v), -1) }

// MarshalJSON writes null for +Inf.
func (v Hi) MarshalJSON() ([]byte, error) { return marshalLimit(float64(v), 1) }

func marshalLimit(v float64, sign int) ([]byte, error) {
	if math.IsInf(v, sign) {
		return []byte("null"), nil
	}
	return json.Marshal(v)
}

// UnmarshalJSON reads null as -Inf.
func (v *Lo) UnmarshalJSON(b []byte) error {
	return unmarshalLimit(b, (*float64)(v), math.Inf(-1))
}

// UnmarshalJSON reads null as +Inf.
func (v *Hi) UnmarshalJSON(b []byte) error {
	return unmarshalLimit(b, (*float64)(v), math.Inf(1))
}

func unmarshalLimit(b []byte, v *float64, inf float64) error {
	if string(b) == "null" {
		*v = inf
		return nil
	}
	return json.Unmarshal(b, v)
}

// Numbers is a list of numbers; unlike []float64 it refuses null in JSON.
type Numbers = record.Numbers

// Col is a column (variable) of the program. In JSON a limit that is absent is
// none, as null is.
type Col struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"`
	Lo      Lo     `json:"lo"`
	Hi      Hi     `json:"hi"`
	Integer bool   `json:"integer"`
}

// UnmarshalJSON reads a column.
func (c *Col) UnmarshalJSON(b []byte) error {
	type plain Col
	v := plain{Lo: Lo(math.Inf(-1)), Hi: Hi(math.Inf(1))}
	err := json.Unmarshal(b, &v)
	*c = Col(v)
	return err
}

// Row is a constraint: Lo <= sum_k Val[k] * column Idx[k] <= Hi. In JSON a
// limit that is absent is none, as null is.
type Row struct {
	Name string         `json:"name"`
	Kind string         `json:"kind"`
	Lo   Lo             `json:"lo"`
	Hi   Hi             `json:"hi"`
	Idx  record.Indices `json:"idx"`
	Val  Numbers        `json:"val"`
}

// UnmarshalJSON reads a row.
func (r *Row) UnmarshalJSON(b []byte) error {
	type plain Row
	v := plain{Lo: Lo(math.Inf(-1)), Hi: Hi(math.Inf(1))}
	err := json.Unmarshal(b, &v)
	*r = Row(v)
	return err
}

// Unit says which columns and rows make one unit.
type Unit struct {
	Layer  int     `json:"layer"`           // from 1; layer 0 is the input
	Unit   int     `json:"unit"`            // from 0, within the layer
	Z      *int    `json:"z"`               // column; null for a stable unit
	H      int     `json:"h"`               // column
	Hbar   int     `json:"hbar"`            // column
	Pre    int     `json:"pre"`             // row
	Lower  float64 `json:"lower"`           // valid lower bound of the pre-activation over the domain
	Upper  float64 `json:"upper"`           // valid upper bound
	Stable *string `json:"stable"`          // "active", "inactive" or null
	Slope  *Slope  `json:"slope,omitempty"` // nil for a ReLU
}

// Slope has the slopes of a unit, inactive and active.
type Slope [2]float64

// UnmarshalJSON reads an array of two numbers.
func (s *Slope) UnmarshalJSON(b []byte) error {
	var v []float64
	if err := record.UnmarshalList(b, &v); err != nil {
		return err
	}
	if len(v) != 2 {
		return fmt.Errorf("a slope has 2 numbers, inactive and active, not %d", len(v))
	}
	*s = Slope(v)
	return nil
}

// Slopes returns the slopes of the unit.
func (u *Unit) Slopes() relu.Slopes {
	if u.Slope == nil {
		return relu.Slopes{Inactive: 0, Active: 1}
	}
	return relu.Slopes{Inactive: u.Slope[0], Active: u.Slope[1]}
}

// Box is the domain of the inputs, one lower and one upper limit an input
// column. With a map these are coordinates of the network's own inputs.
type Box struct {
	Lower Numbers     `json:"lower"`
	Upper Numbers     `json:"upper"`
	Map   *domain.Map `json:"map,omitempty"`
}

// Output is an output of the network: sum_k Val[k] * column Idx[k] + Const, over
// columns of inputs and of the h and hbar of units. Outputs restrict nothing, and
// no activation pattern depends on them.
type Output struct {
	Idx   record.Indices `json:"idx"`
	Val   Numbers        `json:"val"`
	Const float64        `json:"const"`
}

// Problem is a milp record.
type Problem struct {
	record.Head
	ID      string       `json:"id"`
	Name    string       `json:"name"`
	Assumed bool         `json:"assumed,omitempty"` // nobody gave a domain, so it is [0, 1] for each input
	Network record.Shape `json:"network"`
	Domain  Box          `json:"domain"`
	Tighten string       `json:"tighten"` // how the bounds were made: interval, backward, lp or milp
	Cols    []Col        `json:"cols"`
	Rows    []Row        `json:"rows"`
	Units   []Unit       `json:"units"`
	Outputs []Output     `json:"outputs,omitempty"` // the linear layer at the end, if there is one
	Prov    *record.Prov `json:"prov,omitempty"`
}

// Digest returns the digest of the content: of everything but the id, the
// name, the outputs and the provenance, as values, so that reformatting or renaming
// does not change it.
func (p *Problem) Digest() string {
	sum := sha256.New()
	content := struct {
		Network record.Shape
		Domain  Box
		Tighten string
		Cols    []Col
		Rows    []Row
		Units   []Unit
	}{p.Network, p.Domain, p.Tighten, p.Cols, p.Rows, p.Units}
	if err := json.NewEncoder(sum).Encode(content); err != nil {
		panic(fmt.Sprintf("milp: Digest of an unchecked problem: %v", err)) // NaN or Inf: Check excludes them
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

// UnitRows returns the rows that belong to units: for each row the index of
// its unit, or -1 for a row that belongs to none. A row belongs to a unit when
// it is the unit's pre row, or when its kind is on or off and its columns are
// the unit's h and z, or hbar and z.
func (p *Problem) UnitRows() []int {
	own := make([]int, len(p.Rows))
	for i := range own {
		own[i] = -1
	}
	byCol := make(map[int]int, 2*len(p.Units))
	for u := range p.Units {
		own[p.Units[u].Pre] = u
		byCol[p.Units[u].H] = u
		byCol[p.Units[u].Hbar] = u
	}
	for i, r := range p.Rows {
		if own[i] >= 0 || (r.Kind != On && r.Kind != Off) || len(r.Idx) != 2 {
			continue
		}
		u, ok := byCol[r.Idx[0]]
		if ok && p.Units[u].Z != nil && *p.Units[u].Z == r.Idx[1] {
			own[i] = u
		}
	}
	return own
}

// Stably reports whether a unit's stable field has the given value.
func (u *Unit) Stably(v string) bool { return u.Stable != nil && *u.Stable == v }

// Size is the network's shape and how many of its units are stable.
func (p *Problem) Size() record.NetworkSize {
	n := record.NetworkSize{Shape: p.Network, Units: len(p.Units), Unstable: len(p.Unstable())}
	for i := range p.Units {
		switch u := &p.Units[i]; {
		case u.Stably(Active):
			n.Active++
		case u.Stably(Inactive):
			n.Inactive++
		}
	}
	return n
}

// Unstable returns the indices of the units that have a binary, in order.
func (p *Problem) Unstable() []int {
	var out []int
	for i := range p.Units {
		if p.Units[i].Z != nil {
			out = append(out, i)
		}
	}
	return out
}

// LayerSizes returns the numbers of units of the layers, in order.
func (p *Problem) LayerSizes() []int {
	var out []int
	for i := range p.Units {
		for len(out) < p.Units[i].Layer {
			out = append(out, 0)
		}
		out[p.Units[i].Layer-1]++
	}
	return out
}
