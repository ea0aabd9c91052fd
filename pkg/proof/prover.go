package proof

import (
	"math"
	"math/big"

	"relucount/pkg/cell"
	"relucount/pkg/exact"
	"relucount/pkg/polytope"
	"relucount/pkg/record"
)

// Prover writes what a search has found in the terms of the proof. It is for one
// goroutine.
type Prover struct {
	*Builder
	ws   *cell.Workspace
	work []float64
	row  []float64
}

// NewProver returns a prover of the cells of a workspace.
func (b *Builder) NewProver(ws *cell.Workspace) *Prover {
	ws.Prover()
	return &Prover{Builder: b, ws: ws, row: make([]float64, b.net.Root.Dim+1)}
}

// Claims notes what the workspace claims of the cell of a node.
func (p *Prover) Claims(t *Branch, c *cell.Cell) {
	for _, claim := range p.ws.Claims {
		t.claims = append(t.claims, p.claim(c, claim))
	}
	p.ws.Claims = p.ws.Claims[:0]
}

// digits are those that multipliers are rounded to, as few as are enough.
var digits = [...]int{3, 6, 17}

func (p *Prover) claim(c *cell.Cell, k cell.Claim) record.Claim {
	out := record.Claim{Unit: k.Unit}
	if k.On {
		out.On = 1
	}
	switch {
	case k.Why == nil:
		return out
	case k.Why.Times == nil:
		for _, d := range digits {
			if p.nearly(c, k, d, &out) {
				return out
			}
		}
		k.Why = c.Again(p.ws, k.Unit, k.On)
	}
	p.exactly(c, k, &out)
	return out
}

// nearly writes multipliers that are doubles, rounded, and reports whether they
// prove the claim.
func (p *Prover) nearly(c *cell.Cell, k cell.Claim, digits int, out *record.Claim) bool {
	n, f := p.net, c.Functions
	size := f.Norm(k.Unit)
	sign := 1.0
	if k.On {
		sign = -1
	}
	out.Units, out.Rows = nil, nil
	terms := []exact.Term{{W: sign, V: f.Exactly(k.Unit).Vec}}
	for _, m := range k.Why.Nearly {
		by := polytope.Short(m.By*size/n.Size(f, m.Plane), digits)
		if by == 0 || math.IsInf(by, 0) || math.IsNaN(by) {
			continue
		}
		if m.Plane >= 0 {
			w := by
			if !c.States[m.Plane].On {
				w = -by
			}
			terms = append(terms, exact.Term{W: w, V: f.Exactly(m.Plane).Vec})
			out.Units = append(out.Units, record.Term{Index: m.Plane, Times: record.Rational{Double: by}})
			continue
		}
		terms = append(terms, exact.Term{W: by, V: n.Plane(f, m.Plane).Vec})
		at, upper := n.MilpRow(m.Plane)
		if upper {
			by = -by
		}
		out.Rows = append(out.Rows, record.Term{Index: at, Times: record.Rational{Double: by}})
	}
	return p.negative(exact.Sum(n.Root.Dim+1, terms))
}

// negative reports whether a function is certainly nowhere positive on the
// domain's box.
func (p *Prover) negative(v *exact.Vec) bool {
	frame := p.net.Root
	if frame.Parent == nil {
		return v.Least().Sign() >= 0
	}
	if v.Constant() {
		return v.ConstantSign() <= 0
	}
	err := frame.Round(v, p.row)
	return polytope.BoxMax(p.row)+2*err <= 0 || frame.Body().AtMost(p.row, &p.work)+2*err <= 0
}

// exactly writes multipliers that are fractions.
func (p *Prover) exactly(c *cell.Cell, k cell.Claim, out *record.Claim) {
	n, f := p.net, c.Functions
	out.Units, out.Rows = nil, nil
	// times f/factor + sum of mult row/factor, times factor/times
	scale := new(big.Rat).Quo(f.Primitive(k.Unit).Factor, new(big.Rat).SetInt(k.Why.Times))
	for _, m := range k.Why.Exact {
		by := new(big.Rat).SetInt(m.By)
		by.Mul(by, scale)
		by.Quo(by, n.Plane(f, m.Plane).Factor)
		if m.Plane >= 0 {
			out.Units = append(out.Units, record.Term{Index: m.Plane, Times: rational(by)})
			continue
		}
		at, upper := n.MilpRow(m.Plane)
		if upper {
			by.Neg(by)
		}
		out.Rows = append(out.Rows, record.Term{Index: at, Times: rational(by)})
	}
}

// rational writes a number as a double, where it is one.
func rational(x *big.Rat) record.Rational {
	if v, ok := x.Float64(); ok {
		return record.Rational{Double: v}
	}
	return record.Rational{Fraction: x.RatString()}
}

// Leaf ends a branch at the region that a cell is.
func (p *Prover) Leaf(t *Branch, c *cell.Cell) {
	l := p.mixture(c)
	if l == nil {
		l = p.point(c)
	}
	if l == nil {
		l = p.interior(c)
	}
	p.finish(t, l)
}

// mixture is a point by shares of corners; nil where that is not the way, or
// none was found.
func (p *Prover) mixture(c *cell.Cell) *leaf {
	if p.net.Root.Parent == nil {
		return nil
	}
	at := make([]float64, p.net.Root.Dim)
	mix, err, ok := c.Mixture(p.ws, at)
	if !ok || !p.within(c, at, err) {
		return nil
	}
	return &leaf{mix: mix}
}

// point is a point by inputs that are doubles, with as few digits as will do.
func (p *Prover) point(c *cell.Cell) *leaf {
	n := p.net
	if n.Root.Parent != nil {
		return nil
	}
	centre := make([]float64, n.Root.Dim)
	c.Centre(p.ws, centre)
	at := make([]float64, len(centre))
	for _, shrink := range [...]float64{1, 1 - 1.0/1024, 1 - 1.0/(1<<30)} { // a centre may be on the border
		for j, x := range centre {
			at[j] = x * shrink
		}
		for _, d := range digits {
			x := n.Columns(at)
			for j := range x {
				x[j] = polytope.Short(x[j], d)
			}
			y, err, inside := n.Locate(x)
			if inside && p.within(c, y, err) {
				return &leaf{x: doubles(x)}
			}
		}
	}
	return nil
}

// within reports whether a point that is off by err at most is strictly inside
// of all facets of a cell, and where all units are positive that are active.
func (p *Prover) within(c *cell.Cell, at []float64, err float64) bool {
	value := func(plane int) (v, off float64) {
		row, e := p.net.Rounded(c.Functions, plane)
		v = row[len(at)]
		for j, x := range at {
			v += row[j] * x
		}
		return v, 2 * (e + err)
	}
	for e := c.Facets; e != nil; e = e.Rest {
		v, off := value(e.Plane)
		if !e.On {
			v = -v
		}
		if v <= off {
			return false
		}
	}
	for _, k := range p.on(c) {
		if v, off := value(k); v <= off {
			return false
		}
	}
	return true
}

// on has the units that are active in a cell and do not cut it, but for those
// that are constant.
func (p *Prover) on(c *cell.Cell) (out []int) {
	for k, s := range c.States {
		if s.On && !s.Cuts && !c.Functions.Constant(k) {
			out = append(out, k)
		}
	}
	return out
}

// interior is a point by inputs that are fractions.
func (p *Prover) interior(c *cell.Cell) *leaf {
	num, den := c.Interior(p.ws, p.on(c))
	var x []record.Rational
	for _, v := range p.net.Exactly(num, den) {
		x = append(x, rational(v))
	}
	return &leaf{x: x}
}
