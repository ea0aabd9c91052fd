package ledger

import (
	"maps"
	"math/big"
	"slices"

	"relucount/pkg/confidence"
	"relucount/pkg/record"
)

// kinds are the kinds of records that a ledger looks into. Summaries tell of
// them in this order.
var kinds = []kind{
	{record.KindMilp, readMilp, nil},
	{record.KindNetwork, readNetwork, keepDescriptions},
	{record.KindTrial, readTrial, keepTrials},
	{record.KindChecked, readChecked, keepProofs},
	{record.KindCount, readCount, keepCounts},
	{record.KindCount, nil, keepDefined},
	{record.KindCell, readCell, keepCells},
	{record.KindProbe, readProbe, keepProbes},
	{record.KindCube, readCube, keepCubes},
	{record.KindBound, readBound, keepBounds},
}

// kind is a kind of record. Its file has the key, which is what makes two of its
// records answers to one question, and says how two answers merge.
type kind struct {
	name string // the type of its records
	read func(*record.Line) (program, fact, error)
	keep func() shelf // an empty shelf; nil where the facts go on that of another kind
}

// fact puts what a record says on a shelf of the program that it is about. It
// is nil when the record says nothing.
type fact func(*entry)

// shelf keeps the facts of one kind about one program, and says what they come
// to. A kind embeds silent and answers where it has something to say.
type shelf interface {
	// claims returns what is certain about the number of all regions.
	claims() (atLeast, atMost []claim)
	// contradictions says which facts of the kind, on their own or with
	// others, cannot all be true.
	contradictions(e *entry) []string
	// exact returns the exact count, or nil.
	exact() *count
	// found returns numbers of regions that are certain without being all.
	found() []finding
	// uppers returns the upper bounds on the number of all regions.
	uppers() []upper
	// groups returns the answers to random questions.
	groups() []group
	// incomplete says what is left to do before the exact count is known.
	incomplete() []string
	// costs returns what the facts used have cost.
	costs() []record.Stats
	// describe tells a summary what it was made from.
	describe(from *record.Sources)
}

// silent is a shelf that says nothing.
type silent struct{}

func (silent) claims() (atLeast, atMost []claim) { return nil, nil }
func (silent) contradictions(*entry) []string    { return nil }
func (silent) exact() *count                     { return nil }
func (silent) found() []finding                  { return nil }
func (silent) uppers() []upper                   { return nil }
func (silent) groups() []group                   { return nil }
func (silent) incomplete() []string              { return nil }
func (silent) costs() []record.Stats             { return nil }
func (silent) describe(*record.Sources)          {}

// on returns the shelf of one type.
func on[S shelf](e *entry) S {
	for _, s := range e.shelves {
		if s, ok := s.(S); ok {
			return s
		}
	}
	panic("ledger: no such shelf")
}

// all collects what each shelf returns.
func all[T any](e *entry, ask func(shelf) []T) []T {
	var out []T
	for _, s := range e.shelves {
		out = append(out, ask(s)...)
	}
	return out
}

// answers is a silent shelf that keeps all that was said about each question.
type answers[K comparable, A any] struct {
	silent
	by map[K]*A
}

func newAnswers[K comparable, A any]() answers[K, A] { return answers[K, A]{by: map[K]*A{}} }

// at returns what was said about a question; what is new is zero.
func (a answers[K, A]) at(k K) *A {
	if a.by[k] == nil {
		a.by[k] = new(A)
	}
	return a.by[k]
}

// keys returns the questions in order.
func (a answers[K, A]) keys(compare func(K, K) int) []K {
	return slices.SortedFunc(maps.Keys(a.by), compare)
}

// runs cuts a list where neighbours are not alike.
func runs[K any](list []K, alike func(a, b K) bool) [][]K {
	var out [][]K
	for i, k := range list {
		if i == 0 || !alike(list[i-1], k) {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], k)
	}
	return out
}

// origin is what certain statements come from. Of statements that say the same
// the one with the first origin is named.
type origin int

const (
	fromProof origin = iota // a proof of the number of all regions
	fromWhole               // counts of all regions
	fromPart                // a count of a part
	fromCubes               // counts and bounds of cubes, added up
	fromCell                // a cell
	fromTrial               // a trial
	fromBound               // a bound that needs no search
	fromUnits               // the number of unstable units
)

// method is what summaries call a bound from counting.
func (o origin) method() string {
	return map[origin]string{fromWhole: record.ByCount, fromPart: record.ByPart, fromCubes: record.ByCubes, fromCell: record.ByCell}[o]
}

// claim is a certain statement about the number of regions.
type claim struct {
	from origin
	n    *big.Int // or nil for 2^bits, which may be too large to be written out
	bits int
	text string
}

// finding is a number of regions that are certain.
type finding struct {
	from origin
	n    *big.Int
}

// upper is an upper bound by a method.
type upper struct {
	method  string
	counted bool // of no interest once the exact count is known
	bound
}

// group is the answers to random questions that rules are applied to together.
type group struct {
	record.Group
	stream   string // groups of one stream share one part of the error among them
	sample   confidence.Sample
	gaps     []string // what is missing before others
	describe func(from *record.Sources, level float64)
	figures  int   // trials, cells or probes that are there
	lps      int64 // that they took
}

// mostNumbers limits the numbers of trials, cells and probes, which are kept in
// order with room for those that are missing.
const mostNumbers = 1 << 20

// mostBits limits the rows of hashes and the weights of probes, whose powers of
// two become integers.
const mostBits = 1 << 20
