package region

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"relucount/pkg/affine"
	"relucount/pkg/cell"
	"relucount/pkg/property"
	"relucount/pkg/truth"
)

// forms are the spaces of a network that the tree search takes, by the shape of
// cells: as it comes, by vertices, and by rows and points with sums that are
// added up late.
func forms(t testing.TB, d truth.Drawn) map[string]*Space {
	t.Helper()
	s, err := NewSpace(d.Encode(t))
	if err != nil {
		t.Fatal(err)
	}
	if !s.model.Plain() || len(s.net.Units) > 0 && !s.tree().Able() {
		t.Fatalf("the tree search does not take the network\n%v", d)
	}
	vertices, rows := *s, *s
	vertices.shapes = cell.Shapes{Vertices: 9, VerticesOneLayer: 9}
	rows.shapes = cell.Shapes{}
	rows.net = s.net.Edit(func(layers []affine.Layer) {
		for i := range layers {
			layers[i].Late = i > 0
		}
	})
	return map[string]*Space{"default": s, "vertices": &vertices, "rows": &rows}
}

// exactly checks that every form has exactly the patterns of the truth, counted
// at once, one by one, and by cubes.
func exactly(t testing.TB, who string, rng *rand.Rand, d truth.Drawn, exact map[string]truth.Region) {
	t.Helper()
	for name, s := range forms(t, d) {
		if s.Units() == 0 {
			continue
		}
		ask := func(o Options) CountResult {
			c, err := s.Count(context.Background(), o)
			if err != nil || !c.Complete || c.Doubtful != 0 || c.Unclear != 0 {
				t.Errorf("%s, %s: %+v, %v", who, name, c, err)
			}
			return c
		}
		for workers := 1; workers <= 2; workers++ {
			if c := ask(Options{Workers: workers}); c.Regions != int64(len(exact)) {
				t.Errorf("%s, %s, %d workers: %d regions; there are %d", who, name, workers, c.Regions, len(exact))
			}
		}
		seen := map[string]bool{}
		ask(Options{Workers: 1, Each: func(r Region) error {
			p := strings.Join(r.Pattern(), "/")
			if _, ok := exact[p]; !ok || seen[p] {
				t.Errorf("%s, %s: %s is no region, or came twice", who, name, p)
			}
			seen[p] = true
			return nil
		}})
		for p := range exact {
			if !seen[p] {
				t.Errorf("%s, %s: %s is missing", who, name, p)
			}
		}
		cubes, _, err := s.Cubes(context.Background(), Options{Workers: 1 + rng.IntN(2)}, 2+rng.IntN(9))
		if err != nil {
			t.Fatal(err)
		}
		sum := int64(0)
		for _, c := range cubes {
			sum += ask(Options{Workers: 1, Prefix: c.Prefix}).Regions
		}
		if sum != int64(len(exact)) {
			t.Errorf("%s, %s: %d regions in %d cubes; there are %d", who, name, sum, len(cubes), len(exact))
		}
	}
}

// TestExact draws networks of two inputs anew each time, in all styles, and
// puts them into 8 and into 40 inputs.
func TestExact(t *testing.T) {
	t.Parallel()
	for seed := range property.Anew(t, 1000, 40) {
		rng := rand.New(rand.NewPCG(seed, 101))
		style := truth.Styles[seed%uint64(len(truth.Styles))]
		d := truth.Styled(rng, style, 2, 1+rng.IntN(3), 6)
		exact := truth.OfNetwork(d.Net, d.Domain).Regions()
		exactly(t, style.Name, rng, d, exact)
		for _, inputs := range []int{8, 40} {
			e := truth.Embeddings[rng.IntN(len(truth.Embeddings))]
			if t.Failed() {
				break
			}
			exactly(t, style.Name+" by "+e.Name, rng, e.Of(rng, d, inputs), exact)
		}
		if t.Failed() {
			t.Fatalf("seed %d: %v", seed, d)
		}
	}
}

// TestExactInputs draws networks of three and four inputs.
func TestExactInputs(t *testing.T) {
	t.Parallel()
	for seed := range property.Anew(t, 200, 8) {
		rng := rand.New(rand.NewPCG(seed, 102))
		style := truth.Styles[seed%uint64(len(truth.Styles))]
		d := truth.Styled(rng, style, 3+rng.IntN(2), 1+rng.IntN(3), 4)
		exact := truth.OfNetwork(d.Net, d.Domain).Regions()
		exactly(t, style.Name, rng, d, exact)
		if e := truth.Embeddings[rng.IntN(len(truth.Embeddings))]; !t.Failed() {
			exactly(t, style.Name+" by "+e.Name, rng, e.Of(rng, d, 12), exact)
		}
		if t.Failed() {
			t.Fatalf("seed %d: %v", seed, d)
		}
	}
}

// TestExactScales has weights that are all small, or all large.
func TestExactScales(t *testing.T) {
	t.Parallel()
	for seed := range property.Anew(t, 120, 8) {
		rng := rand.New(rand.NewPCG(seed, 103))
		style := truth.Styles[seed%uint64(len(truth.Styles))]
		d := truth.Styled(rng, style, 2, 1+rng.IntN(3), 5).Times([]float64{1e-9, 1e9, math.Ldexp(1, -60)}[rng.IntN(3)])
		exact := truth.OfNetwork(d.Net, d.Domain).Regions()
		exactly(t, d.Net.Name, rng, d, exact)
		if t.Failed() {
			t.Fatalf("seed %d: %v", seed, d)
		}
	}
}

// TestExactArrangements counts known arrangements in all forms.
func TestExactArrangements(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(104, 0))
	for name, rows := range map[string][][]float64{
		"braid": truth.Braid(4), "typeB": truth.TypeB(3), "resonance": truth.Subsets(3, false),
		"threshold": truth.Subsets(3, true), "shi": truth.Shi(3),
	} {
		d := truth.In(truth.OneLayer(rows), -1, 1, "interval")
		exact := truth.OfNetwork(d.Net, d.Domain).Regions()
		exactly(t, name, rng, d, exact)
		for _, e := range truth.Embeddings {
			exactly(t, name+" by "+e.Name, rng, e.Of(rng, d, 12), exact)
		}
	}
}
