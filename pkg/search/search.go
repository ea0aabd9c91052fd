// Package search walks through the tree of activation patterns of a network to
// find its regions.
//
// A region is an activation pattern for which some point of the domain has
// every unit strictly on its side, where a unit that is identically zero on
// the pattern's cell is inactive and cuts nothing. On a full-dimensional
// domain that is a cell with an interior.
//
// A node of the tree is a cell (package cell): it goes down, from layer to
// layer, and is split where a unit cuts it. A guide says which regions are
// wanted and takes note of them: a count, a trial. Descents go down by chance.
package search

import (
	"context"
	"math/rand/v2"

	"relucount/pkg/affine"
	"relucount/pkg/cell"
	"relucount/pkg/proof"
	"relucount/pkg/record"
)

// Guide says which regions a search is to find, and takes note of them. A
// guide of several workers must be safe for them.
type Guide interface {
	// Prefix has the states of the leading units of all wanted regions.
	Prefix() []bool
	// Rows are the parity rows that the next region found is to satisfy. More
	// may come, when a region has been found.
	Rows() []record.ParityRow
	// Each reports whether every region is to be found by itself; if not,
	// those of a cell may be counted at once.
	Each() bool
	// Found takes note of a region, and reports whether to go on.
	Found(l Leaf) bool
	// Counted takes note of n regions, and reports whether to go on.
	Counted(n int64) bool
}

// Leaf is a region that has just been found. It is valid until Found returns.
type Leaf interface {
	// States has the states of all units.
	States() []affine.State
	// Region looks at it more closely.
	Region() Region
}

// Region is a region as a value. What is not asked for costs nothing. It is
// valid as long as the Leaf that it is of.
type Region interface {
	// Pattern has the states of the units as 0 and 1, a string for each layer.
	Pattern() []string
	// Point returns inputs well within the region, of the network itself. They
	// depend on the region alone.
	Point() []float64
	// Columns has the values of the input columns of the milp at that point.
	Columns() []float64
	// Map returns the affine functions that the pre-activations of the units of
	// a layer, from 0, are on the region: of each unit a coefficient for each
	// input column of the milp, and a constant. The columns are the network's
	// inputs, unless the domain has a map.
	Map(layer int) [][]float64
	// Facets returns the hyperplanes that bound the region within the domain.
	Facets() []Facet
	// Radius is that of the largest ball in the region, in the units of the
	// input columns that are not fixed; by a linear program in doubles.
	Radius() float64
	// View looks at its cell, exactly; nil when an engine has none. It is valid until
	// the next one of the same worker.
	View() *cell.View
}

// Facet is a hyperplane that bounds a region in the interior of the domain.
// Units whose hyperplanes coincide there have a facet each.
type Facet struct {
	Unit int // index of the unit whose hyperplane it is on; -1: a row that cuts the domain
	// Row has a coefficient for each input column of the milp, and a constant;
	// it is positive in the region, and of norm 1 over the frame's coordinates.
	Row []float64
}

// Engine is a way to search. Engines find the same regions.
type Engine interface {
	// Search finds the regions that a guide wants. It returns false when it
	// has ended before it had been everywhere: when ctx had ended, or the
	// guide had enough. Bounds may be nil.
	Search(ctx context.Context, g Guide, b *Bounds, o Options) (Effort, bool)
	// NewProber returns a prober of the regions below a prefix. Each of its probes is a
	// descent of so many copies; only the tree search has more than one.
	NewProber(prefix []bool, copies int) Prober
	// Sample looks at what is below a prefix by a number of random descents.
	Sample(ctx context.Context, prefix []bool, rng *rand.Rand, descents int) Sample
}

// Options of a search.
type Options struct {
	Workers int  // at least 1
	Few     bool // whether few of all regions will be found, as more rows come into force with each
	// Proof, if not nil, is told of all that the search finds.
	Proof *proof.Builder
	// Rest, if not nil, gets what the search leaves when it ends early. Nothing is
	// bounded then. The guide must not end the search.
	Rest *Rest
	// For tests: nodes that are visited before anything is bounded, and cells
	// that best first leaves open; 0: the number that is good.
	Quick  int64
	Leaves int32
}

// Prober makes random descents, whose mean weight is the number of regions.
// It is for one goroutine.
type Prober interface {
	// Method says how it chooses.
	Method() string
	// Pilot makes n descents, with the choices that rng makes for each, and chooses by
	// them how later ones should choose; false when it was cut short. What a probe
	// finds afterwards is on average the number of regions whatever the pilots have
	// found, as long as they are no probes themselves.
	Pilot(ctx context.Context, rng func(i int) *rand.Rand, n int) (t Tuning, e Effort, whole bool)
	// Use makes later probes choose by a tuning.
	Use(t Tuning)
	// Probe makes one descent, with the choices that rng makes. End, if not nil, gets
	// a region, if the probe comes to its end and knows the region; on average, 2^Log2 where
	// that is a given region, and else 0, is 1. It may keep the region no longer than the
	// call, and does not change what the probe finds. The engines by HiGHS do not call it.
	Probe(ctx context.Context, rng *rand.Rand, end func(Region)) Probe
}

// Probe is the weight of a descent: at least 1. When it is not Complete it
// was cut short, and would have been more.
type Probe struct {
	Log2     float64
	Complete bool
	Effort
}

// Sample is what is known of the regions below a prefix.
type Sample struct {
	Path    []bool  // the prefix and the states that follow from it
	Split   bool    // whether the next unit takes both states below it, or may
	Empty   bool    // whether there is certainly no region
	Regions float64 // estimate of their number
	Effort
}

// Look looks closely at a region, of which at is a point over the frame's
// coordinates. It is for one goroutine.
type Look func(states []affine.State, at []float64) Region
