package exhibit

import (
	"fmt"
	"slices"

	"relucount/pkg/atlas"
	"relucount/pkg/figure"
	"relucount/pkg/inputs"
)

// Points are points of data in a file, a row for each: in the coordinates of the
// domain, or only in those that are drawn, and perhaps with a class behind them.
type Points struct{ inputs.File }

// on returns the points for a sheet, and how many are outside of it.
func (p *Points) on(s *atlas.Sheet) (dots []figure.Dot, outside int, err error) {
	var first error
	widths := []int{s.Coordinates, s.Coordinates + 1, len(s.Axes), len(s.Axes) + 1}
	for i, width := range widths {
		if slices.Contains(widths[:i], width) {
			continue
		}
		rows, err := p.Points(width)
		if err != nil {
			if first == nil {
				first = err
			}
			continue
		}
		return p.place(s, rows, i)
	}
	return nil, 0, fmt.Errorf("points: %w", first)
}

// place reads rows of one of the four widths.
func (p *Points) place(s *atlas.Sheet, rows [][]float64, width int) (dots []figure.Dot, outside int, err error) {
	axes := s.Axes
	if width >= 2 {
		axes = []int{0, 1}[:len(s.Axes)]
	}
	for i, r := range rows {
		d := figure.Dot{Class: -1}
		if width%2 == 1 {
			last := r[len(r)-1]
			if d.Class = int(last); float64(d.Class) != last || d.Class < 0 {
				return nil, 0, fmt.Errorf("points: %s: row %d: the class %g is no natural number", p.Name, i, last)
			}
		}
		d.At.X = r[axes[0]]
		if len(axes) > 1 {
			d.At.Y = r[axes[1]]
		}
		b := s.Box
		if d.At.X < b.Min.X || d.At.X > b.Max.X || len(axes) > 1 && (d.At.Y < b.Min.Y || d.At.Y > b.Max.Y) {
			outside++
			continue
		}
		dots = append(dots, d)
	}
	return dots, outside, nil
}
