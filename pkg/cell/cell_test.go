package cell_test

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"relucount/pkg/affine"
	"relucount/pkg/cell"
	"relucount/pkg/milp"
	"relucount/pkg/property"
	"relucount/pkg/truth"
)

// shapes are by vertices, and by rows and points.
var shapes = map[string]cell.Shapes{"vertices": {Vertices: 9, VerticesOneLayer: 9}, "rows and points": {}}

func workspace(t testing.TB, p *milp.Problem, b affine.Bounds, kind cell.Shapes) (*affine.Network, *cell.Workspace) {
	t.Helper()
	n, err := affine.NewNetwork(p, b)
	if err != nil {
		t.Fatal(err)
	}
	return n, cell.NewWorkspace(n, kind)
}

// root is the cell of the whole domain.
func root(t testing.TB, ws *cell.Workspace) *cell.Cell {
	t.Helper()
	c, ok := ws.Root()
	if !ok {
		t.Fatal("the domain is too thin")
	}
	return c
}

// settle looks at all open units.
func settle(ws *cell.Workspace, c *cell.Cell) {
	for i := range c.Open {
		c.Look(ws, i)
	}
	c.Settle(ws)
}

// divide uses a cell up and calls f with each of its cells in which all units
// of the layers before number end have their states. It returns false when
// there are no such layers.
func divide(ws *cell.Workspace, c *cell.Cell, end int, f func(c *cell.Cell)) bool {
	for {
		if c.Functions == nil && !c.Enter(ws) {
			return false
		}
		if c.Empty {
			c.Free(ws)
			return true
		}
		settle(ws, c)
		if len(c.Open) > 0 {
			break
		}
		if c.Functions.At+1 == end {
			f(c)
			c.Free(ws)
			return true
		}
		if !c.Enter(ws) {
			return false
		}
	}
	kids, ok := c.Split(ws, affine.Both)
	for !ok {
		c.Recast(ws)
		kids, ok = c.Split(ws, affine.Both)
	}
	for _, k := range kids {
		if !divide(ws, k, end, f) {
			return false
		}
	}
	return true
}

// patterns are the states of the units of the layers before number end in the
// cells below c, which is used up.
func patterns(ws *cell.Workspace, c *cell.Cell, end int) (out []string, ok bool) {
	ok = divide(ws, c, end, func(c *cell.Cell) { out = append(out, pattern(c)) })
	slices.Sort(out)
	return out, ok
}

// pattern has the states of the units up to the present layer.
func pattern(c *cell.Cell) string {
	var b strings.Builder
	for _, s := range c.States[:c.Functions.Layer.End] {
		b.WriteByte("01"[map[bool]int{true: 1}[s.On]])
	}
	return b.String()
}

// heads are the beginnings of all patterns, up to the end of each layer.
func heads(regions map[string]truth.Region, layers int) [][]string {
	out := make([][]string, layers+1)
	for end := 1; end <= layers; end++ {
		all := map[string]bool{}
		for p := range regions {
			all[strings.Join(strings.Split(p, "/")[:end], "")] = true
		}
		out[end] = slices.Sorted(maps.Keys(all))
	}
	return out
}

// drawProblem draws a milp. Its weights have few digits, so that the exact
// enumeration is fast.
func drawProblem(t testing.TB, rng *rand.Rand, seed uint64) *milp.Problem {
	t.Helper()
	d := truth.Dense(rng, 1+rng.IntN(3), 1+rng.IntN(4), 1+rng.IntN(3), 1+rng.IntN(3))
	if seed%4 == 3 { // a narrow first layer
		d = truth.Dense(rng, 5, 2+rng.IntN(2), 3)
	}
	d.Method = "interval"
	for _, l := range d.Net.Layers {
		l.W.Apply(func(_, _ int, v float64) float64 { return truth.Dyadic(v) }, l.W)
		for i, v := range l.B {
			l.B[i] = truth.Dyadic(v)
		}
	}
	if seed%3 == 1 {
		truth.TwoSlopes(rng, d.Net)
	}
	p := d.Encode(t)
	switch {
	case seed%3 == 2:
		truth.Skip(rng, p)
	case seed%5 == 0: // a cut domain
		p = truth.Copy(t, p)
		truth.AddRow(p, math.Inf(-1), 0.5, truth.InputCols(p), truth.Ones(len(truth.InputCols(p))))
	}
	return p
}

// each tries drawn milps with both shapes.
func each(t *testing.T, all, some int, f func(t *testing.T, rng *rand.Rand, p *milp.Problem, n *affine.Network, ws *cell.Workspace, kind string)) {
	t.Parallel()
	for seed := range property.Seeds(t, all, some) {
		for kind, s := range shapes {
			rng := rand.New(rand.NewPCG(1, seed))
			p := drawProblem(t, rng, seed)
			n, ws := workspace(t, p, affine.Hold, s)
			t.Run(fmt.Sprint(kind, " ", seed), func(t *testing.T) { f(t, rng, p, n, ws, kind) })
		}
	}
}

