package region

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"relucount/pkg/affine"
	"relucount/pkg/cell"
	"relucount/pkg/domain"
	"relucount/pkg/property"
	"relucount/pkg/relu"
	"relucount/pkg/truth"
)

// found is what a count reported, with its witnesses by pattern.
type found struct {
	CountResult
	at map[string][]float64
}

// oracle is a way of the tree engine to decide.
type oracle struct {
	name   string
	space  *Space
	flag   string
	copies int // of its probes; 0: one
}

// oracles are all of them: HiGHS alone, and the geometry of cells as it comes and
// by rows and points, whatever the number of coordinates; with late sums the
// latter.
func oracles(s *Space) []oracle {
	cells := *s
	cells.shapes = cell.Shapes{}
	cells.net = s.net.Edit(func(layers []affine.Layer) {
		for i := range layers {
			layers[i].Late = i > 0
		}
	})
	return []oracle{{name: "geometry", space: s, flag: "geometry"}, {name: "cells", space: &cells, flag: "geometry"}, {name: "highs", space: s, flag: "highs"}}
}

// probed are the oracles, probes that halve cells, and populations.
func probed(s *Space) []oracle {
	all := oracles(s)
	for _, o := range all[:2] {
		halving := *o.space
		halving.spare = true
		all = append(all, oracle{name: o.name + ", halving", space: &halving, flag: o.flag},
			oracle{name: o.name + ", population", space: o.space, flag: o.flag, copies: 3},
			oracle{name: o.name + ", halving population", space: &halving, flag: o.flag, copies: 2})
	}
	return all
}

// sameCounts compares counts without patterns, by all oracles.
func sameCounts(t testing.TB, s *Space, workers int, want CountResult) {
	t.Helper()
	for _, o := range oracles(s) {
		c, err := o.space.Count(context.Background(), Options{Engine: "tree", Oracle: o.flag, Margin: DefaultMargin, Workers: workers})
		same := c.Regions == want.Regions
		if o.flag == "highs" { // it does not see what is thin: see countAll
			same = c.Regions <= want.Regions || c.Doubtful > 0
		}
		if err != nil || c.Complete != want.Complete || !same {
			t.Errorf("%s: %+v, %v; %+v expected", o.name, c, err, want)
		}
	}
}

// countAll finds all regions; with the tree engine also with another shape of
// cells, and by HiGHS alone, which is to find the same but for what is thin.
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
		for p := range f.at {
			if _, ok := first.at[p]; !ok && f.Doubtful == 0 {
				t.Errorf("%s found %s, geometry did not", o.name, p)
			}
		}
		for p := range first.at {
			if _, ok := f.at[p]; !ok && (o.flag != "highs" || thick(t, s, p)) {
				t.Errorf("geometry found %s, %s did not", p, o.name)
			}
		}
	}
	sameCounts(t, s, workers, first.CountResult)
	return first
}

// thick reports whether a region that HiGHS has not found should have been: it
// holds a ball that is large against the margin.
func thick(t testing.TB, s *Space, pattern string) bool {
	t.Helper()
	if s.net.Sliced() {
		return false
	}
	var prefix []bool
	for _, c := range strings.ReplaceAll(pattern, "/", "") {
		prefix = append(prefix, c == '1')
	}
	c, err := s.Count(context.Background(), Options{Workers: 1, Prefix: prefix, Ball: 1e-4})
	if err != nil {
		t.Fatal(err)
	}
	return c.Regions > 0
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
func sameRegions(t testing.TB, who string, f found, exact map[string]truth.Region) bool {
	t.Helper()
	before := t.Failed()
	if f.Regions != int64(len(exact)) || !f.Complete || len(f.at) != len(exact) {
		t.Errorf("%s: %+v, %d patterns; %d regions expected", who, f.CountResult, len(f.at), len(exact))
	}
	for p := range f.at {
		if _, ok := exact[p]; !ok {
			t.Errorf("%s: %s is no region", who, p)
		}
	}
	for p, r := range exact {
		if _, ok := f.at[p]; !ok {
			x := make([]string, len(r.Inside))
			for j, v := range r.Inside {
				x[j] = v.RatString()
			}
			t.Errorf("%s: %s is missing, %v is inside", who, p, x)
		}
	}
	return before == t.Failed()
}

// goodWitnesses checks that each point lies in the domain and has its pattern
// when the network is evaluated, strictly but for units that are zero.
func goodWitnesses(t testing.TB, who string, n *relu.Chain, d *domain.Domain, f found, exact map[string]truth.Region) {
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
				if !exact[pat].Zero[k] && (on && !(v > 0) || !on && !(v < 0)) {
					t.Errorf("%s: %s: unit %d of layer %d is %g at %v", who, pat, i, l+1, v, x)
				}
				k++
			}
		}
	}
}

