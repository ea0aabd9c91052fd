package search

import (
	"math"
	"sync"
	"sync/atomic"

	"relucount/pkg/affine"
	"relucount/pkg/parity"
	"relucount/pkg/record"
)

// Count is the guide of a count: all regions below a prefix that satisfy the
// parity rows. It is safe for several workers.
type Count struct {
	// Overlap lets workers hand over regions at the same time.
	Overlap bool

	prefix   []bool
	rows     []record.ParityRow
	max      int64
	each     func(Region) error
	progress func(int64)
	n        atomic.Int64
	one      sync.Mutex // of each
	mu       sync.Mutex // of err
	err      error
	full     atomic.Bool // max reached, or err set
}

// NewCount returns the guide of a count that ends after max regions; 0: never.
// Each, if not nil, gets every region; calls do not overlap, unless Overlap lets them,
// and an error ends the count. Progress, if not nil, gets the regions so far, often.
func NewCount(prefix []bool, rows []record.ParityRow, max int64, each func(Region) error, progress func(int64)) *Count {
	return &Count{prefix: prefix, rows: rows, max: max, each: each, progress: progress}
}

// Regions is the number of regions found: the maximum, when more were.
func (c *Count) Regions() int64 {
	if n := c.n.Load(); c.max == 0 || n < c.max {
		return n
	}
	return c.max
}

// Seen is the number of regions found, which may be more than the maximum.
func (c *Count) Seen() int64 { return c.n.Load() }

// Err is the error that ended the count.
func (c *Count) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Prefix has the states of the leading units of all wanted regions.
func (c *Count) Prefix() []bool { return c.prefix }

// Rows are the parity rows of all wanted regions.
func (c *Count) Rows() []record.ParityRow { return c.rows }

// Each reports whether every region is to be found by itself.
func (c *Count) Each() bool { return c.each != nil }

// Found takes note of a region.
func (c *Count) Found(l Leaf) bool {
	if c.full.Load() { // another worker has found the last one
		return false
	}
	n := c.n.Add(1)
	if c.max > 0 && n > c.max {
		c.n.Add(-1)
		return false
	}
	r := l.Region()
	if !c.Overlap {
		c.one.Lock()
		if c.Err() == nil {
			c.failed(c.each(r))
		}
		c.one.Unlock()
	} else {
		c.failed(c.each(r))
	}
	return c.noted(n)
}

// failed ends the count if there is an error.
func (c *Count) failed(err error) {
	if err == nil {
		return
	}
	c.mu.Lock()
	if c.err == nil {
		c.err = err
	}
	c.mu.Unlock()
	c.full.Store(true)
}

// Counted takes note of n regions; it may note more than the maximum.
func (c *Count) Counted(n int64) bool { return c.noted(c.n.Add(n)) }

func (c *Count) noted(n int64) bool {
	if c.max > 0 && n >= c.max {
		c.full.Store(true)
		n = c.max
	}
	if c.progress != nil {
		c.progress(n)
	}
	return !c.full.Load()
}

// Trial is the guide of a trial: regions that satisfy the parity rows in
// force, and one more row in force whenever a region has been found (MIPBound's
// inner loop: Serra and Ramalingam, AAAI 2020, Algorithm 1). A row that the
// last region found satisfies needs no search. It is for one worker.
type Trial struct {
	rows    []record.ParityRow
	r       int // rows that the last region satisfies
	sys     *parity.System
	pending bool // whether row r is in force
	dead    bool // whether the rows in force contradict each other
	last    func(Region)
}

// NewTrial returns the guide of a trial over a number of units. Last, if not
// nil, gets each region found, of which the last one is what counts.
func NewTrial(units int, rows []record.ParityRow, last func(Region)) *Trial {
	return &Trial{rows: rows, sys: parity.NewSystem(units), last: last}
}

// Survived is the number of leading rows shown to be jointly feasible.
func (t *Trial) Survived() int { return t.r }

// Dead reports whether the next row contradicts those before.
func (t *Trial) Dead() bool { return t.dead }

// Prefix is empty.
func (t *Trial) Prefix() []bool { return nil }

// Rows are the rows in force.
func (t *Trial) Rows() []record.ParityRow {
	if t.pending {
		return t.rows[:t.r+1]
	}
	return t.rows[:t.r]
}

// Each is true: the rows depend on the regions found.
func (t *Trial) Each() bool { return true }

// Counted is never called.
func (t *Trial) Counted(int64) bool { panic("search: a trial takes regions one by one") }

// Found takes note of a region that satisfies the rows in force, and puts the
// next one in force that it does not satisfy. It returns false when there is
// none, or the rows contradict each other.
func (t *Trial) Found(l Leaf) bool {
	if t.pending {
		t.r++
		t.pending = false
	}
	states := l.States()
	for t.r < len(t.rows) {
		row := t.rows[t.r]
		effect, _ := t.sys.Add(row) // the units' range has been checked
		if !parity.Satisfies(row, func(u int) bool { return states[u].On }) {
			t.pending = effect != parity.Inconsistent
			t.dead = !t.pending
			break
		}
		t.r++
	}
	if t.last != nil {
		t.last(l.Region())
	}
	return t.pending
}

// Below is the guide to all regions below a prefix, which takes no note of them.
type Below []bool

// Prefix is the prefix itself.
func (p Below) Prefix() []bool { return p }

// Rows are none.
func (p Below) Rows() []record.ParityRow { return nil }

// Each is false.
func (p Below) Each() bool { return false }

// Found goes on.
func (p Below) Found(Leaf) bool { return true }

// Counted goes on.
func (p Below) Counted(int64) bool { return true }

// Allowed returns the states that a prefix leaves to unit k.
func Allowed(prefix []bool, k int) affine.StateSet {
	if k < len(prefix) {
		return affine.StateOf(prefix[k])
	}
	return affine.Both
}

// Thick is a guide that takes, of the regions that another one wants, those that
// hold a ball. The radius of the largest is computed in doubles: it is doubtful
// where it is very near to the one that is asked for.
type Thick struct {
	Guide
	Radius float64

	doubtful atomic.Int64
}

// doubt is how near, relative to it, a radius must be to be doubtful.
const doubt = 1e-6

// Doubtful is the number of regions of which it is doubtful whether they count.
func (t *Thick) Doubtful() int64 { return t.doubtful.Load() }

// Each is true: each region is looked at.
func (t *Thick) Each() bool { return true }

// Found takes note of a region that holds the ball.
func (t *Thick) Found(l Leaf) bool {
	r := l.Region().Radius()
	if math.Abs(r-t.Radius) <= doubt*t.Radius {
		t.doubtful.Add(1)
	}
	switch {
	case r < t.Radius:
		return true
	case t.Guide.Each():
		return t.Guide.Found(l)
	}
	return t.Guide.Counted(1)
}
