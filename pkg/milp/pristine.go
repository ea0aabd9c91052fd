package milp

import (
	"slices"
	"strings"
)

// Pristine reports whether the problem is what was encoded, but for two kinds
// of edit that leave the network alone: limits of input columns, and rows over
// input columns only that a user has appended. With these taken back the digest
// is the id, or the beginning of it: milps of one stream need ids of their own,
// and these may go on from the one that was encoded.
func (p *Problem) Pristine() bool {
	q := *p
	for len(q.Rows) > 0 && p.appended(&q.Rows[len(q.Rows)-1]) {
		q.Rows = q.Rows[:len(q.Rows)-1]
	}
	q.Cols = slices.Clone(p.Cols)
	at := 0
	for j := range q.Cols {
		if q.Cols[j].Kind != Input {
			continue
		}
		if at >= len(p.Domain.Lower) || at >= len(p.Domain.Upper) {
			return false
		}
		q.Cols[j].Lo, q.Cols[j].Hi = Lo(p.Domain.Lower[at]), Hi(p.Domain.Upper[at])
		at++
	}
	return strings.HasPrefix(p.ID, q.Digest())
}

// appended reports whether a row may be one that a user has appended: of none
// of the kinds that are encoded, over input columns and no other.
func (p *Problem) appended(r *Row) bool {
	return !slices.Contains([]string{Pre, On, Off, DomainRow}, r.Kind) && len(r.Idx) > 0 && p.overInputs(r)
}

// Within reports whether the limits of the input columns are within those of
// the domain, so that the bounds of the units still hold.
func (p *Problem) Within() bool {
	at := 0
	for _, c := range p.Cols {
		if c.Kind != Input {
			continue
		}
		if at >= len(p.Domain.Lower) || at >= len(p.Domain.Upper) ||
			!(float64(c.Lo) >= p.Domain.Lower[at] && float64(c.Hi) <= p.Domain.Upper[at]) {
			return false
		}
		at++
	}
	return true
}
