package record

// Measures is what a probe says of the region that it ended in. What was not asked for, or
// is not certain, is absent. When the region is not known, Why says why.
type Measures struct {
	Of       []string  `json:"of"`                 // what was asked for
	Pattern  []string  `json:"pattern,omitempty"`  // a string of 0 and 1 for each ReLU layer
	Class    *int      `json:"class,omitempty"`    // of a point of the region: the largest output; of one output whether it is above 0
	Constant *bool     `json:"constant,omitempty"` // whether all of the region has the class; nil also when that is not certain
	Facets   *int      `json:"facets,omitempty"`   // on hyperplanes of units: as many regions are next to it; nil also when that is not certain
	Radius   *float64  `json:"radius,omitempty"`   // of the largest ball in it
	Slopes   []float64 `json:"slopes,omitempty"`   // the norm of the gradient of each output
	Volume   *float64  `json:"volume,omitempty"`   // over the domain's coordinates
	Outputs  string    `json:"outputs,omitempty"`  // digest of the milp's outputs, on which class and slopes depend
	Why      string    `json:"why,omitempty"`      // why nothing is known of the region
}

// Names of what is measured.
const (
	MeasureClass  = "class"
	MeasureFacets = "facets"
	MeasureRadius = "radius"
	MeasureSlope  = "slope"
	MeasureVolume = "volume"
)

// MeasureNames are the names of what is measured, in the order of statistics.
var MeasureNames = []string{MeasureClass, MeasureFacets, MeasureRadius, MeasureSlope, MeasureVolume}

// Measured is what the measures of probes come to: estimates for all regions.
type Measured struct {
	Probes     int         `json:"probes"`    // that were to measure
	Known      int         `json:"known"`     // of these, that know their region
	Effective  float64     `json:"effective"` // as many probes of equal weight would say as much
	Statistics []Statistic `json:"statistics"`
}

// Figures of statistics.
const (
	FigureShare    = "share"    // of all regions
	FigureMean     = "mean"     // over all regions
	FigureQuantile = "quantile" // the least value that a share of the regions does not exceed
)

// Statistic is an estimate of a figure over all regions.
type Statistic struct {
	Of        string              `json:"of"`                 // what was measured
	Outputs   string              `json:"outputs,omitempty"`  // digest of the outputs that it is about
	Class     *int                `json:"class,omitempty"`    // of a share: of the regions of this class
	Constant  *bool               `json:"constant,omitempty"` // of a share: of the regions that have one class, or not
	Output    *int                `json:"output,omitempty"`   // of slopes: of this output
	Figure    string              `json:"figure"`
	Level     *float64            `json:"level,omitempty"` // of a quantile
	Value     float64             `json:"value"`
	Unknown   float64             `json:"unknown,omitempty"` // the share of the weight of probes that were to measure it, and do not know it
	Regions   *Estimate           `json:"regions,omitempty"` // of a share: their number
	Intervals []StatisticInterval `json:"intervals"`
}

// StatisticInterval holds the figure with about the confidence stated.
type StatisticInterval struct {
	Method     string   `json:"method"`
	Lower      *float64 `json:"lower"` // null: not known
	Upper      *float64 `json:"upper"`
	Confidence float64  `json:"confidence"`
	Default    bool     `json:"default,omitempty"`
}
