package record_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"relucount/pkg/record"
)

// TestRegionJSON: AppendJSON writes what encoding/json does.
func TestRegionJSON(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	number := func() float64 {
		v := rng.NormFloat64() * math.Pow(10, float64(rng.IntN(60)-30))
		return []float64{0, 1, -0.5, v, v, v, math.MaxFloat64, 5e-324, 1e21, 1e-6}[rng.IntN(10)]
	}
	numbers := func(n int) []float64 {
		out := make([]float64, n)
		for i := range out {
			out[i] = number()
		}
		return out
	}
	for i := range 2000 {
		r := record.Region{Head: record.Head{Type: "region", Schema: 1}, Milp: "an id \"<é>\n", Pattern: []string{"01", "1"}, X: numbers(rng.IntN(3))}
		if i == 0 {
			r.Pattern = []string{}
		}
		if rng.IntN(2) == 0 {
			r.Content = "c"
		}
		if rng.IntN(2) == 0 {
			v := number()
			r.Radius, r.Volume = &v, &v
		}
		for range rng.IntN(3) {
			u := rng.IntN(100)
			r.Facets = append(r.Facets, record.Facet{Unit: &u, Neighbour: []string{"11", "0"}}, record.Facet{})
			r.Vertices, r.Inputs = append(r.Vertices, numbers(2)), append(r.Inputs, numbers(3))
		}
		if rng.IntN(2) == 0 {
			r.Affine = &record.Affine{A: [][]float64{numbers(2), numbers(2)}, B: numbers(2)}
		}
		want, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(r.AppendJSON(nil)); got != string(want) {
			t.Fatalf("%s, want %s", got, want)
		}
	}
}
