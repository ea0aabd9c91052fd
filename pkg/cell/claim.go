package cell

import (
	"math/big"
	"slices"

	"relucount/pkg/polytope"
)

// Claim says that a unit does not cut a cell, which state it has there, and why.
type Claim struct {
	Unit int
	On   bool
	Why  *Why // nil for a unit that is constant there
}

// Why has the multipliers of the planes that bound a cell that show that a
// unit's function is nowhere positive there, or nowhere negative: in doubles,
// of the normalised functions, which is nearly a proof; or exactly, of the
// primitive ones, with the multiple of the function itself.
type Why struct {
	Nearly []polytope.Multiplier
	Exact  []Exactly
	Times  *big.Int
}

// Exactly is the multiplier of a plane.
type Exactly struct {
	Plane int
	By    *big.Int
}

// why keeps what has just shown that the cell is not on some side.
func (ws *Workspace) why(r Reach) (why [2]*Why) {
	if r.Below == polytope.No {
		why[0] = &Why{Nearly: slices.Clone(ws.bench.Below)}
	}
	if r.Above == polytope.No {
		why[1] = &Why{Nearly: slices.Clone(ws.bench.Above)}
	}
	return why
}

// claim notes what is known of a unit that does not cut its cell.
func (ws *Workspace) claim(u *Open) {
	if ws.Prove {
		on := u.Reach.Above == polytope.Yes
		side := 1
		if on {
			side = 0
		}
		ws.Claims = append(ws.Claims, Claim{u.Unit, on, u.why[side]})
	}
}

// Prover is for cells of which everything is to be proved: each unit is looked
// at, also if its state is known, and what shows that it does not cut a cell is
// in Claims. Cells are given by rows and points, as these have multipliers.
func (ws *Workspace) Prover() {
	ws.Prove, ws.bench.Trace, ws.kind = true, true, Shapes{}
}

// Again proves exactly what a claim says of a unit of the cell's layer.
func (c *Cell) Again(ws *Workspace, unit int, on bool) *Why {
	ws.attend(c)
	u := Open{num: unit}
	side := &u.Reach.Above
	u.Reach = Reach{Below: polytope.Yes, Above: polytope.Yes}
	if on {
		side = &u.Reach.Below
	}
	*side = polytope.Unsure
	ws.settle(c.Facets, &u, func([]float64, float64) {})
	if on {
		return u.why[0]
	}
	return u.why[1]
}

// Mixture is as that of polytope.Implicit, of a cell in a zonotope.
func (c *Cell) Mixture(ws *Workspace, at []float64) (parts []polytope.Part, err float64, ok bool) {
	if s, ok := c.shape.(*implicitShape); ok {
		return s.p.Mixture(&ws.bench, at)
	}
	return nil, 0, false
}

// Interior returns a point of the space's coordinates that is strictly inside of
// the box, of all facets, and where the functions of the given units, which are
// nowhere negative in the cell, are positive; as integers over one.
func (c *Cell) Interior(ws *Workspace, on []int) (num []big.Int, den *big.Int) {
	ws.attend(c)
	var strict [][]big.Int
	sum := make([]big.Rat, ws.net.Dim())
	n := int64(0)
	add := func(plane int, above bool) {
		f := ws.side(plane, above)
		strict = append(strict, slices.Clone(f))
		m := ws.most(c.Facets, plane, above)
		for j := range sum {
			sum[j].Add(&sum[j], new(big.Rat).SetFrac(&m.Num[j], &m.Den))
		}
		n++
	}
	for e := c.Facets; e != nil; e = e.Rest {
		add(e.Plane, e.On)
	}
	for _, k := range on {
		add(k, true)
	}
	// towards the middle, which is strictly in the box, as little as need be
	for shrink := big.NewRat(1, 2); ; shrink.Mul(shrink, shrink) {
		by := new(big.Rat).Sub(big.NewRat(1, 1), shrink)
		by.Quo(by, big.NewRat(max(n, 1), 1))
		den = big.NewInt(1)
		point := make([]big.Rat, len(sum))
		for j := range point {
			point[j].Mul(&sum[j], by)
			g := new(big.Int).GCD(nil, nil, den, point[j].Denom())
			den.Mul(den, g.Quo(point[j].Denom(), g))
		}
		num = make([]big.Int, len(sum)+1)
		for j := range point {
			num[j].Quo(den, point[j].Denom())
			num[j].Mul(&num[j], point[j].Num())
		}
		num[len(sum)].Set(den)
		if !slices.ContainsFunc(strict, func(f []big.Int) bool {
			var v, x big.Int
			for j := range f {
				v.Add(&v, x.Mul(&f[j], &num[j]))
			}
			return v.Sign() <= 0
		}) {
			return num[:len(sum)], den
		}
	}
}
