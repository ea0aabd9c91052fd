package truth

import "math/big"

// corner is a vertex of a cell and the constraints that it meets with equality.
type corner struct {
	x  []*big.Rat
	on [4]uint64
}

// hull is a cell: all its vertices, and how many constraints have made it.
type hull struct {
	corners []corner
	made    int
}

func (m *Model) box() hull {
	p := hull{made: 2 * len(m.lo)}
	all := []corner{{}}
	for j := range m.lo {
		var next []corner
		switch m.lo[j].Cmp(m.hi[j]) {
		case 1:
			return p
		case 0: // a point: both limits hold with equality
			for _, c := range all {
				next = append(next, c.extend(m.lo[j], 2*j, 2*j+1))
			}
		default:
			for _, c := range all {
				next = append(next, c.extend(m.lo[j], 2*j), c.extend(m.hi[j], 2*j+1))
			}
		}
		all = next
	}
	p.corners = all
	return p
}

func (c corner) extend(v *big.Rat, tight ...int) corner {
	out := corner{append(append([]*big.Rat{}, c.x...), v), c.on}
	for _, t := range tight {
		out.on[t/64] |= 1 << (t % 64)
	}
	return out
}

// values evaluates g, coefficients and a constant, at every corner.
func (p *hull) values(g []*big.Rat) []*big.Rat {
	out := make([]*big.Rat, len(p.corners))
	var t big.Rat
	for i, c := range p.corners {
		v := new(big.Rat).Set(g[len(g)-1])
		for j, x := range c.x {
			if g[j].Sign() != 0 && x.Sign() != 0 {
				v.Add(v, t.Mul(g[j], x))
			}
		}
		out[i] = v
	}
	return out
}

// cut returns the part of the cell where g has the given sign or is zero; with
// sign 0 the part where it is zero. vals has the values of g at the corners.
func (p *hull) cut(vals []*big.Rat, sign int) hull {
	out := hull{made: p.made + 1}
	if out.made > 256 {
		panic("more constraints than the bit sets hold")
	}
	var up, down []int
	for i, v := range vals {
		switch v.Sign() {
		case 0:
			c := p.corners[i]
			c.on[p.made/64] |= 1 << (p.made % 64)
			out.corners = append(out.corners, c)
			continue
		case 1:
			up = append(up, i)
		case -1:
			down = append(down, i)
		}
		if v.Sign() == sign {
			out.corners = append(out.corners, p.corners[i])
		}
	}
	for _, i := range up {
		for _, j := range down {
			both, ok := p.edge(i, j)
			if !ok {
				continue
			}
			// the point at which the line through both has g = 0
			var t, d big.Rat
			t.Quo(vals[i], d.Sub(vals[i], vals[j]))
			a, b := p.corners[i].x, p.corners[j].x
			c := corner{on: both}
			for n := range a {
				v := new(big.Rat).Sub(b[n], a[n])
				c.x = append(c.x, v.Add(a[n], v.Mul(v, &t)))
			}
			c.on[p.made/64] |= 1 << (p.made % 64)
			out.corners = append(out.corners, c)
		}
	}
	return out
}

// edge reports whether two corners are joined by an edge, which is so when no
// other corner meets all the constraints that both meet.
func (p *hull) edge(i, j int) (both [4]uint64, ok bool) {
	for w := range both {
		both[w] = p.corners[i].on[w] & p.corners[j].on[w]
	}
	for n := range p.corners {
		if n == i || n == j {
			continue
		}
		on := &p.corners[n].on
		if both[0]&^on[0]|both[1]&^on[1]|both[2]&^on[2]|both[3]&^on[3] == 0 {
			return both, false
		}
	}
	return both, true
}

// limit keeps g >= bound (sign 1) or g <= bound (sign -1).
func (p hull) limit(g []*big.Rat, bound *big.Rat, sign int) hull {
	if bound == nil {
		return p
	}
	vals := p.values(g)
	beyond := false
	for _, v := range vals {
		beyond = v.Sub(v, bound).Sign() == -sign || beyond
	}
	if !beyond {
		return p
	}
	return p.cut(vals, sign)
}

// middle is the mean of the corners, a point inside.
func (p *hull) middle() []*big.Rat {
	out := zeros(len(p.corners[0].x))
	share := big.NewRat(1, int64(len(p.corners)))
	for j, v := range out {
		for _, c := range p.corners {
			v.Add(v, c.x[j])
		}
		v.Mul(v, share)
	}
	return out
}
