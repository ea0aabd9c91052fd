package affine_test

import (
	"math"
	"relucount/pkg/affine"
	"relucount/pkg/truth"
	"testing"
)

// TestGuards: limits of units that wider inputs pass are guards, on the side
// where they are passed, and rows of norm 1 that are zero at the limit.
func TestGuards(t *testing.T) {
	t.Parallel()
	p := truth.Copy(t, truth.In(truth.OneLayer([][]float64{{2, 1, 0}, {0, 1, 0}}), -1, 1, "interval").Encode(t))
	if n := newNetwork(t, p, affine.Restrict); len(n.Layers[0].Guards) != 0 {
		t.Errorf("guards %v where all limits hold", n.Layers[0].Guards)
	}
	p.Cols[0].Hi = 2
	n := newNetwork(t, p, affine.Restrict)
	if g := n.Layers[0].Guards; len(g) != 1 || g[0].Unit != 0 || g[0].Sign != -1 || math.Abs(g[0].Limit-3) > 1e-12 {
		t.Errorf("guards %v, one of unit 0 at 3 expected", n.Layers[0].Guards)
	}
	f := descend(n, make([]affine.State, 2))[0]
	row, _, ok := n.Layers[0].Guards[0].Row(f)
	if !ok {
		t.Fatal("no row")
	}
	size := 0.0
	for _, v := range row[:2] {
		size += v * v
	}
	at := make([]float64, 2)
	n.Coordinates([]float64{1.5, 0, 0, 0, 0, 0, 0, 0}, at)
	if v := along(row, at); math.Abs(v) > 1e-12 || math.Abs(size-1) > 1e-12 {
		t.Errorf("%g where the unit is 3, norm^2 %g", v, size)
	}
}