// TestCells: the cells of each layer have the states that the exact
// enumeration has, and each is as large as it says.
func TestCells(t *testing.T) {
	whole := 0
	each(t, 60, 6, func(t *testing.T, rng *rand.Rand, p *milp.Problem, n *affine.Network, ws *cell.Workspace, _ string) {
		want := heads(truth.OfProblem(p, 1).Regions(), len(n.Layers))
		for end := 1; end <= len(n.Layers); end++ {
			var got []string
			ok := divide(ws, root(t, ws), end, func(c *cell.Cell) {
				got = append(got, pattern(c))
				checkCell(t, n, ws, c)
			})
			if !ok {
				t.Fatal("a layer is missing")
			}
			whole++
			slices.Sort(got)
			if !slices.Equal(got, want[end]) {
				t.Errorf("layer %d: %v, exactly %v", end, got, want[end])
			}
		}
	})
	if whole == 0 {
		t.Error("no layer was looked at")
	}
}

// TestExact: the cells of networks in difficult styles, whose hyperplanes meet
// in common points or are next to the same, have the exact states, too.
func TestExact(t *testing.T) {
	t.Parallel()
	asked := int64(0)
	for seed := range property.Seeds(t, 90, 12) {
		rng := rand.New(rand.NewPCG(3, seed))
		d := truth.Styled(rng, truth.Styles[seed%uint64(len(truth.Styles))], 1+rng.IntN(3), 1+rng.IntN(3), 4)
		p := d.Encode(t)
		exact := truth.OfNetwork(d.Net, d.Domain).Regions()
		for kind, s := range shapes {
			n, ws := workspace(t, p, affine.Hold, s)
			if n.Root.Dim == 0 {
				continue
			}
			got, ok := patterns(ws, root(t, ws), len(n.Layers))
			if want := heads(exact, len(n.Layers))[len(n.Layers)]; !ok || !slices.Equal(got, want) {
				t.Errorf("%d, %s, %s: %v, exactly %v", seed, d.Net.Name, kind, got, want)
			}
			asked += ws.Cost().Exact
		}
	}
	if asked == 0 {
		t.Error("doubles told everything")
	}
}

// checkCell checks that the centre is strictly within the cell, and that its
// facets are those of its states.
func checkCell(t *testing.T, n *affine.Network, ws *cell.Workspace, c *cell.Cell) {
	t.Helper()
	f := n.Root
	y := make([]float64, f.Dim)
	c.Centre(ws, y)
	facet := map[int]bool{}
	for e := c.Facets; e != nil; e = e.Rest {
		sign := -1.0
		if e.On {
			sign = 1
		}
		if v := sign * along(e.Row, y); v <= 0 {
			t.Errorf("the centre is at %g of a facet of unit %d", v, e.Plane)
		}
		if e.Plane >= 0 {
			facet[e.Plane] = true
			if c.States[e.Plane] != (affine.State{On: e.On, Cuts: true}) {
				t.Errorf("a facet of unit %d, whose state is %v", e.Plane, c.States[e.Plane])
			}
		}
	}
	for k, s := range c.States[:c.Functions.Layer.End] {
		if s.Cuts != facet[k] {
			t.Errorf("unit %d has divided the cell: %v, is a facet: %v", k, s.Cuts, facet[k])
		}
	}
}

func along(row, x []float64) float64 {
	v := row[len(x)]
	for j, y := range x {
		v += row[j] * y
	}
	return v
}

// TestCentres: the centre of a cell has the states of the cell by the rows of
// the milp, which know nothing of frames.
func TestCentres(t *testing.T) {
	each(t, 40, 8, func(t *testing.T, rng *rand.Rand, p *milp.Problem, n *affine.Network, ws *cell.Workspace, _ string) {
		if n.Root.Parent != nil {
			t.Skip("the frame is narrow")
		}
		divide(ws, root(t, ws), len(n.Layers), func(c *cell.Cell) {
			y := make([]float64, n.Root.Dim)
			c.Centre(ws, y)
			for k, g := range truth.Evaluate(p, n.Point(y), truth.Positive) {
				if math.Abs(g) > 1e-9 && c.States[k].On != (g > 0) {
					t.Errorf("unit %d is %g at the centre, its state is %v", k, g, c.States[k])
				}
			}
		})
	})
}

