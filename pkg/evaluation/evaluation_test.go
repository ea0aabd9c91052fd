package evaluation

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	. "relucount/pkg/onnx/onnxtest"
	"relucount/pkg/property"
)

// agree compares at what sums in another order leave.
func agree(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(a, b float64) bool { return math.Abs(a-b) <= 1e-11*max(1, math.Abs(b)) })
}

func TestEval(t *testing.T) {
	t.Parallel()
	file := []byte{}
	for _, c := range Functions() {
		data := c.Model.Bytes()
		file = append(file, data...)
		t.Run(c.Name, func(t *testing.T) {
			got, err := eval(data, c.X)
			if err != nil || !agree(got, c.Want) {
				t.Errorf("output %v, error %v, want %v", got, err, c.Want)
			}
		})
	}
	for name := range operators {
		if _, op, ok := strings.Cut(name, ":"); ok {
			name = op
		}
		if !bytes.Contains(file, String(4, name)) {
			t.Errorf("no model has the operator %s", name)
		}
	}
}

// A graph is evaluated again and again: what is constant is kept, what is not is
// not.
func TestEvalAgain(t *testing.T) {
	t.Parallel()
	for seed := range property.Seeds(t, 500, 150) {
		rng := rand.New(rand.NewPCG(3, seed))
		m, f := Random(rng)
		g, err := row(m.Bytes())
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		x := make([]float64, g.Size())
		for range 3 {
			for i := range x {
				x[i] = 4*rng.Float64() - 2
			}
			pass, err := g.Eval(x, nil)
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			want := f(x)
			scale := 1.0
			for _, v := range want {
				scale = max(scale, math.Abs(v))
			}
			got, err := pass.Output()
			if err != nil || !slices.EqualFunc(got, want, func(a, b float64) bool { return math.Abs(a-b) <= 1e-11*scale }) {
				t.Fatalf("seed %d: output %v, error %v, want %v at %v", seed, got, err, want, x)
			}
		}
	}
}
