package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
)

// Schema is the number that every record of this version carries.
const Schema = 1

// Head opens every record.
type Head struct {
	Type   string `json:"type"`
	Schema int    `json:"schema"`
}

// Prov says which tool made a record and how. It has no dates, hosts or paths
// of the machine, so the same command gives the same bytes.
type Prov struct {
	Tool    string   `json:"tool"`
	Version string   `json:"version"`
	Args    []string `json:"args,omitempty"`
	Solver  string   `json:"solver,omitempty"` // "HiGHS 1.12.0" where it was used
}

// Size is the size of a parity row: K units, or each unit with probability
// 1/2 (Half). In JSON it is a number or the string "half"; 0 is a size that is
// missing.
type Size int

// Half draws each unstable unit with probability 1/2.
const Half Size = -1

func (s Size) String() string {
	if s == Half {
		return "half"
	}
	return strconv.Itoa(int(s))
}

// ParseSize reads "half" or a positive number.
func ParseSize(s string) (Size, error) {
	if s == "half" {
		return Half, nil
	}
	k, err := strconv.Atoi(s)
	if err != nil || k < 1 {
		return 0, fmt.Errorf("size %q is neither a positive number nor \"half\"", s)
	}
	return Size(k), nil
}

// MarshalJSON writes a number or "half".
func (s Size) MarshalJSON() ([]byte, error) {
	if s == Half {
		return []byte(`"half"`), nil
	}
	return []byte(strconv.Itoa(int(s))), nil
}

// UnmarshalJSON reads a number, or a string as ParseSize does.
func (s *Size) UnmarshalJSON(b []byte) error {
	str := string(b)
	if len(b) > 0 && b[0] == '"' {
		if err := json.Unmarshal(b, &str); err != nil {
			return err
		}
	}
	v, err := ParseSize(str)
	*s = v
	return err
}

// Parity is one hash: rows of parity constraints over the units of a milp
// (kind "parity"). It asks how many of its leading rows some region satisfies,
// or, with AskCount, how many regions satisfy them all.
type Parity struct {
	Head
	Milp  string      `json:"milp"`
	Trial int         `json:"trial"`
	Size  Size        `json:"size"`
	Seed  string      `json:"seed"`
	Ask   string      `json:"ask,omitempty"` // "" for a trial, or AskCount
	Rows  []ParityRow `json:"rows"`
	Prov  *Prov       `json:"prov,omitempty"`
}

// AskCount is what a parity record asks that wants a cell for its answer.
const AskCount = "count"

// Indices is a list of indices; unlike []int it refuses null in JSON.
type Indices []int

// UnmarshalJSON reads an array of whole numbers.
func (v *Indices) UnmarshalJSON(b []byte) error { return UnmarshalList(b, (*[]int)(v)) }

// Numbers is a list of numbers; unlike []float64 it refuses null in JSON.
type Numbers []float64

// UnmarshalJSON reads an array of numbers.
func (v *Numbers) UnmarshalJSON(b []byte) error { return UnmarshalList(b, (*[]float64)(v)) }

// UnmarshalList reads an array of numbers into the slice that v points to. It
// refuses null, which encoding/json takes for no change, that is for 0.
func UnmarshalList(b []byte, v any) error {
	if len(b) > len("null") && bytes.Contains(b, []byte("null")) {
		return errors.New("null where a number belongs")
	}
	return json.Unmarshal(b, v)
}

// ParityRow asks that the number of active units among Units be odd or even.
type ParityRow struct {
	Units Indices `json:"units"` // indices into the milp's units
	Odd   bool    `json:"odd"`
}

// Bound is one upper bound on the number of regions (kind "bound").
type Bound struct {
	Head
	Milp    string          `json:"milp"`
	Method  string          `json:"method"`
	Regions string          `json:"regions"` // decimal
	Log2    float64         `json:"log2"`
	Relaxed bool            `json:"relaxed,omitempty"` // a valid relaxation stands in for an exact table entry
	From    string          `json:"from,omitempty"`    // which unit bounds it was made from: the milp's tighten
	Edited  bool            `json:"edited,omitempty"`
	Content string          `json:"content,omitempty"` // digest of the edited content
	Tables  json.RawMessage `json:"tables,omitempty"`
	Stats   *Stats          `json:"stats,omitempty"`
	Prov    *Prov           `json:"prov,omitempty"`
}

