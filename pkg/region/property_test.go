package region

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/affine"
	"relucount/pkg/cell"
	"relucount/pkg/domain"
	"relucount/pkg/milp"
	"relucount/pkg/relu"
	"relucount/pkg/tighten"
)

// drawn is a random network over a random box.
type drawn struct {
	net    *relu.Chain
	domain *domain.Domain
	method string
}

// weights draws numbers of one kind for a whole network. Whole and dyadic ones
// meet in common points again and again; real ones are in general position.
func weights(rng *rand.Rand) func() float64 {
	sparse := rng.IntN(3) == 0
	var draw func() float64
	switch rng.IntN(4) {
	case 0:
		draw = func() float64 { return float64(rng.IntN(3) - 1) }
	case 1:
		draw = func() float64 { return float64(rng.IntN(7) - 3) }
	case 2:
		draw = func() float64 { return float64(rng.IntN(17)-8) / 4 }
	default:
		draw = rng.NormFloat64
	}
	return func() float64 {
		if sparse && rng.IntN(2) == 0 {
			return 0
		}
		return draw()
	}
}

func randomDomain(rng *rand.Rand, n int) *domain.Domain {
	var d *domain.Domain
	switch rng.IntN(4) {
	case 0:
		d = domain.Box(n, -1, 1)
	case 1:
		d = domain.Box(n, 0, 1)
	case 2:
		d = domain.Box(n, 0, 255)
	default:
		d = domain.Box(n, 0, 0)
		for i := range d.Lower {
			d.Lower[i] = float64(rng.IntN(9)-6) / 2
			d.Upper[i] = d.Lower[i] + float64(1+rng.IntN(8))/4
		}
	}
	for i := range d.Lower {
		if n > 1 && rng.IntN(6) == 0 { // a fixed input
			if rng.IntN(2) == 0 {
				d.Lower[i] = (d.Lower[i] + d.Upper[i]) / 2
			}
			d.Upper[i] = d.Lower[i]
		}
	}
	return d
}

// drawNetwork draws a network of at most units units.
func drawNetwork(rng *rand.Rand, inputs, layers, units int) drawn {
	w := weights(rng)
	n := &relu.Chain{Name: "drawn", Inputs: inputs}
	d := randomDomain(rng, inputs)
	reach := 0.0
	for i := range d.Lower {
		reach = math.Max(reach, math.Max(math.Abs(d.Lower[i]), math.Abs(d.Upper[i])))
	}
	in := inputs
	for l := range layers {
		size := 1 + rng.IntN(min(6, units-(layers-1-l)))
		units -= size
		lay := relu.Dense{W: mat.NewDense(size, in, nil), B: make([]float64, size), Slopes: relu.ReLU(size)}
		for i := range size {
			row := lay.W.RawRowView(i)
			for j := range row {
				row[j] = w()
			}
			lay.B[i] = w()
			if l == 0 && reach > 10 { // hyperplanes through the box
				lay.B[i] *= math.Floor(reach / 2)
			}
			switch other := rng.IntN(i + 1); rng.IntN(12) {
			case 0: // no weights
				clear(row)
			case 1: // no bias
				lay.B[i] = 0
			case 2: // dead, often
				lay.B[i] = -2 * math.Max(1, reach)
			case 3: // the same unit again, or scaled
				s := []float64{1, 2, 0.5}[rng.IntN(3)]
				for j, v := range lay.W.RawRowView(other) {
					row[j] = s * v
				}
				lay.B[i] = s * lay.B[other]
			case 4: // the opposite one
				for j, v := range lay.W.RawRowView(other) {
					row[j] = -v
				}
				lay.B[i] = -lay.B[other]
			case 5: // parallel
				copy(row, lay.W.RawRowView(other))
			}
		}
		n.Layers = append(n.Layers, lay)
		in = size
	}
	return drawn{n, d, tighten.Methods[rng.IntN(len(tighten.Methods))]}
}

func (d drawn) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "bounds by %s, domain %v %v\n", d.method, d.domain.Lower, d.domain.Upper)
	for _, l := range d.net.Layers {
		for i := range l.B {
			fmt.Fprintf(&b, "%v %v\n", l.W.RawRowView(i), l.B[i])
		}
		b.WriteString("--\n")
	}
	return b.String()
}

