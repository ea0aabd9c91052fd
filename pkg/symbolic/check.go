package symbolic

import (
	"fmt"
	"math"
	"math/rand/v2"

	"relucount/pkg/domain"
	"relucount/pkg/evaluation"
	"relucount/pkg/onnx"
	"relucount/pkg/relu"
)

const (
	samples    = 16    // random inputs of the check
	farSamples = 12    // and more, at 10, 100 and 1000 times the distance, if need be
	tolerance  = 1e-6  // of the largest value of a tensor
	rounding   = 1e-13 // of the terms that add up in a value
)

// wanted tells the nodes that are not left out.
func (r *Result) wanted(n *onnx.Node) bool {
	for _, name := range n.Outputs {
		if r.walk.heads[name] != nil {
			return false
		}
	}
	return true
}

// check compares the network with the plain evaluation of the graph at random
// inputs from the domain; without one half of them are from [-1,1]^n and half from
// [0,1]^n. It compares what goes into units, and the outputs.
//
// Where these inputs leave a kind of unit on one side of its kink, others follow
// from far outside the domain, where the two must agree as well.
func (r *Result) check(over *domain.Domain) error {
	rng := rand.New(rand.NewChaCha8([32]byte([]byte("relucount netfile internal check"))))
	seen := map[relu.Slopes][2]bool{}
	both := func() bool {
		for _, v := range seen {
			if !v[0] || !v[1] {
				return false
			}
		}
		return true
	}
	for s := range samples + farSamples {
		far := 1.0
		if s >= samples {
			if far = math.Pow(10, float64(1+(s-samples)/4)); both() || r.overflows(far) {
				return nil
			}
		}
		d := over
		if d == nil {
			d = domain.Box(r.Net.Inputs, float64(s%2)-1, 1)
		}
		t := make([]float64, len(d.Lower))
		for i := range t {
			u := rng.Float64()
			t[i] = (1-u)*d.Lower[i] + u*d.Upper[i]
		}
		x := append([]float64{}, d.Point(t)...)
		for i := range x {
			x[i] *= far
		}
		if err := r.compare(x, far, seen); err != nil {
			return fmt.Errorf("internal check failed at random input %d: %w", s, err)
		}
	}
	return nil
}

func (r *Result) overflows(far float64) bool {
	for i := range r.walk.units {
		if r.walk.units[i].mag > 1e300/far {
			return true
		}
	}
	return false
}

// compare compares at x, and notes on which sides kinds of units were seen.
func (r *Result) compare(x []float64, far float64, seen map[relu.Slopes][2]bool) error {
	pass, err := r.graph.Eval(x, r.wanted)
	if err != nil {
		return err
	}
	values := append([]float64{}, x...)
	g := make([]float64, len(r.walk.units))
	for i := range r.walk.units {
		u := &r.walk.units[i]
		g[i] = u.Of(values)
		values = append(values, u.slopes.Of(g[i]))
		v := seen[u.slopes]
		seen[u.slopes] = [2]bool{v[0] || g[i] < 0, v[1] || g[i] > 0}
	}
	for _, names := range [][]string{r.walk.probes, r.outputs} {
		for _, name := range names {
			if err := r.tensor(name, pass, values, far); err != nil {
				return err
			}
		}
	}
	// the units in their layers
	layered := r.Net.Forward(x)
	source := r.Net.Inputs
	place := map[int][2]int{}
	for l := range layered {
		for i := range layered[l] {
			place[source] = [2]int{l, i}
			source++
		}
	}
	for i, at := range r.at {
		if at < 0 {
			continue
		}
		p := place[at]
		if got := layered[p[0]][p[1]]; !(math.Abs(got-g[i]) <= tolerance*math.Abs(g[i])+rounding*far*r.walk.units[i].mag) {
			return fmt.Errorf("layer %d, unit %d: %g in its layer, %g before", p[0]+1, p[1], got, g[i])
		}
	}
	return nil
}

// tensor compares a tensor with its forms.
func (r *Result) tensor(name string, pass *evaluation.Pass, values []float64, far float64) error {
	t, want := r.walk.values[name], pass.Value(name)
	if want == nil || len(want.Data) != len(t.elems) {
		return fmt.Errorf("tensor %q: %d numbers, the graph has others", name, len(t.elems))
	}
	scale := 0.0
	for _, v := range want.Data {
		scale = max(scale, math.Abs(v))
	}
	for i := range t.elems {
		e := &t.elems[i]
		got := e.Of(values)
		if t.step {
			if math.Abs(got) <= 1e-9*e.mag*far {
				continue // either is right on the boundary
			}
			if got > 0 {
				got = 1
			} else {
				got = 0
			}
		}
		// written so that a NaN fails
		if d := math.Abs(got - want.Data[i]); !(d <= tolerance*scale+rounding*far*e.mag) || math.IsInf(d, 0) {
			return fmt.Errorf("tensor %q%v: %g after folding, %g by the file", name, onnx.Index(t.dims, i), got, want.Data[i])
		}
	}
	return nil
}