// Trial is the answer to a parity record (kind "trial").
type Trial struct {
	Head
	Milp     string   `json:"milp"`
	Trial    int      `json:"trial"`
	Size     Size     `json:"size"`
	Seed     string   `json:"seed"`
	Rows     int      `json:"rows"`   // leading rows proved jointly feasible
	Of       int      `json:"of"`     // rows that the parity record had
	Closed   bool     `json:"closed"` // whether row number Rows is proved to leave nothing
	Doubtful int      `json:"doubtful"`
	Margin   float64  `json:"margin"`        // regions that reach less beyond a hyperplane are not seen
	Why      string   `json:"why,omitempty"` // why it is open
	Witness  *Witness `json:"witness,omitempty"`
	Edited   bool     `json:"edited,omitempty"`
	Content  string   `json:"content,omitempty"`
	Stats    *Stats   `json:"stats,omitempty"`
	Prov     *Prov    `json:"prov,omitempty"`
}

// Cell is the answer to a parity record that asks for a count (kind "cell"):
// the number of regions that satisfy all its rows. When Exact is false Regions
// is a lower bound: that many were found.
type Cell struct {
	Head
	Milp     string  `json:"milp"`
	Trial    int     `json:"trial"`
	Size     Size    `json:"size"`
	Seed     string  `json:"seed"`
	Rows     int     `json:"rows"`    // of the hash
	Regions  string  `json:"regions"` // decimal
	Log2     float64 `json:"log2"`
	Exact    bool    `json:"exact"`
	Doubtful int     `json:"doubtful"`
	Margin   float64 `json:"margin"`        // regions that reach less beyond a hyperplane are not seen
	Why      string  `json:"why,omitempty"` // why it is not exact
	Edited   bool    `json:"edited,omitempty"`
	Content  string  `json:"content,omitempty"`
	Stats    *Stats  `json:"stats,omitempty"`
	Prov     *Prov   `json:"prov,omitempty"`
}

// Probe is the weight of one random descent to a region (kind "probe"). Its
// mean over all descents of one method is the number of regions.
type Probe struct {
	Head
	Milp     string  `json:"milp"`
	Probe    int     `json:"probe"` // from 0
	Of       int     `json:"of"`    // so many were asked for
	Seed     string  `json:"seed"`
	Log2     float64 `json:"log2"`   // of the weight
	Method   string  `json:"method"` // how the descent chose
	Doubtful int     `json:"doubtful"`
	Margin   float64 `json:"margin"`   // regions that reach less beyond a hyperplane are not seen
	Complete bool    `json:"complete"` // false: cut short, and the weight is at least so much
	Edited   bool    `json:"edited,omitempty"`
	Content  string  `json:"content,omitempty"`
	Stats    *Stats  `json:"stats,omitempty"`
	Prov     *Prov   `json:"prov,omitempty"`
}

// Witness is an activation pattern with a point in the interior of its region.
type Witness struct {
	Pattern []string  `json:"pattern"` // a string of 0 and 1 for each ReLU layer
	X       []float64 `json:"x"`
}

// Count is a number of regions (kind "count"). When Exact is false Regions were
// found, and Lower and Upper bound the number; else all three are the same. A
// count of a cube has the fields that say which.
type Count struct {
	Head
	Milp      string   `json:"milp"`
	Scope     string   `json:"scope"` // "whole" or CubeScope
	Cube      *int     `json:"cube,omitempty"`
	Of        int      `json:"of,omitempty"`
	Partition string   `json:"partition,omitempty"`
	Prefix    []string `json:"prefix,omitempty"`
	Regions   string   `json:"regions"` // decimal
	Log2      float64  `json:"log2"`
	Lower     string   `json:"lower,omitempty"` // decimal: at least so many, found or sure to be in open cells
	Upper     string   `json:"upper,omitempty"` // decimal: at most so many, those found and bounds on the open cells
	Exact     bool     `json:"exact"`
	Doubtful  int      `json:"doubtful"`
	Closest   float64  `json:"closest,omitempty"` // every hyperplane that cuts was passed by at least so much
	Margin    float64  `json:"margin"`            // regions that reach less beyond a hyperplane are not seen
	Why       string   `json:"why,omitempty"`     // why it is not exact
	Edited    bool     `json:"edited,omitempty"`
	Content   string   `json:"content,omitempty"`
	Stats     *Stats   `json:"stats,omitempty"`
	Prov      *Prov    `json:"prov,omitempty"`
}

