package affine

import (
	"math"
	"math/rand/v2"
	"testing"

	"relucount/pkg/property"
)

// TestPreimage: a point that has an image has a preimage in the box, also at the border
// and in corners; what lies outside has none.
func TestPreimage(t *testing.T) {
	t.Parallel()
	missed, tried := 0, 0
	for seed := range property.Seeds(t, 400, 100) {
		rng := rand.New(rand.NewPCG(61, seed))
		d := 1 + rng.IntN(12)
		n := d + rng.IntN(40)
		f := &Frame{Dim: d}
		for range d {
			form := make([]float64, n)
			for j := range form {
				if rng.IntN(4) > 0 {
					form[j] = rng.NormFloat64() / float64(n)
				}
			}
			f.Forms, f.Offset = append(f.Forms, form), append(f.Offset, rng.NormFloat64()/4)
		}
		f.preimage = newPreimage(f)
		x, y, share := make([]float64, n), make([]float64, d), rng.Float64()
		for j := range x {
			x[j] = 2*rng.Float64() - 1
			if rng.Float64() < share { // a clipped one
				x[j] = math.Copysign(1, x[j])
			}
		}
		image(f, x, y)
		tried++
		got, ok := f.Preimage(y)
		if !ok {
			missed++
			continue
		}
		z := make([]float64, d)
		image(f, got, z)
		for i := range z {
			if math.Abs(z[i]-y[i]) > 1e-11 {
				t.Errorf("seed %d: the image is %v, want %v", seed, z, y)
				break
			}
		}
		for _, v := range got {
			if !(math.Abs(v) <= 1) {
				t.Errorf("seed %d: %g is not in the box", seed, v)
			}
		}
		for i, form := range f.Forms { // twice as far out as any point
			y[i] = f.Offset[i]
			for _, v := range form {
				y[i] += 2 * math.Abs(v)
			}
		}
		if _, ok := f.Preimage(y); ok && norm1(f.Forms[0]) > 0 {
			t.Errorf("seed %d: a point outside has a preimage", seed)
		}
	}
	t.Logf("%d of %d not found", missed, tried)
	if missed > tried/10 {
		t.Errorf("%d of %d preimages were not found", missed, tried)
	}
}

func image(f *Frame, t, y []float64) {
	for i, form := range f.Forms {
		y[i] = f.Offset[i]
		for j, v := range form {
			y[i] += v * t[j]
		}
	}
}

func norm1(v []float64) (sum float64) {
	for _, x := range v {
		sum += math.Abs(x)
	}
	return sum
}
