package region

import (
	"context"
	"fmt"
	"math"
	"testing"

	"relucount/pkg/domain"
	"relucount/pkg/truth"
)

// TestCancels: x1 is x0 / 3, and x2 is x0 times the double that is next to 1/3:
// x1 - x2 is not 0, although the rounded coefficients cancel. So is what the next
// layer makes of it.
func TestCancels(t *testing.T) {
	t.Parallel()
	third := 1.0 / 3
	for i, rows := range [][][]float64{
		{{0, 1, -1, 0}},
		{{1, 0, 0, 0.5}, {0, 1, -1, 0}},
		{{0, 1, -1, 0}, {0, 1, -1, 1e-18}, {0, -2, 2, 0}},
		{{0, 1, 0, 1}, {0, 0, 1, 1}},
	} {
		net := truth.OneLayer(rows)
		if i == 3 { // the units are active, and their difference cancels
			net.Layers = append(net.Layers, truth.OneLayer([][]float64{{1, -1, 0}, {1, -1, 1e-18}}).Layers...)
		}
		d := truth.In(net, -1, 1, "interval")
		d.Domain.Rows = []domain.Row{{A: []float64{1, -3, 0}}, {A: []float64{third, 0, -1}}}
		want := len(truth.OfNetwork(d.Net, d.Domain).Regions())
		for _, f := range forms(t, d) {
			c, err := f.space.Count(context.Background(), Options{Workers: 1})
			if err != nil || c.Regions != int64(want) {
				t.Errorf("%s: %s: %d regions, %v; there are %d", fmt.Sprint(rows), f.name, c.Regions, err, want)
			}
		}
	}
}

// TestCancelledRow: the limits of x1 - x2 leave a strip of the same domain,
// although its rounded coefficients cancel.
func TestCancelledRow(t *testing.T) {
	t.Parallel()
	third := 1.0 / 3
	for _, limits := range [][2]float64{{-1e-30, 1e-30}, {0, 1e-30}, {-1e-30, 1}, {-1e-18, 1e-17}} {
		d := truth.In(truth.OneLayer([][]float64{{1, 0, 0, 0}, {1, 0, 0, -0.5}, {1, 0, 0, 0.03}, {1, 0, 0, 0.75}}), -1, 1, "interval")
		d.Domain.Rows = []domain.Row{{A: []float64{1, -3, 0}}, {A: []float64{third, 0, -1}}, {A: []float64{0, 1, -1}, Lo: limits[0], Hi: limits[1]}}
		want := len(truth.OfNetwork(d.Net, d.Domain).Regions())
		for _, f := range forms(t, d) {
			c, err := f.space.Count(context.Background(), Options{Workers: 1})
			if err != nil || c.Regions != int64(want) {
				t.Errorf("%v: %s: %d regions, %v; there are %d", limits, f.name, c.Regions, err, want)
			}
		}
	}
}

// TestShiftedMiddle: the middle of an input's limits is no double, so that the
// row seems to cut nothing off, where it leaves the unit one state.
func TestShiftedMiddle(t *testing.T) {
	t.Parallel()
	const far = 1e8
	ulp := math.Nextafter(far, 2*far) - far
	d := truth.In(truth.OneLayer([][]float64{{1, -1, -0.1 * ulp}}), far, far, "interval")
	d.Domain.Upper[0] += 3 * ulp
	d.Domain.Rows = []domain.Row{{A: []float64{1, -1}, Lo: 0.25 * ulp, Hi: 1}}
	if want := len(truth.OfNetwork(d.Net, d.Domain).Regions()); want != 1 {
		t.Fatalf("%d regions, 1 expected", want)
	}
	for _, f := range forms(t, d) {
		c, err := f.space.Count(context.Background(), Options{Workers: 1})
		if err != nil || c.Regions != 1 {
			t.Errorf("%s: %d regions, %v; there is 1", f.name, c.Regions, err)
		}
	}
}
