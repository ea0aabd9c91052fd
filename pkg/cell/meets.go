package cell

// Meets says of each pair of the open units, which must all cut the cell, whether their
// hyperplanes may meet inside it: entry [i][j], j < i. False is certain.
func (c *Cell) Meets(ws *Workspace) [][]bool {
	ws.number(c)
	return c.shape.meets(ws, c.Open)
}

// mostPaired is the largest number of open units of which pairs are looked at.
const mostPaired = 63

// PairsPay reports whether it may be of use to know which hyperplanes meet in the cell. In
// the first layer of a network with more inputs than units nearly all do.
func (c *Cell) PairsPay() bool {
	n := len(c.Open)
	return n > 2 && n <= mostPaired && (c.Functions.At > 0 || n > c.Functions.Frame.Dim)
}

func (s *vertexShape) meets(ws *Workspace, open []Open) [][]bool {
	cols, nums := ws.places(open)
	return ws.cutter.Meets(s.p, cols, nums)
}

func (s *implicitShape) meets(ws *Workspace, open []Open) [][]bool {
	cols, _ := ws.places(open)
	return s.p.Meets(&ws.bench, cols)
}

// meets asks nothing of exact programs: there are too many pairs.
func (s *exactShape) meets(_ *Workspace, open []Open) [][]bool {
	out := make([][]bool, len(open))
	for i := range out {
		for range i {
			out[i] = append(out[i], true)
		}
	}
	return out
}
