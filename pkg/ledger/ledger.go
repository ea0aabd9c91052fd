// Package ledger gathers the facts of a record stream and says what they
// amount to, one summary a network.
//
// The stream is a set of facts: neither their order nor duplicates matter. A
// network is a milp id, together with the digest of the content when somebody
// edited the milp, for then the facts are about another program. Of two facts
// that answer the same question the better one is used:
//
//	trial  the same milp, size, seed and number: closed beats open, and of
//	       two open ones the one with more rows wins
//	cell   the same milp, size, seed, number and rows: as counts
//	probe  the same milp, method, seed and number: complete beats cut short, and
//	       of two that were cut short the heavier one wins
//	bound  the same milp and method: the smaller one wins
//	count  the same milp and scope: exact beats inexact, and of inexact ones
//	       the largest lower and the smallest upper bound are used, whichever
//	       counts they are of
//	cube   the same milp, partition and number: the smaller upper bound wins
//
// Counts of the cubes of one partition, which share no region, are added up:
// when there is an exact one of each cube the sum is the exact count of the
// whole, and otherwise a lower bound. The sum of upper bounds, of the count or
// the cube record of each cube, is an upper bound of the whole when each has
// one. Cubes of different partitions overlap and are never added.
//
// Facts that cannot all be true are kept as contradictions, whichever wins.
// Statistics are sums over the facts used.
package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"relucount/pkg/milp"
	"relucount/pkg/record"
)

// whole is the scope of a count of all regions.
const whole = "whole"

// Ledger holds facts. The zero value is not ready for use: see New.
type Ledger struct {
	entries map[key]*entry
	kinds   map[string]int
	failure string // the least of the messages of error records
}

// key tells networks apart.
type key struct {
	milp    string
	content string // digest of an edited content
	edited  bool
}

// entry is what is known of one network. It keeps what the summary needs, and
// not the records.
type entry struct {
	names  map[string]bool
	sizes  map[string]record.NetworkSize // by their JSON: more than one is a contradiction
	trials map[trialKey]*trial
	bounds map[string]bound // by method
	counts map[string]*tally
	cubes  map[partition]map[int]*tally
	limits map[partition]map[int]*big.Int // upper bounds of cube records
	cells  map[cellKey]*tally
	probes map[probeKey]*probe
}

// New returns an empty ledger.
func New() *Ledger {
	return &Ledger{entries: map[key]*entry{}, kinds: map[string]int{}}
}

// Kinds returns how many records of each type were added.
func (l *Ledger) Kinds() map[string]int { return l.kinds }

// Failures returns the number of error records and the message of one of them.
func (l *Ledger) Failures() (n int, example string) { return l.kinds["error"], l.failure }

// readers are the kinds of records that Add looks into.
var readers = map[string]func(*Ledger, *record.Line) error{
	"milp":    (*Ledger).addMilp,
	"network": (*Ledger).addNetwork,
	"trial":   (*Ledger).addTrial,
	"cell":    (*Ledger).addCell,
	"probe":   (*Ledger).addProbe,
	"bound":   (*Ledger).addBound,
	"count":   (*Ledger).addCount,
	"cube":    (*Ledger).addCube,
	"error":   (*Ledger).addFailure,
}

// Reads reports whether Add looks into records of a type. Parities and patterns
// are no facts about the number of regions by themselves: like unknown types,
// they are only counted.
func Reads(kind string) bool { return readers[kind] != nil }

// Add enters one record.
func (l *Ledger) Add(line *record.Line) error {
	if read := readers[line.Type]; read != nil {
		if err := read(l, line); err != nil {
			return err
		}
	}
	l.kinds[line.Type]++
	return nil
}

// at returns the entry that a fact about the given program belongs to.
func (l *Ledger) at(id, content string, edited bool) (*entry, error) {
	if id == "" {
		return nil, errors.New("milp is missing")
	}
	if !edited && content == id {
		content = ""
	}
	k := key{id, content, edited || content != ""}
	e := l.entries[k]
	if e == nil {
		e = &entry{
			map[string]bool{}, map[string]record.NetworkSize{}, map[trialKey]*trial{}, map[string]bound{}, map[string]*tally{},
			map[partition]map[int]*tally{}, map[partition]map[int]*big.Int{}, map[cellKey]*tally{}, map[probeKey]*probe{},
		}
		l.entries[k] = e
	}
	return e, nil
}

func (l *Ledger) addMilp(line *record.Line) error {
	p, err := milp.Decode(line)
	if err != nil {
		return err
	}
	content := p.Digest()
	e, err := l.at(p.ID, content, content != p.ID)
	if err != nil {
		return err
	}
	return e.describe(p.Name, p.Size())
}

func (l *Ledger) addNetwork(line *record.Line) error {
	var n record.Network
	if err := line.Decode(&n); err != nil {
		return err
	}
	if n.Unstable < 0 {
		return fmt.Errorf("unstable: %d", n.Unstable)
	}
	e, err := l.at(n.Milp, n.Content, n.Edited)
	if err != nil {
		return err
	}
	return e.describe(n.Name, record.NetworkSize{
		Shape: n.Network, Units: n.Units, Active: n.Active, Inactive: n.Inactive, Unstable: n.Unstable,
	})
}

