package record

// Summary is what the facts about one network amount to (kind "summary").
type Summary struct {
	Head
	Milp           string       `json:"milp"`
	Name           string       `json:"name"` // the milp's id when no record gave a name
	Edited         bool         `json:"edited,omitempty"`
	Content        string       `json:"content,omitempty"` // digest of the edited content
	Network        *NetworkSize `json:"network"`           // null when neither a milp nor a network record came
	Exact          *ExactCount  `json:"exact"`             // null when the number is not known
	Lower          *LowerBound  `json:"lower"`             // null when nothing bounds it from below
	Upper          *UpperBounds `json:"upper"`             // null when there is no bound record
	Gap            *float64     `json:"gap"`               // bits from exact, or else lower, to upper.best
	Proxy          *Proxy       `json:"proxy"`             // null unless there are both lower and upper
	Contradictions []string     `json:"contradictions"`    // certain facts that cannot all be true
	Warnings       []string     `json:"warnings"`
	From           Sources      `json:"from"`
	Stats          Stats        `json:"stats"` // sums over the facts used
	Prov           *Prov        `json:"prov,omitempty"`
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

// ExactCount is a number of regions that is known.
type ExactCount struct {
	Number
	Doubtful int `json:"doubtful"`
}

// LowerBound is the headline lower bound, with all rules that were applied.
type LowerBound struct {
	Number
	Confidence float64     `json:"confidence"`      // 1 for a certain bound
	Method     string      `json:"method"`          // "gamma", "count", "part" or "cubes"
	Size       *Size       `json:"size,omitempty"`  // gamma: of the rows of the trials that gave it
	Sizes      int         `json:"sizes,omitempty"` // gamma: the error was divided evenly among so many sizes
	Holds      *bool       `json:"holds"`           // false: above the exact count or the best upper bound; null: not known
	Rules      []LowerRule `json:"rules"`
}

// LowerRule is a lower bound by one rule from the trials of one size, each
// with the whole error.
type LowerRule struct {
	Size   Size   `json:"size"`
	Method string `json:"method"` // "gamma", "binomial" or "chernoff"
	Number
	Confidence float64 `json:"confidence"`
	Holds      *bool   `json:"holds"`
}

// UpperBounds has the upper bounds, the best first.
type UpperBounds struct {
	Best    UpperBound   `json:"best"`
	Methods []UpperBound `json:"methods"`
}

// UpperBound is an upper bound by one method.
type UpperBound struct {
	Method string `json:"method"`
	Number
	Relaxed bool `json:"relaxed,omitempty"`
}

// Proxy estimates the number of regions from a lower and an upper bound: it is
// neither. The regions are rounded down, the logarithms are not.
type Proxy struct {
	Average   Number `json:"average"`
	Geometric Number `json:"geometric"`
}

// Sources is what a summary was made from.
type Sources struct {
	Trials []TrialGroup `json:"trials"` // by size
	Counts []CountOf    `json:"counts"` // the best of each scope, and a sum of each partition's cubes
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

// CountOf is a count of one scope, or the sum of the counts of the cubes of
// one partition.
type CountOf struct {
	Scope string `json:"scope"`
	Number
	Exact     bool   `json:"exact"`
	Doubtful  int    `json:"doubtful"`
	Why       string `json:"why,omitempty"`
	Partition string `json:"partition,omitempty"`
	Of        int    `json:"of,omitempty"`      // cubes of the partition
	Missing   []int  `json:"missing,omitempty"` // those without a count
	Open      []int  `json:"open,omitempty"`    // those whose count is not exact
}
