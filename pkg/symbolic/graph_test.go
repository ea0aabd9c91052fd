package symbolic

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"relucount/pkg/budget"
	"relucount/pkg/domain"
	"relucount/pkg/onnx"
	"relucount/pkg/property"
	"relucount/pkg/region"
	"relucount/pkg/tighten"
	"relucount/pkg/truth"
)

// far is what a number must be above or below 0 for its sign to be told from
// rounding.
const far = 1e-7

// around returns the signs at x, if they are those of the points around it too.
func (d *drawer) around(t *testing.T, r *Result, x []float64) (signs string, ok bool) {
	t.Helper()
	signs, closest, err := d.pattern(r.graph, x)
	ok = closest >= far
	for i := range x {
		for _, by := range []float64{-far, far} {
			y := slices.Clone(x)
			y[i] += by
			other, _, failed := d.pattern(r.graph, y)
			if ok = ok && other == signs; failed != nil {
				err = failed
			}
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return signs, ok
}

// noOthers wants the signs at random points to be among those of the regions.
func noOthers(t *testing.T, seed uint64, rng *rand.Rand, d *drawer, r *Result, seen map[string]string) (points int) {
	t.Helper()
	for range 40 {
		x := make([]float64, r.Net.Inputs)
		for i := range x {
			x[i] = 12*rng.Float64() - 6
		}
		signs, closest, err := d.pattern(r.graph, x)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := seen[signs]; !ok && closest >= far {
			t.Errorf("seed %d: the signs at %v are those of no region", seed, x)
		}
		points++
	}
	return points
}

// Random graphs of all operators have as many regions by solve's count as the
// exact enumeration finds in their milps, and these are those of the plain
// evaluation: each region has signs of its own of what bends the graph, but where
// rounding makes two of one, and no point has others.
func TestRandomGraphs(t *testing.T) {
	t.Parallel()
	ops, regions, close, points, nodes := map[string]int{}, 0, 0, 0, map[int]bool{}
	for seed := range property.Seeds(t, 600, 100) {
		rng := rand.New(rand.NewPCG(41, seed))
		d := draw(rng)
		data := d.m.Bytes()
		proto, err := onnx.Read(data, nil)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		r, err := Read(proto, nil, budget.Of(len(data)))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		n := r.Net.Inputs
		p, _, err := tighten.Encode(context.Background(), r.Net, domain.Box(n, -6, 6), tighten.Options{Method: tighten.Methods[seed%4], Workers: 1})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if err := p.Check(); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		exact := truth.OfProblem(p, 0).Regions()
		s, err := region.NewSpace(p)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		count, err := s.Count(context.Background(), region.Options{Margin: region.DefaultMargin, Workers: 1})
		// the regions have different signs by the plain evaluation
		seen := map[string]string{}
		slivers := 0 // as thin as rounding
		for _, name := range slices.Sorted(maps.Keys(exact)) {
			x := make([]float64, n)
			for i, v := range exact[name].Inside {
				x[i], _ = v.Float64()
			}
			signs, ok := d.around(t, r, x)
			if !ok {
				slivers++
				continue
			}
			seen[signs] = name
		}
		// two regions may differ by rounding alone: their signs are the same
		close += len(exact) - len(seen)
		if k := int(count.Regions); err != nil || !count.Complete || k > len(exact) || k < len(seen) || k > len(seen)+slivers {
			t.Errorf("seed %d: %d regions, complete %t, %v, the enumeration has %d, of %d signs, and %d slivers", seed, k, count.Complete, err, len(exact), len(seen), slivers)
		}
		if slivers == 0 {
			points += noOthers(t, seed, rng, d, r, seen)
		}
		for op, k := range d.ops {
			ops[op] += k
		}
		nodes[d.nodes] = true
		regions += len(exact)
	}
	t.Logf("%d regions, %d too close to tell, %d points, operators %v", regions, close, points, ops)
	if close > regions/200 || len(ops) < 38 || len(nodes) < 15 {
		t.Errorf("%d of %d regions are too close, %d operators, %d sizes", close, regions, len(ops), len(nodes))
	}
}
