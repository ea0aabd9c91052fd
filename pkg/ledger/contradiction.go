package ledger

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"

	"relucount/pkg/phrase"
)

// contradictions returns what the certain facts about a network contradict
// each other in, in a fixed order.
func (e *entry) contradictions() []string {
	return append([]string{}, all(e, func(s shelf) []string { return s.contradictions(e) })...)
}

// contradictClaims holds what is claimed about the number of all regions from
// below against what is claimed from above.
func (e *entry) contradictClaims() []string {
	var out []string
	atLeast, atMost := e.claims()
	for _, lo := range atLeast {
		out = append(out, lo.above(atMost)...)
	}
	return out
}

// claims returns what is claimed about the number of all regions. An exact
// count claims both.
func (e *entry) claims() (atLeast, atMost []claim) {
	// The largest part says all that the parts and the cells say together.
	var largest *claim
	for _, s := range e.shelves {
		low, high := s.claims()
		atMost = append(atMost, high...)
		for _, lo := range low {
			if lo.from != fromPart && lo.from != fromCell {
				atLeast = append(atLeast, lo)
			} else if largest == nil || lo.n.Cmp(largest.n) > 0 {
				largest = &lo
			}
		}
	}
	if largest != nil {
		largest.from = fromPart
		atLeast = append(atLeast, *largest)
	}
	byOrigin := func(a, b claim) int { return cmp.Compare(a.from, b.from) }
	slices.SortStableFunc(atLeast, byOrigin)
	slices.SortStableFunc(atMost, byOrigin)
	return atLeast, atMost
}

// above says which of the claims from above a claim from below contradicts.
func (c claim) above(atMost []claim) []string {
	var out []string
	for _, hi := range atMost {
		if hi.below(c.n) {
			out = append(out, fmt.Sprintf("%s is above %s", c.text, hi.text))
		}
	}
	return out
}

// below reports whether what is claimed is less than a number.
func (c claim) below(n *big.Int) bool {
	if c.n != nil {
		return c.n.Cmp(n) < 0
	}
	length := n.BitLen() - 1 // the number is from 2^length to 2^(length+1) - 1
	return length > c.bits || length == c.bits && n.TrailingZeroBits() < uint(length)
}

func inBrackets(doubtful int) string {
	if doubtful == 0 {
		return ""
	}
	return " (" + phrase.Doubts(doubtful) + ")"
}
