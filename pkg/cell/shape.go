package cell

import "relucount/pkg/polytope"

// shape is the geometry of a cell.
type shape interface {
	// enter gives the shape the functions rows of the open units, in place of
	// those that it had. It may say how far it reaches in them.
	enter(ws *Workspace, rows [][]float64, tol []polytope.Tolerances, open []Open)
	// reach says how far it reaches in a function that it has.
	reach(ws *Workspace, u *Open, l polytope.Tolerances) Reach
	// split cuts along the function of the first of the open units and keeps
	// those of the others, of which it may change the places.
	split(ws *Workspace, open []Open, l polytope.Tolerances) (below, above shape, ok bool)
	// parts counts the parts into which the open units cut the cell c, if it can.
	parts(ws *Workspace, c *Cell) (int64, bool)
	// centre writes a point well within the shape.
	centre(at []float64)
	// radius is that of a ball in the shape, which is that of c, around a
	// point of it; c.Radius is known to be at most that.
	radius(ws *Workspace, c *Cell) float64
	// learn tells of a point of the shape.
	learn(at []float64)
	// offer tells of a point that may be one, and returns the radius.
	offer(at []float64, known float64) float64
	// clone returns a copy.
	clone(ws *Workspace) shape
	// drop says that nobody needs the shape any more.
	drop(ws *Workspace)
}
