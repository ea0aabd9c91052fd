package notion

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/affine"
	"relucount/pkg/cell"
	"relucount/pkg/milp"
	"relucount/pkg/property"
	"relucount/pkg/relu"
	"relucount/pkg/truth"
)

// cells are all cells of a network, by a walk of its own.
type cells struct {
	net  *affine.Network
	ws   *cell.Workspace
	list []*cell.Cell
}

func allCells(t *testing.T, p *milp.Problem) *cells {
	t.Helper()
	n, err := affine.NewWide(p, affine.Hold, cell.MostCoordinates)
	if err != nil {
		t.Fatal(err)
	}
	w := &cells{net: n, ws: cell.NewWorkspace(n, cell.DefaultShapes)}
	root, ok := w.ws.Root()
	if !ok {
		t.Fatal("no domain")
	}
	w.visit(root)
	return w
}

func (w *cells) visit(c *cell.Cell) {
	for {
		for len(c.Open) > 0 {
			c.Look(w.ws, 0)
			if c.Open[0].Reach.Cuts() {
				parts, ok := c.Split(w.ws, affine.Both)
				if !ok {
					panic("a cell that cannot be split")
				}
				w.visit(parts[0])
				w.visit(parts[1])
				return
			}
			c.Settle(w.ws)
		}
		if !c.Enter(w.ws) {
			w.list = append(w.list, c)
			return
		}
	}
}

// function is what the outputs are on a cell.
func (w *cells) function(c *cell.Cell) string { return string(c.View(w.ws).AppendOutputs(nil)) }

func states(s []affine.State) string { return string(affine.AppendStates(nil, s)) }

// neighbours are the patterns across the facets of a cell.
func (w *cells) neighbours(c *cell.Cell) (out []string) {
	v := c.View(w.ws)
	for _, s := range v.Sides() {
		if _, ok := s.Unit(); !ok {
			continue
		}
		q := []byte(states(c.States))
		for _, k := range v.Cross(s).Flips() {
			q[k] ^= 1
		}
		out = append(out, string(q))
	}
	return out
}

// flooded counts the sets that hang together, by a flood from each cell in turn.
func (w *cells) flooded(same func(i, j int) bool) (sets, borders int64) {
	at := map[string]int{}
	for i, c := range w.list {
		at[states(c.States)] = i
	}
	seen := make([]bool, len(w.list))
	for i := range w.list {
		if seen[i] {
			continue
		}
		sets++
		seen[i] = true
		for todo := []int{i}; len(todo) > 0; {
			k := todo[0]
			todo = todo[1:]
			for _, q := range w.neighbours(w.list[k]) {
				j, ok := at[q]
				switch {
				case !ok:
					panic("a neighbour that is no cell: " + q)
				case !same(k, j):
					borders++
				case !seen[j]:
					seen[j] = true
					todo = append(todo, j)
				}
			}
		}
	}
	return sets, borders / 2
}

// tallied counts by a tally, of cells in any order.
func (w *cells) tallied(t *testing.T, rng *rand.Rand, name string) Tally {
	t.Helper()
	tally, err := NewTally(name, w.net)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range rng.Perm(len(w.list)) {
		if err := tally.Add(w.list[i].View(w.ws)); err != nil {
			t.Fatal(err)
		}
	}
	return tally
}

// withOutputs draws a network with a last layer that has outputs.
func withOutputs(rng *rand.Rand, seed uint64) truth.Drawn {
	d := truth.Dense(rng, 2+int(seed%2), 4, 3)
	if seed%3 == 0 { // functions that come again, and units that are dead
		d = truth.Degenerate(rng, 2, 2)
	}
	units := d.Net.Layers[len(d.Net.Layers)-1].Units()
	last := relu.Dense{W: mat.NewDense(3, units, nil), B: make([]float64, 3)}
	for i := range 3 {
		last.B[i] = float64(rng.IntN(3)-1) / 2
		for j := range units {
			last.W.Set(i, j, float64(rng.IntN(5)-2)/2)
		}
	}
	d.Net.Layers = append(d.Net.Layers, last)
	return d
}