// TestClones: a clone has below it what the cell had, whatever has been done
// to the cell.
func TestClones(t *testing.T) {
	split := 0
	each(t, 40, 8, func(t *testing.T, rng *rand.Rand, p *milp.Problem, n *affine.Network, ws *cell.Workspace, _ string) {
		c := root(t, ws)
		for range rng.IntN(4) { // somewhere below the root
			if c.Functions == nil && !c.Enter(ws) {
				t.Skip("no layers")
			}
			settle(ws, c)
			if len(c.Open) == 0 {
				break
			}
			c.First(rng.IntN(len(c.Open)))
			kids, ok := c.Split(ws, affine.Both)
			if !ok {
				t.Skip("not to be split")
			}
			split++
			c = kids[rng.IntN(2)]
		}
		twin := c.Clone(ws)
		first, ok := patterns(ws, c, len(n.Layers))
		if !ok {
			t.Skip("no layers")
		}
		third := twin.Clone(ws)
		for i, k := range []*cell.Cell{twin, third} {
			if again, ok := patterns(ws, k, len(n.Layers)); !ok || !slices.Equal(again, first) {
				t.Errorf("clone %d has %v (%v), the cell had %v", i, again, ok, first)
			}
		}
	})
	if split == 0 {
		t.Error("no cell was split")
	}
}

// TestParts: the parts of a cell of the last layer are as many as there are
// cells below it.
func TestParts(t *testing.T) {
	counted := map[string]int{}
	each(t, 80, 16, func(t *testing.T, rng *rand.Rand, p *milp.Problem, n *affine.Network, ws *cell.Workspace, kind string) {
		last := len(n.Layers)
		try := func(c *cell.Cell) { // not yet in the last layer
			k := c.Clone(ws)
			if k.Functions == nil || k.Functions.At+1 < last {
				k.Enter(ws)
			}
			settle(ws, k)
			twin := k.Clone(ws)
			if !k.Last() || len(k.Open) == 0 {
				return
			}
			parts, ok := k.Parts(ws)
			if !ok {
				return
			}
			if below, sure := patterns(ws, twin, last); sure && int64(len(below)) != parts {
				t.Errorf("%d parts, %d cells below", parts, len(below))
			}
			counted[kind]++
		}
		if last == 1 {
			try(root(t, ws))
			return
		}
		divide(ws, root(t, ws), last-1, try)
	})
	for kind := range shapes {
		if counted[kind] == 0 {
			t.Errorf("no cell by %s was counted at once", kind)
		}
	}
}

// TestRecast: a cell that is recast, and recast again, has the same cells below
// it.
func TestRecast(t *testing.T) {
	recast := 0
	each(t, 60, 12, func(t *testing.T, rng *rand.Rand, p *milp.Problem, n *affine.Network, ws *cell.Workspace, kind string) {
		c := root(t, ws)
		c.Enter(ws)
		settle(ws, c)
		for len(c.Open) > 0 && rng.IntN(3) > 0 {
			kids, ok := c.Split(ws, affine.Both)
			if !ok {
				t.Skip("not to be split")
			}
			c = kids[rng.IntN(2)]
			settle(ws, c)
		}
		twin := c.Clone(ws)
		for range 1 + rng.IntN(2) {
			c.Recast(ws)
		}
		recast++
		checkCell(t, n, ws, c)
		got, ok := patterns(ws, c, len(n.Layers))
		want, sure := patterns(ws, twin, len(n.Layers))
		if ok && sure && !slices.Equal(got, want) {
			t.Errorf("recast: %v, before: %v", got, want)
		}
	})
	if recast == 0 {
		t.Error("no cell was recast")
	}
}

// TestKeep: Split drops the part that is not wanted.
func TestKeep(t *testing.T) {
	t.Parallel()
	p := truth.In(truth.OneLayer([][]float64{{1, 0, 0}, {0, 1, 0}}), -1, 1, "interval").Encode(t)
	for kind, s := range shapes {
		_, ws := workspace(t, p, affine.Hold, s)
		for _, keep := range []affine.StateSet{affine.Active, affine.Inactive} {
			c := root(t, ws)
			c.Enter(ws)
			settle(ws, c)
			kids, ok := c.Split(ws, keep)
			if !ok || (kids[0] != nil) != (keep == affine.Active) || (kids[1] != nil) != (keep == affine.Inactive) {
				t.Fatalf("%s: parts %v, %v", kind, kids, ok)
			}
			k := kids[0]
			if k == nil {
				k = kids[1]
			}
			settle(ws, k)
			if len(k.Open) != 1 || !k.States[0].Cuts || k.Facets.Plane != 0 || k.Facets.Rest != nil {
				t.Errorf("%s: %+v", kind, k)
			}
			if k.Enter(ws) {
				t.Error("there is one layer")
			}
		}
	}
}
