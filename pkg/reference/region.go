package reference

import (
	"math"
	"strings"

	"gonum.org/v1/gonum/floats"

	"relucount/pkg/affine"
	"relucount/pkg/cell"
	"relucount/pkg/highs"
	"relucount/pkg/search"
)

// leaf is the region at which a walk is; at is a point of it, a value for every
// LP column.
type leaf struct {
	w  *walk
	at []float64
}

// States has the states of all units.
func (l *leaf) States() []affine.State { return l.w.state }

// Region looks at it more closely.
func (l *leaf) Region() search.Region { return l }

// Pattern has a string for each layer.
func (l *leaf) Pattern() []string { return l.w.m.Pattern(affine.States(l.w.state)) }

// Pattern writes the states of the leading units as 0 and 1, a string for each
// layer that has some. The last one may be shorter than its layer.
func (m *Model) Pattern(states []bool) []string {
	out := []string{}
	var b strings.Builder
	for k, on := range states {
		if on {
			b.WriteByte('1')
		} else {
			b.WriteByte('0')
		}
		if k+1 == len(states) || m.layer[k+1] != m.layer[k] {
			out = append(out, b.String())
			b.Reset()
		}
	}
	return out
}

// View is nil: there is no cell.
func (l *leaf) View() *cell.View { return nil }

// Point returns inputs of the network, well within the region.
func (l *leaf) Point() []float64 { return l.w.m.net.Point(l.w.centre(l.at)) }

// Columns has the values of the input columns there.
func (l *leaf) Columns() []float64 { return l.w.m.net.Columns(l.w.centre(l.at)) }

// Map returns the affine function of each unit of a layer, over the inputs.
func (l *leaf) Map(layer int) [][]float64 {
	n := l.w.m.net
	f := l.w.fns[layer]
	out := make([][]float64, n.Layers[layer].Units())
	for i := range out {
		k := n.Layers[layer].First + i
		row := make([]float64, l.w.dim+1)
		if size := f.Norm(k); size > 0 {
			copy(row, f.Row(k))
			floats.Scale(size, row)
		} else {
			row[l.w.dim] = f.Value(k)
		}
		out[i] = n.OverInputs(n.Root, row)
	}
	return out
}

// Facets finds the hyperplanes that bound the region: those beyond which it
// would reach if they were not there, by a linear program for each hyperplane
// that the cell reaches to, as far as the box of the coordinates tells.
func (l *leaf) Facets() (out []search.Facet) {
	w := l.w
	type side struct {
		unit int
		row  []float64 // over the frame's coordinates, not negative in the region
	}
	var sides []side
	for _, cut := range w.m.net.Root.Cuts {
		sides = append(sides, side{-1, cut.Row})
	}
	for k, s := range w.state {
		if w.norm(k) == 0 {
			continue
		}
		row := append([]float64{}, w.of(k).Row(k)...)
		if !s.On {
			floats.Scale(-1, row)
		}
		if lo, _ := w.m.net.Root.Range(row, w.margin); lo < -w.margin {
			sides = append(sides, side{k, row})
		}
	}
	// a program of its own: the rows of the walk's have the margin in them
	lp := highs.NewLP(w.m.lo, w.m.hi, nil)
	defer lp.Close()
	for _, t := range w.m.ties {
		lp.AddRow(t.lo, t.hi, t.idx, t.val)
	}
	for i, s := range sides {
		lp.Scratch()
		first := lp.Rows()
		for j, o := range sides {
			if j != i && !same(s.row, o.row) {
				lp.AddRow(-o.row[w.dim], math.Inf(1), w.idx[:w.dim], o.row[:w.dim])
			}
		}
		for j, v := range s.row[:w.dim] {
			lp.SetCost(w.m.base+j, v)
		}
		st, least := lp.Solve()
		if st == highs.Optimal && least+s.row[w.dim] < -w.margin {
			out = append(out, search.Facet{Unit: s.unit, Row: w.m.net.OverInputs(w.m.net.Root, s.row)})
		}
		lp.PopRows(lp.Rows() - first)
	}
	w.LPs += lp.Solves
	w.HiGHS += lp.Solves
	w.Pivots += lp.Pivots
	return out
}

// same reports whether two rows of norm 1 have the same hyperplane and side.
func same(a, b []float64) bool { return floats.EqualApprox(a, b, 1e-9) }
