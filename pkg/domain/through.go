package domain

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"relucount/pkg/record"
)

// Line returns the part of the domain, which must have no map, that is on the
// line through two points: x = a + t (b - a). The coordinate t is 0 at a and 1
// at b, and ranges as far as the line is within the domain.
func (d *Domain) Line(a, b []float64) (*Domain, error) {
	out, rows, err := d.through(a, b)
	if err != nil {
		return nil, err
	}
	lo, hi := math.Inf(-1), math.Inf(1)
	for _, r := range rows {
		p, q := r.Lo/r.A[0], r.Hi/r.A[0]
		lo, hi = max(lo, min(p, q)), min(hi, max(p, q))
	}
	if !(lo < hi) {
		return nil, errors.New("the line misses the domain")
	}
	out.Lower, out.Upper = []float64{lo}, []float64{hi}
	return out, nil
}

// Plane returns the part of the domain, which must have no map, that is in the
// plane through three points: x = a + s (b - a) + t (c - a). The rows over s and
// t are the limits that make edges of the polygon.
func (d *Domain) Plane(a, b, c []float64) (*Domain, error) {
	out, rows, err := d.through(a, b, c)
	if err != nil {
		return nil, err
	}
	polygon, err := start(rows)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		polygon = clip(polygon, r.A, r.Hi)
		polygon = clip(polygon, []float64{-r.A[0], -r.A[1]}, -r.Lo)
	}
	out.Lower, out.Upper = hull(polygon)
	if len(polygon) < 3 || !(out.Lower[0] < out.Upper[0]) || !(out.Lower[1] < out.Upper[1]) {
		return nil, errors.New("the plane misses the domain")
	}
	out.Rows = edges(polygon, rows, out)
	return out, nil
}

// through returns the domain with the map of the flat through points, with a
// coordinate for each but the first, and what the domain asks of these.
func (d *Domain) through(points ...[]float64) (*Domain, []Row, error) {
	for _, p := range points {
		if err := d.plain(p); err != nil {
			return nil, nil, err
		}
	}
	from, k := points[0], len(points)-1
	m := &Map{Offset: slices.Clone(from)}
	moves := false
	for i := range from {
		step := make(record.Numbers, k)
		for j := range step {
			step[j] = points[j+1][i] - from[i]
			moves = moves || step[j] != 0
		}
		m.Matrix = append(m.Matrix, step)
	}
	if !moves {
		return nil, nil, errors.New("the points are the same")
	}
	asks := slices.Clone(d.Rows)
	for i := range from {
		r := Row{make([]float64, len(from)), d.Lower[i], d.Upper[i]}
		r.A[i] = 1
		asks = append(asks, r)
	}
	var rows []Row
	for i, r := range asks {
		r = m.row(r)
		if floats.Norm(r.A, math.Inf(1)) > 0 {
			rows = append(rows, r)
		} else if r.Lo > 0 || r.Hi < 0 {
			if i -= len(d.Rows); i >= 0 {
				return nil, nil, fmt.Errorf("input %d is %g at all points, and ranges over [%g, %g]", i, from[i], d.Lower[i], d.Upper[i])
			}
			return nil, nil, errors.New("all points are beyond a row of the domain")
		}
	}
	return &Domain{Map: m}, rows, nil
}

// start returns the parallelogram of two rows, those most apart in direction.
func start(rows []Row) ([][2]float64, error) {
	size := func(r Row) float64 { return math.Hypot(r.A[0], r.A[1]) }
	bounded := func(r Row) bool { return finite(r.Lo) && finite(r.Hi) }
	var a, b Row
	most := 0.0
	for _, r := range rows {
		if v := size(r); v > most && bounded(r) {
			a, most = r, v
		}
	}
	det := func(r Row) float64 { return a.A[0]*r.A[1] - a.A[1]*r.A[0] }
	most *= 1e-9 * most
	for _, r := range rows {
		if a.A != nil && bounded(r) && math.Abs(det(r)) > most {
			b, most = r, math.Abs(det(r))
		}
	}
	if b.A == nil {
		return nil, errors.New("the points are on one line")
	}
	corner := func(u, v float64) [2]float64 {
		return [2]float64{(u*b.A[1] - v*a.A[1]) / det(b), (v*a.A[0] - u*b.A[0]) / det(b)}
	}
	return [][2]float64{corner(a.Lo, b.Lo), corner(a.Hi, b.Lo), corner(a.Hi, b.Hi), corner(a.Lo, b.Hi)}, nil
}

// clip returns the part of a convex polygon where a . y <= hi.
func clip(polygon [][2]float64, a []float64, hi float64) (out [][2]float64) {
	above := func(y [2]float64) float64 { return a[0]*y[0] + a[1]*y[1] - hi }
	for i, y := range polygon {
		z := polygon[(i+1)%len(polygon)]
		u, v := above(y), above(z)
		if u <= 0 {
			out = append(out, y)
		}
		if u < 0 && v > 0 || u > 0 && v < 0 {
			s := u / (u - v)
			out = append(out, [2]float64{y[0] + s*(z[0]-y[0]), y[1] + s*(z[1]-y[1])})
		}
	}
	return out
}

// hull returns the limits of the corners.
func hull(polygon [][2]float64) (lower, upper []float64) {
	lower, upper = []float64{math.Inf(1), math.Inf(1)}, []float64{math.Inf(-1), math.Inf(-1)}
	for _, y := range polygon {
		for j, v := range y {
			lower[j], upper[j] = min(lower[j], v), max(upper[j], v)
		}
	}
	return lower, upper
}

// edges returns for each edge of the polygon the side of a row that makes it,
// without those that the limits of the domain make.
func edges(polygon [][2]float64, rows []Row, d *Domain) (out []Row) {
	taken := map[int]bool{}
	for i, y := range polygon {
		z := polygon[(i+1)%len(polygon)]
		limit := y == z
		for j := range y {
			limit = limit || y[j] == z[j] && (y[j] == d.Lower[j] || y[j] == d.Upper[j])
		}
		if limit {
			continue
		}
		best, nearest := 0, math.Inf(1)
		for k, r := range rows {
			size := math.Hypot(r.A[0], r.A[1])
			u, v := r.A[0]*y[0]+r.A[1]*y[1], r.A[0]*z[0]+r.A[1]*z[1]
			for side, at := range []float64{r.Lo, r.Hi} {
				if far := max(math.Abs(u-at), math.Abs(v-at)) / size; far < nearest {
					best, nearest = 2*k+side, far
				}
			}
		}
		if taken[best] {
			continue
		}
		taken[best] = true
		r := rows[best/2]
		if best%2 == 0 {
			r.Hi = math.Inf(1)
		} else {
			r.Lo = math.Inf(-1)
		}
		out = append(out, r)
	}
	return out
}
