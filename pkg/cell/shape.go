package cell

// shape is the geometry of a cell.
type shape interface {
	// enter gives the shape the functions of the open units, in place of those
	// that it had. It may say how far it reaches in them.
	enter(ws *Workspace, fns functions, open []Open)
	// box returns the middle and half widths of a box around the shape, and how
	// far its coordinates may be off; valid until the next call.
	box(ws *Workspace) (mid, half []float64, off float64)
	// reach says how far it reaches in a function that it has.
	reach(ws *Workspace, u *Open) Reach
	// split cuts along the function of the first of the open units and keeps
	// those of the others, of which it may change the places. A part that is
	// too thin for it is nil. It fails when neither part can be had.
	split(ws *Workspace, open []Open) (below, above shape, ok bool)
	// parts counts the parts into which the open units cut the shape, if it can.
	parts(ws *Workspace, open []Open) (int64, bool)
	// meets says which pairs of the open units may meet inside the shape.
	meets(ws *Workspace, open []Open) [][]bool
	// centre writes a point well within the shape.
	centre(ws *Workspace, at []float64)
	// learn tells of a point that is within err of one of the shape.
	learn(at []float64, err float64)
	// bytes is about how much memory it takes.
	bytes() int
	// clone returns a copy.
	clone(ws *Workspace) shape
	// drop says that nobody needs the shape any more.
	drop(ws *Workspace)
}

// functions are those of open units: normalised rows, bounds of their errors,
// and the numbers of their planes.
type functions struct {
	rows [][]float64
	errs []float64
	nums []int
}

func (f *functions) add(row []float64, err float64, num int) {
	f.rows, f.errs, f.nums = append(f.rows, row), append(f.errs, err), append(f.nums, num)
}

func (f *functions) reset() { f.rows, f.errs, f.nums = f.rows[:0], f.errs[:0], f.nums[:0] }
