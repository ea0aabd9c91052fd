package truth

import (
	"relucount/pkg/domain"
	"relucount/pkg/relu"
	"testing"
)

// TestKnown counts arrangements whose numbers of regions are known.
func TestKnown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		net  *relu.Chain
		hi   float64
		want int
	}{
		{"braid-4", OneLayer(Braid(4)), 1, 24},
		{"typeB-3", OneLayer(TypeB(3)), 1, 48},
		{"resonance-3", OneLayer(Subsets(3, false)), 1, 32},
		{"threshold-3", OneLayer(Subsets(3, true)), 1, 104},
		{"shi-3", OneLayer(Shi(3)), 3, 16},
		{"tents-6", Tents(6), 1, 65}, // over [-1, 1]: one region left of 0
	} {
		if got := OfNetwork(c.net, domain.Box(c.net.Inputs, -c.hi, c.hi)).Regions(); len(got) != c.want {
			t.Errorf("%s: %d regions, %d expected", c.name, len(got), c.want)
		}
	}
}
