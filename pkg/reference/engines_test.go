package reference_test

import (
	"context"
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
	"relucount/pkg/parity"
	"relucount/pkg/property"
	"relucount/pkg/record"
	"relucount/pkg/reference"
	"relucount/pkg/search"
	"relucount/pkg/truth"
)

const margin = 1e-9

// engines are both reference engines and the tree search.
func engines(t testing.TB, p *milp.Problem) map[string]search.Engine {
	t.Helper()
	n, err := affine.NewNetwork(p, affine.Hold)
	if err != nil {
		t.Fatal(err)
	}
	m := reference.NewModel(p, n, affine.Hold, false)
	lp := reference.LP{Model: m, Margin: margin}
	out := map[string]search.Engine{"lp": lp, "mip": reference.MIP{LP: lp}}
	tree := search.NewTree(n, cell.DefaultShapes, func() (search.Look, func() search.Effort) { return m.NewLook(margin) })
	if m.Plain() && tree.Able() {
		out["tree"] = tree
	}
	return out
}

// drawSmall draws a milp of few regions, and the patterns that it has.
func drawSmall(t testing.TB, rng *rand.Rand, seed uint64) (*milp.Problem, map[string]bool) {
	t.Helper()
	for {
		d := truth.Random(rng, 1+rng.IntN(2), 1+rng.IntN(3), 6)
		if seed%3 == 1 {
			truth.TwoSlopes(rng, d.Net)
		}
		p := d.Encode(t)
		if seed%3 == 2 {
			truth.Skip(rng, p)
		}
		patterns := map[string]bool{}
		for pattern := range truth.OfProblem(p, 1).Regions() {
			patterns[strings.ReplaceAll(pattern, "/", "")] = true
		}
		if len(patterns) <= 14 {
			return p, patterns
		}
	}
}

// TestCount: all engines find the regions below a prefix that satisfy parity
// rows, with their patterns and at once, and no more than the maximum.
func TestCount(t *testing.T) {
	t.Parallel()
	for seed := range property.Seeds(t, 40, 5) {
		rng := rand.New(rand.NewPCG(1, seed))
		p, patterns := drawSmall(t, rng, seed)
		var prefix []bool
		for range rng.IntN(min(3, len(p.Units)+1)) {
			prefix = append(prefix, rng.IntN(2) == 1)
		}
		rows := parity.Draw(p.Unstable(), rng.IntN(3), record.Half, "reference", p.ID, int(seed))
		var want []string
		for pattern := range patterns {
			on := func(u int) bool { return pattern[u] == '1' }
			ok := true
			for k, v := range prefix {
				ok = ok && on(k) == v
			}
			for _, r := range rows {
				ok = ok && parity.Satisfies(r, on)
			}
			if ok {
				want = append(want, pattern)
			}
		}
		slices.Sort(want)
		for name, e := range engines(t, p) {
			who := fmt.Sprintf("%d, %s, prefix %v, rows %v", seed, name, prefix, rows)
			var got []string
			each := func(r search.Region) error {
				got = append(got, strings.Join(r.Pattern(), ""))
				return nil
			}
			g := search.NewCount(prefix, rows, 0, each, nil)
			effort, done := e.Search(context.Background(), g, nil, search.Options{Workers: 2})
			slices.Sort(got)
			if !done || effort.Err != nil || !slices.Equal(got, want) {
				t.Errorf("%s: %v (%v, %+v), exactly %v", who, got, done, effort, want)
			}
			g = search.NewCount(prefix, rows, 0, nil, nil)
			if _, done = e.Search(context.Background(), g, nil, search.Options{Workers: 1}); !done || g.Regions() != int64(len(want)) {
				t.Errorf("%s: %d regions (%v), exactly %d", who, g.Regions(), done, len(want))
			}
			if len(want) > 1 {
				g = search.NewCount(prefix, rows, 1, nil, nil)
				if e.Search(context.Background(), g, nil, search.Options{Workers: 1}); g.Regions() != 1 {
					t.Errorf("%s: %d regions, 1 at most", who, g.Regions())
				}
			}
		}
	}
}

// TestTrial: all engines survive the rows that some region satisfies.
func TestTrial(t *testing.T) {
	t.Parallel()
	for seed := range property.Seeds(t, 40, 5) {
		rng := rand.New(rand.NewPCG(2, seed))
		p, patterns := drawSmall(t, rng, seed)
		rows := parity.Draw(p.Unstable(), 2+rng.IntN(4), record.Half, "reference", p.ID, int(seed))
		want, left := 0, maps.Clone(patterns)
		for want < len(rows) {
			maps.DeleteFunc(left, func(pattern string, _ bool) bool {
				return !parity.Satisfies(rows[want], func(u int) bool { return pattern[u] == '1' })
			})
			if len(left) == 0 {
				break
			}
			want++
		}
		for name, e := range engines(t, p) {
			last := ""
			g := search.NewTrial(len(p.Units), rows, func(r search.Region) { last = strings.Join(r.Pattern(), "") })
			if _, done := e.Search(context.Background(), g, nil, search.Options{Workers: 1, Few: true}); g.Survived() != want || want < len(rows) && !done && !g.Dead() {
				t.Errorf("%d, %s: %d of %d rows, %d expected (%v)", seed, name, g.Survived(), len(rows), want, done)
			}
			if len(patterns) > 0 && !patterns[last] {
				t.Errorf("%d, %s: the last region %q is none", seed, name, last)
			}
		}
	}
}

// TestProber: the mean weight of descents is the number of regions; all leaves
// have a chance, and samples know what is empty.
func TestProber(t *testing.T) {
	t.Parallel()
	for seed := range property.Seeds(t, 12, 2) {
		rng := rand.New(rand.NewPCG(3, seed))
		p, patterns := drawSmall(t, rng, seed)
		want := float64(len(patterns))
		for name, e := range engines(t, p) {
			const times = 300
			prober, mean, square := e.NewProber(nil, 1), 0.0, 0.0
			if method := prober.Method(); (method == "uniform") != (name != "tree") {
				t.Errorf("%s: method %s", name, method)
			}
			for range times {
				d := prober.Probe(context.Background(), rng, nil)
				if !d.Complete || d.Log2 < 0 {
					t.Fatalf("%d, %s: %+v", seed, name, d)
				}
				w := math.Exp2(d.Log2) - want
				mean += w / times
				square += w * w / times
			}
			if off := 5*math.Sqrt(square/times) + 1e-6; math.Abs(mean) > off {
				t.Errorf("%d, %s: mean %g, %g regions", seed, name, want+mean, want)
			}
			for k := range 1 << min(2, len(p.Units)) {
				prefix := []bool{k&1 == 1, k&2 == 2}[:min(2, len(p.Units))]
				some := false
				for pattern := range patterns {
					match := true
					for i, on := range prefix {
						match = match && on == (pattern[i] == '1')
					}
					some = some || match
				}
				s := e.Sample(context.Background(), prefix, rng, 4)
				if s.Empty && some || !some && s.Doubtful == 0 && s.Regions > 0 || some && s.Regions <= 0 {
					t.Errorf("%d, %s: below %v: %+v; some region: %v", seed, name, prefix, s, some)
				}
			}
		}
	}
}