// Cube is a share of the regions of a milp, those whose pattern starts with a
// prefix, and so a question (kind "cube"). Every region is in exactly one cube
// of a partition.
type Cube struct {
	Head
	Milp      string   `json:"milp"`
	Content   string   `json:"content,omitempty"`
	Cube      int      `json:"cube"`            // from 0
	Of        int      `json:"of"`              // cubes of the partition
	Partition string   `json:"partition"`       // digest of the milp's content, the margin and all prefixes
	Prefix    []string `json:"prefix"`          // a string for each layer; the last may be shorter than its layer
	Estimate  float64  `json:"estimate"`        // of its regions
	Upper     string   `json:"upper,omitempty"` // decimal: at most so many regions
	Margin    float64  `json:"margin"`          // regions that reach less beyond a hyperplane may be in no cube
	Prov      *Prov    `json:"prov,omitempty"`
}

// MostProbes is how many probes may be asked for.
const MostProbes = 1 << 30

// MostCubes is how many cubes a partition may have.
const MostCubes = 1 << 20

// CubeScope is the scope of a count of a cube.
func CubeScope(cube, of int, partition string) string {
	return fmt.Sprintf("cube %d of %d (%s)", cube, of, partition)
}

// CheckCube reports what is wrong with the fields that tell cubes apart.
func CheckCube(cube, of int, partition string) error {
	switch {
	case partition == "":
		return errors.New("partition is missing")
	case of < 1 || of > MostCubes:
		return fmt.Errorf("of: %d is not from 1 to %d", of, MostCubes)
	case cube < 0 || cube >= of:
		return fmt.Errorf("cube: %d out of range (%d cubes)", cube, of)
	}
	return nil
}

// PatternOf is one region found (kind "pattern").
type PatternOf struct {
	Head
	Milp    string `json:"milp"`
	Content string `json:"content,omitempty"`
	Witness
}

// LayerShape is one layer as milp and network records describe it.
type LayerShape struct {
	Units      int    `json:"units"`
	Activation string `json:"activation"` // "relu" or "linear"
}

// Shape is the network as milp and network records describe it.
type Shape struct {
	Inputs int          `json:"inputs"`
	Layers []LayerShape `json:"layers"`
}

// Network has the light facts of a milp (kind "network").
type Network struct {
	Head
	Milp     string `json:"milp"`
	Name     string `json:"name"`
	Network  Shape  `json:"network"`
	Units    int    `json:"units"`    // ReLU units
	Active   int    `json:"active"`   // of these stably active
	Inactive int    `json:"inactive"` // of these stably inactive
	Unstable int    `json:"unstable"`
	Edited   bool   `json:"edited,omitempty"`
	Content  string `json:"content,omitempty"`
	Prov     *Prov  `json:"prov,omitempty"`
}

// Failure says what a tool could not do (kind "error", written with -k).
type Failure struct {
	Head
	Tool  string `json:"tool"`
	Place string `json:"place"` // source:line
	Error string `json:"error"`
}

// Log2 is the binary logarithm of a natural number, -Inf-free: 0 for n <= 1.
func Log2(n *big.Int) float64 {
	if n.Sign() <= 0 {
		return 0
	}
	shift := max(0, n.BitLen()-64)
	top := new(big.Int).Rsh(n, uint(shift))
	f, _ := new(big.Float).SetInt(top).Float64()
	return math.Log2(f) + float64(shift)
}
