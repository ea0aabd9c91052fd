package affine

import (
	"math/big"

	"relucount/pkg/exact"
)

// Planes are numbered: those of units as the units are; below 0 come the faces
// of the box of the space's coordinates, then the cuts of the frame, then the
// guards.

// FacePlane is the number of the face at which coordinate j is least, or
// greatest.
func FacePlane(j int, up bool) int {
	if up {
		return -2 - 2*j
	}
	return -1 - 2*j
}

// CutPlane is the number of a frame's cut.
func (n *Network) CutPlane(i int) int { return -1 - 2*n.Dim() - i }

// GuardPlane is the number of a guard.
func (n *Network) GuardPlane(g *Guard) int { return n.CutPlane(len(n.Root.Cuts)) - g.Number }

// Own is the exact function of a plane over the frame's own coordinates, which in
// a narrow frame are few.
func (n *Network) Own(f *Functions, number int) *exact.Vec {
	if number >= 0 {
		return f.Exactly(number).Vec
	}
	return n.Plane(f, number).Vec
}

// Plane is the exact function of a plane by its number, of a cell that has the
// functions f.
func (n *Network) Plane(f *Functions, number int) *Exact {
	if number >= 0 {
		return f.Primitive(number)
	}
	i := -1 - number
	if i < 2*n.Dim() {
		x := &Exact{Over: make([]big.Int, n.Dim()+1), Factor: big.NewRat(1, 1)}
		x.Over[i/2].SetInt64(int64(1 - 2*(i%2)))
		x.Over[n.Dim()].SetInt64(1)
		x.Vec = &exact.Vec{C: x.Over}
		return x
	}
	i -= 2 * n.Dim()
	if i < len(n.Root.Cuts) {
		return n.Root.Cuts[i].exact
	}
	g := &n.guards[i-len(n.Root.Cuts)]
	return g.exactly(f.of(g.Unit))
}

// Rounded is the function of a plane over the frame's coordinates, normalised,
// and a bound of its error as of Functions.
func (n *Network) Rounded(f *Functions, number int) (row []float64, err float64) {
	if number >= 0 {
		f = f.of(number)
		return f.Row(number), f.Err(number)
	}
	i := -1 - number
	if i < 2*n.Dim() {
		return n.faces[i], 0
	}
	i -= 2 * n.Dim()
	if i < len(n.Root.Cuts) {
		return n.Root.Cuts[i].Row, n.Root.Cuts[i].Err
	}
	g := &n.guards[i-len(n.Root.Cuts)]
	row, err, _ = g.Row(f.of(g.Unit))
	return row, err
}
