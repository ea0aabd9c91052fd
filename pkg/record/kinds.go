package record

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Schema is the number that every record of this version carries.
const Schema = 1

// The kinds of records, which stand in their type.
const (
	KindMilp    = "milp" // package milp has the type
	KindParity  = "parity"
	KindCube    = "cube"
	KindBound   = "bound"
	KindNetwork = "network"
	KindTrial   = "trial"
	KindCell    = "cell"
	KindProbe   = "probe"
	KindCount   = "count"
	KindPattern = "pattern"
	KindRegion  = "region"
	KindProof   = "proof"
	KindChecked = "checked"
	KindSummary = "summary"
	KindError   = "error"
)

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
	From    string          `json:"from,omitempty"`    // how the unit bounds that it uses were made: the milp's tighten
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
	Rows     int      `json:"rows"`   // leading rows that some region is proved to satisfy together
	Of       int      `json:"of"`     // rows that the parity record had
	Closed   bool     `json:"closed"` // whether it is proved that no region satisfies one more row
	Doubtful int      `json:"doubtful"`
	Margin   float64  `json:"margin"`        // regions that extend less beyond a hyperplane are not found
	Why      string   `json:"why,omitempty"` // why it is open
	Witness  *Witness `json:"witness,omitempty"`
	Edited   bool     `json:"edited,omitempty"`
	Content  string   `json:"content,omitempty"`
	Stats    *Stats   `json:"stats,omitempty"`
	Prov     *Prov    `json:"prov,omitempty"`
}

// Cell is the answer to a parity record that asks for a count (kind "cell"):
// the number of regions that satisfy all its rows. When Exact is false Regions
// is the number found, a lower bound.
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
	Margin   float64 `json:"margin"`        // regions that extend less beyond a hyperplane are not found
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
	Milp     string    `json:"milp"`
	Probe    int       `json:"probe"` // from 0
	Of       int       `json:"of"`    // probes asked for
	Seed     string    `json:"seed"`
	Log2     float64   `json:"log2"`   // of the weight
	Method   string    `json:"method"` // how the descent chose
	Doubtful int       `json:"doubtful"`
	Margin   float64   `json:"margin"`             // regions that extend less beyond a hyperplane are not found
	Complete bool      `json:"complete"`           // false: cut short, and Log2 is a lower bound of the weight
	Measures *Measures `json:"measures,omitempty"` // of the region that it ended in
	Edited   bool      `json:"edited,omitempty"`
	Content  string    `json:"content,omitempty"`
	Stats    *Stats    `json:"stats,omitempty"`
	Prov     *Prov     `json:"prov,omitempty"`
}

// Witness is an activation pattern with a point in the interior of its region.
type Witness struct {
	Pattern []string  `json:"pattern"` // a string of 0 and 1 for each ReLU layer
	X       []float64 `json:"x"`
}

// Count is a number of regions (kind "count"). When Exact is false Regions is the
// number found, and Lower and Upper bound the number of all; else all three are
// the same. A
// count of a cube has the fields that say which.
type Count struct {
	Head
	Milp      string   `json:"milp"`
	Scope     string   `json:"scope"`              // Whole or CubeScope
	Define    string   `json:"define,omitempty"`   // what is counted instead of regions: see docs/definitions.md
	Outputs   string   `json:"outputs,omitempty"`  // digest of the milp's outputs, where the definition asks about them
	Boundary  string   `json:"boundary,omitempty"` // decimal: of "decision", the facets where the class changes
	Cube      *int     `json:"cube,omitempty"`
	Of        int      `json:"of,omitempty"`
	Partition string   `json:"partition,omitempty"`
	Rest      bool     `json:"rest,omitempty"` // as in Cube
	Prefix    []string `json:"prefix,omitempty"`
	Regions   string   `json:"regions"` // decimal
	Log2      float64  `json:"log2"`
	Lower     string   `json:"lower,omitempty"` // decimal: those found and those that open cells must have
	Upper     string   `json:"upper,omitempty"` // decimal: those found and upper bounds for the open cells
	Exact     bool     `json:"exact"`
	Doubtful  int      `json:"doubtful"`
	Closest   float64  `json:"closest,omitempty"` // every hyperplane that cuts a cell has points of the cell this far away on both sides
	Margin    float64  `json:"margin"`            // regions that extend less beyond a hyperplane are not found
	Why       string   `json:"why,omitempty"`     // why it is not exact
	Left      *Left    `json:"left,omitempty"`    // the cubes of the regions that were not found
	Edited    bool     `json:"edited,omitempty"`
	Content   string   `json:"content,omitempty"`
	Stats     *Stats   `json:"stats,omitempty"`
	Prov      *Prov    `json:"prov,omitempty"`
}

