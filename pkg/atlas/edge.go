package atlas

import "math"

// Edge is a side of cells that are kept.
type Edge struct {
	A, B Point
	// Layer is that of the unit whose hyperplane the edge is on, from 1; Border
	// where no other cell is across that is kept, and Decision where two classes
	// meet, be it within a region.
	Layer int
}

// Layers of edges that are on no hyperplane.
const (
	Border   = 0
	Decision = -1
)

// spot is a place on a grid.
type spot struct{ x, y int32 }

// grid finds what has been put at nearly the same point before.
type grid struct {
	origin Point
	size   float64 // of its spots; points closer than a tenth of it are the same
	at     map[spot]int
}

func newGrid(b Box, n int) *grid {
	w, h := b.Size()
	return &grid{origin: b.Min, size: max(w, h, math.SmallestNonzeroFloat64) * 1e-8, at: make(map[spot]int, n)}
}

// find returns what is at a point, or -1.
func (g *grid) find(p Point) (where spot, what int) {
	x, y := (p.X-g.origin.X)/g.size, (p.Y-g.origin.Y)/g.size
	where = spot{int32(x), int32(y)}
	near := func(v float64) int32 {
		switch f := v - math.Floor(v); {
		case f < 0.1:
			return -1
		case f > 0.9:
			return 1
		}
		return 0
	}
	dx, dy := near(x), near(y)
	for _, s := range []spot{where, {where.x + dx, where.y}, {where.x, where.y + dy}, {where.x + dx, where.y + dy}} {
		if i, ok := g.at[s]; ok {
			return s, i
		}
	}
	return where, -1
}

// Edges returns the sides of some of the cells, each once. It also tells cells
// that wait for it the layer of their deepest neighbour's unit.
func (s *Sheet) Edges(of []int) []Edge {
	var out []Edge
	type side struct{ cell, edge int }
	var first []side
	g := newGrid(s.Box, 3*len(of))
	deepest := map[int]int{}
	for _, i := range of {
		c := &s.Cells[i]
		for k, a := range c.Points {
			b := c.Points[(k+1)%len(c.Points)]
			where, found := g.find(Point{(a.X + b.X) / 2, (a.Y + b.Y) / 2})
			if found < 0 {
				g.at[where] = len(first)
				first = append(first, side{i, len(out)})
				out = append(out, Edge{a, b, Border})
				continue
			}
			other := &s.Cells[first[found].cell]
			layer := Decision
			if c.Pattern != other.Pattern && (s.Shade.Name != "class" || c.Value == other.Value) {
				layer = c.Pattern.differ(other.Pattern, s.Layers)
			}
			out[first[found].edge].Layer = layer
			for _, j := range []int{i, first[found].cell} {
				deepest[j] = max(deepest[j], layer)
			}
			delete(g.at, where)
		}
	}
	for _, i := range of {
		if math.IsNaN(s.Cells[i].Value) {
			s.Cells[i].Value = float64(deepest[i])
		}
	}
	return out
}
