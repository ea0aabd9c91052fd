package record

// Summary is what the facts about one network amount to (kind "summary").
type Summary struct {
	Head
	Milp           string       `json:"milp"`
	Name           string       `json:"name"` // the milp's id when no record gave a name
	Edited         bool         `json:"edited,omitempty"`
	Content        string       `json:"content,omitempty"`  // digest of the edited content
	Network        *NetworkSize `json:"network"`            // null when neither a milp nor a network record came
	Domain         *Domain      `json:"domain"`             // null when no milp or network record tells it
	Exact          *ExactCount  `json:"exact"`              // null when the number is not known
	Lower          *LowerBound  `json:"lower"`              // null when nothing bounds it from below
	Interval       *Interval    `json:"interval"`           // null when nothing bounds it from both sides
	Upper          *UpperBounds `json:"upper"`              // null when nothing bounds it from above
	Gap            *float64     `json:"gap"`                // bits from exact, or else lower, to upper.best
	Proxy          *Proxy       `json:"proxy"`              // null unless there are both lower and upper
	NextRows       *int         `json:"next_rows"`          // rows of hashes to count cells of next; null when exact or not known
	Narrower       []Narrower   `json:"narrower,omitempty"` // what more of the same would gain, unless exact
	Contradictions []string     `json:"contradictions"`     // certain facts that cannot all be true
	Warnings       []string     `json:"warnings"`
	From           Sources      `json:"from"`
	Stats          Stats        `json:"stats"` // sums over the facts used
	Prov           *Prov        `json:"prov,omitempty"`
}

// Narrower is a guess at what more trials, cells or probes of a group would gain.
type Narrower struct {
	Group
	More     int     `json:"more"`     // trials, cells or probes
	LPs      int64   `json:"lps"`      // that they would take, as those that are there took
	Lower    float64 `json:"lower"`    // bits by which the lower bound would rise
	Interval float64 `json:"interval"` // bits by which the interval would shrink
}

// NetworkSize is the shape of a network and what is known of its units.
type NetworkSize struct {
	Shape
	Units    int `json:"units"`
	Active   int `json:"active"`
	Inactive int `json:"inactive"`
	Unstable int `json:"unstable"`
}

// Number is a number of regions.
type Number struct {
	Regions string  `json:"regions"` // decimal
	Log2    float64 `json:"log2"`
}

// Estimate is the mean of random figures whose mean is the number of regions,
// and its standard error.
type Estimate struct {
	Number
	Error *Number `json:"error"` // null for less than two figures
	Bits  float64 `json:"bits"`  // the error in bits around the mean; 0 when there is none
}

// ExactCount is a number of regions that is known.
type ExactCount struct {
	Number
	Doubtful  int  `json:"doubtful"`
	Certified bool `json:"certified,omitempty"` // by a proof that was checked
}

// Group says which trials, cells or probes a bound was made from.
type Group struct {
	Size    *Size  `json:"size,omitempty"`    // of trials and cells: units in a row
	Rows    *int   `json:"rows,omitempty"`    // of cells: of their hashes
	Descent string `json:"descent,omitempty"` // of probes: their method
	Seed    string `json:"seed,omitempty"`    // of cells and probes
}

// Methods of bounds in a summary that are certain, besides those of bound
// records.
const (
	ByCount = "count" // a count of the whole that is not exact
	ByPart  = "part"  // a count of a part of the regions
	ByCubes = "cubes" // the counts of some cubes
	ByCell  = "cell"  // one cell
)

// LowerBound is the headline lower bound, with all rules that were applied.
type LowerBound struct {
	Number
	Confidence float64     `json:"confidence"` // 1 for a certain bound
	Method     string      `json:"method"`     // a default rule, or ByCount, ByPart, ByCubes or ByCell
	Group                  // of a rule
	Groups     int         `json:"groups,omitempty"` // of a rule: the error was divided evenly among them
	Holds      *bool       `json:"holds"`            // false: above the exact count or the best upper bound; null: not known
	Rules      []LowerRule `json:"rules"`
}

// LowerRule is a lower bound by one rule from one group, with the whole error.
type LowerRule struct {
	Group
	Method string `json:"method"`
	Number
	Confidence float64 `json:"confidence"`
	Default    bool    `json:"default,omitempty"` // the rule that the headline is chosen from
	Holds      *bool   `json:"holds"`
}

// Interval is the headline interval, which bounds the number of regions from
// both sides with the confidence stated, with all rules that were applied.
type Interval struct {
	IntervalRule
	Groups int            `json:"groups"` // the error was divided evenly among them
	Rules  []IntervalRule `json:"rules"`
}

// IntervalRule is an interval by one rule from one group, with the whole error.
type IntervalRule struct {
	Group
	Method     string  `json:"method"`
	Lower      Number  `json:"lower"`
	Upper      Number  `json:"upper"`
	Bits       float64 `json:"bits"` // from lower to upper
	Confidence float64 `json:"confidence"`
	Default    bool    `json:"default,omitempty"`
	Holds      *bool   `json:"holds"` // false: the exact count or certain bounds are outside; null: not known
}

// UpperBounds has the upper bounds, the best first.
type UpperBounds struct {
	Best    UpperBound   `json:"best"`
	Methods []UpperBound `json:"methods"`
}

// UpperBound is an upper bound by one method: that of bound records, or
// ByCount for counts that are not exact.
type UpperBound struct {
	Method string `json:"method"`
	Number
	Relaxed bool   `json:"relaxed,omitempty"`
	From    string `json:"from,omitempty"` // which unit bounds it was made from
}

// Proxy estimates the number of regions from a lower and an upper bound: it is
// neither. The regions are rounded down, the logarithms are not.
type Proxy struct {
	Average   Number `json:"average"`
	Geometric Number `json:"geometric"`
}
