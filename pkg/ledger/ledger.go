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
//	       of two that were cut short the heavier one wins; what
//	       either measures is used, and of two values the least
//	bound  the same milp and method: the smaller one wins
//	count  the same milp and scope: exact beats inexact, and of inexact ones
//	       the largest lower and the smallest upper bound are used, whichever
//	       counts they are of
//	cube   the same milp, partition and number: the smaller upper bound wins
//	checked  the same milp and path: different numbers contradict each other
//
// Counts of the cubes of one partition, which share no region, are added up:
// when there is an exact one of each cube the sum is the exact count of the
// whole, and otherwise a lower bound. The sum of upper bounds, of the count or
// the cube record of each cube, is an upper bound of the whole when each has
// one. Cubes of different partitions overlap and are never added.
//
// A count that has given back what it left, and the counts of the cubes of that
// rest, are together a count of the same scope. Counts of cubes by different
// versions of the tools are not added up.
//
// Checked records that together prove the number of all regions give the exact
// count. It is certified, and comes before any other.
//
// Facts that cannot all be true are kept as contradictions, whichever wins.
// Statistics are sums over the facts used.
//
// Each kind of record has a file of its own, which says all that there is to
// say about it; kinds.go lists them. The summary asks every kind the same
// questions and knows none of them.
package ledger

import (
	"errors"
	"fmt"

	"relucount/pkg/phrase"
	"relucount/pkg/record"
)

// Ledger holds facts. The zero value is not ready for use: see New.
type Ledger struct {
	kinds   []kind
	entries map[program]*entry
	added   map[string]int // records by type
	failure string         // the least of the messages of error records
	runs    bool           // whether provenance is kept
}

// program is what a fact is about.
type program struct {
	milp    string
	content string // digest of an edited content
	edited  bool
}

// entry is what is known of one program. It keeps what the summary needs, and
// not the records.
type entry struct {
	shelves []shelf
	facts   int                    // that were entered
	asked   int                    // of these, questions that say nothing
	runs    map[string]record.Prov // by their JSON
}

// New returns an empty ledger.
func New() *Ledger { return of(kinds) }

// of returns an empty ledger for records of the given kinds.
func of(kinds []kind) *Ledger {
	return &Ledger{kinds: kinds, entries: map[program]*entry{}, added: map[string]int{}}
}

// Kinds returns how many records of each type were added.
func (l *Ledger) Kinds() map[string]int { return l.added }

// Failures returns the number of error records and the message of one of them.
func (l *Ledger) Failures() (n int, example string) { return l.added[record.KindError], l.failure }

// Reads reports whether Add looks into records of a type. Parities and patterns
// are no facts about the number of regions by themselves: like unknown types,
// they are only counted.
func (l *Ledger) Reads(kind string) bool { return kind == record.KindError || l.kind(kind) != nil }

func (l *Ledger) kind(name string) *kind {
	for i := range l.kinds {
		if l.kinds[i].name == name {
			return &l.kinds[i]
		}
	}
	return nil
}

// Add enters one record.
func (l *Ledger) Add(line *record.Line) error {
	if err := l.enter(line); err != nil {
		return err
	}
	l.added[line.Type]++
	return nil
}

func (l *Ledger) enter(line *record.Line) error {
	if line.Type == record.KindError {
		return l.fail(line)
	}
	k := l.kind(line.Type)
	if k == nil {
		return nil
	}
	about, fact, err := k.read(line)
	if err != nil || fact == nil {
		return err
	}
	e, err := l.at(about)
	if err != nil {
		return err
	}
	fact(e)
	e.facts++
	if l.runs {
		e.ran(line)
	}
	return nil
}

// fail notes an error of another tool, which is no fact about a program.
func (l *Ledger) fail(line *record.Line) error {
	var f record.Failure
	if err := line.Decode(&f); err != nil {
		return err
	}
	text := phrase.Plain(fmt.Sprintf("%s: %s: %s", f.Tool, f.Place, f.Error))
	if l.failure == "" || text < l.failure {
		l.failure = text
	}
	return nil
}

// at returns the entry of a program.
func (l *Ledger) at(p program) (*entry, error) {
	if p.milp == "" {
		return nil, errors.New("milp is missing")
	}
	if !p.edited && p.content == p.milp {
		p.content = ""
	}
	p.edited = p.edited || p.content != ""
	e := l.entries[p]
	if e == nil {
		e = &entry{runs: map[string]record.Prov{}}
		for _, k := range l.kinds {
			if k.keep != nil {
				e.shelves = append(e.shelves, k.keep())
			}
		}
		l.entries[p] = e
	}
	return e, nil
}
