package milp

import (
	"math"

	"relucount/pkg/record"
)

// Extent sums up the set of inputs as columns and rows have it now, so that it
// tells of edits, too.
func (p *Problem) Extent() *record.Domain {
	d := &record.Domain{Map: p.Domain.Map != nil}
	lower, upper := math.Inf(1), math.Inf(-1)
	different := map[[2]float64]bool{}
	for _, c := range p.Cols {
		if c.Kind != Input {
			continue
		}
		lo, hi := float64(c.Lo), float64(c.Hi)
		d.Coordinates++
		if lo == hi {
			d.Fixed++
		}
		lower, upper = min(lower, lo), max(upper, hi)
		different[[2]float64{lo, hi}] = true
	}
	d.Intervals = len(different)
	if !math.IsInf(lower, 0) {
		d.Lower = &lower
	}
	if !math.IsInf(upper, 0) {
		d.Upper = &upper
	}
	own := p.UnitRows()
	for i := range p.Rows {
		if own[i] < 0 && p.overInputs(&p.Rows[i]) {
			d.Rows++
		}
	}
	return d
}

// Facts returns the network record of the problem. An edited one has a content,
// the digest of it.
func (p *Problem) Facts(content string) record.Network {
	size := p.Size()
	return record.Network{
		Head: record.Head{Type: record.KindNetwork, Schema: record.Schema}, Milp: p.ID, Name: p.Name, Network: size.Shape, Domain: p.Extent(),
		Units: size.Units, Active: size.Active, Inactive: size.Inactive, Unstable: size.Unstable,
		Edited: content != "", Content: content,
	}
}
