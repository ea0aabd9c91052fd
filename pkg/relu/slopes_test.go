package relu

import (
	"math"
	"testing"
)

func TestSlopes(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		s       Slopes
		g, want float64
	}{
		{Slopes{0, 1}, 3, 3}, {Slopes{0, 1}, -3, 0}, {Slopes{0, 1}, -inf, 0}, {Slopes{0, 1}, 0, 0},
		{Slopes{0.25, 1}, -4, -1}, {Slopes{0.25, 1}, 4, 4}, {Slopes{-1, 1}, -2, 2}, {Slopes{-1, 1}, 2, 2},
		{Slopes{1, 0}, 2, 0}, {Slopes{1, 0}, -2, -2},
	} {
		if got := c.s.Of(c.g); got != c.want || math.Signbit(got) && got == 0 {
			t.Errorf("%v of %g is %g, want %g", c.s, c.g, got, c.want)
		}
	}
	if !math.IsNaN((Slopes{0, 1}).Of(math.NaN())) {
		t.Error("a NaN is lost")
	}
	for name, slopes := range map[string][]Slopes{
		"linear": nil, "relu": ReLU(3), "abs": {{-1, 1}}, "leaky": {{0.1, 1}, {0.1, 1}}, "prelu": {{0.1, 1}, {0.2, 1}},
	} {
		if got := (&Layer{Slopes: slopes}).Activation(); got != name {
			t.Errorf("%v is %s, want %s", slopes, got, name)
		}
	}
}

// One after the other is as the two in one, for each sign that a slope can have.
func TestThen(t *testing.T) {
	all := []float64{-2, -1, -0.5, 0, 0.25, 1, 2}
	for _, a := range all {
		for _, b := range all {
			for _, c := range all {
				for _, d := range all {
					s, u := Slopes{a, b}, Slopes{c, d}
					for _, g := range []float64{-3, -1, 0, 0.5, 2} {
						if got, want := s.Then(u).Of(g), u.Of(s.Of(g)); got != want {
							t.Errorf("%v then %v of %g is %g, want %g", s, u, g, got, want)
						}
					}
				}
			}
		}
	}
}
