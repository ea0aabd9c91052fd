// Package parity holds parity constraints over the units of a network, as
// universal hashing draws them, and solves them over GF(2).
//
// A row asks that the number of active units of a set be odd, or even. A row
// with a uniformly random right-hand side keeps any fixed activation pattern
// with probability 1/2, whatever the set (Gomes, Sabharwal and Selman, "Model
// Counting: A New Strategy for Obtaining Good Bounds", AAAI 2006; Serra and
// Ramalingam, AAAI 2020, section 4).
package parity

import (
	"crypto/sha256"
	"fmt"
	"math/big"
	"math/rand/v2"

	"relucount/pkg/record"
)

// Draw returns rows over the given units: each row has size of them chosen
// without replacement (all of them when there are fewer), or each with
// probability 1/2 when size is record.Half, and a random right-hand side.
//
// The rows are a function of the arguments alone: the generator is ChaCha8
// with the SHA-256 digest of (label, seed, milp, size, trial) as its key, so
// it does not matter where in a stream, or by which process, a trial is drawn.
func Draw(units []int, rows int, size record.Size, seed, milp string, trial int) []record.ParityRow {
	key := sha256.Sum256(fmt.Appendf(nil, "relucount parity 1\n%q %q %s %d", seed, milp, size, trial))
	rng := rand.New(rand.NewChaCha8(key))
	out := make([]record.ParityRow, rows)
	for i := range out {
		set := []int{}
		if size == record.Half {
			for _, u := range units {
				if rng.Uint64()&1 == 1 {
					set = append(set, u)
				}
			}
		} else {
			// one pass: unit number n of those left is taken with
			// probability wanted/left, which makes every set equally likely
			wanted := min(int(size), len(units))
			for n, u := range units {
				if rng.IntN(len(units)-n) < wanted {
					set = append(set, u)
					wanted--
				}
			}
		}
		out[i] = record.ParityRow{Units: set, Odd: rng.Uint64()&1 == 1}
	}
	return out
}

type row struct {
	units bitset
	odd   bool
}

func (r *row) add(s *row) {
	r.units.add(s.units)
	r.odd = r.odd != s.odd
}

// System is a set of parity rows in reduced row echelon form with the pivot
// of a row on its highest unit. When units are decided in ascending order, a
// unit that is a pivot is implied by the ones before it, and no other unit is.
type System struct {
	n     int
	pivot []*row // by unit; nil where the unit is free
	rank  int
	ok    bool
}

// NewSystem returns the empty system over n units.
func NewSystem(n int) *System {
	return &System{n: n, pivot: make([]*row, n), ok: true}
}

// Effect is what adding a row did to a system.
type Effect int

const (
	Cut          Effect = iota // it has one solution in two left
	Redundant                  // the row followed from the others
	Inconsistent               // nothing is left
)

// Add adds a row. It returns an error when a unit is out of range.
func (s *System) Add(p record.ParityRow) (Effect, error) {
	r := &row{newBitset(s.n), p.Odd}
	for _, u := range p.Units {
		if u < 0 || u >= s.n {
			return 0, fmt.Errorf("unit %d out of range (%d units)", u, s.n)
		}
		r.units.flip(u) // a unit named twice counts twice
	}
	for u, q := range s.pivot {
		if q != nil && r.units.has(u) {
			r.add(q)
		}
	}
	top := r.units.below(s.n)
	if top < 0 {
		if r.odd {
			s.ok = false
			return Inconsistent, nil
		}
		return Redundant, nil
	}
	for _, q := range s.pivot {
		if q != nil && q.units.has(top) {
			q.add(r)
		}
	}
	s.pivot[top] = r
	s.rank++
	return Cut, nil
}

// Consistent reports whether the system has a solution at all.
func (s *System) Consistent() bool { return s.ok }

// Rank is the number of independent rows.
func (s *System) Rank() int { return s.rank }

// Pattern is a set of active units for the methods of System.
type Pattern struct{ set bitset }

// NewPattern returns the pattern of n units of which none is active.
func NewPattern(n int) *Pattern { return &Pattern{newBitset(n)} }

// Set makes unit u active or inactive.
func (p *Pattern) Set(u int, active bool) {
	if active {
		p.set[u/64] |= 1 << (u % 64)
	} else {
		p.set[u/64] &^= 1 << (u % 64)
	}
}

// Implied returns the state of unit u that the states of the units before it
// imply, if they imply one.
func (s *System) Implied(u int, p *Pattern) (active, implied bool) {
	r := s.pivot[u]
	if r == nil {
		return false, false
	}
	odd := r.units.parityOf(p.set)
	if p.set.has(u) {
		odd = !odd // only the units before u count
	}
	return odd != r.odd, true
}

// FirstViolated returns the lowest unit whose state in p contradicts what the
// units before it imply, or n when p satisfies the system.
func (s *System) FirstViolated(p *Pattern) int {
	for u := range s.n {
		if active, implied := s.Implied(u, p); implied && active != p.set.has(u) {
			return u
		}
	}
	return s.n
}

// Satisfies reports whether the pattern of the units that are active in p
// satisfies the row.
func Satisfies(r record.ParityRow, active func(unit int) bool) bool {
	odd := false
	for _, u := range r.Units {
		odd = odd != active(u)
	}
	return odd == r.Odd
}

// Solutions is the number of patterns that satisfy the system.
func (s *System) Solutions() *big.Int {
	if !s.ok {
		return new(big.Int)
	}
	return new(big.Int).Lsh(big.NewInt(1), uint(s.n-s.rank))
}
