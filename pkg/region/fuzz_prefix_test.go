package region_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/domain"
	"relucount/pkg/region"
	"relucount/pkg/relu"
	"relucount/pkg/tighten"
)

// FuzzPrefix reads states of the leading units, a string for each layer with /
// between them. What is read and written again is read as the same states.
func FuzzPrefix(f *testing.F) {
	for _, s := range []string{"", "0", "101", "101/01", "101/01/1", "101/", "10/0", "1011", "1x1", "101/01/1/0", "/", "101//1", "١"} {
		f.Add(s)
	}
	n := &relu.Chain{Name: "prefix", Inputs: 2, Layers: []relu.Dense{
		{W: mat.NewDense(3, 2, []float64{1, 2, -1, 1, 3, -1}), B: []float64{0.5, 0, -0.5}, Slopes: relu.ReLU(3)},
		{W: mat.NewDense(2, 3, []float64{1, -1, 1, -2, 1, 1}), B: []float64{-0.25, 0.25}, Slopes: relu.ReLU(2)},
		{W: mat.NewDense(1, 2, []float64{1, -1}), B: []float64{0}, Slopes: relu.ReLU(1)},
	}}
	p, _, err := tighten.Encode(context.Background(), n.Network(), domain.Box(2, -1, 1), tighten.Options{Method: "interval", Workers: 1})
	if err != nil {
		f.Fatal(err)
	}
	space, err := region.NewSpace(p)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		layers := strings.Split(text, "/")
		if text == "" {
			layers = nil
		}
		prefix, err := space.ParsePrefix(layers)
		if err != nil {
			return
		}
		if len(prefix) != strings.Count(text, "0")+strings.Count(text, "1") || len(prefix) > 6 {
			t.Fatalf("%q: states %v", text, prefix)
		}
		again := space.FormatPrefix(prefix)
		if k := len(layers); k > 0 && layers[k-1] == "" { // no states of a last layer are no layer
			layers = layers[:k-1]
		}
		if !slices.Equal(again, layers) {
			t.Errorf("%q became %q", layers, again)
		}
		if back, err := space.ParsePrefix(again); err != nil || !slices.Equal(back, prefix) {
			t.Errorf("%q: states %v, then %v, error %v", text, prefix, back, err)
		}
	})
}