// TestTallies: what tallies count is what a flood over the facets counts that compares
// functions as they are, in whatever order cells come.
func TestTallies(t *testing.T) {
	t.Parallel()
	fewer := 0
	for seed := range property.Seeds(t, 120, 20) {
		rng := rand.New(rand.NewPCG(63, seed))
		w := allCells(t, withOutputs(rng, seed).Encode(t))
		function, different := make([]string, len(w.list)), map[string]bool{}
		for i, c := range w.list {
			function[i] = w.function(c)
			different[function[i]] = true
		}
		same := func(i, j int) bool { return function[i] == function[j] }
		pieces, _ := w.flooded(same)
		if pieces < int64(len(w.list)) {
			fewer++
		}
		if got := w.tallied(t, rng, Affine); got.Count() != int64(len(different)) || !got.Monotone() {
			t.Errorf("seed %d: %d different functions, want %d", seed, got.Count(), len(different))
		}
		if got := w.tallied(t, rng, Pieces); got.Count() != pieces || got.Monotone() {
			t.Errorf("seed %d: %d pieces, want %d", seed, got.Count(), pieces)
		}
		closed := w.tallied(t, rng, Closed).Count()
		if closed > pieces || closed < int64(len(different)) {
			t.Errorf("seed %d: %d closed pieces, %d pieces, %d functions", seed, closed, pieces, len(different))
		}
	}
	if fewer == 0 {
		t.Error("there are never fewer pieces than regions")
	}
}

// TestDecision: regions of one class are those where the outputs of the network say so.
func TestDecision(t *testing.T) {
	t.Parallel()
	for seed := range property.Seeds(t, 60, 10) {
		rng := rand.New(rand.NewPCG(64, seed))
		d := withOutputs(rng, seed)
		p, err := d.Encode(t).Deciding()
		if err != nil {
			t.Fatal(err)
		}
		w := allCells(t, p)
		class := make([]int, len(w.list))
		for i, c := range w.list {
			at := make([]float64, w.net.Root.Dim)
			c.View(w.ws).Central(at)
			out := d.Net.Network().Output(w.net.Point(at))
			for k, v := range out {
				if v > out[class[i]]+1e-12 {
					class[i] = k
				}
			}
		}
		sets, border := w.flooded(func(i, j int) bool { return class[i] == class[j] })
		got := w.tallied(t, rng, Decision)
		if facets := got.(*decision).Border(); got.Count() != sets || facets != border {
			t.Errorf("seed %d: %d pieces and %d facets between classes, want %d and %d", seed, got.Count(), facets, sets, border)
		}
	}
}

// TestUnion holds sets that are joined against labels.
func TestUnion(t *testing.T) {
	for seed := range property.Seeds(t, 50, 10) {
		rng := rand.New(rand.NewPCG(65, seed))
		n := 1 + rng.IntN(40)
		var u union
		label := make([]int, n)
		for i := range label {
			label[i] = i
			u.at(digestOf([]byte{byte(i)}))
		}
		for range rng.IntN(2 * n) {
			i, j := rng.IntN(n), rng.IntN(n)
			u.join(u.at(digestOf([]byte{byte(i)})), u.at(digestOf([]byte{byte(j)})))
			from, to := label[i], label[j]
			for k := range label {
				if label[k] == from {
					label[k] = to
				}
			}
		}
		different := map[int]bool{}
		for i := range label {
			different[label[i]] = true
			for j := range label {
				if (u.root(uint32(i)) == u.root(uint32(j))) != (label[i] == label[j]) {
					t.Errorf("seed %d: %d and %d", seed, i, j)
				}
			}
		}
		if u.sets != int64(len(different)) || len(u.up) != n {
			t.Errorf("seed %d: %d sets of %d, want %d of %d", seed, u.sets, len(u.up), len(different), n)
		}
	}
}

