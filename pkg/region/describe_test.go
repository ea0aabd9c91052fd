package region

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"relucount/pkg/domain"
	"relucount/pkg/exact"
	"relucount/pkg/milp"
	"relucount/pkg/netfile"
	"relucount/pkg/polytope"
	"relucount/pkg/property"
	"relucount/pkg/record"
	"relucount/pkg/relu"
	"relucount/pkg/tighten"
	"relucount/pkg/truth"
)

// described returns the records of all regions by their patterns.
func described(t testing.TB, p *milp.Problem, a Aspects) map[string]record.Region {
	t.Helper()
	s, err := NewSpace(p)
	if err == nil {
		s, err = s.Wide()
	}
	if err != nil {
		t.Fatal(err)
	}
	d, err := s.NewDescriber(a)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]record.Region{}
	_, err = s.Count(context.Background(), Options{Workers: 1, Each: func(r Region) error {
		var w Description
		d.Describe(r, &w)
		out[strings.Join(w.Pattern, "/")] = w.Region
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// drawnFor draws a network of few inputs in which hyperplanes coincide, units are
// dead, or everything is in general position; with other slopes and a narrow first
// layer now and then.
func drawnFor(rng *rand.Rand, i uint64) truth.Drawn {
	inputs := 1 + rng.IntN(3)
	var d truth.Drawn
	switch i % 6 {
	case 0:
		d = truth.Degenerate(rng, inputs, 1+rng.IntN(3))
	case 1:
		d = truth.Dense(rng, inputs, 2+rng.IntN(3), 2+rng.IntN(3))
	case 2:
		d = truth.Editable(rng)
	case 3: // no constants: all is decided in the middle
		d = truth.Degenerate(rng, inputs, 2)
		for l := range d.Net.Layers {
			clear(d.Net.Layers[l].B)
		}
	default:
		d = truth.Random(rng, inputs, 1+rng.IntN(3), 8)
	}
	if rng.IntN(3) == 0 {
		truth.TwoSlopes(rng, d.Net)
	}
	return d
}

// TestFacets: two regions are neighbours where they have a facet in common, as exact
// corners tell; and a neighbour is a region.
func TestFacets(t *testing.T) {
	t.Parallel()
	for i := range property.Seeds(t, 400, 40) {
		d := drawnFor(rand.New(rand.NewPCG(91, i)), i)
		got, want := described(t, d.Encode(t), Aspects{Facets: true}), truth.OfNetwork(d.Net, d.Domain).Regions()
		checkFacets(t, fmt.Sprint(i), got, want)
		checkBorder(t, fmt.Sprint(i), got, want, d.Domain)
	}
}

// checkBorder checks on how many faces of the box regions have facets.
func checkBorder(t *testing.T, who string, got map[string]record.Region, want map[string]truth.Region, box *domain.Domain) {
	t.Helper()
	for p, r := range want {
		border, faces := 0, 0
		for _, f := range got[p].Facets {
			if f.Unit == nil {
				border++
			}
		}
		for j, lo := range box.Lower {
			if hi := box.Upper[j]; lo < hi {
				for _, x := range [2]float64{lo, hi} {
					if r.Face(j, x) == r.Dim()-1 {
						faces++
					}
				}
			}
		}
		if border != faces {
			t.Errorf("%s: %s has %d facets at the border, want %d", who, p, border, faces)
		}
	}
}

// TestBorderOfMany: facets at the border in more coordinates than there are corners in.
func TestBorderOfMany(t *testing.T) {
	t.Parallel()
	for i := range property.Seeds(t, 6, 2) {
		rng := rand.New(rand.NewPCG(96, i))
		d := truth.Dense(rng, 7, 7)
		if i%2 == 1 {
			d = truth.Dense(rng, 7, 7, 2)
		}
		first := &d.Net.Layers[0]
		for k := range first.B {
			for j := range 7 {
				switch {
				case k > 1: // two planes are enough, and no narrow frame
					first.W.Set(k, j, 0)
				case i%3 == 0: // they meet the border in special position
					first.B[k] = 0
					first.W.Set(k, j, float64(rng.IntN(3)-1))
				}
			}
		}
		got, want := described(t, d.Encode(t), Aspects{Facets: true}), truth.OfNetwork(d.Net, d.Domain).Regions()
		checkFacets(t, fmt.Sprint(i), got, want)
		checkBorder(t, fmt.Sprint(i), got, want, d.Domain)
	}
}

func checkFacets(t *testing.T, who string, got map[string]record.Region, want map[string]truth.Region) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d regions, want %d", who, len(got), len(want))
	}
	for p, r := range want {
		w, ok := got[p]
		if !ok {
			t.Errorf("%s: no region %s", who, p)
			continue
		}
		across := map[string]int{}
		for _, f := range w.Facets {
			if f.Unit == nil {
				continue
			}
			q := strings.Join(f.Neighbour, "/")
			across[q]++
			if strings.ReplaceAll(p, "/", "")[*f.Unit] == strings.ReplaceAll(q, "/", "")[*f.Unit] {
				t.Errorf("%s: unit %d is the same in %s and %s", who, *f.Unit, p, q)
			}
		}
		for q, o := range want {
			shared := 0
			if p != q && r.Meet(&o) == r.Dim()-1 {
				shared = 1
			}
			if across[q] != shared {
				t.Errorf("%s: %s and %s: %d facets, want %d", who, p, q, across[q], shared)
			}
			delete(across, q)
		}
		if len(across) > 0 {
			t.Errorf("%s: %s has neighbours that are no regions: %v", who, p, across)
		}
	}
}

// TestFacetsOfMany: also in more coordinates than there are corners in, and where a
// first layer is narrow.
func TestFacetsOfMany(t *testing.T) {
	t.Parallel()
	for i := range property.Seeds(t, 12, 2) {
		rng := rand.New(rand.NewPCG(92, i))
		d := truth.Dense(rng, 7, 8, 2)
		switch i % 3 {
		case 1:
			d = truth.Dense(rng, 8, 3, 3)
		case 2:
			d = truth.Degenerate(rng, 7, 1)
			for k := range d.Domain.Lower { // as many corners as the truth can take
				d.Domain.Lower[k], d.Domain.Upper[k] = -1, 1
			}
		}
		got := described(t, d.Encode(t), Aspects{Facets: true})
		checkNeighbours(t, fmt.Sprint(i), got, len(d.Domain.Lower))
		if i%3 != 2 {
			checkWithin(t, fmt.Sprint(i), got, d.Net)
		}
	}
}

// checkWithin: in general position the point of a region tells the pattern.
func checkWithin(t *testing.T, who string, got map[string]record.Region, n *relu.Chain) {
	t.Helper()
	for p, r := range got {
		at := ""
		for l, g := range n.Forward(r.X) {
			if l > 0 {
				at += "/"
			}
			for _, v := range g {
				at += map[bool]string{true: "1", false: "0"}[v > 0]
			}
		}
		if at != p {
			t.Errorf("%s: the pattern at %v is %s, want %s", who, r.X, at, p)
		}
	}
}

// TestFacetsOfWideLayers: where cells are kept by rows and points of a zonotope of many
// coordinates.
func TestFacetsOfWideLayers(t *testing.T) {
	t.Parallel()
	for i := range property.Seeds(t, 12, 3) {
		rng := rand.New(rand.NewPCG(99, i))
		d := truth.Dense(rng, 64, 52, 4)
		d.Domain = domain.Box(64, -0.003, 0.003)
		got := described(t, d.Encode(t), Aspects{Facets: true})
		checkNeighbours(t, fmt.Sprint(i), got, 52)
		checkWithin(t, fmt.Sprint(i), got, d.Net)
		t.Logf("%d: %d regions", i, len(got))
	}
}

// checkNeighbours checks what the graph of regions must be: symmetric, connected, and
// of a mean degree of at most twice the dimension.
func checkNeighbours(t *testing.T, who string, got map[string]record.Region, dim int) (edges int) {
	t.Helper()
	for p, r := range got {
		for _, f := range r.Facets {
			if f.Unit == nil {
				continue
			}
			edges++
			q, ok := got[strings.Join(f.Neighbour, "/")]
			if !ok || !slices.ContainsFunc(q.Facets, func(o record.Facet) bool {
				return o.Unit != nil && *o.Unit == *f.Unit && strings.Join(o.Neighbour, "/") == p
			}) {
				t.Fatalf("%s: %s is not the neighbour of its neighbour across unit %d", who, p, *f.Unit)
			}
		}
	}
	if mean := float64(edges) / float64(len(got)); mean > float64(2*dim) {
		t.Errorf("%s: %g facets a region", who, mean)
	}
	for start := range got {
		seen, todo := map[string]bool{start: true}, []string{start}
		for len(todo) > 0 {
			p := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			for _, f := range got[p].Facets {
				if q := strings.Join(f.Neighbour, "/"); f.Unit != nil && !seen[q] {
					seen[q] = true
					todo = append(todo, q)
				}
			}
		}
		if len(seen) != len(got) {
			t.Errorf("%s: %d of %d regions hang together", who, len(seen), len(got))
		}
		break
	}
	return edges
}

// exampleMilp encodes a network of the folder examples.
func exampleMilp(t *testing.T, name string, lo, hi float64) *milp.Problem {
	t.Helper()
	path := filepath.Join("..", "..", "examples", name)
	r, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	f, err := netfile.Read(r, path)
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := tighten.Encode(context.Background(), f.Net, domain.Box(f.Net.Inputs, lo, hi), tighten.Options{Method: "lp", Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestDualGraph holds the neighbours of whole networks against pairs of regions that
// share as many vertices as span a facet.
func TestDualGraph(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		dim     int
		regions int
	}{{"spiral-2-16-16-2.json", 2, 119}, {"spiral-2-32-32-32-2.onnx", 2, 0}, {"random/random-3-16-16-16.json", 3, 10593}} {
		if testing.Short() && c.dim == 3 {
			continue
		}
		got := described(t, exampleMilp(t, c.name, -1, 1), Aspects{Facets: true, Vertices: true})
		if c.regions > 0 && len(got) != c.regions {
			t.Errorf("%s: %d regions, want %d", c.name, len(got), c.regions)
		}
		edges := checkNeighbours(t, c.name, got, c.dim)
		at := map[string][]string{} // regions by vertex
		for p, r := range got {
			for _, v := range r.Vertices {
				key := ""
				for _, x := range v {
					key += fmt.Sprintf(" %.7f", x+10)
				}
				at[key] = append(at[key], p)
			}
		}
		shared := map[[2]string]int{}
		for _, list := range at {
			for i, p := range list {
				for _, q := range list[:i] {
					shared[[2]string{min(p, q), max(p, q)}]++
				}
			}
		}
		pairs := 0
		for _, n := range shared {
			if n >= c.dim {
				pairs++
			}
		}
		if 2*pairs != edges {
			t.Errorf("%s: %d pairs of regions share a facet, %d facets are written", c.name, pairs, edges)
		}
	}
}

// TestVolumes: the volumes of all regions add up to that of the domain, the vertices
// are in it, and polygons go round counterclockwise.
func TestVolumes(t *testing.T) {
	t.Parallel()
	for i := range property.Seeds(t, 24, 10) {
		rng := rand.New(rand.NewPCG(93, i))
		inputs := 1 + int(i)%5
		sizes := [][]int{{6, 6}, {8, 6}, {6, 5}, {5, 4}, {6, 2}}[inputs-1]
		d := truth.Dense(rng, inputs, sizes...)
		if i%2 == 1 && inputs < 4 {
			d = drawnFor(rng, i)
		}
		want := 1.0
		for j, lo := range d.Domain.Lower {
			if hi := d.Domain.Upper[j]; hi > lo {
				want *= hi - lo
			}
		}
		sum := 0.0
		for p, r := range described(t, d.Encode(t), Aspects{Vertices: true, Volume: true}) {
			sum += *r.Volume
			area := 0.0
			for k, v := range r.Vertices {
				for j, x := range v {
					if x < d.Domain.Lower[j] || x > d.Domain.Upper[j] {
						t.Errorf("%d: %s has a vertex %v outside", i, p, v)
					}
				}
				if next := r.Vertices[(k+1)%len(r.Vertices)]; len(v) == 2 {
					area += (v[0]*next[1] - v[1]*next[0]) / 2
				}
			}
			if len(d.Domain.Lower) == 2 && d.Domain.Lower[0] < d.Domain.Upper[0] && d.Domain.Lower[1] < d.Domain.Upper[1] && math.Abs(area-*r.Volume) > 1e-9*want {
				t.Errorf("%d: %s has the area %g, by its vertices %g", i, p, *r.Volume, area)
			}
		}
		if math.Abs(sum-want) > 1e-9*want {
			t.Errorf("%d: the volumes add up to %g, that of the domain is %g", i, sum, want)
		}
	}
}

// withOutputs adds a linear layer of small whole weights, or none.
func withOutputs(rng *rand.Rand, d truth.Drawn, outputs int) {
	if outputs == 0 {
		return
	}
	n := d.Net.Layers[len(d.Net.Layers)-1].Units()
	lay := relu.Dense{W: dense(outputs, n), B: make([]float64, outputs)}
	for i := range outputs {
		lay.B[i] = float64(rng.IntN(3)-1) / 2
		for j := range n {
			lay.W.Set(i, j, float64(rng.IntN(5)-2))
		}
	}
	d.Net.Layers = append(d.Net.Layers, lay)
}

// TestAffine: the outputs' function of a region gives the outputs at its point.
func TestAffine(t *testing.T) {
	t.Parallel()
	for i := range property.Seeds(t, 100, 20) {
		rng := rand.New(rand.NewPCG(94, i))
		d := drawnFor(rng, i)
		withOutputs(rng, d, rng.IntN(3))
		for p, r := range described(t, d.Encode(t), Aspects{Affine: true}) {
			want := d.Net.Network().Output(r.X)
			if len(r.Affine.A) != len(want) {
				t.Fatalf("%d: %d outputs, want %d", i, len(r.Affine.A), len(want))
			}
			for k, w := range want {
				if got := along(append(slices.Clone(r.Affine.A[k]), r.Affine.B[k]), r.X); math.Abs(got-w) > 1e-9*(1+math.Abs(w)) {
					t.Errorf("%d: output %d of %s is %g at %v, by its function %g", i, k, p, w, r.X, got)
				}
			}
		}
	}
}

// TestVolumesExactly holds volumes against those of exact corners.
func TestVolumesExactly(t *testing.T) {
	t.Parallel()
	for i := range property.Seeds(t, 12, 4) {
		rng := rand.New(rand.NewPCG(97, i))
		dim := 2 + int(i)%3
		s, err := NewSpace(truth.Dense(rng, dim, 8, 5).Encode(t))
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Count(context.Background(), Options{Workers: 1, Max: 300, Each: func(r Region) error {
			v := r.View()
			got, corners := v.Volume(), v.ExactCorners()
			var planes polytope.Incidence
			for k := range 64 {
				set := polytope.NewVertexSet(len(corners))
				for c := range corners {
					if corners[c].On.Has(k) {
						set.Add(c)
					}
				}
				planes = append(planes, set)
			}
			var facets polytope.Incidence
			for _, k := range planes.Facets() {
				facets = append(facets, planes[k])
			}
			sum, factorial := new(big.Rat), 1.0
			facets.Simplices(len(corners), dim, func(of []int) {
				var list []*exact.Corner
				for _, k := range of {
					list = append(list, &corners[k])
				}
				sum.Add(sum, exact.Simplex(list))
			})
			for j := range dim {
				factorial *= float64(j + 1)
			}
			want, _ := sum.Float64()
			want /= factorial
			if off := math.Abs(got - want); off > 1e-12*want && off > 1e-13*math.Exp2(float64(dim)) {
				t.Errorf("%d: %v has the volume %g, want %g", i, r.Pattern(), got, want)
			}
			return nil
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestFacetsOfIdleInputs: inputs that nothing takes change no neighbour, whether cells
// are kept by vertices or not.
func TestFacetsOfIdleInputs(t *testing.T) {
	t.Parallel()
	for i := range property.Seeds(t, 60, 8) {
		rng := rand.New(rand.NewPCG(98, i))
		d := truth.Degenerate(rng, 2, 1+rng.IntN(2))
		switch i % 3 {
		case 1:
			d = truth.Dense(rng, 2, 4, 3)
		case 2: // as many units as inputs: no narrow frame
			d = truth.Dense(rng, 2, 9, 2)
		}
		few := described(t, d.Encode(t), Aspects{Facets: true})
		first, wide := &d.Net.Layers[0], dense(d.Net.Layers[0].Units(), 8)
		for k := range first.Units() {
			wide.Set(k, 1, first.W.At(k, 0))
			wide.Set(k, 6, first.W.At(k, 1))
		}
		first.W, d.Net.Inputs, d.Domain = wide, 8, domain.Box(8, -2, 2)
		many := described(t, d.Encode(t), Aspects{Facets: true})
		if len(few) != len(many) {
			t.Errorf("%d: %d regions, %d with idle inputs", i, len(few), len(many))
		}
		for p, r := range few {
			if got, want := fmt.Sprint(ofUnits(many[p])), fmt.Sprint(ofUnits(r)); got != want {
				t.Errorf("%d: %s has the facets %s, with idle inputs %s", i, p, want, got)
			}
		}
	}
}

// ofUnits has the facets of a region on hyperplanes of units.
func ofUnits(r record.Region) (out []string) {
	for _, f := range r.Facets {
		if f.Unit != nil {
			out = append(out, fmt.Sprint(*f.Unit, f.Neighbour))
		}
	}
	return out
}
