package relu

import (
	"math"
	"slices"
)

// Slopes make a unit of a pre-activation g: the output is Active g where the
// unit is active, g > 0, and Inactive g elsewhere. ReLU is {0, 1}, LeakyReLU
// and PReLU are {a, 1}, the absolute value is {-1, 1}. A unit with equal slopes
// is linear: it has no kink, and no state that matters.
type Slopes struct{ Inactive, Active float64 }

// ReLU returns the slopes of a layer of n ReLU units.
func ReLU(n int) []Slopes { return Alike(n, Slopes{0, 1}) }

// Alike returns the slopes of a layer of n units that are all the same.
func Alike(n int, s Slopes) []Slopes { return slices.Repeat([]Slopes{s}, n) }

// IsReLU reports whether the unit is a ReLU.
func (s Slopes) IsReLU() bool { return s == Slopes{0, 1} }

// Kink reports whether the two slopes differ.
func (s Slopes) Kink() bool { return s.Inactive != s.Active }

// Of returns the output for the pre-activation g.
func (s Slopes) Of(g float64) float64 {
	k := s.Inactive
	if g > 0 {
		k = s.Active
	}
	if k == 0 && !math.IsNaN(g) {
		return 0 // also of an infinite g, and never -0
	}
	return k * g
}

// Then returns the slopes of t applied to the output of s, which is again one
// unit: on each side of 0 the output of s has one sign.
func (s Slopes) Then(t Slopes) Slopes {
	after := func(k, sign float64) float64 {
		if k*sign > 0 {
			return k * t.Active
		}
		return k * t.Inactive
	}
	return Slopes{after(s.Inactive, -1), after(s.Active, 1)}
}

// Activation names what follows the layer's affine map: "linear", "relu",
// "abs", "leaky" (other slopes, the same for each unit) or "prelu" (slopes that
// differ between units).
func (l *Layer) Activation() string {
	switch {
	case l.Linear():
		return "linear"
	case slices.ContainsFunc(l.Slopes, func(s Slopes) bool { return s != l.Slopes[0] }):
		return "prelu"
	case l.Slopes[0].IsReLU():
		return "relu"
	case l.Slopes[0] == Slopes{-1, 1}:
		return "abs"
	}
	return "leaky"
}