// TestDigests: patterns have the same digest if and only if they are the same, whether
// they are given as they are or by flips.
func TestDigests(t *testing.T) {
	for _, n := range []int{0, 1, 8, 127, 128, 129, 300} {
		rng := rand.New(rand.NewPCG(66, uint64(n)))
		seen := map[digest]string{}
		for range 200 {
			s := make([]affine.State, n)
			var flips []int
			flipped := make([]affine.State, n)
			for k := range s {
				s[k].On = rng.IntN(2) == 0
				flipped[k] = s[k]
				if rng.IntN(3) == 0 {
					flips, flipped[k].On = append(flips, k), !s[k].On
				}
			}
			if patternDigest(s, flips) != patternDigest(flipped, nil) {
				t.Errorf("%d units: flips make another digest", n)
			}
			d := patternDigest(s, nil)
			if was, ok := seen[d]; ok && was != states(s) {
				t.Errorf("%d units: %s and %s have the same digest", n, was, states(s))
			}
			seen[d] = states(s)
		}
	}
}

// TestRefused: what cannot be counted says why.
func TestRefused(t *testing.T) {
	rng := rand.New(rand.NewPCG(67, 1))
	network := func(d truth.Drawn) *affine.Network {
		n, err := affine.NewWide(d.Encode(t), affine.Hold, cell.MostCoordinates)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	plain, many := network(truth.Dense(rng, 2, 3)), network(truth.Dense(rng, 7, 3))
	bare := *plain
	bare.Outputs = nil
	for _, c := range []struct {
		name string
		net  *affine.Network
		want string
	}{
		{Convex, plain, "the fewest convex pieces are not counted"},
		{Closed, many, "closed pieces can be had in up to 6 coordinates: the domain has 7 that vary"},
		{Pieces, &bare, "which -define pieces asks about"},
	} {
		if _, err := NewTally(c.name, c.net); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if _, _, err := CountPatterns(context.Background(), many); err == nil || !strings.Contains(err.Error(), "in up to 6 coordinates") {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if n, done, err := CountPatterns(ctx, plain); done || err != nil || n != 0 {
		t.Errorf("%d patterns after the end, %v, %v", n, done, err)
	}
}

// TestPatternsOfLines: n lines through one point of the square, of which all units are
// positive on one side, have 2n cells with an interior. Of the point and the rays no
// pattern is new but that of the point, where none is positive, if no cell has it.
func TestPatternsOfLines(t *testing.T) {
	for n := 1; n <= 6; n++ {
		rng := rand.New(rand.NewPCG(68, uint64(n)))
		rows := make([][]float64, n)
		for i := range rows {
			rows[i] = []float64{rng.NormFloat64(), rng.NormFloat64(), 0}
		}
		d := truth.In(truth.OneLayer(rows), -1, 1, "lp")
		net, err := affine.NewWide(d.Encode(t), affine.Hold, cell.MostCoordinates)
		if err != nil {
			t.Fatal(err)
		}
		got, done, err := CountPatterns(context.Background(), net)
		if err != nil || !done {
			t.Fatal(done, err)
		}
		var inside []string
		for _, c := range allCells(t, d.Encode(t)).list {
			inside = append(inside, states(c.States))
		}
		want := int64(len(inside))
		for k := range 2*n + 1 { // on a ray its own unit is 0, and in the middle all are
			var s []byte
			x, y := 0.0, 0.0
			if k < 2*n {
				sign := float64(1 - 2*(k%2))
				x, y = -sign*rows[k/2][1], sign*rows[k/2][0]
			}
			for i, r := range rows {
				v := r[0]*x + r[1]*y
				if k/2 == i {
					v = 0
				}
				s = fmt.Appendf(s, "%d", map[bool]int{true: 1}[v > 0])
			}
			if !slices.Contains(inside, string(s)) {
				inside = append(inside, string(s))
				want++
			}
		}
		if got != want {
			t.Errorf("%d lines: %d patterns, want %d", n, got, want)
		}
	}
}
