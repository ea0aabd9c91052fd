// Package region answers questions about the linear regions of a ReLU network
// that is given as a milp: how many there are, how many rows of a hash some
// region satisfies, how many there are about.
//
// It chooses the engine: the tree search on the geometry of cells (package
// search), unless the milp asks more than that can tell, or a question asks for
// a reference engine (package reference).
package region

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"

	"relucount/pkg/affine"
	"relucount/pkg/cell"
	"relucount/pkg/milp"
	"relucount/pkg/record"
	"relucount/pkg/reference"
	"relucount/pkg/search"
)

// DefaultMargin is the margin of strictness of the engines by HiGHS, in scaled
// coordinates.
const DefaultMargin = 1e-9

// Region is a region that a count has found. It is valid until the call that
// it was given to returns.
type Region = search.Region

// Effort counts operations.
type Effort = search.Effort

// Cube is a share of the regions.
type Cube = search.Cube

// Space is a milp about whose regions questions are asked. It does not change,
// and may be asked by many at once.
type Space struct {
	p      *milp.Problem
	edited bool
	bounds affine.Bounds
	net    *affine.Network
	model  *reference.Model
	shapes cell.Shapes
	spare  bool        // as search.Tree.Sparing; for tests
	able   func() bool // whether the tree search can take it
}

// Options of a question.
type Options struct {
	Engine  string  // "tree" (or empty) or "mip"
	Oracle  string  // of the tree: "geometry" (or empty), or "highs" for all decisions by HiGHS
	Margin  float64 // of the engines by HiGHS: a region must have a point this far from its hyperplanes; 0: DefaultMargin
	Ball    float64 // take only regions that hold a ball of this radius, in the units of the input columns; 0: all
	Workers int     // for Count with the tree engine; at least 1
	Max     int64   // for Count: stop after this number of regions; 0: never
	Copies  int     // for NewProber: that go down together; 0 or 1: descents go down alone
	// Prefix has the states of the leading units: Count takes only regions
	// whose pattern starts with them. Empty: all regions.
	Prefix []bool
	// Rows are parity rows: Count takes only regions whose pattern satisfies
	// all of them.
	Rows []record.ParityRow
	// Bound, if set, bounds the regions of a cell from above. Calls do not overlap.
	Bound search.Most
	// Witness asks Trial for a point of the last region it found.
	Witness bool
	// Rest asks Count for what it leaves when it ends early, as cubes. It then
	// ends soon after Max, and has found all regions that are in none of them. The
	// engines by HiGHS, balls, parity rows and proofs do without.
	Rest bool
	// Each, if set, receives every region that Count finds. Calls do not
	// overlap, unless Overlap is set. An error ends the count and is returned.
	Each    func(Region) error
	Overlap bool
	// Proof, if set, receives the records of a proof of Count's number, one after
	// the other. An error ends the count and is returned.
	Proof func(*record.Proof) error
	// Progress, if set, is called with the regions so far, often.
	Progress func(regions int64)

	quick  int64 // as in search.Options
	leaves int32
}

// Resolution is what regions must hold or reach to be found: the radius of a ball
// where one is asked for, or the margin that the engine needs, if that is more.
// It is 0 where the count is exact.
func (s *Space) Resolution(o Options) float64 {
	switch e := s.engine(o).(type) {
	case reference.MIP:
		return max(o.Ball, e.Margin, reference.MIPMargin)
	case reference.LP:
		return max(o.Ball, e.Margin)
	}
	return o.Ball
}

// NewSpace prepares questions about a checked milp.
func NewSpace(p *milp.Problem) (*Space, error) {
	s := &Space{p: p, edited: p.Digest() != p.ID, shapes: cell.DefaultShapes}
	switch {
	case !s.edited:
	case !p.Pristine():
		s.bounds = affine.Unknown
	case !p.Within():
		s.bounds = affine.Restrict
	}
	var err error
	if s.net, err = affine.NewNetwork(p, s.bounds); err != nil {
		return nil, err
	}
	s.model = reference.NewModel(p, s.net, s.bounds, s.edited)
	s.ask()
	return s, nil
}

// ask makes able ask the tree search, once.
func (s *Space) ask() { s.able = sync.OnceValue(func() bool { return s.tree().Able() }) }

// Edited reports whether the content of the milp no longer matches its id.
func (s *Space) Edited() bool { return s.edited }

// Units is the number of units.
func (s *Space) Units() int { return len(s.net.Units) }

// engine returns the engine for a question.
func (s *Space) engine(o Options) search.Engine {
	lp := reference.LP{Model: s.model, Margin: cmp.Or(o.Margin, DefaultMargin)}
	if o.Engine == "mip" {
		return reference.MIP{LP: lp}
	}
	if o.Oracle != "highs" && s.model.Plain() {
		if s.able() {
			return s.tree()
		}
	}
	return lp
}

func (s *Space) tree() *search.Tree {
	t := search.NewTree(s.net, s.shapes, func() (search.Look, func() search.Effort) { return s.model.NewLook(DefaultMargin) })
	t.Sparing = s.spare
	return t
}

// check reports states and units that there are not.
func (s *Space) check(prefix []bool, rows []record.ParityRow) error {
	if len(prefix) > s.Units() {
		return fmt.Errorf("the prefix has %d states for %d units", len(prefix), s.Units())
	}
	for i, r := range rows {
		for _, u := range r.Units {
			if u < 0 || u >= s.Units() {
				return fmt.Errorf("rows[%d].units: %d out of range (%d units)", i, u, s.Units())
			}
		}
	}
	return nil
}