// Left names the partition of what a count has given back: its Regions and
// those of these cubes are together all that it was asked for.
type Left struct {
	Of        int    `json:"of"`
	Partition string `json:"partition"`
}

// Cube is a share of the regions of a milp, those whose pattern starts with a
// prefix, and so a question (kind "cube"). Every region is in exactly one cube
// of a partition, or, of a partition of a rest, every region that a count has
// not found.
type Cube struct {
	Head
	Milp      string   `json:"milp"`
	Content   string   `json:"content,omitempty"`
	Cube      int      `json:"cube"`            // from 0
	Of        int      `json:"of"`              // cubes of the partition
	Partition string   `json:"partition"`       // digest of the milp's content, the margin and all prefixes
	Rest      bool     `json:"rest,omitempty"`  // whether they share out what a count has given back, and not the whole
	Prefix    []string `json:"prefix"`          // a string for each layer; the last may be shorter than its layer
	Estimate  float64  `json:"estimate"`        // of its regions
	Upper     string   `json:"upper,omitempty"` // decimal: upper bound on its regions
	Margin    float64  `json:"margin"`          // regions that extend less beyond a hyperplane may be in no cube
	Prov      *Prov    `json:"prov,omitempty"`
}

// DefineRegions is the definition of regions of a count that names none.
const DefineRegions = "regions"

// Whole is the scope of a count of all regions.
const Whole = "whole"

// MostProbes is how many probes may be asked for.
const MostProbes = 1 << 30

// MostCopies is how many copies a probe's descent may have.
const MostCopies = 1 << 16

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

// Region is one region, with what was asked about it (kind "region").
type Region struct {
	Head
	Milp     string      `json:"milp"`
	Content  string      `json:"content,omitempty"` // digest of the edited content
	Pattern  []string    `json:"pattern"`           // a string of 0 and 1 for each ReLU layer
	X        []float64   `json:"x"`                 // a point of the region, over the domain's coordinates
	Radius   *float64    `json:"radius,omitempty"`  // of the largest ball in it
	Facets   []Facet     `json:"facets,omitempty"`
	Vertices [][]float64 `json:"vertices,omitempty"` // over the domain's coordinates; of two coordinates counterclockwise
	Inputs   [][]float64 `json:"inputs,omitempty"`   // the vertices over the network's inputs, where the domain has a map
	Volume   *float64    `json:"volume,omitempty"`   // over the domain's coordinates
	Affine   *Affine     `json:"affine,omitempty"`   // the outputs on the region
}

// Facet is a facet of a region: a piece of a unit's hyperplane, or of the border
// of the domain.
type Facet struct {
	Unit      *int     `json:"unit"`                // an index into the milp's units; null where the domain ends
	Neighbour []string `json:"neighbour,omitempty"` // the pattern across
}

// Affine is the map A x + B of the network's outputs over the domain's coordinates.
type Affine struct {
	A [][]float64 `json:"a"` // a row for each output
	B []float64   `json:"b"`
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
	// Parts has the file's inputs in their order, where there are several.
	Parts []InputShape `json:"parts,omitempty"`
	// LeftOut has operators after the last unit that change no activation pattern.
	LeftOut []string `json:"left_out,omitempty"`
}

// InputShape is one of several inputs of a file: so many of the network's.
type InputShape struct {
	Name   string `json:"name"`
	Inputs int    `json:"inputs"`
}

// Domain sums up the set of inputs that regions are counted over: the limits of
// the coordinates, which are the inputs unless there is a map.
type Domain struct {
	Coordinates int      `json:"coordinates"`
	Lower       *float64 `json:"lower"`           // the least lower limit of a coordinate; null for none
	Upper       *float64 `json:"upper"`           // the greatest upper limit; null for none
	Intervals   int      `json:"intervals"`       // different ones of coordinates: with 1 it is [lower, upper]^coordinates
	Fixed       int      `json:"fixed,omitempty"` // coordinates that are fixed
	Rows        int      `json:"rows,omitempty"`  // linear constraints
	Map         bool     `json:"map,omitempty"`   // whether the inputs are an affine image of the coordinates
}

