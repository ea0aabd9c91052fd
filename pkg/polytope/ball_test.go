package polytope

import (
	"math"
	"math/rand/v2"
	"testing"

	"relucount/pkg/property"
)

// TestRoomier: the ball that a section looks for is in the cell that it is a section of,
// its centre as near the section as it says, and it is larger than the old one.
func TestRoomier(t *testing.T) {
	t.Parallel()
	found := 0
	for seed := range property.Seeds(t, 400, 80) {
		rng := rand.New(rand.NewPCG(91, seed))
		d := 2 + rng.IntN(5)
		var z *Zonotope
		if seed%3 > 0 {
			z = domain(rng, d, d+3)
		}
		p := planes(hyperplanes(rng, d, 6, false))
		c := NewImplicit(d, z)
		b := with(c, p, p)
		all := numbers(len(p))
		for k := 0; k < 3 && c != nil; k++ { // a part of the whole
			if below, above, _, _ := c.Reach(b, 0); below != Yes || above != Yes {
				break
			}
			parts := [2]*Implicit{}
			var ok bool
			if parts[0], parts[1], ok = c.Split(b, 0, all[1:len(all)-k]); !ok {
				t.Fatalf("seed %d: no parts", seed)
			}
			c = parts[rng.IntN(2)]
		}
		if c == nil {
			continue
		}
		f := 0
		if below, above, _, _ := c.Reach(b, f); below != Yes || above != Yes {
			continue
		}
		q := c.section(b, f, []int{1})
		if !q.enclose(b) {
			t.Errorf("seed %d: no section", seed)
			continue
		}
		was := q.ball.radius
		q.ball.radius = min(was, 1e-12)
		if !q.roomier(b) {
			continue
		}
		found++
		if q.ball.radius < 1e-3*was {
			t.Errorf("seed %d: a ball of radius %g, there was one of %g", seed, q.ball.radius, was)
		}
		at, radius := q.ball.centre, q.ball.radius
		if far := math.Abs(eval(c.fns[f], at)); far > q.ball.drift*q.ball.size {
			t.Errorf("seed %d: the centre is %g from the section, and says %g", seed, far, q.ball.drift)
		}
		for i, row := range c.out.Rows {
			if row != nil && eval(row, at) < radius {
				t.Errorf("seed %d: a ball of radius %g, %g from row %d", seed, radius, eval(row, at), i)
			}
		}
		var work []float64
		for range 100 {
			row := hyperplanes(rng, d, 1, false)[0]
			top := BoxMax(row)
			if z != nil {
				top = z.Max(row, &work)
			}
			if v := eval(row, at) + radius; v > top+1e-12 {
				t.Errorf("seed %d: the ball reaches %g beyond the body", seed, v-top)
			}
		}
	}
	if found < 20 {
		t.Errorf("%d balls", found)
	}
}
