package search_test

import (
	"math/rand/v2"
	"testing"

	"relucount/pkg/cell"
	"relucount/pkg/truth"
)

// A descent that ends in a cell that is too thin to tell does not make a region up.
func TestTellsNothingBlurred(t *testing.T) {
	tr := tree(t, truth.Random(rand.New(rand.NewPCG(1, 1)), 2, 1, 4).Encode(t), cell.DefaultShapes)
	if tr.Tells(true) || !tr.Tells(false) {
		t.Error("a blurred cell is told as a region, or a region is not")
	}
}
