package search

import (
	"math"
	"testing"
)

// A tree of one division: what each side holds is known, and guessed at.
func TestTune(t *testing.T) {
	for _, c := range []struct{ first, guess, want float64 }{
		{9, 9, 1},       // the guess is right
		{9, 81, 0.5},    // right is its root
		{9, 1.0 / 9, 0}, // it is the wrong way round
		{1, 1e6, 0},     // it says much where there is nothing
		{9, math.Pow(9, 8), .125},
	} {
		of := division{capacity: math.Log(c.guess)}
		var trails []trail
		for i := range 1000 { // as many of each as there would be
			d, end := of, math.Log(c.first)
			if d.second = float64(i) >= 1000*of.chance(untuned.Capacity); d.second {
				end = 0
			}
			trails = append(trails, trail{[]division{d}, end})
		}
		if got := tune(trails, untuned.Capacity); got != c.want {
			t.Errorf("%g and 1 regions, guessed to be as %g to 1: the power %g, not %g", c.first, c.guess, got, c.want)
		}
	}
}

// The weight of a trail is that of its descent.
func TestTrail(t *testing.T) {
	of := trail{divisions: []division{{capacity: 2, width: 1}, {capacity: -1, second: true}}, end: math.Log(5)}
	want := math.Log(5) + math.Log(1+math.Exp(-2)) + math.Log(1+math.Exp(-0.5))
	if got := of.weight(0.5); math.Abs(got-want) > 1e-12 {
		t.Errorf("%g, not %g", got, want)
	}
}
