package polytope

import "testing"

// facets compares which hyperplanes hold a facet, and returns of how many rows and points
// were sure.
func (x pair) facets(t *testing.T, seed uint64, b *Workspace) (sure int) {
	t.Helper()
	var in Incidence
	for i := range x.v.Planes {
		set := NewVertexSet(x.v.Len())
		for v, on := range x.v.On {
			if on>>i&1 == 1 {
				set.Add(v)
			}
		}
		in = append(in, set)
	}
	has := map[int]bool{}
	for _, i := range in.Facets() {
		has[x.v.Planes[i]] = true
	}
	c := x.c.Clone(b)
	check := func(plane int, got Verdict) {
		switch {
		case got == Unsure:
			c = x.c.Clone(b)
			return
		case (got == Yes) != has[plane]:
			t.Errorf("seed %d: plane %d: a facet by vertices: %v, by rows and points: %v", seed, plane, has[plane], got == Yes)
		}
		sure++
		for _, m := range b.Support() {
			if got == No && m.Plane != plane && x.c.out.rowOf(m.Plane) < 0 {
				t.Errorf("seed %d: plane %d holds no facet because of %d, which is none of the rows", seed, plane, m.Plane)
			}
		}
	}
	for i, r := range x.c.out.Rows {
		if r == nil {
			continue
		}
		plane := x.c.out.nums[i]
		got, at := c.Beyond(b, plane)
		check(plane, got)
		if got != Yes {
			continue
		}
		for k, o := range x.c.out.Rows {
			if o != nil && (eval(o, at) < 0) != (i == k) {
				t.Errorf("seed %d: the point beyond plane %d is at %g of plane %d", seed, plane, eval(o, at), x.c.out.nums[k])
			}
		}
	}
	if x.c.zono == nil {
		for j := range x.c.out.d {
			for _, up := range [2]bool{false, true} {
				check(face(j, up), c.Face(b, j, up))
			}
		}
	}
	// what has been asked leaves no trace
	for i, r := range c.out.Rows {
		for j := range r {
			if r[j] != x.c.out.Rows[i][j] {
				t.Errorf("seed %d: row %d has changed", seed, i)
			}
		}
	}
	return sure
}