// TrialResult is the answer of Trial: the number of leading parity rows proved
// jointly feasible, and whether the next row is proved to leave nothing.
type TrialResult struct {
	Rows    int
	Closed  bool
	Witness *record.Witness // a region that satisfies the rows; nil when the domain is empty, or it is not wanted
	Effort
}

// Trial finds the largest feasible prefix of parity rows (MIPBound's inner
// loop: Serra and Ramalingam, AAAI 2020, Algorithm 1). It ends early, without
// an error, when ctx ends.
//
// It is one search: what has been excluded under some rows stays excluded
// under more, so after each row it goes on from where it is.
func (s *Space) Trial(ctx context.Context, rows []record.ParityRow, o Options) (TrialResult, error) {
	if err := s.check(nil, rows); err != nil {
		return TrialResult{}, err
	}
	var t TrialResult
	var last func(Region)
	if o.Witness {
		last = func(r Region) { t.Witness = &record.Witness{Pattern: r.Pattern(), X: r.Point()} }
	}
	g := search.NewTrial(s.Units(), rows, last)
	guide, thick, err := s.thick(g, o)
	if err != nil {
		return TrialResult{}, err
	}
	var done bool
	t.Effort, done = s.engine(o).Search(ctx, guide, nil, search.Options{Workers: 1, Few: true})
	if thick != nil {
		t.Doubtful += thick.Doubtful()
	}
	t.Rows = g.Survived()
	t.Closed = t.Rows < len(rows) && (done || g.Dead()) && t.Unclear == 0
	return t, t.Err
}

// Prober estimates the number of regions by random descents, or by populations. It is for one
// goroutine.
type Prober struct{ search.Prober }

// Tuning is what pilots have found out for probes.
type Tuning = search.Tuning

// ProbeResult is the weight of one descent, of which the mean over all descents
// is the number of regions.
type ProbeResult = search.Probe

// Probe makes one descent, with the choices that rng makes.
func (p *Prober) Probe(ctx context.Context, rng *rand.Rand) ProbeResult {
	return p.Prober.Probe(ctx, rng, nil)
}

// Measure is Probe that also measures the region in which the descent ends: nil where
// none is known, or nobody measures.
func (p *Prober) Measure(ctx context.Context, rng *rand.Rand, m *Measurer) (d ProbeResult, of *record.Measures, err error) {
	if m == nil {
		return p.Probe(ctx, rng), nil, nil
	}
	d = p.Prober.Probe(ctx, rng, func(r Region) { of, err = m.measure(r) })
	return d, of, err
}

// NewProber returns a prober of the regions below o.Prefix, whose probes are descents of
// o.Copies each. It is an error
// when cells may be empty of regions because of what a user has asked of
// units: descents would end in nothing.
func (s *Space) NewProber(o Options) (*Prober, error) {
	if s.model.Chooses() {
		return nil, errors.New("probes cannot be had of a milp with rows or limits of its own over units")
	}
	e := s.engine(o)
	if _, ok := e.(*search.Tree); o.Copies > 1 && !ok {
		return nil, errors.New("a population is for the tree search, which cannot take this milp")
	}
	return &Prober{e.NewProber(o.Prefix, o.Copies)}, nil
}

// Cubes splits the regions below o.Prefix into about n shares of roughly even
// work (see search.Cubes). They depend on the milp, the margin, the prefix and
// n alone. Counts with a smaller margin than o.Margin may see regions that none
// of the cubes has.
func (s *Space) Cubes(ctx context.Context, o Options, n int) ([]Cube, Effort, error) {
	if n < 1 {
		return nil, Effort{}, fmt.Errorf("%d cubes: at least 1", n)
	}
	if err := s.check(o.Prefix, nil); err != nil {
		return nil, Effort{}, err
	}
	o.Engine, o.Oracle = "", "" // the tree search, if it can
	cubes, e := search.Cubes(ctx, s.engine(o), o.Prefix, n, o.Workers, s.random)
	return cubes, e, e.Err
}

// random returns the generator of a prefix. It is keyed by the milp's id and
// the prefix, so that the same question has the same answer.
func (s *Space) random(prefix []bool) *rand.Rand {
	key := sha256.Sum256(fmt.Appendf(nil, "relucount cubes 1\n%q %s", s.p.ID, strings.Join(s.FormatPrefix(prefix), "")))
	return rand.New(rand.NewChaCha8(key))
}

// FormatPrefix writes the states of the leading units as a string for each
// layer that has some. The last one may be shorter than its layer.
func (s *Space) FormatPrefix(prefix []bool) []string { return s.model.Pattern(prefix) }

// ParsePrefix reads what FormatPrefix writes.
func (s *Space) ParsePrefix(layers []string) ([]bool, error) {
	var prefix []bool
	for i, text := range layers {
		if i >= len(s.net.Layers) {
			return nil, fmt.Errorf("prefix[%d]: there are %d layers", i, len(s.net.Layers))
		}
		size := s.net.Layers[i].Units()
		switch {
		case strings.Trim(text, "01") != "":
			return nil, fmt.Errorf("prefix[%d]: %q has other digits than 0 and 1", i, text)
		case len(text) > size:
			return nil, fmt.Errorf("prefix[%d]: %d digits for a layer of %d units", i, len(text), size)
		case len(text) < size && i+1 < len(layers):
			return nil, fmt.Errorf("prefix[%d]: %d digits for a layer of %d units, and it is not the last", i, len(text), size)
		}
		for _, c := range text {
			prefix = append(prefix, c == '1')
		}
	}
	return prefix, nil
}