func (d drawn) encode(t testing.TB) *milp.Problem {
	t.Helper()
	p, _, err := tighten.Encode(context.Background(), d.net.Network(), d.domain, tighten.Options{Method: d.method, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	return p
}

// found is what a count reported, with its witnesses by pattern.
type found struct {
	CountResult
	at map[string][]float64
}

// oracle is a way of the tree engine to decide.
type oracle struct {
	name  string
	space *Space
	flag  string
}

// oracles are all of them: HiGHS alone, and the filters by vertices and by rows
// and points, whatever the number of coordinates; with late sums the latter.
func oracles(s *Space) []oracle {
	cells := *s
	cells.shapes = cell.Shapes{}
	cells.net = s.net.Edit(func(layers []affine.Layer) {
		for i := range layers {
			layers[i].Late = i > 0
		}
	})
	return []oracle{{"geometry", s, "geometry"}, {"cells", &cells, "geometry"}, {"highs", s, "highs"}}
}

// sameCounts compares counts without patterns, by all oracles. Where both that
// are compared had doubts they may differ.
func sameCounts(t testing.TB, s *Space, workers int, want CountResult) {
	t.Helper()
	for _, o := range oracles(s) {
		c, err := o.space.Count(context.Background(), Options{Engine: "tree", Oracle: o.flag, Margin: DefaultMargin, Workers: workers})
		if err != nil || c.Complete != want.Complete || c.Regions != want.Regions && (c.Doubtful == 0 || want.Doubtful == 0) {
			t.Errorf("%s: %+v, %v; %+v expected", o.name, c, err, want)
		}
	}
}

// countAll finds all regions; with the tree engine by all oracles, which are to
// find the same ones.
func countAll(t testing.TB, s *Space, engine string, workers int) found {
	t.Helper()
	if engine != "tree" {
		return enumerate(t, s, Options{Engine: engine, Workers: workers})
	}
	var first found
	for i, o := range oracles(s) {
		f := enumerate(t, o.space, Options{Engine: engine, Oracle: o.flag, Workers: workers})
		if i == 0 {
			first = f
			continue
		}
		if f.Doubtful > 0 && first.Doubtful > 0 {
			continue
		}
		for p := range f.at {
			if _, ok := first.at[p]; !ok {
				t.Errorf("%s found %s, geometry did not", o.name, p)
			}
		}
		for p := range first.at {
			if _, ok := f.at[p]; !ok {
				t.Errorf("geometry found %s, %s did not", p, o.name)
			}
		}
	}
	sameCounts(t, s, workers, first.CountResult)
	return first
}

func enumerate(t testing.TB, s *Space, o Options) found {
	t.Helper()
	f := found{at: map[string][]float64{}}
	o.Margin = DefaultMargin
	o.Each = func(w Region) error {
		key := strings.Join(w.Pattern(), "/")
		if _, ok := f.at[key]; ok {
			t.Errorf("pattern %s came twice", key)
		}
		f.at[key] = w.Point()
		return nil
	}
	c, err := s.Count(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	f.CountResult = c
	return f
}

// sameRegions compares what an engine found with the truth.
func sameRegions(t testing.TB, who string, f found, truth map[string]exactRegion) bool {
	t.Helper()
	before := t.Failed()
	if f.Regions != int64(len(truth)) || !f.Complete || len(f.at) != len(truth) {
		t.Errorf("%s: %+v, %d patterns; %d regions expected", who, f.CountResult, len(f.at), len(truth))
	}
	for p := range f.at {
		if _, ok := truth[p]; !ok {
			t.Errorf("%s: %s is no region", who, p)
		}
	}
	for p, r := range truth {
		if _, ok := f.at[p]; !ok {
			x := make([]string, len(r.inside))
			for j, v := range r.inside {
				x[j] = v.RatString()
			}
			t.Errorf("%s: %s is missing, %v is inside", who, p, x)
		}
	}
	return before == t.Failed()
}

// goodWitnesses checks that each point lies in the domain and has its pattern
// when the network is evaluated, strictly but for units that are zero.
func goodWitnesses(t testing.TB, who string, n *relu.Chain, d *domain.Domain, f found, truth map[string]exactRegion) {
	t.Helper()
	for pat, x := range f.at {
		for j, v := range x {
			if !(v >= d.Lower[j] && v <= d.Upper[j]) {
				t.Errorf("%s: %s: input %d is %v, outside [%v, %v]", who, pat, j, v, d.Lower[j], d.Upper[j])
			}
		}
		bits := strings.ReplaceAll(pat, "/", "")
		k := 0
		for l, g := range n.Forward(x) {
			if n.Layers[l].Linear() {
				continue
			}
			for i, v := range g {
				on := bits[k] == '1'
				if !truth[pat].zero[k] && (on && !(v > 0) || !on && !(v < 0)) {
					t.Errorf("%s: %s: unit %d of layer %d is %g at %v", who, pat, i, l+1, v, x)
				}
				k++
			}
		}
	}
}

// draws is how many random networks the tests take.
func draws(full int) int {
	if testing.Short() {
		return full / 8
	}
	return full
}

func TestBruteForce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		net  *relu.Chain
		hi   float64
		want int
	}{
		{"braid-4", oneLayer(braid(4)), 1, 24},
		{"typeB-3", oneLayer(typeB(3)), 1, 48},
		{"resonance-3", oneLayer(subsets(3, false)), 1, 32},
		{"threshold-3", oneLayer(subsets(3, true)), 1, 104},
		{"shi-3", oneLayer(shi(3)), 3, 16},
		{"tents-6", tents(6), 1, 65}, // over [-1, 1]: one region left of 0
	} {
		if got := exactNetwork(c.net, domain.Box(c.net.Inputs, -c.hi, c.hi)).regions(); len(got) != c.want {
			t.Errorf("%s: %d regions, %d expected", c.name, len(got), c.want)
		}
	}
}

// TestSlopes draws networks whose units have two slopes: leaky ones, one for
// each unit, and absolute values.
func TestSlopes(t *testing.T) {
	t.Parallel()
	for i := range draws(160) {
		rng := rand.New(rand.NewPCG(71, uint64(i)))
		d := drawNetwork(rng, 1+rng.IntN(3), 1+rng.IntN(3), 9)
		for l := range d.net.Layers {
			lay := &d.net.Layers[l]
			for k := range lay.Slopes {
				switch i % 4 {
				case 0:
					lay.Slopes[k] = relu.Slopes{Inactive: 0.25, Active: 1}
				case 1:
					lay.Slopes[k] = relu.Slopes{Inactive: -1, Active: 1}
				case 2:
					lay.Slopes[k] = relu.Slopes{Inactive: float64(rng.IntN(9)-4) / 8, Active: 1 + float64(rng.IntN(3))}
				default:
					lay.Slopes[k] = relu.Slopes{Inactive: rng.NormFloat64() / 4, Active: 1}
				}
			}
		}
		truth := exactNetwork(d.net, d.domain).regions()
		p := d.encode(t)
		if literal := exactProblem(copyOf(t, p), 1).regions(); i%4 < 3 && len(literal) != len(truth) {
			t.Errorf("the milp has %d regions, the network %d", len(literal), len(truth))
		}
		s, err := NewSpace(p)
		if err != nil {
			t.Fatal(err)
		}
		who := fmt.Sprintf("network %d", i)
		if f := countAll(t, s, "tree", 1+i%2); sameRegions(t, who, f, truth) {
			goodWitnesses(t, who, d.net, d.domain, f, truth)
		}
		for k, rows := range hashes(rng, len(p.Units), p.Unstable()) {
			if i%8 == k {
				checkHash(t, who, &d, s, rows, truth, i%3 == 0)
			}
		}
		if len(truth) <= 16 && i%4 == 2 {
			sameRegions(t, who+" by mip", countAll(t, s, "mip", 1), truth)
		}
		if t.Failed() {
			t.Fatal(d, d.net.Layers[0].Slopes)
		}
	}
}

func TestRandomNetworks(t *testing.T) {
	t.Parallel()
	for i := range draws(240) {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(7, uint64(i)))
			d := drawNetwork(rng, 1+rng.IntN(4), 1+rng.IntN(3), 10)
			truth := exactNetwork(d.net, d.domain).regions()
			p := d.encode(t)
			if literal := exactProblem(p, 1).regions(); len(literal) != len(truth) {
				t.Errorf("the milp has %d regions, the network %d", len(literal), len(truth))
			}
			s, err := NewSpace(p)
			if err != nil {
				t.Fatal(err)
			}
			for workers := 1; workers <= 2; workers++ {
				who := fmt.Sprintf("tree with %d workers", workers)
				f := countAll(t, s, "tree", workers)
				if sameRegions(t, who, f, truth) {
					goodWitnesses(t, who, d.net, d.domain, f, truth)
				}
				if f.Doubtful != 0 {
					t.Errorf("%s: %d doubtful decisions", who, f.Doubtful)
				}
			}
			if len(truth) <= 16 && i%2 == 0 {
				f := countAll(t, s, "mip", 1)
				if sameRegions(t, "mip", f, truth) {
					goodWitnesses(t, "mip", d.net, d.domain, f, truth)
				}
			}
			if t.Failed() {
				t.Log(d)
			}
		})
	}
}
