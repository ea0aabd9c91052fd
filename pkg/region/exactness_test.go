package region

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"relucount/pkg/affine"
	"relucount/pkg/cell"
	"relucount/pkg/domain"
	"relucount/pkg/property"
	"relucount/pkg/truth"
)

// form is a space with cells of one shape.
type form struct {
	name  string
	space *Space
}

// forms are the spaces of a network that the tree search takes: as it comes, by
// vertices, and by rows and points with sums that are added up late.
func forms(t testing.TB, d truth.Drawn) []form {
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
	return []form{{"default", s}, {"vertices", &vertices}, {"rows", &rows}}
}

// exactly checks that every form has as many regions as there are, and that one
// of them, which is drawn, has their patterns, and finds as many by cubes and
// with two workers.
func exactly(t testing.TB, who string, rng *rand.Rand, d truth.Drawn, exact map[string]truth.Region) {
	t.Helper()
	all := forms(t, d)
	closely := rng.IntN(len(all))
	for i, f := range all {
		if f.space.Units() == 0 {
			continue
		}
		check := examination{t, who + ", " + f.name, f.space, exact}
		check.count(Options{Workers: 1})
		if i == closely {
			check.count(Options{Workers: 2})
			check.patterns()
			check.cubes(rng)
		}
	}
}

// examination compares what a space says with the truth.
type examination struct {
	testing.TB
	who   string
	space *Space
	exact map[string]truth.Region
}

func (x examination) ask(o Options) CountResult {
	c, err := x.space.Count(context.Background(), o)
	if err != nil || !c.Complete || c.Doubtful != 0 || c.Unclear != 0 {
		x.Errorf("%s: %+v, %v", x.who, c, err)
	}
	return c
}

func (x examination) count(o Options) {
	if c := x.ask(o); c.Regions != int64(len(x.exact)) {
		x.Errorf("%s, %d workers: %d regions; there are %d", x.who, o.Workers, c.Regions, len(x.exact))
	}
}

func (x examination) patterns() {
	seen := map[string]bool{}
	x.ask(Options{Workers: 1, Each: func(r Region) error {
		p := strings.Join(r.Pattern(), "/")
		if _, ok := x.exact[p]; !ok || seen[p] {
			x.Errorf("%s: %s is no region, or came twice", x.who, p)
		}
		seen[p] = true
		return nil
	}})
	for p := range x.exact {
		if !seen[p] {
			x.Errorf("%s: %s is missing", x.who, p)
		}
	}
}

func (x examination) cubes(rng *rand.Rand) {
	cubes, _, err := x.space.Cubes(context.Background(), Options{Workers: 1}, 2+rng.IntN(9))
	if err != nil {
		x.Fatal(err)
	}
	sum := int64(0)
	for _, c := range cubes {
		sum += x.ask(Options{Workers: 1, Prefix: c.Prefix}).Regions
	}
	if sum != int64(len(x.exact)) {
		x.Errorf("%s: %d regions in %d cubes; there are %d", x.who, sum, len(cubes), len(x.exact))
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

// TestExactAgain has networks of which vertices were once taken to be nearer to their
// planes than they were.
func TestExactAgain(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{1000899, 9038005} {
		rng := rand.New(rand.NewPCG(seed, 101))
		style := truth.Styles[seed%uint64(len(truth.Styles))]
		d := truth.Styled(rng, style, 2+rng.IntN(2), 1+rng.IntN(3), 6)
		exactly(t, style.Name, rng, d, truth.OfNetwork(d.Net, d.Domain).Regions())
	}
}

// TestExactInputs draws networks of three and four inputs.
func TestExactInputs(t *testing.T) {
	t.Parallel()
	for seed := range property.Anew(t, 200, 8) {
		rng := rand.New(rand.NewPCG(seed, 102))
		style := truth.Styles[seed%uint64(len(truth.Styles))]
		d := truth.Styled(rng, style, 3+rng.IntN(2), 1+rng.IntN(2), 4)
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

// TestExactRows has equations that do not divide, and rows that cut next to
// nothing off, or leave a strip next to nothing wide.
func TestExactRows(t *testing.T) {
	t.Parallel()
	counted := 0
	for seed := range property.Anew(t, 300, 30) {
		rng := rand.New(rand.NewPCG(seed, 105))
		style := truth.Styles[seed%uint64(len(truth.Styles))]
		inputs := 2 + rng.IntN(3)
		d := truth.Styled(rng, style, inputs, 1+rng.IntN(2), 5)
		coef := func() (a []float64) {
			for range inputs {
				a = append(a, float64(rng.IntN(7)-3)/[]float64{1, 3, 7}[rng.IntN(3)])
			}
			return a
		}
		var last []float64
		for range 1 + rng.IntN(3) {
			r := domain.Row{A: coef(), Lo: math.Inf(-1)}
			if last != nil && rng.IntN(2) == 0 { // next to the one before, or the same with rounding
				for j, v := range last {
					r.A[j] = v * (1 + []float64{0, 1e-15, -1e-13}[rng.IntN(3)]) / 3
				}
			}
			r.Hi = []float64{0, 1, 1e-17, -1e-17, 1e-30, 1. / 3}[rng.IntN(6)]
			switch rng.IntN(3) {
			case 0:
				r.Lo = r.Hi
			case 1:
				r.Lo = r.Hi - []float64{1e-30, 1e-17, 1e-9, 0.5}[rng.IntN(4)]
			}
			if last == nil || rng.IntN(3) > 0 {
				last = r.A
			}
			d.Domain.Rows = append(d.Domain.Rows, r)
		}
		exact := truth.OfNetwork(d.Net, d.Domain).Regions()
		s, err := NewSpace(d.Encode(t))
		if err != nil {
			t.Fatal(err)
		}
		if !s.tree().Able() { // nothing varies, or no interior is left
			continue
		}
		counted++
		exactly(t, style.Name, rng, d, exact)
		if t.Failed() {
			t.Fatalf("seed %d: %v%v", seed, d, d.Domain.Rows)
		}
	}
	if counted == 0 {
		t.Error("no domain was left")
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
	for _, a := range []struct {
		name string
		rows [][]float64
	}{
		{"braid", truth.Braid(4)}, {"typeB", truth.TypeB(3)}, {"resonance", truth.Subsets(3, false)},
		{"threshold", truth.Subsets(3, true)}, {"shi", truth.Shi(3)},
	} {
		d := truth.In(truth.OneLayer(a.rows), -1, 1, "interval")
		exact := truth.OfNetwork(d.Net, d.Domain).Regions()
		exactly(t, a.name, rng, d, exact)
		for _, e := range truth.Embeddings {
			exactly(t, a.name+" by "+e.Name, rng, e.Of(rng, d, 12), exact)
		}
	}
}
