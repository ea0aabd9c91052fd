package atlas

// plane is an affine function of the two coordinates that are drawn.
type plane struct{ a, b, c float64 }

func (f plane) at(p Point) float64 { return f.a*p.X + f.b*p.Y + f.c }

// planes returns what affine functions of a region are over the coordinates
// that are drawn: on a plane of more coordinates these depend on the two. It is
// nil for a region too thin to tell.
func planes(f []func(at []float64) float64, r *region, axes []int) []plane {
	at := func(i int) Point { return Point{r.Vertices[i][axes[0]], r.Vertices[i][axes[1]]} }
	// the three corners that span the largest triangle with the first
	var j, k int
	var most float64
	for a := range r.Vertices {
		for b := range a {
			if t := turn(at(0), at(a), at(b)); t*t > most {
				most, j, k = t*t, a, b
			}
		}
	}
	if most == 0 {
		return nil
	}
	p, q, s := at(0), at(j), at(k)
	det := turn(p, q, s)
	out := make([]plane, len(f))
	for i, g := range f {
		u, v, w := g(r.Vertices[0]), g(r.Vertices[j]), g(r.Vertices[k])
		a := ((v-u)*(s.Y-p.Y) - (w-u)*(q.Y-p.Y)) / det
		b := ((w-u)*(q.X-p.X) - (v-u)*(s.X-p.X)) / det
		out[i] = plane{a, b, u - a*p.X - b*p.Y}
	}
	return out
}
