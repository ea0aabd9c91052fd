package cell

import (
	"math/rand/v2"
	"testing"

	"relucount/pkg/affine"
	"relucount/pkg/property"
	"relucount/pkg/truth"
)

// TestMeets looks at the cells of random networks: two units that cut a cell make four
// parts of it where their hyperplanes meet in it, and three or two where they do not.
func TestMeets(t *testing.T) {
	t.Parallel()
	seen, loose := map[bool]int{}, 0
	for seed := range property.Seeds(t, 400, 60) {
		rng := rand.New(rand.NewPCG(17, seed))
		p := truth.Random(rng, 1+rng.IntN(4), 1+rng.IntN(3), 12).Encode(t)
		n, err := affine.NewNetwork(p, affine.Hold)
		if err != nil {
			t.Fatal(err)
		}
		for _, shapes := range []Shapes{DefaultShapes, {}} {
			ws := NewWorkspace(n, shapes)
			root, ok := ws.Root()
			if !ok {
				continue
			}
			var visit func(c *Cell)
			visit = func(c *Cell) {
				for settle(ws, c); len(c.Open) == 0; settle(ws, c) {
					if !c.Enter(ws) || c.Empty {
						return
					}
				}
				meets := c.Meets(ws)
				for i := range meets {
					for j, may := range meets[i] {
						pair := c.Clone(ws)
						pair.fill(ws)
						settle(ws, pair)
						pair.Open = []Open{pair.Open[j], pair.Open[i]}
						parts, ok := pair.Parts(ws)
						if !ok {
							continue
						}
						seen[may]++
						if meet := parts == 4; meet && !may {
							t.Fatalf("%d: units %d and %d meet, %d parts", seed, c.Open[j].Unit, c.Open[i].Unit, parts)
						} else if !meet && may {
							loose++
						}
					}
				}
				kids, ok := c.Split(ws, affine.Both)
				if ok {
					visit(kids[0])
					visit(kids[1])
				}
			}
			visit(root)
		}
	}
	t.Logf("%d pairs may meet, %d do not; of the former %d do not either", seen[true], seen[false], loose)
	if seen[false] == 0 || seen[true] == 0 || 10*loose > seen[true] {
		t.Errorf("%d pairs may meet, %d do not; of the former %d do not either", seen[true], seen[false], loose)
	}
}

func settle(ws *Workspace, c *Cell) {
	for i := range c.Open {
		c.Look(ws, i)
	}
	c.Settle(ws)
}
