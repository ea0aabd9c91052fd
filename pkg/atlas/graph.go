package atlas

import (
	"cmp"
	"errors"
	"math"
	"slices"
)

// Piece is what the outputs do on an interval of a domain of one dimension.
type Piece struct {
	From, To    float64
	Start, Stop []float64 // the outputs at its ends
}

func (p *Piece) bytes() int { return 80 + 16*len(p.Start) }

// MostOutputs is how many outputs a graph has: the first ones.
const MostOutputs = 10

// addPiece keeps an interval.
func (s *Sheet) addPiece(r *region) error {
	if r.Affine == nil {
		return errors.New("the graph of the outputs needs affine maps: solve -regions -affine writes them")
	}
	lo, hi := r.Vertices[0], r.Vertices[0]
	for _, v := range r.Vertices {
		if v[s.Axes[0]] < lo[s.Axes[0]] {
			lo = v
		}
		if v[s.Axes[0]] > hi[s.Axes[0]] {
			hi = v
		}
	}
	n := min(len(r.Affine.B), MostOutputs)
	values := make([]float64, 2*n)
	p := Piece{From: lo[s.Axes[0]], To: hi[s.Axes[0]], Start: values[:n:n], Stop: values[n:]}
	for k := range n {
		p.Start[k], p.Stop[k] = r.output(k, lo), r.output(k, hi)
		s.Box.take(Point{p.From, p.Start[k]})
		s.Box.take(Point{p.To, p.Stop[k]})
	}
	s.Pieces = append(s.Pieces, p)
	s.bytes += p.bytes()
	return nil
}

// spans is how many intervals a graph is divided into where it has too many
// pieces: more than a picture has pixels.
const spans = 4096

// Graph returns the pieces in order. Those that lie in one of many short spans
// together are merged: for each span a piece goes to the least of an output and
// another one to the most, so that the picture shows the range.
func (s *Sheet) Graph() []Piece {
	s.order()
	if len(s.Pieces) > 2*spans {
		s.thin()
	}
	return s.Pieces
}

func (s *Sheet) order() {
	slices.SortFunc(s.Pieces, func(a, b Piece) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
}

// thin merges pieces.
func (s *Sheet) thin() {
	s.order()
	width := (s.Box.Max.X - s.Box.Min.X) / spans
	span := func(p *Piece) int { return int((p.From - s.Box.Min.X) / width) }
	var out []Piece
	s.bytes = 0
	keep := func(p Piece) {
		out = append(out, p)
		s.bytes += p.bytes()
	}
	for i := 0; i < len(s.Pieces); {
		j := i + 1
		for j < len(s.Pieces) && span(&s.Pieces[j]) == span(&s.Pieces[i]) {
			j++
		}
		group := s.Pieces[i:j]
		if len(group) <= 2 {
			for _, p := range group {
				keep(p)
			}
		} else {
			low, high := extremes(group)
			from, to := group[0].From, group[len(group)-1].To
			middle := from + (to-from)/2
			keep(Piece{from, middle, low, high})
			keep(Piece{middle, to, high, group[len(group)-1].Stop})
			s.Thinned += len(group) - 2
		}
		i = j
	}
	s.Pieces = out
}

// extremes returns the least and the most of each output.
func extremes(group []Piece) (low, high []float64) {
	n := len(group[0].Start)
	low, high = make([]float64, n), make([]float64, n)
	for k := range n {
		low[k], high[k] = math.Inf(1), math.Inf(-1)
		for _, p := range group {
			low[k] = min(low[k], p.Start[k], p.Stop[k])
			high[k] = max(high[k], p.Start[k], p.Stop[k])
		}
	}
	return low, high
}