func (e *entry) describe(name string, size record.NetworkSize) error {
	text, err := json.Marshal(size)
	if err != nil {
		return err
	}
	e.sizes[string(text)] = size
	if name != "" {
		e.names[name] = true
	}
	return nil
}

func (l *Ledger) addTrial(line *record.Line) error {
	var t record.Trial
	if err := line.Decode(&t); err != nil {
		return err
	}
	if t.Rows < 0 || t.Rows > t.Of {
		return fmt.Errorf("rows: %d of %d", t.Rows, t.Of)
	}
	if t.Trial < 0 || t.Trial >= mostNumbers {
		return fmt.Errorf("trial: %d is not from 0 to %d", t.Trial, mostNumbers-1)
	}
	if t.Doubtful < 0 {
		return fmt.Errorf("doubtful: %d", t.Doubtful)
	}
	e, err := l.at(t.Milp, t.Content, t.Edited)
	if err != nil {
		return err
	}
	k := trialKey{t.Size, t.Seed, t.Trial}
	if e.trials[k] == nil {
		e.trials[k] = newTrial()
	}
	e.trials[k].add(outcome{t.Rows, t.Closed, t.Doubtful, cost(t.Stats)})
	return nil
}

func (l *Ledger) addBound(line *record.Line) error {
	var b record.Bound
	if err := line.Decode(&b); err != nil {
		return err
	}
	if b.Method == "" {
		return errors.New("method is missing")
	}
	n, err := natural("regions", b.Regions)
	if err != nil {
		return err
	}
	e, err := l.at(b.Milp, b.Content, b.Edited)
	if err != nil {
		return err
	}
	fact := bound{n, b.Relaxed, b.From, cost(b.Stats)}
	if old, ok := e.bounds[b.Method]; !ok || fact.compare(old) < 0 {
		e.bounds[b.Method] = fact
	}
	return nil
}

func (l *Ledger) addCount(line *record.Line) error {
	var c record.Count
	if err := line.Decode(&c); err != nil {
		return err
	}
	if c.Scope == "" {
		return errors.New("scope is missing")
	}
	if c.Doubtful < 0 {
		return fmt.Errorf("doubtful: %d", c.Doubtful)
	}
	ofCube := c.Cube != nil || c.Of != 0 || c.Partition != ""
	if ofCube && c.Cube == nil {
		return errors.New("cube is missing")
	}
	if ofCube {
		if err := record.CheckCube(*c.Cube, c.Of, c.Partition); err != nil {
			return err
		}
	}
	fact, err := newCount(&c)
	if err != nil {
		return err
	}
	e, err := l.at(c.Milp, c.Content, c.Edited)
	if err != nil {
		return err
	}
	if !ofCube {
		put(e.counts, c.Scope, fact)
		return nil
	}
	k := partition{c.Partition, c.Of}
	if e.cubes[k] == nil {
		e.cubes[k] = map[int]*tally{}
	}
	put(e.cubes[k], *c.Cube, fact)
	return nil
}

// newCount reads the figures of a count and checks them against each other.
// Older records have no bounds: at least those found are certain.
func newCount(c *record.Count) (count, error) {
	out := count{exact: c.Exact, doubtful: c.Doubtful, why: c.Why, stats: cost(c.Stats)}
	var err error
	if out.regions, err = natural("regions", c.Regions); err != nil {
		return out, err
	}
	out.lower = out.regions
	if c.Exact {
		out.upper = out.regions
	}
	if c.Lower != "" {
		if out.lower, err = natural("lower", c.Lower); err != nil {
			return out, err
		}
	}
	if c.Upper != "" {
		if out.upper, err = natural("upper", c.Upper); err != nil {
			return out, err
		}
	}
	switch {
	case c.Exact && out.lower.Cmp(out.regions) != 0:
		return out, fmt.Errorf("lower: %v of an exact count of %v", out.lower, out.regions)
	case c.Exact && out.upper.Cmp(out.regions) != 0:
		return out, fmt.Errorf("upper: %v of an exact count of %v", out.upper, out.regions)
	case out.lower.Cmp(out.regions) < 0:
		return out, fmt.Errorf("lower: %v, but %v regions were found", out.lower, out.regions)
	case out.upper != nil && out.upper.Cmp(out.lower) < 0:
		return out, fmt.Errorf("upper: %v is less than the lower bound %v", out.upper, out.lower)
	}
	return out, nil
}

func put[K comparable](tallies map[K]*tally, k K, c count) {
	if tallies[k] == nil {
		tallies[k] = &tally{exact: map[string]count{}}
	}
	tallies[k].add(c)
}

func (l *Ledger) addFailure(line *record.Line) error {
	var f record.Failure
	if err := line.Decode(&f); err != nil {
		return err
	}
	text := plain(fmt.Sprintf("%s: %s: %s", f.Tool, f.Place, f.Error))
	if l.failure == "" || text < l.failure {
		l.failure = text
	}
	return nil
}

func cost(s *record.Stats) record.Stats {
	if s == nil {
		return record.Stats{}
	}
	return *s
}

// natural reads the decimal digits of a number of regions from a field.
func natural(field, s string) (*big.Int, error) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return nil, fmt.Errorf("%s: %q is not a natural number", field, s)
	}
	n, _ := new(big.Int).SetString(s, 10)
	return n, nil
}
