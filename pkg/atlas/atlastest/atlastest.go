// Package atlastest makes region records of small random networks of two inputs,
// by cutting polygons: a way of its own, for tests of what draws them.
package atlastest

import (
	"encoding/json"
	"math/rand/v2"

	"relucount/pkg/record"
)

type point = [2]float64

// affine is a x + b y + c.
type affine [3]float64

func (f affine) at(p point) float64 { return f[0]*p[0] + f[1]*p[1] + f[2] }

// cell is a polygon with its states and what the units of the last layer are.
type cell struct {
	points  []point
	pattern []string
	values  []affine
}

// Regions returns those of a random network with ReLU layers of the widths and a
// linear layer of so many outputs, on the square [-1, 1]^2.
func Regions(seed uint64, outputs int, widths ...int) []record.Region {
	rng := rand.New(rand.NewPCG(seed, 0))
	cells := []cell{{points: []point{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}}, values: []affine{{1, 0, 0}, {0, 1, 0}}}}
	for _, n := range widths {
		cells = layer(rng, cells, n)
	}
	weights := draw(rng, len(cells[0].values), outputs)
	var out []record.Region
	for _, c := range cells {
		r := record.Region{Head: record.Head{Type: record.KindRegion, Schema: record.Schema}, Milp: "m", Pattern: c.pattern, Affine: &record.Affine{}}
		var x point
		for _, p := range c.points {
			r.Vertices = append(r.Vertices, []float64{p[0], p[1]})
			x[0] += p[0] / float64(len(c.points))
			x[1] += p[1] / float64(len(c.points))
		}
		r.X = x[:]
		for _, w := range weights {
			f := combine(w, c.values)
			r.Affine.A, r.Affine.B = append(r.Affine.A, []float64{f[0], f[1]}), append(r.Affine.B, f[2])
		}
		out = append(out, r)
	}
	return out
}

// draw returns rows of weights, each with a constant behind them.
func draw(rng *rand.Rand, in, out int) [][]float64 {
	rows := make([][]float64, out)
	for i := range rows {
		for range in {
			rows[i] = append(rows[i], rng.NormFloat64())
		}
		rows[i] = append(rows[i], 0.4*rng.NormFloat64())
	}
	return rows
}

func combine(w []float64, values []affine) (f affine) {
	for j, v := range values {
		for k := range f {
			f[k] += w[j] * v[k]
		}
	}
	f[2] += w[len(values)]
	return f
}

// layer cuts the cells along the units of a layer.
func layer(rng *rand.Rand, cells []cell, n int) []cell {
	weights := draw(rng, len(cells[0].values), n)
	var out []cell
	for _, c := range cells {
		parts := []cell{{points: c.points, pattern: append(append([]string(nil), c.pattern...), "")}}
		for _, w := range weights {
			f := combine(w, c.values)
			var next []cell
			for _, p := range parts {
				for on, digit := range []string{"0", "1"} {
					g, value := f, f
					if on == 0 {
						g, value = affine{-f[0], -f[1], -f[2]}, affine{}
					}
					if points := clip(p.points, g); len(points) > 2 {
						pattern := append([]string(nil), p.pattern...)
						pattern[len(pattern)-1] += digit
						next = append(next, cell{points, pattern, append(append([]affine(nil), p.values...), value)})
					}
				}
			}
			parts = next
		}
		out = append(out, parts...)
	}
	return out
}

func clip(p []point, f affine) []point {
	var out []point
	for i := range p {
		a, b := p[i], p[(i+1)%len(p)]
		u, v := f.at(a), f.at(b)
		if u >= 0 {
			out = append(out, a)
		}
		if u > 0 && v < 0 || u < 0 && v > 0 {
			t := u / (u - v)
			out = append(out, point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])})
		}
	}
	return out
}

// Stream writes regions as a stream.
func Stream(regions []record.Region) []byte {
	var out []byte
	for _, r := range regions {
		line, err := json.Marshal(r)
		if err != nil {
			panic(err)
		}
		out = append(append(out, line...), '\n')
	}
	return out
}
