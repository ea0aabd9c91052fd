package truth

import "math/big"

// Corners returns the vertices of the closed region.
func (r *Region) Corners() (out [][]*big.Rat) {
	for _, c := range r.cell.corners {
		out = append(out, c.x)
	}
	return out
}

// Meet is the dimension of what two closed regions have in common; -1: nothing.
func (r *Region) Meet(o *Region) int {
	p := r.cell
	zero := new(big.Rat)
	for k, g := range o.g {
		switch {
		case len(p.corners) == 0:
			return -1
		case o.Zero[k]:
		case o.on[k]:
			p = p.limit(g, zero, 1)
		default:
			p = p.limit(g, zero, -1)
		}
	}
	return p.dim()
}

// Face is the dimension of what the closed region has where input j is at the given
// value; -1: nothing.
func (r *Region) Face(j int, at float64) int {
	var p hull
	for _, c := range r.cell.corners {
		if c.x[j].Cmp(Rat(at)) == 0 {
			p.corners = append(p.corners, c)
		}
	}
	return p.dim()
}

// Dim is the dimension of the region.
func (r *Region) Dim() int { return r.cell.dim() }

// dim is the dimension of the hull of the corners.
func (p *hull) dim() int {
	if len(p.corners) == 0 {
		return -1
	}
	var rows [][]*big.Rat
	for _, c := range p.corners[1:] {
		row := make([]*big.Rat, len(c.x))
		for j := range row {
			row[j] = new(big.Rat).Sub(c.x[j], p.corners[0].x[j])
		}
		for _, r := range rows { // r has its first entry that is not 0 at lead
			j := lead(r)
			f := new(big.Rat).Quo(row[j], r[j])
			for i := range row {
				row[i] = new(big.Rat).Sub(row[i], new(big.Rat).Mul(f, r[i]))
			}
		}
		if lead(row) < len(row) {
			rows = append(rows, row)
		}
	}
	return len(rows)
}

func lead(row []*big.Rat) int {
	for j, v := range row {
		if v.Sign() != 0 {
			return j
		}
	}
	return len(row)
}