// TestSlopes draws networks whose units have two slopes: leaky ones, one for
// each unit, and absolute values.
func TestSlopes(t *testing.T) {
	t.Parallel()
	for i := range property.Seeds(t, 160, 16) {
		rng := rand.New(rand.NewPCG(71, i))
		d := truth.Random(rng, 1+rng.IntN(3), 1+rng.IntN(3), 9)
		for l := range d.Net.Layers {
			lay := &d.Net.Layers[l]
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
		exact := truth.OfNetwork(d.Net, d.Domain).Regions()
		p := d.Encode(t)
		if literal := truth.OfProblem(truth.Copy(t, p), 1).Regions(); i%4 < 3 && len(literal) != len(exact) {
			t.Errorf("the milp has %d regions, the network %d", len(literal), len(exact))
		}
		s, err := NewSpace(p)
		if err != nil {
			t.Fatal(err)
		}
		who := fmt.Sprintf("network %d", i)
		if f := countAll(t, s, "tree", 1+int(i%2)); sameRegions(t, who, f, exact) {
			goodWitnesses(t, who, d.Net, d.Domain, f, exact)
		}
		for k, rows := range hashes(rng, len(p.Units), p.Unstable()) {
			if int(i%8) == k {
				checkHash(t, who, &d, s, rows, exact, i%3 == 0)
			}
		}
		if len(exact) <= 16 && i%4 == 2 {
			sameRegions(t, who+" by mip", countAll(t, s, "mip", 1), exact)
		}
		if t.Failed() {
			t.Fatal(d, d.Net.Layers[0].Slopes)
		}
	}
}

func TestRandomNetworks(t *testing.T) {
	t.Parallel()
	for i := range property.Seeds(t, 240, 24) {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(7, i))
			d := truth.Random(rng, 1+rng.IntN(4), 1+rng.IntN(3), 10)
			exact := truth.OfNetwork(d.Net, d.Domain).Regions()
			p := d.Encode(t)
			if literal := truth.OfProblem(p, 1).Regions(); len(literal) != len(exact) {
				t.Errorf("the milp has %d regions, the network %d", len(literal), len(exact))
			}
			s, err := NewSpace(p)
			if err != nil {
				t.Fatal(err)
			}
			for workers := 1; workers <= 2; workers++ {
				who := fmt.Sprintf("tree with %d workers", workers)
				f := countAll(t, s, "tree", workers)
				if sameRegions(t, who, f, exact) {
					goodWitnesses(t, who, d.Net, d.Domain, f, exact)
				}
				if f.Doubtful != 0 {
					t.Errorf("%s: %d doubtful decisions", who, f.Doubtful)
				}
			}
			if len(exact) <= 16 && i%2 == 0 {
				f := countAll(t, s, "mip", 1)
				if sameRegions(t, "mip", f, exact) {
					goodWitnesses(t, "mip", d.Net, d.Domain, f, exact)
				}
			}
			if t.Failed() {
				t.Log(d)
			}
		})
	}
}