// Network has the light facts of a milp (kind "network").
type Network struct {
	Head
	Milp     string  `json:"milp"`
	Name     string  `json:"name"`
	Network  Shape   `json:"network"`
	Domain   *Domain `json:"domain,omitempty"` // nil in records of earlier versions
	Units    int     `json:"units"`            // ReLU units
	Active   int     `json:"active"`           // of these stably active
	Inactive int     `json:"inactive"`         // of these stably inactive
	Unstable int     `json:"unstable"`
	Edited   bool    `json:"edited,omitempty"`
	Content  string  `json:"content,omitempty"`
	Prov     *Prov   `json:"prov,omitempty"`
}

// Failure says what a tool could not do (kind "error", written with -k).
type Failure struct {
	Head
	Tool  string `json:"tool"`
	Place string `json:"place"` // source:line
	Error string `json:"error"`
}

// Sources is what a summary was made from.
type Sources struct {
	Trials []TrialGroup `json:"trials"` // by size
	Cells  []CellGroup  `json:"cells"`  // by size, rows and seed
	Probes []ProbeGroup `json:"probes"` // by method and seed
	Counts []CountOf    `json:"counts"` // the best of each scope, and a sum of each partition's cubes
	// Defined has the counts of what else is called a region.
	Defined []DefinedOf `json:"defined,omitempty"`
}

// TrialGroup is the trials whose rows have one size.
type TrialGroup struct {
	Size     Size    `json:"size"`
	Trials   int     `json:"trials"`
	Closed   int     `json:"closed"`
	Open     int     `json:"open"`
	MeanRows float64 `json:"mean_rows"`
	Doubtful int     `json:"doubtful"`
}

// CellGroup is the cells of hashes of one size, number of rows and seed.
type CellGroup struct {
	Size     Size     `json:"size"`
	Rows     int      `json:"rows"`
	Seed     string   `json:"seed"`
	Cells    int      `json:"cells"`
	Exact    int      `json:"exact"`
	Mean     Estimate `json:"mean"` // of cells times 2^rows
	Doubtful int      `json:"doubtful"`
	Missing  []int    `json:"missing,omitempty"` // numbers without a cell before the last
}

// ProbeGroup is the probes of one method and seed.
type ProbeGroup struct {
	Method   string    `json:"method"`
	Seed     string    `json:"seed"`
	Probes   int       `json:"probes"`
	Of       int       `json:"of"`       // probes asked for
	Complete int       `json:"complete"` // probes that were not cut short
	Mean     Estimate  `json:"mean"`
	Doubtful int       `json:"doubtful"`
	Missing  []int     `json:"missing,omitempty"`  // numbers without a probe
	Measured *Measured `json:"measured,omitempty"` // what the regions are like in which they ended
}

// DefinedOf is a count by another definition of regions. One that is not exact is not
// a bound.
type DefinedOf struct {
	Define  string `json:"define"`
	Outputs string `json:"outputs,omitempty"` // of the count record
	Number
	Exact    bool   `json:"exact"`
	Boundary string `json:"boundary,omitempty"` // of the count record
	Why      string `json:"why,omitempty"`
}

// CountOf is a count of one scope, or the sum of the counts of the cubes of
// one partition. Of one that is not exact the number is that of the regions
// found.
type CountOf struct {
	Scope string `json:"scope"`
	Number
	Lower     *Number `json:"lower,omitempty"` // by all counts; absent when exact
	Upper     *Number `json:"upper,omitempty"` // by all counts and cubes; absent when exact or not known
	Exact     bool    `json:"exact"`
	Doubtful  int     `json:"doubtful"`
	Why       string  `json:"why,omitempty"`
	Partition string  `json:"partition,omitempty"`
	Of        int     `json:"of,omitempty"`      // cubes of the partition
	Missing   []int   `json:"missing,omitempty"` // those without a count
	Open      []int   `json:"open,omitempty"`    // those whose count is not exact
}
